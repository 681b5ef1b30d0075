//! What one preset file makes of one asset, for people who look at single variants: the plan,
//! and the open files that its overlays use.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    fs::File,
    sync::Arc,
};

use cropmark_rules::{
    ContentHash, Fault, Format,
    parameters::GivenValues,
    plan::{AssetFacts, PlannedVariant, Refused, Request, Unmatched, plan},
};

use super::presets::{InnerFile, PresetSource};

/// What a preset file makes of an asset.
#[derive(Debug, Default)]
pub struct PresetPlan {
    /// What can be rendered.
    pub variants: Vec<PlannedVariant>,
    /// What was asked for and cannot be rendered, with the reason.
    pub refused: Vec<Refused>,
    /// The generators that do not take the asset, with the reason.
    pub unmatched: Vec<Unmatched>,
    /// The files that overlays use, by their hash.
    files: HashMap<ContentHash, InnerFile>,
}

impl PresetPlan {
    /// The files that a variant's overlays use, open, by the names that its operations give.
    #[must_use]
    pub fn files(&self, variant: &PlannedVariant) -> BTreeMap<String, Arc<File>> {
        let files = variant.files.iter().filter_map(|(name, hash)| {
            Some((name.clone(), Arc::clone(&self.files.get(hash)?.source.file)))
        });
        files.collect()
    }

    /// Fails where somebody has written to a file of an overlay since it was hashed.
    ///
    /// # Errors
    /// With [`cropmark_rules::FaultCode::SourceChanged`].
    pub fn unchanged(&self) -> Result<(), Fault> {
        self.files.values().try_for_each(InnerFile::unchanged)
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
        let used = RefCell::new(HashMap::new());
        let file_hash = |name: &str| {
            let file = self.file(name)?;
            let hash = file.hash;
            used.borrow_mut().insert(hash, file);
            Ok::<ContentHash, Fault>(hash)
        };
        let request = Request { asset, generators, given, writable, file_hash: &file_hash };
        let planned = plan(self.preset(), &request);
        PresetPlan {
            variants: planned.variants,
            refused: planned.refused,
            unmatched: planned.unmatched,
            files: used.into_inner(),
        }
    }
}
