//! Formats that libvips does not read: a decoder reads the file's bytes into memory, and libvips goes
//! on from there with the same metadata as its own loaders set.
//!
//! A decoder that panics, asks for too much memory or is given nonsense makes a fault of its file.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use cropmark_rules::{Encoding, Fault, FaultCode, Format, Limits, geometry::Size};

use super::{ImageFormat, Load, RawFacts, check, saved};
use crate::{
    canvas::fault,
    color,
    content::Content,
    metadata::{self, Texts},
    vips::{self, Band, Call, Image, Levels, Library},
};

/// A decoder of one format.
pub(super) trait Decoder: Sync {
    /// The format that it reads.
    const FORMAT: Format;

    /// Reads what the file says about a page, from 0. No pixel is decoded, and the size is not yet
    /// kept to the limits.
    fn describe(&self, bytes: &[u8], page: u32) -> Result<Picture, Fault>;

    /// Decodes the wanted frames, whose size is within the limits.
    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault>;

    /// The picture as a vector is drawn.
    fn drawn(&self, picture: Picture, _load: &Load<'_>) -> Picture {
        picture
    }

    /// Whether this build can write it too.
    fn writes(&self, _library: &Library) -> bool {
        false
    }

    /// The operation of libvips that saves it.
    fn saver(&self, _encoding: &Encoding, _quality: u8) -> Option<Call> {
        None
    }

    /// The file of an image, for a format that libvips does not save.
    fn encode(
        &self,
        _image: &Image,
        _encoding: &Encoding,
        _quality: u8,
    ) -> Option<Result<Vec<u8>, Fault>> {
        None
    }

    /// Puts metadata into a file that libvips does not write.
    fn put_texts(&self, _file: &mut Vec<u8>, _texts: Texts<'_>) {}
}

/// The model of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    Grey,
    Rgb,
    Cmyk,
    /// CIE L*a*b*, in floating-point numbers as libvips has it.
    Lab,
}

/// What a file says about a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Picture {
    pub(super) width: u32,
    /// Of one frame.
    pub(super) height: u32,
    pub(super) model: Model,
    pub(super) alpha: bool,
    /// The kind of numbers that the levels come as.
    pub(super) band: Band,
    /// Bits that the file stores of a level.
    pub(super) bits: u32,
    /// The orientation that is still to be applied, 1–8.
    pub(super) orientation: u8,
    /// Frames or pages.
    pub(super) frames: u32,
    /// Milliseconds a frame.
    pub(super) delays: Vec<i32>,
    /// How often an animation plays.
    pub(super) repeats: Option<i32>,
    pub(super) profile: Option<Vec<u8>>,
    /// A block of camera data.
    pub(super) exif: Option<Vec<u8>>,
    pub(super) xmp: Option<Vec<u8>>,
    /// Bare records of press data.
    pub(super) iptc: Option<Vec<u8>>,
    /// What else is told.
    pub(super) facts: RawFacts,
}

impl Picture {
    /// An upright still picture of these bands with nothing special about it.
    pub(super) fn new(width: u32, height: u32, model: Model, alpha: bool, bits: u32) -> Self {
        Self {
            width,
            height,
            model,
            alpha,
            band: if bits > 8 { Band::Short } else { Band::Byte },
            bits,
            orientation: 1,
            frames: 1,
            delays: Vec::new(),
            repeats: None,
            profile: None,
            exif: None,
            xmp: None,
            iptc: None,
            facts: RawFacts::default(),
        }
    }

    /// Bands, alpha included.
    pub(super) fn bands(&self) -> u32 {
        let colors = match self.model {
            Model::Grey => 1,
            Model::Rgb | Model::Lab => 3,
            Model::Cmyk => 4,
        };
        colors + u32::from(self.alpha)
    }

    /// What libvips calls the colours.
    fn interpretation(&self) -> &'static str {
        match (self.model, self.band) {
            (Model::Cmyk, _) => "cmyk",
            (Model::Lab, _) => "lab",
            (Model::Grey, Band::Short) => "grey16",
            (Model::Grey, _) => "b-w",
            (Model::Rgb, Band::Short) => "rgb16",
            (Model::Rgb, Band::Float) => "scrgb",
            (Model::Rgb, _) => "srgb",
        }
    }

    /// An image of the right size and kind whose pixels are not the file's.
    fn blank(&self) -> vips::Result<Image> {
        let number = match self.band {
            Band::Byte => "uchar",
            Band::Short => "ushort",
            Band::Float | Band::Other => "float",
        };
        let black = Call::new("black")
            .number("width", self.width)
            .number("height", self.height)
            .number("bands", self.bands());
        let image = Call::new("cast").image("in", &black.output()?).text("format", number);
        self.told(&image.output()?)
    }

    /// The image with what the file says about it.
    fn told(&self, image: &Image) -> vips::Result<Image> {
        let kind = self.interpretation();
        let image = Call::new("copy").image("in", image).text("interpretation", kind).output()?;
        image.edit(|editor| {
            // libvips takes camera data apart as it gets them, the orientation too.
            let blocks = [
                (color::PROFILE, &self.profile),
                (metadata::EXIF, &self.exif),
                (metadata::XMP, &self.xmp),
                (metadata::IPTC, &self.iptc),
            ];
            for (name, block) in blocks {
                if let Some(block) = block.as_deref().filter(|block| !block.is_empty()) {
                    editor.set_blob(name, block);
                }
            }
            let integer = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
            editor.set_integer("bits-per-sample", integer(self.bits));
            editor.set_integer("orientation", i32::from(self.orientation));
            if self.frames > 1 {
                editor.set_integer("n-pages", integer(self.frames));
            }
            if !self.delays.is_empty() {
                editor.set_integers("delay", &self.delays);
            }
            if let Some(repeats) = self.repeats {
                editor.set_integer("loop", repeats);
            }
        })
    }
}

impl<D: Decoder> ImageFormat for D {
    fn format(&self) -> Format {
        D::FORMAT
    }

    fn loader(&self) -> &'static str {
        ""
    }

    fn reads(&self, _library: &Library) -> bool {
        true
    }

    fn writes(&self, library: &Library) -> bool {
        Decoder::writes(self, library)
    }

    fn saver(&self, encoding: &Encoding, quality: u8) -> Option<Call> {
        Decoder::saver(self, encoding, quality)
    }

    fn save(
        &self,
        image: &Image,
        keep: &str,
        encoding: &Encoding,
        quality: u8,
    ) -> Result<Vec<u8>, Fault> {
        self.encode(image, encoding, quality)
            .unwrap_or_else(|| saved(self.format(), self.saver(encoding, quality), image, keep))
    }

    fn put_texts(&self, file: &mut Vec<u8>, texts: Texts<'_>) {
        Decoder::put_texts(self, file, texts);
    }

    fn measured(&self, file: &Arc<Vec<u8>>) -> Result<(Size, u32), Fault> {
        let content = Content::Memory(Arc::clone(file));
        let picture = described(self, &content, 0, &Limits::default())?;
        // Several pages are no frames of an animation.
        let frames = if D::FORMAT.has_frames() { picture.frames } else { 1 };
        Ok((Size::new(picture.width, picture.height), frames))
    }

    fn check(&self, content: &Content, limits: &Limits, facts: &mut RawFacts) -> Result<(), Fault> {
        let picture = described(self, content, 0, limits)?;
        *facts = picture.facts;
        Ok(())
    }

    fn open(&self, content: &Content, limits: &Limits) -> Result<Image, Fault> {
        described(self, content, 0, limits)?.blank().map_err(fault)
    }

    fn measure(&self, content: &Content, load: &Load<'_>) -> Result<Image, Fault> {
        let picture = described(self, content, load.page, load.limits)?;
        self.drawn(picture, load).blank().map_err(fault)
    }

    fn load(&self, content: &Content, load: &Load<'_>) -> Result<Image, Fault> {
        described(self, content, load.page, load.limits)?;
        let bytes = content.whole()?;
        let (picture, levels) = guarded(D::FORMAT, || self.decode(&bytes, load))?;
        let height = picture.height * load.count.max(1);
        let image = Image::from_levels(levels, picture.width, height, picture.bands());
        image.and_then(|image| picture.told(&image)).map_err(fault)
    }
}

/// What a file says about a page, within the limits.
fn described<D: Decoder>(
    decoder: &D,
    content: &Content,
    page: u32,
    limits: &Limits,
) -> Result<Picture, Fault> {
    let bytes = content.whole()?;
    let picture = guarded(D::FORMAT, || decoder.describe(&bytes, page))?;
    let (width, height) = (u64::from(picture.width), u64::from(picture.height));
    check::size(width, height, 1, limits)?;
    let facts = D::FORMAT.facts();
    if !facts.vector {
        let needed = width * height * facts.decoder.pixel.still + facts.decoder.fixed;
        let what = crate::text::capitalized(facts.with_article);
        check::memory(needed, &what, limits)?;
    }
    Ok(picture)
}

/// Runs a decoder, and makes a fault of its panic.
pub(super) fn guarded<T>(
    format: Format,
    run: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Fault> {
    // Nothing outlives a decoder that panics, so nothing half done can be seen.
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err(broken(format, "the decoder gave up")))
}

/// A file that cannot be read as what it begins like.
pub(super) fn broken(format: Format, why: impl std::fmt::Display) -> Fault {
    let name = format.facts().label;
    Fault::new(
        FaultCode::Unreadable,
        format!("The {name} file is damaged or incomplete ({why}). Get a whole copy of it."),
    )
}

/// A kind of file that is whole but not read by this program.
pub(super) fn unsupported(format: Format, why: impl std::fmt::Display) -> Fault {
    let name = format.facts().label;
    Fault::new(
        FaultCode::Unsupported,
        format!(
            "This kind of {name} file cannot be read ({why}): save it as JPEG, PNG, TIFF, WebP or \
             AVIF."
        ),
    )
}
