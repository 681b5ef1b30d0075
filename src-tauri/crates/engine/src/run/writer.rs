//! The writer of a run: takes what its tasks have finished, puts it on the disk and in the record,
//! many at once, and only then reports it.

use std::{
    fs::File,
    io, mem,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use cropmark_rules::{ContentHash, Fault, FaultCode, Key, protocol::Rendered};
use cropmark_store::{
    NewVariant, StoreError,
    atomic::{Announced, Committed, Group, Outcome, TemporaryFile, WriteError},
};
use tokio::sync::mpsc;

use super::{
    destination::{Destination, Placement},
    events::{RunEvent, RunEvents},
    finished::{Content, Finished, FinishedVariant, KeptVariant},
    names::VariantName,
    recorder::done_item,
    row::{CacheUse, Row, RowReport, Status, shown, tenths},
    shared::Shared,
    source_work::SourceWork,
    stored_run::stored,
};
use crate::{
    means,
    render::{Purpose, Target, Verified, gather::gather, keep::new_variant},
};

/// Time from one group to the next: a result that comes after a longer time is written at once.
const PERIOD: Duration = Duration::from_millis(100);

/// Writes results until no more come; returns the reason where it had to stop earlier. It goes on
/// where the receiver of events is gone, because the files matter more than the reports.
pub(super) async fn write(
    shared: Arc<Shared>,
    events: RunEvents,
    mut received: mpsc::Receiver<Finished>,
) -> Option<String> {
    let (mut group, mut next) = (Vec::new(), Instant::now());
    while gather(&mut received, &mut group, next.into()).await {
        next = Instant::now() + PERIOD;
        let is_end = |finished: &Finished| matches!(finished, Finished::SourceDone);
        let sources_done = group.iter().filter(|finished| is_end(finished)).count();
        let (shared, finished) = (Arc::clone(&shared), mem::take(&mut group));
        let ends = match stored(move || WritingGroup::of(&shared, finished).write()).await {
            Ok(ends) => ends,
            Err(reason) => return Some(reason),
        };
        events.update(|progress| ends.iter().for_each(|(_, end)| progress.add(&end.row)));
        for (position, end) in ends {
            let row = Box::new(end.row);
            let _ = events.events.send(RunEvent::Row { position, row }).await;
        }
        for _ in 0..sources_done {
            let _ = events.events.send(RunEvent::SourceDone).await;
        }
    }
    None
}

/// What is written together.
struct WritingGroup<'a> {
    shared: &'a Shared,
    ends: Vec<(u32, RowReport)>,
    /// Results that the cache keeps.
    variants: Vec<NewVariant>,
    files: Group,
    /// What is known of each of the files.
    placing: Vec<Placing>,
}

/// A file on the way to its place.
struct Placing {
    work: Arc<SourceWork>,
    /// Which planned variant it is.
    index: usize,
    position: u32,
    /// The row where the file is written.
    row: Row,
    hash: ContentHash,
}

impl Placing {
    fn written(&self, path: PathBuf) -> RowReport {
        let row = Row { path: Some(shown(&path)), ..self.row.clone() };
        RowReport { row, path: Some(path), hash: Some(self.hash) }
    }

    /// Nothing was written: a file stays that was there already.
    fn skipped(&self, path: PathBuf) -> RowReport {
        let written = self.written(path);
        RowReport { row: Row { status: Status::Skipped, ..written.row }, ..written }
    }
}

impl<'a> WritingGroup<'a> {
    /// Checks what was rendered, and makes the files ready that are to be written.
    fn of(shared: &'a Shared, finished: Vec<Finished>) -> Self {
        let (ends, variants, placing) = (Vec::new(), Vec::new(), Vec::new());
        let mut group = Self { shared, ends, variants, files: Group::new(), placing };
        for finished in finished {
            match finished {
                Finished::Item { position, report } => group.ends.push((position, *report)),
                Finished::Variant(variant) => group.add(*variant),
                Finished::SourceDone => {}
            }
        }
        group
    }

    fn add(&mut self, variant: FinishedVariant) {
        let FinishedVariant { work, key, planned, content } = variant;
        if self.shared.is_halted() {
            return;
        }
        let answer = match content {
            Content::Rendered(answer) => *answer,
            Content::Kept(kept) => return self.add_kept(&work, &planned, *kept),
        };
        let folder = answer.folder().unwrap_or_default();
        match answer.verify() {
            Ok(result) => self.add_rendered(&work, key, &planned, result),
            Err(fault) => {
                if fault.code == FaultCode::DiskFull {
                    // The next one would find no space either.
                    let folder = folder.display();
                    let reason = format!("no space is left in {folder}; free some, then try again");
                    self.shared.halt(&reason);
                }
                if let Some(reason) = means::reason(&fault) {
                    self.shared.halt(&reason);
                }
                for index in planned {
                    self.fail(&work, index, fault.clone());
                }
            }
        }
    }

    fn add_kept(&mut self, work: &Arc<SourceWork>, planned: &[usize], kept: KeptVariant) {
        let KeptVariant { rendered, placement, milliseconds } = kept;
        let Some((&first, others)) = planned.split_first() else { return };
        let file = match &placement {
            Placement::New(copy) => Some(Arc::clone(copy.file())),
            Placement::There(_) => None,
        };
        let cache = CacheUse::Hit;
        self.add_file(work, first, (cache, milliseconds), &rendered, |destination, name| {
            match placement {
                Placement::New(copy) => destination.place(copy, name, &rendered),
                there @ Placement::There(_) => Ok(there),
            }
        });
        if let Some(file) = file {
            self.add_copies(work, others, cache, &rendered, &file);
        }
    }

    fn add_rendered(
        &mut self,
        work: &Arc<SourceWork>,
        key: Key,
        mut planned: &[usize],
        result: Verified,
    ) {
        let Verified { target, rendered } = result;
        // Stays readable whatever becomes of its name.
        let file = Arc::clone(target.file());
        let to_keep = match (target, planned.split_first()) {
            (Target::Beside(temporary), Some((&first, others))) => {
                planned = others;
                let cost = (CacheUse::Miss, rendered.milliseconds);
                self.add_file(work, first, cost, &rendered, |destination, name| {
                    destination.place(temporary, name, &rendered)
                });
                Target::Unnamed(Arc::clone(&file))
            }
            (target, _) => target,
        };
        self.add_copies(work, planned, CacheUse::Miss, &rendered, &file);
        let context = &self.shared.context;
        if let Some(cache) = context.cache.as_ref().filter(|cache| cache.keeps_variants()) {
            let result = Verified { target: to_keep, rendered };
            match new_variant(cache.store(), key, result, Purpose::Files(context.batch)) {
                Ok(variant) => self.variants.push(variant),
                Err(error) => cache.not_kept(&error),
            }
        }
    }

    fn add_copies(
        &mut self,
        work: &Arc<SourceWork>,
        planned: &[usize],
        cache: CacheUse,
        rendered: &Rendered,
        file: &File,
    ) {
        for &index in planned {
            let cost = match cache {
                CacheUse::Hit => (cache, 0.0),
                CacheUse::Miss => (cache, rendered.milliseconds),
            };
            self.add_file(work, index, cost, rendered, |destination, name| {
                destination.place_copy(file, name, rendered)
            });
        }
    }

    /// Adds the file of a planned variant, which `place` makes ready under the name that it gets.
    fn add_file(
        &mut self,
        work: &Arc<SourceWork>,
        index: usize,
        (cache, milliseconds): (CacheUse, f64),
        rendered: &Rendered,
        place: impl FnOnce(&Destination, &str) -> Result<Placement, WriteError>,
    ) {
        let Some(position) = work.positions[index] else { return };
        let name = match self.name(work, index, rendered) {
            Ok(name) => name,
            Err(fault) => {
                return self.ends.push((position, work.clashing_row(index, fault).into()));
            }
        };
        let placed = place(&self.shared.context.destination, &name);
        let status = match cache {
            CacheUse::Hit => Status::Cached,
            CacheUse::Miss => Status::Rendered,
        };
        let (ms, cache) = (Some(tenths(milliseconds)), Some(cache));
        let row = Row { status, ms, cache, ..work.planned_row(index).with(rendered) };
        let work = Arc::clone(work);
        let placing = Placing { work, index, position, row, hash: rendered.hash };
        match placed {
            Ok(Placement::New(temporary)) => self.place(temporary, placing),
            Ok(Placement::There(path)) => self.ends.push((position, placing.skipped(path))),
            Err(error) => self.not_written(&placing, &error),
        }
    }

    fn place(&mut self, temporary: TemporaryFile, placing: Placing) {
        self.files.add(temporary, self.shared.context.destination.conflict);
        self.placing.push(placing);
    }

    /// The name of a result; one that was not known before is claimed.
    fn name(&self, work: &SourceWork, index: usize, rendered: &Rendered) -> Result<String, Fault> {
        match &work.names[index] {
            VariantName::Claimed(name) => Ok(name.clone()),
            VariantName::Refused(fault) => Err(fault.clone()),
            VariantName::Open => {
                let destination = &self.shared.context.destination;
                let (variant, path) = (work.planned(index), &work.source.name_path);
                let name = destination.final_name(variant, path, rendered);
                match self.shared.context.refusal(&name) {
                    Some(fault) => Err(fault),
                    None => self.shared.names.claim_late(&name).map(|()| name),
                }
            }
        }
    }

    /// Ends a planned variant with a fault. While the run halts it stays to do instead, because the
    /// cause may be the run's.
    fn fail(&mut self, work: &SourceWork, index: usize, fault: Fault) {
        if let Some(position) = work.positions[index].filter(|_| !self.shared.is_halted()) {
            self.ends.push((position, work.failed_row(index, fault).into()));
        }
    }

    fn not_written(&mut self, placing: &Placing, error: &WriteError) {
        self.shared.halt_on(error);
        self.fail(&placing.work, placing.index, error.fault());
    }

    /// Gives the files their names, notes that durably, and returns what can be reported.
    fn write(mut self) -> Result<Vec<(u32, RowReport)>, StoreError> {
        let shared = self.shared;
        let placing = mem::take(&mut self.placing);
        let announce = |names: &[Announced]| {
            let intended = names.iter().map(|Announced { member, path }| {
                let RowReport { row, path, hash } = placing[*member].written(path.clone());
                (placing[*member].position, done_item(&row, path.as_deref(), hash))
            });
            let intended = shared.recorder.intend(intended.collect());
            intended.inspect_err(|error| shared.halt(&error.to_string())).map_err(io::Error::other)
        };
        let files = mem::take(&mut self.files);
        let originals = &shared.context.destination.originals;
        let committed = match &shared.context.cache {
            None => files.commit(originals, announce),
            Some(cache) => {
                let (variants, now) = (mem::take(&mut self.variants), SystemTime::now());
                let group = cache.store().insert_group(variants, files, originals, announce, now);
                let errors = group.variants.iter().filter_map(|kept| kept.as_ref().err());
                errors.for_each(|error| cache.not_kept(error));
                group.files
            }
        };
        for (placing, committed) in placing.iter().zip(committed) {
            match committed {
                Ok(Committed { path, outcome: Outcome::Created | Outcome::Replaced }) => {
                    self.ends.push((placing.position, placing.written(path)));
                }
                Ok(Committed { path, .. }) => {
                    self.ends.push((placing.position, placing.skipped(path)));
                }
                Err(error) => self.not_written(placing, &error),
            }
        }
        shared.recorder.finish(&self.ends)?;
        Ok(self.ends)
    }
}
