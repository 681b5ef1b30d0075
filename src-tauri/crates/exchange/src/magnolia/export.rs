//! From generators to operation chains.

use std::fmt::Write as _;

use cropmark_rules::{
    Format, FormatRule, Operation,
    operation::{Fit, Resize, Text},
    parameters::{Piece, Template},
    preset::{Generator, OneOrMany, OutputRules},
    value::{Color, Gravity, Length},
};

use crate::{
    notes::Notes,
    number,
    preset::{Lines, Source},
    translated::Translated,
    variants::{of_format, unused, variants},
    write,
};

/// The package of the imaging module's operations.
const PACKAGE: &str = "info.magnolia.imaging.operations";

pub(crate) fn export(source: Source) -> Translated {
    let mut text = "# Decoration of the imaging module's configuration\ngenerators:\n".to_owned();
    let mut notes = Notes::default();
    for variant in variants(&source, &mut notes) {
        let lines = source.lines(&variant.generator.name);
        let mut written = Written { text: String::new(), steps: 0, lines, notes: &mut notes };
        written.generator(&variant.name, &variant.generator, &variant.output);
        text += &written.text;
    }
    let mut all = source.notes;
    for note in notes.finish() {
        all.add(note.line, note.message);
    }
    Translated { text, notes: all.finish() }
}

struct Written<'n> {
    text: String,
    steps: usize,
    lines: Lines,
    notes: &'n mut Notes,
}

impl Written<'_> {
    fn line(&mut self, depth: usize, line: impl AsRef<str>) {
        let _ = writeln!(self.text, "{}{}", "  ".repeat(depth), line.as_ref());
    }

    fn lost(&mut self, index: usize, message: impl Into<String>) {
        let line = self.lines.step(index);
        self.notes.add(line, message);
    }

    fn generator(&mut self, name: &str, generator: &Generator, output: &OutputRules) {
        // Quoted as JSON, which YAML reads.
        self.line(1, format!("{}:", write::string(name)));
        self.line(2, format!("class: {PACKAGE}.ImageOperationChain"));
        self.output(output);
        self.line(2, "operations:");
        self.step("load", "load.FromContent");
        for (index, step) in generator.operations.iter().enumerate().filter(|(_, it)| it.enabled) {
            match &step.operation {
                Operation::Resize(resize) => self.resize(index, resize),
                Operation::Text(text) => self.fixed_text(index, text),
                other => {
                    self.lost(index, format!("{}: has no counterpart in Magnolia", other.op()));
                }
            }
        }
        if !generator.source.auto_orient || generator.source.page > 0 {
            let line = self.lines.start;
            self.notes.add(line, "source: auto_orient and page have no counterpart");
        }
    }

    /// Begins an operation with a name of its own.
    fn step(&mut self, name: &str, class: &str) {
        self.steps += 1;
        let name = if self.steps == 1 { name.to_owned() } else { format!("{name}{}", self.steps) };
        self.line(3, format!("{name}:"));
        self.line(4, format!("class: {PACKAGE}.{class}"));
    }

    fn resize(&mut self, index: usize, resize: &Resize) {
        let side =
            |side: Option<Length>| side.map(|it| number::pixels(it).map(|it| it * resize.dpr));
        let sides = [side(resize.width), side(resize.height)];
        if sides.contains(&Some(None)) || sides == [None, None] {
            return self.lost(index, "resize: Magnolia takes pixels only");
        }
        let of_both = !sides.contains(&None);
        let is_cover = resize.fit == Fit::Cover && of_both;
        if of_both && !matches!(resize.fit, Fit::Inside | Fit::Cover) {
            return self.lost(index, "resize: this fit has no counterpart in Magnolia");
        }
        if is_cover && !resize.enlarge {
            self.lost(index, "enlarge: Magnolia makes small images larger where it cuts");
        }
        if is_cover && resize.gravity != Gravity::Center {
            self.lost(index, "gravity: Magnolia keeps the middle");
        }
        if resize.min_width.or(resize.min_height).is_some() {
            self.lost(index, "resize: minima have no counterpart");
        }
        let names = if is_cover {
            self.step("resize", "cropresize.AutoCropAndResize");
            ["targetWidth", "targetHeight"]
        } else {
            self.step("resize", "cropresize.BoundedResize");
            ["maxWidth", "maxHeight"]
        };
        for (name, side) in names.into_iter().zip(sides) {
            if let Some(Some(side)) = side {
                self.line(4, format!("{name}: {}", number::write(side.round().max(1.0))));
            }
        }
        if !is_cover && !resize.enlarge {
            self.line(4, "expand: false");
        }
    }

    fn fixed_text(&mut self, index: usize, text: &Text) {
        let template = Template::parse(&text.text).ok();
        let pieces = template.as_ref().map_or(&[][..], Template::pieces);
        let alignment = match text.gravity {
            Gravity::NorthWest => Some(("left", "top")),
            Gravity::West => Some(("left", "middle")),
            Gravity::SouthWest => Some(("left", "bottom")),
            Gravity::North => Some(("center", "top")),
            Gravity::Center => Some(("center", "middle")),
            Gravity::South => Some(("center", "bottom")),
            Gravity::NorthEast => Some(("right", "top")),
            Gravity::East => Some(("right", "middle")),
            Gravity::SouthEast => Some(("right", "bottom")),
            _ => None,
        };
        let offsets = (number::pixels(text.x), number::pixels(text.y), number::pixels(text.size));
        let (Some((across, down)), (Some(x), Some(y), Some(size))) = (alignment, offsets) else {
            return self.lost(index, "text: Magnolia has edges and pixels only");
        };
        match pieces {
            [Piece::Literal(literal)] => {
                self.step("text", "text.FixedText");
                self.line(4, format!("text: {}", write::string(literal)));
            }
            [Piece::Value(name)] if !name.contains(['.', ':']) => {
                self.step("text", "text.TextFromNode");
                self.line(4, format!("propertyName: {}", write::string(name)));
            }
            _ => return self.lost(index, "text: Magnolia has a text or a property, not both"),
        }
        self.line(4, format!("horizontalAlign: {across}"));
        self.line(4, format!("verticalAlign: {down}"));
        for (name, offset) in [("x", x), ("y", y)] {
            if offset != 0.0 {
                self.line(4, format!("{name}: {}", number::write(offset)));
            }
        }
        self.line(4, "textStyle:");
        self.line(5, format!("fontName: {}", write::string(&text.font)));
        self.line(5, format!("fontSize: {}", number::write(size)));
        if text.color != Color::BLACK {
            self.line(5, format!("color: \"{}\"", text.color));
        }
        let plain = Text {
            text: text.text.clone(),
            font: text.font.clone(),
            size: text.size,
            color: text.color,
            gravity: text.gravity,
            x: text.x,
            y: text.y,
            ..Text::default()
        };
        if *text != plain {
            self.lost(index, "text: only font, size, colour and place have a counterpart");
        }
    }

    fn output(&mut self, output: &OutputRules) {
        let line = self.lines.start;
        let format = match &output.format {
            Some(OneOrMany::One(FormatRule::Named(Format::Jpeg))) => Some("jpg"),
            Some(OneOrMany::One(FormatRule::Named(format))) => Some(format.name()),
            None | Some(OneOrMany::One(FormatRule::Source)) => None,
            Some(_) => {
                self.notes.add(line, "format: Magnolia takes one format only");
                None
            }
        };
        let given = output.quality.as_ref();
        let quality = of_format(given, output, "quality", line, self.notes);
        if format.is_some() || quality.is_some() || output.progressive.is_some() {
            self.line(2, "outputFormat:");
        }
        if let Some(name) = format {
            self.line(3, format!("formatName: {name}"));
        }
        if let Some(quality) = quality {
            self.line(3, format!("quality: {quality}"));
        }
        if let Some(progressive) = output.progressive {
            self.line(3, format!("progressive: {progressive}"));
        }
        let had = ["format", "quality", "progressive"];
        for name in unused(output, &had) {
            self.notes.add(line, format!("{name}: has no counterpart in Magnolia"));
        }
    }
}
