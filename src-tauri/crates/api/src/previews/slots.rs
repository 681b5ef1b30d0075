//! One preview request at a time for each slot of the window: a newer one ends the older.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// The requests that are under way, by their slots.
#[derive(Debug, Clone, Default)]
pub(super) struct Slots {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    turn: u64,
    requests: HashMap<String, (u64, oneshot::Sender<()>)>,
}

/// A request's hold on its slot.
#[derive(Debug)]
pub(super) struct Turn {
    slots: Slots,
    slot: String,
    number: u64,
    ended: oneshot::Receiver<()>,
}

impl Slots {
    /// Takes a slot, and ends the request that had it.
    pub(super) fn take(&self, slot: &str) -> Turn {
        let (taken, ended) = oneshot::channel();
        let mut held = self.held();
        held.turn += 1;
        let turn = held.turn;
        // Dropping the former sender ends its request.
        held.requests.insert(slot.to_owned(), (turn, taken));
        Turn { slots: self.clone(), slot: slot.to_owned(), number: turn, ended }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Waits until a newer request takes the slot.
    pub(super) async fn is_over(&mut self) {
        let _ = (&mut self.ended).await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut held = self.slots.held();
        if held.requests.get(&self.slot).is_some_and(|(turn, _)| *turn == self.number) {
            held.requests.remove(&self.slot);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Waker},
        time::Duration,
    };

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_newer_request_ends_the_older_of_its_slot_only() {
        let slots = Slots::default();
        let mut first = slots.take("left");
        let mut other = slots.take("right");
        let second = slots.take("left");
        timeout(Duration::from_secs(1), first.is_over()).await.unwrap();
        let waker = &mut Context::from_waker(Waker::noop());
        assert!(pin!(other.is_over()).poll(waker).is_pending());
        // The older one's end does not free the slot of the newer.
        drop(first);
        drop(other);
        assert!(!slots.held().requests.is_empty());
        drop(second);
        assert!(slots.held().requests.is_empty());
    }
}
