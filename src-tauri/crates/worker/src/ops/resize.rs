//! Resize: scale, then perhaps cut or put on a canvas.

use cropmark_rules::{
    Fault,
    geometry::{self, Size},
    operation::{Kernel, Resize},
};

use super::{crop, extend, pixels};
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
    context.check_resize(rule, canvas.nominal)?;
    let scaled = geometry::resize(rule, canvas.nominal).scaled;
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
        return crop::keep(canvas, size, rule.gravity, Default::default());
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
    if (image.width(), image.height()) == (size.width, size.height) {
        return Ok(image.clone());
    }
    if kernel == Kernel::Nearest {
        return resample(image, size, kernel);
    }
    pixels::premultiplied(image, |image| resample(image, size, kernel))
}

/// As [`scale`], for an image of which only `extent` (pixels across and down) is covered: the
/// covered part becomes `size`. The half-covered rows and columns stand out on both sides
/// alike, by less than half a pixel of the result.
pub(crate) fn scale_covered(
    image: &Image,
    extent: (f64, f64),
    size: Size,
    kernel: Kernel,
) -> Result<Image> {
    let (width, height) = (f64::from(image.width()), f64::from(image.height()));
    let down = extent.1 / f64::from(size.height);
    let across = extent.0 / f64::from(size.width);
    let fits =
        |actual: f64, factor: f64, side: u32| (actual / factor - f64::from(side)).abs() < 0.5;
    let reducible = down > 1.0
        && across > 1.0
        && fits(height, down, size.height)
        && fits(width, across, size.width);
    if extent == (width, height) || !reducible {
        return scale(image, size, kernel);
    }
    pixels::premultiplied(image, |image| reduced(image, (across, down), kernel))
}

/// Every side divided by a number above 1.
fn reduced(image: &Image, (across, down): (f64, f64), kernel: Kernel) -> Result<Image> {
    let rows = Call::new("reducev")
        .image("in", image)
        .number("vshrink", down)
        .number("gap", GAP)
        .text("kernel", kernel_nick(kernel))
        .output()?;
    Call::new("reduceh")
        .image("in", &rows)
        .number("hshrink", across)
        .number("gap", GAP)
        .text("kernel", kernel_nick(kernel))
        .output()
}

/// A large reduction begins with the means of whole squares of pixels, as long as the filter
/// still has this factor to do. At 2, libvips' default, line art shows it (37 dB against a
/// direct reduction where 3 gives 41); above 3 nothing more is gained.
const GAP: f64 = 3.0;

/// The bands scaled, each by itself.
pub(super) fn resample(image: &Image, size: Size, kernel: Kernel) -> Result<Image> {
    let across = f64::from(size.width) / f64::from(image.width());
    let down = f64::from(size.height) / f64::from(image.height());
    if across < 1.0 && down < 1.0 && kernel != Kernel::Nearest {
        // What the operation below does too, by way of two more images.
        return reduced(image, (1.0 / across, 1.0 / down), kernel);
    }
    Call::new("resize")
        .image("in", image)
        .number("scale", across)
        .number("vscale", down)
        .number("gap", GAP)
        .text("kernel", kernel_nick(kernel))
        .output()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        animated, assert_sound, bytes, context, drawn, focal_pixels, focused, gradient, pixel,
        plain,
    };
    use cropmark_rules::{
        operation::Fit,
        value::{Color, Length},
    };

    fn boxed(fit: Fit, width: f64, height: f64) -> Resize {
        let (width, height) = (Some(Length::Pixels(width)), Some(Length::Pixels(height)));
        Resize { fit, width, height, ..Resize::default() }
    }

    fn resize(rule: &Resize, canvas: Canvas) -> Canvas {
        apply(rule, canvas, &context()).unwrap()
    }

    #[test]
    fn every_fit_gives_its_size() {
        let cases = [
            (Fit::Inside, (30, 20)),
            (Fit::Cover, (30, 30)),
            (Fit::Contain, (30, 30)),
            (Fit::Fill, (30, 30)),
            (Fit::Outside, (45, 30)),
        ];
        for (fit, (width, height)) in cases {
            let result = resize(&boxed(fit, 30.0, 30.0), animated(90, 60, 3));
            assert_eq!(result.size(), Size::new(width, height), "{fit:?}");
            assert_sound(&result, 3);
        }
    }

    #[test]
    fn the_background_of_contain_is_white_clear_or_the_rules() {
        let rule = boxed(Fit::Contain, 20.0, 40.0);
        assert_eq!(pixel(&resize(&rule, gradient(40, 40, 3)), 10, 2), [255; 3]);
        assert_eq!(pixel(&resize(&rule, gradient(40, 40, 4)), 10, 2), [0; 4]);
        let blue = Resize { background: Some(Color::solid(0, 0, 255)), ..rule };
        assert_eq!(pixel(&resize(&blue, gradient(40, 40, 1)), 10, 2), [0, 0, 255]);
    }

    #[test]
    fn the_background_of_contain_shows_through_where_the_image_fills_the_box() {
        let clear = drawn(40, 40, 4, |x, _| [9, 9, 9, if x < 20 { 0 } else { 255 }]);
        let rule = boxed(Fit::Contain, 20.0, 20.0);
        assert_eq!(pixel(&resize(&rule, clear.clone()), 2, 2)[3], 0);
        let green = Resize { background: Some(Color::solid(1, 200, 3)), ..rule };
        let result = resize(&green, clear);
        assert_eq!(result.size(), Size::new(20, 20));
        assert_eq!(pixel(&result, 2, 2), [1, 200, 3]);
        assert_eq!(pixel(&result, 17, 2), [9, 9, 9]);
    }

    #[test]
    fn what_cannot_be_seen_does_not_bleed() {
        let canvas =
            drawn(64, 64, 4, |x, _| if x < 31 { [200, 9, 0, 255] } else { [0, 255, 0, 0] });
        let result = resize(&boxed(Fit::Fill, 16.0, 16.0), canvas);
        for x in 0..16 {
            let found = pixel(&result, x, 8);
            assert!(found[3] == 0 || (found[0].abs_diff(200) <= 1 && found[1].abs_diff(9) <= 1));
        }
    }

    #[test]
    fn levels_are_rounded_and_not_cut() {
        let half = plain(40, 40, Color { red: 200, green: 100, blue: 50, alpha: 77 });
        let result = resize(&boxed(Fit::Fill, 13.0, 11.0), half);
        assert_eq!(pixel(&result, 6, 6), [200, 100, 50, 77]);
    }

    #[test]
    fn the_focal_point_stays_on_its_detail() {
        let rule = Resize {
            gravity: cropmark_rules::value::Gravity::East,
            ..boxed(Fit::Cover, 30.0, 30.0)
        };
        let result = resize(&rule, focused(gradient(90, 60, 3), 0.8, 0.5));
        // 72 of 90 across becomes 36 of 45, of which the first 15 are cut.
        let (x, y) = focal_pixels(&result);
        assert!((x - 21.0).abs() < 1e-9 && (y - 15.0).abs() < 1e-9, "{x}, {y}");
    }

    #[test]
    fn its_own_size_changes_nothing_and_too_large_is_refused() {
        let canvas = gradient(9, 7, 4);
        let same = resize(&boxed(Fit::Fill, 9.0, 7.0), canvas.clone());
        assert_eq!(bytes(&same), bytes(&canvas));
        let huge = Resize { enlarge: true, ..boxed(Fit::Fill, 70_000.0, 10.0) };
        let fault = apply(&huge, canvas, &context()).unwrap_err();
        assert_eq!(fault.code, cropmark_rules::FaultCode::TooLarge);
    }
}
