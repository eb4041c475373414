//! A Dovecot of the tests' own: a folder, ports of this computer, every user with the password `secret`.

use std::fs::{self, File};
use std::net::TcpStream;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use tempfile::TempDir;

use super::client::Client;
use super::imap::{Response, Session};
use super::{certificate, machine, mails, wait_for};

/// In the language of Dovecot 2.3; 2.4 has another one.
const CONFIGURATION: &str = include_str!("dovecot.conf");

/// What starts where nobody is root: everything is one user.
const WITHOUT_ROOT: &str = "
default_internal_user = USER
default_internal_group = GROUP
default_login_user = USER
service imap-login {
  chroot =
}
service anvil {
  chroot =
}
";

/// What a full server says it can do. `start_without` takes some of it away.
const CAPABILITIES: &str = "IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS \
     LIST-EXTENDED LIST-STATUS CONDSTORE QRESYNC ESEARCH WITHIN MOVE SPECIAL-USE";

/// Who owns the mail where the tests run as root: Dovecot lets root own none. `nobody` and `nogroup` of Debian.
const NOBODY: u32 = 65534;

/// A server that runs, or that was stopped by a test. It goes when it is dropped, with all mail.
///
/// A user is any name, usually a whole address, without what stands behind its plus. Names of folders are written as
/// IMAP has them: modified UTF-7, levels separated by dots. A mail in a folder is meant by its place there, from 0.
pub struct Dovecot {
    /// IMAP over TLS from the first byte, at `localhost`.
    pub imaps: u16,
    /// IMAP with STARTTLS, at `localhost` and at 127.0.0.2: there it takes no password before STARTTLS.
    pub imap: u16,
    /// Where it takes mail for everybody.
    pub lmtp: u16,
    folder: TempDir,
    capabilities: String,
    child: Option<Child>,
}

impl Dovecot {
    /// Starts one that can do all that Dovecot can.
    pub fn start() -> Self {
        Self::with("")
    }

    /// Starts one that does not say that it can do this: `IDLE`, `MOVE`, `UIDPLUS`, `SPECIAL-USE`.
    pub fn start_without(missing: &[&str]) -> Self {
        let left: Vec<&str> = CAPABILITIES.split(' ').filter(|word| !missing.contains(word)).collect();
        Self::with(&left.join(" "))
    }

    fn with(capabilities: &str) -> Self {
        let version = machine::succeeds(machine::program("dovecot").arg("--version"));
        assert!(
            version.starts_with("2.3."),
            "the tests know the configuration of Dovecot 2.3, and this is {version}"
        );
        let folder = machine::folder("dovecot.");
        certificate::write(folder.path());
        let mail = folder.path().join("mail");
        fs::create_dir(&mail).unwrap();
        if machine::is_root() {
            chown(mail, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let capabilities = capabilities.to_owned();
        let mut dovecot = Self { imaps: 0, imap: 0, lmtp: 0, folder, capabilities, child: None };
        // A port that was free may not be any more.
        while !dovecot.launched() {
            [dovecot.imaps, dovecot.imap, dovecot.lmtp] = machine::free_ports();
            dovecot.configure();
        }
        dovecot
    }

    fn configure(&self) {
        let id = |option| machine::succeeds(machine::program("id").arg(option)).trim().to_owned();
        let (mut text, mut owner) = (CONFIGURATION.to_owned(), [NOBODY.to_string(), NOBODY.to_string()]);
        if !machine::is_root() {
            text.push_str(&WITHOUT_ROOT.replace("USER", &id("-un")).replace("GROUP", &id("-gn")));
            owner = [id("-u"), id("-g")];
        }
        let text = text
            .replace("FOLDER", &self.folder.path().display().to_string())
            .replace("IMAPS_PORT", &self.imaps.to_string())
            .replace("IMAP_PORT", &self.imap.to_string())
            .replace("LMTP_PORT", &self.lmtp.to_string())
            .replace("MAIL_UID", &owner[0])
            .replace("MAIL_GID", &owner[1])
            .replace("CAPABILITIES", &self.capabilities);
        fs::write(self.path("dovecot.conf"), text).unwrap();
    }

    /// Starts the process, and returns true once it listens; false when somebody else has one of its ports.
    fn launched(&mut self) -> bool {
        if self.imaps == 0 {
            return false;
        }
        let (log, before) = (self.path("log"), self.log().len());
        let output = File::options().append(true).create(true).open(log).unwrap();
        let mut command = machine::program("dovecot");
        command.arg("-F").arg("-c").arg(self.path("dovecot.conf")).stdout(Stdio::null()).stderr(output);
        // A group of its own: what it starts can be ended with it.
        let mut child = command.process_group(0).spawn().unwrap();
        let listens = wait_for("Dovecot to listen", || {
            let log = self.log().split_off(before);
            if child.try_wait().unwrap().is_some() {
                assert!(log.contains("Address already in use"), "Dovecot did not start: {log}");
                return Some(false);
            }
            let listens = || TcpStream::connect(("127.0.0.1", self.lmtp)).is_ok();
            (log.contains("starting up for") && listens()).then_some(true)
        });
        self.child = listens.then_some(child);
        listens
    }

    /// Stops it as its service would be stopped: sessions end, what is kept stays.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let kill = format!("kill -TERM {}", child.id());
            machine::succeeds(Command::new("sh").args(["-c", &kill]));
            wait_for("Dovecot to end", || child.try_wait().unwrap());
            // Sessions would go on until their clients leave. None may be left, and that is well.
            let kill = format!("kill -KILL -{}", child.id());
            let _ = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
        }
    }

    /// Starts it after a stop, on the same ports, with the same mail.
    pub fn start_again(&mut self) {
        assert!(self.child.is_none(), "Dovecot still runs");
        wait_for("Dovecot's ports to be free", || self.launched().then_some(()));
    }

    /// Stops it and starts it again.
    pub fn restart(&mut self) {
        self.stop();
        self.start_again();
    }

    /// The mailbox of `incidents@example.com` as a site's configuration has it: `imaps` (TLS from the first byte) or
    /// `imap` (STARTTLS), the folder's name as people read it.
    pub fn as_mailbox(&self, scheme: &str, folder: &str) -> String {
        let port = if scheme == "imaps" { self.imaps } else { self.imap };
        format!(
            "mailbox.imap = \"{scheme}://incidents@example.com@localhost:{port}/{folder}\"\n\
             mailbox.password_file = \"password\"\nmailbox.ca_file = \"{}\"\n",
            self.ca_file().display()
        )
    }

    /// Where the certificate lies of whom to trust.
    pub fn ca_file(&self) -> PathBuf {
        self.path("ca.pem")
    }

    /// Where it takes log-ins for others (SASL), a Unix socket.
    pub fn auth_socket(&self) -> PathBuf {
        self.path("run/auth-postfix")
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// What happens to mail.
impl Dovecot {
    /// Hands over a mail by LMTP, as a mail server does.
    pub fn deliver(&self, user: &str, mail: &[u8]) {
        let reply = Client::lmtp(self.lmtp).unwrap().mail("sender@example.com", user, mail).unwrap();
        assert!(reply.starts_with("250 "), "{reply}");
    }

    /// Puts a mail into a folder by IMAP, as a mail program does: byte for byte, but for CRLF.
    pub fn append(&self, user: &str, folder: &str, mail: &[u8]) {
        self.log_in(user).append(folder, &mails::with_crlf(mail));
    }

    /// Makes a folder.
    pub fn create_folder(&self, user: &str, folder: &str) {
        self.log_in(user).say(&format!("CREATE \"{folder}\""));
    }

    /// All mails of a folder, byte for byte, without changing anything there.
    pub fn mails(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        self.fetch(user, folder, "BODY.PEEK[]").into_iter().map(|response| response.literal).collect()
    }

    /// The flags of all mails of a folder, `\Seen`, without `\Recent`, which only says that nobody has looked yet.
    pub fn flags(&self, user: &str, folder: &str) -> Vec<Vec<String>> {
        let flags = |response: Response| {
            let flags = response.text.split_once("FLAGS (").and_then(|(_, rest)| rest.split_once(')'));
            let flags = flags.map_or("", |(flags, _)| flags).split_whitespace();
            flags.filter(|flag| *flag != "\\Recent").map(str::to_owned).collect()
        };
        self.fetch(user, folder, "FLAGS").into_iter().map(flags).collect()
    }

    fn fetch(&self, user: &str, folder: &str, what: &str) -> Vec<Response> {
        let mut session = self.log_in(user);
        session.say(&format!("EXAMINE \"{folder}\""));
        let mut responses = session.say(&format!("UID FETCH 1:* ({what})"));
        responses.retain(|response| response.text.contains(" FETCH ("));
        responses
    }

    /// Somebody reads a mail.
    pub fn mark_seen(&self, user: &str, folder: &str, which: usize) {
        self.open(user, folder).say(&format!("STORE {} +FLAGS (\\Seen)", which + 1));
    }

    /// Somebody moves a mail.
    pub fn move_mail(&self, user: &str, from: &str, to: &str, which: usize) {
        self.open(user, from).say(&format!("MOVE {} \"{to}\"", which + 1));
    }

    /// Somebody deletes a mail for good.
    pub fn delete(&self, user: &str, folder: &str, which: usize) {
        let mut session = self.open(user, folder);
        session.say(&format!("STORE {} +FLAGS (\\Deleted)", which + 1));
        session.say("EXPUNGE");
    }

    /// What the server says when a folder is opened: `UIDVALIDITY`, or `UIDNEXT`.
    pub fn status(&self, user: &str, folder: &str, item: &str) -> u32 {
        let responses = self.log_in(user).say(&format!("STATUS \"{folder}\" ({item})"));
        let number = responses[0].text.rsplit_once(&format!("({item} ")).unwrap().1;
        number.trim_end_matches(')').parse().unwrap()
    }

    /// Gives the folder another UIDVALIDITY and its mails other UIDs, as after a restore from a backup without Dovecot's
    /// own files. The server is restarted.
    pub fn new_uidvalidity(&mut self, user: &str, folder: &str) {
        let before = self.status(user, folder, "UIDVALIDITY");
        self.stop();
        let folder_path = match folder {
            "INBOX" => self.path(&format!("mail/{user}/Maildir")),
            _ => self.path(&format!("mail/{user}/Maildir/.{folder}")),
        };
        forget_uids(&folder_path);
        self.start_again();
        assert_ne!(self.status(user, folder, "UIDVALIDITY"), before);
    }

    fn open(&self, user: &str, folder: &str) -> Session {
        let mut session = self.log_in(user);
        session.say(&format!("SELECT \"{folder}\""));
        session
    }

    /// A session of this user, for what has no name here.
    pub fn log_in(&self, user: &str) -> Session {
        Session::log_in(self.imaps, &self.ca_file(), user)
    }
}

fn forget_uids(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name == "dovecot-uidlist" || name.starts_with("dovecot.index") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

impl Drop for Dovecot {
    #[expect(clippy::print_stderr, reason = "a test that fails shows what Dovecot had to say")]
    fn drop(&mut self) {
        // Its processes end as soon as the first one is gone. A proper stop takes a second.
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!(
                "--- what Dovecot logged last:\n{}",
                lines[lines.len().saturating_sub(40)..].join("\n")
            );
        }
    }
}
