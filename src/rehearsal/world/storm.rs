//! Owns storms: thousands of alerts within a minute, of which a transcript tells only how many became what.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{Entry, Stop, World};
use crate::incident::Fact;
use crate::notice;
use crate::rehearsal::script::Line;

/// How many alerts became what, of each incident.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Storm {
    counted: BTreeMap<(u64, &'static str), u32>,
}

impl Storm {
    /// Counts what an alert of the storm became; false when that is worth a line of its own.
    pub(super) fn counts(&mut self, incident: u64, fact: &Fact) -> bool {
        let what = match fact {
            Fact::AlertRepeated { .. } => "fire again: counted",
            Fact::AlertJoined { .. } => "fire too",
            Fact::KeyRecovered { .. } => "recovered, others fire",
            Fact::AlertNoted { .. } => "change nothing: noted",
            _ => return false,
        };
        *self.counted.entry((incident, what)).or_default() += 1;
        true
    }
}

impl World<'_> {
    /// Alerts one after the other within a minute. What each of them changes is counted and told at the end.
    pub(super) fn storm(&mut self, line: &Line, alerts: u32, hosts: u32, about: &str) -> Result<(), Stop> {
        self.storm = Some(Storm::default());
        for number in 0..alerts {
            let passed = SignedDuration::from_millis(60_000 * i64::from(number) / i64::from(alerts.max(1)));
            self.pass_until(line.at + passed)?;
            let host = format!("{about}@web{:02}", number % hosts + 1);
            let mail = self.mail(line.number, "nagios", &host, &[], &[])?;
            self.coming.push((self.now, mail));
            self.settle()?;
        }
        for ((incident, what), count) in self.storm.take().unwrap_or_default().counted {
            let line = format!("{} {count} alerts of the storm {what}", notice::label(self.book, incident));
            self.entries.push(Entry::Recorded(self.now, line));
        }
        Ok(())
    }
}
