//! Owns what transcripts say of incidents that become one or two, and of mails that go to another.

use super::{Reply, ResultView};
use crate::book::Book;
use crate::notice::inner;

/// The phrase for what belongs elsewhere now; what it says goes into the view.
pub(super) fn moved(book: &Book, reply: &Reply, view: &mut ResultView) -> &'static str {
    match reply {
        Reply::Merged(other) => {
            view.other = inner::label(book, *other);
            "merged"
        }
        Reply::Split(from, mails) => {
            (view.other, view.mails) = (inner::label(book, *from), *mails);
            "split"
        }
        Reply::Moved(mails) => {
            view.mails = *mails;
            "moved"
        }
        _ => "nothing",
    }
}
