//! What a process may do with a workspace, and why it may not do more.

use std::fmt;

use crate::Holder;

/// What this process may do with the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Read and write.
    Full,
    /// Read; what would be kept is not. Opening again later may give more.
    ReadOnly(ReadOnlyReason),
}

/// Why a workspace is open for reading only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// Another process writes to it.
    HeldBy(Option<Holder>),
    /// Its folder cannot be written.
    Unwritable,
}

impl fmt::Display for ReadOnlyReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeldBy(Some(Holder { pid, host, program, .. })) => {
                write!(
                    formatter,
                    "{program} (process {pid} on {host}) has it open; close it there first"
                )
            }
            Self::HeldBy(None) => {
                formatter.write_str("another process has it open; close it first")
            }
            Self::Unwritable => formatter.write_str("its folder is read-only"),
        }
    }
}
