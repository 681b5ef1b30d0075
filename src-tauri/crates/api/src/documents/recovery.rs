//! Unsaved texts, kept beside the index so that a crash loses none: one file a document, written
//! whole or not at all. They hold the text and a hash of the file that it was made from.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use cropmark_store::atomic::{Conflict, Originals, TemporaryFile, WriteError, create_folders};
use serde::{Deserialize, Serialize};

/// The version of these files.
const VERSION: u32 = 1;

/// The largest such file: an escaped text of the largest preset.
const MAX_BYTES: u64 = 32 << 20;

/// An unsaved text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Unsaved {
    version: u32,
    /// The preset file.
    pub(super) file: String,
    /// BLAKE3 of the file's text when the changes began; `None`: there was no file.
    pub(super) base: Option<String>,
    /// The text.
    pub(super) text: String,
}

impl Unsaved {
    pub(super) fn new(file: &str, base: Option<&str>, text: &str) -> Self {
        let (file, text) = (file.to_owned(), text.to_owned());
        Self { version: VERSION, file, base: base.map(hash), text }
    }
}

/// Hashes a text.
pub(super) fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// The folder of unsaved texts.
#[derive(Debug)]
pub(super) struct Recovery {
    folder: PathBuf,
}

impl Recovery {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn place(&self, file: &str) -> PathBuf {
        self.folder.join(format!("{}.json", &hash(file)[..32]))
    }

    /// Keeps a text.
    pub(super) fn keep(&self, unsaved: &Unsaved) -> Result<(), WriteError> {
        create_folders(&self.folder)?;
        let place = self.place(&unsaved.file);
        let temporary = TemporaryFile::beside(&place)?;
        let content =
            serde_json::to_vec(unsaved).map_err(|error| WriteError::at(&place, error.into()))?;
        temporary
            .file()
            .as_ref()
            .write_all(&content)
            .map_err(|error| WriteError::at(&place, error))?;
        temporary.commit(Conflict::Overwrite, &Originals::new())?;
        Ok(())
    }

    /// Moves the texts that are kept in another folder to this one.
    pub(super) fn adopt(&self, other: &Self) {
        for unsaved in other.load() {
            if self.keep(&unsaved).is_ok() {
                other.forget(&unsaved.file);
            }
        }
    }

    /// Removes a kept text.
    pub(super) fn forget(&self, file: &str) {
        let place = self.place(file);
        if let Err(error) = fs::remove_file(&place)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(file = %place.display(), %error, "could not be removed");
        }
    }

    /// Loads all kept texts. An unreadable file stays in place and is logged.
    pub(super) fn load(&self) -> Vec<Unsaved> {
        let _ = cropmark_store::atomic::sweep(&self.folder);
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut found: Vec<Unsaved> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|it| it == "json"))
            .filter_map(|path| {
                let unsaved = load(&path);
                if unsaved.is_none() {
                    tracing::warn!(file = %path.display(), "unsaved changes are not understood");
                }
                unsaved
            })
            .collect();
        found.sort_by(|one, other| one.file.cmp(&other.file));
        found
    }
}

fn load(path: &Path) -> Option<Unsaved> {
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut content = Vec::new();
    fs::File::open(path).ok()?.take(MAX_BYTES).read_to_end(&mut content).ok()?;
    let unsaved: Unsaved = serde_json::from_slice(&content).ok()?;
    (unsaved.version == VERSION).then_some(unsaved)
}
