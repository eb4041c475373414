//! Owns why words that concern clients were not carried out.

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientRefusal {
    /// No client is concerned.
    NoClients,
    /// `client:` without a text.
    NoWords,
    /// A line of the text is a command by itself.
    HasCommand,
    /// The text names another client.
    NamesAnother,
    /// `no need:` without a reason.
    NoReason,
    /// Somebody else answers for that client.
    NotYours,
    /// `approve` or `reject`, and nothing waits.
    NoDraft,
    /// `approve` or `reject` of what was replaced, sent or given up since.
    OutdatedDraft,
    /// `approve` or `reject` without a number, and not in answer to the mail with the draft.
    WhichDraft,
    /// `next` while nothing is broken.
    NothingToPromise,
}

impl ClientRefusal {
    /// Why, in a few words for the timeline.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoClients => "no client is concerned",
            Self::NoWords => "it has no text",
            Self::HasCommand => "a line of the text is a command",
            Self::NamesAnother => "the text names another client",
            Self::NoReason => "it has no reason",
            Self::NotYours => "somebody else answers for the client",
            Self::NoDraft => "no draft waits",
            Self::OutdatedDraft => "that draft waits no more",
            Self::WhichDraft => "which draft is meant is not clear",
            Self::NothingToPromise => "nothing is broken",
        }
    }

    /// The name of its text.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoClients => "refused-no-clients",
            Self::NoWords => "refused-no-words",
            Self::HasCommand => "refused-has-command",
            Self::NamesAnother => "refused-names-another",
            Self::NoReason => "refused-no-reason",
            Self::NotYours => "refused-not-your-client",
            Self::NoDraft => "refused-no-draft",
            Self::OutdatedDraft => "refused-outdated-draft",
            Self::WhichDraft => "refused-which-draft",
            Self::NothingToPromise => "refused-nothing-to-promise",
        }
    }
}
