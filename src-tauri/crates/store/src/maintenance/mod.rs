//! Maintenance of a workspace: figures, checks, cleaning, export and import.

mod backup;
mod collect;
mod merge;
mod rebuild;
mod statistics;
mod verify;

pub use backup::{Imported, Saved};
pub use collect::Collected;
pub use merge::Merged;
pub use rebuild::Rebuilt;
pub use statistics::{FormatStatistics, Statistics};
pub use verify::Verified;

/// Is called with the number of files that were checked, and of all.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

#[cfg(test)]
mod tests;
