//! Exports: the folder and the table that the window names by grants, and saved profiles.

use std::path::PathBuf;

use super::{
    ApiError, ExportArguments, ExportProfile, ExportProfiles, Grant, Purpose, RunArguments, Studio,
};
use crate::exports::ExportRequest;

/// The longest name of a profile, in characters.
const NAME: usize = 100;

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

/// The saved profiles, each with a grant of its folder.
pub(super) fn profiles(studio: &Studio) -> Result<ExportProfiles, ApiError> {
    let mut profiles = studio.profile().export_profiles().to_vec();
    for profile in &mut profiles {
        if let Some(folder) = &mut profile.destination {
            let path = PathBuf::from(&folder.path);
            *folder = studio.grants().give(Purpose::Destination, vec![path])?;
        }
    }
    Ok(ExportProfiles { profiles })
}

/// Saves a profile, in place of the one of the same name.
pub(super) fn save_profile(
    studio: &Studio,
    given: ExportProfile,
) -> Result<ExportProfiles, ApiError> {
    let name = given.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(ApiError::invalid(format!(
            "A profile's name has 1 to {NAME} characters, without line breaks."
        )));
    }
    let destination = given.destination.as_ref().map(|grant| {
        let path = studio.grants().path(Purpose::Destination, &grant.id)?;
        let path = path.into_os_string().into_string().map_err(|path| {
            let folder = path.display();
            ApiError::invalid(format!("{folder} has a name that a profile cannot keep."))
        })?;
        Ok::<_, ApiError>(Grant { id: String::new(), path })
    });
    let profile = ExportProfile { name, destination: destination.transpose()?, ..given };
    if !studio.profile().put_export_profile(profile) {
        return Err(ApiError::invalid("There are too many profiles. Delete one first."));
    }
    profiles(studio)
}

/// Deletes a profile.
pub(super) fn forget_profile(studio: &Studio, name: &str) -> Result<ExportProfiles, ApiError> {
    studio.profile().forget_export_profile(name);
    profiles(studio)
}

/// The choices that a run was started with, as a profile without a name.
pub(super) async fn choices(
    studio: &Studio,
    given: RunArguments,
) -> Result<ExportProfile, ApiError> {
    let (choices, folder) = studio.workspace()?.exports.choices(given.id).await?;
    let destination = Some(studio.grant(Purpose::Destination, vec![folder])?);
    Ok(ExportProfile { destination, ..choices })
}
