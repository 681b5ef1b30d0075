//! Whether a file begins as an image does, whatever it is called.
//!
//! Only the signature is looked at; nothing is decoded. Formats that no worker can read are
//! images too: they become a failed row that says so, and are not passed over in silence.

use std::{fs::File, io, os::unix::fs::FileExt as _, path::Path};

use cropmark_rules::{Fault, Signature};

use crate::source::open;

/// Tells whether a file begins as an image does, whatever it is called; of a compressed SVG only
/// the name tells it. Nothing is decoded, and the file's position stays.
///
/// # Errors
/// Where the file cannot be read.
pub fn begins_as_image(file: &File, path: &Path) -> Result<bool, Fault> {
    let signature = read(file).map_err(|error| open::reading(&error))?;
    Ok(signature.is_image() || (signature == Signature::Compressed && is_svgz(path)))
}

/// Reads what a file is by its first bytes.
pub(crate) fn read(file: &File) -> io::Result<Signature> {
    Signature::read(|most| {
        let mut start = vec![0; most];
        let mut length = 0;
        while length < most {
            match file.read_at(&mut start[length..], length as u64)? {
                0 => break,
                read => length += read,
            }
        }
        start.truncate(length);
        Ok(start)
    })
}

fn is_svgz(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svgz"))
}
