//! Finds the changes that a closed workspace could not give back or save, and copies or discards
//! them.

use std::path::{Path, PathBuf};

use super::{DocumentError, Documents, disk};
use crate::model::UnsavablePreset;

impl Documents {
    /// Returns the documents with changes that cannot be saved, because their file or folder is
    /// read-only, or that cannot be kept until the workspace is opened again. Blocks.
    pub(crate) fn unsavable(&self) -> Vec<UnsavablePreset> {
        let _turn = self.turn();
        let mut unkept = self.inner.keep();
        let changed: Vec<(String, PathBuf)> = {
            let state = self.state();
            let changed = state.documents.iter().filter(|(_, document)| document.is_dirty());
            changed.map(|(file, document)| (file.clone(), document.path.clone())).collect()
        };
        let unsavable = changed.into_iter().filter_map(|(file, path)| {
            let reason = match disk::check_writable(&self.inner.root, &path) {
                Err(error) => error.to_string(),
                Ok(()) => unkept.remove(&file)?,
            };
            Some(UnsavablePreset { file, reason })
        });
        unsavable.collect()
    }

    /// Writes a document with its changes to another file, which the user has chosen, and returns
    /// its path. Blocks.
    ///
    /// # Errors
    /// Why it cannot be written.
    pub(crate) fn save_copy(&self, file: &str, to: &Path) -> Result<PathBuf, DocumentError> {
        disk::write_copy(to, self.version(file)?.raw())
    }

    /// Takes all unsaved changes of a document back, also those that are kept for the next time. It
    /// can be undone unless the document's file is gone. Blocks.
    ///
    /// # Errors
    /// `not_found` where there is no such document.
    pub(crate) fn discard(&self, file: &str) -> Result<(), DocumentError> {
        match self.revert(file) {
            // Nothing is on the disk that it could go back to.
            Err(DocumentError::Gone { .. } | DocumentError::Trouble { .. }) => {
                let turn = self.turn();
                let mut state = self.state();
                state.documents.remove(file);
                state.history.forget(file);
                state.next_revision();
                state.unkept.insert(file.to_owned());
                drop(state);
                self.report_changes(&[file.to_owned()]);
                drop(turn);
            }
            reverted => drop(reverted?),
        }
        let _turn = self.turn();
        self.inner.keep();
        Ok(())
    }
}
