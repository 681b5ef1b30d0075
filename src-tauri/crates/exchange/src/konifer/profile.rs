//! From a profile's parameters to a generator.

use cropmark_rules::{
    ColorSpace, Format, FormatRule, Metadata, MetadataKind, Operation,
    operation::{Blur, Fit, Flip, FlipDirection, Grayscale, Pad, Resize, Rotate, Sepia},
    preset::{ByFormat, Generator, OneOrMany},
    value::{Color, Gravity, Length},
};

use crate::{
    notes::{Notes, shown},
    number,
    tree::Node,
};

/// Reads the parameters of a transformation.
pub(super) fn generator(name: &str, profile: &Node, notes: &mut Notes) -> Generator {
    let mut reader = Reader { profile, notes };
    let mut generator = Generator { name: name.to_owned(), ..Generator::default() };
    let mut chain = Vec::new();
    chain.extend(reader.rotate());
    chain.extend(reader.resize());
    chain.extend(reader.flip());
    chain.extend(reader.filter());
    let sigma = reader.number("blur", 0.0, 150.0).filter(|sigma| *sigma > 0.0);
    chain.extend(sigma.map(|sigma| Operation::Blur(Blur { sigma })));
    chain.extend(reader.pad());
    reader.color_space(&mut generator, &mut chain);
    reader.output(&mut generator);
    reader.unknown();
    generator.operations = chain.into_iter().map(Into::into).collect();
    generator
}

struct Reader<'n, 'o> {
    profile: &'n Node,
    notes: &'o mut Notes,
}

/// All parameters.
pub(super) const KEYS: [&str; 15] = [
    "name", "h", "w", "fit", "g", "format", "r", "f", "filter", "blur", "q", "pad", "pad-c",
    "strip", "cs",
];

impl<'n> Reader<'n, '_> {
    fn text(&self, key: &str) -> Option<&'n str> {
        self.profile.get(key).and_then(Node::text)
    }

    fn lost(&mut self, key: &str, message: impl Into<String>) {
        let line = self.profile.get(key).map_or(self.profile.line, |node| node.line);
        self.notes.add(line, format!("{key}: {}", message.into()));
    }

    fn refused(&mut self, key: &str) {
        let value = shown(self.text(key).unwrap_or_default());
        self.lost(key, format!("{value} has no counterpart"));
    }

    fn number(&mut self, key: &str, least: f64, most: f64) -> Option<f64> {
        let text = self.text(key)?;
        let number = number::parse(text).filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.lost(key, format!("{} is not a number from {least} to {most}", shown(text)));
        }
        number
    }

    fn rotate(&mut self) -> Option<Operation> {
        match self.text("r")? {
            "auto" | "0" => None,
            turn @ ("90" | "180" | "270") => {
                let angle = number::parse(turn).unwrap_or_default();
                Some(Operation::Rotate(Rotate { angle, background: None }))
            }
            _ => {
                self.refused("r");
                None
            }
        }
    }

    fn resize(&mut self) -> Option<Operation> {
        let side = |side: f64| Some(Length::Pixels(side));
        let width = self.number("w", 1.0, 65_535.0).and_then(side);
        let height = self.number("h", 1.0, 65_535.0).and_then(side);
        let fit = match self.text("fit") {
            None | Some("fit") => Fit::Inside,
            Some("fill" | "crop") => Fit::Cover,
            Some("stretch") => Fit::Fill,
            Some(_) => {
                self.refused("fit");
                Fit::Inside
            }
        };
        let gravity = match self.text("g") {
            None | Some("center") => Gravity::Center,
            Some("entropy") => Gravity::Entropy,
            Some("attention") => Gravity::Smart,
            Some(_) => {
                self.refused("g");
                Gravity::Center
            }
        };
        if width.is_none() && height.is_none() {
            return None;
        }
        let fit = if width.is_some() && height.is_some() { fit } else { Fit::Inside };
        let gravity = if fit == Fit::Cover { gravity } else { Gravity::Center };
        Some(Operation::Resize(Resize {
            fit,
            width,
            height,
            enlarge: true,
            gravity,
            ..Resize::default()
        }))
    }

    fn flip(&mut self) -> Option<Operation> {
        let direction = match self.text("f")? {
            "v" => FlipDirection::Vertical,
            "h" => FlipDirection::Horizontal,
            "none" => return None,
            _ => {
                self.refused("f");
                return None;
            }
        };
        Some(Operation::Flip(Flip { direction }))
    }

    fn filter(&mut self) -> Option<Operation> {
        match self.text("filter")? {
            "none" => None,
            "grayscale" | "greyscale" => Some(Operation::Grayscale(Grayscale::default())),
            "sepia" => Some(Operation::Sepia(Sepia::default())),
            _ => {
                self.refused("filter");
                None
            }
        }
    }

    fn pad(&mut self) -> Option<Operation> {
        let width = self.number("pad", 0.0, 65_535.0).filter(|width| *width > 0.0);
        let color: Option<Color> = self.text("pad-c").and_then(|text| text.parse().ok());
        if self.text("pad-c").is_some() && color.is_none() {
            self.refused("pad-c");
        }
        let background = Some(color.unwrap_or(Color::TRANSPARENT));
        let all = Length::Pixels(width?);
        Some(Operation::Pad(Pad { all, background, ..Pad::default() }))
    }

    fn color_space(&mut self, generator: &mut Generator, chain: &mut Vec<Operation>) {
        generator.output.color = Some(match self.text("cs") {
            None | Some("origin") => ColorSpace::Keep,
            Some("srgb") => ColorSpace::Srgb,
            Some("p3") => ColorSpace::P3,
            Some("grayscale") => {
                chain.push(Operation::Grayscale(Grayscale::default()));
                ColorSpace::Srgb
            }
            Some(_) => {
                self.refused("cs");
                ColorSpace::Keep
            }
        });
    }

    fn output(&mut self, generator: &mut Generator) {
        let output = &mut generator.output;
        if let Some(quality) = self.number("q", 1.0, 100.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 100")]
            let quality = quality.round() as u8;
            output.quality = Some(ByFormat::All(quality));
        }
        if let Some(name) = self.text("format") {
            let format = match name {
                "jpg" | "jpeg" => Some(Format::Jpeg),
                name => Format::named(name).filter(|format| format.facts().is_output),
            };
            if format.is_none() {
                self.refused("format");
            }
            output.format = format.map(|format| OneOrMany::One(FormatRule::Named(format)));
        }
        let strip = self.profile.get("strip");
        let words = strip.map_or_else(Vec::new, |node| {
            let of_text = node.text().into_iter().flat_map(|text| text.split(','));
            of_text.chain(node.items().iter().filter_map(Node::text)).map(str::trim).collect()
        });
        output.metadata = Some(self.kept(&words));
    }

    fn kept(&mut self, stripped: &[&str]) -> Metadata {
        if let Some(word) = stripped.iter().find(|word| !matches!(**word, "exif" | "iptc" | "xmp"))
        {
            let word = shown(word);
            self.lost("strip", format!("{word} has no counterpart"));
        }
        let is_kept = |name: &str| !stripped.contains(&name);
        let mut kinds = Vec::new();
        if is_kept("exif") {
            kinds.extend([MetadataKind::Exif, MetadataKind::Gps]);
        }
        if is_kept("iptc") {
            kinds.push(MetadataKind::Iptc);
        }
        if is_kept("xmp") {
            kinds.push(MetadataKind::Xmp);
        }
        match kinds.len() {
            0 => Metadata::Strip,
            4 => Metadata::Keep,
            _ => Metadata::Kinds(kinds),
        }
    }

    fn unknown(&mut self) {
        for (key, node) in self.profile.entries() {
            if !KEYS.contains(&key.as_str()) {
                self.notes.add(node.line, format!("{}: has no counterpart", shown(key)));
            }
        }
    }
}
