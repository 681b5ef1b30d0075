//! The items of export runs, one a variant and final name.

use std::path::{Path, PathBuf};

use cropmark_rules::{ContentHash, Fault};
use rusqlite::{
    Connection, Row, ToSql, params,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Blob, Json, Migration, PathColumn, run::RunId};

pub(super) const MIGRATIONS: &[Migration] = &[(
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
)];

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// To do.
    Pending,
    /// Begun. After a crash, [`Store::settle_run`](crate::Store::settle_run) decides.
    Running,
    /// Under its final name.
    Done,
    /// Given up.
    Failed,
}

impl ItemState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Running, Self::Done, Self::Failed];

    /// The name in the table and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl ToSql for ItemState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for ItemState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        Self::ALL.into_iter().find(|state| state.name() == name).ok_or(FromSqlError::InvalidType)
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
    /// Why it failed.
    pub fault: Option<Fault>,
    /// What was reported about it, as the engine wrote it.
    pub report: Option<Value>,
    /// What to render, as the engine wrote it.
    pub spec: Value,
}

/// How an item ended.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemEnd {
    /// It stands under its final name.
    Done {
        /// The name; `None` where nothing was to be written.
        path: Option<PathBuf>,
        /// The hash of what stands there.
        hash: Option<ContentHash>,
        /// What was reported.
        report: Option<Value>,
    },
    /// It was given up.
    Failed {
        /// Why.
        fault: Fault,
        /// What was reported.
        report: Option<Value>,
    },
}

fn read(row: &Row<'_>) -> rusqlite::Result<RunItem> {
    let Json(spec) = row.get(6)?;
    Ok(RunItem {
        position: row.get(0)?,
        state: row.get(1)?,
        path: row.get::<_, Option<PathColumn<_>>>(2)?.map(|PathColumn(path)| path),
        hash: row.get::<_, Option<Blob<_>>>(3)?.map(|Blob(hash)| hash),
        fault: row.get::<_, Option<Json<_>>>(4)?.map(|Json(fault)| fault),
        report: row.get::<_, Option<Json<_>>>(5)?.map(|Json(report)| report),
        spec,
    })
}

const COLUMNS: &str = "position, state, path, hash, fault, report, spec";

pub(crate) fn insert(connection: &Connection, run: RunId, item: &RunItem) -> rusqlite::Result<()> {
    let sql = "INSERT INTO run_items (run, position, state, path, hash, fault, report, spec)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let RunItem { position, state, path, hash, fault, report, spec } = item;
    let (path, fault) = (path.as_ref().map(PathColumn), fault.as_ref().map(Json));
    let report = report.as_ref().map(Json);
    let values = params![run.0, position, state, path, hash.map(Blob), fault, report, Json(spec)];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Those in these states, in the order of the plan.
pub(crate) fn list(
    connection: &Connection,
    run: RunId,
    states: &[ItemState],
) -> rusqlite::Result<Vec<RunItem>> {
    let sql = format!("SELECT {COLUMNS} FROM run_items WHERE run = ?1 ORDER BY position");
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
        "SELECT {COLUMNS} FROM run_items WHERE run = ?1 AND position >= ?2 ORDER BY position"
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
        "SELECT {COLUMNS} FROM run_items WHERE run = ?1 {wanted}
         ORDER BY position LIMIT ?3 OFFSET ?4"
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
               report = NULL WHERE run = ?1 AND position = ?2";
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
    path: &Path,
    (hash, report): (Option<ContentHash>, Option<&Value>),
) -> rusqlite::Result<()> {
    let sql = "UPDATE run_items SET state = 'running', path = ?3, hash = ?4, report = ?5
               WHERE run = ?1 AND position = ?2";
    let values = params![run.0, position, PathColumn(path), hash.map(Blob), report.map(Json)];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

pub(crate) fn finish(
    connection: &Connection,
    run: RunId,
    position: u32,
    end: &ItemEnd,
) -> rusqlite::Result<()> {
    let sql = "UPDATE run_items SET state = ?3, path = ?4, hash = ?5, fault = ?6, report = ?7
               WHERE run = ?1 AND position = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    match end {
        ItemEnd::Done { path, hash, report } => {
            let (path, report) = (path.as_ref().map(PathColumn), report.as_ref().map(Json));
            let state = ItemState::Done;
            statement.execute(params![
                run.0,
                position,
                state,
                path,
                hash.map(Blob),
                None::<&str>,
                report
            ])?;
        }
        ItemEnd::Failed { fault, report } => {
            let (fault, report) = (Json(fault), report.as_ref().map(Json));
            let (state, none) = (ItemState::Failed, None::<&str>);
            statement.execute(params![run.0, position, state, none, none, fault, report])?;
        }
    }
    Ok(())
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction).
pub(crate) const SALVAGE: (&str, &str) =
    ("position, state, path, hash, fault, report, spec, run FROM run_items", "run ~, position ~");

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<(RunId, RunItem)> {
    Ok((RunId(row.get(7)?), read(row)?))
}
