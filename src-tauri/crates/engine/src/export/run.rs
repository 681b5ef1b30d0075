//! A run: sources go in, rows come out.
//!
//! Sources are opened, hashed, inspected and planned ahead, in their order, while workers
//! render. What is held at a moment does not grow with the number of sources, names aside.

use std::{collections::VecDeque, sync::Arc};

use cropmark_rules::Fault;
use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinHandle, JoinSet},
};

use super::{
    Cache, Destination, Found, Row, Rulebook, Status,
    foresee::{NameClash, foresee},
    prepare::{Hashing, Prepared, prepare},
    render,
    shared::{Ledger, Shared},
};
use crate::{BatchId, Engine};

/// Sources that are prepared ahead of those that render, so that workers never wait for a disk.
pub(super) const AHEAD: usize = 4;

/// What a run works with.
#[derive(Debug)]
pub struct Export {
    /// Who renders.
    pub engine: Engine,
    /// What is asked for.
    pub rulebook: Rulebook,
    /// Where results go.
    pub destination: Destination,
    /// What is known from before, if it is kept.
    pub cache: Option<Cache>,
    /// The number by which the engine knows the run.
    pub batch: BatchId,
    /// Jobs that the engine runs at once.
    pub workers: usize,
    /// Whether nothing is rendered and nothing written: rows say what would be.
    pub dry_run: bool,
}

/// What a run tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// A variant is finished; if it has a file, the file is final.
    Row(Box<Row>),
    /// Nothing more will be told about one of the sources.
    SourceDone,
}

/// Why a run did not begin.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Two results would have one name.
    #[error("{}", list(.0))]
    Clashes(Vec<NameClash>),
}

fn list(clashes: &[NameClash]) -> String {
    let lines: Vec<String> = clashes.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Whether a run went to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// All sources were worked through.
    Complete,
    /// Somebody stopped it; nothing half is left.
    Stopped,
    /// It cannot go on, for this reason: the disk is full, or must not be written. Nothing half
    /// is left, and of what was not done nothing was told.
    Halted(String),
}

impl Export {
    /// Works through the sources until the end, or until `stop` becomes true.
    ///
    /// # Errors
    /// Where two results would have the same name; nothing was written then.
    pub async fn run(
        self: Arc<Self>,
        sources: Vec<Found>,
        reports: mpsc::Sender<Report>,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Ending, ExportError> {
        tokio::select! {
            biased;
            () = stopped(&mut stop) => return Ok(Ending::Stopped),
            clashes = foresee(&self, &sources) => {
                if !clashes.is_empty() {
                    return Err(ExportError::Clashes(clashes));
                }
            }
        }
        let most = self.workers + 2;
        let mut run = Run {
            shared: Arc::new(Shared::new(self, Ledger::Told(reports))),
            preparing: VecDeque::new(),
            rendering: JoinSet::new(),
        };
        let mut sources = sources.into_iter();
        loop {
            while run.preparing.len() < most + AHEAD
                && let Some(found) = sources.next()
            {
                let export = Arc::clone(&run.shared.export);
                run.preparing.push_back(tokio::spawn(prepare(export, found, Hashing::Content)));
            }
            if run.preparing.is_empty() && run.rendering.is_empty() {
                return Ok(Ending::Complete);
            }
            let may_render = run.rendering.len() < most;
            let is_rendering = !run.rendering.is_empty();
            tokio::select! {
                biased;
                () = stopped(&mut stop) => {
                    run.give_up().await;
                    return Ok(Ending::Stopped);
                }
                reason = run.shared.halted() => {
                    run.give_up().await;
                    return Ok(Ending::Halted(reason));
                }
                Some(ended) = run.rendering.join_next(), if is_rendering => {
                    survive(ended);
                }
                prepared = first(&mut run.preparing), if may_render && !run.preparing.is_empty() => {
                    run.preparing.pop_front();
                    if let Some(prepared) = survive(prepared) {
                        run.begin(prepared).await;
                    }
                }
            }
        }
    }
}

/// Ready when the run is to stop; never, once nobody can say so any more.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

type Preparation = JoinHandle<Result<Prepared, (Found, Fault)>>;

async fn first(
    preparing: &mut VecDeque<Preparation>,
) -> Result<Result<Prepared, (Found, Fault)>, JoinError> {
    match preparing.front_mut() {
        Some(first) => first.await,
        None => std::future::pending().await,
    }
}

/// A panic in a task is one here; of a task that was taken back nothing is left.
pub(super) fn survive<T>(ended: Result<T, JoinError>) -> Option<T> {
    match ended {
        Ok(value) => Some(value),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}

/// The state of a run.
struct Run {
    shared: Arc<Shared>,
    preparing: VecDeque<Preparation>,
    rendering: JoinSet<()>,
}

impl Run {
    /// Claims the names of a source's variants, and lets them be rendered.
    async fn begin(&mut self, prepared: Result<Prepared, (Found, Fault)>) {
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err((found, fault)) => {
                self.shared.tell(0, Row::failed(&found.path, fault)).await;
                return self.shared.source_done().await;
            }
        };
        let names = self.shared.claim(&prepared);
        let work = render::Work::new(Arc::clone(&self.shared), prepared, names);
        self.rendering.spawn(render::source(work));
    }

    /// Takes everything back and waits until nothing moves any more. Files that are being put
    /// in their places get there and are reported.
    async fn give_up(&mut self) {
        for preparation in &self.preparing {
            preparation.abort();
        }
        self.rendering.abort_all();
        self.shared.export.engine.cancel(self.shared.export.batch);
        while self.rendering.join_next().await.is_some() {}
    }
}

/// The row of a source that was named and that no generator takes.
pub(super) fn untaken(prepared: &Prepared) -> Row {
    Row::of(&prepared.found.path, Status::Skipped)
}
