//! The operations of a chain, with the parameters that a preset may give them.
//!
//! The same types travel to the worker once a plan has put in parameters and variation sizes.
//! Defaults stand in each type's `Default`; ranges stand in the schema attributes and are
//! checked by the preset reader.

mod filter;
mod geometry;
mod layer;
mod tone;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use filter::{Blur, Pixelate, RoundCorners, Sharpen};
pub use geometry::{
    Crop, Extend, Fit, Flip, FlipDirection, Kernel, Pad, Resize, Rotate, Trim, Undersized,
};
pub use layer::{Align, Blend, Flatten, MissingFont, MissingGlyph, Overlay, Text};
pub use tone::{
    Brightness, Colorize, Contrast, Duotone, Gamma, Grayscale, Invert, Saturation, Sepia,
};

/// One step of a generator's chain, named by its `op` key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// Cuts away a border of one colour.
    Trim(Trim),
    /// Keeps a part of the image.
    Crop(Crop),
    /// Changes the size.
    Resize(Resize),
    /// Enlarges the canvas to a size or ratio.
    Extend(Extend),
    /// Adds a border of given widths.
    Pad(Pad),
    /// Turns the image.
    Rotate(Rotate),
    /// Mirrors the image.
    Flip(Flip),
    /// Puts a colour behind transparent parts.
    Flatten(Flatten),
    /// Writes a text.
    Text(Text),
    /// Puts another image on top.
    Overlay(Overlay),
    /// Softens.
    Blur(Blur),
    /// Sharpens.
    Sharpen(Sharpen),
    /// Shows square blocks.
    Pixelate(Pixelate),
    /// Makes lighter or darker.
    Brightness(Brightness),
    /// Spreads or narrows the tones.
    Contrast(Contrast),
    /// Makes colours stronger or weaker.
    Saturation(Saturation),
    /// Bends the tone curve.
    Gamma(Gamma),
    /// Removes colour.
    Grayscale(Grayscale),
    /// Tones the image brown.
    Sepia(Sepia),
    /// Maps the tones onto two colours.
    Duotone(Duotone),
    /// Lays a colour over the image.
    Colorize(Colorize),
    /// Inverts the colours.
    Invert(Invert),
    /// Cuts the corners round.
    RoundCorners(RoundCorners),
}

impl Operation {
    /// Every `op` name, in the order of the documentation.
    pub const NAMES: [&'static str; 23] = [
        "trim",
        "crop",
        "resize",
        "extend",
        "pad",
        "rotate",
        "flip",
        "flatten",
        "text",
        "overlay",
        "blur",
        "sharpen",
        "pixelate",
        "brightness",
        "contrast",
        "saturation",
        "gamma",
        "grayscale",
        "sepia",
        "duotone",
        "colorize",
        "invert",
        "round_corners",
    ];

    /// The operation's `op` name.
    #[must_use]
    pub fn op(&self) -> &'static str {
        match self {
            Self::Trim(_) => "trim",
            Self::Crop(_) => "crop",
            Self::Resize(_) => "resize",
            Self::Extend(_) => "extend",
            Self::Pad(_) => "pad",
            Self::Rotate(_) => "rotate",
            Self::Flip(_) => "flip",
            Self::Flatten(_) => "flatten",
            Self::Text(_) => "text",
            Self::Overlay(_) => "overlay",
            Self::Blur(_) => "blur",
            Self::Sharpen(_) => "sharpen",
            Self::Pixelate(_) => "pixelate",
            Self::Brightness(_) => "brightness",
            Self::Contrast(_) => "contrast",
            Self::Saturation(_) => "saturation",
            Self::Gamma(_) => "gamma",
            Self::Grayscale(_) => "grayscale",
            Self::Sepia(_) => "sepia",
            Self::Duotone(_) => "duotone",
            Self::Colorize(_) => "colorize",
            Self::Invert(_) => "invert",
            Self::RoundCorners(_) => "round_corners",
        }
    }
}
