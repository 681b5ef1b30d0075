//! A run: sources go in, rows come out.
//!
//! Sources are opened, hashed, inspected and planned ahead, in their order, while workers
//! render. What is held at a moment does not grow with the number of sources, names aside.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::{Fault, FaultCode, naming::Names};
use tokio::{
    sync::{mpsc, watch},
    task::{JoinError, JoinHandle, JoinSet},
};

use super::{
    Cache, Destination, Found, Row, Rulebook, Status,
    foresee::{NameClash, foresee},
    prepare::{Hashing, Prepared, prepare},
    render::{self, Name},
};
use crate::{BatchId, Engine};

/// Sources that are prepared ahead of those that render, so that workers never wait for a disk.
const AHEAD: usize = 4;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// All sources were worked through.
    Complete,
    /// Somebody stopped it; nothing half is left.
    Stopped,
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
            shared: Arc::new(Shared { export: self, names: Mutex::default(), reports }),
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
async fn stopped(stop: &mut watch::Receiver<bool>) {
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
fn survive<T>(ended: Result<T, JoinError>) -> Option<T> {
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
                self.shared.row(Row::failed(&found.path, fault)).await;
                return self.shared.source_done().await;
            }
        };
        let names = self.shared.claim(&prepared);
        self.rendering.spawn(render::source(Arc::clone(&self.shared), prepared, names));
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

/// What the tasks of a run share.
pub(super) struct Shared {
    pub(super) export: Arc<Export>,
    names: Mutex<Names>,
    pub(super) reports: mpsc::Sender<Report>,
}

impl Shared {
    /// Tells a row. Where nobody listens any more the work goes on: the files are what counts.
    pub(super) async fn row(&self, row: Row) {
        let _ = self.reports.send(Report::Row(Box::new(row))).await;
    }

    pub(super) async fn source_done(&self) {
        let _ = self.reports.send(Report::SourceDone).await;
    }

    /// As [`Shared::row`], from where waiting holds up nobody.
    pub(super) fn row_blocking(&self, row: Row) {
        let _ = self.reports.blocking_send(Report::Row(Box::new(row)));
    }

    fn claim(&self, prepared: &Prepared) -> Vec<Name> {
        let destination = &self.export.destination;
        let mut names = self.names();
        let variants = prepared.plan.variants.iter();
        variants
            .map(|variant| {
                let Some(name) = destination.planned_name(variant, &prepared.name_path) else {
                    return Name::Open;
                };
                match names.claim(&name) {
                    Ok(()) => Name::Claimed(name),
                    Err(clash) => Name::Refused(taken(&clash.to_string())),
                }
            })
            .collect()
    }

    /// Claims a name that was not known before the variant was rendered.
    pub(super) fn claim_late(&self, name: &str) -> Result<(), Fault> {
        self.names().claim(name).map_err(|clash| taken(&clash.to_string()))
    }

    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken(clash: &str) -> Fault {
    let message = format!(
        "Another variant of this run has the name: {clash}. Choose a name template that tells \
         them apart."
    );
    Fault::new(FaultCode::Invalid, message)
}

/// The row of a source that was named and that no generator takes.
pub(super) fn untaken(prepared: &Prepared) -> Row {
    Row::of(&prepared.found.path, Status::Skipped)
}
