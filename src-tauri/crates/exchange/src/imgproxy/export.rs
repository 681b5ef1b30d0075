//! From generators to presets. A chain that follows another order than imgproxy's pipeline has
//! parts without a counterpart.

use std::fmt::Write as _;

use cropmark_rules::{
    ColorSpace, Format, FormatRule, Frames, Metadata, Operation,
    operation::{Crop, Extend, Fit, FlipDirection, Kernel, Overlay, Pad, Resize, Undersized},
    preset::{ByFormat, Generator, OneOrMany, OutputRules},
    value::{Color, Gravity, Length},
};

use super::arguments::{length, write};
use crate::{
    notes::Notes,
    number,
    preset::{Lines, Source},
    translated::Translated,
    variants::{Variant, variants},
};

pub(crate) fn export(source: Source) -> Translated {
    let mut text = "# imgproxy presets, one a line\n".to_owned();
    let mut notes = Notes::default();
    let mut names = cropmark_rules::naming::Names::new();
    let several = source.preset.generators.len() > 1;
    for variant in variants(&source, &mut notes) {
        let lines = source.lines(&variant.generator.name);
        let name = preset_name(&variant, several, lines.start, &mut names, &mut notes);
        let mut options = Written { options: Vec::new(), lines, notes: &mut notes };
        options.generator(&variant.generator, &variant.output);
        let options = options.options.join("/");
        // A preset needs an option: this one changes nothing.
        let options = if options.is_empty() { "enlarge:0" } else { &options };
        let _ = writeln!(text, "{name}={options}");
    }
    let mut all = source.notes;
    for note in notes.finish() {
        all.add(note.line, note.message);
    }
    Translated { text, notes: all.finish() }
}

/// A name without the characters that separate options; `default` would apply to every request.
fn preset_name(
    variant: &Variant,
    several: bool,
    line: usize,
    names: &mut cropmark_rules::naming::Names,
    notes: &mut Notes,
) -> String {
    let is_plain =
        |letter: char| !matches!(letter, '=' | '/' | ':' | '#') && !letter.is_whitespace();
    let base: String =
        variant.name.chars().map(|letter| if is_plain(letter) { letter } else { '-' }).collect();
    let base = if several && base == "default" { "default-1".to_owned() } else { base };
    let mut name = base.clone();
    let mut number = 2;
    while names.claim(&name).is_err() {
        name = format!("{base}-{number}");
        number += 1;
    }
    if name != variant.name {
        notes.add(line, format!("“{}” is called “{name}” there", variant.name));
    }
    name
}

/// The options of a preset in the making.
struct Written<'n> {
    options: Vec<String>,
    lines: Lines,
    notes: &'n mut Notes,
}

/// The places of the pipeline, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Trim,
    Rotate,
    Flip,
    Crop,
    Resize,
    Cut,
    Blur,
    Sharpen,
    Pixelate,
    Extend,
    ExtendRatio,
    Pad,
    Flatten,
    Watermark,
}

impl Written<'_> {
    fn option(&mut self, option: impl Into<String>) {
        let option = option.into();
        if !self.options.contains(&option) {
            self.options.push(option);
        }
    }

    fn lost(&mut self, index: usize, message: impl Into<String>) {
        let line = self.lines.step(index);
        self.notes.add(line, message);
    }

    fn generator(&mut self, generator: &Generator, output: &OutputRules) {
        let steps: Vec<(usize, &Operation)> = generator
            .operations
            .iter()
            .enumerate()
            .filter(|(_, step)| step.enabled)
            .map(|(index, step)| (index, &step.operation))
            .collect();
        let resize = steps.iter().find_map(|(_, operation)| match operation {
            Operation::Resize(resize) => Some(resize),
            _ => None,
        });
        let background = steps.iter().find_map(|(_, operation)| match operation {
            Operation::Flatten(flatten) => Some(flatten.background),
            _ => None,
        });
        let mut last: Option<Place> = None;
        for (index, operation) in &steps {
            let Some(place) = place(operation, last) else {
                let message = format!("{}: has no counterpart in imgproxy", operation.op());
                self.lost(*index, message);
                continue;
            };
            if last.is_some_and(|last| place <= last) {
                let message = format!(
                    "{}: imgproxy's pipeline has no place for it after the step before",
                    operation.op()
                );
                self.lost(*index, message);
                continue;
            }
            last = Some(place);
            self.step(*index, operation, place, resize, background);
        }
        self.source(generator);
        self.output(output);
    }

    fn step(
        &mut self,
        index: usize,
        operation: &Operation,
        place: Place,
        resize: Option<&Resize>,
        background: Option<Color>,
    ) {
        match operation {
            Operation::Trim(trim) => {
                let color = trim.background.filter(|color| color.is_solid());
                let color = color.map_or_else(String::new, |color| format!(":{}", hex(color)));
                self.option(format!("trim:{}{color}", number::write(trim.threshold)));
                if trim.background.is_some_and(|color| !color.is_solid()) {
                    self.lost(index, "trim: a colour that is not solid has no counterpart");
                }
            }
            Operation::Rotate(rotate) => match rotate.quarter_turns() {
                Some(turns) => self.option(format!("rotate:{}", turns * 90)),
                None => self.lost(index, "rotate: imgproxy turns by multiples of 90 degrees only"),
            },
            Operation::Flip(flip) => self.option(match flip.direction {
                FlipDirection::Horizontal => "flip:1:0",
                FlipDirection::Vertical => "flip:0:1",
                FlipDirection::Both => "flip:1:1",
            }),
            Operation::Crop(crop) if place == Place::Crop => self.crop(index, crop),
            Operation::Crop(crop) => self.cut(index, crop, resize),
            Operation::Resize(resize) => self.resize(index, resize),
            Operation::Blur(blur) => self.option(format!("blur:{}", number::write(blur.sigma))),
            Operation::Sharpen(sharpen) => {
                self.option(format!("sharpen:{}", number::write(sharpen.sigma)));
                if (sharpen.flat, sharpen.jagged) != (0.0, 3.0) {
                    self.lost(index, "sharpen: flat and jagged have no counterpart");
                }
            }
            Operation::Pixelate(pixelate) => match number::pixels(pixelate.size) {
                Some(pixels) => self.option(format!("pixelate:{}", pixels.round())),
                None => self.lost(index, "pixelate: imgproxy takes pixels only"),
            },
            Operation::Extend(extend) => self.extend(index, extend, resize, background),
            Operation::Pad(pad) => self.pad(index, pad, background),
            Operation::Flatten(flatten) => {
                self.option(format!("background:{}", hex(flatten.background)));
            }
            Operation::Overlay(overlay) => self.watermark(index, overlay),
            _ => {}
        }
    }

    fn crop(&mut self, index: usize, crop: &Crop) {
        let side = |side: Option<Length>| match side {
            None => Some("0".to_owned()),
            Some(Length::Percent(percent)) if percent >= 100.0 => Some("0".to_owned()),
            Some(side) => length(side),
        };
        let gravity = write(crop.gravity, crop.x, crop.y);
        let (Some(width), Some(height), Some(gravity), None) =
            (side(crop.width), side(crop.height), gravity, crop.aspect)
        else {
            let message = "crop: imgproxy takes a width and a height, and a gravity of its own";
            return self.lost(index, message);
        };
        self.option(format!("crop:{width}:{height}:{gravity}"));
    }

    /// A crop after the resize: imgproxy cuts to the box of the resize, and to nothing else.
    fn cut(&mut self, index: usize, crop: &Crop, resize: Option<&Resize>) {
        let is_box =
            resize.is_some_and(|resize| (resize.width, resize.height) == (crop.width, crop.height));
        let has_reason = resize.is_some_and(|resize| {
            resize.fit == Fit::Outside || resize.min_width.or(resize.min_height).is_some()
        });
        if !is_box || !has_reason {
            let message = "crop: after a resize, imgproxy cuts to the size of the resize only";
            return self.lost(index, message);
        }
        let is_outside = resize.is_some_and(|resize| resize.fit == Fit::Outside);
        if is_outside {
            self.option(match crop.aspect {
                Some(_) => "resizing_type:fill-down",
                None => "resizing_type:fill",
            });
        }
        self.gravity(index, crop.gravity, crop.x, crop.y);
    }

    fn gravity(&mut self, index: usize, gravity: Gravity, x: Length, y: Length) {
        if gravity == Gravity::Face {
            self.lost(index, "gravity: finding faces is of imgproxy Pro");
        }
        match write(gravity, x, y) {
            Some(gravity) if gravity == "ce" => {}
            Some(gravity) => self.option(format!("gravity:{gravity}")),
            None => self.lost(index, "gravity: imgproxy has none of this kind"),
        }
    }

    fn resize(&mut self, index: usize, resize: &Resize) {
        self.resizing_type(index, resize);
        let share = |side: Option<Length>| match side {
            Some(Length::Percent(percent)) => Some(percent / 100.0 * resize.dpr),
            _ => None,
        };
        if let (Some(width), None) = (share(resize.width), resize.height) {
            if (width - 1.0).abs() > 1e-9 {
                self.option(format!("zoom:{}", number::write(width)));
            }
        } else if let (Some(width), Some(height)) = (share(resize.width), share(resize.height)) {
            self.option(format!("zoom:{}:{}", number::write(width), number::write(height)));
        } else {
            let zoom = zoom(resize);
            self.side(index, "width", resize.width, resize, zoom);
            self.side(index, "height", resize.height, resize, zoom);
            if zoom < 1.0 {
                self.option(format!("zoom:{zoom}"));
            }
        }
        self.side(index, "min-width", resize.min_width, resize, 1.0);
        self.side(index, "min-height", resize.min_height, resize, 1.0);
        if resize.enlarge {
            self.option("enlarge:1");
        }
        if resize.fit == Fit::Contain {
            let gravity = write(resize.gravity, Length::ZERO, Length::ZERO);
            self.option(format!("extend:1:{}", gravity.as_deref().unwrap_or("ce")));
            if let Some(color) = resize.background.filter(|color| color.is_solid()) {
                self.option(format!("background:{}", hex(color)));
            }
        } else {
            self.gravity(index, resize.gravity, Length::ZERO, Length::ZERO);
        }
        let algorithm = match resize.kernel {
            Kernel::Lanczos3 => return,
            Kernel::Nearest => "nearest",
            Kernel::Linear => "linear",
            Kernel::Cubic => "cubic",
            Kernel::Lanczos2 => "lanczos2",
            Kernel::Mitchell => return self.lost(index, "kernel: imgproxy has no mitchell"),
        };
        self.option(format!("resizing_algorithm:{algorithm}"));
        self.lost(index, "kernel: resizing_algorithm is an option of imgproxy Pro");
    }

    fn side(&mut self, index: usize, name: &str, side: Option<Length>, resize: &Resize, zoom: f64) {
        match side {
            None => {}
            // The whole side, which is what a side that is left out means with the type force.
            Some(Length::Percent(percent))
                if resize.fit == Fit::Fill && (percent * resize.dpr - 100.0).abs() < 1e-9 => {}
            Some(Length::Pixels(pixels)) => {
                let exact = number::tidy(pixels * resize.dpr / zoom);
                let pixels = exact.round().max(1.0);
                self.option(format!("{name}:{pixels}"));
                if (pixels - exact).abs() > 1e-6 {
                    self.lost(index, format!("{name}: imgproxy takes whole pixels only"));
                }
            }
            Some(Length::Percent(_)) => {
                self.lost(index, format!("{name}: imgproxy takes pixels only"));
            }
        }
    }

    fn resizing_type(&mut self, index: usize, resize: &Resize) {
        let of_both = resize.width.is_some() && resize.height.is_some();
        let sides = resize.undersized == Some(Undersized::Sides);
        let name = match resize.fit {
            // After an outside fit, the crop that follows says the type.
            Fit::Inside | Fit::Contain | Fit::Outside => return,
            _ if !of_both => return,
            Fit::Cover if resize.enlarge || sides => "fill",
            Fit::Cover => "fill-down",
            Fit::Fill => "force",
            Fit::Auto => "auto",
        };
        let differs = match resize.fit {
            Fit::Fill => resize.undersized != Some(Undersized::Ratio),
            Fit::Auto => !sides,
            _ => false,
        };
        if differs && !resize.enlarge {
            let message = "resize: of an image that is too small for the box, imgproxy makes \
                           another size (undersized says which)";
            self.lost(index, message);
        }
        self.option(format!("resizing_type:{name}"));
    }

    /// Whether what is added around the image has the colour that imgproxy gives it.
    fn canvas(&mut self, index: usize, op: &str, own: Option<Color>, background: Option<Color>) {
        let plain = |color: Color| if color.alpha == 0 { Color::TRANSPARENT } else { color };
        let own = own.map_or(Color::TRANSPARENT, plain);
        if own == background.unwrap_or(Color::TRANSPARENT) {
            return;
        }
        if own.is_solid() && background.is_none() {
            self.option(format!("background:{}", hex(own)));
        } else {
            self.lost(index, format!("{op}: imgproxy has one background for all, and a solid one"));
        }
    }

    fn extend(
        &mut self,
        index: usize,
        extend: &Extend,
        resize: Option<&Resize>,
        background: Option<Color>,
    ) {
        let sides = |resize: &Resize| {
            let side =
                |side: Option<Length>| side.and_then(number::pixels).map(|it| it * resize.dpr);
            (side(resize.width), side(resize.height))
        };
        let target = resize.map(sides).unwrap_or_default();
        let own = (extend.width.and_then(number::pixels), extend.height.and_then(number::pixels));
        let is_ratio = match (extend.aspect, target) {
            (Some(aspect), (Some(width), Some(height))) => {
                (aspect.ratio() - width / height).abs() < 1e-9
                    && extend.width.or(extend.height).is_none()
            }
            _ => false,
        };
        let is_box = extend.aspect.is_none() && own == target;
        let gravity = write(extend.gravity, extend.x, extend.y);
        match gravity {
            Some(gravity) if is_ratio => self.option(format!("extend_aspect_ratio:1:{gravity}")),
            Some(gravity) if is_box => self.option(format!("extend:1:{gravity}")),
            Some(_) => {
                let message =
                    "extend: imgproxy extends to the size or the ratio of the resize only";
                return self.lost(index, message);
            }
            None => return self.lost(index, "extend: imgproxy has no gravity of this kind"),
        }
        self.canvas(index, "extend", extend.background, background);
    }

    fn pad(&mut self, index: usize, pad: &Pad, background: Option<Color>) {
        let sides = [pad.top, pad.right, pad.bottom, pad.left]
            .map(|side| number::pixels(side.unwrap_or(pad.all)).map(f64::round));
        let [Some(top), Some(right), Some(bottom), Some(left)] = sides else {
            return self.lost(index, "pad: imgproxy takes pixels only");
        };
        self.option(format!("padding:{top}:{right}:{bottom}:{left}"));
        self.canvas(index, "pad", pad.background, background);
    }

    fn watermark(&mut self, index: usize, overlay: &Overlay) {
        if overlay.image != format!("{{{}}}", super::WATERMARK) {
            let message = "overlay: the picture of the watermark is a setting of the server \
                           (IMGPROXY_WATERMARK_PATH)";
            self.lost(index, message);
        }
        if overlay.blend != cropmark_rules::operation::Blend::Over {
            self.lost(index, "overlay: blend has no counterpart in imgproxy");
        }
        let position = write(overlay.gravity, Length::ZERO, Length::ZERO);
        let position = position.filter(|it| it != "sm" && !it.starts_with("fp"));
        let (x, y) = (length(overlay.x), length(overlay.y));
        let (Some(position), Some(x), Some(y)) = (position, x, y) else {
            return self.lost(index, "overlay: imgproxy has no position of this kind");
        };
        let mut option = format!("watermark:{}", number::write(overlay.opacity));
        if overlay.tile {
            option.push_str(":re");
        } else {
            let _ = write!(option, ":{position}:{x}:{y}");
        }
        if let Some(scale) = overlay.scale {
            let spaces = if overlay.tile { "::" } else { "" };
            let _ = write!(option, "{spaces}:{}", number::write(scale));
        }
        self.option(option);
    }

    fn source(&mut self, generator: &Generator) {
        let source = &generator.source;
        if !source.auto_orient {
            self.option("auto_rotate:0");
        }
        if source.page > 0 {
            self.option(format!("page:{}", source.page));
            self.lost(usize::MAX, "page: is an option of imgproxy Pro");
        } else if source.frames == Frames::Count(1) {
            self.option("disable_animation:1");
            self.lost(usize::MAX, "frames: disable_animation is an option of imgproxy Pro");
        }
    }

    fn output(&mut self, output: &OutputRules) {
        let line = self.lines.start;
        let format = match output.format {
            Some(OneOrMany::One(format)) => Some(format),
            _ => None,
        };
        match &output.quality {
            None => {}
            Some(ByFormat::All(quality)) => self.option(format!("quality:{quality}")),
            Some(ByFormat::Each(table)) => {
                let pairs: Vec<String> = table
                    .iter()
                    .map(|(format, quality)| format!("{}:{quality}", format_name(*format)))
                    .collect();
                self.option(format!("format_quality:{}", pairs.join(":")));
            }
        }
        match &output.max_bytes {
            None => {}
            Some(ByFormat::All(bytes)) => self.option(format!("max_bytes:{bytes}")),
            Some(ByFormat::Each(_)) => {
                self.notes.add(line, "max_bytes: imgproxy has one number for all formats");
            }
        }
        match &output.metadata {
            None => {}
            Some(Metadata::Strip) => self.option("strip_metadata:1/keep_copyright:0"),
            Some(Metadata::Copyright) => self.option("strip_metadata:1/keep_copyright:1"),
            Some(Metadata::Keep) => self.option("strip_metadata:0"),
            Some(Metadata::Kinds(_)) => {
                self.option("strip_metadata:0");
                self.notes.add(line, "metadata: imgproxy keeps all kinds or none");
            }
        }
        match output.color {
            None => {}
            Some(ColorSpace::Srgb) => self.option("strip_color_profile:1"),
            Some(ColorSpace::Keep) => self.option("strip_color_profile:0"),
            Some(ColorSpace::P3) => self.notes.add(line, "color: imgproxy does not convert to p3"),
        }
        if let Some(density) = output.density {
            self.option(format!("dpi:{}", density.round()));
            self.notes.add(line, "density: dpi is an option of imgproxy Pro");
        }
        match format {
            None | Some(FormatRule::Source) => {}
            Some(FormatRule::Smallest) => {
                self.option("format:best");
                self.notes.add(line, "format: best is of imgproxy Pro");
            }
            Some(FormatRule::Named(format)) => {
                self.option(format!("format:{}", format_name(format)));
            }
        }
        let had = ["format", "quality", "max_bytes", "metadata", "color", "density"];
        for name in crate::variants::unused(output, &had) {
            self.notes.add(line, format!("{name}: is a setting of the server in imgproxy"));
        }
    }
}

/// The zoom with which a box of fractions of pixels becomes one of whole pixels.
fn zoom(resize: &Resize) -> f64 {
    let sides = [resize.width, resize.height].map(|side| side.and_then(number::pixels));
    let is_whole = |zoom: f64| {
        let whole = |side: &f64| (side * resize.dpr / zoom).fract().abs();
        sides.iter().flatten().map(whole).all(|rest| !(1e-6..=1.0 - 1e-6).contains(&rest))
    };
    [1.0, 0.5, 0.1, 0.01, 0.001].into_iter().find(|zoom| is_whole(*zoom)).unwrap_or(1.0)
}

/// Where an operation stands in the pipeline, given where the one before it stands.
fn place(operation: &Operation, last: Option<Place>) -> Option<Place> {
    Some(match operation {
        Operation::Trim(_) => Place::Trim,
        Operation::Rotate(_) => Place::Rotate,
        Operation::Flip(_) => Place::Flip,
        Operation::Crop(_) if last.is_some_and(|last| last >= Place::Resize) => Place::Cut,
        Operation::Crop(_) => Place::Crop,
        Operation::Resize(_) => Place::Resize,
        Operation::Blur(_) => Place::Blur,
        Operation::Sharpen(_) => Place::Sharpen,
        Operation::Pixelate(_) => Place::Pixelate,
        Operation::Extend(extend) if extend.aspect.is_some() => Place::ExtendRatio,
        Operation::Extend(_) => Place::Extend,
        Operation::Pad(_) => Place::Pad,
        Operation::Flatten(_) => Place::Flatten,
        Operation::Overlay(_) => Place::Watermark,
        _ => return None,
    })
}

fn format_name(format: Format) -> &'static str {
    if format == Format::Jpeg { "jpg" } else { format.name() }
}

fn hex(color: Color) -> String {
    format!("{:02x}{:02x}{:02x}", color.red, color.green, color.blue)
}
