//! Small variants in memory, up to a number of bytes; those not used for longest go first.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use cropmark_rules::{Key, protocol::Rendered};

/// What an entry costs beside its bytes, roughly.
const OVERHEAD: usize = 512;

/// The layer.
#[derive(Debug)]
pub(crate) struct Hot {
    limit: usize,
    bytes: usize,
    /// Counts the uses; the place in `by_use` of an entry that was used then.
    turn: u64,
    entries: HashMap<Key, Entry>,
    by_use: BTreeMap<u64, Key>,
}

#[derive(Debug)]
struct Entry {
    bytes: Arc<[u8]>,
    rendered: Rendered,
    turn: u64,
}

impl Hot {
    pub(crate) fn new(limit: usize) -> Self {
        let (entries, by_use) = (HashMap::new(), BTreeMap::new());
        Self { limit, bytes: 0, turn: 0, entries, by_use }
    }

    /// Bytes of variants that are held.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes - self.entries.len() * OVERHEAD
    }

    pub(crate) fn get(&mut self, key: Key) -> Option<(Arc<[u8]>, Rendered)> {
        self.turn += 1;
        let entry = self.entries.get_mut(&key)?;
        let key = self.by_use.remove(&entry.turn)?;
        entry.turn = self.turn;
        self.by_use.insert(self.turn, key);
        Some((Arc::clone(&entry.bytes), entry.rendered.clone()))
    }

    pub(crate) fn insert(&mut self, key: Key, bytes: Arc<[u8]>, rendered: Rendered) {
        self.remove(key);
        let cost = bytes.len() + OVERHEAD;
        if cost > self.limit {
            return;
        }
        while self.bytes + cost > self.limit {
            let Some((_, oldest)) = self.by_use.pop_first() else { break };
            if let Some(entry) = self.entries.remove(&oldest) {
                self.bytes -= entry.bytes.len() + OVERHEAD;
            }
        }
        self.turn += 1;
        self.bytes += cost;
        self.by_use.insert(self.turn, key);
        self.entries.insert(key, Entry { bytes, rendered, turn: self.turn });
    }

    pub(crate) fn remove(&mut self, key: Key) {
        if let Some(entry) = self.entries.remove(&key) {
            self.bytes -= entry.bytes.len() + OVERHEAD;
            self.by_use.remove(&entry.turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variant::tests::rendered;

    fn key(letter: u8) -> Key {
        [letter; 32].into()
    }

    #[test]
    fn the_least_used_goes_first_and_the_bytes_stay_within_the_limit() {
        let mut hot = Hot::new(3 * (1000 + OVERHEAD));
        let bytes: Arc<[u8]> = vec![7; 1000].into();
        for key in [b'a', b'b', b'c'].map(key) {
            hot.insert(key, Arc::clone(&bytes), rendered(&bytes));
        }
        assert!(hot.get(key(b'a')).is_some());
        hot.insert(key(b'd'), Arc::clone(&bytes), rendered(&bytes));
        assert!(hot.get(key(b'b')).is_none(), "it was not used for longest");
        assert!([b'a', b'c', b'd'].into_iter().all(|letter| hot.get(key(letter)).is_some()));
        assert_eq!(hot.bytes(), 3000);
        hot.insert(key(b'd'), vec![1].into(), rendered(&[1]));
        assert_eq!(hot.bytes(), 2001);
        let large: Arc<[u8]> = vec![0; 5000].into();
        hot.insert(key(b'e'), Arc::clone(&large), rendered(&large));
        assert!(hot.get(key(b'e')).is_none());
        for key in [b'a', b'c', b'd'].map(key) {
            hot.remove(key);
        }
        assert_eq!((hot.bytes(), hot.by_use.len()), (0, 0));
    }
}
