//! Taking in what another workspace of the same user has.

use std::{collections::HashSet, mem, time::SystemTime};

use cropmark_rules::Key;
use serde::Serialize;

use super::Progress;
use crate::{
    Inserted, NewVariant, Store, StoreError,
    atomic::WriteError,
    database::Durability,
    table::{
        asset,
        variant::{self, VariantRow},
    },
};

/// Variants that are taken in together.
const TOGETHER: usize = 64;

/// What was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Merged {
    /// Variants that were not here.
    pub variants: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Variants that were here already.
    pub known: u64,
    /// Variants that were left out: their files are gone or damaged, or another user wrote them.
    pub left_out: u64,
    /// Images whose focal points and marks were taken in.
    pub annotations: u64,
}

impl Store {
    /// Takes in the variants of another workspace, and the focal points and marks of images that
    /// have none here. Runs stay where they are. Doing it twice changes nothing.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`] without full access; where an index cannot be read, or this one
    /// not be written.
    pub fn merge(&self, other: &Self, progress: Progress<'_>) -> Result<Merged, StoreError> {
        self.may_write()?;
        let (rows, unreadable) = other.read(variant::all)?;
        let (here, _) = self.read(variant::all)?;
        // An exact variant takes the place of one that was made to be looked at.
        let known: HashSet<(Key, bool)> =
            here.into_iter().map(|row| (row.key, row.is_look)).collect();
        let is_known = |row: &VariantRow| {
            known.contains(&(row.key, false)) || row.is_look && known.contains(&(row.key, true))
        };
        let mut merged = Merged { left_out: unreadable as u64, ..Merged::default() };
        let (total, mut group) = (rows.len() as u64, Vec::new());
        for (done, row) in (0..).zip(rows) {
            progress(done, total);
            if is_known(&row) {
                merged.known += 1;
                continue;
            }
            match self.copied(other, row)? {
                Some(copy) => group.push(copy),
                None => merged.left_out += 1,
            }
            if group.len() == TOGETHER {
                self.insert_merged(mem::take(&mut group), &mut merged)?;
            }
        }
        self.insert_merged(group, &mut merged)?;
        merged.annotations = self.merge_annotations(other)?;
        progress(total, total);
        Ok(merged)
    }

    /// Copies a variant's file; `None` where it is gone or damaged.
    fn copied(&self, other: &Self, row: VariantRow) -> Result<Option<NewVariant>, StoreError> {
        let (key, is_look) = (row.key, row.is_look);
        let variant = other.variant_of(row)?;
        let Ok(file) = other.open_variant(&variant) else { return Ok(None) };
        let temporary = self.temporary(key, &variant.extension)?;
        let rendered = variant.rendered;
        let is_whole = temporary.fill_checked(&file, rendered.bytes, rendered.hash)?;
        Ok(is_whole.then_some(NewVariant { temporary, key, rendered, is_look }))
    }

    fn insert_merged(&self, group: Vec<NewVariant>, merged: &mut Merged) -> Result<(), StoreError> {
        let bytes: Vec<u64> = group.iter().map(|variant| variant.rendered.bytes).collect();
        for (inserted, bytes) in self.insert_many(group, SystemTime::now()).into_iter().zip(bytes) {
            match inserted {
                Ok(Inserted::Stored(_)) => {
                    merged.variants += 1;
                    merged.bytes += bytes;
                }
                Ok(Inserted::Passed(_)) | Err(StoreError::Write(WriteError::Damaged { .. })) => {
                    merged.left_out += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn merge_annotations(&self, other: &Self) -> Result<u64, StoreError> {
        let theirs = other.read(asset::annotations)?;
        if theirs.is_empty() {
            return Ok(0);
        }
        self.write(Durability::Durable, move |connection| {
            let own: HashSet<_> =
                asset::annotations(connection)?.into_iter().map(|(path, ..)| path).collect();
            let mut taken = 0;
            for (path, content, annotation) in theirs {
                if !own.contains(&path) {
                    asset::import_annotation(connection, &path, content, &annotation)?;
                    taken += 1;
                }
            }
            Ok(taken)
        })
    }
}
