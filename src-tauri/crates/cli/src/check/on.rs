//! Which generators take none of a folder's images.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use cropmark_engine::{
    Class,
    intake::{ContentIdentity, Intake, IntakeRequest},
    presets::PresetSource,
    source::{Found, Search, discover},
};
use cropmark_rules::{parameters::GivenValues, plan::AssetFacts};

use crate::{in_order::in_order, interrupt::Interrupt, render::cache, setup, status::Failure};

/// The generators of each preset that take none of the images, and how many images there are.
pub(super) struct Untaken {
    pub(super) images: usize,
    /// By the presets' order.
    pub(super) generators: Vec<BTreeSet<String>>,
}

/// Reads the headers of all images of a folder, and finds what no generator takes. `None`: it was
/// interrupted.
pub(super) fn untaken(
    presets: Vec<Arc<PresetSource>>,
    folder: &Path,
) -> Result<Option<Untaken>, Failure> {
    setup::run(find(presets, folder))
}

async fn find(presets: Vec<Arc<PresetSource>>, folder: &Path) -> Result<Option<Untaken>, Failure> {
    if !folder.is_dir() {
        let message = format!("{} is no folder; name one with images", folder.display());
        return Err(Failure::Usage(message));
    }
    let mut interrupt = Interrupt::listen()?;
    let settings = setup::settings()?;
    let at_once = settings.engine.workers + 2;
    let cache = cache::open(None, settings.cache, true)?;
    let engine = setup::start_engine(settings.engine).await?;
    let search = Search { places: vec![folder.to_owned()], ..Search::default() };
    let flag = Arc::clone(&interrupt.flag);
    let found = tokio::task::spawn_blocking(move || discover(&search, &flag)).await;
    let found = found.unwrap_or_default();

    let intake = Intake::new(engine.clone(), cache);
    let names = |preset: &Arc<PresetSource>| {
        preset.preset().generators.iter().map(|generator| generator.name.clone()).collect()
    };
    let mut untaken = Untaken { images: 0, generators: presets.iter().map(names).collect() };
    let begin = |next| {
        let (intake, presets) = (intake.clone(), presets.clone());
        tokio::spawn(async move {
            let facts = facts(&intake, next).await?;
            let taken = move || presets.iter().map(|preset| taken(preset, &facts)).collect();
            tokio::task::spawn_blocking(taken).await.ok()
        })
    };
    let take = |taken: Option<Vec<BTreeSet<String>>>| {
        let Some(taken) = taken else { return };
        untaken.images += 1;
        for (left, taken) in untaken.generators.iter_mut().zip(taken) {
            left.retain(|name| !taken.contains(name));
        }
    };
    let is_through = in_order(found, at_once, &mut interrupt, begin, take).await;
    engine.shut_down().await;
    Ok(is_through.then_some(untaken))
}

/// What is known of a file without its pixels; `None` where it cannot be read as an image.
async fn facts(intake: &Intake, found: Found) -> Option<AssetFacts> {
    if found.fault.is_some() {
        return None;
    }
    let request = IntakeRequest::of(&found, Class::Eager, ContentIdentity::Path);
    intake.take(request).await.ok().map(|known| known.facts.clone())
}

/// The generators of a preset that take an asset, whether or not they can be rendered.
fn taken(preset: &PresetSource, facts: &AssetFacts) -> BTreeSet<String> {
    let plan = preset.plan(facts, &[], &GivenValues::default(), &[]);
    let unmatched: BTreeSet<&str> = plan.unmatched.iter().map(|it| it.generator.as_str()).collect();
    let names = preset.preset().generators.iter().map(|generator| generator.name.as_str());
    names.filter(|name| !unmatched.contains(name)).map(str::to_owned).collect()
}
