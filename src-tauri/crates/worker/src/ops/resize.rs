//! Resize: scale, then perhaps cut or put on a canvas.

use cropmark_rules::{
    Fault,
    geometry::{self, Size},
    operation::{Kernel, Resize},
};

use super::{crop, extend};
use crate::{
    canvas::Canvas,
    pipeline::Context,
    vips::{Call, Image, Result},
};

/// The whole operation, for a resize that is not a chain's first.
pub(crate) fn apply(
    rule: &Resize,
    canvas: Canvas,
    context: &Context<'_>,
) -> std::result::Result<Canvas, Fault> {
    let scaled = geometry::resize(rule, canvas.nominal).scaled;
    context.check_size(scaled)?;
    let nominal = canvas.nominal;
    let canvas = canvas.map(|frame| scale(frame, scaled, rule.kernel))?;
    finish(rule, nominal, canvas, context)
}

/// What comes after the scaling: `nominal` is the size before it.
pub(crate) fn finish(
    rule: &Resize,
    nominal: Size,
    canvas: Canvas,
    context: &Context<'_>,
) -> std::result::Result<Canvas, Fault> {
    let resized = geometry::resize(rule, nominal);
    if let Some(size) = resized.cropped {
        return crop::keep(canvas, size, rule.gravity, Default::default(), context);
    }
    if let Some(size) = resized.padded {
        return extend::onto(
            canvas,
            size,
            rule.gravity,
            Default::default(),
            rule.background,
            context,
        );
    }
    Ok(canvas)
}

/// An image scaled to exactly `size`. Alpha is premultiplied around it, so that the colour of
/// what cannot be seen does not bleed into what can.
pub(crate) fn scale(image: &Image, size: Size, kernel: Kernel) -> Result<Image> {
    let from = (f64::from(image.width()), f64::from(image.height()));
    if (image.width(), image.height()) == (size.width, size.height) {
        return Ok(image.clone());
    }
    let horizontal = f64::from(size.width) / from.0;
    let vertical = f64::from(size.height) / from.1;
    let resize = |image: &Image| {
        Call::new("resize")
            .image("in", image)
            .number("scale", horizontal)
            .number("vscale", vertical)
            .text("kernel", kernel_nick(kernel))
            .output()
    };
    if !image.has_alpha() || kernel == Kernel::Nearest {
        return resize(image);
    }
    let premultiplied = Call::new("premultiply").image("in", image).output()?;
    let resized = resize(&premultiplied)?;
    let straight = Call::new("unpremultiply").image("in", &resized).output()?;
    Call::new("cast").image("in", &straight).text("format", image.format_nick()).output()
}

fn kernel_nick(kernel: Kernel) -> &'static str {
    match kernel {
        Kernel::Nearest => "nearest",
        Kernel::Linear => "linear",
        Kernel::Cubic => "cubic",
        Kernel::Mitchell => "mitchell",
        Kernel::Lanczos2 => "lanczos2",
        Kernel::Lanczos3 => "lanczos3",
    }
}
