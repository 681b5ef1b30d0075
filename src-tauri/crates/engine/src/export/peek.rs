//! A first look at files: whether they are images, by what their content is known.

use std::{fs::File, os::unix::fs::FileExt as _, path::Path};

use cropmark_rules::{ContentHash, Fault};

use super::{asset, sniff, source};

/// Whether a file begins as an image does, whatever it is called. Nothing is decoded. The file
/// position is not moved.
///
/// # Errors
/// Where the file cannot be read.
pub fn begins_as_image(file: &File) -> Result<bool, Fault> {
    let mut start = [0; sniff::WINDOW];
    let read = file.read_at(&mut start, 0).map_err(|error| source::reading(&error))?;
    Ok(sniff::is_image(&start[..read]))
}

/// BLAKE3 of a file's content. The file position is not moved.
///
/// # Errors
/// Where the file cannot be read to its end.
pub fn content_hash(file: &File) -> Result<ContentHash, Fault> {
    source::hash(file).map_err(|error| source::reading(&error))
}

/// A path below the workspace as rules and people see it: with forward slashes, and bytes that
/// are no Unicode as `%FF`.
#[must_use]
pub fn asset_text(path: &Path) -> String {
    asset::text_of(path)
}
