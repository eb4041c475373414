//! firebell for a long time between a real mailbox and a real relay, killed again and again: what came in is there, what went
//! out arrived. Some moments in every test run; `tests/soak` makes an hour of it and shows the table.

use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;

use super::dovecot::Dovecot;
use super::gateway::Gateway;
use super::mails::{self, GATEWAY, header};
use super::postfix::Postfix;
use super::shared::MOVE;
use super::site::Site;
use super::until;

/// How long firebell lives in a soak, in seconds; an alert comes each second.
const LIFE: u64 = 30;
/// Alerts of a life in a plain test run.
const FEW: u64 = 8;
/// So many services there are.
const SERVICES: u64 = 100;
/// Lives there.
const LIVES: u64 = 3;

/// The seconds that were asked for; none for some moments.
fn asked() -> Option<u64> {
    std::env::var("FIREBELL_SOAK").ok().and_then(|text| text.parse().ok())
}

/// How long the servers of a soak are needed for its sake.
pub fn seconds() -> u64 {
    asked().unwrap_or(0)
}

/// Memory of a process, in KiB.
fn memory(gateway: &Gateway) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", gateway.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// How often each of our mails arrived at Kato.
fn arrived(dovecot: &Dovecot) -> BTreeMap<String, usize> {
    let mut arrived = BTreeMap::new();
    for mail in dovecot.mails("kato@example.com", "INBOX") {
        *arrived.entry(header(&mail, "Message-ID").trim_matches(['<', '>']).to_owned()).or_default() += 1;
    }
    arrived
}

/// Services break, work again, and break anew, one each second.
fn alert(number: u64) -> Vec<u8> {
    let service = format!("svc-{}", number % SERVICES);
    let mail = match (number / SERVICES) % 2 {
        0 => mails::alert(&service),
        _ => mails::recovery(&service),
    };
    String::from_utf8(mail).unwrap().replace("Message-ID: <", &format!("Message-ID: <{number}-")).into_bytes()
}

/// One life: alerts come, and it ends by SIGKILL.
fn life(site: &Site, dovecot: &Dovecot, number: u64, fed: &mut u64) -> u64 {
    let gateway = site.open();
    let alerts = if asked().is_some() { LIFE } else { FEW };
    for _ in 0..alerts {
        dovecot.deliver(GATEWAY, &alert(*fed));
        *fed += 1;
        if asked().is_some() {
            thread::sleep(Duration::from_secs(1));
        }
    }
    if asked().is_none() {
        // Each ends at another place.
        until("some of them to be kept", || site.store().mails().len() as u64 + FEW >= *fed + number);
    }
    let memory = memory(&gateway);
    gateway.kill();
    memory
}

#[test]
#[expect(clippy::print_stdout, reason = "whoever asks for an hour wants to see it")]
fn what_comes_in_is_there_and_what_goes_out_arrives_through_any_number_of_kills() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    dovecot.create_folder(GATEWAY, "Handled");
    let site =
        Site::of_servers(&(dovecot.as_mailbox("imaps", "INBOX") + MOVE), &postfix.as_relay("submission"));
    let lives = asked().map_or(LIVES, |seconds| (seconds / LIFE).max(2));
    let (mut fed, mut memories) = (0, Vec::new());
    println!("life  mails in  kept  mails out  memory KiB");
    for number in 0..lives {
        memories.push(life(&site, &dovecot, number % FEW, &mut fed));
        let (kept, out) = (site.store().mails().len(), site.store().notices_in("delivered"));
        println!("{number:>4}  {fed:>8}  {kept:>4}  {out:>9}  {:>10}", memories.last().unwrap_or(&0));
    }
    let gateway = site.open();
    let store = site.store();
    until("all that came in to be done", || store.mails_in("done") as u64 == fed);
    until("all that is due to be sent", || {
        site.json(&["outbox", "--json"]).is_empty() || store.notices_are_done()
    });
    until("the relay to be done", || postfix.queue_is_empty());
    let ids: BTreeMap<String, ()> =
        store.mails().iter().map(|mail| (header(&mail.raw, "Message-ID"), ())).collect();
    assert_eq!((ids.len() as u64, store.mails().len() as u64), (fed, fed), "each mail is kept once");
    until("every mail to be moved", || dovecot.mails(GATEWAY, "Handled").len() as u64 == fed);
    assert!(dovecot.mails(GATEWAY, "INBOX").is_empty());
    let sent: Vec<String> = (store.notices().into_iter())
        .filter(|notice| notice.state == "delivered" && !notice.went_with_another)
        .map(|notice| notice.message_id)
        .collect();
    let arrived = arrived(&dovecot);
    for id in &sent {
        assert!(arrived.contains_key(id), "{id} never arrived");
    }
    let doubled = arrived.values().sum::<usize>() - arrived.len();
    println!(
        "{fed} in, {fed} kept; {} out, {} arrived, {doubled} of them twice; {lives} kills",
        sent.len(),
        arrived.len()
    );
    assert!(doubled as u64 <= 4 * lives, "at a kill no more than the connections that were open are doubled");
    let quarter = memories.len() / 4;
    if quarter >= 2 {
        let (first, last) = (&memories[..quarter], &memories[memories.len() - quarter..]);
        let (first, last) =
            (first.iter().sum::<u64>() / quarter as u64, last.iter().sum::<u64>() / quarter as u64);
        println!("memory of a life, first and last quarter: {first} and {last} KiB");
        assert!(last < first + first / 4 + 8192, "memory grows");
    }
    drop(gateway);
}
