//! firebell as it is installed: a site in a folder, the release binary, and how much memory it has.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const PEOPLE: &str = r#"
[[party]]
id = "infra"
people = ["kato", "sato"]

[[person]]
id = "kato"
addresses = ["kato@example.com"]

[[person]]
id = "sato"
addresses = ["sato@example.com"]
"#;

/// A site whose mail comes and goes as these lines say.
pub fn site(connections: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let gateway = r#"gateway = { address = "incidents@example.com", operator = "infra" }
security.key_file = "firebell.key""#;
    let file = folder.path().join("firebell.toml");
    fs::write(file, format!("{gateway}\n{connections}\n{PEOPLE}")).unwrap();
    for (name, secret) in
        [("firebell.key", "a key of at least thirty-two characters\n"), ("imap.password", "secret\n")]
    {
        let path = folder.path().join(name);
        fs::write(&path, secret).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    folder
}

/// firebell, called in a folder. What it logs goes into the file `log` there.
pub fn firebell(folder: &Path, arguments: &[&str]) -> Command {
    let log = fs::File::create(folder.join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_firebell"));
    command.current_dir(folder).args(arguments).env_remove("RUST_LOG").env("NO_COLOR", "1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    command
}

/// A process that ends with what measures it.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Memory of a process in MB as the kernel counts it: `VmHWM`, the most it ever had, or `VmRSS`, what it has now.
/// None once it has ended.
pub fn memory(process: u32, which: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}
