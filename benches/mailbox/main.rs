//! How fast firebell is, on an incident mailbox that is made up: the same one at every run.
//!
//! `cargo bench --bench mailbox` measures everything; `-- import`, `-- arrival` and `-- report` one part, a number says how many mails
//! there are (20,000), and `-- write FILE` only writes them, as an mbox with `>From ` quoted at every depth (mboxrd).
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement that can't go on stops, it reads clocks, and what it finds is printed"
)]

mod alerts;
mod arrival;
mod import;
mod mail;
mod process;
mod random;
mod report;
mod stories;
mod text;
mod wire;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use mail::{Mail, zoned};

fn main() {
    // Cargo says `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let number = arguments.iter().find_map(|word| word.parse().ok());
    let count = number.unwrap_or(20_000);
    let parts: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|word| word.parse::<usize>().is_err()).collect();
    match parts.as_slice() {
        [] => {
            import::measure(count);
            arrival::measure();
            report::measure();
        }
        ["import"] => import::measure(count),
        ["arrival"] => arrival::measure(),
        ["report"] => report::measure(),
        ["write", file] => write(Path::new(file), &stories::mailbox(count)),
        other => panic!("{other:?} is none of `import`, `arrival`, `report`, `write FILE`"),
    }
}

/// Writes mails into an mbox, and says how large they are.
fn write(path: &Path, mails: &[Mail]) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for mail in mails {
        let arrived = zoned(mail.at, 0).strftime("%a %b %e %H:%M:%S %Y").to_string();
        writeln!(file, "From {} {arrived}", mail::GATEWAY).unwrap();
        for line in mail.bytes.split_inclusive(|byte| *byte == b'\n') {
            let unquoted = line.iter().skip_while(|byte| **byte == b'>').copied();
            if unquoted.take(5).eq(*b"From ") {
                file.write_all(b">").unwrap();
            }
            file.write_all(line).unwrap();
        }
        file.write_all(b"\n").unwrap();
    }
    file.flush().unwrap();
    let mut sizes: Vec<usize> = mails.iter().map(|mail| mail.bytes.len()).collect();
    sizes.sort_unstable();
    let all: usize = sizes.iter().sum();
    println!(
        "mailbox: {} mails, {} MB; a mail has {:.1} KB on average, {:.1} KB in the median, {} KB at most",
        sizes.len(),
        all / 1_000_000,
        all as f64 / sizes.len() as f64 / 1e3,
        sizes[sizes.len() / 2] as f64 / 1e3,
        sizes[sizes.len() - 1] / 1000
    );
}
