//! Where an operation looks: compass points, content-aware choices, the focal point.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in an image as shares of its sides; `{ x = 0, y = 0 }` is the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// From the left edge (0) to the right edge (1).
    #[schemars(range(min = 0, max = 1))]
    pub x: f64,
    /// From the top edge (0) to the bottom edge (1).
    #[schemars(range(min = 0, max = 1))]
    pub y: f64,
}

/// Which part of an image an operation keeps or fills.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gravity {
    /// The middle.
    #[default]
    Center,
    /// The top edge.
    North,
    /// The top right corner.
    NorthEast,
    /// The right edge.
    East,
    /// The bottom right corner.
    SouthEast,
    /// The bottom edge.
    South,
    /// The bottom left corner.
    SouthWest,
    /// The left edge.
    West,
    /// The top left corner.
    NorthWest,
    /// What draws attention: skin tones, saturation, edges.
    Smart,
    /// The busiest part.
    Entropy,
    /// Faces; as `smart` where there are none.
    Face,
    /// The asset's focal point, else the centre.
    Focal,
    /// A place given as shares of the sides.
    #[serde(untagged)]
    Point(Point),
}

impl Gravity {
    /// The share of the free space left of and above the kept part, where the content is not
    /// looked at: `(0, 0)` keeps the top left, `(0.5, 0.5)` the middle.
    ///
    /// `None` where [`Gravity::looks_at_content`]. A focal point and a given point
    /// are not shares of the free space but places to be centred on: see [`Gravity::place`].
    #[must_use]
    pub fn compass(self) -> Option<(f64, f64)> {
        Some(match self {
            Self::NorthWest => (0.0, 0.0),
            Self::North => (0.5, 0.0),
            Self::NorthEast => (1.0, 0.0),
            Self::West => (0.0, 0.5),
            Self::Center => (0.5, 0.5),
            Self::East => (1.0, 0.5),
            Self::SouthWest => (0.0, 1.0),
            Self::South => (0.5, 1.0),
            Self::SouthEast => (1.0, 1.0),
            Self::Smart | Self::Entropy | Self::Face | Self::Focal | Self::Point(_) => return None,
        })
    }

    /// The place to be centred on, for a focal or given point. `focal` is the asset's.
    #[must_use]
    pub fn place(self, focal: Option<Point>) -> Option<Point> {
        match self {
            Self::Focal => Some(focal.unwrap_or(Point { x: 0.5, y: 0.5 })),
            Self::Point(point) => Some(point),
            _ => None,
        }
    }

    /// Whether the choice needs the pixels.
    #[must_use]
    pub fn looks_at_content(self) -> bool {
        matches!(self, Self::Smart | Self::Entropy | Self::Face)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gravity_is_a_word_or_a_point() {
        let gravity: Gravity = serde_json::from_str("\"south-west\"").unwrap();
        assert_eq!(gravity, Gravity::SouthWest);
        let gravity: Gravity = serde_json::from_str(r#"{"x":0.3,"y":0.7}"#).unwrap();
        assert_eq!(gravity, Gravity::Point(Point { x: 0.3, y: 0.7 }));
        assert!(serde_json::from_str::<Gravity>("\"southwest\"").is_err());
    }

    #[test]
    fn a_missing_focal_point_is_the_centre() {
        assert_eq!(Gravity::Focal.place(None), Some(Point { x: 0.5, y: 0.5 }));
        assert_eq!(Gravity::North.place(None), None);
    }
}
