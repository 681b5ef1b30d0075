//! Preset files and their texts while they are edited.
//!
//! A document is the text of a preset file with the changes that are not saved. Form and text
//! view change the same document. Undo and redo know one history for all documents and
//! annotations of the workspace.

use cropmark_rules::preset::Problem as RulesProblem;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::sentence;

/// A preset file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PresetFile {
    /// Below the workspace's folder.
    pub file: String,
    /// Its generators, in the order of the file.
    pub generators: Vec<GeneratorInfo>,
    /// Its themes, in the order of the file.
    pub themes: Vec<ThemeInfo>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Whether there are changes that are not saved.
    pub dirty: bool,
    /// Whether the file was changed on disk as well since the changes began.
    pub conflict: bool,
    /// Why it cannot be read at all.
    pub trouble: Option<String>,
}

/// A generator, for lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GeneratorInfo {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is rendered in the background.
    pub eager: bool,
    /// Whether it is off because of a problem.
    pub broken: bool,
    /// The names of its variations (widths, themes' ones as `theme/name`).
    pub variations: Vec<String>,
    /// The formats it writes, as the preset names them.
    pub formats: Vec<String>,
}

/// A theme, for lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ThemeInfo {
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The generator whose sizes it varies.
    pub generator: String,
    /// The names of its variations.
    pub variations: Vec<String>,
}

/// What is wrong at one place of a preset file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// How many characters are meant, where they are on one line.
    pub length: Option<u32>,
    /// What is wrong, and what would be right, as a sentence.
    pub message: String,
    /// The generator that is off because of it.
    pub generator: Option<String>,
}

impl From<RulesProblem> for Problem {
    fn from(problem: RulesProblem) -> Self {
        let RulesProblem { line, column, length, message, generator } = problem;
        // The checker writes for a line of a terminal, behind file and place.
        Self { line, column, length, message: sentence(&message), generator }
    }
}

/// A preset file by its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FileArguments {
    /// Below the workspace's folder.
    pub file: String,
}

/// A preset's text with its changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Document {
    /// The preset file.
    pub file: String,
    /// Rises with each change.
    pub revision: u32,
    /// The text.
    pub text: String,
    /// What it says, as JSON of the same structure as the TOML: also keys that are unknown.
    /// Null where it is no TOML; the form keeps the last one then.
    pub value: serde_json::Value,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Whether there are changes that are not saved.
    pub dirty: bool,
    /// The text on disk, if somebody else changed the file since the changes began: the person
    /// chooses by `resolve_conflict`.
    pub conflict: Option<String>,
}

/// Changes of a document by its form: keys, comments and order stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct EditArguments {
    /// The preset file.
    pub file: String,
    /// The changes, all or none.
    pub edits: Vec<Edit>,
    /// What is done, for 'Undo …': `Change quality`.
    pub label: String,
    /// Changes with the same gesture (a slider's drag) are undone together.
    pub gesture: Option<String>,
}

/// A step on the way to a value: a table's key or an array's place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum Step {
    /// A place, from 0.
    Index(u32),
    /// A key.
    Key(String),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Edit {
    /// Gives a key a value; makes it and the tables on the way where they are missing. An object
    /// becomes an inline table, or, as a generator or theme, a table of its own.
    Set {
        /// Where.
        path: Vec<Step>,
        /// What; whole numbers stay whole.
        value: serde_json::Value,
    },
    /// Removes a key or an array's element.
    Remove {
        /// Which.
        path: Vec<Step>,
    },
    /// Gives a key the table (a generator, a theme) of another document, written as it is there
    /// with the comments that belong to it, where this document's shape allows.
    Adopt {
        /// Where.
        path: Vec<Step>,
        /// What it says there.
        value: serde_json::Value,
        /// The other preset file.
        file: String,
        /// Where in that.
        from: Vec<Step>,
    },
    /// Removes a key that another document has adopted: its comments have gone there too.
    Give {
        /// Which.
        path: Vec<Step>,
    },
    /// Puts an element into an array, which is made where it is missing.
    Insert {
        /// The array.
        path: Vec<Step>,
        /// Before which place; at or above the length: at the end.
        index: u32,
        /// The element.
        value: serde_json::Value,
    },
    /// Moves an element of an array.
    Move {
        /// The array.
        path: Vec<Step>,
        /// From this place.
        from: u32,
        /// To this place, as it is afterwards.
        to: u32,
    },
    /// Gives a key another name; its place and comments stay. References (a theme's generator)
    /// follow.
    Rename {
        /// The key.
        path: Vec<Step>,
        /// Its new name.
        to: String,
    },
    /// Copies a table (a generator, a theme) under a new name, to stand after it.
    Duplicate {
        /// The table.
        path: Vec<Step>,
        /// The copy's name.
        to: String,
    },
    /// Moves a key of a table (a generator, a theme) to another place in the text, comments
    /// with it. What the text says stays the same; lists follow its order.
    Reorder {
        /// The key.
        path: Vec<Step>,
        /// Before which key of the same table; null: after all of them.
        before: Option<String>,
    },
}

/// A new text of a document, from the text view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetTextArguments {
    /// The preset file.
    pub file: String,
    /// The whole text.
    pub text: String,
    /// Changes with the same gesture (typing without a pause) are undone together.
    pub gesture: Option<String>,
}

/// How a conflict ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ResolveArguments {
    /// The preset file.
    pub file: String,
    /// The text to go on with: the one from disk, one's own, or a mixture. The document is then
    /// compared with what is on disk now.
    pub text: String,
}

/// What can be undone and redone, in a person's words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct History {
    /// The next to be undone.
    pub undo: Option<String>,
    /// The next to be redone.
    pub redo: Option<String>,
}

/// What an undo or a redo touched, so that the window can show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Undone {
    /// What was done.
    pub label: Option<String>,
    /// The preset file, if it was about one.
    pub file: Option<String>,
    /// The assets, if it was about some.
    pub assets: Vec<u32>,
}
