//! The sources of a durable run: written down before anything is done, planned one after
//! another, each into items that follow one another.

use std::time::SystemTime;

use serde_json::Value;

use crate::{
    Counts, ItemState, Run, RunId, RunItem, RunSource, RunState, Store, StoreError,
    database::Durability,
    lock::milliseconds,
    table::{run, run_item, run_source},
};

/// A run that is to be.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What is asked for.
    pub plan: Value,
    /// By what the same request is recognised, if it shall be.
    pub digest: Option<String>,
    /// What to render, one a source.
    pub sources: Vec<Value>,
}

/// What is planned for a source.
#[derive(Debug, Clone)]
pub struct SourcePlan {
    /// Which source.
    pub source: u32,
    /// What was found out about it.
    pub facts: Option<Value>,
    /// What to render, one an item.
    pub specs: Vec<Value>,
}

impl Store {
    /// Writes a run whose items are still to be planned, and its state `running`; durable when
    /// this returns.
    ///
    /// # Errors
    /// Where the index cannot be written; then there is no run.
    pub fn begin_run(&self, new: NewRun, now: SystemTime) -> Result<RunId, StoreError> {
        let now_ms = milliseconds(now);
        self.write(Durability::Durable, move |connection| {
            let run = Run {
                id: RunId(0),
                created_ms: now_ms,
                changed_ms: now_ms,
                state: RunState::Running,
                reason: None,
                plan: new.plan,
                digest: new.digest,
                summary: None,
                counts: Counts::default(),
            };
            let id = run::insert(connection, &run)?;
            for (source, spec) in (0..).zip(new.sources) {
                let source = RunSource { source, spec, facts: None, first: None, items: None };
                run_source::insert(connection, id, &source)?;
            }
            Ok(id)
        })
    }

    /// Writes the items of a source behind all others, one spec an item, and what was found out
    /// about the source. Returns the position of the first.
    ///
    /// # Errors
    /// Where the index cannot be written; then nothing is planned.
    pub fn plan_run_source(
        &self,
        id: RunId,
        source: u32,
        facts: Option<Value>,
        specs: Vec<Value>,
    ) -> Result<u32, StoreError> {
        let positions = self.plan_run_sources(id, vec![SourcePlan { source, facts, specs }])?;
        Ok(positions.first().copied().unwrap_or(0))
    }

    /// Plans many sources, as [`Store::plan_run_source`] does one, in one transaction and in this
    /// order. Returns the position of the first item of each.
    ///
    /// # Errors
    /// Where the index cannot be written; then nothing is planned.
    pub fn plan_run_sources(
        &self,
        id: RunId,
        plans: Vec<SourcePlan>,
    ) -> Result<Vec<u32>, StoreError> {
        self.write(Durability::Process, move |connection| {
            let planned = plans.into_iter().map(|SourcePlan { source, facts, specs }| {
                run_source::unplan(connection, id, source)?;
                let first = run_item::next_position(connection, id)?;
                let mut items = 0;
                for (position, spec) in (first..).zip(specs) {
                    run_item::insert(connection, id, &RunItem::pending(position, spec))?;
                    items += 1;
                }
                run_source::set_planned(connection, id, source, facts.as_ref(), (first, items))?;
                Ok(first)
            });
            planned.collect()
        })
    }

    /// Changes what is known about a source; `None`: to be found out again.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn set_run_source_facts(
        &self,
        id: RunId,
        source: u32,
        facts: Option<Value>,
    ) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| {
            run_source::set_facts(connection, id, source, facts.as_ref())
        })
    }

    /// Forgets the items of a source, so that they are planned anew.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn unplan_run_source(&self, id: RunId, source: u32) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| {
            run_source::unplan(connection, id, source)
        })
    }

    /// A source with its items.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run_source(
        &self,
        id: RunId,
        source: u32,
    ) -> Result<Option<(RunSource, Vec<RunItem>)>, StoreError> {
        self.read(move |connection| {
            let Some(found) = run_source::get(connection, id, source)? else { return Ok(None) };
            let items = match (found.first, found.items) {
                (Some(first), Some(items)) => {
                    run_item::page(connection, id, &ItemState::ALL, (first, items))?
                }
                _ => Vec::new(),
            };
            Ok(Some((found, items)))
        })
    }

    /// At most `limit` sources from `from` on, without their items.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run_sources(
        &self,
        id: RunId,
        from: u32,
        limit: u32,
    ) -> Result<Vec<RunSource>, StoreError> {
        self.read(move |connection| run_source::page(connection, id, from, limit))
    }

    /// The sources whose items are still to be planned. Those of which items were lost with a
    /// damaged index are among them.
    ///
    /// # Errors
    /// Where the index cannot be read or written.
    pub fn unplanned_run_sources(&self, id: RunId) -> Result<Vec<u32>, StoreError> {
        self.write(Durability::Process, move |connection| {
            for source in run_source::incomplete(connection, id)? {
                run_source::unplan(connection, id, source)?;
            }
            run_source::unplanned(connection, id)
        })
    }

    /// The source that an item came of.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn source_of_run_item(&self, id: RunId, position: u32) -> Result<Option<u32>, StoreError> {
        self.read(move |connection| run_source::of_position(connection, id, position))
    }

    /// At most `limit` items in these states, from a position on, in the order of the plan.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run_items_from(
        &self,
        id: RunId,
        states: &[ItemState],
        from: u32,
        limit: u32,
    ) -> Result<Vec<RunItem>, StoreError> {
        let states = states.to_vec();
        self.read(move |connection| run_item::page(connection, id, &states, (from, limit)))
    }

    /// At most `limit` items after the first `offset` ones, in the order of the plan; with a
    /// state, of those in it.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run_items_slice(
        &self,
        id: RunId,
        state: Option<ItemState>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<RunItem>, StoreError> {
        self.read(move |connection| run_item::slice(connection, id, state, (offset, limit)))
    }

    /// All runs that are not over, the newest first.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn unfinished_runs(&self) -> Result<Vec<Run>, StoreError> {
        self.read(run::all_unfinished)
    }

    /// The newest run with this digest that is not over.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn unfinished_run(&self, digest: &str) -> Result<Option<RunId>, StoreError> {
        let digest = digest.to_owned();
        self.read(move |connection| run::unfinished(connection, &digest))
    }

    /// Notes what became of a run so far, for reports.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn set_run_summary(&self, id: RunId, summary: Value) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| {
            run::set_summary(connection, id, &summary)
        })
    }

    /// Forgets runs that are over, the newest `keep` aside. Their files stay.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn prune_runs(&self, keep: u32) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| run::prune(connection, keep))
    }
}

#[cfg(test)]
mod tests;
