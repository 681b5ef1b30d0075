//! Opening a workspace: its folder, its lock, its index, and what to tell people about them.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{
    Access, CacheSettings, Holder, Layout, Medium, Salvaged, Store, StoreError,
    atomic::{self, Conflict, Originals, TemporaryFile, create_folders, sweep},
    database::{Database, Found, Journal, connect},
    lock::{Asked, Lock},
    recover,
    variant::Variants,
};

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
        }
    }
}

/// Why a workspace is open for reading only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// Another process writes to it.
    HeldBy(Option<Holder>),
    /// Its folder cannot be written.
    Unwritable,
}

impl fmt::Display for ReadOnlyReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeldBy(Some(Holder { pid, host, program, .. })) => {
                write!(
                    formatter,
                    "{program} (process {pid} on {host}) has it open; close it there first"
                )
            }
            Self::HeldBy(None) => {
                formatter.write_str("another process has it open; close it first")
            }
            Self::Unwritable => formatter.write_str("its folder must not be written"),
        }
    }
}

impl Store {
    /// Opens the workspace in this folder, making its `.cropmark/` if there is none.
    ///
    /// The first process gets everything, the second reads. A damaged index is put aside and
    /// rebuilt; files outside `.cropmark/` are not touched.
    ///
    /// # Errors
    /// Where the folder cannot be used at all, or its index belongs to a newer Cropmark.
    pub fn open(
        workspace: &Path,
        settings: CacheSettings,
        now: SystemTime,
    ) -> Result<Opened, StoreError> {
        let layout = Layout::of(workspace);
        let medium = Medium::of(workspace).map_err(|error| folder_error(workspace, error))?;
        Self::open_on(layout, medium, settings, now)
    }

    pub(crate) fn open_on(
        layout: Layout,
        medium: Medium,
        settings: CacheSettings,
        now: SystemTime,
    ) -> Result<Opened, StoreError> {
        check_entries(layout.root())?;
        let mut notices = Vec::new();
        let mut journal = Journal::Wal;
        let mut locks_reach = true;
        if let Medium::Network { name, shared_locks } = medium {
            (journal, locks_reach) = (Journal::Rollback, shared_locks);
            notices.push(Notice::Network { name, shared_locks });
        }
        let (access, lock, database) = match take_lock(&layout, now, locks_reach)? {
            Ok(lock) => {
                prepare(&layout)?;
                let (database, notice) = open_index(&layout, journal, now)?;
                notices.extend(notice);
                (Access::Full, Some(lock), database)
            }
            Err(reason) => {
                notices.push(Notice::ReadOnly(reason.clone()));
                let held = matches!(reason, ReadOnlyReason::HeldBy(_));
                if held && journal == Journal::Rollback {
                    // Its holder keeps the index to itself there.
                    return Err(StoreError::InUse(reason));
                }
                let database = open_for_reading(&layout, journal)?;
                (Access::ReadOnly(reason), None, database)
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

/// What lies in the folder must be of a kind that we make. A folder that came from elsewhere may
/// hold a link, and we would write to whatever it leads to, or a pipe, and we would wait for ever.
fn check_entries(root: &Path) -> Result<(), StoreError> {
    let check = |path: &Path, kind: fs::FileType| {
        let what = match kind {
            _ if kind.is_file() || kind.is_dir() => return Ok(()),
            _ if kind.is_symlink() => "a link",
            _ => "neither a file nor a folder",
        };
        let message = format!("it is {what}, which Cropmark never makes there; remove it");
        Err(folder_error(path, io::Error::other(message)))
    };
    // What is not there will be made; what cannot be read will be said.
    let Ok(metadata) = fs::symlink_metadata(root) else { return Ok(()) };
    check(root, metadata.file_type())?;
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        if let Ok(kind) = entry.file_type() {
            check(&entry.path(), kind)?;
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
    now: SystemTime,
) -> Result<(Database, Option<Notice>), StoreError> {
    let path = layout.index();
    recover::finish_interrupted(layout)?;
    let fresh = fs::metadata(&path).map_or(0, |metadata| metadata.len()) == 0;
    match connect::writer(&path, journal)? {
        Found::Sound(mut connection) => {
            let adopted = if fresh { recover::adopt(layout, &mut connection)? } else { 0 };
            let notice = (adopted > 0).then_some(Notice::IndexMissing { adopted });
            Ok((Database::writing(&path, connection, journal), notice))
        }
        Found::Damaged(detail) => {
            let (moved_to, salvaged) = recover::rebuild(layout, now)?;
            let Found::Sound(connection) = connect::writer(&path, journal)? else {
                return Err(StoreError::Broken { path, detail });
            };
            let notice = Notice::Rebuilt { detail, moved_to, salvaged };
            tracing::warn!("{notice}");
            Ok((Database::writing(&path, connection, journal), Some(notice)))
        }
    }
}

fn open_for_reading(layout: &Layout, journal: Journal) -> Result<Database, StoreError> {
    let path = layout.index();
    let sort = |error| StoreError::database(&path, error);
    if fs::metadata(&path).map_or(0, |metadata| metadata.len()) == 0 {
        // Nothing is known yet, and nothing can be kept.
        return match connect::writer(&path, Journal::Memory)? {
            Found::Sound(connection) => Ok(Database::writing(&path, connection, Journal::Memory)),
            Found::Damaged(detail) => Err(StoreError::Broken { path, detail }),
        };
    }
    let (connection, immutable) = match connect::reader(&path, false) {
        Ok(connection) => (connection, false),
        // No log can be made beside it: then nobody writes, unless one with content is there.
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
    connect::check_reader(&path, &connection)?;
    Ok(Database::reading(&path, connection, immutable))
}

#[cfg(test)]
mod tests {
    use std::os::unix::{fs::symlink, net::UnixListener};

    use super::*;
    use crate::variant::tests::{at, insert, key_of};

    fn open_far(folder: &Path) -> Result<Opened, StoreError> {
        let medium = Medium::Network { name: "nfs".into(), shared_locks: true };
        Store::open_on(Layout::of(folder), medium, CacheSettings::default(), at(0))
    }

    #[test]
    fn on_a_network_there_is_no_log_and_one_process() {
        let folder = tempfile::tempdir().unwrap();
        // Used on a local disk before: the log goes.
        let near = Store::open(folder.path(), CacheSettings::default(), at(0)).unwrap().store;
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
    fn a_folder_that_is_not_there_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing");
        let error = Store::open(&missing, CacheSettings::default(), at(0)).unwrap_err();
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
            let error = Store::open(folder.path(), CacheSettings::default(), at(0)).unwrap_err();
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
        drop(Store::open(folder.path(), CacheSettings::default(), at(0)).unwrap());
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
        drop(Store::open(folder.path(), CacheSettings::default(), at(0)).unwrap());
        assert_eq!(names.map(|name| root.join(name).exists()), [false, false]);
    }

    #[test]
    fn git_does_not_see_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(folder.path(), CacheSettings::default(), at(0)).unwrap());
        let ignore = fs::read_to_string(folder.path().join(".cropmark/.gitignore")).unwrap();
        assert_eq!(ignore, "*\n");
    }
}
