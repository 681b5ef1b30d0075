//! What the tasks of a run share: its names, where its rows go, and whether it must halt.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::{ContentHash, Fault, FaultCode, naming::Names};
use cropmark_store::atomic::WriteError;
use tokio::sync::{mpsc, watch};

use super::{
    Report, Row,
    durable::{Recorder, Recording},
    finishing::Finishing,
    prepare::Prepared,
    render::Name,
    run::Export,
};

/// What the tasks of a run share.
pub(super) struct Shared {
    pub(super) export: Arc<Export>,
    names: Mutex<Names>,
    pub(super) ledger: Ledger,
    halt: watch::Sender<Option<String>>,
    pub(super) finishing: Finishing,
}

/// Where rows go.
pub(super) enum Ledger {
    /// To whoever listens.
    Told(mpsc::Sender<Report>),
    /// Into the store, and then to whoever listens.
    Recorded(Recorder),
}

/// A row, and what stands on the disk for it.
pub(super) struct Told {
    pub(super) row: Row,
    /// The file that is there now.
    pub(super) path: Option<PathBuf>,
    /// The hash of its content.
    pub(super) hash: Option<ContentHash>,
}

impl From<Row> for Told {
    fn from(row: Row) -> Self {
        Self { row, path: None, hash: None }
    }
}

impl Shared {
    pub(super) fn new(export: Arc<Export>, ledger: Ledger) -> Self {
        let finishing = Finishing::new(export.workers);
        let halt = watch::Sender::new(None);
        Self { export, names: Mutex::default(), ledger, halt, finishing }
    }

    /// Tells what became of an item. Where nobody listens any more the work goes on: the files
    /// are what counts.
    pub(super) async fn tell(&self, position: u32, told: impl Into<Told>) {
        let told = told.into();
        match &self.ledger {
            Ledger::Told(reports) => {
                let _ = reports.send(Report::Row(Box::new(told.row))).await;
            }
            Ledger::Recorded(recorder) => {
                recorder.tell(Recording::Item { position, told: Box::new(told) }).await;
            }
        }
    }

    /// As [`Shared::tell`], from where waiting holds up nobody.
    pub(super) fn tell_blocking(&self, position: u32, told: impl Into<Told>) {
        let told = told.into();
        match &self.ledger {
            Ledger::Told(reports) => {
                let _ = reports.blocking_send(Report::Row(Box::new(told.row)));
            }
            Ledger::Recorded(recorder) => {
                recorder.tell_blocking(Recording::Item { position, told: Box::new(told) });
            }
        }
    }

    pub(super) async fn source_done(&self) {
        match &self.ledger {
            Ledger::Told(reports) => {
                let _ = reports.send(Report::SourceDone).await;
            }
            Ledger::Recorded(recorder) => recorder.tell(Recording::SourceDone).await,
        }
    }

    /// Notes which name a file is about to get, and the row that will then be told.
    pub(super) fn intend(
        &self,
        position: u32,
        path: &Path,
        hash: ContentHash,
        row: &Row,
    ) -> io::Result<()> {
        let Ledger::Recorded(recorder) = &self.ledger else { return Ok(()) };
        recorder.intend(position, path, hash, row).map_err(|error| {
            self.halt(&error.to_string());
            io::Error::other(error)
        })
    }

    /// Stops the run: what comes next would fare no better. The first reason counts.
    pub(super) fn halt(&self, reason: &str) {
        self.halt.send_if_modified(|halted| {
            let is_first = halted.is_none();
            if is_first {
                *halted = Some(reason.to_owned());
            }
            is_first
        });
    }

    /// Stops the run where every other file would fail like this one.
    pub(super) fn halt_for(&self, error: &WriteError) -> bool {
        let is_for_all = match error {
            // A folder that has gone was unplugged or moved, and comes back.
            WriteError::Missing { .. } => true,
            // A folder within it may be a file: that is a matter of its own rows.
            WriteError::NotAFolder { .. } => self.export.destination.is_a_file(),
            other => other.pauses_a_run(),
        };
        if is_for_all {
            self.halt(&error.to_string());
        }
        self.is_halted()
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halt.borrow().is_some()
    }

    /// Ready with the reason once the run is to halt.
    pub(super) async fn halted(&self) -> String {
        let mut halted = self.halt.subscribe();
        loop {
            if let Some(reason) = halted.borrow_and_update().clone() {
                return reason;
            }
            if halted.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// Claims the names of a source's variants.
    pub(super) fn claim(&self, prepared: &Prepared) -> Vec<Name> {
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
