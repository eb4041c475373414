//! Owns words given at the command line: they take the same way as those of a mail, and are answered at once.

use super::draft::Draft;
use super::words::{Done, Speaker, are_told, carry_out, note_of};
use super::{OperatorWords, held};
use crate::audience::Audience;
use crate::command;
use crate::house::HOUSE;
use crate::incident::{Actor, Fact, Placed};
use crate::notice::{self, Reader};
use crate::rights::Claim;

/// Works on words given at the command line.
pub(super) fn said(draft: &mut Draft<'_>, words: &OperatorWords) {
    let said = command::read(&words.words);
    if words.incident == HOUSE {
        let replies = held::of_house(draft, &words.person, Claim::Terminal, &said);
        let reader = Reader::anybody(draft.book, draft.book.language, draft.now);
        for (line, reply) in replies {
            let result = notice::house_result(draft.book, &reply, &reader);
            draft.reply(line, result);
        }
        return;
    }
    draft.named = Some(words.incident);
    let number = draft.survivor(words.incident);
    let Some(incident) = draft.incident(number) else { return };
    let speaker = Speaker { person: &words.person, claim: Claim::Terminal };
    let note = Fact::Noted {
        by: Actor::Person(words.person.clone()),
        audience: Audience::Inner,
        placed: Placed::Operator,
        text: note_of(draft.directory(), &said),
        automatic: false,
        with_commands: are_told(draft, incident, speaker, &said),
        asks: None,
        alike: 0,
        crowd: 0,
    };
    let Done { number, replies, .. } = carry_out(draft, number, speaker, &said, note, None);
    draft.touch(number);
    let Some(incident) = draft.incident(number).cloned() else { return };
    let reader = Reader::anybody(draft.book, draft.book.language, draft.now);
    let results = notice::results(draft.book, &incident, &words.person, &replies, &reader);
    for ((line, _), result) in replies.into_iter().zip(results) {
        draft.reply(line, result);
    }
}
