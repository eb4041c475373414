//! Owns the evidence of an incident: a .zip with the mails as they came, their digests, the timeline and the report.
//! On failure the error says what could not be written.

use std::io::{Cursor, Write as _};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use zip::ZipWriter;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use crate::book::Book;
use crate::chronicle::Record;
use crate::incident::words::{self, one_line};
use crate::notice;

/// A mail as it came.
#[derive(Debug, Clone)]
pub struct Original {
    /// Its number in the store.
    pub id: i64,
    /// Its Message-ID.
    pub message_id: String,
    /// When it came.
    pub at: jiff::Timestamp,
    /// Its bytes; none where they are not kept any more.
    pub bytes: Option<Vec<u8>>,
    /// SHA-256 of them when it came; empty where that is not known.
    pub digest: Vec<u8>,
}

impl Original {
    /// What became of its bytes, where they are not what came.
    fn remark(&self) -> &'static str {
        match &self.bytes {
            None => ", not kept any more",
            Some(bytes) if !self.digest.is_empty() && self.digest != Sha256::digest(bytes).as_slice() => {
                ", changed since: a person was erased"
            }
            Some(_) => "",
        }
    }
}

/// The archive. `report` is the report as text.
pub fn archive(book: &Book, record: &Record, mails: &[Original], report: &str) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let mut index = String::from("SHA-256 of each mail as it came, when it came, and its Message-ID\n\n");
    for (number, mail) in (1..).zip(mails) {
        let at = mail.at.to_zoned(book.zone.clone());
        let name = format!("mails/{number:04} {}.eml", at.strftime("%Y-%m-%d %H%M%S"));
        let digest =
            mail.bytes.as_ref().map_or_else(|| mail.digest.clone(), |it| Sha256::digest(it).to_vec());
        let (digest, when) = (HEXLOWER.encode(&digest), at.strftime("%Y-%m-%d %H:%M:%S %Z"));
        let remark = mail.remark();
        index.push_str(&format!("{digest}  {name}  {when}  <{}>{remark}\n", one_line(&mail.message_id)));
        if let Some(bytes) = &mail.bytes {
            zip.start_file(name, options)?;
            zip.write_all(bytes)?;
        }
    }
    zip.start_file("index.txt", options)?;
    zip.write_all(index.as_bytes())?;
    zip.start_file("timeline.txt", options)?;
    zip.write_all(timeline(book, record).as_bytes())?;
    zip.start_file("report.txt", options)?;
    zip.write_all(report.as_bytes())?;
    Ok(zip.finish()?.into_inner())
}

fn timeline(book: &Book, record: &Record) -> String {
    let mut text =
        format!("{} {}\n\n", notice::label(book, record.incident.number), one_line(&record.incident.title));
    for event in &record.events {
        let at = event.at.to_zoned(book.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
        text.push_str(&format!("{at}  {}\n", words::line(event, &book.zone)));
    }
    text
}
