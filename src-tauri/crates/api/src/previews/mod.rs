//! Variants of the open workspace's assets: rendered to be looked at, and what there is of them.

mod board;
mod choice;
mod follow;
mod hand_out;
mod matrix;
mod picture;
mod plans;
mod preview;
mod recent;
mod render;
mod rules;
mod sheet;
mod shows;
mod slots;
mod snippet;
mod states;
mod survey;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use cropmark_rules::{Fault, Format, plan::PlannedVariant};
use tokio::task::JoinSet;

pub(crate) use hand_out::variant_file;
pub(crate) use matrix::{asset_states, matrix};
pub(crate) use picture::picture;
pub(crate) use preview::preview;
pub(crate) use sheet::sheet;
pub(crate) use snippet::snippet;

use crate::workspace::{Ground, Workspace};

/// Previews and states of the open workspace.
#[derive(Debug)]
pub(crate) struct Previews {
    shared: Arc<Shared>,
}

/// What commands, tasks and the survey's thread have in common.
#[derive(Debug)]
struct Shared {
    ground: Ground,
    /// The formats that the worker writes.
    writable: Vec<Format>,
    slots: slots::Slots,
    recent: recent::Recent,
    board: Arc<board::Board>,
    ruling: rules::Ruling,
    plans: plans::Plans,
    survey: survey::Survey,
    /// Finished variants on their way to the disk.
    keeping: Mutex<JoinSet<()>>,
}

impl Previews {
    pub(crate) fn new(ground: Ground) -> Self {
        let writable = ground.engine().map(|engine| engine.description().writes.clone());
        let shared = Shared {
            ground,
            writable: writable.unwrap_or_default(),
            slots: slots::Slots::default(),
            recent: recent::Recent::default(),
            board: Arc::default(),
            ruling: rules::Ruling::default(),
            plans: plans::Plans::default(),
            survey: survey::Survey::default(),
            keeping: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Begins to look after states.
    pub(crate) fn begin(&self, workspace: &Arc<Workspace>) {
        follow::begin(&self.shared, workspace);
    }

    /// Ends: what is being written gets to its place.
    pub(crate) async fn close(&self) {
        let mut keeping = std::mem::take(
            &mut *self.shared.keeping.lock().unwrap_or_else(PoisonError::into_inner),
        );
        while keeping.join_next().await.is_some() {}
        let shared = Arc::clone(&self.shared);
        let ended = crate::workspace::blocking(move || {
            shared.survey.end();
            shared.board.flush(shared.ground.store());
        });
        // Only the program's end keeps it from running.
        let _ = ended.await;
    }

    /// Somebody else (an export, eager rendering) could not render a variant of an asset.
    pub(crate) fn failed(&self, asset: &str, file: &str, variant: &PlannedVariant, fault: &Fault) {
        if let Some(entry) = plans::entry(file, asset, variant) {
            self.shared.board.fail(entry, fault);
            self.shared.survey.variants_changed();
        }
    }

    /// Somebody else renders a variant for as long as the answer lives.
    pub(crate) fn rendering(&self, variant: &PlannedVariant) -> Option<impl Sized + use<>> {
        let key = variant.key.as_str().parse().ok()?;
        self.shared.survey.variants_changed();
        Some(self.shared.board.begin(key))
    }
}
