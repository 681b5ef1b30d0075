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
    preset::Generator,
};
use hyper::StatusCode;
use tokio::time::timeout;

use crate::{
    catalogue::{Catalogue, Preset},
    choose::choose,
    identity::Identity,
    known::{Known, KnownVariant},
    locate::{Located, locate},
    magnolia::MagnoliaPicture,
    negotiation::Negotiation,
    picture::ForeignPicture,
    refusal::Refusal,
    shared::Shared,
};

/// What the path of a URL says.
#[derive(Debug, Clone)]
pub(crate) enum Address {
    /// A generator and the path of a file, in parts.
    Generator(Vec<OsString>),
    /// A picture of Magnolia, by generators and themes of the workspace.
    Magnolia(MagnoliaPicture),
    /// A picture whose URL brings its rules along.
    Foreign(Arc<dyn ForeignPicture>),
}

impl Address {
    /// Finds the generator and its preset file; `None` where the URL brings its rules along.
    fn rule<'c>(
        &self,
        catalogue: &'c Catalogue,
    ) -> Result<Option<(&'c Preset, &'c Generator)>, Refusal> {
        match self {
            Self::Generator(parts) => catalogue.find(split(parts)?.0).map(Some),
            Self::Magnolia(picture) => {
                let (preset, generator, _) = picture.rule(catalogue)?;
                Ok(Some((preset, generator)))
            }
            Self::Foreign(_) => Ok(None),
        }
    }
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
    /// Resolves a URL, which is remembered by this name. Takes its source in if that was not done before.
    pub(crate) async fn resolve(
        self: &Arc<Self>,
        name: &str,
        negotiation: Negotiation<'_>,
        address: Address,
        class: Class,
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
            class,
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
        let (shared, accept) = (Arc::clone(self), negotiation.accept.map(str::to_owned));
        let (name, hints) = (Known::name(name, negotiation), negotiation.hints);
        blocking(move || {
            let negotiation = Negotiation { accept: accept.as_deref(), hints };
            let resolved = shared.plan(&address, &located, source, negotiation, asset)?;
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
            Address::Magnolia(picture) => return picture.locate(&self.root, &self.catalogue()),
            Address::Foreign(picture) => return picture.locate(&self.root),
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
        negotiation: Negotiation<'_>,
        asset: String,
    ) -> Result<Resolved, Refusal> {
        let writable = &self.engine.description().writes;
        let values = GivenValues::default();
        let catalogue = self.catalogue();
        let (plan, written) = match (address, address.rule(&catalogue)?) {
            (_, Some((preset, generator))) => {
                let names = std::slice::from_ref(&generator.name);
                (preset.source.plan(&source.facts, names, &values, writable), preset.modified)
            }
            (Address::Foreign(picture), None) => {
                // Crops by hand are for generators of the workspace.
                source.facts.crops.clear();
                let preset = picture.preset(&self.root, &source.facts.header)?;
                let modified = picture.rules_modified().unwrap_or(SystemTime::UNIX_EPOCH);
                (preset.plan(&source.facts, &[], &values, writable), modified)
            }
            (_, None) => return Err(Refusal::not_found("There is no such generator.")),
        };
        let choice = choose(&plan, &located.wanted, negotiation, &asset)?;
        let key = choice.variant.key;
        let mut identity = Identity::new(key, modified(&source, &plan, written), choice.varies);
        identity.is_hinted = choice.is_hinted;
        if let Address::Foreign(picture) = address {
            identity.expires = picture.expires();
            identity.disposition = picture.disposition();
            identity.varies = picture.varies();
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
