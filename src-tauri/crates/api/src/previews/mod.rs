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

use cropmark_engine::export::Row;
use cropmark_rules::{Format, parameters::GivenValues};
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
    /// Passed once files of former times are gone from the person's cache.
    spare: std::sync::Once,
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
            spare: std::sync::Once::new(),
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

    /// An export or eager rendering could not make a generator's variants of an asset, as a row
    /// of its report says; the row does not say which format, so that those which are not kept
    /// count. What was kept, and what is being rendered, is noticed without being told. Blocks.
    pub(crate) fn failed(&self, workspace: &Workspace, asset: u32, row: &Row) {
        let Some(fault) = row.error.as_ref() else { return };
        let Some(generator) = row.generator.as_ref() else { return };
        let Some(asset) = workspace.library.asset(asset) else { return };
        let shared = &self.shared;
        let known = states::known(&workspace.library, shared.ground.store(), &asset);
        let Some(facts) = known else { return };
        for file in &shared.ruling.now(&workspace.documents).files {
            let names = std::slice::from_ref(generator);
            let plan = file.preset.plan(&facts, names, &GivenValues::default(), &shared.writable);
            let of_row = plan.variants.iter().filter(|variant| variant.variation == row.variation);
            for variant in of_row {
                shared.board.fail(plans::entry(&file.file, &facts.path, variant), fault);
            }
        }
        shared.survey.assets([asset.id]);
        shared.survey.flush();
    }
}
