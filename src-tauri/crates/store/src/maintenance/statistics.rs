//! What a workspace holds.

use std::{collections::HashMap, fs};

use serde::Serialize;

use crate::{
    Store, StoreError,
    table::{asset, counter, run, variant},
};

/// What a workspace holds. Sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Assets that are there.
    pub assets: u64,
    /// Of them, those with a focal point, a crop or a mark.
    pub annotated: u64,
    /// Variants on the disk.
    pub variants: u64,
    /// Their bytes.
    pub variant_bytes: u64,
    /// The most bytes that they may have.
    pub variant_bytes_limit: u64,
    /// By format.
    pub formats: Vec<FormatStatistics>,
    /// Bytes of variants in memory, in this process.
    pub hot_bytes: u64,
    /// Look-ups that found a variant, ever.
    pub hits: u64,
    /// Look-ups that found none, ever.
    pub misses: u64,
    /// Export runs.
    pub runs: u64,
    /// The index file, its log included.
    pub index_bytes: u64,
}

/// The variants of one format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormatStatistics {
    /// The format's name.
    pub format: String,
    /// How many.
    pub variants: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Store {
    /// Counts.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn statistics(&self) -> Result<Statistics, StoreError> {
        let index = self.index();
        let index_bytes = [index.clone(), index.with_extension("sqlite-wal")]
            .iter()
            .map(|path| fs::metadata(path).map_or(0, |metadata| metadata.len()))
            .sum();
        let hot_bytes = self.variants().hot().bytes() as u64;
        let (hits, misses) = self.variants().uncounted();
        let variant_bytes_limit = self.settings().variant_bytes;
        self.read(move |connection| {
            let (assets, annotated) = asset::totals(connection)?;
            let (variants, variant_bytes) = variant::totals(connection)?;
            let formats = variant::by_format(connection)?
                .into_iter()
                .map(|(format, variants, bytes)| FormatStatistics { format, variants, bytes })
                .collect();
            Ok(Statistics {
                assets,
                annotated,
                variants,
                variant_bytes,
                variant_bytes_limit,
                formats,
                hot_bytes,
                hits: hits + counter::get(connection, counter::HITS)?,
                misses: misses + counter::get(connection, counter::MISSES)?,
                runs: run::count(connection)?,
                index_bytes,
            })
        })
    }

    /// Returns how many bytes a pixel of the kept variants takes on average, by the format's name.
    /// Formats of which none is kept are missing.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn bytes_per_pixel(&self) -> Result<HashMap<String, f64>, StoreError> {
        Ok(self.read(variant::bytes_per_pixel)?.into_iter().collect())
    }
}
