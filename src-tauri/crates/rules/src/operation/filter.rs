//! Operations on neighbourhoods of pixels: their parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Color, Length};

/// Softens with a Gaussian.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Blur {
    /// The Gaussian's standard deviation in pixels.
    #[schemars(range(min = 0, max = 500))]
    pub sigma: f64,
}

impl Default for Blur {
    fn default() -> Self {
        Self { sigma: 3.0 }
    }
}

/// Sharpens the lightness by an unsharp mask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sharpen {
    /// The mask's standard deviation in pixels.
    #[schemars(range(min = 0, max = 20))]
    pub sigma: f64,
    /// How strongly flat areas are sharpened.
    #[schemars(range(min = 0, max = 100))]
    pub flat: f64,
    /// How strongly edges are sharpened.
    #[schemars(range(min = 0, max = 100))]
    pub jagged: f64,
}

impl Default for Sharpen {
    fn default() -> Self {
        Self { sigma: 0.5, flat: 0.0, jagged: 3.0 }
    }
}

/// Shows square blocks of the mean colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pixelate {
    /// A block's side: pixels, or a share of the image's width.
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub size: Length,
}

impl Default for Pixelate {
    fn default() -> Self {
        Self { size: Length::Pixels(10.0) }
    }
}

/// Cuts the corners round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoundCorners {
    /// The corner's radius: pixels, or a share of each side, as in CSS (`"50%"` makes an ellipse,
    /// of a square a circle).
    #[schemars(extend("minimum" = 0, "maximum" = 65535))]
    pub radius: Length,
    /// What the corners are filled with; left out: transparent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
}

impl Default for RoundCorners {
    fn default() -> Self {
        Self { radius: Length::Pixels(16.0), background: None }
    }
}
