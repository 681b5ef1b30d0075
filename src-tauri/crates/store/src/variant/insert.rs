//! Keeping finished variants: one by one, or many at once together with the files that are made
//! of them.
//!
//! The order: content checked, synced, renamed, then recorded in one transaction; only a recorded
//! variant is found. What a crash leaves in between is a file without a row, which `gc` removes
//! and `rebuild` takes up again.

use std::{
    collections::BTreeSet,
    io,
    sync::{PoisonError, atomic::Ordering},
    time::SystemTime,
};

use cropmark_rules::{Key, protocol::Rendered};

use super::{Variant, attribute, hash, variants::PLACES};
use crate::{
    Store, StoreError,
    atomic::{Announced, Committed, Group, Originals, TemporaryFile, WriteError},
    database::Durability,
    lock::milliseconds,
    table::variant::{self, VariantRow},
};

/// What became of a variant that was to be kept.
#[derive(Debug)]
pub enum Inserted {
    /// It is on the disk and will be found.
    Stored(Variant),
    /// It is not kept, by setting or for lack of access: do with its file as you like.
    Passed(TemporaryFile),
}

/// A finished variant that is to be kept.
#[derive(Debug)]
pub struct NewVariant {
    /// From [`Store::temporary`]; holds what `rendered` promises.
    pub temporary: TemporaryFile,
    /// By what it will be found.
    pub key: Key,
    /// What it is.
    pub rendered: Rendered,
    /// Whether it was made to be looked at: by itself, from whatever pixels were at hand, so that its
    /// bytes may be others than an export's. It does not take the place of one that was not, and is
    /// not found by [`Store::exact_variant`].
    pub is_look: bool,
}

/// What became of variants, and of files, that were put under their names together.
#[derive(Debug)]
pub struct InsertedGroup {
    /// Of each variant, in the order given.
    pub variants: Vec<Result<Inserted, StoreError>>,
    /// Of each file, in the order in which they were added to the group.
    pub files: Vec<Result<Committed, WriteError>>,
}

/// A variant on its way to its place.
struct Placing {
    /// Which of the variants.
    number: usize,
    variant: Variant,
    row: VariantRow,
}

impl Store {
    /// Creates an empty file for a variant, on the disk where it will be kept.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] without full access; whatever forbids to write there.
    pub fn temporary(&self, key: Key, extension: &str) -> Result<TemporaryFile, StoreError> {
        self.may_write()?;
        let destination = self.layout().variant(key, extension)?;
        let root = self.variants_root().map_err(|error| WriteError::at(&destination, error))?;
        Ok(TemporaryFile::within_to(&self.layout().temporary(), root, &destination)?)
    }

    /// Keeps a finished variant: its file came from [`Store::temporary`] and holds what `rendered`
    /// promises, which is checked (length and hash).
    ///
    /// # Errors
    /// [`WriteError::Damaged`] where it does not; whatever forbids to keep it.
    pub fn insert(&self, variant: NewVariant, now: SystemTime) -> Result<Inserted, StoreError> {
        let inserted = self.insert_many(vec![variant], now).pop();
        inserted.unwrap_or_else(|| unreachable!("one variant has one result"))
    }

    /// Keeps many finished variants, as [`Store::insert`] does one: their data are synced
    /// together, they are recorded in one transaction. One that fails does not concern the
    /// others.
    #[must_use]
    pub fn insert_many(
        &self,
        variants: Vec<NewVariant>,
        now: SystemTime,
    ) -> Vec<Result<Inserted, StoreError>> {
        self.insert_group(variants, Group::new(), &Originals::new(), |_| Ok(()), now).variants
    }

    /// Keeps finished variants, and then puts the files that were made of them (or any others) under
    /// their final names; the content of all is synced together: see [`Group::commit`], which gets
    /// the same `announce`. A good group has up to 256 files, or what was finished within a tenth of a
    /// second.
    ///
    /// A file is complete before it is added to the group: a copy of a variant is
    /// [filled](TemporaryFile::fill_from) from the temporary of the variant before that is given
    /// away here.
    pub fn insert_group(
        &self,
        variants: Vec<NewVariant>,
        mut files: Group,
        originals: &Originals,
        announce: impl FnMut(&[Announced]) -> io::Result<()>,
        now: SystemTime,
    ) -> InsertedGroup {
        let checked: Vec<_> = variants
            .into_iter()
            .map(|variant| {
                let limit = self.variants().hot_variant_bytes;
                let bytes = check(&variant.temporary, &variant.rendered, limit);
                (variant, bytes)
            })
            .collect();
        // In one order, so that two groups never wait for one another.
        let places: BTreeSet<usize> =
            checked.iter().map(|(variant, _)| place_of(variant.key)).collect();
        let locks = places.into_iter().map(|place| &self.variants().placing[place]);
        let locks: Vec<_> =
            locks.map(|place| place.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        let recording = self.variants().recording.read().unwrap_or_else(PoisonError::into_inner);

        let mut results: Vec<Option<Result<Inserted, StoreError>>> = Vec::new();
        let mut placing = Vec::new();
        for (number, (variant, bytes)) in checked.into_iter().enumerate() {
            let prepared = bytes.and_then(|bytes| self.prepare(variant, bytes, now));
            results.push(match prepared {
                Ok(Prepared::Ended(inserted)) => Some(Ok(inserted)),
                Ok(Prepared::Ready { temporary, is_in_new_folder, variant, row }) => {
                    files.add_own(temporary, is_in_new_folder);
                    placing.push(Placing { number, variant: *variant, row: *row });
                    None
                }
                Err(error) => Some(Err(error)),
            });
        }
        let record = |committed| self.record_placed(placing, committed, &mut results);
        let files = files.commit_after(originals, record, announce);
        drop((recording, locks));
        if self.variants().bytes.load(Ordering::Relaxed) > self.settings().variant_bytes
            && let Err(error) = self.evict()
        {
            // The variants are kept; the next insertion tries again.
            tracing::warn!(%error, "old variants could not be removed");
        }
        // All are there: what has no end yet got one from its file or its row.
        InsertedGroup { variants: results.into_iter().flatten().collect(), files }
    }

    /// Records the variants whose files have their names, and notes what became of each.
    fn record_placed(
        &self,
        placing: Vec<Placing>,
        committed: Vec<Result<Committed, WriteError>>,
        results: &mut [Option<Result<Inserted, StoreError>>],
    ) {
        let (mut ready, mut rows) = (Vec::new(), Vec::new());
        for (Placing { number, variant, row }, committed) in placing.into_iter().zip(committed) {
            match committed {
                Ok(_) => {
                    ready.push((number, variant));
                    rows.push(row);
                }
                Err(error) => results[number] = Some(Err(error.into())),
            }
        }
        for ((number, variant), recorded) in ready.into_iter().zip(self.record(rows)) {
            results[number] = Some(match recorded {
                Ok(replaced) => {
                    self.variants().bytes.fetch_add(variant.rendered.bytes, Ordering::Relaxed);
                    self.subtract(replaced);
                    self.variants().listening.report(variant.key, Some(variant.rendered.format));
                    Ok(Inserted::Stored(variant))
                }
                Err(error) => {
                    // Without a row, the file could not be found.
                    let _ = self.variants_root().and_then(|root| root.remove_file(&variant.path));
                    Err(error)
                }
            });
        }
    }

    /// Decides what becomes of a variant whose content is right.
    fn prepare(
        &self,
        variant: NewVariant,
        bytes: Option<Vec<u8>>,
        now: SystemTime,
    ) -> Result<Prepared, StoreError> {
        let NewVariant { temporary, key, rendered, is_look } = variant;
        let keep_hot = |bytes: Option<Vec<u8>>| {
            if let Some(bytes) = bytes {
                self.insert_hot(key, &bytes.into(), &rendered);
            }
        };
        if !self.keeps_variants() {
            keep_hot(bytes);
            return Ok(Prepared::Ended(Inserted::Passed(temporary)));
        }
        if is_look && let Some(exact) = self.find_variant(key)?.filter(|found| !found.is_look) {
            return Ok(Prepared::Ended(Inserted::Stored(exact)));
        }
        keep_hot(bytes);
        let path = temporary.destination().to_path_buf();
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if self.layout().variant(key, &extension)? != path {
            return Err(StoreError::Extension { text: extension });
        }
        let root = self.variants_root().map_err(|error| WriteError::at(&path, error))?;
        let folder = path.parent().map(|folder| root.create_unsynced_folder(folder));
        let is_in_new_folder = folder.transpose()?.unwrap_or_default();
        let name = (key, extension.as_str());
        attribute::write(temporary.file(), name, (&rendered, is_look), self.seal());
        let now_ms = milliseconds(now);
        let row = VariantRow {
            key,
            extension: extension.clone(),
            created_ms: now_ms,
            last_used_ms: now_ms,
            rendered: rendered.clone(),
            is_look,
        };
        let variant = Variant { key, extension, path, rendered, is_look };
        let (variant, row) = (Box::new(variant), Box::new(row));
        Ok(Prepared::Ready { temporary, is_in_new_folder, variant, row })
    }

    /// Writes rows in one transaction. Returns how many bytes each replaced.
    fn record(&self, rows: Vec<VariantRow>) -> Vec<Result<u64, StoreError>> {
        let count = rows.len();
        if count == 0 {
            return Vec::new();
        }
        let recorded = self.write(Durability::Process, move |connection| {
            let each = rows.iter().map(|row| {
                let before = variant::get(connection, row.key).ok().flatten();
                variant::upsert(connection, row)?;
                Ok(before.map_or(0, |before| before.rendered.bytes))
            });
            Ok(each.collect::<Vec<rusqlite::Result<u64>>>())
        });
        match recorded {
            Ok(rows) => rows.into_iter().map(|row| row.map_err(|error| self.sort(error))).collect(),
            Err(error) => {
                let mut errors: Vec<_> = (1..count).map(|_| Err(error.copy())).collect();
                errors.push(Err(error));
                errors
            }
        }
    }
}

/// What [`Store::prepare`] decides.
enum Prepared {
    /// No file needs a name.
    Ended(Inserted),
    /// The file is to get its name, and then its row.
    Ready {
        temporary: TemporaryFile,
        is_in_new_folder: bool,
        variant: Box<Variant>,
        row: Box<VariantRow>,
    },
}

/// Which lock a variant's key has.
fn place_of(key: Key) -> usize {
    usize::from(key.as_bytes()[0]) % PLACES
}

/// Compares a temporary with what it should hold. Returns its bytes if they are few.
fn check(
    temporary: &TemporaryFile,
    rendered: &Rendered,
    few: usize,
) -> Result<Option<Vec<u8>>, StoreError> {
    let path = temporary.destination();
    let failed = |error| StoreError::from(WriteError::at(path, error));
    let damaged =
        |detail: String| StoreError::from(WriteError::Damaged { path: path.to_path_buf(), detail });
    let length = temporary.file().metadata().map_err(failed)?.len();
    if length != rendered.bytes {
        return Err(damaged(format!("{length} bytes instead of {}", rendered.bytes)));
    }
    let mut kept = (length <= few as u64).then(Vec::new);
    let hash = hash(temporary.file(), |bytes| {
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(bytes);
        }
    });
    let hash = hash.map_err(failed)?;
    if hash != rendered.hash {
        return Err(damaged("its bytes are not those that were rendered".into()));
    }
    Ok(kept)
}
