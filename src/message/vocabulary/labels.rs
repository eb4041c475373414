//! Owns the names that mail programs give the fields of the header block above an original, answered or forwarded.
//! Never decides whether a line belongs to a block.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::folded;

/// A field of the header block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Label {
    /// Author.
    From,
    /// When it was sent.
    Date,
    /// Recipients.
    To,
    /// Subject.
    Subject,
    /// Cc, Reply-To, Importance and kin: known so that the block is recognised, else unused.
    Other,
}

/// Longest name of a field: bytes, and words.
const LONGEST: usize = 60;
const MOST_WORDS: usize = 4;

/// The field that a word or some name, in any language and case.
pub(in super::super) fn label(word: &str) -> Option<Label> {
    static TABLE: LazyLock<BTreeMap<&str, Label>> =
        LazyLock::new(|| LANGUAGES.iter().flat_map(fields).collect());
    static FIRST: LazyLock<BTreeSet<char>> =
        LazyLock::new(|| TABLE.keys().filter_map(|word| word.chars().next()).collect());
    // Looked at before anything is copied: most that stands before a colon is no name.
    if word.len() > LONGEST
        || word.ends_with(['。', '、'])
        || word.bytes().filter(|byte| *byte == b' ').nth(MOST_WORDS).is_some()
        || !word.chars().next().is_some_and(|first| FIRST.contains(&lower(first)))
    {
        return None;
    }
    TABLE.get(folded(word).as_ref()).copied()
}

fn lower(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) }
}

/// The names that stand in front of a run-on field, with a capital as programs write them, longest first.
pub(in super::super) fn capitalised() -> &'static [(String, Label)] {
    static NAMES: LazyLock<Vec<(String, Label)>> = LazyLock::new(|| {
        let capital = |(word, label): (&str, Label)| {
            let mut letters = word.chars();
            let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
            (first + letters.as_str(), label)
        };
        let mut names: Vec<(String, Label)> = LANGUAGES.iter().flat_map(fields).map(capital).collect();
        names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        names.dedup_by(|a, b| a.0 == b.0);
        names
    });
    NAMES.as_slice()
}

fn fields(row: &'static Row) -> impl Iterator<Item = (&'static str, Label)> {
    let [_, from, date, to, subject, other] = *row;
    let table = [
        (Label::From, from),
        (Label::Date, date),
        (Label::To, to),
        (Label::Subject, subject),
        (Label::Other, other),
    ];
    let words = |(label, words): (Label, &'static str)| words.split('|').map(move |word| (word, label));
    table.into_iter().flat_map(words).filter(|(word, _)| !word.is_empty())
}

/// Language, From, Date, To, Subject, the others; lower case, with `|` between.
type Row = [&'static str; 6];

/// From the localisations of Apple Mail, Gmail, HubSpot, Notes, Outlook, QQ Mail, Thunderbird and Yahoo.
#[rustfmt::skip]
const LANGUAGES: [Row; 41] = [
    ["en", "from", "date|sent|date sent|sent at|sent on", "to", "subject",
        "cc|bcc|reply to|attachment|attachments|categories|importance|mailing list|newsgroups|organisation|\
         organization|priority|sender|sensitivity|reply-to|list"],
    ["ar", "من", "التاريخ|تاريخ|تاريخ الإرسال|تم الإرسال|أرسلت|مرسل", "إلى|الى", "الموضوع|موضوع", "نسخة|نسخة إلى"],
    ["bg", "от|подател", "дата|изпратено|изпратен", "до|получател", "относно|тема", "копие"],
    ["ca", "de|remitent", "data|enviat el|enviat|data d'enviament", "a|per a", "assumpte|tema", "a/c"],
    ["cs", "od|odesílatel|odesilatel", "datum|odesláno|odeslané", "komu|příjemce", "předmět|věc",
        "kopie|skrytá|odpověď komu|odpovědět|důležitost|příloha|přílohy|kopie pro"],
    ["da", "fra|afsender", "dato|sendt|sendt den", "til|modtager", "emne",
        "kopi|svar til|vigtighed|prioritet|vedhæftede filer"],
    ["de", "von|absender", "datum|gesendet|gesendet am|gesendet um", "an|empfänger", "betreff|thema",
        "kopie|kopie (cc)|blindkopie|antwort an|antwort-an|wichtigkeit|priorität|vertraulichkeit|anlage|\
         anlagen|anhänge"],
    ["el", "από|αποστολέας", "ημερομηνία|ημ/νία|στάλθηκε|εστάλη|απεστάλη|απεσταλμένα", "προς|παραλήπτης",
        "θέμα", "κοιν.|κοιν|κοινοποίηση|απάντηση σε"],
    ["es", "de|remitente", "fecha|enviado|enviado el|enviado a las|fecha de envío|enviada el",
        "para|destinatario|destinatarios", "asunto",
        "copia|con copia a|cco|responder a|importancia|prioridad|adjuntos|datos adjuntos"],
    ["et", "saatja|kellelt", "kuupäev|saadetud|saatmisaeg", "saaja|kellele|adressaat", "teema", "koopia|vastus"],
    ["fa", "از", "تاریخ|ارسال شده", "به", "موضوع", "رونوشت"],
    ["fi", "lähettäjä", "päivämäärä|päiväys|lähetetty|lähetysaika|pvm|lähetyspäivä", "vastaanottaja|vast.ott",
        "aihe|otsikko", "kopio|piilokopio|vastaus|vastausosoite|tärkeys|liitteet"],
    ["fr", "de|expéditeur", "date|envoyé|envoyé le|date d'envoi|le", "à|a|pour|destinataire|destinataires",
        "objet|sujet", "copie|copie à|cci|répondre à|priorité|pièce jointe|pièces jointes|objet joint"],
    ["gl", "de", "data|enviado", "para|a", "asunto", "copia"],
    ["he", "מאת|מ", "תאריך|נשלח|נשלח בתאריך", "אל|ל", "נושא|הנדון", "עותק|העתק|השב אל"],
    ["hi", "प्रेषक|से", "दिनांक|तारीख|भेजा गया", "प्रति", "विषय", "प्रतिलिपि"],
    ["hr", "od|šalje|pošiljatelj", "datum|poslano|slano|vrijeme slanja", "prima|za|primatelj",
        "naslov|predmet|tema", "kopija|odgovori na|odgovor na"],
    ["hu", "feladó|küldő", "dátum|elküldve|küldve|küldés dátuma", "címzett|címzettek", "tárgy",
        "másolat|másolatot kap|titkos másolat|válaszcím|válasz|fontosság|mellékletek"],
    ["id", "dari|pengirim", "tanggal|dikirim|terkirim", "kepada|ke", "subjek|perihal", "tembusan|balas ke"],
    ["is", "frá", "dagsetning|sent|dags", "til", "efni", "afrit"],
    ["it", "da|mittente", "data|inviato|inviato il|data invio|inviata", "a|destinatario|destinatari", "oggetto",
        "copia|per conoscenza|ccn|rispondi a|risposta a|priorità|allegati|allegato|per"],
    ["ja", "差出人|送信者|送信元|発信者|発信元", "日時|送信日時|送信日|日付|送信|受信日時|date", "宛先|送信先|受信者|あて先", "件名|表題|タイトル|題名",
        "返信先|重要度|優先度|添付ファイル|添付"],
    ["ko", "보낸 사람|보낸사람|보낸이|발신|발신자", "날짜|보낸 날짜|보낸날짜|보낸 시간|보낸시간|전송 날짜|일시", "받는 사람|받는사람|받는이|수신|수신자", "제목",
        "참조|숨은 참조|숨은참조|중요도|첨부 파일|첨부파일|회신 주소"],
    ["lt", "nuo|siuntėjas|iš", "data|išsiųsta|siųsta", "kam|gavėjas", "tema", "kopija"],
    ["lv", "no|sūtītājs", "datums|nosūtīts|sūtīts", "kam|saņēmējs", "tēma|temats", "kopija|adresāts"],
    ["nb", "fra|avsender", "dato|sendt", "til|mottaker", "emne", "kopi|svar til|prioritet|vedlegg"],
    ["nl", "van|afzender", "datum|verzonden|verzonden op|verstuurd", "aan|ontvanger", "onderwerp",
        "kopie|antwoord aan|antwoorden aan|beantwoorden - aan|urgentie|prioriteit|bijlage|bijlagen"],
    ["pl", "od|nadawca", "data|wysłano|wysłane|data wysłania", "do|adresat|odbiorca", "temat",
        "dw|udw|do wiadomości|kopia|odpowiedz do|odpowiedź do|ważność|priorytet|załączniki"],
    ["pt", "de|remetente", "data|enviado|enviada|enviado em|enviada em|enviado a|data de envio",
        "para|destinatário|destinatários", "assunto",
        "cópia|com cópia|cco|responder a|responder para|importância|prioridade|anexo|anexos"],
    ["ro", "de la|expeditor|expeditorul", "data|dată|trimis|trimisă|trimis la",
        "către|destinatar|destinatarul|la", "subiect|subiectul",
        "copie|răspuns la|răspunde la|importanță|atașamente"],
    ["ru", "от|от кого|отправитель", "дата|отправлено|дата отправки|послано", "кому|получатель", "тема",
        "копия|скрытая копия|ответить|обратный адрес|важность|приоритет|вложения"],
    ["sk", "od|odosielateľ", "dátum|odoslané", "komu|pre|príjemca", "predmet",
        "kópia|skrytá kópia|odpoveď komu|odpovedať komu|dôležitosť|prílohy"],
    ["sl", "od|pošiljatelj", "datum|poslano", "za|komu|prejemnik", "zadeva", "kp|odgovor na|odgovori na|kopija"],
    ["sr", "од|šalje|шаље", "датум|послато|poslato", "за|прима", "наслов|предмет|тема|naslov", "копија|коме"],
    ["sv", "från|avsändare", "datum|skickat|skickat den|skickades", "till|mottagare", "ämne|rubrik",
        "kopia|svar till|svara till|prioritet|betydelse|bilagor|bifogade filer"],
    ["th", "จาก|ผู้ส่ง", "วันที่|ส่ง|ส่งเมื่อ", "ถึง", "เรื่อง|หัวเรื่อง|หัวข้อ", "สำเนา|สำเนาถึง"],
    ["tr", "kimden|gönderen", "tarih|gönderilen|gönderildi|gönderilme tarihi|gönderme tarihi|gönderim tarihi",
        "kime|alıcı", "konu", "bilgi|gizli|yanıt adresi|yanıtla|önem|ekler"],
    ["uk", "від|від кого|відправник", "дата|відправлено|надіслано", "кому|до|одержувач", "тема",
        "копія|прихована копія|відповісти|важливість|вкладення"],
    ["vi", "từ|người gửi", "ngày|đã gửi|ngày gửi|gửi", "đến|tới|người nhận", "chủ đề|tiêu đề", "đồng gửi"],
    ["zh-hans", "发件人|发信人|发送人", "时间|发送时间|发送日期|日期|发件时间", "收件人", "主题|标题", "抄送|密送|抄送人|回复|答复|回复至|重要性|优先级|附件|主送"],
    ["zh-hant", "寄件者|寄件人|發件人|傳送者", "寄件日期|傳送時間|時間|發送時間|傳送日期|寄送日期|寄件時間|發送日期", "收件者|收件人", "主旨|主題|標題",
        "副本|副本抄送|密件副本|回覆|重要性|附件"],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_sorted_and_their_words_are_as_they_are_looked_up() {
        let names: Vec<&str> = LANGUAGES.iter().skip(1).map(|row| row[0]).collect();
        assert!(names.is_sorted());
        for (word, field) in LANGUAGES.iter().flat_map(fields) {
            assert_eq!(folded(word), word);
            assert_eq!(label(word), Some(field), "{word}");
        }
    }

    #[test]
    fn labels_are_known_in_any_case_and_spacing() {
        assert_eq!(label("DE  LA"), Some(Label::From));
        assert_eq!(label("İletilen"), None);
        assert_eq!(label("host"), None);
    }
}
