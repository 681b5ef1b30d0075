//! Opening a workspace.

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process,
    time::{Duration, SystemTime},
};

use cropmark_engine::{Engine, folders};
use cropmark_store::{Access, CacheSettings, Notice, Opened, ReadOnlyReason, Store};
use rustix::process::{Pid, test_kill_process};

use tokio::sync::{broadcast, watch};

use super::Workspace;
use crate::{
    ApiError,
    context::{WorkspaceContext, blocking},
    documents::Documents,
    error::sentence,
    exports::Exports,
    library::Library,
    model::{Event, Settings, WorkspaceInfo},
    previews::Previews,
    states::States,
};

/// How often and at which interval a store that is about to be released is opened again.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// The parts of the studio that a workspace uses.
#[derive(Debug)]
pub(crate) struct OpenOptions {
    pub(crate) engine: Result<Engine, ApiError>,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) settings: watch::Receiver<Settings>,
    /// The folder of the user's copy of the samples.
    pub(crate) samples: PathBuf,
    /// The folder for unsaved texts of workspaces that are read-only.
    pub(crate) unsaved: PathBuf,
    /// The folder for files that are dragged out of a workspace that is read-only.
    pub(crate) drag_folder: PathBuf,
    /// The folder of the user's data, with the key of what was written for the user.
    pub(crate) data: PathBuf,
}

impl Workspace {
    /// Opens the workspace of a canonical folder; its background work does not begin yet.
    ///
    /// # Errors
    /// Why its index cannot be opened.
    pub(crate) async fn open(root: &Path, options: OpenOptions) -> Result<Self, ApiError> {
        let refused = |error: &dyn std::fmt::Display| {
            ApiError::system(format!("{} cannot be opened: {error}", root.display()))
        };
        let cache = CacheSettings {
            variant_bytes: options.settings.borrow().cache_bytes,
            ..CacheSettings::default()
        };
        let opened =
            open_store(root, cache, &options.data).await?.map_err(|error| refused(&error))?;
        let store = opened.store.clone();
        let context = WorkspaceContext::new(root.to_owned(), store, options.engine, options.events);
        let for_parts = context.clone();
        let parts = blocking(move || {
            let library = Library::open(&for_parts)?;
            Ok((library, Documents::open(&for_parts, &options.unsaved)))
        });
        let (library, (documents, news)) =
            parts.await?.map_err(|error: ApiError| refused(&error))?;
        let states = States::new(context.clone(), library.clone(), documents.clone());
        Ok(Self {
            info: info(root, &opened, options.samples, news).await,
            settings: options.settings,
            exports: Exports::new(context.clone(), library.clone(), documents.clone()),
            previews: Previews::new(
                context.clone(),
                library.clone(),
                documents.clone(),
                states.clone(),
                options.drag_folder,
            ),
            states,
            library,
            documents,
            context,
        })
    }
}

/// The canonical path of a folder that can be listed.
///
/// # Errors
/// Why it cannot be opened, and what to do.
pub(crate) fn root_of(path: &Path) -> Result<PathBuf, ApiError> {
    let root = path.canonicalize().map_err(|error| no_folder(path, &error))?;
    fs::read_dir(&root).map_err(|error| no_folder(&root, &error))?;
    Ok(root)
}

/// The error for a path that is no readable folder.
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

/// Whether the holder of a store's lock is about to release it: this program, which is closing the
/// workspace, or one that has ended and whose lock a process that it started still holds.
fn is_passing(pid: u32) -> bool {
    let holder = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid == process::id() || holder.is_none_or(|holder| test_kill_process(holder).is_err())
}

/// Opens the store, and tries again for two seconds while its lock is about to be released.
async fn open_store(
    root: &Path,
    settings: CacheSettings,
    data: &Path,
) -> Result<Result<Opened, cropmark_store::StoreError>, ApiError> {
    let open = || {
        let (place, data) = (root.to_owned(), data.to_owned());
        blocking(move || {
            let key = folders::trust_key(Some(&data))?;
            Store::open(&place, settings, &key, SystemTime::now())
        })
    };
    for _ in 0..TRIES {
        let opened = open().await?;
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
    open().await
}

async fn info(root: &Path, opened: &Opened, samples: PathBuf, news: Vec<String>) -> WorkspaceInfo {
    let read_only = match opened.store.access() {
        Access::ReadOnly(reason) => Some(sentence(&reason.to_string())),
        Access::Full => None,
    };
    // The window shows `read_only` by itself.
    let notices = opened.notices.iter().filter(|notice| !matches!(notice, Notice::ReadOnly(_)));
    let notices = notices.map(|notice| sentence(&notice.to_string()));
    let samples = blocking(move || samples.canonicalize().ok()).await.ok().flatten();
    WorkspaceInfo {
        path: root.to_string_lossy().into_owned(),
        name: root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned(),
        samples: samples.as_deref() == Some(root),
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
        let message = |path: &Path| root_of(path).unwrap_err().message;
        let missing = place.path().join("gone");
        assert!(
            message(&missing).starts_with(&format!("There is no folder {}.", missing.display()))
        );
        let file = place.path().join("notes.txt");
        fs::write(&file, "x").unwrap();
        assert!(message(&file).contains("notes.txt is a file, not a folder. Open"));
        let locked = io::Error::from(ErrorKind::PermissionDenied);
        assert!(no_folder(&file, &locked).message.starts_with("You may not look into"));
        assert_eq!(root_of(place.path()).unwrap(), place.path().canonicalize().unwrap());
    }
}
