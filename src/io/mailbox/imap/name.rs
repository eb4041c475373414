//! Owns the form of strings in commands: modified UTF-7 for folders (RFC 3501, 5.1.3), quoting.
//! Never lets a control character into a command, and never alters a name to make it fit.

use data_encoding::BASE64_NOPAD;

/// A folder's name as people read it in the form that a command takes it; none when it has control characters.
pub(super) fn folder(name: &str) -> Option<String> {
    quoted(&encode(name))
}

/// A quoted string (RFC 9051, 4.3); none for what can't stand in one: control characters, and all but ASCII.
pub(super) fn quoted(text: &str) -> Option<String> {
    let plain = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    plain.then(|| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A quoted string's text, from between its quotes.
pub(super) fn unquoted(text: &str) -> String {
    let mut escaped = false;
    let kept = |c: &char| {
        escaped = *c == '\\' && !escaped;
        !escaped
    };
    text.chars().filter(kept).collect()
}

/// A name in modified UTF-7; control characters are left as they are, for [`quoted`] to refuse.
fn encode(name: &str) -> String {
    let mut encoded = String::new();
    let stays = |c: char| c.is_ascii();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| stays(c) != stays(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if stays(first) {
            encoded.push_str(&run.replace('&', "&-"));
        } else {
            let units: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            encoded.push_str(&format!("&{}-", BASE64_NOPAD.encode(&units).replace('/', ",")));
        }
        rest = after;
    }
    encoded
}

/// A name that came in modified UTF-7; none when it is no such, as with servers that send UTF-8 as it is.
pub(super) fn decode(name: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = name;
    while let Some((plain, after)) = rest.split_once('&') {
        let (run, after) = after.split_once('-')?;
        decoded.push_str(plain);
        decoded.push_str(&if run.is_empty() { "&".to_owned() } else { shifted(run)? });
        rest = after;
    }
    decoded.push_str(rest);
    decoded.chars().all(|c| !c.is_control()).then_some(decoded)
}

/// What stands between `&` and `-`.
fn shifted(run: &str) -> Option<String> {
    if run.contains('/') {
        return None;
    }
    let bytes = BASE64_NOPAD.decode(run.replace(',', "/").as_bytes()).ok()?;
    let (units, odd) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    odd.is_empty().then(|| char::decode_utf16(units).collect::<Result<String, _>>().ok())?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_written_in_modified_utf_7() {
        for (name, written) in [
            ("INBOX", "INBOX"),
            ("R&D", "R&-D"),
            // RFC 3501, 5.1.3.
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("障害/受信", "&lpxbsw-/&U9dP4Q-"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("火🔥", "&cGvYPd0l-"),
        ] {
            assert_eq!(encode(name), written);
            assert_eq!(decode(written).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_is_no_modified_utf_7_is_not_guessed_at() {
        for name in ["&", "R&D", "&AB-", "&2D0-", "&U/BTFw-", "&AA-", "&AAo-", "a\nb"] {
            assert_eq!(decode(name), None, "{name}");
        }
        assert_eq!(decode("障害").as_deref(), Some("障害"));
    }

    #[test]
    fn no_name_breaks_out_of_its_quotes() {
        assert_eq!(folder(r#"a"b\c"#).as_deref(), Some(r#""a\"b\\c""#));
        assert_eq!(unquoted(r#"a\"b\\c"#), r#"a"b\c"#);
        for name in ["a\r\nF9 DELETE INBOX", "a\0", "\u{7f}"] {
            assert_eq!(folder(name), None);
        }
        assert_eq!(quoted("pässword"), None);
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name in "\\PC*") {
            prop_assume!(!name.chars().any(char::is_control));
            let written = encode(&name);
            prop_assert!(written.is_ascii());
            let sent = folder(&name).unwrap();
            let inner = sent.strip_prefix('"').and_then(|sent| sent.strip_suffix('"')).unwrap();
            prop_assert_eq!(decode(&unquoted(inner)), Some(name));
        }

        #[test]
        fn no_name_of_a_server_does_harm(name in ".*") {
            let _ = decode(&name);
            let _ = unquoted(&name);
        }
    }
}
