//! What is signed is good for exactly what it was given for, and for so long.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::directory::PartyId;

fn grant<'a>(audience: &'a Audience, person: &'a PersonId) -> Grant<'a> {
    Grant { incident: 42, audience, number: 1, person }
}

fn now() -> Timestamp {
    "2026-11-22T01:00:00Z".parse().unwrap()
}

#[test]
fn a_token_is_good_for_exactly_what_it_was_given_for() {
    let keys = Keys::for_rehearsal();
    let (inner, kato) = (Audience::Inner, PersonId::new("kato"));
    let given = keys.sign(Purpose::Reply, grant(&inner, &kato));
    assert_eq!(given.len(), 26);
    assert!(keys.verify(Purpose::Reply, grant(&inner, &kato), &given, now()));
    assert!(keys.verify(Purpose::Reply, grant(&inner, &kato), &given.to_uppercase(), now()));
    assert!(!keys.verify(Purpose::Reply, grant(&inner, &kato), "", now()));
}

#[test]
fn what_a_retired_key_signed_is_good_for_90_days() {
    let (inner, kato) = (Audience::Inner, PersonId::new("kato"));
    let old = Keys::new(b"the old key".to_vec());
    let given = old.sign(Purpose::Reply, grant(&inner, &kato));
    let keys = Keys::new(b"the new key".to_vec()).with_earlier(b"the old key".to_vec(), now());
    let after = |days: i64| now() + SignedDuration::from_hours(24 * days);
    for (days, good) in [(0, true), (89, true), (90, false), (1000, false)] {
        assert_eq!(keys.verify(Purpose::Reply, grant(&inner, &kato), &given, after(days)), good, "{days}");
        let tag = old.check_characters(42, now(), now());
        assert_eq!(keys.checks(42, &tag, after(days)), good, "{days}");
    }
    assert_ne!(keys.sign(Purpose::Reply, grant(&inner, &kato)), given);
}

#[test]
fn subjects_and_thread_roots_stay_as_they_were_while_the_key_they_were_made_with_verifies() {
    let old = Keys::new(b"the old key".to_vec());
    let keys = Keys::new(b"the new key".to_vec()).with_earlier(b"the old key".to_vec(), now());
    let new = Keys::new(b"the new key".to_vec());
    let (before, after) = (now() - SignedDuration::from_hours(1), now() + SignedDuration::from_hours(1));
    let tag = |keys: &Keys, since| keys.check_characters(42, since, after);
    assert_eq!(tag(&keys, before), tag(&old, before));
    assert_eq!(tag(&keys, after), tag(&new, after));
    let late = now() + VERIFIES;
    assert_eq!(keys.check_characters(42, before, late), tag(&new, before));
    let (inner, nobody) = (Audience::Inner, PersonId::new(""));
    let root = grant(&inner, &nobody);
    assert_eq!(keys.sign_as_of(before, Purpose::MessageId, root, after), old.sign(Purpose::MessageId, root));
    assert_eq!(keys.sign_as_of(after, Purpose::MessageId, root, after), new.sign(Purpose::MessageId, root));
}

/// Everything that a token stands for, and the key.
type Stands = (Vec<u8>, bool, u64, Option<String>, u32, String);

fn stands() -> impl Strategy<Value = Stands> {
    let few = |text: &'static str| proptest::string::string_regex(text).unwrap();
    (
        prop::collection::vec(0u8..3, 1..3),
        any::<bool>(),
        1u64..4,
        prop::option::of(few("[ab]{1,2}")),
        0u32..3,
        few("[ab]{0,2}"),
    )
}

fn with<T>(what: &Stands, use_it: impl FnOnce(&Keys, Purpose, Grant<'_>) -> T) -> T {
    let (key, reply, incident, client, number, person) = what;
    let audience = client.as_ref().map_or(Audience::Inner, |id| Audience::Client(PartyId::new(id)));
    let person = PersonId::new(person);
    let purpose = if *reply { Purpose::Reply } else { Purpose::MessageId };
    let grant = Grant { incident: *incident, audience: &audience, number: *number, person: &person };
    use_it(&Keys::new(key.clone()), purpose, grant)
}

/// HMAC fills short keys up with zeros (RFC 2104, 2): such keys are one.
fn same(mut one: Stands, mut other: Stands) -> bool {
    one.0.resize(64, 0);
    other.0.resize(64, 0);
    one == other
}

proptest! {
    #[test]
    fn a_token_of_another_key_purpose_incident_audience_number_or_person_never_verifies(
        given in stands(),
        wanted in stands(),
    ) {
        let token = with(&given, |keys, purpose, grant| keys.sign(purpose, grant));
        let good = with(&wanted, |keys, purpose, grant| keys.verify(purpose, grant, &token, now()));
        prop_assert_eq!(good, same(given, wanted));
    }
}

#[test]
fn what_is_put_into_an_address_comes_out_again() {
    let mailbox = Address::new("incidents@example.com");
    let reply = reply_address(&mailbox, 42, "abc");
    assert_eq!(reply.as_str(), "incidents+42-abc@example.com");
    assert_eq!(in_address(&mailbox, &reply), Some((42, "abc")));
    assert_eq!(in_address(&mailbox, &mailbox), None);
    assert_eq!(in_address(&mailbox, &Address::new("incidents+42-abc@example.org")), None);
    let id = message_id(&mailbox, 42, 7, "abc");
    assert_eq!(in_message_id(&mailbox, &id), Some((42, 7, "abc")));
    assert_eq!(in_message_id(&mailbox, "20261122.7.abc.d@example.com"), None);
}

#[test]
fn ids_of_other_programs_do_not_look_signed() {
    assert!(looks_signed(
        &Keys::for_rehearsal().sign(Purpose::MessageId, grant(&Audience::Inner, &PersonId::new("kato")))
    ));
    for other in ["16526388040877946887", "12345678901234567890123456", "abc", ""] {
        assert!(!looks_signed(other), "{other}");
    }
}

#[test]
fn a_key_never_shows_in_debug_output() {
    let keys = Keys::new(b"secret".to_vec());
    assert_eq!(format!("{keys:?}"), "Keys(redacted)");
    assert_eq!(format!("{:?}", keys.iter().next().unwrap()), "Key(redacted)");
}
