//! From a file to what is to be made of it.

use std::sync::Arc;

use cropmark_rules::Fault;

use super::context::RunContext;
use crate::{
    Class,
    blocking::blocking,
    intake::{Accepts, ContentIdentity, IntakeRequest, KnownSource},
    presets::preset_plan::AssetPlan,
    source::{Found, asset_text, open::Source},
};

/// A source that was taken in, with what is to be made of it.
#[derive(Debug)]
pub(super) struct PlannedSource {
    pub(super) found: Found,
    pub(super) known: KnownSource,
    pub(super) plan: AssetPlan,
    /// The path that names are made of.
    pub(super) name_path: String,
}

impl PlannedSource {
    /// Plans a source that was taken in. Reads the files of overlays.
    pub(super) fn of(context: &RunContext, found: Found, known: KnownSource) -> Self {
        let plan = context.rulebook.plan(&known.facts, &context.engine.description().writes);
        let name_path = asset_text(&found.relative);
        Self { found, known, plan, name_path }
    }
}

/// Takes a source in and plans it.
pub(super) async fn plan_source(
    context: &Arc<RunContext>,
    mut found: Found,
    identity: ContentIdentity,
) -> Result<PlannedSource, Fault> {
    if let Some(fault) = found.fault.take() {
        // What could not be read when it was looked for may be in order by now.
        let path = found.path.clone();
        blocking(move || Source::open(&path).map_err(|_| fault)).await?;
    }
    let request = IntakeRequest {
        path: found.path.clone(),
        known_as: None,
        asset: asset_text(&found.asset),
        class: Class::OnDemand,
        accepts: Accepts::Everything,
        identity,
    };
    let planner = Arc::clone(context);
    let plan = move |known| PlannedSource::of(&planner, found, known);
    context.intake.take_then(request, plan).await.map_err(|refused| refused.fault)
}
