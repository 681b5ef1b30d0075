//! Saves and reverts documents, resolves conflicts and creates preset files.

use std::path::{Path, PathBuf};

use cropmark_rules::naming::clean_path;
use cropmark_store::atomic::create_folders;

use super::{
    DocumentError, Documents,
    change::check_length,
    disk::{self, ENDING, Found},
    encoding, starters,
    watching::preset_path,
};
use crate::model::{self, Starter};

impl Documents {
    /// Writes a document to its file. Blocks.
    ///
    /// # Errors
    /// [`DocumentError::ChangedOnDisk`] where somebody else wrote to it, which is a conflict
    /// then; or why it cannot be written.
    pub(crate) fn save(&self, file: &str) -> Result<model::Document, DocumentError> {
        self.find(file)?;
        let turn = self.turn();
        let saved = self.write(file);
        self.report_changes(&[file.to_owned()]);
        drop(turn);
        saved?;
        self.document(file)
    }

    fn write(&self, file: &str) -> Result<(), DocumentError> {
        let text = self.current_version(file)?;
        let (path, saved) = {
            let state = self.state();
            let document = state.documents.get(file);
            let document =
                document.ok_or_else(|| DocumentError::NotFound { file: file.to_owned() })?;
            (document.path.clone(), document.saved.clone())
        };
        match disk::read(&path) {
            Found::Text(found) if found == text.raw() => {}
            Found::Text(found) if saved.as_deref() == Some(found.as_str()) => {
                disk::write(&self.inner.root, &path, text.raw())?;
            }
            Found::Text(found) => {
                if let Some(document) = self.state().documents.get_mut(file) {
                    document.conflict = Some(found.into());
                }
                return Err(DocumentError::ChangedOnDisk { path });
            }
            Found::Nothing => {
                create_folders(path.parent().unwrap_or(Path::new(".")))?;
                disk::write(&self.inner.root, &path, text.raw())?;
            }
            Found::Trouble(trouble) => {
                return Err(DocumentError::Trouble { file: file.to_owned(), trouble });
            }
        }
        let mut state = self.state();
        if let Some(document) = state.documents.get_mut(file) {
            document.saved = Some(text.raw().into());
            document.conflict = None;
        }
        state.history.end_gesture();
        state.unkept.insert(file.to_owned());
        drop(state);
        self.inner.unkept.notify_one();
        Ok(())
    }

    /// Replaces a document's text by its file's. It can be undone. Blocks.
    pub(crate) fn revert(&self, file: &str) -> Result<model::Document, DocumentError> {
        self.find(file)?;
        self.take_disk(file, None)
    }

    /// Ends a conflict: the document gets this text, and the file's text counts as saved. Blocks.
    pub(crate) fn resolve(&self, file: &str, text: &str) -> Result<model::Document, DocumentError> {
        let document = self.find(file)?;
        if document.conflict.is_none() {
            return Err(DocumentError::NoConflict { file: file.to_owned() });
        }
        self.take_disk(file, Some(text))
    }

    /// Takes the file's text as saved, and it or the given text as the document's.
    fn take_disk(&self, file: &str, text: Option<&str>) -> Result<model::Document, DocumentError> {
        let turn = self.turn();
        let before = self.current_version(file)?;
        let path = self.inner.root.join(file);
        let found = match disk::read(&path) {
            Found::Text(found) => found,
            Found::Nothing => return Err(DocumentError::Gone { file: file.to_owned() }),
            Found::Trouble(trouble) => {
                return Err(DocumentError::Trouble { file: file.to_owned(), trouble });
            }
        };
        let new = match text {
            Some(text) if encoding::view(&found) == text => found.clone(),
            Some(text) => encoding::raw(before.raw(), text),
            None => found.clone(),
        };
        check_length(file, &new)?;
        let mut state = self.state();
        if let Some(document) = state.documents.get_mut(file) {
            // A change of the file after the user decided is a new conflict.
            let seen = document.conflict.take();
            let is_new = text.is_some() && seen.as_deref() != Some(found.as_str()) && found != new;
            if is_new {
                document.conflict = Some(found.into());
            } else {
                document.saved = Some(found.into());
            }
        }
        let label = match text {
            Some(_) => format!("Choose between two versions of {file}"),
            None => format!("Go back to the saved {file}"),
        };
        state.change_text(file, new, label);
        state.unkept.insert(file.to_owned());
        drop(state);
        self.inner.unkept.notify_one();
        self.report_changes(&[file.to_owned()]);
        drop(turn);
        self.document(file)
    }

    /// Makes a preset file with a first generator. Blocks.
    pub(crate) fn create(
        &self,
        file: &str,
        starter: Option<Starter>,
    ) -> Result<model::Document, DocumentError> {
        let path = self.new_path(file)?;
        let turn = self.turn();
        create_folders(path.parent().unwrap_or(Path::new(".")))?;
        if !self.is_inside(&path) {
            return Err(name_error(file, "it is a link's that leads out of this folder."));
        }
        if self.state().documents.contains_key(file)
            || !disk::write_new(&path, starters::text(starter))?
        {
            return Err(DocumentError::Exists { file: file.to_owned() });
        }
        self.read_again(file, &path);
        self.report_changes(&[file.to_owned()]);
        drop(turn);
        self.document(file)
    }

    fn new_path(&self, file: &str) -> Result<PathBuf, DocumentError> {
        let name = file.rsplit('/').next().unwrap_or(file);
        if !name.ends_with(ENDING) || name.len() == ENDING.len() {
            return Err(name_error(file, "it must end in .preset.toml, such as web.preset.toml."));
        }
        let clean = clean_path(file);
        if clean != file {
            return Err(name_error(file, &format!("{clean:?} could be one.")));
        }
        if preset_path(Path::new(file)).as_deref() != Some(file) {
            return Err(name_error(file, "it must lie in this folder, and not be hidden."));
        }
        let path = self.inner.root.join(file);
        // No folder is made beyond a link that leads out.
        if !self.is_inside(&path) {
            return Err(name_error(file, "it lies behind a link that leads out of this folder."));
        }
        Ok(path)
    }

    /// Whether the nearest existing folder of a path lies in the workspace.
    fn is_inside(&self, path: &Path) -> bool {
        let there = path.ancestors().skip(1).find_map(|folder| folder.canonicalize().ok());
        let root = self.inner.root.canonicalize();
        there.zip(root.ok()).is_some_and(|(there, root)| there.starts_with(root))
    }
}

fn name_error(file: &str, reason: &str) -> DocumentError {
    DocumentError::Name { file: file.to_owned(), reason: reason.to_owned() }
}
