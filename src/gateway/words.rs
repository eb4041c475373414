//! Owns what follows from words that reached an incident: who speaks, with what right, and what they said.

use super::draft::Draft;
use super::opening::policy_for;
use super::sides::speaker;
use super::{
    asking, claims, clients, duty, escalating, held, late, machines, merging, parting, proofs, reports,
};
use crate::command::{self, Command, Line, Said};
use crate::directory::{Directory, PersonId};
use crate::incident::answer::{self, Answer, Authority, ClientRefusal, Refusal};
use crate::incident::{
    Arranged, Arrangement, Fact, Incident, PROOF_WAITS, Reporting, Silence, Telling, asks_about_words,
};
use crate::message::{AutomaticKind, Message};
use crate::notice::{self, ClientReply, Reply};
use crate::rights::{self, Claim, Token};
use crate::thread::Place;

/// How much of somebody's words a timeline keeps, in characters.
const LONGEST_NOTE: usize = 20_000;

/// Works on a mail that joins an incident, and gives the one to which it belongs in the end: people may say otherwise.
pub(super) fn in_a_mail(draft: &mut Draft<'_>, message: &Message, place: &Place) -> u64 {
    heard(draft, message, place, false)
}

/// The same for a mail whose words were heard already, and were not obeyed.
pub(super) fn in_a_mail_again(draft: &mut Draft<'_>, message: &Message, place: &Place) -> u64 {
    heard(draft, message, place, true)
}

fn heard(draft: &mut Draft<'_>, message: &Message, place: &Place, again: bool) -> u64 {
    let Some(incident) = draft.incident(place.incident) else { return place.incident };
    let (by, spoken_to) = speaker(draft, incident, message, place);
    // Nobody outside the house is obeyed or answered, whichever mail they answer.
    let obeyed = |person: &&PersonId| {
        draft.directory().is_internal(person) && message.automatic.is_none() && !draft.past
    };
    let person = by.person().filter(obeyed);
    let mut said = person.map(|_| command::read(&message.reply_text)).unwrap_or_default();
    let text = if again { String::new() } else { beginning(&message.reply_text) };
    let note = |text: String, with_commands: bool| {
        let (by, placed, automatic) = (by.clone(), place.by, is_by_robot(message));
        let audience = spoken_to.clone();
        Fact::Noted { by, audience, placed, text, automatic, with_commands, asks: None, alike: 0, crowd: 0 }
    };
    let mut directly = person.and_then(|person| clients::heard_directly(draft, person, message));
    if again {
        said.note.clear();
        directly = None;
    }
    let Some(person) = person.filter(|_| !said.commands.is_empty()) else {
        let mut note = Some(note(text, false)).filter(|_| !again);
        if let (Some(Fact::Noted { asks, text, .. }), true) = (&mut note, message.automatic.is_none()) {
            *asks = asks_about_words(incident, &by, &spoken_to, text, draft.now);
        }
        let machine =
            note.as_mut().and_then(|note| machines::seen(draft.book, incident, message, note, draft.now));
        draft.record_all(place.incident, note.into_iter().chain(directly));
        machine.into_iter().for_each(|fact| draft.house(fact));
        return place.incident;
    };
    let speaker = Speaker { person, claim: claims::of_a_mail(draft.book, incident, person, message, place) };
    let asked = proofs::answered(draft, incident, person, message);
    let is_shown = |line: &Line| {
        !matches!(
            speaker.authority(draft, incident, line),
            Authority::Unproven | Authority::Outdated | Authority::Removed
        )
    };
    let effective = asked.is_some() || said.commands.iter().any(is_shown);
    let note = if effective && !again {
        note(note_of(draft.directory(), &said), are_told(draft, incident, speaker, &said))
    } else {
        note(text, false)
    };
    let person = person.clone();
    let done = carry_out(draft, place.incident, Speaker { person: &person, ..speaker }, &said, note, asked);
    let transcript = notice::transcript(&person, done.replies, done.asked, draft.now);
    let about = draft.incident(done.number).map_or(0, |incident| incident.events);
    draft.answer(done.number, transcript, about);
    draft.record_all(done.number, directly);
    draft.touch(done.number);
    done.number
}

/// Who gives commands, and by what they show that it is they.
#[derive(Debug, Clone, Copy)]
pub(super) struct Speaker<'a> {
    /// Who.
    pub(super) person: &'a PersonId,
    /// By what.
    pub(super) claim: Claim,
}

impl Speaker<'_> {
    pub(super) fn authority(&self, draft: &Draft<'_>, incident: &Incident, line: &Line) -> Authority {
        rights::authority(&draft.roster(), incident, self.person, self.claim, (&line.command, draft.now))
    }
}

/// What is said beside commands. "add more disks" has the form of a command, and names nobody: that is for the team too.
pub(super) fn note_of(directory: &Directory, said: &Said) -> String {
    let names_nobody = |line: &&Line| match &line.command {
        Command::Owner { name } | Command::Add { name } | Command::Remove { name } => {
            directory.called(name).is_empty()
        }
        _ => false,
    };
    let words = said.commands.iter().filter(names_nobody).map(|line| line.line.as_str());
    beginning(&words.chain([said.note.as_str()]).collect::<Vec<_>>().join("\n"))
}

/// The words that a timeline keeps; the whole mail is in the store.
pub(super) fn beginning(text: &str) -> String {
    text.trim().chars().take(LONGEST_NOTE).collect()
}

/// Whether a robot wrote it. People write through lists too: they are heard, though not obeyed.
fn is_by_robot(message: &Message) -> bool {
    message.automatic.as_ref().is_some_and(|automatic| automatic.kind != AutomaticKind::List)
}

/// What became of commands.
pub(super) struct Done {
    /// The incident in which the last one left them.
    pub(super) number: u64,
    /// Each line, and what became of it.
    pub(super) replies: Vec<(String, Reply)>,
    /// The event by which their author is asked whether some of them are theirs.
    pub(super) asked: Option<u32>,
}

/// Carries out commands in order. The note goes onto the timeline first, and is told with what the commands do where that
/// is told. `asked` is the question that the mail answers with its `confirm`.
pub(super) fn carry_out(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: Speaker<'_>,
    said: &Said,
    note: Fact,
    asked: Option<u32>,
) -> Done {
    let parts = |line: &Line| parting::parts(draft, number, speaker, &line.command);
    // What is said with `split` or `move` belongs to the other incident, which begins with it or is told.
    let parts = said.commands.iter().any(parts);
    let told_with_it = parts || matches!(&note, Fact::Noted { with_commands: true, .. });
    if !parts && matches!(&note, Fact::Noted { text, .. } if !text.is_empty()) {
        draft.record_all(number, [note]);
    }
    draft.note = if told_with_it { said.note.clone() } else { String::new() };
    let mut done = Done { number, replies: Vec::new(), asked: None };
    let (mut asks, mut promises) = (Vec::new(), Vec::new());
    let mut speaker = speaker;
    for line in &said.commands {
        let confirmed = asked.filter(|_| line.command == Command::Confirm);
        if let Some(asked) = confirmed.filter(|_| done.number == number) {
            proofs::confirm(draft, &mut done, speaker.person, asked);
            continue;
        }
        let (reply, next) = one(draft, done.number, speaker, (line, said));
        // What is promised with words that wait waits with them.
        let with_words = |line: &Line| matches!(line.command, Command::Client { .. });
        let promised = matches!(line.command, Command::Next { .. }) && said.commands.iter().any(with_words);
        if matches!(reply, Reply::Confirm(_)) {
            asks.push(proofs::waiting_line(draft, done.number, speaker.person, line));
        } else if promised {
            promises.push(line.line.clone());
        }
        done.replies.push((line.line.clone(), reply));
        // Nobody was given a right in the incident to which this mail moves by answering one of another.
        if let (Command::Move { .. }, Claim::Mail(Token::Given, sender)) = (&line.command, speaker.claim)
            && next != done.number
        {
            speaker.claim = Claim::Mail(Token::Missing, sender);
        }
        done.number = next;
    }
    draft.note = String::new();
    if !asks.is_empty() {
        asks.append(&mut promises);
        let words = asks.join("\n");
        let what = Arranged::ProofAsked { words, until: draft.now + PROOF_WAITS };
        draft.record_all(done.number, [Fact::Arranged(Arrangement { by: speaker.person.clone(), what })]);
        done.asked = draft.incident(done.number).map(|incident| incident.events);
    }
    done
}

/// Whether a word of command stands among the words for clients, which would reach them as text.
fn is_unclear(line: &Line, authority: &Authority) -> bool {
    let heard = matches!(
        authority,
        Authority::Granted | Authority::Operator | Authority::Unconfirmed | Authority::NotYours
    );
    let for_clients = matches!(line.command, Command::Client { .. });
    for_clients && heard && command::command_among(&line.line).is_some()
}

/// A severity brings the policy that its service has for it: from the first step where it is raised, and with the next run
/// where none goes on. A run that goes on is not cut short.
fn with_policy(draft: &Draft<'_>, number: u64, mut facts: Vec<Fact>) -> Vec<Fact> {
    for fact in &mut facts {
        if let Fact::Arranged(Arrangement { what: Arranged::Severity { to, raised, policy }, .. }) = fact
            && let Some(incident) = draft.incident(number).filter(|it| *raised || it.run.is_none())
        {
            *policy = policy_for(draft.book, incident, *to);
        }
    }
    facts
}

/// What is said of a line that is not, or not yet, carried out.
fn beforehand(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: Speaker<'_>,
    authority: &Authority,
    line: &Line,
) -> Option<Reply> {
    if is_unclear(line, authority) {
        let refusal = Refusal::Client(ClientRefusal::HasCommand);
        return Some(refused(draft, number, speaker.person, line, refusal));
    }
    if proofs::wait(&line.command) && *authority == Authority::Unconfirmed {
        return Some(Reply::Confirm(draft.now + PROOF_WAITS));
    }
    late::acknowledged(draft, number, speaker, line)
}

/// What became of one line, and where what follows it is said.
pub(super) fn one(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: Speaker<'_>,
    (line, said): (&Line, &Said),
) -> (Reply, u64) {
    let (person, note) = (speaker.person, said.note.as_str());
    let authority = draft.incident(number).map(|incident| speaker.authority(draft, incident, line));
    let authority = authority.unwrap_or(Authority::Unproven);
    if let Some(reply) = beforehand(draft, number, speaker, &authority, line) {
        return (reply, number);
    }
    if let Some(done) = reports::command(draft, number, (person, &authority), &line.command) {
        let reply = done.unwrap_or_else(|refusal| refused(draft, number, person, line, refusal));
        return (reply, number);
    }
    // Whoever may not speak to clients may say what could be said to them.
    let proposes = matches!(line.command, Command::Client { .. })
        && authority == Authority::NotYours
        && draft.incident(number).is_some_and(|incident| {
            rights::may_propose(&draft.roster(), incident, person, speaker.claim, draft.now)
        });
    let done = match &line.command {
        Command::Merge { incident } => merging::other(draft, number, speaker, incident, line.command.name())
            .map(|other| {
                let (stays, goes) = merging::merge(draft, number, other, person, true);
                (stays, Reply::Merged(goes))
            }),
        Command::Split => parting::split(draft, number, speaker, note),
        Command::Move { incident } => parting::move_to(draft, number, speaker, (incident, note)),
        Command::Held(said) if !draft.incident(number).is_some_and(|it| it.asks_for(said)) => {
            held::command(draft, number, person, &authority, said).map(|reply| (number, reply))
        }
        Command::Escalate { policy } => {
            escalating::command(draft, number, person, (&authority, policy.as_deref()))
        }
        command if duty::concerns(command) => match authority.refusal() {
            Some(refusal) => Err(refusal),
            None => Ok((number, duty::command(draft, Some(number), person, command))),
        },
        Command::Client { .. }
        | Command::Next { .. }
        | Command::Approve { .. }
        | Command::Reject { .. }
        | Command::NoNeed { .. } => {
            let authority = if proposes { &Authority::Granted } else { &authority };
            clients::command(draft, number, person, authority, (&line.command, said))
                .map(|reply| (number, reply))
        }
        _ => return (here(draft, number, speaker, line), number),
    };
    match done {
        Ok((next, reply)) => (reply, next),
        Err(refusal) => (refused(draft, number, person, line, refusal), number),
    }
}

/// What became of a line that concerns one incident alone.
fn here(draft: &mut Draft<'_>, number: u64, speaker: Speaker<'_>, line: &Line) -> Reply {
    let Some(incident) = draft.incident(number) else { return Reply::Nothing };
    let person = speaker.person;
    let authority = speaker.authority(draft, incident, line);
    match answer::command(incident, draft.directory(), person, &authority, &line.command, draft.now) {
        Answer::Done(facts) => {
            let facts = with_policy(draft, number, facts);
            let reply = facts.first().map_or(Reply::Nothing, done);
            draft.record_all(number, facts);
            reply
        }
        Answer::Asked => match &line.command {
            Command::Help => Reply::Help,
            Command::Why { mail, client } => {
                asking::why(draft, number, person, (*mail, client.as_deref())).unwrap_or_else(Reply::Refused)
            }
            _ => Reply::Status,
        },
        Answer::Already => Reply::Already,
        Answer::Unconfirmed if line.line.chars().count() > LONGEST_NOTE => {
            refused(draft, number, person, line, Refusal::Unproven)
        }
        Answer::Unconfirmed => Reply::Confirm(draft.now + PROOF_WAITS),
        Answer::Unclear(candidates) => {
            let why = if candidates.is_empty() { "it names nobody" } else { "it may mean several" };
            let (by, line) = (person.clone(), line.line.clone());
            draft.record_all(number, [Fact::Refused { by, line, why: why.to_owned() }]);
            Reply::Unclear(candidates)
        }
        Answer::Refused(refusal) => refused(draft, number, person, line, refusal),
    }
}

/// Words that are not carried out. Where they are for others, the sender is told for whom.
pub(super) fn refused(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    line: &Line,
    refusal: Refusal,
) -> Reply {
    let why = refusal.words().to_owned();
    draft.record_all(number, [Fact::Refused { by: person.clone(), line: line.line.clone(), why }]);
    match refusal {
        Refusal::NotYours => Reply::NotYours(line.command.name()),
        refusal => Reply::Refused(refusal),
    }
}

fn done(fact: &Fact) -> Reply {
    match fact {
        Fact::Acknowledged { until, .. } => Reply::Acknowledged(*until),
        Fact::Recovered { still_firing, .. } => Reply::Recovered(still_firing.clone()),
        Fact::Resolved { anyway, .. } => Reply::Resolved(*anyway),
        Fact::Closed { .. } => Reply::Closed,
        Fact::Recurred { occurrence, .. } => Reply::Reopened(*occurrence),
        Fact::Quiet(Silence::Hushed { quiet }) => Reply::Quiet(quiet.until),
        Fact::Quiet(_) => Reply::Loud,
        Fact::Reporting(Reporting::ActionDone { action, .. }) => Reply::ActionDone(*action),
        Fact::Telling(Telling::TakenBack { .. }) => Reply::Client(ClientReply::TakenBack),
        Fact::Judged(judged) => Reply::Judged(judged.as_what.clone()),
        Fact::Arranged(arrangement) => Reply::Arranged(arrangement.what.clone()),
        _ => Reply::Nothing,
    }
}

/// Whether the team will be mailed what the first effective command does, and the note with it. Otherwise the note
/// needs a mail of its own: commands may be refused or change nothing, and `reopen` pages.
pub(super) fn are_told(draft: &Draft<'_>, incident: &Incident, speaker: Speaker<'_>, said: &Said) -> bool {
    let answer = |line: &Line| {
        let authority = speaker.authority(draft, incident, line);
        answer::command(incident, draft.directory(), speaker.person, &authority, &line.command, draft.now)
    };
    let told = |line: &Line| match (&line.command, answer(line)) {
        (Command::Merge { incident: other }, _) => {
            merging::other(draft, incident.number, speaker, other, line.command.name()).ok().map(|_| true)
        }
        (_, Answer::Done(facts)) => facts.first().and_then(is_told),
        _ => None,
    };
    said.commands.iter().find_map(told).unwrap_or(false)
}

/// Whether the team is mailed a fact in the thread that it reads now; None where nobody is.
fn is_told(fact: &Fact) -> Option<bool> {
    match fact {
        Fact::Recurred { .. } | Fact::Quiet(Silence::HushOver) => Some(false),
        Fact::Arranged(Arrangement { what: Arranged::Severity { .. } | Arranged::Owner { .. }, .. }) => {
            Some(true)
        }
        Fact::Arranged(_) | Fact::Reporting(_) => None,
        _ => Some(true),
    }
}
