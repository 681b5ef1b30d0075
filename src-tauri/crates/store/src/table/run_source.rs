//! The sources of export runs, in the order of the plan, and which items came of each.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Json, Migration, run::RunId, sealed::SealedTable};

pub(super) const MIGRATIONS: &[Migration] = &[
    (
        2,
        "CREATE TABLE run_sources (
        run    INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        source INTEGER NOT NULL CHECK (source >= 0),
        spec   TEXT NOT NULL,
        facts  TEXT,
        first  INTEGER CHECK (first >= 0),
        items  INTEGER CHECK (items >= 0),
        PRIMARY KEY (run, source),
        CHECK ((first IS NULL) = (items IS NULL))
     ) STRICT, WITHOUT ROWID;",
    ),
    (5, "ALTER TABLE run_sources ADD COLUMN mac BLOB CHECK (length(mac) = 32);"),
];

pub(super) const SEALED: SealedTable = SealedTable {
    name: "run_sources",
    is_new: "run = NEW.run AND source = NEW.source",
    values: "(SELECT created_ms FROM runs WHERE id = @run), @run, @source, @spec, @facts, @first, \
             @items",
    is_portable: false,
    changing: Some("spec, facts, first, items"),
};

/// A source of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSource {
    /// Its place in the plan, from 0.
    pub source: u32,
    /// What it is, as the engine wrote it.
    pub spec: Value,
    /// What was found out about it when its items were planned, as the engine wrote it.
    pub facts: Option<Value>,
    /// The position of its first item; `None` until its items are planned.
    pub first: Option<u32>,
    /// How many items it has; they follow one another. `None` until they are planned.
    pub items: Option<u32>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<RunSource> {
    let Json(spec) = row.get(1)?;
    Ok(RunSource {
        source: row.get(0)?,
        spec,
        facts: row.get::<_, Option<Json<_>>>(2)?.map(|Json(facts)| facts),
        first: row.get(3)?,
        items: row.get(4)?,
    })
}

const COLUMNS: &str = "source, spec, facts, first, items";

pub(crate) fn insert(
    connection: &Connection,
    run: RunId,
    source: &RunSource,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO run_sources (run, source, spec, facts, first, items)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let RunSource { source, spec, facts, first, items } = source;
    let values = params![run.0, source, Json(spec), facts.as_ref().map(Json), first, items];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

pub(crate) fn get(
    connection: &Connection,
    run: RunId,
    source: u32,
) -> rusqlite::Result<Option<RunSource>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run_sources WHERE run = ?1 AND source = ?2 AND {}",
        SEALED.genuine()
    );
    connection.prepare_cached(&sql)?.query_row(params![run.0, source], read).optional()
}

/// At most `limit` of them from `from` on.
pub(crate) fn page(
    connection: &Connection,
    run: RunId,
    from: u32,
    limit: u32,
) -> rusqlite::Result<Vec<RunSource>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run_sources WHERE run = ?1 AND source >= ?2 AND {}
         ORDER BY source LIMIT ?3",
        SEALED.genuine()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![run.0, from, limit], read)?.collect()
}

/// Those whose items are still to be planned, in the order of the plan.
pub(crate) fn unplanned(connection: &Connection, run: RunId) -> rusqlite::Result<Vec<u32>> {
    let sql = "SELECT source FROM run_sources WHERE run = ?1 AND first IS NULL ORDER BY source";
    connection.prepare_cached(sql)?.query_map([run.0], |row| row.get(0))?.collect()
}

/// How many there are, and how many of them are planned.
pub(crate) fn counts(connection: &Connection, run: RunId) -> rusqlite::Result<(u64, u64)> {
    let sql = "SELECT count(*), count(first) FROM run_sources WHERE run = ?1";
    connection.prepare_cached(sql)?.query_row([run.0], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
    })
}

pub(crate) fn set_planned(
    connection: &Connection,
    run: RunId,
    source: u32,
    facts: Option<&Value>,
    (first, items): (u32, u32),
) -> rusqlite::Result<()> {
    let sql = "UPDATE run_sources SET facts = ?3, first = ?4, items = ?5
               WHERE run = ?1 AND source = ?2";
    let values = params![run.0, source, facts.map(Json), first, items];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

pub(crate) fn set_facts(
    connection: &Connection,
    run: RunId,
    source: u32,
    facts: Option<&Value>,
) -> rusqlite::Result<()> {
    let sql = "UPDATE run_sources SET facts = ?3 WHERE run = ?1 AND source = ?2";
    connection.prepare_cached(sql)?.execute(params![run.0, source, facts.map(Json)])?;
    Ok(())
}

/// Forgets what was planned for a source, and its items.
pub(crate) fn unplan(connection: &Connection, run: RunId, source: u32) -> rusqlite::Result<()> {
    let Some(planned) = get(connection, run, source)? else { return Ok(()) };
    let (Some(first), Some(items)) = (planned.first, planned.items) else { return Ok(()) };
    let sql = "DELETE FROM run_items WHERE run = ?1 AND position >= ?2 AND position < ?2 + ?3";
    connection.prepare_cached(sql)?.execute(params![run.0, first, items])?;
    let sql = "UPDATE run_sources SET facts = NULL, first = NULL, items = NULL
               WHERE run = ?1 AND source = ?2";
    connection.prepare_cached(sql)?.execute(params![run.0, source])?;
    Ok(())
}

/// Those of whose items some are missing, as after a damage of the index.
pub(crate) fn incomplete(connection: &Connection, run: RunId) -> rusqlite::Result<Vec<u32>> {
    let sql = "SELECT source FROM run_sources AS s WHERE run = ?1 AND items <> (
                   SELECT count(*) FROM run_items AS i WHERE i.run = ?1
                   AND i.position >= s.first AND i.position < s.first + s.items)";
    connection.prepare_cached(sql)?.query_map([run.0], |row| row.get(0))?.collect()
}

/// The source that an item came of.
pub(crate) fn of_position(
    connection: &Connection,
    run: RunId,
    position: u32,
) -> rusqlite::Result<Option<u32>> {
    let sql = "SELECT source FROM run_sources
               WHERE run = ?1 AND first <= ?2 AND first + items > ?2";
    connection.prepare_cached(sql)?.query_row(params![run.0, position], |row| row.get(0)).optional()
}

/// Removes those of a run that are not genuine.
pub(crate) fn remove_foreign(connection: &Connection, run: RunId) -> rusqlite::Result<()> {
    let sql = format!("DELETE FROM run_sources WHERE run = ?1 AND NOT ({})", SEALED.genuine());
    connection.prepare_cached(&sql)?.execute([run.0]).map(|_| ())
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction).
pub(crate) fn salvaged() -> (String, &'static str) {
    let columns = format!("{COLUMNS}, run FROM run_sources WHERE {}", SEALED.genuine());
    (columns, "run ~, source ~")
}

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<(RunId, RunSource)> {
    Ok((RunId(row.get(5)?), read(row)?))
}
