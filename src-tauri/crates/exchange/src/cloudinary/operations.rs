//! From a component of a transformation to operations.

use cropmark_rules::{
    Format, FormatRule, Frames, Metadata, Operation,
    operation::{
        Brightness, Colorize, Contrast, Crop, Fit, Flatten, Flip, FlipDirection, Grayscale, Invert,
        Pad, Pixelate, Resize, Rotate, RoundCorners, Saturation, Sepia, Trim,
    },
    preset::{ByFormat, Generator, OneOrMany},
    value::{Aspect, Color, Gravity, Length},
};

use super::values::{self, Parameter};
use crate::{
    notes::{Notes, shown},
    number,
};

/// What `f_auto` chooses from.
pub(super) const AUTOMATIC: [Format; 3] = [Format::Avif, Format::Webp, Format::Jpeg];

/// A component on its way into a chain.
pub(super) struct Component<'c, 't> {
    parameters: &'c [Parameter<'t>],
    line: usize,
    notes: &'c mut Notes,
}

impl<'c, 't> Component<'c, 't> {
    pub(super) fn new(parameters: &'c [Parameter<'t>], line: usize, notes: &'c mut Notes) -> Self {
        Self { parameters, line, notes }
    }

    fn get(&self, name: &str) -> Option<&'t str> {
        self.parameters.iter().find(|(own, _)| *own == name).map(|(_, value)| *value)
    }

    fn lost(&mut self, message: impl Into<String>) {
        self.notes.add(self.line, message);
    }

    /// The value of a parameter as `read` understands it; a note where it does not.
    fn value<T>(&mut self, name: &str, read: fn(&str) -> Option<T>) -> Option<T> {
        let text = self.get(name)?;
        let value = read(text);
        if value.is_none() {
            self.lost(format!("{name}: {} has no counterpart", shown(text)));
        }
        value
    }

    pub(super) fn apply(mut self, generator: &mut Generator) {
        let mut chain = self.size();
        let background = self.value("b", values::color);
        let is_padded =
            matches!(chain.last(), Some(Operation::Resize(it)) if it.fit == Fit::Contain);
        if let Some(Operation::Resize(resize)) = chain.last_mut().filter(|_| is_padded) {
            resize.background = background;
        }
        for (name, value) in self.parameters {
            match *name {
                "e" => chain.extend(self.effect(value)),
                "a" => self.angle(value, generator, &mut chain),
                "r" => chain.extend(self.radius(value)),
                "bo" => chain.extend(self.border(value)),
                "q" => self.quality(value, generator),
                "f" => self.format(value, generator),
                "fl" => self.flag(value, generator),
                "pg" => match number::whole(value).and_then(|page| u32::try_from(page).ok()) {
                    Some(page) if page > 0 => {
                        generator.source.page = page - 1;
                        generator.source.frames = Frames::Count(1);
                    }
                    _ => self.lost("pg: only a number of a page has a counterpart"),
                },
                "dn" => {
                    generator.source.density = number::parse(value).unwrap_or(72.0);
                }
                "c" | "w" | "h" | "ar" | "g" | "x" | "y" | "dpr" | "b" | "co" => {}
                "t" => self.lost("t: stands in a component by itself"),
                "o" => self.lost("o: opacity of the whole image has no counterpart"),
                "if" => self.lost("if: conditions have no counterpart"),
                "u" => self.lost("u: underlays have no counterpart"),
                "z" => self.lost("z: has no counterpart"),
                name if name.starts_with('$') => self.lost("variables have no counterpart"),
                name => self.lost(format!("{name}: has no counterpart")),
            }
        }
        if !is_padded {
            chain.extend(background.map(|background| Operation::Flatten(Flatten { background })));
        }
        generator.operations.extend(chain.into_iter().map(Into::into));
    }

    /// The resize or crop of a component.
    fn size(&mut self) -> Vec<Operation> {
        let mode = self.get("c").unwrap_or("scale");
        let dpr = match self.get("dpr") {
            None => 1.0,
            Some(text) => {
                number::parse(text).filter(|dpr| (0.1..=10.0).contains(dpr)).unwrap_or_else(|| {
                    self.lost(format!("dpr: {} has no counterpart", shown(text)));
                    1.0
                })
            }
        };
        let aspect = self.value("ar", values::aspect);
        let width = self.value("w", values::length);
        let height = self.value("h", values::length);
        let gravity = self.gravity();
        if mode == "crop" {
            return self.crop(width, height, aspect, gravity).into_iter().collect();
        }
        let (width, height) = by_ratio(width, height, aspect);
        if width.is_none() && height.is_none() {
            if let Some(aspect) = aspect.filter(|_| matches!(mode, "fill" | "lfill" | "auto")) {
                let gravity = gravity.unwrap_or_default();
                return vec![Operation::Crop(Crop {
                    aspect: Some(aspect),
                    gravity,
                    ..Crop::default()
                })];
            }
            if self.get("c").is_some() {
                self.lost(format!("c: {} has no size", shown(mode)));
            }
            return Vec::new();
        }
        if self.get("x").is_some() || self.get("y").is_some() {
            self.lost("x and y: have a counterpart with c_crop and with layers only");
        }
        let of_both = width.is_some() && height.is_some();
        let (fit, enlarge) = match mode {
            "scale" if of_both => (Fit::Fill, true),
            "scale" | "fit" => (Fit::Inside, true),
            "limit" => (Fit::Inside, false),
            "fill" => (Fit::Cover, true),
            "lfill" => (Fit::Cover, false),
            "pad" => (Fit::Contain, true),
            "lpad" => (Fit::Contain, false),
            "thumb" | "auto" => {
                self.lost(format!("c: {mode} chooses a part by itself; here it is c_fill"));
                (Fit::Cover, true)
            }
            other => {
                self.lost(format!("c: {} has no counterpart", shown(other)));
                return Vec::new();
            }
        };
        let fit = if of_both { fit } else { Fit::Inside };
        let gravity = gravity.filter(|_| matches!(fit, Fit::Cover | Fit::Contain));
        let resize = Resize {
            fit,
            width,
            height,
            dpr,
            enlarge,
            gravity: gravity.unwrap_or_default(),
            ..Resize::default()
        };
        vec![Operation::Resize(resize)]
    }

    fn gravity(&mut self) -> Option<Gravity> {
        self.value("g", values::gravity)
    }

    fn crop(
        &mut self,
        width: Option<Length>,
        height: Option<Length>,
        aspect: Option<Aspect>,
        gravity: Option<Gravity>,
    ) -> Option<Operation> {
        let x = self.value("x", values::length);
        let y = self.value("y", values::length);
        if width.is_none() && height.is_none() && aspect.is_none() {
            self.lost("c: crop has no size");
            return None;
        }
        // Coordinates without a gravity are those of the top left corner.
        let corner = if x.is_some() || y.is_some() { Gravity::NorthWest } else { Gravity::Center };
        Some(Operation::Crop(Crop {
            width,
            height,
            aspect,
            gravity: gravity.unwrap_or(corner),
            x: x.unwrap_or_default(),
            y: y.unwrap_or_default(),
        }))
    }

    fn effect(&mut self, text: &str) -> Option<Operation> {
        let (name, level) =
            text.split_once(':').map_or((text, None), |(name, it)| (name, Some(it)));
        let amount = |otherwise: f64| level.map_or(Some(otherwise), number::parse);
        let made = match name {
            "grayscale" => Some(Operation::Grayscale(Grayscale::default())),
            "negate" => Some(Operation::Invert(Invert {})),
            "sepia" => amount(80.0).map(|amount| Operation::Sepia(Sepia { amount })),
            "brightness" => amount(80.0).map(|amount| Operation::Brightness(Brightness { amount })),
            "contrast" => amount(0.0).map(|amount| Operation::Contrast(Contrast { amount })),
            "saturation" => amount(80.0).map(|amount| Operation::Saturation(Saturation { amount })),
            "pixelate" => {
                amount(5.0).map(|size| Operation::Pixelate(Pixelate { size: Length::Pixels(size) }))
            }
            "trim" => amount(10.0).map(|tolerance| {
                let threshold = number::tidy(tolerance * 2.55);
                Operation::Trim(Trim { threshold, background: None })
            }),
            "colorize" => {
                let color = self.value("co", values::color).unwrap_or(Color::BLACK);
                amount(100.0).map(|amount| {
                    let opacity = number::tidy(amount / 100.0);
                    Operation::Colorize(Colorize { color, opacity })
                })
            }
            _ => None,
        };
        if made.is_none() {
            self.lost(format!("e: {} has no counterpart", shown(text)));
        }
        made
    }

    fn angle(&mut self, text: &str, generator: &mut Generator, chain: &mut Vec<Operation>) {
        for part in text.split('.') {
            match part {
                "hflip" => chain.push(Operation::Flip(Flip::default())),
                "vflip" => chain.push(Operation::Flip(Flip { direction: FlipDirection::Vertical })),
                "ignore" => generator.source.auto_orient = false,
                _ => match number::parse(part) {
                    Some(angle) => {
                        chain.push(Operation::Rotate(Rotate {
                            angle: angle % 360.0,
                            background: None,
                        }));
                    }
                    None => self.lost(format!("a: {} has no counterpart", shown(part))),
                },
            }
        }
    }

    fn radius(&mut self, text: &str) -> Option<Operation> {
        let radius = if text == "max" {
            Some(Length::Percent(50.0))
        } else {
            number::parse(text).filter(|radius| *radius >= 0.0).map(Length::Pixels)
        };
        if radius.is_none() {
            self.lost("r: corners of different radii have no counterpart");
        }
        radius.map(|radius| Operation::RoundCorners(RoundCorners { radius, background: None }))
    }

    fn border(&mut self, text: &str) -> Option<Operation> {
        let read = || {
            let (width, color) = text.split_once("px_solid_")?;
            Some((number::parse(width)?, values::color(color)?))
        };
        let Some((width, color)) = read() else {
            self.lost(format!("bo: {} has no counterpart", shown(text)));
            return None;
        };
        Some(Operation::Pad(Pad {
            all: Length::Pixels(width),
            background: Some(color),
            ..Pad::default()
        }))
    }

    fn quality(&mut self, text: &str, generator: &mut Generator) {
        match number::whole(text).and_then(|quality| u8::try_from(quality).ok()) {
            Some(quality) if (1..=100).contains(&quality) => {
                generator.output.quality = Some(ByFormat::All(quality));
            }
            _ => {
                let shown = shown(text);
                self.lost(format!(
                    "q: {shown} has no counterpart; the format's own quality is used"
                ));
            }
        }
    }

    fn format(&mut self, text: &str, generator: &mut Generator) {
        let formats = if text == "auto" {
            Some(OneOrMany::Many(AUTOMATIC.map(FormatRule::Named).to_vec()))
        } else {
            values::format(text).map(OneOrMany::One)
        };
        if formats.is_none() {
            self.lost(format!("f: {} is not written", shown(text)));
        }
        generator.output.format = formats.or(generator.output.format.take());
    }

    fn flag(&mut self, text: &str, generator: &mut Generator) {
        for flag in text.split('.') {
            match flag {
                "progressive" => generator.output.progressive = Some(true),
                "keep_iptc" => generator.output.metadata = Some(Metadata::Copyright),
                "force_strip" | "strip_profile" => {}
                _ => self.lost(format!("fl: {} has no counterpart", shown(flag))),
            }
        }
    }
}

/// Works out a side that is left out from the ratio.
fn by_ratio(
    width: Option<Length>,
    height: Option<Length>,
    aspect: Option<Aspect>,
) -> (Option<Length>, Option<Length>) {
    let Some(ratio) = aspect.map(Aspect::ratio) else { return (width, height) };
    let pixels = |side: f64| Some(Length::Pixels(side.round().max(1.0)));
    match (width, height) {
        (Some(Length::Pixels(wide)), None) => (width, pixels(wide / ratio)),
        (None, Some(Length::Pixels(high))) => (pixels(high * ratio), height),
        other => other,
    }
}
