//! Owns what is due between the house and each client: news, drafts, reminders of promises, and that a debt climbs.
//! Never changes anything: [`super::apply`] does.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::telling::{Account, ClientDraft, Telling};
use super::{Fact, Incident};
use crate::audience::{Audience, Belief};
use crate::directory::{Directory, Party, PartyId, Tell};
use crate::told::{self, Debt, LATE, NAG, NewsKind, Owed, STILL_LATE, State, Terms};

/// Clients for which something else of the same name is broken or may be again: what works again for them is not said
/// before that does.
pub type Beside = BTreeMap<PartyId, Hold>;

/// How long a client waits for what has the same name. It knows both by that name only: by when it hears depends on nothing
/// else that happens to either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// The recovery of the other may be withdrawn until then.
    Until(Timestamp),
    /// The other is broken.
    Broken,
}

/// How often it is looked whether what is broken beside it works again. What is beside it says so itself, unless there
/// are more than are looked at together.
pub const LOOK_BESIDE: SignedDuration = SignedDuration::from_hours(1);

/// One thing that is to be done for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Task {
    News(NewsKind),
    Asleep(Timestamp),
    Draft(ClientDraft),
    Nag(Timestamp),
    Climb { since: Timestamp, step: u32 },
}

/// The next fact that is due for any client.
pub(super) fn due(
    incident: &Incident,
    directory: &Directory,
    beside: &Beside,
    now: Timestamp,
) -> Option<Fact> {
    cases(incident, directory, beside).find_map(|case| {
        let task = case.agenda().into_iter().find(|(at, _)| *at <= now)?.1;
        Some(case.fact(task, now))
    })
}

/// When there will be something to do for a client.
pub(super) fn next_due(incident: &Incident, directory: &Directory, beside: &Beside) -> Option<Timestamp> {
    cases(incident, directory, beside).flat_map(|case| case.agenda()).map(|(at, _)| at).min()
}

/// What a client is owed by what really reached it, and when it is told by itself; None in place of that time where
/// nobody tells it unless somebody lifts a finger.
pub fn debt(
    incident: &Incident,
    directory: &Directory,
    client: &PartyId,
) -> Option<(Debt, Option<Timestamp>)> {
    let beside = Beside::new();
    let case = cases(incident, directory, &beside).find(|case| case.client == client)?;
    let by_itself = case.owed().filter(|_| case.is_told_by_itself()).map(|owed| owed.at);
    Some((case.debt()?, by_itself))
}

/// What it means for a client of another incident of the same name.
pub fn hold(incident: &Incident, client: &PartyId, now: Timestamp) -> Option<Hold> {
    let state = incident.state_for(client);
    match state.truth {
        Belief::Down => Some(Hold::Broken),
        Belief::Working | Belief::Resolved if state.settled > now => Some(Hold::Until(state.settled)),
        Belief::Working | Belief::Resolved => None,
    }
}

/// Until when others of its service have to be looked at together with it: as long as it is broken or may be so again, or
/// a client of it still believes so. None where that is past at its end.
pub fn matters_beside(incident: &Incident) -> Option<Timestamp> {
    let works = |client: &PartyId| incident.state_for(client).truth != Belief::Down;
    let waits = |client: &&PartyId| {
        let believed = incident.announced.get(*client).map(|last| last.belief);
        works(client) && believed == Some(Belief::Down)
    };
    if incident.past || incident.merged_into.is_some() || incident.clients.is_empty() {
        return None;
    }
    let open = incident.is_broken() || incident.clients.iter().any(|client| waits(&client));
    Some(if open { Timestamp::MAX } else { incident.state().settled })
}

/// Whether a client waits for what is broken beside this.
pub fn waits(incident: &Incident, directory: &Directory, beside: &Beside) -> bool {
    cases(incident, directory, beside).any(|case| {
        let believed = incident.announced.get(case.client).map(|last| last.belief);
        case.waits() && believed == Some(Belief::Down)
    })
}

/// One client of an incident.
struct Case<'a> {
    incident: &'a Incident,
    directory: &'a Directory,
    client: &'a PartyId,
    party: &'a Party,
    account: Account,
    state: State,
    hold: Option<Hold>,
}

fn cases<'a>(
    incident: &'a Incident,
    directory: &'a Directory,
    beside: &'a Beside,
) -> impl Iterator<Item = Case<'a>> {
    incident.clients.iter().filter_map(move |client| {
        let (mut state, hold) = (incident.state_for(client), beside.get(client).copied());
        if let (Some(Hold::Until(until)), true) = (hold, state.truth != Belief::Down) {
            state.settled = state.settled.max(until);
        }
        Some(Case {
            incident,
            directory,
            client,
            party: directory.parties.get(client)?,
            account: incident.account(client),
            state,
            hold,
        })
    })
}

impl Case<'_> {
    fn terms(&self) -> Terms<'_> {
        Terms {
            tell: self.party.tell,
            severity: self.incident.severity,
            quiet: self.party.quiet_hours.as_ref(),
        }
    }

    /// Whether it works, and something else of the same name doesn't.
    fn waits(&self) -> bool {
        self.hold == Some(Hold::Broken) && self.state.truth != Belief::Down
    }

    /// What is owed next. While something else of the same name is broken it has not recovered for this client: at the
    /// promised time it is still broken, and that is all.
    fn owed(&self) -> Option<Owed> {
        let mut last = self.incident.announced.get(self.client).cloned();
        // Nobody is asked to say that a recovery is being watched.
        if let Some(last) =
            last.as_mut().filter(|_| !self.is_told_by_itself() && self.state.truth != Belief::Down)
        {
            last.next = None;
        }
        let held_back = self.waits();
        let truth = if held_back { Belief::Down } else { self.state.truth };
        let owed = told::owed(State { truth, ..self.state }, last.as_ref(), self.terms())?;
        (!held_back || owed.news == NewsKind::StillDown).then_some(owed)
    }

    fn is_told_by_itself(&self) -> bool {
        self.party.tell != Tell::AfterApproval && self.account.withheld.is_none()
    }

    /// What is to be done for this client, and when.
    fn agenda(&self) -> Vec<(Timestamp, Task)> {
        if self.incident.no_need(self.client).is_some() {
            return Vec::new();
        }
        let owed = self.owed();
        let news = owed.filter(|_| self.is_told_by_itself()).map(|owed| (owed.at, Task::News(owed.news)));
        let tasks = [news, owed.and_then(|owed| self.asleep(owed)), owed.and_then(|owed| self.draft(owed))];
        tasks.into_iter().chain([self.nag(), self.climb(owed)]).flatten().collect()
    }

    fn asleep(&self, owed: Owed) -> Option<(Timestamp, Task)> {
        let at = owed.asleep.filter(|_| self.account.asleep != Some(owed.at))?;
        Some((at, Task::Asleep(owed.at)))
    }

    /// Whoever answers for the client is asked before it is told by itself, and wherever it never is.
    fn draft(&self, owed: Owed) -> Option<(Timestamp, Task)> {
        let by_itself = (self.party.tell != Tell::AfterApproval).then_some(owed.at);
        let promised = self.incident.announced.get(self.client).and_then(|last| last.next);
        let of = match owed.news {
            news if news.is_change() => self.state.since,
            NewsKind::StillDown if by_itself.is_none() => promised?,
            _ => return None,
        };
        let there_is = self.account.draft.as_ref().is_some_and(|draft| draft.of == of);
        let too_late = by_itself.is_some_and(|at| owed.ready >= at);
        if there_is || too_late || self.account.withheld.is_some() {
            return None;
        }
        let last = self.incident.announced.get(self.client).map(|last| last.at);
        let number = self.incident.drafts + 1;
        let draft = ClientDraft { number, news: owed.news, words: None, of, by_itself };
        Some((last.map_or(owed.ready, |last| owed.ready.max(last)), Task::Draft(draft)))
    }

    /// A promise made long enough before.
    fn nag(&self) -> Option<(Timestamp, Task)> {
        let last = self.incident.announced.get(self.client).filter(|last| last.belief == Belief::Down)?;
        let next = last.next.filter(|next| self.account.nagged != Some(*next))?;
        let long = next.duration_since(last.at) >= NAG + LATE;
        let broken = self.state.truth == Belief::Down;
        (broken && long && self.is_told_by_itself()).then_some((next - NAG, Task::Nag(next)))
    }

    /// What the client is owed by what really reached it. A recovery that waits for something beside it is no debt.
    fn debt(&self) -> Option<Debt> {
        let debt = told::debt(self.state, self.incident.believed_by(self.directory, self.client))?;
        (self.state.trusted && !self.waits() && self.incident.no_need(self.client).is_none()).then_some(debt)
    }

    /// A debt that nobody pays in time is told to more and more people: first to those who answer for the client, then
    /// to the operator too. Or to those whom the site's own policy names, and above its last step hourly to the operator.
    fn climb(&self, owed: Option<Owed>) -> Option<(Timestamp, Task)> {
        let (since, late) = self.late(owed)?;
        let climbed = self.account.climbed.filter(|climbed| climbed.since == since);
        if let Some(ladder) = &self.party.ladder {
            let (step, from) =
                climbed.map_or((1, late), |climbed| (climbed.step.saturating_add(1), climbed.at));
            return Some((from + ladder.wait(step).unwrap_or(STILL_LATE), Task::Climb { since, step }));
        }
        let (step, at) = match climbed {
            None => (1, late),
            Some(climbed) if climbed.step == 1 => (2, climbed.at + LATE),
            Some(climbed) => (climbed.step.saturating_add(1), climbed.at + STILL_LATE),
        };
        Some((at, Task::Climb { since, step }))
    }

    /// Since when the client is owed a word, and when it is late.
    fn late(&self, owed: Option<Owed>) -> Option<(Timestamp, Timestamp)> {
        let last = self.incident.announced.get(self.client);
        let Some(debt) = self.debt() else { return self.broken_promise() };
        let due = match owed {
            Some(owed) if self.is_told_by_itself() || owed.asleep.is_some() => owed.at,
            Some(owed) => owed.ready,
            None => last.map_or(debt.since, |last| last.at.max(debt.since)),
        };
        // What is announced and true has only to arrive.
        let on_its_way =
            last.filter(|last| (last.belief == Belief::Down) == (self.state.truth == Belief::Down));
        let due = on_its_way.map_or(due, |last| last.at).max(debt.since);
        Some((debt.since, due + LATE))
    }

    /// A promise that nobody kept: only people tell this client, or the mail doesn't get there.
    fn broken_promise(&self) -> Option<(Timestamp, Timestamp)> {
        let last = self.incident.announced.get(self.client).filter(|last| last.belief == Belief::Down)?;
        if self.state.truth != Belief::Down || self.incident.no_need(self.client).is_some() {
            return None;
        }
        if !self.is_told_by_itself() {
            return last.next.map(|next| (next, next + LATE));
        }
        let audience = Audience::Client(self.client.clone());
        let of_last = |sent: &&super::SentNotice| sent.audience == audience && sent.queued_at == last.at;
        let mails: Vec<_> = self.incident.notices.iter().filter(of_last).collect();
        let on_its_way = !mails.is_empty() && mails.iter().all(|sent| sent.told_at.is_none());
        on_its_way.then_some((last.at, last.at + LATE))
    }

    fn fact(&self, task: Task, now: Timestamp) -> Fact {
        let client = self.client.clone();
        Fact::Telling(match task {
            Task::News(news) => return self.announce(news, now),
            Task::Asleep(until) => {
                let quiet = self.party.quiet_hours.as_ref();
                let withdrawn = self.owed().is_some_and(|owed| owed.news == NewsKind::DownAgain);
                let reason = quiet.filter(|_| withdrawn).and_then(|quiet| quiet.withdrawals_wait.clone());
                Telling::Asleep { client, until, reason }
            }
            Task::Draft(draft) => {
                let news = self.really(draft.news);
                Telling::Drafted { client, draft: ClientDraft { news, ..draft } }
            }
            Task::Nag(next) => Telling::Nagged { client, next },
            Task::Climb { since, step } => Telling::Climbed { client, since, step },
        })
    }

    fn announce(&self, news: NewsKind, now: Timestamp) -> Fact {
        let news = self.really(news);
        let next = told::promise(news, self.state, self.account.promised, self.terms(), now);
        Fact::Announced { client: self.client.clone(), news, next }
    }

    /// How a client is told that it is still or again broken: by what really reached it, whatever was announced.
    fn really(&self, news: NewsKind) -> NewsKind {
        if !matches!(news, NewsKind::StillDown | NewsKind::DownAgain) {
            return news;
        }
        let statements = self.incident.statements(&Audience::Client(self.client.clone()));
        let told = statements.last().map(|statement| (statement.belief, statement.at));
        match told.into_iter().chain(self.account.knows).max_by_key(|(_, at)| *at) {
            None => NewsKind::Down,
            Some((Belief::Down, _)) => NewsKind::StillDown,
            Some(_) => NewsKind::DownAgain,
        }
    }
}

/// The news that an approved draft of firebell's own is now, if it is still true.
pub fn approved(
    incident: &Incident,
    directory: &Directory,
    client: &PartyId,
    draft: &ClientDraft,
    now: Timestamp,
) -> Option<Fact> {
    let beside = Beside::new();
    let case = cases(incident, directory, &beside).find(|case| case.client == client)?;
    let owed = case.owed()?;
    (owed.news.belief() == draft.news.belief()).then(|| case.announce(owed.news, now))
}

/// By when a client hears again after words of somebody's by which it believes this.
pub fn next_after_words(
    incident: &Incident,
    directory: &Directory,
    client: &PartyId,
    belief: Belief,
    said: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let beside = Beside::new();
    let case = cases(incident, directory, &beside).find(|case| case.client == client)?;
    let said = said.or(case.account.promised);
    told::promise(NewsKind::Words(belief), case.state, said, case.terms(), now)
}
