//! Previews of the open workspace.

use crate::{ApiError, Picture, PictureError, Studio, error::unfinished, model};

/// Previews of the open workspace.
#[derive(Debug, Default)]
pub(crate) struct Previews {}

/// The command of this name.
pub(crate) async fn preview(
    _: &Studio,
    _: model::PreviewArguments,
) -> Result<model::Preview, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn sheet(_: &Studio, _: model::SheetArguments) -> Result<model::Sheet, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn matrix(
    _: &Studio,
    _: model::MatrixArguments,
) -> Result<model::Matrix, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn asset_states(
    _: &Studio,
    _: model::Nothing,
) -> Result<model::AssetStates, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn snippet(
    _: &Studio,
    _: model::SnippetArguments,
) -> Result<model::Snippet, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn variant_file(
    _: &Studio,
    _: model::PreviewArguments,
) -> Result<model::Text, ApiError> {
    Err(unfinished())
}

/// The picture of a key and extension, `<key>.<extension>`.
pub(crate) async fn picture(_: &Studio, _: &str) -> Result<Picture, PictureError> {
    Err(PictureError::NotFound)
}
