//! Edits as they are asked for: what to do, and the path of keys to where.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A step on the way to a value: a table's key or an array's place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Step {
    /// A place, from 0.
    Index(u32),
    /// A key.
    Key(String),
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Edit {
    /// Gives a key a value; creates it and the tables on the way where they are missing. An
    /// object becomes an inline table, or, as a generator or theme, a table of its own.
    Set {
        /// The key.
        path: Vec<Step>,
        /// Its new value; whole numbers stay whole.
        value: Value,
    },
    /// Removes a key or an array's element.
    Remove {
        /// The key or element.
        path: Vec<Step>,
    },
    /// Removes a table together with the comments that belong to it, after another document
    /// has imported it.
    RemoveWithComments {
        /// The table.
        path: Vec<Step>,
    },
    /// Copies a table (a generator, a theme) of another document, with its lines as they are and
    /// the comments that belong to it, where this document's shape allows.
    Import {
        /// The key that gets it.
        path: Vec<Step>,
        /// What the table says.
        value: Value,
        /// The other preset file.
        file: String,
        /// The table's path in that file.
        from: Vec<Step>,
    },
    /// Puts an element into an array, which is created where it is missing.
    Insert {
        /// The array.
        path: Vec<Step>,
        /// The element's place; at or above the length: at the end.
        index: u32,
        /// The element.
        value: Value,
    },
    /// Moves an element of an array.
    Move {
        /// The array.
        path: Vec<Step>,
        /// The element's place.
        from: u32,
        /// Its place afterwards.
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
    /// Copies a table (a generator, a theme) under a new name, directly after it.
    Duplicate {
        /// The table.
        path: Vec<Step>,
        /// The copy's name.
        to: String,
    },
    /// Moves a key of a table (a generator, a theme) to another place in the text, with its
    /// comments. What the text says stays the same; lists follow its order.
    Reorder {
        /// The key.
        path: Vec<Step>,
        /// The key of the same table that follows it afterwards; null: none.
        before: Option<String>,
    },
}

impl Edit {
    /// Where it is made.
    #[must_use]
    pub fn path(&self) -> &[Step] {
        match self {
            Self::Set { path, .. }
            | Self::Remove { path }
            | Self::RemoveWithComments { path }
            | Self::Import { path, .. }
            | Self::Insert { path, .. }
            | Self::Move { path, .. }
            | Self::Rename { path, .. }
            | Self::Duplicate { path, .. }
            | Self::Reorder { path, .. } => path,
        }
    }
}

/// The path with one step more.
pub(crate) fn child(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

/// The step to an array's element.
pub(crate) fn index(index: usize) -> Step {
    Step::Index(u32::try_from(index).unwrap_or(u32::MAX))
}
