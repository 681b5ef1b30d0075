//! The command `preview`.

use std::{sync::Arc, time::SystemTime};

use cropmark_rules::{FormatRule, Key, protocol::Rendered};

use super::{
    Shared,
    choice::{Choice, Chosen, choose, draft},
    plans,
    recent::Finished,
    render, shows, states,
};
use crate::{
    ApiError, Studio,
    model::{Preview, PreviewArguments},
    workspace::{Workspace, blocking},
};

/// The command of this name.
pub(crate) async fn preview(
    studio: &Studio,
    arguments: PreviewArguments,
) -> Result<Preview, ApiError> {
    let workspace = studio.workspace()?;
    let mut turn = workspace.previews.shared.slots.take(&arguments.slot);
    tokio::select! {
        biased;
        () = turn.is_over() => Err(ApiError::superseded()),
        answer = workspace.ground().while_open(answer(&workspace, &arguments)) => {
            answer.unwrap_or_else(|| Err(ApiError::superseded()))
        }
    }
}

async fn answer(workspace: &Workspace, arguments: &PreviewArguments) -> Result<Preview, ApiError> {
    let shared = &workspace.previews.shared;
    let chosen = Arc::new(choose(workspace, arguments.asset, &choice(arguments)).await?);
    // The real one is better than a quick look, if it is there.
    if let Some(rendered) = find(shared, chosen.variant.key).await {
        return Ok(reply(&chosen, chosen.variant.key, &rendered, true, false));
    }
    let quick = if arguments.draft { draft(&chosen.variant, &chosen.asset.facts) } else { None };
    let Some(quick) = quick else {
        let finished = real(shared, &chosen, arguments).await?;
        let key = chosen.variant.key;
        return Ok(reply(&chosen, key, &finished.rendered, false, false));
    };
    let key = quick.key;
    if let Some(found) = shared.recent.get(key) {
        return Ok(reply(&chosen, key, &found.rendered, true, true));
    }
    let finished = render::render(shared, &chosen, &quick, None).await?;
    Ok(reply(&chosen, key, &finished.rendered, false, true))
}

/// Renders and keeps the chosen variant.
pub(super) async fn real(
    shared: &Arc<Shared>,
    chosen: &Arc<Chosen>,
    arguments: &PreviewArguments,
) -> Result<Finished, ApiError> {
    // Values that only this look has say nothing about the generator's own variant.
    let own = arguments.parameters.is_empty();
    let entry = || plans::entry(&arguments.file, &chosen.asset.facts.path, &chosen.variant);
    let entry = own.then(entry);
    let finished = render::render(shared, chosen, &chosen.variant, entry).await?;
    let nameless = !matches!(chosen.variant.encoding.format, FormatRule::Named(_));
    if let Some(entry) = entry.filter(|_| nameless) {
        let (shared, asset, finished) = (Arc::clone(shared), chosen.asset.id, finished.clone());
        blocking(move || render::keep_bytes(&shared, asset, entry, &finished)).await?;
    }
    Ok(finished)
}

pub(super) fn choice(arguments: &PreviewArguments) -> Choice {
    Choice {
        file: arguments.file.clone(),
        generator: arguments.generator.clone(),
        variation: arguments.variation.clone(),
        format: arguments.format.clone(),
        parameters: arguments.parameters.clone(),
    }
}

/// What there is of a variant in memory or on the disk.
async fn find(shared: &Shared, key: Key) -> Option<Rendered> {
    if let Some(found) = shared.recent.get(key) {
        return Some(found.rendered);
    }
    let store = shared.ground.store().clone();
    let found = blocking(move || match store.hot(key) {
        Some(rendered) => Some(rendered),
        None => store.variant(key, SystemTime::now()).ok()?.map(|variant| variant.rendered),
    });
    found.await.ok()?
}

fn reply(chosen: &Chosen, key: Key, rendered: &Rendered, cached: bool, draft: bool) -> Preview {
    let (asset, variant) = (&chosen.asset, &chosen.variant);
    let header = &asset.facts.header;
    let shows = shows::shows(header, &variant.rules, &variant.operations, asset.facts.focal);
    Preview {
        url: states::url(key, rendered.format),
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
        shows,
    }
}
