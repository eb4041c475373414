//! Owns the lines by which mail programs say that a forwarded mail begins or ends.
//! Never looks at other lines; `forward` does.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::super::vocabulary::{Phrases, folded};

/// Longest line that is looked at for a mark, in bytes; Notes puts a name and a time into it.
const LONGEST: usize = 400;
/// Longest mark without dashes, in bytes and words.
const LONGEST_ALONE: usize = 120;
const MOST_WORDS: usize = 7;

/// What follows a mark on its own line: Yahoo puts the whole header block there. None for a line without a mark.
pub(in super::super) fn after_mark(line: &str) -> Option<&str> {
    static BEGINNINGS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(PREFIXES.split('|')));
    let start = line.trim().trim_start_matches(['*', ' ']);
    let inner = start.trim_start_matches(is_dash);
    let dashed = start.len() >= inner.len() + 2;
    let (phrase, rest) = if dashed { to_dashes(inner.trim_start()) } else { (inner, "") };
    let whole = phrase.trim_end_matches([' ', '*', '\u{a0}']);
    let plain = whole.trim_end_matches([':', '：', '︰', '﹕', '.']);
    let closed = plain.len() < whole.len();
    let longest = if dashed { LONGEST } else { LONGEST_ALONE };
    // Looked at before anything is copied: most lines of a text end here.
    if plain.is_empty() || plain.len() > longest {
        return None;
    }
    let is_mark = match (dashed, closed) {
        (true, _) => {
            let lower = folded(plain);
            is_phrase(&lower) || BEGINNINGS.begin(&lower)
        }
        (false, true) => {
            plain.bytes().filter(|byte| *byte == b' ').nth(MOST_WORDS - 1).is_none()
                && is_phrase(&folded(plain))
        }
        (false, false) => ALONE.iter().any(|one| one.len() == plain.len() && *one == folded(plain)),
    };
    is_mark.then(|| rest.trim())
}

/// A phrase up to the second dashes, and what is behind them.
fn to_dashes(inner: &str) -> (&str, &str) {
    let ends = ["--", "==", "__"].into_iter().filter_map(|dashes| inner.find(dashes));
    let (phrase, rest) = ends.min().and_then(|at| inner.split_at_checked(at)).unwrap_or((inner, ""));
    (phrase, rest.trim_start_matches(is_dash))
}

fn is_phrase(lower: &str) -> bool {
    static TABLE: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| PHRASES.iter().flat_map(|(_, phrases)| phrases.split('|')).collect());
    TABLE.contains(lower)
}

/// `----- End forwarded message -----`, of Mutt, Horde and Yandex.
pub(in super::super) fn is_end(line: &str) -> bool {
    let line = line.trim();
    if line.len() > LONGEST || !line.starts_with(is_dash) {
        return false;
    }
    let lower = folded(line.trim_matches(|c| is_dash(c) || c == ' '));
    ENDS.split('|').any(|end| lower.starts_with(end))
}

/// A line that is drawn, of any length: `________________________________`.
pub(in super::super) fn is_ruler(line: &str) -> bool {
    let line = line.trim();
    line.chars().nth(2).is_some() && line.chars().all(|c| is_dash(c) || "8<>✂ ".contains(c))
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '_' | '=' | '~' | '─' | '━' | '—' | '–' | '－' | '‐')
}

/// Whole lines without dashes or colon: Gmail's `Forward all`, The Bat.
const ALONE: [&str; 4] = [
    "begin forwarded message",
    "forwarded conversation",
    "this is a forwarded message",
    "以下は転送メッセージです",
];

/// What a person's or a machine's name and a time follow, between dashes: Notes in its languages, Mutt, Horde.
const PREFIXES: &str = "\
    doorgestuurd door |forwarded by |forwarded message from |forwarded from |inoltrato da |\
    nachricht weitergeleitet von |przekazane przez |reenviado por |encaminhado por |réacheminé par |\
    transféré par |transmis par |vidarebefordrat av |videresendt af |videresendt av |weitergeleitet von |\
    weitergeleitete nachricht von |lähettänyt edelleen |továbbította |iletildi |переслано |转发人|轉寄者|転送者";

/// Mutt, Horde and Yandex also say where the forwarded mail ends.
const ENDS: &str = "\
    end forwarded message|end of forwarded message|ende der weitergeleiteten nachricht|\
    fin du message transféré|fin del mensaje reenviado|fine messaggio inoltrato|\
    einde doorgestuurd bericht|завершение пересылаемого сообщения|конец пересылаемого сообщения|\
    конец переадресованного сообщения|end of original message text";

/// Language and phrases: Apple Mail (`Begin …:`), Gmail, HubSpot, Thunderbird, Yahoo and kin (between dashes).
#[rustfmt::skip]
const PHRASES: [(&str, &str); 38] = [
    ("ar", "الرسالة المعاد توجيهها|رسالة معاد توجيهها|رسالة مُعاد توجيهها|بدء الرسالة المعاد توجيهها|بداية الرسالة المعاد توجيهها|رسالة محولة"),
    ("bg", "препратено съобщение|начало на препратеното съобщение"),
    ("ca", "missatge reenviat|inici del missatge reenviat"),
    ("cs", "přeposlaná zpráva|začátek přeposlané zprávy|přesměrovaná zpráva|přeposlaný e-mail"),
    ("da", "videresendt besked|videresendt meddelelse|videresendt mail|videresendt e-mail|start på videresendt besked|start på videresendt meddelelse|begyndelse på videresendt besked"),
    ("de", "weitergeleitete nachricht|weitergeleitete e-mail|weitergeleitete mail|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|beginn der weitergeleiteten nachricht|beginn der weitergeleiteten e-mail"),
    ("el", "προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος|αρχή προωθημένου μηνύματος|προωθούμενο μήνυμα"),
    ("en", "forwarded message|begin forwarded message|begin forwarded email|start of forwarded message|forwarded mail|forwarded email|forwarded e-mail|forwarded msg|forward message|original forwarded message|forwarded conversation|forwarded message follows"),
    ("es", "mensaje reenviado|inicio del mensaje reenviado|comienzo del mensaje reenviado|correo reenviado|mensaje original reenviado"),
    ("et", "edastatud kiri|edastatud sõnum|edasisaadetud kiri|algus edastatud sõnumist"),
    ("fa", "پیام هدایت‌شده|پیام هدایت شده|پیام ارسال شده"),
    ("fi", "välitetty viesti|välitetty viesti / fwd.msg|välitetty viesti alkaa|edelleenlähetetty viesti|edelleen lähetetty viesti"),
    ("fr", "message transféré|message transmis|message réexpédié|message acheminé|courriel transféré|mail transféré|e-mail transféré|début du message transféré|début du message réexpédié|début du message acheminé|début du courriel transféré|début de l'e-mail transféré"),
    ("he", "הודעה שהועברה|הודעה מועברת|תחילת ההודעה שהועברה"),
    ("hi", "अग्रेषित संदेश|अग्रेषित मेल|अग्रेषित किया गया संदेश"),
    ("hr", "proslijeđena poruka|započni proslijeđenu poruku|početak proslijeđene poruke"),
    ("hu", "továbbított üzenet|továbbított levél|továbbított levél kezdete|továbbított üzenet kezdete"),
    ("id", "pesan terusan|pesan diteruskan|pesan yang diteruskan|awal pesan terusan|mulai pesan terusan|mulai meneruskan pesan"),
    ("is", "framsent bréf|framsend skilaboð|áframsent bréf"),
    ("it", "messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato|e-mail inoltrata"),
    ("ja", "転送メッセージ|転送メール|転送されたメッセージ|転送されたメール|メッセージを転送|転送元メッセージ|転送開始|以下転送|以下、転送|以下転送メール|以下、転送メール|以下転送メッセージ"),
    ("ko", "전달된 메시지|전달된 메일|전달된 메시지 시작|전달한 메시지|전달 메시지|전달된 이메일"),
    ("lt", "persiųstas laiškas|persiųsta žinutė|persiųstas pranešimas"),
    ("lv", "pārsūtītā ziņa|pārsūtīta ziņa|pārsūtīta vēstule|pārsūtītais ziņojums"),
    ("nb", "videresendt melding|start på videresendt melding|begynnelse på videresendt melding|videresendt e-post"),
    ("nl", "doorgestuurd bericht|begin doorgestuurd bericht|begin van doorgestuurd bericht|doorgestuurde e-mail|doorgezonden bericht"),
    ("pl", "przekazana wiadomość|przesłana wiadomość|wiadomość przekazana|wiadomość przekazana dalej|wiadomość przesłana dalej|początek przekazywanej wiadomości|początek przekazanej wiadomości|treść przekazanej wiadomości"),
    ("pt", "mensagem encaminhada|mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|e-mail encaminhado"),
    ("ro", "mesaj redirecționat|mesaj redirecţionat|mesaj redirectionat|mesaj retransmis|începe mesajul redirecționat|începe mesajul redirecţionat|începutul mesajului redirecționat|mesaj transmis mai departe"),
    ("ru", "пересылаемое сообщение|пересылаемое письмо|пересланное сообщение|пересланное письмо|перенаправленное сообщение|переадресованное сообщение|начало переадресованного сообщения|начало пересылаемого сообщения"),
    ("sk", "preposlaná správa|začiatok preposlanej správy|presmerovaná správa"),
    ("sl", "posredovano sporočilo|začetek posredovanega sporočila"),
    ("sr", "прослеђена порука|prosleđena poruka|početak prosleđene poruke"),
    ("sv", "vidarebefordrat meddelande|vidarebefordrat mejl|vidarebefordrat mail|vidarebefordrat brev|vidarebefordrad e-post|vidarebefordrat e-postmeddelande|börja vidarebefordrat meddelande|början på vidarebefordrat mejl|början på vidarebefordrat meddelande"),
    ("tr", "iletilen mesaj|iletilmiş mesaj|iletilen ileti|iletilmiş ileti|iletilen e-posta|ileti başlangıcı|iletilen iletinin başlangıcı|yönlendirilen mesaj|yönlendirilmiş ileti"),
    ("uk", "переслане повідомлення|переслане письмо|пересланий лист|перенаправлене повідомлення|початок листа, що пересилається|початок переадресованого повідомлення|початок пересланого повідомлення"),
    ("vi", "thư được chuyển tiếp|thư chuyển tiếp|thư đã chuyển tiếp|tin nhắn được chuyển tiếp|bắt đầu thư được chuyển tiếp|bắt đầu tin nhắn đã chuyển tiếp"),
    ("zh", "转发的邮件|转发邮件|转发邮件信息|转发的消息|转发的信息|已转发邮件|以下是转发的邮件|下面是被转发的邮件|开始转发的邮件|轉寄的郵件|轉寄郵件|轉寄的訊息|已轉寄郵件|開始轉寄郵件|以下為轉寄的郵件|以下是轉寄的郵件"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_sorted_by_language_and_as_they_are_looked_up() {
        assert!(PHRASES.iter().map(|(language, _)| language).is_sorted());
        for one in PHRASES.iter().flat_map(|(_, phrases)| phrases.split('|')) {
            assert_eq!(folded(one), one);
            assert!(one.len() <= LONGEST_ALONE && one.split(' ').count() <= MOST_WORDS, "{one}");
        }
    }

    #[test]
    fn marks_of_many_programs_are_known() {
        for line in [
            "---------- Forwarded message ---------",
            "-------- Forwarded Message --------",
            "Begin forwarded message:",
            "Anfang der weitergeleiteten Nachricht:",
            "Début du message transféré :",
            "----- İletilmiş Mesaj -----",
            "-------- Välitetty viesti / Fwd.Msg --------",
            "-------- Preposlaná správa --- Forwarded Message --------",
            "--------- メッセージを転送 ---------",
            "下面是被转发的邮件：",
            "----- Forwarded by Ken Sato/Tokyo/Example on 05/05/2026 10:21 AM -----",
            "----- Weitergeleitet von Ken Sato/Bonn/Example am 05.05.2026 10:21",
            "----- Forwarded message from Ken <ken@example.com> -----",
            "Forwarded Conversation",
            "*Forwarded message:*",
        ] {
            assert_eq!(after_mark(line).map(|_| ()), Some(()), "{line}");
        }
        let run_on = "   ----- Forwarded Message ----- From: Ken <ken@example.com>To: a";
        assert_eq!(after_mark(run_on), Some("From: Ken <ken@example.com>To: a"));
    }

    #[test]
    fn sentences_about_forwarded_mail_are_no_marks() {
        for line in [
            "the forwarded message",
            "- forwarded message lost",
            "Forwarded message",
            "forwarded by Ken",
            "--",
            "",
        ] {
            assert_eq!(after_mark(line), None, "{line}");
        }
    }
}
