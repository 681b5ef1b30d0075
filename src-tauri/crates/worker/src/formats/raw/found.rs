//! What was found in a raw file.

use std::io::{Read, Seek, SeekFrom};

use crate::metadata::Exif;

/// JPEGs that are looked at.
const MOST_PREVIEWS: usize = 64;
/// Markers of a JPEG before its frame.
const MOST_MARKERS: usize = 500;

/// A JPEG in a raw file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preview {
    place: u64,
    bytes: u64,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What was found in a raw file.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Bytes of the file.
    length: u64,
    previews: Vec<Preview>,
    /// The largest picture that the file tells of, in pixels.
    pub(super) sensor: (u32, u32),
    /// Its camera data.
    pub(super) exif: Option<Exif>,
}

impl Found {
    pub(super) fn new(length: u64) -> Self {
        Self { length, ..Self::default() }
    }

    /// Notes a size that the file tells of.
    pub(super) fn add_size(&mut self, width: u64, height: u64) {
        let (Ok(width), Ok(height)) = (u32::try_from(width), u32::try_from(height)) else { return };
        let pixels = |(width, height): (u32, u32)| u64::from(width) * u64::from(height);
        if pixels((width, height)) > pixels(self.sensor) {
            self.sensor = (width, height);
        }
    }

    /// Notes a JPEG, if there is one that a browser could show.
    pub(super) fn add(&mut self, reader: &mut (impl Read + Seek), place: u64, bytes: u64) {
        let bytes = bytes.min(self.length.saturating_sub(place));
        if self.previews.len() >= MOST_PREVIEWS || bytes < 4 {
            return;
        }
        if let Some((width, height)) = frame(reader, place) {
            self.previews.push(Preview { place, bytes, width, height });
        }
    }

    /// The JPEG with most pixels; of equal ones that with most bytes.
    pub(super) fn largest(&self) -> Option<Preview> {
        let pixels = |it: &&Preview| (u64::from(it.width) * u64::from(it.height), it.bytes);
        self.previews.iter().max_by_key(pixels).copied()
    }
}

/// The bytes of a JPEG.
pub(super) fn bytes(reader: &mut (impl Read + Seek), preview: Preview) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.seek(SeekFrom::Start(preview.place)).ok()?;
    reader.take(preview.bytes).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The size of the JPEG there, if it has eight bits a level and is no lossless one, in which cameras
/// keep what their sensors have seen.
fn frame(reader: &mut (impl Read + Seek), place: u64) -> Option<(u32, u32)> {
    reader.seek(SeekFrom::Start(place)).ok()?;
    if number(reader, 2)? != 0xffd8 {
        return None;
    }
    for _ in 0..MOST_MARKERS {
        let marker = number(reader, 2)?;
        let length = number(reader, 2)?;
        match marker {
            0xffc0..=0xffc2 => {
                let depth = number(reader, 1)?;
                let (height, width) = (number(reader, 2)?, number(reader, 2)?);
                let bands = number(reader, 1)?;
                let is_plain = depth == 8 && matches!(bands, 1 | 3) && width > 0 && height > 0;
                return is_plain.then_some((width, height));
            }
            0xffc4 | 0xffdb | 0xffdd | 0xffe0..=0xffef | 0xfffe => {
                reader.seek_relative(i64::from(length.checked_sub(2)?)).ok()?;
            }
            _ => return None,
        }
    }
    None
}

/// A number of up to four bytes, the highest first.
fn number(reader: &mut impl Read, bytes: usize) -> Option<u32> {
    let mut number = [0; 4];
    reader.read_exact(&mut number[4 - bytes..]).ok()?;
    Some(u32::from_be_bytes(number))
}
