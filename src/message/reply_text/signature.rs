//! Owns what a signature looks like: below `-- `, a short dash, a frame, or a name with a dash before it.
//! Never looks beyond the lines it is given.

/// Signatures are short: at most so many lines.
const MOST_LINES: usize = 14;
/// Below `--` alone, company notes follow the name.
const MOST_LINES_DASHED: usize = 30;
/// Widest line of a signature, in characters.
const WIDEST: usize = 100;

/// Whether these lines, up to the next quote or the end, are a signature.
pub(super) fn is_signature(tail: &[&str]) -> bool {
    let Some(first) = tail.first() else { return false };
    if *first == "-- " {
        return true;
    }
    let line = first.trim();
    if line.len() > 4 * WIDEST || !line.starts_with(is_drawing) {
        return false;
    }
    let below = tail.iter().skip(1).map(|line| line.trim()).filter(|line| !line.is_empty());
    let words: Vec<&str> = below.take(MOST_LINES_DASHED + 1).collect();
    if line == "--" {
        return !words.is_empty() && words.len() <= MOST_LINES_DASHED;
    }
    let fits = |line: &&str| line.len() <= 4 * WIDEST && line.chars().count() <= WIDEST;
    if words.is_empty() || words.len() > MOST_LINES || !words.iter().all(fits) {
        return false;
    }
    let contact = words.iter().any(|line| is_contact(line));
    if matches!(line, "---" | "__" | "___" | "—" | "–" | "――" | "――――") {
        return contact || is_names(&words);
    }
    let drawn = line.chars().any(|c| "━─＝◆□■☆★◇┏┌╋".contains(c));
    let framed = drawn && words.len() > 1 && words.last().is_some_and(|last| is_ruler(last));
    (is_ruler(line) || is_titled_ruler(line)) && (contact || framed)
}

/// One to three lines of a name, a role, a company: short, and no sentences.
fn is_names(words: &[&str]) -> bool {
    let is_name = |line: &&str| {
        let ends = line.ends_with(['.', '!', '?', ':', ';', '。', '！', '？']);
        line.chars().count() <= 40 && !ends && line.starts_with(|c: char| c.is_uppercase() || !c.is_ascii())
    };
    words.len() <= 3 && words.iter().all(is_name)
}

/// `-Ken Sato`, `— Ken`, `~Ken`: nothing but a name behind a dash, as the last of these lines.
pub(super) fn is_signed_name(tail: &[&str]) -> bool {
    let Some((line, below)) = tail.split_first() else { return false };
    let line = line.trim();
    let bare = line.trim_start_matches(['-', '–', '—', '~', '―']);
    let dashes = line.len() - bare.len();
    if dashes == 0 || bare.len() > WIDEST {
        return false;
    }
    // With a space behind it, a plain dash begins a list's item.
    let item = bare.starts_with(' ') && line.starts_with(['-', '~']) && !line.starts_with("--");
    let words: Vec<&str> = bare.split_whitespace().collect();
    let name = |word: &&str| {
        let letters = |c: char| c.is_alphabetic() || matches!(c, '.' | '\'' | '-' | '’');
        word.starts_with(char::is_uppercase) && word.chars().all(letters)
    };
    let named = dashes <= 6 && !item && (1..=3).contains(&words.len()) && words.iter().all(name);
    named && below.iter().all(|line| line.trim().is_empty())
}

fn is_drawing(c: char) -> bool {
    if c.is_alphanumeric() {
        return false;
    }
    "-_=*~+#━─＝＊－＿―‐◇◆□■☆★○●〜～＋┏┓┗┛┌┐└┘╋┼・.:—–◎※▲▼♪∞≡/|".contains(c)
}

/// A line of nothing but drawing characters: the frame of Japanese signatures, the head of list footers.
pub(super) fn is_ruler(line: &str) -> bool {
    let drawn = line.starts_with(is_drawing) && line.chars().all(|c| is_drawing(c) || c == ' ');
    drawn && (line.chars().count() >= 8 || line.chars().filter(|c| !c.is_ascii()).count() >= 5)
}

/// `━━━━ 株式会社サンプル ━━━━`
fn is_titled_ruler(line: &str) -> bool {
    let drawn = |c: &char| is_drawing(*c);
    let (left, right) =
        (line.chars().take_while(drawn).count(), line.chars().rev().take_while(drawn).count());
    left >= 4 && right >= 4 && left + right < line.chars().count()
}

/// An address of any kind. Lines with a time of day are a log's.
fn is_contact(line: &str) -> bool {
    let timed = line.as_bytes().windows(4).any(|four| {
        let digits = |bytes: [&u8; 3]| bytes.iter().all(|byte| byte.is_ascii_digit());
        matches!(four, [a, b':', c, d] if digits([a, c, d]))
    });
    if timed {
        return false;
    }
    let line = line.to_lowercase();
    let first =
        |word: &str| CONTACTS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-'));
    line.contains('@')
        || SIGNS.iter().any(|known| line.contains(known))
        || line.split([' ', ':', '：', '.', '　']).take(3).any(first)
        || line.split_whitespace().any(is_phone)
}

/// What stands before or in an address, anywhere in a line.
const SIGNS: [&str; 10] = ["http", "www.", "電話", "携帯", "〒", "ｔｅｌ", "ｆａｘ", "전화", "电话", "手机"];
/// Words before a number or an address, at the beginning of a line.
const CONTACTS: [&str; 16] = [
    "cell",
    "e-mail",
    "email",
    "fax",
    "mail",
    "mob",
    "mobil",
    "mobile",
    "phone",
    "tel",
    "telefon",
    "telefono",
    "telefone",
    "teléfono",
    "tél",
    "тел",
];

fn is_phone(word: &str) -> bool {
    word.starts_with(['0', '+', '('])
        && word.bytes().filter(u8::is_ascii_digit).count() >= 9
        && word.bytes().all(|byte| byte.is_ascii_digit() || b"+-()./".contains(&byte))
}
