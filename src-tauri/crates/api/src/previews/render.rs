//! Renders one variant on request, and keeps it.

use std::sync::{Arc, PoisonError};

use cropmark_engine::render::{Purpose, RenderJob, Target, Verified, keep};
use cropmark_rules::{Key, plan::PlannedVariant};
use cropmark_store::VariantBytes;

use super::{Previews, resolve::Resolved};
use crate::{ApiError, context::blocking, screen, states::VariantId};

/// The decoded source is kept: more previews of it follow soon.
const PURPOSE: Purpose = Purpose::Preview { keeps_decoded: true };

/// Where a rendered variant is kept.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keeping {
    /// In memory, until the page has fetched it.
    InMemory,
    /// In the store, under its key only.
    ByKey,
    /// In the store, as the current variant of a generator.
    Variant(VariantId),
}

impl Previews {
    /// Renders `variant`, which is the resolved one or a draft of it. It is kept in the store, if at
    /// all, a moment after this returns; the page can fetch it at once.
    pub(super) async fn render(
        &self,
        resolved: &Resolved,
        variant: &PlannedVariant,
        keeping: Keeping,
    ) -> Result<VariantBytes, ApiError> {
        let inner = &self.inner;
        let engine = inner.context.engine()?;
        let id = match keeping {
            Keeping::Variant(id) => Some(id),
            Keeping::InMemory | Keeping::ByKey => None,
        };
        let _rendering = id.map(|id| inner.states.rendering(id.key));
        let (source, overlays) = (resolved.asset.known.clone(), resolved.plan.overlays.clone());
        let job = RenderJob::one(source, variant, overlays, PURPOSE);
        let (store, key, format) =
            (inner.context.store().clone(), variant.key, variant.encoding.format);
        let target = blocking(move || match keeping {
            Keeping::InMemory => Target::unnamed(),
            Keeping::ByKey | Keeping::Variant(_) => screen::target(&store, key, format),
        });
        let previews = self.clone();
        let asset = resolved.asset.id;
        let rendered = screen::render(engine, job, target.await??, move |verified, bytes| {
            let finished = VariantBytes { bytes, rendered: verified.rendered.clone() };
            previews.inner.recent.insert(key, finished.clone());
            if !matches!(keeping, Keeping::InMemory) {
                previews.keep(asset, key, id, verified);
            }
            finished
        });
        rendered.await.map_err(|fault| {
            if let Some(id) = id {
                inner.states.record_failed(asset, id, &fault);
            }
            fault.into()
        })
    }

    /// Writes a variant to the store in the background, while the window already shows it.
    fn keep(&self, asset: u32, key: Key, id: Option<VariantId>, verified: Verified) {
        if !self.inner.context.store().keeps_variants() {
            return;
        }
        let mut keeping = self.inner.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        while keeping.try_join_next().is_some() {}
        let inner = Arc::clone(&self.inner);
        keeping.spawn_blocking(move || {
            let store = inner.context.store();
            let insert = || keep(store, key, verified, PURPOSE).map(drop);
            let kept = match id {
                Some(id) => inner.states.keep(asset, id, insert),
                None => insert(),
            };
            if let Err(error) = kept {
                tracing::warn!(%error, "a preview is not kept");
            }
        });
    }
}
