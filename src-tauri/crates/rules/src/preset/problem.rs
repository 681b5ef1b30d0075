//! A fault of a preset file, with its line and column.

use serde::{Deserialize, Serialize};

/// A problem at one position of a preset file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// The number of characters concerned, where they are on one line.
    pub length: Option<u32>,
    /// The problem and the remedy.
    pub message: String,
    /// The generator that is off because of it.
    pub generator: Option<String>,
}

impl Problem {
    /// Writes the problem as compilers do: `file:line:column: message`.
    #[must_use]
    pub fn located(&self, file: &str) -> String {
        format!("{file}:{}:{}: {}", self.line, self.column, self.message)
    }
}
