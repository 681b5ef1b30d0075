//! Preparing variants of a source: what needs no rendering is finished at once, the rest gets the
//! files that workers write to.

use std::{collections::BTreeMap, fs, sync::Arc, time::Instant};

use cropmark_rules::{Fault, Key, plan::PlannedVariant};
use cropmark_store::atomic::WriteError;

use super::{
    context::RunContext,
    finished::{Content, Finished, FinishedVariant, KeptVariant},
    names::VariantName,
    row::{CacheUse, Row, RowReport, shown},
    shared::Shared,
    source_work::{SourceWork, named_format},
};
use crate::render::{Target, Targets};

/// The most variants that are prepared at once: each has a file open.
pub(super) const AT_ONCE: usize = 64;

/// Some variants of a group, by their indices in it.
#[derive(Debug, Clone)]
pub(super) struct Portion {
    pub(super) group: usize,
    variants: Vec<usize>,
}

/// What is known of a portion before anything is rendered.
#[derive(Default)]
pub(super) struct Prepared {
    /// What needs no rendering.
    pub(super) finished: Vec<Finished>,
    /// The files of the others.
    pub(super) targets: Targets,
    /// The planned variants that wait for each of them.
    pub(super) waiting: BTreeMap<usize, Vec<usize>>,
}

/// Where a variant comes from.
enum Origin {
    Kept(KeptVariant),
    /// A worker writes it to this file.
    Rendered(Target),
}

impl Portion {
    /// The same with these variants alone.
    pub(super) fn only(&self, variants: Vec<usize>) -> Self {
        Self { group: self.group, variants }
    }
}

impl SourceWork {
    /// The variants in portions that are prepared and rendered one after the other.
    pub(super) fn portions(&self) -> Vec<Portion> {
        let groups = self.source.plan.groups.iter().enumerate();
        let portions = groups.flat_map(|(group, variants)| {
            let variants: Vec<usize> = (0..variants.variants.len()).collect();
            let portions: Vec<_> = variants.chunks(AT_ONCE).map(<[usize]>::to_vec).collect();
            portions.into_iter().map(move |variants| Portion { group, variants })
        });
        portions.collect()
    }

    /// Prepares a portion. May wait for the disk.
    pub(super) fn prepare(self: &Arc<Self>, shared: &Shared, portion: &Portion) -> Prepared {
        let context = &shared.context;
        let mut ready = Prepared::default();
        for &number in &portion.variants {
            let variant = &self.source.plan.groups[portion.group].variants[number];
            let mut open = variant.planned.clone();
            open.retain(|&index| {
                let Some(position) = self.positions[index] else { return false };
                let end = self.settled(context, index);
                let is_open = end.is_none();
                let end = end.map(|report| Finished::item(position, report));
                ready.finished.extend(end);
                is_open
            });
            let Some(&first) = open.first() else { continue };
            match self.source_of(context, variant.key, &open, first) {
                Ok(Origin::Kept(kept)) => {
                    let kept = Content::Kept(Box::new(kept));
                    ready.finished.push(self.finished(portion, number, open, kept));
                }
                Ok(Origin::Rendered(target)) => {
                    ready.targets.insert(number, target);
                    ready.waiting.insert(number, open);
                }
                Err(error) => {
                    shared.halt_on(&error);
                    // Where the run halts, the item stays to do: the cause may be the run's, not the item's.
                    if !shared.is_halted() {
                        ready.finished.extend(self.failures(&open, &error.fault()));
                    }
                }
            }
        }
        ready
    }

    /// Where a variant comes from. A kept one that has other bytes than it should is forgotten, and
    /// counts as none.
    fn source_of(
        &self,
        context: &RunContext,
        key: Key,
        planned: &[usize],
        first: usize,
    ) -> Result<Origin, WriteError> {
        let began = Instant::now();
        if let Some(cache) = &context.cache
            && let Some((kept, file)) = cache.find(key)
        {
            // Where several are it, the others are copied from the first one's.
            let name = claimed(&self.names[first]).filter(|_| planned.len() == 1);
            if let Some(placement) = context.destination.place_kept(&file, name, &kept.rendered)? {
                let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
                let rendered = kept.rendered;
                return Ok(Origin::Kept(KeptVariant { rendered, placement, milliseconds }));
            }
            cache.forget_damaged(&kept);
        }
        target(context, self.planned(first), &self.names[first]).map(Origin::Rendered)
    }

    /// A variant of a portion that is to be put in its places.
    pub(super) fn finished(
        self: &Arc<Self>,
        portion: &Portion,
        number: usize,
        planned: Vec<usize>,
        content: Content,
    ) -> Finished {
        let key = self.source.plan.groups[portion.group].variants[number].key;
        let work = Arc::clone(self);
        Finished::Variant(Box::new(FinishedVariant { work, key, planned, content }))
    }

    fn failures(&self, planned: &[usize], fault: &Fault) -> Vec<Finished> {
        let failed = planned.iter().filter_map(|&index| {
            Some(Finished::item(self.positions[index]?, self.failed_row(index, fault.clone())))
        });
        failed.collect()
    }

    /// The end of a planned variant that need not be rendered; in a dry run, none need.
    fn settled(&self, context: &RunContext, index: usize) -> Option<RowReport> {
        if context.dry_run {
            return Some(self.forecast(context, index).into());
        }
        match &self.names[index] {
            VariantName::Refused(fault) => Some(self.clashing_row(index, fault.clone()).into()),
            VariantName::Open => None,
            VariantName::Claimed(name) => {
                // Its name is taken by a file that stays, whatever that file is.
                let path = context.destination.is_kept(name)?;
                let bytes = fs::metadata(&path).ok().map(|metadata| metadata.len());
                let planned = self.planned_row(index);
                let (width, height) = (None, None);
                let row = Row { path: Some(shown(&path)), bytes, width, height, ..planned };
                Some(RowReport { row, path: Some(path), hash: None })
            }
        }
    }

    /// The row of what would become of a variant.
    fn forecast(&self, context: &RunContext, index: usize) -> Row {
        let (variant, destination) = (self.planned(index), &context.destination);
        if let Some(fault) = unwritable(context, variant) {
            return self.failed_row(index, fault);
        }
        let name = match &self.names[index] {
            VariantName::Refused(fault) => return self.clashing_row(index, fault.clone()),
            VariantName::Claimed(name) => Some(name.clone()),
            VariantName::Open => destination.expected_name(variant, &self.source.name_path),
        };
        let is_kept = name.as_ref().is_some_and(|name| destination.is_kept(name).is_some());
        let found = || context.cache.as_ref().and_then(|cache| cache.find(variant.key));
        let cache_use = || if found().is_some() { CacheUse::Hit } else { CacheUse::Miss };
        Row {
            path: name.and_then(|name| Some(shown(&destination.path(&name).ok()?))),
            cache: (!is_kept).then(cache_use),
            ..self.planned_row(index)
        }
    }
}

/// Creates the file for a variant: where the cache keeps it, else beside its place.
fn target(
    context: &RunContext,
    variant: &PlannedVariant,
    name: &VariantName,
) -> Result<Target, WriteError> {
    let cache = context.cache.as_ref().filter(|cache| cache.keeps_variants());
    if let (Some(_), Some(cache)) = (named_format(variant), cache) {
        match Target::kept(cache.store(), variant.key, variant.encoding.format) {
            Ok(Some(target)) => return Ok(target),
            Ok(None) => {}
            Err(error) => cache.not_kept(&error),
        }
    }
    context.destination.temporary(claimed(name)).map(Target::Beside)
}

fn claimed(name: &VariantName) -> Option<&str> {
    match name {
        VariantName::Claimed(name) => Some(name),
        VariantName::Open | VariantName::Refused(_) => None,
    }
}

/// Why the workers cannot write a variant's format.
fn unwritable(context: &RunContext, variant: &PlannedVariant) -> Option<Fault> {
    let writes = &context.engine.description().writes;
    let format = named_format(variant)?;
    (!writes.contains(&format)).then(|| Fault::unwritable(format, writes))
}
