//! Runs at work: begun, followed, and told of.

use std::{sync::Arc, time::Duration};

use cropmark_engine::export::{Run, RunRecord};
use cropmark_store::RunState;

use super::{
    Exports, Open,
    facts::{self, Facts, Seen},
    refused,
};
use crate::{
    ApiError,
    model::{self, Event, ExportArguments},
    workspace::blocking,
};

/// The least time between two events about a run that is at work.
const PAUSE: Duration = Duration::from_millis(200);

impl Exports {
    /// Begins a run.
    pub(super) async fn start(&self, wanted: ExportArguments) -> Result<model::RunInfo, ApiError> {
        self.inner.ground.may_write()?;
        self.end_planning();
        let exports = self.clone();
        let asked = blocking(move || exports.ask(&wanted)).await?;
        let asked = asked.map_err(|problems| ApiError::invalid(problems.join(" ")))?;
        let engine = self.inner.ground.engine()?;
        let begun = Run::begin(engine, &self.cache(), asked.plan, asked.sources).await;
        let (run, reports) = begun.map_err(refused)?;
        // The store has the rows; nobody need listen.
        drop(reports);
        let record = self.record(run.id()).await?;
        let is_closed = self.inner.opening.lock().await;
        if *is_closed {
            // It goes on when the workspace is opened again.
            run.close().await;
            return Err(ApiError::no_workspace());
        }
        Ok(self.follow(run, Facts::of(&record)).info())
    }

    /// Tells the window how far a run is, until it is closed.
    pub(super) fn follow(&self, run: Run, facts: Facts) -> Open {
        let id = run.id().0;
        let open = Open { run: Arc::new(run), facts: Arc::new(facts) };
        self.open().insert(id, open.clone());
        let (mut progress, facts) = (open.run.progress(), Arc::clone(&open.facts));
        let events = self.inner.ground.teller();
        self.inner.ground.spawn(async move {
            loop {
                let info = facts.info(&Seen::now(&mut progress));
                // Nobody need listen.
                let _ = events.send(Event::Run(info));
                if progress.changed().await.is_err() {
                    return;
                }
                // An end is told at once.
                let rests = |state| state != RunState::Running;
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    _ = progress.wait_for(|now| rests(now.state)) => {}
                }
            }
        });
        open
    }

    /// All runs of the window, the newest first.
    pub(super) async fn all(&self) -> Result<Vec<model::RunInfo>, ApiError> {
        let number = Seen::number();
        let store = self.inner.ground.store().clone();
        let records = blocking(move || RunRecord::all(&store)).await??;
        let infos = records.into_iter().map(|record| match self.find(record.id) {
            Some(open) => open.info(),
            None => facts::stored(number, record),
        });
        Ok(infos.collect())
    }
}
