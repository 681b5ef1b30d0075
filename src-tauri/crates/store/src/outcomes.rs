//! What is known of all variants at once: which are kept, what became of each when it was last
//! rendered, and whom to tell when that changes.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use cropmark_rules::{Format, Key, protocol::Rendered};

use crate::{
    CellId, CellOutcome, Store, StoreError, Variant, VariantBytes, VariantChange,
    database::Durability,
    table::{
        outcome,
        variant::{self, VariantRow},
    },
};

/// Outcomes of one transaction: other writers get their turn in between.
const BATCH: usize = 2000;

impl Store {
    /// The keys of all kept variants, with their formats.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn known_keys(&self) -> Result<HashMap<Key, Format>, StoreError> {
        self.read(variant::keys)
    }

    /// Tells every variant that is kept or goes from now on, from the thread where it happens:
    /// be quick. There is one listener; a second takes the first one's place.
    pub fn listen(&self, listener: impl Fn(VariantChange) + Send + Sync + 'static) {
        self.variants().listening.set(Arc::new(listener));
    }

    /// What the index says of these variants, in their order; not counted as a use, and the
    /// files are not looked at.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn look_up(&self, keys: Vec<Key>) -> Result<Vec<Option<Variant>>, StoreError> {
        let rows = self.read(move |connection| {
            // A row that makes no sense is one that is not there.
            Ok(keys.iter().map(|key| variant::get(connection, *key).ok().flatten()).collect())
        });
        let rows: Vec<Option<VariantRow>> = rows?;
        let variants = rows.into_iter().map(|row| {
            // So is one whose name cannot be.
            self.variant_of(row?).ok()
        });
        Ok(variants.collect())
    }

    /// What a variant in memory is.
    #[must_use]
    pub fn hot(&self, key: Key) -> Option<Rendered> {
        self.variants().hot().get(key).map(|(_, rendered)| rendered)
    }

    /// A variant that is in memory. Counts as a use if it is.
    #[must_use]
    pub fn hot_bytes(&self, key: Key, now: SystemTime) -> Option<VariantBytes> {
        let (bytes, rendered) = self.variants().hot().get(key)?;
        self.count(key, true, now);
        Some(VariantBytes { bytes, rendered })
    }

    /// Loads the outcomes of the last rendering of all cells.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn load_outcomes(&self) -> Result<HashMap<CellId, CellOutcome>, StoreError> {
        self.read(outcome::all)
    }

    /// Records the outcomes of the last rendering of cells.
    ///
    /// # Errors
    /// Where the index cannot be written; the batches before the failing one are then.
    pub fn record_outcomes(&self, outcomes: Vec<(CellId, CellOutcome)>) -> Result<(), StoreError> {
        let mut outcomes = outcomes.into_iter();
        loop {
            let batch: Vec<_> = outcomes.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            self.write(Durability::Process, move |connection| {
                batch
                    .iter()
                    .try_for_each(|(cell, outcome)| outcome::set(connection, *cell, outcome))
            })?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use cropmark_rules::{Fault, FaultCode};

    use super::*;
    use crate::{
        CacheSettings,
        variant::tests::{at, insert, key_of, open},
    };

    #[test]
    fn what_is_kept_is_known_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let settings = CacheSettings { variant_bytes: 2000, ..CacheSettings::default() };
        let store = open(folder.path(), settings);
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        store.listen(move |change| heard.lock().unwrap().push(change));
        for number in 0..3 {
            insert(&store, key_of(number), &[7; 900], at(number));
        }
        // The third was too much: the first had to go.
        let known = store.known_keys().unwrap();
        let told = told.lock().unwrap();
        assert!(told[..3].iter().all(|change| change.kept.is_some()), "{told:?}");
        assert!(
            told[3..].iter().any(|change| *change == VariantChange { key: key_of(0), kept: None })
        );
        assert!(known.contains_key(&key_of(2)) && !known.contains_key(&key_of(0)));
        let looked = store.look_up(vec![key_of(0), key_of(2)]).unwrap();
        assert!(looked[0].is_none());
        assert_eq!(looked[1].as_ref().unwrap().rendered.bytes, 900);
    }

    #[test]
    fn outcomes_are_there_again_and_collected_with_their_variants() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), CacheSettings::default());
        insert(&store, key_of(1), b"picture", at(1));
        let cell = |format| CellId::new("a.jpg", "p.preset.toml", "g", None, format);
        let fault = Fault::new(FaultCode::Timeout, "It took too long.");
        let both = CellOutcome { kept: Some(key_of(1)), failed: Some((key_of(2), fault.clone())) };
        let failed = CellOutcome { kept: None, failed: Some((key_of(3), fault)) };
        let outcomes = vec![(cell("jpeg"), both.clone()), (cell("webp"), failed)];
        store.record_outcomes(outcomes).unwrap();
        drop(store);
        let store = open(folder.path(), CacheSettings::default());
        assert_eq!(store.load_outcomes().unwrap().len(), 2);
        store.collect().unwrap();
        assert_eq!(store.load_outcomes().unwrap(), HashMap::from([(cell("jpeg"), both)]));
    }

    #[test]
    fn cells_of_different_names_differ() {
        let cell = |asset, variation| CellId::new(asset, "p", "g", variation, "jpeg");
        assert_eq!(cell("a", None), cell("a", None));
        assert_ne!(cell("a", None), cell("a", Some("")));
        assert_ne!(cell("ap", None), CellId::new("a", "pp", "g", None, "jpeg"));
    }
}
