//! Owns the words by which mail programs mark what they add: attribution lines, header labels, separators, footers.
//! Never decides anything. All words are lower case, with `|` between them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A field of the header block that Outlook and kin put above the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// Author.
    From,
    /// When it was sent.
    Date,
    /// To, Cc, Reply-To: known so that the block is recognised, else unused.
    Other,
    /// Subject.
    Subject,
}

/// The field that a label names.
pub(super) fn label(word: &str) -> Option<Label> {
    static TABLE: LazyLock<BTreeMap<&str, Label>> = LazyLock::new(|| {
        let table =
            [(Label::Subject, SUBJECT), (Label::Other, OTHER), (Label::Date, DATE), (Label::From, FROM)];
        table.into_iter().flat_map(|(label, words)| words.split('|').map(move |word| (word, label))).collect()
    });
    TABLE.get(word.to_lowercase().as_str()).copied()
}

const FROM: &str = "\
    from|von|de|da|van|från|fra|od|lähettäjä|expéditeur|feladó|mittente|nadawca|remitente|expeditorul|\
    de la|kimden|gönderen|отправитель|от|від|від кого|saatja|šalje|από|差出人|送信者|送信元|发件人|\
    寄件者|寄件人|보낸 사람|보낸사람|מאת";
const DATE: &str = "\
    date|sent|datum|gesendet|gesendet am|envoyé|envoyé le|le|fecha|enviado|enviado el|enviada em|\
    enviado em|data|inviato|verzonden|skickat|sendt|dato|wysłano|odesláno|odoslané|dátum|elküldve|\
    lähetetty|päivämäärä|päiväys|tarih|gönderilen|gönderildi|trimis|дата|отправлено|відправлено|\
    ημερομηνία|στάλθηκε|送信日時|日時|日付|送信日|时间|发送时间|发送日期|日期|寄件日期|傳送時間|\
    보낸 날짜|날짜|보낸날짜|תאריך";
const OTHER: &str = "\
    to|cc|bcc|reply-to|an|kopie|antwort an|à|a|copie à|destinataire|répondre à|para|per|aan|till|til|\
    kopi|kopia|do|dw|komu|címzett|vastaanottaja|kime|bilgi|către|кому|копия|προς|κοιν.|organization|\
    importance|attachments|宛先|送信先|返信先|重要度|添付ファイル|收件人|收件者|抄送|副本|받는 사람|\
    받는사람|참조|אל";
const SUBJECT: &str = "\
    subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|předmět|predmet|\
    tárgy|aihe|konu|subiect|subiectul|тема|θέμα|naslov|件名|主题|主旨|제목|נושא";

/// How an attribution line begins, where that can be told.
pub(super) const LEADS: &str = "\
    on |at |in message|le |am |il |il giorno|el |em |op |den |på |dnia |dňa |w dniu |dne |vào |в |\
    mon|tue|wed|thu|fri|sat|sun|ons|tor|fre|lør|søn|mån|tis|lör|sön|пн|вт|ср|чт|пт|сб|вс|в пн|\
    în |ma |ti |ke |to |pe |la |su |在 |於 |στις ";

/// The verb of an attribution line.
pub(super) const VERBS: &str = "\
    wrote|writes|a écrit|schrieb|geschrieben|ha scritto|escribió|escreveu|schreef|geschreven|skrev|\
    napisał|pisze|napsal|napísal|đã viết|kirjoitti|написал|пишет|пише|yazdı|έγραψε|a scris|írta|\
    님이 작성|님이 쓴|작성:|写道|寫道|のメッセージ|のメール|書きました|wrote on";

/// Between dashes, above the mail that is answered.
pub(super) const ORIGINAL: &str = "\
    original message|original appointment|reply message|ursprüngliche nachricht|originalnachricht|\
    message d'origine|message original|mensaje original|mensagem original|messaggio originale|\
    oorspronkelijk bericht|oprindelig meddelelse|oprindelig besked|opprinnelig melding|\
    ursprungligt meddelande|originalmeddelande|alkuperäinen viesti|oryginalna wiadomość|\
    wiadomość oryginalna|původní zpráva|pôvodná správa|eredeti üzenet|orijinal mesaj|\
    исходное сообщение|αρχικό μήνυμα|元のメッセージ|元メッセージ|オリジナルメッセージ|原始邮件|\
    原始郵件|邮件原件|원본 메시지|원본 메일";

/// Between dashes, or alone with a colon, above the mail that is forwarded.
pub(super) const FORWARDED: &str = "\
    forwarded message|begin forwarded message|forwarded mail|original forwarded message|\
    weitergeleitete nachricht|anfang der weitergeleiteten nachricht|message transféré|\
    début du message transféré|début du message réexpédié|mensaje reenviado|\
    inicio del mensaje reenviado|mensagem encaminhada|início da mensagem encaminhada|\
    messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|\
    videresendt meddelelse|videresendt melding|videresendt besked|start på videresendt besked|\
    vidarebefordrat meddelande|vidarebefordrat brev|välitetty viesti|edelleenlähetetty viesti|\
    przekazana wiadomość|wiadomość przekazana dalej|přeposlaná zpráva|preposlaná správa|\
    továbbított üzenet|iletilen mesaj|mesaj redirecționat|пересылаемое сообщение|\
    начало переадресованного сообщения|переслане повідомлення|προωθημένο μήνυμα|転送メッセージ|\
    転送されたメッセージ|転送されたメール|メッセージを転送|转发的邮件|转发邮件|轉寄郵件|轉寄的郵件|\
    開始轉寄郵件|전달된 메시지|전달된 메일|전달된 메시지 시작|הודעה שהועברה";

/// Begins of lines that phones and apps add at the end.
pub(super) const FOOTERS: &str = "\
    sent from my |sent from mail for|sent from outlook|sent from yahoo|sent from samsung|sent via |\
    sent with |sent using |get outlook for|envoyé de mon |envoyé depuis |envoyé à partir d|\
    télécharger outlook|von meinem |gesendet von |gesendet mit |diese nachricht wurde von mein|\
    inviato da |enviado do meu |enviado desde |enviado de mi |verzonden met |verzonden vanaf |\
    verstuurd vanaf |sendt fra min |skickat från min |från min |lähetetty |wysłane z |wysłano z |\
    отправлено с |отправлено из |odesláno z |從我的 |发自我的|나의 |outlook for ios|\
    outlook for android|iphoneから送信|ipadから送信|iphone から送信|ipad から送信|androidから送信|\
    スマートフォンから送信|my iphoneから送信";
