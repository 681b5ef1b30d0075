//! The names of a run's results: each is one variant's.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cropmark_rules::{Fault, FaultCode, naming::Names};
use serde::{Deserialize, Serialize};

use super::{context::RunContext, planned_source::PlannedSource};

/// What is known of a variant's name before it is rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VariantName {
    /// It has this one for itself.
    Claimed(String),
    /// It depends on the result.
    Open,
    /// Another variant has it.
    Refused(Fault),
}

/// The names that variants of a run have.
#[derive(Debug, Default)]
pub(super) struct ClaimedNames(Mutex<Names>);

impl ClaimedNames {
    /// Claims the names of a source's variants, as far as they follow from the plan.
    pub(super) fn claim(&self, context: &RunContext, source: &PlannedSource) -> Vec<VariantName> {
        let mut names = self.names();
        let variants = source.plan.variants.iter();
        variants
            .map(|variant| {
                let name = context.destination.planned_name(variant, &source.name_path);
                let Some(name) = name else { return VariantName::Open };
                if let Some(fault) = context.refusal(&name) {
                    return VariantName::Refused(fault);
                }
                match names.claim(&name) {
                    Ok(()) => VariantName::Claimed(name),
                    Err(clash) => VariantName::Refused(taken(&clash.to_string())),
                }
            })
            .collect()
    }

    /// Claims a name that was not known before the variant was rendered.
    pub(super) fn claim_late(&self, name: &str) -> Result<(), Fault> {
        self.names().claim(name).map_err(|clash| taken(&clash.to_string()))
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken(clash: &str) -> Fault {
    let message = format!(
        "Another variant of this run has the name: {clash}. Choose a name template that tells \
         them apart."
    );
    Fault::new(FaultCode::Invalid, message)
}
