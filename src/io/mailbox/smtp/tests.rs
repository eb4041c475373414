//! Owns conversations with the listener: what a client says, what it hears, what is kept.

mod loopback;

use std::sync::Mutex;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::*;

type Kept = Arc<Mutex<Vec<(Envelope, String)>>>;

fn mailbox() -> Accept {
    Accept::Mailbox(Address::new("incidents@example.com"))
}

fn small() -> Limits {
    Limits { size: 200, recipients: 3, bad_commands: 4, ..Limits::default() }
}

/// A deposit that keeps all but what says REFUSE.
fn keep(
    kept: &Kept,
) -> impl Fn(Envelope, Vec<u8>) -> std::future::Ready<Result<(), Refused>> + Clone + use<> {
    let kept = kept.clone();
    move |envelope, bytes| {
        let text = String::from_utf8(bytes).unwrap();
        if text.contains("REFUSE") {
            return std::future::ready(Err(Refused { why: "The disk is full".to_owned() }));
        }
        kept.lock().unwrap().push((envelope, text));
        std::future::ready(Ok(()))
    }
}

/// Says everything in pieces of `piece` bytes, hangs up, and gives what was heard and what was kept.
async fn said_in_pieces(accept: Accept, said: &[u8], piece: usize) -> (String, Vec<(Envelope, String)>) {
    let kept = Kept::default();
    let (client, server) = duplex(piece);
    let (_stopping, stopped) = watch::channel(false);
    let (mut hears, mut says) = tokio::io::split(client);
    let mut heard = String::new();
    let limits = small();
    let (served, _, _) = tokio::join!(
        session(server, &accept, &limits, keep(&kept), stopped),
        async {
            // The listener may hang up first.
            let _ = says.write_all(said).await;
            let _ = says.shutdown().await;
        },
        hears.read_to_string(&mut heard),
    );
    drop(served);
    let kept = kept.lock().unwrap().clone();
    (heard.replace("\r\n", "\n"), kept)
}

/// The same conversation whether it comes at once or byte by byte.
async fn said(accept: Accept, said: &str) -> (String, Vec<(Envelope, String)>) {
    let said = said.replace('\n', "\r\n");
    let at_once = said_in_pieces(accept.clone(), said.as_bytes(), 64 << 10).await;
    assert_eq!(said_in_pieces(accept, said.as_bytes(), 1).await, at_once);
    at_once
}

fn address(text: &str) -> Address {
    Address::new(text)
}

const BANNER: &str = "220 example.com ESMTP firebell\n";
/// Greets and announces a mail.
const BEGIN: &str =
    "HELO mon.example.com\nMAIL FROM:<nagios@mon.example.com>\nRCPT TO:<incidents@example.com>\n";
const BEGUN: &str = "220 example.com ESMTP firebell\n250 example.com\n250 2.1.0 Ok\n250 2.1.5 Ok\n";

#[tokio::test]
async fn a_mail_is_kept_with_its_envelope_on_top() {
    let (heard, kept) = said(
        mailbox(),
        "EHLO mon.example.com\nMAIL FROM:<nagios@mon.example.com> SIZE=20 BODY=8BITMIME\n\
         RCPT TO:<incidents+42-k3f9@example.com>\nRCPT TO:<Incidents@Example.com>\n\
         RCPT TO:<incidents@example.com>\nDATA\nSubject: db1 is down\n\n..\nbye.\n.\nQUIT\n",
    )
    .await;
    assert_eq!(
        heard,
        "220 example.com ESMTP firebell\n\
         250-example.com\n250-PIPELINING\n250-SIZE 200\n250-8BITMIME\n250-SMTPUTF8\n250 ENHANCEDSTATUSCODES\n\
         250 2.1.0 Ok\n250 2.1.5 Ok\n250 2.1.5 Ok\n250 2.1.5 Ok\n354 End data with <CR><LF>.<CR><LF>\n\
         250 2.0.0 Stored\n221 2.0.0 Bye\n"
    );
    let [(envelope, text)] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(envelope.from, Some(address("nagios@mon.example.com")));
    assert_eq!(
        envelope.recipients,
        [address("incidents+42-k3f9@example.com"), address("incidents@example.com")]
    );
    assert_eq!(
        text,
        "Return-Path: <nagios@mon.example.com>\r\nX-Original-To: incidents+42-k3f9@example.com\r\n\
         X-Original-To: incidents@example.com\r\nSubject: db1 is down\r\n\r\n.\r\nbye.\r\n"
    );
}

#[tokio::test]
async fn two_mails_and_a_null_sender_come_through_one_connection() {
    let (heard, kept) = said(
        mailbox(),
        &format!(
            "{BEGIN}DATA\none\n.\nMAIL FROM:<>\nRCPT TO:<incidents@example.com>\nDATA\ntwo\n.\nNOOP\nQUIT\n"
        ),
    )
    .await;
    assert!(heard.ends_with("250 2.0.0 Stored\n250 2.0.0 Ok\n221 2.0.0 Bye\n"), "{heard}");
    assert_eq!(heard.matches("250 2.0.0 Stored").count(), 2);
    assert_eq!(kept[0].0.from, Some(address("nagios@mon.example.com")));
    assert_eq!(kept[1].0.from, None);
    assert!(kept[1].1.starts_with("Return-Path: <>\r\nX-Original-To: incidents@example.com\r\ntwo"));
}

#[tokio::test]
async fn strangers_are_not_relayed_for_and_a_refused_recipient_costs_only_itself() {
    let (heard, kept) = said(
        mailbox(),
        "HELO x\nMAIL FROM:<a@example.net>\nRCPT TO:<someone@example.net>\nRCPT TO:<incidentsx@example.com>\n\
         RCPT TO:<incidents@example.net>\nDATA\nRCPT TO:<incidents+a@example.com>\nDATA\nhi\n.\n",
    )
    .await;
    let refused = "550 5.1.1 No such mailbox here, and no relaying\n";
    assert_eq!(
        heard,
        format!(
            "{BANNER}250 example.com\n250 2.1.0 Ok\n{refused}{refused}{refused}554 5.5.1 No valid recipients\n\
             250 2.1.5 Ok\n354 End data with <CR><LF>.<CR><LF>\n250 2.0.0 Stored\n"
        )
    );
    assert_eq!(kept[0].0.recipients, [address("incidents+a@example.com")]);
}

#[tokio::test]
async fn a_pretended_mail_server_takes_mail_for_everybody() {
    let (heard, kept) = said(
        Accept::Any,
        "EHLO x\nMAIL FROM:<加藤@example.jp> SMTPUTF8\nRCPT TO:<kato@phone.example.net>\nDATA\nhi\n.\n",
    )
    .await;
    assert!(heard.starts_with("220 localhost ESMTP") && heard.ends_with("250 2.0.0 Stored\n"), "{heard}");
    assert_eq!(kept[0].0.recipients, [address("kato@phone.example.net")]);
    assert_eq!(kept[0].0.from, Some(address("加藤@example.jp")));
}

#[tokio::test]
async fn only_so_many_recipients_are_taken_and_the_rest_may_come_again() {
    let rcpt: String = (0..5).map(|n| format!("RCPT TO:<incidents+{n}@example.com>\n")).collect();
    let (heard, kept) =
        said(mailbox(), &format!("HELO x\nMAIL FROM:<a@example.net>\n{rcpt}DATA\nhi\n.\n")).await;
    assert_eq!(heard.matches("452 4.5.3 Too many recipients\n").count(), 2);
    assert_eq!(kept[0].0.recipients.len(), 3);
}

#[tokio::test]
async fn a_mail_announced_as_too_large_is_refused_before_it_comes() {
    let (heard, kept) = said(
        mailbox(),
        "EHLO x\nMAIL FROM:<a@example.net> SIZE=201\nRCPT TO:<incidents@example.com>\nDATA\nQUIT\n",
    )
    .await;
    assert!(
        heard.ends_with(
            "552 5.3.4 Mail too large\n503 5.5.1 MAIL first\n503 5.5.1 MAIL first\n221 2.0.0 Bye\n"
        ),
        "{heard}"
    );
    assert!(kept.is_empty());
}

#[tokio::test]
async fn a_mail_that_grows_too_large_is_refused_at_its_end_and_the_next_one_is_taken() {
    let large = "0123456789\n".repeat(50);
    let again = "MAIL FROM:<a@example.net>\nRCPT TO:<incidents@example.com>\nDATA\nsmall\n.\n";
    let (heard, kept) = said(mailbox(), &format!("{BEGIN}DATA\n{large}.\n{again}")).await;
    assert_eq!(
        heard,
        format!(
            "{BEGUN}354 End data with <CR><LF>.<CR><LF>\n552 5.3.4 Mail too large\n\
             250 2.1.0 Ok\n250 2.1.5 Ok\n354 End data with <CR><LF>.<CR><LF>\n250 2.0.0 Stored\n"
        )
    );
    assert_eq!(kept.len(), 1);
    assert!(kept[0].1.ends_with("\r\nsmall\r\n"));
}

#[tokio::test]
async fn a_deposit_that_fails_is_answered_with_451_and_ends_the_transaction() {
    let (heard, kept) = said(mailbox(), &format!("{BEGIN}DATA\nREFUSE\n.\nDATA\nQUIT\n")).await;
    assert!(heard.ends_with("451 4.3.0 The disk is full\n503 5.5.1 MAIL first\n221 2.0.0 Bye\n"), "{heard}");
    assert!(kept.is_empty());
}

#[tokio::test]
async fn a_connection_cut_within_the_content_deposits_nothing() {
    for cut in ["DATA\nSubject: half", "DATA\nSubject: x\n\nhalf\n", "DATA\nhalf\n.", ""] {
        let (heard, kept) = said(mailbox(), &format!("{BEGIN}{cut}")).await;
        assert!(heard.starts_with(BEGUN), "{heard}");
        assert!(kept.is_empty(), "{cut:?}");
    }
}

#[tokio::test]
async fn a_smuggled_mail_stays_text_of_the_mail_that_carries_it() {
    for near in ["\n.\n", "\n.\r\n", "\r.\r\n", "\r\n.\r\r\n", "\r\n.\n"] {
        let smuggled = "MAIL FROM:<boss@example.com>\r\nRCPT TO:<incidents@example.com>\r\nDATA\r\nack";
        let all = format!("{}DATA\r\nhello{near}{smuggled}\r\n.\r\nQUIT\r\n", BEGIN.replace('\n', "\r\n"));
        let (heard, kept) = said_in_pieces(mailbox(), all.as_bytes(), 64 << 10).await;
        assert!(
            heard.ends_with("354 End data with <CR><LF>.<CR><LF>\n250 2.0.0 Stored\n221 2.0.0 Bye\n"),
            "{heard}"
        );
        assert_eq!(kept.len(), 1, "{near:?}");
        assert!(kept[0].1.ends_with("DATA\r\nack\r\n"));
    }
}

#[tokio::test]
async fn commands_out_of_order_or_not_offered_are_refused_and_change_nothing() {
    for (line, answer) in [
        ("BDAT 5 LAST", "502 5.5.1 Not offered here"),
        ("STARTTLS", "502 5.5.1 Not offered here"),
        ("LHLO x", "502 5.5.1 Not offered here"),
        ("MAIL FROM:<b@example.net>", "503 5.5.1 A mail has already begun"),
        ("RCPT TO:<>", "553 5.1.3 Address not understood"),
        ("RCPT TO:<\"a b\"@example.com>", "553 5.1.3 Address not understood"),
        ("RCPT TO:<incidents@example.com> NOTIFY=NEVER", "555 5.5.4 Parameter not offered here"),
        ("RCPT", "501 5.5.4 Command not understood"),
        ("RCPT TO", "501 5.5.4 Command not understood"),
        ("NONSENSE", "500 5.5.2 Command not known"),
        ("", "500 5.5.2 Command not known"),
        ("NOOP \u{1b}[2J", "500 5.5.2 Commands are UTF-8 without control characters"),
        ("VRFY kato", "252 2.0.0 Can't say, but will take mail for the mailbox"),
        ("HELP", "214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP"),
    ] {
        let (heard, kept) = said(mailbox(), &format!("{BEGIN}{line}\nDATA\nhi\n.\n")).await;
        assert_eq!(
            heard,
            format!("{BEGUN}{answer}\n354 End data with <CR><LF>.<CR><LF>\n250 2.0.0 Stored\n"),
            "{line:?}"
        );
        assert_eq!(kept[0].0.recipients, [address("incidents@example.com")]);
    }
}

#[tokio::test]
async fn a_sender_must_be_greeted_and_use_only_what_is_offered() {
    for (line, answer) in [
        ("MAIL FROM:<a@example.net>", "503 5.5.1 EHLO first"),
        ("EHLO x\nMAIL FROM:<a@example.net> BODY=BINARYMIME", "555 5.5.4 Parameter not offered here"),
        ("EHLO x\nMAIL FROM:<a@example.net> REQUIRETLS", "555 5.5.4 Parameter not offered here"),
        ("EHLO x\nMAIL FROM:<a@example.net> RET=HDRS", "555 5.5.4 Parameter not offered here"),
        ("EHLO x\nMAIL FROM:<a@example.net> COLOUR=RED", "555 5.5.4 Parameter not offered here"),
        ("EHLO x\nMAIL FROM:<\"<> <\"@example.net>", "553 5.1.7 Address not understood"),
        ("EHLO x\nMAIL FROM:<a@example.net", "501 5.5.4 Command not understood"),
    ] {
        let (heard, _) = said(mailbox(), &format!("{line}\nDATA\nQUIT\n")).await;
        assert!(
            heard.ends_with(&format!("{answer}\n503 5.5.1 MAIL first\n221 2.0.0 Bye\n")),
            "{line:?}: {heard}"
        );
    }
}

#[tokio::test]
async fn reset_and_a_new_greeting_forget_the_mail_that_was_begun() {
    for line in ["RSET", "EHLO again", "HELO again"] {
        let (heard, kept) = said(mailbox(), &format!("{BEGIN}{line}\nDATA\nQUIT\n")).await;
        assert!(heard.ends_with("503 5.5.1 MAIL first\n221 2.0.0 Bye\n"), "{heard}");
        assert!(kept.is_empty());
    }
}

#[tokio::test]
async fn too_many_bad_commands_end_the_connection() {
    let (heard, _) = said(mailbox(), &"FOO\n".repeat(9)).await;
    let bad = "500 5.5.2 Command not known\n".repeat(4);
    assert_eq!(heard, format!("{BANNER}{bad}421 4.7.0 Too many errors\n"));
}

#[tokio::test]
async fn a_stored_mail_forgives_bad_commands() {
    let bad = "FOO\n".repeat(3);
    let (heard, kept) = said(mailbox(), &format!("{bad}{BEGIN}DATA\nhi\n.\n{bad}QUIT\n")).await;
    assert!(heard.ends_with("250 2.0.0 Stored\n500 5.5.2 Command not known\n500 5.5.2 Command not known\n500 5.5.2 Command not known\n221 2.0.0 Bye\n"), "{heard}");
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn a_line_without_end_is_skipped_and_not_kept() {
    let long = "x".repeat(5000);
    let (heard, _) = said(mailbox(), &format!("{long}\nNOOP\nQUIT\n")).await;
    assert_eq!(heard, format!("{BANNER}500 5.5.2 Line too long\n250 2.0.0 Ok\n221 2.0.0 Bye\n"));
}

#[tokio::test]
async fn a_browser_is_sent_away_before_its_form_is_read() {
    let (heard, kept) =
        said(mailbox(), &format!("POST / HTTP/1.1\nHost: localhost:25\n\n{BEGIN}DATA\nx\n.\n")).await;
    assert_eq!(heard, format!("{BANNER}421 4.7.0 This is SMTP\n"));
    assert!(kept.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_falls_silent_is_sent_away() {
    for (words, after) in [
        ("", 300),
        ("HELO x\r\n", 300),
        ("NOO", 300),
        ("HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<incidents@example.com>\r\nDATA\r\nhal", 600),
    ] {
        let kept = Kept::default();
        let (mut client, server) = duplex(4096);
        let (_stopping, stopped) = watch::channel(false);
        let (accept, limits) = (mailbox(), small());
        let began = tokio::time::Instant::now();
        client.write_all(words.as_bytes()).await.unwrap();
        session(server, &accept, &limits, keep(&kept), stopped).await.unwrap();
        let mut heard = String::new();
        client.read_to_string(&mut heard).await.unwrap();
        assert!(heard.ends_with("421 4.4.2 Waited too long\r\n"), "{heard}");
        assert_eq!(began.elapsed().as_secs(), after);
        assert!(kept.lock().unwrap().is_empty());
    }
}
