use super::*;

fn kind(fields: &str, is_reply: bool) -> Option<AutomaticKind> {
    let fields = Fields::read(fields.as_bytes());
    let subject = fields.text("Subject").unwrap_or_default();
    classify(&fields, &Content::default(), &subject, is_reply).map(|automatic| automatic.kind)
}

#[test]
fn auto_submitted_says_which() {
    assert_eq!(
        kind("Auto-Submitted: auto-replied; owner-email=\"a@example.com\"\n", true),
        Some(AutomaticKind::AutoReply)
    );
    assert_eq!(kind("Auto-Submitted: Auto-Generated\n", false), Some(AutomaticKind::Generated));
    assert_eq!(
        kind("Auto-Submitted: auto-generated\nSubject: Out of Office: x\n", false),
        Some(AutomaticKind::AutoReply)
    );
    assert_eq!(kind("Auto-Submitted: no\n", true), None);
}

#[test]
fn a_persons_mail_stays_a_persons() {
    assert_eq!(kind("Precedence: list\n", false), None);
    assert_eq!(kind("X-Auto-Response-Suppress: All\nReturn-Path: <a@example.com>\n", true), None);
    assert_eq!(kind("X-Autoreply: no\n", true), None);
    assert_eq!(kind("Subject: Office move\n", false), None);
}

#[test]
fn a_list_id_makes_a_list() {
    assert_eq!(kind("Precedence: list\nList-Id: <ops.example.com>\n", false), Some(AutomaticKind::List));
    assert_eq!(kind("Precedence: bulk\nList-Id: <ops.example.com>\n", false), Some(AutomaticKind::List));
    assert_eq!(kind("Precedence: bulk\n", false), Some(AutomaticKind::Generated));
}

#[test]
fn a_subject_alone_is_a_suspicion() {
    for subject in
        ["Out of Office: x", "Automatische Antwort: x", "【自動返信】お問い合わせ", "Réponse automatique : x"]
    {
        assert_eq!(
            kind(&format!("Subject: {subject}\n"), true),
            Some(AutomaticKind::SuspectedAutoReply),
            "{subject}"
        );
    }
}

#[test]
fn the_evidence_is_the_field() {
    let fields = Fields::read(b"X-Autoreply: yes\n");
    let found = classify(&fields, &Content::default(), "", false).map(|automatic| automatic.evidence);
    assert_eq!(found.as_deref(), Some("X-Autoreply: yes"));
}
