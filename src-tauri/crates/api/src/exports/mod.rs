//! Exports of the open workspace: durable runs of the engine, told to the window.
//!
//! A run that was at work when the program ended goes on when its workspace is opened again; one
//! that a person paused waits.

mod asked;
mod commands;
mod facts;
mod foretell;
mod report;
#[cfg(test)]
mod tests;
mod work;
mod worth;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_engine::export::{Cache, Run, RunOrigin, RunRecord};
use cropmark_store::{RunId, RunState};
use tokio::sync::watch;

use facts::Seen;

pub(crate) use commands::{
    cancel, forget, pause, plan, resume, retry, rows, runs, save_report, start,
};

use crate::{
    ApiError,
    documents::Documents,
    library::Library,
    model::{self, NoticeLevel},
    workspace::{Ground, blocking},
};

/// Exports of the open workspace. A cheap handle.
#[derive(Debug, Clone)]
pub(crate) struct Exports {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    ground: Ground,
    library: Library,
    documents: Documents,
    /// The runs that this process has open, by their numbers.
    open: Mutex<HashMap<i64, Open>>,
    /// Held while a run is opened, so that none is opened twice; whether none is any more.
    opening: tokio::sync::Mutex<bool>,
    /// Ends the planning that is under way.
    planning: Mutex<Option<watch::Sender<bool>>>,
}

/// A run that this process has open.
#[derive(Debug, Clone)]
struct Open {
    run: Arc<Run>,
    facts: Arc<facts::Facts>,
}

impl Open {
    /// What it is now.
    fn info(&self) -> model::RunInfo {
        self.facts.info(&Seen::now(&mut self.run.progress()))
    }
}

impl Exports {
    pub(crate) fn new(ground: Ground, library: Library, documents: Documents) -> Self {
        let (open, opening, planning) = Default::default();
        Self { inner: Arc::new(Inner { ground, library, documents, open, opening, planning }) }
    }

    /// Opens the runs that are not over; those that were at work go on.
    pub(crate) fn begin(&self) {
        let exports = self.clone();
        self.inner.ground.spawn(async move {
            if let Err(error) = exports.reopen_all().await {
                let message = format!("Earlier exports could not be opened: {error}");
                exports.inner.ground.notice(NoticeLevel::Warning, message);
            }
        });
    }

    /// Ends the work and waits until nothing moves any more. Runs stay as they are.
    pub(crate) async fn close(&self) {
        self.end_planning();
        *self.inner.opening.lock().await = true;
        let open = std::mem::take(&mut *self.open());
        for Open { run, .. } in open.into_values() {
            run.close().await;
        }
    }

    async fn reopen_all(&self) -> Result<(), ApiError> {
        if self.inner.ground.may_write().is_err() {
            return Ok(());
        }
        let store = self.inner.ground.store().clone();
        let records = blocking(move || RunRecord::unfinished(&store)).await??;
        let ours = records.into_iter().rev().filter(|record| {
            record.plan.as_ref().is_some_and(|plan| plan.origin == RunOrigin::Studio)
        });
        for record in ours {
            let was_at_work = record.progress.state == RunState::Running;
            match self.open_run(record.id).await {
                Ok(open) if was_at_work => open.run.resume().await,
                Ok(_) => {}
                Err(error) => {
                    let message = format!("An export could not be opened again: {error}");
                    self.inner.ground.notice(NoticeLevel::Warning, message);
                }
            }
        }
        Ok(())
    }

    /// The run of this number, opened if it is not.
    async fn open_run(&self, id: RunId) -> Result<Open, ApiError> {
        let is_closed = self.inner.opening.lock().await;
        if *is_closed {
            return Err(ApiError::no_workspace());
        }
        if let Some(open) = self.find(id) {
            return Ok(open);
        }
        self.inner.ground.may_write()?;
        let record = self.record(id).await?;
        let engine = self.inner.ground.engine()?;
        let (run, reports) = Run::reopen(engine, &self.cache(), id).await.map_err(refused)?;
        // The store has the rows; nobody need listen.
        drop(reports);
        Ok(self.follow(run, facts::Facts::of(&record)))
    }

    async fn record(&self, id: RunId) -> Result<RunRecord, ApiError> {
        let store = self.inner.ground.store().clone();
        let record = blocking(move || RunRecord::find(&store, id)).await??;
        record.ok_or_else(|| ApiError::not_found("This export is not known any more."))
    }

    /// What a run is now.
    async fn info(&self, id: RunId) -> Result<model::RunInfo, ApiError> {
        if let Some(open) = self.find(id) {
            return Ok(open.info());
        }
        let number = Seen::number();
        Ok(facts::stored(number, self.record(id).await?))
    }

    fn cache(&self) -> Cache {
        Cache::new(self.inner.ground.store().clone(), self.inner.ground.root())
    }

    fn find(&self, id: RunId) -> Option<Open> {
        self.open().get(&id.0).filter(|open| !open.run.is_closed()).cloned()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<i64, Open>> {
        self.inner.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end_planning(&self) -> watch::Receiver<bool> {
        let (stop, stopped) = watch::channel(false);
        let mut planning = self.inner.planning.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(former) = planning.replace(stop) {
            former.send_replace(true);
        }
        stopped
    }
}

/// A run's refusal, as the window gets it.
fn refused(error: cropmark_engine::export::RunError) -> ApiError {
    use cropmark_engine::export::RunError;
    match error {
        RunError::Store(error) => error.into(),
        other => ApiError::invalid(crate::error::sentence(&other.to_string())),
    }
}
