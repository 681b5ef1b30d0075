//! Changes documents by form or text, and undoes and redoes changes.

use std::sync::Arc;

use cropmark_engine::presets::PresetSource;
use cropmark_preset_edit::EditError;
use cropmark_rules::preset::MAX_BYTES;

use super::{Change, DocumentError, Documents, HistoryEntry, encoding, version::Version};
use crate::{
    ApiError,
    model::{self, Edit},
};

/// The direction of a step through the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Undo,
    Redo,
}

/// The result of an undo or a redo.
#[derive(Debug)]
pub(crate) enum Stepped {
    /// There is nothing to be undone or redone.
    Nothing,
    /// The step on a document was made.
    Done(model::Undone),
    /// The step is about assets: the caller makes it.
    Assets(HistoryEntry),
}

impl Documents {
    /// Changes a document by its form. Blocks.
    pub(crate) fn edit(
        &self,
        file: &str,
        edits: &[Edit],
        label: &str,
        gesture: Option<&str>,
    ) -> Result<model::Document, DocumentError> {
        self.change(file, label, gesture, |before| self.edited(file, before, edits))
    }

    /// Returns a preset with its unsaved changes and with edits that are made for the caller only.
    /// Blocks.
    ///
    /// # Errors
    /// `not_found`; why it cannot be read; or the edits cannot be made.
    pub(crate) fn preset_with(
        &self,
        file: &str,
        edits: &[Edit],
    ) -> Result<Arc<PresetSource>, ApiError> {
        let before = self.version(file)?;
        if edits.is_empty() {
            return Ok(Arc::clone(before.preset()));
        }
        let edited = self.edited(file, &before, edits)?;
        check_length(file, edited.raw())?;
        Ok(Arc::clone(edited.preset()))
    }

    /// Returns the version of a document after these edits.
    fn edited(
        &self,
        file: &str,
        before: &Version,
        edits: &[Edit],
    ) -> Result<Version, DocumentError> {
        let other =
            |file: &str| self.current_version(file).ok().map(|version| version.view().to_owned());
        let edit = || {
            let draft = before.source().ok_or(EditError::NotToml)?.edit(edits, &other)?;
            let version = before.next(encoding::raw(before.raw(), draft.text()));
            draft.check(version.source())?;
            Ok(version)
        };
        edit().map_err(|source| DocumentError::Edit { file: file.to_owned(), source })
    }

    /// Changes a document by its text, which may be anything. Blocks.
    pub(crate) fn set_text(
        &self,
        file: &str,
        text: &str,
        gesture: Option<&str>,
    ) -> Result<model::Document, DocumentError> {
        self.change(file, &format!("Edit the text of {file}"), gesture, |before| {
            Ok(before.next(encoding::raw(before.raw(), text)))
        })
    }

    fn change(
        &self,
        file: &str,
        label: &str,
        gesture: Option<&str>,
        next: impl FnOnce(&Version) -> Result<Version, DocumentError>,
    ) -> Result<model::Document, DocumentError> {
        self.find(file)?;
        let turn = self.turn();
        let before = self.current_version(file)?;
        let version = next(&before)?;
        check_length(file, version.raw())?;
        self.state().change(file, version, label.to_owned(), gesture);
        self.inner.unkept.notify_one();
        self.report_changes(&[file.to_owned()]);
        drop(turn);
        self.document(file)
    }

    /// Returns the version of a document as it is now. Callers that change it hold
    /// [`Documents::turn`].
    pub(super) fn current_version(&self, file: &str) -> Result<Arc<Version>, DocumentError> {
        let state = self.state();
        let document = state.documents.get(file);
        let document = document.ok_or_else(|| DocumentError::NotFound { file: file.to_owned() })?;
        document.check(file)?;
        Ok(Arc::clone(&document.version))
    }

    /// Returns the labels of the next steps to undo and redo.
    pub(crate) fn history(&self) -> model::History {
        self.state().history.labels()
    }

    /// Undoes or redoes the next entry. Blocks.
    pub(crate) fn step(&self, direction: Direction) -> Stepped {
        let _turn = self.turn();
        loop {
            let mut state = self.state();
            let entry = match direction {
                Direction::Undo => state.history.undo(),
                Direction::Redo => state.history.redo(),
            };
            let Some(entry) = entry else { return Stepped::Nothing };
            let Change::Text { file, difference } = &entry.change else {
                drop(state);
                self.report_history();
                return Stepped::Assets(entry);
            };
            let version = state.documents.get(file).map(|document| document.version.clone());
            let text = version.and_then(|version| match direction {
                Direction::Undo => difference.revert(version.raw()),
                Direction::Redo => difference.apply(version.raw()),
            });
            let Some(text) = text else {
                // It is of a text that is not there any more.
                drop(state);
                self.drop_step(&entry, direction);
                continue;
            };
            state.put_text(file, text);
            drop(state);
            self.inner.unkept.notify_one();
            self.report_changes(std::slice::from_ref(file));
            return Stepped::Done(entry.undone());
        }
    }

    /// Removes an entry that could not be undone or redone from the history.
    pub(crate) fn drop_step(&self, entry: &HistoryEntry, direction: Direction) {
        let mut state = self.state();
        match direction {
            Direction::Undo => state.history.drop_undone(entry),
            Direction::Redo => state.history.drop_redone(entry),
        }
        drop(state);
        self.report_history();
    }
}

/// Refuses a text that is too long for a preset.
pub(super) fn check_length(file: &str, raw: &str) -> Result<(), DocumentError> {
    if raw.len() > MAX_BYTES {
        return Err(DocumentError::TooLong { file: file.to_owned(), bytes: raw.len() });
    }
    Ok(())
}
