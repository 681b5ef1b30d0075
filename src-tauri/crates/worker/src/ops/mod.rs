//! The operations, one a file. Each takes a canvas and gives a canvas.

use cropmark_rules::{
    Fault, Operation,
    operation::{Fit, Resize},
};

use crate::{canvas::Canvas, pipeline::Context};

mod blur;
mod brightness;
mod colorize;
mod composite;
mod contrast;
pub(crate) mod crop;
mod duotone;
mod extend;
mod flatten;
mod flip;
mod gamma;
mod grayscale;
mod invert;
mod overlay;
mod pad;
mod paint;
mod pixelate;
mod pixels;
pub(crate) mod resize;
mod rotate;
mod round_corners;
mod saturation;
mod sepia;
mod sharpen;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod trim;

/// Applies one operation. Everything but plain geometry meets a canvas in working colours.
pub(crate) fn apply(
    operation: &Operation,
    canvas: Canvas,
    context: &Context<'_>,
) -> Result<Canvas, Fault> {
    match operation {
        Operation::Trim(rule) => trim::apply(rule, canvas),
        Operation::Crop(rule) => crop::apply(rule, canvas),
        Operation::Resize(rule) => resize::apply(rule, canvas, context),
        Operation::Extend(rule) => extend::apply(rule, canvas, context),
        Operation::Pad(rule) => pad::apply(rule, canvas, context),
        Operation::Rotate(rule) => rotate::apply(rule, canvas, context),
        Operation::Flip(rule) => flip::apply(rule, canvas),
        Operation::Flatten(rule) => flatten::apply(rule, canvas),
        Operation::Text(rule) => text::apply(rule, canvas, context),
        Operation::Overlay(rule) => overlay::apply(rule, canvas, context),
        Operation::Blur(rule) => blur::apply(rule, canvas),
        Operation::Sharpen(rule) => sharpen::apply(rule, canvas),
        Operation::Pixelate(rule) => pixelate::apply(rule, canvas),
        Operation::Brightness(rule) => brightness::apply(rule, canvas),
        Operation::Contrast(rule) => contrast::apply(rule, canvas),
        Operation::Saturation(rule) => saturation::apply(rule, canvas),
        Operation::Gamma(rule) => gamma::apply(rule, canvas),
        Operation::Grayscale(rule) => grayscale::apply(rule, canvas),
        Operation::Sepia(rule) => sepia::apply(rule, canvas),
        Operation::Duotone(rule) => duotone::apply(rule, canvas),
        Operation::Colorize(rule) => colorize::apply(rule, canvas),
        Operation::Invert(_) => invert::apply(canvas),
        Operation::RoundCorners(rule) => round_corners::apply(rule, canvas),
    }
}

/// Whether an operation only moves pixels about, so that it can run in any colours. What fills
/// new parts of a canvas with a colour, or compares levels, is not among them.
pub(crate) fn is_geometry(operation: &Operation) -> bool {
    match operation {
        Operation::Crop(_) | Operation::Flip(_) => true,
        Operation::Resize(Resize { fit, .. }) => *fit != Fit::Contain,
        Operation::Rotate(rule) => rule.quarter_turns().is_some(),
        Operation::Trim(_)
        | Operation::Extend(_)
        | Operation::Pad(_)
        | Operation::Flatten(_)
        | Operation::Text(_)
        | Operation::Overlay(_)
        | Operation::Blur(_)
        | Operation::Sharpen(_)
        | Operation::Pixelate(_)
        | Operation::Brightness(_)
        | Operation::Contrast(_)
        | Operation::Saturation(_)
        | Operation::Gamma(_)
        | Operation::Grayscale(_)
        | Operation::Sepia(_)
        | Operation::Duotone(_)
        | Operation::Colorize(_)
        | Operation::Invert(_)
        | Operation::RoundCorners(_) => false,
    }
}

#[cfg(test)]
mod tests;
