//! What systemd is told by the service it started, and the unit that says how to start it.

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;

use super::gateway::Gateway;
use super::relay::Relay;
use super::site::{Site, firebell};
use super::until;

/// Everything that is said to a manager, as it comes.
fn listening(socket: UnixDatagram) -> Arc<Mutex<String>> {
    let heard = Arc::new(Mutex::new(String::new()));
    let hearing = heard.clone();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length) = socket.recv(&mut buffer) {
            hearing.lock().unwrap().push_str(&format!("{}\n", String::from_utf8_lossy(&buffer[..length])));
        }
    });
    heard
}

/// Fault 20.
#[test]
fn systemd_hears_that_firebell_is_ready_lives_and_stops_and_nothing_once_a_loop_stands_still() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let socket = site.path().join("notify");
    let heard = listening(UnixDatagram::bind(&socket).unwrap());
    let count = || heard.lock().unwrap().matches("WATCHDOG=1").count();
    let mut run = firebell(site.path());
    run.arg("run").env("NOTIFY_SOCKET", &socket).env("WATCHDOG_USEC", "20000000");
    let mut gateway = Gateway::of(&mut run).taking_mail();
    until("ready and alive", || {
        heard.lock().unwrap().starts_with("READY=1\nSTATUS=takes mail") && count() > 0
    });
    gateway.signal("TERM");
    assert_eq!(gateway.end().code(), Some(0));
    until("the stop to be said", || heard.lock().unwrap().contains("STOPPING=1\n"));
}

#[test]
fn the_unit_that_init_prints_is_one_that_systemd_understands() {
    let folder = tempfile::tempdir().unwrap();
    let printed = firebell(folder.path()).args(["init", "--systemd"]).output().unwrap();
    assert_eq!(printed.status.code(), Some(0));
    let unit = folder.path().join("firebell.service");
    std::fs::write(&unit, &printed.stdout).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "it only prints");
    let Ok(verified) = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output()
    else {
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(!said.contains("firebell.service:"), "{said}");
}
