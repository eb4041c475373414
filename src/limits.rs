//! Owns how much firebell keeps, takes and needs: numbers that a site may set.
//! Never measures anything itself.

use jiff::SignedDuration;

/// How much firebell keeps, takes and needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long the bytes of mails are kept, those that came and those that were sent; None for ever. Timelines are kept
    /// for ever.
    pub keep_mail: Option<SignedDuration>,
    /// With less room than so many bytes on the disk of the store the operator hears of it.
    pub free_disk: u64,
    /// Largest mail of which more than the beginning is taken, in bytes.
    pub largest_mail: usize,
    /// Connections to the listener at the same time.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            keep_mail: Some(SignedDuration::from_hours(2 * 365 * 24)),
            free_disk: 500 << 20,
            largest_mail: LARGEST_MAIL,
            connections: 50,
        }
    }
}

/// The largest mail that can be taken whole, in bytes: what reading one may cost is measured up to here.
pub const LARGEST_MAIL: usize = 50 << 20;
