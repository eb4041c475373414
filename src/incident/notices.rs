//! Owns the list of an incident's mails. It only grows, and grows long where nobody acts: copies share what did not change.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::sent::SentNotice;

/// So many notices are copied when one of them changes.
const TOGETHER: usize = 64;

/// Every notice that was queued, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Notices(Vec<Arc<Vec<SentNotice>>>);

impl Notices {
    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &SentNotice> + Clone {
        self.0.iter().flat_map(|some| some.iter())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(|some| some.len()).sum()
    }

    /// Nothing was queued yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the newest.
    pub(super) fn push(&mut self, notice: SentNotice) {
        match self.0.last_mut().filter(|some| some.len() < TOGETHER) {
            Some(some) => Arc::make_mut(some).push(notice),
            None => self.0.push(Arc::new(vec![notice])),
        }
    }

    /// The first that is looked for, to change it.
    pub(super) fn find_mut(&mut self, wanted: impl Fn(&SentNotice) -> bool) -> Option<&mut SentNotice> {
        let some = self.0.iter_mut().find(|some| some.iter().any(&wanted))?;
        Arc::make_mut(some).iter_mut().find(|notice| wanted(notice))
    }
}

impl Serialize for Notices {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Notices {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = Self::default();
        Vec::deserialize(deserializer)?.into_iter().for_each(|notice| all.push(notice));
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::audience::Audience;
    use crate::directory::PersonId;
    use crate::incident::NoticeKind;

    fn notice(number: u32) -> SentNotice {
        SentNotice {
            audience: Audience::Inner,
            number,
            person: PersonId::new("kato"),
            occurrence: 1,
            kind: NoticeKind::Inform,
            about: 1,
            belief: None,
            queued_at: Timestamp::UNIX_EPOCH,
            told_at: None,
            failed: false,
            superseded: false,
        }
    }

    #[test]
    fn a_long_list_is_in_order_is_found_in_and_changes_without_its_copies() {
        let mut all = Notices::default();
        (1..=200).for_each(|number| all.push(notice(number)));
        let before = all.clone();
        all.find_mut(|notice| notice.number == 100).unwrap().failed = true;
        assert_eq!(all.len(), 200);
        assert!(all.iter().map(|notice| notice.number).eq(1..=200));
        assert!(all.iter().rev().map(|notice| notice.number).eq((1..=200).rev()));
        assert_eq!(all.iter().filter(|notice| notice.failed).count(), 1);
        assert!(before.iter().all(|notice| !notice.failed));
        let stored: Notices = serde_json::from_str(&serde_json::to_string(&all).unwrap()).unwrap();
        assert_eq!(stored, all);
    }
}
