//! The cache of a run: the workspace's, or one in the user's cache folder.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use cropmark_engine::{folders, intake::Cache};
use cropmark_store::{
    CacheSettings, FOLDER_NAME, Notice, Store, StoreError, atomic::create_folders,
};

use crate::{status::Failure, terminal, workspace::check_folder};

/// Opens it. Without a workspace a run goes on without a cache where there can be none.
pub(crate) fn open(
    workspace: Option<&Path>,
    settings: CacheSettings,
    dry_run: bool,
) -> Result<Option<Cache>, Failure> {
    // Nothing is asked for twice within a run, so that nothing need be kept in memory.
    let settings = CacheSettings { hot_bytes: 0, hot_variant_bytes: 0, ..settings };
    if let Some(workspace) = workspace {
        check_folder(workspace)?;
        let opened = open_in(workspace, workspace, settings, dry_run);
        let (cache, notices) = opened.map_err(|error| Failure::Workspace(error.to_string()))?;
        for notice in notices {
            terminal::complain(&notice.to_string());
        }
        return Ok(cache);
    }
    let Some(folder) = folders::cache() else { return Ok(None) };
    // Files are known by their paths from the root there.
    match open_in(&folder, Path::new("/"), settings, dry_run) {
        Ok((cache, notices)) => {
            for notice in notices.iter().filter(|notice| !matches!(notice, Notice::ReadOnly(_))) {
                terminal::complain(&notice.to_string());
            }
            Ok(cache)
        }
        Err(error) => {
            terminal::complain(&format!("going on without a cache: {error}"));
            Ok(None)
        }
    }
}

fn open_in(
    folder: &Path,
    base: &Path,
    settings: CacheSettings,
    dry_run: bool,
) -> Result<(Option<Cache>, Vec<Notice>), StoreError> {
    // A dry run makes no folders.
    let store: PathBuf = folder.join(FOLDER_NAME);
    if dry_run && !store.is_dir() {
        return Ok((None, Vec::new()));
    }
    create_folders(folder)?;
    let key = folders::trust_key(folders::data().as_deref())?;
    let opened = Store::open(folder, settings, &key, SystemTime::now())?;
    Ok((Some(Cache::new(opened.store, base)), opened.notices))
}
