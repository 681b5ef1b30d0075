//! The tables, one a file: its SQL, its row, its migrations. All functions take a connection;
//! which one, and in which transaction, is decided by `database`.

pub(crate) mod asset;
mod column;
pub(crate) mod counter;
pub(crate) mod item_state;
pub(crate) mod outcome;
pub mod path_json;
pub(crate) mod run;
pub(crate) mod run_item;
pub(crate) mod run_source;
pub(crate) mod sealed;
pub(crate) mod setting;
pub(crate) mod variant;

pub(crate) use column::{Blob, Json, KeyText, PathColumn};

/// A step of one table: the schema version that it leads to, and its SQL. Never change one that
/// was released; add another.
pub(crate) type Migration = (u32, &'static str);

/// The tables whose rows are authenticated.
pub(crate) const SEALED: [sealed::SealedTable; 4] =
    [variant::SEALED, run::SEALED, run_item::SEALED, run_source::SEALED];

/// Every table's steps.
pub(crate) const MIGRATIONS: [&[Migration]; 8] = [
    setting::MIGRATIONS,
    asset::MIGRATIONS,
    variant::MIGRATIONS,
    run::MIGRATIONS,
    run_item::MIGRATIONS,
    run_source::MIGRATIONS,
    counter::MIGRATIONS,
    outcome::MIGRATIONS,
];
