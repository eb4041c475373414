//! What counts as automatic, and what stays a person's.

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

#[test]
fn a_subject_is_a_suspicion_in_many_languages() {
    for subject in [
        "رد تلقائي: x",
        "Автоматичен отговор: x",
        "Resposta automàtica: x",
        "Automatická odpověď: x",
        "Autosvar: x",
        "Abwesenheitsnotiz",
        "Αυτόματη απάντηση: x",
        "[EXTERNAL] Automatic reply: x",
        "Respuesta automática: x",
        "Automaatvastus: x",
        "Automaattinen vastaus: x",
        "Réponse automatique : x",
        "תשובה אוטומטית: x",
        "Automatski odgovor: x",
        "Automatikus válasz: x",
        "Balasan otomatis: x",
        "Risposta automatica: x",
        "自動応答: x",
        "자동 회신: x",
        "Automatinis atsakymas: x",
        "Automātiska atbilde: x",
        "Automatisch antwoord: x",
        "Automatisk svar: x",
        "Odpowiedź automatyczna: x",
        "Resposta automática: x",
        "Răspuns automat: x",
        "Автоматический ответ: x",
        "Automatická odpoveď: x",
        "Samodejni odgovor: x",
        "Automatiskt svar: x",
        "ตอบกลับอัตโนมัติ: x",
        "Otomatik yanıt: x",
        "Автоматична відповідь: x",
        "Trả lời tự động: x",
        "自动答复: x",
        "Rei Ono is out of the office.",
    ] {
        let found = kind(&format!("Subject: {subject}\n"), true);
        assert_eq!(found, Some(AutomaticKind::SuspectedAutoReply), "{subject}");
    }
    for subject in
        ["Re: Automatic reply: x", "不在着信がありました", "Auto response system is down", "Read: the plan"]
    {
        assert_eq!(kind(&format!("Subject: {subject}\n"), true), None, "{subject}");
    }
}

#[test]
fn an_inbox_rule_answers_but_also_hands_on() {
    let rule = "X-MS-Exchange-Inbox-Rules-Loop: a@example.com\nX-Auto-Response-Suppress: All\n";
    assert_eq!(kind(rule, true), Some(AutomaticKind::AutoReply));
    assert_eq!(kind(rule, false), None);
    assert_eq!(kind(&format!("{rule}Subject: FW: disk full\n"), true), None);
}

#[test]
fn a_receipt_in_words_needs_title_and_words() {
    let read = |text: &str| {
        let content = Content { text: text.to_owned(), ..Content::default() };
        classify(&Fields::read(b"Subject: x\n"), &content, "Gelesen: Störung", true).map(|found| found.kind)
    };
    assert_eq!(read("Ihre Nachricht\n\nwurde am Dienstag gelesen."), Some(AutomaticKind::Receipt));
    assert_eq!(read("Habe ich gesehen, danke."), None);
}
