//! Finished variants: which are on the disk, what they are, when they were used.

use std::collections::HashMap;

use cropmark_rules::{ContentHash, Format, Key, protocol::Rendered};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use super::{Blob, Json, KeyText, Migration, sealed::SealedTable};

// The columns beside the facts are what SQL sums and sorts by; that they agree with the facts
// is checked at every reading and tells a damaged row.
pub(super) const MIGRATIONS: &[Migration] = &[
    (
        1,
        "CREATE TABLE variants (
        key          TEXT NOT NULL PRIMARY KEY CHECK (length(key) = 64),
        extension    TEXT NOT NULL,
        bytes        INTEGER NOT NULL CHECK (bytes >= 0),
        hash         BLOB NOT NULL CHECK (length(hash) = 32),
        width        INTEGER NOT NULL CHECK (width > 0),
        height       INTEGER NOT NULL CHECK (height > 0),
        format       TEXT NOT NULL,
        created_ms   INTEGER NOT NULL,
        last_used_ms INTEGER NOT NULL,
        facts        TEXT NOT NULL
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX variants_by_use ON variants (last_used_ms, bytes);",
    ),
    (5, "ALTER TABLE variants ADD COLUMN mac BLOB CHECK (length(mac) = 32);"),
];

pub(super) const SEALED: SealedTable = SealedTable {
    name: "variants",
    is_new: "key = NEW.key",
    values: "@key, @extension, @bytes, @hash, @width, @height, @format, @created_ms, @facts",
    // A variant follows from its key alone.
    is_portable: true,
    changing: None,
};

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VariantRow {
    pub(crate) key: Key,
    pub(crate) extension: String,
    /// Milliseconds since 1970, as all times here.
    pub(crate) created_ms: i64,
    pub(crate) last_used_ms: i64,
    pub(crate) rendered: Rendered,
    /// Whether it was made to be looked at.
    pub(crate) is_look: bool,
}

/// The column `facts`.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    #[serde(flatten)]
    rendered: Rendered,
    #[serde(default, rename = "look")]
    is_look: bool,
}

const COLUMNS: &str = "key, extension, bytes, hash, created_ms, last_used_ms, facts";

impl VariantRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let Json(Facts { rendered, is_look }) = row.get(6)?;
        let (bytes, Blob(hash)): (i64, Blob<ContentHash>) = (row.get(2)?, row.get(3)?);
        let KeyText(key) = row.get(0)?;
        if rendered.bytes != bytes.cast_unsigned() || rendered.hash != hash {
            let detail = "the facts disagree with the columns".into();
            let kind = rusqlite::types::Type::Text;
            return Err(rusqlite::Error::FromSqlConversionFailure(6, kind, detail));
        }
        Ok(Self {
            key,
            extension: row.get(1)?,
            created_ms: row.get(4)?,
            last_used_ms: row.get(5)?,
            rendered,
            is_look,
        })
    }
}

pub(crate) fn get(connection: &Connection, key: Key) -> rusqlite::Result<Option<VariantRow>> {
    let sql = format!("SELECT {COLUMNS} FROM variants WHERE key = ?1 AND {}", SEALED.genuine());
    connection.prepare_cached(&sql)?.query_row([KeyText(key)], VariantRow::read).optional()
}

/// The keys of all rows, with their formats; rows that make no sense are left out.
pub(crate) fn keys(connection: &Connection) -> rusqlite::Result<HashMap<Key, Format>> {
    let sql = format!("SELECT key, format FROM variants WHERE {}", SEALED.genuine());
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut keys = HashMap::new();
    while let Some(row) = rows.next()? {
        let (key, format) = (row.get_ref(0)?.as_str(), row.get_ref(1)?.as_str());
        let key = key.ok().and_then(|key| key.parse().ok());
        let format = format.ok().and_then(Format::named);
        keys.extend(key.zip(format));
    }
    Ok(keys)
}

/// All rows in the order of their keys, and how many make no sense or are not genuine.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<(Vec<VariantRow>, usize)> {
    let sql = format!("SELECT {COLUMNS}, {} FROM variants", SEALED.genuine());
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let (mut variants, mut unreadable) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        match read_genuine(row) {
            Ok(Some(variant)) => variants.push(variant),
            Ok(None) | Err(_) => unreadable += 1,
        }
    }
    Ok((variants, unreadable))
}

fn read_genuine(row: &Row<'_>) -> rusqlite::Result<Option<VariantRow>> {
    let is_genuine = row.get(7)?;
    if is_genuine { VariantRow::read(row).map(Some) } else { Ok(None) }
}

pub(crate) fn upsert(connection: &Connection, variant: &VariantRow) -> rusqlite::Result<()> {
    let VariantRow { key, extension, created_ms, last_used_ms, rendered, is_look } = variant;
    let facts = Facts { rendered: rendered.clone(), is_look: *is_look };
    let sql = "INSERT OR REPLACE INTO variants
               (key, extension, bytes, hash, width, height, format, created_ms, last_used_ms, facts)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    connection.prepare_cached(sql)?.execute(params![
        KeyText(*key),
        extension,
        rendered.bytes.cast_signed(),
        Blob(rendered.hash),
        rendered.width,
        rendered.height,
        rendered.format.name(),
        created_ms,
        last_used_ms,
        Json(&facts),
    ])?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, key: Key) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM variants WHERE key = ?1")?.execute([KeyText(key)])?;
    Ok(())
}

/// Marks a use. A clock that was set back does not make a variant older.
pub(crate) fn touch(connection: &Connection, key: Key, now_ms: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE variants SET last_used_ms = max(last_used_ms, ?2) WHERE key = ?1";
    connection.prepare_cached(sql)?.execute(params![KeyText(key), now_ms])?;
    Ok(())
}

/// The keys, extensions and sizes of the variants that were not used for longest and that
/// together have at least this many bytes.
pub(crate) fn oldest(
    connection: &Connection,
    bytes: u64,
) -> rusqlite::Result<Vec<(Key, String, u64)>> {
    let sql = "SELECT key, extension, bytes FROM variants ORDER BY last_used_ms, bytes DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let (mut found, mut sum) = (Vec::new(), 0);
    while sum < bytes {
        let Some(row) = rows.next()? else { break };
        let size = row.get::<_, i64>(2)?.cast_unsigned();
        sum += size;
        let KeyText(key) = row.get(0)?;
        found.push((key, row.get(1)?, size));
    }
    Ok(found)
}

/// How many, and their bytes together.
pub(crate) fn totals(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    // No sum of rows from elsewhere may overflow.
    let sql = "SELECT count(*), coalesce(sum(min(bytes, 1 << 40)), 0) FROM variants";
    connection.prepare_cached(sql)?.query_row([], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
    })
}

/// How many of each format, and their bytes.
pub(crate) fn by_format(connection: &Connection) -> rusqlite::Result<Vec<(String, u64, u64)>> {
    let sql = "SELECT format, count(*), sum(min(bytes, 1 << 40)) FROM variants GROUP BY format ORDER BY format";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let count = row.get::<_, i64>(1)?.cast_unsigned();
        Ok((row.get(0)?, count, row.get::<_, i64>(2)?.cast_unsigned()))
    })?;
    rows.collect()
}

/// How many bytes a pixel takes on average, by format.
pub(crate) fn bytes_per_pixel(connection: &Connection) -> rusqlite::Result<Vec<(String, f64)>> {
    let sql = "SELECT format, sum(min(bytes, 1 << 40)) / sum(1.0 * width * height)
               FROM variants GROUP BY format";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction).
pub(crate) fn salvaged() -> (String, &'static str) {
    (format!("{COLUMNS} FROM variants WHERE {}", SEALED.genuine()), "key ~")
}

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<VariantRow> {
    VariantRow::read(row)
}

/// Removes those that are not genuine, and returns how many there were.
pub(crate) fn remove_foreign(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = format!("DELETE FROM variants WHERE NOT ({})", SEALED.genuine());
    connection.execute(&sql, []).map(|count| count as u64)
}

/// Removes the rows that make no sense or are not genuine.
pub(crate) fn remove_unreadable(connection: &Connection) -> rusqlite::Result<()> {
    let keys = {
        let sql = format!("SELECT {COLUMNS}, {} FROM variants", SEALED.genuine());
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            if !matches!(read_genuine(row), Ok(Some(_))) {
                keys.push(row.get::<_, rusqlite::types::Value>(0)?);
            }
        }
        keys
    };
    let mut statement = connection.prepare("DELETE FROM variants WHERE key = ?1")?;
    keys.iter().try_for_each(|key| statement.execute([key]).map(|_| ()))
}
