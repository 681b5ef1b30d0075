//! The studio without its window: every command and event once, typed for Rust and TypeScript.
//!
//! [`Studio::call`] runs a command by name, [`Studio::events`] tells what happens,
//! [`Studio::picture`] gives the bytes behind a `variant://` URL. The desktop shell passes these
//! on and adds windows, menus and dialogs; nothing here needs a display.

mod commands;
mod documents;
mod error;
mod exports;
mod library;
pub mod model;
mod person;
mod picture;
mod places;
mod previews;
mod studio;
mod workspace;

pub use commands::COMMANDS;
pub use error::ApiError;
pub use picture::{Picture, PictureError};
pub use places::Places;
pub use studio::Studio;
