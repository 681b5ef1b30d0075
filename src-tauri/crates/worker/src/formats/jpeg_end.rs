//! Where a JPEG ends, and what it lacks where it ends too early (ITU-T T.81, annex B).

use std::sync::Arc;

use super::{
    Damage,
    jpeg_blocks::{self, Count},
    jpeg_markers::next_marker,
    load_call,
};
use crate::{
    content::Content,
    vips::{Call, Source},
};

/// So many zeros at a file's end were never written: the space was only reserved.
const RESERVED: usize = 16;

/// Where the picture's own data stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// After the end mark, at this byte of the file.
    Marked(usize),
    /// In the middle of the pixels.
    InPixels,
    /// Before the first pixel.
    InHeader,
}

/// Finds where the picture stops. Thumbnails are within segments and other pictures behind it, so
/// that the first end mark between segments is its own.
pub(super) fn end(bytes: &[u8]) -> End {
    let (mut at, mut in_pixels) = (2, false);
    let cut = |in_pixels: bool| if in_pixels { End::InPixels } else { End::InHeader };
    loop {
        let Some(marker) = next_marker(bytes, at) else { return cut(in_pixels) };
        at = marker + 1;
        match bytes[marker] {
            0xd9 => return End::Marked(at),
            0 | 1 | 0xd0..=0xd8 => {}
            kind => {
                in_pixels |= kind == 0xda;
                let length = bytes.get(at..at + 2).map(|it| u16::from_be_bytes([it[0], it[1]]));
                let Some(length) = length else { return cut(in_pixels) };
                at += usize::from(length.max(2));
            }
        }
    }
}

/// The picture with the end mark that it lacks, and what else is missing; `None`: it has one.
pub(super) fn mended(content: &Content, loader: &str) -> Option<(Content, Damage)> {
    let length = usize::try_from(content.length()).ok()?;
    if content.last_bytes(2) == b"\xff\xd9" {
        return None;
    }
    let bytes = content.whole().ok()?;
    if end(&bytes) != End::InPixels {
        return None;
    }
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let written = if zeros >= RESERVED { length - zeros } else { length };
    let mut mended = bytes[..written].to_vec();
    mended.extend(b"\xff\xd9");
    let mended = Arc::new(mended);
    let is_complete = match jpeg_blocks::count(&mended) {
        Count::Complete => true,
        Count::Missing => false,
        Count::OtherKind => is_read_without_warning(Arc::clone(&mended), loader),
    };
    let damage = if is_complete { Damage::EndMark } else { Damage::Rows };
    Some((Content::Memory(mended), damage))
}

/// Whether the decoder misses nothing.
fn is_read_without_warning(bytes: Arc<Vec<u8>>, loader: &str) -> bool {
    let Ok(source) = Source::from_shared(bytes) else { return false };
    let image = load_call(loader, &source).text("fail-on", "warning").number("shrink", 8).output();
    image.is_ok_and(|image| Call::new("avg").image("in", &image).run().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_behind_segments_and_before_trailers() {
        let file = b"\xff\xd8\xff\xe1\0\x06\xff\xd9\0\0\xff\xda\0\x03\x01\x05\xff\0\xff\xd0\x07\xff\xff\xd9more";
        assert_eq!(end(file), End::Marked(file.len() - 4));
        assert_eq!(end(&file[..file.len() - 5]), End::InPixels);
        assert_eq!(end(&file[..15]), End::InPixels);
        assert_eq!(end(&file[..9]), End::InHeader);
        for length in 0..file.len() {
            let _survives = end(&file[..length]);
        }
    }
}
