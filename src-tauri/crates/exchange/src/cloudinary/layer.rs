//! Layers: images and texts that are laid over the image.

use cropmark_rules::{
    Operation,
    operation::{Blend, Overlay, Text},
    preset::Generator,
    value::Length,
};
use percent_encoding::percent_decode_str;

use super::values::{self, Parameter};
use crate::{
    notes::{Notes, shown},
    number,
};

/// The source of a layer and the other parameters of its component, where it is one.
pub(super) fn source<'t>(component: &[Parameter<'t>]) -> Option<(&'t str, Vec<Parameter<'t>>)> {
    let (_, source) = component.iter().find(|(name, _)| *name == "l")?;
    let rest = component.iter().filter(|(name, _)| *name != "l").copied().collect();
    Some((source, rest))
}

/// Adds a layer to a generator. `parts` are the components up to the one that applies it.
pub(super) fn apply(
    generator: &mut Generator,
    source: &str,
    own: &[Parameter<'_>],
    parts: &[Vec<Parameter<'_>>],
    line: usize,
    notes: &mut Notes,
) {
    let parameters: Vec<Parameter<'_>> =
        own.iter().chain(parts.iter().flatten()).copied().collect();
    let mut layer = Layer { parameters: &parameters, line, notes };
    let operation = match source.strip_prefix("text:") {
        Some(text) => layer.text(text).map(Operation::Text),
        None => layer.image(source, generator).map(Operation::Overlay),
    };
    generator.operations.extend(operation.map(Into::into));
}

struct Layer<'l, 't> {
    parameters: &'l [Parameter<'t>],
    line: usize,
    notes: &'l mut Notes,
}

impl<'t> Layer<'_, 't> {
    /// The last value of a parameter.
    fn get(&self, name: &str) -> Option<&'t str> {
        self.parameters.iter().rev().find(|(own, _)| *own == name).map(|(_, value)| *value)
    }

    fn lost(&mut self, message: impl Into<String>) {
        self.notes.add(self.line, message);
    }

    fn offset(&self, name: &str) -> Length {
        self.get(name).and_then(values::length).unwrap_or_default()
    }

    fn opacity(&self) -> f64 {
        self.get("o").and_then(number::parse).map_or(1.0, |percent| number::tidy(percent / 100.0))
    }

    fn image(&mut self, id: &str, generator: &mut Generator) -> Option<Overlay> {
        if id.contains(':') && matches!(id.split(':').next(), Some("fetch" | "video" | "subtitles"))
        {
            self.lost(format!("l: {} has no counterpart", shown(id)));
            return None;
        }
        let image = self.parameter(id, generator);
        let mut overlay = Overlay {
            image,
            gravity: self.get("g").and_then(values::gravity).unwrap_or_default(),
            x: self.offset("x"),
            y: self.offset("y"),
            opacity: self.opacity(),
            ..Overlay::default()
        };
        let flags: Vec<&str> = self.of("fl").flat_map(|flags| flags.split('.')).collect();
        for flag in &flags {
            match *flag {
                "layer_apply" | "relative" => {}
                "tiled" => overlay.tile = true,
                flag => self.lost(format!("fl: {} has no counterpart in a layer", shown(flag))),
            }
        }
        let is_relative = flags.contains(&"relative");
        for (name, value) in self.parameters {
            match *name {
                "w" if is_relative => overlay.scale = number::parse(value),
                "e" => match blend(value) {
                    Some(blend) => overlay.blend = blend,
                    None => self.lost(format!("e: {} has no counterpart in a layer", shown(value))),
                },
                "g" | "x" | "y" | "o" | "fl" => {}
                "c" if is_relative => {}
                name => self.lost(format!("{name}: has no counterpart in a layer")),
            }
        }
        Some(overlay)
    }

    fn of(&self, name: &str) -> impl Iterator<Item = &'t str> {
        let values = self.parameters.iter().filter(move |(own, _)| *own == name);
        values.map(|(_, value)| *value).collect::<Vec<_>>().into_iter()
    }

    /// Declares a parameter that names the layer's image, since the image itself is on the server.
    fn parameter(&mut self, id: &str, generator: &mut Generator) -> String {
        let path = id.replace(':', "/");
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        let name: String = path.chars().map(plain).take(60).collect();
        let message = format!(
            "l: the picture {} is on the server; it is looked for beside the preset file, or named \
             by the parameter {name}",
            shown(id)
        );
        self.lost(message);
        generator.parameters.insert(name.clone(), format!("{}.png", escaped(&path)));
        format!("{{{name}}}")
    }

    /// Reads `FONT_SIZE_STYLE…:TEXT`.
    fn text(&mut self, text: &str) -> Option<Text> {
        let Some((style, content)) = text.split_once(':') else {
            self.lost("l: the text has no font and size");
            return None;
        };
        let mut style = style.split('_');
        let family = decoded(style.next().unwrap_or_default());
        let mut words = vec![family];
        let mut size = None;
        for word in style {
            match (number::parse(word), word) {
                (Some(number), _) if size.is_none() => size = Some(number),
                (_, "bold") => words.push("Bold".to_owned()),
                (_, "italic") => words.push("Italic".to_owned()),
                (_, "normal" | "left" | "start") => {}
                (_, word) => self.lost(format!("l: the style {} has no counterpart", shown(word))),
            }
        }
        let Some(size) = size else {
            self.lost("l: the text has no size");
            return None;
        };
        for (name, _) in self.parameters {
            if !matches!(*name, "g" | "x" | "y" | "o" | "fl" | "co" | "b" | "w" | "c") {
                self.lost(format!("{name}: has no counterpart in a text layer"));
            }
        }
        Some(Text {
            text: escaped(&decoded(content)),
            font: words.join(" "),
            size: Length::Pixels(size),
            color: self
                .get("co")
                .and_then(values::color)
                .unwrap_or(cropmark_rules::value::Color::BLACK),
            background: self.get("b").and_then(values::color),
            gravity: self.get("g").and_then(values::gravity).unwrap_or_default(),
            x: self.offset("x"),
            y: self.offset("y"),
            width: self.get("w").and_then(values::length),
            opacity: self.opacity(),
            ..Text::default()
        })
    }
}

/// The modes in which a layer's colours meet those below, by their names there.
pub(super) const BLENDS: [(&str, Blend); 3] =
    [("multiply", Blend::Multiply), ("screen", Blend::Screen), ("overlay", Blend::Overlay)];

fn blend(name: &str) -> Option<Blend> {
    BLENDS.iter().find(|(own, _)| *own == name).map(|(_, blend)| *blend)
}

/// A text of a URL, in which commas and slashes are encoded twice.
fn decoded(text: &str) -> String {
    let once = percent_decode_str(text).decode_utf8_lossy();
    percent_decode_str(&once).decode_utf8_lossy().into_owned()
}

/// Doubles braces, which stand for values otherwise.
fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
