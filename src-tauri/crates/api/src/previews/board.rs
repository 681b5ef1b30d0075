//! What there is of every variant: what is kept, what became of it when it was last rendered,
//! and what is being rendered now. In memory, because a screen of the matrix asks for thousands.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use cropmark_rules::{Fault, FaultCode, Format, Key};
use cropmark_store::{Outcome, PlaceId, Store, StoreError, VariantChange};

use crate::model::{FaultInfo, VariantState};

/// A variant, by what the board knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) place: PlaceId,
}

/// What there is of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) state: VariantState,
    /// The kept variant that can be shown: this one, or the one that it was before.
    pub(super) shown: Option<(Key, Format)>,
    pub(super) fault: Option<Fault>,
}

/// The board.
#[derive(Debug, Default)]
pub(super) struct Board {
    facts: RwLock<Facts>,
    /// Keys that are kept here and now: whoever keeps them tells of it himself.
    expected: Mutex<HashSet<Key>>,
    /// Outcomes that are not written yet.
    unwritten: Mutex<HashMap<PlaceId, Outcome>>,
}

#[derive(Debug, Default)]
pub(super) struct Facts {
    kept: HashMap<Key, Format>,
    outcomes: HashMap<PlaceId, Outcome>,
    /// How many are at work on it.
    rendering: HashMap<Key, u32>,
    /// What workers are at, whoever asked for it.
    at_work: HashSet<Key>,
}

impl Board {
    /// Learns what is kept. What changes meanwhile waits, and is then put right.
    pub(super) fn load(&self, store: &Store) -> Result<(), StoreError> {
        let mut facts = self.write();
        facts.outcomes = store.load_outcomes()?;
        facts.kept = store.known_keys()?;
        Ok(())
    }

    /// What is known now; to be held shortly.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Facts> {
        self.facts.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Facts> {
        self.facts.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// A variant came or went. Returns whether that is news to whoever shows states.
    pub(super) fn changed(&self, change: VariantChange) -> bool {
        let mut facts = self.write();
        match change.kept {
            Some(format) => facts.kept.insert(change.key, format),
            None => facts.kept.remove(&change.key),
        };
        drop(facts);
        !self.expected().remove(&change.key)
    }

    /// Whoever says so is about to keep this variant.
    pub(super) fn expect(&self, key: Key) {
        self.expected().insert(key);
    }

    /// It was not kept after all.
    pub(super) fn expect_no_more(&self, key: Key) {
        self.expected().remove(&key);
    }

    fn expected(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A variant is being rendered for as long as the answer lives.
    pub(super) fn begin(self: &Arc<Self>, key: Key) -> Rendering {
        *self.write().rendering.entry(key).or_default() += 1;
        Rendering { board: Arc::clone(self), key }
    }

    /// Workers are at these variants now. Returns whether that is news: of previews it is known.
    pub(super) fn at_work(&self, keys: HashSet<Key>) -> bool {
        let mut facts = self.write();
        let is_foreign = |key: &&Key| !facts.rendering.contains_key(*key);
        let is_news = facts.at_work.symmetric_difference(&keys).any(|key| is_foreign(&key));
        facts.at_work = keys;
        is_news
    }

    /// A variant was kept at its place.
    pub(super) fn keep(&self, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        let mut facts = self.write();
        let mut unwritten = self.unwritten();
        for entry in entries {
            let outcome = Outcome { kept: Some(entry.key), failed: None };
            facts.outcomes.insert(entry.place, outcome.clone());
            unwritten.insert(entry.place, outcome);
        }
    }

    /// A variant could not be rendered. What depends on the hour says nothing about it.
    pub(super) fn fail(&self, entry: Entry, fault: &Fault) {
        if matches!(fault.code, FaultCode::Busy | FaultCode::SourceChanged | FaultCode::DiskFull) {
            return;
        }
        let mut facts = self.write();
        let outcome = facts.outcomes.entry(entry.place).or_default();
        outcome.failed = Some((entry.key, fault.clone()));
        self.unwritten().insert(entry.place, outcome.clone());
    }

    /// Writes what is not written yet. Where that fails, it is only known until the workspace is
    /// closed.
    pub(super) fn flush(&self, store: &Store) {
        let unwritten = std::mem::take(&mut *self.unwritten());
        if unwritten.is_empty() || !store.keeps_variants() {
            return;
        }
        if let Err(error) = store.record_outcomes(unwritten.into_iter().collect()) {
            tracing::warn!(%error, "what became of variants could not be noted");
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, HashMap<PlaceId, Outcome>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    /// What there is of a variant. What is found kept at a place where another one was noted
    /// goes into `notes`, for [`Board::keep`]: so what exports and others have rendered is known
    /// when the rules change.
    pub(super) fn standing(&self, entry: Entry, notes: &mut Vec<Entry>) -> Standing {
        let outcome = self.outcomes.get(&entry.place);
        let former = outcome.and_then(|outcome| outcome.kept);
        if let Some(format) = self.kept.get(&entry.key) {
            if former != Some(entry.key) || outcome.is_some_and(|outcome| outcome.failed.is_some())
            {
                notes.push(entry);
            }
            let shown = Some((entry.key, *format));
            return Standing { state: VariantState::Ready, shown, fault: None };
        }
        let shown = former.and_then(|key| Some((key, *self.kept.get(&key)?)));
        let failed = outcome.and_then(|outcome| outcome.failed.as_ref());
        let failed = failed.filter(|(key, _)| *key == entry.key);
        let is_rendering =
            self.rendering.contains_key(&entry.key) || self.at_work.contains(&entry.key);
        let state = if is_rendering {
            VariantState::Rendering
        } else if failed.is_some() {
            VariantState::Failed
        } else if shown.is_some() {
            VariantState::Stale
        } else {
            VariantState::Missing
        };
        let fault = failed.filter(|_| state == VariantState::Failed);
        Standing { state, shown, fault: fault.map(|(_, fault)| fault.clone()) }
    }
}

/// A variant that is being rendered.
#[derive(Debug)]
pub(super) struct Rendering {
    board: Arc<Board>,
    key: Key,
}

impl Drop for Rendering {
    fn drop(&mut self) {
        let mut facts = self.board.write();
        if let Some(count) = facts.rendering.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                facts.rendering.remove(&self.key);
            }
        }
    }
}

/// A fault for the window.
pub(super) fn shown(fault: &Fault) -> FaultInfo {
    FaultInfo { code: fault.code.name().to_owned(), message: fault.message.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Key {
        [number; 32].into()
    }

    fn entry(number: u8) -> Entry {
        Entry { key: key(number), place: PlaceId::new("a.jpg", "p", "g", None, "jpeg") }
    }

    fn state(board: &Board, entry: Entry) -> VariantState {
        let mut notes = Vec::new();
        let standing = board.read().standing(entry, &mut notes);
        board.keep(&notes);
        standing.state
    }

    #[test]
    fn a_variant_goes_through_its_states() {
        let board = Arc::new(Board::default());
        assert_eq!(state(&board, entry(1)), VariantState::Missing);
        let at_work = [board.begin(key(1)), board.begin(key(1))];
        assert_eq!(state(&board, entry(1)), VariantState::Rendering);
        drop(at_work);
        assert!(board.at_work(HashSet::from([key(1)])));
        assert_eq!(state(&board, entry(1)), VariantState::Rendering);
        assert!(!board.at_work(HashSet::from([key(1)])));
        assert!(board.at_work(HashSet::new()));
        board.fail(entry(1), &Fault::new(FaultCode::Busy, "later"));
        assert_eq!(state(&board, entry(1)), VariantState::Missing);
        board.fail(entry(1), &Fault::new(FaultCode::Timeout, "too slow"));
        assert_eq!(state(&board, entry(1)), VariantState::Failed);
        // With other inputs, nobody has tried it.
        assert_eq!(state(&board, entry(2)), VariantState::Missing);

        // Kept by somebody who does not know of places.
        let kept = |kept| VariantChange { key: key(2), kept };
        assert!(board.changed(kept(Some(Format::Jpeg))));
        assert_eq!(state(&board, entry(2)), VariantState::Ready);
        assert_eq!(state(&board, entry(3)), VariantState::Stale);
        let standing = board.read().standing(entry(3), &mut Vec::new());
        assert_eq!(standing.shown, Some((key(2), Format::Jpeg)));
        // Evicted, it is no longer there to be stale.
        assert!(board.changed(kept(None)));
        assert_eq!(state(&board, entry(3)), VariantState::Missing);
        board.expect(key(2));
        assert!(!board.changed(kept(Some(Format::Jpeg))));
    }
}
