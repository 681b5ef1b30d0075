//! What became of each place of a workspace's matrix (an asset's variant by a generator) when it
//! was last rendered: by it, a variant that is missing is told from one that is out of date, and
//! one that cannot be rendered from one that nobody has tried.
//!
//! Places are known by a digest, so that a hundred thousand of them stay small.

use std::{collections::HashMap, fmt, str::FromStr};

use cropmark_rules::Fault;
use rusqlite::{
    Connection, Row, ToSql, params,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};

use super::{Json, Migration};

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

/// A variant's key as 32 bytes, for long lists.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyBytes([u8; 32]);

/// A text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a key has 64 hexadecimal digits")]
pub struct NoKey;

impl FromStr for KeyBytes {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        blake3::Hash::from_hex(text).map(|hash| Self(hash.into())).map_err(|_| NoKey)
    }
}

impl fmt::Display for KeyBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl ToSql for KeyBytes {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }
}

impl FromSql for KeyBytes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(Self)
    }
}

/// Where a variant stands, whatever its key: an asset, a preset file, a generator, a variation
/// and a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceId([u8; 16]);

impl PlaceId {
    /// The place with these names. Paths are below the workspace's folder.
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
        let mut place = [0; 16];
        hasher.finalize_xof().fill(&mut place);
        Self(place)
    }
}

/// What became of a place when it was last rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The variant that was last kept.
    pub kept: Option<KeyBytes>,
    /// The variant that was tried after it and failed, and why.
    pub failed: Option<(KeyBytes, Fault)>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<(PlaceId, Outcome)> {
    let failed: Option<KeyBytes> = row.get(2)?;
    let fault: Option<Json<Fault>> = row.get(3)?;
    let failed = failed.zip(fault.map(|Json(fault)| fault));
    Ok((PlaceId(row.get(0)?), Outcome { kept: row.get(1)?, failed }))
}

/// All of them; rows that make no sense are left out.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<HashMap<PlaceId, Outcome>> {
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
    place: PlaceId,
    outcome: &Outcome,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO outcomes (place, kept, failed, fault)
               VALUES (?1, ?2, ?3, ?4)";
    let failed = outcome.failed.as_ref();
    connection.prepare_cached(sql)?.execute(params![
        place.0.as_slice(),
        outcome.kept,
        failed.map(|(key, _)| *key),
        failed.map(|(_, fault)| Json(fault)),
    ])?;
    Ok(())
}

/// Forgets what no kept variant stands behind; a place that failed is then tried again.
pub(crate) fn collect(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "DELETE FROM outcomes WHERE kept IS NULL
               OR NOT EXISTS (SELECT 1 FROM variants WHERE key = lower(hex(outcomes.kept)))";
    connection.execute(sql, [])?;
    Ok(())
}
