//! Owns what is said to the service manager that started firebell (sd_notify(3)): that it is ready, what it is at, that it
//! lives, that it stops.
//! Never waits, and says nothing where nobody asked.
//! On failure nothing is said: a manager that hears nothing restarts us.

use std::env;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The manager, where there is one.
#[derive(Debug, Clone, Default)]
pub struct Manager {
    way: Option<Arc<(UnixDatagram, SocketAddr)>>,
    watchdog: Option<Duration>,
}

impl Manager {
    /// As it named itself in the environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID.
    pub fn of_environment() -> Self {
        let read = |name: &str| env::var(name).unwrap_or_default();
        let ours = |pid: String| pid.is_empty() || pid == std::process::id().to_string();
        Self::named(&read("NOTIFY_SOCKET"), &read("WATCHDOG_USEC"), ours(read("WATCHDOG_PID")))
    }

    fn named(socket: &str, watchdog: &str, watched: bool) -> Self {
        let way = address(socket).and_then(|address| {
            let own = UnixDatagram::unbound().ok()?;
            // A manager that doesn't read is not waited for.
            own.set_nonblocking(true).ok()?;
            Some(Arc::new((own, address)))
        });
        let watchdog =
            watchdog.parse().ok().filter(|micros| watched && *micros > 0).map(Duration::from_micros);
        Self { way, watchdog }
    }

    /// Everything is open: whoever waits for firebell may go on.
    pub fn ready(&self, status: &str) {
        self.say(&format!("READY=1\nSTATUS={}", one_line(status)));
    }

    /// What it is at, for `systemctl status`.
    pub fn status(&self, status: &str) {
        self.say(&format!("STATUS={}", one_line(status)));
    }

    /// It was told to stop, and ends what it is at.
    pub fn stopping(&self) {
        self.say("STOPPING=1\nSTATUS=ending what is under way");
    }

    /// Says that firebell lives for as long as all of its loops go round; for ever.
    pub async fn watch(self, pulse: Pulse) {
        let Some(limit) = self.watchdog.filter(|_| self.way.is_some()) else { return };
        let mut heard = [u64::MAX; LOOPS];
        loop {
            let beats = pulse.beats();
            // One that stands still is enough: what the others do is worth nothing without it.
            if heard.iter().zip(&beats).all(|(heard, beat)| heard != beat) {
                heard = beats;
                self.say("WATCHDOG=1");
            }
            tokio::time::sleep(limit / 4).await;
        }
    }

    fn say(&self, state: &str) {
        if let Some((own, manager)) = self.way.as_deref() {
            let _ = own.send_to_addr(state.as_bytes(), manager);
        }
    }
}

/// How many loops are watched.
pub const LOOPS: usize = 2;

/// A loop whose standing still is the end of firebell's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loop {
    /// Works on mails and on what is due.
    Step,
    /// Hands mails over.
    Deliver,
}

/// How often the loops went round.
#[derive(Debug, Clone, Default)]
pub struct Pulse {
    step: Arc<AtomicU64>,
    deliver: Arc<AtomicU64>,
}

impl Pulse {
    /// A loop goes on.
    pub fn beat(&self, of: Loop) {
        let beats = match of {
            Loop::Step => &self.step,
            Loop::Deliver => &self.deliver,
        };
        beats.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn beats(&self) -> [u64; LOOPS] {
        [self.step.load(Ordering::Relaxed), self.deliver.load(Ordering::Relaxed)]
    }
}

/// A path, or with `@` in front a name in Linux's own space of names.
fn address(socket: &str) -> Option<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = socket.strip_prefix('@') {
        return <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(name).ok();
    }
    socket.starts_with('/').then(|| SocketAddr::from_pathname(socket).ok()).flatten()
}

/// The protocol has a line a word.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    /// A manager that wants a sign of life each 30 s, and its ear.
    fn manager(folder: &tempfile::TempDir) -> (Manager, UnixDatagram) {
        let path = folder.path().join("notify");
        let ear = UnixDatagram::bind(&path).unwrap();
        ear.set_nonblocking(true).unwrap();
        (Manager::named(path.to_str().unwrap(), "30000000", true), ear)
    }

    fn heard(ear: &UnixDatagram) -> Vec<String> {
        let mut heard = Vec::new();
        let mut buffer = [0; 1024];
        while let Ok(length) = ear.recv(&mut buffer) {
            heard.push(String::from_utf8_lossy(buffer.get(..length).unwrap()).into_owned());
        }
        heard
    }

    #[tokio::test(start_paused = true)]
    async fn a_loop_that_stands_still_ends_the_signs_of_life() {
        let folder = tempfile::tempdir().unwrap();
        let (manager, ear) = manager(&folder);
        let pulse = Pulse::default();
        let watching = tokio::spawn(manager.watch(pulse.clone()));
        for _ in 0..8 {
            pulse.beat(Loop::Step);
            pulse.beat(Loop::Deliver);
            tokio::time::sleep(LIMIT / 2).await;
            assert_eq!(heard(&ear).last().map(String::as_str), Some("WATCHDOG=1"));
        }
        for _ in 0..8 {
            pulse.beat(Loop::Deliver);
            tokio::time::sleep(LIMIT / 2).await;
            assert_eq!(heard(&ear), Vec::<String>::new());
        }
        pulse.beat(Loop::Step);
        tokio::time::sleep(LIMIT / 2).await;
        assert_eq!(heard(&ear), ["WATCHDOG=1"]);
        watching.abort();
    }

    #[test]
    fn what_is_said_keeps_to_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let (manager, ear) = manager(&folder);
        manager.ready("takes mail\nWATCHDOG=1");
        manager.stopping();
        let heard = heard(&ear);
        assert_eq!(heard[0], "READY=1\nSTATUS=takes mail WATCHDOG=1");
        assert!(heard[1].starts_with("STOPPING=1\n"));
    }

    #[test]
    fn nothing_is_said_where_nobody_asked() {
        for (socket, watchdog) in [("", ""), ("relative/path", "1"), ("", "30000000")] {
            let manager = Manager::named(socket, watchdog, true);
            assert!(manager.way.is_none(), "{socket}");
            manager.status("lives");
        }
        assert_eq!(Manager::named("/run/x", "30000000", false).watchdog, None, "another process is watched");
        assert_eq!(Manager::named("/run/x", "0", true).watchdog, None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_without_a_file_is_a_way_too() {
        let name = format!("firebell-{}", std::process::id());
        let ear = <SocketAddr as std::os::linux::net::SocketAddrExt>::from_abstract_name(&name).unwrap();
        let ear = UnixDatagram::bind_addr(&ear).unwrap();
        ear.set_nonblocking(true).unwrap();
        Manager::named(&format!("@{name}"), "", true).status("lives");
        assert_eq!(heard(&ear), ["STATUS=lives"]);
    }
}
