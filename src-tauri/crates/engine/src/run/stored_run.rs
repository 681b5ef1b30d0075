//! A run in the store: read, counted, decided about, and put back.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use cropmark_rules::FaultCode;
use cropmark_store::{ItemState, RunId, RunItem, RunState, Store, StoreError};

use super::{
    destination::Destination,
    error::RunError,
    item::{ItemAction, ItemSpec, SourceFacts, StoredReport, read, value},
    names::{ClaimedNames, VariantName},
    plan::{PLAN_VERSION, RunPlan},
    progress::RunProgress,
    row::Row,
};
use crate::{blocking::blocking, source::Found};

/// A run in the store. A cheap handle.
#[derive(Debug, Clone)]
pub(super) struct StoredRun {
    pub(super) store: Store,
    pub(super) id: RunId,
    pub(super) plan: Arc<RunPlan>,
}

/// A run that was read to go on with it.
pub(super) struct Reopened {
    pub(super) run: StoredRun,
    pub(super) sources: Vec<Found>,
    pub(super) progress: RunProgress,
}

/// Failed items that are to do again.
#[derive(Debug, Clone, Copy)]
pub(super) struct PutBack {
    pub(super) items: u64,
    /// Those that counted as such.
    pub(super) retriable: u64,
    /// Whether some of them were those of files that had changed.
    pub(super) accepts_changes: bool,
}

impl Reopened {
    /// Whether the run is for this plan and these sources, whatever it is recognised by.
    pub(super) fn is_for(&self, plan: &RunPlan, sources: &[Found]) -> bool {
        let same = |(one, other): (&Found, &Found)| {
            (&one.path, &one.remote, &one.relative, &one.asset)
                == (&other.path, &other.remote, &other.relative, &other.asset)
        };
        self.run.plan.asks_the_same(plan)
            && self.sources.len() == sources.len()
            && self.sources.iter().zip(sources).all(same)
    }
}

impl StoredRun {
    /// Reads a run, and decides about what was under way when its process ended.
    ///
    /// # Errors
    /// Where there is no such run, or its plan cannot be used.
    pub(super) fn reopen(store: &Store, id: RunId) -> Result<Reopened, RunError> {
        let run = store.run(id)?.ok_or(StoreError::UnknownRun { id: id.0 })?;
        let unusable = |detail: &str| RunError::Unusable { id, detail: detail.to_owned() };
        let plan: RunPlan = read(&run.plan).ok_or_else(|| unusable("its plan is damaged"))?;
        if plan.version != PLAN_VERSION {
            return Err(unusable("its plan was written by another version"));
        }
        let mut sources = Vec::new();
        for source in store.sources_of_run(id) {
            let found: Option<Found> = read(&source?.spec);
            let found = found.ok_or_else(|| unusable("one of its sources cannot be understood"))?;
            let is_file = found.remote.is_none();
            let path = if is_file { plan.rooted(&found.path) } else { found.path.clone() };
            sources.push(Found { path, ..found });
        }
        if !plan.has_sources(sources.len()) {
            return Err(unusable("some of its sources were lost with a damaged index"));
        }
        let stored = Self { store: store.clone(), id, plan: Arc::new(plan) };
        if matches!(run.state, RunState::Running | RunState::Paused) {
            store.settle_run(id)?;
            stored.forget_missing()?;
        }
        // It rests until it is resumed, whatever state the store has.
        let state = if run.state == RunState::Running { RunState::Paused } else { run.state };
        let mut progress = RunProgress::new(state, sources.len() as u64);
        progress.reason.clone_from(&run.reason);
        progress.seconds = run.summary.as_ref().map_or(0.0, RunProgress::noted_seconds);
        progress.count(store, id)?;
        Ok(Reopened { run: stored, sources, progress })
    }

    /// Puts back items whose files were deleted since.
    fn forget_missing(&self) -> Result<(), StoreError> {
        let is_gone = |path: &PathBuf| {
            let found = path.symlink_metadata();
            found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        };
        let mut missing = Vec::new();
        for item in self.store.items_of_run(self.id, &[ItemState::Done]) {
            let item = item?;
            if item.path.as_ref().is_some_and(is_gone) {
                missing.push(item.position);
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        self.store.set_items_pending(self.id, missing)
    }

    /// Decides about what an earlier execution left half, and returns the numbers of the sources
    /// that are to be planned.
    pub(super) fn unplanned(&self) -> Result<Vec<u32>, StoreError> {
        self.store.settle_run(self.id)?;
        self.store.unplanned_run_sources(self.id)
    }

    /// Claims the names of what is planned already.
    pub(super) fn claim_names(
        &self,
        names: &ClaimedNames,
        destination: &Destination,
    ) -> Result<(), StoreError> {
        let folder = &destination.folder;
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
        let late = |path: &Path| path.strip_prefix(&folder).ok()?.to_str().map(str::to_owned);
        for item in self.store.items_of_run(self.id, &ItemState::ALL) {
            let item = item?;
            let name = match read::<ItemSpec>(&item.spec).map(|spec| spec.action) {
                Some(ItemAction::Render(VariantName::Claimed(name))) => Some(name),
                Some(ItemAction::Render(VariantName::Open)) => item.path.as_deref().and_then(late),
                _ => None,
            };
            // Names were claimed one beside another before; nothing clashes now.
            let _ = name.map(|name| names.claim_late(&name));
        }
        Ok(())
    }

    /// Returns what was found out about a source, and its items.
    pub(super) fn source(
        &self,
        source: u32,
    ) -> Result<(Option<SourceFacts>, Vec<RunItem>), StoreError> {
        let unknown = StoreError::UnknownRun { id: self.id.0 };
        let (row, items) = self.store.run_source(self.id, source)?.ok_or(unknown)?;
        Ok((row.facts.as_ref().and_then(read), items))
    }

    /// Writes down what was found out about a source.
    pub(super) fn set_facts(&self, source: u32, facts: &SourceFacts) -> Result<(), StoreError> {
        self.store.set_run_source_facts(self.id, source, value(facts))
    }

    /// Notes a state and the sums.
    pub(super) fn note(&self, progress: &RunProgress) -> Result<(), StoreError> {
        let (state, reason) = (progress.state, progress.reason.as_deref());
        self.store.set_run_state(self.id, state, reason, SystemTime::now())?;
        value(progress).map_or(Ok(()), |summary| self.store.set_run_summary(self.id, summary))
    }

    /// Puts failed items back: these, or all.
    pub(super) fn put_back(&self, positions: Option<&[u32]>) -> Result<PutBack, StoreError> {
        let (store, id) = (&self.store, self.id);
        let mut failed = store.run_items(id, &[ItemState::Failed])?;
        failed.retain(|item| positions.is_none_or(|positions| positions.contains(&item.position)));
        let (mut again, mut unplanned, mut accepted) =
            (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for item in &failed {
            let source = store.source_of_run_item(id, item.position)?;
            if let Some(source) = source.filter(|_| is_whole_source(item)) {
                unplanned.insert(source);
                continue;
            }
            if item.fault.as_ref().is_some_and(|fault| fault.code == FaultCode::SourceChanged) {
                accepted.extend(source);
            }
            again.push(item.position);
        }
        let reports = failed.iter().map(|item| item.report.as_ref().and_then(StoredReport::row));
        let retriable =
            reports.filter(|row| row.as_ref().is_none_or(Row::is_retriable)).count() as u64;
        let accepts_changes = !accepted.is_empty();
        store.set_items_pending(id, again)?;
        for source in accepted {
            // Whatever it is now is taken.
            store.set_run_source_facts(id, source, None)?;
        }
        for source in unplanned {
            store.unplan_run_source(id, source)?;
        }
        Ok(PutBack { items: failed.len() as u64, retriable, accepts_changes })
    }
}

/// Whether an item stands for a source that could not be planned at all.
fn is_whole_source(item: &RunItem) -> bool {
    read::<ItemSpec>(&item.spec).is_none_or(|spec| spec.is_of_source())
}

/// Asks the store on a thread that may wait, and returns its error as a reason for people.
pub(super) async fn stored<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, String> {
    let answer = blocking(move || Ok(ask())).await;
    answer.map_err(|fault| fault.message)?.map_err(|error| error.to_string())
}
