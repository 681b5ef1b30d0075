//! The status of every variant: whether it is kept, how its last rendering ended, and whether it
//! is being rendered now. In memory, because a screen of the matrix asks for thousands.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use cropmark_rules::{Fault, FaultCode, Format, Key};
use cropmark_store::{CellId, CellOutcome, Store, StoreError, VariantChange};

use crate::model::VariantState;

/// A variant's identity: its key, and its cell (asset, preset file, generator, variation and
/// format), which stays the same when the key changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct VariantId {
    pub(crate) key: Key,
    pub(crate) cell: CellId,
}

/// The status of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantStatus {
    pub(crate) state: VariantState,
    /// The kept variant that can be shown: the current one, else the one last kept in its cell.
    pub(crate) shown: Option<(Key, Format)>,
    pub(crate) fault: Option<Fault>,
}

/// The statuses of all variants.
#[derive(Debug, Default)]
pub(super) struct StateIndex {
    contents: RwLock<Contents>,
    /// Keys that this process is about to keep and records itself.
    expected: Mutex<HashSet<Key>>,
    /// Outcomes that are not written yet.
    unwritten: Mutex<HashMap<CellId, CellOutcome>>,
}

#[derive(Debug, Default)]
pub(super) struct Contents {
    kept: HashMap<Key, Format>,
    outcomes: HashMap<CellId, CellOutcome>,
    /// The number of previews that render each.
    rendering: HashMap<Key, u32>,
    /// The keys that workers render now, for previews and exports alike.
    at_work: HashSet<Key>,
}

impl StateIndex {
    /// Loads keys and outcomes from the store. Changes reported meanwhile wait for the lock.
    pub(super) fn load(&self, store: &Store) -> Result<(), StoreError> {
        let mut contents = self.write();
        contents.outcomes = store.load_outcomes()?;
        contents.kept = store.known_keys()?;
        Ok(())
    }

    /// Locks the contents for reading; to be held for moments only.
    pub(super) fn read(&self) -> RwLockReadGuard<'_, Contents> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Contents> {
        self.contents.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies a change of the store. Returns whether states must be counted again because of it.
    pub(super) fn changed(&self, change: VariantChange) -> bool {
        let mut contents = self.write();
        match change.kept {
            Some(format) => contents.kept.insert(change.key, format),
            None => contents.kept.remove(&change.key),
        };
        drop(contents);
        !self.expected().remove(&change.key)
    }

    /// Announces that this process keeps a variant and records it by itself.
    pub(super) fn expect(&self, key: Key) {
        self.expected().insert(key);
    }

    /// Takes [`Self::expect`] back: the variant could not be kept.
    pub(super) fn expect_no_more(&self, key: Key) {
        self.expected().remove(&key);
    }

    fn expected(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks a variant as being rendered, until the answer is dropped.
    pub(super) fn begin(self: &Arc<Self>, key: Key) -> Rendering {
        *self.write().rendering.entry(key).or_default() += 1;
        Rendering { index: Arc::clone(self), key }
    }

    /// Sets the keys that workers render now. Returns whether any of those that came or went is not
    /// a preview's, which is marked already.
    pub(super) fn at_work(&self, keys: HashSet<Key>) -> bool {
        let mut contents = self.write();
        let is_foreign = |key: &&Key| !contents.rendering.contains_key(*key);
        let is_news = contents.at_work.symmetric_difference(&keys).any(|key| is_foreign(&key));
        contents.at_work = keys;
        is_news
    }

    /// Records that variants are kept in their cells.
    pub(super) fn record_kept(&self, variants: &[VariantId]) {
        if variants.is_empty() {
            return;
        }
        let mut contents = self.write();
        let mut unwritten = self.unwritten();
        for variant in variants {
            let outcome = CellOutcome { kept: Some(variant.key), failed: None };
            contents.outcomes.insert(variant.cell, outcome.clone());
            unwritten.insert(variant.cell, outcome);
        }
    }

    /// Records that a variant could not be rendered, unless the fault is a passing one.
    pub(super) fn record_failed(&self, variant: VariantId, fault: &Fault) {
        if matches!(fault.code, FaultCode::Busy | FaultCode::SourceChanged | FaultCode::DiskFull) {
            return;
        }
        let mut contents = self.write();
        let outcome = contents.outcomes.entry(variant.cell).or_default();
        outcome.failed = Some((variant.key, fault.clone()));
        self.unwritten().insert(variant.cell, outcome.clone());
    }

    /// Writes the outcomes that are not written yet. Those that cannot be are known until the
    /// workspace is closed.
    pub(super) fn flush(&self, store: &Store) {
        let unwritten = std::mem::take(&mut *self.unwritten());
        if unwritten.is_empty() || !store.keeps_variants() {
            return;
        }
        if let Err(error) = store.record_outcomes(unwritten.into_iter().collect()) {
            tracing::warn!(%error, "outcomes of variants could not be recorded");
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, HashMap<CellId, CellOutcome>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contents {
    /// The status of a variant. A kept variant that is not recorded in its cell is added to
    /// `found`, for [`StateIndex::record_kept`]: so variants that exports have rendered are shown
    /// as stale ones when the rules change.
    pub(super) fn status(&self, variant: VariantId, found: &mut Vec<VariantId>) -> VariantStatus {
        let outcome = self.outcomes.get(&variant.cell);
        let former = outcome.and_then(|outcome| outcome.kept);
        if let Some(format) = self.kept.get(&variant.key) {
            if former != Some(variant.key)
                || outcome.is_some_and(|outcome| outcome.failed.is_some())
            {
                found.push(variant);
            }
            let shown = Some((variant.key, *format));
            return VariantStatus { state: VariantState::Ready, shown, fault: None };
        }
        let shown = former.and_then(|key| Some((key, *self.kept.get(&key)?)));
        let failed = outcome.and_then(|outcome| outcome.failed.as_ref());
        let failed = failed.filter(|(key, _)| *key == variant.key);
        let is_rendering =
            self.rendering.contains_key(&variant.key) || self.at_work.contains(&variant.key);
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
        VariantStatus { state, shown, fault: fault.map(|(_, fault)| fault.clone()) }
    }
}

/// A variant that is being rendered.
#[derive(Debug)]
pub(crate) struct Rendering {
    index: Arc<StateIndex>,
    key: Key,
}

impl Drop for Rendering {
    fn drop(&mut self) {
        let mut contents = self.index.write();
        if let Some(count) = contents.rendering.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                contents.rendering.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Key {
        [number; 32].into()
    }

    fn variant(number: u8) -> VariantId {
        VariantId { key: key(number), cell: CellId::new("a.jpg", "p", "g", None, "jpeg") }
    }

    fn state(index: &StateIndex, variant: VariantId) -> VariantState {
        let mut found = Vec::new();
        let status = index.read().status(variant, &mut found);
        index.record_kept(&found);
        status.state
    }

    #[test]
    fn a_variant_goes_through_its_states() {
        let index = Arc::new(StateIndex::default());
        assert_eq!(state(&index, variant(1)), VariantState::Missing);
        let at_work = [index.begin(key(1)), index.begin(key(1))];
        assert_eq!(state(&index, variant(1)), VariantState::Rendering);
        drop(at_work);
        assert!(index.at_work(HashSet::from([key(1)])));
        assert_eq!(state(&index, variant(1)), VariantState::Rendering);
        assert!(!index.at_work(HashSet::from([key(1)])));
        assert!(index.at_work(HashSet::new()));
        index.record_failed(variant(1), &Fault::new(FaultCode::Busy, "later"));
        assert_eq!(state(&index, variant(1)), VariantState::Missing);
        index.record_failed(variant(1), &Fault::new(FaultCode::Timeout, "too slow"));
        assert_eq!(state(&index, variant(1)), VariantState::Failed);
        // With other inputs it was not tried.
        assert_eq!(state(&index, variant(2)), VariantState::Missing);

        // Kept by an export, which does not record cells.
        let kept = |kept| VariantChange { key: key(2), kept };
        assert!(index.changed(kept(Some(Format::Jpeg))));
        assert_eq!(state(&index, variant(2)), VariantState::Ready);
        assert_eq!(state(&index, variant(3)), VariantState::Stale);
        let status = index.read().status(variant(3), &mut Vec::new());
        assert_eq!(status.shown, Some((key(2), Format::Jpeg)));
        // Evicted, it is no longer there to be stale.
        assert!(index.changed(kept(None)));
        assert_eq!(state(&index, variant(3)), VariantState::Missing);
        index.expect(key(2));
        assert!(!index.changed(kept(Some(Format::Jpeg))));
    }
}
