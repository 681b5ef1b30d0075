//! Export runs that survive everything: planned, then a row each.
//!
//! An item goes `pending` → `running` → `done` or `failed`. Before its file gets its name, that
//! name and the hash are noted ([`Store::intend_items`]); after a crash, [`Store::settle_run`]
//! looks there and knows whether the file came to be.

use std::{fs::File, path::Path, time::SystemTime};

use cropmark_rules::ContentHash;
use serde_json::Value;

use crate::{
    Counts, DoneItem, ItemEnd, ItemResult, ItemState, Run, RunId, RunItem, RunState, Store,
    StoreError,
    database::Durability,
    lock::milliseconds,
    table::{run, run_item, run_source},
    variant,
};

/// What became of items that were running when their process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// Their files stand under their names: done.
    pub done: u64,
    /// They do not: to do again.
    pub pending: u64,
}

impl Store {
    /// Writes a planned run, one spec an item, and its state `running`; durable when this
    /// returns.
    ///
    /// # Errors
    /// Where the index cannot be written; then there is no run.
    pub fn create_run(
        &self,
        plan: Value,
        specs: Vec<Value>,
        now: SystemTime,
    ) -> Result<RunId, StoreError> {
        let now_ms = milliseconds(now);
        let run = Run {
            id: RunId(0),
            created_ms: now_ms,
            changed_ms: now_ms,
            state: RunState::Running,
            reason: None,
            plan,
            digest: None,
            summary: None,
            counts: Counts::default(),
        };
        self.write(Durability::Durable, move |connection| {
            let id = run::insert(connection, &run)?;
            for (position, spec) in (0..).zip(specs) {
                run_item::insert(connection, id, &RunItem::pending(position, spec))?;
            }
            Ok(id)
        })
    }

    /// A run with the numbers of its items.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        self.read(move |connection| run::get(connection, id))
    }

    /// All runs, the newest first.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, StoreError> {
        self.read(run::all)
    }

    /// The items of a run that are in one of these states, in the order of the plan.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run_items(&self, id: RunId, states: &[ItemState]) -> Result<Vec<RunItem>, StoreError> {
        let states = states.to_vec();
        self.read(move |connection| run_item::list(connection, id, &states))
    }

    /// Changes a run's state, with a reason for people; durable when this returns.
    ///
    /// # Errors
    /// [`StoreError::UnknownRun`]; where the index cannot be written.
    pub fn set_run_state(
        &self,
        id: RunId,
        state: RunState,
        reason: Option<&str>,
        now: SystemTime,
    ) -> Result<(), StoreError> {
        let (reason, now_ms) = (reason.map(str::to_owned), milliseconds(now));
        let known = self.write(Durability::Durable, move |connection| {
            run::set_state(connection, id, state, reason.as_deref(), now_ms)
        })?;
        if known { Ok(()) } else { Err(StoreError::UnknownRun { id: id.0 }) }
    }

    /// Marks items as running.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn set_items_running(&self, id: RunId, positions: Vec<u32>) -> Result<(), StoreError> {
        self.restate(id, positions, ItemState::Running)
    }

    /// Marks items as to do: after a pause, or failed ones that are to be tried again.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn set_items_pending(&self, id: RunId, positions: Vec<u32>) -> Result<(), StoreError> {
        self.restate(id, positions, ItemState::Pending)
    }

    fn restate(&self, id: RunId, at: Vec<u32>, state: ItemState) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| {
            run_item::restate(connection, id, &at, state)
        })
    }

    /// Notes, in one transaction, the names that running items are about to get, and what is to
    /// be reported once they have them: call it before the files get their names, from
    /// [`TemporaryFile::commit_announced`](crate::atomic::TemporaryFile::commit_announced).
    ///
    /// # Errors
    /// Where the index cannot be written; then no file must get its name.
    pub fn intend_items(
        &self,
        id: RunId,
        intended: Vec<(u32, DoneItem)>,
    ) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| {
            intended.iter().try_for_each(|(at, item)| run_item::intend(connection, id, *at, item))
        })
    }

    /// Records how items ended; durable when this returns. Only then may it be reported. Many at
    /// once, or from many threads, share one transaction.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn finish_items(&self, id: RunId, ends: Vec<(u32, ItemEnd)>) -> Result<(), StoreError> {
        self.write(Durability::Durable, move |connection| {
            ends.iter().try_for_each(|(at, end)| run_item::finish(connection, id, *at, end))
        })
    }

    /// After a crash: removes rows that came from elsewhere, and decides about the items that were
    /// running. One whose intended file is
    /// there with the intended content is done, all others are to do again.
    ///
    /// # Errors
    /// Where the index cannot be read or written.
    pub fn settle_run(&self, id: RunId) -> Result<Settled, StoreError> {
        self.write(Durability::Process, move |connection| {
            run_item::remove_foreign(connection, id)?;
            run_source::remove_foreign(connection, id)
        })?;
        let (mut done, mut pending) = (Vec::new(), Vec::new());
        for item in self.items_of_run(id, &[ItemState::Running]) {
            let RunItem { position, path, hash, result, bytes, report, .. } = item?;
            match (path, hash) {
                (Some(path), Some(hash)) if stands_there(&path, hash) => {
                    let (path, hash) = (Some(path), Some(hash));
                    let result = result.unwrap_or(ItemResult::Skipped);
                    let end = ItemEnd::Done(DoneItem { path, hash, result, bytes, report });
                    done.push((position, end));
                }
                _ => pending.push(position),
            }
        }
        let settled = Settled { done: done.len() as u64, pending: pending.len() as u64 };
        if !done.is_empty() {
            self.finish_items(id, done)?;
        }
        if !pending.is_empty() {
            self.set_items_pending(id, pending)?;
        }
        Ok(settled)
    }

    /// Forgets a run. Its files stay.
    ///
    /// # Errors
    /// Where the index cannot be written.
    pub fn remove_run(&self, id: RunId) -> Result<(), StoreError> {
        self.write(Durability::Process, move |connection| run::remove(connection, id))
    }
}

fn stands_there(path: &Path, expected: ContentHash) -> bool {
    let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    let found = is_file.then(|| File::open(path).and_then(|file| variant::hash(&file, |_| {})));
    matches!(found, Some(Ok(hash)) if hash == expected)
}

#[cfg(test)]
mod tests;
