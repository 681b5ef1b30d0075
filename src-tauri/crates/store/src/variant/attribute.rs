//! What a variant's file says about itself, in the extended attribute `user.cropmark`: enough to
//! take it into a new index. Where the file system keeps no attributes, or a copy has lost them,
//! the variant is rendered again.
//!
//! Small and binary, so that it fits into the inode of ext4 (256 bytes) and costs no block: 64 bytes
//! at most. Its end authenticates the rest, and the file's name.

use std::fs::File;

use cropmark_rules::{Format, Key, protocol::Rendered};

use crate::{
    os,
    seal::{FILE_CODE, Seal},
};

const NAME: &str = "user.cropmark";
const VERSION: u8 = 3;
/// The same of a variant that was made to be looked at.
const LOOK: u8 = 4;
const LENGTH: usize = 1 + 8 + 4 + 4 + 4 + 1 + 32 + FILE_CODE;

/// Notes what the file is. Best effort.
pub(crate) fn write(
    file: &File,
    (key, extension): (Key, &str),
    (rendered, is_look): (&Rendered, bool),
    seal: &Seal,
) {
    let mut value = Vec::with_capacity(LENGTH);
    value.push(if is_look { LOOK } else { VERSION });
    value.extend_from_slice(&rendered.bytes.to_le_bytes());
    for number in [rendered.width, rendered.height, rendered.frames] {
        value.extend_from_slice(&number.to_le_bytes());
    }
    value.push(rendered.quality.unwrap_or(0));
    value.extend_from_slice(rendered.hash.as_bytes());
    value.extend_from_slice(&seal.of_file(&format!("{key}.{extension}"), &value));
    let _ = os::set_attribute(file, NAME, &value);
}

/// What the file says it is, and whether it was made to be looked at. The time that it cost, its
/// score, its notes, its windows and its faces are lost.
pub(crate) fn read(
    file: &File,
    (key, extension): (Key, &str),
    seal: &Seal,
) -> Option<(Rendered, bool)> {
    let mut buffer = [0; LENGTH + 1];
    let length = os::get_attribute(file, NAME, &mut buffer).ok()?;
    let (value, code) = buffer[..length].split_at_checked(LENGTH - FILE_CODE)?;
    if code != seal.of_file(&format!("{key}.{extension}"), value) {
        return None;
    }
    let (&version, rest) = value.split_first()?;
    if !matches!(version, VERSION | LOOK) {
        return None;
    }
    let (bytes, rest) = rest.split_first_chunk()?;
    let (width, rest) = rest.split_first_chunk()?;
    let (height, rest) = rest.split_first_chunk()?;
    let (frames, rest) = rest.split_first_chunk()?;
    let (&quality, hash) = rest.split_first()?;
    let rendered = Rendered {
        format: Format::with_extension(extension)?,
        width: u32::from_le_bytes(*width),
        height: u32::from_le_bytes(*height),
        frames: u32::from_le_bytes(*frames),
        bytes: u64::from_le_bytes(*bytes),
        hash: <[u8; 32]>::try_from(hash).ok()?.into(),
        quality: Some(quality).filter(|&quality| quality > 0),
        score: None,
        milliseconds: 0.0,
        notes: Vec::new(),
        windows: Vec::new(),
        faces: None,
        steps: Vec::new(),
    };
    (rendered.width > 0 && rendered.height > 0).then_some((rendered, version == LOOK))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use cropmark_rules::ContentHash;

    use super::*;

    #[test]
    fn a_file_says_what_it_is() {
        let file = tempfile::tempfile_in(".").unwrap();
        let rendered = Rendered {
            format: Format::Jpeg,
            width: 230,
            height: 153,
            frames: 1,
            bytes: 8123,
            hash: ContentHash::of(b"x"),
            quality: Some(80),
            score: None,
            milliseconds: 0.0,
            notes: Vec::new(),
            windows: Vec::new(),
            faces: None,
            steps: Vec::new(),
        };
        let seal = |key: [u8; 32]| Seal::new(&key.into(), Path::new("/w"), &[0; 16]);
        let (own, strange, name) = (seal([1; 32]), seal([2; 32]), (Key::from([7; 32]), "jpg"));
        assert_eq!(read(&file, name, &own), None);
        for is_look in [false, true] {
            write(&file, name, (&rendered, is_look), &own);
            assert_eq!(read(&file, name, &own), Some((rendered.clone(), is_look)));
            assert_eq!(read(&file, name, &strange), None);
        }
        for other in [(name.0, "png"), (Key::from([8; 32]), "jpg")] {
            assert_eq!(read(&file, other, &own), None);
        }
    }
}
