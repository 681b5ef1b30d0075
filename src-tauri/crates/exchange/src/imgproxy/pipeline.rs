//! From options to a chain, in the order of imgproxy's pipeline: trim, turn, cut out, resize, cut
//! to the result, filters, canvas, border, background, watermark.

use cropmark_rules::{
    Operation,
    operation::{
        Blur, Crop, Extend, Fit, Flatten, Flip, FlipDirection, Overlay, Pad, Pixelate, Resize,
        Rotate, Sharpen, Undersized,
    },
    value::{Aspect, Color, Length},
};

use super::{
    arguments::Placement,
    state::{Options, ResizingType},
};
use crate::{notes::Notes, number};

pub(super) fn operations(o: &Options, line: usize, notes: &mut Notes) -> Vec<Operation> {
    let mut chain = Vec::new();
    chain.extend(o.trim.clone().map(Operation::Trim));
    if o.rotate != 0.0 {
        chain.push(Operation::Rotate(Rotate { angle: o.rotate, background: None }));
    }
    chain.extend(flip(o.flip));
    chain.extend(crop(o));
    chain.extend(resize(o, line, notes));
    chain.extend(o.blur.map(|sigma| Operation::Blur(Blur { sigma })));
    chain
        .extend(o.sharpen.map(|sigma| Operation::Sharpen(Sharpen { sigma, ..Sharpen::default() })));
    if o.pixelate > 1.0 {
        chain.push(Operation::Pixelate(Pixelate { size: Length::Pixels(o.pixelate) }));
    }
    chain.extend(extend(o, line, notes));
    chain.extend(pad(o));
    chain.extend(o.background.map(|background| Operation::Flatten(Flatten { background })));
    chain.extend(watermark(o, line, notes));
    if o.dpr > 1.0 && !o.enlarge && !o.is_settled && depends_on_density(o) {
        let reason = "dpr: where the image is too small for it, imgproxy makes canvas, border and \
                      offsets smaller too; here they are multiplied in any case";
        notes.add(line, reason);
    }
    chain
}

/// Whether more than the image is multiplied by the density.
pub(super) fn depends_on_density(o: &Options) -> bool {
    let cuts = matches!(o.resizing_type, ResizingType::Fill | ResizingType::Auto);
    o.extend.is_some()
        || o.padding.is_some()
        || o.gravity.has_offset()
        || o.watermark.is_some_and(|it| it.placement.has_offset())
        || (cuts && o.width > 0.0 && o.height > 0.0)
}

fn flip((across, down): (bool, bool)) -> Option<Operation> {
    let direction = match (across, down) {
        (false, false) => return None,
        (true, false) => FlipDirection::Horizontal,
        (false, true) => FlipDirection::Vertical,
        (true, true) => FlipDirection::Both,
    };
    Some(Operation::Flip(Flip { direction }))
}

/// The cut before the resize.
pub(super) fn crop(o: &Options) -> Option<Operation> {
    let area = o.crop?;
    let side = |side: f64| match side {
        0.0 => None,
        side if side >= 1.0 => Some(Length::Pixels(side.floor())),
        share => Some(number::share(share)),
    };
    let placement = area.placement.unwrap_or(o.gravity);
    Some(cut(side(area.width), side(area.height), None, placement, 1.0))
}

fn cut(
    width: Option<Length>,
    height: Option<Length>,
    aspect: Option<Aspect>,
    placement: Placement,
    dpr: f64,
) -> Operation {
    let (x, y) = placement.offsets(dpr);
    Operation::Crop(Crop { width, height, aspect, gravity: placement.gravity, x, y })
}

/// The box of the resize, multiplied by zoom and density; 0 where the image's side is meant.
fn target(o: &Options) -> (f64, f64) {
    (number::tidy(o.width * o.zoom.0 * o.dpr), number::tidy(o.height * o.zoom.1 * o.dpr))
}

fn pixels(side: f64) -> Option<Length> {
    (side > 0.0).then_some(Length::Pixels(side))
}

fn resize(o: &Options, line: usize, notes: &mut Notes) -> Vec<Operation> {
    let (width, height) = target(o);
    let zoom = (o.zoom.0 * o.dpr, o.zoom.1 * o.dpr);
    let is_even = (zoom.0 - zoom.1).abs() < 1e-9;
    let minimum = |side: f64| pixels(number::tidy(side * o.dpr));
    let plain = Resize {
        width: pixels(width),
        height: pixels(height),
        min_width: minimum(o.min_width),
        min_height: minimum(o.min_height),
        enlarge: o.enlarge,
        kernel: o.kernel,
        ..Resize::default()
    };
    let has_minimum = plain.min_width.is_some() || plain.min_height.is_some();
    if has_minimum && !o.enlarge && !o.is_settled {
        let reason = "min-width and min-height: imgproxy enlarges up to them without enlarge; here \
                      an image is enlarged with enlarge only";
        notes.add(line, reason);
    }
    let of_both = width > 0.0 && height > 0.0;
    let undersized = |kept| (!o.enlarge).then_some(kept);
    if !is_even && o.resizing_type != ResizingType::Force && (width > 0.0 || height > 0.0) {
        let reason = "zoom: two factors have a counterpart without a size or with the type force \
                      only; the second one is not used";
        notes.add(line, reason);
    }
    let is_forced = o.resizing_type == ResizingType::Force && (width > 0.0 || height > 0.0);
    if is_forced || (!is_even && width == 0.0 && height == 0.0) {
        let width = plain.width.unwrap_or(number::share(zoom.0));
        let height = plain.height.unwrap_or(number::share(zoom.1));
        let (width, height) = (Some(width), Some(height));
        let undersized = undersized(Undersized::Ratio);
        return vec![Operation::Resize(Resize {
            fit: Fit::Fill,
            width,
            height,
            undersized,
            ..plain
        })];
    }
    if width == 0.0 && height == 0.0 {
        let scales = (zoom.0 - 1.0).abs() > 1e-9;
        let changes = scales || has_minimum;
        let width = changes.then(|| number::share(zoom.0));
        return changes
            .then_some(Operation::Resize(Resize { width, ..plain }))
            .into_iter()
            .collect();
    }
    if !of_both || o.resizing_type == ResizingType::Fit {
        let mut chain = vec![Operation::Resize(plain.clone())];
        if has_minimum {
            chain.push(cut(plain.width, plain.height, None, o.gravity, o.dpr));
        }
        return chain;
    }
    fill(o, &plain, line, notes)
}

/// The types that fill a box of two sides.
fn fill(o: &Options, plain: &Resize, line: usize, notes: &mut Notes) -> Vec<Operation> {
    let gravity = o.gravity.gravity;
    let sides = (!o.enlarge).then_some(Undersized::Sides);
    let one = |fit, undersized| {
        vec![Operation::Resize(Resize { fit, undersized, gravity, ..plain.clone() })]
    };
    match o.resizing_type {
        ResizingType::Auto => {
            if o.gravity.has_offset() {
                notes.add(line, "gravity: offsets have no counterpart with the type auto");
            }
            one(Fit::Auto, sides)
        }
        _ if o.gravity.has_offset() => {
            let (width, height) = (plain.width, plain.height);
            let keeps_ratio = o.resizing_type == ResizingType::FillDown;
            let ratio = number::pixels(width.unwrap_or_default())
                .zip(number::pixels(height.unwrap_or_default()))
                .map(|(horizontal, vertical)| Aspect { horizontal, vertical });
            let outside = Operation::Resize(Resize { fit: Fit::Outside, ..plain.clone() });
            vec![outside, cut(width, height, ratio.filter(|_| keeps_ratio), o.gravity, o.dpr)]
        }
        ResizingType::FillDown => one(Fit::Cover, None),
        _ => one(Fit::Cover, sides),
    }
}

/// The colour of what is added around the image.
fn canvas(o: &Options) -> Color {
    o.background.unwrap_or(Color::TRANSPARENT)
}

fn extend(o: &Options, line: usize, notes: &mut Notes) -> Vec<Operation> {
    let (width, height) = target(o);
    let mut chain = Vec::new();
    if let Some(placement) = o.extend {
        if width == 0.0 && height == 0.0 {
            notes.add(line, "extend: without width and height there is nothing to extend to");
        } else {
            let (x, y) = placement.offsets(o.dpr);
            chain.push(Operation::Extend(Extend {
                width: pixels(width),
                height: pixels(height),
                gravity: placement.gravity,
                x,
                y,
                background: Some(canvas(o)),
                ..Extend::default()
            }));
        }
    }
    if let Some(placement) = o.extend_ratio {
        if width == 0.0 || height == 0.0 {
            notes.add(line, "extend_aspect_ratio: without width and height there is no ratio");
        } else {
            let (x, y) = placement.offsets(o.dpr);
            chain.push(Operation::Extend(Extend {
                aspect: Some(Aspect { horizontal: width, vertical: height }),
                gravity: placement.gravity,
                x,
                y,
                background: Some(canvas(o)),
                ..Extend::default()
            }));
        }
    }
    chain
}

fn pad(o: &Options) -> Option<Operation> {
    let sides = o.padding?.map(|side| Length::Pixels(number::even(side * o.dpr)));
    let [top, right, bottom, left] = sides;
    let background = Some(canvas(o));
    if sides.iter().all(|side| *side == top) {
        return Some(Operation::Pad(Pad { all: top, background, ..Pad::default() }));
    }
    Some(Operation::Pad(Pad {
        all: Length::ZERO,
        top: Some(top),
        right: Some(right),
        bottom: Some(bottom),
        left: Some(left),
        background,
    }))
}

fn watermark(o: &Options, line: usize, notes: &mut Notes) -> Option<Operation> {
    let watermark = o.watermark?;
    let (x, y) = watermark.placement.offsets(o.dpr);
    if watermark.scale > 0.0 {
        let reason = "watermark: imgproxy keeps the scaled picture within both sides; here the \
                      scale is of the width";
        notes.add(line, reason);
    }
    Some(Operation::Overlay(Overlay {
        image: format!("{{{}}}", super::WATERMARK),
        gravity: watermark.placement.gravity,
        x,
        y,
        scale: (watermark.scale > 0.0).then_some(watermark.scale),
        opacity: watermark.opacity,
        tile: watermark.tile,
        ..Overlay::default()
    }))
}
