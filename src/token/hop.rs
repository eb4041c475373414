//! Owns the field by which firebells know mail that has been with them: who told of it, each with a signature.
//! Never believes a name: only what one of the site's own keys signed was written here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{HOP, Keys};
use crate::directory::Address;

/// The field, `X-Firebell-Loop`.
pub const FIELD: &str = "X-Firebell-Loop";

/// Most of them that are looked at, the nearest.
const MOST: usize = 20;
/// Longest one, in characters.
const LONGEST: usize = 400;

/// A firebell that told of something, as a mail names it: its address, which mail of its, and its signature over both,
/// parted by spaces. Kept as it was written, to be passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hop(String);

impl Hop {
    /// Ours, for a mail with this Message-ID.
    pub fn ours(keys: &Keys, mailbox: &Address, message_id: &str) -> Self {
        let local = message_id.rsplit_once('@').map_or(message_id, |(local, _)| local);
        Self(format!("{mailbox} {local} {}", keys.sign_fields(&fields(mailbox, local))))
    }

    /// Those that a field names, the nearest last. Anybody can name anybody.
    pub fn named(field: &str) -> Vec<Self> {
        let named: Vec<&str> = field.split(',').collect();
        let nearest = named.iter().skip(named.len().saturating_sub(MOST));
        let hop = |text: &&str| Self(text.split_whitespace().collect::<Vec<_>>().join(" "));
        let fits = |hop: &Self| hop.address().is_deliverable() && hop.0.chars().count() <= LONGEST;
        nearest.map(hop).filter(fits).collect()
    }

    /// Whose it says that it is.
    pub fn address(&self) -> Address {
        Address::new(self.0.split(' ').next().unwrap_or_default())
    }

    /// Whether we wrote it.
    pub fn is_ours(&self, keys: &Keys, mailbox: &Address, now: Timestamp) -> bool {
        let mut words = self.0.split(' ').skip(1);
        let (Some(local), Some(given), None) = (words.next(), words.next(), words.next()) else {
            return false;
        };
        self.address() == *mailbox && keys.verify_fields(&fields(mailbox, local), given, now)
    }

    /// As it stands in the field.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn fields<'a>(mailbox: &'a Address, local: &'a str) -> [&'a str; 3] {
    [HOP, mailbox.as_str(), local]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T16:00:00Z".parse().unwrap()
    }

    fn us() -> Address {
        Address::new("incidents@example.com")
    }

    #[test]
    fn only_what_we_signed_is_ours_whatever_stands_around_it() {
        let (keys, others) = (Keys::for_rehearsal(), Keys::new(b"of another house".to_vec()));
        let hop = Hop::ours(&keys, &us(), "1.7.abc@example.com");
        let signed = hop.as_str().to_owned();
        let folded = signed.replace(' ', "\t  ");
        for (field, ours) in [
            (signed.clone(), true),
            (format!("a@example.net, {folded} , b@example.net 1.1.x y"), true),
            (format!("{},{signed}", "bogus@example.net,".repeat(60)), true),
            ("incidents@example.com".to_owned(), false),
            (format!("incidents@example.com 1.7.abc {}", "a".repeat(26)), false),
            (signed.replace("1.7.", "1.8."), false),
            (signed.replace("incidents@", "other@"), false),
            (format!("{signed} more"), false),
            (Hop::ours(&others, &us(), "1.7.abc@example.com").as_str().to_owned(), false),
        ] {
            let found = Hop::named(&field).iter().any(|hop| hop.is_ours(&keys, &us(), now()));
            assert_eq!(found, ours, "{field}");
        }
    }

    #[test]
    fn a_field_of_any_length_names_few_and_the_nearest_last() {
        let names: Vec<String> = (0..5_000).map(|number| format!("g{number}@example.net")).collect();
        let hops = Hop::named(&format!("{}, {}@example.net, no address", names.join(","), "x".repeat(500)));
        assert_eq!(hops.len(), MOST - 2);
        assert_eq!(hops.last().unwrap().address(), Address::new("g4999@example.net"));
    }
}
