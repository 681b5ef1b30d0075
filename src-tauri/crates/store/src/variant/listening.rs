//! Whom to tell when variants come and go.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use cropmark_rules::{Format, Key};

/// A variant that came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantChange {
    /// The variant.
    pub key: Key,
    /// Its format, if it is kept now.
    pub kept: Option<Format>,
}

/// Who is told of changes.
pub(crate) type Listener = Arc<dyn Fn(VariantChange) + Send + Sync>;

/// Whoever wants to be told what is kept.
#[derive(Default)]
pub(crate) struct Listening(RwLock<Option<Listener>>);

impl fmt::Debug for Listening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Listening")
    }
}

impl Listening {
    /// Takes who is told from now on, in place of the one before.
    pub(crate) fn set(&self, listener: Listener) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Tells that a variant came (its format) or went.
    pub(crate) fn tell(&self, key: Key, kept: Option<Format>) {
        let listener = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(listener) = listener {
            listener(VariantChange { key, kept });
        }
    }
}
