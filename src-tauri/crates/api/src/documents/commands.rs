//! The commands about documents.

use crate::{ApiError, Studio, error::unfinished, model};

/// The command of this name.
pub(crate) async fn presets(
    _: &Studio,
    _: model::Nothing,
) -> Result<Vec<model::PresetFile>, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn document(
    _: &Studio,
    _: model::FileArguments,
) -> Result<model::Document, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn edit(_: &Studio, _: model::EditArguments) -> Result<model::Document, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn set_text(
    _: &Studio,
    _: model::SetTextArguments,
) -> Result<model::Document, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn save(_: &Studio, _: model::FileArguments) -> Result<model::Document, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn revert(
    _: &Studio,
    _: model::FileArguments,
) -> Result<model::Document, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn resolve_conflict(
    _: &Studio,
    _: model::ResolveArguments,
) -> Result<model::Document, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn create(
    _: &Studio,
    _: model::FileArguments,
) -> Result<model::Document, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn history(_: &Studio, _: model::Nothing) -> Result<model::History, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn undo(_: &Studio, _: model::Nothing) -> Result<model::Undone, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn redo(_: &Studio, _: model::Nothing) -> Result<model::Undone, ApiError> {
    Err(unfinished())
}
