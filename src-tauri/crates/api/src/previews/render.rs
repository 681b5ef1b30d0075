//! Renders one variant on request, and keeps it.

use std::sync::{Arc, PoisonError};

use cropmark_engine::render::{Purpose, RenderJob, Target, Verified, keep};
use cropmark_rules::plan::PlannedVariant;
use cropmark_store::VariantBytes;

use super::{Previews, resolve::Resolved};
use crate::{ApiError, context::blocking, screen, states::VariantId};

/// The decoded source is kept: more previews of it follow soon.
const PURPOSE: Purpose = Purpose::Preview { keeps_decoded: true };

impl Previews {
    /// Renders `variant`, which is the resolved one or a draft of it. With an `id` it is kept, a
    /// moment after this returns; the page can fetch it at once.
    pub(super) async fn render(
        &self,
        resolved: &Resolved,
        variant: &PlannedVariant,
        id: Option<VariantId>,
    ) -> Result<VariantBytes, ApiError> {
        let inner = &self.inner;
        let engine = inner.context.engine()?;
        let _rendering = id.map(|id| inner.states.rendering(id.key));
        let (source, overlays) = (resolved.asset.known.clone(), resolved.plan.overlays.clone());
        let job = RenderJob::one(source, variant, overlays, PURPOSE);
        let (store, key, format) =
            (inner.context.store().clone(), variant.key, variant.encoding.format);
        let target = blocking(move || match id {
            Some(_) => screen::target(&store, key, format),
            None => Target::unnamed(),
        });
        let previews = self.clone();
        let asset = resolved.asset.id;
        let rendered = screen::render(engine, job, target.await??, move |verified, bytes| {
            let finished = VariantBytes { bytes, rendered: verified.rendered.clone() };
            previews.inner.recent.insert(key, finished.clone());
            if let Some(id) = id {
                previews.keep(asset, id, verified);
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
    fn keep(&self, asset: u32, id: VariantId, verified: Verified) {
        if !self.inner.context.store().keeps_variants() {
            return;
        }
        let mut keeping = self.inner.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        while keeping.try_join_next().is_some() {}
        let inner = Arc::clone(&self.inner);
        keeping.spawn_blocking(move || {
            let store = inner.context.store();
            let kept =
                inner.states.keep(asset, id, || keep(store, id.key, verified, PURPOSE).map(drop));
            if let Err(error) = kept {
                tracing::warn!(%error, "a preview is not kept");
            }
        });
    }
}
