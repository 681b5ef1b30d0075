//! Why the store could not do what it was asked.

use std::path::{Path, PathBuf};

use cropmark_rules::{Fault, FaultCode};
use rusqlite::ErrorCode;

use crate::{ReadOnlyReason, atomic::WriteError};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// This process only reads.
    #[error("the workspace is open for reading only: {0}")]
    ReadOnly(ReadOnlyReason),
    /// Another process has the workspace, and on its disk only one can.
    #[error("the workspace, which is on a network file system, cannot be opened twice: {0}")]
    InUse(ReadOnlyReason),
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// No space is left for the index.
    #[error("no space is left for {}; free some, then try again", path.display())]
    DiskFull {
        /// The index.
        path: PathBuf,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// The index is damaged.
    #[error(
        "the index {} is damaged ({detail}); open the workspace again, and it is rebuilt",
        path.display()
    )]
    Broken {
        /// The index.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The index belongs to a later Cropmark.
    #[error(
        "the index {} was written by a newer Cropmark (version {found}, this one knows {known}); \
         use that one, or delete the file",
        path.display()
    )]
    Newer {
        /// The index.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The workspace's folder cannot be used.
    #[error("the workspace folder {} cannot be used: {source}", path.display())]
    Folder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The user's key cannot be used.
    #[error(
        "the key {}, by which Cropmark knows its own cache, cannot be used: {source}; remove it, and a \
         new one is made",
        path.display()
    )]
    Key {
        /// The key's file.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// An extension is not a few letters.
    #[error("`{text}` is no extension of a variant")]
    Extension {
        /// What was given.
        text: String,
    },
    /// There is no such asset.
    #[error("{} is not an asset of this workspace", path.display())]
    UnknownAsset {
        /// Relative to the workspace.
        path: PathBuf,
    },
    /// There is no such run.
    #[error("there is no run {id} in this workspace")]
    UnknownRun {
        /// Its number.
        id: i64,
    },
    /// An exported file cannot be understood.
    #[error("{} is no export of a workspace: {detail}", path.display())]
    Export {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// `SQLite` refused.
    #[error("the index {} failed: {source}", path.display())]
    Database {
        /// The index.
        path: PathBuf,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
    /// The system starts no thread for the index.
    #[error(
        "the system starts no more threads ({source}); end other programs or raise the limit \
         (`ulimit -u`), then try again"
    )]
    Threads {
        /// What the system said.
        source: std::io::Error,
    },
    /// The store was closed.
    #[error("the workspace was closed before this was done; open it again")]
    Closed,
}

impl StoreError {
    /// Sorts what `SQLite` said about an index.
    pub(crate) fn database(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        if source.sqlite_error_code() == Some(ErrorCode::DiskFull) {
            return Self::DiskFull { path, source };
        }
        if is_damage(&source) {
            return Self::Broken { path, detail: source.to_string() };
        }
        Self::Database { path, source }
    }

    /// The same error once more, for each of many that one concerns.
    pub(crate) fn copy(&self) -> Self {
        match self {
            Self::ReadOnly(reason) => Self::ReadOnly(reason.clone()),
            Self::DiskFull { path, source } => {
                Self::DiskFull { path: path.clone(), source: copy_of(source) }
            }
            Self::Broken { path, detail } => {
                Self::Broken { path: path.clone(), detail: detail.clone() }
            }
            Self::Database { path, source } => {
                Self::Database { path: path.clone(), source: copy_of(source) }
            }
            _ => Self::Closed,
        }
    }

    /// Whether no space was left.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::Write(WriteError::DiskFull { .. }))
    }

    /// Whether no other write would fare better, so that a run had better pause.
    #[must_use]
    pub fn pauses_a_run(&self) -> bool {
        match self {
            Self::Write(error) => error.pauses_a_run(),
            Self::ReadOnly(_) | Self::DiskFull { .. } | Self::Threads { .. } => true,
            _ => false,
        }
    }

    /// The fault that a report shows for it.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Write(error) => error.fault(),
            Self::DiskFull { .. } => Fault::new(FaultCode::DiskFull, self.to_string()),
            Self::Threads { .. } => Fault::new(FaultCode::Busy, self.to_string()),
            Self::Extension { .. } | Self::UnknownAsset { .. } | Self::UnknownRun { .. } => {
                Fault::new(FaultCode::Invalid, self.to_string())
            }
            _ => Fault::new(FaultCode::Denied, self.to_string()),
        }
    }
}

/// Whether `SQLite`, or a row that makes no sense, tells of a damaged file.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, Utf8Error,
    };
    match error {
        FromSqlConversionFailure(..)
        | IntegralValueOutOfRange(..)
        | InvalidColumnType(..)
        | Utf8Error(..) => true,
        _ => matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        ),
    }
}

/// `SQLite`'s errors cannot be cloned; each of a group gets its own.
pub(crate) fn copy_of(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            rusqlite::Error::SqliteFailure(*code, message.clone())
        }
        other => rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR),
            Some(other.to_string()),
        ),
    }
}
