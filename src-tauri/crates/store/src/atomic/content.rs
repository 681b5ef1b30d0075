//! Comparing the content of files.

use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Seek as _},
    path::Path,
};

/// Whether a regular file with this name has these bytes. Whatever cannot be read differs.
pub(super) fn same_content(new: &File, path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
        && File::open(path).and_then(|old| same_bytes(new, &old)).unwrap_or(false)
}

fn same_bytes(mut left: &File, right: &File) -> io::Result<bool> {
    if left.metadata()?.len() != right.metadata()?.len() {
        return Ok(false);
    }
    left.rewind()?;
    let (mut left, mut right) = (BufReader::new(left), BufReader::new(right));
    loop {
        let (ours, theirs) = (left.fill_buf()?, right.fill_buf()?);
        let common = ours.len().min(theirs.len());
        if common == 0 {
            return Ok(ours.len() == theirs.len());
        }
        if ours[..common] != theirs[..common] {
            return Ok(false);
        }
        left.consume(common);
        right.consume(common);
    }
}
