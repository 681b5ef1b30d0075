//! Reduces a picture while it is read: to the mean of small squares, or to every nth pixel.

use cropmark_rules::{Fault, geometry::Size};

use crate::{
    canvas::fault,
    vips::{Call, Image, Result},
};

/// Replaces every square of `shrink` x `shrink` pixels by its mean. Squares that are cut by the right
/// or the bottom edge count, so that the size is that of a decoder's own reduction. Alpha is
/// premultiplied meanwhile.
pub(super) fn mean(image: &Image, shrink: u32) -> std::result::Result<Image, Fault> {
    mean_of(image, shrink).map_err(fault)
}

fn mean_of(image: &Image, shrink: u32) -> Result<Image> {
    if shrink <= 1 {
        return Ok(image.clone());
    }
    let reduced = |image: &Image| {
        Call::new("shrink")
            .image("in", image)
            .number("hshrink", shrink)
            .number("vshrink", shrink)
            .flag("ceil", true)
            .output()
    };
    if !image.has_alpha() {
        return reduced(image);
    }
    let premultiplied = Call::new("premultiply").image("in", image).output()?;
    let straight = Call::new("unpremultiply").image("in", &reduced(&premultiplied)?).output()?;
    Call::new("cast").image("in", &straight).text("format", image.format_nick()).output()
}

/// Takes every nth pixel, so that exactly `size` remains. Rows are read once, from the top.
pub(super) fn every_nth(image: &Image, size: Size) -> std::result::Result<Image, Fault> {
    if (image.width(), image.height()) == (size.width, size.height) {
        return Ok(image.clone());
    }
    Call::new("resize")
        .image("in", image)
        .number("scale", f64::from(size.width) / f64::from(image.width()))
        .number("vscale", f64::from(size.height) / f64::from(image.height()))
        .text("kernel", "nearest")
        .output()
        .map_err(fault)
}
