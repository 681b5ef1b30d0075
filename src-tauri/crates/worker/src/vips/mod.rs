//! The thin, safe layer over libvips: images, operations by name, sources, metadata.
//!
//! All of the project's `unsafe` code is in this folder. Rules that make it sound:
//! - an [`Image`] owns one reference to a `VipsImage`; cloning adds one, dropping gives it back;
//! - an operation's arguments are checked against its description before they are set, and only
//!   those given are set;
//! - memory lent to libvips is owned by libvips (a blob with a release callback) or copied;
//! - metadata is only written to an image that nobody else sees.

mod call;
mod edit;
mod image;
mod library;
mod metadata;
mod source;
mod turn;
mod value;

pub(crate) use call::Call;
pub(crate) use image::{Band, Image, Levels};
pub(crate) use library::{Error, Library, Result};
pub(crate) use metadata::Editor;
pub(crate) use source::{ReadAt, Source};
pub(crate) use turn::Turn;
