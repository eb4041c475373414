//! Owns whom an incident means by `owner` and by `all`.

use jiff::Timestamp;

use super::Incident;
use crate::directory::{Directory, PersonId, Target};
use crate::oncall::Roster;

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

    /// Its responders and followers, and whoever of the house has had to do with it.
    fn everybody(&self, directory: &Directory) -> Vec<PersonId> {
        let mut people = directory.people_in(self.responders.iter().chain(&self.followers));
        let engaged = self.engaged.iter().filter(|person| directory.is_internal(person));
        let others: Vec<PersonId> = engaged.filter(|person| !people.contains(person)).cloned().collect();
        people.extend(others);
        people
    }
}
