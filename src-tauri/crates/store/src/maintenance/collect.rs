//! Removes files without a row, rows without a file, and variants over the limit.

use std::{collections::HashSet, fs, path::PathBuf, sync::PoisonError};

use cropmark_rules::Key;
use serde::Serialize;

use crate::{Store, StoreError, atomic::sweep, database::Durability, table::variant as table};

/// What a cleaning removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Collected {
    /// Files without a row.
    pub unknown_files: u64,
    /// Their bytes.
    pub unknown_bytes: u64,
    /// Rows without a file.
    pub rows: u64,
    /// Unfinished files of processes that have ended.
    pub temporaries: u64,
    /// Variants over the limit.
    pub evicted: u64,
    /// Damaged indexes that were put aside; the newest is kept.
    pub old_indexes: u64,
}

impl Store {
    /// Removes files without rows, rows without files, what killed processes left, variants over
    /// the limit, and old damaged indexes; gives the index's free pages back.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] without full access; where the index cannot be read or written.
    pub fn collect(&self) -> Result<Collected, StoreError> {
        self.may_write()?;
        let mut report = Collected::default();
        self.drop_unreadable_rows()?;
        self.collect_variants(&mut report)?;
        for folder in [self.layout().temporary(), self.layout().spool()] {
            report.temporaries += sweep(&folder).unwrap_or(0) as u64;
        }
        report.evicted = self.evict()?;
        report.old_indexes = self.collect_old_indexes();
        self.write(Durability::Process, |connection| {
            crate::table::outcome::collect(connection)?;
            connection.execute_batch("PRAGMA incremental_vacuum")
        })?;
        Ok(report)
    }

    fn collect_variants(&self, report: &mut Collected) -> Result<(), StoreError> {
        // While this is held, no file is without its row because it is just being recorded.
        let _alone = self.variants().recording.write().unwrap_or_else(PoisonError::into_inner);
        let files = self.variant_files();
        let (rows, _) = self.read(table::all)?;
        let named: HashSet<(Key, &str)> =
            files.iter().map(|file| (file.key, file.extension.as_str())).collect();
        let known: HashSet<(Key, &str)> =
            rows.iter().map(|row| (row.key, row.extension.as_str())).collect();
        for file in &files {
            let unknown = !known.contains(&(file.key, file.extension.as_str()));
            if unknown && self.variants_root().and_then(|root| root.remove_file(&file.path)).is_ok()
            {
                report.unknown_files += 1;
                report.unknown_bytes += file.bytes;
            }
        }
        for row in rows.iter().filter(|row| !named.contains(&(row.key, row.extension.as_str()))) {
            self.forget(row.key, None);
            self.subtract(row.rendered.bytes);
            report.rows += 1;
        }
        Ok(())
    }

    fn collect_old_indexes(&self) -> u64 {
        let entries = fs::read_dir(self.layout().root()).into_iter().flatten().flatten();
        let mut numbered: Vec<(u32, PathBuf)> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let number = name.strip_prefix("index.sqlite.broken-")?;
                Some((number.split('-').next()?.parse().ok()?, entry.path()))
            })
            .collect();
        numbered.sort();
        let newest = numbered.last().map(|(number, _)| *number);
        let old = numbered.iter().filter(|(number, _)| Some(*number) != newest);
        old.filter(|(_, path)| fs::remove_file(path).is_ok()).count() as u64
    }
}
