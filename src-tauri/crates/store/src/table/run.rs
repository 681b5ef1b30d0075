//! Export runs: what was asked for, and how far it is. The rows are in `run_item`.

use rusqlite::{
    Connection, OptionalExtension as _, Row, ToSql, params,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Json, Migration, item_state::ItemState, sealed::SealedTable};

pub(super) const MIGRATIONS: &[Migration] = &[
    (
        1,
        "CREATE TABLE runs (
        id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        created_ms INTEGER NOT NULL,
        changed_ms INTEGER NOT NULL,
        state      TEXT NOT NULL
                   CHECK (state IN ('running', 'paused', 'done', 'cancelled')),
        reason     TEXT,
        plan       TEXT NOT NULL
     ) STRICT;",
    ),
    (
        2,
        "ALTER TABLE runs ADD COLUMN digest TEXT;
     ALTER TABLE runs ADD COLUMN summary TEXT;
     CREATE INDEX runs_by_digest ON runs (digest);",
    ),
    (5, "ALTER TABLE runs ADD COLUMN mac BLOB CHECK (length(mac) = 32);"),
];

pub(super) const SEALED: SealedTable = SealedTable {
    name: "runs",
    is_new: "id = NEW.id",
    values: "@id, @created_ms, @changed_ms, @state, @reason, @plan, @digest, @summary",
    is_portable: false,
    changing: Some("changed_ms, state, reason, plan, digest, summary"),
};

/// A run's number in its workspace. Never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RunId(pub i64);

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Is executed, now or when the workspace is next opened.
    Running,
    /// Waits until the user resumes it.
    Paused,
    /// Every item is done or failed.
    Done,
    /// Was cancelled by the user: items that are left stay undone.
    Cancelled,
}

impl RunState {
    const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Done, Self::Cancelled];

    /// The name in the table and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

impl ToSql for RunState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for RunState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        Self::ALL.into_iter().find(|state| state.name() == name).ok_or(FromSqlError::InvalidType)
    }
}

/// A run with the numbers of its items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// Milliseconds since 1970.
    pub created_ms: i64,
    /// Milliseconds since 1970 of the last change of its state.
    pub changed_ms: i64,
    /// How far it is.
    pub state: RunState,
    /// Why it is paused, for people.
    pub reason: Option<String>,
    /// What was asked for, as the engine wrote it.
    pub plan: Value,
    /// By what the same request is recognised.
    #[serde(default)]
    pub digest: Option<String>,
    /// What became of it so far, as the engine wrote it.
    #[serde(default)]
    pub summary: Option<Value>,
    /// Items in each state.
    #[serde(default)]
    pub counts: Counts,
}

/// Items of a run in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// To do.
    pub pending: u64,
    /// Begun.
    pub running: u64,
    /// Under their final names.
    pub done: u64,
    /// Given up.
    pub failed: u64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Run> {
    let Json(plan) = row.get(5)?;
    let summary = row.get::<_, Option<Json<_>>>(7)?.map(|Json(summary)| summary);
    Ok(Run {
        id: RunId(row.get(0)?),
        created_ms: row.get(1)?,
        changed_ms: row.get(2)?,
        state: row.get(3)?,
        reason: row.get(4)?,
        plan,
        digest: row.get(6)?,
        summary,
        counts: Counts::default(),
    })
}

const COLUMNS: &str = "id, created_ms, changed_ms, state, reason, plan, digest, summary";

pub(crate) fn insert(connection: &Connection, run: &Run) -> rusqlite::Result<RunId> {
    let sql = "INSERT INTO runs (created_ms, changed_ms, state, reason, plan, digest, summary)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let Run { created_ms, changed_ms, state, reason, plan, digest, summary, .. } = run;
    let summary = summary.as_ref().map(Json);
    let values = params![created_ms, changed_ms, state, reason, Json(plan), digest, summary];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(RunId(connection.last_insert_rowid()))
}

pub(crate) fn get(connection: &Connection, id: RunId) -> rusqlite::Result<Option<Run>> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE id = ?1 AND {}", SEALED.genuine());
    let run = connection.prepare_cached(&sql)?.query_row([id.0], read).optional()?;
    run.map(|run| counted(connection, run)).transpose()
}

/// All, the newest first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<Run>> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE {} ORDER BY id DESC", SEALED.genuine());
    let mut statement = connection.prepare_cached(&sql)?;
    let runs: Vec<Run> = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
    runs.into_iter().map(|run| counted(connection, run)).collect()
}

fn counted(connection: &Connection, mut run: Run) -> rusqlite::Result<Run> {
    let sql = "SELECT state, count(*) FROM run_items WHERE run = ?1 GROUP BY state";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([run.id.0])?;
    while let Some(row) = rows.next()? {
        let count = row.get::<_, i64>(1)?.cast_unsigned();
        match row.get(0)? {
            ItemState::Pending => run.counts.pending = count,
            ItemState::Running => run.counts.running = count,
            ItemState::Done => run.counts.done = count,
            ItemState::Failed => run.counts.failed = count,
        }
    }
    Ok(run)
}

/// `false`: there is no such run.
pub(crate) fn set_state(
    connection: &Connection,
    id: RunId,
    state: RunState,
    reason: Option<&str>,
    now_ms: i64,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE runs SET state = ?2, reason = ?3, changed_ms = ?4 WHERE id = ?1";
    Ok(connection.prepare_cached(sql)?.execute(params![id.0, state, reason, now_ms])? > 0)
}

/// Those that are not over, the newest first.
pub(crate) fn all_unfinished(connection: &Connection) -> rusqlite::Result<Vec<Run>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM runs WHERE state IN ('running', 'paused') AND {} ORDER BY id DESC",
        SEALED.genuine()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let runs: Vec<Run> = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
    runs.into_iter().map(|run| counted(connection, run)).collect()
}

/// The newest that is not over and was asked for in the same words.
pub(crate) fn unfinished(connection: &Connection, digest: &str) -> rusqlite::Result<Option<RunId>> {
    let sql = format!(
        "SELECT id FROM runs WHERE digest = ?1 AND state IN ('running', 'paused') AND {}
         ORDER BY id DESC LIMIT 1",
        SEALED.genuine()
    );
    let id = connection.prepare_cached(&sql)?.query_row([digest], |row| row.get(0)).optional()?;
    Ok(id.map(RunId))
}

pub(crate) fn set_summary(
    connection: &Connection,
    id: RunId,
    summary: &Value,
) -> rusqlite::Result<()> {
    let sql = "UPDATE runs SET summary = ?2 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.0, Json(summary)])?;
    Ok(())
}

/// Removes those that are over, the newest `keep` aside.
pub(crate) fn prune(connection: &Connection, keep: u32) -> rusqlite::Result<()> {
    let sql = "DELETE FROM runs WHERE state IN ('done', 'cancelled') AND id NOT IN (
                   SELECT id FROM runs WHERE state IN ('done', 'cancelled')
                   ORDER BY id DESC LIMIT ?1)";
    connection.prepare_cached(sql)?.execute([keep])?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, id: RunId) -> rusqlite::Result<()> {
    // The items go with it: ON DELETE CASCADE.
    connection.prepare_cached("DELETE FROM runs WHERE id = ?1")?.execute([id.0])?;
    Ok(())
}

/// Removes those that are not genuine, and returns how many there were.
pub(crate) fn remove_foreign(connection: &Connection) -> rusqlite::Result<u64> {
    let sql = format!("DELETE FROM runs WHERE NOT ({})", SEALED.genuine());
    connection.execute(&sql, []).map(|count| count as u64)
}

/// Removes all, and returns how many there were.
pub(crate) fn remove_all(connection: &Connection) -> rusqlite::Result<u64> {
    connection.execute("DELETE FROM runs", []).map(|count| count as u64)
}

/// What is read of a damaged index: the columns of which table, and its order (`~` stands for
/// the direction).
pub(crate) fn salvaged() -> (String, &'static str) {
    (format!("{COLUMNS} FROM runs WHERE {}", SEALED.genuine()), "id ~")
}

pub(crate) fn salvage(row: &Row<'_>) -> rusqlite::Result<Run> {
    read(row)
}

/// Puts a run back under its old number.
pub(crate) fn restore(connection: &Connection, run: &Run) -> rusqlite::Result<()> {
    let sql = "INSERT INTO runs (id, created_ms, changed_ms, state, reason, plan, digest, summary)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let Run { id, created_ms, changed_ms, state, reason, plan, digest, summary, .. } = run;
    let summary = summary.as_ref().map(Json);
    let values = params![id.0, created_ms, changed_ms, state, reason, Json(plan), digest, summary];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// How many.
pub(crate) fn count(connection: &Connection) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached("SELECT count(*) FROM runs")?;
    statement.query_row([], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))
}
