//! The operations, one a file. Each takes a canvas and gives a canvas.

use cropmark_rules::{Fault, Operation};

use crate::{canvas::Canvas, pipeline::Context};

mod crop;
mod extend;
pub(crate) mod resize;

/// Applies one operation. Everything but plain geometry meets a canvas in working colours.
pub(crate) fn apply(
    operation: &Operation,
    canvas: Canvas,
    context: &Context<'_>,
) -> Result<Canvas, Fault> {
    match operation {
        Operation::Resize(rule) => resize::apply(rule, canvas, context),
        Operation::Crop(rule) => crop::apply(rule, canvas, context),
        Operation::Extend(rule) => extend::apply(rule, canvas, context),
        _ => Ok(canvas),
    }
}

/// Whether an operation only moves pixels about, so that it can run in any colours.
pub(crate) fn is_geometry(operation: &Operation) -> bool {
    matches!(operation, Operation::Crop(_) | Operation::Resize(_))
}
