//! Tests of charsets as they come in real mail.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, GBK, KOI8_R, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

use super::*;

const ISO_2022_JP_BYTES: &[u8] = b"\x1b$B>c32H/@8\x1b(B web01";

fn bytes(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    encoding.encode(text).0.into_owned()
}

const JAPANESE: &str = "サーバーが応答していません。確認をお願いします。";
const SIMPLIFIED: &str = "您好，数据库服务器的磁盘空间不足，系统已经发出告警，请尽快处理。";
const TRADITIONAL: &str = "您好，資料庫伺服器的磁碟空間不足，系統已經發出通知，請儘快處理這個問題。";
const KOREAN: &str = "데이터베이스 서버에 장애가 발생했습니다. 확인 부탁드립니다.";
const RUSSIAN: &str = "Сервер базы данных не отвечает, прошу проверить и сообщить о результате.";
const GERMAN: &str = "Der Server läuft wieder, die Störung ist behoben. Grüße aus München";

#[test]
fn japanese_labels_of_the_real_world_are_known() {
    let sjis = bytes(SHIFT_JIS, "障害発生①");
    for label in ["cp932", "Windows-31J", "\"MS932\"", "shift_jis", "x-sjis"] {
        assert_eq!(decode(label, &sjis), "障害発生①", "{label}");
    }
    for label in ["iso-2022-jp", "CP50221", "iso-2022-jp-ms", "ISO-2022-JP-3"] {
        assert_eq!(decode(label, ISO_2022_JP_BYTES), "障害発生 web01", "{label}");
    }
}

#[test]
fn what_windows_and_phones_add_to_iso_2022_jp_is_read() {
    let check = |raw: &[u8], expected: &str| assert_eq!(decode("iso-2022-jp", raw), expected, "{raw:?}");
    check(b"\x1b$B-!\x1b(B \x1b$B|b\x1b(B", "① 髙");
    check(b"\x1b(I;0J^0\x1b(B ok", "ｻｰﾊﾞｰ ok");
    check(b"\x0e;0J^0\x0f ok", "ｻｰﾊﾞｰ ok");
    check(b"\x1b$(D0!\x1b(B", "丂");
    check(b"\x1b$B>c32", "障害");
    check(b"\x1b(Jweb\x1b(B", "web");
}

#[test]
fn escapes_that_change_nothing_are_no_damage() {
    let twice = [ISO_2022_JP_BYTES.strip_suffix(b" web01").unwrap(), ISO_2022_JP_BYTES].concat();
    assert_eq!(decode("iso-2022-jp", &twice), "障害発生障害発生 web01");
}

#[test]
fn escapes_without_a_label_or_with_a_wrong_one_are_read_and_said() {
    for label in ["", "us-ascii", "utf-8", "iso-8859-1", "no-such-thing"] {
        let read = read(label, ISO_2022_JP_BYTES);
        assert_eq!(read.text, "障害発生 web01", "{label}");
        assert!(read.odd.is_some_and(|words| words.ends_with("read as iso-2022-jp")), "{label}");
    }
    assert!(read("cp50221", ISO_2022_JP_BYTES).odd.is_none());
}

#[test]
fn kana_that_are_shifted_to_are_read_without_a_label() {
    assert_eq!(decode("", b"\x0e;0J^0\x0f ok"), "ｻｰﾊﾞｰ ok");
    assert_eq!(decode("us-ascii", b"\x1b(I;0J^0\x1b(B ok"), "ｻｰﾊﾞｰ ok");
}

#[test]
fn other_shifting_charsets_are_read() {
    assert_eq!(decode("iso-2022-kr", b"\x1b$)C\x0e<-9v\x0f ok"), "서버 ok");
    assert_eq!(decode("hz-gb-2312", b"~{<:Ky2;S{~} ~~ok"), "己所不欲 ~ok");
}

#[test]
fn utf8_under_a_wrong_label_is_read_as_utf8() {
    for label in
        ["iso-2022-jp", "us-ascii", "", "iso-8859-1", "windows-1252", "gb2312", "big5", "shift_jis", "euc-kr"]
    {
        assert_eq!(decode(label, JAPANESE.as_bytes()), JAPANESE, "{label}");
    }
    assert_eq!(decode("iso-8859-1", "läuft".as_bytes()), "läuft");
}

/// Fault 126.
#[test]
fn one_bad_byte_does_not_spoil_the_rest() {
    let mut bytes = JAPANESE.as_bytes().to_vec();
    bytes.push(0xff);
    assert_eq!(decode("utf-8", &bytes), format!("{JAPANESE}\u{fffd}"));
}

#[test]
fn eight_bit_text_without_or_under_a_western_label_is_guessed() {
    let texts = [
        (SHIFT_JIS, JAPANESE),
        (EUC_JP, JAPANESE),
        (GBK, SIMPLIFIED),
        (BIG5, TRADITIONAL),
        (EUC_KR, KOREAN),
        (WINDOWS_1251, RUSSIAN),
        (KOI8_R, RUSSIAN),
    ];
    for (encoding, text) in texts {
        for label in ["", "us-ascii", "iso-8859-1", "utf-8", "no-such-thing"] {
            assert_eq!(decode(label, &bytes(encoding, text)), text, "{} as {label:?}", encoding.name());
        }
    }
}

#[test]
fn western_text_stays_western_whatever_the_label() {
    for label in ["", "us-ascii", "iso-8859-1", "utf-8", "windows-1252"] {
        assert_eq!(decode(label, &bytes(WINDOWS_1252, GERMAN)), GERMAN, "{label}");
        assert_eq!(decode(label, b"caf\xe9"), "café", "{label}");
    }
    assert_eq!(decode("us-ascii", b"it\x92s \x93down\x94"), "it’s “down”");
}

#[test]
fn one_asian_charset_labelled_as_another_is_told_apart() {
    assert_eq!(decode("gb2312", &bytes(BIG5, TRADITIONAL)), TRADITIONAL);
    assert_eq!(decode("big5", &bytes(GBK, SIMPLIFIED)), SIMPLIFIED);
    assert_eq!(decode("shift_jis", &bytes(EUC_JP, JAPANESE)), JAPANESE);
    assert_eq!(decode("euc-jp", &bytes(SHIFT_JIS, JAPANESE)), JAPANESE);
}

#[test]
fn right_labels_are_believed() {
    let texts = [
        ("gb2312", GBK, SIMPLIFIED),
        ("big5", BIG5, TRADITIONAL),
        ("euc-kr", EUC_KR, KOREAN),
        ("koi8-r", KOI8_R, RUSSIAN),
        ("shift_jis", SHIFT_JIS, "ｻｰﾊﾞｰ停止"),
    ];
    for (label, encoding, text) in texts {
        let read = read(label, &bytes(encoding, text));
        assert_eq!((read.text.as_str(), read.odd), (text, None), "{label}");
    }
}

#[test]
fn utf_16_is_read_whichever_end_comes_first() {
    let big: Vec<u8> = "web01 停止".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let little: Vec<u8> = "web01 停止".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        (decode("utf-16", &big), decode("utf-16", &little)),
        ("web01 停止".to_owned(), "web01 停止".to_owned())
    );
}

/// Fault 126.
#[test]
fn a_wrong_label_is_said_once_in_plain_words() {
    let read = read("ISO-8859-1", JAPANESE.as_bytes());
    assert_eq!(
        read.odd.as_deref(),
        Some("says that its charset is iso-8859-1, which it is not; it was read as UTF-8")
    );
}

#[test]
fn a_mark_of_loss_that_stands_in_the_text_is_no_damage() {
    let text = "\u{fffd}\u{fffd} is what the sender's program made of it: \u{fffd}";
    assert_eq!(decode("utf-8", text.as_bytes()), text);
    assert_eq!(guess(text.as_bytes()), text);
}

#[test]
fn marks_of_byte_order_count_more_than_labels() {
    assert_eq!(decode("iso-8859-1", b"\xff\xfew\0e\0b\0"), "web");
    assert_eq!(decode("iso-8859-1", b"\xef\xbb\xbfl\xc3\xa4uft"), "läuft");
    assert_eq!(decode("utf-16", "läuft".as_bytes()), "läuft");
}

/// Fault 126.
#[test]
fn utf_7_is_read() {
    assert_eq!(decode("utf-7", b"web01 +lpxbsw- ok"), "web01 障害 ok");
}

#[test]
fn texts_of_many_languages_are_read_without_a_label_and_under_the_right_one() {
    let texts = [
        ("windows-1250", "Serwer bazy danych nie odpowiada, proszę sprawdzić łącze."),
        ("iso-8859-2", "Usługa została przywrócona, błąd dysku usunięty."),
        ("windows-1251", "Сервер бази даних не відповідає, прошу перевірити та повідомити про результат."),
        ("koi8-u", "Роботу сервера відновлено, дякуємо за терпіння."),
        ("iso-8859-5", RUSSIAN),
        ("ibm866", RUSSIAN),
        ("windows-1253", "Ο διακομιστής δεν αποκρίνεται. Παρακαλώ ελέγξτε."),
        ("windows-1254", "Sunucu yanıt vermiyor, lütfen bağlantıyı kontrol edin. Şimdi düzeltiliyor."),
        ("windows-1255", "השרת אינו מגיב. אנא בדקו את הבעיה."),
        ("windows-1256", "الخادم لا يستجيب. يرجى التحقق من المشكلة."),
        ("windows-874", "เซิร์ฟเวอร์ไม่ตอบสนอง กรุณาตรวจสอบ"),
        ("shift_jis", JAPANESE),
        ("euc-jp", JAPANESE),
        ("gbk", SIMPLIFIED),
        ("big5", TRADITIONAL),
        ("euc-kr", KOREAN),
    ];
    for (label, text) in texts {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let read = read(label, &bytes(encoding, text));
        assert_eq!((read.text.as_str(), read.odd), (text, None), "{label}");
        assert_eq!(guess(&bytes(encoding, text)), text, "{label}");
    }
}

#[test]
fn one_cyrillic_charset_labelled_as_another_is_told_apart() {
    for label in ["koi8-r", "windows-1251", "iso-8859-5", "iso-8859-1"] {
        for encoding in [KOI8_R, WINDOWS_1251] {
            assert_eq!(decode(label, &bytes(encoding, RUSSIAN)), RUSSIAN, "{} as {label}", encoding.name());
        }
    }
}

#[test]
fn short_texts_under_a_right_label_stay() {
    let texts = [
        ("shift_jis", "障害"),
        ("gb2312", "告警恢复"),
        ("big5", "陳小華"),
        ("euc-kr", "서버 점검 안내"),
        ("koi8-r", "Сбой"),
        ("euc-jp", "佐藤 結衣"),
        ("iso-8859-1", "für"),
        ("iso-8859-15", "Größe überschritten"),
    ];
    for (label, text) in texts {
        assert_eq!(decode(label, &bytes(Encoding::for_label(label.as_bytes()).unwrap(), text)), text);
    }
}
