//! Whether a file holds its pixels and nothing else: no comments, no texts, no blocks of metadata and
//! nothing behind its end.
//!
//! What is not known to be needed for the pixels counts as something else, and so does a file that
//! cannot be walked through to its end.

use cropmark_rules::Format;

/// Chunks of a PNG that are about its pixels and colours.
const PNG_CHUNKS: [&[u8; 4]; 13] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
    b"sBIT", b"bKGD", b"pHYs",
];

/// Chunks of a WebP that are about its pixels and colours.
const WEBP_CHUNKS: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];

/// Extensions of a GIF that say how often an animation plays.
const GIF_LOOPS: [&[u8]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];

/// Whether the file holds its pixels and nothing else.
pub(crate) fn is_bare(format: Format, bytes: &[u8]) -> bool {
    let walked = match format {
        Format::Jpeg => jpeg(bytes),
        Format::Png => png(bytes),
        Format::Webp => webp(bytes),
        Format::Gif => gif(bytes),
        Format::Avif => avif(bytes),
        _ => None,
    };
    walked == Some(true)
}

fn jpeg(bytes: &[u8]) -> Option<bool> {
    let mut at = 2;
    loop {
        let marker = super::jpeg_markers::next_marker(bytes, at)?;
        at = marker + 1;
        let kind = bytes[marker];
        if kind == 0xd9 {
            return Some(at == bytes.len());
        }
        if matches!(kind, 1 | 0xd0..=0xd8) {
            continue;
        }
        let length = usize::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let segment = bytes.get(at + 2..at + length)?;
        let is_needed = match kind {
            // With two zeros at the end there is no thumbnail.
            0xe0 => segment.starts_with(b"JFIF\0") && segment.get(12..) == Some(&[0, 0]),
            0xe2 => segment.starts_with(b"ICC_PROFILE\0"),
            0xee => segment.starts_with(b"Adobe"),
            0xe1..=0xef | 0xfe => false,
            _ => true,
        };
        if !is_needed {
            return Some(false);
        }
        at += length;
    }
}

fn png(bytes: &[u8]) -> Option<bool> {
    let mut at = 8;
    loop {
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        let kind: &[u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        at = at.checked_add(length)?.checked_add(12)?;
        if !PNG_CHUNKS.contains(&kind) {
            return Some(false);
        }
        if kind == b"IEND" {
            return Some(at == bytes.len() && length == 0);
        }
    }
}

fn webp(bytes: &[u8]) -> Option<bool> {
    let length = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    if length + 8 != bytes.len() {
        return Some(false);
    }
    let mut at = 12;
    while at < bytes.len() {
        let kind: &[u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        if !WEBP_CHUNKS.contains(&kind) {
            return Some(false);
        }
        let length = u32::from_le_bytes(bytes.get(at + 4..at + 8)?.try_into().ok()?) as usize;
        at = at.checked_add(8)?.checked_add(length.next_multiple_of(2))?;
    }
    Some(at == bytes.len())
}

fn gif(bytes: &[u8]) -> Option<bool> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        match *bytes.get(at)? {
            b';' => return Some(at + 1 == bytes.len()),
            b',' => at = sub_blocks_end(bytes, at + 11 + table(*bytes.get(at + 9)?))?,
            b'!' => {
                let is_needed = match *bytes.get(at + 1)? {
                    0xf9 => true,
                    0xff => GIF_LOOPS.contains(&bytes.get(at + 3..at + 14)?),
                    _ => false,
                };
                if !is_needed {
                    return Some(false);
                }
                at = sub_blocks_end(bytes, at + 2)?;
            }
            _ => return None,
        }
    }
}

fn sub_blocks_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += length + 1;
        if length == 0 {
            return Some(at);
        }
    }
}

fn avif(bytes: &[u8]) -> Option<bool> {
    let mut at = 0;
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        let part = bytes.get(at..at.checked_add(length)?).filter(|_| length >= 8)?;
        let is_needed = match &part[4..8] {
            b"ftyp" | b"mdat" => true,
            b"meta" => are_pictures(part),
            _ => false,
        };
        if !is_needed {
            return Some(false);
        }
        at += length;
    }
    Some(true)
}

/// Whether all items that a meta box names are pictures.
fn are_pictures(meta: &[u8]) -> bool {
    let mut names = memchr::memmem::find_iter(meta, b"infe").map(|at| meta.get(at + 12..at + 16));
    names.all(|kind| matches!(kind, Some(b"av01" | b"grid")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ops::testing::gradient, vips::Call};

    const SAVERS: [(Format, &str); 5] = [
        (Format::Jpeg, "jpegsave_buffer"),
        (Format::Png, "pngsave_buffer"),
        (Format::Webp, "webpsave_buffer"),
        (Format::Gif, "gifsave_buffer"),
        (Format::Avif, "heifsave_buffer"),
    ];

    fn saved(saver: &str, packet: Option<&[u8]>) -> Vec<u8> {
        let canvas = gradient(24, 16, 3);
        let image = canvas.first().edit(|editor| {
            if let Some(packet) = packet {
                editor.set_blob("xmp-data", packet);
                editor.set_text("gif-comment", "private");
            }
        });
        let call = Call::new(saver).image("in", &image.unwrap());
        let call = if saver.starts_with("heif") { call.text("compression", "av1") } else { call };
        call.text("keep", if packet.is_some() { "all" } else { "none" }).buffer().unwrap()
    }

    #[test]
    fn what_is_more_than_pixels_is_found() {
        for (format, saver) in SAVERS {
            let bare = saved(saver, None);
            assert!(is_bare(format, &bare), "{format:?}");
            assert!(!is_bare(format, &[&bare[..], b"more"].concat()), "{format:?}");
            assert!(!is_bare(format, &bare[..bare.len() - 1]), "{format:?}");
            if format != Format::Gif {
                assert!(!is_bare(format, &saved(saver, Some(b"<x/>"))), "{format:?}");
            }
        }
        assert!(!is_bare(Format::Tiff, b"II*\0"));
    }

    #[test]
    fn comments_are_found() {
        let jpeg = saved("jpegsave_buffer", None);
        let commented = [&jpeg[..2], b"\xff\xfe\0\x05abc", &jpeg[2..]].concat();
        assert!(!is_bare(Format::Jpeg, &commented));
        let gif = saved("gifsave_buffer", None);
        let (pixels, end) = gif.split_at(gif.len() - 1);
        assert!(!is_bare(Format::Gif, &[pixels, b"!\xfe\x03abc\0", end].concat()));
    }

    #[test]
    fn broken_files_are_not_bare_and_end_the_walk() {
        for (format, saver) in SAVERS {
            let whole = saved(saver, None);
            for at in 0..whole.len().min(300) {
                let mut broken = whole.clone();
                broken[at] = 0xff;
                let _survives = (is_bare(format, &broken), is_bare(format, &whole[..at]));
            }
        }
    }
}
