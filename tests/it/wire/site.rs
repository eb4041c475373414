//! A site: a folder with a configuration, in which the program is called.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::gateway::Gateway;
use super::store::Store;

/// A configuration of ten lines, and nothing else: the built-in rules and alert formats do the rest.
pub const TEN_LINES: &str = r#"
gateway = { address = "incidents@example.com", operator = "infra" }
mailbox.listen = "127.0.0.1:2525"
relay.smtp = "smtp://127.0.0.1:25"
security.key_file = "firebell.key"

[[party]]
id = "infra"
people = ["kato"]

[[person]]
id = "kato"
addresses = ["kato@example.com"]
"#;

/// Two people, one after the other.
const TWO_PEOPLE: &str = r#"
gateway = { address = "incidents@example.com", operator = "infra" }
mailbox.listen = "127.0.0.1:2525"
relay.smtp = "smtp://127.0.0.1:25"
security.key_file = "firebell.key"
party = [{ id = "infra", people = ["kato", "sato"] }]
person = [{ id = "kato", addresses = ["kato@example.com"] }, { id = "sato", addresses = ["sato@example.com"] }]
service = [{ id = "service-a", responders = ["infra"], policy = "in-turn" }]

[[policy]]
id = "in-turn"
steps = [{ tell = ["person:kato"] }, { after = "1s", tell = ["person:sato"] }, { after = "1h", tell = ["party:infra"] }]
"#;

/// Kato again, with a mailbox and a relay that a test names. Many alerts are no storm: each is its own incident.
const OF_SERVERS: &str = r#"
gateway = { address = "incidents@example.com", operator = "infra", storm_after = 1000 }
MAILBOX
RELAY
security.key_file = "firebell.key"
party = [{ id = "infra", people = ["kato"] }]
person = [{ id = "kato", addresses = ["kato@example.com"] }]
"#;

/// Every alert is one of service A.
const SERVICE_A: &str = r#"
[[rule]]
name = "service-a"
when = { alert.state = "^firing$" }
then = { action = "open", service = "service-a", severity = "sev1" }
"#;

/// A site in a folder of its own, which goes when it is dropped.
pub struct Site {
    folder: TempDir,
}

impl Site {
    /// Kato alone, with a configuration of ten lines.
    pub fn of_ten_lines(relay: u16) -> Self {
        Self::new(TEN_LINES, relay)
    }

    /// The same, where many alerts are no storm: each is an incident of its own.
    pub fn without_storms(relay: u16) -> Self {
        Self::new(
            &TEN_LINES.replace("operator = \"infra\"", "operator = \"infra\", storm_after = 1000"),
            relay,
        )
    }

    /// Kato is paged, a second later Sato, an hour later both.
    pub fn of_two_people(relay: u16) -> Self {
        let site = Self::new(TWO_PEOPLE, relay);
        site.write_rules(SERVICE_A);
        site
    }

    /// Kato alone. Mailbox and relay are given as lines of the configuration, `mailbox.imap = "…"`; the password of all
    /// accounts is in the file `password`.
    pub fn of_servers(mailbox: &str, relay: &str) -> Self {
        Self::written(&OF_SERVERS.replace("MAILBOX", mailbox).replace("RELAY", relay))
    }

    fn new(configuration: &str, relay: u16) -> Self {
        let site = Self::written(&configuration.replace(":2525", ":0"));
        site.use_relay(relay);
        site
    }

    fn written(configuration: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(site.path().join("firebell.toml"), configuration).unwrap();
        site.write_secret("firebell.key", "a key of at least thirty-two characters");
        site.write_secret("password", "secret");
        site
    }

    /// Writes a file that nobody else may read.
    pub fn write_secret(&self, name: &str, secret: &str) {
        let file = self.path().join(name);
        fs::write(&file, format!("{secret}\n")).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Names another relay in the configuration.
    pub fn use_relay(&self, port: u16) {
        let file = self.path().join("firebell.toml");
        let text = fs::read_to_string(&file).unwrap();
        let relay = |line: &str| match line.starts_with("relay.smtp") {
            true => format!("relay.smtp = \"smtp://127.0.0.1:{port}\"\n"),
            false => format!("{line}\n"),
        };
        fs::write(file, text.lines().map(relay).collect::<String>()).unwrap();
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes `rules/site.toml`.
    pub fn write_rules(&self, rules: &str) {
        fs::create_dir_all(self.path().join("rules")).unwrap();
        fs::write(self.path().join("rules/site.toml"), rules).unwrap();
    }

    /// Starts `firebell run`, and returns once it takes mail.
    pub fn start(&self) -> Gateway {
        Gateway::start(self.path())
    }

    /// Starts `firebell run` on a mailbox, and returns once that is open.
    pub fn open(&self) -> Gateway {
        Gateway::open(self.path())
    }

    /// The store as it is on disk.
    pub fn store(&self) -> Store {
        Store::open(self.path().join("data/firebell.db"))
    }

    /// Calls the program once.
    pub fn call(&self, arguments: &[&str]) -> Output {
        firebell(self.path()).args(arguments).output().unwrap()
    }

    /// What a call prints, which has to end well, one JSON object a line.
    pub fn json(&self, arguments: &[&str]) -> Vec<Value> {
        objects(&self.call(arguments))
    }

    /// The one incident, as `firebell show` tells it.
    pub fn incident(&self) -> Value {
        self.json(&["show", "1", "--json"]).remove(0)
    }
}

/// The program, called in a folder.
pub fn firebell(folder: &Path) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_firebell")));
    command.current_dir(folder).env_remove("RUST_LOG").env("NO_COLOR", "1");
    command
}

/// The objects of a call that ended well.
pub fn objects(output: &Output) -> Vec<Value> {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
