//! Changes of documents, and taking them back.

use cropmark_rules::preset::MAX_BYTES;

use super::{Change, DocumentError, Documents, Entry, edit, encoding, snapshot::Snapshot};
use crate::model::{self, Edit};

/// Back or forth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Undo,
    Redo,
}

/// What came of an undo or a redo.
#[derive(Debug)]
pub(super) enum Stepped {
    /// There is nothing to be undone or redone.
    Nothing,
    /// It is done.
    Done(model::Undone),
    /// It is about assets, which are not known here.
    Assets(Entry),
}

impl Documents {
    /// Changes a document by its form. Blocks.
    pub(super) fn edit(
        &self,
        file: &str,
        edits: &[Edit],
        label: &str,
        gesture: Option<&str>,
    ) -> Result<model::Document, DocumentError> {
        self.change(file, label, gesture, |text| {
            let other = |file: &str| {
                self.snapshot_now(file).ok().map(|snapshot| snapshot.view().to_owned())
            };
            edit::apply(text.view(), edits, &other)
                .map_err(|source| DocumentError::Edit { file: file.to_owned(), source })
        })
    }

    /// Changes a document by its text, which may be anything. Blocks.
    pub(super) fn set_text(
        &self,
        file: &str,
        text: String,
        gesture: Option<&str>,
    ) -> Result<model::Document, DocumentError> {
        self.change(file, &format!("Edit the text of {file}"), gesture, |_| Ok(text))
    }

    fn change(
        &self,
        file: &str,
        label: &str,
        gesture: Option<&str>,
        new: impl FnOnce(&Snapshot) -> Result<String, DocumentError>,
    ) -> Result<model::Document, DocumentError> {
        self.find(file)?;
        let turn = self.turn();
        let before = self.snapshot_now(file)?;
        let raw = encoding::raw(before.raw(), &new(&before)?);
        self.check_length(file, &raw)?;
        self.state().change_text(file, raw, label.to_owned(), gesture);
        self.inner.unkept.notify_one();
        self.tell(&[file.to_owned()]);
        drop(turn);
        self.document(file)
    }

    /// A document's text, for whoever has the turn.
    pub(super) fn snapshot_now(
        &self,
        file: &str,
    ) -> Result<std::sync::Arc<Snapshot>, DocumentError> {
        let state = self.state();
        let document = state.documents.get(file);
        let document = document.ok_or_else(|| DocumentError::NotFound { file: file.to_owned() })?;
        document.check(file)?;
        Ok(std::sync::Arc::clone(&document.text))
    }

    #[expect(clippy::unused_self, reason = "reads as a step of a change")]
    pub(super) fn check_length(&self, file: &str, raw: &str) -> Result<(), DocumentError> {
        if raw.len() > MAX_BYTES {
            return Err(DocumentError::TooLong { file: file.to_owned(), bytes: raw.len() });
        }
        Ok(())
    }

    /// What can be undone and redone.
    pub(super) fn history(&self) -> model::History {
        self.state().history.labels()
    }

    /// Undoes or redoes the next entry. Blocks.
    pub(super) fn step(&self, direction: Direction) -> Stepped {
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
                self.tell_history();
                return Stepped::Assets(entry);
            };
            let text = state.documents.get(file).map(|document| document.text.clone());
            let text = text.and_then(|text| match direction {
                Direction::Undo => difference.revert(text.raw()),
                Direction::Redo => difference.apply(text.raw()),
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
            self.tell(std::slice::from_ref(file));
            return Stepped::Done(entry.undone());
        }
    }

    /// Forgets an entry that could not be undone or redone.
    pub(super) fn drop_step(&self, entry: &Entry, direction: Direction) {
        let mut state = self.state();
        match direction {
            Direction::Undo => state.history.drop_undone(entry),
            Direction::Redo => state.history.drop_redone(entry),
        }
        drop(state);
        self.tell_history();
    }
}
