//! Opening and listing folders.

use super::*;

async fn select(answers: &str, folder: &str, sent: &str) -> Result<Selected, Error> {
    talk(&format!("C: SELECT {sent}\n{answers}"), async |session| session.select(folder).await).await
}

#[tokio::test]
async fn a_folder_says_what_its_uids_are_worth() {
    let answers = r"
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Forwarded)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \*)] Flags permitted.
        S: * 172 EXISTS
        S: * 1 RECENT
        S: * OK [UNSEEN 12] first unseen
        S: * OK [UIDVALIDITY 3857529045] UIDs valid
        S: * OK [UIDNEXT 4392] Predicted next UID
        S: * OK [HIGHESTMODSEQ 90] Highest
        S: $ OK [READ-WRITE] SELECT completed";
    let selected = select(answers, "INBOX", "\"INBOX\"").await;
    let wanted = Selected {
        uid_validity: 3_857_529_045,
        uid_next: Some(4392),
        exists: 172,
        read_only: false,
        keywords_allowed: true,
    };
    assert_eq!(selected, Ok(wanted));
}

/// Fault 24.
#[tokio::test]
async fn an_old_server_may_not_say_the_next_uid_but_must_say_what_uids_are_worth() {
    let old = r"
        S: * 0 EXISTS
        S: * OK [PERMANENTFLAGS ()] none
        S: * OK [UIDVALIDITY 7]
        S: $ OK [READ-ONLY] done";
    let selected = select(old, "INBOX", "\"INBOX\"").await.unwrap();
    assert_eq!((selected.uid_next, selected.read_only, selected.keywords_allowed), (None, true, false));

    let error = select("S: * 3 EXISTS\nS: $ OK done", "INBOX", "\"INBOX\"").await.unwrap_err();
    assert!(error.to_string().contains("names no UIDVALIDITY"), "{error}");
}

#[tokio::test]
async fn a_folder_in_japanese_is_asked_for_in_modified_utf_7() {
    let answers = "S: * OK [UIDVALIDITY 7]\nS: $ OK done";
    assert!(select(answers, "障害/受信", "\"&lpxbsw-/&U9dP4Q-\"").await.is_ok());
    let broken = talk("", async |session| session.select("a\r\nF9 DELETE b").await).await;
    assert!(matches!(broken, Err(Error::NoSuchFolder { .. })), "{broken:?}");
}

#[tokio::test]
async fn a_folder_that_is_refused_is_told_from_a_server_in_trouble() {
    let refused = |words: &str| format!("S: * OK [CLOSED] closed\nS: $ {words}");
    let error = select(&refused("NO [NONEXISTENT] Unknown Mailbox: a"), "a", "\"a\"").await.unwrap_err();
    assert_eq!(error.to_string(), "the folder a can't be opened: [NONEXISTENT] Unknown Mailbox: a");
    assert!(error.advice("imap.example.com").unwrap().contains("check --connect"));

    let error = select(&refused("NO [UNAVAILABLE] Try later"), "a", "\"a\"").await.unwrap_err();
    assert_eq!(error, Error::Refused { command: "SELECT", words: "[UNAVAILABLE] Try later".to_owned() });
    assert!(error.is_passing());

    let words = "BAD User is authenticated but not connected.";
    let error = select(&refused(words), "INBOX", "\"INBOX\"").await.unwrap_err();
    assert!(error.advice("outlook.office365.com").unwrap().contains("shared mailbox"), "{error}");
}

#[tokio::test]
async fn folders_are_listed_as_people_read_them() {
    let script = r#"
        C: LIST "" "*"
        S: * LIST (\HasNoChildren) "." INBOX
        S: * LIST (\HasNoChildren \Trash) "." "a\"b\\c"
        S: * LIST (\Noselect) "." parent
        S: * LIST (\NonExistent) "." gone
        S: * LIST (\HasNoChildren) "." "&lpxbsw-.&U9dP4Q-"
        S: * LIST () NIL "R&D"
        S: * LIST () "." {4}
        S: x\\y
        S: $ OK Done"#;
    let folders = talk(script, async |session| session.folders().await).await;
    let folders = folders.unwrap();
    let names: Vec<&str> = folders.iter().map(|folder| folder.name.as_str()).collect();
    assert_eq!(names, ["INBOX", "R&D", r#"a"b\c"#, r"x\\y", "障害.受信"]);
}
