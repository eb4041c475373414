//! Reports as PDF: what a reader finds in one, as text, and nothing in it that only the house may know. Run by
//! `cargo test --features pdf --test it pdf`; the files in `tests/pdf` are written with `UPDATE=1`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use firebell::document;
use firebell::rehearsal::Rehearsal;

/// Fonts that tests/run installs: one without Japanese letters first.
const FONTS: [&str; 2] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn extracted(pdf: &Path, with: &str, more: &[&str]) -> String {
    let said = Command::new(with).args(more).arg(pdf).arg("-").output();
    let said = said.unwrap_or_else(|error| panic!("{with} is missing, tests/run installs it: {error}"));
    String::from_utf8(said.stdout).unwrap()
}

#[test]
fn a_report_as_pdf_says_what_the_mail_says_and_holds_no_internal_word() {
    let fonts: Vec<Arc<Vec<u8>>> = FONTS
        .iter()
        .map(|font| Arc::new(fs::read(font).unwrap_or_else(|_| panic!("{font} is missing"))))
        .collect();
    let story = fs::read_to_string(tests().join("papers/report.txt")).unwrap();
    let reports = Rehearsal::new(&story, None).unwrap().reports(&tests().join("papers")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for report in reports {
        let bytes = document::pdf(&report.document, &[], &fonts).unwrap();
        assert_eq!(
            Some(&bytes),
            document::pdf(&report.document, &[], &fonts).as_ref(),
            "it is the same each time"
        );
        let file = folder.path().join("report.pdf");
        fs::write(&file, &bytes).unwrap();
        let text = extracted(&file, "pdftotext", &["-layout"]);
        let metadata = Command::new("pdfinfo").arg(&file).output().unwrap();
        let metadata = String::from_utf8(metadata.stdout).unwrap();
        for secret in &report.secrets {
            assert!(!text.contains(secret.as_str()), "`{secret}` stands in {}", report.name);
            assert!(
                !metadata.contains(secret.as_str()),
                "`{secret}` stands in the metadata of {}",
                report.name
            );
        }
        let kept = tests().join("pdf").join(format!("{}.txt", report.name));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&kept, &text).unwrap();
        }
        assert_eq!(fs::read_to_string(&kept).unwrap_or_default(), text, "{}", report.name);
    }
}

#[test]
fn without_a_font_there_is_no_pdf_and_with_one_that_is_none_neither() {
    let story = fs::read_to_string(tests().join("papers/report.txt")).unwrap();
    let reports = Rehearsal::new(&story, None).unwrap().reports(&tests().join("papers")).unwrap();
    let document = &reports.first().unwrap().document;
    assert_eq!(document::pdf(document, &[], &[]), None);
    assert_eq!(document::pdf(document, &[], &[Arc::new(b"no font".to_vec())]), None);
}
