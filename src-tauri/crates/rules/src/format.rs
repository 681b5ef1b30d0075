//! The table of image formats: one row a format, with all that is known of it outside the code
//! that reads and writes it.
//!
//! A new format is a row here, a module in the worker and a line in that module's list.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The facts of a format.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table, not a state")]
pub struct FormatFacts {
    /// The name in presets and reports.
    pub name: &'static str,
    /// The name in sentences, such as `WebP`.
    pub label: &'static str,
    /// The label with its article, such as `an AVIF`.
    pub with_article: &'static str,
    /// The extensions that files of this format have, without a dot; the first one is written.
    pub extensions: &'static [&'static str],
    /// The media type (RFC 6838).
    pub media_type: &'static str,
    /// Whether presets may name it as an output.
    pub is_output: bool,
    /// Whether it can hold transparency.
    pub alpha: bool,
    /// Whether it can hold several frames, as this product writes it.
    pub frames: bool,
    /// Whether it can hold several pages that are read one at a time.
    pub pages: bool,
    /// Whether it is drawn at any density.
    pub vector: bool,
    /// Whether it can hold light of any brightness, which `source.exposure` and `source.tone` show.
    pub light: bool,
    /// Whether it keeps every pixel.
    pub lossless: Lossless,
    /// The quality of an encoding that names none, on the format's own scale; `None`: it has none.
    /// Keys leave it out: it must not change.
    pub default_quality: Option<u8>,
    /// The quality where a preset gives none: 75 points of SSIMULACRA2 in every format, the mean of
    /// ten photographs at 1280 pixels (75.3 JPEG, 75.1 WebP, 75.4 AVIF). JPEG XL's has 75.5 for the seven
    /// photographs of the samples, where JPEG has 74.7 and AVIF 76.6. `None`: `default_quality`.
    pub preset_quality: Option<u8>,
    /// Whether colours can be stored at half the resolution.
    pub chroma: bool,
    /// Whether it can be stored coarse first.
    pub progressive: bool,
    /// Whether its encoder can take more or less time.
    pub effort: bool,
    /// Whether its colours can be a palette.
    pub palette: bool,
    /// Bits of a level that are written besides 8, the fewest first.
    pub depths: &'static [u8],
    /// Whether it can hold a colour profile.
    pub profile: bool,
    /// Whether it can hold CMYK.
    pub cmyk: bool,
    /// The kinds of metadata that it can hold.
    pub metadata: MetadataBlocks,
    /// Whether it can say how many dots an inch it is made for, as this product writes it.
    pub density: bool,
    /// The longest side that it can hold, in pixels; `None`: longer than any limit here.
    pub longest_side: Option<u32>,
    /// Whether every nth pixel can be taken while it is read.
    pub subsample: bool,
    /// Whether its decoder can give a smaller still image for less work.
    pub shrinks_on_load: bool,
    /// Whether its decoder gives pixels before the whole file is there.
    pub decodes_early: bool,
    /// What its decoder takes beside the pixels it gives, for a still image and an animation.
    pub decoder: Memory,
    /// Bytes a pixel of one frame that its encoder takes beside the pixels, its output included.
    pub encoder: PixelBytes,
    /// How many browsers show it, as a rank: the highest is the best last resort of a page; 0: it is
    /// not written for pages.
    pub browser_support: u8,
}

/// Whether a format keeps every pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lossless {
    /// It never does.
    Never,
    /// It always does.
    Always,
    /// A preset chooses.
    Choice,
}

/// The kinds of metadata that a format can hold, as this product writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MetadataBlocks {
    /// Camera data.
    pub exif: bool,
    /// Press data.
    pub iptc: bool,
    /// Adobe's extensible metadata.
    pub xmp: bool,
}

/// Bytes a pixel that a step takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelBytes {
    /// For a still image.
    pub still: u64,
    /// For an animation.
    pub animated: u64,
}

/// Memory that a decoder takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Bytes whatever the size, for a still image.
    pub fixed: u64,
    /// Bytes a decoded pixel.
    pub pixel: PixelBytes,
}

const fn each(bytes: u64) -> PixelBytes {
    PixelBytes { still: bytes, animated: bytes }
}

/// For decoders that give rows as they read them.
const ROW_BY_ROW: Memory = Memory { fixed: 0, pixel: each(0) };

const fn whole(bytes: u64) -> Memory {
    Memory { fixed: 0, pixel: each(bytes) }
}

const NO_METADATA: MetadataBlocks = MetadataBlocks { exif: false, iptc: false, xmp: false };

/// The facts of a format, as far as its row does not name others.
const PLAIN: FormatFacts = FormatFacts {
    name: "",
    label: "",
    with_article: "",
    extensions: &[],
    media_type: "",
    is_output: true,
    alpha: true,
    frames: false,
    pages: false,
    vector: false,
    light: false,
    lossless: Lossless::Always,
    default_quality: None,
    preset_quality: None,
    chroma: false,
    progressive: false,
    effort: true,
    palette: false,
    depths: &[],
    profile: true,
    cmyk: false,
    metadata: NO_METADATA,
    density: false,
    longest_side: None,
    subsample: false,
    shrinks_on_load: false,
    decodes_early: false,
    decoder: ROW_BY_ROW,
    encoder: each(4),
    browser_support: 0,
};

/// The facts of a format that is only read, as far as its row does not name others.
const READ_ONLY: FormatFacts = FormatFacts { is_output: false, ..PLAIN };

/// Makes [`Format`] and its table from the rows.
macro_rules! formats {
    ($($(#[$documentation:meta])* $format:ident => $facts:expr,)*) => {
        /// An image file format, as presets name it.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum Format {
            $($(#[$documentation])* $format,)*
        }

        const COUNT: usize = [$(stringify!($format)),*].len();

        static TABLE: [FormatFacts; COUNT] = [$($facts),*];

        impl Format {
            /// All formats.
            pub const ALL: [Self; COUNT] = [$(Self::$format),*];
        }
    };
}

formats! {
    /// JPEG.
    Jpeg => FormatFacts {
        name: "jpeg",
        label: "JPEG",
        with_article: "a JPEG",
        extensions: &["jpg", "jpeg", "jpe", "jfif"],
        media_type: "image/jpeg",
        alpha: false,
        lossless: Lossless::Never,
        default_quality: Some(80),
        preset_quality: Some(73),
        chroma: true,
        progressive: true,
        cmyk: true,
        metadata: MetadataBlocks { exif: true, iptc: true, xmp: true },
        density: true,
        longest_side: Some(65_535),
        subsample: true,
        shrinks_on_load: true,
        decodes_early: true,
        encoder: each(1),
        browser_support: 10,
        ..PLAIN
    },
    /// PNG.
    Png => FormatFacts {
        name: "png",
        label: "PNG",
        with_article: "a PNG",
        extensions: &["png", "apng"],
        media_type: "image/png",
        progressive: true,
        palette: true,
        depths: &[16],
        metadata: MetadataBlocks { exif: true, iptc: false, xmp: true },
        density: true,
        subsample: true,
        decodes_early: true,
        browser_support: 9,
        ..PLAIN
    },
    /// WebP.
    Webp => FormatFacts {
        name: "webp",
        label: "WebP",
        with_article: "a WebP",
        extensions: &["webp"],
        media_type: "image/webp",
        frames: true,
        lossless: Lossless::Choice,
        default_quality: Some(80),
        preset_quality: Some(82),
        chroma: true,
        metadata: MetadataBlocks { exif: true, iptc: false, xmp: true },
        density: true,
        longest_side: Some(16_383),
        shrinks_on_load: true,
        // A whole picture with alpha, its planes and what turns one into the other.
        decoder: Memory { fixed: 4 << 20, pixel: PixelBytes { still: 10, animated: 12 } },
        encoder: PixelBytes { still: 6, animated: 32 },
        browser_support: 6,
        ..PLAIN
    },
    /// AVIF.
    Avif => FormatFacts {
        name: "avif",
        label: "AVIF",
        with_article: "an AVIF",
        extensions: &["avif"],
        media_type: "image/avif",
        pages: true,
        lossless: Lossless::Choice,
        default_quality: Some(60),
        preset_quality: Some(62),
        chroma: true,
        metadata: MetadataBlocks { exif: true, iptc: false, xmp: true },
        density: true,
        longest_side: Some(32_768),
        // Whole pictures, in planes of wider numbers.
        decoder: whole(15),
        encoder: each(24),
        browser_support: 4,
        ..PLAIN
    },
    /// GIF.
    Gif => FormatFacts {
        name: "gif",
        label: "GIF",
        with_article: "a GIF",
        extensions: &["gif"],
        media_type: "image/gif",
        frames: true,
        progressive: true,
        profile: false,
        longest_side: Some(65_535),
        subsample: true,
        decoder: whole(8),
        browser_support: 8,
        ..PLAIN
    },
    /// TIFF.
    Tiff => FormatFacts {
        name: "tiff",
        label: "TIFF",
        with_article: "a TIFF",
        extensions: &["tif", "tiff"],
        media_type: "image/tiff",
        pages: true,
        effort: false,
        depths: &[16],
        cmyk: true,
        metadata: MetadataBlocks { exif: false, iptc: true, xmp: true },
        density: true,
        subsample: true,
        ..PLAIN
    },
    /// Windows bitmap.
    Bmp => FormatFacts {
        name: "bmp",
        label: "BMP",
        with_article: "a BMP",
        extensions: &["bmp", "dib"],
        media_type: "image/bmp",
        alpha: false,
        effort: false,
        profile: false,
        subsample: true,
        decoder: whole(4),
        browser_support: 7,
        ..PLAIN
    },
    /// SVG: read only.
    Svg => FormatFacts {
        name: "svg",
        label: "SVG",
        with_article: "an SVG",
        extensions: &["svg"],
        media_type: "image/svg+xml",
        is_output: false,
        vector: true,
        decoder: whole(4),
        encoder: each(1),
        browser_support: 5,
        ..PLAIN
    },
    /// HEIC: written where the library can.
    Heic => FormatFacts {
        name: "heic",
        label: "HEIC",
        with_article: "a HEIC",
        extensions: &["heic", "heif", "hif"],
        media_type: "image/heic",
        lossless: Lossless::Choice,
        default_quality: Some(60),
        chroma: true,
        longest_side: Some(32_768),
        // All tiles and the picture that they are put into, in planes of four bytes a level.
        decoder: whole(18),
        encoder: each(24),
        browser_support: 2,
        ..PLAIN
    },
    /// JPEG XL.
    Jxl => FormatFacts {
        name: "jxl",
        label: "JPEG XL",
        with_article: "a JPEG XL",
        extensions: &["jxl"],
        media_type: "image/jxl",
        frames: true,
        lossless: Lossless::Choice,
        default_quality: Some(80),
        preset_quality: Some(70),
        depths: &[10, 12, 16],
        metadata: MetadataBlocks { exif: true, iptc: false, xmp: true },
        density: true,
        longest_side: Some(262_144),
        // A frame in floating-point numbers, and its coefficients.
        decoder: whole(24),
        encoder: each(50),
        browser_support: 3,
        ..PLAIN
    },
    /// Windows icons, also read from cursors; of several sizes the largest is read.
    Ico => FormatFacts {
        name: "ico",
        label: "ICO",
        with_article: "an ICO",
        extensions: &["ico", "cur"],
        media_type: "image/vnd.microsoft.icon",
        pages: true,
        effort: false,
        profile: false,
        longest_side: Some(256),
        decoder: whole(8),
        browser_support: 1,
        ..PLAIN
    },
    /// QOI: read only.
    Qoi => FormatFacts {
        name: "qoi",
        label: "QOI",
        with_article: "a QOI",
        extensions: &["qoi"],
        media_type: "image/qoi",
        decoder: whole(8),
        ..READ_ONLY
    },
    /// Truevision's TGA: read only.
    Tga => FormatFacts {
        name: "tga",
        label: "TGA",
        with_article: "a TGA",
        extensions: &["tga", "icb", "vda", "vst"],
        media_type: "image/x-tga",
        decoder: whole(8),
        ..READ_ONLY
    },
    /// Netpbm's formats: read only.
    Pnm => FormatFacts {
        name: "pnm",
        label: "Netpbm",
        with_article: "a Netpbm",
        extensions: &["pnm", "pbm", "pgm", "ppm", "pam"],
        media_type: "image/x-portable-anymap",
        decoder: whole(16),
        ..READ_ONLY
    },
    /// Microsoft texture files (DDS): read only.
    Dds => FormatFacts {
        name: "dds",
        label: "DDS",
        with_article: "a DDS",
        extensions: &["dds"],
        media_type: "image/vnd-ms.dds",
        decoder: whole(8),
        ..READ_ONLY
    },
    /// Farbfeld: read only.
    Farbfeld => FormatFacts {
        name: "farbfeld",
        label: "farbfeld",
        with_article: "a farbfeld",
        extensions: &["ff"],
        media_type: "image/x-farbfeld",
        decoder: whole(16),
        ..READ_ONLY
    },
    /// ILM's EXR, light of any brightness: read only.
    Exr => FormatFacts {
        name: "exr",
        label: "OpenEXR",
        with_article: "an OpenEXR",
        extensions: &["exr"],
        media_type: "image/x-exr",
        light: true,
        decoder: whole(48),
        ..READ_ONLY
    },
    /// Radiance HDR, light of any brightness: read only.
    Hdr => FormatFacts {
        name: "hdr",
        label: "Radiance HDR",
        with_article: "a Radiance HDR",
        extensions: &["hdr", "rgbe"],
        media_type: "image/vnd.radiance",
        light: true,
        decoder: whole(36),
        ..READ_ONLY
    },
    /// Photoshop documents, of which the flattened picture is read: read only.
    Psd => FormatFacts {
        name: "psd",
        label: "Photoshop",
        with_article: "a Photoshop",
        extensions: &["psd", "psb"],
        media_type: "image/vnd.adobe.photoshop",
        light: true,
        decoder: whole(20),
        ..READ_ONLY
    },
    /// JPEG 2000: read only.
    Jp2 => FormatFacts {
        name: "jp2",
        label: "JPEG 2000",
        with_article: "a JPEG 2000",
        extensions: &["jp2", "j2k", "j2c", "jpc", "jpx", "jpf"],
        media_type: "image/jp2",
        shrinks_on_load: true,
        decoder: whole(40),
        ..READ_ONLY
    },
    /// PDF, of which one page is drawn; Illustrator's files that hold one: read only.
    Pdf => FormatFacts {
        name: "pdf",
        label: "PDF",
        with_article: "a PDF",
        extensions: &["pdf", "ai"],
        media_type: "application/pdf",
        vector: true,
        pages: true,
        // The page in floating-point numbers, and groups of transparency in it.
        decoder: whole(24),
        ..READ_ONLY
    },
    /// Cameras' raw files, of which the camera's own JPEG is read: read only.
    Raw => FormatFacts {
        name: "raw",
        label: "raw",
        with_article: "a raw",
        extensions: &["dng", "cr2", "cr3", "nef", "nrw", "arw", "raf", "orf", "rw2", "pef", "srw"],
        media_type: "image/x-raw",
        alpha: false,
        shrinks_on_load: true,
        ..READ_ONLY
    },
}

impl Format {
    /// Returns the facts of the format.
    #[must_use]
    pub fn facts(self) -> &'static FormatFacts {
        &TABLE[self as usize]
    }

    /// The name in presets and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The file name extension of what is written, without a dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.facts().extensions[0]
    }

    /// The format that is written with this extension.
    #[must_use]
    pub fn with_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// Whether an image of this format can hold transparency.
    #[must_use]
    pub fn has_alpha(self) -> bool {
        self.facts().alpha
    }

    /// Whether an image of this format can hold several frames, as this product writes it.
    #[must_use]
    pub fn has_frames(self) -> bool {
        self.facts().frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_its_format_as_presets_do() {
        for format in Format::ALL {
            let facts = format.facts();
            assert_eq!(serde_json::to_value(format).unwrap(), facts.name);
            assert_eq!(Format::named(facts.name), Some(format));
            assert_eq!(Format::with_extension(format.extension()), Some(format));
            assert!(facts.with_article.ends_with(facts.label));
            let kind = if format == Format::Pdf { "application/" } else { "image/" };
            assert!(facts.media_type.starts_with(kind));
        }
        assert_eq!(Format::named("JPEG"), None);
    }

    #[test]
    fn names_extensions_and_ranks_are_each_of_one_format() {
        let mut extensions: Vec<_> =
            Format::ALL.iter().flat_map(|it| it.facts().extensions).collect();
        let written = Format::ALL.iter().map(|it| it.facts()).filter(|facts| facts.is_output);
        let mut ranks: Vec<_> = written.map(|facts| facts.browser_support).collect();
        let counts = (extensions.len(), ranks.len());
        extensions.sort_unstable();
        extensions.dedup();
        ranks.sort_unstable();
        ranks.dedup();
        assert_eq!((extensions.len(), ranks.len()), counts);
    }

    #[test]
    fn what_loses_pixels_has_a_quality() {
        for format in Format::ALL {
            let facts = format.facts();
            assert_eq!(facts.default_quality.is_some(), facts.lossless != Lossless::Always);
        }
    }
}
