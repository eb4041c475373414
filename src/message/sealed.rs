//! Owns what is signed, encrypted or wrapped: it is said what it is, and signed text is read without the seal.
//! Never checks a signature.

mod opaque;

use super::parts::Part;

/// What a person should know of a part that we don't open.
pub(super) fn remark(part: &Part<'_>) -> Option<&'static str> {
    match part.media_type() {
        "multipart/signed" => Some(SIGNED),
        "multipart/encrypted" => Some(ENCRYPTED),
        _ if is_block(part) => {
            let kind = part.kind.text("smime-type").unwrap_or_default().to_ascii_lowercase();
            Some(if kind == "signed-data" { UNOPENED } else { ENCRYPTED })
        }
        "application/ms-tnef" | "application/vnd.ms-tnef" => Some(WINMAIL),
        _ if is_winmail(part) => Some(WINMAIL),
        _ => None,
    }
}

/// The mail inside a part that is signed in one block, and what is to be said of it.
pub(super) fn opened(part: &Part<'_>) -> Option<(Vec<u8>, &'static str)> {
    let block = is_block(part).then(|| part.content(usize::MAX).0)?;
    Some((opaque::content(&block)?, SIGNED))
}

/// Whether a part is an S/MIME block (RFC 8551, 3.2).
fn is_block(part: &Part<'_>) -> bool {
    matches!(part.media_type(), "application/pkcs7-mime" | "application/x-pkcs7-mime")
}

const UNOPENED: &str =
    "is signed with S/MIME in one block, which can't be opened; ask the sender to sign in clear text";
const SIGNED: &str = "is signed; its text was read, the signature not checked";
const ENCRYPTED: &str = "is encrypted; what is inside can't be read here";
const WINMAIL: &str = "carries a winmail.dat (Outlook's own format), which was not opened; ask the sender for plain text or HTML";

fn is_winmail(part: &Part<'_>) -> bool {
    let name = part.kind.text("name").or_else(|| part.disposition.as_ref()?.text("filename"));
    name.is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"))
}

/// The text without the armour of a clear-text signature (RFC 9580, 7), and what is to be said of it.
pub(super) fn without_armor(text: String) -> (String, Option<&'static str>) {
    let begins = |line: &str, words: &str| line.trim_end() == format!("-----BEGIN PGP {words}-----");
    if !text.contains("-----BEGIN PGP ") {
        return (text, None);
    }
    if !text.lines().any(|line| begins(line, "SIGNED MESSAGE")) {
        let encrypted = text.lines().any(|line| begins(line, "MESSAGE"));
        return (text, encrypted.then_some(ENCRYPTED));
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut lines = text.lines();
    let mut signed = false;
    while let Some(line) = lines.next() {
        if begins(line, "SIGNED MESSAGE") {
            // `Hash: SHA512` and kin, up to the empty line.
            lines.by_ref().find(|line| line.trim().is_empty());
            signed = true;
        } else if begins(line, "SIGNATURE") {
            lines.by_ref().find(|line| line.starts_with("-----END PGP"));
            signed = false;
        } else {
            // Within, a dash at the beginning is written `- -` (RFC 9580, 7.2).
            kept.push(if signed { line.strip_prefix("- ").unwrap_or(line) } else { line });
        }
    }
    (kept.join("\n"), Some(SIGNED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_text_signature_falls_away() {
        let text = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nack\n- -- list\n-----BEGIN PGP SIGNATURE-----\n\n\
            iQEz\n-----END PGP SIGNATURE-----\nfooter";
        assert_eq!(without_armor(text.to_owned()), ("ack\n-- list\nfooter".to_owned(), Some(SIGNED)));
    }

    /// Fault 131.
    #[test]
    fn what_is_encrypted_is_said_and_other_text_stays() {
        let text = "-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----".to_owned();
        assert_eq!(without_armor(text.clone()), (text, Some(ENCRYPTED)));
        let quoted = "> -----BEGIN PGP SIGNED MESSAGE-----\nack".to_owned();
        assert_eq!(without_armor(quoted.clone()), (quoted, None));
    }
}
