//! What is logged, and where to.

use std::path::PathBuf;

/// How a program logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// The folder of the log's files; `None`: there are none.
    pub folder: Option<PathBuf>,
    /// What is logged, as directives with a level for each module; empty: what the program chooses.
    pub level: String,
    /// How often a new file is begun.
    pub rotation: LogRotation,
    /// How many files are kept.
    pub keep: usize,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { folder: None, level: String::new(), rotation: LogRotation::Daily, keep: 7 }
    }
}

/// How often a new file of the log is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogRotation {
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// There is one file.
    Never,
}

impl LogRotation {
    /// The name in settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Never => "never",
        }
    }
}
