//! The items of export runs, one a variant and final name.

use std::path::PathBuf;

use cropmark_rules::{ContentHash, Fault};
use rusqlite::{
    Connection, Row, ToSql, params,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Blob, Json, Migration, PathColumn, item_state::ItemState, run::RunId, sealed::SealedTable,
};

pub(super) const MIGRATIONS: &[Migration] = &[
    (
        1,
        "CREATE TABLE run_items (
        run      INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        position INTEGER NOT NULL CHECK (position >= 0),
        state    TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed')),
        path     TEXT,
        hash     BLOB CHECK (length(hash) = 32),
        fault    TEXT,
        report   TEXT,
        spec     TEXT NOT NULL,
        PRIMARY KEY (run, position)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX run_items_by_state ON run_items (run, state);",
    ),
    (
        4,
        "ALTER TABLE run_items ADD COLUMN result TEXT
            CHECK (result IN ('rendered', 'cached', 'skipped'));
     ALTER TABLE run_items ADD COLUMN bytes INTEGER CHECK (bytes >= 0);
     ALTER TABLE run_items ADD COLUMN retriable INTEGER NOT NULL DEFAULT 0
            CHECK (retriable IN (0, 1));
     DROP INDEX run_items_by_state;
     CREATE INDEX run_items_by_state ON run_items (run, state, result, bytes, retriable);",
    ),
    (4, DERIVE_RESULTS),
    (5, "ALTER TABLE run_items ADD COLUMN mac BLOB CHECK (length(mac) = 32);"),
];

/// The time of the run is authenticated too: a number of a run may come again after a damage.
pub(super) const SEALED: SealedTable = SealedTable {
    name: "run_items",
    is_new: "run = NEW.run AND position = NEW.position",
    values: "(SELECT created_ms FROM runs WHERE id = @run), @run, @position, @state, @path, @hash, \
             @fault, @report, @spec, @result, @bytes, @retriable",
    is_portable: false,
    changing: Some("state, path, hash, fault, report, spec, result, bytes, retriable"),
};

/// Fills the columns that sums read from the reports and faults of rows that have them empty:
/// those of an older index or export.
const DERIVE_RESULTS: &str = "
    UPDATE run_items SET
        result = CASE WHEN state = 'failed' THEN NULL
            WHEN json_valid(report) AND report ->> '$.row.status' IN ('rendered', 'cached')
                THEN report ->> '$.row.status'
            ELSE 'skipped' END,
        bytes = CASE WHEN json_valid(report) AND json_type(report, '$.row.bytes') = 'integer'
            THEN max(report ->> '$.row.bytes', 0) END,
        retriable = state = 'failed' AND coalesce(
            CASE WHEN json_valid(fault) THEN fault ->> '$.code' END, ''
        ) NOT IN ('unsupported', 'too_large', 'invalid')
    WHERE state <> 'pending' AND result IS NULL AND bytes IS NULL AND retriable = 0;";

/// How an item that is done got its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemResult {
    /// Rendered and written.
    Rendered,
    /// Written from the cache.
    Cached,
    /// Nothing was written: the file was there already.
    Skipped,
}

impl ItemResult {
    const ALL: [Self; 3] = [Self::Rendered, Self::Cached, Self::Skipped];

    /// The name in the table.
    fn name(self) -> &'static str {
        match self {
            Self::Rendered => "rendered",
            Self::Cached => "cached",
            Self::Skipped => "skipped",
        }
    }
}

impl ToSql for ItemResult {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for ItemResult {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        Self::ALL.into_iter().find(|result| result.name() == name).ok_or(FromSqlError::InvalidType)
    }
}

/// An item of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunItem {
    /// Its place in the plan, from 0.
    pub position: u32,
    /// How far it is.
    pub state: ItemState,
    /// The final name: intended while running, true when done.
    #[serde(default, with = "super::path_json::option")]
    pub path: Option<PathBuf>,
    /// The hash of what stands there, or shall.
    pub hash: Option<ContentHash>,
    /// How it got its file: intended while running, true when done.
    #[serde(default)]
    pub result: Option<ItemResult>,
    /// The length of its file: intended while running, true when done.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// Why it failed.
    pub fault: Option<Fault>,
    /// What was reported about it, as the engine wrote it.
    pub report: Option<Value>,
    /// What to render, as the engine wrote it.
    pub spec: Value,
}

impl RunItem {
    /// An item that is still to do.
    pub(crate) fn pending(position: u32, spec: Value) -> Self {
        Self {
            position,
            state: ItemState::Pending,
            path: None,
            hash: None,
            result: None,
            bytes: None,
            fault: None,
            report: None,
            spec,
        }
    }
}

/// What is noted about an item that is done, or about to be.
#[derive(Debug, Clone, PartialEq)]
pub struct DoneItem {
    /// The final name of its file; `None` where nothing was to be written.
    pub path: Option<PathBuf>,
    /// The hash of what stands there.
    pub hash: Option<ContentHash>,
    /// How it got its file.
    pub result: ItemResult,
    /// The length of its file; sums count it where something was written.
    pub bytes: Option<u64>,
    /// What is reported about it.
    pub report: Option<Value>,
}

/// How an item ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemEnd {
    /// It stands under its final name.
    Done(DoneItem),
    /// It was given up. Whether another try may go better follows from the fault's code.
    Failed {
        /// Why.
        fault: Fault,
        /// What was reported.
        report: Option<Value>,
    },
}

/// How many items of a run are in which state, and what became of those that have an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunSums {
    /// Sources in all.
    pub sources: u64,
    /// Sources whose items are known.
    pub planned_sources: u64,
    /// Items known so far.
    pub items: u64,
    /// Items to do.
    pub pending: u64,
    /// Items that were begun.
    pub running: u64,
    /// Done items with [`ItemResult::Rendered`].
    pub rendered: u64,
    /// Done items with [`ItemResult::Cached`].
    pub cached: u64,
    /// Done items with [`ItemResult::Skipped`].
    pub skipped: u64,
    /// Items that were given up.
    pub failed: u64,
    /// Of those, the ones that [may go better](cropmark_rules::FaultCode::may_pass) when they are
    /// tried again.
    pub retriable: u64,
    /// Bytes of the files that were written.
    pub bytes: u64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<RunItem> {
    let Json(spec) = row.get(6)?;
    Ok(RunItem {
        position: row.get(0)?,
        state: row.get(1)?,
        path: row.get::<_, Option<PathColumn<_>>>(2)?.map(|PathColumn(path)| path),
        hash: row.get::<_, Option<Blob<_>>>(3)?.map(|Blob(hash)| hash),
        result: row.get(7)?,
        bytes: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
        fault: row.get::<_, Option<Json<_>>>(4)?.map(|Json(fault)| fault),
        report: row.get::<_, Option<Json<_>>>(5)?.map(|Json(report)| report),
        spec,
    })
}

const COLUMNS: &str = "position, state, path, hash, fault, report, spec, result, bytes";

pub(crate) fn insert(connection: &Connection, run: RunId, item: &RunItem) -> rusqlite::Result<()> {
    let sql = "INSERT INTO run_items
               (run, position, state, path, hash, fault, report, spec, result, bytes, retriable)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let RunItem { position, state, path, hash, result, bytes, fault, report, spec } = item;
    connection.prepare_cached(sql)?.execute(params![
        run.0,
        position,
        state,
        path.as_ref().map(PathColumn),
        hash.map(Blob),
        fault.as_ref().map(Json),
        report.as_ref().map(Json),
        Json(spec),
        result,
        bytes.map(u64::cast_signed),
        *state == ItemState::Failed && fault.as_ref().is_none_or(|fault| fault.code.may_pass()),
    ])?;
    Ok(())
}

/// The sums of a run's items; those of its sources are left at 0.
pub(crate) fn sums(connection: &Connection, run: RunId) -> rusqlite::Result<RunSums> {
    let sql = "SELECT state, result, count(*), coalesce(sum(bytes), 0), sum(retriable)
               FROM run_items WHERE run = ?1 GROUP BY state, result";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([run.0])?;
    let mut sums = RunSums::default();
    while let Some(row) = rows.next()? {
        let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
        let (count, bytes, retriable) = (number(2)?, number(3)?, number(4)?);
        sums.items += count;
        match (row.get(0)?, row.get(1)?) {
            (ItemState::Pending, _) => sums.pending += count,
            (ItemState::Running, _) => sums.running += count,
            (ItemState::Failed, _) => {
                sums.failed += count;
                sums.retriable += retriable;
            }
            (ItemState::Done, Some(ItemResult::Rendered)) => {
                sums.rendered += count;
                sums.bytes += bytes;
            }
            (ItemState::Done, Some(ItemResult::Cached)) => {
                sums.cached += count;
                sums.bytes += bytes;
            }
            (ItemState::Done, Some(ItemResult::Skipped) | None) => sums.skipped += count,
        }
    }
    Ok(sums)
}

/// Those in these states, in the order of the plan.
pub(crate) fn list(
    connection: &Connection,
    run: RunId,
    states: &[ItemState],
) -> rusqlite::Result<Vec<RunItem>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run_items WHERE run = ?1 AND {} ORDER BY position",
        SEALED.genuine()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([run.0])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if states.contains(&row.get(1)?) {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Those of these states from `from` on, at most `limit`, in the order of the plan.
pub(crate) fn page(
    connection: &Connection,
    run: RunId,
    states: &[ItemState],
    (from, limit): (u32, u32),
) -> rusqlite::Result<Vec<RunItem>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM run_items WHERE run = ?1 AND position >= ?2 AND {}
         ORDER BY position",
        SEALED.genuine()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![run.0, from])?;
    let mut found = Vec::new();
    while found.len() < limit as usize
        && let Some(row) = rows.next()?
    {
        if states.contains(&row.get(1)?) {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// Those of one state, the first `offset` aside, at most `limit`, in the order of the plan;
/// `None`: of any state.
pub(crate) fn slice(
    connection: &Connection,
    run: RunId,
    state: Option<ItemState>,
    (offset, limit): (u32, u32),
) -> rusqlite::Result<Vec<RunItem>> {
    let wanted = if state.is_some() { "AND state = ?2" } else { "AND ?2 IS NULL" };
    let sql = format!(
        "SELECT {COLUMNS} FROM run_items WHERE run = ?1 {wanted} AND {}
         ORDER BY position LIMIT ?3 OFFSET ?4",
        SEALED.genuine()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![run.0, state, limit, offset], read)?.collect()
}

/// The position that the next item gets.
pub(crate) fn next_position(connection: &Connection, run: RunId) -> rusqlite::Result<u32> {
    let sql = "SELECT coalesce(max(position) + 1, 0) FROM run_items WHERE run = ?1";
    connection.prepare_cached(sql)?.query_row([run.0], |row| row.get(0))
}

/// Marks items as begun, or as to do again.
pub(crate) fn restate(
    connection: &Connection,
    run: RunId,
    positions: &[u32],
    state: ItemState,
) -> rusqlite::Result<()> {
    let sql = "UPDATE run_items SET state = ?3, path = NULL, hash = NULL, fault = NULL,
               report = NULL, result = NULL, bytes = NULL, retriable = 0
               WHERE run = ?1 AND position = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    for position in positions {
        statement.execute(params![run.0, position, state])?;
    }
    Ok(())
}

/// Notes which name a running item is about to get.
pub(crate) fn intend(
    connection: &Connection,
    run: RunId,
    position: u32,
    intended: &DoneItem,
) -> rusqlite::Result<()> {
    set_done(connection, run, position, ItemState::Running, intended)
}

pub(crate) fn finish(
    connection: &Connection,
    run: RunId,
    position: u32,
    end: &ItemEnd,
) -> rusqlite::Result<()> {
    match end {
        ItemEnd::Done(done) => set_done(connection, run, position, ItemState::Done, done),
        ItemEnd::Failed { fault, report } => {
            let sql = "UPDATE run_items SET state = 'failed', path = NULL, hash = NULL,
                       result = NULL, bytes = NULL, fault = ?3, report = ?4, retriable = ?5
                       WHERE run = ?1 AND position = ?2";
            let (report, retriable) = (report.as_ref().map(Json), fault.code.may_pass());
            let values = params![run.0, position, Json(fault), report, retriable];
            connection.prepare_cached(sql)?.execute(values).map(|_| ())
        }
    }
}

fn set_done(
    connection: &Connection,
    run: RunId,
    position: u32,
    state: ItemState,
    done: &DoneItem,
) -> rusqlite::Result<()> {
    let sql = "UPDATE run_items SET state = ?3, path = ?4, hash = ?5, result = ?6, bytes = ?7,
               report = ?8, fault = NULL, retriable = 0 WHERE run = ?1 AND position = ?2";
    let DoneItem { path, hash, result, bytes, report } = done;
    let (path, report) = (path.as_ref().map(PathColumn), report.as_ref().map(Json));
    let (hash, bytes) = (hash.map(Blob), bytes.map(u64::cast_signed));
    let values = params![run.0, position, state, path, hash, result, bytes, report];
    connection.prepare_cached(sql)?.execute(values).map(|_| ())
}

/// Removes those of a run that are not genuine.
pub(crate) fn remove_foreign(connection: &Connection, run: RunId) -> rusqlite::Result<()> {
    let sql = format!("DELETE FROM run_items WHERE run = ?1 AND NOT ({})", SEALED.genuine());
    connection.prepare_cached(&sql)?.execute([run.0]).map(|_| ())
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction).
pub(crate) fn salvaged() -> (String, &'static str) {
    let columns = format!("{COLUMNS}, run FROM run_items WHERE {}", SEALED.genuine());
    (columns, "run ~, position ~")
}

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<(RunId, RunItem)> {
    Ok((RunId(row.get(9)?), read(row)?))
}
