//! Finished variants: files named after their keys, a row for each, the small ones that are in
//! use in memory too.
//!
//! A file gets its name before its row, and loses its row before its name: only a recorded
//! variant is found.

pub(crate) mod attribute;
mod evict;
pub(crate) mod files;
mod find;
mod hot;
mod insert;
mod listening;
mod variants;

use std::{
    fs::File,
    io::{self, Read as _},
    path::PathBuf,
    sync::Arc,
};

use cropmark_rules::{ContentHash, Key, protocol::Rendered};

pub use insert::{Inserted, InsertedGroup, NewVariant};
pub use listening::VariantChange;
pub(crate) use variants::Variants;

/// A finished variant on the disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// By what it is known.
    pub key: Key,
    /// The extension of its file, without a dot.
    pub extension: String,
    /// Where it lies. Read it, never write to it.
    pub path: PathBuf,
    /// What it is.
    pub rendered: Rendered,
    /// Whether it was made to be looked at; see [`NewVariant::is_look`].
    pub is_look: bool,
}

/// A finished variant in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantBytes {
    /// The file's content.
    pub bytes: Arc<[u8]>,
    /// What it is.
    pub rendered: Rendered,
}

/// The hash of a file's content from its beginning, showing the bytes on the way.
pub(crate) fn hash(file: &File, mut see: impl FnMut(&[u8])) -> io::Result<ContentHash> {
    let mut file = file;
    io::Seek::rewind(&mut file)?;
    let (mut hasher, mut buffer) = (blake3::Hasher::new(), vec![0; 128 << 10]);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(count) => {
                hasher.update(&buffer[..count]);
                see(&buffer[..count]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
