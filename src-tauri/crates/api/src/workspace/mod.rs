//! The open workspace: its store, and what watches and serves its folder.

mod ground;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use cropmark_store::{Access, CacheSettings, Store};

use crate::{
    ApiError, Studio,
    documents::Documents,
    exports::Exports,
    library::Library,
    model::{DropArguments, Dropped, Event, Nothing, PathArguments, WorkspaceInfo},
    previews::Previews,
};

pub(crate) use ground::{Ground, blocking};

/// The open workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    ground: Ground,
    info: WorkspaceInfo,
    pub(crate) library: Library,
    pub(crate) documents: Documents,
    pub(crate) previews: Previews,
    pub(crate) exports: Exports,
}

impl Workspace {
    /// The folder, canonical.
    pub(crate) fn root(&self) -> &Path {
        self.ground.root()
    }

    pub(crate) fn store(&self) -> &Store {
        self.ground.store()
    }

    /// What every part stands on.
    pub(crate) fn ground(&self) -> &Ground {
        &self.ground
    }

    pub(crate) fn info(&self) -> &WorkspaceInfo {
        &self.info
    }

    /// Ends what works for it; unsaved documents are kept for the next time.
    pub(crate) async fn close(&self) {
        self.previews.close().await;
        self.ground.close().await;
    }
}

/// The command of this name.
pub(crate) async fn open(
    studio: &Studio,
    PathArguments { path }: PathArguments,
) -> Result<WorkspaceInfo, ApiError> {
    open_folder(studio, PathBuf::from(path), false).await
}

async fn open_folder(
    studio: &Studio,
    path: PathBuf,
    samples: bool,
) -> Result<WorkspaceInfo, ApiError> {
    let _changing = studio.changing().await;
    let shown = path.display().to_string();
    let refused = |error: String| ApiError::system(format!("{shown} cannot be opened: {error}"));
    let (root, opened) = tokio::task::spawn_blocking(move || {
        let root = path.canonicalize().map_err(|error| error.to_string())?;
        let opened = Store::open(&root, CacheSettings::default(), SystemTime::now());
        opened.map(|opened| (root, opened)).map_err(|error| error.to_string())
    })
    .await
    .map_err(|error| ApiError::system(error.to_string()))?
    .map_err(refused)?;
    let read_only = match opened.store.access() {
        Access::ReadOnly(reason) => Some(reason.to_string()),
        _ => None,
    };
    let info = WorkspaceInfo {
        path: root.to_string_lossy().into_owned(),
        name: root.file_name().unwrap_or(root.as_os_str()).to_string_lossy().into_owned(),
        samples,
        read_only,
        notices: opened.notices.iter().map(ToString::to_string).collect(),
    };
    let engine = studio.engine().cloned();
    let ground = Ground::new(root.clone(), opened.store, engine, studio.teller());
    let workspace = Arc::new(Workspace {
        info: info.clone(),
        library: Library::new(ground.clone()),
        documents: Documents::default(),
        previews: Previews::new(ground.clone()),
        exports: Exports::default(),
        ground,
    });
    workspace.previews.begin(&workspace);
    if let Some(former) = studio.replace_workspace(Some(workspace)) {
        former.close().await;
    }
    studio.person().opened(&root, SystemTime::now());
    studio.tell(Event::Workspace { workspace: Some(info.clone()) });
    Ok(info)
}

/// The command of this name.
pub(crate) async fn open_samples(studio: &Studio, _: Nothing) -> Result<WorkspaceInfo, ApiError> {
    let Some(samples) = studio.places().samples.clone() else {
        return Err(ApiError::not_found("The samples are not installed. Install Cropmark again."));
    };
    open_folder(studio, samples, true).await
}

/// The command of this name.
pub(crate) async fn close(studio: &Studio, _: Nothing) -> Result<Nothing, ApiError> {
    let _changing = studio.changing().await;
    if let Some(former) = studio.replace_workspace(None) {
        former.close().await;
        studio.tell(Event::Workspace { workspace: None });
    }
    Ok(Nothing {})
}

/// The command of this name.
pub(crate) async fn drop_paths(_: &Studio, _: DropArguments) -> Result<Dropped, ApiError> {
    Err(crate::error::unfinished())
}
