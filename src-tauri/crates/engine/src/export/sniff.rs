//! Whether a file begins as an image does, whatever it is called.
//!
//! Only the signature is looked at; nothing is decoded. Formats that no worker can read are
//! images too: they become a failed row that says so, and are not passed over in silence.

/// Bytes from the beginning of a file that [`is_image`] wants to see. An SVG may open with a
/// long comment.
pub(super) const WINDOW: usize = 4096;

/// Whether these first bytes are an image's.
pub(super) fn is_image(start: &[u8]) -> bool {
    const SIGNATURES: [&[u8]; 16] = [
        b"\xff\xd8\xff",             // JPEG
        b"\x89PNG\r\n\x1a\n",        // PNG
        b"GIF87a",                   // GIF
        b"GIF89a",                   // GIF
        b"II*\0",                    // TIFF and most cameras' raw files
        b"MM\0*",                    // TIFF, the other byte order
        b"II+\0",                    // BigTIFF
        b"MM\0+",                    // BigTIFF, the other byte order
        b"\xff\x0a",                 // JPEG XL, bare
        b"\0\0\0\x0cJXL \r\n\x87\n", // JPEG XL, boxed
        b"\0\0\0\x0cjP  \r\n\x87\n", // JPEG 2000
        b"\xff\x4f\xff\x51",         // JPEG 2000, bare
        b"8BPS",                     // Photoshop
        b"\x76\x2f\x31\x01",         // OpenEXR
        b"#?RADIANCE",               // Radiance HDR
        b"qoif",                     // QOI
    ];
    SIGNATURES.iter().any(|signature| start.starts_with(signature))
        || (start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP"))
        || is_bmp(start)
        || is_still_of_mp4_family(start)
        || is_svg(start)
}

/// `BM` alone begins many a text; the length of the second header tells.
fn is_bmp(start: &[u8]) -> bool {
    let header = start.get(14..18).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    start.starts_with(b"BM") && matches!(header, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// AVIF and HEIC share their container with videos; the brand tells.
fn is_still_of_mp4_family(start: &[u8]) -> bool {
    const BRANDS: [&[u8]; 10] =
        [b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"];
    start.get(4..8) == Some(b"ftyp")
        && start.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

/// Whether the first element of an XML text is `svg`.
fn is_svg(start: &[u8]) -> bool {
    let mut rest = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    loop {
        let end: &[u8] = if rest.starts_with(b"<?") {
            b"?>"
        } else if rest.starts_with(b"<!--") {
            b"-->"
        } else if rest.starts_with(b"<!DOCTYPE") {
            let subset = rest.iter().take_while(|byte| **byte != b'>').any(|byte| *byte == b'[');
            if subset { b"]>" } else { b">" }
        } else {
            break;
        };
        let Some(at) = rest.windows(end.len()).position(|window| window == end) else {
            return false;
        };
        rest = rest[at + end.len()..].trim_ascii_start();
    }
    let name = rest.strip_prefix(b"<").unwrap_or_default();
    let stop = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let name = &name[..name.iter().position(stop).unwrap_or(name.len())];
    name == b"svg" || name.ends_with(b":svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_known_and_texts_are_not_images() {
        let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0".to_vec();
        bmp.extend([40, 0, 0, 0]);
        let cases: [(&[u8], bool); 16] = [
            (b"\xff\xd8\xff\xe0", true),
            (b"\x89PNG\r\n\x1a\n\0", true),
            (b"RIFF\0\0\0\0WEBPVP8 ", true),
            (b"RIFF\0\0\0\0WAVEfmt ", false),
            (&bmp, true),
            (b"BMW is the name of a car", false),
            (b"\0\0\0\x1cftypavif", true),
            (b"\0\0\0\x1cftypheic", true),
            (b"\0\0\0\x1cftypisom", false),
            (b"<svg xmlns='x'>", true),
            (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b -->\n<svg>", true),
            (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>\n<s:svg/>", true),
            (b"<html><svg></svg></html>", false),
            (b"<!-- no end", false),
            (b"version = 1", false),
            (b"", false),
        ];
        for (start, expected) in cases {
            assert_eq!(is_image(start), expected, "{}", String::from_utf8_lossy(start));
        }
    }
}
