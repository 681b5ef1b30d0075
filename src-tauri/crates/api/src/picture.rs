//! The bytes behind `variant://` URLs: what a worker encoded, never an original.

use std::sync::Arc;

use crate::{Studio, library, previews};

/// A picture for the page.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its media type.
    pub mime: &'static str,
    /// The encoded picture.
    pub bytes: Arc<[u8]>,
    /// Whether the URL means the same bytes for ever.
    pub immutable: bool,
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// No such URL, or what it names is not there any more. Status 404.
    #[error("there is no such picture")]
    NotFound,
    /// It was taken out of the queue, because it is no longer on the screen. Status 410.
    #[error("nobody waited for it any more")]
    Gone,
    /// It cannot be made. Status 422.
    #[error("{0}")]
    Failed(String),
}

impl Studio {
    /// What a URL's path stands for: `/thumbnail/<asset>/<version>/<pixels>`,
    /// `/original/<asset>/<version>/<pixels>` or `/variant/<key>.<extension>`.
    ///
    /// # Errors
    /// As [`PictureError`] says.
    pub async fn picture(&self, path: &str) -> Result<Picture, PictureError> {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match parts.as_slice() {
            ["thumbnail", asset, version, pixels] => {
                let (asset, pixels) = (number(asset)?, number(pixels)?);
                library::thumbnail(self, asset, version, pixels).await
            }
            ["original", asset, version, pixels] => {
                let (asset, pixels) = (number(asset)?, number(pixels)?);
                library::original(self, asset, version, pixels).await
            }
            ["variant", name] => previews::picture(self, name).await,
            _ => Err(PictureError::NotFound),
        }
    }
}

fn number(text: &str) -> Result<u32, PictureError> {
    text.parse().map_err(|_| PictureError::NotFound)
}

/// The media type of what a worker writes with this extension.
pub(crate) fn mime(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "gif" => "image/gif",
        "tif" => "image/tiff",
        "bmp" => "image/bmp",
        _ => return None,
    })
}
