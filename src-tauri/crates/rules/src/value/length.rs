//! Lengths (pixels or a share of the image at that step) and aspect ratios.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A length: pixels, or a percentage of the image's side at the step that uses it.
///
/// Written as a number (`240`) or as a text with a percent sign (`"50%"`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Length {
    /// Pixels.
    Pixels(f64),
    /// Percent of the side in question; 100 is the whole side.
    Percent(f64),
}

impl Length {
    /// No length at all.
    pub const ZERO: Self = Self::Pixels(0.0);

    /// The length in pixels (unrounded), for an image side of `side` pixels.
    #[must_use]
    pub fn resolve(self, side: f64) -> f64 {
        match self {
            Self::Pixels(pixels) => pixels,
            Self::Percent(percent) => side * percent / 100.0,
        }
    }
}

impl Default for Length {
    fn default() -> Self {
        Self::ZERO
    }
}

/// Why a text is no length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a number of pixels or a text such as \"50%\"")]
pub struct LengthError;

impl FromStr for Length {
    type Err = LengthError;

    fn from_str(text: &str) -> Result<Self, LengthError> {
        let number = text.strip_suffix('%').ok_or(LengthError)?;
        let percent: f64 = number.trim_end().parse().map_err(|_| LengthError)?;
        if percent.is_finite() { Ok(Self::Percent(percent)) } else { Err(LengthError) }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pixels(pixels) => write!(formatter, "{pixels}"),
            Self::Percent(percent) => write!(formatter, "{percent}%"),
        }
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Pixels(pixels) => serializer.serialize_f64(*pixels),
            Self::Percent(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Number(f64),
            Text(String),
        }
        match Raw::deserialize(deserializer) {
            Ok(Raw::Number(pixels)) if pixels.is_finite() => Ok(Self::Pixels(pixels)),
            Ok(Raw::Text(text)) => text.parse().map_err(D::Error::custom),
            _ => Err(D::Error::custom(LengthError)),
        }
    }
}

impl JsonSchema for Length {
    fn schema_name() -> Cow<'static, str> {
        "Length".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Pixels, or a text such as \"50%\" of the image at that step",
            "oneOf": [
                { "type": "number" },
                { "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)? ?%$" }
            ]
        })
    }
}

/// A ratio of width to height, written `"16:9"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aspect {
    /// The horizontal part, above zero.
    pub horizontal: f64,
    /// The vertical part, above zero.
    pub vertical: f64,
}

impl Aspect {
    /// Width divided by height.
    #[must_use]
    pub fn ratio(self) -> f64 {
        self.horizontal / self.vertical
    }
}

/// Why a text is no aspect ratio.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected two positive numbers with a colon between, such as \"16:9\"")]
pub struct AspectError;

impl FromStr for Aspect {
    type Err = AspectError;

    fn from_str(text: &str) -> Result<Self, AspectError> {
        let (horizontal, vertical) = text.split_once(':').ok_or(AspectError)?;
        let number = |part: &str| part.trim().parse::<f64>().map_err(|_| AspectError);
        let aspect = Self { horizontal: number(horizontal)?, vertical: number(vertical)? };
        let ratio = aspect.ratio();
        let usable = aspect.horizontal > 0.0 && aspect.vertical > 0.0;
        if usable && (1e-5..=1e5).contains(&ratio) { Ok(aspect) } else { Err(AspectError) }
    }
}

impl fmt::Display for Aspect {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.horizontal, self.vertical)
    }
}

impl Serialize for Aspect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Aspect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Aspect {
    fn schema_name() -> Cow<'static, str> {
        "Aspect".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Width to height, such as \"16:9\"",
            "type": "string",
            "pattern": r"^ *[0-9]*\.?[0-9]+ *: *[0-9]*\.?[0-9]+ *$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_resolve_against_the_side() {
        let cases = [("50%", 200.0, 100.0), ("12.5 %", 80.0, 10.0), ("-10%", 50.0, -5.0)];
        for (text, side, pixels) in cases {
            let length: Length = text.parse().unwrap();
            assert!((length.resolve(side) - pixels).abs() < 1e-9, "{text}");
        }
        for text in ["", "%", "50", "NaN%", "inf%", "half"] {
            assert_eq!(text.parse::<Length>(), Err(LengthError), "{text}");
        }
    }

    #[test]
    fn lengths_survive_json() {
        for text in ["240.0", "\"33.3%\""] {
            let length: Length = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&length).unwrap(), text);
        }
        assert!(serde_json::from_str::<Length>("true").is_err());
    }

    #[test]
    fn aspects_are_two_positive_numbers() {
        assert!(("16:9".parse::<Aspect>().unwrap().ratio() - 16.0 / 9.0).abs() < 1e-12);
        for text in ["16/9", "0:1", "1:0", "-4:-3", "a:b", "1:1e9", "NaN:1"] {
            assert_eq!(text.parse::<Aspect>(), Err(AspectError), "{text}");
        }
    }
}
