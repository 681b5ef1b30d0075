//! The assets of the open workspace: which there are, what is known of them, and their pictures.
//!
//! `catalogue` is the table of them, `changes` keeps it like the disk, `reading` looks into
//! files, `outbox` tells the window, `pictures` and `thumbnails` have workers make what it shows.
//! No image byte is parsed here, but for the uncompressed bitmaps that our own worker writes for
//! placeholders (see `bitmap`).

mod annotation;
mod bitmap;
mod catalogue;
mod changes;
mod commands;
#[cfg(test)]
mod measure;
mod outbox;
mod pictures;
mod reading;
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

pub(crate) use commands::{annotate, assets, details, original, set_visible, thumbnail};
pub(crate) use reading::OpenAsset;
use tokio::sync::Semaphore;

use self::{
    catalogue::{Catalogue, Entry},
    outbox::Outbox,
    thumbnails::Thumbnails,
};
use crate::{
    ApiError,
    model::{self, Event, FocalPoint},
    workspace::Ground,
};

/// Assets that are there as soon as a workspace is open. The others are told of, so that nobody
/// waits for a hundred thousand before seeing the first.
const AT_ONCE: usize = 4000;

/// The assets of the open workspace. A cheap handle.
#[derive(Debug, Clone)]
pub(crate) struct Library {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    ground: Ground,
    catalogue: Mutex<Catalogue>,
    outbox: Outbox,
    thumbnails: Thumbnails,
    /// The assets on the screen, the most important first.
    visible: Mutex<Arc<[u32]>>,
    /// A permit an asset that became known without having been looked into.
    to_read: Semaphore,
    /// Files that were too fresh to be known by their time when they were read: they are read
    /// again a little later.
    fresh: Mutex<VecDeque<(Instant, u32)>>,
}

impl Library {
    /// The first assets that the store knows of a workspace; the rest follows with the survey.
    /// Nothing is looked at yet. Blocks.
    pub(crate) fn open(ground: &Ground) -> Result<Self, ApiError> {
        let (briefs, _) = ground.store().load_briefs(0, AT_ONCE)?;
        let mut catalogue = Catalogue::default();
        for brief in briefs {
            catalogue.put(Entry::from(brief));
        }
        let inner = Inner {
            ground: ground.clone(),
            to_read: Semaphore::new(catalogue.unread()),
            catalogue: Mutex::new(catalogue),
            outbox: Outbox::default(),
            thumbnails: Thumbnails::default(),
            visible: Mutex::default(),
            fresh: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Begins to tell, to look into files and to make thumbnails, until the workspace is closed.
    pub(crate) fn begin(&self) {
        let ground = &self.inner.ground;
        ground.spawn(self.clone().tell());
        ground.spawn(self.clone().make_thumbnails());
        self.read_in_background();
    }

    /// What is known of an asset.
    pub(crate) fn asset(&self, id: u32) -> Option<model::Asset> {
        self.catalogue().model(id)
    }

    /// The numbers of all assets, in the order of their paths.
    pub(crate) fn ids(&self) -> Vec<u32> {
        self.catalogue().ids()
    }

    /// The number of the asset with this path below the workspace.
    pub(crate) fn by_place(&self, path: &std::path::Path) -> Option<u32> {
        self.catalogue().find(path)
    }

    fn all(&self) -> model::Assets {
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

    /// Tells the window what has changed, in batches.
    async fn tell(self) {
        let mut complete = false;
        loop {
            self.inner.outbox.wait().await;
            // What comes together is told together.
            tokio::time::sleep(outbox::GATHER).await;
            let batch = self.inner.outbox.take();
            complete |= batch.completed;
            if batch.completed || !batch.changed.is_empty() || !batch.removed.is_empty() {
                let changed = {
                    let catalogue = self.catalogue();
                    batch.changed.iter().filter_map(|id| catalogue.model(*id)).collect()
                };
                self.inner.ground.tell(Event::Assets { changed, removed: batch.removed, complete });
            }
            if !batch.restated.is_empty() {
                self.inner.ground.tell(Event::States { assets: batch.restated });
            }
            tokio::time::sleep(outbox::PAUSE).await;
        }
    }
}

fn no_asset() -> ApiError {
    ApiError::not_found("This picture is no longer in the folder.")
}

fn point(point: Option<FocalPoint>) -> Option<cropmark_rules::value::Point> {
    point.map(|FocalPoint { x, y }| cropmark_rules::value::Point { x, y })
}
