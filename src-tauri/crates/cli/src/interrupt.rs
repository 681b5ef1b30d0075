//! Ctrl-C and its relatives: the first asks for a clean end, the second ends at once.

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

/// Tells whether somebody asked for the end.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    /// For tasks.
    pub(crate) stop: watch::Receiver<bool>,
    /// For loops that cannot wait.
    pub(crate) flag: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on.
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

    /// Whether somebody asked.
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
