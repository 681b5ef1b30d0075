//! Follows what happens elsewhere in the workspace: files that change, rules that are edited,
//! variants that exports keep.

use std::{fs, sync::Arc};

use tokio::sync::broadcast::error::RecvError;

use super::{Shared, hand_out};
use crate::{model::Event, workspace::Workspace};

/// Begins to follow, and the survey with it.
pub(super) fn begin(shared: &Arc<Shared>, workspace: &Arc<Workspace>) {
    // What was handed out to other programs before is theirs by now, or nobody's.
    let _ = fs::remove_dir_all(hand_out::folder(shared));
    let weak = Arc::downgrade(shared);
    shared.ground.store().listen(move |change| {
        let Some(shared) = weak.upgrade() else { return };
        if shared.board.changed(change) {
            shared.survey.variants_changed();
        }
    });
    shared.survey.begin(shared, Arc::downgrade(workspace));
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
