//! Owns a pretended IMAP server with one folder, and what it does wrong.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::config::remote::Security;
use crate::io::net::Server as Remote;
use crate::io::net::tests::loopback::Certified;

type Stream = BufReader<TlsStream<TcpStream>>;

/// What is wrong with the answer that has a mail's bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Odd {
    /// It is no IMAP.
    Unparseable,
    /// It announces four gibibytes, and they never come.
    Huge,
    /// The mail is as large as that; only its head is looked at.
    Large(u32),
    /// The connection ends within the bytes.
    Half,
    /// The server says good-bye instead.
    Bye,
}

#[derive(Default)]
struct State {
    mails: BTreeMap<u32, Vec<u8>>,
    odd: BTreeMap<u32, (Odd, bool)>,
    /// Commands that begin so are answered like that.
    refused: BTreeMap<String, String>,
    /// Other folders, and the one that is selected if it is one of them.
    others: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    selected: Option<String>,
    /// Commands that begin so are not answered any more.
    silent: Vec<String>,
    /// Beside IMAP4rev1.
    can: String,
    /// When all of its mails arrived, unless it is just before the story.
    arrived: Option<String>,
    /// UIDVALIDITY, and by how much it grows each time that the folder is selected.
    validity: (u32, u32),
    /// What is used of the account's 1,000 MiB.
    used: u32,
    /// What other folders got.
    copies: Vec<u32>,
    heard: Vec<String>,
    looked: usize,
    connections: usize,
    most: usize,
}

impl State {
    fn new() -> Self {
        Self { can: "IDLE MOVE UIDPLUS".to_owned(), validity: (1, 0), ..Self::default() }
    }
}

/// The server; it ends with the test.
pub(super) struct Server {
    certified: Arc<Certified>,
    port: u16,
    state: Arc<Mutex<State>>,
    hang_up: Arc<Notify>,
    serving: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let certified = Arc::new(Certified::by_openssl("127.0.0.1"));
        let (state, hang_up) = (Arc::new(Mutex::new(State::new())), Arc::new(Notify::new()));
        let serving = tokio::spawn(serve(listener, certified.acceptor(), state.clone(), hang_up.clone()));
        Self { certified, port, state, hang_up, serving }
    }

    pub(super) fn remote(&self) -> Remote {
        let trust = self.certified.trust();
        Remote { host: "127.0.0.1".to_owned(), port: self.port, security: Security::Tls, trust }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// These mails come into the folder.
    pub(super) fn has(&self, mails: &[(u32, Vec<u8>)]) {
        self.state().mails.extend(mails.iter().cloned());
    }

    /// Whenever this mail is asked for.
    pub(super) fn does(&self, uid: u32, odd: Odd) {
        self.state().odd.insert(uid, (odd, false));
    }

    /// The first time that this mail is asked for.
    pub(super) fn does_once(&self, uid: u32, odd: Odd) {
        self.state().odd.insert(uid, (odd, true));
    }

    /// All its mails arrived then.
    pub(super) fn arrived(&self, at: &str) {
        self.state().arrived = Some(at.to_owned());
    }

    /// These mails come into another folder; `Spam` is marked as the one for junk, `Sent` as the one for sent mail.
    pub(super) fn has_in(&self, folder: &str, mails: &[(u32, Vec<u8>)]) {
        self.state().others.entry(folder.to_owned()).or_default().extend(mails.iter().cloned());
    }

    /// Commands that begin so are answered like that from now on, or no more.
    pub(super) fn refuses(&self, command: &str, answer: Option<&str>) {
        let mut state = self.state();
        match answer {
            Some(answer) => state.refused.insert(command.to_owned(), answer.to_owned()),
            None => state.refused.remove(command),
        };
    }

    /// Commands that begin so are not answered from now on, or are again.
    pub(super) fn keeps_silent(&self, command: Option<&str>) {
        self.state().silent = command.into_iter().map(str::to_owned).collect();
    }

    /// What it can do.
    pub(super) fn can(&self, all: &str) {
        all.clone_into(&mut self.state().can);
    }

    /// It numbers its mails anew whenever the folder is selected.
    pub(super) fn renumbers(&self) {
        self.state().validity.1 = 1;
    }

    /// So much is used of the account's 1,000 MiB.
    pub(super) fn uses(&self, used: u32) {
        self.state().used = used;
    }

    /// What was copied to other folders.
    pub(super) fn copies(&self) -> Vec<u32> {
        self.state().copies.clone()
    }

    /// Ends the connection that there is.
    pub(super) fn hang_up(&self) {
        self.hang_up.notify_one();
    }

    /// All commands so far, without their tags.
    pub(super) fn heard(&self) -> Vec<String> {
        self.state().heard.clone()
    }

    /// Returns once a command that begins so has come since the last one that was waited for.
    pub(super) async fn heard_last(&self, command: &str) {
        loop {
            {
                let mut state = self.state();
                let looked = state.looked;
                if let Some(at) = state.heard.iter().skip(looked).position(|line| line.starts_with(command)) {
                    state.looked = looked + at + 1;
                    return;
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Most connections that there were at the same time.
    pub(super) fn most_at_once(&self) -> usize {
        self.state().most
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, state: Arc<Mutex<State>>, hang_up: Arc<Notify>) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        let (acceptor, state, hang_up) = (acceptor.clone(), state.clone(), hang_up.clone());
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            {
                let mut state = state.lock().unwrap();
                state.connections += 1;
                state.most = state.most.max(state.connections);
            }
            tokio::select! {
                _ = converse(BufReader::new(stream), &state) => (),
                () = hang_up.notified() => (),
            }
            state.lock().unwrap().connections -= 1;
        });
    }
}

/// Speaks until either side has enough.
async fn converse(mut stream: Stream, state: &Mutex<State>) -> std::io::Result<()> {
    stream.write_all(b"* OK hello\r\n").await?;
    let mut line = String::new();
    loop {
        stream.flush().await?;
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let Some((tag, command)) = line.trim_end().split_once(' ') else { return Ok(()) };
        let answer = answer(command, &mut state.lock().unwrap());
        stream.write_all(&answer.bytes).await?;
        match answer.then {
            Then::Ok => stream.write_all(format!("{tag} OK done\r\n").as_bytes()).await?,
            Then::Refused(words) => stream.write_all(format!("{tag} {words}\r\n").as_bytes()).await?,
            Then::HangUp => return stream.flush().await,
            Then::Silence => {
                stream.flush().await?;
                stream.read_line(&mut String::new()).await?;
                return Ok(());
            }
            Then::Idle => {
                let tag = tag.to_owned();
                stream.flush().await?;
                stream.read_line(&mut String::new()).await?;
                stream.write_all(format!("{tag} OK done\r\n").as_bytes()).await?;
            }
        }
    }
}

enum Then {
    Ok,
    Refused(String),
    HangUp,
    Silence,
    Idle,
}

struct Answer {
    bytes: Vec<u8>,
    then: Then,
}

fn answer(command: &str, state: &mut State) -> Answer {
    state.heard.push(command.to_owned());
    if let Some((_, words)) = state.refused.iter().find(|(begin, _)| command.starts_with(begin.as_str())) {
        return Answer { bytes: Vec::new(), then: Then::Refused(words.clone()) };
    }
    if state.silent.iter().any(|begin| command.starts_with(begin.as_str())) {
        let bytes = if command == "IDLE" { b"+ idling\r\n".to_vec() } else { Vec::new() };
        return Answer { bytes, then: Then::Silence };
    }
    let ok = |text: String| Answer { bytes: text.into_bytes(), then: Then::Ok };
    let words: Vec<&str> = command.split(' ').collect();
    match words.as_slice() {
        ["CAPABILITY"] => ok(format!("* CAPABILITY IMAP4rev1 {}\r\n", state.can)),
        ["LIST", ..] => {
            let folders = state.others.keys().map(String::as_str).chain(["INBOX"]);
            let marked = |folder: &str| match folder {
                "Spam" => "\\Junk",
                "Sent" => "\\Sent",
                _ => "\\HasNoChildren",
            };
            ok(folders.map(|folder| format!("* LIST ({}) \"/\" {folder}\r\n", marked(folder))).collect())
        }
        ["SELECT", folder] => {
            let folder = folder.trim_matches('"').to_owned();
            state.selected = Some(folder).filter(|folder| state.others.contains_key(folder));
            let mails = selected(state);
            let next = mails.keys().last().map_or(1, |last| last + 1);
            let count = mails.len();
            state.validity.0 += state.validity.1;
            let validity = state.validity.0;
            ok(format!("* {count} EXISTS\r\n* OK [UIDVALIDITY {validity}] x\r\n* OK [UIDNEXT {next}] x\r\n"))
        }
        ["NOOP"] => ok(format!("* {} EXISTS\r\n", selected(state).len())),
        ["IDLE"] => Answer { bytes: b"+ idling\r\n".to_vec(), then: Then::Idle },
        ["UID", "FETCH", range, ..] if range.ends_with(":*") => ok(listed(range, state)),
        ["UID", "FETCH", uid, "(UID", "FLAGS)"] => ok(format!("* 1 FETCH (UID {uid} FLAGS ())\r\n")),
        ["UID", "COPY", uid, _] => {
            state.copies.push(uid.parse().unwrap());
            ok(String::new())
        }
        ["GETQUOTAROOT", folder] => {
            let used = 1024 * state.used;
            ok(format!("* QUOTAROOT {folder} \"\"\r\n* QUOTA \"\" (STORAGE {used} 1024000)\r\n"))
        }
        ["UID", "FETCH", uid, _, part] => fetched(uid.parse().unwrap(), part, state),
        ["UID", "MOVE", uid, _] => {
            state.mails.remove(&uid.parse().unwrap());
            ok(String::new())
        }
        _ => ok(String::new()),
    }
}

/// The mails of the folder that is selected.
fn selected(state: &State) -> &BTreeMap<u32, Vec<u8>> {
    let other = state.selected.as_ref().and_then(|folder| state.others.get(folder));
    other.unwrap_or(&state.mails)
}

fn listed(range: &str, state: &State) -> String {
    let first: u32 = range.trim_end_matches(":*").parse().unwrap();
    let mut rows = String::new();
    for (number, (uid, mail)) in (1..).zip(selected(state)) {
        let size = match state.odd.get(uid) {
            Some((Odd::Large(size), _)) => *size as usize,
            _ => mail.len(),
        };
        if *uid >= first {
            let date = state.arrived.as_deref().unwrap_or("22-Nov-2026 15:59:00 +0000");
            let date = format!("INTERNALDATE \"{date}\"");
            rows.push_str(&format!("* {number} FETCH (UID {uid} RFC822.SIZE {size} {date})\r\n"));
        }
    }
    rows
}

fn fetched(uid: u32, part: &str, state: &mut State) -> Answer {
    let odd = state.odd.get(&uid).copied();
    if odd.is_some_and(|(_, once)| once) {
        state.odd.remove(&uid);
    }
    let mail = selected(state)[&uid].clone();
    let begin = |size: u64| format!("* 1 FETCH (UID {uid} BODY[] {{{size}}}\r\n").into_bytes();
    let whole = |mail: &[u8]| [begin(mail.len() as u64), mail.to_vec(), b")\r\n".to_vec()].concat();
    let (bytes, then) = match odd.map(|(odd, _)| odd) {
        None => (whole(&mail), Then::Ok),
        Some(Odd::Unparseable) => (format!("* 1 FETCH (UID {uid} BODY[] oops) x\r\n").into_bytes(), Then::Ok),
        Some(Odd::Huge) => (begin(4 << 30), Then::Silence),
        Some(Odd::Large(_)) => {
            let limit = part.rsplit('.').next().and_then(|end| end.strip_suffix(">)"));
            let limit: usize = limit.unwrap().parse().unwrap();
            let head: Vec<u8> = mail.iter().copied().chain(std::iter::repeat(b'x')).take(limit).collect();
            let bytes =
                [format!("* 1 FETCH (UID {uid} BODY[]<0> {{{limit}}}\r\n").into_bytes(), head].concat();
            ([bytes, b")\r\n".to_vec()].concat(), Then::Ok)
        }
        Some(Odd::Half) => {
            let half = mail.split_at(mail.len() / 2).0;
            ([begin(mail.len() as u64), half.to_vec()].concat(), Then::HangUp)
        }
        Some(Odd::Bye) => (b"* BYE AccessTokenExpired\r\n".to_vec(), Then::HangUp),
    };
    Answer { bytes, then }
}
