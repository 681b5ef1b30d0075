//! The assets of the open workspace and their pictures.
//!
//! `catalogue` is the table of assets, `changes` keeps it up to date with the disk, `intake` reads
//! files, `outbox` sends changes to the window, `pictures` and `thumbnails` render what it shows.
//! No image byte is parsed here, except for the uncompressed bitmaps that our own worker writes for
//! placeholders and histograms (see `bitmap`).

mod annotation;
mod bitmap;
mod catalogue;
mod changes;
mod details;
mod histogram;
mod intake;
mod outbox;
mod pictures;
mod png;
mod requests;
#[cfg(test)]
mod tests;
mod thumbhash;
mod thumbnails;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

pub(crate) use intake::OpenAsset;
use tokio::sync::Semaphore;

use self::{
    catalogue::{Catalogue, CatalogueEntry},
    outbox::Outbox,
    thumbnails::Thumbnails,
};
use crate::{
    ApiError,
    context::WorkspaceContext,
    model::{self, Event},
};

/// Assets that are loaded when a workspace is opened. Events bring the rest, so that the first of
/// a hundred thousand show at once.
const AT_ONCE: usize = 4000;

/// The assets of the open workspace. Clones share one state.
#[derive(Debug, Clone)]
pub(crate) struct Library {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    context: WorkspaceContext,
    catalogue: Mutex<Catalogue>,
    outbox: Outbox,
    thumbnails: Thumbnails,
    /// The assets on the screen, the most important first.
    visible: Mutex<Arc<[u32]>>,
    /// A permit for each asset that waits to be read.
    to_read: Semaphore,
    /// Files that were written to just before they were read, which are read again later.
    fresh: Mutex<VecDeque<(Instant, u32)>>,
}

impl Library {
    /// Loads the first assets that the store knows; the rest follows with the survey. Reads no file.
    /// Blocks.
    pub(crate) fn open(context: &WorkspaceContext) -> Result<Self, ApiError> {
        let (briefs, _) = context.store().load_briefs(0, AT_ONCE)?;
        let mut catalogue = Catalogue::default();
        for brief in briefs {
            catalogue.put(CatalogueEntry::from(brief));
        }
        let inner = Inner {
            context: context.clone(),
            to_read: Semaphore::new(catalogue.unread()),
            catalogue: Mutex::new(catalogue),
            outbox: Outbox::default(),
            thumbnails: Thumbnails::default(),
            visible: Mutex::default(),
            fresh: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Starts to send changes, to read files and to make thumbnails.
    pub(crate) fn begin(&self) {
        let context = &self.inner.context;
        context.spawn(self.clone().send_changes());
        context.spawn(self.clone().make_thumbnails());
        self.read_in_background();
    }

    /// An asset as the window shows it.
    pub(crate) fn asset(&self, id: u32) -> Option<model::Asset> {
        self.catalogue().model(id)
    }

    /// The numbers of all assets, in the order of their paths.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.catalogue().ids()
    }

    /// The number of the asset with this path below the workspace.
    pub(crate) fn find(&self, path: &std::path::Path) -> Option<u32> {
        self.catalogue().find(path)
    }

    /// All assets that are known.
    pub(crate) fn all(&self) -> model::Assets {
        let catalogue = self.catalogue();
        let assets = catalogue.ids().into_iter().filter_map(|id| catalogue.model(id));
        model::Assets { assets: assets.collect(), complete: catalogue.complete }
    }

    fn visible(&self) -> Arc<[u32]> {
        Arc::clone(&self.inner.visible.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.inner.catalogue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends changes to the window, in batches.
    async fn send_changes(self) {
        let mut complete = false;
        loop {
            self.inner.outbox.wait().await;
            // Changes that come together are sent together.
            tokio::time::sleep(outbox::GATHER).await;
            let batch = self.inner.outbox.take();
            complete |= batch.completed;
            if batch.completed || !batch.changed.is_empty() || !batch.removed.is_empty() {
                let changed = {
                    let catalogue = self.catalogue();
                    batch.changed.iter().filter_map(|id| catalogue.model(*id)).collect()
                };
                self.inner.context.emit(Event::Assets {
                    changed,
                    removed: batch.removed,
                    complete,
                });
            }
            if !batch.restated.is_empty() {
                self.inner.context.emit(Event::States { assets: batch.restated });
            }
            tokio::time::sleep(outbox::PAUSE).await;
        }
    }
}

fn no_asset() -> ApiError {
    ApiError::not_found("This picture is no longer in the folder.")
}
