//! Owns what transcripts say of an incident's report.

use super::{Reply, ResultView};
use crate::book::Book;
use crate::notice::inner;

/// The phrase for what becomes of the report; what it says goes into the view.
pub(super) fn reported(book: &Book, reply: &Reply, view: &mut ResultView) -> &'static str {
    match reply {
        Reply::ReportWanted(people) => {
            view.who = people.iter().map(|person| inner::name(book, person)).collect::<Vec<_>>().join(", ");
            "report-wanted"
        }
        Reply::ReportApproved(draft, copies) => {
            (view.other, view.mails) = (format!("r{draft}"), *copies as u32);
            "report-approved"
        }
        Reply::ReportRejected(draft) => {
            view.other = format!("r{draft}");
            "report-rejected"
        }
        Reply::ActionDone(action) => {
            view.other = format!("A{action}");
            "action-done"
        }
        _ => "nothing",
    }
}
