//! What kind of file system a workspace is on: on a network's, memory is not shared between
//! computers and locks may not be, and the index has to do without.

use std::{io, path::Path};

use crate::os;

/// The kind of file system that a folder is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSystem {
    /// On a disk of this computer.
    Local,
    /// Reached over a network.
    Network {
        /// Its name, for messages.
        name: String,
        /// Whether locks reach the other computers.
        shared_locks: bool,
    },
}

impl FileSystem {
    /// That of an existing folder.
    ///
    /// # Errors
    /// Where the folder cannot be looked at.
    pub fn of(folder: &Path) -> io::Result<Self> {
        Ok(match os::network_of(folder)? {
            Some((name, shared_locks)) => Self::Network { name, shared_locks },
            None => Self::Local,
        })
    }
}
