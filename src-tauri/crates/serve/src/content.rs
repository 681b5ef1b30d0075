//! The bytes of a variant: from memory, from the store, or rendered now.

use std::{
    fs::File,
    sync::{Arc, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use cropmark_engine::render::{Purpose, RenderJob, Target, Targets, Verified, keep, render};
use cropmark_rules::{Fault, FaultCode, Format, Key, protocol::Rendered};
use cropmark_store::Store;

use crate::{
    refusal::Refusal,
    resolve::{Resolved, blocking},
    shared::Shared,
};

/// A variant's bytes.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) format: Format,
    pub(crate) length: u64,
    pub(crate) from: From,
}

/// Where they are.
#[derive(Debug, Clone)]
pub(crate) enum From {
    Memory(Bytes),
    /// A file of the store, or one without a name, that nobody writes to any more.
    File(Arc<File>),
}

impl Content {
    fn in_memory(bytes: Arc<[u8]>, rendered: &Rendered) -> Self {
        let from = From::Memory(Bytes::from_owner(bytes));
        Self { format: rendered.format, length: rendered.bytes, from }
    }

    fn in_file(file: Arc<File>, rendered: &Rendered) -> Self {
        Self { format: rendered.format, length: rendered.bytes, from: From::File(file) }
    }
}

impl Shared {
    /// Finds a variant that was rendered before.
    pub(crate) async fn find(&self, key: Key) -> Result<Option<Content>, Refusal> {
        if let Some(hot) = self.store.hot_bytes(key, SystemTime::now()) {
            return Ok(Some(Content::in_memory(hot.bytes, &hot.rendered)));
        }
        let store = self.store.clone();
        blocking(move || Ok(find_on_disk(&store, key))).await
    }

    /// Renders a variant. Dropping the future takes it back, where nobody else waits for it.
    pub(crate) async fn render(
        &self,
        resolved: Resolved,
        purpose: Purpose,
    ) -> Result<Content, Refusal> {
        let Resolved { key, asset, source, group, index, overlays, .. } = resolved;
        let failed = |fault: Fault| Refusal::of(&asset, &fault);
        let (store, format) = (self.store.clone(), group.variants[index].encoding.format);
        let target = blocking(move || {
            let kept = Target::kept(&store, key, format).map_err(|error| error.fault());
            Ok(kept.and_then(|kept| kept.map_or_else(Target::unnamed, Ok)))
        });
        let target = target.await?.map_err(failed)?;
        let job = Arc::new(RenderJob { source, group, overlays, purpose });
        let mut renders = render(&self.engine, &job, Targets::from([(index, target)]));
        let answer = renders.next().await.map(|(_, answer)| answer);
        let ended = || Fault::new(FaultCode::Busy, "The server is ending. Start it again.");
        let answer = answer.ok_or_else(|| failed(ended()))?;
        let (store, about) = (self.store.clone(), asset.clone());
        let finished = blocking(move || {
            let failed = |fault: Fault| Refusal::of(&about, &fault);
            let verified = answer.verify().map_err(failed)?;
            if !is_small(&store, &verified.rendered) {
                return Ok(Finished::Kept(keep_large(&store, key, verified)));
            }
            let bytes = verified.read().map_err(failed)?;
            store.insert_hot(key, &bytes, &verified.rendered);
            let content = Content::in_memory(bytes, &verified.rendered);
            Ok(Finished::ToKeep(content, Box::new(verified)))
        });
        match finished.await? {
            Finished::Kept(content) => Ok(content),
            Finished::ToKeep(content, verified) => {
                self.keep_later(key, *verified);
                Ok(content)
            }
        }
    }

    /// Keeps a variant while its answer is on its way.
    fn keep_later(&self, key: Key, verified: Verified) {
        let store = self.store.clone();
        let mut keeping = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        while keeping.try_join_next().is_some() {}
        keeping.spawn_blocking(move || {
            if let Err(error) = keep(&store, key, verified, Purpose::Answer) {
                tracing::warn!(%error, "a variant could not be kept; it is rendered again when it is asked for");
            }
        });
    }
}

enum Finished {
    Kept(Content),
    ToKeep(Content, Box<Verified>),
}

/// Whether a variant is one that memory keeps.
fn is_small(store: &Store, rendered: &Rendered) -> bool {
    rendered.bytes <= store.settings().hot_variant_bytes as u64
}

fn find_on_disk(store: &Store, key: Key) -> Option<Content> {
    let found = store.exact_variant(key, SystemTime::now());
    let found = found.inspect_err(|error| tracing::warn!(%error, "the store cannot be read"));
    let variant = found.ok().flatten()?;
    if is_small(store, &variant.rendered) {
        let loaded = store.load_variant(&variant)?;
        return Some(Content::in_memory(loaded.bytes, &loaded.rendered));
    }
    let file = store.open_variant(&variant).ok()?;
    let hash = cropmark_engine::source::content_hash(&file).ok()?;
    if hash != variant.rendered.hash {
        store.forget_damaged(&variant);
        return None;
    }
    Some(Content::in_file(Arc::new(file), &variant.rendered))
}

/// Keeps a large variant before it is sent, so that it is sent from the store's file.
fn keep_large(store: &Store, key: Key, verified: Verified) -> Content {
    let (file, rendered) = (Arc::clone(verified.target.file()), verified.rendered.clone());
    if store.keeps_variants()
        && let Err(error) = keep(store, key, verified, Purpose::Answer)
    {
        tracing::warn!(%error, "a variant could not be kept; it is rendered again when it is asked for");
    }
    // The file stays readable, whatever its name is now.
    Content::in_file(file, &rendered)
}
