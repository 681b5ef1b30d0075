//! Why a file could not be put under its name.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use cropmark_rules::{Fault, FaultCode};

use crate::os;

/// Why the system does not let write.
fn refusal(source: &io::Error) -> &'static str {
    if source.kind() == ErrorKind::ReadOnlyFilesystem {
        "the disk is read-only"
    } else {
        "no permission"
    }
}

/// Why a file could not be written. `path` is the final one.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk, or the quota, is used up.
    #[error("no space is left for {}; free some, then try again", path.display())]
    DiskFull {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Writing there is not allowed.
    #[error("can’t save {}: {}; change the permissions there or choose another folder", path.display(), refusal(source))]
    Denied {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The name is over the file system's limit.
    #[error("the name {} is too long for this disk; choose a shorter template", path.display())]
    NameTooLong {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A part of the path is a file.
    #[error("{} cannot be written, because a part of its path is a file; rename one of them", path.display())]
    NotAFolder {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder stands where the file should go.
    #[error("{} is a folder; choose another name", path.display())]
    IsAFolder {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder is not there (any more).
    #[error("{} cannot be written: its folder is not there, or takes no files; choose another place", path.display())]
    Missing {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Where the folder should be is a link to what is not there.
    #[error("{} is a link to {}, which is not there; make that folder (or connect its disk), or choose another one", path.display(), target.display())]
    DanglingLink {
        /// The link.
        path: PathBuf,
        /// What it names.
        target: PathBuf,
    },
    /// The name belongs to an original.
    #[error("{} is an original and is not replaced; choose another folder or name", path.display())]
    Original {
        /// The final name.
        path: PathBuf,
    },
    /// This process, or the system, has too many files open.
    #[error("{} can’t be written: the system lets no more files be open; raise the limit (`ulimit -n`), or use fewer workers", path.display())]
    TooManyOpen {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The content is not what was promised.
    #[error("what was written for {} is not whole: {detail}; try again", path.display())]
    Damaged {
        /// The final name.
        path: PathBuf,
        /// What differs.
        detail: String,
    },
    /// Anything else.
    #[error("{} could not be written: {source}", path.display())]
    Other {
        /// The final name.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteError {
    /// Sorts what the system said about a file with this final name.
    #[must_use]
    pub fn at(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        if os::is_too_many_open(&source) {
            return Self::TooManyOpen { path, source };
        }
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path, source },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { path, source }
            }
            ErrorKind::InvalidFilename => Self::NameTooLong { path, source },
            ErrorKind::NotADirectory => Self::NotAFolder { path, source },
            ErrorKind::IsADirectory => Self::IsAFolder { path, source },
            ErrorKind::NotFound => Self::Missing { path, source },
            _ => Self::Other { path, source },
        }
    }

    /// The final name concerned.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::DiskFull { path, .. }
            | Self::Denied { path, .. }
            | Self::NameTooLong { path, .. }
            | Self::NotAFolder { path, .. }
            | Self::IsAFolder { path, .. }
            | Self::Missing { path, .. }
            | Self::DanglingLink { path, .. }
            | Self::Original { path }
            | Self::TooManyOpen { path, .. }
            | Self::Damaged { path, .. }
            | Self::Other { path, .. } => path,
        }
    }

    /// Whether the same would befall every other file there, so that a run had better pause.
    #[must_use]
    pub fn pauses_a_run(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::Denied { .. } | Self::TooManyOpen { .. })
    }

    /// The fault that a report shows for it.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let code = match self {
            Self::DiskFull { .. } => FaultCode::DiskFull,
            Self::TooManyOpen { .. } => FaultCode::Busy,
            Self::Damaged { .. } => FaultCode::Crashed,
            Self::NameTooLong { .. } | Self::NotAFolder { .. } | Self::IsAFolder { .. } => {
                FaultCode::Invalid
            }
            Self::Denied { .. }
            | Self::Missing { .. }
            | Self::DanglingLink { .. }
            | Self::Original { .. }
            | Self::Other { .. } => FaultCode::Denied,
        };
        Fault::new(code, self.to_string())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn what_the_system_says_is_sorted() {
        let cases = [
            (Errno::NOSPC, FaultCode::DiskFull, true),
            (Errno::DQUOT, FaultCode::DiskFull, true),
            (Errno::ACCESS, FaultCode::Denied, true),
            (Errno::PERM, FaultCode::Denied, true),
            (Errno::ROFS, FaultCode::Denied, true),
            (Errno::NAMETOOLONG, FaultCode::Invalid, false),
            (Errno::NOTDIR, FaultCode::Invalid, false),
            (Errno::MFILE, FaultCode::Busy, true),
            (Errno::NFILE, FaultCode::Busy, true),
            (Errno::IO, FaultCode::Denied, false),
        ];
        for (errno, code, pauses) in cases {
            let error = WriteError::at(Path::new("a/b.jpg"), errno.into());
            assert_eq!((error.fault().code, error.pauses_a_run()), (code, pauses), "{errno:?}");
            assert!(error.to_string().contains("a/b.jpg"));
        }
    }
}
