//! Settings of this workspace, by name, and what the index says about itself.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

use super::{Json, Migration};

pub(super) const MIGRATIONS: &[Migration] = &[(
    1,
    "CREATE TABLE settings (
        name  TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
     ) STRICT, WITHOUT ROWID;",
)];

/// The setting that tells a damaged version number in the file's header from that of a newer
/// Cropmark.
pub(crate) const SCHEMA_VERSION: &str = "index.schema_version";

pub(crate) fn get(connection: &Connection, name: &str) -> rusqlite::Result<Option<Value>> {
    let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
    let value = statement.query_row([name], |row| row.get::<_, Json<Value>>(0)).optional()?;
    Ok(value.map(|Json(value)| value))
}

pub(crate) fn set(connection: &Connection, name: &str, value: &Value) -> rusqlite::Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute(params![name, Json(value)])?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, name: &str) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM settings WHERE name = ?1")?.execute([name])?;
    Ok(())
}

/// All that people have set; not what the index says about itself.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<(String, Value)>> {
    let sql = "SELECT name, value FROM settings WHERE name NOT LIKE 'index.%' ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let Json(value) = row.get(1)?;
        Ok((row.get(0)?, value))
    })?;
    rows.collect()
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction).
pub(crate) const SALVAGE: (&str, &str) =
    ("name, value FROM settings WHERE name NOT LIKE 'index.%'", "name ~");

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<(String, Value)> {
    let Json(value) = row.get(1)?;
    Ok((row.get(0)?, value))
}
