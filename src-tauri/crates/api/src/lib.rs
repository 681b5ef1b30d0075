//! The studio without its window: every command and event once, typed for Rust and TypeScript.
//!
//! [`Studio::call`] runs a command by name, [`Studio::events`] subscribes to events,
//! [`Studio::picture`] gives the bytes behind a `variant://` URL. The desktop shell passes these
//! on and adds windows, menus and dialogs; nothing here needs a display.

mod commands;
mod context;
mod documents;
mod error;
mod exports;
mod fonts;
mod grants;
mod library;
pub mod model;
mod paths;
mod picture;
mod previews;
mod profile;
mod screen;
mod states;
mod studio;
mod variant;
mod workspace;

pub use commands::COMMANDS;
pub use error::ApiError;
pub use paths::Paths;
pub use picture::{Picture, PictureError};
pub use studio::Studio;
