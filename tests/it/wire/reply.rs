//! A person's answer to a page.

use super::mails::{self, address, header};
use super::relay::Relay;
use super::site::Site;
use super::{until, wait_for};

#[test]
fn ack_as_an_answer_to_the_page_stops_the_escalation_and_the_page_that_waits() {
    let relay = Relay::start();
    // Sato is paged a second later; that page waits at the relay's wish when Kato's answer comes.
    relay.refuse("sato@example.com", "451 4.7.1 greylisted");
    let site = Site::of_two_people(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    let page = wait_for("Kato's page", || relay.taken_for("kato@example.com").pop());
    let store = site.store();
    until("Sato's page to wait", || store.notices_in("deferred") == 1);
    let shown = || String::from_utf8(site.call(&["show", "1"]).stdout).unwrap();
    assert!(shown().contains("Next page"), "{}", shown());

    let answer = mails::answer("kato@example.com", &page.bytes, "ack");
    gateway.take_at(&address(&header(&page.bytes, "Reply-To")), "kato@example.com", &answer);
    until("the acknowledgement", || site.incident()["status"] == "acknowledged");
    assert_eq!(site.incident()["acknowledged_by"], "kato");
    assert!(!shown().contains("Next page"), "{}", shown());

    store.let_retries_be_due();
    let settled = |state: &str| ["delivered", "superseded"].contains(&state);
    until("the outbox to be settled", || store.notices().iter().all(|notice| settled(&notice.state)));
    let pages = store.notices().into_iter().filter(|notice| notice.summary.starts_with("page"));
    let pages: Vec<[String; 3]> = pages.map(|notice| [notice.to, notice.state, notice.reply]).collect();
    let expected = [["kato@example.com", "delivered", ""], ["sato@example.com", "superseded", "kato has it"]];
    assert_eq!(pages, expected);
    let pages_for_sato = relay.taken_for("sato@example.com").into_iter();
    assert_eq!(pages_for_sato.filter(|mail| header(&mail.bytes, "Importance") == "high").count(), 0);
}
