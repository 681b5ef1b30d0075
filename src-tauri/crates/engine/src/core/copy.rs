//! Copies results from file to file.

use std::{fs::File, io};

use crate::os;

/// Bytes copied at a time.
const CHUNK: usize = 256 << 10;

/// Copies by offset: both files may be in use elsewhere.
pub(crate) fn copy(from: &File, to: &File) -> io::Result<()> {
    to.set_len(0)?;
    let mut buffer = vec![0; CHUNK];
    let mut offset = 0;
    loop {
        let read = match os::read_at(from, &mut buffer, offset) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        os::write_all_at(to, &buffer[..read], offset)?;
        offset += read as u64;
    }
}
