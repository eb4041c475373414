//! Owns how fast mail goes to one address: buckets of tokens that fill again as time passes (the generic cell rate algorithm
//! of ITU-T I.371). A mail that finds no token waits, and goes with the others that wait, in one mail.
//! Never drops anything, never reads a clock.

use jiff::{SignedDuration, Timestamp};

use crate::audience::Audience;
use crate::directory::{Bundling, Severity};
use crate::incident::NoticeKind;
use crate::notice::Notice;
use crate::self_test::NOBODY;

/// What shares its pace, and may share a mail. Kept in the store by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// What goes at once while there are tokens.
    Plain = 0,
    /// What colleagues are only to know: some of a minute are one mail.
    Routine = 1,
    /// Pages of SEV1 and SEV2, which wait for nothing else.
    Page = 2,
    /// What has files or pictures of its own, and never shares a mail.
    Whole = 3,
    /// What firebell sends to itself: never held back.
    Free = 4,
}

impl Lane {
    /// The lane of a mail about an incident of this severity; None for one of the house.
    pub fn of(notice: &Notice, severity: Option<Severity>) -> Self {
        if notice.person.as_str() == NOBODY {
            return Self::Free;
        }
        match &notice.kind {
            NoticeKind::Page { .. } if severity.is_some_and(|it| it <= Severity::Sev2) => Self::Page,
            NoticeKind::Inform if notice.audience == Audience::Inner && !notice.asks => Self::Routine,
            NoticeKind::Digest | NoticeKind::ReportDraft | NoticeKind::ReportCopy => Self::Whole,
            _ => Self::Plain,
        }
    }

    /// The lane of a number in the store.
    pub fn from_number(number: i64) -> Self {
        [Self::Plain, Self::Routine, Self::Page, Self::Whole]
            .into_iter()
            .find(|lane| *lane as i64 == number)
            .unwrap_or(Self::Free)
    }

    /// The buckets of which a mail takes a token each, its reader wanting it so.
    pub fn buckets(self, bundling: Bundling) -> Vec<Bucket> {
        let together = match bundling {
            Bundling::Never => None,
            Bundling::Threads => Some(THREAD),
            Bundling::All(every) => Some(Bucket { name: "all", holds: 1, every }),
        };
        match self {
            Self::Free => Vec::new(),
            Self::Page => vec![PAGES],
            Self::Routine => together.into_iter().chain([HOUR, DAY]).collect(),
            Self::Plain | Self::Whole => vec![HOUR, DAY],
        }
    }
}

/// The order in which mails go whose turn has come: pages before all others, the most severe first; 0 is none.
pub fn urgency(notice: &Notice, severity: Option<Severity>) -> i64 {
    let page = matches!(notice.kind, NoticeKind::Page { .. });
    let above =
        severity.map_or(0, |severity| Severity::ALL.iter().rev().take_while(|it| **it > severity).count());
    if page { 1 + i64::try_from(above).unwrap_or(0) } else { 0 }
}

/// A store of tokens for one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// Its name in the store.
    pub name: &'static str,
    /// So many tokens when it is full: mails that may go at once.
    pub holds: i64,
    /// A new token comes after each such time.
    pub every: SignedDuration,
}

/// Of a thread, one of what somebody is only to know each minute.
pub const THREAD: Bucket = Bucket { name: "thread", holds: 1, every: SignedDuration::from_secs(60) };
/// At most 30 mails an hour: 20 at once, then one every 6 minutes.
pub const HOUR: Bucket = Bucket { name: "hour", holds: 20, every: SignedDuration::from_mins(6) };
/// At most 200 a day: 150 at once, then one every half hour.
pub const DAY: Bucket = Bucket { name: "day", holds: 150, every: SignedDuration::from_mins(30) };
/// Pages of SEV1 and SEV2, at most 20 an hour: 10 at once, then one every 6 minutes.
pub const PAGES: Bucket = Bucket { name: "pages", holds: 10, every: SignedDuration::from_mins(6) };

impl Bucket {
    /// How many mails may go now. `full` is when the bucket will be full again, as the store keeps it.
    pub fn tokens(self, full: Timestamp, now: Timestamp) -> i64 {
        let every = self.every.as_millis().max(1);
        let missing = full.duration_since(now).as_millis().max(0);
        // What a clock that was set back says is no reason to wait for longer than an empty bucket takes.
        let missing = missing.min(every * i128::from(self.holds));
        self.holds - i64::try_from((missing + every - 1) / every).unwrap_or(self.holds)
    }

    /// Whether it is there so that several go together, not to hold anything back.
    pub fn gathers(self) -> bool {
        ![HOUR, DAY, PAGES].contains(&self)
    }

    /// Why a mail waits, for people who look at the outbox.
    pub fn why(self) -> &'static str {
        match self.name {
            "hour" => "held back: 20 mails at once, then one every 6 min",
            "day" => "held back: 150 mails a day, then one every 30 min",
            "pages" => "held back: 10 pages at once, then one every 6 min",
            _ => "waits for others, to go with them as one mail",
        }
    }

    /// When there will be a token, if there is none now.
    pub fn ready(self, full: Timestamp, now: Timestamp) -> Option<Timestamp> {
        (self.tokens(full, now) < 1).then(|| {
            let latest = now + self.every;
            (full - self.every * i32::try_from(self.holds - 1).unwrap_or(0)).clamp(now, latest)
        })
    }

    /// When it will be full again, after a token is given back.
    pub fn given_back(self, full: Timestamp) -> Timestamp {
        (full - self.every).max(Timestamp::UNIX_EPOCH)
    }

    /// When it will be full again, after a token is taken now.
    pub fn taken(self, full: Timestamp, now: Timestamp) -> Timestamp {
        let empty = now + self.every * i32::try_from(self.holds).unwrap_or(0);
        (full.max(now) + self.every).min(empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    /// When mails go of which one is wanted each second, for so long.
    fn sent(bucket: Bucket, seconds: i64) -> Vec<i64> {
        let (mut full, mut sent) = (at(0), Vec::new());
        for second in 0..seconds {
            if bucket.tokens(full, at(second)) > 0 {
                full = bucket.taken(full, at(second));
                sent.push(second);
            }
        }
        sent
    }

    /// The most within any stretch of so many seconds.
    fn most(sent: &[i64], within: i64) -> usize {
        let count = |from: &i64| sent.iter().filter(|at| (*from..*from + within).contains(at)).count();
        sent.iter().map(count).max().unwrap_or(0)
    }

    #[test]
    fn nobody_gets_more_than_30_mails_an_hour_200_a_day_and_20_pages_an_hour() {
        let (hour, pages) = (sent(HOUR, 4 * 3600), sent(PAGES, 4 * 3600));
        assert_eq!((most(&hour, 3600), most(&pages, 3600)), (29, 19));
        assert_eq!(most(&sent(DAY, 3 * 86400), 86400), 197);
        assert_eq!(&hour[..22], &(0..20).chain([360, 720]).collect::<Vec<_>>());
    }

    #[test]
    fn after_quiet_it_is_full_again_and_says_before_when_there_is_a_token() {
        let mut full = at(0);
        for _ in 0..20 {
            assert_eq!(HOUR.ready(full, at(0)), None);
            full = HOUR.taken(full, at(0));
        }
        assert_eq!((HOUR.tokens(full, at(0)), HOUR.ready(full, at(0))), (0, Some(at(360))));
        assert_eq!((HOUR.tokens(full, at(359)), HOUR.tokens(full, at(360))), (0, 1));
        assert_eq!(HOUR.tokens(full, at(20 * 360)), 20);
        assert_eq!(HOUR.tokens(full, at(100 * 360)), 20);
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing_for_longer_than_an_empty_bucket_would() {
        let full = (0..20).fold(at(86_400), |full, _| HOUR.taken(full, at(86_400)));
        assert_eq!(HOUR.tokens(full, at(0)), 0);
        assert_eq!(HOUR.ready(full, at(0)), Some(at(360)));
        let full = HOUR.taken(full, at(0));
        assert!(full <= at(20 * 360), "{full}");
    }
}
