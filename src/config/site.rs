//! Owns firebell.toml as a whole: first what was written, then what it means.

use std::collections::BTreeMap;

use super::Calendars;
use super::digests::{self, WrittenDigest};
use super::gateway::{self, Gateway, Security};
use super::lists::Lists;
use super::log::{self, LogFormat};
use super::mistake::{Mistake, Source};
use super::names::{Names, unique};
use super::parties::{self, WrittenParty};
use super::people::{self, WrittenPerson};
use super::policies::{self, WrittenPolicy};
use super::reading::{Reading, Word};
use super::remote::{self, Mailbox, RelayAddress};
use super::reports::Reports;
use super::schedules::{self, Around, WrittenOverride, WrittenSchedule};
use super::services::{self, WrittenService};
use super::table::{self, Table};
use super::{conditions, expects, follows, limits, paths, self_test};
use crate::directory::{Directory, PartyId};
use crate::escalation::Policy;
use crate::expectation::Expectation;
use crate::limits::Limits;
use crate::oncall::Schedule;
use crate::paths::Paths;
use crate::self_test::SelfTest;
use crate::timetable::DigestOrder;

/// What firebell.toml means.
#[derive(Debug)]
pub(super) struct Site {
    /// `[gateway]`.
    pub(super) gateway: Gateway,
    /// The operator, found.
    pub(super) operator: Option<PartyId>,
    /// `[mailbox]`, one or more.
    pub(super) mailboxes: Vec<Mailbox>,
    /// `[relay]`.
    pub(super) relay: Option<RelayAddress>,
    /// `[security]`.
    pub(super) security: Security,
    /// `[log]`.
    pub(super) log: Option<LogFormat>,
    /// `[limits]`.
    pub(super) limits: Limits,
    /// People, parties, services.
    pub(super) directory: Directory,
    /// Policies.
    pub(super) policies: BTreeMap<String, Policy>,
    /// On-call schedules.
    pub(super) schedules: BTreeMap<String, Schedule>,
    /// Other ways to people.
    pub(super) paths: Paths,
    /// Mails that must come.
    pub(super) expectations: Vec<Expectation>,
    /// `[report]`.
    pub(super) reports: Reports,
    /// Mails that firebell sends to itself.
    pub(super) self_test: Option<SelfTest>,
    /// Digests.
    pub(super) digests: Vec<DigestOrder>,
    /// Every name, for the rules.
    pub(super) names: Names,
}

/// What rule files hold, and its name in messages.
const OF_RULE_FILES: [(&str, &str); 4] =
    [("rule", "[[rule]]"), ("test", "[[test]]"), ("lists", "[lists]"), ("maintenance", "[[maintenance]]")];

/// Lists of tables as written.
struct Written {
    people: Vec<WrittenPerson>,
    parties: Vec<WrittenParty>,
    services: Vec<WrittenService>,
    policies: Vec<WrittenPolicy>,
    schedules: Vec<WrittenSchedule>,
    overrides: Vec<WrittenOverride>,
    digests: Vec<WrittenDigest>,
}

impl Written {
    fn read(root: &Table<'_>) -> Self {
        Self {
            people: root.tables("person", "[[person]]").into_iter().map(WrittenPerson::read).collect(),
            parties: root.tables("party", "[[party]]").into_iter().map(WrittenParty::read).collect(),
            services: root.tables("service", "[[service]]").into_iter().map(WrittenService::read).collect(),
            policies: root.tables("policy", "[[policy]]").into_iter().map(WrittenPolicy::read).collect(),
            schedules: root
                .tables("schedule", "[[schedule]]")
                .into_iter()
                .map(WrittenSchedule::read)
                .collect(),
            overrides: root
                .tables("override", "[[override]]")
                .into_iter()
                .map(WrittenOverride::read)
                .collect(),
            digests: root.tables("digest", "[[digest]]").into_iter().map(WrittenDigest::read).collect(),
        }
    }

    fn names(&self, reading: &Reading<'_>) -> Names {
        let (people, parties) = (self.people.iter(), self.parties.iter());
        unique(reading, "party", parties.clone().filter_map(|party| party.id.as_ref()));
        let mut names = Names {
            people: unique(reading, "person", people.filter_map(|person| person.id.as_ref())),
            services: unique(
                reading,
                "service",
                self.services.iter().filter_map(|service| service.id.as_ref()),
            ),
            policies: unique(reading, "policy", self.policies.iter().filter_map(|policy| policy.id.as_ref())),
            schedules: unique(
                reading,
                "schedule",
                self.schedules.iter().filter_map(|schedule| schedule.id.as_ref()),
            ),
            ..Names::default()
        };
        for party in parties {
            let Some(Word { text: id, .. }) = &party.id else { continue };
            names.parties.insert(id.clone(), party.external);
            for person in party.people.iter().filter(|_| party.external) {
                names.of_clients.insert(person.text.clone(), id.clone());
            }
        }
        names
    }
}

/// Reads the text. None when it is no TOML; every mistake is added.
pub(super) fn read(
    source: Source<'_>,
    beside: (&Lists, &Calendars),
    mistakes: &mut Vec<Mistake>,
) -> Option<Site> {
    let (site, found) = table::file(source, |root| site(root, beside));
    mistakes.extend(found);
    site
}

fn site(root: Table<'_>, (lists, calendars): (&Lists, &Calendars)) -> Site {
    let reading = root.reading;
    let gateway = Gateway::read(&root, reading);
    let mailboxes = remote::mailboxes(&root, reading);
    let relay = remote::relay(&root);
    let written = Written::read(&root);
    let security = gateway::security(&root, reading);
    let log = log::format(&root);
    let limits = limits::limits(&root);
    for (key, name) in OF_RULE_FILES {
        root.belongs_elsewhere(key, &format!("{name} stands in a file under rules/, not in firebell.toml"));
    }
    let expected = root.tables("expect", "[[expect]]");
    let others = paths::Written::read(&root);
    let reports = Reports::read(&root, lists, reading);
    let names = written.names(reading);
    let self_test = self_test::self_test(&root, &names);
    root.end();
    let mut directory = Directory {
        people: people::people(&written.people, &written.parties, &gateway, reading),
        parties: parties::parties(&written.parties, &names, reading, &gateway.zone),
        services: services::services(&written.services, &names, reading),
        wishes: follows::follows(&written.people, &written.parties, &names, reading),
        drafted_from: Some(reports.drafted_from),
    };
    let zone = &gateway.zone;
    let second = relay.as_ref().and_then(|relay| relay.fallback.as_ref());
    let second_relay = second.map(|fallback| fallback.after);
    let paths = Paths { second_relay, ..others.paths(&names, &directory) };
    let expectations = expects::expectations(expected, conditions::Site { names: &names, lists, zone });
    let around = Around { names: &names, lists, zone, calendars, directory: &directory, reading };
    let schedules = schedules::schedules(&written.schedules, &written.overrides, &around);
    let policies = policies::policies(&written.policies, &around);
    parties::ladders(&written.parties, &names, &policies, &mut directory.parties, reading);
    Site {
        expectations,
        self_test,
        paths,
        digests: digests::digests(&written.digests, &directory, &names, &gateway.zone, reading),
        limits,
        operator: gateway.operator(&names, reading),
        reports,
        directory,
        policies,
        schedules,
        gateway,
        mailboxes,
        relay,
        security,
        log,
        names,
    }
}
