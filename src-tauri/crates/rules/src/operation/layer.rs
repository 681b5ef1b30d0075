//! Operations that put something over or under the image: their parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Color, Gravity, Length};

/// Puts a colour behind transparent parts and removes the alpha channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Flatten {
    /// The colour behind; where it is not solid itself, over white.
    pub background: Color,
}

impl Default for Flatten {
    fn default() -> Self {
        Self { background: Color::WHITE }
    }
}

/// How the lines of a text stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// Left edges in line.
    #[default]
    Left,
    /// Middles in line.
    Center,
    /// Right edges in line.
    Right,
}

/// What becomes of a text with characters that no font has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingGlyph {
    /// They are drawn as boxes, and a note names them.
    #[default]
    Note,
    /// The variant fails.
    Fail,
}

/// What becomes of a text whose font is not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingFont {
    /// Another font is used, and a note names both.
    #[default]
    Note,
    /// The variant fails.
    Fail,
}

/// Writes a text over the image. Markup in the text is shown, not obeyed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["text"]))]
pub struct Text {
    /// What is written; `{title}` and the like are replaced by parameters.
    #[schemars(length(min = 1, max = 10000))]
    pub text: String,
    /// A family and a style, such as `Sans Bold`; `{family}` and the like are replaced by
    /// parameters.
    #[schemars(length(max = 200))]
    pub font: String,
    /// The height of the font's em square in pixels, or a share of the image's height.
    #[schemars(extend("minimum" = 1, "maximum" = 10000))]
    pub size: Length,
    /// The letters' colour.
    pub color: Color,
    /// Where the text stands.
    pub gravity: Gravity,
    /// The distance from the gravity's edge, or right of the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub x: Length,
    /// The distance from the gravity's edge, or down from the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub y: Length,
    /// Lines are broken at this width; left out: at what the image leaves free.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub width: Option<Length>,
    /// How lines stand to each other.
    pub align: Align,
    /// Extra pixels between lines.
    #[schemars(range(min = -1000, max = 1000))]
    pub line_spacing: f64,
    /// 0 (not to be seen) – 1 (solid).
    #[schemars(range(min = 0, max = 1))]
    pub opacity: f64,
    /// A box behind the text; left out: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
    /// The box's margin around the text, in pixels.
    #[schemars(range(min = 0, max = 10000))]
    pub padding: f64,
    /// What happens where no font has some of the characters.
    #[serde(skip_serializing_if = "MissingGlyph::is_noted")]
    pub on_missing_glyph: MissingGlyph,
    /// What happens where the font is not installed.
    #[serde(skip_serializing_if = "MissingFont::is_noted")]
    pub on_missing_font: MissingFont,
}

impl MissingFont {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_noted(&self) -> bool {
        *self == Self::Note
    }
}

impl MissingGlyph {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_noted(&self) -> bool {
        *self == Self::Note
    }
}

impl Default for Text {
    fn default() -> Self {
        Self {
            text: String::new(),
            font: "Sans".to_owned(),
            size: Length::Pixels(32.0),
            color: Color::WHITE,
            gravity: Gravity::Center,
            x: Length::ZERO,
            y: Length::ZERO,
            width: None,
            align: Align::Left,
            line_spacing: 0.0,
            opacity: 1.0,
            background: None,
            padding: 0.0,
            on_missing_glyph: MissingGlyph::Note,
            on_missing_font: MissingFont::Note,
        }
    }
}

/// How an overlay's colours meet those below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blend {
    /// Covers.
    #[default]
    Over,
    /// Darkens by multiplying.
    Multiply,
    /// Lightens by multiplying the inverses.
    Screen,
    /// Multiply in the dark, screen in the light.
    Overlay,
    /// The darker of both.
    Darken,
    /// The lighter of both.
    Lighten,
    /// Multiply or screen by the overlay's tones.
    HardLight,
    /// A softer hard light.
    SoftLight,
    /// The absolute difference.
    Difference,
    /// The sum.
    Add,
}

/// Puts another image over this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["image"]))]
pub struct Overlay {
    /// A file in the preset file's folder or below, such as `brand/logo.png`.
    #[schemars(length(min = 1, max = 1000))]
    pub image: String,
    /// Where it stands.
    pub gravity: Gravity,
    /// The distance from the gravity's edge, or right of the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub x: Length,
    /// The distance from the gravity's edge, or down from the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub y: Length,
    /// Its width as a share of the image's width; left out: its own size in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.001, max = 10))]
    pub scale: Option<f64>,
    /// 0 (not to be seen) – 1 (as it is).
    #[schemars(range(min = 0, max = 1))]
    pub opacity: f64,
    /// How its colours meet those below.
    pub blend: Blend,
    /// Whether it is repeated over the whole image.
    pub tile: bool,
}

impl Default for Overlay {
    fn default() -> Self {
        Self {
            image: String::new(),
            gravity: Gravity::Center,
            x: Length::ZERO,
            y: Length::ZERO,
            scale: None,
            opacity: 1.0,
            blend: Blend::Over,
            tile: false,
        }
    }
}
