//! Connections that end, fall silent or talk nonsense, whatever the command.

use super::*;

async fn noop(script: &str) -> (Result<(), Error>, bool) {
    talk(&format!("C: NOOP\n{script}"), async |session| (session.noop().await, session.is_over())).await
}

/// Fault 35.
#[tokio::test]
async fn a_dead_connection_is_noticed() {
    let lost = |words: &str| (Err(Error::Lost(words.to_owned())), true);
    assert_eq!(noop("S: $ OK").await, (Ok(()), false));
    assert_eq!(noop("hang up").await, lost("the server hung up"));
    assert_eq!(noop("S: * 3 EXISTS\nhang up").await, lost("the server hung up"));
    let (bye, over) = noop("S: * bye AccessTokenExpired\nS: $ OK\nsilence").await;
    assert_eq!((&bye, over), (&Err(Error::Lost("AccessTokenExpired".to_owned())), true));
    assert!(bye.unwrap_err().is_passing());
}

/// Fault 37.
#[tokio::test(start_paused = true)]
async fn a_silent_server_is_given_up() {
    let begun = tokio::time::Instant::now();
    let after = Duration::from_secs(60);
    assert_eq!(noop("silence").await, (Err(Error::Silent { command: "NOOP", after }), true));
    // Half an answer is none, and a server that keeps talking does not answer either.
    assert_eq!(noop("S: * 3 EXI\nsilence").await.0, Err(Error::Silent { command: "NOOP", after }));
    assert_eq!(begun.elapsed(), 2 * after);
}

#[tokio::test]
async fn no_answer_however_odd_hides_the_end_of_a_command() {
    for odd in [
        "S: * 1 FETCH (UID 9 INTERNALDATE NIL)",
        "S: * OK [ALERT]é",
        "S: * OK [UNKNOWN {5}",
        "S: * ESEARCH (TAG \"F1\") UID MIN 4",
        "S: * 1 FETCH (FLAGS",
        "S: ?",
        "S: ",
        "S: F99 OK somebody else's",
    ] {
        assert_eq!(noop(&format!("{odd}\nS: $ OK [ALERT]é")).await, (Ok(()), false), "{odd}");
    }
}

#[tokio::test]
async fn what_no_stack_and_no_memory_bears_ends_the_session() {
    let deep = format!("S: * 1 FETCH (BODYSTRUCTURE {}", "(\")\" ".repeat(1000));
    let (deep, over) = noop(&format!("{deep}\nsilence")).await;
    assert!(over && deep.unwrap_err().to_string().contains("nested too deep"));
    let (large, over) = noop("S: * LIST () \".\" {2000000}\nsilence").await;
    assert!(over && matches!(large, Err(Error::Unreadable { .. })), "{large:?}");
}

#[tokio::test]
async fn good_bye_is_said_and_not_waited_for() {
    let (ours, theirs) = duplex(64);
    let session = Session::over(ours, Timeouts::default());
    tokio::join!(session.logout(), serve(theirs, "C: LOGOUT\nS: * BYE bye\nS: $ OK"));
    let (ours, theirs) = duplex(64);
    let session = Session::over(ours, Timeouts::default());
    tokio::join!(session.logout(), serve(theirs, "C: LOGOUT\nhang up"));
}

#[tokio::test]
async fn a_session_can_be_used_in_a_task_of_its_own() {
    let (ours, theirs) = duplex(64);
    let mut session = Session::over(ours, Timeouts::default());
    let task = tokio::spawn(async move {
        session.select("INBOX").await?;
        session.list_after(0).await?;
        session.idle(Duration::ZERO).await?;
        session.settle(1, &crate::config::remote::After::Flag, false).await
    });
    serve(theirs, "C: SELECT \"INBOX\"\nhang up").await;
    assert!(matches!(task.await.unwrap(), Err(Error::Lost(_))));
}
