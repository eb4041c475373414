//! Owns whom an incident means by `owner` and by `all`, and what follows when somebody calls for more people.

use jiff::Timestamp;

use super::apply::begin_run;
use super::{Incident, NoticeKind};
use crate::directory::{Directory, PersonId, Target};
use crate::escalation::Policy;
use crate::oncall::Roster;

/// Somebody says that more people are needed: the next step is due now, whoever has it so far; or another policy from its
/// first step. A policy at its end begins anew.
pub(super) fn escalated(incident: &mut Incident, policy: Option<&Policy>, at: Timestamp) {
    (incident.acknowledged, incident.hushed) = (None, None);
    let occurrence = incident.occurrence();
    let last =
        incident.notices.iter().rev().filter(|sent| sent.occurrence == occurrence).find_map(
            |sent| match sent.kind {
                NoticeKind::Page { at, .. } => Some(at),
                _ => None,
            },
        );
    let at_its_end = |next: u32| next > incident.policy.repeat;
    match (policy, &mut incident.run) {
        (Some(policy), _) => {
            incident.policy = policy.clone();
            begin_run(incident, at);
        }
        (None, Some(run)) if run.next.round <= incident.policy.repeat => {}
        (None, _) => {
            let next = last.map(|last| incident.policy.after(last)).filter(|next| !at_its_end(next.round));
            begin_run(incident, at);
            if let (Some(run), Some(next)) = (&mut incident.run, next) {
                run.next = next;
            }
        }
    }
    if let Some(run) = &mut incident.run {
        run.due = at;
    }
}

impl Incident {
    /// Everybody whom these targets mean at a time, each once, in order.
    pub fn people_meant_by(&self, roster: &Roster<'_>, targets: &[Target], at: Timestamp) -> Vec<PersonId> {
        let owner = if targets.contains(&Target::Owner) { self.answerable(roster, at) } else { Vec::new() };
        let all = if targets.contains(&Target::All) { self.everybody(roster.directory) } else { Vec::new() };
        roster.people_meant_by(targets, &owner, &all, at)
    }

    /// Who answers for it: its owner; before there is one, whoever is on call by the first schedule that its policy names,
    /// else the operator.
    pub fn answerable(&self, roster: &Roster<'_>, at: Timestamp) -> Vec<PersonId> {
        // An owner may have left the site's configuration since.
        let known = |owner: &&PersonId| roster.directory.people.contains_key(owner);
        if let Some(owner) = self.owner.as_ref().filter(known) {
            return vec![owner.clone()];
        }
        let called = self.policy.steps.iter().flat_map(|step| &step.tell).filter_map(|target| match target {
            Target::OnCall(schedule) => Some(roster.on_call(schedule, at)),
            _ => None,
        });
        let called = called.into_iter().find(|people| !people.is_empty());
        called.unwrap_or_else(|| roster.directory.people_in([roster.operator]))
    }

    /// Whoever is kept informed: the people of its following parties, and those who want to hear of what is as bad as this in
    /// its service.
    pub fn following(&self, directory: &Directory) -> Vec<PersonId> {
        let mut people = directory.people_in(&self.followers);
        for wish in directory.follows(self.service.as_ref(), self.severity) {
            if directory.is_internal(&wish.person) && !people.contains(&wish.person) {
                people.push(wish.person.clone());
            }
        }
        people
    }

    /// Its responders and followers, and whoever of the house has had to do with it.
    fn everybody(&self, directory: &Directory) -> Vec<PersonId> {
        let mut people = directory.people_in(&self.responders);
        let following = self.following(directory);
        people.extend(following.into_iter().filter(|person| !people.contains(person)).collect::<Vec<_>>());
        let engaged = self.engaged.iter().filter(|person| directory.is_internal(person));
        let others: Vec<PersonId> = engaged.filter(|person| !people.contains(person)).cloned().collect();
        people.extend(others);
        people
    }
}
