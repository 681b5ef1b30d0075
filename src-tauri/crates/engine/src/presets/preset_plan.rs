//! What preset files make of one asset, and the open files that their overlays use.

use std::{cell::RefCell, collections::BTreeMap, fs::File, sync::Arc};

use cropmark_rules::{
    ContentHash, Fault, Format,
    parameters::GivenValues,
    plan::{AssetFacts, JobGroup, PlannedVariant, Refused, Request, Unmatched, group, plan},
};

use super::{overlay_file::OverlayFiles, preset_source::PresetSource};

/// What a preset file makes of an asset.
#[derive(Debug, Default)]
pub struct PresetPlan {
    /// What can be rendered.
    pub variants: Vec<PlannedVariant>,
    /// What was asked for and cannot be rendered, with the reason.
    pub refused: Vec<Refused>,
    /// The generators that do not take the asset, with the reason.
    pub unmatched: Vec<Unmatched>,
    /// The open files that overlays use.
    pub overlays: OverlayFiles,
}

impl PresetPlan {
    /// The files that a variant's overlays use, open, by the names that its operations give.
    #[must_use]
    pub fn files(&self, variant: &PlannedVariant) -> BTreeMap<String, Arc<File>> {
        self.overlays.named(&variant.files)
    }

    /// Checks that nobody has written to a file of an overlay since it was hashed.
    ///
    /// # Errors
    /// With [`cropmark_rules::FaultCode::SourceChanged`].
    pub fn unchanged(&self) -> Result<(), Fault> {
        self.overlays.unchanged()
    }

    /// Adds what another preset file makes of the same asset.
    pub(crate) fn extend(&mut self, other: Self) {
        self.variants.extend(other.variants);
        self.refused.extend(other.refused);
        self.unmatched.extend(other.unmatched);
        self.overlays.extend(other.overlays);
    }
}

/// What is to be made of an asset, grouped into jobs.
#[derive(Debug, Default)]
pub(crate) struct AssetPlan {
    pub(crate) variants: Vec<PlannedVariant>,
    pub(crate) refused: Vec<Refused>,
    /// The jobs; they point into `variants`.
    pub(crate) groups: Vec<JobGroup>,
    pub(crate) overlays: OverlayFiles,
}

impl From<PresetPlan> for AssetPlan {
    fn from(plan: PresetPlan) -> Self {
        let PresetPlan { variants, refused, overlays, .. } = plan;
        let groups = group(&variants);
        Self { variants, refused, groups, overlays }
    }
}

impl PresetSource {
    /// Resolves what these generators (none: all that work) make of an asset. Reads the files of
    /// overlays.
    #[must_use]
    pub fn plan(
        &self,
        asset: &AssetFacts,
        generators: &[String],
        given: &GivenValues,
        writable: &[Format],
    ) -> PresetPlan {
        let overlays = RefCell::new(OverlayFiles::default());
        let file_hash = |name: &str| {
            let file = self.file(name)?;
            let hash = file.hash;
            overlays.borrow_mut().insert(file);
            Ok::<ContentHash, Fault>(hash)
        };
        let request = Request { asset, generators, given, writable, file_hash: &file_hash };
        let planned = plan(self.preset(), &request);
        PresetPlan {
            variants: planned.variants,
            refused: planned.refused,
            unmatched: planned.unmatched,
            overlays: overlays.into_inner(),
        }
    }
}
