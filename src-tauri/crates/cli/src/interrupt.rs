//! Ctrl-C and the other signals to stop: the first one asks for a clean end, a second one ends the
//! process at once.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

use crate::{
    status::{Failure, Status},
    terminal,
};

/// Tells whether a signal has asked the program to stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    /// For asynchronous tasks, which wait for it.
    pub(crate) stop: watch::Receiver<bool>,
    /// For blocking loops, which look at it between two steps.
    pub(crate) flag: Arc<AtomicBool>,
}

impl Interrupt {
    /// Starts to listen for the signals.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::Workspace(format!("the system gives no signals: {error}"))
            })
        };
        let mut interrupts = listen(SignalKind::interrupt())?;
        let mut ends = listen(SignalKind::terminate())?;
        let (stop, stopped) = watch::channel(false);
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        tokio::spawn(async move {
            next(&mut interrupts, &mut ends).await;
            raised.store(true, Ordering::Relaxed);
            let _ = stop.send(true);
            terminal::complain("stopping; press Ctrl-C again to stop at once");
            next(&mut interrupts, &mut ends).await;
            process::exit(i32::from(Status::Interrupted.code()));
        });
        Ok(Self { stop: stopped, flag })
    }

    /// Whether a signal has come.
    pub(crate) fn is_raised(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

async fn next(interrupts: &mut Signal, ends: &mut Signal) {
    tokio::select! {
        _ = interrupts.recv() => {}
        _ = ends.recv() => {}
    }
}
