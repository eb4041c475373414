//! Owns who hears, one after the other, that a client has not been told what is true: the escalation for informing.

use jiff::SignedDuration;

use super::Target;

/// Between two rungs when the ladder begins anew.
const ANEW: SignedDuration = SignedDuration::from_mins(15);

/// The rungs, climbed until the client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// At least one.
    pub rungs: Vec<Rung>,
    /// How many times they are climbed again after the first time.
    pub repeat: u32,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// How long after the one before; the first one's counts from when the word was late.
    pub after: SignedDuration,
    /// Who is told. The owner is whoever answers for the client.
    pub tell: Vec<Target>,
}

impl Ladder {
    /// The rung that is the `number`-th in all, counted from 1. None above the last.
    pub fn rung(&self, number: u32) -> Option<&Rung> {
        let (index, length) = (number.checked_sub(1)?, self.rungs.len().max(1) as u32);
        self.rungs.get((index % length) as usize).filter(|_| index / length <= self.repeat)
    }

    /// How long it comes after the one before. None above the last.
    pub fn wait(&self, number: u32) -> Option<SignedDuration> {
        let anew = number > 1 && (number - 1).is_multiple_of(self.rungs.len().max(1) as u32);
        self.rung(number).map(|rung| if anew { rung.after.max(ANEW) } else { rung.after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_climbed_rung_by_rung_again_and_ends() {
        let rung = |minutes| Rung { after: SignedDuration::from_mins(minutes), tell: Vec::new() };
        let ladder = Ladder { rungs: vec![rung(0), rung(10), rung(20)], repeat: 1 };
        let waits: Vec<_> = (1..=8).map(|number| ladder.wait(number).map(|wait| wait.as_mins())).collect();
        let expected = [Some(0), Some(10), Some(20), Some(15), Some(10), Some(20), None, None];
        assert_eq!(waits, expected);
        assert_eq!(ladder.rung(0), None);
    }
}
