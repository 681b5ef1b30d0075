//! The outcome of each cell of a workspace's matrix (an asset's variant by a generator) when it
//! was last rendered. It tells a missing variant from one that is out of date, and one that cannot be
//! rendered from one that was never tried.
//!
//! Places are known by a digest, so that a hundred thousand of them stay small.

use std::collections::HashMap;

use cropmark_rules::{Fault, Key};
use rusqlite::{Connection, Row, params};

use super::{Blob, Json, Migration};

pub(super) const MIGRATIONS: &[Migration] = &[(
    3,
    "CREATE TABLE outcomes (
        place  BLOB NOT NULL PRIMARY KEY CHECK (length(place) = 16),
        kept   BLOB CHECK (length(kept) = 32),
        failed BLOB CHECK (length(failed) = 32),
        fault  TEXT,
        CHECK ((failed IS NULL) = (fault IS NULL))
     ) STRICT, WITHOUT ROWID;",
)];

/// Where a variant stands, whatever its key: an asset, a preset file, a generator, a variation
/// and a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellId([u8; 16]);

impl CellId {
    /// Makes the id of the cell with these names. Paths are below the workspace's folder.
    #[must_use]
    pub fn new(
        asset: &str,
        preset: &str,
        generator: &str,
        variation: Option<&str>,
        format: &str,
    ) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("cropmark 2026 place, version 1");
        let variation = variation.map_or_else(String::new, |name| format!("={name}"));
        for part in [asset, preset, generator, &variation, format] {
            // With its length, so that no two lists of names run together.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        Self(id)
    }
}

/// The outcome of a cell's last rendering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CellOutcome {
    /// The variant that was last kept.
    pub kept: Option<Key>,
    /// The variant that was tried after it and failed, and why.
    pub failed: Option<(Key, Fault)>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<(CellId, CellOutcome)> {
    let kept: Option<Blob<Key>> = row.get(1)?;
    let failed: Option<Blob<Key>> = row.get(2)?;
    let fault: Option<Json<Fault>> = row.get(3)?;
    let failed = failed.map(|Blob(key)| key).zip(fault.map(|Json(fault)| fault));
    Ok((CellId(row.get(0)?), CellOutcome { kept: kept.map(|Blob(key)| key), failed }))
}

/// All of them; rows that make no sense are left out.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<HashMap<CellId, CellOutcome>> {
    let mut statement = connection.prepare("SELECT place, kept, failed, fault FROM outcomes")?;
    let mut rows = statement.query([])?;
    let mut outcomes = HashMap::new();
    while let Some(row) = rows.next()? {
        outcomes.extend(read(row).ok());
    }
    Ok(outcomes)
}

pub(crate) fn set(
    connection: &Connection,
    cell: CellId,
    outcome: &CellOutcome,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO outcomes (place, kept, failed, fault)
               VALUES (?1, ?2, ?3, ?4)";
    let failed = outcome.failed.as_ref();
    connection.prepare_cached(sql)?.execute(params![
        cell.0.as_slice(),
        outcome.kept.map(Blob),
        failed.map(|(key, _)| Blob(*key)),
        failed.map(|(_, fault)| Json(fault)),
    ])?;
    Ok(())
}

/// Removes outcomes without a kept variant; a cell that failed is then tried again.
pub(crate) fn collect(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "DELETE FROM outcomes WHERE kept IS NULL
               OR NOT EXISTS (SELECT 1 FROM variants WHERE key = lower(hex(outcomes.kept)))";
    connection.execute(sql, [])?;
    Ok(())
}
