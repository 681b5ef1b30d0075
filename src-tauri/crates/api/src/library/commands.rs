//! The commands about assets, and the pictures behind their URLs.

use crate::{ApiError, Picture, PictureError, Studio, error::unfinished, model};

/// The command of this name.
pub(crate) async fn assets(_: &Studio, _: model::Nothing) -> Result<model::Assets, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn details(
    _: &Studio,
    _: model::AssetArguments,
) -> Result<model::AssetDetails, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn set_visible(
    _: &Studio,
    _: model::VisibleArguments,
) -> Result<model::Nothing, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn annotate(_: &Studio, _: model::Annotation) -> Result<model::Nothing, ApiError> {
    Err(unfinished())
}

/// A small picture of an asset.
pub(crate) async fn thumbnail(
    _: &Studio,
    _: u32,
    _: &str,
    _: u32,
) -> Result<Picture, PictureError> {
    Err(PictureError::NotFound)
}

/// A picture of an upright asset, to compare with; 0 pixels: in full size.
pub(crate) async fn original(_: &Studio, _: u32, _: &str, _: u32) -> Result<Picture, PictureError> {
    Err(PictureError::NotFound)
}
