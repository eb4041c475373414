//! Waiting for news.

use super::*;

const WAIT: Duration = Duration::from_secs(300);

async fn idle(script: &str) -> (Result<Woken, Error>, bool) {
    talk(script, async |session| {
        session.exists = 2;
        (session.idle(WAIT).await, session.is_over())
    })
    .await
}

#[tokio::test]
async fn any_change_of_the_folder_ends_the_waiting() {
    for change in ["3 EXISTS", "1 RECENT", "1 EXPUNGE", "2 FETCH (FLAGS (\\Seen))", "2 FETCH (?)"] {
        let script = format!("C: IDLE\nS: + idling\nS: * OK Still here\nS: * {change}\nC+ DONE\nS: $ OK");
        assert_eq!(idle(&script).await, (Ok(Woken::News), false), "{change}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_folder_is_left_after_the_wait() {
    let begun = tokio::time::Instant::now();
    let script = "C: IDLE\nS: + idling\nC+ DONE\nS: $ OK";
    assert_eq!(idle(script).await, (Ok(Woken::Quiet), false));
    assert_eq!(begun.elapsed(), WAIT);
}

/// Fault 33.
#[tokio::test(start_paused = true)]
async fn a_server_that_says_again_and_again_that_it_is_there_does_not_prolong_the_wait() {
    let begun = tokio::time::Instant::now();
    let still_here = "wait 59\nS: * OK Still here\n".repeat(5);
    let script = format!("C: IDLE\nS: + idling\n{still_here}C+ DONE\nS: $ OK");
    assert_eq!(idle(&script).await, (Ok(Woken::Quiet), false));
    assert_eq!(begun.elapsed(), WAIT);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_idle_is_not_waited_for() {
    for (script, words) in [
        ("C: IDLE\nS: $ NO not here", "not here"),
        ("C: IDLE\nS: $ BAD Unknown command", "Unknown command"),
        ("C: IDLE\nS: + idling\nS: $ OK enough", "F1 OK enough"),
    ] {
        assert_eq!(idle(script).await, (Ok(Woken::Refused(words.to_owned())), false));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_ends_the_session() {
    let silent = |seconds| Err(Error::Silent { command: "IDLE", after: Duration::from_secs(seconds) });
    assert_eq!(idle("C: IDLE\nsilence").await, (silent(60), true));
    assert_eq!(idle("C: IDLE\nS: + idling\nC+ DONE\nsilence").await, (silent(15), true));
    let lost = (Err(Error::Lost("the server hung up".to_owned())), true);
    assert_eq!(idle("C: IDLE\nS: + idling\nhang up").await, lost);
    let bye = (Err(Error::Lost("Session invalidated".to_owned())), true);
    assert_eq!(idle("C: IDLE\nS: + idling\nS: * BYE Session invalidated\nsilence").await, bye);
}

#[tokio::test]
async fn a_mail_that_came_before_the_waiting_is_not_overlooked() {
    let before = "C: NOOP\nS: * 3 EXISTS\nS: $ OK";
    let woken = talk(before, async |session| {
        session.exists = 2;
        session.noop().await.unwrap();
        session.idle(WAIT).await
    });
    assert_eq!(woken.await, Ok(Woken::News));
    // Between the command and the server's invitation.
    let script = "C: IDLE\nS: * 3 EXISTS\nS: + idling\nC+ DONE\nS: $ OK";
    assert_eq!(idle(script).await, (Ok(Woken::News), false));
}

#[tokio::test(start_paused = true)]
async fn a_mail_that_came_and_went_before_it_was_listed_is_no_news_for_ever() {
    let script = "C: IDLE\nS: + idling\nS: * 1 EXISTS\nC+ DONE\nS: * 1 EXPUNGE\nS: $ OK\n\
                  C: NOOP\nS: $ OK\nC: IDLE\nS: + idling\nC+ DONE\nS: $ OK";
    let woken = talk(script, async |session| {
        let first = session.idle(WAIT).await;
        let listed = session.list_after(0).await;
        (first, listed, session.idle(WAIT).await)
    });
    assert_eq!(woken.await, (Ok(Woken::News), Ok(vec![]), Ok(Woken::Quiet)));
}

#[tokio::test]
async fn a_mail_that_came_for_one_that_went_is_news() {
    let script = "C: NOOP\nS: * 1 EXPUNGE\nS: * 2 EXISTS\nS: $ OK";
    let woken = talk(script, async |session| {
        session.exists = 2;
        session.noop().await.unwrap();
        session.idle(WAIT).await
    });
    assert_eq!(woken.await, Ok(Woken::News));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_the_same_number_again_does_not_wake_us_again_and_again() {
    let script = "
        C: NOOP
        S: * 2 EXISTS
        S: $ OK
        C: IDLE
        S: + idling
        C+ DONE
        S: $ OK";
    let woken = talk(script, async |session| {
        session.exists = 2;
        session.noop().await.unwrap();
        session.idle(WAIT).await
    });
    assert_eq!(woken.await, Ok(Woken::Quiet));
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_waiting_half_way_gives_the_session_up() {
    let script = "C: IDLE\nS: + idling\nsilence";
    talk(script, async |session| {
        let idling = tokio::time::timeout(Duration::from_secs(1), session.idle(WAIT)).await;
        assert!(idling.is_err());
        assert!(session.is_over());
        assert!(matches!(session.noop().await, Err(Error::Lost(_))));
    })
    .await;
}
