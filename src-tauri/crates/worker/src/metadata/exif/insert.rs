//! Puts a block of camera data into an encoded file, byte for byte.
//!
//! libvips writes camera data from fields that cannot hold every text. So it is given one text that
//! is as long as the block, and the block then takes the place of what it wrote.

use cropmark_rules::{Fault, FaultCode};

/// How far before the text a block may begin.
const FARTHEST: usize = 4096;

/// A segment of a JPEG has 65,533 bytes; libvips writes some directories around the text.
const LONGEST: usize = 60_000;

/// The field that holds the text.
const FIELD: &str = "exif-ifd0-ImageDescription";

/// A text that holds a block's place.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Placeholder {
    block: Vec<u8>,
    text: String,
}

impl Placeholder {
    pub(in super::super) fn new(block: Vec<u8>) -> Self {
        // Nothing else in the file can be this text, because it depends on the block.
        let mark = blake3::hash(&block).to_hex();
        let text = mark.repeat(block.len() / mark.len() + 1);
        Self { block, text }
    }

    /// Whether the block is longer than a JPEG can hold.
    pub(in super::super) fn is_too_long(&self) -> bool {
        self.block.len() > LONGEST
    }

    /// The field's name and value. libvips drops all from the last bracket on.
    pub(in super::super) fn field(&self) -> (&'static str, String) {
        (FIELD, format!("{} ()", self.text))
    }
}

/// Puts the block in the place of the placeholder that libvips has written.
pub(in super::super) fn insert(placeholder: &Placeholder, file: &mut [u8]) -> Result<(), Fault> {
    let lost = || {
        Fault::new(
            FaultCode::Crashed,
            "The camera data could not be written. This is a fault of the program.",
        )
    };
    let Placeholder { block, text } = placeholder;
    let text_start = memchr::memmem::find(file, text.as_bytes()).ok_or_else(lost)?;
    let before = &file[text_start.saturating_sub(FARTHEST)..text_start];
    let begins = |window: &[u8]| window == b"II*\0" || window == b"MM\0*";
    let from_end = before.windows(4).rev().position(begins).ok_or_else(lost)?;
    let start = text_start - from_end - 4;
    let text_end = text_start + text.len();
    file[start..start + block.len()].copy_from_slice(block);
    file[start + block.len()..text_end].fill(0);
    correct_checksum(file, start);
    Ok(())
}

/// A PNG's chunk ends with a checksum of its kind and content.
fn correct_checksum(file: &mut [u8], start: usize) {
    let Some(head) = start.checked_sub(8) else { return };
    if &file[head + 4..start] != b"eXIf" || !file.starts_with(b"\x89PNG") {
        return;
    }
    let length = u32::from_be_bytes([file[head], file[head + 1], file[head + 2], file[head + 3]]);
    let end = start + length as usize;
    if end + 4 <= file.len() {
        let mut checksum = flate2::Crc::new();
        checksum.update(&file[head + 4..end]);
        file[end..end + 4].copy_from_slice(&checksum.sum().to_be_bytes());
    }
}
