//! Waiting for what is to be seen.

use std::thread;
use std::time::Duration;

/// How often a state is looked for, and how long after each look: half a minute at least.
const LOOKS: usize = 6_000;
const PAUSE: Duration = Duration::from_millis(5);

/// What `look` finds, as soon as it finds something; fails the test in the words of `what` when it never does.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
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
