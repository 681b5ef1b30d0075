//! Message authentication codes (keyed BLAKE3) of what Cropmark writes into a workspace: a row or a
//! file without the right one came along with the folder, and is not acted upon.

use std::{fmt, path::Path};

use rusqlite::{Connection, functions::FunctionFlags, types::ValueRef};

use crate::{TrustKey, os};

/// Bytes of the code in a file's attribute: what is left of the space in ext4's inodes.
pub(crate) const FILE_CODE: usize = 10;

/// A random number of the workspace.
pub(crate) type WorkspaceId = [u8; 16];

/// The table whose rows hold wherever the folder is: a variant follows from its key alone.
const VARIANTS: &[u8] = b"variants";

/// The keys of one workspace.
#[derive(Clone)]
pub(crate) struct Seal {
    /// Of runs, which write to places of a computer: by the user, the folder's path and the index.
    rows: [u8; 32],
    /// Of variants, their rows and their files, which may be moved with their folder: by the user.
    variants: [u8; 32],
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
        let variants = derive(b"cropmark variants 2\0").finalize().into();
        Self { rows: rows.finalize().into(), variants }
    }

    /// By which the workspace's number is known to be this user's, for this folder.
    pub(crate) fn of_workspace(&self) -> blake3::Hash {
        blake3::keyed_hash(&self.rows, b"workspace")
    }

    /// Of the attribute of a variant's file.
    pub(crate) fn of_file(&self, name: &str, attribute: &[u8]) -> [u8; FILE_CODE] {
        let mut hasher = blake3::Hasher::new_keyed(&self.variants);
        hasher.update(name.as_bytes()).update(b"\0").update(attribute);
        let mut code = [0; FILE_CODE];
        hasher.finalize_xof().fill(&mut code);
        code
    }

    /// Of a row: the table's name, then what is authenticated.
    fn of_row<'a>(&self, values: impl Iterator<Item = ValueRef<'a>>) -> [u8; 32] {
        let mut values = values.peekable();
        let is_variant = matches!(values.peek(), Some(ValueRef::Text(VARIANTS)));
        let key = if is_variant { &self.variants } else { &self.rows };
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

    /// Gives a connection the function `mac`. A schema from elsewhere cannot use it: it is not
    /// marked as innocuous, and no schema is trusted (`connect::configure`).
    pub(crate) fn register(&self, connection: &Connection) -> rusqlite::Result<()> {
        let seal = self.clone();
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        connection.create_scalar_function("mac", -1, flags, move |context| {
            let values = (0..context.len()).map(|index| context.get_raw(index));
            Ok(seal.of_row(values).to_vec())
        })
    }
}
