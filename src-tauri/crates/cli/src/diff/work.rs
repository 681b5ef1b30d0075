//! The work on one asset: taken in, compared, measured.

use std::sync::Arc;

use cropmark_engine::{
    Class, Engine,
    intake::{ContentIdentity, Intake, IntakeRequest},
    source::Found,
};
use cropmark_rules::Fault;

use super::{
    asset::{Difference, Sides},
    measure::{Measurer, Outcomes, blocking},
};

/// What every asset's work needs.
#[derive(Clone)]
pub(super) struct AssetWork {
    pub(super) engine: Engine,
    pub(super) intake: Intake,
    pub(super) measurer: Measurer,
    pub(super) sides: Arc<Sides>,
    pub(super) is_dry_run: bool,
}

/// The differences of an asset, with what was measured.
pub(super) struct Compared {
    pub(super) source: String,
    pub(super) result: Result<(Vec<Difference>, Outcomes), Fault>,
}

impl AssetWork {
    /// Takes an asset in, compares and measures it.
    pub(super) async fn compare(self, found: Found) -> Compared {
        let shown = found.path.strip_prefix(".").unwrap_or(&found.path);
        let source = shown.to_string_lossy().into_owned();
        Compared { source, result: self.compared(found).await }
    }

    async fn compared(&self, found: Found) -> Result<(Vec<Difference>, Outcomes), Fault> {
        if let Some(fault) = found.fault {
            return Err(fault);
        }
        // Keys are only compared where nothing is rendered.
        let identity = if self.is_dry_run { ContentIdentity::Path } else { ContentIdentity::Bytes };
        let request = IntakeRequest::of(&found, Class::Eager, identity);
        let known = self.intake.take(request).await.map_err(|error| error.fault)?;
        let (sides, facts) = (Arc::clone(&self.sides), known.facts.clone());
        let engine = self.engine.clone();
        let differences = blocking(move || sides.differences(&facts, &engine.description().writes));
        let differences = differences.await;
        let outcomes = if self.is_dry_run {
            Outcomes::new()
        } else {
            self.measurer.measure(&known, &self.sides, &differences).await
        };
        Ok((differences, outcomes))
    }
}
