//! Reading every byte of every variant, and the whole index.

use std::{collections::HashSet, sync::PoisonError};

use cropmark_rules::Key;
use serde::Serialize;

use super::Progress;
use crate::{
    Access, Store, StoreError,
    database::Durability,
    table::variant::{self as table, VariantRow},
    variant,
};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verified {
    /// Variants that are whole.
    pub sound: u64,
    /// Keys of variants whose files are gone.
    pub missing: Vec<Key>,
    /// Keys of variants whose files have other bytes than they should.
    pub damaged: Vec<Key>,
    /// Rows that made no sense.
    pub unreadable_rows: u64,
    /// Files that the index does not know; `gc` removes them, `rebuild` takes them in.
    pub unknown_files: u64,
    /// What `SQLite` found wrong with the index. If anything, the next opening rebuilds it.
    pub index: Vec<String>,
    /// Whether what was missing or damaged was taken out of the index, to be rendered again.
    pub repaired: bool,
}

impl Verified {
    /// Whether all is as it should be.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.missing.is_empty()
            && self.damaged.is_empty()
            && self.index.is_empty()
            && self.unreadable_rows == 0
    }
}

impl Store {
    /// Hashes every variant and checks the index; takes out what is not right, if this process
    /// may write.
    ///
    /// # Errors
    /// Where the index cannot be read at all.
    pub fn verify(&self, progress: Progress<'_>) -> Result<Verified, StoreError> {
        let mut report = Verified {
            index: self.check_index()?,
            repaired: *self.access() == Access::Full,
            ..Verified::default()
        };
        // Before the rows: a file that comes later has no row yet and is not counted.
        let files = self.variant_files();
        let (rows, unreadable) = self.read(table::all)?;
        report.unreadable_rows = unreadable as u64;
        let total = rows.len() as u64;
        let mut known = HashSet::with_capacity(rows.len());
        for (index, row) in (1..).zip(rows) {
            match self.verify_row(&row) {
                State::Sound => report.sound += 1,
                State::Missing => report.missing.push(row.key),
                State::Damaged => report.damaged.push(row.key),
            }
            known.insert(row.key);
            progress(index, total);
        }
        report.unknown_files =
            files.iter().filter(|file| !known.contains(&file.key)).count() as u64;
        Ok(report)
    }

    fn verify_row(&self, row: &VariantRow) -> State {
        let Ok(path) = self.layout().variant(row.key, &row.extension) else {
            self.forget(row.key, None);
            return State::Damaged;
        };
        let file = match self.variants_root().and_then(|root| root.open_regular(&path)) {
            Ok(file) => file,
            Err(_) if self.still_recorded(row) => {
                self.forget(row.key, Some((&path, row.rendered.bytes)));
                return State::Missing;
            }
            // Evicted since the rows were read.
            Err(_) => return State::Sound,
        };
        // One of another length is not read to its end.
        let is_as_long = file.metadata().is_ok_and(|it| it.len() == row.rendered.bytes);
        let hash = is_as_long.then(|| variant::hash(&file, |_| {}));
        match hash {
            Some(Ok(hash)) if hash == row.rendered.hash => State::Sound,
            // Rendered anew since the rows were read: another row, and nothing wrong.
            _ if !self.still_recorded(row) => State::Sound,
            _ => {
                self.forget(row.key, Some((&path, row.rendered.bytes)));
                State::Damaged
            }
        }
    }

    /// The files that have names as variants have.
    pub(crate) fn variant_files(&self) -> Vec<variant::files::VariantFile> {
        let variants = self.layout().variants();
        self.variants_root().map_or_else(|_| Vec::new(), |it| variant::files::list(it, &variants))
    }

    fn still_recorded(&self, row: &VariantRow) -> bool {
        let _recording = self.variants().recording.read().unwrap_or_else(PoisonError::into_inner);
        let key = row.key;
        let now = self.read(move |connection| table::get(connection, key));
        matches!(now, Ok(Some(now)) if now.rendered.hash == row.rendered.hash)
    }

    /// What `SQLite` finds wrong with the whole index; noted on the disk for the next opening.
    fn check_index(&self) -> Result<Vec<String>, StoreError> {
        let found: Vec<String> = self.read(|connection| {
            let mut statement = connection.prepare("PRAGMA integrity_check(20)")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.filter(|row| !matches!(row, Ok(line) if line == "ok")).collect()
        })?;
        if let Some(first) = found.first()
            && *self.access() == Access::Full
        {
            crate::database::connect::note_damage(&self.index(), first);
        }
        Ok(found)
    }

    /// Removes rows whose values cannot be read, which no query returns.
    pub(crate) fn drop_unreadable_rows(&self) -> Result<(), StoreError> {
        self.write(Durability::Process, table::remove_unreadable)
    }
}

enum State {
    Sound,
    Missing,
    Damaged,
}
