//! The index of variants made again from the disk.

use serde::Serialize;

use super::Progress;
use crate::{Store, StoreError, database::Durability, recover, table::variant as table, variant};

/// What a rebuilding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Rebuilt {
    /// Variants that were known and are whole.
    pub kept: u64,
    /// Files that were not known, say what they are, and are whole.
    pub adopted: u64,
    /// Variants and files that are not whole, or do not say what they are.
    pub removed: u64,
}

impl Store {
    /// Makes the index agree with the files: hashes every one, takes in those that say what they
    /// are, removes the others. Assets, runs and settings stay as they are.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] without full access; where the index cannot be read or written.
    pub fn rebuild(&self, progress: Progress<'_>) -> Result<Rebuilt, StoreError> {
        self.may_write()?;
        self.drop_unreadable_rows()?;
        let verified = self.verify(progress)?;
        let mut report = Rebuilt {
            kept: verified.sound,
            removed: (verified.missing.len() + verified.damaged.len()) as u64,
            ..Rebuilt::default()
        };
        for file in self.variant_files() {
            let key = file.key;
            let known = self.read(move |connection| table::get(connection, key))?;
            if known.is_some_and(|row| row.extension == file.extension) {
                continue;
            }
            let open = self.variants_root().and_then(|root| root.open_regular(&file.path)).ok();
            let row = open.and_then(|open| {
                let row = recover::row_of(&file, &open, self.seal())?;
                let hash = variant::hash(&open, |_| {}).ok()?;
                (hash == row.rendered.hash).then_some(row)
            });
            match row {
                Some(row) => {
                    report.adopted += 1;
                    self.write(Durability::Process, move |connection| {
                        table::upsert(connection, &row)
                    })?;
                }
                // The rest is `collect`'s, which knows what is just being written.
                None => report.removed += 1,
            }
        }
        self.collect()?;
        Ok(report)
    }
}
