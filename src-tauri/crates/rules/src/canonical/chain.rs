//! The canonical form of a chain.

use crate::{
    Operation,
    operation::{
        Colorize, Crop, Extend, Fit, Overlay, Pad, Pixelate, Resize, Rotate, RoundCorners, Sharpen,
        Text, Undersized,
    },
    value::{Color, Gravity, Length, Point},
};

/// Whether a chain looks at the asset's focal point.
#[must_use]
pub fn uses_focal(operations: &[Operation]) -> bool {
    operations.iter().any(|operation| {
        let gravity = match operation {
            Operation::Crop(crop) => crop.gravity,
            Operation::Resize(resize) => resize.gravity,
            Operation::Extend(extend) => extend.gravity,
            Operation::Text(text) => text.gravity,
            Operation::Overlay(overlay) => overlay.gravity,
            _ => return false,
        };
        gravity == Gravity::Focal
    })
}

/// Whether a chain cuts around the source's faces.
#[must_use]
pub fn uses_faces(operations: &[Operation]) -> bool {
    operations.iter().any(|operation| match operation {
        Operation::Crop(crop) => crop.gravity == Gravity::Face,
        Operation::Resize(resize) => {
            resize.gravity == Gravity::Face && matches!(resize.fit, Fit::Cover | Fit::Auto)
        }
        _ => false,
    })
}

/// The chain's canonical form: steps without effect are left out, and of values that mean the
/// same, one stands. `has_focal` tells whether the asset has a focal point.
#[must_use]
pub fn operations(operations: Vec<Operation>, has_focal: bool) -> Vec<Operation> {
    operations.into_iter().filter_map(|operation| canonical(operation, has_focal)).collect()
}

fn canonical(operation: Operation, has_focal: bool) -> Option<Operation> {
    let place = |gravity| self::gravity(gravity, has_focal);
    Some(match operation {
        Operation::Crop(rule) => Operation::Crop(crop(&rule, place)?),
        Operation::Resize(rule) => Operation::Resize(resize(&rule, place)),
        Operation::Extend(rule) => Operation::Extend(extend(&rule, place)?),
        Operation::Pad(rule) => Operation::Pad(pad(&rule)?),
        Operation::Rotate(rule) => Operation::Rotate(rotate(&rule)?),
        Operation::Text(rule) => Operation::Text(text(rule, place)?),
        Operation::Overlay(rule) => Operation::Overlay(overlay(rule, place)?),
        other => return has_effect(&other).then_some(other),
    })
}

/// Whether an operation with only numbers and colours changes anything.
fn has_effect(operation: &Operation) -> bool {
    let some = |number: f64| number != 0.0;
    match operation {
        Operation::Blur(rule) => some(rule.sigma),
        Operation::Sharpen(Sharpen { sigma, flat, jagged }) => {
            some(*sigma) && (some(*flat) || some(*jagged))
        }
        Operation::Pixelate(Pixelate { size: Length::Pixels(pixels) }) => *pixels >= 1.5,
        Operation::RoundCorners(RoundCorners { radius, .. }) => some(radius.resolve(100.0)),
        Operation::Brightness(rule) => some(rule.amount),
        Operation::Contrast(rule) => some(rule.amount),
        Operation::Saturation(rule) => some(rule.amount),
        Operation::Gamma(rule) => some(rule.value - 1.0),
        Operation::Grayscale(rule) => some(rule.amount),
        Operation::Sepia(rule) => some(rule.amount),
        Operation::Duotone(rule) => some(rule.amount),
        Operation::Colorize(Colorize { color, opacity }) => some(*opacity) && color.alpha > 0,
        _ => true,
    }
}

/// The middle has three names, one of them only where the asset has no focal point.
fn gravity(gravity: Gravity, has_focal: bool) -> Gravity {
    match gravity {
        Gravity::Focal if !has_focal => Gravity::Center,
        Gravity::Point(Point { x, y }) if (x, y) == (0.5, 0.5) => Gravity::Center,
        Gravity::Point(Point { x, y }) => Gravity::Point(Point { x: x + 0.0, y: y + 0.0 }),
        other => other,
    }
}

/// No length is no length, in percent, with a minus or without.
fn offset(length: Length) -> Length {
    if length.resolve(100.0) == 0.0 { Length::ZERO } else { length }
}

/// The whole side, said or not.
fn part(length: Option<Length>) -> Option<Length> {
    length.filter(|length| *length != Length::Percent(100.0))
}

fn crop(rule: &Crop, place: impl Fn(Gravity) -> Gravity) -> Option<Crop> {
    let (width, height) = (part(rule.width), part(rule.height));
    let cuts = width.is_some() || height.is_some() || rule.aspect.is_some();
    cuts.then(|| Crop {
        width,
        height,
        gravity: place(rule.gravity),
        x: offset(rule.x),
        y: offset(rule.y),
        ..*rule
    })
}

fn resize(rule: &Resize, place: impl Fn(Gravity) -> Gravity) -> Resize {
    let mut rule = Resize { gravity: place(rule.gravity), ..rule.clone() };
    // With one side the ratio gives the other, whatever the fit.
    if rule.width.is_none() || rule.height.is_none() {
        rule.fit = Fit::Inside;
    }
    match rule.fit {
        Fit::Contain => {}
        Fit::Cover | Fit::Auto => rule.background = None,
        Fit::Inside | Fit::Outside | Fit::Fill => {
            (rule.gravity, rule.background) = (Gravity::Center, None);
        }
    }
    rule.undersized = rule.undersized.filter(|undersized| {
        let plain = match rule.fit {
            Fit::Cover | Fit::Auto => Undersized::Ratio,
            Fit::Fill => Undersized::Sides,
            Fit::Inside | Fit::Outside | Fit::Contain => return false,
        };
        !rule.enlarge && *undersized != plain
    });
    // Shares are rounded in another order than pixels, so only pixels are multiplied here.
    let mut sizes = [&mut rule.width, &mut rule.height, &mut rule.min_width, &mut rule.min_height];
    let pixels = |size: &Option<Length>| !matches!(size, Some(Length::Percent(_)));
    if sizes.iter().all(|size| pixels(size)) && sizes.iter().any(|size| size.is_some()) {
        for size in &mut sizes {
            if let Some(Length::Pixels(pixels)) = size.as_mut() {
                *pixels *= rule.dpr;
            }
        }
        rule.dpr = 1.0;
    }
    rule
}

fn extend(rule: &Extend, place: impl Fn(Gravity) -> Gravity) -> Option<Extend> {
    let grows = rule.width.is_some() || rule.height.is_some() || rule.aspect.is_some();
    grows.then(|| Extend {
        gravity: place(rule.gravity),
        x: offset(rule.x),
        y: offset(rule.y),
        ..*rule
    })
}

fn pad(rule: &Pad) -> Option<Pad> {
    let side = |own: Option<Length>| offset(own.unwrap_or(rule.all));
    let sides = [side(rule.top), side(rule.right), side(rule.bottom), side(rule.left)];
    let [top, right, bottom, left] = sides.map(Some);
    sides.iter().any(|side| *side != Length::ZERO).then_some(Pad {
        all: Length::ZERO,
        top,
        right,
        bottom,
        left,
        background: rule.background,
    })
}

fn rotate(rule: &Rotate) -> Option<Rotate> {
    match rule.quarter_turns() {
        Some(0) => None,
        // Quarter turns leave no corners to fill.
        Some(turns) => Some(Rotate { angle: f64::from(turns) * 90.0, background: None }),
        None => Some(Rotate { angle: rule.angle.rem_euclid(360.0), background: rule.background }),
    }
}

fn text(rule: Text, place: impl Fn(Gravity) -> Gravity) -> Option<Text> {
    let background = rule.background.filter(|color| color.alpha > 0);
    let seen = rule.color.alpha > 0 || background.is_some();
    (seen && !rule.text.is_empty() && rule.opacity != 0.0).then(|| Text {
        gravity: place(rule.gravity),
        x: offset(rule.x),
        y: offset(rule.y),
        color: visible(rule.color),
        background,
        line_spacing: rule.line_spacing + 0.0,
        ..rule
    })
}

/// Of a colour that cannot be seen, one.
fn visible(color: Color) -> Color {
    if color.alpha == 0 { Color::TRANSPARENT } else { color }
}

fn overlay(rule: Overlay, place: impl Fn(Gravity) -> Gravity) -> Option<Overlay> {
    (rule.opacity != 0.0).then(|| Overlay {
        gravity: place(rule.gravity),
        x: offset(rule.x),
        y: offset(rule.y),
        ..rule
    })
}
