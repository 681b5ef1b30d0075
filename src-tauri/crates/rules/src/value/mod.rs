//! The small values that operations and outputs are written with.

mod color;
mod crop_frame;
mod face_box;
mod gravity;
mod length;

pub use color::{Color, ColorError};
pub use crop_frame::{CropFrame, CropFrameError};
pub use face_box::FaceBox;
pub use gravity::{Gravity, Point};
pub use length::{Aspect, AspectError, Length, LengthError};
