//! Gathers changes of assets for the window and sends them in batches, so that a hundred thousand
//! files or a busy moment do not flood it.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

/// The least time between two events.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// How long the first change waits for further ones.
pub(super) const GATHER: Duration = Duration::from_millis(10);

/// The most assets in one event.
const MOST: usize = 2000;

/// The changes that are not sent yet.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pending: Mutex<Pending>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    changed: BTreeSet<u32>,
    removed: BTreeSet<u32>,
    /// The assets whose variants have changed.
    restated: BTreeSet<u32>,
    completed: bool,
}

/// The content of one event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) changed: Vec<u32>,
    pub(super) removed: Vec<u32>,
    pub(super) restated: Vec<u32>,
    /// Whether the whole folder is listed since the last batch.
    pub(super) completed: bool,
}

impl Outbox {
    /// Adds an asset that is new, changed or read.
    pub(super) fn changed(&self, id: u32) {
        self.pending().changed.insert(id);
        self.wake.notify_one();
    }

    /// Adds an asset that is removed.
    pub(super) fn removed(&self, id: u32) {
        let mut pending = self.pending();
        pending.changed.remove(&id);
        pending.removed.insert(id);
        drop(pending);
        self.wake.notify_one();
    }

    /// Adds an asset whose variants have changed.
    pub(super) fn restated(&self, id: u32) {
        self.pending().restated.insert(id);
        self.wake.notify_one();
    }

    /// Notes that the whole folder is listed.
    pub(super) fn completed(&self) {
        self.pending().completed = true;
        self.wake.notify_one();
    }

    /// Waits for the first change.
    pub(super) async fn wait(&self) {
        loop {
            if !self.pending().is_empty() {
                return;
            }
            self.wake.notified().await;
        }
    }

    /// Takes the next batch.
    pub(super) fn take(&self) -> Batch {
        let mut pending = self.pending();
        let changed = take(&mut pending.changed);
        let removed = take(&mut pending.removed);
        let restated = take(&mut pending.restated);
        // Only with the last assets is the list complete.
        let is_last = pending.changed.is_empty() && pending.removed.is_empty();
        let completed = is_last && std::mem::take(&mut pending.completed);
        Batch { changed, removed, restated, completed }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    fn is_empty(&self) -> bool {
        let Self { changed, removed, restated, completed } = self;
        changed.is_empty() && removed.is_empty() && restated.is_empty() && !completed
    }
}

fn take(from: &mut BTreeSet<u32>) -> Vec<u32> {
    let Some(end) = from.iter().nth(MOST).copied() else {
        return std::mem::take(from).into_iter().collect();
    };
    let rest = from.split_off(&end);
    std::mem::replace(from, rest).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_bounded_and_the_last_one_says_so() {
        let outbox = Outbox::default();
        for id in 0..5000 {
            outbox.changed(id);
        }
        outbox.removed(3);
        outbox.completed();
        let sizes: Vec<(usize, usize, bool)> = std::iter::from_fn(|| {
            let batch = outbox.take();
            let told = (batch.changed.len(), batch.removed.len(), batch.completed);
            (batch != Batch::default()).then_some(told)
        })
        .collect();
        assert_eq!(sizes, [(2000, 1, false), (2000, 0, false), (999, 0, true)]);
    }
}
