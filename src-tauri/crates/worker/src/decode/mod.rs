//! Reading a source: what it is by its first bytes, what its header says, and its pixels at the
//! resolution that a job needs.

mod header;
mod reduce;
mod sniff;
#[cfg(test)]
mod tests;

use std::{cell::RefCell, collections::BTreeMap, os::fd::BorrowedFd, sync::Arc};

use cropmark_rules::{
    Damaged, Fault, FaultCode, Format, Frames, Limits, SourceRules, geometry::Size,
    protocol::Header,
};

use self::header::{delays, orientation};
use crate::{
    canvas::{Canvas, Space, fault},
    color,
    content::Content,
    formats::{self, Damage, ImageFormat, Load, RawFacts, check, light::Showing},
    metadata, text,
    vips::{Call, Image},
};

/// The most pixels that a vector is rendered at for a variant smaller than its own size times
/// a factor; beyond, it is rendered at this many and enlarged.
const VECTOR_PIXELS: f64 = 64_000_000.0;

/// The longest side of an image in libvips, frames below one another included.
const LONGEST_STACK: u64 = 10_000_000;

/// A source of at most so many bytes is read as a whole even where only its header is asked for.
const FEW_BYTES: u64 = 64 << 10;

/// The image that a header was read from is decoded too where it has at most so many pixels: what
/// its decoder holds stays until the job ends.
const DECODED_AS_OPENED: u64 = 4 << 20;

/// The most pixels of a source that one thread decodes and reduces as a whole.
const SMALL: u64 = 1 << 20;

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
    module: &'static dyn ImageFormat,
    facts: RawFacts,
    /// The first frame, its pixels not read: the source's metadata.
    first: Image,
    /// The same, where nothing has read its pixels yet.
    unread: RefCell<Option<Image>>,
    pages: RefCell<BTreeMap<(u32, u64), Page>>,
    pub(crate) format: Format,
    pub(crate) header: Header,
    exif: Option<metadata::Exif>,
    /// What the file lacks, where its end is missing.
    pub(crate) damage: Option<Damage>,
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
    let format = sniff::sniff(|most| content.start(most))?;
    let is_read_in_part = formats::of(format).is_read_in_order() && content.length() > FEW_BYTES;
    let content = if is_read_in_part { content } else { content.taken_in()? };
    let checked = Checked::new(content, format, limits)?;
    if let Some(header) = checked.module.plain_header(&checked.content, &checked.facts) {
        return within(&header, limits).map(|()| header);
    }
    open_checked(checked, limits).map(|opened| opened.header)
}

/// Opens a source and reads its header, within the limits.
pub(crate) fn open(content: Content, limits: &Limits) -> Result<Opened, Fault> {
    let format = sniff::sniff(|most| content.start(most))?;
    let is_early = content.is_arriving() && format.facts().decodes_early;
    let content = if is_early { content } else { content.arrived()?.taken_in()? };
    let mut opened = open_checked(Checked::new(content, format, limits)?, limits)?;
    if !opened.content.is_arriving()
        && let Some((content, damage)) = opened.module.mended(&opened.content)
    {
        (opened.content, opened.unread) = (content, RefCell::default());
        opened.damage = Some(damage);
        opened.facts.notes.push(match damage {
            Damage::EndMark => {
                "The file lacks its end mark; all of the picture is there.".to_owned()
            }
            Damage::Rows => {
                "The file ends too early: the last rows of the picture are missing.".to_owned()
            }
        });
    }
    Ok(opened)
}

/// Refuses a source that lacks its end, where the rules do not let it pass.
fn check_damage(damage: Option<Damage>, rules: &SourceRules) -> Result<(), Fault> {
    let what = match (damage, rules.damaged) {
        (None, _) | (Some(_), Some(Damaged::Keep)) | (Some(Damage::EndMark), None) => return Ok(()),
        (Some(Damage::EndMark), Some(Damaged::Refuse)) => "its end mark",
        (Some(Damage::Rows), _) => "its last rows",
    };
    Err(Fault::new(
        FaultCode::Unreadable,
        format!(
            "The file ends too early: the picture lacks {what}. Get a whole copy of it, or set \
             'source.damaged = \"keep\"' to render what is there."
        ),
    ))
}

/// A source whose raw bytes were kept to the limits.
struct Checked {
    content: Content,
    module: &'static dyn ImageFormat,
    facts: RawFacts,
}

impl Checked {
    fn new(content: Content, format: Format, limits: &Limits) -> Result<Self, Fault> {
        let module = formats::reader(format)?;
        let content = module.unpack(content)?;
        let mut facts = RawFacts::default();
        module.check(&content, limits, &mut facts)?;
        Ok(Self { content, module, facts })
    }
}

fn open_checked(checked: Checked, limits: &Limits) -> Result<Opened, Fault> {
    let Checked { content, module, mut facts } = checked;
    let format = module.format();
    let head = module.head(&content, &mut facts);
    let (first, is_whole) = match head.map(|head| module.open(&head, limits)) {
        Some(Ok(first)) => (first, false),
        // What stands behind the pixels is not to make a picture unreadable.
        _ => (module.open(&content, limits)?, true),
    };
    let unread = RefCell::new(is_whole.then(|| first.clone()));
    if facts.colors.is_none() && !first.has_field(color::PROFILE) {
        facts.colors = facts.cicp.and_then(color::Cicp::stated);
    }
    let first = with_stated_colors(first, &facts).map_err(fault)?;
    let exif = facts.exif.take().or_else(|| metadata::exif(&first));
    let usable = |(across, down): &(f64, f64)| {
        (1.0..=100_000.0).contains(across) && (1.0..=100_000.0).contains(down)
    };
    facts.density = facts.density.or_else(|| metadata::density(&first)).filter(usable);
    let described = metadata::Described {
        image: &first,
        exif: exif.as_ref(),
        density: facts.density,
        texts: &facts.texts,
        comments: &facts.comments,
        format,
    };
    let header = header::of(described, format, &facts);
    within(&header, limits)?;
    let (limits, pages) = (limits.clone(), RefCell::default());
    let mut opened = Opened {
        content,
        limits,
        module,
        facts,
        first,
        unread,
        pages,
        format,
        header,
        exif,
        damage: None,
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
    open(Content::open(file_of(bytes).as_fd())?, limits)
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

/// Replaces colours that the file states by numbers by a profile, so that later steps need to know
/// profiles only.
fn with_stated_colors(image: Image, facts: &RawFacts) -> crate::vips::Result<Image> {
    match &facts.colors {
        Some(color::Stated::Profile(profile)) => {
            image.edit(|editor| editor.set_blob(color::PROFILE, profile))
        }
        Some(color::Stated::Srgb) if image.has_field(color::PROFILE) => {
            image.edit(|editor| editor.remove(color::PROFILE))
        }
        _ => Ok(image),
    }
}

/// Checks a header against the limits. Pages are read one at a time, frames together.
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

    /// Waits for the rest of a source that was read while it came, and checks that nothing in it
    /// makes another picture of it.
    pub(crate) fn wait_for_rest(&self) -> Result<(), Fault> {
        if !self.content.is_arriving() {
            return Ok(());
        }
        self.content.wait_for_all()?;
        if self.module.is_complete_without_rest(&self.content) {
            return Ok(());
        }
        let message = "It cannot be read while it arrives. Try again.";
        Err(Fault::new(FaultCode::Unsupported, message))
    }

    /// How many bytes the source has.
    pub(crate) fn bytes(&self) -> u64 {
        self.content.length()
    }

    /// Whether the source has so few pixels that one thread is quickest.
    pub(crate) fn is_small(&self) -> bool {
        let (width, height) = (u64::from(self.header.width), u64::from(self.header.height));
        width * height * u64::from(self.header.frames) <= SMALL
    }

    /// The image that carries the source's metadata.
    pub(crate) fn metadata(&self) -> &Image {
        &self.first
    }

    /// What the source's file says besides its pixels.
    pub(crate) fn described(&self) -> metadata::Described<'_> {
        metadata::Described {
            image: &self.first,
            exif: self.exif.as_ref(),
            density: self.facts.density,
            texts: &self.facts.texts,
            comments: &self.facts.comments,
            format: self.format,
        }
    }

    /// What the user should know about how the source was read.
    pub(crate) fn notes(&self) -> &[String] {
        &self.facts.notes
    }

    fn add_notes(&mut self) {
        let notes = &mut self.facts.notes;
        if self.facts.cicp.is_some_and(color::Cicp::is_high_range) {
            notes.push(
                "The source is made for displays of high dynamic range; its tones are taken as \
                 they are stored."
                    .to_owned(),
            );
        }
        if let Some((across, down)) = self.facts.sensor {
            let Header { width, height, .. } = self.header;
            notes.push(format!(
                "The camera's own picture of {width} x {height} pixels was read; the sensor's \
                 {across} x {down} are not developed."
            ));
        }
        let first = &self.first;
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
        let Some(subsample) = rules.subsample.as_ref().filter(|_| self.format.facts().subsample)
        else {
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

    /// The size and orientation of the page that the rules ask for. Where it cannot be read,
    /// those of the first: [`Opened::load`] then says why.
    fn page(&self, rules: &SourceRules) -> Page {
        let first = Page {
            size: Size::new(self.header.width, self.header.height),
            orientation: self.header.orientation,
        };
        let facts = self.format.facts();
        let differs = (facts.pages && rules.page > 0)
            || (facts.vector && (rules.density - 72.0).abs() > f64::EPSILON);
        if !differs {
            return first;
        }
        let key = (rules.page, rules.density.to_bits());
        *self.pages.borrow_mut().entry(key).or_insert_with(|| {
            let whole = Reduction { shrink: 1, density: 1.0, random: false };
            let image = self.module.measure(&self.content, &self.wanted(rules, whole, 1));
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
            && !self.format.facts().subsample
        {
            return Err(Fault::new(
                FaultCode::Unsupported,
                format!(
                    "{} source cannot be subsampled; JPEG, TIFF, BMP, GIF and PNG can. Set \
                     'fail_if_unsupported = false' to read it whole.",
                    text::capitalized(self.format.facts().with_article)
                ),
            ));
        }
        check_damage(self.damage, rules)?;
        let count = self.frames(rules)?;
        let stored = self.stored(rules);
        check::size(stored.width.into(), stored.height.into(), count.into(), &self.limits)?;
        let subsampled = rules.subsample.is_some() && self.format.facts().subsample;
        let reduction = if subsampled { Reduction { shrink: 1, ..reduction } } else { reduction };
        let image = self.image(rules, reduction, count)?;
        let image = with_stated_colors(image, &self.facts).map_err(fault)?;
        let height = image.height() / count;
        let mut taken = Vec::new();
        for index in 0..count {
            let frame =
                if count == 1 { image.clone() } else { cut(&image, index * height, height)? };
            let frame = if subsampled {
                reduce::every_nth(&frame, stored)?
            } else if self.shrinks_on_load() || self.format.facts().vector {
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
        let delays = delays(&self.first);
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
            faces: Vec::new(),
            windows: Vec::new(),
            space: Space::Source,
            notes: Vec::new(),
        })
    }

    /// Whether the format's decoder can give a smaller image for less work.
    fn shrinks_on_load(&self) -> bool {
        self.format.facts().shrinks_on_load && self.header.frames == 1
    }

    /// The pages that the rules ask for, below one another.
    fn image(&self, rules: &SourceRules, reduction: Reduction, count: u32) -> Result<Image, Fault> {
        let load = self.wanted(rules, reduction, count);
        let pixels = u64::from(self.header.width) * u64::from(self.header.height);
        let is_opened = pixels <= DECODED_AS_OPENED && self.module.is_loaded_by_opening(&load);
        let opened = if is_opened { self.unread.take() } else { None };
        let image = opened.map_or_else(|| self.module.load(&self.content, &load), Ok)?;
        metadata::taken_off(&image).map_err(fault)
    }

    fn wanted(&self, rules: &SourceRules, reduction: Reduction, count: u32) -> Load<'_> {
        Load {
            page: rules.page,
            count,
            shrink: if self.shrinks_on_load() { reduction.shrink.max(1) } else { 1 },
            scale: self.vector_scale(rules, reduction),
            showing: Showing::new(rules),
            limits: &self.limits,
        }
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
