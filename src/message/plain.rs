//! Owns making strange text harmless: one line, no control characters, line ends, length.
//! Never knows mail.

/// The beginning of a text, at most `max` bytes long, cut between characters.
pub(super) fn clip(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}

/// Text for one line: control characters become spaces, invisible and direction-changing characters
/// vanish (Unicode TR36, 2.10), the ends are trimmed.
pub(super) fn one_line(text: &str) -> String {
    if is_printable(text.as_bytes()) {
        return text.trim().to_owned();
    }
    let spaced = text.chars().filter(|c| !is_unseen(*c)).map(|c| if ends_line(c) { ' ' } else { c });
    spaced.collect::<String>().trim().to_owned()
}

/// Whether these are nothing but ASCII's letters, signs and blanks. Processors look at many at a time.
pub(super) fn is_printable(bytes: &[u8]) -> bool {
    bytes.chunks(64).all(|run| run.iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~')))
}

/// The lines of a text with `\n` line ends, as [`str::lines`] gives them.
pub(super) fn split_lines(text: &str) -> Vec<&str> {
    let mut found = Vec::with_capacity(memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1);
    let mut rest = text;
    while let Some((line, tail)) =
        memchr::memchr(b'\n', rest.as_bytes()).and_then(|at| rest.split_at_checked(at))
    {
        found.push(line);
        rest = tail.strip_prefix('\n').unwrap_or_default();
    }
    if !rest.is_empty() {
        found.push(rest);
    }
    found
}

/// Text of several lines: `\n` line ends, no other control characters than tabs, no blank lines at either end.
pub(super) fn lines(text: &str) -> String {
    let text = text.trim_start_matches(['\u{feff}', '\r', '\n']);
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    let suspect = if is_simple(text.as_bytes()) { carriage_return } else { any_suspect };
    while let Some((run, tail)) = suspect(rest).and_then(|at| rest.split_at_checked(at)) {
        clean.push_str(run);
        let mut chars = tail.chars();
        match chars.next() {
            Some('\r') if chars.as_str().starts_with('\n') => {}
            Some('\r') => clean.push('\n'),
            Some(c) if !c.is_control() && !is_direction(c) => clean.push(c),
            _ => {}
        }
        rest = chars.as_str();
    }
    clean.push_str(rest);
    let start = clean.len() - clean.trim_start_matches(['\u{feff}', '\n']).len();
    clean.drain(..start);
    let last = clean.trim_end();
    // The signature delimiter ends in a space (RFC 3676, 4.3), also where nothing follows it.
    let end = if last.ends_with("\n--") { last.len() + 1 } else { last.len() };
    clean.truncate(clip(&clean, end).trim_end_matches('\n').len());
    clean
}

/// Nothing that may have to go but carriage returns.
fn is_simple(bytes: &[u8]) -> bool {
    let simple = |byte: &u8| *byte == b'\r' || !is_suspect(*byte);
    bytes.chunks(64).all(|run| run.iter().fold(true, |all, byte| all & simple(byte)))
}

fn carriage_return(text: &str) -> Option<usize> {
    memchr::memchr(b'\r', text.as_bytes())
}

fn any_suspect(text: &str) -> Option<usize> {
    text.bytes().position(is_suspect)
}

/// Bytes with which a character begins that may have to go: of most texts none but the carriage returns.
fn is_suspect(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11..=31 | 0x7f | 0xc2 | 0xd8 | 0xe2)
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Control characters, and the two of Unicode's own line ends.
fn ends_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_unseen(c: char) -> bool {
    let joins = matches!(c, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' | '\u{180e}');
    is_direction(c) || joins || matches!(c, '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_line_ends_and_no_direction_marks() {
        assert_eq!(one_line(" a\r\nb\u{202e}c\u{200b}\x1b[31m\t"), "a  bc [31m");
        assert_eq!(one_line("a\u{2028}b\u{2062}c\u{206a}d\u{fff9}"), "a bcd");
    }

    #[test]
    fn lines_keep_their_inner_blank_lines_and_lose_the_outer_ones() {
        assert_eq!(lines("\r\n\r\na\r\n\r\nb  \rc\x00\n\n \n"), "a\n\nb  \nc");
        assert_eq!(lines("a\u{85}\u{200e}\u{61c}\u{2066}é…\u{7f}\tb"), "aé…\tb");
    }

    #[test]
    fn split_lines_are_the_lines() {
        for text in ["", "\n", "a", "a\n", "a\n\nあ", "\n\n"] {
            assert_eq!(split_lines(text), text.lines().collect::<Vec<_>>(), "{text:?}");
        }
    }

    #[test]
    fn clipping_never_splits_a_character() {
        assert_eq!(clip("あい", 4), "あ");
    }
}
