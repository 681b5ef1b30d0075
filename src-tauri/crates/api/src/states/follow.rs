//! Follows changes that affect states: changed files, edited rules, variants that exports keep.

use std::{sync::Arc, time::Duration};

use tokio::sync::broadcast::error::RecvError;

use super::Inner;
use crate::model::Event;

/// Starts to follow changes, and the counter.
pub(super) fn begin(shared: &Arc<Inner>) {
    let weak = Arc::downgrade(shared);
    shared.context.store().listen(move |change| {
        let Some(shared) = weak.upgrade() else { return };
        if shared.index.changed(change) {
            shared.counter.variants_changed();
        }
    });
    shared.counter.begin(shared);
    follow_workers(shared);
    let mut events = shared.context.events();
    let weak = Arc::downgrade(shared);
    shared.context.spawn(async move {
        loop {
            let event = events.recv().await;
            let Some(shared) = weak.upgrade() else { return };
            match event {
                Ok(Event::Assets { changed, removed, .. }) => {
                    let changed = changed.iter().map(|asset| asset.id);
                    shared.counter.recount(changed.chain(removed));
                }
                Ok(Event::Document { .. } | Event::Presets {}) | Err(RecvError::Lagged(_)) => {
                    shared.counter.rules_changed();
                }
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
    });
}

/// The least time between two updates of the keys that workers render.
const WORKERS_PAUSE: Duration = Duration::from_millis(250);

/// Follows the keys that workers render, for previews and exports alike.
fn follow_workers(shared: &Arc<Inner>) {
    let Ok(engine) = shared.context.engine() else { return };
    let (mut snapshots, weak) = (engine.watch(), Arc::downgrade(shared));
    shared.context.spawn(async move {
        while snapshots.changed().await.is_ok() {
            let rendering = Arc::clone(&snapshots.borrow_and_update().rendering);
            let keys = rendering.iter().copied().collect();
            let Some(shared) = weak.upgrade() else { return };
            if shared.index.at_work(keys) {
                shared.counter.variants_changed();
            }
            drop(shared);
            tokio::time::sleep(WORKERS_PAUSE).await;
        }
    });
}
