//! Mails made to be expensive, each in a process of its own: how long reading takes, and the most memory that process had.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Instant;

use firebell::message;

/// What no mail may take.
const MOST_SECONDS: f64 = 1.0;
const MOST_MEGABYTES: f64 = 256.0 * 1024.0 * 1024.0 / 1e6;

type Make = fn() -> Vec<u8>;

const MAILS: [(&str, Make); 24] = [
    ("nested-multiparts", nested),
    ("nested-mails", || b"Content-Type: message/rfc822\r\n\r\n".repeat(200_000)),
    ("a-million-parts", || multipart(&b"--b\r\n\r\nx\r\n".repeat(1_000_000))),
    ("a-million-boundaries-nearly", || multipart(&b"--bb\r\n\r\nx\r\n".repeat(1_000_000))),
    ("deep-html", || html(&b"<div>".repeat(2_000_000))),
    ("deep-html-within-the-cap", || html(&b"<div>".repeat(50_000))),
    ("paragraphs-within-the-cap", || html(&b"<p>a".repeat(64_000))),
    ("tables-within-the-cap", || {
        html(&[b"<table><tr><td>".repeat(190), b"<tr><td>a".repeat(28_000)].concat())
    }),
    ("broken-html", || html(&b"<table><tr><td><a><b></table>".repeat(9_000))),
    ("html-of-50-mib", || html(&b"<p>a</p><td>b".repeat(4_000_000))),
    ("one-long-line", || text(&b"word ".repeat(10_000_000))),
    ("a-long-line-of-colons", || text(&b"a:".repeat(10_000_000))),
    ("empty-lines", || text(&b"\n".repeat(50_000_000))),
    ("quotes", || text(&b"> ".repeat(25_000_000))),
    ("quoted-lines", || text(&b"> a\n> On 5 May 2026 Ken wrote:\n".repeat(1_000_000))),
    ("attributions", || text(&b"On 5 May 2026, Ken <k@example.jp> wrote:\n".repeat(1_000_000))),
    ("header-blocks", || text(&b"From: a\nSent: b\n".repeat(2_000_000))),
    ("forward-marks", || text(&b"---------- Forwarded message ---------\nFrom: a\n".repeat(900_000))),
    ("long-references", || head(&[b"References: ".to_vec(), b"<a@example.com> ".repeat(600_000)].concat())),
    ("references-within-the-cap", || head(&[b"References: ".to_vec(), b"<a@b> ".repeat(40_000)].concat())),
    ("header-of-10-mb", || head(&b"X-A: b\r\n".repeat(1_250_000))),
    ("encoded-words", || head(&[b"Subject: ".to_vec(), b"=?utf-8?Q?a=?= ".repeat(17_000)].concat())),
    ("base64-of-50-mib", || text_as("base64", &b"YWJj".repeat(13_000_000))),
    ("broken-quoted-printable", || text_as("quoted-printable", &b"= =".repeat(17_000_000))),
];

/// Measures each mail in a process of its own.
pub fn measure() {
    let program = std::env::current_exe().unwrap();
    let mut kept = true;
    for (name, _) in MAILS {
        let output = Command::new(&program).args(["hostile", name]).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        kept &= output.status.success();
        print!("{}", if told.is_empty() { format!("{name:32} died\n") } else { told });
    }
    assert!(kept, "a mail took more than {MOST_SECONDS} s or {MOST_MEGABYTES:.0} MB above its own size");
}

/// Reads one of them here, on a stack as big as that of the program's reading thread.
pub fn one(name: &str) {
    let (_, make) = MAILS.iter().find(|(other, _)| *other == name).unwrap();
    let raw = make();
    let size = raw.len() as f64 / 1e6;
    // Making it took more; from here on the most is counted anew (proc(5), clear_refs). The mail itself is there either way.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");
    let reading = move || {
        let start = Instant::now();
        let message = message::read(&raw);
        (start.elapsed().as_secs_f64(), message.text.len(), message.defects)
    };
    let (seconds, letters, defects) =
        thread::Builder::new().stack_size(64 << 20).spawn(reading).unwrap().join().unwrap();
    let most = memory("VmHWM") - before + size;
    println!(
        "{name:32} {size:6.1} MB {:7.1} ms {most:6.0} MB  text {letters} bytes; {}",
        seconds * 1e3,
        defects.join("; ")
    );
    assert!(seconds <= MOST_SECONDS && most <= MOST_MEGABYTES);
}

/// Memory of this process in MB as the kernel counts it.
fn memory(which: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0 / 1e6
}

fn head(lines: &[u8]) -> Vec<u8> {
    [b"From: a@example.com\r\nSubject: Re: x\r\n", lines, b"\r\n\r\nack\r\n"].concat()
}

fn text(body: &[u8]) -> Vec<u8> {
    [b"From: a@example.com\r\nSubject: Re: x\r\nReferences: <1@x>\r\n\r\n", body].concat()
}

fn text_as(encoding: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("From: a@example.com\r\nSubject: Re: x\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn multipart(body: &[u8]) -> Vec<u8> {
    [b"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", body].concat()
}

fn html(body: &[u8]) -> Vec<u8> {
    [b"From: a@example.com\r\nSubject: Re: x\r\nContent-Type: text/html\r\n\r\n", body].concat()
}

fn nested() -> Vec<u8> {
    let levels =
        (0..100_000).map(|n| format!("Content-Type: multipart/mixed; boundary={n}\r\n\r\n--{n}\r\n"));
    [b"From: a@example.com\r\n".to_vec(), levels.collect::<String>().into_bytes()].concat()
}
