//! Owns by which elements mail programs mark the mail that is answered or forwarded, and the signature.
//! Never looks at more than one element; what stands in it is `arrange`'s to judge.

/// What a mail program says with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing.
    Plain,
    /// The line above a quote, or a forward's header.
    Attribution,
    /// A line that is drawn between the author's words and the signature.
    Delimiter,
    /// A forwarded mail.
    Forward,
    /// The header of the original begins here, and all below it is old.
    Original,
    /// Quoted up to the first block quote within, else all of it; what stands between block quotes may be answers.
    Quote,
    /// Holds the original, mostly with its header.
    Reference,
    /// Has a line above it like the one that Outlook draws over the original's header.
    Ruled,
    /// The author's signature.
    Signature,
}

/// How a name is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Match {
    /// As it is.
    Whole,
    /// A number follows.
    Start,
}
use Match::{Start, Whole};

/// Attribute, name (lower case), how it is compared, meaning; behind it the product. Sorted by attribute and name.
#[rustfmt::skip]
const NAMES: [(&str, &str, Match, Role); 55] = [
    ("class", "airmail_on", Whole, Role::Attribution),                        // Airmail
    ("class", "bloop_sign", Whole, Role::Signature),                          // Airmail
    ("class", "cm_quote", Whole, Role::Quote),                                // Newton
    ("class", "domino-section", Whole, Role::Quote),                          // HCL Notes 10 and later
    ("class", "gmail_attr", Whole, Role::Attribution),                        // Gmail, 2018 and later
    ("class", "gmail_quote", Whole, Role::Quote),                             // Gmail, K-9, Mimestream, Shortwave
    ("class", "gmail_quote_container", Whole, Role::Quote),                   // Gmail, 2024 and later
    ("class", "hs_reply", Whole, Role::Quote),                                // HubSpot
    ("class", "imail_signature", Whole, Role::Signature),                     // NetEase 163
    ("class", "inoteshistory", Whole, Role::Quote),                           // HCL Verse, iNotes
    ("class", "mail-quote-collapse", Whole, Role::Quote),                     // Mail.ru
    ("class", "missive_quote", Whole, Role::Quote),                           // Missive
    ("class", "moz-cite-prefix", Whole, Role::Attribution),                   // Thunderbird
    ("class", "moz-forward-container", Whole, Role::Forward),                 // Thunderbird
    ("class", "ms-outlook-mobile-reference-message", Whole, Role::Reference), // Outlook for iOS and Android, new Outlook
    ("class", "ntes-mailmaster-quote", Whole, Role::Quote),                   // NetEase Mail Master
    ("class", "nylas-quote", Whole, Role::Quote),                             // Mailspring
    ("class", "outlookmessageheader", Whole, Role::Original),                 // Outlook 2003
    ("class", "protonmail_quote", Whole, Role::Quote),                        // Proton Mail
    ("class", "sh-quoted-content", Whole, Role::Quote),                       // Superhuman
    ("class", "tutanota_quote", Whole, Role::Quote),                          // Tuta
    ("class", "yahoo_quoted", Whole, Role::Quote),                            // Yahoo, AOL
    ("class", "yahooquoted", Whole, Role::Quote),                             // Yahoo for iOS
    ("class", "yqt", Start, Role::Quote),                                     // Yahoo
    ("class", "zmail_extra", Whole, Role::Quote),                             // Zoho
    ("data-marker", "__divider__", Whole, Role::Original),                    // Zimbra
    ("data-marker", "__headers__", Whole, Role::Original),                    // Zimbra
    ("data-marker", "__quoted_text__", Whole, Role::Quote),                   // Zimbra
    ("data-marker", "__sig_post__", Whole, Role::Signature),                  // Zimbra
    ("data-marker", "__sig_pre__", Whole, Role::Signature),                   // Zimbra
    ("data-signature-widget", "container", Whole, Role::Signature),           // Mail.ru
    ("data-smartmail", "gmail_signature", Whole, Role::Signature),            // Gmail
    ("id", "_originalcontent", Whole, Role::Quote),                           // BlackBerry 10
    ("id", "_signatureplaceholder", Whole, Role::Signature),                  // BlackBerry 10
    ("id", "appendonsend", Whole, Role::Original),                            // Outlook on the web, new Outlook
    ("id", "bloop_sign_", Start, Role::Signature),                            // Airmail
    ("id", "cm_replymail_content_wrap", Whole, Role::Quote),                  // Newton
    ("id", "divrplyfwdmsg", Whole, Role::Original),                           // Outlook on the web, 2013 and later
    ("id", "isreplycontent", Whole, Role::Quote),                             // NetEase 163
    ("id", "mail-editor-reference-message-container", Whole, Role::Reference), // new Outlook, Outlook for Mac
    ("id", "olk_src_body_section", Whole, Role::Reference),                   // Outlook for Mac 2011
    ("id", "qt", Whole, Role::Quote),                                         // Fastmail
    ("id", "reply-intro", Whole, Role::Attribution),                          // Roundcube 1.4 and later
    ("id", "replyintro", Whole, Role::Attribution),                           // Roundcube
    ("id", "spneditorsign", Whole, Role::Signature),                          // NetEase 163
    ("id", "stopspelling", Whole, Role::Original),                            // Hotmail
    ("id", "yahoo_quoted_", Start, Role::Quote),                              // Yahoo
    ("id", "ymail_android_quote", Whole, Role::Quote),                        // Yahoo for Android
    ("id", "yqt", Start, Role::Quote),                                        // Yahoo
    ("id", "zm-_id_-sgn", Whole, Role::Signature),                            // Zoho
    ("id", "zm-_id_-sgn1", Whole, Role::Attribution),                         // Zoho
    ("id", "zwchr", Whole, Role::Original),                                   // Zimbra
    ("name", "messagereplysection", Whole, Role::Quote),                      // Spark
    ("name", "messagesignaturesection", Whole, Role::Signature),              // Spark
    ("name", "quote", Whole, Role::Quote),                                    // GMX, WEB.DE, mail.com
];

/// The ends of names of signatures: `gmail_signature`, `moz-signature`, `Signature` (Outlook), `AppleMailSignature`,
/// `ms-outlook-mobile-signature`, `protonmail_signature_block`, `composer_signature` (Samsung), `k9mail-signature` …
const SIGNATURES: [&str; 4] = ["signature", "signature-block", "signature_block", "signaturesection"];

/// Colours of the line that desktop Outlook and Windows Mail draw above the original's header: `border-top:solid #E1E1E1
/// 1.0pt` (2013 and later), `#B5C4DF` (2007, 2010; Foxmail), `#E5E5E5` (Windows 10).
const RULES: [&str; 6] =
    ["#b5c4df", "#e1e1e1", "#e5e5e5", "rgb(181, 196, 223)", "rgb(225, 225, 225)", "windowtext"];

/// What an element says of its content. `value` gives the lower-case value of an attribute.
pub(super) fn role<'a>(name: &str, value: impl Fn(&str) -> Option<&'a str>) -> Role {
    if name == "signature" {
        // Mailspring
        return Role::Signature;
    }
    if name == "hr"
        && value("color") == Some("#b5c4df")
        && value("style").is_some_and(|it| it.contains("210px"))
    {
        // Foxmail
        return Role::Delimiter;
    }
    if !matches!(
        name,
        "aside" | "blockquote" | "div" | "hr" | "p" | "pre" | "section" | "span" | "table" | "td"
    ) {
        return Role::Plain;
    }
    let attributes =
        ["class", "id", "name", "data-marker", "data-smartmail", "data-signature-widget"].into_iter();
    let names = attributes.flat_map(|attribute| {
        let names = value(attribute).unwrap_or_default().split_ascii_whitespace();
        names.map(move |name| (attribute, bare(name)))
    });
    names
        .map(|(attribute, name)| named(attribute, name))
        .find(|role| *role != Role::Plain)
        .unwrap_or(Role::Plain)
}

fn named(attribute: &str, name: &str) -> Role {
    let found = NAMES.partition_point(|(kind, known, _, _)| (*kind, *known) <= (attribute, name));
    let before = found.checked_sub(1).and_then(|at| NAMES.get(at));
    let fits = |(kind, known, how, _): &&(&str, &str, Match, Role)| {
        let rest = name.strip_prefix(*known).filter(|_| *kind == attribute);
        rest.is_some_and(|rest| match how {
            Whole => rest.is_empty(),
            Start => rest.bytes().all(|byte| byte.is_ascii_digit()),
        })
    };
    let signs = || matches!(attribute, "class" | "id") && SIGNATURES.iter().any(|end| name.ends_with(end));
    match before.filter(fits) {
        Some((_, _, _, role)) => *role,
        None if signs() => Role::Signature,
        None => Role::Plain,
    }
}

/// A name without what programs put before those of the mail they show or answer: Outlook `x_`, Gmail `m_-123`,
/// Yahoo `yiv123` and `ydp` with eight hexadecimal digits.
pub(super) fn bare(name: &str) -> &str {
    let mut name = name;
    loop {
        let digits = |rest: &'_ str| rest.bytes().take_while(u8::is_ascii_digit).count();
        let rest = if let Some(rest) = name.strip_prefix("x_") {
            Some(rest)
        } else if let Some(rest) = name.strip_prefix("m_") {
            let number = rest.trim_start_matches('-');
            number.get(digits(number)..).filter(|_| digits(number) > 8)
        } else if let Some(rest) = name.strip_prefix("yiv") {
            rest.get(digits(rest)..).filter(|_| digits(rest) > 4)
        } else if let Some(rest) = name.strip_prefix("ydp") {
            let hex = rest.get(..8).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
            rest.get(8..).filter(|_| hex)
        } else {
            None
        };
        match rest {
            Some(rest) if !rest.is_empty() => name = rest,
            _ => return name,
        }
    }
}

/// Whether a style draws the line that Outlook has above the original's header.
pub(super) fn is_ruled(style: &str) -> bool {
    let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
    rules.any(|(property, value)| {
        let drawn = property.trim() == "border-top" && value.contains("solid");
        (drawn || property.trim() == "border-top-color") && RULES.iter().any(|color| value.contains(color))
    })
}

/// Whether a block quote only indents: Gmail's and Outlook's button for it makes these.
pub(super) fn is_indent<'a>(value: impl Fn(&str) -> Option<&'a str>) -> bool {
    let cites = value("type") == Some("cite") || value("cite").is_some() || value("class").is_some();
    let style = value("style").unwrap_or_default();
    let mut rules = style.split(';').filter_map(|rule| rule.split_once(':'));
    !cites
        && rules.any(|(property, value)| {
            property.trim() == "border"
                && matches!(value.trim(), "none" | "0" | "0px" | "medium none" | "none medium")
        })
}

/// Whether a paragraph has no space around it: Outlook writes one for each line. `value` gives the lower-case value
/// of an attribute.
pub(super) fn is_tight<'a>(value: impl Fn(&str) -> Option<&'a str>) -> bool {
    let classes = value("class").unwrap_or_default();
    let named = |class: &str| {
        let class = bare(class);
        class.starts_with("mso") || matches!(class, "elementtoproof" | "p1")
    };
    let style = value("style").unwrap_or_default();
    let flat = |(property, value): (&str, &str)| {
        let value = value.trim();
        property.trim() == "margin" && matches!(value, "0" | "0px" | "0in" | "0cm" | "0pt")
    };
    classes.split_ascii_whitespace().any(named)
        || style.split(';').filter_map(|rule| rule.split_once(':')).any(flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(attribute: &'static str, name: &'static str) -> Role {
        role("div", |wanted| (wanted == attribute).then_some(name))
    }

    #[test]
    fn names_are_sorted_and_each_is_found() {
        assert!(NAMES.iter().map(|(attribute, name, ..)| (attribute, name)).is_sorted());
        for (attribute, name, _, role) in NAMES {
            assert_eq!(of(attribute, name), role, "{name}");
        }
    }

    #[test]
    fn what_programs_put_before_names_does_not_count() {
        for name in ["x_x_divrplyfwdmsg", "m_-1234567890123divrplyfwdmsg", "yiv1234567890divrplyfwdmsg"] {
            assert_eq!(of("id", name), Role::Original, "{name}");
        }
        assert_eq!(of("class", "a ydp1a2b3c4dyahoo_quoted"), Role::Quote);
        assert_eq!(of("id", "yahoo_quoted_1234567890"), Role::Quote);
        assert_eq!(of("class", "yqt1234567890"), Role::Quote);
    }

    #[test]
    fn names_that_only_begin_alike_say_nothing() {
        for name in ["yqtx", "gmail_quoted", "quote", "signature-required", "x_", "m_1"] {
            assert_eq!(of("class", name), Role::Plain, "{name}");
        }
        assert_eq!(of("id", "gmail_attr"), Role::Plain);
        assert_eq!(of("class", "ms-outlook-mobile-signature"), Role::Signature);
    }
}
