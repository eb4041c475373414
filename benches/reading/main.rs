//! How fast mails are read, beside the parser alone; and what hostile mails cost. The mails are made up: the same ones
//! at every run.
//!
//! `cargo bench --bench reading` measures everything; `-- speed` and `-- hostile` one part, `-- speed KIND` the kinds
//! of mail that hold this word, `-- hostile NAME` one mail in this process.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement that can't go on stops, it reads clocks, and what it finds is printed"
)]

mod hostile;
mod mails;
mod speed;

fn main() {
    // Cargo says `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {
            speed::measure("");
            hostile::measure();
        }
        ["speed"] => speed::measure(""),
        ["speed", kind] => speed::measure(kind),
        ["hostile"] => hostile::measure(),
        ["hostile", name] => hostile::one(name),
        other => panic!("{other:?} is none of `speed`, `speed KIND`, `hostile`, `hostile NAME`"),
    }
}
