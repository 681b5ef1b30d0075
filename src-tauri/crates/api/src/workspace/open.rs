//! Opening a workspace.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process,
    sync::Arc,
    time::{Duration, SystemTime},
};

use cropmark_store::{Access, CacheSettings, Notice, Opened, ReadOnlyReason, Store};
use rustix::process::{Pid, test_kill_process};

use super::{Ground, SAMPLES, Workspace, blocking, watching};
use crate::{
    ApiError, Studio,
    documents::Documents,
    error::sentence,
    exports::Exports,
    library::Library,
    model::{Event, WorkspaceInfo},
    previews::Previews,
};

/// How often and how soon a workspace is tried again that somebody is just letting go of.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// Opens a folder in place of the workspace that is open.
pub(super) async fn open_folder(studio: &Studio, path: PathBuf) -> Result<WorkspaceInfo, ApiError> {
    let _changing = studio.changing().await;
    let shown = path.display().to_string();
    let refused = |error: &dyn std::fmt::Display| {
        ApiError::system(format!("{shown} cannot be opened: {error}"))
    };
    let root = blocking(move || folder_at(&path)).await??;
    if let Some(open) = studio.find_workspace().filter(|open| open.root() == root) {
        if open.info().read_only.is_none() {
            return Ok(open.info().clone());
        }
        // It may be ours now; not as long as it is open.
        studio.replace_workspace(None);
        open.close().await;
    }
    let settings = CacheSettings {
        variant_bytes: studio.person().settings().cache_bytes,
        ..CacheSettings::default()
    };
    let opened = open_store(&root, settings).await?.map_err(|error| refused(&error))?;
    let ground =
        Ground::new(root.clone(), opened.store.clone(), studio.engine().cloned(), studio.teller());
    let stood_on = ground.clone();
    let parts = blocking(move || {
        let library = Library::open(&stood_on)?;
        Ok((library, Documents::open(&stood_on)))
    });
    let (library, (documents, news)) = parts.await?.map_err(|error: ApiError| refused(&error))?;
    let info = info(studio, &root, &opened, news).await;
    let workspace = Arc::new(Workspace {
        info: info.clone(),
        exports: Exports::new(ground.clone(), library.clone(), documents.clone()),
        library,
        documents,
        previews: Previews::new(ground.clone()),
        ground,
    });
    if let Some(former) = studio.replace_workspace(Some(Arc::clone(&workspace))) {
        former.close().await;
    }
    *studio.refused() = None;
    studio.person().opened(&root, SystemTime::now());
    studio.tell(Event::Workspace { workspace: Some(info.clone()) });
    workspace.library.begin();
    workspace.previews.begin(&workspace);
    workspace.exports.begin();
    watching::begin(studio, &workspace);
    Ok(info)
}

/// The folder, canonical, if it can be looked through.
fn folder_at(path: &Path) -> Result<PathBuf, ApiError> {
    let root = path.canonicalize().map_err(|error| no_folder(path, &error))?;
    fs::read_dir(&root).map_err(|error| no_folder(&root, &error))?;
    Ok(root)
}

/// Why there is no folder to open, and what to do.
fn no_folder(path: &Path, error: &io::Error) -> ApiError {
    let shown = path.display();
    let message = match error.kind() {
        ErrorKind::NotFound => {
            return ApiError::not_found(format!(
                "There is no folder {shown}. It may have another name by now, or its disk may not \
                 be connected. Open the folder where it is."
            ));
        }
        ErrorKind::NotADirectory => {
            format!("{shown} is a file, not a folder. Open the folder that it lies in.")
        }
        ErrorKind::PermissionDenied => format!(
            "You may not look into {shown}. Ask its owner for the permission to read it, or open \
             another folder."
        ),
        _ => format!("{shown} cannot be opened: {error}. Open another folder."),
    };
    ApiError::system(message)
}

/// Whether a holder lets go in a moment: this program, which is just closing the workspace, or one
/// that has ended, whose lock lives on in a process that it was just starting.
fn is_passing(pid: u32) -> bool {
    let holder = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid == process::id() || holder.is_none_or(|holder| test_kill_process(holder).is_err())
}

/// Opens the store. What still uses it after a workspace was closed keeps it for a moment.
async fn open_store(
    root: &Path,
    settings: CacheSettings,
) -> Result<Result<Opened, cropmark_store::StoreError>, ApiError> {
    for _ in 0..TRIES {
        let place = root.to_owned();
        let opened = blocking(move || Store::open(&place, settings, SystemTime::now())).await?;
        let is_passing = opened.as_ref().is_ok_and(|opened| match opened.store.access() {
            Access::ReadOnly(ReadOnlyReason::HeldBy(holder)) => {
                holder.as_ref().is_none_or(|holder| is_passing(holder.pid))
            }
            _ => false,
        });
        if !is_passing {
            return Ok(opened);
        }
        tokio::time::sleep(PAUSE).await;
    }
    let place = root.to_owned();
    blocking(move || Store::open(&place, settings, SystemTime::now())).await
}

async fn info(studio: &Studio, root: &Path, opened: &Opened, news: Vec<String>) -> WorkspaceInfo {
    let read_only = match opened.store.access() {
        Access::ReadOnly(reason) => Some(sentence(&reason.to_string())),
        Access::Full => None,
    };
    // That it is read-only is said where it belongs.
    let notices = opened.notices.iter().filter(|notice| !matches!(notice, Notice::ReadOnly(_)));
    let notices = notices.map(|notice| sentence(&notice.to_string()));
    let copy = studio.places().data.join(SAMPLES);
    let copy = blocking(move || copy.canonicalize().ok()).await.ok().flatten();
    WorkspaceInfo {
        path: root.to_string_lossy().into_owned(),
        name: root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned(),
        samples: copy.as_deref() == Some(root),
        read_only,
        notices: notices.chain(news).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_folder_is_told_with_what_to_do() {
        let place = tempfile::tempdir().unwrap();
        let message = |path: &Path| folder_at(path).unwrap_err().message;
        let missing = place.path().join("gone");
        assert!(
            message(&missing).starts_with(&format!("There is no folder {}.", missing.display()))
        );
        let file = place.path().join("notes.txt");
        fs::write(&file, "x").unwrap();
        assert!(message(&file).contains("notes.txt is a file, not a folder. Open"));
        let locked = io::Error::from(ErrorKind::PermissionDenied);
        assert!(no_folder(&file, &locked).message.starts_with("You may not look into"));
        assert_eq!(folder_at(place.path()).unwrap(), place.path().canonicalize().unwrap());
    }
}
