//! The empty files that results are copied to. No worker gets their descriptors.

use std::{collections::BTreeMap, fs::File, path::Path, sync::Arc};

use cropmark_rules::{Fault, FaultCode, FormatRule, Key};
use cropmark_store::{Store, StoreError, atomic::TemporaryFile};

use crate::means;

/// Targets by the variants' indices in their group.
pub type Targets = BTreeMap<usize, Target>;

/// An empty file that a variant's result is copied to.
#[derive(Debug)]
pub enum Target {
    /// A file that a store will keep.
    Kept(TemporaryFile),
    /// A file beside the place of the result.
    Beside(TemporaryFile),
    /// A file without a name, for what is only looked at.
    Unnamed(Arc<File>),
}

impl Target {
    /// Creates a file that a store will keep; `None` where it keeps no variants.
    ///
    /// # Errors
    /// Whatever forbids to create it.
    pub fn kept(store: &Store, key: Key, format: FormatRule) -> Result<Option<Self>, StoreError> {
        if !store.keeps_variants() {
            return Ok(None);
        }
        let extension = match format {
            FormatRule::Named(format) => format.extension(),
            // Only the result knows; it is then copied to a file of its own.
            _ => "bin",
        };
        store.temporary(key, extension).map(Self::Kept).map(Some)
    }

    /// Creates a file without a name.
    ///
    /// # Errors
    /// Where no temporary file can be created.
    pub fn unnamed() -> Result<Self, Fault> {
        let file = tempfile::tempfile().map_err(|error| {
            means::lacking(&error).unwrap_or_else(|| {
                let message = format!("No temporary file can be made ({error}).");
                Fault::new(FaultCode::DiskFull, message)
            })
        })?;
        Ok(Self::Unnamed(Arc::new(file)))
    }

    /// The file, open for reading and writing.
    #[must_use]
    pub fn file(&self) -> &Arc<File> {
        match self {
            Self::Kept(temporary) | Self::Beside(temporary) => temporary.file(),
            Self::Unnamed(file) => file,
        }
    }

    /// The folder that it takes space in, if it has a name.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Kept(temporary) | Self::Beside(temporary) => temporary.path().parent(),
            Self::Unnamed(_) => None,
        }
    }
}
