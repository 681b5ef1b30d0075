//! Starts runs, reports their progress, and lists them.

use std::{sync::Arc, time::Duration};

use cropmark_engine::run::{Record, Run, RunContext, RunRecord};
use cropmark_store::RunState;

use super::{
    ExportRequest, Exports, Open, refused,
    run_info::{self, RunDescription, Snapshot},
};
use crate::{
    ApiError,
    context::blocking,
    model::{self, Event},
};

/// The least time between two events about a running run.
const PAUSE: Duration = Duration::from_millis(200);

impl Exports {
    /// Starts a run.
    pub(crate) async fn start(&self, wanted: ExportRequest) -> Result<model::RunInfo, ApiError> {
        self.inner.context.may_write()?;
        self.end_forecast();
        let exports = self.clone();
        let request = blocking(move || exports.check(&wanted)).await?;
        let request = request.map_err(|problems| ApiError::invalid(problems.join(" ")))?;
        let engine = self.inner.context.engine()?;
        let (cache, rulebook, destination) = (self.cache(), request.rulebook, request.destination);
        let record = Record::Stored(cache.store().clone(), Box::new(request.plan));
        let context = RunContext::new(engine, Some(cache), rulebook, destination);
        let begun = Run::begin(context, record, request.sources).await;
        let (run, reports) = begun.map_err(refused)?;
        // The rows are read from the store.
        drop(reports);
        let record = self.record(run.id()).await?;
        let is_closed = self.inner.opening.lock().await;
        if *is_closed {
            // It continues when the workspace is opened again.
            run.close().await;
            return Err(ApiError::no_workspace());
        }
        Ok(self.follow(run, RunDescription::of(&record)).info())
    }

    /// Reports a run's progress to the window until the run is closed.
    pub(super) fn follow(&self, run: Run, description: RunDescription) -> Open {
        let id = run.id().0;
        let open = Open { run: Arc::new(run), description: Arc::new(description) };
        self.open().insert(id, open.clone());
        let (mut progress, description) = (open.run.progress(), Arc::clone(&open.description));
        let events = self.inner.context.event_sender();
        self.inner.context.spawn(async move {
            loop {
                let info = description.info(&Snapshot::now(&mut progress));
                let _ = events.send(Event::Run(info));
                if progress.changed().await.is_err() {
                    return;
                }
                // An end is reported at once.
                let rests = |state| state != RunState::Running;
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    _ = progress.wait_for(|now| rests(now.state)) => {}
                }
            }
        });
        open
    }

    /// All runs, the newest first.
    pub(crate) async fn all(&self) -> Result<model::Runs, ApiError> {
        let number = Snapshot::next_number();
        let store = self.inner.context.store().clone();
        let records = blocking(move || RunRecord::all(&store)).await??;
        let infos = records.into_iter().map(|record| match self.find(record.id) {
            Some(open) => open.info(),
            None => run_info::stored(number, record),
        });
        Ok(model::Runs { runs: infos.collect() })
    }
}
