//! Owns the loop that looks at firebell from beside its work: whether the clock jumped, whether what waits piles up, and
//! whether the disk fills.
//! Never mends anything: the operator hears of it.

mod life;
mod room;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, Unit};
use tokio::sync::watch;
use tokio::time::Instant;

use super::{Daemon, note, stopped};
use crate::house::HouseFact;
use crate::house::testing::SelfTestFact;
use crate::house::troubles::Kind;
use crate::io::clock::{Clock, moment};
use crate::io::store::{Connection, find, wake};
use life::Life;
use room::Room;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(10);
/// What a clock may be corrected by without anybody hearing of it.
const JUMP: SignedDuration = SignedDuration::from_secs(60);
/// So many mails that wait are a pile, once they have waited for so long.
const PILE: u64 = 500;
const PATIENCE: Duration = Duration::from_secs(10 * 60);

pub(super) async fn run(daemon: Daemon, stop: watch::Receiver<bool>) {
    let mut clock = Drift { wall: daemon.clock.now(), moment: moment() };
    // A firebell that is no more may have said so.
    let house = daemon.writer.run(|store: &Connection| find::house(store)).await;
    let said = house.is_ok_and(|house| house.troubles.goes_on(Kind::Queue, ""));
    let mut pile = Pile { since: None, said };
    let (mut room, mut life) = (Room::of(&daemon).await, Life::of(&daemon).await);
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stopped(stop.clone()) => return,
        }
        let jump = clock.looked(daemon.clock.now(), moment());
        // A story's clock jumps as it likes.
        if let Some(jump) = jump.filter(|_| matches!(daemon.clock, Clock::World)) {
            tell(&daemon, HouseFact::began(Kind::Clock, "", &in_words(jump))).await;
            tell(&daemon, HouseFact::SelfTest(SelfTestFact::Resumed)).await;
        }
        if let Ok(waiting) = daemon.writer.run(wake::waiting).await
            && let Some(fact) = pile.looked(waiting, moment())
        {
            tell(&daemon, fact).await;
        }
        life.looked(&daemon);
        if let Some(fact) = room.looked(daemon.book().limits.free_disk) {
            tell(&daemon, fact).await;
        }
    }
}

async fn tell(daemon: &Daemon, fact: HouseFact) {
    if let Err(error) = note(daemon, fact).await {
        tracing::error!("the house log could not be written: {error}");
    }
}

/// The world's clock and the one that nobody sets, as they were last seen.
struct Drift {
    wall: Timestamp,
    moment: Instant,
}

impl Drift {
    /// How far the one went away from the other, when that is a jump.
    fn looked(&mut self, wall: Timestamp, moment: Instant) -> Option<SignedDuration> {
        let passed = SignedDuration::try_from(moment.duration_since(self.moment)).unwrap_or_default();
        let jump = wall.duration_since(self.wall) - passed;
        (self.wall, self.moment) = (wall, moment);
        (jump.abs() >= JUMP).then_some(jump)
    }
}

fn in_words(jump: SignedDuration) -> String {
    let by = jump.abs().round(Unit::Second).unwrap_or(jump.abs());
    match jump.is_negative() {
        true => format!("it was set back by {by:#}"),
        false => format!("it went forward by {by:#}: it was set, or this machine slept"),
    }
}

/// Mails that wait to be sent, and to be worked on.
pub(super) type Waiting = (u64, u64);

/// Since when too much waits, and whether that was said.
#[derive(Default)]
struct Pile {
    since: Option<Instant>,
    said: bool,
}

impl Pile {
    /// What there is to say. It is over once half of it is done: what goes up and down around the limit is one pile.
    fn looked(&mut self, (out, come): Waiting, now: Instant) -> Option<HouseFact> {
        let limit = if self.said { PILE / 2 } else { PILE };
        if out < limit && come < limit {
            self.since = None;
            return std::mem::take(&mut self.said).then(|| HouseFact::over(Kind::Queue, ""));
        }
        let since = *self.since.get_or_insert(now);
        let lasts = !self.said && now.duration_since(since) >= PATIENCE;
        self.said |= lasts;
        let reason = format!("{out} mails wait to be sent, {come} to be worked on");
        lasts.then(|| HouseFact::began(Kind::Queue, "", &reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_or_a_machine_that_slept_is_seen_and_corrections_are_not() {
        let (start, wall) = (moment(), "2026-11-23T01:00:00Z".parse::<Timestamp>().unwrap());
        let mut clock = Drift { wall, moment: start };
        let (ten, hour) = (Duration::from_secs(10), SignedDuration::from_hours(1));
        assert_eq!(clock.looked(wall + SignedDuration::from_secs(12), start + ten), None);
        let jumped = wall + hour * 3;
        let forward = clock.looked(jumped, start + ten * 2).unwrap();
        assert_eq!(in_words(forward), "it went forward by 2h 59m 38s: it was set, or this machine slept");
        assert_eq!(clock.looked(jumped + SignedDuration::from_secs(10), start + ten * 3), None, "once");
        let back = clock.looked(jumped + SignedDuration::from_secs(20) - hour, start + ten * 4).unwrap();
        assert_eq!(in_words(back), "it was set back by 1h");
    }

    #[tokio::test(start_paused = true)]
    async fn what_piles_up_for_ten_minutes_is_said_once_and_so_is_its_end() {
        let (start, minute) = (moment(), Duration::from_secs(60));
        let mut pile = Pile::default();
        let mut said = Vec::new();
        let waiting = |at: u32| match at {
            0..5 => (600, 0),
            5..6 => (499, 0),
            6..20 => (20, 700),
            20..25 => (300, 300),
            _ => (249, 0),
        };
        for at in 0..40 {
            if let Some(fact) = pile.looked(waiting(at), start + minute * at) {
                said.push((at, fact.line()));
            }
        }
        let began = "more waits than usual: 20 mails wait to be sent, 700 to be worked on".to_owned();
        assert_eq!(said, [(16, began), (25, "what had piled up is done".to_owned())]);
    }
}
