//! What is done with a mail that the store has.

use super::*;
use crate::config::remote::After;

async fn settle(can: &str, after: &After, script: &str) -> Result<Settled, Error> {
    settle_so(can, after, script, false).await
}

async fn settle_so(can: &str, after: &After, script: &str, copied: bool) -> Result<Settled, Error> {
    talk(script, async |session| {
        session.capabilities = Capabilities::read(format!("* CAPABILITY {can}\r\n").as_bytes()).unwrap();
        session.settle(9, after, copied).await
    })
    .await
}

fn to(folder: &str) -> After {
    After::Move(folder.to_owned())
}

#[tokio::test]
async fn a_mail_is_left_or_flagged_and_never_marked_as_read() {
    assert_eq!(settle("IMAP4rev1", &After::Leave, "").await, Ok(Settled::Done));
    let flag = r"C: UID STORE 9 +FLAGS.SILENT (\Flagged)";
    let flagged = |answer: &str| format!("{flag}\n{answer}");
    assert_eq!(settle("IMAP4rev1", &After::Flag, &flagged("S: $ OK")).await, Ok(Settled::Done));
    let gone = flagged("S: $ NO [EXPUNGEISSUED] gone");
    assert_eq!(settle("IMAP4rev1", &After::Flag, &gone).await, Ok(Settled::Done));
    for answer in ["S: $ NO [NOPERM] no", "S: $ BAD what"] {
        let refused = settle("IMAP4rev1", &After::Flag, &flagged(answer)).await;
        assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn a_mail_is_moved_where_the_server_can() {
    let moved = |answer: &str| format!("C: UID MOVE 9 \"&U9dP4Q-\"\n{answer}");
    let done = moved("S: * OK [COPYUID 1 9 3] moved\nS: * 2 EXPUNGE\nS: $ OK done");
    assert_eq!(settle("MOVE", &to("受信"), &done).await, Ok(Settled::Done));
    let none = settle("MOVE", &to("受信"), &moved("S: $ NO [TRYCREATE] No such mailbox")).await;
    assert_eq!(none, Ok(Settled::NoFolder("[TRYCREATE] No such mailbox".to_owned())));
    let full = settle("MOVE", &to("受信"), &moved("S: $ NO [OVERQUOTA] Quota exceeded")).await;
    assert_eq!(full, Ok(Settled::Full("[OVERQUOTA] Quota exceeded".to_owned())));
}

const FLAGS: &str = "C: UID FETCH 9 (UID FLAGS)";
const COPY: &str = "C: UID COPY 9 \"Handled\"";
const DELETE: &str = r"C: UID STORE 9 +FLAGS.SILENT (\Deleted)";

#[tokio::test]
async fn without_move_a_mail_is_copied_and_once_that_is_written_down_it_alone_removed() {
    let known = format!("{FLAGS}\nS: * 2 FETCH (UID 9 FLAGS (\\Seen))\nS: $ OK");
    let copy = format!("{known}\n{COPY}\nS: $ OK");
    assert_eq!(settle("UIDPLUS", &to("Handled"), &copy).await, Ok(Settled::Copied));
    let marked = format!("{known}\n{DELETE}\nS: $ OK");
    let whole = format!("{marked}\nC: UID EXPUNGE 9\nS: * 2 EXPUNGE\nS: $ OK");
    assert_eq!(settle_so("UIDPLUS", &to("Handled"), &whole, true).await, Ok(Settled::Done));
    // Here an EXPUNGE would take what other people have marked.
    assert_eq!(settle_so("IMAP4rev1", &to("Handled"), &marked, true).await, Ok(Settled::Marked));
}

#[tokio::test]
async fn a_mail_that_is_marked_as_deleted_is_not_copied_any_more() {
    let script = format!(
        "{FLAGS}\nS: * 2 FETCH (UID 9 FLAGS (\\deleted))\nS: * 1 FETCH (UID 8 FLAGS ())\nS: $ OK\n{DELETE}\nS: $ OK\n\
         C: UID EXPUNGE 9\nS: $ OK"
    );
    assert_eq!(settle("UIDPLUS", &to("Handled"), &script).await, Ok(Settled::Done));
}

#[tokio::test]
async fn a_mail_that_somebody_took_away_is_settled() {
    let gone = format!("{FLAGS}\nS: * 2 FETCH (UID 10 FLAGS ())\nS: $ OK");
    assert_eq!(settle("UIDPLUS", &to("Handled"), &gone).await, Ok(Settled::Done));
}

#[tokio::test]
async fn no_folder_is_made_and_nothing_deleted_when_there_is_none() {
    let script = format!("{FLAGS}\nS: * 2 FETCH (UID 9 FLAGS ())\nS: $ OK\n{COPY}\nS: $ NO [TRYCREATE] none");
    let none = settle("UIDPLUS", &to("Handled"), &script).await;
    assert_eq!(none, Ok(Settled::NoFolder("[TRYCREATE] none".to_owned())));
    let odd = settle("MOVE", &to("a\nb"), "").await;
    assert!(matches!(odd, Ok(Settled::NoFolder(_))), "{odd:?}");
}
