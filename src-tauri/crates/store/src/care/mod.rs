//! Care of a workspace: figures, checks, cleaning, export and import.

mod backup;
mod collect;
mod rebuild;
mod statistics;
mod verify;

pub use backup::{Imported, Saved};
pub use collect::Collected;
pub use rebuild::Rebuilt;
pub use statistics::{FormatStatistics, Statistics};
pub use verify::Verified;

/// Told how many of how many files were looked at.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

#[cfg(test)]
mod tests;
