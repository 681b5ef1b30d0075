//! Reading a source: what it is by its first bytes, what its header says, and its pixels at the
//! resolution that a job needs.

mod sniff;

use std::{
    fs::File,
    os::fd::{AsFd as _, BorrowedFd},
    os::unix::fs::FileExt as _,
};

use cropmark_rules::{
    Fault, FaultCode, Format, Frames, Limits, SourceRules, geometry::Size, protocol::Header,
};

use crate::{
    canvas::{Canvas, Space, fault},
    vips::{Call, Image, Source},
};

pub(crate) use sniff::sniff;

/// Sources up to this many bytes are read into memory at once: what was read cannot change any
/// more. Larger ones are read through their descriptor.
const WHOLE_FILE_BYTES: u64 = 64 << 20;

/// How much smaller than the source a job needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reduction {
    /// Every side of the decoded image may be divided by this, a whole number.
    pub(crate) shrink: u32,
    /// The largest share of the source's resolution that any variant needs; above 1 for an
    /// enlarged vector.
    pub(crate) density: f64,
    /// Whether rows must be readable in any order and more than once.
    pub(crate) random: bool,
}

/// An open source whose header has been read and kept to the limits.
pub(crate) struct Opened {
    file: File,
    bytes: u64,
    pub(crate) format: Format,
    pub(crate) header: Header,
}

impl Opened {
    /// The source's bytes, for an output that may be the original itself.
    pub(crate) fn read_whole(&self) -> Result<Vec<u8>, Fault> {
        read_whole(&self.file, self.bytes)
    }

    /// The size that chains count in: upright, subsampled, at the density asked for.
    pub(crate) fn nominal(&self, rules: &SourceRules) -> Size {
        let stored = self.stored(rules);
        if self.orientation(rules) >= 5 { stored.turned() } else { stored }
    }

    /// The size of the frames that [`Opened::load`] counts in: as [`Opened::nominal`], but not
    /// turned upright.
    pub(crate) fn stored(&self, _rules: &SourceRules) -> Size {
        Size::new(self.header.width, self.header.height)
    }

    /// Whether the format's decoder can give a smaller image for less work.
    pub(crate) fn shrinks_on_load(&self) -> bool {
        self.format == Format::Jpeg
    }

    /// The orientation that is still to be applied, 1–8.
    pub(crate) fn orientation(&self, rules: &SourceRules) -> u8 {
        if rules.auto_orient { self.header.orientation } else { 1 }
    }

    /// Decodes the frames, as they are stored: not yet turned upright, in the source's colours.
    pub(crate) fn load(&self, rules: &SourceRules, reduction: Reduction) -> Result<Canvas, Fault> {
        let source = self.source()?;
        let loader = match self.format {
            Format::Jpeg => "jpegload_source",
            Format::Png => "pngload_source",
            Format::Webp => "webpload_source",
            Format::Gif => "gifload_source",
            Format::Tiff => "tiffload_source",
            Format::Avif => "heifload_source",
            Format::Svg => "svgload_source",
            _ => {
                return Err(Fault::new(FaultCode::Unsupported, "This format cannot be read here."));
            }
        };
        let mut call = Call::new(loader)
            .source("source", &source)
            .text("access", "sequential")
            .text("fail-on", "error");
        if self.format == Format::Jpeg {
            let shrink = [8, 4, 2].into_iter().find(|shrink| *shrink <= reduction.shrink);
            call = call.number("shrink", shrink.unwrap_or(1));
        }
        let image = call.output().map_err(fault)?;
        Ok(Canvas {
            frames: vec![image],
            nominal: self.stored(rules),
            delays: Vec::new(),
            repeats: None,
            focal: None,
            space: Space::Source,
        })
    }

    fn source(&self) -> Result<Source, Fault> {
        if self.bytes <= WHOLE_FILE_BYTES {
            Source::from_bytes(self.read_whole()?).map_err(fault)
        } else {
            Source::from_descriptor(self.file.as_fd()).map_err(fault)
        }
    }
}

/// Opens a source and reads its header, within the limits.
pub(crate) fn open(descriptor: BorrowedFd<'_>, _limits: &Limits) -> Result<Opened, Fault> {
    let unreadable = |error: std::io::Error| {
        Fault::new(FaultCode::Unreadable, format!("The file could not be read ({error})."))
    };
    let file = File::from(descriptor.try_clone_to_owned().map_err(unreadable)?);
    let bytes = file.metadata().map_err(unreadable)?.len();
    let mut start = [0; 64];
    let read = file.read_at(&mut start, 0).map_err(unreadable)?;
    let format = sniff(&start[..read]).ok_or_else(|| {
        Fault::new(FaultCode::Unreadable, "The file is no picture of a kind that is known here.")
    })?;
    let header = Header {
        format,
        width: 1,
        height: 1,
        frames: 1,
        bands: 3,
        depth: 8,
        alpha: false,
        space: String::new(),
        profile: None,
        orientation: 1,
        delays: Vec::new(),
        repeats: None,
        metadata: std::collections::BTreeMap::new(),
    };
    let mut opened = Opened { file, bytes, format, header };
    let canvas = opened.load(
        &SourceRules { auto_orient: false, frames: Frames::Count(1), ..SourceRules::default() },
        Reduction { shrink: 1, density: 1.0, random: false },
    )?;
    let image: &Image = canvas.first();
    opened.header.width = image.width();
    opened.header.height = image.height();
    opened.header.bands = image.bands();
    opened.header.alpha = image.has_alpha();
    opened.header.space = image.interpretation();
    opened.header.orientation =
        image.integer("orientation").and_then(|value| u8::try_from(value).ok()).unwrap_or(1);
    Ok(opened)
}

fn read_whole(file: &File, bytes: u64) -> Result<Vec<u8>, Fault> {
    let length = usize::try_from(bytes)
        .map_err(|_| Fault::new(FaultCode::TooLarge, "The file is too large."))?;
    let mut content = vec![0; length];
    file.read_exact_at(&mut content, 0).map_err(|error| {
        Fault::new(
            FaultCode::SourceChanged,
            format!("The file changed while it was read ({error})."),
        )
    })?;
    Ok(content)
}
