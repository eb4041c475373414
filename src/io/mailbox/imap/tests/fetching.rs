//! Which mails there are, and their bytes.

use jiff::civil::date;

use super::*;

/// A session in a folder of two mails.
async fn in_folder<T>(script: &str, client: impl AsyncFnOnce(&mut Session<DuplexStream>) -> T) -> T {
    talk(script, async |session| {
        session.exists = 2;
        client(session).await
    })
    .await
}

fn listed(uid: u32, size: u32, arrived: &str) -> Listed {
    Listed { uid, size: Some(size), arrived: Some(arrived.parse().unwrap()) }
}

/// Faults 39 and 45.
#[tokio::test]
async fn mails_are_listed_once_each_in_the_order_of_their_uids() {
    let script = r#"
        C: UID FETCH 8:* (UID RFC822.SIZE INTERNALDATE)
        S: * 3 FETCH (UID 12 RFC822.SIZE 512 INTERNALDATE " 7-Jul-2026 02:44:25 +0900")
        S: * 1 FETCH (FLAGS (\Seen))
        S: * 1 FETCH (UID 9 RFC822.SIZE 42 INTERNALDATE "17-Nov-2026 23:00:00 -0700" FLAGS ())
        S: * 3 FETCH (UID 12 RFC822.SIZE 512 INTERNALDATE " 7-Jul-2026 02:44:25 +0900")
        S: $ OK done"#;
    let all = in_folder(script, async |session| session.list_after(7).await).await;
    let wanted = [listed(9, 42, "2026-11-18T06:00:00Z"), listed(12, 512, "2026-07-06T17:44:25Z")];
    assert_eq!(all.unwrap(), wanted);
}

/// Fault 26.
#[tokio::test]
async fn the_last_old_mail_is_not_taken_for_a_new_one() {
    let script = r#"
        C: UID FETCH 8:* (UID RFC822.SIZE INTERNALDATE)
        S: * 2 FETCH (UID 7 RFC822.SIZE 42 INTERNALDATE "17-Nov-2026 23:00:00 +0000")
        S: $ OK done"#;
    assert_eq!(in_folder(script, async |session| session.list_after(7).await).await, Ok(vec![]));
    assert_eq!(in_folder("", async |session| session.list_after(u32::MAX).await).await, Ok(vec![]));
}

#[tokio::test]
async fn a_refused_or_broken_list_is_no_short_list() {
    let row = r#"S: * 1 FETCH (UID 9 RFC822.SIZE 42 INTERNALDATE "17-Nov-2026 23:00:00 +0000")"#;
    for (end, wanted, over) in [
        (
            "S: $ NO [UNAVAILABLE] Sorry",
            Error::Refused { command: "UID FETCH", words: "[UNAVAILABLE] Sorry".to_owned() },
            false,
        ),
        ("hang up", Error::Lost("the server hung up".to_owned()), true),
    ] {
        let script = format!("C: UID FETCH 8:* (UID RFC822.SIZE INTERNALDATE)\n{row}\n{end}");
        let listed = in_folder(&script, async |session| (session.list_after(7).await, session.is_over()));
        assert_eq!(listed.await, (Err(wanted), over));
    }
}

#[tokio::test]
async fn an_empty_folder_is_asked_for_news_before_its_last_mail_is() {
    let nothing = "C: NOOP\nS: $ OK";
    assert_eq!(talk(nothing, async |session| session.list_after(0).await).await, Ok(vec![]));
    let first = "
        C: NOOP
        S: * 1 EXISTS
        S: $ OK
        C: UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 1)
        S: $ OK";
    let all = talk(first, async |session| session.list_after(0).await).await.unwrap();
    assert_eq!(all, [Listed { uid: 1, size: None, arrived: None }]);
}

#[tokio::test]
async fn a_mail_that_is_announced_after_the_list_is_listed_too() {
    let script = "
        C: UID FETCH 8:* (UID RFC822.SIZE INTERNALDATE)
        S: * 2 FETCH (UID 9)
        S: * 3 EXISTS
        S: $ OK
        C: UID FETCH 10:* (UID RFC822.SIZE INTERNALDATE)
        S: * 3 FETCH (UID 10)
        S: $ OK";
    let uids = in_folder(script, async |session| {
        session.list_after(7).await.unwrap().iter().map(|row| row.uid).collect::<Vec<_>>()
    });
    assert_eq!(uids.await, [9, 10]);
}

/// Fault 45.
#[tokio::test]
async fn an_unreadable_date_hides_no_mail() {
    let script = r#"
        C: UID FETCH 8:* (UID RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 9 RFC822.SIZE 42 INTERNALDATE "17-Nov-2026 23:00:00 +0000")
        S: * 2 FETCH (UID 10 RFC822.SIZE 42 INTERNALDATE NIL)
        S: $ OK
        C: UID FETCH 8:* (UID)
        S: * 1 FETCH (UID 9)
        S: * 2 FETCH (UID 10)
        S: $ OK"#;
    let all = in_folder(script, async |session| session.list_after(7).await).await.unwrap();
    let second = Listed { uid: 10, size: None, arrived: None };
    assert_eq!(all, [listed(9, 42, "2026-11-17T23:00:00Z"), second]);
}

#[tokio::test]
async fn the_first_mail_of_a_day_is_searched_from_the_day_before() {
    for (answer, wanted) in
        [("S: * SEARCH 12 9 44\n", Ok(Some(9))), ("S: * SEARCH\n", Ok(None)), ("", Ok(None))]
    {
        let script = format!("C: UID SEARCH SINCE 28-Feb-2026\n{answer}S: $ OK");
        let first = talk(&script, async |session| session.list_since(date(2026, 3, 1)).await).await;
        assert_eq!(first, wanted);
    }
    let script = "C: UID SEARCH SINCE 31-Dec-2025\nS: $ NO [LIMIT] later";
    let first = talk(script, async |session| session.list_since(date(2026, 1, 1)).await).await;
    assert!(matches!(first, Err(Error::Refused { .. })), "{first:?}");
}

async fn fetch(answers: &str) -> Result<Fetched, Error> {
    let script = format!("C: UID FETCH 9 (UID BODY.PEEK[])\n{answers}");
    in_folder(&script, async |session| session.fetch(9, None).await).await
}

#[tokio::test]
async fn a_mail_is_fetched_byte_for_byte() {
    let mail = b"Subject: (((( {9}\r\n* BYE\r\nF1 OK\r\n\0\xff".to_vec();
    let (ours, mut theirs) = duplex(256);
    let mut session = Session::over(ours, Timeouts::default());
    let mut said = format!("* 2 FETCH (UID 9 BODY[] {{{}}}\r\n", mail.len()).into_bytes();
    said.extend([mail.as_slice(), b" FLAGS ())\r\nF1 OK done\r\n"].concat());
    let says = async { theirs.write_all(&said).await.unwrap() };
    let (fetched, ()) = tokio::join!(session.fetch(9, None), says);
    assert_eq!(fetched, Ok(Fetched::Mail(mail)));
    assert!(!session.is_over());
}

/// Fault 39.
#[tokio::test]
async fn what_comes_of_another_mail_is_not_taken_for_this_one() {
    let other = "S: * 1 FETCH (UID 8 BODY[] {5}\nS: other)\nS: * 2 FETCH (FLAGS (\\Seen))\nS: $ OK";
    assert_eq!(fetch(other).await, Ok(Fetched::Gone));
    assert_eq!(fetch("S: * 2 EXPUNGE\nS: $ OK").await, Ok(Fetched::Gone));
    let gone = "S: $ NO [EXPUNGEISSUED] Some of the requested messages no longer exist.";
    assert_eq!(fetch(gone).await, Ok(Fetched::Gone));
}

/// Fault 39.
#[tokio::test]
async fn a_mail_without_bytes_is_not_taken_for_one_that_is_gone() {
    for answer in [
        "S: * 2 FETCH (UID 9 BODY[] NIL)\nS: $ OK",
        "S: * 2 FETCH (UID 9)\nS: $ OK",
        "S: * 2 FETCH (UID 9 BODY[] \"\")\nS: $ OK",
        "S: * 2 FETCH (BODY[] {3}\nS: abc)\nS: $ OK",
    ] {
        let fetched = fetch(answer).await;
        assert!(matches!(fetched, Ok(Fetched::Empty(_))), "{answer}: {fetched:?}");
    }
    let error = fetch("S: * 2 FETCH (UID 9 BODY[] oops) x\nS: $ OK").await.unwrap_err();
    assert!(matches!(error, Error::Unreadable { .. }), "{error}");
    let refused = fetch("S: $ NO [SERVERBUG] Internal error").await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_part_is_never_more_than_was_wanted() {
    let script = "
        C: UID FETCH 9 (UID BODY.PEEK[]<0.4>)
        S: * 2 FETCH (UID 9 BODY[]<0> {6}
        S: abcdef)
        S: $ OK";
    let part = in_folder(script, async |session| session.fetch(9, Some(4)).await).await;
    assert_eq!(part, Ok(Fetched::Mail(b"abcd".to_vec())));
}

#[tokio::test]
async fn a_mail_that_is_larger_than_all_bounds_ends_the_session_before_it_comes() {
    for size in [LARGEST + 1, 500_000_000, usize::MAX] {
        let script =
            format!("C: UID FETCH 9 (UID BODY.PEEK[])\nS: * 2 FETCH (UID 9 BODY[] {{{size}}}\nsilence");
        let fetched = in_folder(&script, async |session| {
            (session.fetch(9, None).await, session.is_over(), session.noop().await)
        });
        let (fetched, over, next) = fetched.await;
        assert_eq!((fetched, over), (Err(Error::TooLarge { limit: LARGEST }), true));
        assert!(matches!(next, Err(Error::Lost(_))), "{next:?}");
    }
}

#[tokio::test]
async fn a_header_field_of_the_newest_mails_comes_newest_last() {
    let script = "
        C: FETCH 1:2 (UID BODY.PEEK[HEADER.FIELDS (Delivered-To)])
        S: * 2 FETCH (UID 9 BODY[HEADER.FIELDS (DELIVERED-TO)] {9}
        S: To: b
        S: 
        S: )
        S: * 1 FETCH (UID 8 BODY[HEADER.FIELDS (Delivered-To)] {2}
        S: 
        S: )
        S: $ OK";
    let all = in_folder(script, async |session| session.newest_headers(5, "Delivered-To").await).await;
    assert_eq!(all.unwrap(), [b"\r\n".to_vec(), b"To: b\r\n\r\n".to_vec()]);
    let odd = in_folder("", async |session| session.newest_headers(5, "a)] x").await).await;
    assert_eq!(odd, Ok(vec![]));
}
