//! Opens and closes the workspace, and takes in what is dropped on the window.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use super::{ApiError, DropArguments, Dropped, Nothing, Purpose, Studio, WorkspaceInfo};
use crate::{
    context::blocking,
    model::Event,
    workspace::{OpenOptions, Workspace, dropped, root_of, samples},
};

/// Opens a folder in place of the workspace that is open.
pub(super) async fn open(studio: &Studio, path: PathBuf) -> Result<WorkspaceInfo, ApiError> {
    let _changing = studio.changing().await;
    let root = blocking(move || root_of(&path)).await??;
    if let Some(open) = studio.find_workspace().filter(|open| open.root() == root) {
        if open.info().read_only.is_none() {
            return Ok(open.info().clone());
        }
        // Another process may have closed it since; our own use would keep it read-only.
        studio.replace_workspace(None);
        open.close().await;
    }
    let options = OpenOptions {
        engine: studio.engine().cloned(),
        events: studio.event_sender(),
        settings: studio.profile().watch_settings(),
        samples: samples_folder(studio),
        unsaved: studio.paths().data.join("unsaved"),
        drag_folder: studio.paths().cache.join("drag"),
        data: studio.paths().data.clone(),
    };
    let workspace = Arc::new(Workspace::open(&root, options).await?);
    if let Some(former) = studio.replace_workspace(Some(Arc::clone(&workspace))) {
        former.close().await;
    }
    *studio.refused() = None;
    studio.profile().add_recent(&root, SystemTime::now());
    let info = workspace.info().clone();
    studio.emit(Event::Workspace { workspace: Some(info.clone()) });
    studio.warn_of_sandbox();
    workspace.begin();
    Ok(info)
}

/// Opens the workspace that was open at the last end, if there was one.
pub(super) async fn reopen(studio: &Studio) -> Result<Nothing, ApiError> {
    let last = studio.profile().recent().into_iter().next();
    let Some(last) = last.filter(|last| last.exists && last.open) else { return Ok(Nothing {}) };
    if samples_folder(studio) == Path::new(&last.path) {
        open_samples(studio).await?;
    } else {
        open(studio, last.path.into()).await?;
    }
    Ok(Nothing {})
}

/// The folder of the user's copy of the samples.
fn samples_folder(studio: &Studio) -> PathBuf {
    studio.paths().data.join("samples")
}

pub(super) async fn open_samples(studio: &Studio) -> Result<WorkspaceInfo, ApiError> {
    let Some(shipped) = studio.paths().samples.clone() else {
        return Err(ApiError::not_found("The samples are not installed. Install Cropmark again."));
    };
    let copy = samples_folder(studio);
    let made = copy.clone();
    blocking(move || samples::refresh(&shipped, &made)).await?.map_err(|error| {
        let folder = copy.display();
        ApiError::system(format!("The samples could not be copied to {folder}: {error}"))
    })?;
    open(studio, copy).await
}

pub(super) async fn close(studio: &Studio) {
    let _changing = studio.changing().await;
    studio.profile().mark_closed();
    if let Some(former) = studio.replace_workspace(None) {
        former.close().await;
        studio.emit(Event::Workspace { workspace: None });
    }
}

/// Opens a folder that was dropped; copies dropped files into the open workspace, or, where none
/// is open or none is named, opens the folder of the first.
pub(super) async fn drop_paths(
    studio: &Studio,
    DropArguments { grant, into }: DropArguments,
) -> Result<Dropped, ApiError> {
    let paths = studio.grants().paths(Purpose::Drop, &grant)?;
    let checked = blocking(move || {
        let folder = match paths.as_slice() {
            [path] if path.is_dir() => Some(path.clone()),
            _ => None,
        };
        (folder, paths)
    });
    let (folder, paths) = checked.await?;
    if folder.is_none()
        && let Some(into) = into
        && let Some(workspace) = studio.find_workspace()
    {
        let root = workspace.root().to_owned();
        let copied = blocking(move || {
            let folder = dropped::target(&root, &into)?;
            Ok::<_, ApiError>(dropped::copy_all(&paths, &root, &folder))
        });
        let dropped::Copies { copied, refused } = copied.await??;
        return Ok(Dropped { opened: None, copied, refused });
    }
    let folder = folder.or_else(|| paths.first()?.parent().map(Path::to_owned));
    let folder = folder.ok_or_else(|| ApiError::not_found("What was dropped is not there."))?;
    let opened = open(studio, folder).await?;
    Ok(Dropped { opened: Some(opened), copied: 0, refused: Vec::new() })
}
