//! The small values that operations and outputs are written with.

mod color;
mod gravity;
mod length;

pub use color::{Color, ColorError};
pub use gravity::{Gravity, Point};
pub use length::{Aspect, AspectError, Length, LengthError};
