//! From generators to profiles and path rules.

use std::fmt::Write as _;

use cropmark_rules::{
    ColorSpace, Format, FormatRule, Metadata, MetadataKind, Operation,
    operation::{Fit, FlipDirection, Pad, Resize},
    preset::{Generator, OneOrMany, OutputRules},
    value::{Color, Gravity},
};

use crate::{
    notes::Notes,
    number,
    preset::{Lines, Source},
    translated::Translated,
    variants::{of_format, unused, variants_of},
    write,
};

pub(crate) fn export(source: Source) -> Translated {
    let mut text = "# Konifer configuration\nvariant-profiles {\n".to_owned();
    let mut paths: Vec<(String, Vec<String>)> = Vec::new();
    let mut notes = Notes::default();
    for variant in variants_of(&source, &mut notes) {
        let lines = source.lines(&variant.generator.name);
        let mut written = Written { keys: Vec::new(), lines, notes: &mut notes };
        written.chain(&variant.generator);
        written.output(&variant.output);
        if !variant.generator.source.auto_orient {
            written.set("r", "0");
        } else if !written.keys.iter().any(|(key, _)| *key == "r") {
            written.set("r", "auto");
        }
        if variant.generator.eager {
            written.eager(&variant.generator, &variant.name, &mut paths);
        } else if variant.generator.matching != cropmark_rules::preset::MatchRules::default() {
            let message = "match: of generators that are not eager, which images are taken has no \
                           counterpart";
            written.lost(message);
        }
        let _ = writeln!(text, "  {} {{", key(&variant.name));
        for (key, value) in &written.keys {
            let _ = writeln!(text, "    {key} = {value}");
        }
        text.push_str("  }\n");
    }
    text.push_str("}\n");
    if !paths.is_empty() {
        text.push_str("paths {\n");
        for (path, names) in &paths {
            let names: Vec<String> = names.iter().map(|name| key(name)).collect();
            let _ = writeln!(
                text,
                "  {} {{ transform {{ eager-variants = [{}] }} }}",
                write::string(&format!("/{path}")),
                names.join(", ")
            );
        }
        text.push_str("}\n");
    }
    let mut all = source.notes;
    for note in notes.finish() {
        all.add(note.line, note.message);
    }
    Translated { text, notes: all.finish() }
}

/// A key, in quotation marks where HOCON needs them.
fn key(name: &str) -> String {
    write::key(name)
}

struct Written<'n> {
    keys: Vec<(&'static str, String)>,
    lines: Lines,
    notes: &'n mut Notes,
}

impl Written<'_> {
    fn set(&mut self, key: &'static str, value: impl Into<String>) {
        self.keys.retain(|(own, _)| *own != key);
        self.keys.push((key, value.into()));
    }

    fn lost(&mut self, message: impl Into<String>) {
        self.notes.add(self.lines.start, message);
    }

    fn at(&mut self, index: usize, message: impl Into<String>) {
        let line = self.lines.step(index);
        self.notes.add(line, message);
    }

    fn chain(&mut self, generator: &Generator) {
        let mut last = 0;
        for (index, step) in generator.operations.iter().enumerate().filter(|(_, it)| it.enabled) {
            let operation = &step.operation;
            let place = match operation {
                Operation::Rotate(_) => 1,
                Operation::Resize(_) => 2,
                Operation::Flip(_) => 3,
                Operation::Grayscale(_) | Operation::Sepia(_) if last < 4 => 4,
                Operation::Blur(_) => 5,
                Operation::Pad(_) => 6,
                Operation::Grayscale(_) => 7,
                _ => 0,
            };
            if place == 0 {
                let message = format!("{}: has no counterpart in Konifer", operation.op());
                self.at(index, message);
            } else if place <= last {
                let message = format!(
                    "{}: Konifer has no place for it after the step before",
                    operation.op()
                );
                self.at(index, message);
            } else {
                last = place;
                self.step(index, operation, place);
            }
        }
    }

    fn step(&mut self, index: usize, operation: &Operation, place: u8) {
        match operation {
            Operation::Rotate(rotate) => match rotate.quarter_turns() {
                Some(turns) => self.set("r", (turns * 90).to_string()),
                None => self.at(index, "rotate: Konifer turns by multiples of 90 degrees only"),
            },
            Operation::Resize(resize) => self.resize(index, resize),
            Operation::Flip(flip) => match flip.direction {
                FlipDirection::Horizontal => self.set("f", "h"),
                FlipDirection::Vertical => self.set("f", "v"),
                FlipDirection::Both => self.at(index, "flip: Konifer flips one way only"),
            },
            Operation::Grayscale(it) if it.amount < 100.0 => {
                self.at(index, "grayscale: Konifer has no amount");
            }
            Operation::Grayscale(_) if place == 7 => self.set("cs", "grayscale"),
            Operation::Grayscale(_) => self.set("filter", "grayscale"),
            Operation::Sepia(it) => {
                self.set("filter", "sepia");
                if it.amount < 100.0 {
                    self.at(index, "sepia: Konifer has no amount");
                }
            }
            Operation::Blur(blur) => self.set("blur", number::write(blur.sigma)),
            Operation::Pad(pad) => self.pad(index, pad),
            _ => {}
        }
    }

    fn resize(&mut self, index: usize, resize: &Resize) {
        for (key, side) in [("w", resize.width), ("h", resize.height)] {
            match side.map(number::pixels) {
                None => {}
                Some(Some(pixels)) => {
                    self.set(key, number::write((pixels * resize.dpr).round().max(1.0)));
                }
                Some(None) => self.at(index, format!("{key}: Konifer takes pixels only")),
            }
        }
        if !resize.enlarge {
            self.at(index, "enlarge: Konifer makes small images larger");
        }
        if resize.min_width.or(resize.min_height).is_some() {
            self.at(index, "resize: minima have no counterpart");
        }
        let of_both = resize.width.is_some() && resize.height.is_some();
        match resize.fit {
            _ if !of_both => {}
            Fit::Inside => {}
            Fit::Fill => self.set("fit", "stretch"),
            Fit::Cover => {
                self.set("fit", if resize.gravity == Gravity::Center { "fill" } else { "crop" });
            }
            _ => self.at(index, "resize: this fit has no counterpart in Konifer"),
        }
        match resize.gravity {
            Gravity::Center => {}
            Gravity::Smart => self.set("g", "attention"),
            Gravity::Entropy => self.set("g", "entropy"),
            _ => self.at(index, "gravity: Konifer has none of this kind"),
        }
    }

    fn pad(&mut self, index: usize, pad: &Pad) {
        let sides = [pad.top, pad.right, pad.bottom, pad.left].map(|side| side.unwrap_or(pad.all));
        let is_even = sides.iter().all(|side| *side == sides[0]);
        match number::pixels(sides[0]).filter(|_| is_even) {
            Some(pixels) => self.set("pad", number::write(pixels.round())),
            None => self.at(index, "pad: Konifer has borders of one width in pixels only"),
        }
        if let Some(color) = pad.background.filter(|color| *color != Color::TRANSPARENT) {
            self.set("pad-c", format!("\"{color}\""));
        }
    }

    fn output(&mut self, output: &OutputRules) {
        match &output.format {
            None | Some(OneOrMany::One(FormatRule::Source)) => {}
            Some(OneOrMany::One(FormatRule::Named(Format::Jpeg))) => self.set("format", "jpg"),
            Some(OneOrMany::One(FormatRule::Named(format))) => self.set("format", format.name()),
            Some(_) => self.lost("format: Konifer takes one format only"),
        }
        let (given, line) = (output.quality.as_ref(), self.lines.start);
        if let Some(quality) = of_format(given, output, "quality", line, self.notes) {
            self.set("q", quality.to_string());
        }
        match output.color.unwrap_or(ColorSpace::Srgb) {
            _ if self.keys.iter().any(|(key, _)| *key == "cs") => {}
            ColorSpace::Keep => {}
            ColorSpace::Srgb => self.set("cs", "srgb"),
            ColorSpace::P3 => self.set("cs", "p3"),
        }
        match output.metadata.clone().unwrap_or(Metadata::Copyright) {
            Metadata::Keep => {}
            Metadata::Strip => self.set("strip", "\"exif,iptc,xmp\""),
            Metadata::Copyright => {
                self.set("strip", "\"exif,iptc,xmp\"");
                self.lost("metadata: Konifer does not keep the copyright alone");
            }
            Metadata::Kinds(kinds) => {
                let kinds_of = [
                    ("exif", MetadataKind::Exif),
                    ("iptc", MetadataKind::Iptc),
                    ("xmp", MetadataKind::Xmp),
                ];
                let stripped = kinds_of.iter().filter(|(_, kind)| !kinds.contains(kind));
                let names: Vec<&str> = stripped.map(|(name, _)| *name).collect();
                if !names.is_empty() {
                    self.set("strip", format!("\"{}\"", names.join(",")));
                }
                if kinds.contains(&MetadataKind::Exif) != kinds.contains(&MetadataKind::Gps) {
                    self.lost("metadata: the place is a part of exif in Konifer");
                }
            }
        }
        let had = ["format", "quality", "color", "metadata"];
        for name in unused(output, &had) {
            self.lost(format!("{name}: has no counterpart in Konifer"));
        }
    }

    fn eager(&mut self, generator: &Generator, name: &str, paths: &mut Vec<(String, Vec<String>)>) {
        let matching = &generator.matching;
        let patterns = matching.path.as_slice();
        let everything = ["**".to_owned()];
        let taken = if patterns.is_empty() { &everything[..] } else { patterns };
        for pattern in taken {
            match paths.iter_mut().find(|(path, _)| path == pattern) {
                Some((_, names)) => names.push(name.to_owned()),
                None => paths.push((pattern.clone(), vec![name.to_owned()])),
            }
        }
        for pattern in matching.exclude.as_slice() {
            if !paths.iter().any(|(path, _)| path == pattern) {
                paths.push((pattern.clone(), Vec::new()));
            }
        }
        let plain = cropmark_rules::preset::MatchRules {
            path: matching.path.clone(),
            exclude: matching.exclude.clone(),
            ..Default::default()
        };
        if *matching != plain {
            self.lost("match: only paths have a counterpart");
        }
    }
}
