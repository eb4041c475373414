//! Owns how many answers somebody gets: whoever writes in a colleague's name must not be able to fill their mailbox.
//! Never keeps a word from being done; and what asks somebody whether words are theirs goes out when nothing else does.

use jiff::{SignedDuration, Timestamp};

use crate::notice::{Owed, Reply};

/// Within this time somebody gets so many answers to their words,
pub const WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// the last of which says that it is the last.
pub const MOST: u32 = 20;
/// So many more may ask whether words are theirs.
const QUESTIONS: u32 = 10;

/// What one more answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    Enough,
    /// For the last one.
    Last,
    None,
}

fn room(answered: u32, asks: bool) -> Room {
    match answered {
        _ if answered + 1 == MOST => Room::Last,
        _ if answered < MOST || asks && answered < MOST + QUESTIONS => Room::Enough,
        _ => Room::None,
    }
}

/// The answer as it goes out; None for one too many.
pub(super) fn bounded(owed: Owed, answered: u32, now: Timestamp) -> Option<Owed> {
    match room(answered, owed.asks()) {
        Room::Enough => Some(owed),
        Room::Last => Some(owed.with_line(Reply::LastAnswer(now + WITHIN))),
        Room::None => None,
    }
}

/// The same for an answer of the house.
pub(super) fn lines(
    mut lines: Vec<(String, Reply)>,
    answered: u32,
    now: Timestamp,
) -> Option<Vec<(String, Reply)>> {
    match room(answered, false) {
        Room::Enough => {}
        Room::Last => lines.push((String::new(), Reply::LastAnswer(now + WITHIN))),
        Room::None => return None,
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twentieth_answer_within_an_hour_is_the_last_but_for_questions() {
        let of = |asks| (0..40).map(|answered| room(answered, asks)).collect::<Vec<_>>();
        let count = |rooms: &[Room], what| rooms.iter().filter(|room| **room == what).count();
        let (answers, questions) = (of(false), of(true));
        assert_eq!((count(&answers, Room::Enough), count(&answers, Room::Last)), (19, 1));
        assert_eq!(answers.iter().position(|room| *room == Room::Last), Some(19));
        assert_eq!(count(&questions, Room::None), 10);
    }
}
