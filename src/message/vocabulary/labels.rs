//! Owns the labels of the header block that Outlook and kin put above the original.
//! Never decides what a block is. By language, as Outlook, Apple Mail, Gmail and Lotus Notes write them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A field of the header block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Label {
    /// Author.
    From,
    /// When it was sent.
    Date,
    /// To, Cc, Reply-To: known so that the block is recognised, else unused.
    Other,
    /// Subject.
    Subject,
}

/// The longest label, in characters.
const LONGEST: usize = 40;

/// The field that a label names.
pub(in super::super) fn label(word: &str) -> Option<Label> {
    static TABLE: LazyLock<BTreeMap<&str, Label>> = LazyLock::new(|| {
        let named = |(_, words): &'static (&str, [&str; 4])| {
            let labels = [Label::Other, Label::Subject, Label::Date, Label::From];
            let [from, date, other, subject] = *words;
            let words = [other, subject, date, from].into_iter().zip(labels);
            words.flat_map(|(words, label)| words.split('|').map(move |word| (word, label)))
        };
        LABELS.iter().flat_map(named).collect()
    });
    if word.len() > 4 * LONGEST {
        return None;
    }
    TABLE.get(word.to_lowercase().as_str()).copied()
}

/// Language (ISO 639-1), then the words for From, for Date and Sent, for To, Cc and others, for Subject.
const LABELS: [(&str, [&str; 4]); 37] = [
    ("ar", ["من", "التاريخ|أرسلت|تم الإرسال|تاريخ الإرسال|مرسل", "إلى|نسخة|نسخة إلى", "الموضوع|موضوع"]),
    ("bg", ["от", "дата|изпратено|изпратен", "до|копие", "тема|относно"]),
    ("ca", ["de|remitent", "data|enviat|enviat el|data d'enviament", "per a|a|a/c", "assumpte|tema"]),
    ("cs", ["od|odesílatel", "datum|odesláno", "komu|kopie|kopie pro", "předmět|věc"]),
    ("da", ["fra", "dato|sendt|sendt den", "til|kopi|cc", "emne"]),
    (
        "de",
        [
            "von|absender",
            "datum|gesendet|gesendet am|gesendet um",
            "an|kopie|antwort an|cc|blindkopie",
            "betreff|thema",
        ],
    ),
    ("el", ["από", "ημερομηνία|στάλθηκε|απεσταλμένα", "προς|κοιν.|κοινοποίηση", "θέμα"]),
    (
        "en",
        [
            "from",
            "date|sent|sent on|sent at|date sent",
            "to|cc|bcc|reply-to|organization|importance|attachments|sensitivity|priority|reply to|list",
            "subject",
        ],
    ),
    (
        "es",
        [
            "de|remitente",
            "fecha|enviado|enviado el|enviada el|fecha de envío",
            "para|cc|cco|responder a",
            "asunto",
        ],
    ),
    ("et", ["saatja|kellelt", "kuupäev|saadetud|saatmisaeg", "adressaat|saaja|kellele|koopia", "teema"]),
    ("fa", ["از", "تاریخ|ارسال شده", "به|رونوشت", "موضوع"]),
    ("fi", ["lähettäjä", "päivämäärä|päiväys|lähetetty|lähetyspäivä", "vastaanottaja|kopio|vastaus", "aihe"]),
    (
        "fr",
        [
            "de|expéditeur",
            "date|envoyé|envoyé le|le|date d'envoi",
            "à|a|pour|copie à|cc|destinataire|destinataires|répondre à|objet joint",
            "objet|sujet",
        ],
    ),
    ("he", ["מאת", "תאריך|נשלח|נשלח בתאריך", "אל|עותק|העתק", "נושא|הנדון"]),
    ("hr", ["od|šalje", "datum|poslano|slano|vrijeme slanja", "za|prima|kopija", "predmet|naslov"]),
    ("hu", ["feladó|küldő", "dátum|elküldve|küldve|küldés dátuma", "címzett|másolat|másolatot kap", "tárgy"]),
    ("id", ["dari", "tanggal|terkirim|dikirim", "kepada|ke|tembusan", "subjek|perihal"]),
    ("is", ["frá", "dagsetning|sent|dags", "til|afrit", "efni"]),
    (
        "it",
        ["da|mittente", "data|inviato|inviata|data invio|inviato il", "a|per|cc|ccn|rispondi a", "oggetto"],
    ),
    (
        "ja",
        [
            "差出人|送信者|送信元|from",
            "送信日時|日時|日付|送信日|受信日時|date",
            "宛先|送信先|返信先|重要度|添付ファイル|to|cc|bcc",
            "件名|題名|タイトル",
        ],
    ),
    (
        "ko",
        [
            "보낸 사람|보낸사람|보낸이|발신|발신자",
            "보낸 날짜|날짜|보낸날짜|일시|보낸 시간",
            "받는 사람|받는사람|받는이|참조|숨은 참조|수신|수신자",
            "제목",
        ],
    ),
    ("lt", ["nuo|siuntėjas|iš", "data|išsiųsta|siųsta", "kam|kopija|gavėjas", "tema"]),
    ("lv", ["no|sūtītājs", "datums|nosūtīts|sūtīts", "kam|kopija|adresāts", "temats|tēma"]),
    (
        "nl",
        [
            "van|afzender",
            "datum|verzonden|verzonden op|verstuurd",
            "aan|kopie|beantwoorden - aan",
            "onderwerp",
        ],
    ),
    ("no", ["fra", "dato|sendt", "til|kopi", "emne"]),
    ("pl", ["od|nadawca", "data|wysłano|wysłane|data wysłania", "do|dw|udw|kopia|adresat", "temat"]),
    (
        "pt",
        [
            "de|remetente",
            "data|enviado|enviada em|enviado em|enviada|data de envio",
            "para|cc|cco|responder a",
            "assunto",
        ],
    ),
    (
        "ro",
        [
            "de la|expeditorul|expeditor",
            "dată|data|trimis|trimis la|trimisă",
            "către|la|copie|destinatar",
            "subiect|subiectul",
        ],
    ),
    (
        "ru",
        ["от|от кого|отправитель", "дата|отправлено|послано|дата отправки", "кому|копия|получатель", "тема"],
    ),
    ("sk", ["od|odosielateľ", "dátum|odoslané", "komu|kópia|pre", "predmet"]),
    ("sl", ["od|pošiljatelj", "datum|poslano", "za|kp|kopija", "zadeva"]),
    ("sr", ["од|šalje|шаље", "датум|послато|poslato", "за|коме|копија", "тема|наслов|naslov"]),
    ("sv", ["från", "datum|skickat|skickades", "till|kopia|svar till", "ämne"]),
    ("th", ["จาก|ผู้ส่ง", "วันที่|ส่ง|ส่งเมื่อ", "ถึง|สำเนา|สำเนาถึง", "เรื่อง|หัวเรื่อง|หัวข้อ"]),
    (
        "tr",
        [
            "kimden|gönderen",
            "tarih|gönderilen|gönderildi|gönderme tarihi|gönderim tarihi",
            "kime|bilgi|alıcı",
            "konu",
        ],
    ),
    ("uk", ["від|від кого|відправник", "дата|надіслано|відправлено", "кому|копія|одержувач", "тема"]),
    (
        "zh",
        [
            "发件人|寄件者|寄件人|發件人|发送人|发信人|傳送者",
            "时间|发送时间|发送日期|日期|寄件日期|傳送時間|發送時間|發送日期|時間|寄件時間",
            "收件人|收件者|抄送|副本|密送|主送|附件|重要性|抄送人",
            "主题|主旨|主題|标题|標題",
        ],
    ),
];
