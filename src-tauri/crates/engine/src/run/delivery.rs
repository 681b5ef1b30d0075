//! Variants on their way to their places: from the cache, or from a worker.

use std::{collections::BTreeMap, fs::File, path::Path, sync::Arc, time::Instant};

use cropmark_rules::{Fault, FaultCode, protocol::Rendered};
use cropmark_store::{Variant, atomic::WriteError};

use super::{
    destination::{Announce, Placed},
    names::VariantName,
    row::{CacheUse, Row, RowReport, Status, shown, tenths},
    shared::STOPPED,
    source_work::{SourceWork, named_format},
};
use crate::render::{Target, Unverified, Verified, group::Delivery, keep::keep_if_possible};

/// A group of a source's variants that are being rendered.
pub(super) struct GroupDelivery {
    work: Arc<SourceWork>,
    group: usize,
    /// The planned variants that wait for each variant of the group.
    wanted: BTreeMap<usize, Vec<usize>>,
}

impl GroupDelivery {
    pub(super) fn new(
        work: Arc<SourceWork>,
        group: usize,
        wanted: BTreeMap<usize, Vec<usize>>,
    ) -> Self {
        Self { work, group, wanted }
    }

    fn planned(&self, variant: usize) -> &[usize] {
        self.wanted.get(&variant).map_or(&[], Vec::as_slice)
    }

    /// Keeps a result, puts it in its place or places, and reports so.
    fn place(&self, variant: usize, result: Verified) -> Result<(), Fault> {
        let (work, mut rest) = (&self.work, self.planned(variant));
        let context = &work.shared.context;
        let destination = &context.destination;
        let Verified { target, rendered } = result;
        // Stays readable whatever becomes of its name.
        let file = Arc::clone(target.file());
        let (to_keep, beside) = match target {
            Target::Beside(temporary) => (Target::Unnamed(Arc::clone(&file)), Some(temporary)),
            other => (other, None),
        };
        if let Some(cache) = &context.cache {
            let key = work.source.plan.groups[self.group].variants[variant].key;
            let result = Verified { target: to_keep, rendered: rendered.clone() };
            let kept = keep_if_possible(cache.store(), key, result, work.purpose());
            kept.map_err(|error| error.fault())?;
        }
        if let (Some(temporary), Some((&first, others))) = (beside, rest.split_first()) {
            rest = others;
            work.report_placed(first, &rendered, CacheUse::Miss, |name, announce| {
                destination.place(temporary, name, &rendered, announce)
            });
        }
        for &index in rest {
            work.report_placed(index, &rendered, CacheUse::Miss, |name, announce| {
                destination.place_copy(&file, name, &rendered, announce)
            });
        }
        Ok(())
    }

    /// Reports a failure, unless the run halts: then nobody knows whether it is one.
    fn report_failure(&self, variant: usize, fault: &Fault) {
        if !self.work.shared.is_halted() {
            for &index in self.planned(variant) {
                self.work.report(index, self.work.failed_row(index, fault.clone()));
            }
        }
    }
}

impl Delivery for GroupDelivery {
    /// Creates the file where the cache keeps it, else beside its place.
    fn target(&self, variant: usize) -> Option<Target> {
        let (work, first) = (&self.work, *self.planned(variant).first()?);
        let context = &work.shared.context;
        let planned = work.planned(first);
        if let (Some(_), Some(cache)) = (named_format(planned), &context.cache) {
            match Target::kept(cache.store(), planned.key, planned.encoding.format) {
                Ok(Some(target)) => return Some(target),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "a variant is not kept in the cache"),
            }
        }
        let name = match &work.names[first] {
            VariantName::Claimed(name) => Some(name.as_str()),
            _ => None,
        };
        match context.destination.temporary(name) {
            Ok(temporary) => Some(Target::Beside(temporary)),
            Err(error) => {
                work.shared.halt_on(&error);
                self.report_failure(variant, &error.fault());
                None
            }
        }
    }

    fn deliver(&self, variant: usize, answer: Unverified) {
        let folder = answer.folder().unwrap_or_default();
        let placed = answer.verify().and_then(|result| self.place(variant, result));
        let Err(fault) = placed else { return };
        if fault.code == FaultCode::DiskFull {
            // The next one would find no space either.
            let folder = folder.display();
            let reason = format!("no space is left in {folder}; free some, then try again");
            self.work.shared.halt(&reason);
        }
        self.report_failure(variant, &fault);
    }

    fn given_up(&self) {
        self.work.shared.halt(STOPPED);
    }

    fn is_halted(&self) -> bool {
        self.work.shared.is_halted()
    }
}

impl SourceWork {
    /// Reports a planned variant that need not be rendered, and tells whether it is one.
    pub(super) fn is_settled(&self, index: usize) -> bool {
        let report = match &self.names[index] {
            VariantName::Refused(fault) => self.clashing_row(index, fault.clone()).into(),
            VariantName::Claimed(name) => {
                let Some(path) = self.shared.context.destination.is_kept(name) else {
                    return false;
                };
                // Its name is taken by a file that stays, whatever that file is.
                let bytes = std::fs::metadata(&path).ok().map(|metadata| metadata.len());
                let planned = self.planned_row(index);
                let (width, height) = (None, None);
                let row = Row { path: Some(shown(&path)), bytes, width, height, ..planned };
                RowReport { row, path: Some(path), hash: None }
            }
            VariantName::Open => return false,
        };
        self.report(index, report);
        true
    }

    /// Puts copies of a kept variant in these places.
    pub(super) fn place_kept(&self, planned: &[usize], kept: &Variant, file: &File) {
        let (destination, rendered) = (&self.shared.context.destination, &kept.rendered);
        for &index in planned {
            self.report_placed(index, rendered, CacheUse::Hit, |name, announce| {
                destination.place_copy(file, name, rendered, announce)
            });
        }
    }

    /// Puts a result in its place, noting its name before it has it, and reports so.
    fn report_placed(
        &self,
        index: usize,
        rendered: &Rendered,
        cache: CacheUse,
        place: impl FnOnce(&str, Announce<'_>) -> Result<Placed, WriteError>,
    ) {
        let Some(position) = self.positions[index] else { return };
        let began = Instant::now();
        let name = match self.result_name(index, rendered) {
            Ok(name) => name,
            Err(fault) => return self.report(index, self.clashing_row(index, fault)),
        };
        let row = Row { cache: Some(cache), ..self.planned_row(index).with(rendered) };
        let finished = |placed: &Placed| {
            let (status, milliseconds) = match cache {
                CacheUse::Hit => (Status::Cached, began.elapsed().as_secs_f64() * 1000.0),
                CacheUse::Miss => (Status::Rendered, rendered.milliseconds),
            };
            Row {
                status: if placed.written { status } else { Status::Skipped },
                path: Some(shown(&placed.path)),
                ms: Some(tenths(milliseconds)),
                ..row.clone()
            }
        };
        let shared = &self.shared;
        let mut announce = |path: &Path| {
            let row = finished(&Placed { path: path.to_owned(), written: true });
            let intended = shared.recorder.intend(position, path, rendered.hash, &row);
            intended.inspect_err(|error| shared.halt(&error.to_string()))
        };
        match place(&name, &mut announce) {
            Ok(placed) => {
                let row = finished(&placed);
                let (path, hash) = (Some(placed.path), Some(rendered.hash));
                self.report(index, RowReport { row, path, hash });
            }
            Err(error) => {
                shared.halt_on(&error);
                if !shared.is_halted() {
                    self.report(index, self.failed_row(index, error.fault()));
                }
            }
        }
    }

    /// The name of a result; one that was not known before is claimed.
    fn result_name(&self, index: usize, rendered: &Rendered) -> Result<String, Fault> {
        match &self.names[index] {
            VariantName::Claimed(name) => Ok(name.clone()),
            VariantName::Refused(fault) => Err(fault.clone()),
            VariantName::Open => {
                let destination = &self.shared.context.destination;
                let name_path = &self.source.name_path;
                let name = destination.final_name(self.planned(index), name_path, rendered);
                self.shared.names.claim_late(&name).map(|()| name)
            }
        }
    }
}
