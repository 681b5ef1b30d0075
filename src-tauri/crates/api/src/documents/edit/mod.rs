//! Changes of a preset's text by its form, without loss: what is not concerned stays byte for
//! byte.
//!
//! The text itself is patched, at the places that its syntax tells; nothing is written anew from
//! a model. After each change the new text is read, and must say exactly what the same change
//! makes of the JSON value: a text in a shape that nobody thought of is refused, never spoilt.

mod adoption;
mod format;
pub(super) mod json;
mod lines;
mod list;
mod order;
mod statements;
mod syntax;
mod text;

use serde_json::Value;

use self::text::Text;
use crate::model::{Edit, Step};

/// Why a text was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EditError {
    /// The text is no TOML.
    #[error("The text is no TOML at the moment. Mend it in the text view first.")]
    NotToml,
    /// There is nothing of this kind at the path.
    #[error("There is no {path} in this preset (any more).")]
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
    #[error("{path} cannot be called {name:?}: that name is taken. Choose another one.")]
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
    pub(super) fn missing(path: &[Step]) -> Self {
        Self::Missing { path: Self::shown(path) }
    }

    /// A path as people write it: `generators.hero.operations[2]`.
    pub(super) fn shown(path: &[Step]) -> String {
        let mut text = String::new();
        for step in path {
            match step {
                Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
                Step::Key(key) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(&format::key(key));
                }
            }
        }
        if text.is_empty() { "The preset".to_owned() } else { text }
    }
}

/// The text with all these changes made, one after the other. `other` is the text of another
/// document.
///
/// # Errors
/// Where one of them is not possible; none is made then.
pub(crate) fn apply(
    text: &str,
    edits: &[Edit],
    other: &dyn Fn(&str) -> Option<String>,
) -> Result<String, EditError> {
    let mut value = json::value(text).ok_or(EditError::NotToml)?;
    let mut text = Text::new(text);
    for edit in edits {
        let mut expected = value.clone();
        json::change(&mut expected, edit)?;
        let is_order = matches!(edit, Edit::Reorder { .. });
        if expected == value && !is_order {
            continue;
        }
        match edit {
            Edit::Adopt { path, file, from, .. } => {
                let lines = other(file).and_then(|other| adoption::lines(&other, from, path));
                let adopted = lines.map(|lines| text.with_table(path, &lines));
                let says_so = |it: &Text| {
                    json::value(it.as_str()).is_some_and(|value| json::same(&value, &expected))
                };
                match adopted.filter(says_so) {
                    Some(adopted) => text = adopted,
                    // It is written in a way that cannot stand here.
                    None => perform(&mut text, &value, edit)?,
                }
            }
            _ => perform(&mut text, &value, edit)?,
        }
        value = json::value(text.as_str())
            .filter(|value| json::same(value, &expected))
            .ok_or_else(|| EditError::Shape { path: EditError::shown(path(edit)) })?;
    }
    Ok(text.into_string())
}

fn path(edit: &Edit) -> &[Step] {
    match edit {
        Edit::Set { path, .. }
        | Edit::Remove { path }
        | Edit::Adopt { path, .. }
        | Edit::Give { path }
        | Edit::Insert { path, .. }
        | Edit::Move { path, .. }
        | Edit::Rename { path, .. }
        | Edit::Duplicate { path, .. }
        | Edit::Reorder { path, .. } => path,
    }
}

fn perform(text: &mut Text, value: &Value, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Set { path, value: new } | Edit::Adopt { path, value: new, .. } => {
            text.set(path, json::at(value, path), new)
        }
        Edit::Remove { path } => text.remove(path),
        Edit::Give { path } => text.give(path),
        Edit::Insert { path, index, value: new } => match json::at(value, path) {
            None => text.set(path, None, &Value::Array(vec![new.clone()])),
            Some(_) => text.insert(path, *index as usize, new),
        },
        Edit::Move { path, from, to } => text.move_element(path, *from, *to),
        Edit::Rename { path, to } => {
            text.rename(path, to)?;
            for theme in json::themes_of(value, path) {
                text.set(&theme, json::at(value, &theme), &to.as_str().into())?;
            }
            Ok(())
        }
        Edit::Duplicate { path, to } => text.duplicate(path, to),
        Edit::Reorder { path, before } => text.reorder(path, before.as_deref()),
    }
}

#[cfg(test)]
mod tests;
