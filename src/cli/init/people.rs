//! Owns names as people type them, `Kato Ren <kato@example.com>`, and the ids that come of them.

/// Somebody, or a client with its contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    /// For people to read.
    pub(super) name: String,
    /// Where mail goes.
    pub(super) address: String,
}

/// Reads it; `example` is what could have been written. An address alone is its own name.
pub(super) fn named(text: &str, example: &str) -> Result<Named, String> {
    let text = text.trim();
    let wrong = || format!("`{text}` has no address: write `{example}`");
    let (name, address) = match text.strip_suffix('>') {
        Some(rest) => rest.rsplit_once('<').ok_or_else(wrong)?,
        None if text.contains('@') => ("", text),
        None => return Err(wrong()),
    };
    let name = name.trim();
    let quoted = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let name = quoted.map_or_else(|| name.to_owned(), |inner| inner.replace("\\\"", "\""));
    let address = address.trim().to_owned();
    Ok(Named { name: if name.is_empty() { address.clone() } else { name }, address })
}

/// An id for each: lower-case letters and digits of its name, or of the part of its address before the `@`. One that
/// says nothing in ASCII is called `otherwise`; one that is taken gets a number.
pub(super) fn ids<'a>(names: impl Iterator<Item = &'a str>, otherwise: &str, taken: &[&str]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for name in names {
        let words = id(name);
        let first = if words.is_empty() { otherwise.to_owned() } else { words };
        let numbered = (2..).map(|number| format!("{first}-{number}"));
        let free = |id: &String| !ids.contains(id) && !taken.contains(&id.as_str());
        ids.extend(std::iter::once(first.clone()).chain(numbered).find(free));
    }
    ids
}

fn id(name: &str) -> String {
    let local = name.rsplit_once('@').map_or(name, |(local, _)| local);
    let local = local.split_once('+').map_or(local, |(local, _)| local);
    let words = local.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String) {
        let named = named(text, "").unwrap();
        (named.name, named.address)
    }

    #[test]
    fn a_name_stands_before_the_address_or_nowhere() {
        let pair = |name: &str, address: &str| (name.to_owned(), address.to_owned());
        assert_eq!(read("Kato Ren <kato@example.com>"), pair("Kato Ren", "kato@example.com"));
        assert_eq!(read(" 加藤 蓮<kato@example.com> "), pair("加藤 蓮", "kato@example.com"));
        assert_eq!(read("\"Kato, Ren\" < kato@example.com >"), pair("Kato, Ren", "kato@example.com"));
        assert_eq!(read("Kato \"Ren\" <kato@example.com>"), pair("Kato \"Ren\"", "kato@example.com"));
        assert_eq!(read("kato@example.com"), pair("kato@example.com", "kato@example.com"));
        for wrong in ["", "Kato Ren", "kato@example.com>"] {
            assert!(named(wrong, "Name <a@b>").unwrap_err().ends_with("write `Name <a@b>`"), "{wrong}");
        }
    }

    #[test]
    fn an_id_is_plain_and_its_own() {
        let of = |names: &[&str]| ids(names.iter().copied(), "client", &["operations"]);
        assert_eq!(
            of(&["Client A", "client-a@x", "加藤", "加藤商事"]),
            ["client-a", "client-a-2", "client", "client-2"]
        );
        assert_eq!(of(&["kato.ren+pager@example.com", "Operations"]), ["kato-ren", "operations-2"]);
    }
}
