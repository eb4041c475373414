//! A relay that keeps what it takes, and stops or refuses where a test says so.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

/// Where a connection may be made to stop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    /// Before the greeting: nothing has been said.
    Greeting,
    /// After the final dot: the mail is kept, its 250 is withheld.
    Dot,
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The recipient in the envelope.
    pub to: String,
    /// The mail, dots unstuffed.
    pub bytes: Vec<u8>,
}

#[derive(Default)]
struct State {
    taken: Vec<Taken>,
    stop_at: Option<At>,
    stopped: usize,
    open: usize,
    most_open: usize,
    cuts: usize,
    refusals: Vec<(String, String)>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Counts a connection until what this gives is dropped.
    fn opened(&self) -> Open<'_> {
        let mut state = self.state();
        state.open += 1;
        state.most_open = state.most_open.max(state.open);
        Open(self)
    }

    /// Whether this mail's 250 is never said.
    fn cuts(&self) -> bool {
        let mut state = self.state();
        let cuts = state.cuts > 0;
        state.cuts = state.cuts.saturating_sub(1);
        cuts
    }

    /// Stays here for as long as connections are to stop at this point.
    fn pass(&self, at: At) {
        let mut state = self.state();
        if state.stop_at == Some(at) {
            state.stopped += 1;
            state = self.changed.wait_while(state, |state| state.stop_at == Some(at)).unwrap();
            state.stopped -= 1;
        }
    }
}

/// A connection.
struct Open<'a>(&'a Shared);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.state().open -= 1;
    }
}

/// A running relay. Its threads wait for connections until the program ends.
pub struct Relay {
    /// Its TCP port.
    pub port: u16,
    shared: Arc<Shared>,
}

impl Relay {
    /// Starts one that takes everything.
    pub fn start() -> Self {
        Self::start_at(0)
    }

    /// Starts one that takes everything, on this port.
    pub fn start_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = serving.clone();
                // An error is a client that is gone.
                thread::spawn(move || serve(stream, &shared).ok());
            }
        });
        Self { port, shared }
    }

    /// From now on connections stop there.
    pub fn stop_at(&self, at: At) {
        self.shared.state().stop_at = Some(at);
    }

    /// Those that have stopped go on, and no other stops.
    pub fn go_on(&self) {
        self.shared.state().stop_at = None;
        self.shared.changed.notify_all();
    }

    /// How many connections stand still.
    pub fn stopped(&self) -> usize {
        self.shared.state().stopped
    }

    /// Answers the next mail to this recipient so, once.
    pub fn refuse(&self, to: &str, reply: &str) {
        self.shared.state().refusals.push((to.to_owned(), reply.to_owned()));
    }

    /// The next mail is kept, and the connection ends in place of its 250.
    pub fn cut_after_dot(&self) {
        self.shared.state().cuts += 1;
    }

    /// How many connections there were at the same time at most.
    pub fn most_connections(&self) -> usize {
        self.shared.state().most_open
    }

    /// All mails that were taken, in order.
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.state().taken.clone()
    }

    /// Those taken for one recipient.
    pub fn taken_for(&self, to: &str) -> Vec<Taken> {
        self.taken().into_iter().filter(|mail| mail.to == to).collect()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.go_on();
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let open = shared.opened();
    stream.set_nodelay(true)?;
    let mut client = BufReader::new(stream);
    shared.pass(At::Greeting);
    client.get_mut().write_all(b"220 relay.example.com ESMTP\r\n")?;
    let mut to = String::new();
    loop {
        let mut line = String::new();
        if client.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let verb = line.trim_end().to_ascii_uppercase();
        let reply = match verb.get(..4) {
            Some("RCPT") => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                refusal(shared, &to).unwrap_or_else(|| "250 2.1.5 Ok".to_owned())
            }
            Some("DATA") => {
                client.get_mut().write_all(b"354 go ahead\r\n")?;
                let bytes = content(&mut client)?;
                shared.state().taken.push(Taken { to: to.clone(), bytes });
                shared.pass(At::Dot);
                if shared.cuts() {
                    return Ok(());
                }
                "250 2.0.0 Ok: kept".to_owned()
            }
            Some("QUIT") => {
                // Who hears the farewell may come again at once.
                drop(open);
                return client.get_mut().write_all(b"221 2.0.0 Bye\r\n");
            }
            _ => "250 2.0.0 Ok".to_owned(),
        };
        client.get_mut().write_all(format!("{reply}\r\n").as_bytes())?;
    }
}

fn refusal(shared: &Shared, to: &str) -> Option<String> {
    let mut state = shared.state();
    let at = state.refusals.iter().position(|(refused, _)| refused == to)?;
    Some(state.refusals.remove(at).1)
}

fn content(client: &mut BufReader<TcpStream>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if client.read_until(b'\n', &mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(bytes);
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
