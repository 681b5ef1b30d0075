//! Variants of the open workspace's assets as the window shows them: rendered on request, listed
//! in a sheet, dragged out, and as texts for web pages.

mod clipboard;
mod drag_out;
mod measure;
mod placement;
mod preview;
mod recent;
mod render;
mod resolve;
mod save_as;
mod sheet;
mod slots;
mod snippet;
#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, Once, PoisonError},
    time::SystemTime,
};

use cropmark_rules::Key;
use cropmark_store::VariantBytes;
use tokio::task::JoinSet;

use self::recent::Recent;
use crate::{
    ApiError, Picture, PictureError,
    context::{WorkspaceContext, blocking},
    documents::Documents,
    library::Library,
    picture::{is_shown, mime},
    states::States,
};

/// Previews of the open workspace. Clones share one state.
#[derive(Debug, Clone)]
pub(crate) struct Previews {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    context: WorkspaceContext,
    library: Library,
    documents: Documents,
    states: States,
    slots: slots::Slots,
    recent: Recent,
    measured: measure::Cache,
    /// The folder for files that are dragged out of a read-only workspace.
    spare_drag_folder: PathBuf,
    /// Passed once files of earlier sessions are removed from it.
    spare_emptied: Once,
    /// Finished variants that are being written to the store.
    keeping: Mutex<JoinSet<()>>,
}

impl Previews {
    pub(crate) fn new(
        context: WorkspaceContext,
        library: Library,
        documents: Documents,
        states: States,
        spare_drag_folder: PathBuf,
    ) -> Self {
        let inner = Inner {
            context,
            library,
            documents,
            states,
            slots: slots::Slots::default(),
            recent: Recent::default(),
            measured: measure::Cache::default(),
            spare_drag_folder,
            spare_emptied: Once::new(),
            keeping: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn begin(&self) {
        self.inner.remove_dragged_out();
    }

    /// Waits until all finished variants are written to the store.
    pub(crate) async fn close(&self) {
        let keeping = &self.inner.keeping;
        let mut keeping =
            std::mem::take(&mut *keeping.lock().unwrap_or_else(PoisonError::into_inner));
        while keeping.join_next().await.is_some() {}
    }

    /// Does the work of a request in a slot of the window. A newer request of the slot, and closing
    /// the workspace, end it as `superseded`.
    async fn in_slot<T>(
        &self,
        slot: &str,
        work: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<T, ApiError> {
        let mut turn = self.inner.slots.take(slot);
        tokio::select! {
            biased;
            () = turn.is_over() => Err(ApiError::superseded()),
            answer = self.inner.context.while_open(work) => {
                answer.unwrap_or_else(|| Err(ApiError::superseded()))
            }
        }
    }

    /// Ends the request of a slot, if one is under way, as `superseded`.
    pub(crate) fn end_request(&self, slot: &str) {
        drop(self.inner.slots.take(slot));
    }

    /// The picture of `<key>.<extension>`.
    pub(crate) async fn picture(&self, name: &str) -> Result<Picture, PictureError> {
        let (key, extension) = name.split_once('.').ok_or(PictureError::NotFound)?;
        let mime = mime(extension).ok_or(PictureError::NotFound)?;
        let key = key.parse().map_err(|_| PictureError::NotFound)?;
        let found = self.inner.find(key).await.ok_or(PictureError::NotFound)?;
        if found.rendered.format.extension() != extension {
            return Err(PictureError::NotFound);
        }
        if is_shown(found.rendered.format) {
            return Ok(Picture { mime, bytes: found.bytes, immutable: true });
        }
        let shown = self.shown(key, found).await;
        shown.map_err(|error| PictureError::Failed(error.message))
    }
}

impl Inner {
    /// A finished variant from memory or the store.
    async fn find(&self, key: Key) -> Option<VariantBytes> {
        if let Some(found) = self.recent.get(key) {
            return Some(found);
        }
        let store = self.context.store().clone();
        let found = blocking(move || store.variant_bytes(key, SystemTime::now()));
        found.await.ok()?.ok()?
    }
}
