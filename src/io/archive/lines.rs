//! Owns reading a file line by line with bounded memory, whatever is in it.
//! Never knows mail.
//! On failure returns the operating system's error.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};

/// Bytes of a line that are kept. RFC 5322, 2.1.1 allows lines of 998.
pub(super) const KEPT: usize = 4096;

/// The lines of a file from its beginning.
pub(super) struct Lines {
    reader: BufReader<File>,
    /// Byte at which the next line begins.
    pub(super) at: u64,
}

impl Lines {
    /// Reads `buffered` bytes at once.
    pub(super) fn of(file: File, buffered: usize) -> Self {
        Self { reader: BufReader::with_capacity(buffered, file), at: 0 }
    }

    /// Puts the next line with its line end into `line`, its first [`KEPT`] bytes if it is longer. False at the
    /// end of the file.
    pub(super) fn next(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        let kept = self.reader.by_ref().take(KEPT as u64).read_until(b'\n', line)?;
        self.at += kept as u64;
        if kept == KEPT && line.last() != Some(&b'\n') {
            self.at += self.reader.skip_until(b'\n')? as u64;
        }
        Ok(kept > 0)
    }
}

/// Whether a line is empty but for its line end.
pub(super) fn is_empty(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_costs_no_memory_and_is_counted_whole() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("lines");
        let text = ["a\n".to_owned(), "b".repeat(3 * KEPT), "\r\n\nc".to_owned()].concat();
        std::fs::write(&path, &text).unwrap();
        let mut lines = Lines::of(File::open(&path).unwrap(), 10);
        let (mut line, mut seen) = (Vec::new(), Vec::new());
        while lines.next(&mut line).unwrap() {
            seen.push((line.len(), lines.at, is_empty(&line)));
        }
        let long = 2 + 3 * KEPT as u64 + 2;
        assert_eq!(seen, [(2, 2, false), (KEPT, long, false), (1, long + 1, true), (1, long + 2, false)]);
    }
}
