//! A run that is written down as it goes: after a crash or Ctrl-C, the same command goes on.

use cropmark_engine::{
    Engine,
    export::{
        Cache, Ending, ExportError, Found, Run, RunError, RunPlan, RunRecord, RunReport,
        Status as RowStatus,
    },
};
use cropmark_store::{Access, ItemState, RunState, Store};
use tokio::sync::mpsc;

use super::Told;
use crate::{interrupt::Interrupt, status::Failure, terminal};

/// Rows of an earlier part that are read at a time.
const PAGE: u32 = 500;

/// The cache, if runs can be written down in it. Where they cannot, says why.
pub(super) fn recording(cache: Option<&Cache>) -> Option<Cache> {
    let without = |reason: &str| {
        terminal::complain(&format!(
            "no record of this run is kept, because {reason}. Should it be interrupted, the same \
             command compares what is there instead"
        ));
        None
    };
    match cache {
        None => without("there is no cache"),
        Some(cache) => match cache.store().access() {
            Access::Full => Some(cache.clone()),
            Access::ReadOnly(reason) => without(&reason.to_string()),
        },
    }
}

/// Begins the run, or goes on with the one that the same command began.
pub(super) async fn render(
    engine: &Engine,
    cache: &Cache,
    plan: RunPlan,
    sources: Vec<Found>,
    interrupt: &Interrupt,
    told: &mut Told<'_>,
) -> Result<Result<Ending, ExportError>, Failure> {
    let mut stop = interrupt.stop.clone();
    let opened = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => return Ok(Ok(Ending::Stopped)),
        opened = open(engine, cache, plan, sources, told) => opened,
    };
    let (run, mut reports) = match opened {
        Ok(opened) => opened,
        Err(RunError::Clashes(clashes)) => return Ok(Err(clashes)),
        Err(RunError::Store(error)) if error.pauses_a_run() => {
            return Ok(Ok(Ending::Halted(error.to_string())));
        }
        Err(error) => return Err(Failure::Workspace(error.to_string())),
    };
    let mut is_stopping = false;
    loop {
        tokio::select! {
            biased;
            report = reports.recv() => match report {
                Some(report) => told.report(report),
                None => break,
            },
            _ = stop.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                run.stop("it was interrupted; the same command goes on");
            }
            _ = run.rested() => break,
        }
    }
    // Everything was told before the run came to rest.
    while let Ok(report) = reports.try_recv() {
        told.report(report);
    }
    let progress = run.rested().await;
    run.close().await;
    Ok(Ok(match progress.state {
        RunState::Done => Ending::Complete,
        _ if is_stopping => Ending::Stopped,
        _ => Ending::Halted(progress.reason.unwrap_or_default()),
    }))
}

async fn open(
    engine: &Engine,
    cache: &Cache,
    plan: RunPlan,
    sources: Vec<Found>,
    told: &mut Told<'_>,
) -> Result<(Run, mpsc::Receiver<RunReport>), RunError> {
    let (store, request) = (cache.store().clone(), plan.clone());
    let looked = tokio::task::spawn_blocking(move || {
        let digest = request.digest(&sources);
        store.unfinished_run(&digest).map(|known| (known, sources))
    });
    let (known, sources) = match looked.await {
        Ok(looked) => looked?,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    };
    if let Some(id) = known {
        match Run::reopen(engine, cache, id).await {
            Ok((run, reports)) => {
                let store = cache.store().clone();
                tell_earlier(&store, &run, told)?;
                // What failed is worth another try.
                run.retry(None).await?;
                run.resume().await;
                return Ok((run, reports));
            }
            Err(RunError::Unusable { detail, .. }) => {
                terminal::complain(&format!("the run is begun anew: {detail}"));
            }
            Err(error) => return Err(error),
        }
    }
    Run::begin(engine, cache, plan, sources).await
}

/// Rows that were done before this process: their files are there, nothing is written.
fn tell_earlier(store: &Store, run: &Run, told: &mut Told<'_>) -> Result<(), RunError> {
    let mut offset = 0;
    loop {
        let rows = RunRecord::rows(store, run.id(), Some(ItemState::Done), offset, PAGE)?;
        if rows.is_empty() {
            return Ok(());
        }
        offset += PAGE;
        for mut row in rows.into_iter().filter_map(|stored| stored.row) {
            row.status = RowStatus::Skipped;
            told.row(&row);
        }
    }
}
