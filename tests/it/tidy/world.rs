//! Owns the first law: nothing above `io` reads a clock, a file, a socket, the environment or random numbers,
//! and in the edges one file alone reads the clock.

use super::path::{self, Path};
use super::source::File;
use super::{Breach, Tree, lines_with};

/// What the core may not use, by the beginnings of paths.
const WORLD: [&str; 18] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::path",
    "std::io::stdin",
    "std::io::stdout",
    "std::io::stderr",
    // Their order is random.
    "std::collections::HashMap",
    "std::collections::HashSet",
    "tokio",
    "rusqlite",
    "tracing",
    "tracing_subscriber",
    "getrandom",
    "rand",
    "fastrand",
];

/// What of it is a value like any other: it opens no socket.
const VALUES: [&str; 4] =
    ["std::net::IpAddr", "std::net::Ipv4Addr", "std::net::Ipv6Addr", "std::net::SocketAddr"];

/// What tells the time.
const CLOCKS: [&str; 4] = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];

/// The one file that may ask them.
const CLOCK: &str = "src/io/clock.rs";

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    let core = tree.core().flat_map(of_core);
    core.chain(tree.files.iter().flat_map(clocks)).collect()
}

fn of_core(file: &File) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for path in path::all(&file.code) {
        if VALUES.iter().any(|value| path.begins(value)) {
            continue;
        }
        if let Some(world) = WORLD.iter().find(|world| path.begins(world)) {
            breaches.push(Breach::at(file, path.line, format!("`{world}` belongs under src/io")));
        } else if reads_time(&path) && !is_clock(&path) {
            breaches.push(Breach::at(
                file,
                path.line,
                format!("`{}` belongs in {CLOCK}", path.words.join("::")),
            ));
        }
    }
    for print in ["println", "eprintln", "print", "eprint"] {
        let lines = lines_with(&file.code, &format!("{print} !"));
        breaches.extend(
            lines.into_iter().map(|line| Breach::at(file, line, format!("`{print}!` belongs under src/cli"))),
        );
    }
    breaches
}

/// Anything called `now`, and the zone of the machine.
fn reads_time(path: &Path) -> bool {
    (path.ends("now") && path.words.len() > 1)
        || path.ends("TimeZone::system")
        || path.ends("TimeZone::try_system")
}

fn is_clock(path: &Path) -> bool {
    CLOCKS.iter().any(|clock| path.ends(clock))
}

fn clocks(file: &File) -> Vec<Breach> {
    let paths = path::all(&file.code).into_iter().filter(|path| file.path != CLOCK && is_clock(path));
    paths
        .map(|path| Breach::at(file, path.line, format!("`{}` belongs in {CLOCK}", path.words.join("::"))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        found(breaches, &[("src/lib.rs", "mod rules; mod io; mod cli;"), (path, text)])
    }

    #[test]
    fn the_core_touches_nothing_of_the_world() {
        for world in WORLD {
            assert_eq!(
                of("src/rules/title.rs", &format!("\nuse {world}::x;")),
                [format!("src/rules/title.rs:2: `{world}` belongs under src/io")]
            );
            assert_eq!(of("src/io/files.rs", &format!("use {world}::x;")).len(), 0);
            assert_eq!(of("src/cli.rs", &format!("use {world}::x;")).len(), 0);
        }
        assert_eq!(
            of("src/rules.rs", "use std::{\n    fmt, fs::{self, File},\n};"),
            ["src/rules.rs:2: `std::fs` belongs under src/io"; 2]
        );
    }

    #[test]
    fn the_core_may_read_an_address_but_not_look_one_up() {
        assert_eq!(
            of("src/rules.rs", "use std::net::{IpAddr, SocketAddr}; f::<std::net::Ipv6Addr>()").len(),
            0
        );
        assert_eq!(of("src/rules.rs", "use std::net::{IpAddr, ToSocketAddrs};").len(), 1);
    }

    #[test]
    fn the_core_prints_nothing() {
        assert_eq!(
            of("src/rules.rs", "\nfn f() { println!() }"),
            ["src/rules.rs:2: `println!` belongs under src/cli"]
        );
        assert_eq!(of("src/cli.rs", "fn f() { println!() }").len(), 0);
        assert_eq!(of("src/rules.rs", "fn f() { writeln!(println) }").len(), 0);
    }

    #[test]
    fn one_file_reads_the_clock() {
        for path in ["src/rules.rs", "src/io/daemon.rs", "src/cli.rs"] {
            assert_eq!(
                of(path, "\nlet at = jiff::Timestamp::now();"),
                [format!("{path}:2: `jiff::Timestamp::now` belongs in src/io/clock.rs")]
            );
            assert_eq!(of(path, "map(Instant::now)").len(), 1);
        }
        assert_eq!(of(CLOCK, "SystemTime::now()").len(), 0);
    }

    #[test]
    fn the_core_has_no_other_clock_either() {
        assert_eq!(of("src/rules.rs", "Local::now()").len(), 1);
        assert_eq!(of("src/rules.rs", "TimeZone::system()").len(), 1);
        assert_eq!(of("src/rules.rs", "fn f(now: Timestamp) { g(now) }").len(), 0);
        assert_eq!(of("src/rules.rs", "#[cfg(test)]\nmod tests { fn f() { Timestamp::now() } }").len(), 0);
    }
}
