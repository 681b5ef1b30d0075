//! What kind of file it is, by its first bytes.

use cropmark_rules::Format;

/// The format that a file's first bytes (64 are plenty) belong to.
pub(crate) fn sniff(start: &[u8]) -> Option<Format> {
    if start.starts_with(&[0xff, 0xd8, 0xff]) {
        return Some(Format::Jpeg);
    }
    if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Format::Png);
    }
    if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        return Some(Format::Webp);
    }
    if start.starts_with(b"GIF8") {
        return Some(Format::Gif);
    }
    if start.starts_with(b"II*\0") || start.starts_with(b"MM\0*") {
        return Some(Format::Tiff);
    }
    if start.starts_with(b"BM") {
        return Some(Format::Bmp);
    }
    if start.get(4..8) == Some(b"ftyp") {
        return match start.get(8..12) {
            Some(b"avif" | b"avis") => Some(Format::Avif),
            _ => Some(Format::Heic),
        };
    }
    None
}
