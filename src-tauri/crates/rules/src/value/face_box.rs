//! Where a face is in a picture.

use serde::{Deserialize, Serialize};

use super::{CropFrame, Point};

/// The box of a face, from forehead to chin, in shares of an upright picture's sides. One that is
/// read lies within the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "CropFrame")]
pub struct FaceBox {
    /// From the left edge of the picture to that of the box.
    pub x: f64,
    /// From the top edge of the picture to that of the box.
    pub y: f64,
    /// The box's width.
    pub width: f64,
    /// The box's height.
    pub height: f64,
}

impl From<CropFrame> for FaceBox {
    fn from(CropFrame { x, y, width, height }: CropFrame) -> Self {
        Self { x, y, width, height }
    }
}

impl FaceBox {
    /// The most faces of a picture.
    pub const MOST: usize = 100;

    /// The box around the corners after each was moved.
    #[must_use]
    pub fn moved(self, to: impl Fn(Point) -> Point) -> Self {
        let Self { x, y, width, height } = self;
        let corners = [(x, y), (x + width, y), (x, y + height), (x + width, y + height)];
        let corners = corners.map(|(x, y)| to(Point { x, y }));
        let least = |of: fn(&Point) -> f64| corners.iter().map(of).fold(f64::INFINITY, f64::min);
        let most = |of: fn(&Point) -> f64| corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let (x, y) = (least(|point| point.x), least(|point| point.y));
        let (right, bottom) = (most(|point| point.x), most(|point| point.y));
        Self { x, y, width: right - x, height: bottom - y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_lies_within_the_picture() {
        let read = serde_json::from_str::<FaceBox>;
        assert!(read(r#"{"x":0.25,"y":0,"width":0.75,"height":1}"#).is_ok());
        assert!(read(r#"{"x":0.5,"y":0,"width":0.75,"height":1}"#).is_err());
        assert!(read(r#"{"x":0.5,"y":0,"width":0,"height":1}"#).is_err());
    }

    #[test]
    fn a_box_is_moved_with_its_corners() {
        let face = FaceBox { x: 0.125, y: 0.25, width: 0.25, height: 0.5 };
        let turned = face.moved(|Point { x, y }| Point { x: 1.0 - y, y: x });
        assert_eq!(turned, FaceBox { x: 0.25, y: 0.125, width: 0.5, height: 0.25 });
    }
}
