//! Reading a source: what it is by its first bytes, what its header says, and its pixels at the
//! resolution that a job needs.

mod bitmap;
mod check;
mod content;
mod header;
mod reduce;
mod sniff;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, collections::BTreeMap, os::fd::BorrowedFd, sync::Arc};

use cropmark_rules::{
    Fault, FaultCode, Format, Frames, Limits, SourceRules, geometry::Size, protocol::Header,
};

use self::{
    check::Raw,
    content::Content,
    header::{delays, frames, orientation},
};
use crate::{
    canvas::{Canvas, Space, fault},
    color, formats, metadata,
    vips::{Call, Image, Library, Source},
};

/// The most pixels that a vector is rendered at for a variant smaller than its own size times
/// a factor; beyond, it is rendered at this many and enlarged.
const VECTOR_PIXELS: f64 = 64_000_000.0;

/// The longest side of an image in libvips, frames below one another included.
const LONGEST_STACK: u64 = 10_000_000;

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
    content: Content,
    limits: Limits,
    raw: Raw,
    /// The first frame, its pixels not read: the source's metadata. BMP has none.
    first: Option<Image>,
    pages: RefCell<BTreeMap<(u32, u64), Page>>,
    pub(crate) format: Format,
    pub(crate) header: Header,
}

/// What differs from page to page, and with the density.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Page {
    size: Size,
    orientation: u8,
}

/// Reads a source's header, and of the file no more than that takes.
pub(crate) fn inspect(descriptor: BorrowedFd<'_>, limits: &Limits) -> Result<Header, Fault> {
    let content = Content::open(descriptor)?;
    let format = sniff::sniff(&content.start(sniff::START))?;
    // The other loaders want all bytes at once, and would map a file that may change.
    let streamed = matches!(format, Format::Jpeg | Format::Png);
    let content = if streamed { content } else { content.taken_in()? };
    open_as(content, format, limits).map(|opened| opened.header)
}

/// Opens a source and reads its header, within the limits.
pub(crate) fn open(descriptor: BorrowedFd<'_>, limits: &Limits) -> Result<Opened, Fault> {
    let content = Content::open(descriptor)?.taken_in()?;
    let format = sniff::sniff(&content.start(sniff::START))?;
    open_as(content, format, limits)
}

fn open_as(content: Content, format: Format, limits: &Limits) -> Result<Opened, Fault> {
    let raw = check::check(&content, format, limits)?;
    if format == Format::Bmp {
        return open_bitmap(content, limits, raw);
    }
    let source = content.source()?;
    let first = loader(format)?
        .source("source", &source)
        .text("access", "sequential")
        .text("fail-on", "error")
        .output()
        .map_err(|error| header_fault(format, &error))?;
    let first = with_code_points(first, &raw).map_err(fault)?;
    let header = header::of(&first, format, &raw);
    within(&header, limits)?;
    let mut opened = Opened {
        content,
        limits: limits.clone(),
        raw,
        first: Some(first),
        pages: RefCell::default(),
        format,
        header,
    };
    opened.add_notes();
    Ok(opened)
}

/// Opens bytes as if they were a file, with the limits' defaults.
#[cfg(test)]
pub(crate) fn open_bytes(bytes: &[u8]) -> Result<Opened, Fault> {
    open_bytes_within(bytes, &Limits::default())
}

#[cfg(test)]
fn open_bytes_within(bytes: &[u8], limits: &Limits) -> Result<Opened, Fault> {
    use std::os::fd::AsFd as _;
    open(file_of(bytes).as_fd(), limits)
}

/// A file of these bytes, to be read from its start.
#[cfg(test)]
fn file_of(bytes: &[u8]) -> std::fs::File {
    use std::io::{Seek as _, Write as _};
    let memory = rustix::fs::memfd_create("source", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    let mut file = std::fs::File::from(memory);
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

fn open_bitmap(content: Content, limits: &Limits, raw: Raw) -> Result<Opened, Fault> {
    let facts = bitmap::facts(&content, limits)?;
    let header = Header {
        format: Format::Bmp,
        width: facts.width,
        height: facts.height,
        frames: 1,
        bands: if facts.alpha { 4 } else { 3 },
        depth: 8,
        alpha: facts.alpha,
        space: "srgb".to_owned(),
        profile: None,
        orientation: 1,
        delays: Vec::new(),
        repeats: None,
        buffer_bytes: 0,
        metadata: BTreeMap::new(),
    };
    let (limits, pages) = (limits.clone(), RefCell::default());
    Ok(Opened { content, limits, raw, first: None, pages, format: Format::Bmp, header })
}

/// The operation that reads a format; a fault where this build has none.
fn loader(format: Format) -> Result<Call, Fault> {
    let unreadable = |what: &str| {
        Fault::new(
            FaultCode::Unsupported,
            format!("{what} pictures cannot be read by this build: save them as JPEG or AVIF."),
        )
    };
    let can_read = |format| Library::start().is_ok_and(|library| formats::reads(library, format));
    let name = match format {
        Format::Jpeg => "jpegload_source",
        Format::Png => "pngload_source",
        Format::Webp => "webpload_source",
        Format::Gif => "gifload_source",
        Format::Tiff => "tiffload_source",
        Format::Avif => "heifload_source",
        Format::Svg => "svgload_source",
        Format::Heic if can_read(Format::Heic) => "heifload_source",
        Format::Jxl if can_read(Format::Jxl) => "jxlload_source",
        Format::Heic => return Err(unreadable("HEIC")),
        Format::Jxl => return Err(unreadable("JPEG XL")),
        Format::Bmp => return Err(unreadable("BMP")),
    };
    Ok(Call::new(name))
}

/// The header of encoded bytes, or their pixels when they are asked for: what stands in a file
/// that was just made.
pub(crate) fn reread(bytes: &Arc<Vec<u8>>, format: Format) -> Result<Image, Fault> {
    let source = Source::from_shared(Arc::clone(bytes)).map_err(fault)?;
    let call = loader(format)?.source("source", &source).text("fail-on", "error");
    call.output().map_err(fault)
}

/// How many frames the header of encoded bytes tells of.
pub(crate) fn count_frames(image: &Image) -> u32 {
    frames(image)
}

fn header_fault(format: Format, error: &crate::vips::Error) -> Fault {
    let text = error.0.lines().next().unwrap_or_default();
    Fault::new(
        FaultCode::Unreadable,
        format!("The file begins like {} but cannot be read as such ({text}).", name(format)),
    )
}

fn name(format: Format) -> &'static str {
    match format {
        Format::Jpeg => "a JPEG",
        Format::Png => "a PNG",
        Format::Webp => "a WebP",
        Format::Avif => "an AVIF",
        Format::Gif => "a GIF",
        Format::Tiff => "a TIFF",
        Format::Bmp => "a BMP",
        Format::Svg => "an SVG",
        Format::Heic => "a HEIC",
        Format::Jxl => "a JPEG XL",
    }
}

/// Colours given as code points become a profile, so that all that comes after needs to know
/// profiles only.
fn with_code_points(image: Image, raw: &Raw) -> crate::vips::Result<Image> {
    match raw.cicp.and_then(color::Cicp::profile) {
        Some(profile) if !image.has_field(color::PROFILE) => {
            image.edit(|editor| editor.set_blob(color::PROFILE, &profile))
        }
        _ => Ok(image),
    }
}

/// Keeps a header to the limits. Pages are read one at a time, frames together.
fn within(header: &Header, limits: &Limits) -> Result<(), Fault> {
    let (width, height) = (u64::from(header.width), u64::from(header.height));
    check::size(width, height, 1, limits)?;
    if header.frames > limits.frames {
        check::size(1, 1, u64::from(header.frames), limits)?;
    }
    if header.format.has_frames() {
        check::size(width, height, u64::from(header.frames), limits)?;
        if height * u64::from(header.frames) > LONGEST_STACK {
            return Err(Fault::new(
                FaultCode::TooLarge,
                format!(
                    "The animation has {} frames of {height} rows, more than can be read at once.",
                    header.frames
                ),
            ));
        }
    }
    if header.bands > limits.bands {
        return Err(Fault::new(
            FaultCode::TooLarge,
            format!(
                "The source has {} bands a pixel, which is over the limit of {}.",
                header.bands, limits.bands
            ),
        ));
    }
    Ok(())
}

impl Opened {
    /// The source's bytes, for an output that may be the original itself.
    pub(crate) fn read_whole(&self) -> Result<Arc<Vec<u8>>, Fault> {
        self.content.whole()
    }

    /// How many bytes the source has.
    pub(crate) fn bytes(&self) -> u64 {
        self.content.length()
    }

    /// The image that carries the source's metadata.
    pub(crate) fn metadata(&self) -> Option<&Image> {
        self.first.as_ref()
    }

    /// What the person should know about how the source was read.
    pub(crate) fn notes(&self) -> &[String] {
        &self.raw.notes
    }

    fn add_notes(&mut self) {
        let notes = &mut self.raw.notes;
        if self.raw.cicp.is_some_and(color::Cicp::is_high_range) {
            notes.push(
                "The source is made for displays of high dynamic range; its tones are taken as \
                 they are stored."
                    .to_owned(),
            );
        }
        let Some(first) = &self.first else { return };
        if first.has_field(color::PROFILE) && color::fitting_profile(first).is_none() {
            notes.push(
                "The source's colour profile is broken or made for other pixels and was not used."
                    .to_owned(),
            );
        }
    }

    /// The size that chains count in: upright, subsampled, at the density asked for.
    pub(crate) fn nominal(&self, rules: &SourceRules) -> Size {
        let stored = self.stored(rules);
        if self.orientation(rules) >= 5 { stored.turned() } else { stored }
    }

    /// The size of the frames that [`Opened::load`] counts in: as [`Opened::nominal`], but not
    /// turned upright.
    pub(crate) fn stored(&self, rules: &SourceRules) -> Size {
        let size = self.page(rules).size;
        let Some(subsample) = rules.subsample.as_ref().filter(|_| self.subsamples()) else {
            return size;
        };
        let turned = self.orientation(rules) >= 5;
        let upright = if turned { size.turned() } else { size };
        let (width, height) = subsample.size(upright.width, upright.height);
        let taken = Size::new(width, height);
        if turned { taken.turned() } else { taken }
    }

    /// About how many bytes the decoded frames take.
    pub(crate) fn decoded_bytes(&self, reduction: Reduction) -> u64 {
        let pixels = u64::from(self.header.width) * u64::from(self.header.height);
        let bytes = u64::from(self.header.bands) * u64::from(self.header.depth.div_ceil(8));
        let shrink = u64::from(reduction.shrink);
        pixels * bytes * u64::from(self.header.frames) / (shrink * shrink)
    }

    /// The orientation that is still to be applied, 1–8.
    pub(crate) fn orientation(&self, rules: &SourceRules) -> u8 {
        if rules.auto_orient { self.page(rules).orientation } else { 1 }
    }

    fn subsamples(&self) -> bool {
        matches!(self.format, Format::Jpeg | Format::Tiff | Format::Bmp | Format::Gif | Format::Png)
    }

    /// The size and orientation of the page that the rules ask for. Where it cannot be read,
    /// those of the first: [`Opened::load`] then says why.
    fn page(&self, rules: &SourceRules) -> Page {
        let first = Page {
            size: Size::new(self.header.width, self.header.height),
            orientation: self.header.orientation,
        };
        let differs = match self.format {
            Format::Tiff | Format::Avif | Format::Heic => rules.page > 0,
            Format::Svg => (rules.density - 72.0).abs() > f64::EPSILON,
            _ => false,
        };
        if !differs {
            return first;
        }
        let key = (rules.page, rules.density.to_bits());
        *self.pages.borrow_mut().entry(key).or_insert_with(|| {
            let image = self.image(rules, Reduction { shrink: 1, density: 1.0, random: false }, 1);
            image.map_or(first, |image| Page {
                size: Size::new(image.width(), image.height()),
                orientation: orientation(&image),
            })
        })
    }

    /// How many frames the rules ask for; a fault where there is no such page.
    fn frames(&self, rules: &SourceRules) -> Result<u32, Fault> {
        let rest = self.header.frames.checked_sub(rules.page).filter(|rest| *rest > 0);
        let rest = rest.ok_or_else(|| {
            let (has, asked) = (self.header.frames, rules.page);
            Fault::new(
                FaultCode::Invalid,
                format!(
                    "The source has {has} page{}, and page {asked} (counted from 0) was asked for.",
                    if has == 1 { "" } else { "s" }
                ),
            )
        })?;
        Ok(match rules.frames {
            _ if !self.format.has_frames() => 1,
            Frames::All => rest,
            Frames::Count(count) => count.clamp(1, rest),
        })
    }

    /// Decodes the frames, as they are stored: not yet turned upright, in the source's colours.
    ///
    /// Frames of an animation, and anything that must be readable in any order, are in memory;
    /// all else is decoded row by row as it is asked for.
    pub(crate) fn load(&self, rules: &SourceRules, reduction: Reduction) -> Result<Canvas, Fault> {
        if let Some(subsample) = &rules.subsample
            && subsample.fail_if_unsupported
            && !self.subsamples()
        {
            return Err(Fault::new(
                FaultCode::Unsupported,
                format!(
                    "{} source cannot be subsampled; JPEG, TIFF, BMP, GIF and PNG can. Set \
                     'fail_if_unsupported = false' to read it whole.",
                    capitalized(name(self.format))
                ),
            ));
        }
        let count = self.frames(rules)?;
        let stored = self.stored(rules);
        check::size(stored.width.into(), stored.height.into(), count.into(), &self.limits)?;
        let subsampled = rules.subsample.is_some() && self.subsamples();
        let reduction = if subsampled { Reduction { shrink: 1, ..reduction } } else { reduction };
        let image = self.image(rules, reduction, count)?;
        let image = with_code_points(image, &self.raw).map_err(fault)?;
        let height = image.height() / count;
        let mut taken = Vec::new();
        for index in 0..count {
            let frame =
                if count == 1 { image.clone() } else { cut(&image, index * height, height)? };
            let frame = if subsampled {
                reduce::every_nth(&frame, stored)?
            } else if self.shrinks_on_load() || self.format == Format::Svg {
                frame
            } else {
                reduce::mean(&frame, reduction.shrink)?
            };
            // One frame after another, so that the rows are read once and never all together.
            let keep = reduction.random || count > 1;
            taken.push(if keep { frame.materialize().map_err(fault)? } else { frame });
        }
        let animated = count > 1;
        let first = usize::try_from(rules.page).unwrap_or(0);
        let delays = self.first.as_ref().map(delays).unwrap_or_default();
        let delays = delays.into_iter().skip(first).take(taken.len());
        Ok(Canvas {
            frames: taken,
            nominal: stored,
            delays: if animated { delays.collect() } else { Vec::new() },
            repeats: self
                .header
                .repeats
                .filter(|_| animated)
                .map(|repeats| i32::try_from(repeats).unwrap_or(0)),
            focal: None,
            space: Space::Source,
        })
    }

    /// Whether the format's decoder can give a smaller image for less work. JPEG's does it in
    /// the transform; WebP's scales while it converts colours, which takes 158 to 234 instead of
    /// 390 ms for 22 megapixels.
    fn shrinks_on_load(&self) -> bool {
        match self.format {
            Format::Jpeg => true,
            Format::Webp => self.header.frames == 1,
            _ => false,
        }
    }

    /// The pages that the rules ask for, below one another; nothing is decoded yet.
    fn image(&self, rules: &SourceRules, reduction: Reduction, count: u32) -> Result<Image, Fault> {
        if self.format == Format::Bmp {
            return bitmap::pixels(&self.content, &self.limits);
        }
        let source = self.content.source()?;
        let mut call = loader(self.format)?
            .source("source", &source)
            .text("access", "sequential")
            .text("fail-on", "error");
        match self.format {
            Format::Jpeg => {
                let shrink = [8, 4, 2].into_iter().find(|shrink| *shrink <= reduction.shrink);
                call = call.number("shrink", shrink.unwrap_or(1));
            }
            Format::Gif | Format::Webp => {
                call = call.number("page", rules.page).number("n", count);
                if self.shrinks_on_load() {
                    call = call.number("scale", 1.0 / f64::from(reduction.shrink.max(1)));
                }
            }
            Format::Tiff | Format::Avif | Format::Heic if rules.page > 0 => {
                call = call.number("page", rules.page);
            }
            Format::Svg => call = call.number("scale", self.vector_scale(rules, reduction)),
            _ => {}
        }
        call.output().and_then(|image| metadata::taken_off(&image)).map_err(fault)
    }

    /// What a vector's own size is multiplied by: the density asked for, times what the largest
    /// variant needs of it.
    fn vector_scale(&self, rules: &SourceRules, reduction: Reduction) -> f64 {
        let own = f64::from(self.header.width) * f64::from(self.header.height);
        let asked = rules.density / 72.0;
        let pixels = own * asked * asked;
        let most = VECTOR_PIXELS.max(pixels);
        let needed = reduction.density.min((most / pixels).sqrt());
        // At least a pixel remains.
        let least = 1.0 / f64::from(self.header.width.min(self.header.height));
        (asked * needed).max(least)
    }
}

fn cut(image: &Image, top: u32, height: u32) -> Result<Image, Fault> {
    Call::new("extract_area")
        .image("input", image)
        .number("left", 0)
        .number("top", top)
        .number("width", image.width())
        .number("height", height)
        .output()
        .map_err(fault)
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
