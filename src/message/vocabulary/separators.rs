//! Owns the phrases that stand between dashes above the mail that is answered or forwarded.
//! Never decides anything.

/// Between dashes, above the mail that is answered. Outlook, Android, Samsung, Notes, Thunderbird, QQ, NetEase and
/// Naver in their languages.
pub(in super::super) const ORIGINAL: &str = "\
    original message|original appointment|original mail|original email|original e-mail|original|reply message|\
    replied message|message from the original sender|ursprüngliche nachricht|originalnachricht|\
    original-nachricht|original nachricht|ursprünglicher termin|antwort nachricht|message d'origine|\
    message d’origine|message original|message initial|mail original|mail d'origine|courriel original|courriel d'origine|e-mail d'origine|\
    mensaje original|correo original|\
    missatge original|mensaxe orixinal|mensagem original|messaggio originale|messaggio di origine|\
    oorspronkelijk bericht|origineel bericht|oorspronklike boodskap|oprindelig meddelelse|oprindelig besked|\
    original meddelelse|opprinnelig melding|opprinneleg melding|original melding|ursprungligt meddelande|\
    originalmeddelande|ursprungligt brev|upprunaleg skilaboð|alkuperäinen viesti|alkuperäinen sanoma|\
    algne kiri|algkiri|algne sõnum|oriģinālais ziņojums|sākotnējā ziņa|originalus laiškas|pradinis laiškas|\
    oryginalna wiadomość|wiadomość oryginalna|wiadomość pierwotna|původní zpráva|původní e-mail|původní email|\
    pôvodná správa|eredeti üzenet|eredeti levél|mesaj original|mesajul original|mesaj inițial|izvorna poruka|\
    izvirno sporočilo|originalna poruka|оригинална порука|оригинално съобщение|оригинално писмо|\
    исходное сообщение|оригинальное сообщение|первоначальное сообщение|оригінальне повідомлення|\
    початкове повідомлення|αρχικό μήνυμα|orijinal mesaj|orijinal ileti|özgün ileti|özgün mesaj|asıl ileti|\
    הודעה מקורית|الرسالة الأصلية|رسالة أصلية|پیام اصلی|thư gốc|tin nhắn gốc|pesan asli|mesej asal|\
    ข้อความต้นฉบับ|ข้อความเดิม|元のメッセージ|元メッセージ|元のメール|オリジナルメッセージ|\
    original message (元のメッセージ)|原始邮件|原始郵件|原郵件|原邮件|邮件原件|原始信件|原始訊息|回复的原邮件|\
    回复的邮件|回覆的郵件|원본 메시지|원본 메일|원본 이메일|원본메세지|원본메일|원래 메시지";

/// Anywhere in a line of its own: what help desks put above their mails. The answer stands above it.
pub(in super::super) const ABOVE_THE_LINE: &[&str] = &[
    "reply above this line",
    "reply above the line",
    "write above this line",
    "write your reply above",
    "type your reply above",
    "reply above to",
    "bitte antworten sie oberhalb dieser zeile",
    "bitte oberhalb dieser linie antworten",
    "antwort oberhalb dieser zeile",
    "répondre au-dessus de cette ligne",
    "veuillez répondre au-dessus de cette ligne",
    "responda por encima de esta línea",
    "responda encima de esta línea",
    "escriba su respuesta por encima de esta línea",
    "responda acima desta linha",
    "rispondi sopra questa riga",
    "antwoord boven deze regel",
    "typ uw antwoord boven deze regel",
    "この行より上に返信",
    "この線より上に返信",
    "この行より上に記入",
    "请在此行上方回复",
    "请在这一行以上回复",
];
