//! Which formats this build can read and write.

use std::sync::{Arc, OnceLock};

use cropmark_rules::{Encoding, Format, FormatRule};

use crate::{
    codecs,
    vips::{Call, Image, Library, Result, Source},
};

/// Formats that can be read.
pub(crate) fn readable(library: &Library) -> Vec<Format> {
    Format::ALL.into_iter().filter(|format| reads(library, *format)).collect()
}

/// Formats that can be written.
pub(crate) fn writable(library: &Library) -> Vec<Format> {
    Format::ALL.into_iter().filter(|format| writes(library, *format)).collect()
}

/// Whether a format can be read. BMP comes through the `image` crate, all else through libvips.
pub(crate) fn reads(library: &Library, format: Format) -> bool {
    match format {
        Format::Jpeg => library.has("jpegload_source"),
        Format::Png => library.has("pngload_source"),
        Format::Webp => library.has("webpload_source"),
        Format::Avif => library.has("heifload_source"),
        Format::Gif => library.has("gifload_source"),
        Format::Tiff => library.has("tiffload_source"),
        Format::Svg => library.has("svgload_source"),
        Format::Jxl => library.has("jxlload_source"),
        Format::Bmp => true,
        Format::Heic => handles_hevc(library),
    }
}

/// Whether a format can be written.
pub(crate) fn writes(library: &Library, format: Format) -> bool {
    match format {
        Format::Jpeg => library.has("jpegsave_buffer"),
        Format::Png => library.has("pngsave_buffer"),
        Format::Webp => library.has("webpsave_buffer"),
        Format::Avif => library.has("heifsave_buffer"),
        Format::Gif => library.has("gifsave_buffer"),
        Format::Tiff => library.has("tiffsave_buffer"),
        Format::Bmp => true,
        Format::Heic => handles_hevc(library),
        Format::Svg | Format::Jxl => false,
    }
}

/// Whether libheif was built with HEVC. Its operations are the same as AVIF's, so only trying
/// shows; the shipped library was built without.
fn handles_hevc(library: &Library) -> bool {
    static HANDLES: OnceLock<bool> = OnceLock::new();
    library.has("heifload_source")
        && library.has("heifsave_buffer")
        && *HANDLES.get_or_init(|| written_and_read().is_ok())
}

fn written_and_read() -> Result<Image> {
    let black = Call::new("black").number("width", 64).number("height", 64);
    let image = black.number("bands", 3).output()?;
    let encoding = Encoding::new(FormatRule::Named(Format::Heic));
    let bytes = codecs::hevc(&encoding).image("in", &image).buffer()?;
    let source = Source::from_shared(Arc::new(bytes))?;
    Call::new("heifload_source").source("source", &source).output()?.materialize()
}
