//! The open workspace: its store, and what watches and serves its folder.

mod dropped;
mod ground;
mod open;
mod samples;
mod watching;

use std::path::{Path, PathBuf};

use cropmark_store::Store;

use crate::{
    ApiError, Studio,
    documents::Documents,
    exports::Exports,
    library::Library,
    model::{DropArguments, Dropped, Event, Nothing, PathArguments, WorkspaceInfo},
    previews::Previews,
};

pub(crate) use ground::{Ground, blocking};
use open::open_folder;

/// The person's copy of the samples, in the folder of the person's data.
const SAMPLES: &str = "samples";

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
        self.exports.close().await;
        self.ground.close().await;
        let documents = self.documents.clone();
        if let Err(error) = blocking(move || documents.close()).await {
            tracing::error!(%error, "unsaved changes could not be kept");
        }
    }
}

/// The command of this name.
pub(crate) async fn open(
    studio: &Studio,
    PathArguments { path }: PathArguments,
) -> Result<WorkspaceInfo, ApiError> {
    open_folder(studio, PathBuf::from(path)).await
}

/// The command of this name.
pub(crate) async fn open_samples(studio: &Studio, _: Nothing) -> Result<WorkspaceInfo, ApiError> {
    let Some(shipped) = studio.places().samples.clone() else {
        return Err(ApiError::not_found("The samples are not installed. Install Cropmark again."));
    };
    let copy = studio.places().data.join(SAMPLES);
    let made = copy.clone();
    blocking(move || samples::refresh(&shipped, &made)).await?.map_err(|error| {
        let folder = copy.display();
        ApiError::system(format!("The samples could not be copied to {folder}: {error}"))
    })?;
    open_folder(studio, copy).await
}

/// The command of this name.
pub(crate) async fn close(studio: &Studio, _: Nothing) -> Result<Nothing, ApiError> {
    let _changing = studio.changing().await;
    studio.person().closed();
    if let Some(former) = studio.replace_workspace(None) {
        former.close().await;
        studio.tell(Event::Workspace { workspace: None });
    }
    Ok(Nothing {})
}

/// The command of this name.
pub(crate) async fn drop_paths(
    studio: &Studio,
    DropArguments { paths, into }: DropArguments,
) -> Result<Dropped, ApiError> {
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    let looked = blocking(move || {
        let alone = match paths.as_slice() {
            [path] if path.is_dir() => Some(path.clone()),
            _ => None,
        };
        (alone, paths)
    });
    let (alone, paths) = looked.await?;
    let open = studio.find_workspace().filter(|_| alone.is_none());
    if let Some(workspace) = open {
        let root = workspace.root().to_owned();
        let copied = blocking(move || {
            let folder = dropped::target(&root, &into)?;
            Ok::<_, ApiError>(dropped::copy_all(&paths, &root, &folder))
        });
        let dropped::Copies { copied, refused } = copied.await??;
        return Ok(Dropped { opened: None, copied, refused });
    }
    let folder = alone.or_else(|| paths.first()?.parent().map(Path::to_owned));
    let folder = folder.ok_or_else(|| ApiError::not_found("What was dropped is not there."))?;
    let opened = open_folder(studio, folder).await?;
    Ok(Dropped { opened: Some(opened), copied: 0, refused: Vec::new() })
}
