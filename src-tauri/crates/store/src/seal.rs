//! Message authentication codes (keyed BLAKE3) of what Cropmark writes into a workspace: a row or a
//! file without the right one came along with the folder, and is not acted upon.

use std::{fmt, path::Path};

use rusqlite::{Connection, functions::FunctionFlags, types::ValueRef};

use crate::{TrustKey, os};

/// Bytes of the code in a file's attribute: what is left of the space in ext4's inodes.
pub(crate) const FILE_CODE: usize = 10;

/// A random number of the workspace.
pub(crate) type WorkspaceId = [u8; 16];

/// The keys of one workspace.
#[derive(Clone)]
pub(crate) struct Seal {
    /// Of runs, which write to places of a computer: by the user, the folder's path and the index.
    rows: [u8; 32],
    /// Of variants, which may be moved with their folder: by the user.
    portable_rows: [u8; 32],
    /// Of variants' files, which may outlive their index: by the user.
    files: [u8; 32],
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seal")
    }
}

impl Seal {
    /// That of the user's workspace in this folder (its canonical path) with this number.
    pub(crate) fn new(key: &TrustKey, folder: &Path, id: &WorkspaceId) -> Self {
        let derive =
            |purpose: &[u8]| blake3::Hasher::new_keyed(key.bytes()).update(purpose).clone();
        let mut rows = derive(b"cropmark runs 2\0");
        rows.update(&os::bytes_of_path(folder)).update(b"\0").update(id);
        Self {
            rows: rows.finalize().into(),
            portable_rows: derive(b"cropmark variants 2\0").finalize().into(),
            files: derive(b"cropmark files 2\0").finalize().into(),
        }
    }

    /// By which the workspace's number is known to be this user's, for this folder.
    pub(crate) fn of_workspace(&self) -> blake3::Hash {
        blake3::keyed_hash(&self.rows, b"workspace")
    }

    /// Of the attribute of a variant's file.
    pub(crate) fn of_file(&self, name: &str, attribute: &[u8]) -> [u8; FILE_CODE] {
        let mut hasher = blake3::Hasher::new_keyed(&self.files);
        hasher.update(name.as_bytes()).update(b"\0").update(attribute);
        let mut code = [0; FILE_CODE];
        hasher.finalize_xof().fill(&mut code);
        code
    }

    /// Gives a connection the functions `mac`, of rows that hold in this place alone, and
    /// `portable_mac`, of rows that hold wherever the folder is. A schema from elsewhere cannot use
    /// them: they are not marked as innocuous, and no schema is trusted (`connect::configure`).
    pub(crate) fn register(&self, connection: &Connection) -> rusqlite::Result<()> {
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        for (name, key) in [("mac", self.rows), ("portable_mac", self.portable_rows)] {
            connection.create_scalar_function(name, -1, flags, move |context| {
                let values = (0..context.len()).map(|index| context.get_raw(index));
                Ok(code_of(&key, values).to_vec())
            })?;
        }
        Ok(())
    }
}

/// The code of a row: of its table's name, and then of what is authenticated.
fn code_of<'a>(key: &[u8; 32], values: impl Iterator<Item = ValueRef<'a>>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for value in values {
        match value {
            ValueRef::Null => hasher.update(b"n"),
            ValueRef::Integer(number) => hasher.update(b"i").update(&number.to_le_bytes()),
            ValueRef::Real(number) => hasher.update(b"r").update(&number.to_le_bytes()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
                hasher.update(b"b").update(&bytes.len().to_le_bytes()).update(bytes)
            }
        };
    }
    hasher.finalize().into()
}
