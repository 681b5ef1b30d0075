//! One source's part of a run: its variants are taken from the cache or rendered, and put in
//! their places.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Instant};

use cropmark_rules::{
    Fault, FaultCode, FormatRule, Key,
    plan::{GroupedVariant, JobGroup, PlannedVariant},
    protocol::Rendered,
};
use cropmark_store::atomic::{TemporaryFile, WriteError};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::{
    Row, Status,
    destination::{Announce, Placed},
    durable::STOPPED,
    prepare::{Prepared, blocking},
    row::{CacheUse, tenths},
    run::untaken,
    shared::{Shared, Told},
};
use crate::{Class, OrderedVariant, RenderOrder};

/// The most variants of a source that are asked for at once: each has a file open.
const AT_ONCE: usize = 64;

/// What is known of a variant's name before it is rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Name {
    /// It has this one for itself.
    Claimed(String),
    /// It depends on the result.
    Open,
    /// Another variant has it.
    Refused(Fault),
}

/// A file that a worker writes to.
struct Target {
    temporary: TemporaryFile,
    /// Whether it becomes the cache's, and the results copies of it.
    is_cached: bool,
}

/// A source and the names of its variants, for the tasks that work on it.
pub(super) struct Work {
    pub(super) shared: Arc<Shared>,
    pub(super) prepared: Prepared,
    pub(super) names: Vec<Name>,
    /// The item that each planned variant is; `None`: it is done, or not wanted.
    pub(super) positions: Vec<Option<u32>>,
}

/// Works through a source.
pub(super) async fn source(work: Work) {
    let work = Arc::new(work);
    let plan = &work.prepared.plan;
    for refused in &plan.refused {
        let row = Row {
            generator: Some(refused.generator.clone()),
            variation: refused.variation.clone(),
            ..work.failed(refused.fault.clone())
        };
        work.shared.tell(0, row).await;
    }
    if plan.variants.is_empty() && plan.refused.is_empty() && work.prepared.found.named {
        work.shared.tell(0, untaken(&work.prepared)).await;
    }
    variants(&work).await;
    work.shared.source_done().await;
}

/// Works through a source's variants.
pub(super) async fn variants(work: &Arc<Work>) {
    for group in &work.prepared.plan.groups {
        if work.shared.export.dry_run {
            work.foretell(group).await;
        } else {
            work.render(group).await;
        }
    }
}

impl Work {
    /// All variants of a source, where nobody counts items.
    pub(super) fn new(shared: Arc<Shared>, prepared: Prepared, names: Vec<Name>) -> Self {
        let positions = vec![Some(0); names.len()];
        Self { shared, prepared, names, positions }
    }

    /// Tells what became of a variant that is wanted.
    async fn tell(&self, index: usize, row: Row) {
        if let Some(position) = self.positions[index] {
            self.shared.tell(position, row).await;
        }
    }

    fn tell_blocking(&self, index: usize, told: impl Into<Told>) {
        if let Some(position) = self.positions[index] {
            self.shared.tell_blocking(position, told);
        }
    }

    /// Whether the cache has a variant.
    fn foretold(&self, index: usize) -> CacheUse {
        let key = self.prepared.plan.variants[index].key;
        let found = self.shared.export.cache.as_ref().and_then(|cache| cache.find(key));
        if found.is_some() { CacheUse::Hit } else { CacheUse::Miss }
    }

    /// Rows of what would be done.
    async fn foretell(&self, group: &JobGroup) {
        let destination = &self.shared.export.destination;
        for index in group.variants.iter().flat_map(|variant| variant.planned.iter().copied()) {
            let variant = &self.prepared.plan.variants[index];
            if let Some(fault) = self.unwritable(variant) {
                self.tell(index, self.failed_variant(index, fault)).await;
                continue;
            }
            let expected = || destination.expected_name(variant, &self.prepared.name_path);
            let name = match &self.names[index] {
                Name::Claimed(name) => Some(name.clone()),
                Name::Open => expected(),
                Name::Refused(fault) => {
                    self.tell(index, self.clashing_variant(index, fault.clone())).await;
                    continue;
                }
            };
            let kept = name.as_ref().is_some_and(|name| destination.is_kept(name).is_some());
            let row = Row {
                path: name.map(|name| shown(&destination.path(&name))),
                cache: (!kept).then(|| self.foretold(index)),
                ..self.planned_row(index)
            };
            self.tell(index, row).await;
        }
    }

    /// Why the workers cannot write a variant's format.
    fn unwritable(&self, variant: &PlannedVariant) -> Option<Fault> {
        let writes = &self.shared.export.engine.description().writes;
        let FormatRule::Named(format) = variant.encoding.format else { return None };
        (!writes.contains(&format)).then(|| Fault::unwritable(format, writes))
    }

    async fn render(self: &Arc<Self>, group: &JobGroup) {
        let (work, variants) = (Arc::clone(self), group.variants.clone());
        let wanted = blocking(move || Ok(work.settle(&variants))).await.unwrap_or_default();
        for chunk in wanted.chunks(AT_ONCE) {
            if self.shared.is_halted() {
                return;
            }
            self.render_chunk(group, chunk).await;
        }
    }

    /// Tells what needs no rendering; returns what does, with the planned variants that wait
    /// for it. May wait for the disk.
    fn settle(&self, variants: &[GroupedVariant]) -> Vec<(usize, Vec<usize>)> {
        let mut wanted = Vec::new();
        for (place, variant) in variants.iter().enumerate() {
            let mut open = variant.planned.clone();
            open.retain(|index| self.positions[*index].is_some());
            open.retain(|index| match self.settled(*index) {
                Some(told) => {
                    self.tell_blocking(*index, told);
                    false
                }
                None => true,
            });
            if open.is_empty() {
                continue;
            }
            let cache = self.shared.export.cache.as_ref();
            let Some((variant, file)) = cache.and_then(|cache| cache.find(variant.key)) else {
                wanted.push((place, open));
                continue;
            };
            let destination = &self.shared.export.destination;
            for index in open {
                let rendered = &variant.rendered;
                self.tell_placed(index, rendered, CacheUse::Hit, |name, announce| {
                    destination.place_copy(&file, name, rendered, announce)
                });
            }
        }
        wanted
    }

    /// The row of a variant that need not be rendered.
    fn settled(&self, index: usize) -> Option<Told> {
        match &self.names[index] {
            Name::Refused(fault) => Some(self.clashing_variant(index, fault.clone()).into()),
            Name::Claimed(name) => {
                let path = self.shared.export.destination.is_kept(name)?;
                let row = Row { path: Some(shown(&path)), ..self.kept_row(index, &path) };
                Some(Told { row, path: Some(path), hash: None })
            }
            Name::Open => None,
        }
    }

    /// Renders some variants of a group; the others are named, so that the same results are
    /// derived from the same, whatever else is wanted.
    async fn render_chunk(self: &Arc<Self>, group: &JobGroup, chunk: &[(usize, Vec<usize>)]) {
        let mut temporaries: BTreeMap<usize, (Target, &[usize])> = BTreeMap::new();
        for (place, planned) in chunk {
            let (work, key) = (Arc::clone(self), group.variants[*place].key);
            let first = planned[0];
            let temporary = blocking(move || work.temporary(first, key));
            match temporary.await {
                Ok(temporary) => {
                    temporaries.insert(*place, (temporary, planned));
                }
                Err(fault) => {
                    for &index in planned {
                        self.fail(index, &fault).await;
                    }
                }
            }
        }
        if temporaries.is_empty() || self.shared.is_halted() {
            return;
        }
        let order = self.order(group, &temporaries);
        let mut ticket = self.shared.export.engine.render(order);
        let mut finishing = JoinSet::new();
        while let Some((place, outcome)) = ticket.next().await {
            let Some((temporary, planned)) = temporaries.remove(&place) else { continue };
            let (work, planned) = (Arc::clone(self), planned.to_vec());
            let key = group.variants[place].key;
            let permit = self.shared.finishing.may_finish().await;
            finishing.spawn_blocking(move || {
                let _permit = permit;
                work.finish(temporary, key, &planned, outcome);
            });
        }
        if !temporaries.is_empty() {
            // The engine has stopped: nobody has tried what was not answered.
            self.shared.halt(STOPPED);
        }
        while let Some(ended) = finishing.join_next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }

    /// An empty file for a variant: where the cache keeps it, else beside its place.
    fn temporary(&self, index: usize, key: Key) -> Result<Target, Fault> {
        let export = &self.shared.export;
        if let FormatRule::Named(format) = self.prepared.plan.variants[index].encoding.format
            && let Some(cache) = &export.cache
            && let Some(temporary) = cache.temporary(key, format)
        {
            return Ok(Target { temporary, is_cached: true });
        }
        let name = match &self.names[index] {
            Name::Claimed(name) => Some(name.as_str()),
            _ => None,
        };
        let temporary = export.destination.temporary(name).map_err(|error| self.fault(&error))?;
        Ok(Target { temporary, is_cached: false })
    }

    fn order(
        &self,
        group: &JobGroup,
        temporaries: &BTreeMap<usize, (Target, &[usize])>,
    ) -> RenderOrder {
        let prepared = &self.prepared;
        let files = group.files.iter().filter_map(|(name, hash)| {
            let file = prepared.plan.files.get(hash)?;
            Some((name.clone(), Arc::clone(&file.source.file)))
        });
        let variants = group.variants.iter().enumerate().map(|(place, variant)| OrderedVariant {
            key: variant.key,
            operations: variant.operations.clone(),
            encoding: variant.encoding.clone(),
            target: temporaries.get(&place).map(|(target, _)| Arc::clone(target.temporary.file())),
        });
        RenderOrder {
            class: Class::Eager,
            batch: Some(self.shared.export.batch),
            source: Arc::clone(&prepared.source.file),
            header: prepared.facts.header.clone(),
            rules: group.rules.clone(),
            proxy: None,
            is_look: false,
            focal: prepared.facts.focal,
            files: files.collect(),
            variants: variants.collect(),
        }
    }

    /// Puts a result in its place, or in its places, and tells so. May wait for the disk.
    fn finish(
        &self,
        target: Target,
        key: Key,
        planned: &[usize],
        outcome: Result<Rendered, Fault>,
    ) {
        let folder = target.temporary.path().parent().map(Path::to_owned).unwrap_or_default();
        let placed = outcome.and_then(|rendered| {
            self.check(&target.temporary, &rendered)?;
            self.place(target, key, planned, &rendered)
        });
        let Err(fault) = placed else { return };
        if fault.code == FaultCode::DiskFull {
            // The next one would find no space either.
            let place = folder.display();
            self.shared.halt(&format!("no space is left in {place}; free some, then try again"));
        }
        if !self.shared.is_halted() {
            for &index in planned {
                self.tell_blocking(index, self.failed_variant(index, fault.clone()));
            }
        }
    }

    /// Tells a failure, unless the run halts: then nobody knows whether it is one.
    async fn fail(&self, index: usize, fault: &Fault) {
        if !self.shared.is_halted() {
            self.tell(index, self.failed_variant(index, fault.clone())).await;
        }
    }

    /// The fault that a failed write is, and the end of the run where all others would fail too.
    fn fault(&self, error: &WriteError) -> Fault {
        self.shared.halt_for(error);
        error.fault()
    }

    fn place(
        &self,
        target: Target,
        key: Key,
        planned: &[usize],
        rendered: &Rendered,
    ) -> Result<(), Fault> {
        let export = &self.shared.export;
        let destination = &export.destination;
        // Stays readable whatever becomes of its name.
        let content = Arc::clone(target.temporary.file());
        let mut rest = planned;
        if target.is_cached {
            if let Some(cache) = &export.cache {
                let kept = cache.keep(target.temporary, key, rendered);
                kept.map_err(|error| error.fault())?;
            }
        } else if let Some((&first, others)) = planned.split_first() {
            rest = others;
            if let Some(cache) = &export.cache {
                let kept = cache.keep_copy(&content, key, rendered);
                kept.map_err(|error| error.fault())?;
            }
            let temporary = target.temporary;
            self.tell_placed(first, rendered, CacheUse::Miss, |name, announce| {
                destination.place(temporary, name, rendered, announce)
            });
        }
        for &index in rest {
            self.tell_placed(index, rendered, CacheUse::Miss, |name, announce| {
                destination.place_copy(&content, name, rendered, announce)
            });
        }
        Ok(())
    }

    /// The source must still be what was hashed, and the file what the worker promised.
    fn check(&self, temporary: &TemporaryFile, rendered: &Rendered) -> Result<(), Fault> {
        self.prepared.source.unchanged()?;
        for file in self.prepared.plan.files.values() {
            file.unchanged()?;
        }
        let length = temporary.file().metadata().map_or(0, |metadata| metadata.len());
        if length == 0 || length != rendered.bytes {
            let message = "The worker did not write the whole file. Try again.";
            return Err(Fault::new(FaultCode::Crashed, message));
        }
        Ok(())
    }

    fn tell_placed(
        &self,
        index: usize,
        rendered: &Rendered,
        cache: CacheUse,
        place: impl FnOnce(&str, Announce<'_>) -> Result<Placed, WriteError>,
    ) {
        let Some(position) = self.positions[index] else { return };
        let began = Instant::now();
        let name = match &self.names[index] {
            Name::Claimed(name) => Ok(name.clone()),
            Name::Refused(fault) => Err(fault.clone()),
            Name::Open => {
                let variant = &self.prepared.plan.variants[index];
                let destination = &self.shared.export.destination;
                let name = destination.final_name(variant, &self.prepared.name_path, rendered);
                self.shared.claim_late(&name).map(|()| name)
            }
        };
        let name = match name {
            Ok(name) => name,
            Err(fault) => return self.tell_blocking(index, self.clashing_variant(index, fault)),
        };
        let row = Row {
            format: Some(rendered.format),
            width: Some(rendered.width),
            height: Some(rendered.height),
            bytes: Some(rendered.bytes),
            ms: Some(tenths(rendered.milliseconds)),
            cache: Some(cache),
            notes: rendered.notes.clone(),
            ..self.planned_row(index)
        };
        let finished = |placed: &Placed| Row {
            status: match cache {
                _ if !placed.written => Status::Skipped,
                CacheUse::Hit => Status::Cached,
                CacheUse::Miss => Status::Rendered,
            },
            path: Some(shown(&placed.path)),
            ms: Some(tenths(match cache {
                CacheUse::Hit => began.elapsed().as_secs_f64() * 1000.0,
                CacheUse::Miss => rendered.milliseconds,
            })),
            ..row.clone()
        };
        let mut announce = |path: &Path| {
            let intended = Placed { path: path.to_owned(), written: true };
            self.shared.intend(position, path, rendered.hash, &finished(&intended))
        };
        match place(&name, &mut announce) {
            Ok(placed) => {
                let row = finished(&placed);
                let (path, hash) = (Some(placed.path), Some(rendered.hash));
                self.tell_blocking(index, Told { row, path, hash });
            }
            Err(error) => {
                let fault = self.fault(&error);
                if !self.shared.is_halted() {
                    self.tell_blocking(index, self.failed_variant(index, fault));
                }
            }
        }
    }

    /// What the plan says about a variant.
    fn planned_row(&self, index: usize) -> Row {
        let variant: &PlannedVariant = &self.prepared.plan.variants[index];
        let format = match variant.encoding.format {
            FormatRule::Named(format) => Some(format),
            _ => None,
        };
        Row {
            generator: Some(variant.generator.clone()),
            variation: variant.variation.clone(),
            format,
            width: variant.size.map(|size| size.width),
            height: variant.size.map(|size| size.height),
            ..Row::of(&self.prepared.found.path, Status::Skipped)
        }
    }

    /// A variant whose name is taken by a file that stays, whatever that file is.
    fn kept_row(&self, index: usize, path: &Path) -> Row {
        let bytes = std::fs::metadata(path).ok().map(|metadata| metadata.len());
        Row { bytes, width: None, height: None, ..self.planned_row(index) }
    }

    fn failed_variant(&self, index: usize, fault: Fault) -> Row {
        let variant = &self.prepared.plan.variants[index];
        Row {
            generator: Some(variant.generator.clone()),
            variation: variant.variation.clone(),
            ..self.failed(fault)
        }
    }

    /// The row of a variant whose name another one has.
    fn clashing_variant(&self, index: usize, fault: Fault) -> Row {
        Row { clash: true, ..self.failed_variant(index, fault) }
    }

    fn failed(&self, fault: Fault) -> Row {
        Row::failed(&self.prepared.found.path, fault)
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
