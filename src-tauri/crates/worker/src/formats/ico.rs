//! Windows icons and cursors, through the `image` crate: the largest picture of the file, or the one
//! that `source.page` counts from there. An icon is written with its smaller sizes, each as PNG, which
//! every system since Windows Vista reads.

use std::io::Cursor;

use cropmark_rules::{Encoding, Fault, FaultCode, Format};
use image::{
    ExtendedColorType, ImageResult,
    codecs::{
        ico::{IcoDecoder, IcoEncoder, IcoFrame},
        png::PngDecoder,
    },
};

use super::{
    Load,
    decoder::{Decoder, Picture, broken},
    image_crate,
};
use crate::{
    canvas::fault,
    vips::{self, Call, Image, Levels, Library},
};

/// Bytes before the directory, and of an entry of it.
const HEAD_BYTES: usize = 6;
const ENTRY_BYTES: usize = 16;

pub(super) struct Ico;

impl Decoder for Ico {
    const FORMAT: Format = Format::Ico;

    fn describe(&self, bytes: &[u8], page: u32) -> Result<Picture, Fault> {
        let (entry, pages) = single(bytes, page)?;
        let picture = match entry {
            Entry::Bitmap(icon) => {
                image_crate::describe(Self::FORMAT, IcoDecoder::new(Cursor::new(icon)))
            }
            Entry::Png(data) => {
                image_crate::describe(Self::FORMAT, PngDecoder::new(Cursor::new(data)))
            }
        };
        Ok(Picture { frames: pages, ..picture? })
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        let (entry, pages) = single(bytes, load.page)?;
        let decoded = match entry {
            Entry::Bitmap(icon) => {
                image_crate::decode(Self::FORMAT, IcoDecoder::new(Cursor::new(icon)), load)
            }
            Entry::Png(data) => {
                image_crate::decode(Self::FORMAT, PngDecoder::new(Cursor::new(data)), load)
            }
        };
        decoded.map(|(picture, levels)| (Picture { frames: pages, ..picture }, levels))
    }

    fn writes(&self, _library: &Library) -> bool {
        true
    }

    fn encode(
        &self,
        image: &Image,
        encoding: &Encoding,
        _quality: u8,
    ) -> Option<Result<Vec<u8>, Fault>> {
        let written = scaled(image, &encoding.sizes).map_err(fault).and_then(|images| {
            icon(&images).map_err(|error| {
                Fault::new(FaultCode::Invalid, format!("The ICO could not be made ({error})."))
            })
        });
        Some(written)
    }
}

/// Eight-bit RGBA of a picture, and its size.
struct Pixels {
    rgba: Vec<u8>,
    width: u32,
    height: u32,
}

/// The image, and the image at each of the sizes that are smaller.
fn scaled(image: &Image, sizes: &[u32]) -> vips::Result<Vec<Pixels>> {
    let image = image.materialize()?;
    let longest = image.width().max(image.height());
    let mut images = vec![pixels(&image)?];
    for size in sizes.iter().filter(|size| **size < longest) {
        let scaled = Call::new("thumbnail_image").image("in", &image);
        let scaled = scaled.number("width", *size).number("height", *size).output()?;
        images.push(pixels(&scaled)?);
    }
    Ok(images)
}

fn pixels(image: &Image) -> vips::Result<Pixels> {
    let levels = image.to_bytes()?;
    let rgba = match image.bands() {
        1 => levels.iter().flat_map(|grey| [*grey, *grey, *grey, 255]).collect(),
        2 => levels.chunks_exact(2).flat_map(|it| [it[0], it[0], it[0], it[1]]).collect(),
        3 => levels.chunks_exact(3).flat_map(|it| [it[0], it[1], it[2], 255]).collect(),
        _ => levels,
    };
    Ok(Pixels { rgba, width: image.width(), height: image.height() })
}

fn icon(images: &[Pixels]) -> ImageResult<Vec<u8>> {
    let frame =
        |it: &Pixels| IcoFrame::as_png(&it.rgba, it.width, it.height, ExtendedColorType::Rgba8);
    let frames = images.iter().map(frame).collect::<ImageResult<Vec<_>>>()?;
    let mut bytes = Vec::new();
    IcoEncoder::new(&mut bytes).encode_images(&frames)?;
    Ok(bytes)
}

/// One of an icon's pictures.
enum Entry<'a> {
    /// An icon that holds this picture alone.
    Bitmap(Vec<u8>),
    Png(&'a [u8]),
}

/// One of the file's pictures, and how many there are. They are counted from the largest to the
/// smallest, of equal ones from the deepest.
fn single(bytes: &[u8], page: u32) -> Result<(Entry<'_>, u32), Fault> {
    let cut = || broken(Format::Ico, "its directory ends too early");
    let head: [u8; HEAD_BYTES] = *bytes.first_chunk().ok_or_else(cut)?;
    let is_cursor = head[2] == 2;
    let count = usize::from(u16::from_le_bytes([head[4], head[5]]));
    let mut entries = Vec::new();
    for entry in bytes[HEAD_BYTES..].chunks_exact(ENTRY_BYTES).take(count) {
        let side = |side: u8| if side == 0 { 256 } else { u32::from(side) };
        // A cursor has its hot spot where an icon has its depth.
        let bits = if is_cursor { 0 } else { u16::from_le_bytes([entry[6], entry[7]]) };
        entries.push((side(entry[0]) * side(entry[1]), bits, entry));
    }
    entries.sort_by_key(|(pixels, bits, _)| std::cmp::Reverse((*pixels, *bits)));
    let pages = u32::try_from(entries.len()).unwrap_or(0);
    let (_, _, entry) =
        usize::try_from(page).ok().and_then(|it| entries.get(it)).ok_or_else(cut)?;
    let number = |at: usize| {
        let bytes = [entry[at], entry[at + 1], entry[at + 2], entry[at + 3]];
        usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(usize::MAX)
    };
    let (length, start) = (number(8), number(12));
    let missing = || broken(Format::Ico, "a picture lies beyond its end");
    // Some programs give a length that leads beyond the end.
    let data = bytes.get(start..).ok_or_else(missing)?;
    let data = &data[..length.min(data.len())];
    if data.starts_with(b"\x89PNG") {
        return Ok((Entry::Png(data), pages));
    }
    // The directory's depth is left out: some programs write nonsense, and the picture tells it.
    let mut icon = vec![0, 0, 1, 0, 1, 0];
    icon.extend(&entry[..4]);
    icon.extend([1, 0, 0, 0]);
    icon.extend(u32::try_from(data.len()).unwrap_or(0).to_le_bytes());
    icon.extend(u32::try_from(HEAD_BYTES + ENTRY_BYTES).unwrap_or(0).to_le_bytes());
    icon.extend(data);
    Ok((Entry::Bitmap(icon), pages))
}
