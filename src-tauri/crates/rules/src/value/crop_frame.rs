//! A part of a picture that the user has cut out by hand.

use serde::{Deserialize, Serialize};

/// A part of an upright picture, in shares of its sides. One that is read lies within the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct CropFrame {
    /// From the left edge of the picture to that of the part.
    pub x: f64,
    /// From the top edge of the picture to that of the part.
    pub y: f64,
    /// The part's width.
    pub width: f64,
    /// The part's height.
    pub height: f64,
}

#[derive(Deserialize)]
struct Unchecked {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Why shares are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A crop is not empty, and lies within the picture: its edges are between 0 and 1.")]
pub struct CropFrameError;

/// By how much rounding lets a frame hang over.
const ROUNDING: f64 = 1e-6;

impl CropFrame {
    /// Checks that the frame lies within the picture.
    ///
    /// # Errors
    /// Where it does not, or is empty.
    pub fn checked(self) -> Result<Self, CropFrameError> {
        let Self { x, y, width, height } = self;
        let lies = |start: f64, length: f64| {
            start >= 0.0 && length > 0.0 && start + length <= 1.0 + ROUNDING
        };
        if lies(x, width) && lies(y, height) { Ok(self) } else { Err(CropFrameError) }
    }
}

impl TryFrom<Unchecked> for CropFrame {
    type Error = CropFrameError;

    fn try_from(Unchecked { x, y, width, height }: Unchecked) -> Result<Self, CropFrameError> {
        Self { x, y, width, height }.checked()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_lies_within_the_picture() {
        let frame = |x, y, width, height| CropFrame { x, y, width, height }.checked();
        assert!(frame(0.0, 0.25, 1.0, 0.75).is_ok());
        assert!(frame(0.1, 0.2, 0.9 + 1e-9, 0.3).is_ok(), "rounding");
        let nan = f64::NAN;
        for (x, y, width, height) in [
            (-0.1, 0.0, 0.5, 0.5),
            (0.6, 0.0, 0.5, 0.5),
            (0.0, 0.6, 0.5, 0.5),
            (0.0, 0.0, 0.0, 0.5),
            (nan, 0.0, 0.5, 0.5),
            (0.0, 0.0, 0.5, nan),
            (0.0, 0.0, f64::INFINITY, 0.5),
        ] {
            assert_eq!(frame(x, y, width, height), Err(CropFrameError), "{x} {y} {width} {height}");
        }
        let text = r#"{"x":0.5,"y":0.0,"width":0.75,"height":1.0}"#;
        assert!(serde_json::from_str::<CropFrame>(text).is_err());
    }
}
