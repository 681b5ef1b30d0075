//! Operations on each pixel's colour by itself: their parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Color;

/// Makes lighter or darker.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Brightness {
    /// Percent of full white added to every channel: -100 (black) – 100 (white).
    #[schemars(range(min = -100, max = 100))]
    pub amount: f64,
}

/// Spreads or narrows the tones around the middle grey.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contrast {
    /// Percent: -100 (flat grey), 0 (as it is), 100 (twice the slope).
    #[schemars(range(min = -100, max = 100))]
    pub amount: f64,
}

/// Makes colours stronger or weaker.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Saturation {
    /// Percent: -100 (grey), 0 (as it is), 100 (twice the chroma).
    #[schemars(range(min = -100, max = 100))]
    pub amount: f64,
}

/// Bends the tone curve: a channel becomes `channel ^ (1 / value)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Gamma {
    /// Above 1 lifts the middle tones, below 1 lowers them.
    #[schemars(range(min = 0.1, max = 10))]
    pub value: f64,
}

impl Default for Gamma {
    fn default() -> Self {
        Self { value: 1.0 }
    }
}

/// Removes colour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Grayscale {
    /// Percent: 0 (as it is) – 100 (grey).
    #[schemars(range(min = 0, max = 100))]
    pub amount: f64,
}

impl Default for Grayscale {
    fn default() -> Self {
        Self { amount: 100.0 }
    }
}

/// Tones the image brown, as an old print.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sepia {
    /// Percent: 0 (as it is) – 100 (fully toned).
    #[schemars(range(min = 0, max = 100))]
    pub amount: f64,
}

impl Default for Sepia {
    fn default() -> Self {
        Self { amount: 100.0 }
    }
}

/// Maps the tones onto a line between two colours, whose opacity does not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Duotone {
    /// What black becomes.
    pub shadows: Color,
    /// What white becomes.
    pub highlights: Color,
    /// Percent: 0 (as it is) – 100 (only the two colours).
    #[schemars(range(min = 0, max = 100))]
    pub amount: f64,
}

impl Default for Duotone {
    fn default() -> Self {
        Self { shadows: Color::BLACK, highlights: Color::WHITE, amount: 100.0 }
    }
}

/// Lays a colour over the image; what is transparent stays so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Colorize {
    /// The colour.
    pub color: Color,
    /// 0 (as it is) – 1 (only the colour).
    #[schemars(range(min = 0, max = 1))]
    pub opacity: f64,
}

impl Default for Colorize {
    fn default() -> Self {
        Self { color: Color::BLACK, opacity: 0.5 }
    }
}

/// Inverts the colours; alpha stays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Invert {}
