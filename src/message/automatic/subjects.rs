//! Owns what automatic answers, receipts and challenges are called in the languages we know.
//! Never looks at header fields. All words are lower case; tables go by language.

use std::sync::LazyLock;

use crate::message::plain::clip;
use crate::message::vocabulary::Phrases;

/// Whether the subject is an automatic answer's.
pub(super) fn is_auto_reply(subject: &str) -> bool {
    static PHRASES: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(BEGINNINGS.iter().map(|(_, words)| *words)));
    let subject = plain(subject);
    // Words that end in a colon are a title only with it, or where nothing follows; alone they begin people's subjects.
    let begins = |text: &str| PHRASES.begin(&format!("{text}:"));
    begins(&subject)
        || untagged(&subject).is_some_and(begins)
        || ENDINGS.iter().any(|words| subject.trim_end_matches(['.', '!', '。', ' ']).ends_with(words))
}

/// Whether the subject asks the sender to prove that a person wrote.
pub(super) fn is_challenge(subject: &str) -> bool {
    let subject = plain(subject);
    CHALLENGES.iter().any(|words| subject.contains(words))
}

/// Whether subject and text together are a read receipt's. The subject alone is anybody's: `Read: the new plan`.
pub(super) fn is_receipt(subject: &str, text: &str) -> bool {
    let subject = plain(subject);
    let titled = RECEIPTS
        .iter()
        .any(|word| subject.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with(':')));
    let says_so = || {
        let text = clip(text, 2_000).to_lowercase();
        READ.iter().any(|words| text.contains(words))
    };
    titled && says_so()
}

/// Lower case, full-width signs as ASCII's, no brackets in front but a tag's.
fn plain(subject: &str) -> String {
    let lower = clip(subject, 500).to_lowercase();
    let lower = if lower.is_ascii() { lower } else { lower.replace('：', ":").replace('\u{a0}', " ") };
    let lower = if lower.contains(" :") { lower.replace(" :", ":") } else { lower };
    lower.trim_start_matches(|c: char| c.is_whitespace() || "【(（「<*".contains(c)).to_owned()
}

/// What stands behind a tag: `[EXTERNAL] Automatic reply`.
fn untagged(subject: &str) -> Option<&str> {
    let (tag, rest) = subject.strip_prefix('[')?.split_once(']')?;
    (tag.len() <= 40).then(|| rest.trim_start_matches([':', '-', ' ']))
}

/// How automatic answers' subjects begin, by language: what Outlook and Exchange write, then others'.
const BEGINNINGS: &[(&str, &str)] = &[
    ("ar", "رد تلقائي"),
    ("ar", "خارج المكتب"),
    ("bg", "автоматичен отговор"),
    ("bg", "извън офиса"),
    ("ca", "resposta automàtica"),
    ("ca", "fora de l'oficina"),
    ("cs", "automatická odpověď"),
    ("cs", "mimo kancelář"),
    ("cs", "nepřítomnost"),
    ("da", "autosvar"),
    ("da", "automatisk svar"),
    ("da", "fraværsmeddelelse"),
    ("da", "fravær:"),
    ("da", "ikke til stede"),
    ("de", "abwesend:"),
    ("de", "abwesenheit:"),
    ("de", "abwesenheitsassistent"),
    ("de", "abwesenheitsbenachrichtigung"),
    ("de", "abwesenheitsnachricht"),
    ("de", "abwesenheitsnotiz"),
    ("de", "abwesenheitsmeldung"),
    ("de", "automatische antwort"),
    ("de", "automatische rückantwort"),
    ("de", "autom. antwort"),
    ("de", "autoantwort"),
    ("de", "nicht im büro"),
    ("de", "urlaubsbenachrichtigung"),
    ("el", "αυτόματη απάντηση"),
    ("el", "εκτός γραφείου"),
    ("en", "auto:"),
    ("en", "auto reply:"),
    ("en", "auto-reply:"),
    ("en", "auto response:"),
    ("en", "auto-response:"),
    ("en", "autoreply:"),
    ("en", "autoreply re:"),
    ("en", "autoresponse:"),
    ("en", "automated reply"),
    ("en", "automated response"),
    ("en", "automatic reply"),
    ("en", "automatic response"),
    ("en", "away from my mail"),
    ("en", "away from the office"),
    ("en", "i am out of the office"),
    ("en", "i'm out of the office"),
    ("en", "on vacation:"),
    ("en", "out of office"),
    ("en", "out of the office"),
    ("en", "out-of-office"),
    ("en", "ooo:"),
    ("en", "vacation reply"),
    ("en", "vacation:"),
    ("es", "contestación automática"),
    ("es", "fuera de la oficina"),
    ("es", "fuera de oficina"),
    ("es", "respuesta automática"),
    ("et", "automaatvastus"),
    ("et", "automaatne vastus"),
    ("fi", "automaattinen vastaus"),
    ("fi", "poissa:"),
    ("fi", "poissa toimistosta"),
    ("fi", "poissaoloilmoitus"),
    ("fr", "absence du bureau"),
    ("fr", "absent du bureau"),
    ("fr", "absence:"),
    ("fr", "message d'absence"),
    ("fr", "notification d'absence"),
    ("fr", "réponse automatique"),
    ("he", "תשובה אוטומטית"),
    ("he", "מענה אוטומטי"),
    ("he", "מחוץ למשרד"),
    ("hr", "automatski odgovor"),
    ("hr", "izvan ureda"),
    ("hu", "automatikus válasz"),
    ("hu", "házon kívül"),
    ("id", "balasan otomatis"),
    ("it", "assente:"),
    ("it", "assenza:"),
    ("it", "fuori sede"),
    ("it", "fuori ufficio"),
    ("it", "risposta automatica"),
    ("it", "risposta non al computer"),
    ("ja", "不在通知"),
    ("ja", "不在のお知らせ"),
    ("ja", "不在のため"),
    ("ja", "不在:"),
    ("ja", "休暇中"),
    ("ja", "外出中"),
    ("ja", "自動応答"),
    ("ja", "自動返信"),
    ("ja", "自動送信メール"),
    ("ko", "부재 중"),
    ("ko", "부재중"),
    ("ko", "자동 응답"),
    ("ko", "자동 회신"),
    ("ko", "자동응답"),
    ("ko", "자동회신"),
    ("lt", "automatinis atsakymas"),
    ("lv", "automātiska atbilde"),
    ("nl", "afwezig:"),
    ("nl", "afwezigheidsbericht"),
    ("nl", "afwezigheidsassistent"),
    ("nl", "automatisch antwoord"),
    ("nl", "automatische reactie"),
    ("nl", "niet aanwezig"),
    ("no", "automatisk svar"),
    ("no", "fraværsmelding"),
    ("no", "ikke på kontoret"),
    ("pl", "autoodpowiedź"),
    ("pl", "automatyczna odpowiedź"),
    ("pl", "odpowiedź automatyczna"),
    ("pl", "nieobecność"),
    ("pl", "poza biurem"),
    ("pt", "ausência"),
    ("pt", "ausente:"),
    ("pt", "fora do escritório"),
    ("pt", "resposta automática"),
    ("ro", "în afara biroului"),
    ("ro", "răspuns automat"),
    ("ru", "автоматический ответ"),
    ("ru", "автоответ"),
    ("ru", "вне офиса"),
    ("ru", "нет на месте"),
    ("sk", "automatická odpoveď"),
    ("sk", "mimo kancelárie"),
    ("sl", "samodejni odgovor"),
    ("sl", "odsotnost"),
    ("sr", "аутоматски одговор"),
    ("sv", "autosvar"),
    ("sv", "automatiskt svar"),
    ("sv", "frånvaro:"),
    ("sv", "frånvarande"),
    ("sv", "frånvaromeddelande"),
    ("th", "การตอบกลับอัตโนมัติ"),
    ("th", "ตอบกลับอัตโนมัติ"),
    ("tr", "ofis dışında"),
    ("tr", "otomatik yanıt"),
    ("uk", "автоматична відповідь"),
    ("uk", "автовідповідь"),
    ("uk", "поза офісом"),
    ("vi", "trả lời tự động"),
    ("vi", "thư trả lời tự động"),
    ("zh", "外出自动回复"),
    ("zh", "自动回复"),
    ("zh", "自动答复"),
    ("zh", "自動回覆"),
    ("zh", "自動答覆"),
    ("zh", "自動回复"),
    ("zh", "不在办公室"),
    ("zh", "不在辦公室"),
];

/// How they end: Notes puts the person's name in front.
const ENDINGS: &[&str] = &[
    "is away from the office",
    "is currently out of the office",
    "is on vacation",
    "is out of office",
    "is out of the office",
    "ist außer haus",
    "ist nicht im büro",
    "est absent",
    "est absent(e)",
    "est absent du bureau",
    "está ausente",
    "está fuera de la oficina",
    "está fora do escritório",
    "è fuori ufficio",
    "è fuori sede",
    "is afwezig",
    "är inte på kontoret",
    "er ikke på kontoret",
    "jest poza biurem",
    "は不在です",
    "は外出しています",
];

/// What challenge-response systems write: BoxTrapper, Spam Arrest, TMDA, Earthlink.
const CHALLENGES: &[&str] = &[
    "(conf#",
    "(verify#",
    "confirm your email to spamarrest",
    "please confirm your message",
    "please verify your email to",
    "spam arrest",
    "your email requires verification",
    "your message requires verification",
];

/// Titles of read receipts, of Outlook in its languages; a colon follows.
const RECEIPTS: &[&str] = &[
    "read",
    "not read",
    "gelesen",
    "ungelesen",
    "nicht gelesen",
    "lu",
    "non lu",
    "leído",
    "no leído",
    "lida",
    "lido",
    "não lida",
    "letto",
    "non letto",
    "gelezen",
    "niet gelezen",
    "läst",
    "oläst",
    "læst",
    "lest",
    "luettu",
    "przeczytane",
    "przeczytano",
    "přečteno",
    "prečítané",
    "olvasott",
    "elolvasva",
    "citit",
    "прочитано",
    "прочтено",
    "διαβάστηκε",
    "okundu",
    "開封済み",
    "開封確認",
    "既読",
    "已读",
    "已讀",
    "읽음",
    "read receipt",
    "return receipt",
    "receipt",
];

/// What they say.
const READ: &[&str] = &[
    "was read on",
    "was deleted without being read",
    "was displayed on",
    "has been displayed",
    "has been read",
    "wurde gelesen",
    "gelesen am",
    "am gelesen",
    "wurde am",
    "ungelesen gelöscht",
    "a été lu",
    "a été supprimé sans",
    "fue leído",
    "se leyó",
    "ha sido leído",
    "foi lida",
    "foi lido",
    "foi exibida",
    "è stato letto",
    "is gelezen",
    "lästes",
    "blev læst",
    "ble lest",
    "on luettu",
    "został przeczyt",
    "została przeczyt",
    "odczytano",
    "byla přečtena",
    "bola prečítaná",
    "elolvasták",
    "a fost citit",
    "было прочитано",
    "прочитано",
    "διαβάστηκε",
    "okundu",
    "開封されました",
    "開封しました",
    "表示されました",
    "阅读时间",
    "已被阅读",
    "已讀取",
    "읽었습니다",
    "읽은",
];
