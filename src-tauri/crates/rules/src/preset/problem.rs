//! A fault of a preset file, with its place.

use serde::{Deserialize, Serialize};

/// What is wrong at one place of a preset file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// How many characters are meant, where they are on one line.
    pub length: Option<u32>,
    /// What is wrong, and what would be right.
    pub message: String,
    /// The generator that is off because of it.
    pub generator: Option<String>,
}

impl Problem {
    /// The problem as compilers write theirs: `file:line:column: message`.
    #[must_use]
    pub fn located(&self, file: &str) -> String {
        format!("{file}:{}:{}: {}", self.line, self.column, self.message)
    }
}
