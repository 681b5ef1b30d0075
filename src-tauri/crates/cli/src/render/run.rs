//! Begins the run of a command, or continues it after a crash or Ctrl-C, and follows it to its end.

use cropmark_engine::{
    intake::Cache,
    run::{
        Begun, Record, Run, RunContext, RunError, RunEvent, RunPlan, RunRecord, Status as RowStatus,
    },
    source::Found,
};
use cropmark_store::{Access, ItemState, RunState, Store};
use tokio::sync::mpsc;

use super::display::{Display, RunEnd};
use crate::{interrupt::Interrupt, status::Failure, terminal};

/// Decides how the run is recorded in this cache. Where it cannot be, says why.
pub(super) fn record(cache: Option<&Cache>, plan: RunPlan) -> Record {
    let reason = match cache.map(Cache::store) {
        None => "there is no cache".to_owned(),
        Some(store) => match store.access() {
            Access::Full => return Record::Stored(store.clone(), Box::new(plan)),
            Access::ReadOnly(reason) => reason.to_string(),
        },
    };
    terminal::complain(&format!(
        "no record of this run is kept, because {reason}. Should it be interrupted, the same \
         command compares what is there instead"
    ));
    Record::Nothing
}

/// Begins the run, or continues the one that the same command began, and follows it.
pub(super) async fn follow(
    context: RunContext,
    record: Record,
    sources: Vec<Found>,
    interrupt: &Interrupt,
    display: &mut Display,
    show: impl Fn(&mut Display, RunEvent),
) -> Result<RunEnd, Failure> {
    let mut stop = interrupt.stop.clone();
    let opened = tokio::select! {
        biased;
        _ = stop.wait_for(|stop| *stop) => return Ok(RunEnd::Stopped),
        opened = open(context, record, sources, display) => opened,
    };
    let (run, mut events) = match opened {
        Ok(opened) => opened,
        Err(RunError::Clashes(clashes)) => return Ok(RunEnd::Clashes(clashes)),
        Err(RunError::Store(error)) if error.pauses_a_run() => {
            return Ok(RunEnd::Halted(error.to_string()));
        }
        Err(error) => return Err(Failure::Workspace(error.to_string())),
    };
    let mut is_stopping = false;
    loop {
        tokio::select! {
            biased;
            event = events.recv() => match event {
                Some(event) => show(display, event),
                None => break,
            },
            _ = stop.wait_for(|stop| *stop), if !is_stopping => {
                is_stopping = true;
                run.stop("it was interrupted; run the same command to continue");
            }
            _ = run.rested() => break,
        }
    }
    // Everything was reported before the run came to rest.
    while let Ok(event) = events.try_recv() {
        show(display, event);
    }
    let progress = run.rested().await;
    run.close().await;
    Ok(match progress.state {
        RunState::Done => RunEnd::Complete,
        _ if is_stopping => RunEnd::Stopped,
        _ => RunEnd::Halted(progress.reason.unwrap_or_default()),
    })
}

async fn open(
    context: RunContext,
    record: Record,
    sources: Vec<Found>,
    display: &mut Display,
) -> Result<(Run, mpsc::Receiver<RunEvent>), RunError> {
    let (store, plan) = match record {
        Record::Stored(store, plan) => (store, plan),
        other => return Run::begin(context, other, sources).await,
    };
    let begun = Run::begin_or_resume(context, store.clone(), *plan, sources).await?;
    let Begun { run, events, is_resumed, notice } = begun;
    if let Some(detail) = notice {
        terminal::complain(&format!("the run starts over: {detail}"));
    }
    if is_resumed {
        report_earlier(&store, &run, display)?;
        // What failed is worth another try.
        match run.retry(None).await {
            Err(RunError::Store(error)) if error.is_disk_full() => {
                terminal::complain(&format!("what failed before is not tried again: {error}"));
            }
            tried => drop(tried?),
        }
        run.resume().await;
    }
    Ok((run, events))
}

/// Reports rows that were done before this process: their files are there, nothing is written.
fn report_earlier(store: &Store, run: &Run, display: &mut Display) -> Result<(), RunError> {
    for stored in RunRecord::all_rows(store, run.id(), &[ItemState::Done]) {
        if let Some(mut row) = stored?.row {
            row.status = RowStatus::Skipped;
            display.row(&row);
        }
    }
    Ok(())
}
