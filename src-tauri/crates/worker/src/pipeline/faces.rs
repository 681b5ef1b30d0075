//! Finds the faces of a source, on a smaller picture of it that is decoded for that alone: what is
//! found does not depend on the sizes that a job makes.

use cropmark_faces as model;
use cropmark_rules::{
    ColorSpace, Fault, Frames, SourceRules, canonical::uses_faces, geometry::Size, protocol::Job,
    value::FaceBox,
};

use crate::{
    canvas::{Canvas, fault},
    color,
    decode::{Opened, Reduction},
    orientation::upright,
    vips::Call,
};

/// Whether a wanted variant of a job is cut around faces.
pub(super) fn are_wanted(job: &Job) -> bool {
    let mut wanted = job.variants.iter().filter(|variant| variant.target.is_some());
    wanted.any(|variant| uses_faces(&variant.operations))
}

/// Finds the faces of the source's first frame, in shares of the upright picture's sides.
pub(super) fn find(opened: &Opened, rules: &SourceRules) -> Result<Vec<FaceBox>, Fault> {
    let canvas = small(opened, rules)?;
    let Size { width, height } = canvas.size();
    if width.max(height) as usize > model::LONGEST_SIDE {
        return Ok(Vec::new());
    }
    let pixels = canvas.first().to_bytes().map_err(fault)?;
    let found = model::find(&pixels, width as usize, height as usize);
    let share = |place: f32, side: u32| (f64::from(place) / f64::from(side)).clamp(0.0, 1.0);
    let shares = found.into_iter().map(|face| {
        let (x, y) = (share(face.x, width), share(face.y, height));
        let (right, bottom) =
            (share(face.x + face.width, width), share(face.y + face.height, height));
        FaceBox { x, y, width: right - x, height: bottom - y }
    });
    Ok(shares.filter(|face| face.width > 0.0 && face.height > 0.0).take(FaceBox::MOST).collect())
}

/// The first frame, upright and small, as eight-bit RGB on white.
fn small(opened: &Opened, rules: &SourceRules) -> Result<Canvas, Fault> {
    let longest_side = u32::try_from(model::LONGEST_SIDE).unwrap_or(u32::MAX);
    let longest = |size: Size| size.width.max(size.height);
    let whole = longest(opened.nominal(rules));
    let shrink = [8, 4, 2].into_iter().find(|shrink| whole / shrink >= longest_side).unwrap_or(1);
    let density = (f64::from(longest_side) / f64::from(whole)).min(1.0);
    let one = SourceRules { frames: Frames::Count(1), ..rules.clone() };
    let canvas = opened.load(&one, Reduction { shrink, density, random: true })?;
    let canvas = upright(canvas, opened.orientation(rules))?;
    let (from, to) = (canvas.size(), scaled(canvas.size(), longest_side));
    let canvas = canvas.map(|frame| {
        if to == from {
            return Ok(frame.clone());
        }
        Call::new("resize")
            .image("in", frame)
            .number("scale", f64::from(to.width) / f64::from(from.width))
            .number("vscale", f64::from(to.height) / f64::from(from.height))
            .text("kernel", "linear")
            .output()
    })?;
    let canvas = color::to_working(canvas, ColorSpace::Srgb)?.colored()?;
    if !canvas.has_alpha() {
        return Ok(canvas);
    }
    let white = [255.0; 3];
    canvas
        .map(|frame| Call::new("flatten").image("in", frame).numbers("background", &white).output())
}

/// A size with no side longer than this one.
fn scaled(size: Size, longest_side: u32) -> Size {
    let longest = u64::from(size.width.max(size.height).max(longest_side));
    let shorter = |side: u32| {
        let scaled = (u64::from(side) * u64::from(longest_side) + longest / 2) / longest;
        u32::try_from(scaled).unwrap_or(longest_side)
    };
    Size::new(shorter(size.width), shorter(size.height))
}
