//! A new index in place of a damaged or missing one: what can still be read of the old one, and
//! what the variants' files say about themselves.
//!
//! The new index is finished beside the old one before that is put aside, so that a crash in
//! between loses nothing: either it is done again, or completed.

use std::{
    fmt::{self, Display},
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use rusqlite::{Connection, OpenFlags, Row};

use crate::{
    Layout, StoreError,
    atomic::{Root, WriteError, sync_folder},
    database::{
        Found, Journal, connect,
        trust::{self, Owner},
    },
    lock::milliseconds,
    seal::Seal,
    table::{
        asset, counter,
        run::{self, RunState},
        run_item, run_source, setting,
        variant::{self, VariantRow},
    },
    variant::{attribute, files},
};

/// What was taken over from a damaged index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Salvaged {
    /// Assets.
    pub assets: u64,
    /// Variants, with those that were found by their files.
    pub variants: u64,
    /// Export runs; those that were not over are paused.
    pub runs: u64,
    /// Settings.
    pub settings: u64,
}

impl fmt::Display for Salvaged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { assets, variants, runs, settings } = self;
        write!(
            formatter,
            "{assets} assets, {variants} variants, {runs} export runs and {settings} settings"
        )
    }
}

/// The name under which a new index is finished.
fn beside(layout: &Layout) -> PathBuf {
    layout.root().join("index.sqlite.rebuilt")
}

/// Files that belong to an index file.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(suffix);
    name.into()
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|error| WriteError::at(to, error).into())
}

/// Removes an index with all that belongs to it.
fn remove_index(path: &Path) {
    for suffix in COMPANIONS.into_iter().chain([""]) {
        let _ = fs::remove_file(with_suffix(path, suffix));
    }
}

/// Completes or takes back what a crash has interrupted.
pub(crate) fn finish_interrupted(layout: &Layout) -> Result<(), StoreError> {
    let rebuilt = beside(layout);
    if !rebuilt.exists() {
        return Ok(());
    }
    if layout.index().exists() {
        remove_index(&rebuilt);
        return Ok(());
    }
    // The old one was put aside, so this one was finished.
    put_in_place(layout)
}

fn put_in_place(layout: &Layout) -> Result<(), StoreError> {
    let index = layout.index();
    for suffix in COMPANIONS {
        let _ = fs::remove_file(with_suffix(&index, suffix));
    }
    rename(&beside(layout), &index)?;
    let _ = fs::remove_file(connect::damage_note(&index));
    sync_folder(layout.root()).map_err(|error| WriteError::at(&index, error).into())
}

/// Makes a new index from what is left, and says where the damaged one is now.
pub(crate) fn rebuild(
    layout: &Layout,
    owner: Owner<'_>,
    now: SystemTime,
) -> Result<(PathBuf, Salvaged), StoreError> {
    let (index, rebuilt) = (layout.index(), beside(layout));
    remove_index(&rebuilt);
    let salvaged = {
        // Without a log of its own, so that it is one file when it is closed.
        let Found::Sound(mut connection) = connect::writer(&rebuilt, Journal::Rollback)? else {
            let detail = "a new one could not be made".to_owned();
            return Err(StoreError::Broken { path: index, detail });
        };
        let sort = |error| StoreError::database(&rebuilt, error);
        let old = open_damaged(&index);
        if let Some(id) = old.as_ref().and_then(trust::id) {
            owner.identify(&connection, id).map_err(sort)?;
        }
        let (seal, _) = owner.take_over(&mut connection).map_err(sort)?;
        let mut salvaged = Salvaged::default();
        if let Some(old) = old {
            seal.register(&old).map_err(sort)?;
            salvaged = salvage(&old, &mut connection, now).map_err(sort)?;
        }
        salvaged.variants += adopt(layout, &seal, &mut connection)?;
        salvaged
    };
    let synced = File::open(&rebuilt).and_then(|file| file.sync_all());
    synced.map_err(|error| WriteError::at(&index, error))?;

    let aside = (1..u32::MAX)
        .map(|number| with_suffix(&index, &format!(".broken-{number}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| with_suffix(&index, ".broken-0"));
    match fs::rename(&index, &aside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(WriteError::at(&aside, error).into());
        }
        _ => {}
    }
    // The log keeps its name's relation to the file, for whoever wants to look into it.
    let _ = fs::rename(with_suffix(&index, "-wal"), with_suffix(&aside, "-wal"));
    put_in_place(layout)?;
    Ok((aside, salvaged))
}

fn open_damaged(path: &Path) -> Option<Connection> {
    // For writing, because a log or a journal may have to be played back first.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let old = Connection::open_with_flags(path, flags).ok()?;
    connect::configure(&old).ok()?;
    Some(old)
}

/// Copies every row that still makes sense, and of runs and variants those that are genuine.
fn salvage(
    old: &Connection,
    sound: &mut Connection,
    now: SystemTime,
) -> rusqlite::Result<Salvaged> {
    let mut salvaged = Salvaged::default();
    let transaction = sound.transaction()?;
    let new = &transaction;
    salvaged.settings = copy(old, setting::SALVAGE, setting::salvage, |(name, value)| {
        setting::set(new, &name, &value)
    });
    salvaged.assets =
        copy(old, asset::salvaged(old), asset::salvage, |asset| asset::restore(new, &asset));
    salvaged.variants =
        copy(old, variant::salvaged(), variant::salvage, |row| variant::upsert(new, &row));
    salvaged.runs = copy(old, run::salvaged(), run::salvage, |mut run| {
        if run.state == RunState::Running {
            run.state = RunState::Paused;
            run.changed_ms = milliseconds(now);
            run.reason = Some(
                "the index was damaged, and items of this run may be missing; look at what is \
                 there, then resume it or export again"
                    .into(),
            );
        }
        run::restore(new, &run)
    });
    copy(old, run_item::salvaged(), run_item::salvage, |(run, item)| {
        run_item::insert(new, run, &item)
    });
    copy(old, run_source::salvaged(), run_source::salvage, |(run, source)| {
        run_source::insert(new, run, &source)
    });
    copy(old, counter::SALVAGE, counter::salvage, |(name, value)| counter::set(new, &name, value));
    transaction.commit()?;
    Ok(salvaged)
}

/// Copies the rows of one table, from its beginning until it cannot be read, and then from its
/// end. Returns how many were taken.
fn copy<T>(
    old: &Connection,
    (columns, order): (impl Display, &str),
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    mut write: impl FnMut(T) -> rusqlite::Result<()>,
) -> u64 {
    let mut copied = 0;
    for direction in ["ASC", "DESC"] {
        let sql = format!("SELECT {columns} ORDER BY {}", order.replace('~', direction));
        let Ok(mut statement) = old.prepare(&sql) else { continue };
        let Ok(mut rows) = statement.query([]) else { continue };
        let complete = loop {
            match rows.next() {
                // A row that makes no sense, or that is there already, is left out.
                Ok(Some(row)) => copied += u64::from(read(row).and_then(&mut write).is_ok()),
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        if complete {
            break;
        }
    }
    copied
}

/// Takes variants that the index does not know, but whose files say what they are and are this
/// user's, into it.
/// Their content is not read: files come under such names only whole; `verify` reads them.
pub(crate) fn adopt(
    layout: &Layout,
    seal: &Seal,
    connection: &mut Connection,
) -> Result<u64, StoreError> {
    let variants = layout.variants();
    let Ok(root) = Root::open(&variants) else { return Ok(0) };
    let found = files::list(&root, &variants);
    let sort = |error| StoreError::database(&layout.index(), error);
    let transaction = connection.transaction().map_err(sort)?;
    let mut adopted = 0;
    for file in found {
        let known = variant::get(&transaction, file.key);
        if matches!(known, Ok(Some(_))) {
            continue;
        }
        let open = root.open_regular(&file.path).ok();
        if let Some(row) = open.and_then(|open| row_of(&file, &open, seal)) {
            variant::upsert(&transaction, &row).map_err(sort)?;
            adopted += 1;
        }
    }
    transaction.commit().map_err(sort)?;
    Ok(adopted)
}

/// The row that a variant's file stands for, if it says so and has the right length.
pub(crate) fn row_of(file: &files::VariantFile, open: &File, seal: &Seal) -> Option<VariantRow> {
    let name = (file.key, file.extension.as_str());
    let (rendered, is_look) = attribute::read(open, name, seal)?;
    (rendered.bytes == file.bytes).then(|| VariantRow {
        key: file.key,
        extension: file.extension.clone(),
        created_ms: file.modified_ms,
        last_used_ms: file.modified_ms,
        rendered,
        is_look,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CacheSettings, Notice, Store,
        variant::tests::{at, insert, key, key_of, open},
    };

    #[test]
    fn an_interrupted_rebuilding_is_completed_or_done_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), CacheSettings::default());
        insert(&store, key_of(1), b"picture", at(1));
        store.set_setting("workers", Some(4.into())).unwrap();
        let layout = store.layout().clone();
        drop(store);
        let (index, rebuilt) = (layout.index(), beside(&layout));

        // Ended before it was finished: the old one counts.
        fs::write(&rebuilt, b"half").unwrap();
        let store = open(folder.path(), CacheSettings::default());
        assert_eq!(store.setting("workers").unwrap(), Some(4.into()));
        drop(store);
        assert!(!rebuilt.exists());

        // Ended after the old one was put aside: the new one counts.
        fs::rename(&index, &rebuilt).unwrap();
        fs::write(with_suffix(&index, "-wal"), b"of the old one").unwrap();
        let opened = Store::open(folder.path(), CacheSettings::default(), &key(), at(2)).unwrap();
        assert!(opened.notices.is_empty());
        assert_eq!(opened.store.setting("workers").unwrap(), Some(4.into()));
        assert!(opened.store.variant(key_of(1), at(3)).unwrap().is_some());
    }

    #[test]
    fn damage_that_was_found_in_use_is_believed_at_the_next_opening() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), CacheSettings::default());
        insert(&store, key_of(1), b"picture", at(1));
        let run = store.create_run(serde_json::json!({}), Vec::new(), at(1)).unwrap();
        connect::note_damage(&store.layout().index(), "a page is missing");
        drop(store);
        let opened = Store::open(folder.path(), CacheSettings::default(), &key(), at(2)).unwrap();
        let Notice::Rebuilt { detail, salvaged, .. } = opened.notices[0].clone() else { panic!() };
        drop(opened);
        assert_eq!(detail, "a page is missing");
        assert_eq!(salvaged, Salvaged { variants: 1, runs: 1, ..Salvaged::default() });
        let opened = Store::open(folder.path(), CacheSettings::default(), &key(), at(3)).unwrap();
        assert!(opened.notices.is_empty());
        let run = opened.store.run(run).unwrap().unwrap();
        assert_eq!(run.state, RunState::Paused);
        assert!(run.reason.unwrap().contains("may be missing"));
    }
}
