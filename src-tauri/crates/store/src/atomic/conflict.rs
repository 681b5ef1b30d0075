//! What happens where a final name is taken.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What happens where the final name is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conflict {
    /// The new file is called `name-2.ext`, `name-3.ext` …; nothing is ever replaced.
    #[default]
    Unique,
    /// The new file replaces the old one.
    Overwrite,
    /// As [`Conflict::Overwrite`], but equal bytes leave the old file and its time alone.
    IfChanged,
    /// The old file stays.
    Skip,
}

/// What a commit did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is a new file.
    Created,
    /// There is a new file in place of an old one.
    Replaced,
    /// The old file has the same bytes already.
    Unchanged,
    /// The old file was kept as it is.
    Skipped,
}

/// A file under its final name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The name that it got.
    pub path: PathBuf,
    /// How.
    pub outcome: Outcome,
}
