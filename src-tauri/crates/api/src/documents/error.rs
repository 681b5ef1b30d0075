//! The error of a command on a document.

use std::{
    borrow::Cow,
    io,
    path::{Path, PathBuf},
};

use cropmark_preset_edit::EditError;
use cropmark_rules::preset::MAX_BYTES;
use cropmark_store::atomic::WriteError;

use crate::ApiError;

/// The reason why a command on a document failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    /// There is no such preset.
    #[error("There is no preset file {file}.")]
    NotFound { file: String },
    /// The file cannot be read as a text.
    #[error("{file}: {trouble}")]
    Trouble { file: String, trouble: String },
    /// An edit cannot be applied.
    #[error("{file}: {source}")]
    Edit { file: String, source: EditError },
    /// The text is too long for a preset.
    #[error("{file} would have {bytes} bytes, more than the {MAX_BYTES} that a preset may have.")]
    TooLong { file: String, bytes: usize },
    /// Another program has written to the file.
    #[error("{} was changed on the disk by somebody else. Compare both, and choose.", path.display())]
    ChangedOnDisk { path: PathBuf },
    /// The file is gone, so that there is nothing to go back to.
    #[error("{file} is no longer on the disk, so there is nothing to revert to. Save or close it.")]
    Gone { file: String },
    /// There is no conflict to resolve.
    #[error("{file} was not changed on the disk: there is nothing to choose.")]
    NoConflict { file: String },
    /// A link leads to a file that is no preset.
    #[error("{} is a link to {}, which is no preset file outside this folder; it was not written", path.display(), target.display())]
    LeadsOut { path: PathBuf, target: PathBuf },
    /// The file must not be written.
    #[error("{} is write-protected. Change its permissions, then save again.", path.display())]
    Protected { path: PathBuf },
    /// The folder takes no files.
    #[error("Can’t save {}: {} is read-only.", name(path), folder.display())]
    ReadOnlyFolder { path: PathBuf, folder: PathBuf },
    /// A new preset's name cannot be used.
    #[error("{file:?} cannot be a preset's name: {reason}")]
    Name {
        file: String,
        /// Why, and what would be right.
        reason: String,
    },
    /// A new preset has the name of an existing file.
    #[error("There is a file {file} already. Choose another name.")]
    Exists { file: String },
    /// The system refused to write.
    #[error("{} could not be written ({source}). Check the disk and its permissions.", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// The store's writer for files failed.
    #[error(transparent)]
    Atomic(#[from] WriteError),
}

/// A file's name without its folders.
fn name(path: &Path) -> Cow<'_, str> {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()
}

impl From<DocumentError> for ApiError {
    fn from(error: DocumentError) -> Self {
        let code = match &error {
            DocumentError::NotFound { .. } | DocumentError::Gone { .. } => "not_found",
            DocumentError::Trouble { .. } => "unreadable",
            DocumentError::Edit { .. }
            | DocumentError::TooLong { .. }
            | DocumentError::NoConflict { .. }
            | DocumentError::Name { .. }
            | DocumentError::Exists { .. } => "invalid",
            DocumentError::ChangedOnDisk { .. } => "conflict",
            DocumentError::LeadsOut { .. }
            | DocumentError::Protected { .. }
            | DocumentError::ReadOnlyFolder { .. } => "denied",
            DocumentError::Write { .. } => "system",
            DocumentError::Atomic(error) => error.fault().code.name(),
        };
        Self::new(code, error.to_string())
    }
}
