//! Pictures for the page: bytes that a worker encoded, never an original file.

use std::sync::Arc;

use cropmark_rules::Format;

/// A picture for the page.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its media type.
    pub mime: &'static str,
    /// The encoded picture.
    pub bytes: Arc<[u8]>,
    /// Whether the bytes of its URL never change.
    pub immutable: bool,
}

/// Why a URL has no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No such URL, or what it names is not there any more. Status 404.
    #[error("there is no such picture")]
    NotFound,
    /// Its tile left the screen before it was made. Status 410.
    #[error("it left the screen before it was made")]
    Gone,
    /// It cannot be made. Status 422.
    #[error("{0}")]
    Failed(String),
}

/// Whether the window's web view shows pictures of this format. Debian's
/// `WebKitGTK` knows no JPEG XL.
pub(crate) fn is_shown(format: Format) -> bool {
    !matches!(format, Format::Tiff | Format::Heic | Format::Jxl)
}

/// The media type of what a worker writes with this extension.
pub(crate) fn mime(extension: &str) -> Option<&'static str> {
    Format::with_extension(extension).map(|format| format.facts().media_type)
}
