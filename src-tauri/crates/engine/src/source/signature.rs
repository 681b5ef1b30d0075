//! Whether a file begins as an image does, whatever it is called.
//!
//! Only the signature is looked at; nothing is decoded. Formats that no worker can read are
//! images too: they become a failed row that says so, and are not passed over in silence.

use std::{fs::File, os::unix::fs::FileExt as _};

use cropmark_rules::{Fault, SIGNATURE_BYTES, Signature};

use crate::source::open;

/// Tells whether a file begins as an image does, whatever it is called. Nothing is decoded, and
/// the file's position stays.
///
/// # Errors
/// Where the file cannot be read.
pub fn begins_as_image(file: &File) -> Result<bool, Fault> {
    let mut start = [0; SIGNATURE_BYTES];
    let read = file.read_at(&mut start, 0).map_err(|error| open::reading(&error))?;
    Ok(Signature::of(&start[..read]).is_image())
}
