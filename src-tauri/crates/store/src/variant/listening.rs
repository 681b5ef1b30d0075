//! Reports variants that are kept or removed to one listener.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use cropmark_rules::{Format, Key};

/// A variant that was kept or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantChange {
    /// The variant.
    pub key: Key,
    /// Its format, if it is kept now.
    pub kept: Option<Format>,
}

/// Is called with each change.
pub(crate) type Listener = Arc<dyn Fn(VariantChange) + Send + Sync>;

/// The listener of a store, if one is set.
#[derive(Default)]
pub(crate) struct Listening(RwLock<Option<Listener>>);

impl fmt::Debug for Listening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Listening")
    }
}

impl Listening {
    /// Sets the listener, in place of the former one.
    pub(crate) fn set(&self, listener: Listener) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Reports that a variant is kept, with its format, or was removed.
    pub(crate) fn report(&self, key: Key, kept: Option<Format>) {
        let listener = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(listener) = listener {
            listener(VariantChange { key, kept });
        }
    }
}
