//! Numbers that only grow: hits and misses.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::Migration;

pub(super) const MIGRATIONS: &[Migration] = &[(
    1,
    "CREATE TABLE counters (
        name  TEXT NOT NULL PRIMARY KEY,
        value INTEGER NOT NULL CHECK (value >= 0)
     ) STRICT, WITHOUT ROWID;",
)];

/// Look-ups that found a variant.
pub(crate) const HITS: &str = "hits";
/// Look-ups that found none.
pub(crate) const MISSES: &str = "misses";

pub(crate) fn add(connection: &Connection, name: &str, amount: u64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO counters (name, value) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET value = value + excluded.value";
    connection.prepare_cached(sql)?.execute(params![name, amount.cast_signed()])?;
    Ok(())
}

pub(crate) fn get(connection: &Connection, name: &str) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached("SELECT value FROM counters WHERE name = ?1")?;
    let value: Option<i64> = statement.query_row([name], |row| row.get(0)).optional()?;
    Ok(value.map_or(0, i64::cast_unsigned))
}

pub(crate) fn set(connection: &Connection, name: &str, value: u64) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO counters (name, value) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute(params![name, value.cast_signed()])?;
    Ok(())
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction).
pub(crate) const SALVAGE: (&str, &str) = ("name, value FROM counters", "name ~");

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<(String, u64)> {
    let value: i64 = row.get(1)?;
    Ok((row.get(0)?, value.max(0).cast_unsigned()))
}
