//! Why an edit is refused.

use crate::{Step, quote};

/// Why a text was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is not TOML.
    #[error("The text isn’t valid TOML. Fix it in the text view first.")]
    NotToml,
    /// There is nothing of this kind at the path.
    #[error("{path} is not in this preset.")]
    Missing {
        /// The path.
        path: String,
    },
    /// A key is asked of what is no table.
    #[error("{path} is no table, so that it has no keys.")]
    NoTable {
        /// The path.
        path: String,
    },
    /// An element is asked of what is no list.
    #[error("{path} is no list.")]
    NoList {
        /// The path.
        path: String,
    },
    /// The name is taken.
    #[error("{path} can’t be called {name:?}: that name exists. Choose another one.")]
    Taken {
        /// The path.
        path: String,
        /// The name.
        name: String,
    },
    /// TOML has no null.
    #[error("A preset has no empty values. Remove the key instead.")]
    Null,
    /// A number that TOML does not have.
    #[error("This number is too large for a preset.")]
    Number,
    /// A list of tables with headers takes tables only.
    #[error("{path} takes tables only.")]
    TablesOnly {
        /// The path.
        path: String,
    },
    /// The whole preset cannot be removed, moved or renamed.
    #[error("This cannot be done to the whole preset.")]
    Root,
    /// The text is in a shape that these changes do not cover.
    #[error("{path} is written in a way that the form cannot change. Change it in the text view.")]
    Shape {
        /// The path.
        path: String,
    },
}

impl EditError {
    pub(crate) fn missing(path: &[Step]) -> Self {
        Self::Missing { path: Self::shown(path) }
    }

    pub(crate) fn shape(path: &[Step]) -> Self {
        Self::Shape { path: Self::shown(path) }
    }

    /// Writes a path as users do: `generators.hero.operations[2]`.
    pub(crate) fn shown(path: &[Step]) -> String {
        let mut text = String::new();
        for step in path {
            match step {
                Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
                Step::Key(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(&quote::key(key));
                }
            }
        }
        if text.is_empty() { "The preset".to_owned() } else { text }
    }
}
