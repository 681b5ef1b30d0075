//! Text: letters over the image, drawn by Pango with the fonts that fontconfig finds.
//!
//! A text's box is as wide as its letters and as high as its lines, so that texts with and
//! without descenders stand on the same line.

use cropmark_rules::{
    Fault, FaultCode,
    geometry::{self, Size},
    operation::{Align, Blend, MissingFont, MissingGlyph, Text},
    value::Color,
};

use super::{composite, paint, pixels};
use crate::{
    canvas::{Canvas, fault},
    fonts,
    pipeline::Context,
    vips::{self, Call, Image},
};

mod glyphs;

/// A generous line's height in ems: what fonts of other scripts bring is among it.
const TALL_LINE: f64 = 1.6;
/// Letters may take this share of a worker's memory; they are drawn twice, then coloured.
const MEMORY_SHARE: u64 = 16;

/// Writes the rule's text on every frame. A text without anything to see changes nothing.
pub(crate) fn apply(rule: &Text, canvas: Canvas, context: &Context<'_>) -> Result<Canvas, Fault> {
    let text = printable(&rule.text);
    let size = canvas.size();
    let em = rule.size.resolve(f64::from(size.height));
    if text.trim().is_empty() || rule.opacity <= 0.0 || em <= 0.0 {
        return Ok(canvas);
    }
    let line = line_width(rule, size);
    check_extent(&text, em, line, rule, context)?;
    let mut canvas = canvas;
    check_font(rule, &mut canvas)?;
    check_glyphs(&text, rule, &mut canvas)?;
    let style = Style { rule, em, line };
    let Some(letters) = style.draw(&text).map_err(undrawn)? else { return Ok(canvas) };

    let colors = [Some(rule.color), rule.background];
    for color in colors.into_iter().flatten() {
        canvas = paint::room_for(canvas, Color { alpha: 255, ..color })?;
    }
    let ink = paint::color_levels(rule.color, &canvas)?;
    let mut layer = colored(&letters, &ink, f64::from(rule.color.alpha)).map_err(fault)?;
    if let Some(color) = rule.background {
        let mut levels = paint::color_levels(color, &canvas)?;
        levels.push(f64::from(color.alpha));
        layer = boxed(&layer, &levels, margin(rule)).map_err(fault)?;
    }
    let layer = composite::fainter(&layer, rule.opacity).and_then(|layer| layer.materialize());
    let layer = layer.map_err(fault)?;
    let place = place(rule, &layer, &canvas);
    composite::put(canvas, &[layer], place, Blend::Over)
}

/// Notes, or refuses, a font that is not installed.
fn check_font(rule: &Text, canvas: &mut Canvas) -> Result<(), Fault> {
    let Some(family) = fonts::missing(&rule.font) else { return Ok(()) };
    if rule.on_missing_font == MissingFont::Fail {
        let message = format!("Font “{family}” is not installed. Install it or choose another.");
        return Err(Fault::new(FaultCode::Invalid, message));
    }
    note(canvas, format!("Font “{family}” is not installed; {} was used.", fonts::LAST_RESORT));
    Ok(())
}

/// Notes, or refuses, characters that no font has.
fn check_glyphs(text: &str, rule: &Text, canvas: &mut Canvas) -> Result<(), Fault> {
    let missing = glyphs::missing(text, &rule.font).map_err(undrawn)?;
    if missing.is_empty() {
        return Ok(());
    }
    let missing = glyphs::named(&missing);
    if rule.on_missing_glyph == MissingGlyph::Fail {
        let message =
            format!("No font has these characters of the text: {missing}. Install one that has.");
        return Err(Fault::new(FaultCode::Invalid, message));
    }
    note(
        canvas,
        format!("No font has these characters of a text, boxes stand for them: {missing}."),
    );
    Ok(())
}

fn note(canvas: &mut Canvas, note: String) {
    if !canvas.notes.contains(&note) {
        canvas.notes.push(note);
    }
}

/// Where the text stands. On a point or the focal point it is kept inside of the image.
fn place(rule: &Text, layer: &Image, canvas: &Canvas) -> (i64, i64) {
    let (size, inner) = (canvas.size(), Size { width: layer.width(), height: layer.height() });
    let (left, top) = geometry::place(inner, size, rule.gravity, (rule.x, rule.y), canvas.focal);
    if rule.gravity.place(canvas.focal).is_none() {
        return (left, top);
    }
    let within =
        |start: i64, inner: u32, outer: u32| start.clamp(0, i64::from(outer.saturating_sub(inner)));
    (within(left, inner.width, size.width), within(top, inner.height, size.height))
}

/// How text is drawn.
struct Style<'a> {
    rule: &'a Text,
    /// The em square's side in pixels.
    em: f64,
    /// Lines are broken at this width.
    line: u32,
}

/// A mask, and how far its top is below that of the lines' box.
struct Ink {
    mask: Image,
    top: i32,
}

impl Ink {
    fn bottom(&self) -> i32 {
        self.top.saturating_add_unsigned(self.mask.height())
    }
}

impl Style<'_> {
    /// The letters' mask on the box of the lines; `None` where nothing is to be seen.
    fn draw(&self, text: &str) -> vips::Result<Option<Image>> {
        let Some(ink) = self.ink(text)? else { return Ok(None) };
        // What a further line adds below the text's own tells where those end.
        let (Some(probe), Some(more)) = (self.ink("x")?, self.ink(&format!("{text}\nx"))?) else {
            return Ok(Some(ink.mask));
        };
        let spacing = whole(self.rule.line_spacing);
        let lines = more.bottom() - probe.bottom() - spacing;
        let top = ink.top.min(0);
        let height = lines.max(ink.bottom()) - top;
        let mask = Call::new("embed")
            .image("in", &ink.mask)
            .number("x", 0)
            .number("y", ink.top - top)
            .number("width", ink.mask.width())
            .number("height", height.max(1))
            .output()?;
        Ok(Some(mask))
    }

    /// The smallest mask of a text, literally as it is written.
    fn ink(&self, text: &str) -> vips::Result<Option<Ink>> {
        let drawn = Call::new("text")
            .text("text", &escaped(text))
            .text("font", &format!("{} {}px", self.rule.font, self.em.max(1.0)))
            .number("dpi", 72)
            .number("width", self.line)
            .text("wrap", "word-char")
            .text("align", align_nick(self.rule.align))
            .number("spacing", whole(self.rule.line_spacing))
            .output();
        match drawn {
            Ok(mask) => Ok(Some(Ink { top: mask.integer("yoffset").unwrap_or(0), mask })),
            // Only spaces, or characters that have no shape.
            Err(error) if error.0.contains("no text to render") => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The mask as the alpha of a colour.
fn colored(mask: &Image, levels: &[f64], alpha: f64) -> vips::Result<Image> {
    let color = pixels::filled(mask.width(), mask.height(), levels)?;
    composite::fainter(&pixels::join(&color, mask)?, alpha / 255.0)
}

/// The layer on a box that is larger by a margin.
fn boxed(layer: &Image, levels: &[f64], margin: u32) -> vips::Result<Image> {
    let (width, height) = (layer.width() + 2 * margin, layer.height() + 2 * margin);
    let letters = Call::new("embed")
        .image("in", layer)
        .number("x", margin)
        .number("y", margin)
        .number("width", width)
        .number("height", height)
        .output()?;
    composite::mix(&pixels::filled(width, height, levels)?, &letters, Blend::Over)
}

/// Where lines are broken: the rule's width, or what the image leaves free when the text keeps
/// the same distance from both sides.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn line_width(rule: &Text, size: Size) -> u32 {
    let whole = f64::from(size.width);
    let width = rule.width.map_or_else(
        || whole - 2.0 * rule.x.resolve(whole).abs() - 2.0 * f64::from(margin(rule)),
        |width| width.resolve(whole),
    );
    width.round().clamp(1.0, 10_000_000.0) as u32
}

/// The box's margin; without a box there is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
fn margin(rule: &Text) -> u32 {
    if rule.background.is_some() { rule.padding.round().clamp(0.0, 10_000.0) as u32 } else { 0 }
}

/// Refuses what would be much larger than anybody could read, before it is drawn: every
/// character is counted as a full em.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn check_extent(
    text: &str,
    em: f64,
    line: u32,
    rule: &Text,
    context: &Context<'_>,
) -> Result<(), Fault> {
    let per_line = (f64::from(line) / em).max(1.0);
    let count = |line: &str| f64::from(u32::try_from(line.chars().count()).unwrap_or(u32::MAX));
    let lines: f64 = text.lines().map(|line| (count(line) / per_line).ceil().max(1.0)).sum();
    let longest = text.lines().map(count).fold(1.0, f64::max);
    let width = (longest * em).min(f64::from(line).max(2.0 * em));
    let height = lines * (em * TALL_LINE + rule.line_spacing.max(0.0));
    let side = f64::from(context.limits.side);
    let room = context.limits.worker_bytes / MEMORY_SHARE;
    if width <= side && height <= side && (width * height) as u64 <= room {
        return Ok(());
    }
    Err(Fault::new(
        FaultCode::TooLarge,
        format!(
            "The text would take about {width:.0} x {height:.0} pixels, which is too much to draw. \
             Make its size smaller or the text shorter."
        ),
    ))
}

/// The text without control characters, its lines divided by `\n`.
fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|letter| matches!(letter, '\n' | '\t') || !letter.is_control()).collect()
}

/// The text as Pango's markup that shows it literally.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn align_nick(align: Align) -> &'static str {
    match align {
        Align::Left => "low",
        Align::Center => "centre",
        Align::Right => "high",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn whole(pixels: f64) -> i32 {
    pixels.round().clamp(-10_000.0, 10_000.0) as i32
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn undrawn(error: vips::Error) -> Fault {
    Fault::new(
        FaultCode::Invalid,
        format!("The text could not be drawn ({error}). Check its font and size."),
    )
}

#[cfg(test)]
mod tests;
