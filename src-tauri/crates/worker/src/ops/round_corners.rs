//! Round corners: cut clear, or filled with a colour.

use cropmark_rules::{
    Fault,
    geometry::Size,
    operation::RoundCorners,
    value::{Color, Length},
};

use super::{paint, pixels};
use crate::{
    canvas::{Canvas, fault},
    vips::{Call, Image},
};

/// How many lines a pixel is divided into to find how much of it is inside.
const LINES: u32 = 16;

/// Rounds the corners of every frame. What was transparent stays so.
pub(crate) fn apply(rule: &RoundCorners, canvas: Canvas) -> Result<Canvas, Fault> {
    let size = canvas.size();
    let Some(radii) = radii(rule.radius, size) else { return Ok(canvas) };
    let mask = mask(size, radii);
    let mask = Image::from_pixels(&mask, size.width, size.height, 1).map_err(fault)?;
    match rule.background {
        None => cut(canvas, &mask),
        Some(color) => fill(canvas, &mask, color),
    }
}

/// The alpha becomes that of the mask, or less where it was less.
fn cut(canvas: Canvas, mask: &Image) -> Result<Canvas, Fault> {
    if !canvas.has_alpha() {
        return canvas.map(|frame| pixels::join(frame, mask));
    }
    canvas.materialize()?.map(|frame| {
        let alpha = pixels::multiplied(&pixels::alpha(frame)?, mask)?;
        pixels::join(&pixels::colors(frame)?, &alpha)
    })
}

/// The corners show the colour instead of the image, alpha included.
fn fill(canvas: Canvas, mask: &Image, color: Color) -> Result<Canvas, Fault> {
    let canvas = paint::room_for(canvas, color)?;
    let levels = paint::levels(color, &canvas)?;
    let size = canvas.size();
    let behind = pixels::filled(size.width, size.height, &levels).map_err(fault)?;
    canvas.map(|frame| {
        let mixed = |front: &Image, behind: &Image| {
            Call::new("ifthenelse")
                .image("cond", mask)
                .image("in1", front)
                .image("in2", behind)
                .flag("blend", true)
                .output()
        };
        if !frame.has_alpha() {
            return mixed(frame, &behind);
        }
        let behind = Call::new("premultiply").image("in", &behind).output()?;
        pixels::premultiplied(frame, |front| mixed(front, &behind))
    })
}

/// The corners' radii across and down. As in CSS, a share is one of each side, and radii that
/// do not fit are made smaller together. `None`: nothing to round.
fn radii(radius: Length, size: Size) -> Option<(f64, f64)> {
    let (width, height) = (f64::from(size.width), f64::from(size.height));
    let (across, down) = (radius.resolve(width), radius.resolve(height));
    if across <= 0.0 || down <= 0.0 {
        return None;
    }
    let fitting = (width / (2.0 * across)).min(height / (2.0 * down)).min(1.0);
    Some((across * fitting, down * fitting))
}

/// How much of every pixel is inside, 0–255. Rows are alike but for their ends, so that only
/// the corners' edges are computed.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within a row")]
fn mask(size: Size, (across, down): (f64, f64)) -> Vec<u8> {
    let (width, height) = (size.width, size.height);
    let mut mask = vec![255; width as usize * height as usize];
    for y in 0..(down.ceil() as u32).min(height.div_ceil(2)) {
        // How far the corner reaches into the row, line by line.
        let insets: Vec<f64> = (0..LINES)
            .map(|line| {
                let place = f64::from(y) + (f64::from(line) + 0.5) / f64::from(LINES);
                let rise = ((down - place) / down).max(0.0);
                across * (1.0 - (1.0 - rise * rise).max(0.0).sqrt())
            })
            .collect();
        let clear = insets.iter().copied().fold(f64::INFINITY, f64::min).floor() as u32;
        let edge = (insets[0].ceil() as u32).min(width.div_ceil(2));
        let mut put = |x: u32, level: u8| {
            for row in [y, height - 1 - y] {
                let start = row as usize * width as usize;
                mask[start + x as usize] = level;
                mask[start + (width - 1 - x) as usize] = level;
            }
        };
        for x in 0..edge {
            let inside = |inset: &f64| (f64::from(x) + 1.0 - inset).clamp(0.0, 1.0);
            let share: f64 = if x < clear { 0.0 } else { insets.iter().map(inside).sum::<f64>() };
            put(x, pixels::byte(share / f64::from(LINES) * 255.0));
        }
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{animated, assert_sound, bytes, drawn, gradient, pixel, plain};

    fn rounded(radius: Length, background: Option<Color>, canvas: Canvas) -> Canvas {
        apply(&RoundCorners { radius, background }, canvas).unwrap()
    }

    fn covered(mask: &[u8]) -> f64 {
        mask.iter().map(|level| f64::from(*level)).sum::<f64>() / 255.0
    }

    #[test]
    fn the_mask_covers_what_geometry_says() {
        let pi = std::f64::consts::PI;
        for (width, height, across, down) in
            [(100, 60, 20.0, 20.0), (101, 57, 50.5, 28.5), (40, 40, 7.3, 7.3), (64, 64, 32.0, 32.0)]
        {
            let size = Size::new(width, height);
            let expected = f64::from(width * height) - (4.0 - pi) * across * down;
            let found = covered(&mask(size, (across, down)));
            assert!((found - expected).abs() < 1.0, "{size:?}: {found} instead of {expected}");
        }
    }

    #[test]
    fn corners_are_clear_edges_are_soft_and_the_rest_is_whole() {
        let result = rounded(Length::Pixels(12.0), None, plain(50, 40, Color::solid(9, 8, 7)));
        for (x, y) in [(0, 0), (49, 0), (0, 39), (49, 39)] {
            assert_eq!(pixel(&result, x, y)[3], 0);
        }
        for (x, y) in [(12, 0), (0, 12), (25, 20), (49, 27), (37, 39)] {
            assert_eq!(pixel(&result, x, y), [9, 8, 7, 255]);
        }
        let soft = bytes(&result).chunks_exact(4).filter(|p| !matches!(p[3], 0 | 255)).count();
        assert!((32..120).contains(&soft), "{soft}");
    }

    #[test]
    fn half_is_an_ellipse() {
        let result = rounded(Length::Percent(50.0), None, plain(80, 40, Color::WHITE));
        // Pixels well inside and well outside of the ellipse of 40 by 20.
        assert_eq!(pixel(&result, 9, 5)[3], 0);
        assert_eq!(pixel(&result, 14, 8)[3], 255);
        assert_eq!(radii(Length::Pixels(500.0), Size::new(80, 40)), Some((20.0, 20.0)));
        assert_eq!(radii(Length::Percent(80.0), Size::new(80, 40)), Some((40.0, 20.0)));
    }

    #[test]
    fn alpha_is_combined() {
        let clear = plain(30, 30, Color { red: 1, green: 2, blue: 3, alpha: 100 });
        let result = rounded(Length::Pixels(10.0), None, clear);
        assert_eq!(pixel(&result, 15, 15), [1, 2, 3, 100]);
        assert_eq!(pixel(&result, 0, 0)[3], 0);
    }

    #[test]
    fn a_background_fills_the_corners() {
        let red = Color::solid(200, 0, 0);
        let result = rounded(Length::Pixels(10.0), Some(red), gradient(30, 30, 1));
        assert_eq!(result.first().bands(), 3);
        assert_eq!(pixel(&result, 0, 0), [200, 0, 0]);
        assert_eq!(pixel(&result, 15, 15)[0], pixel(&gradient(30, 30, 1), 15, 15)[0]);
        let clear = drawn(30, 30, 4, |_, _| [0, 0, 255, 0]);
        let result = rounded(Length::Pixels(10.0), Some(red), clear);
        assert_eq!(pixel(&result, 0, 0), [200, 0, 0, 255]);
        assert_eq!(pixel(&result, 15, 15)[3], 0);
    }

    #[test]
    fn all_kinds_of_canvases_are_kept() {
        for bands in 1..=4 {
            for background in [None, Some(Color::WHITE), Some(Color::solid(1, 2, 3))] {
                let canvas = animated(15, 14, bands);
                assert_sound(&rounded(Length::Pixels(5.0), background, canvas), 3);
            }
        }
        let canvas = gradient(5, 4, 3);
        assert_eq!(bytes(&rounded(Length::ZERO, None, canvas.clone())), bytes(&canvas));
        let tiny = rounded(Length::Pixels(9.0), None, gradient(1, 1, 3));
        assert_sound(&tiny, 1);
    }
}
