//! Takes assets in: opens a file and finds out its content hash and header.
//!
//! Every asset is taken in in the background, a few at a time, those on the screen first, and at
//! once where a request needs it. The store keeps the result under the file's fingerprint.

use std::{
    sync::PoisonError,
    time::{Duration, Instant, SystemTime},
};

use cropmark_engine::{
    Class,
    intake::{
        Accepts, Cache, ContentIdentity, Freshness, Intake, IntakeError, IntakeRequest,
        KnownSource, TOO_FRESH,
    },
    source::asset_text,
};
use cropmark_rules::{Fault, FaultCode, plan::AssetFacts};
use cropmark_store::{Annotation, Fingerprint, PictureBrief};

use super::{
    Library,
    catalogue::{CatalogueEntry, State, version},
    no_asset,
};
use crate::{ApiError, context::blocking, screen::busy};

/// Assets that are taken in in the background at a time.
const READERS: usize = 4;

/// The interval at which recently written files are checked for being settled.
const SETTLE_CHECK: Duration = Duration::from_millis(500);

/// An asset, open for reading.
#[derive(Debug, Clone)]
pub(crate) struct OpenAsset {
    /// Its number.
    pub(crate) id: u32,
    /// [`crate::model::Asset::version`] when it was opened.
    pub(crate) version: String,
    /// The file's length.
    pub(crate) bytes: u64,
    /// The open file, its content hash, header, focal point and crops.
    pub(crate) known: KnownSource,
}

impl OpenAsset {
    /// Path, content, header, focal point and crops.
    pub(crate) fn facts(&self) -> &AssetFacts {
        &self.known.facts
    }
}

impl Library {
    /// Opens an asset, and takes it in if that was not done before.
    ///
    /// # Errors
    /// `not_found` where there is none of this number, else why it cannot be read.
    pub(crate) async fn open_asset(&self, id: u32) -> Result<OpenAsset, ApiError> {
        self.take_in(id, Class::OnDemand)
            .await
            .map_err(|fault| fault.map_or_else(no_asset, Into::into))
    }

    /// As [`Library::open_asset`]; `None`: there is no such asset.
    pub(super) async fn take_in(&self, id: u32, class: Class) -> Result<OpenAsset, Option<Fault>> {
        let context = &self.inner.context;
        let engine = context.engine().map_err(|error| Some(busy(&error)))?.clone();
        let path = self.catalogue().get(id).map(|entry| entry.fingerprint.path.clone());
        let path = path.ok_or(None)?;
        let request = IntakeRequest {
            remote: None,
            path: context.root().join(&path),
            asset: asset_text(&path),
            known_as: Some(path),
            class,
            accepts: Accepts::Everything,
            identity: ContentIdentity::Bytes,
        };
        let cache = Cache::new(context.store().clone(), context.root());
        let known = match Intake::new(engine, Some(cache)).take(request).await {
            Ok(known) => known,
            Err(IntakeError { fault, fingerprint, .. }) => {
                self.failed(id, fingerprint.as_ref(), &fault);
                return Err(Some(fault));
            }
        };
        let library = self.clone();
        let opened = blocking(move || library.taken_in(id, known));
        opened.await.map_err(|error| Some(busy(&error)))?.ok_or(None)
    }

    /// Updates the catalogue with an asset that was taken in. Blocks.
    fn taken_in(&self, id: u32, mut known: KnownSource) -> Option<OpenAsset> {
        let fingerprint = known.fingerprint.clone()?;
        self.renew(id, &fingerprint);
        let freshness = Freshness::of(&fingerprint, SystemTime::now());
        let is_settled = known.was_known || freshness == Freshness::Settled;
        let state = State::Ready(PictureBrief::from(&known.facts.header));
        let content = Some(known.facts.content_hash).filter(|_| is_settled);
        let mut catalogue = self.catalogue();
        let entry = catalogue.get(id)?;
        let (is_new, annotation) =
            (!matches!(entry.state, State::Ready(_)), entry.annotation.clone());
        // The stored header is valid even where the pixels turned out to be damaged.
        let is_damaged = known.was_known && entry.is_unreadable();
        if !is_damaged && catalogue.update(id, &fingerprint, content, state) && is_new {
            self.inner.outbox.changed(id);
        }
        drop(catalogue);
        if !is_settled && freshness == Freshness::Recent {
            let mut fresh = self.inner.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            fresh.push_back((Instant::now(), id));
        }
        let is_inherited = !known.was_known && known.is_kept && annotation == Annotation::default();
        let inherited = is_inherited.then(|| self.inherit(id, &fingerprint)).flatten();
        let Annotation { focal, crops, texts, faces, .. } = inherited.unwrap_or(annotation);
        let facts = &mut known.facts;
        (facts.focal, facts.crops, facts.texts, facts.faces) = (focal, crops, texts, faces);
        let (version, bytes) = (version(&fingerprint), fingerprint.size);
        Some(OpenAsset { id, version, bytes, known })
    }

    /// Resets an asset whose file has changed; its annotation stays.
    fn renew(&self, id: u32, fingerprint: &Fingerprint) {
        let mut catalogue = self.catalogue();
        let Some(entry) = catalogue.get(id).filter(|entry| entry.fingerprint != *fingerprint)
        else {
            return;
        };
        let annotation = entry.annotation.clone();
        catalogue.put(CatalogueEntry { annotation, ..CatalogueEntry::new(fingerprint.clone()) });
        drop(catalogue);
        self.inner.outbox.changed(id);
        self.inner.outbox.restated(id);
    }

    /// Shows the annotation that the store gave a new file because its content is known, and
    /// returns it.
    fn inherit(&self, id: u32, fingerprint: &Fingerprint) -> Option<Annotation> {
        let stored = self.inner.context.store().asset(&fingerprint.path).ok().flatten()?;
        if stored.annotation == Annotation::default() {
            return None;
        }
        self.catalogue().get_mut(id)?.annotation = stored.annotation.clone();
        self.inner.outbox.changed(id);
        Some(stored.annotation)
    }

    /// Shows why an asset cannot be read, unless the fault is a passing one.
    fn failed(&self, id: u32, fingerprint: Option<&Fingerprint>, fault: &Fault) {
        if matches!(fault.code, FaultCode::Busy | FaultCode::SourceChanged) {
            return;
        }
        if let Some(fingerprint) = fingerprint {
            self.renew(id, fingerprint);
        }
        let mut catalogue = self.catalogue();
        let Some(entry) = catalogue.get(id).cloned() else { return };
        let is_new = !matches!(&entry.state, State::Unreadable(former) if former == fault);
        let state = State::Unreadable(fault.clone());
        if catalogue.update(id, &entry.fingerprint, entry.content, state) && is_new {
            self.inner.outbox.changed(id);
        }
    }

    /// Shows that an asset with a valid header has pixels that cannot be read.
    pub(super) fn damaged(&self, asset: &OpenAsset, fault: &Fault) {
        self.failed(asset.id, asset.known.fingerprint.as_ref(), fault);
    }

    /// Lets so many more assets be taken in in the background.
    pub(super) fn to_read(&self, count: usize) {
        self.inner.to_read.add_permits(count);
    }

    /// Takes in the assets that wait for it, and again those that had just been written to.
    pub(super) fn read_in_background(&self) {
        let context = &self.inner.context;
        for _ in 0..READERS {
            let library = self.clone();
            context.spawn(async move {
                // It is never closed.
                while let Ok(permit) = library.inner.to_read.acquire().await {
                    permit.forget();
                    let visible = library.visible();
                    let next = library.catalogue().take_unread(&visible);
                    if let Some(id) = next {
                        // The catalogue has the result.
                        let _ = library.take_in(id, Class::Eager).await;
                    }
                }
            });
        }
        let library = self.clone();
        context.spawn(async move {
            loop {
                tokio::time::sleep(SETTLE_CHECK).await;
                let settled = library.take_settled();
                for id in &settled {
                    library.catalogue().mark_unread(*id);
                }
                library.to_read(settled.len());
            }
        });
    }

    fn take_settled(&self) -> Vec<u32> {
        let mut fresh = self.inner.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = fresh.iter().take_while(|(since, _)| since.elapsed() > TOO_FRESH).count();
        fresh.drain(..settled).map(|(_, id)| id).collect()
    }
}
