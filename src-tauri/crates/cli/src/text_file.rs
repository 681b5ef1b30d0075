//! Reads a text file that a command names, and writes one.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    path::Path,
};

use cropmark_rules::{SIGNATURE_BYTES, Signature};
use cropmark_store::atomic::{Conflict, Originals, TemporaryFile};

use crate::status::Failure;

/// Reads a file of at most `most` bytes; of a larger one, a byte more than that.
pub(crate) fn read(file: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let name = file.display();
    let failed = |error| Failure::Usage(format!("{name} cannot be read: {error}"));
    if fs::metadata(file).map_err(failed)?.is_dir() {
        return Err(Failure::Usage(format!("{name} is a folder; name a file")));
    }
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(file).and_then(|open| open.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

/// Writes a file, which has its name only once it is whole. An image is never replaced, and neither
/// is any of `originals`.
pub(crate) fn write(file: &Path, text: &str, originals: &[&Path]) -> Result<(), Failure> {
    let name = file.display();
    let failed = |error: String| Failure::Usage(format!("{name} cannot be written: {error}"));
    let mut kept = Originals::new();
    for original in originals {
        kept.insert(original).map_err(|error| failed(error.to_string()))?;
    }
    if is_image(file) {
        return Err(failed("it is an image; choose another name".to_owned()));
    }
    let temporary = TemporaryFile::beside(file).map_err(|error| failed(error.to_string()))?;
    let written = temporary.file().as_ref().write_all(text.as_bytes());
    written.map_err(|error| failed(error.to_string()))?;
    let committed = temporary.commit(Conflict::Overwrite, &kept);
    committed.map(|_| ()).map_err(|error| failed(error.to_string()))
}

fn is_image(file: &Path) -> bool {
    let is_file = fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
    let mut start = Vec::new();
    let limit = u64::try_from(SIGNATURE_BYTES).unwrap_or(u64::MAX);
    let read = is_file
        && File::open(file).and_then(|open| open.take(limit).read_to_end(&mut start)).is_ok();
    read && Signature::of(&start).is_image()
}
