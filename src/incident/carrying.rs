//! Owns what a merge makes of what people said and were asked in either incident: what a client need not be told, what it
//! believes by a person's words, what was promised to it, drafts, and a question that waits for an answer. What has sense
//! in the incident that stands for both is carried over; of the rest its timeline says that it holds no more.
//! Never lets a debt go: a reason not to tell a client counts only where it was given for all of which that is a client.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::doubt::{Doubt, Doubtful};
use super::telling::{Account, ClientDraft, NoNeed, Telling};
use super::words::{clock, one_line};
use super::{Fact, Incident};
use crate::audience::Belief;
use crate::directory::{PartyId, PersonId};
use crate::told::State;

/// What was carried over into the incident that stands for both, or holds no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "carried", rename_all = "kebab-case")]
pub enum Carried {
    /// How it stands with a client.
    Client {
        /// The incident that is part of this now.
        from: u64,
        /// The client.
        client: PartyId,
        /// How it stands with the client now, both taken together.
        account: Box<Account>,
        /// What holds no more.
        lapsed: Vec<Lapsed>,
    },
    /// A question that waited for an answer.
    Question {
        /// The incident in which it was asked.
        from: u64,
        /// About what.
        about: Doubtful,
        /// The question that is open now, if one is; otherwise there is nothing to ask any more.
        open: Option<Doubt>,
    },
}

/// What was said of a client and does not hold as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lapsed", rename_all = "kebab-case")]
pub enum Lapsed {
    /// Why it need not be told: what it was said of is not all that is broken for the client now, or is not so any more.
    NoNeed {
        /// Who said so.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// A person's words by which the client believes that it works.
    Words,
    /// A draft that waited in the other incident: it has another number here, or waits no more.
    Draft {
        /// Its number there.
        draft: u32,
        /// Whose words it was made of; None where firebell made it, and makes another one of what is owed now.
        by: Option<PersonId>,
        /// Its number here, if it waits on.
        here: Option<u32>,
    },
}

/// What becomes of it, given the older incident before and after it took the younger one in.
pub fn carried(older: &Incident, younger: &Incident, after: &Incident, now: Timestamp) -> Vec<Fact> {
    let mut facts: Vec<Fact> = questions(older, younger, after).into_iter().map(Fact::Carried).collect();
    let (mut drafted, mut number) = (Vec::new(), after.drafts);
    for client in &after.clients {
        let both = Both { older, younger, after, client, now };
        let mut lapsed = Vec::new();
        let account = both.account(&mut lapsed);
        let state = after_with(after, client, &account).state_for(client);
        if let Some(written) = both.draft(state, &account, number + 1, &mut lapsed) {
            number = written.number;
            drafted.push(Fact::Telling(Telling::Drafted { client: client.clone(), draft: written }));
        }
        if account != after.account(client) || !lapsed.is_empty() {
            let (from, client, account) = (younger.number, client.clone(), Box::new(account));
            facts.push(Fact::Carried(Carried::Client { from, client, account, lapsed }));
        }
    }
    facts.extend(drafted);
    facts
}

/// The incident, if it stood so with a client.
fn after_with(after: &Incident, client: &PartyId, account: &Account) -> Incident {
    let mut incident = after.clone();
    incident.accounts.insert(client.clone(), account.clone());
    incident
}

/// One client of one of the two, or of both.
struct Both<'a> {
    older: &'a Incident,
    younger: &'a Incident,
    after: &'a Incident,
    client: &'a PartyId,
    now: Timestamp,
}

impl Both<'_> {
    fn each(&self) -> [(&Incident, Account); 2] {
        [self.older, self.younger].map(|it| (it, it.account(self.client)))
    }

    /// How it stands with the client, both taken together.
    fn account(&self, lapsed: &mut Vec<Lapsed>) -> Account {
        let [(_, ours), (_, theirs)] = self.each();
        let next = self.after.announced.get(self.client).and_then(|last| last.next);
        let broken = self.after.is_broken();
        let mut account = Account {
            withheld: earlier(ours.withheld, theirs.withheld),
            knows: ours.knows.into_iter().chain(theirs.knows).max_by_key(|(_, at)| *at),
            promised: earlier(ours.promised, theirs.promised).filter(|_| broken),
            nagged: if next.is_some() && theirs.nagged == next { next } else { ours.nagged },
            asleep: ours.asleep.or(theirs.asleep),
            ..ours.clone()
        };
        self.words(&mut account, lapsed);
        let state = after_with(self.after, self.client, &account).state_for(self.client);
        let goes_on = theirs.climbed.filter(|climbed| climbed.since == state.since);
        account.climbed = goes_on.or(account.climbed);
        self.no_need(&mut account, state, lapsed);
        account
    }

    /// Whoever wrote to the client that it works is taken at their word, unless what is the same trouble is broken and
    /// nobody wrote so of that. What the client is owed, it is owed since the earlier time.
    fn words(&self, account: &mut Account, lapsed: &mut Vec<Lapsed>) {
        let works = self.each().iter().all(|(it, account)| !it.is_broken() || account.at_word.is_some());
        let said = self.each().iter().filter_map(|(_, account)| account.at_word).max();
        (account.at_word, account.false_since) = (None, None);
        if !self.after.is_broken() {
            return;
        }
        if works && said.is_some() {
            account.at_word = said;
            return;
        }
        let known = self.each().into_iter().filter_map(|(_, account)| account.false_since);
        let theirs = self.younger.state_for(self.client);
        let concerned = self.younger.clients.contains(self.client) && theirs.truth == Belief::Down;
        let owed = concerned.then_some(theirs.since).filter(|since| *since < self.after.state().since);
        account.false_since = known.chain(owed).chain(said.map(|_| self.now)).min();
        if said.is_some() {
            lapsed.push(Lapsed::Words);
        }
    }

    /// A reason not to tell the client holds for what it was given for.
    fn no_need(&self, account: &mut Account, state: State, lapsed: &mut Vec<Lapsed>) {
        let concerned = |it: &&Incident| it.clients.contains(self.client);
        let down = |it: &Incident| it.state_for(self.client).truth == Belief::Down;
        let given: Vec<&NoNeed> =
            [self.older, self.younger].iter().filter_map(|it| it.no_need(self.client)).collect();
        let holds = [self.older, self.younger]
            .into_iter()
            .filter(concerned)
            .all(|it| it.no_need(self.client).is_some() && down(it) == (state.truth == Belief::Down));
        account.no_need = None;
        match given.first() {
            Some(first) if holds => {
                account.no_need = Some(NoNeed { since: state.since, ..NoNeed::clone(first) });
            }
            _ => lapsed.extend(given.into_iter().map(|no_need| {
                let (by, reason) = (no_need.by.clone(), no_need.reason.clone());
                Lapsed::NoNeed { by, reason }
            })),
        }
    }

    /// Somebody's words that wait for approval wait on under a number of their own, if they are not against what is true
    /// now; where other words wait already, those stay.
    fn draft(
        &self,
        state: State,
        account: &Account,
        number: u32,
        lapsed: &mut Vec<Lapsed>,
    ) -> Option<ClientDraft> {
        let theirs = self.younger.account(self.client);
        let draft = theirs.draft.filter(|_| theirs.waits)?;
        let others = account.waits && account.draft.as_ref().is_some_and(|draft| draft.words.is_some());
        let fits = (draft.news.belief() == Belief::Down) == (state.truth == Belief::Down);
        let goes_on = draft.words.is_some() && fits && !others && account.no_need.is_none();
        let by = draft.words.as_ref().map(|(by, _)| by.clone());
        lapsed.push(Lapsed::Draft { draft: draft.number, by, here: goes_on.then_some(number) });
        let ours = account.draft.as_ref().filter(|ours| ours.of == state.since);
        let by_itself = earlier(ours.and_then(|ours| ours.by_itself), draft.by_itself);
        let by_itself = by_itself.filter(|at| *at > self.now);
        goes_on.then_some(ClientDraft { number, of: state.since, by_itself, ..draft })
    }
}

fn earlier(ours: Option<Timestamp>, theirs: Option<Timestamp>) -> Option<Timestamp> {
    ours.into_iter().chain(theirs).min()
}

/// There is one question at a time. Of two that have sense it is that of the older incident, for as long as both may wait.
fn questions(older: &Incident, younger: &Incident, after: &Incident) -> Vec<Carried> {
    let has_sense = |doubt: &&Doubt| match doubt.about {
        Doubtful::CameAgain { .. } => after.is_broken() && after.acknowledged.is_some(),
        Doubtful::Said { .. } => !after.is_broken() && after.closed_at.is_none(),
    };
    let (ours, theirs) = (older.doubt.as_ref(), younger.doubt.as_ref());
    let (kept, new) = (ours.filter(has_sense), theirs.filter(has_sense));
    let until = kept.into_iter().chain(new).map(|doubt| doubt.until).min();
    let open = kept.or(new).zip(until).map(|(doubt, until)| Doubt { until, ..doubt.clone() });
    let changed = |it: &Incident, doubt: &Doubt| Carried::Question {
        from: it.number,
        about: doubt.about.clone(),
        open: open.clone(),
    };
    let gone = ours.filter(|_| kept.is_none()).map(|doubt| changed(older, doubt));
    gone.into_iter().chain(theirs.map(|doubt| changed(younger, doubt))).collect()
}

/// What follows from it.
pub(super) fn apply(incident: &mut Incident, carried: &Carried) {
    match carried {
        Carried::Client { client, account, .. } => {
            incident.accounts.insert(client.clone(), Account::clone(account));
        }
        Carried::Question { open, .. } => incident.doubt.clone_from(open),
    }
}

/// How it reads on a timeline.
pub(super) fn line(carried: &Carried, zone: &TimeZone) -> String {
    match carried {
        Carried::Client { from, client, account, lapsed } => {
            let kept = [
                account
                    .no_need
                    .as_ref()
                    .map(|it| format!("need not be told, as {} said: {}", it.by, one_line(&it.reason))),
                account.at_word.map(|at| {
                    format!("was told at {} that it works, and is left with that", clock(at, zone))
                }),
                account.promised.map(|at| format!("hears again by {}, as promised", clock(at, zone))),
            ];
            let gone = lapsed.iter().map(Lapsed::line);
            let all: Vec<String> = kept.into_iter().flatten().chain(gone).collect();
            let all = if all.is_empty() { vec!["stands as it stood there".to_owned()] } else { all };
            format!("{client}, with incident {from}: {}", all.join("; "))
        }
        Carried::Question { from, about, open } => {
            let about = match about {
                Doubtful::CameAgain { key } => format!("whether {} is the same trouble", one_line(key)),
                Doubtful::Said { .. } => "whether it is broken again".to_owned(),
            };
            let open = match open {
                Some(open) => format!("waits here until {}", clock(open.until, zone)),
                None => "needs no answer any more".to_owned(),
            };
            format!("the question of incident {from}, {about}, {open}")
        }
    }
}

impl Lapsed {
    fn line(&self) -> String {
        match self {
            Self::NoNeed { by, reason } => {
                format!("what {by} said, that it need not be told ({}), holds no more", one_line(reason))
            }
            Self::Words => "was told that it works, which is taken for false now".to_owned(),
            Self::Draft { draft, here: Some(here), .. } => format!("draft {draft} waits on as draft {here}"),
            Self::Draft { draft, by: Some(by), .. } => {
                format!("draft {draft}, words of {by}, goes to nobody")
            }
            Self::Draft { draft, by: None, .. } => format!("draft {draft} waits no more"),
        }
    }
}
