//! One variant for the window's screen: found, or rendered now.

use std::time::SystemTime;

use cropmark_rules::{Key, protocol::Rendered};
use cropmark_store::VariantBytes;

use super::{
    Previews,
    placement::placement,
    render::Keeping,
    resolve::{Request, Resolved, draft},
};
use crate::{
    ApiError,
    context::blocking,
    model::{Preview, PreviewArguments},
    states::variant_id,
    variant::url,
};

impl Previews {
    /// Renders a variant for the screen. A newer request of the same slot ends this one as
    /// `superseded`.
    pub(crate) async fn preview(&self, arguments: PreviewArguments) -> Result<Preview, ApiError> {
        let _under_way = self.inner.states.preview_begins();
        self.in_slot(&arguments.slot, self.answer(&arguments)).await
    }

    async fn answer(&self, arguments: &PreviewArguments) -> Result<Preview, ApiError> {
        let resolved = self.resolve(arguments.asset, Request::from(arguments)).await?;
        let key = resolved.variant.key;
        // The exact variant is better than a draft, if it is there.
        if let Some(rendered) = self.find_rendered(key).await {
            return Ok(reply(&resolved, key, &rendered, true, false));
        }
        let quick = arguments.draft.then(|| draft(&resolved.variant, resolved.asset.facts()));
        let Some(quick) = quick.flatten() else {
            let finished = self.render_kept(&resolved, arguments).await?;
            return Ok(reply(&resolved, key, &finished.rendered, false, false));
        };
        let key = quick.key;
        if let Some(found) = self.inner.recent.get(key) {
            return Ok(reply(&resolved, key, &found.rendered, true, true));
        }
        let finished = self.render(&resolved, &quick, Keeping::InMemory).await?;
        Ok(reply(&resolved, key, &finished.rendered, false, true))
    }

    /// Renders the resolved variant, and keeps it.
    pub(super) async fn render_kept(
        &self,
        resolved: &Resolved,
        arguments: &PreviewArguments,
    ) -> Result<VariantBytes, ApiError> {
        let variant = &resolved.variant;
        let id = || variant_id(&arguments.file, &resolved.asset.facts().path, variant);
        let keeping = if !arguments.parameters.is_empty() {
            // Values that the user tries change with every letter.
            Keeping::InMemory
        } else if !arguments.edits.is_empty() {
            // It becomes one of the generator's variants once these edits are made.
            Keeping::ByKey
        } else {
            Keeping::Variant(id())
        };
        self.render(resolved, variant, keeping).await
    }

    /// The header of a variant in memory or in the store.
    async fn find_rendered(&self, key: Key) -> Option<Rendered> {
        if let Some(found) = self.inner.recent.get(key) {
            return Some(found.rendered);
        }
        let store = self.inner.context.store().clone();
        let found = blocking(move || match store.hot(key) {
            Some(rendered) => Some(rendered),
            None => store.variant(key, SystemTime::now()).ok()?.map(|variant| variant.rendered),
        });
        found.await.ok()?
    }
}

fn reply(resolved: &Resolved, key: Key, rendered: &Rendered, cached: bool, draft: bool) -> Preview {
    let (asset, variant) = (&resolved.asset, &resolved.variant);
    let facts = asset.facts();
    Preview {
        url: url(key, rendered.format),
        key: key.to_string(),
        format: rendered.format.name().to_owned(),
        width: rendered.width,
        height: rendered.height,
        frames: rendered.frames,
        bytes: rendered.bytes,
        source_bytes: asset.bytes,
        quality: rendered.quality,
        score: rendered.score,
        ms: (rendered.milliseconds * 10.0).round() / 10.0,
        cached,
        draft,
        notes: rendered.notes.clone(),
        placement: placement(
            &facts.header,
            &variant.rules,
            &variant.operations,
            facts.focal,
            &rendered.windows,
        ),
        faces: rendered.faces.as_ref().map(|faces| faces.iter().copied().map(Into::into).collect()),
    }
}
