//! Rows of what would be done, for a dry run.

use cropmark_rules::{Fault, plan::PlannedVariant};

use super::{
    names::VariantName,
    row::{CacheUse, Row, shown},
    source_work::{SourceWork, named_format},
};

impl SourceWork {
    /// Reports what would become of a group's variants. May wait for the disk.
    pub(super) fn forecast(&self, group: usize) {
        let group = &self.source.plan.groups[group];
        for index in group.variants.iter().flat_map(|variant| variant.planned.iter().copied()) {
            let variant = self.planned(index);
            let row = match (self.unwritable(variant), &self.names[index]) {
                (Some(fault), _) => self.failed_row(index, fault),
                (None, VariantName::Refused(fault)) => self.clashing_row(index, fault.clone()),
                (None, VariantName::Claimed(name)) => self.forecast_row(index, Some(name.clone())),
                (None, VariantName::Open) => {
                    let destination = &self.shared.context.destination;
                    let name = destination.expected_name(variant, &self.source.name_path);
                    self.forecast_row(index, name)
                }
            };
            self.report(index, row);
        }
    }

    fn forecast_row(&self, index: usize, name: Option<String>) -> Row {
        let destination = &self.shared.context.destination;
        let is_kept = name.as_ref().is_some_and(|name| destination.is_kept(name).is_some());
        Row {
            path: name.and_then(|name| Some(shown(&destination.path(&name).ok()?))),
            cache: (!is_kept).then(|| self.cache_use(index)),
            ..self.planned_row(index)
        }
    }

    /// Whether the cache has a variant.
    fn cache_use(&self, index: usize) -> CacheUse {
        let cache = self.shared.context.cache.as_ref();
        let found = cache.and_then(|cache| cache.find(self.planned(index).key));
        if found.is_some() { CacheUse::Hit } else { CacheUse::Miss }
    }

    /// Why the workers cannot write a variant's format.
    fn unwritable(&self, variant: &PlannedVariant) -> Option<Fault> {
        let writes = &self.shared.context.engine.description().writes;
        let format = named_format(variant)?;
        (!writes.contains(&format)).then(|| Fault::unwritable(format, writes))
    }
}
