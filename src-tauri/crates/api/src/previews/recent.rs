//! Pictures in memory that the page is about to fetch: drafts, variants that the workspace does not
//! keep, and finished variants until they are on the disk.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use cropmark_rules::Key;
use cropmark_store::VariantBytes;

/// The most bytes; the newest picture stays in any case.
const BYTES: usize = 96 << 20;

/// The pictures, by their keys; the oldest goes first.
#[derive(Debug, Default)]
pub(super) struct Recent {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    bytes: usize,
    pictures: HashMap<Key, VariantBytes>,
    /// The oldest first.
    order: VecDeque<Key>,
}

impl Recent {
    pub(super) fn get(&self, key: Key) -> Option<VariantBytes> {
        self.held().pictures.get(&key).cloned()
    }

    pub(super) fn insert(&self, key: Key, finished: VariantBytes) {
        let mut held = self.held();
        held.bytes += finished.bytes.len();
        if let Some(former) = held.pictures.insert(key, finished) {
            held.bytes -= former.bytes.len();
            held.order.retain(|other| *other != key);
        }
        held.order.push_back(key);
        while held.bytes > BYTES && held.order.len() > 1 {
            let Some(oldest) = held.order.pop_front() else { break };
            if let Some(gone) = held.pictures.remove(&oldest) {
                held.bytes -= gone.bytes.len();
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use cropmark_rules::{Format, protocol::Rendered};

    use super::*;

    fn key(letter: u8) -> Key {
        [letter; 32].into()
    }

    fn finished(length: usize) -> VariantBytes {
        let rendered = Rendered {
            format: Format::Jpeg,
            width: 1,
            height: 1,
            frames: 1,
            bytes: length as u64,
            hash: [0; 32].into(),
            quality: None,
            score: None,
            milliseconds: 0.0,
            notes: Vec::new(),
            windows: Vec::new(),
            faces: None,
            steps: Vec::new(),
        };
        VariantBytes { bytes: vec![0; length].into(), rendered }
    }

    #[test]
    fn the_oldest_goes_and_the_newest_stays() {
        let recent = Recent::default();
        recent.insert(key(b'a'), finished(BYTES / 2));
        recent.insert(key(b'b'), finished(BYTES / 2));
        recent.insert(key(b'a'), finished(BYTES / 2));
        recent.insert(key(b'c'), finished(1));
        assert!(recent.get(key(b'b')).is_none() && recent.get(key(b'a')).is_some());
        recent.insert(key(b'd'), finished(BYTES * 2));
        assert!(recent.get(key(b'a')).is_none() && recent.get(key(b'd')).is_some());
        recent.insert(key(b'e'), finished(1));
        assert!(recent.get(key(b'd')).is_none() && recent.get(key(b'e')).is_some());
        assert_eq!(recent.held().bytes, 1);
    }
}
