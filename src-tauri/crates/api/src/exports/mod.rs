//! Exports of the open workspace.

use crate::{ApiError, Studio, error::unfinished, model};

/// Exports of the open workspace.
#[derive(Debug, Default)]
pub(crate) struct Exports {}

/// The command of this name.
pub(crate) async fn plan(
    _: &Studio,
    _: model::ExportArguments,
) -> Result<model::ExportPlan, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn start(
    _: &Studio,
    _: model::ExportArguments,
) -> Result<model::RunInfo, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn runs(_: &Studio, _: model::Nothing) -> Result<model::Runs, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn rows(_: &Studio, _: model::RowsArguments) -> Result<model::Rows, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn pause(_: &Studio, _: model::RunArguments) -> Result<model::RunInfo, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn resume(_: &Studio, _: model::RunArguments) -> Result<model::RunInfo, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn cancel(_: &Studio, _: model::RunArguments) -> Result<model::RunInfo, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn retry(
    _: &Studio,
    _: model::RetryArguments,
) -> Result<model::RunInfo, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn forget(_: &Studio, _: model::RunArguments) -> Result<model::Nothing, ApiError> {
    Err(unfinished())
}

/// The command of this name.
pub(crate) async fn save_report(
    _: &Studio,
    _: model::ReportArguments,
) -> Result<model::Nothing, ApiError> {
    Err(unfinished())
}
