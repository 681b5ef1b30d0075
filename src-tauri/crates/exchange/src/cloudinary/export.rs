//! From generators to named transformations: a component a step.

use std::fmt::Write as _;

use cropmark_rules::{
    Format, FormatRule, Frames, Metadata, Operation,
    operation::{
        Blend, Crop, Fit, FlipDirection, Kernel, Overlay, Pad, Resize, RoundCorners, Text,
        Undersized,
    },
    parameters::{Piece, Template},
    preset::{Generator, OneOrMany, OutputRules},
    value::{Gravity, Length},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{layer::BLENDS, operations::AUTOMATIC, values};
use crate::{
    notes::Notes,
    number,
    preset::{Lines, Source},
    translated::Translated,
    variants::{self, variants_with},
};

pub(crate) fn export(source: Source) -> Translated {
    let mut text = "# Cloudinary named transformations, one a line\n".to_owned();
    let mut notes = Notes::default();
    let automatic = AUTOMATIC.map(FormatRule::Named);
    for variant in variants_with(&source, &[&automatic], &mut notes) {
        let lines = source.lines(&variant.generator.name);
        let plain = |letter: char| !matches!(letter, ',' | '/' | ':' | '=' | '#');
        let name: String =
            variant.name.chars().map(|letter| if plain(letter) { letter } else { '-' }).collect();
        let mut written = Written {
            components: Vec::new(),
            generator: &variant.generator,
            lines,
            notes: &mut notes,
        };
        written.chain();
        written.output(&variant.output);
        let components = written.components.join("/");
        // A transformation needs a parameter: this one changes nothing.
        let components = if components.is_empty() { "fl_force_strip" } else { &components };
        let _ = writeln!(text, "t_{name}: {components}");
    }
    let mut all = source.notes;
    for note in notes.finish() {
        all.add(note.line, note.message);
    }
    Translated { text, notes: all.finish() }
}

/// The components of a transformation in the making.
struct Written<'n> {
    components: Vec<String>,
    generator: &'n Generator,
    lines: Lines,
    notes: &'n mut Notes,
}

impl Written<'_> {
    fn component(&mut self, component: impl Into<String>) {
        self.components.push(component.into());
    }

    fn lost(&mut self, index: usize, message: impl Into<String>) {
        let line = self.lines.step(index);
        self.notes.add(line, message);
    }

    fn chain(&mut self) {
        let source = &self.generator.source;
        if !source.auto_orient {
            self.component("a_ignore");
        }
        if source.page > 0 || source.frames == Frames::Count(1) {
            self.component(format!("pg_{}", source.page + 1));
        }
        let generator = self.generator;
        for (index, step) in generator.operations.iter().enumerate().filter(|(_, it)| it.enabled) {
            self.step(index, &step.operation);
        }
    }

    fn step(&mut self, index: usize, operation: &Operation) {
        let level = |name: &str, amount: f64| format!("e_{name}:{}", number::write(amount));
        match operation {
            Operation::Resize(resize) => self.resize(index, resize),
            Operation::Crop(crop) => self.crop(index, crop),
            Operation::Rotate(rotate) => {
                self.component(format!("a_{}", number::write(rotate.angle)));
            }
            Operation::Flip(flip) => self.component(match flip.direction {
                FlipDirection::Horizontal => "a_hflip",
                FlipDirection::Vertical => "a_vflip",
                FlipDirection::Both => "a_180",
            }),
            Operation::Trim(trim) => {
                self.component(level("trim", trim.threshold / 2.55));
                if trim.background.is_some() {
                    self.lost(index, "trim: a colour has no counterpart");
                }
            }
            Operation::Flatten(flatten) => {
                self.component(format!("b_{}", values::color_text(flatten.background)));
            }
            Operation::Grayscale(it) if it.amount >= 100.0 => self.component("e_grayscale"),
            Operation::Invert(_) => self.component("e_negate"),
            Operation::Sepia(it) => self.component(level("sepia", it.amount)),
            Operation::Brightness(it) => self.component(level("brightness", it.amount)),
            Operation::Contrast(it) => self.component(level("contrast", it.amount)),
            Operation::Saturation(it) => self.component(level("saturation", it.amount)),
            Operation::Pixelate(it) if number::pixels(it.size).is_some() => {
                self.component(level("pixelate", it.size.resolve(0.0)));
            }
            Operation::Colorize(it) => {
                let effect = level("colorize", it.opacity * 100.0);
                self.component(format!("co_{},{effect}", values::color_text(it.color)));
            }
            Operation::RoundCorners(it) => self.round_corners(index, it),
            Operation::Pad(pad) => self.pad(index, pad),
            Operation::Overlay(overlay) => self.overlay(index, overlay),
            Operation::Text(text) => self.text(index, text),
            other => self.lost(index, format!("{}: has no counterpart in Cloudinary", other.op())),
        }
    }

    fn sides(&mut self, index: usize, width: Option<Length>, height: Option<Length>) -> String {
        let mut text = String::new();
        for (name, side) in [("w", width), ("h", height)] {
            match side.map(values::length_text) {
                None => {}
                Some(Some(side)) => {
                    let _ = write!(text, ",{name}_{side}");
                }
                Some(None) => {
                    self.lost(index, format!("{name}: Cloudinary takes whole pixels only"));
                }
            }
        }
        text
    }

    fn gravity(&mut self, index: usize, gravity: Gravity) -> String {
        match values::gravity_name(gravity) {
            Some("center") => String::new(),
            Some(name) => format!(",g_{name}"),
            None => {
                self.lost(index, "gravity: Cloudinary has none of this kind");
                String::new()
            }
        }
    }

    fn resize(&mut self, index: usize, resize: &Resize) {
        let of_both = resize.width.is_some() && resize.height.is_some();
        let mode = match (resize.fit, resize.enlarge) {
            (Fit::Inside, true) if of_both => "fit",
            (_, true) if !of_both => "scale",
            (Fit::Inside, _) => "limit",
            (_, false) if !of_both => "limit",
            (Fit::Fill, _) => "scale",
            (Fit::Cover, true) => "fill",
            (Fit::Cover, false) => "lfill",
            (Fit::Contain, true) => "pad",
            (Fit::Contain, false) => "lpad",
            (Fit::Outside | Fit::Auto, _) => {
                return self.lost(index, "resize: this fit has no counterpart in Cloudinary");
            }
        };
        let enlarges = resize.fit == Fit::Fill && of_both && !resize.enlarge;
        if enlarges || resize.undersized == Some(Undersized::Sides) {
            let message = "resize: of an image that is too small for the box, Cloudinary makes \
                           another size";
            self.lost(index, message);
        }
        if resize.min_width.or(resize.min_height).is_some() || resize.kernel != Kernel::Lanczos3 {
            self.lost(index, "resize: minima and kernel have no counterpart");
        }
        let mut component = format!("c_{mode}{}", self.sides(index, resize.width, resize.height));
        if (resize.dpr - 1.0).abs() > 1e-9 {
            let _ = write!(component, ",dpr_{}", number::write(resize.dpr));
        }
        if matches!(mode, "fill" | "lfill" | "pad" | "lpad") {
            component += &self.gravity(index, resize.gravity);
        }
        if let Some(color) = resize.background.filter(|_| matches!(mode, "pad" | "lpad")) {
            let _ = write!(component, ",b_{}", values::color_text(color));
        }
        self.component(component);
    }

    fn crop(&mut self, index: usize, crop: &Crop) {
        let is_ratio = crop.width.or(crop.height).is_none();
        let has_offset = crop.x.resolve(100.0) != 0.0 || crop.y.resolve(100.0) != 0.0;
        let mode = if is_ratio && !has_offset { "fill" } else { "crop" };
        let mut component = format!("c_{mode}");
        if let Some(aspect) = crop.aspect {
            let _ = write!(component, ",ar_{aspect}");
        }
        component += &self.sides(index, crop.width, crop.height);
        component += &if has_offset && crop.gravity == Gravity::Center {
            ",g_center".to_owned()
        } else {
            self.gravity(index, crop.gravity)
        };
        component += &self.offsets(index, crop.x, crop.y);
        self.component(component);
    }

    fn offsets(&mut self, index: usize, x: Length, y: Length) -> String {
        let mut text = String::new();
        for (name, offset) in [("x", x), ("y", y)] {
            match values::length_text(offset) {
                _ if offset.resolve(100.0) == 0.0 => {}
                Some(offset) => {
                    let _ = write!(text, ",{name}_{offset}");
                }
                None => self.lost(index, format!("{name}: Cloudinary takes whole pixels only")),
            }
        }
        text
    }

    fn round_corners(&mut self, index: usize, rule: &RoundCorners) {
        match rule.radius {
            Length::Percent(percent) if percent >= 50.0 => self.component("r_max"),
            Length::Pixels(pixels) => self.component(format!("r_{}", number::write(pixels))),
            Length::Percent(_) => {
                self.lost(
                    index,
                    "round_corners: Cloudinary takes pixels or the largest radius only",
                );
            }
        }
        if let Some(color) = rule.background {
            self.component(format!("b_{}", values::color_text(color)));
        }
    }

    fn pad(&mut self, index: usize, pad: &Pad) {
        let sides = [pad.top, pad.right, pad.bottom, pad.left].map(|side| side.unwrap_or(pad.all));
        let is_even = sides.iter().all(|side| *side == sides[0]);
        let width = number::pixels(sides[0]).filter(|_| is_even);
        if let (Some(pixels), Some(color)) = (width, pad.background) {
            let color = values::color_text(color);
            self.component(format!("bo_{}px_solid_{color}", number::write(pixels)));
        } else {
            let message = "pad: Cloudinary has borders of one width in pixels and a colour only";
            self.lost(index, message);
        }
    }

    /// The parameters that place and apply a layer.
    fn placed(
        &mut self,
        index: usize,
        gravity: Gravity,
        x: Length,
        y: Length,
        opacity: f64,
    ) -> String {
        let mut text = "fl_layer_apply".to_owned();
        text += &self.gravity(index, gravity);
        text += &self.offsets(index, x, y);
        if opacity < 1.0 {
            let _ = write!(text, ",o_{}", number::write(opacity * 100.0));
        }
        text
    }

    fn overlay(&mut self, index: usize, overlay: &Overlay) {
        let template = Template::parse(&overlay.image).ok();
        let pieces = template.as_ref().map_or(&[][..], Template::pieces);
        let path = match pieces {
            [Piece::Literal(path)] => Some(path.clone()),
            [Piece::Value(name)] => self.generator.parameters.get(name).cloned(),
            _ => None,
        };
        let Some(path) = path else {
            return self
                .lost(index, "overlay: a picture that depends on the image has no counterpart");
        };
        let stem = path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
        let plain = |letter: char| !matches!(letter, ',' | '_') || letter == '_';
        let id: String = stem.replace('/', ":").chars().filter(|letter| plain(*letter)).collect();
        self.lost(index, format!("overlay: upload the picture as “{id}”"));
        let mut first = format!("l_{id}");
        if let Some(scale) = overlay.scale {
            let _ = write!(first, "/c_scale,fl_relative,w_{}", number::write(scale));
        }
        let mut last = self.placed(index, overlay.gravity, overlay.x, overlay.y, overlay.opacity);
        if overlay.tile {
            last = last.replacen("fl_layer_apply", "fl_tiled,fl_layer_apply", 1);
        }
        match BLENDS.iter().find(|(_, blend)| *blend == overlay.blend) {
            Some((name, _)) => {
                let _ = write!(last, ",e_{name}");
            }
            None if overlay.blend == Blend::Over => {}
            None => self.lost(index, "overlay: this blend has no counterpart"),
        }
        self.component(format!("{first}/{last}"));
    }

    fn text(&mut self, index: usize, text: &Text) {
        let template = Template::parse(&text.text).ok();
        let pieces = template.as_ref().map_or(&[][..], Template::pieces);
        let content = match pieces {
            [Piece::Literal(content)] => Some(content.clone()),
            _ => None,
        };
        let (Some(content), Some(size)) = (content, number::pixels(text.size)) else {
            let message = "text: values in a text, and a size that is no number of pixels, have no \
                           counterpart";
            return self.lost(index, message);
        };
        let mut words: Vec<&str> = text.font.split(' ').collect();
        let mut style = String::new();
        while let Some(word @ ("Bold" | "Italic")) = words.last().copied() {
            style = format!("_{}{style}", word.to_lowercase());
            words.pop();
        }
        let encoded = |text: &str| {
            let once = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            // Commas and slashes separate parameters even where they are encoded once.
            once.replace("%2C", "%252C").replace("%2F", "%252F")
        };
        let mut first = format!(
            "co_{},l_text:{}_{}{style}:{}",
            values::color_text(text.color),
            encoded(&words.join(" ")),
            number::write(size),
            encoded(&content)
        );
        if let Some(color) = text.background {
            let _ = write!(first, ",b_{}", values::color_text(color));
        }
        if let Some(width) = text.width.and_then(values::length_text) {
            let _ = write!(first, ",c_fit,w_{width}");
        }
        if text.padding > 0.0 || text.line_spacing != 0.0 {
            self.lost(index, "text: padding and line_spacing have no counterpart");
        }
        let last = self.placed(index, text.gravity, text.x, text.y, text.opacity);
        self.component(format!("{first}/{last}"));
    }

    fn output(&mut self, output: &OutputRules) {
        let line = self.lines.start;
        let given = output.quality.as_ref();
        if let Some(quality) = variants::of_format(given, output, "quality", line, self.notes) {
            self.component(format!("q_{quality}"));
        }
        match &output.format {
            None | Some(OneOrMany::One(FormatRule::Source)) => {}
            Some(OneOrMany::One(FormatRule::Named(Format::Jpeg))) => self.component("f_jpg"),
            Some(OneOrMany::One(FormatRule::Named(format))) => {
                self.component(format!("f_{}", format.name()));
            }
            Some(_) => self.component("f_auto"),
        }
        match output.metadata {
            Some(Metadata::Strip) => {}
            None | Some(Metadata::Copyright) => self.component("fl_keep_iptc"),
            Some(_) => {
                self.component("fl_keep_iptc");
                self.notes.add(line, "metadata: Cloudinary keeps the copyright or nothing");
            }
        }
        if output.progressive == Some(true) {
            self.component("fl_progressive");
        }
        let had = ["format", "quality", "progressive", "metadata"];
        for name in variants::unused(output, &had) {
            self.notes.add(line, format!("{name}: has no counterpart in Cloudinary"));
        }
    }
}
