//! Opens a workspace with the access that a command needs.

use std::{fs, io, path::Path, time::SystemTime};

use cropmark_engine::folders;
use cropmark_store::{
    Access, CacheSettings, FOLDER_NAME, Notice, ReadOnlyReason, Store, StoreError,
};

use crate::{setup, status::Failure, terminal};

/// The access to the workspace that a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// It reads, also while another process has the workspace open.
    Look,
    /// It reads while no other process has the workspace open, also on a read-only disk.
    Check,
    /// It writes.
    Write,
}

impl Need {
    fn is_met_by(self, access: &Access) -> bool {
        match access {
            Access::Full => true,
            Access::ReadOnly(ReadOnlyReason::HeldBy(_)) => self == Self::Look,
            Access::ReadOnly(ReadOnlyReason::Unwritable) => self != Self::Write,
        }
    }
}

/// Opens a workspace that exists, so that a mistyped name does not become a new one.
pub(super) fn open(workspace: &Path, need: Need) -> Result<Store, Failure> {
    open_with(workspace, need, setup::cache_settings()?.variant_bytes)
}

/// Opens a workspace that exists, with a limit for the bytes of its variants.
pub(super) fn open_with(
    workspace: &Path,
    need: Need,
    variant_bytes: u64,
) -> Result<Store, Failure> {
    check_folder(workspace)?;
    if fs::symlink_metadata(workspace.join(FOLDER_NAME)).is_err() {
        let reason = format!(
            "there is no {FOLDER_NAME} in it; name the folder that was opened, or the one that \
             `render --workspace` was given"
        );
        return Err(unusable(workspace, &reason));
    }
    open_or_make(workspace, need, variant_bytes)
}

/// Opens a workspace, or makes a new one in a folder that exists.
pub(super) fn open_new(workspace: &Path) -> Result<Store, Failure> {
    check_folder(workspace)?;
    open_or_make(workspace, Need::Write, setup::cache_settings()?.variant_bytes)
}

fn open_or_make(workspace: &Path, need: Need, variant_bytes: u64) -> Result<Store, Failure> {
    // No variant is looked up here, so none is kept in memory.
    let settings = CacheSettings {
        variant_bytes,
        hot_bytes: 0,
        hot_variant_bytes: 0,
        ..CacheSettings::default()
    };
    let opened = folders::trust_key(folders::data().as_deref())
        .and_then(|key| Store::open(workspace, settings, &key, SystemTime::now()));
    let opened = opened.map_err(|error| failed(workspace, &error))?;
    let access = opened.store.access();
    if !need.is_met_by(access)
        && let Access::ReadOnly(reason) = access
    {
        return Err(unusable(workspace, &reason.to_string()));
    }
    // A command that only reads prints the kind of access among its figures.
    let notices = opened.notices.iter();
    for notice in notices.filter(|n| need != Need::Look || !matches!(n, Notice::ReadOnly(_))) {
        terminal::complain(&notice.to_string());
    }
    Ok(opened.store)
}

/// Makes the command's failure of an error that an open workspace gave.
pub(super) fn failed(workspace: &Path, error: &StoreError) -> Failure {
    unusable(workspace, &error.to_string())
}

/// Fails where the folder does not exist.
pub(crate) fn check_folder(workspace: &Path) -> Result<(), Failure> {
    match fs::metadata(workspace) {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(unusable(workspace, "it is a file; name a folder")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(unusable(workspace, "there is no such folder; check the name"))
        }
        Err(error) => Err(unusable(workspace, &error.to_string())),
    }
}

fn unusable(workspace: &Path, reason: &str) -> Failure {
    Failure::Workspace(format!("the workspace {} cannot be used: {reason}", workspace.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_task_gets_by_with_what_it_needs() {
        let held = Access::ReadOnly(ReadOnlyReason::HeldBy(None));
        let unwritable = Access::ReadOnly(ReadOnlyReason::Unwritable);
        let table = [
            (Need::Look, [true, true, true]),
            (Need::Check, [true, false, true]),
            (Need::Write, [true, false, false]),
        ];
        for (need, expected) in table {
            let met = [&Access::Full, &held, &unwritable].map(|access| need.is_met_by(access));
            assert_eq!(met, expected, "{need:?}");
        }
    }
}
