//! Ctrl-C and the other signals to stop: the first one asks for a clean end, a second one ends the
//! process at once.

use std::{
    fs, process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{mpsc, watch},
};

use crate::{
    status::{Failure, Status},
    terminal,
};

/// The signals that ask the program to stop.
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
        let (asked, mut asks) = mpsc::channel(2);
        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
        // A terminal that closes hangs up; under `nohup` that is no reason to stop.
        if !is_hangup_ignored() {
            kinds.push(SignalKind::hangup());
        }
        for kind in kinds {
            let (mut signal, asked) = (listen(kind)?, asked.clone());
            tokio::spawn(async move {
                while signal.recv().await.is_some() && asked.send(()).await.is_ok() {}
            });
        }
        let (stop, stopped) = watch::channel(false);
        let flag = Arc::new(AtomicBool::new(false));
        let raised = Arc::clone(&flag);
        tokio::spawn(async move {
            asks.recv().await;
            raised.store(true, Ordering::Relaxed);
            let _ = stop.send(true);
            terminal::complain("stopping; press Ctrl-C again to stop at once");
            asks.recv().await;
            process::exit(i32::from(Status::Interrupted.code()));
        });
        Ok(Self { stop: stopped, flag })
    }

    /// Whether a signal has come.
    pub(crate) fn is_raised(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

/// Whether the program was started so that it outlives its terminal.
fn is_hangup_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.is_some_and(|ignored| u64::from_str_radix(ignored.trim(), 16).unwrap_or(0) & 1 == 1)
}
