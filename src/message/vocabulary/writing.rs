//! Owns the words of attribution lines: `On 5 May 2026, Kato wrote:`.
//! Never decides anything. As Gmail, Thunderbird, Apple Mail, Outlook and the older programs write them.

/// How an attribution line begins, where that can be told; a word of letters ends in a space.
pub(in super::super) const LEADS: &str = "\
    on |at |in message |quoting |am |zitat von |le |il |il giorno |in data |el |em |op |den |på |dnia |dňa |w dniu |\
    dne |vào |lúc |в |на |у |în |la |pe |στις |στις |tarihinde |pada |conversely |a les |el dia |\
    mon |tue |wed |thu |fri |sat |sun |mon, |tue, |wed, |thu, |fri, |sat, |sun, |\
    ons |tor |fre |lør |søn |mån |tis |lör |sön |man |tir |ons. |tor. |fre. |lør. |søn. |man. |tir. |\
    ma |ti |ke |to |su |po |út |st |čt |pá |so |ne |pt |śr |czw |pon |wt |sob |niedz |\
    пн, |вт, |ср, |чт, |пт, |сб, |вс, |нд, |пн |вт |ср |чт |пт |сб |вс |в пн|\
    在 |在|於 |于 |於|ב-|בתאריך|في |بتاريخ|در ";

/// The verb of an attribution line. A short one that is also part of other words has a space before it.
pub(in super::super) const VERBS: &[&str] = &[
    // Western Europe
    " wrote",
    " writes",
    " said:",
    " says:",
    "a écrit",
    "a ecrit",
    "ha scritto",
    "ha escrit",
    "va escriure",
    "escribió",
    "escribio",
    "escribiu",
    "escreveu",
    "schrieb",
    "geschrieben",
    "schreef",
    "geschreven",
    "schreven",
    "idatzi du",
    "scríobh",
    "ysgrifennodd",
    "nous a dit",
    // The North
    "skrev",
    "skreiv",
    "skrifaði",
    "kirjoitti",
    "kirjutas",
    "rakstīja",
    "rašė",
    "parašė",
    // Central and eastern Europe
    "napisał",
    " pisze",
    "napsal",
    "napísal",
    "írta",
    "a scris",
    "je napisao",
    "je napisala",
    "je pisao",
    "je pisala",
    "napisao/la",
    "je napisal",
    " shkroi",
    "έγραψε",
    "γράφει",
    "написал",
    "написа",
    " пишет",
    " пише",
    " написав",
    "напісаў",
    " піша",
    "је написао",
    "је написала",
    // The Near East
    "yazdı",
    "yazmış",
    " כתב",
    "كتب",
    "تمت كتابة",
    "نوشت",
    "yazıb",
    // South and east Asia
    "đã viết",
    " menulis",
    "เขียนว่า",
    "ने लिखा",
    "님이 작성",
    "님이 쓴",
    "쓴 글",
    "작성:",
    "写道",
    "寫道",
    "来信",
    "のメッセージ",
    "のメール",
    "書きました",
    "書いた",
    "書かれました",
    "からのメール",
    "さんwrote",
];

/// How a letter calls its reader: such a line alone above a quote is no answer.
pub(in super::super) const CALLS: &str = "\
    hi|hello|hey|dear|good morning|good afternoon|good evening|greetings|hallo|guten tag|guten morgen|moin|servus|\
    liebe|lieber|sehr geehrte|sehr geehrter|bonjour|bonsoir|salut|cher|chère|chers|ciao|buongiorno|buonasera|\
    salve|gentile|hola|buenos días|buenas tardes|buenas|estimado|estimada|estimados|olá|oi|bom dia|boa tarde|\
    prezado|prezada|prezados|dag|beste|geachte|goedemorgen|hej|hei|kära|bästa|kære|kjære|moi|terve|cześć|witam|\
    dzień dobry|szanowni|dobrý den|ahoj|zdravím|kedves|szia|sziasztok|tisztelt|bună|bună ziua|salutare|merhaba|\
    selam|sayın|здравствуйте|привет|добрый день|доброе утро|уважаемый|уважаемые|вітаю|добрий день|здравейте|\
    γεια|καλημέρα|αγαπητέ|שלום|היי|مرحبا|السلام عليكم|您好|你好|大家好|안녕하세요|お世話になっております|\
    お疲れ様です|お疲れさまです|こんにちは|おはようございます";
