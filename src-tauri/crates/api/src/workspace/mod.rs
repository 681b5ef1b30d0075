//! The open workspace: its parts, and the watch that keeps them up to date with the folder.

pub(crate) mod dropped;
mod open;
pub(crate) mod samples;
mod watching;

use std::path::Path;

use tokio::sync::watch;

use self::watching::Watching;
use crate::{
    context::{WorkspaceContext, blocking},
    documents::Documents,
    exports::Exports,
    library::Library,
    model::{Settings, WorkspaceInfo},
    previews::Previews,
    states::States,
};

pub(crate) use open::{OpenOptions, root_of};

/// The open workspace. Its parts are cheap handles that know the context and one another, but not
/// the workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    context: WorkspaceContext,
    info: WorkspaceInfo,
    settings: watch::Receiver<Settings>,
    pub(crate) library: Library,
    pub(crate) documents: Documents,
    pub(crate) states: States,
    pub(crate) previews: Previews,
    pub(crate) exports: Exports,
}

impl Workspace {
    /// The folder, canonical.
    pub(crate) fn root(&self) -> &Path {
        self.context.root()
    }

    pub(crate) fn context(&self) -> &WorkspaceContext {
        &self.context
    }

    pub(crate) fn info(&self) -> &WorkspaceInfo {
        &self.info
    }

    /// Starts the background work, which goes on until the workspace is closed.
    pub(crate) fn begin(&self) {
        self.library.begin();
        self.states.begin();
        self.previews.begin();
        self.exports.begin();
        let watching = Watching {
            context: self.context.clone(),
            settings: self.settings.clone(),
            library: self.library.clone(),
            documents: self.documents.clone(),
            states: self.states.clone(),
        };
        self.context.spawn(watching.run());
    }

    /// Ends the background work, and keeps unsaved documents for the next time.
    pub(crate) async fn close(&self) {
        self.previews.close().await;
        self.states.close().await;
        self.exports.close().await;
        self.context.close().await;
        let documents = self.documents.clone();
        if let Err(error) = blocking(move || documents.close()).await {
            tracing::error!(%error, "unsaved changes could not be kept");
        }
    }
}
