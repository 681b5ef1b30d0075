//! Exports of the open workspace: durable runs of the engine, reported to the window.
//!
//! A run that was running when the program ended continues when its workspace is opened again; a
//! paused one stays paused.

mod control;
mod forecast;
mod report;
mod request;
mod retry_selection;
mod run_info;
mod runs;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_engine::{
    intake::Cache,
    run::{Run, RunOrigin, RunRecord},
};
use cropmark_store::{RunId, RunState};
use tokio::sync::watch;

pub(crate) use self::request::ExportRequest;
use self::run_info::{RunDescription, Snapshot};
use crate::{
    ApiError,
    context::{WorkspaceContext, blocking},
    documents::Documents,
    library::Library,
    model::{self, NoticeLevel},
};

/// Exports of the open workspace. Clones share one state.
#[derive(Debug, Clone)]
pub(crate) struct Exports {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    context: WorkspaceContext,
    library: Library,
    documents: Documents,
    /// The runs that this process has open, by their numbers.
    open: Mutex<HashMap<i64, Open>>,
    /// Held while a run is opened, so that none is opened twice. True once no more may be.
    opening: tokio::sync::Mutex<bool>,
    /// Ends the forecast that is under way.
    forecasting: Mutex<Option<watch::Sender<bool>>>,
}

/// A run that this process has open.
#[derive(Debug, Clone)]
struct Open {
    run: Arc<Run>,
    description: Arc<RunDescription>,
}

impl Open {
    /// The run as the window shows it now.
    fn info(&self) -> model::RunInfo {
        self.description.info(&Snapshot::now(&mut self.run.progress()))
    }
}

impl Exports {
    pub(crate) fn new(context: WorkspaceContext, library: Library, documents: Documents) -> Self {
        let (open, opening, forecasting) = Default::default();
        Self { inner: Arc::new(Inner { context, library, documents, open, opening, forecasting }) }
    }

    /// Opens the runs that are not over, and continues those that were running.
    pub(crate) fn begin(&self) {
        let exports = self.clone();
        self.inner.context.spawn(async move {
            if let Err(error) = exports.reopen_all().await {
                let message = format!("Earlier exports could not be opened: {error}");
                exports.inner.context.notice(NoticeLevel::Warning, message);
            }
        });
    }

    /// Stops all runs and waits for them. Their states stay as they are.
    pub(crate) async fn close(&self) {
        self.end_forecast();
        *self.inner.opening.lock().await = true;
        let open = std::mem::take(&mut *self.open());
        for Open { run, .. } in open.into_values() {
            run.close().await;
        }
    }

    async fn reopen_all(&self) -> Result<(), ApiError> {
        if self.inner.context.may_write().is_err() {
            return Ok(());
        }
        let store = self.inner.context.store().clone();
        let records = blocking(move || RunRecord::unfinished(&store)).await??;
        let ours = records.into_iter().rev().filter(|record| {
            record.plan.as_ref().is_some_and(|plan| plan.origin == RunOrigin::Studio)
        });
        for record in ours {
            let was_running = record.progress.state == RunState::Running;
            match self.open_run(record.id).await {
                Ok(open) if was_running => open.run.resume().await,
                Ok(_) => {}
                Err(error) => {
                    let message = format!("An export could not be opened again: {error}");
                    self.inner.context.notice(NoticeLevel::Warning, message);
                }
            }
        }
        Ok(())
    }

    /// The run of this number, opened if it is not open.
    async fn open_run(&self, id: RunId) -> Result<Open, ApiError> {
        let is_closed = self.inner.opening.lock().await;
        if *is_closed {
            return Err(ApiError::no_workspace());
        }
        if let Some(open) = self.find(id) {
            return Ok(open);
        }
        self.inner.context.may_write()?;
        let record = self.record(id).await?;
        let engine = self.inner.context.engine()?;
        let (run, reports) = Run::reopen(engine, &self.cache(), id).await.map_err(refused)?;
        // The rows are read from the store.
        drop(reports);
        Ok(self.follow(run, RunDescription::of(&record)))
    }

    async fn record(&self, id: RunId) -> Result<RunRecord, ApiError> {
        let store = self.inner.context.store().clone();
        let record = blocking(move || RunRecord::find(&store, id)).await??;
        record.ok_or_else(|| ApiError::not_found("This export is no longer in the list."))
    }

    /// A run as the window shows it now.
    async fn info(&self, id: RunId) -> Result<model::RunInfo, ApiError> {
        if let Some(open) = self.find(id) {
            return Ok(open.info());
        }
        let number = Snapshot::next_number();
        Ok(run_info::stored(number, self.record(id).await?))
    }

    fn cache(&self) -> Cache {
        Cache::new(self.inner.context.store().clone(), self.inner.context.root())
    }

    fn find(&self, id: RunId) -> Option<Open> {
        self.open().get(&id.0).filter(|open| !open.run.is_closed()).cloned()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<i64, Open>> {
        self.inner.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end_forecast(&self) -> watch::Receiver<bool> {
        let (stop, stopped) = watch::channel(false);
        let mut forecasting = self.inner.forecasting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(former) = forecasting.replace(stop) {
            former.send_replace(true);
        }
        stopped
    }
}

/// The window's error for a run that cannot begin.
fn refused(error: cropmark_engine::run::RunError) -> ApiError {
    use cropmark_engine::run::RunError;
    match error {
        RunError::Store(error) => error.into(),
        other => ApiError::invalid(crate::error::sentence(&other.to_string())),
    }
}
