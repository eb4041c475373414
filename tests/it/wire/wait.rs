//! Waiting for what is to be seen.

use std::thread;
use std::time::Duration;

/// How often a state is looked for, and how long after each look: half a minute at least.
const LOOKS: usize = 6_000;
const PAUSE: Duration = Duration::from_millis(5);

/// What `look` finds, as soon as it finds something; fails the test in the words of `what` when it never does.
pub fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    looked_for(LOOKS, what, look)
}

fn looked_for<T>(looks: usize, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..looks {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(PAUSE);
    }
    panic!("waited in vain for {what}");
}

/// Returns once `holds` does.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    wait_for(what, || holds().then_some(()));
}

/// The same for what happens at a full minute of the clock.
pub fn until_the_next_minute(what: &str, mut holds: impl FnMut() -> bool) {
    looked_for(4 * LOOKS, what, || holds().then_some(()));
}
