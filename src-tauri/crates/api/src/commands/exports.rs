//! Exports: the folder and the table that the window names by grants.

use super::{ApiError, ExportArguments, Purpose, Studio};
use crate::exports::ExportRequest;

/// Replaces the grants of a request by the paths that they stand for.
pub(super) fn granted(
    studio: &Studio,
    arguments: ExportArguments,
) -> Result<ExportRequest, ApiError> {
    let path = |purpose, grant: &Option<String>| {
        grant.as_deref().map(|grant| studio.grants().path(purpose, grant)).transpose()
    };
    Ok(ExportRequest {
        destination: path(Purpose::Destination, &arguments.destination)?.unwrap_or_default(),
        table: path(Purpose::Table, &arguments.parameters_csv)?,
        arguments,
    })
}
