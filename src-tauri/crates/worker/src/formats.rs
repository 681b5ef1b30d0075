//! Which formats this build can read and write.

use cropmark_rules::Format;

use crate::vips::Library;

/// Formats that can be read. BMP comes through the `image` crate, all else through libvips;
/// HEIC needs a decoder that the shipped library does not have.
pub(crate) fn readable(library: &Library) -> Vec<Format> {
    let reads = |format: &Format| match format {
        Format::Jpeg => library.has("jpegload_source"),
        Format::Png => library.has("pngload_source"),
        Format::Webp => library.has("webpload_source"),
        Format::Avif => library.has("heifload_source"),
        Format::Gif => library.has("gifload_source"),
        Format::Tiff => library.has("tiffload_source"),
        Format::Svg => library.has("svgload_source"),
        Format::Bmp => true,
        Format::Heic | Format::Jxl => false,
    };
    Format::ALL.into_iter().filter(reads).collect()
}

/// Formats that can be written.
pub(crate) fn writable(library: &Library) -> Vec<Format> {
    let writes = |format: &Format| match format {
        Format::Jpeg => library.has("jpegsave_buffer"),
        Format::Png => library.has("pngsave_buffer"),
        Format::Webp => library.has("webpsave_buffer"),
        Format::Avif => library.has("heifsave_buffer"),
        Format::Gif => library.has("gifsave_buffer"),
        Format::Tiff => library.has("tiffsave_buffer"),
        Format::Bmp => true,
        Format::Svg | Format::Heic | Format::Jxl => false,
    };
    Format::ALL.into_iter().filter(writes).collect()
}
