//! What is left to read of runs, whether they are at work or not.

use cropmark_store::{ItemState, Run as StoredRun, RunId, RunItem, RunState, Store, StoreError};

use super::{
    item::{ItemSpec, StoredReport, read},
    plan::RunPlan,
    progress::RunProgress,
    row::Row,
};

/// Runs that are over and stay for reports; older ones are forgotten.
pub const KEPT_RUNS: u32 = 20;

/// A run as the store has it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// Its number.
    pub id: RunId,
    /// Milliseconds since 1970.
    pub created_ms: i64,
    /// Milliseconds since 1970 of the last change of its state.
    pub changed_ms: i64,
    /// What was asked; `None` where a later Cropmark wrote it.
    pub plan: Option<RunPlan>,
    /// How far it is.
    pub progress: RunProgress,
}

/// An item as the store has it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRow {
    /// Its position in the run.
    pub position: u32,
    /// The source as rows name it.
    pub source: String,
    /// The generator; `None` where the source itself failed, or none takes it.
    pub generator: Option<String>,
    /// The variation, if it is one.
    pub variation: Option<String>,
    /// How far it is.
    pub state: ItemState,
    /// What was reported of it; `None` while it has no end.
    pub row: Option<Row>,
}

impl RunRecord {
    /// All runs, the newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn all(store: &Store) -> Result<Vec<Self>, StoreError> {
        store.runs()?.into_iter().map(|run| Self::of(store, run)).collect()
    }

    /// Those that are not over, the newest first: to be opened again.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn unfinished(store: &Store) -> Result<Vec<Self>, StoreError> {
        store.unfinished_runs()?.into_iter().map(|run| Self::of(store, run)).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn find(store: &Store, id: RunId) -> Result<Option<Self>, StoreError> {
        store.run(id)?.map(|run| Self::of(store, run)).transpose()
    }

    fn of(store: &Store, run: StoredRun) -> Result<Self, StoreError> {
        // A run that rests has its sums beside it; those of one at work change.
        let noted = run.summary.as_ref().and_then(RunProgress::noted);
        let is_counted = noted.is_some() && run.state != RunState::Running;
        let mut progress = noted.unwrap_or_else(|| RunProgress {
            seconds: run.summary.as_ref().map_or(0.0, RunProgress::noted_seconds),
            ..RunProgress::new(run.state, 0)
        });
        if !is_counted {
            progress.count(store, run.id)?;
        }
        (progress.state, progress.reason) = (run.state, run.reason);
        let plan = read(&run.plan);
        let (created_ms, changed_ms) = (run.created_ms, run.changed_ms);
        Ok(Self { id: run.id, created_ms, changed_ms, plan, progress })
    }

    /// At most `limit` rows after the first `offset` ones, in the order of the run; with a
    /// state, of those in it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn rows(
        store: &Store,
        id: RunId,
        state: Option<ItemState>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<StoredRow>, StoreError> {
        let items = store.run_items_slice(id, state, offset, limit)?;
        Ok(items.iter().map(StoredRow::of).collect())
    }

    /// All rows in these states, in the order of the run. After an error nothing more comes.
    pub fn all_rows(
        store: &Store,
        id: RunId,
        states: &[ItemState],
    ) -> impl Iterator<Item = Result<StoredRow, StoreError>> + Send + use<> {
        store.items_of_run(id, states).map(|item| Ok(StoredRow::of(&item?)))
    }
}

impl StoredRow {
    fn of(item: &RunItem) -> Self {
        let spec = read::<ItemSpec>(&item.spec);
        let row = item.report.as_ref().filter(|_| item.state != ItemState::Running);
        let (source, generator, variation) =
            spec.map(|spec| (spec.source, spec.generator, spec.variation)).unwrap_or_default();
        Self {
            position: item.position,
            source,
            generator,
            variation,
            state: item.state,
            row: row.and_then(StoredReport::row),
        }
    }
}
