//! Trim: cuts away a border of nearly one colour.

use cropmark_rules::{
    Fault,
    geometry::{Rect, Size},
    operation::Trim,
};

use super::{crop, paint};
use crate::{
    canvas::{Canvas, fault},
    vips::{Band, Call, Image, Result},
};

/// Keeps the smallest part that holds, on every frame, all that differs from the border's
/// colour. An image of one colour is kept whole.
pub(crate) fn apply(rule: &Trim, canvas: Canvas) -> std::result::Result<Canvas, Fault> {
    let canvas = match rule.background {
        Some(color) => paint::room_for(canvas, color)?,
        None => canvas,
    };
    // Looked at now and cut after: the rows are read twice.
    let mut canvas = canvas.materialize()?;
    let mut background = match rule.background {
        Some(color) => paint::levels(color, &canvas)?,
        None => corner(canvas.first()).map_err(fault)?,
    };
    if canvas.has_alpha() {
        let alpha = background[background.len() - 1] / 255.0;
        let last = background.len() - 1;
        background[..last].iter_mut().for_each(|level| *level *= alpha);
    }
    let mut union: Option<Edges> = None;
    for frame in &canvas.frames {
        if let Some(edges) = content(frame, &background, rule.threshold).map_err(fault)? {
            union = Some(union.map_or(edges, |union| union.with(edges)));
        }
    }
    let whole = Rect { x: 0, y: 0, size: canvas.size() };
    let part = union.map_or(whole, Edges::rect);
    canvas.windows.push(part);
    if part == whole { Ok(canvas) } else { crop::cut(canvas, part) }
}

/// The first and the last row and column of something.
#[derive(Clone, Copy)]
struct Edges {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

impl Edges {
    fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    fn rect(self) -> Rect {
        let size = Size::new(self.right - self.left, self.bottom - self.top);
        Rect { x: self.left, y: self.top, size }
    }
}

/// The levels of the top left pixel.
fn corner(image: &Image) -> Result<Vec<f64>> {
    let call = Call::new("getpoint").image("in", image).number("x", 0).number("y", 0);
    call.run()?.numbers("out-array")
}

/// What differs from the background by more than the threshold on any band, alpha among them;
/// colours count by as much as they can be seen. `None`: nothing does.
fn content(image: &Image, background: &[f64], threshold: f64) -> Result<Option<Edges>> {
    let mut image = image.clone();
    if image.has_alpha() {
        let seen = Call::new("premultiply").image("in", &image).output()?;
        debug_assert_eq!(seen.band(), Band::Float);
        // Of a kind without alpha, so that the library compares it like any other band.
        let call = Call::new("copy").image("in", &seen).text("interpretation", "multiband");
        image = call.output()?;
    }
    let found = Call::new("find_trim")
        .image("in", &image)
        .number("threshold", threshold)
        .numbers("background", background)
        // No median before: a line of one pixel is no noise.
        .flag("line_art", true)
        .run()?;
    let (left, top) = (whole(found.number("left")?), whole(found.number("top")?));
    let (width, height) = (whole(found.number("width")?), whole(found.number("height")?));
    let edges = Edges { left, top, right: left + width, bottom: top + height };
    Ok((width > 0 && height > 0).then_some(edges))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within an image")]
fn whole(value: f64) -> u32 {
    value.max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{
        assert_sound, bytes, canvas, drawn, focal_pixels, focused, frame, pixel, plain,
    };
    use cropmark_rules::value::Color;

    fn trim(threshold: f64, canvas: Canvas) -> Canvas {
        apply(&Trim { threshold, background: None }, canvas).unwrap()
    }

    /// A square from (left, 10) to (left + 9, 14) on a border.
    fn square(left: u32, border: [u8; 4], square: [u8; 4]) -> impl Fn(u32, u32) -> [u8; 4] {
        move |x, y| {
            let inside = (left..left + 10).contains(&x) && (10..15).contains(&y);
            if inside { square } else { border }
        }
    }

    #[test]
    fn the_border_goes_and_the_focal_point_moves() {
        for bands in 1..=4 {
            let drawing = square(20, [250, 250, 250, 255], [30, 40, 50, 255]);
            let result = trim(10.0, focused(drawn(60, 40, bands, drawing), 0.4, 0.3));
            assert_eq!(result.size(), Size::new(10, 5));
            assert_sound(&result, 1);
            assert_eq!(focal_pixels(&result), (4.0, 2.0));
        }
    }

    #[test]
    fn the_threshold_counts_levels() {
        let drawing = || drawn(60, 40, 3, square(20, [100; 4], [100, 110, 100, 0]));
        assert_eq!(trim(10.0, drawing()).size(), Size::new(60, 40));
        assert_eq!(trim(9.0, drawing()).size(), Size::new(10, 5));
        let line = drawn(60, 40, 3, |x, _| if x == 30 { [0; 4] } else { [255; 4] });
        assert_eq!(trim(10.0, line).size(), Size::new(1, 40));
    }

    #[test]
    #[expect(clippy::cast_possible_truncation, reason = "wraps, as it should")]
    fn alpha_counts_and_hidden_colours_do_not() {
        // Black on a clear border whose hidden colours are all over the place.
        let canvas = drawn(60, 40, 4, |x, y| {
            let drawing = square(20, [(x * 9) as u8, (y * 7) as u8, 99, 0], [0, 0, 0, 255]);
            drawing(x, y)
        });
        assert_eq!(trim(0.0, canvas).size(), Size::new(10, 5));
    }

    #[test]
    fn frames_keep_what_any_of_them_needs() {
        let step = |left| frame(60, 40, 3, square(left, [0; 4], [200; 4]));
        let result = trim(10.0, canvas(vec![step(20), step(30), step(15)]));
        assert_eq!(result.size(), Size::new(25, 5));
        assert_eq!(result.windows, [Rect { x: 15, y: 10, size: Size::new(25, 5) }]);
        assert_sound(&result, 3);
        let blank = frame(60, 40, 3, |_, _| [0; 4]);
        assert_eq!(trim(10.0, canvas(vec![blank, step(20)])).size(), Size::new(10, 5));
    }

    #[test]
    fn a_given_background_is_looked_for() {
        let drawing = || drawn(60, 40, 1, square(20, [250; 4], [30; 4]));
        let rule = |background| Trim { threshold: 10.0, background: Some(background) };
        let white = apply(&rule(Color::WHITE), drawing()).unwrap();
        assert_eq!(white.size(), Size::new(10, 5));
        let red = apply(&rule(Color::solid(255, 0, 0)), drawing()).unwrap();
        assert_eq!(red.size(), Size::new(60, 40));
    }

    #[test]
    fn one_colour_is_kept_whole() {
        let canvas = plain(12, 9, Color { red: 3, green: 4, blue: 5, alpha: 90 });
        let kept = trim(10.0, canvas.clone());
        assert_eq!(bytes(&kept), bytes(&canvas));
        assert_eq!(kept.windows, [Rect { x: 0, y: 0, size: Size::new(12, 9) }]);
        let dot = drawn(9, 9, 3, |x, y| if (x, y) == (4, 4) { [255; 4] } else { [0; 4] });
        let result = trim(10.0, dot);
        assert_eq!((result.size(), pixel(&result, 0, 0)), (Size::new(1, 1), vec![255; 3]));
    }
}
