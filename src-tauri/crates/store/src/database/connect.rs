//! Opening the index file, with what is set on every connection, and telling a sound file from
//! a damaged one.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use super::{Durability, migrate};
use crate::{StoreError, os, table::setting};

/// How transactions are made safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Journal {
    /// A write-ahead log: readers and the writer do not wait for one another.
    Wal,
    /// A rollback journal, the file held by one process: the log needs memory that is shared
    /// between all its users, which a network file system does not give.
    Rollback,
    /// No file at all.
    Memory,
}

/// What an opening found.
#[derive(Debug)]
pub(crate) enum Found {
    /// A sound index, or none: then a new one.
    Sound(Connection),
    /// A damaged one, and what is wrong with it.
    Damaged(String),
}

/// Opens the index for writing, makes it if there is none, and brings it to the newest version.
pub(crate) fn writer(path: &Path, journal: Journal) -> Result<Found, StoreError> {
    if let Ok(detail) = fs::read_to_string(damage_note(path)) {
        return Ok(Found::Damaged(detail));
    }
    match open_writer(path, journal) {
        Ok(connection) => Ok(Found::Sound(connection)),
        Err(Refused::Newer(found)) => {
            let known = migrate::newest();
            Err(StoreError::Newer { path: path.to_path_buf(), found, known })
        }
        Err(Refused::Damaged(detail)) => Ok(Found::Damaged(detail)),
        Err(Refused::Sqlite(error)) if is_the_files_fault(&error) => {
            Ok(Found::Damaged(error.to_string()))
        }
        Err(Refused::Sqlite(error)) => Err(StoreError::database(path, error)),
    }
}

enum Refused {
    Newer(u32),
    Damaged(String),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn open_writer(path: &Path, journal: Journal) -> Result<Connection, Refused> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = match journal {
        Journal::Memory => Connection::open_in_memory()?,
        _ => Connection::open_with_flags(path, flags)?,
    };
    configure(&connection)?;
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if pages == 0 {
        // Only possible now: so that a cleaning can give space back bit by bit.
        set(&connection, "auto_vacuum", "incremental")?;
    }
    match journal {
        Journal::Wal => {
            set(&connection, "journal_mode", "wal")?;
            // A bulk of new assets touches the whole index of contents: rather one long look
            // back than many. After it, the log gives its space back.
            set(&connection, "wal_autocheckpoint", 4000)?;
            set(&connection, "cache_size", -16_000)?;
            set(&connection, "journal_size_limit", 16 << 20)?;
        }
        Journal::Rollback => {
            set(&connection, "locking_mode", "exclusive")?;
            set(&connection, "journal_mode", "delete")?;
        }
        Journal::Memory => {}
    }
    let durability = Durability::Process;
    set_durability(&connection, durability)?;
    check(&mut connection)?;
    Ok(connection)
}

/// Brings it to the newest version, then looks whether all is as it must be.
fn check(connection: &mut Connection) -> Result<(), Refused> {
    let found = migrate::version(connection)?;
    let newest = migrate::newest();
    if found > newest {
        // Only where the index itself agrees is it a newer one.
        let noted = setting::get(connection, setting::SCHEMA_VERSION)?;
        return Err(match noted.and_then(|value| value.as_u64()) {
            Some(noted) if noted == u64::from(found) => Refused::Newer(found),
            _ => Refused::Damaged("its version number makes no sense".into()),
        });
    }
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if found == 0 && tables > 0 {
        return Err(Refused::Damaged("it has tables but no version".into()));
    }
    migrate::migrate(connection)?;
    let mut model = Connection::open_in_memory()?;
    migrate::migrate(&mut model)?;
    if migrate::schema(connection)? != migrate::schema(&model)? {
        return Err(Refused::Damaged("its tables are not those of its version".into()));
    }
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Refused::Damaged(verdict));
    }
    // A header that a flipped bit makes read-only shows itself at a write.
    let noted = serde_json::Value::from(newest);
    setting::set(connection, setting::SCHEMA_VERSION, &noted)?;
    Ok(())
}

/// Opens the index for reading only, as the second process or in a folder that cannot be
/// written. `immutable`: no process writes to it, so that no lock files are needed.
pub(crate) fn reader(path: &Path, immutable: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let mut name = String::from("file:");
    for &byte in &*os::bytes_of_path(path) {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
            name.push(char::from(byte));
        } else {
            let _ = write!(name, "%{byte:02x}");
        }
    }
    if immutable {
        name.push_str("?immutable=1");
    }
    let connection = Connection::open_with_flags(name, flags)?;
    configure(&connection)?;
    // The first look into the file.
    migrate::version(&connection)?;
    Ok(connection)
}

/// Whether an index has the version that this program knows; `false` for an older one.
///
/// # Errors
/// [`StoreError::Newer`]; where the index cannot be read.
pub(crate) fn is_newest(path: &Path, connection: &Connection) -> Result<bool, StoreError> {
    let found = migrate::version(connection).map_err(|error| StoreError::database(path, error))?;
    let known = migrate::newest();
    if found > known {
        return Err(StoreError::Newer { path: path.to_path_buf(), found, known });
    }
    Ok(found == known)
}

/// What every connection gets. A file from elsewhere may not run code through its schema.
pub(crate) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Else SQLite plans a statement again each time that other values are bound to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    set(connection, "cell_size_check", true)?;
    set(connection, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

pub(super) fn set_durability(
    connection: &Connection,
    durability: Durability,
) -> rusqlite::Result<()> {
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let level = match durability {
        Durability::Process if journal == "wal" => "normal",
        // Without a log, anything less may damage the file at a power cut.
        _ => "full",
    };
    set(connection, "synchronous", level)
}

pub(super) fn before_closing(connection: &Connection) {
    // Keeps the planner's figures; nothing depends on it.
    let _ = connection.execute_batch("PRAGMA optimize");
}

fn set(connection: &Connection, name: &str, value: impl rusqlite::ToSql) -> rusqlite::Result<()> {
    connection.pragma_update(None, name, value)
}

/// Whether another file would do better: everything but locks, space, permissions and memory.
fn is_the_files_fault(error: &rusqlite::Error) -> bool {
    !matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::PermissionDenied
                | ErrorCode::CannotOpen
                | ErrorCode::OutOfMemory
                | ErrorCode::OperationInterrupted
        )
    )
}

/// Notes that the index was found damaged while in use.
pub(crate) fn note_damage(path: &Path, detail: &str) {
    // Best effort: where even this cannot be written, the next use finds the damage again.
    let _ = fs::write(damage_note(path), detail);
}

/// Where the note of damage lies.
pub(crate) fn damage_note(path: &Path) -> PathBuf {
    path.with_extension("damaged")
}

#[cfg(test)]
mod tests {
    /// Older ones can damage the file when a log is reset while it is read from.
    #[test]
    fn sqlite_has_the_repaired_log() {
        assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
    }
}
