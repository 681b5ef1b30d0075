//! One preset file with its unsaved changes.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{DocumentError, State, encoding, recovery, recovery::Unsaved, version::Version};
use crate::model;

/// A preset file. A cheap copy of it can be looked at while others go on.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) path: PathBuf,
    /// The current text.
    pub(super) version: Arc<Version>,
    /// The file's text when the changes began; `None`: there was no file.
    pub(super) saved: Option<Arc<str>>,
    /// The file's text, where another program changed it since.
    pub(super) conflict: Option<Arc<str>>,
    /// Why the file cannot be read.
    pub(super) trouble: Option<String>,
    pub(super) revision: u32,
    /// The overview that the window got last.
    pub(super) reported: Option<Arc<model::PresetFile>>,
    pub(super) reported_mark: Option<Mark>,
}

/// The part of a document that changes whenever the window must request it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) revision: u32,
    is_dirty: bool,
    has_conflict: bool,
}

impl Mark {
    /// Whether `other` has the same text in a different state: saved, conflicting or unreadable.
    pub(super) fn is_new_state_of_the_same_text(self, other: Self) -> bool {
        self != other && self.revision == other.revision
    }
}

impl Document {
    /// Makes a document without changes.
    pub(super) fn new(path: &Path, text: &str, revision: u32) -> Self {
        Self {
            path: path.to_owned(),
            version: Arc::new(Version::new(path, text.to_owned())),
            saved: Some(text.into()),
            conflict: None,
            trouble: None,
            revision,
            reported: None,
            reported_mark: None,
        }
    }

    /// Whether there are unsaved changes.
    pub(super) fn is_dirty(&self) -> bool {
        self.trouble.is_none() && self.saved.as_deref() != Some(self.version.raw())
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            revision: self.revision,
            is_dirty: self.is_dirty(),
            has_conflict: self.conflict.is_some(),
        }
    }

    /// Fails where the file cannot be read.
    pub(super) fn check(&self, file: &str) -> Result<(), DocumentError> {
        let trouble = |trouble: &String| DocumentError::Trouble {
            file: file.to_owned(),
            trouble: trouble.clone(),
        };
        self.trouble.as_ref().map_or(Ok(()), |it| Err(trouble(it)))
    }

    /// Returns the document as the window shows it.
    pub(super) fn reply(&self, file: &str) -> model::Document {
        model::Document {
            file: file.to_owned(),
            revision: self.revision,
            text: self.version.view().to_owned(),
            value: self.version.value(),
            inherited: self.version.inherited(),
            problems: self.version.problems().to_vec(),
            warnings: self.version.warnings(),
            dirty: self.is_dirty(),
            conflict: self.conflict.as_deref().map(|text| encoding::view(text).into_owned()),
        }
    }

    /// Returns the document as lists of preset files show it.
    pub(super) fn overview(&self, file: &str) -> model::PresetFile {
        let is_readable = self.trouble.is_none();
        let lists = is_readable.then(|| self.version.lists().clone());
        let (generators, themes) = lists.map(|it| (it.generators, it.themes)).unwrap_or_default();
        model::PresetFile {
            file: file.to_owned(),
            generators,
            themes,
            problems: if is_readable { self.version.problems().to_vec() } else { Vec::new() },
            dirty: self.is_dirty(),
            conflict: self.conflict.is_some(),
            trouble: self.trouble.clone(),
        }
    }
}

impl State {
    /// Gives a document a new text. What is to be kept for a crash changes with it.
    pub(super) fn put_text(&mut self, file: &str, raw: String) {
        if let Some(document) = self.documents.get(file) {
            let version = document.version.next(raw);
            self.put_version(file, version);
        }
    }

    fn put_version(&mut self, file: &str, version: Version) {
        let revision = self.next_revision();
        if let Some(document) = self.documents.get_mut(file) {
            document.version = Arc::new(version);
            document.revision = revision;
            self.unkept.insert(file.to_owned());
        }
    }

    /// Gives a document a new text, which can be undone.
    pub(super) fn change_text(&mut self, file: &str, raw: String, label: String) {
        if let Some(document) = self.documents.get(file) {
            let version = document.version.next(raw);
            self.change(file, version, label, None);
        }
    }

    /// Gives a document its next version, which can be undone.
    pub(super) fn change(
        &mut self,
        file: &str,
        version: Version,
        label: String,
        gesture: Option<&str>,
    ) {
        let Some(document) = self.documents.get(file) else { return };
        let before = Arc::clone(&document.version);
        if before.raw() != version.raw() {
            self.history.record_text(label, file, (before.raw(), version.raw()), gesture);
            self.put_version(file, version);
        }
    }

    /// Restores the unsaved changes from before the workspace was closed or the program crashed. Whether anything of
    /// it is unsaved.
    pub(super) fn bring_back(&mut self, root: &Path, unsaved: Unsaved) -> bool {
        let Unsaved { file, base, text, .. } = unsaved;
        let revision = self.next_revision();
        let path = root.join(&file);
        let document = self.documents.entry(file.clone()).or_insert_with(|| {
            let mut document = Document::new(&path, "", revision);
            document.saved = None;
            document
        });
        if document.trouble.take().is_some() {
            document.saved = None;
        }
        if document.saved.as_deref() == Some(text.as_str()) {
            return false;
        }
        let on_disk = document.saved.clone();
        if let Some(on_disk) = on_disk {
            if base.as_deref() == Some(recovery::hash(&on_disk).as_str()) {
                let label = format!("Unsaved changes of {file}");
                self.change_text(&file, text, label);
                return true;
            }
            document.conflict = Some(on_disk);
            document.saved = None;
        }
        self.put_text(&file, text);
        true
    }
}
