//! From an empty or older index to the newest: all steps in one transaction, or none.

use rusqlite::{Connection, TransactionBehavior};

use crate::table::{MIGRATIONS, Migration, setting};

/// The newest version that this program knows.
pub(super) fn newest() -> u32 {
    MIGRATIONS.iter().copied().flatten().map(|&(version, _)| version).max().unwrap_or(0)
}

/// The version that the file's header names.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes every step that is still to take.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    apply(connection, &MIGRATIONS, newest())
}

/// Brings an index to an older version than the newest, as an older Cropmark would have made it.
#[cfg(test)]
pub(crate) fn migrate_to(connection: &mut Connection, version: u32) -> rusqlite::Result<()> {
    apply(connection, &MIGRATIONS, version)
}

fn apply(
    connection: &mut Connection,
    tables: &[&[Migration]],
    newest: u32,
) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let current = version(&transaction)?;
    for step in current + 1..=newest {
        for (_, sql) in tables.iter().copied().flatten().filter(|(version, _)| *version == step) {
            transaction.execute_batch(sql)?;
        }
    }
    if current < newest {
        transaction.pragma_update(None, "user_version", newest)?;
        setting::set(&transaction, setting::SCHEMA_VERSION, &newest.into())?;
    }
    transaction.commit()
}

/// The tables and indexes as SQL, in a fixed order: two indexes of one version have the same.
pub(super) fn schema(connection: &Connection) -> rusqlite::Result<Vec<(String, Option<String>)>> {
    let sql = "SELECT type || ' ' || name || ' ' || tbl_name, sql FROM sqlite_schema
               WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1";
    let mut statement = connection.prepare(sql)?;
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_leaves_the_index_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        let (before, known) = (schema(&connection).unwrap(), newest());
        let good: Migration = (known + 1, "CREATE TABLE new_one (id INTEGER) STRICT;");
        let bad: Migration = (known + 1, "CREATE TABLE assets (id INTEGER);");
        assert!(apply(&mut connection, &[&[good], &[bad]], known + 1).is_err());
        assert_eq!(schema(&connection).unwrap(), before);
        assert_eq!(version(&connection).unwrap(), known);

        apply(&mut connection, &[&[good]], known + 1).unwrap();
        assert_eq!(version(&connection).unwrap(), known + 1);
        assert_eq!(schema(&connection).unwrap().len(), before.len() + 1);
        let noted = setting::get(&connection, setting::SCHEMA_VERSION).unwrap();
        assert_eq!(noted, Some((known + 1).into()));
    }
}
