//! Canon's CR3: boxes of ISO media files (ISO/IEC 14496-12, 4.2), as described by Laurent Clévy's
//! notes on the format. Lengths are not trusted: what cannot be read is left out.

use std::io::{Read, Seek, SeekFrom};

use super::found::Found;
use crate::metadata::Exif;

/// Boxes that are looked at, and how deep they may lie in one another.
const MOST_BOXES: usize = 2000;
const DEEPEST: usize = 8;

/// Bytes of a block of camera data that are read.
const LONGEST_BLOCK: u64 = 1 << 20;

/// The marks of Canon's own boxes: the one with camera data, and the one with the preview.
const CAMERA: [u8; 16] = *b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";
const PREVIEW: [u8; 16] = *b"\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16";

/// Bytes from the start of the box `PRVW` to its JPEG.
const PREVIEW_HEAD: u64 = 24;

/// The blocks of camera data.
#[derive(Default)]
struct Blocks {
    image: Option<Exif>,
    camera: Option<Exif>,
    place: Option<Exif>,
}

/// Finds the JPEGs of all tracks and the preview, and the camera data.
pub(super) fn walk(reader: &mut (impl Read + Seek), found: &mut Found) {
    let Ok(end) = reader.seek(SeekFrom::End(0)) else { return };
    let mut blocks = Blocks::default();
    let mut left = MOST_BOXES;
    boxes(reader, 0..end, DEEPEST, &mut left, found, &mut blocks);
    let mut exif = blocks.image.unwrap_or_default();
    if let (Some(width), Some(height)) = (exif.number(256), exif.number(257)) {
        found.add_size(width, height);
    }
    if let Some(camera) = blocks.camera.filter(|it| it.is_big_endian == exif.is_big_endian) {
        exif.camera = camera.image;
    }
    if let Some(place) = blocks.place.filter(|it| it.is_big_endian == exif.is_big_endian) {
        exif.place = place.image;
    }
    found.exif = Some(exif);
}

fn boxes(
    reader: &mut (impl Read + Seek),
    inside: std::ops::Range<u64>,
    deep: usize,
    left: &mut usize,
    found: &mut Found,
    blocks: &mut Blocks,
) {
    let mut sample = None;
    let mut place = inside.start;
    while place < inside.end && *left > 0 && deep > 0 {
        *left -= 1;
        let Some((kind, content, end)) = head(reader, place, inside.end) else { return };
        match &kind {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" => {
                boxes(reader, content..end, deep - 1, left, found, blocks);
            }
            b"uuid" => match bytes::<16>(reader, content) {
                Some(CAMERA) => boxes(reader, content + 16..end, deep - 1, left, found, blocks),
                // The box with the preview stands behind eight bytes.
                Some(PREVIEW) => boxes(reader, content + 24..end, deep - 1, left, found, blocks),
                _ => {}
            },
            b"PRVW" => {
                let jpeg = place + PREVIEW_HEAD;
                found.add(reader, jpeg, end.saturating_sub(jpeg));
            }
            b"CMT1" => blocks.image = block(reader, content, end),
            b"CMT2" => blocks.camera = block(reader, content, end),
            b"CMT4" => blocks.place = block(reader, content, end),
            // The size of all samples, or where they differ, of the first.
            b"stsz" => {
                let sizes = bytes::<16>(reader, content);
                let number = |at: usize| {
                    let it = sizes?;
                    Some(u32::from_be_bytes([it[at], it[at + 1], it[at + 2], it[at + 3]]))
                };
                sample = number(4).filter(|size| *size > 0).or_else(|| number(12));
            }
            b"co64" => {
                let first = bytes::<16>(reader, content).map(|it| {
                    u64::from_be_bytes([
                        it[8], it[9], it[10], it[11], it[12], it[13], it[14], it[15],
                    ])
                });
                if let (Some(place), Some(bytes)) = (first, sample) {
                    found.add(reader, place, u64::from(bytes));
                }
            }
            _ => {}
        }
        place = end;
    }
}

/// The kind of the box there, where its content begins and where it ends.
fn head(reader: &mut (impl Read + Seek), place: u64, most: u64) -> Option<([u8; 4], u64, u64)> {
    let [a, b, c, d, kind @ ..] = bytes::<8>(reader, place)?;
    let (length, head) = match u32::from_be_bytes([a, b, c, d]) {
        0 => (most - place, 8),
        1 => (u64::from_be_bytes(bytes(reader, place.checked_add(8)?)?), 16),
        length => (u64::from(length), 8),
    };
    let end = place.checked_add(length).filter(|_| length >= head)?.min(most);
    Some((kind, place + head, end))
}

fn bytes<const N: usize>(reader: &mut (impl Read + Seek), place: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    reader.seek(SeekFrom::Start(place)).ok()?;
    reader.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn block(reader: &mut (impl Read + Seek), place: u64, end: u64) -> Option<Exif> {
    let mut block = Vec::new();
    reader.seek(SeekFrom::Start(place)).ok()?;
    reader.take((end - place).min(LONGEST_BLOCK)).read_to_end(&mut block).ok()?;
    Exif::of(&block)
}
