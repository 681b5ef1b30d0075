//! Opening a workspace: its folder, its lock, its index, and what to tell people about them.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant, SystemTime},
};

use crate::{
    Access, CacheSettings, FileSystem, Foreign, Holder, Layout, ReadOnlyReason, Salvaged, Store,
    StoreError, TrustKey,
    atomic::{self, Conflict, Originals, TemporaryFile, create_folders, sweep},
    database::{Database, Found, Journal, connect, trust::Owner},
    lock::{Asked, Lock, OTHER_NAME},
    os, recover,
    variant::Variants,
};

/// How long a process that reads waits for the one that brings the index to the newest version.
const MIGRATION_WAIT: Duration = Duration::from_secs(10);

/// How long it waits between two looks.
const MIGRATION_POLL: Duration = Duration::from_millis(10);

/// An opened workspace, and what people should know about it.
#[derive(Debug)]
pub struct Opened {
    /// The workspace.
    pub store: Store,
    /// To be shown or logged, in this order.
    pub notices: Vec<Notice>,
}

/// What people should know about an opened workspace. `Display` is a sentence for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Nothing is kept.
    ReadOnly(ReadOnlyReason),
    /// The folder is on a network file system.
    Network {
        /// Which.
        name: String,
        /// Whether locks reach the other computers.
        shared_locks: bool,
    },
    /// The index was damaged, and another stands in its place.
    Rebuilt {
        /// What was found.
        detail: String,
        /// Where the damaged file lies now.
        moved_to: PathBuf,
        /// What was taken over.
        salvaged: Salvaged,
    },
    /// There were variants, but no index.
    IndexMissing {
        /// Variants that were taken into the new one.
        adopted: u64,
    },
    /// Export runs and variants were removed from the index, because this user's Cropmark did not
    /// write them for this folder.
    Foreign(Foreign),
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadOnly(reason) => {
                write!(formatter, "the workspace is open for reading only: {reason}")
            }
            Self::Network { name, shared_locks } => {
                write!(
                    formatter,
                    "the workspace is on a network file system ({name}); its index is kept in a \
                     slower, safer way"
                )?;
                if !shared_locks {
                    formatter.write_str(
                        ". Another computer may not be noticed here: open it on one at a time",
                    )?;
                }
                Ok(())
            }
            Self::Rebuilt { detail, moved_to, salvaged } => write!(
                formatter,
                "the index was damaged ({detail}) and was rebuilt with {salvaged}; the damaged \
                 file is kept as {}. Exported files were not touched",
                moved_to.display()
            ),
            Self::IndexMissing { adopted } => write!(
                formatter,
                "the index was missing; a new one was made with {adopted} variants from the disk"
            ),
            Self::Foreign(foreign) => write!(
                formatter,
                "{foreign} of another user, another folder or an older Cropmark will not be used. What \
                 is needed is rendered again"
            ),
        }
    }
}

impl Store {
    /// Opens the workspace in this folder, making its `.cropmark/` if there is none.
    ///
    /// The first process gets everything, the second reads. A damaged index is put aside and
    /// rebuilt; files outside `.cropmark/` are not touched. Variants that were not written with this
    /// key, and export runs that were not written with it for this folder, are removed from the
    /// index.
    ///
    /// # Errors
    /// Where the folder cannot be used at all, or its index belongs to a newer Cropmark.
    pub fn open(
        workspace: &Path,
        settings: CacheSettings,
        key: &TrustKey,
        now: SystemTime,
    ) -> Result<Opened, StoreError> {
        let filesystem =
            FileSystem::of(workspace).map_err(|error| folder_error(workspace, error))?;
        Self::open_on(workspace, filesystem, settings, key, now)
    }

    pub(crate) fn open_on(
        workspace: &Path,
        filesystem: FileSystem,
        settings: CacheSettings,
        key: &TrustKey,
        now: SystemTime,
    ) -> Result<Opened, StoreError> {
        let layout = Layout::of(workspace);
        let folder = fs::canonicalize(workspace).map_err(|error| folder_error(workspace, error))?;
        let owner = Owner { key, folder: &folder };
        check_entries(&layout)?;
        let mut notices = Vec::new();
        let mut journal = Journal::Wal;
        let mut locks_reach = true;
        if let FileSystem::Network { name, shared_locks } = filesystem {
            (journal, locks_reach) = (Journal::Rollback, shared_locks);
            notices.push(Notice::Network { name, shared_locks });
        }
        let began = Instant::now();
        let (access, lock, database) = loop {
            match take_lock(&layout, now, locks_reach)? {
                Ok(lock) => {
                    prepare(&layout)?;
                    let (database, found) = open_index(&layout, journal, owner, now)?;
                    notices.extend(found);
                    break (Access::Full, Some(lock), database);
                }
                Err(reason) => {
                    let held = matches!(reason, ReadOnlyReason::HeldBy(_));
                    if held && journal == Journal::Rollback {
                        // Its holder keeps the index to itself there.
                        return Err(StoreError::InUse(reason));
                    }
                    let Some(database) = open_for_reading(&layout, journal, owner)? else {
                        if held && began.elapsed() < MIGRATION_WAIT {
                            thread::sleep(MIGRATION_POLL);
                            continue;
                        }
                        let detail = "its version is older than this program's".to_owned();
                        return Err(StoreError::Broken { path: layout.index(), detail });
                    };
                    notices.push(Notice::ReadOnly(reason.clone()));
                    break (Access::ReadOnly(reason), None, database);
                }
            }
        };
        let (_, bytes) = database.read(crate::table::variant::totals)?;
        let variants = Variants::new(&settings, bytes);
        let store = Self::assemble(layout, access, settings, database, variants, lock);
        Ok(Opened { store, notices })
    }
}

fn folder_error(path: &Path, source: io::Error) -> StoreError {
    StoreError::Folder { path: path.to_path_buf(), source }
}

/// Refuses what Cropmark never makes in its folder, which may come from elsewhere: through a link
/// or a file's second name we would write to what lies outside, and for a pipe we would wait for
/// ever.
fn check_entries(layout: &Layout) -> Result<(), StoreError> {
    let check = |path: &Path, metadata: &fs::Metadata| {
        let kind = metadata.file_type();
        let problem = match kind {
            _ if kind.is_dir() => return Ok(()),
            // This one is removed once the lock is ours.
            _ if kind.is_file() && path == layout.shared_memory() => return Ok(()),
            _ if kind.is_file() && is_written_to(path) && os::link_count(metadata) > 1 => {
                OTHER_NAME.to_owned()
            }
            _ if kind.is_file() => return Ok(()),
            _ if kind.is_symlink() => {
                "it is a link, which Cropmark never makes there; remove it".to_owned()
            }
            _ => "it is neither a file nor a folder, and Cropmark never makes such; remove it"
                .to_owned(),
        };
        Err(folder_error(path, io::Error::other(problem)))
    };
    // What is not there will be made; what cannot be read will be said.
    let Ok(metadata) = fs::symlink_metadata(layout.root()) else { return Ok(()) };
    check(layout.root(), &metadata)?;
    for entry in fs::read_dir(layout.root()).into_iter().flatten().flatten() {
        if let Ok(metadata) = entry.metadata() {
            check(&entry.path(), &metadata)?;
        }
    }
    Ok(())
}

fn take_lock(
    layout: &Layout,
    now: SystemTime,
    locks_reach: bool,
) -> Result<Result<Lock, ReadOnlyReason>, StoreError> {
    let made = create_folders(layout.root());
    let asked = match made {
        Ok(()) => Lock::ask(&layout.lock(), &Holder::this(now), locks_reach)
            .map_err(|error| atomic::WriteError::at(&layout.lock(), error)),
        Err(error) => Err(error),
    };
    match asked {
        Ok(Asked::Held(lock)) => Ok(Ok(lock)),
        Ok(Asked::Taken(holder)) => Ok(Err(ReadOnlyReason::HeldBy(holder))),
        Err(atomic::WriteError::Denied { .. }) => Ok(Err(ReadOnlyReason::Unwritable)),
        Err(error) => Err(error.into()),
    }
}

/// The folders, without what a killed process left in them, and a note to git.
fn prepare(layout: &Layout) -> Result<(), StoreError> {
    for folder in [layout.variants(), layout.temporary(), layout.spool()] {
        create_folders(&folder)?;
    }
    let mut swept = 0;
    for folder in [layout.temporary(), layout.root().to_path_buf()] {
        swept += sweep(&folder).map_err(|error| folder_error(&folder, error))?;
    }
    if swept > 0 {
        tracing::info!(swept, "removed unfinished variants of a process that has ended");
    }
    let ignore = layout.root().join(".gitignore");
    if !ignore.exists() {
        let temporary = TemporaryFile::beside(&ignore)?;
        let written = temporary.file().as_ref().write_all(b"*\n");
        written.map_err(|error| atomic::WriteError::at(&ignore, error))?;
        temporary.commit(Conflict::Skip, &Originals::new())?;
    }
    Ok(())
}

fn open_index(
    layout: &Layout,
    journal: Journal,
    owner: Owner<'_>,
    now: SystemTime,
) -> Result<(Database, Vec<Notice>), StoreError> {
    let path = layout.index();
    let sort = |error| StoreError::database(&path, error);
    recover::finish_interrupted(layout)?;
    if has_other_name(&layout.shared_memory()) {
        fs::remove_file(layout.shared_memory())
            .map_err(|error| folder_error(&layout.shared_memory(), error))?;
    }
    let fresh = fs::metadata(&path).map_or(0, |metadata| metadata.len()) == 0;
    match connect::writer(&path, journal)? {
        Found::Sound(mut connection) => {
            let (seal, foreign) = owner.take_over(&mut connection).map_err(sort)?;
            let adopted = if fresh { recover::adopt(layout, &seal, &mut connection)? } else { 0 };
            let missing = (adopted > 0).then_some(Notice::IndexMissing { adopted });
            let foreign = (foreign != Foreign::default()).then_some(Notice::Foreign(foreign));
            let notices = missing.into_iter().chain(foreign).collect();
            Ok((Database::writing(&path, connection, journal, seal)?, notices))
        }
        Found::Damaged(detail) => {
            let (moved_to, salvaged) = recover::rebuild(layout, owner, now)?;
            let Found::Sound(mut connection) = connect::writer(&path, journal)? else {
                return Err(StoreError::Broken { path, detail });
            };
            let notice = Notice::Rebuilt { detail, moved_to, salvaged };
            tracing::warn!("{notice}");
            let (seal, _) = owner.take_over(&mut connection).map_err(sort)?;
            Ok((Database::writing(&path, connection, journal, seal)?, vec![notice]))
        }
    }
}

/// Whether we, or SQLite, write to the file that has this name, instead of putting another in its
/// place.
fn is_written_to(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name == b"lock" || name.starts_with(b"index.")
}

/// Whether a file has more than one name: SQLite would write through this one to the other.
fn has_other_name(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| os::link_count(&metadata) > 1)
}

/// Opens the index as it is; `None` while its holder has not brought it to the newest version.
fn open_for_reading(
    layout: &Layout,
    journal: Journal,
    owner: Owner<'_>,
) -> Result<Option<Database>, StoreError> {
    let path = layout.index();
    let sort = |error| StoreError::database(&path, error);
    if has_other_name(&layout.shared_memory()) {
        return Err(folder_error(&layout.shared_memory(), io::Error::other(OTHER_NAME)));
    }
    if fs::metadata(&path).map_or(0, |metadata| metadata.len()) == 0 {
        // Nothing is known yet, and nothing can be kept.
        return match connect::writer(&path, Journal::Memory)? {
            Found::Sound(mut connection) => {
                let (seal, _) = owner.take_over(&mut connection).map_err(sort)?;
                Ok(Some(Database::writing(&path, connection, Journal::Memory, seal)?))
            }
            Found::Damaged(detail) => Err(StoreError::Broken { path, detail }),
        };
    }
    let (connection, immutable) = match connect::reader(&path, false) {
        Ok(connection) => (connection, false),
        // No log can be made beside it. Then no other process writes, unless a log with content is there.
        Err(error) => {
            let log = fs::metadata(path.with_extension("sqlite-wal"));
            let nobody_writes = journal == Journal::Wal
                && log.map_or(0, |metadata| metadata.len()) == 0
                && OpenOptions::new().append(true).open(&path).is_err();
            if !nobody_writes {
                return Err(sort(error));
            }
            (connect::reader(&path, true).map_err(sort)?, true)
        }
    };
    let is_ready = connect::is_newest(&path, &connection)?;
    if !is_ready {
        return Ok(None);
    }
    let seal = owner.seal(&connection).map_err(sort)?;
    seal.register(&connection).map_err(sort)?;
    Ok(Some(Database::reading(&path, connection, immutable, seal)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::{fs::symlink, net::UnixListener};

    use super::*;
    use crate::variant::tests::{at, insert, key, key_of};

    fn open_far(folder: &Path) -> Result<Opened, StoreError> {
        let filesystem = FileSystem::Network { name: "nfs".into(), shared_locks: true };
        Store::open_on(folder, filesystem, CacheSettings::default(), &key(), at(0))
    }

    #[test]
    fn on_a_network_there_is_no_log_and_one_process() {
        let folder = tempfile::tempdir().unwrap();
        // Used on a local disk before: the log goes.
        let near =
            Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap().store;
        insert(&near, key_of(1), b"near", at(1));
        drop(near);
        let Opened { store, notices } = open_far(folder.path()).unwrap();
        assert!(notices[0].to_string().contains("network file system (nfs)"));
        insert(&store, key_of(2), b"far", at(2));
        for number in [1, 2] {
            assert!(store.variant(key_of(number), at(3)).unwrap().is_some());
        }
        assert!(!folder.path().join(".cropmark/index.sqlite-wal").exists());
        assert!(!folder.path().join(".cropmark/index.sqlite-shm").exists());
        let refused = open_far(folder.path()).unwrap_err();
        assert!(matches!(refused, StoreError::InUse(ReadOnlyReason::HeldBy(Some(_)))), "{refused}");
        drop(store);
        let store = open_far(folder.path()).unwrap().store;
        assert!(store.variant(key_of(2), at(4)).unwrap().is_some());
    }

    #[test]
    fn a_new_workspace_is_opened_by_many_at_once() {
        for _ in 0..25 {
            let folder = tempfile::tempdir().unwrap();
            let barrier = std::sync::Barrier::new(4);
            let open = || {
                barrier.wait();
                Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).map(|opened| {
                    // All are open at once.
                    barrier.wait();
                    opened.store.access().clone()
                })
            };
            let accesses: Vec<_> = thread::scope(|scope| {
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect()
            });
            assert_eq!(accesses.iter().filter(|access| **access == Access::Full).count(), 1);
        }
    }

    #[test]
    fn a_second_name_of_an_original_is_neither_emptied_nor_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let original = folder.path().join("a.jpg");
        let content = vec![7; 40_000];
        fs::write(&original, &content).unwrap();
        let root = folder.path().join(".cropmark");
        fs::create_dir(&root).unwrap();
        for name in
            ["lock", "index.sqlite", "index.sqlite-wal", "index.sqlite-journal", "index.damaged"]
        {
            fs::hard_link(&original, root.join(name)).unwrap();
            let error =
                Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap_err();
            assert!(error.to_string().contains("another name"), "{name}: {error}");
            fs::remove_file(root.join(name)).unwrap();
        }
        fs::hard_link(&original, root.join("index.sqlite-shm")).unwrap();
        let first =
            Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap().store;
        insert(&first, key_of(1), b"picture", at(1));
        // And while somebody else has the lock.
        fs::remove_file(root.join("index.sqlite-shm")).unwrap();
        fs::hard_link(&original, root.join("index.sqlite-shm")).unwrap();
        let error =
            Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap_err();
        assert!(error.to_string().contains("another name"), "{error}");
        drop(first);
        assert_eq!(fs::read(&original).unwrap(), content);
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = Store::open(&missing, CacheSettings::default(), &key(), at(0)).unwrap_err();
        assert!(matches!(error, StoreError::Folder { .. }), "{error}");
        assert!(!missing.exists());
    }

    #[test]
    fn what_leads_elsewhere_is_neither_followed_nor_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let letter = outside.path().join("letter");
        fs::write(&letter, "dear").unwrap();
        let root = folder.path().join(".cropmark");
        let refused = |path: &Path| {
            let error =
                Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap_err();
            let text = error.to_string();
            assert!(matches!(error, StoreError::Folder { path: at, .. } if at == path), "{text}");
            assert!(text.ends_with("remove it"), "{text}");
            fs::remove_file(path).unwrap();
        };
        symlink(outside.path(), &root).unwrap();
        refused(&root);
        fs::create_dir(&root).unwrap();
        for name in ["lock", "index.sqlite", "variants", "tmp", "drag"] {
            symlink(&letter, root.join(name)).unwrap();
            refused(&root.join(name));
        }
        let _socket = UnixListener::bind(root.join("lock")).unwrap();
        refused(&root.join("lock"));
        assert_eq!(fs::read_to_string(&letter).unwrap(), "dear");
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
        drop(Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap());
    }

    #[test]
    fn what_a_killed_process_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(".cropmark");
        let names = ["tmp/.cropmark-0123456789abcdef.part", ".cropmark-0123456789abcdef.part"];
        fs::create_dir_all(root.join("tmp")).unwrap();
        for name in names {
            fs::write(root.join(name), "half").unwrap();
        }
        drop(Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap());
        assert_eq!(names.map(|name| root.join(name).exists()), [false, false]);
    }

    #[test]
    fn git_does_not_see_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path(), CacheSettings::default(), &key(), at(0)).unwrap());
        let ignore = fs::read_to_string(folder.path().join(".cropmark/.gitignore")).unwrap();
        assert_eq!(ignore, "*\n");
    }
}
