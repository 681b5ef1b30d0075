//! The arithmetic of sizes and places, shared by the planner and the worker: pure functions of
//! a rule and a size in pixels. What needs the pixels (trim, smart crops) is not here.

mod faces;

pub use faces::{around_faces, faces_after_crop};
use serde::{Deserialize, Serialize};

use crate::{
    operation::{Crop, Extend, Fit, Pad, Resize, Rotate, Undersized},
    value::{Color, Gravity, Length, Point},
};

/// Width and height in pixels, both at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

impl Size {
    /// A size; a zero becomes 1.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        Self { width: width.max(1), height: height.max(1) }
    }

    /// The size with its sides swapped, as after a quarter turn.
    #[must_use]
    pub fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// Pixels in all.
    #[must_use]
    pub fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    fn w(self) -> f64 {
        f64::from(self.width)
    }

    fn h(self) -> f64 {
        f64::from(self.height)
    }
}

/// A part of an image: its top left corner and its size, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect {
    /// From the left edge.
    pub x: u32,
    /// From the top edge.
    pub y: u32,
    /// The part's size.
    pub size: Size,
}

/// The steps of a resize: scale the whole image, then perhaps cut it or put it on a canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resized {
    /// The whole image is scaled to this.
    pub scaled: Size,
    /// Then a part of this size is kept (`cover`).
    pub cropped: Option<Size>,
    /// Then it is put on a canvas of this size (`contain`).
    pub padded: Option<Size>,
}

impl Resized {
    /// The size of the result.
    #[must_use]
    pub fn result(&self) -> Size {
        self.padded.or(self.cropped).unwrap_or(self.scaled)
    }
}

/// The longest side that a size can have, in pixels: what libvips can count.
pub const LONGEST_SIDE: u32 = 10_000_000;

/// A length as a number of pixels, rounded, between 1 and what an image side can be.
fn side(pixels: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
    let side = pixels.round().clamp(1.0, f64::from(LONGEST_SIDE)) as u32;
    side
}

/// Works out a resize of an image of `from`.
///
/// Both sides of the result come from `from` in one step, so that a size never drifts however
/// the pixels are derived. `enlarge = false` keeps every factor at or below 1: `cover` then
/// gives a smaller part of the box's ratio, `contain` a smaller image on the full box, `fill`
/// leaves a side that is short enough as it is. `undersized` changes that of `cover` and `fill`.
#[must_use]
pub fn resize(rule: &Resize, from: Size) -> Resized {
    let pixels = |length: Option<Length>, whole: f64| {
        length.map(|length| (length.resolve(whole) * rule.dpr).max(1.0))
    };
    let (width, height) = (pixels(rule.width, from.w()), pixels(rule.height, from.h()));
    let minimum_factor = [
        pixels(rule.min_width, from.w()).map_or(0.0, |minimum| minimum / from.w()),
        pixels(rule.min_height, from.h()).map_or(0.0, |minimum| minimum / from.h()),
    ];
    let at_least = minimum_factor[0].max(minimum_factor[1]);
    let capped = |factor: f64| if rule.enlarge { factor } else { factor.min(1.0) };

    let (Some(width), Some(height)) = (width, height) else {
        // One side or none: the ratio gives the other, whatever the fit.
        let factor = match (width, height) {
            (Some(width), None) => width / from.w(),
            (None, Some(height)) => height / from.h(),
            _ if at_least > 0.0 => at_least,
            _ => rule.dpr,
        };
        let factor = capped(factor.max(at_least));
        let scaled = Size { width: side(from.w() * factor), height: side(from.h() * factor) };
        return Resized { scaled, cropped: None, padded: None };
    };

    let inside = (width / from.w()).min(height / from.h());
    let outside = (width / from.w()).max(height / from.h());
    let uniform = |factor: f64| {
        let factor = capped(factor.max(at_least));
        Size { width: side(from.w() * factor), height: side(from.h() * factor) }
    };
    let plain = |scaled| Resized { scaled, cropped: None, padded: None };
    match rule.fit {
        Fit::Inside => plain(uniform(inside)),
        Fit::Outside => plain(uniform(outside)),
        Fit::Fill => {
            let factors = [
                (width / from.w()).max(minimum_factor[0]),
                (height / from.h()).max(minimum_factor[1]),
            ];
            let largest = factors[0].max(factors[1]);
            let keeps_ratio = rule.undersized == Some(Undersized::Ratio);
            let [across, down] = factors.map(|factor| {
                if keeps_ratio && !rule.enlarge && largest > 1.0 {
                    factor / largest
                } else {
                    capped(factor)
                }
            });
            plain(Size { width: side(from.w() * across), height: side(from.h() * down) })
        }
        Fit::Contain => {
            let scaled = uniform(inside);
            let canvas = Size {
                width: side(width).max(scaled.width),
                height: side(height).max(scaled.height),
            };
            // A solid background also lies behind what is transparent in the image, on a canvas
            // of just its size as well.
            let padded = canvas != scaled || rule.background.is_some_and(Color::is_solid);
            Resized { scaled, cropped: None, padded: padded.then_some(canvas) }
        }
        Fit::Cover => cover(width, height, outside, from, rule, at_least),
        Fit::Auto => {
            let same = (from.width >= from.height) == (width >= height);
            if same {
                cover(width, height, outside, from, rule, at_least)
            } else {
                plain(uniform(inside))
            }
        }
    }
}

fn cover(
    width: f64,
    height: f64,
    outside: f64,
    from: Size,
    rule: &Resize,
    at_least: f64,
) -> Resized {
    let factor = outside.max(at_least);
    // A source too small for the box gives a smaller part of the same ratio, unless the rule says
    // that each side is kept.
    let keeps_sides = rule.undersized == Some(Undersized::Sides);
    let (width, height) = if rule.enlarge || keeps_sides || outside <= 1.0 {
        (width, height)
    } else if width / from.w() >= height / from.h() {
        (from.w(), from.w() * height / width)
    } else {
        (from.h() * width / height, from.h())
    };
    let kept = Size { width: side(width), height: side(height) };
    let kept = if keeps_sides && !rule.enlarge {
        let reached = factor.min(1.0);
        Size {
            width: kept.width.min(side(from.w() * reached)),
            height: kept.height.min(side(from.h() * reached)),
        }
    } else {
        kept
    };
    let factor = if rule.enlarge { factor } else { factor.min(1.0) };
    let scaled = Size {
        width: side(from.w() * factor).max(kept.width),
        height: side(from.h() * factor).max(kept.height),
    };
    Resized { scaled, cropped: (kept != scaled).then_some(kept), padded: None }
}

/// The size that a crop keeps of an image of `from`: within it, and the largest of the aspect
/// ratio where one is given.
#[must_use]
pub fn crop_size(rule: &Crop, from: Size) -> Size {
    let limit = |length: Option<Length>, whole: f64| {
        length.map_or(whole, |length| length.resolve(whole).clamp(1.0, whole))
    };
    let (width, height) = (limit(rule.width, from.w()), limit(rule.height, from.h()));
    let (width, height) = match rule.aspect.map(crate::value::Aspect::ratio) {
        Some(ratio) if width / height > ratio => (height * ratio, height),
        Some(ratio) => (width, width / ratio),
        None => (width, height),
    };
    Size { width: side(width).min(from.width), height: side(height).min(from.height) }
}

/// Finds the part that a crop keeps; `None` where its gravity needs the pixels.
#[must_use]
pub fn crop(rule: &Crop, from: Size, focal: Option<Point>) -> Option<Rect> {
    let size = crop_size(rule, from);
    window(size, from, rule.gravity, (rule.x, rule.y), focal)
}

/// Converts a point of an image of `from`, in shares of its sides, to one of a part cut out of it.
#[must_use]
pub fn focal_after_crop(point: Point, part: Rect, from: Size) -> Point {
    let share = |position: f64, start: u32, length: u32| {
        ((position - f64::from(start)) / f64::from(length)).clamp(0.0, 1.0)
    };
    Point {
        x: share(point.x * from.w(), part.x, part.size.width),
        y: share(point.y * from.h(), part.y, part.size.height),
    }
}

/// Places a part of `size` in an image of `from`, moved inside where it would hang over; `None`
/// where the gravity needs the pixels.
#[must_use]
pub fn window(
    size: Size,
    from: Size,
    gravity: Gravity,
    offset: (Length, Length),
    focal: Option<Point>,
) -> Option<Rect> {
    if gravity.looks_at_content() {
        return None;
    }
    let (x, y) = place(size, from, gravity, offset, focal);
    let clamp = |value: i64, free: u32| u32::try_from(value.clamp(0, i64::from(free))).unwrap_or(0);
    let size = Size { width: size.width.min(from.width), height: size.height.min(from.height) };
    Some(Rect {
        x: clamp(x, from.width - size.width),
        y: clamp(y, from.height - size.height),
        size,
    })
}

/// Places `inner` on `outer` and returns its top left corner there. Offsets count inwards from the
/// gravity's edge, or right and down from the middle or a point. The result may hang over.
///
/// Content-aware gravities count as the centre here: a caller that has the pixels handles them
/// before it calls this.
#[must_use]
pub fn place(
    inner: Size,
    outer: Size,
    gravity: Gravity,
    (x, y): (Length, Length),
    focal: Option<Point>,
) -> (i64, i64) {
    let (dx, dy) = (x.resolve(outer.w()), y.resolve(outer.h()));
    let (left, top) = if let Some(point) = gravity.place(focal) {
        let left = point.x * outer.w() - inner.w() / 2.0;
        let top = point.y * outer.h() - inner.h() / 2.0;
        (left + dx, top + dy)
    } else {
        let (share_x, share_y) = gravity.compass().unwrap_or((0.5, 0.5));
        let sign = |share: f64| if share > 0.75 { -1.0 } else { 1.0 };
        (
            (outer.w() - inner.w()) * share_x + dx * sign(share_x),
            (outer.h() - inner.h()) * share_y + dy * sign(share_y),
        )
    };
    #[expect(clippy::cast_possible_truncation, reason = "saturates, which is as good as far off")]
    let whole = |value: f64| (value + 1e-9).floor() as i64;
    (whole(left), whole(top))
}

/// The canvas that an extend gives an image of `from`: never smaller than the image.
#[must_use]
pub fn extend_size(rule: &Extend, from: Size) -> Size {
    let grown = |length: Option<Length>, whole: f64| {
        length.map_or(whole, |length| length.resolve(whole).max(whole))
    };
    let (width, height) = (grown(rule.width, from.w()), grown(rule.height, from.h()));
    let (width, height) = match rule.aspect.map(crate::value::Aspect::ratio) {
        Some(ratio) if width / height < ratio => (height * ratio, height),
        Some(ratio) => (width, width / ratio),
        None => (width, height),
    };
    Size { width: side(width), height: side(height) }
}

/// The canvas that a pad gives an image of `from`, and where the image stands on it.
#[must_use]
pub fn pad(rule: &Pad, from: Size) -> (Size, (u32, u32)) {
    let border = |length: Option<Length>, whole: f64| {
        let pixels = length.unwrap_or(rule.all).resolve(whole);
        if pixels < 0.5 { 0 } else { side(pixels) }
    };
    let (left, right) = (border(rule.left, from.w()), border(rule.right, from.w()));
    let (top, bottom) = (border(rule.top, from.h()), border(rule.bottom, from.h()));
    let size = Size { width: from.width + left + right, height: from.height + top + bottom };
    (size, (left, top))
}

/// The canvas that holds an image of `from` once it is turned around its middle.
#[must_use]
pub fn rotated(rule: &Rotate, from: Size) -> Size {
    match rule.quarter_turns() {
        Some(0 | 2) => from,
        Some(_) => from.turned(),
        None => {
            let (sine, cosine) = rule.angle.to_radians().sin_cos();
            let (sine, cosine) = (sine.abs(), cosine.abs());
            // A rounding error must not add a row.
            let bounds = |pixels: f64| side((pixels - 1e-6).ceil());
            Size {
                width: bounds(from.w() * cosine + from.h() * sine),
                height: bounds(from.w() * sine + from.h() * cosine),
            }
        }
    }
}

#[cfg(test)]
mod tests;
