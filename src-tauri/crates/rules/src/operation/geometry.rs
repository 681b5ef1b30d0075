//! Operations that change the size or the place of things: their parameters.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Aspect, Color, Gravity, Length};

/// Cuts away a border whose colour is nearly that of the background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Trim {
    /// How far a pixel may be from the background and still be cut: 0–255 per channel.
    #[schemars(range(min = 0, max = 255))]
    pub threshold: f64,
    /// The colour of the border; left out: that of the top left pixel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
}

impl Default for Trim {
    fn default() -> Self {
        Self { threshold: 10.0, background: None }
    }
}

/// Keeps a part of the image: of a size, of a ratio, or the largest of the ratio within a size.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Crop {
    /// The part's width; left out: the image's, or what the aspect gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub width: Option<Length>,
    /// The part's height; left out: the image's, or what the aspect gives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub height: Option<Length>,
    /// The part's ratio of width to height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<Aspect>,
    /// Which part is kept.
    pub gravity: Gravity,
    /// Moves the part away from the gravity's edge, or right of the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub x: Length,
    /// Moves the part away from the gravity's edge, or down from the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub y: Length,
}

/// How a resized image meets the box of `width` and `height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// As large as fits into the box.
    #[default]
    Inside,
    /// Fills the box; what hangs over is cut.
    Cover,
    /// As large as fits into the box, the rest of the box filled with the background.
    Contain,
    /// Exactly the box, the ratio not kept.
    Fill,
    /// As small as covers the box; nothing is cut.
    Outside,
    /// `cover` where image and box have the same orientation, else `inside`.
    Auto,
}

/// What is kept of a box that the image is too small for, where it is not enlarged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Undersized {
    /// The ratio of the box.
    Ratio,
    /// Each side that the image reaches.
    Sides,
}

/// The resampling filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kernel {
    /// No filter: hard pixels.
    Nearest,
    /// Triangle.
    Linear,
    /// Catmull-Rom.
    Cubic,
    /// Mitchell-Netravali.
    Mitchell,
    /// Lanczos, two lobes.
    Lanczos2,
    /// Lanczos, three lobes.
    #[default]
    Lanczos3,
}

/// Changes the size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Resize {
    /// How the image meets the box.
    pub fit: Fit,
    /// The box's width; left out: what the height and the ratio give.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub width: Option<Length>,
    /// The box's height; left out: what the width and the ratio give.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub height: Option<Length>,
    /// The result is at least this wide, whatever the box says (the ratio is kept).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub min_width: Option<Length>,
    /// The result is at least this high, whatever the box says (the ratio is kept).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub min_height: Option<Length>,
    /// Device pixels for each pixel of the box; multiplies width, height and the minima.
    #[schemars(range(min = 0.1, max = 10))]
    pub dpr: f64,
    /// Whether a small image is made larger.
    pub enlarge: bool,
    /// What is kept of a box that the image is too small for, where `enlarge` is false: the box's
    /// `ratio`, or each of its `sides` that the image reaches; left out: the ratio for `cover` and
    /// `auto`, the sides for `fill`. The other fits do not use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undersized: Option<Undersized>,
    /// Which part `cover` keeps, and where `contain` puts the image.
    pub gravity: Gravity,
    /// What `contain` fills the box with, also behind what is transparent where it is solid; left
    /// out: transparent, or white where there is no alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
    /// The resampling filter.
    pub kernel: Kernel,
}

impl Default for Resize {
    fn default() -> Self {
        Self {
            fit: Fit::Inside,
            width: None,
            height: None,
            min_width: None,
            min_height: None,
            dpr: 1.0,
            enlarge: false,
            undersized: None,
            gravity: Gravity::Center,
            background: None,
            kernel: Kernel::Lanczos3,
        }
    }
}

/// Enlarges the canvas to a size or a ratio; never cuts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Extend {
    /// The canvas is at least this wide.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub width: Option<Length>,
    /// The canvas is at least this high.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1, "maximum" = 65535))]
    pub height: Option<Length>,
    /// The canvas grows on one side until it has this ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect: Option<Aspect>,
    /// Where the image stands on the canvas.
    pub gravity: Gravity,
    /// Moves the image away from the gravity's edge, or right of the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub x: Length,
    /// Moves the image away from the gravity's edge, or down from the middle.
    #[schemars(extend("minimum" = -65535, "maximum" = 65535))]
    pub y: Length,
    /// The canvas's colour, also behind what is transparent where it is solid; left out:
    /// transparent, or white where there is no alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
}

/// Adds a border of given widths.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Pad {
    /// The width on every side that is not given by itself.
    #[schemars(extend("minimum" = 0, "maximum" = 65535))]
    pub all: Length,
    /// The border above.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 65535))]
    pub top: Option<Length>,
    /// The border on the right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 65535))]
    pub right: Option<Length>,
    /// The border below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 65535))]
    pub bottom: Option<Length>,
    /// The border on the left.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 65535))]
    pub left: Option<Length>,
    /// The border's colour, also behind what is transparent where it is solid; left out:
    /// transparent, or white where there is no alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
}

/// Turns the image clockwise.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rotate {
    /// Degrees, clockwise; multiples of 90 lose nothing.
    #[schemars(range(min = -360, max = 360))]
    pub angle: f64,
    /// What fills the corners of a slanted image; left out: transparent, or white where there
    /// is no alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
}

impl Rotate {
    /// How many quarter turns clockwise (0–3) this is; `None` for a slant.
    #[must_use]
    pub fn quarter_turns(&self) -> Option<u32> {
        let quarters = self.angle.rem_euclid(360.0) / 90.0;
        let turns = (0..=4).find(|turns| (quarters - f64::from(*turns)).abs() < 1e-9)?;
        Some(turns % 4)
    }
}

/// Along which axis an image is mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlipDirection {
    /// Left becomes right.
    #[default]
    Horizontal,
    /// Top becomes bottom.
    Vertical,
    /// Both at once: half a turn.
    Both,
}

/// Mirrors the image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Flip {
    /// Along which axis.
    pub direction: FlipDirection,
}
