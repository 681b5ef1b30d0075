//! Preset files and their texts while they are edited.
//!
//! A document is the text of a preset file with the changes that are not saved. Form and text
//! view change the same document. Undo and redo know one history for all documents and
//! annotations of the workspace.

pub use cropmark_preset_edit::{Edit, Step};
use cropmark_rules::preset::{self, PathStep, Problem as RulesProblem};
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
    /// The file that the preset extends and that alone says what this generator is.
    pub from: Option<String>,
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

/// What stands at one place of a preset file and is surely not meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Warning {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// How many characters are meant, where they are on one line.
    pub length: Option<u32>,
    /// What will happen, and what to do instead, as a sentence.
    pub message: String,
    /// The generator concerned; it works.
    pub generator: Option<String>,
    /// The change that mends it, where one certainly does.
    pub fix: Option<Edit>,
}

impl From<preset::Warning> for Warning {
    fn from(warning: preset::Warning) -> Self {
        let preset::Warning { line, column, length, message, generator, fix } = warning;
        let step = |step| match step {
            PathStep::Index(index) => Step::Index(index),
            PathStep::Key(key) => Step::Key(key),
        };
        let fix = fix.map(|fix| {
            let path = fix.path.into_iter().map(step).collect();
            match fix.value {
                Some(value) => Edit::Set { path, value },
                None => Edit::Remove { path },
            }
        });
        Self { line, column, length, message: sentence(&message), generator, fix }
    }
}

/// A preset file by its path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FileArguments {
    /// Below the workspace's folder.
    pub file: String,
}

/// Which preset file is made, and from what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CreateArguments {
    /// Below the workspace's folder.
    pub file: String,
    /// The preset that it begins as; null: one with a single generator.
    pub starter: Option<Starter>,
}

/// A preset to begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Starter {
    /// Every width and format that a page needs.
    Responsive,
    /// The sizes that networks show, with a title.
    Social,
    /// Products on white squares.
    Shop,
    /// Small pictures for lists and grids.
    Thumbnails,
    /// Full detail at 300 dots an inch, and a marked copy.
    Print,
    /// Icons of browsers and home screens.
    Favicons,
    /// JPEG for mails.
    Newsletter,
    /// One, two and three pixels a point, for apps and pages.
    Densities,
    /// Screenshots for manuals.
    Documentation,
}

impl Starter {
    /// All of them, the most used first.
    pub const ALL: [Self; 9] = [
        Self::Responsive,
        Self::Social,
        Self::Shop,
        Self::Thumbnails,
        Self::Print,
        Self::Favicons,
        Self::Newsletter,
        Self::Densities,
        Self::Documentation,
    ];
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
    /// What the files say that it extends, merged, in the same form; null where there are none.
    pub inherited: serde_json::Value,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What it says and surely does not mean.
    pub warnings: Vec<Warning>,
    /// Whether there are changes that are not saved.
    pub dirty: bool,
    /// The text on disk, if another program changed the file since the changes began: the user
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
    /// The text to continue with: the one from disk, the edited one, or a mixture. The document is then
    /// compared with what is on disk now.
    pub text: String,
}

/// A preset file with changes that cannot be saved where it is, or not be kept until the workspace is
/// opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnsavablePreset {
    /// The preset file.
    pub file: String,
    /// Why, as a sentence.
    pub reason: String,
}

/// A copy of a preset file with its changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CopyArguments {
    /// The preset file.
    pub file: String,
    /// The id of the grant of the copy's path.
    pub grant: String,
}

/// The next steps to undo and to redo, as labels.
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
