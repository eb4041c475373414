//! What other people's servers need of this computer: programs, free ports, short folders, a user who may do all.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Debian keeps mail programs in sbin, which need not be in everybody's path.
pub fn program(name: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(name);
    command.env("PATH", format!("{path}:/usr/sbin")).stdin(Stdio::null());
    command
}

/// Runs it, and gives what it prints; fails the test in its words.
pub fn succeeds(command: &mut Command) -> String {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; tests/run installs it"));
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {out}{error}");
    out.into_owned()
}

/// A shell script that root runs; `arguments` are its `$1`, `$2`, ….
pub fn as_root(script: &str, arguments: &[&str]) -> Command {
    let mut command = program(if is_root() { "sh" } else { "sudo" });
    if !is_root() {
        command.args(["-n", "sh"]);
    }
    command.args(["-c", script, "sh"]).args(arguments);
    command
}

/// Fails the test where nobody can become root.
pub fn needs_root() {
    assert!(
        as_root("true", &[]).output().is_ok_and(|output| output.status.success()),
        "only root can start Postfix: run the tests as root, or as a user whom sudo asks for no password"
    );
}

/// Whether the tests run as root.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A folder that every user can enter. Its path is short: that of a Unix socket may have 107 bytes.
pub fn folder(prefix: &str) -> TempDir {
    let folder = tempfile::Builder::new().prefix(prefix).tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Ports that nobody listened on a moment ago.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
