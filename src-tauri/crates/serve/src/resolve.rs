//! From the path of a URL to the variant that it means.

use std::{ffi::OsString, sync::Arc, time::SystemTime};

use cropmark_engine::{
    Class,
    intake::{Accepts, ContentIdentity, Freshness, IntakeRequest, KnownSource},
    presets::{OverlayFiles, PresetPlan},
    source::{FileStamp, asset_text},
};
use cropmark_rules::{
    Fault, FaultCode, Key,
    parameters::GivenValues,
    plan::{JobGroup, group},
};
use hyper::StatusCode;
use tokio::time::timeout;

use crate::{
    choose::choose,
    identity::Identity,
    imgproxy::ImgproxyPicture,
    known::{Known, KnownVariant},
    locate::{Located, locate},
    refusal::Refusal,
    shared::Shared,
};

/// What the path of a URL says.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// A generator and the path of a file, in parts.
    Generator(Vec<OsString>),
    /// A picture in imgproxy's language.
    Imgproxy(Box<ImgproxyPicture>),
}

/// A variant that a request means, and all that rendering it takes.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) key: Key,
    pub(crate) identity: Identity,
    /// The asset's path in messages.
    pub(crate) asset: String,
    pub(crate) source: KnownSource,
    pub(crate) group: JobGroup,
    /// The variant's place in the group.
    pub(crate) index: usize,
    pub(crate) overlays: OverlayFiles,
}

impl Shared {
    /// Resolves the path of a URL. Takes its source in if that was not done before.
    pub(crate) async fn resolve(
        self: &Arc<Self>,
        path: &str,
        accept: Option<&str>,
        address: Address,
    ) -> Result<Resolved, Refusal> {
        let generation = self.known.generation();
        let (shared, place) = (Arc::clone(self), address.clone());
        let located = blocking(move || shared.locate(&place)).await?;
        let asset = asset_text(&located.relative);
        let request = IntakeRequest {
            remote: None,
            path: located.path.clone(),
            known_as: Some(located.relative.clone()),
            asset: asset.clone(),
            class: Class::OnDemand,
            accepts: Accepts::Images,
            identity: ContentIdentity::Bytes,
        };
        let source = self.intake.take(request).await.map_err(|error| {
            if error.is_passed_over {
                Refusal::not_found(format!("{asset} is no image, or it is gone."))
            } else {
                Refusal::of(&asset, &error.fault)
            }
        })?;
        let (shared, wanted) = (Arc::clone(self), accept.map(str::to_owned));
        let name = Known::name(path, accept);
        blocking(move || {
            let resolved = shared.plan(&address, &located, source, wanted.as_deref(), asset)?;
            shared.remember(generation, name, &located, &resolved);
            Ok(resolved)
        })
        .await
    }

    /// Waits for a place among the requests that are under way.
    pub(crate) async fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Refusal> {
        let waited = timeout(self.settings.max_wait, self.under_way.acquire()).await;
        waited.ok().and_then(Result::ok).ok_or_else(|| {
            let message = "There are too many requests at once: try again in a moment.";
            let busy = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message);
            Refusal { retry_after: Some(5), ..busy }
        })
    }

    fn locate(&self, address: &Address) -> Result<Located, Refusal> {
        let parts = match address {
            Address::Generator(parts) => parts,
            Address::Imgproxy(picture) => return picture.locate(&self.root),
        };
        let (name, rest) = split(parts)?;
        let catalogue = self.catalogue();
        let (preset, generator) = catalogue.find(name)?;
        locate(&self.root, preset.source.preset(), generator, rest)
    }

    fn plan(
        &self,
        address: &Address,
        located: &Located,
        mut source: KnownSource,
        accept: Option<&str>,
        asset: String,
    ) -> Result<Resolved, Refusal> {
        let writable = &self.engine.description().writes;
        let values = GivenValues::default();
        let (plan, written) = match address {
            Address::Generator(parts) => {
                let (name, _) = split(parts)?;
                let catalogue = self.catalogue();
                let (preset, generator) = catalogue.find(name)?;
                let names = std::slice::from_ref(&generator.name);
                (preset.source.plan(&source.facts, names, &values, writable), preset.modified)
            }
            Address::Imgproxy(picture) => {
                // Crops by hand are for generators of the workspace.
                source.facts.crops.clear();
                let preset = picture.preset(&self.root, &source.facts.header)?;
                (preset.plan(&source.facts, &[], &values, writable), self.imgproxy_modified())
            }
        };
        let choice = choose(&plan, &located.wanted, accept, &asset)?;
        let key = choice.variant.key;
        let mut identity = Identity::new(key, modified(&source, &plan, written), choice.varies);
        if let Address::Imgproxy(picture) = address {
            identity.expires = picture.expires();
            identity.disposition = Some(picture.disposition());
        }
        let found = group(&plan.variants).into_iter().find_map(|group| {
            let index = group.variants.iter().position(|variant| variant.key == key)?;
            Some((group, index))
        });
        // Every planned variant is in a group.
        let (group, index) =
            found.ok_or_else(|| Refusal::not_found("There is no such variant."))?;
        let overlays = plan.overlays;
        Ok(Resolved { key, identity, asset, source, group, index, overlays })
    }

    /// When the presets of imgproxy's language were written to last.
    fn imgproxy_modified(&self) -> SystemTime {
        let modified = self.settings.imgproxy.as_ref().and_then(|it| it.presets_modified);
        modified.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Remembers what a request means, if a change of its source or its overlays would show.
    fn remember(&self, generation: u64, name: String, located: &Located, resolved: &Resolved) {
        // The watch tells nothing of hidden files.
        let is_hidden = |name: &String| name.split('/').any(|part| part.starts_with('.'));
        if resolved.group.files.keys().any(is_hidden) {
            return;
        }
        let settled = resolved.source.fingerprint.as_ref().is_some_and(|fingerprint| {
            Freshness::of(fingerprint, SystemTime::now()) == Freshness::Settled
        });
        let metadata = resolved.source.source.file.metadata();
        if let (true, Ok(metadata)) = (settled, metadata) {
            let (key, identity) = (resolved.key, resolved.identity.clone());
            let (path, stamp) = (located.path.clone(), FileStamp::of(&metadata));
            let variant = KnownVariant { path, stamp, key, identity };
            self.known.insert(generation, name, variant);
        }
    }
}

/// The generator's name, and the rest.
fn split(parts: &[OsString]) -> Result<(&str, &[OsString]), Refusal> {
    let named = parts.split_first().and_then(|(name, rest)| Some((name.to_str()?, rest)));
    named.filter(|(_, rest)| !rest.is_empty()).ok_or_else(|| {
        Refusal::not_found("An address has a generator and a file: /GENERATOR/PATH.EXTENSION.")
    })
}

/// When the source, the preset file or an overlay was written to last.
fn modified(source: &KnownSource, plan: &PresetPlan, preset: SystemTime) -> SystemTime {
    let of = |file: &std::fs::File| file.metadata().and_then(|facts| facts.modified()).ok();
    let overlays = plan.variants.iter().flat_map(|variant| plan.files(variant).into_values());
    let times = overlays.filter_map(|file| of(&file)).chain(of(&source.source.file));
    times.fold(preset, SystemTime::max)
}

/// Runs `work` on a thread that may wait.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => {
            let fault = Fault::new(FaultCode::Busy, "The server is ending. Start it again.");
            Err(Refusal::of("cropmark", &fault))
        }
    }
}
