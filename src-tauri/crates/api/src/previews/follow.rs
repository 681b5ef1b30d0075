//! Follows what happens elsewhere in the workspace: files that change, rules that are edited,
//! variants that exports keep.

use std::{fs, sync::Arc, time::Duration};

use tokio::sync::broadcast::error::RecvError;

use super::{Shared, hand_out};
use crate::{model::Event, workspace::Workspace};

/// Begins to follow, and the survey with it.
pub(super) fn begin(shared: &Arc<Shared>, workspace: &Arc<Workspace>) {
    // What was handed out to other programs before is theirs by now, or nobody's.
    if shared.ground.may_write().is_ok() {
        let _ = fs::remove_dir_all(hand_out::folder(shared));
    }
    let weak = Arc::downgrade(shared);
    shared.ground.store().listen(move |change| {
        let Some(shared) = weak.upgrade() else { return };
        if shared.board.changed(change) {
            shared.survey.variants_changed();
        }
    });
    shared.survey.begin(shared, Arc::downgrade(workspace));
    follow_workers(shared);
    let mut events = shared.ground.events();
    let weak = Arc::downgrade(shared);
    shared.ground.spawn(async move {
        loop {
            let event = events.recv().await;
            let Some(shared) = weak.upgrade() else { return };
            match event {
                Ok(Event::Assets { changed, removed, .. }) => {
                    let changed = changed.iter().map(|asset| asset.id);
                    shared.survey.assets(changed.chain(removed));
                }
                Ok(Event::Document { .. } | Event::Presets {}) | Err(RecvError::Lagged(_)) => {
                    shared.survey.rules_changed();
                }
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}

/// The least time between two looks at what workers are at.
const LOOK_PAUSE: Duration = Duration::from_millis(250);

/// Follows what workers are at, whoever asked for it.
fn follow_workers(shared: &Arc<Shared>) {
    let Ok(engine) = shared.ground.engine() else { return };
    let (mut snapshots, weak) = (engine.watch(), Arc::downgrade(shared));
    shared.ground.spawn(async move {
        while snapshots.changed().await.is_ok() {
            let rendering = Arc::clone(&snapshots.borrow_and_update().rendering);
            let keys = rendering.iter().copied().collect();
            let Some(shared) = weak.upgrade() else { return };
            if shared.board.at_work(keys) {
                shared.survey.variants_changed();
            }
            drop(shared);
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    });
}
