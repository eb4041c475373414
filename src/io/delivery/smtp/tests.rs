//! Owns dialogues with pretended relays: what a relay answers, what we make of it.

mod replies;

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncWriteExt as _, BufReader, DuplexStream, duplex};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::*;
use crate::directory::Address;
use crate::io::delivery::tests::Act::{self, Cut, Late, Say, Silence};
use crate::io::delivery::tests::{play, reason, relay_at, unavailable};
use crate::io::mailbox::smtp as listener;

const MAIL: &[u8] = b"Message-ID: <1@example.com>\r\n\r\n.\r\n..two\r\nend\r\n";

fn pair() -> (DuplexStream, DuplexStream) {
    duplex(64 << 10)
}

/// `deliver` over a connection that stands.
async fn converse(stream: DuplexStream, mail: Outgoing<'_>) -> Outcome {
    let relay = relay_at(0);
    let attempt = async {
        let ready = Ready::new(mail)?;
        transaction(session::greet(stream, &relay).await?, &relay, &ready).await
    };
    attempt.await.map_or_else(|outcome| outcome, |reply| Outcome::Delivered { reply })
}

async fn sent(
    from: Option<&str>,
    to: &str,
    bytes: &[u8],
    script: &[(&str, Act<'_>)],
) -> (Outcome, Vec<String>) {
    let (from, to) = (from.map(Address::new), Address::new(to));
    let mail = Outgoing { from: from.as_ref(), to: &to, id: "n1@example.com", bytes };
    let (ours, theirs) = pair();
    tokio::join!(converse(ours, mail), play(theirs, script))
}

async fn outcome(script: &[(&str, Act<'_>)]) -> Outcome {
    sent(Some("incidents@example.com"), "kato@example.com", MAIL, script).await.0
}

fn deferred(reason: &str) -> Outcome {
    Outcome::Deferred { reason: reason.to_owned() }
}

fn failed(reason: &str, status: Option<&str>) -> Outcome {
    Outcome::Failed { reason: reason.to_owned(), status: status.map(str::to_owned) }
}

#[tokio::test]
async fn a_mail_that_the_relay_takes_is_delivered_and_its_words_are_kept() {
    let (outcome, heard) = sent(Some("incidents@example.com"), "kato@example.com", MAIL, &[]).await;
    assert_eq!(outcome, Outcome::Delivered { reply: "250 2.0.0 Ok: queued as 4f2".to_owned() });
    assert_eq!(
        heard,
        [
            "EHLO firebell.example.com",
            "MAIL FROM:<incidents@example.com>",
            "RCPT TO:<kato@example.com>",
            "DATA",
            "Message-ID: <1@example.com>",
            "",
            "..",
            "...two",
            "end",
            ".",
            "QUIT"
        ]
    );
}

#[tokio::test]
async fn an_automatic_answer_has_the_null_return_path() {
    let (_, heard) = sent(None, "kato@example.com", MAIL, &[]).await;
    assert!(heard.contains(&"MAIL FROM:<>".to_owned()), "{heard:?}");
}

#[tokio::test]
async fn the_meaning_of_each_refusal_follows_from_where_it_comes_and_what_it_says() {
    for (when, reply, expected) in [
        ("RCPT", "451 4.7.1 Greylisted", deferred("RCPT: 451 4.7.1 Greylisted")),
        (
            "RCPT",
            "550-5.1.1 No such\r\n550 5.1.1 user",
            failed("RCPT: 550 5.1.1 No such user", Some("5.1.1")),
        ),
        ("RCPT", "550 never heard", failed("RCPT: 550 never heard", Some("550"))),
        ("RCPT", "550 5.5.0 Unavailable", deferred("RCPT: 550 5.5.0 Unavailable")),
        ("MAIL", "450 4.3.2 Not now", deferred("MAIL: 450 4.3.2 Not now")),
        ("DATA", "554 5.6.1 No", failed("DATA: 554 5.6.1 No", Some("5.6.1"))),
        (".", "452 4.2.2 Full", deferred("final dot: 452 4.2.2 Full")),
        (".", "552 5.3.4 Too big", failed("final dot: 552 5.3.4 Too big", Some("5.3.4"))),
    ] {
        assert_eq!(outcome(&[(when, Say(reply))]).await, expected);
    }
    for (when, reply) in [("MAIL", "432 4.3.2 Concurrency"), ("RCPT", "421 bye"), (".", "421 4.3.2 bye")] {
        let (reason, _) = unavailable(outcome(&[(when, Say(reply))]).await);
        assert!(reason.ends_with(reply), "{reason}");
    }
}

#[tokio::test]
async fn a_refused_mail_sends_no_content_and_nothing_more_on_that_connection() {
    let (_, heard) = sent(None, "kato@example.com", MAIL, &[("RCPT", Say("550 5.1.1 No such user"))]).await;
    assert_eq!(heard.last().unwrap(), "RCPT TO:<kato@example.com>");
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again() {
    for when in ["MAIL", "RCPT", "DATA"] {
        let reason = format!("{when}: the relay closed the connection");
        assert_eq!(outcome(&[(when, Cut)]).await, deferred(&reason));
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_final_dot_leaves_the_outcome_unknown() {
    for act in [Cut, Say("nonsense"), Say("354 go on"), Say("250-taken\r\n251 or not"), Say("2500 x")] {
        let Outcome::Doubtful { reason } = outcome(&[(".", act)]).await else { panic!() };
        assert!(reason.starts_with("final dot: "), "{reason}");
        assert!(
            reason.ends_with(": unknown outcome, will be sent again with the same Message-ID"),
            "{reason}"
        );
    }
}

/// Fault 55.
#[tokio::test(start_paused = true)]
async fn a_silent_relay_is_given_its_time_and_no_more() {
    for (when, after, reason) in [
        ("MAIL", 60, "MAIL: no answer for 60 s"),
        ("RCPT", 60, "RCPT: no answer for 60 s"),
        ("DATA", 60, "DATA: no answer for 60 s"),
        (
            ".",
            600,
            "final dot: no answer for 600 s: unknown outcome, will be sent again with the same Message-ID",
        ),
    ] {
        let began = Instant::now();
        let doubtful = Outcome::Doubtful { reason: reason.to_owned() };
        let expected = if when == "." { doubtful } else { deferred(reason) };
        assert_eq!(outcome(&[(when, Silence)]).await, expected);
        assert_eq!(began.elapsed().as_secs(), after, "{when}");
    }
}

/// Fault 54.
#[tokio::test(start_paused = true)]
async fn a_relay_that_takes_nine_minutes_to_take_a_mail_is_waited_for() {
    let taken = Outcome::Delivered { reply: "250 2.0.0 Ok: scanned at last".to_owned() };
    assert_eq!(outcome(&[(".", Late(9 * 60, "250 2.0.0 Ok: scanned at last"))]).await, taken);
}

/// Fault 56.
#[tokio::test]
async fn a_connection_that_is_cut_within_the_content_has_taken_no_mail() {
    let long = [MAIL, &b"a line of a mail that does not fit into what a connection holds\r\n".repeat(4_000)]
        .concat();
    let script: &[(&str, Act<'_>)] = &[("a line of the content", Cut)];
    let (outcome, heard) = sent(None, "kato@example.com", &long, script).await;
    assert!(matches!(outcome, Outcome::Doubtful { .. }), "{outcome:?}");
    assert!(!heard.contains(&".".to_owned()), "{heard:?}");
}

#[tokio::test(start_paused = true)]
async fn a_relay_that_says_no_goodbye_has_taken_the_mail_all_the_same() {
    let taken = Outcome::Delivered { reply: "250 2.0.0 Ok: queued as 4f2".to_owned() };
    assert_eq!(outcome(&[("QUIT", Silence)]).await, taken);
    assert_eq!(outcome(&[("QUIT", Cut)]).await, taken);
    assert_eq!(outcome(&[("QUIT", Say("500 what?"))]).await, taken);
}

/// Fault 65.
#[tokio::test]
async fn an_answer_of_the_wrong_kind_is_never_taken_for_success() {
    assert_eq!(outcome(&[("DATA", Say("250 Ok"))]).await, deferred("DATA: unexpected reply 250 Ok"));
    assert_eq!(outcome(&[("MAIL", Say("354 go"))]).await, deferred("MAIL: unexpected reply 354 go"));
    assert!(matches!(outcome(&[("RCPT", Say("hello"))]).await, Outcome::Deferred { .. }));
}

#[tokio::test]
async fn odd_replies_stand_in_no_way() {
    for (when, reply, taken) in [
        ("EHLO", "250-relay.example.com\r\n250-  \r\n250-\t8bitmime\r\n250", "250 2.0.0 Ok: queued as 4f2"),
        (".", "250", "250"),
        (".", "250-\r\n250 taken", "250 taken"),
    ] {
        let outcome = outcome(&[(when, Say(reply))]).await;
        assert_eq!(reason(&outcome), taken);
        assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    }
}

/// Fault 65.
#[tokio::test]
async fn a_reply_without_end_is_not_read_to_its_end() {
    let long = "x".repeat(20_000);
    assert_eq!(outcome(&[("MAIL", Say(&long))]).await, deferred("MAIL: a line without end"));
    let lines = "250-x\r\n".repeat(300);
    assert_eq!(outcome(&[("MAIL", Say(&lines))]).await, deferred("MAIL: a reply of more than 256 lines"));
}

#[tokio::test]
async fn words_in_a_foreign_charset_do_not_hide_that_the_mail_was_taken() {
    let (ours, theirs) = pair();
    let to = Address::new("kato@example.com");
    let (outcome, _) = tokio::join!(
        converse(ours, Outgoing { from: None, to: &to, id: "n1@example.com", bytes: MAIL }),
        async {
            let mut theirs = BufReader::new(theirs);
            for reply in
                [b"220 \x8e\xf3\r\n".as_slice(), b"250 x\r\n", b"250 \x90\r\n", b"250 x\r\n", b"354 \xff\r\n"]
            {
                theirs.write_all(reply).await.unwrap();
            }
            // Written ahead of the questions, which this relay never reads.
            theirs.write_all(b"250 \x8e\xf3\x90\x4d\r\n221 x\r\n").await.unwrap();
            theirs
        }
    );
    assert_eq!(outcome, Outcome::Delivered { reply: "250 ???M".to_owned() });
}

#[tokio::test]
async fn what_the_relay_does_not_offer_is_not_asked_for() {
    let plain = || [("EHLO", Say("250 relay.example.com"))];
    let (outcome, heard) = sent(None, "kato@example.com", "x: ä\r\n".as_bytes(), &plain()).await;
    assert_eq!(outcome, failed("the relay takes no 8-bit mail (it offers no 8BITMIME)", None));
    assert_eq!(heard, ["EHLO firebell.example.com"]);
    let (outcome, _) = sent(None, "加藤@example.jp", MAIL, &plain()).await;
    assert_eq!(outcome, failed("the relay takes no non-ASCII addresses (it offers no SMTPUTF8)", None));
    let (_, heard) = sent(None, "加藤@example.jp", "x: ä\r\n".as_bytes(), &[]).await;
    assert!(heard.contains(&"MAIL FROM:<> SMTPUTF8 BODY=8BITMIME".to_owned()), "{heard:?}");
}

#[tokio::test]
async fn what_can_not_be_sent_fails_without_asking_the_relay() {
    let to = Address::new("kato@example.com");
    // Nobody listens on port 1: a connection would be Deferred.
    let relay = relay_at(1);
    for bytes in [b"a\n.\nb\r\n".as_slice(), b"a\rb\r\n", b"a\0\r\n", &[b'x'; 999]] {
        let outcome = deliver(&relay, Outgoing { from: None, to: &to, id: "n1@example.com", bytes }).await;
        let Outcome::Failed { reason, status: None } = outcome else { panic!("{outcome:?}") };
        assert!(reason.starts_with("bug in firebell: "), "{reason}");
    }
    let odd = Address::new("no address");
    let outcome = deliver(&relay, Outgoing { from: None, to: &odd, id: "", bytes: MAIL }).await;
    assert_eq!(outcome, failed("\"no address\" is not an address that mail can be sent to", None));
}

#[tokio::test]
async fn a_relay_that_is_not_there_takes_no_mail_at_all() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let to = Address::new("kato@example.com");
    let outcome =
        deliver(&relay_at(free), Outgoing { from: None, to: &to, id: "n1@example.com", bytes: MAIL }).await;
    let (reason, advice) = unavailable(outcome);
    assert!(reason.starts_with("connecting: 127.0.0.1 port "), "{reason}");
    assert!(advice.starts_with("usual ports are "), "{advice}");
}

#[tokio::test]
async fn the_bytes_that_were_sent_are_the_bytes_that_arrive() {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = relay_at(socket.local_addr().unwrap().port());
    let into = arrived.clone();
    let deposit = move |_, bytes: Vec<u8>| {
        into.lock().unwrap().push(bytes);
        std::future::ready(Ok(()))
    };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let limits = listener::Limits::default();
    let serving = tokio::spawn(listener::serve(socket, listener::Accept::Any, limits, deposit, async {
        let _ = stopped.await;
    }));
    let to = Address::new("kato@example.com");
    let large = "x".repeat(990) + "\r\n.\r\n";
    let mails = [
        MAIL,
        b".\r\n",
        b"..\r\n.\r\n",
        b"a\r\n\r\n\r\n",
        "加藤\r\n".as_bytes(),
        large.repeat(300).as_bytes(),
    ]
    .map(<[u8]>::to_vec);
    for bytes in &mails {
        let outcome = deliver(&relay, Outgoing { from: None, to: &to, id: "n1@example.com", bytes }).await;
        assert_eq!(outcome, Outcome::Delivered { reply: "250 2.0.0 Stored".to_owned() });
    }
    drop(stop);
    serving.await.unwrap();
    let head = b"Return-Path: <>\r\nX-Original-To: kato@example.com\r\n";
    let arrived = arrived.lock().unwrap();
    for (sent, arrived) in mails.iter().zip(arrived.iter()) {
        assert_eq!(arrived.strip_prefix(head).unwrap(), sent);
    }
    assert_eq!(arrived.len(), mails.len());
}

/// What a relay hears of a mail with this return path to this recipient, after its EHLO.
async fn heard_of(offers: &str, from: Option<&Address>, to: &str, id: &str) -> Vec<String> {
    let to = Address::new(to);
    let (ours, theirs) = duplex(64 << 10);
    let offers = format!("250-relay.example.com\r\n250-SMTPUTF8\r\n250 {offers}");
    let script = [("EHLO", Say(offers.as_str()))];
    let (_, heard) =
        tokio::join!(converse(ours, Outgoing { from, to: &to, id, bytes: MAIL }), play(theirs, &script));
    heard.into_iter().skip(1).take(2).collect()
}

#[tokio::test]
async fn reports_of_failure_and_delay_are_asked_for_where_the_relay_offers_them() {
    let from = Address::new("bounces+1@example.com");
    let heard = heard_of("DSN", Some(&from), "a=b@example.com", "n1+x@example.com").await;
    assert_eq!(
        heard,
        [
            "MAIL FROM:<bounces+1@example.com> RET=HDRS ENVID=n1+2Bx@example.com",
            "RCPT TO:<a=b@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+3Db@example.com",
        ]
    );
    let long = "x".repeat(101);
    for (offers, from, id) in [("8BITMIME", Some(&from), "n1@example.com"), ("DSN", None, "n1@example.com")] {
        let heard = heard_of(offers, from, "kato@example.com", id).await;
        assert!(!heard.concat().contains("RET=") && !heard.concat().contains("NOTIFY="), "{heard:?}");
    }
    let heard = heard_of("DSN", Some(&from), "加藤@example.jp", &long).await;
    assert_eq!(heard[0], "MAIL FROM:<bounces+1@example.com> SMTPUTF8 RET=HDRS");
    assert_eq!(heard[1], "RCPT TO:<加藤@example.jp> NOTIFY=FAILURE,DELAY");
}

#[tokio::test]
async fn a_mail_larger_than_the_relay_takes_is_not_sent_in_vain() {
    let heard = heard_of("SIZE 0", None, "kato@example.com", "").await;
    assert_eq!(heard[0], format!("MAIL FROM:<> SIZE={}", MAIL.len()));
    let script = [("EHLO", Say("250-relay.example.com\r\n250 SIZE 8"))];
    let (outcome, heard) = sent(None, "kato@example.com", MAIL, &script).await;
    let words = format!("the mail has {} bytes, and the relay takes 8 at most", MAIL.len());
    assert_eq!(outcome, failed(&words, Some("5.3.4")));
    assert_eq!(heard.len(), 1, "{heard:?}");
}
