//! The alert storm: 10,000 alerts in a minute of one key, then of 500. All are stored and counted, and people are told in a
//! few mails.

use std::path::Path;

use firebell::rehearsal::Rehearsal;

/// With every check switched on 500 keys are dear: then a fifth of the alerts has to do.
const MANY: usize = if cfg!(debug_assertions) { 2_000 } else { 10_000 };
/// So many mails may tell everybody of a storm and of the quarter of an hour after it.
const MOST_MAILS: usize = 30;

/// What a storm and the quarter of an hour after it lead to.
fn played(storm: &str) -> String {
    played_by("", storm)
}

/// The same, by other rules.
fn played_by(rules: &str, storm: &str) -> String {
    let text = format!("A storm.\n\n{rules}Mon 01:00 ! storm {storm}\nMon 01:15 .\n");
    Rehearsal::new(&text, None).unwrap().play(Path::new("."), None).unwrap().text
}

fn mails(played: &str) -> usize {
    played.lines().filter(|line| line.contains(" > ")).count()
}

#[test]
fn ten_thousand_alerts_of_one_key_are_counted_and_told_as_one() {
    let played = played("10000 CRITICAL service-a");
    assert!(played.contains("INC-1 opened: SEV1"), "{played}");
    assert!(played.contains("INC-1 9999 alerts of the storm fire again: counted"), "{played}");
    assert!(!played.contains("INC-2"), "{played}");
    let sent = mails(&played);
    assert!(sent < MOST_MAILS, "{sent} mails\n{played}");
    assert!(!played.contains("Another alert fires"), "{played}");
}

/// Fault 96.
#[test]
fn a_storm_of_one_key_that_goes_on_for_ten_minutes_is_one_incident_paged_at_once_and_told_in_a_few_mails() {
    // With every check switched on a tenth has to do.
    let a_minute = if cfg!(debug_assertions) { 1_000 } else { 10_000 };
    let storm: String =
        (0..10).map(|minute| format!("Mon 01:0{minute} ! storm {a_minute} CRITICAL service-a\n")).collect();
    let text = format!("A storm.\n\n{storm}Mon 01:15 .\n");
    let played = Rehearsal::new(&text, None).unwrap().play(Path::new("."), None).unwrap().text;
    let (first_minute, rest) = played.split_once("Mon 01:01 ! storm").unwrap();
    assert!(first_minute.contains("page, step 1"), "{first_minute}");
    let counted = |more: usize| format!("INC-1 {more} alerts of the storm fire again: counted");
    assert!(first_minute.contains(&counted(a_minute - 1)), "{first_minute}");
    assert_eq!(rest.matches(&counted(a_minute)).count(), 9, "{rest}");
    assert!(!played.contains("INC-2"), "{played}");
    let sent = mails(&played);
    assert!(sent < MOST_MAILS, "{sent} mails\n{played}");
}

#[test]
fn alerts_of_five_hundred_keys_are_counted_and_told_together() {
    let played = played(&format!("{MANY} CRITICAL service-a from 500 hosts"));
    assert!(played.contains("INC-1 499 alerts of the storm fire too"), "{played}");
    assert!(played.contains(&format!("INC-1 {} alerts of the storm fire again", MANY - 500)), "{played}");
    assert!(played.contains("INC-1 496 more alerts are told together"), "{played}");
    assert!(!played.contains("INC-2"), "{played}");
    let sent = mails(&played);
    assert!(sent < MOST_MAILS, "{sent} mails\n{played}");
}

/// Fault 97.
#[test]
fn five_hundred_troubles_that_no_service_unites_page_a_few_times() {
    let rules = "---\n[[rule]]\nname = \"anything\"\nwhen = { alert.state = \"firing\" }\n\
        then = { action = \"open\", severity = \"sev2\" }\n---\n\n";
    let played = played_by(rules, &format!("{MANY} CRITICAL job from 500 hosts"));
    assert!(
        played.contains(
            "INC-11 opened: SEV2, Storm of alerts: more than 10 troubles by rule anything within 10 min"
        ),
        "{played}"
    );
    assert!(played.contains("INC-11 489 alerts of the storm fire too"), "{played}");
    assert!(played.contains("INC-11 486 more alerts are told together"), "{played}");
    assert!(!played.contains("INC-12"), "{played}");
    let sent = mails(&played);
    assert!(sent < 11 * 4 + MOST_MAILS, "{sent} mails\n{played}");
}
