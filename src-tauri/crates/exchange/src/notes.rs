//! What a translation could not carry over.

use std::{collections::HashSet, fmt};

/// The most notes of a translation.
const MAX_NOTES: usize = 1000;
/// The most characters of a foreign text that a note shows.
const MAX_SHOWN: usize = 60;

/// A part of a text that has no counterpart in the other language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Note {
    /// The line, from 1.
    pub line: usize,
    /// What has no counterpart, and why.
    pub message: String,
}

impl Note {
    /// Writes the note as compilers do: `file:line: message`.
    #[must_use]
    pub fn located(&self, file: &str) -> String {
        format!("{file}:{}: {}", self.line, self.message)
    }
}

/// Collects notes, at most [`MAX_NOTES`] of them.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    notes: HashSet<Note>,
    more: usize,
}

impl Notes {
    pub(crate) fn add(&mut self, line: usize, message: impl Into<String>) {
        if self.notes.len() < MAX_NOTES {
            self.notes.insert(Note { line, message: message.into() });
        } else {
            self.more += 1;
        }
    }

    /// Refuses what has notes, with the message of each.
    pub(crate) fn refuse(self) -> Result<(), String> {
        let messages: Vec<String> = self.finish().into_iter().map(|note| note.message).collect();
        if messages.is_empty() { Ok(()) } else { Err(messages.join("; ")) }
    }

    /// The notes in the order of their lines.
    pub(crate) fn finish(self) -> Vec<Note> {
        let mut notes: Vec<Note> = self.notes.into_iter().collect();
        notes.sort();
        if let Some(last) = notes.last().filter(|_| self.more > 0) {
            let (line, more) = (last.line, self.more);
            notes.push(Note { line, message: format!("and {more} more of this kind") });
        }
        notes
    }
}

/// Quotes a foreign text, shortened and without control characters.
pub(crate) fn shown(text: &str) -> impl fmt::Display + use<> {
    let short: String = text.chars().take(MAX_SHOWN).collect();
    let rest = if short.len() < text.len() { "…" } else { "" };
    format!("“{}{rest}”", short.escape_debug())
}
