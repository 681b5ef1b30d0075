//! A text with what it says, and the same after edits.

use serde_json::Value;
use toml::de::DeTable;

use crate::{
    Edit, EditError, Step,
    format::{as_before, inline},
    import,
    lines::patched,
    spans::Spans,
    text::Text,
    value,
};

/// A preset's text that is TOML, parsed once.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    text: String,
    value: Value,
    spans: Spans,
}

/// An edited text that was not parsed yet, with the value that it must have.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    text: String,
    expected: Value,
    /// Where the last edit was made, for its error.
    path: String,
}

impl Source {
    /// Parses a text; `None` where it is not TOML.
    #[must_use]
    pub fn parse(text: String) -> Option<Self> {
        #[cfg(test)]
        crate::parses::add();
        let (value, spans) = {
            let root = DeTable::parse(&text).ok()?;
            (value::of_table(root.get_ref())?, Spans::of_table(root.get_ref()))
        };
        Some(Self { text, value, spans })
    }

    /// Takes a text that was parsed without an error already; `None` where it has a number that
    /// is too large.
    #[must_use]
    pub fn of(text: &str, table: &DeTable<'_>) -> Option<Self> {
        let (value, spans) = (value::of_table(table)?, Spans::of_table(table));
        Some(Self { text: text.to_owned(), value, spans })
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says, as JSON of the same structure. Dates and numbers that JSON does not have are
    /// texts.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Makes all these edits, one after the other. `other` gives the text of another document,
    /// for imports.
    ///
    /// # Errors
    /// Where one of them is not possible.
    pub fn edit(
        &self,
        edits: &[Edit],
        other: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Draft, EditError> {
        let mut draft: Option<Draft> = None;
        let mut edited: Option<Self> = None;
        for edit in edits {
            if let Some(draft) = draft.take() {
                edited = Some(draft.parse()?);
            }
            draft = edited.as_ref().unwrap_or(self).edit_once(edit, other)?;
        }
        Ok(draft.unwrap_or_else(|| {
            let Self { text, value, .. } = edited.unwrap_or_else(|| self.clone());
            Draft { text, expected: value, path: String::new() }
        }))
    }

    /// Makes one edit; `None` where it changes nothing.
    fn edit_once(
        &self,
        edit: &Edit,
        other: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Draft>, EditError> {
        let mut expected = self.value.clone();
        value::change(&mut expected, edit)?;
        if expected == self.value && !matches!(edit, Edit::Reorder { .. }) {
            return Ok(None);
        }
        let path = EditError::shown(edit.path());
        if let Edit::Set { path: scalar, value: new } = edit
            && let Some(text) = self.with_scalar(scalar, new)?
        {
            return Ok(Some(Draft { text, expected, path }));
        }
        if let Edit::Import { path: to, file, from, .. } = edit
            && let Some(lines) = other(file).and_then(|other| import::lines(&other, from, to))
        {
            let text = import::put(&self.text, to, &lines);
            let draft = Draft { text, expected: expected.clone(), path: path.clone() };
            if draft.parse().is_ok() {
                return Ok(Some(draft));
            }
            // The lines mean something else in this document: the value is written instead.
        }
        let mut text = Text::new(&self.text);
        perform(&mut text, &self.value, edit)?;
        Ok(Some(Draft { text: text.into_string(), expected, path }))
    }

    /// Replaces a scalar value, such as a slider's number, by another one: this needs no syntax.
    fn with_scalar(&self, path: &[Step], new: &Value) -> Result<Option<String>, EditError> {
        let Some(span) = self.spans.scalar(path).filter(|_| !new.is_object() && !new.is_array())
        else {
            return Ok(None);
        };
        if value::at(&self.value, path).is_some_and(|old| value::is_same(old, new)) {
            return Ok(Some(self.text.clone()));
        }
        let new = as_before(&self.text[span.clone()], inline(new)?);
        Ok(Some(patched(&self.text, &[(span, new)])))
    }
}

impl Draft {
    /// The edited text, which may still say something else than the edits make of the value.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Parses the text.
    ///
    /// # Errors
    /// Where it does not say what the edits make of the value.
    pub fn parse(&self) -> Result<Source, EditError> {
        let source = Source::parse(self.text.clone());
        self.check(source.as_ref())?;
        source.ok_or(EditError::NotToml)
    }

    /// Checks what its text says, as parsed elsewhere.
    ///
    /// # Errors
    /// Where it is not what the edits make of the value.
    pub fn check(&self, source: Option<&Source>) -> Result<(), EditError> {
        let is_right = source.is_some_and(|source| value::is_same(&source.value, &self.expected));
        is_right.then_some(()).ok_or_else(|| EditError::Shape { path: self.path.clone() })
    }
}

fn perform(text: &mut Text, value: &Value, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Set { path, value: new } | Edit::Import { path, value: new, .. } => {
            text.set(path, value::at(value, path), new)
        }
        Edit::Remove { path } => text.remove(path),
        Edit::RemoveWithComments { path } => text.remove_with_comments(path),
        Edit::Insert { path, index, value: new } => match value::at(value, path) {
            None => text.set(path, None, &Value::Array(vec![new.clone()])),
            Some(_) => text.insert(path, *index as usize, new),
        },
        Edit::Move { path, from, to } => text.move_element(path, *from, *to),
        Edit::Rename { path, to } => {
            text.rename(path, to)?;
            for theme in value::references(value, path) {
                text.set(&theme, value::at(value, &theme), &to.as_str().into())?;
            }
            Ok(())
        }
        Edit::Duplicate { path, to } => text.duplicate(path, to),
        Edit::Reorder { path, before } => text.reorder(path, before.as_deref()),
    }
}
