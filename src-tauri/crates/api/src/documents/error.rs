//! Why something could not be done with a document.

use std::{io, path::PathBuf};

use cropmark_preset_edit::EditError;
use cropmark_rules::preset::MAX_BYTES;
use cropmark_store::atomic::WriteError;

use crate::ApiError;

/// Why something could not be done with a document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    /// There is no such preset.
    #[error("There is no preset file {file} (any more).")]
    NotFound {
        /// The file, as it was asked for.
        file: String,
    },
    /// The file cannot be read as a text.
    #[error("{file}: {trouble}")]
    Trouble {
        /// The file.
        file: String,
        /// Why.
        trouble: String,
    },
    /// A change is not possible.
    #[error("{file}: {source}")]
    Edit {
        /// The file.
        file: String,
        /// Why.
        source: EditError,
    },
    /// The text is too long for a preset.
    #[error("{file} would have {bytes} bytes, more than the {MAX_BYTES} that a preset may have.")]
    TooLong {
        /// The file.
        file: String,
        /// The text's length.
        bytes: usize,
    },
    /// Somebody else has written to the file.
    #[error("{} was changed on the disk by somebody else. Compare both, and choose.", path.display())]
    ChangedOnDisk {
        /// The file.
        path: PathBuf,
    },
    /// The file is gone, so that there is nothing to go back to.
    #[error(
        "{file} is not on the disk any more, so that there is nothing to go back to. Save it, or close it."
    )]
    Gone {
        /// The file.
        file: String,
    },
    /// There is no conflict to resolve.
    #[error("{file} was not changed on the disk: there is nothing to choose.")]
    NoConflict {
        /// The file.
        file: String,
    },
    /// A link leads to a file that is no preset.
    #[error("{} is a link to {}, which is no preset file outside this folder; it was not written", path.display(), target.display())]
    LeadsOut {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// The file must not be written.
    #[error("{} is write-protected. Change its permissions, then save again.", path.display())]
    Protected {
        /// The file.
        path: PathBuf,
    },
    /// A new preset's name cannot be used.
    #[error("{file:?} cannot be a preset's name: {reason}")]
    Name {
        /// The name.
        file: String,
        /// Why, and what would be right.
        reason: String,
    },
    /// A new preset would take another file's place.
    #[error("There is a file {file} already. Choose another name.")]
    Exists {
        /// The file.
        file: String,
    },
    /// The system refused to write.
    #[error("{} could not be written ({source}). Check the disk and its permissions.", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The store's door for files refused to write.
    #[error(transparent)]
    Atomic(#[from] WriteError),
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
            DocumentError::LeadsOut { .. } | DocumentError::Protected { .. } => "denied",
            DocumentError::Write { .. } => "system",
            DocumentError::Atomic(error) => error.fault().code.name(),
        };
        Self::new(code, error.to_string())
    }
}
