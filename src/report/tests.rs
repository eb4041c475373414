//! What reports say.

use std::collections::BTreeMap;

use super::account::Detail;
use super::words::phrases;
use super::*;
use crate::directory::Language;

#[test]
fn both_languages_have_the_same_phrases_on_either_side() {
    for client in [false, true] {
        let english = phrases(Language::En, client).names();
        assert!(english.len() > 40, "{english:?}");
        assert_eq!(english, phrases(Language::Ja, client).names());
    }
}

fn account(fields: &[(Field, &str)]) -> Account {
    let fields: BTreeMap<Field, String> =
        fields.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
    Account::read(&fields)
}

#[test]
fn details_stand_in_lines_of_their_own_in_either_language() {
    let account = account(&[
        (Field::Impact, "120 users could not log in.\nData loss: none\n個人情報の漏えい:なし"),
        (Field::Cause, "The pool ran dry.\nroot cause: a leak in the driver"),
    ]);
    assert_eq!(account.impact, "120 users could not log in.");
    assert_eq!(account.detail(Detail::DataLoss), Some("none"));
    assert_eq!(account.detail(Detail::Leak), Some("なし"));
    assert_eq!(account.detail(Detail::RootCause), Some("a leak in the driver"));
    assert_eq!(account.cause, "The pool ran dry.");
}

#[test]
fn an_action_has_an_owner_and_a_date_where_somebody_wrote_them() {
    let account = account(&[
        (Field::Fix, "Restarted.\n- replace the pool @sato by 2026-12-01"),
        (Field::Prevention, "・監視を追加 @kato 2026-12-10まで\n- tell the client sooner"),
    ]);
    let told: Vec<(u32, &str, Option<&str>, Option<String>)> = account
        .actions
        .iter()
        .map(|it| (it.number, it.text.as_str(), it.owner.as_deref(), it.due.map(|due| due.to_string())))
        .collect();
    assert_eq!(
        told,
        [
            (1, "replace the pool", Some("sato"), Some("2026-12-01".to_owned())),
            (2, "監視を追加", Some("kato"), Some("2026-12-10".to_owned())),
            (3, "tell the client sooner", None, None),
        ]
    );
    assert_eq!(account.fix, "Restarted.");
}

#[test]
fn what_nobody_wrote_is_asked_for_by_name() {
    assert_eq!(account(&[]).missing(), Field::ALL);
    assert_eq!(account(&[(Field::Cause, "x"), (Field::Fix, "- y")]).missing(), [Field::Impact]);
}
