//! When a client is owed a word, and what.

use super::*;
use crate::directory::PartyId;

fn at(minute: i64) -> Timestamp {
    "2026-11-22T01:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

fn state(truth: Belief, since: i64, settled: i64) -> State {
    State { truth, since: at(since), settled: at(settled), trusted: true }
}

fn last(belief: Belief, next: Option<i64>) -> Announcement {
    Announcement { belief, at: at(0), next: next.map(at) }
}

const IN_15: Terms<'_> = terms(Tell::HoldingLineAfter(SignedDuration::from_mins(15)));
const AT_ONCE: Terms<'_> = terms(Tell::AtOnce);

const fn terms(tell: Tell) -> Terms<'static> {
    Terms { tell, severity: Severity::Sev1, quiet: None }
}

fn words(owed: Option<Owed>) -> Option<(i64, NewsKind)> {
    owed.map(|owed| (owed.at.duration_since(at(0)).as_mins(), owed.news))
}

#[test]
fn an_outage_is_owed_after_the_time_that_the_client_s_terms_give() {
    let down = state(Belief::Down, 0, 0);
    assert_eq!(words(owed(down, None, IN_15)), Some((15, NewsKind::Down)));
    assert_eq!(words(owed(down, None, AT_ONCE)), Some((0, NewsKind::Down)));
    assert_eq!(words(owed(State { trusted: false, ..down }, None, AT_ONCE)), None);
}

#[test]
fn whoever_was_told_that_it_works_is_owed_the_withdrawal() {
    let down = state(Belief::Down, 120, 120);
    let told = last(Belief::Working, None);
    assert_eq!(words(owed(down, Some(&told), AT_ONCE)), Some((120, NewsKind::DownAgain)));
    let told = last(Belief::Resolved, None);
    assert_eq!(words(owed(down, Some(&told), IN_15)), Some((135, NewsKind::DownAgain)));
}

#[test]
fn a_promise_is_kept_while_it_is_broken_and_while_the_recovery_is_provisional() {
    let told = last(Belief::Down, Some(45));
    assert_eq!(words(owed(state(Belief::Down, 0, 0), Some(&told), IN_15)), Some((45, NewsKind::StillDown)));
    let recovered = state(Belief::Working, 40, 55);
    assert_eq!(words(owed(recovered, Some(&told), IN_15)), Some((45, NewsKind::Watching)));
    assert_eq!(promise(NewsKind::Watching, recovered, None, IN_15, at(45)), Some(at(55)));
    let watched = last(Belief::Down, Some(55));
    assert_eq!(words(owed(recovered, Some(&watched), IN_15)), Some((55, NewsKind::Working)));
}

#[test]
fn what_was_never_noticed_needs_no_news() {
    assert_eq!(owed(state(Belief::Working, 5, 20), None, AT_ONCE), None);
    assert_eq!(owed(state(Belief::Resolved, 5, 20), None, AT_ONCE), None);
}

#[test]
fn the_newest_event_counts_and_not_the_latest_delivery() {
    let (ueda, noda) = (PersonId::new("ueda"), PersonId::new("noda"));
    let statements = [
        Statement { person: &ueda, belief: Belief::Down, at: at(50) },
        Statement { person: &noda, belief: Belief::Down, at: at(10) },
        Statement { person: &ueda, belief: Belief::Working, at: at(40) },
    ];
    let party = |contacts| Party {
        id: PartyId::new("client-a"),
        name: "A".to_owned(),
        external: true,
        people: vec![ueda.clone(), noda.clone()],
        owner: None,
        tell: Tell::AtOnce,
        contacts,
        quiet_hours: None,
        ladder: None,
    };
    let belief = |contacts| believes(&party(contacts), &statements).map(|s| s.belief);
    assert_eq!(belief(Contacts::Any), Some(Belief::Working));
    assert_eq!(belief(Contacts::All), Some(Belief::Down));
    assert_eq!(believes(&party(Contacts::All), &statements[..1]), None);
}
