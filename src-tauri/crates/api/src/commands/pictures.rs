//! The pictures behind `variant://` URLs.

use serde_json::Value;

use super::{ApiError, Studio, bad_call};
use crate::picture::{Picture, PictureError};

impl Studio {
    /// The picture of a URL's path: `/thumbnail/<asset>/<version>/<pixels>`,
    /// `/original/<asset>/<version>/<pixels>`, `/lossless/<asset>/<version>/<pixels>` or
    /// `/variant/<key>.<extension>`.
    ///
    /// # Errors
    /// As [`PictureError`] says.
    pub async fn picture(&self, path: &str) -> Result<Picture, PictureError> {
        let workspace = self.find_workspace().ok_or(PictureError::NotFound)?;
        let library = &workspace.library;
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let found = async {
            match parts.as_slice() {
                ["thumbnail", asset, version, pixels] => {
                    library.thumbnail(number(asset)?, version, number(pixels)?).await
                }
                ["original", asset, version, pixels] => {
                    library.original(number(asset)?, version, number(pixels)?).await
                }
                ["lossless", asset, version, pixels] => {
                    library.lossless(number(asset)?, version, number(pixels)?).await
                }
                ["variant", name] => workspace.previews.picture(name).await,
                _ => Err(PictureError::NotFound),
            }
        };
        workspace.context().while_open(found).await.unwrap_or(Err(PictureError::Gone))
    }
}

impl Studio {
    /// The pictures of a variant for the clipboard, the most faithful first; the arguments are those of
    /// the command `preview`.
    ///
    /// # Errors
    /// `bad_call` where the arguments are wrong; else why the variant cannot be rendered.
    pub async fn clipboard_pictures(&self, arguments: Value) -> Result<Vec<Picture>, ApiError> {
        let arguments =
            serde_json::from_value(arguments).map_err(|error| bad_call("copy_image", &error))?;
        self.workspace()?.previews.for_clipboard(arguments).await
    }
}

fn number(text: &str) -> Result<u32, PictureError> {
    text.parse().map_err(|_| PictureError::NotFound)
}
