//! Colours as they are written in presets: hexadecimal sRGB, or a CSS basic name.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An sRGB colour with alpha, eight bits a channel, not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color {
    /// Red, 0–255.
    pub red: u8,
    /// Green, 0–255.
    pub green: u8,
    /// Blue, 0–255.
    pub blue: u8,
    /// Opacity, 0 (clear) – 255 (solid).
    pub alpha: u8,
}

impl Color {
    /// Solid black.
    pub const BLACK: Self = Self::solid(0, 0, 0);
    /// Solid white.
    pub const WHITE: Self = Self::solid(255, 255, 255);
    /// Fully clear.
    pub const TRANSPARENT: Self = Self { red: 0, green: 0, blue: 0, alpha: 0 };

    /// A colour without transparency.
    #[must_use]
    pub const fn solid(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, alpha: 255 }
    }

    /// The basic names.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Whether nothing shines through.
    #[must_use]
    pub const fn is_solid(self) -> bool {
        self.alpha == 255
    }
}

/// Why a text is no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a colour such as \"#1e90ff\", \"#1e90ff80\", \"white\" or \"transparent\"")]
pub struct ColorError;

/// The sixteen basic CSS names.
const NAMES: [(&str, Color); 17] = [
    ("aqua", Color::solid(0, 255, 255)),
    ("black", Color::BLACK),
    ("blue", Color::solid(0, 0, 255)),
    ("fuchsia", Color::solid(255, 0, 255)),
    ("gray", Color::solid(128, 128, 128)),
    ("green", Color::solid(0, 128, 0)),
    ("lime", Color::solid(0, 255, 0)),
    ("maroon", Color::solid(128, 0, 0)),
    ("navy", Color::solid(0, 0, 128)),
    ("olive", Color::solid(128, 128, 0)),
    ("purple", Color::solid(128, 0, 128)),
    ("red", Color::solid(255, 0, 0)),
    ("silver", Color::solid(192, 192, 192)),
    ("teal", Color::solid(0, 128, 128)),
    ("transparent", Color::TRANSPARENT),
    ("white", Color::WHITE),
    ("yellow", Color::solid(255, 255, 0)),
];

impl FromStr for Color {
    type Err = ColorError;

    fn from_str(text: &str) -> Result<Self, ColorError> {
        let Some(digits) = text.strip_prefix('#') else {
            let named = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
            return named.map(|(_, color)| *color).ok_or(ColorError);
        };
        let nibbles: Vec<u8> = digits
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
            .collect::<Option<_>>()
            .ok_or(ColorError)?;
        let channels: Vec<u8> = match nibbles.len() {
            3 | 4 => nibbles.iter().map(|nibble| nibble * 17).collect(),
            6 | 8 => nibbles.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect(),
            _ => return Err(ColorError),
        };
        Ok(Self {
            red: channels[0],
            green: channels[1],
            blue: channels[2],
            alpha: channels.get(3).copied().unwrap_or(255),
        })
    }
}

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)?;
        if self.is_solid() { Ok(()) } else { write!(formatter, "{:02x}", self.alpha) }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Color {
    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let hexadecimal = "#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})";
        json_schema!({
            "description": "An sRGB colour: #rgb, #rgba, #rrggbb, #rrggbbaa, a basic name or one of [colors]",
            "type": "string",
            "pattern": format!("^({hexadecimal}|[A-Za-z][A-Za-z0-9_-]*)$")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_notation() {
        let cases = [
            ("#1e90ff", Color::solid(30, 144, 255)),
            ("#1E90FF80", Color { red: 30, green: 144, blue: 255, alpha: 128 }),
            ("#fff", Color::WHITE),
            ("#0008", Color { red: 0, green: 0, blue: 0, alpha: 136 }),
            ("White", Color::WHITE),
            ("transparent", Color::TRANSPARENT),
        ];
        for (text, color) in cases {
            assert_eq!(text.parse(), Ok(color), "{text}");
        }
        for text in ["", "#", "#12", "#12345", "#gggggg", "1e90ff", "whitish", "#é"] {
            assert_eq!(text.parse::<Color>(), Err(ColorError), "{text}");
        }
    }

    #[test]
    fn colours_are_written_as_short_as_they_can_be_read() {
        assert_eq!(Color::solid(30, 144, 255).to_string(), "#1e90ff");
        assert_eq!(Color::TRANSPARENT.to_string(), "#00000000");
    }
}
