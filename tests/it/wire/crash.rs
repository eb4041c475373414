//! SIGKILL at every state that a mail can be in, and a start with what is left: nothing is lost, and what goes out twice
//! is the same mail twice.

use std::sync::Mutex;
use std::thread;

use firebell::message;

use super::client::Client;
use super::gateway::Gateway;
use super::mails::{self, GATEWAY, header};
use super::relay::{At, Relay};
use super::site::Site;
use super::store::Mail;
use super::until;

/// A site whose firebell is to be killed.
struct Crash {
    relay: Relay,
    site: Site,
}

impl Crash {
    /// A gateway that has taken one alert, with whatever `prepared` put in its way.
    fn after(prepare: impl FnOnce(&Relay, &Site)) -> (Self, Gateway) {
        let relay = Relay::start();
        let site = Site::of_ten_lines(relay.port);
        let gateway = site.start();
        prepare(&relay, &site);
        gateway.take("nagios@mon.example.com", &mails::alert("svc-1"));
        (Self { relay, site }, gateway)
    }

    /// Starts anew, sends a second alert, and waits until both are done with. Gives how often the first page came.
    fn settled(&self) -> usize {
        let gateway = self.site.start();
        gateway.take("nagios@mon.example.com", &mails::alert("svc-2"));
        settles(&self.site, &self.relay, 2);
        let pages = self.site.store().notices();
        self.copies(&pages[0].message_id).len()
    }

    fn copies(&self, message_id: &str) -> Vec<Vec<u8>> {
        copies(&self.relay, message_id)
    }

    fn mail(&self) -> Mail {
        self.site.store().mails().remove(0)
    }

    fn page_state(&self) -> Option<String> {
        self.site.store().notices().pop().map(|notice| notice.state)
    }
}

/// All mails with this Message-ID that the relay took.
pub fn copies(relay: &Relay, message_id: &str) -> Vec<Vec<u8>> {
    let same = |bytes: &Vec<u8>| header(bytes, "Message-ID").trim_matches(['<', '>']) == message_id;
    relay.taken().into_iter().map(|mail| mail.bytes).filter(same).collect()
}

/// Waits until `alerts` are done with, and looks at all that came in and went out.
pub fn settles(site: &Site, relay: &Relay, alerts: usize) {
    settles_with(site, relay, alerts, 0);
}

/// The same where the operator gets so many mails beside the pages.
pub fn settles_with(site: &Site, relay: &Relay, alerts: usize, told: usize) {
    let (store, all) = (site.store(), alerts + told);
    until("everything to settle", || {
        store.mails_in("done") == alerts && store.notices_are_done() && store.notices().len() == all
    });
    assert_eq!(store.mails().len(), alerts, "a mail was kept twice, or one of them is not done");
    let notices = store.notices();
    assert_eq!(notices.len(), all, "each alert is an incident with one page: {notices:?}");
    let pages = notices.iter().filter(|notice| notice.summary.starts_with("page"));
    assert_eq!(pages.count(), alerts, "{notices:?}");
    assert!(notices.iter().all(|notice| notice.state == "delivered" || notice.held_back), "{notices:?}");
    for notice in notices.iter().filter(|notice| !notice.held_back && !notice.went_with_another) {
        let copies = copies(relay, &notice.message_id);
        assert!(!copies.is_empty(), "{} never arrived", notice.message_id);
        let alone = copies.iter().all(|copy| *copy == notice.bytes);
        let same = copies.iter().all(|copy| copies.first() == Some(copy));
        assert!(alone || notice.took_others && same, "{} came in two forms", notice.message_id);
    }
    let known = |bytes: &[u8]| {
        notices.iter().any(|notice| header(bytes, "Message-ID") == format!("<{}>", notice.message_id))
    };
    assert!(relay.taken().iter().all(|mail| known(&mail.bytes)), "a mail went out that is not in the outbox");
}

#[test]
fn a_mail_that_was_kept_and_not_yet_claimed_is_worked_on_after_a_kill() {
    let (crash, gateway) = Crash::after(|_, site| site.store().forbid("UPDATE OF fence ON mail"));
    gateway.says("work goes on in a moment");
    gateway.kill();
    let mail = crash.mail();
    assert_eq!((mail.state.as_str(), mail.attempts, mail.claimed), ("new", 0, false));
    assert!(crash.site.store().notices().is_empty());
    crash.site.store().free();
    assert_eq!(crash.settled(), 1);
}

#[test]
fn a_mail_that_was_in_work_is_worked_on_once_after_a_kill() {
    let (crash, gateway) = Crash::after(|_, site| site.store().catch("UPDATE OF state ON mail"));
    until("the mail to be in work", || crash.mail().claimed);
    gateway.kill();
    let mail = crash.mail();
    assert_eq!((mail.state.as_str(), mail.attempts, mail.claimed), ("new", 1, true));
    assert!(crash.site.store().notices().is_empty());
    crash.site.store().free();
    assert_eq!(crash.settled(), 1);
}

/// Fault 4.
#[test]
fn a_page_that_was_queued_goes_out_after_a_kill() {
    let (crash, gateway) = Crash::after(|_, site| site.store().forbid("UPDATE OF fence ON notice"));
    until("the page to be queued", || crash.page_state().as_deref() == Some("queued"));
    gateway.kill();
    assert_eq!((crash.mail().state.as_str(), crash.page_state().as_deref()), ("done", Some("queued")));
    crash.site.store().free();
    assert_eq!(crash.settled(), 1);
}

#[test]
fn a_page_that_found_no_relay_goes_out_after_a_kill() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let site = Site::of_ten_lines(nobody.local_addr().unwrap().port());
    drop(nobody);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-1"));
    let store = site.store();
    until("the page to be deferred", || store.notices_in("deferred") == 1);
    gateway.kill();
    assert!(store.notices()[0].reply.contains("refused"), "{:?}", store.notices()[0].reply);
    store.let_retries_be_due();
    let relay = Relay::start();
    site.use_relay(relay.port);
    assert_eq!(Crash { relay, site }.settled(), 1);
}

#[test]
fn a_page_that_was_being_sent_goes_out_after_a_kill() {
    let (crash, gateway) = Crash::after(|relay, _| relay.stop_at(At::Greeting));
    until("the relay to be called", || crash.relay.stopped() == 1);
    gateway.kill();
    assert_eq!(crash.page_state().as_deref(), Some("active"));
    assert!(crash.relay.taken().is_empty());
    crash.relay.go_on();
    assert_eq!(crash.settled(), 1);
}

/// Fault 5.
#[test]
fn a_page_that_the_relay_took_without_saying_so_goes_out_again_as_the_same_mail() {
    let (crash, gateway) = Crash::after(|relay, _| relay.stop_at(At::Dot));
    until("the relay to have the page", || crash.relay.stopped() == 1);
    gateway.kill();
    assert_eq!((crash.page_state().as_deref(), crash.relay.taken().len()), (Some("active"), 1));
    crash.relay.go_on();
    assert_eq!(crash.settled(), 2);
}

/// Fault 6.
#[test]
fn a_page_whose_delivery_was_not_yet_recorded_goes_out_again_as_the_same_mail() {
    let delivered = "UPDATE OF state ON notice WHEN NEW.state = 'delivered'";
    let (crash, gateway) = Crash::after(|_, site| site.store().catch(delivered));
    gateway.says("delivered to kato@example.com");
    gateway.kill();
    assert_eq!((crash.page_state().as_deref(), crash.relay.taken().len()), (Some("active"), 1));
    crash.site.store().free();
    assert_eq!(crash.settled(), 2);
}

#[test]
fn a_page_whose_delivery_was_recorded_does_not_go_out_again() {
    let (crash, gateway) = Crash::after(|_, _| ());
    until("the delivery to be recorded", || crash.page_state().as_deref() == Some("delivered"));
    gateway.kill();
    assert_eq!(crash.settled(), 1);
}

/// Fault 133.
#[test]
fn a_mail_over_which_firebell_dies_three_times_is_put_aside_and_the_operator_hears_of_it() {
    let (crash, gateway) =
        Crash::after(|_, site| site.store().catch("UPDATE OF state ON mail WHEN NEW.state = 'done'"));
    let dies = |gateway: Gateway, times: u32| {
        until("the mail to be in work", || crash.mail().attempts == times);
        gateway.kill();
    };
    dies(gateway, 1);
    dies(crash.site.start(), 2);
    dies(crash.site.start(), 3);
    crash.site.store().free();
    let gateway = crash.site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-2"));
    until("a report and a page", || crash.relay.taken_for("kato@example.com").len() == 2);
    let states: Vec<String> = crash.site.store().mails().into_iter().map(|mail| mail.state).collect();
    assert_eq!(states, ["quarantined", "done"]);
    let report = message::read(&crash.relay.taken()[0].bytes).reply_text;
    assert!(report.contains("firebell stopped while working on it"), "{report}");
}

/// Sends alerts until firebell is gone; adds the services of those that it took.
fn send_until_killed(port: u16, name: &str, taken: &Mutex<Vec<String>>) {
    let Ok(mut client) = Client::connect(port) else { return };
    for number in 0.. {
        let service = format!("{name}-{number}");
        match client.mail("nagios@mon.example.com", GATEWAY, &mails::alert(&service)) {
            Ok(reply) if reply.starts_with("250 ") => taken.lock().unwrap().push(service),
            Ok(reply) => panic!("refused: {reply}"),
            Err(_) => return,
        }
    }
}

#[test]
fn no_mail_that_was_taken_is_lost_in_a_row_of_kills() {
    const AT_ONCE: usize = 3;
    let (relay, taken) = (Relay::start(), Mutex::new(Vec::new()));
    let site = Site::without_storms(relay.port);
    for round in 0..4 {
        let gateway = site.start();
        // A mail over which firebell died three times would be put aside.
        until("what the last kill left to be done", || site.store().mails_in("new") == 0);
        let before = taken.lock().unwrap().len();
        let port = gateway.port;
        thread::scope(|scope| {
            for client in 0..AT_ONCE {
                let (name, taken) = (format!("svc-{round}-{client}"), &taken);
                scope.spawn(move || send_until_killed(port, &name, taken));
            }
            // Each round ends at another place.
            until("some mails to be taken", || taken.lock().unwrap().len() >= before + 5 + round);
            gateway.kill();
        });
    }
    let _gateway = site.start();
    let kept = site.store().mails();
    for service in taken.lock().unwrap().iter() {
        let id = format!("<{service}-PROBLEM@mon.example.com>");
        let copies = kept.iter().filter(|mail| header(&mail.raw, "Message-ID") == id).count();
        assert_eq!(copies, 1, "{service} was taken");
    }
    settles(&site, &relay, kept.len());
}
