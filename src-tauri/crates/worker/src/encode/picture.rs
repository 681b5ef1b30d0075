//! A canvas made ready for a format: its frames below one another, without what the format
//! cannot hold, with the metadata and the profile that it carries.

use cropmark_rules::{ColorSpace, Encoding, Fault, FaultCode, Format, Metadata, geometry::Size};

use crate::{
    canvas::{Canvas, Space, fault},
    color,
    decode::Opened,
    metadata::Kept,
    vips::{Band, Call, Image, Result},
};

/// What a saver gets.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) image: Image,
    /// The size of a frame.
    pub(super) size: Size,
    pub(super) frames: u32,
    /// Nicknames of the metadata that the saver must write.
    pub(super) keep: String,
    /// The metadata that the file carries.
    pub(super) kept: Kept,
    pub(super) notes: Vec<String>,
}

impl Picture {
    pub(super) fn new(
        canvas: &Canvas,
        format: Format,
        encoding: &Encoding,
        source: &Opened,
    ) -> std::result::Result<Self, Fault> {
        let size = canvas.size();
        within(size, format)?;
        let mut notes = Vec::new();
        let mut canvas = canvas.clone();
        if canvas.frames.len() > 1 && !format.has_frames() {
            canvas.frames.truncate(1);
            notes.push(format!("{} has one frame; only the first is kept.", format.facts().label));
        }
        let own_profile = color::fitting_profile(source.metadata());
        let mut profile = match canvas.space {
            Space::Working(ColorSpace::P3) => Some(color::display_p3()),
            Space::Working(ColorSpace::Keep) | Space::Source => own_profile
                .filter(|(_, profile)| profile.model == color::model(canvas.first()))
                .map(|(bytes, _)| bytes),
            Space::Working(ColorSpace::Srgb) => None,
        };
        if !format.facts().profile {
            canvas = color::to_srgb(canvas, profile.as_deref())?;
            profile = None;
        }
        if canvas.has_alpha() && !format.has_alpha() {
            if !is_solid(canvas.first()).map_err(fault)? {
                let name = format.facts().label;
                notes.push(format!("{name} has no transparency; filled with white."));
            }
            canvas = canvas.map(on_white)?;
        }
        let frames = u32::try_from(canvas.frames.len()).unwrap_or(u32::MAX);
        let kept = Kept::of(source.described(), encoding, format);
        if !kept.lost.is_empty() && encoding.metadata != Metadata::Copyright {
            let (name, lost) = (format.facts().label, kept.lost.join(", "));
            notes.push(format!("{name} can’t keep {lost}."));
        }
        let joined = joined(&canvas.frames).map_err(fault)?;
        let (image, keep) = kept.put_on(&joined, format, profile.as_deref()).map_err(fault)?;
        let image = if frames > 1 { timed(&image, &canvas, size) } else { Ok(image) };
        Ok(Self { image: image.map_err(fault)?, size, frames, keep, kept, notes })
    }
}

/// Refuses what a format cannot hold.
fn within(size: Size, format: Format) -> std::result::Result<(), Fault> {
    let Some(longest) = format.facts().longest_side else { return Ok(()) };
    if size.width.max(size.height) <= longest {
        return Ok(());
    }
    Err(Fault::new(
        FaultCode::TooLarge,
        format!(
            "The result is {} x {} pixels, and {} holds at most {longest} a side. Make it smaller or \
             choose another format.",
            size.width,
            size.height,
            format.facts().label
        ),
    ))
}

/// Whether an alpha channel hides nothing.
fn is_solid(image: &Image) -> Result<bool> {
    let alpha = Call::new("extract_band").image("in", &image.materialize()?);
    let alpha = alpha.number("band", image.bands() - 1).output()?;
    Ok(Call::new("min").image("in", &alpha).run()?.number("out")? >= white(image))
}

fn on_white(image: &Image) -> Result<Image> {
    Call::new("flatten").image("in", image).numbers("background", &[white(image)]).output()
}

/// The level of white, and of what hides all behind it.
fn white(image: &Image) -> f64 {
    if image.band() == Band::Short { 65_535.0 } else { 255.0 }
}

fn joined(frames: &[Image]) -> Result<Image> {
    match frames {
        [one] => Ok(one.clone()),
        many => Call::new("arrayjoin").images("in", many).number("across", 1).output(),
    }
}

/// Tells savers where the frames are, how long each is shown and how often all are.
fn timed(image: &Image, canvas: &Canvas, size: Size) -> Result<Image> {
    image.edit(|editor| {
        editor.set_integer("page-height", i32::try_from(size.height).unwrap_or(i32::MAX));
        let mut delays = canvas.delays.clone();
        delays.resize(canvas.frames.len(), delays.last().copied().unwrap_or(100));
        editor.set_integers("delay", &delays);
        editor.set_integer("loop", canvas.repeats.unwrap_or(0));
    })
}
