//! One process writes to a workspace: `lock` is locked, which the system takes back
//! however a process ends, so that no lock is ever stale. What stands in the file is only for
//! the message to the second one.

use std::{
    fs::{File, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
    process,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use crate::os;

/// Who writes to a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The computer.
    pub host: String,
    /// The program's name.
    pub program: String,
    /// Milliseconds since 1970 when it opened the workspace.
    pub since_ms: i64,
}

impl Holder {
    /// This process.
    pub(crate) fn this(now: SystemTime) -> Self {
        let program = std::env::current_exe().ok();
        let program = program.as_deref().and_then(Path::file_name);
        Self {
            pid: process::id(),
            host: os::host_name(),
            program: program.unwrap_or_default().to_string_lossy().into_owned(),
            since_ms: milliseconds(now),
        }
    }
}

/// Milliseconds since 1970, as the tables have them.
pub(crate) fn milliseconds(now: SystemTime) -> i64 {
    match now.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    }
}

/// What is wrong with a file of ours that has more than one name.
pub(crate) const OTHER_NAME: &str =
    "it has another name as well, which Cropmark never gives it; remove it here";

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
}

/// What came of asking for the lock.
#[derive(Debug)]
pub(crate) enum Asked {
    /// It is ours.
    Held(Lock),
    /// Another process has it: this one, if it could be read.
    Taken(Option<Holder>),
}

impl Lock {
    /// Asks for the lock. `shared_locks`: whether locks reach other computers here; where they
    /// do not, a name that another computer has left in the file counts as its lock.
    pub(crate) fn ask(path: &Path, holder: &Holder, shared_locks: bool) -> io::Result<Asked> {
        let mut file = os::open_lock_file(path)?;
        // Emptied below: it must not be a file that somebody needs under another name.
        if os::links(&file)? > 1 {
            return Err(io::Error::other(OTHER_NAME));
        }
        let shared_locks = match file.try_lock() {
            Ok(()) => shared_locks,
            Err(TryLockError::WouldBlock) => return Ok(Asked::Taken(read(&mut file))),
            // No locks at all: as if they did not reach other computers.
            Err(TryLockError::Error(error)) if os::is_without_locks(&error) => false,
            Err(TryLockError::Error(error)) => return Err(error),
        };
        let previous = read(&mut file);
        if !shared_locks && previous.as_ref().is_some_and(|other| other.host != holder.host) {
            return Ok(Asked::Taken(previous));
        }
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(serde_json::to_string(holder)?.as_bytes())?;
        Ok(Asked::Held(Self { file }))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        // Closing the file alone would not do: a process that is just being started has it open,
        // too, until it runs its own program.
        let _ = self.file.unlock();
    }
}

fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(host: &str) -> Holder {
        Holder { host: host.into(), ..Holder::this(UNIX_EPOCH) }
    }

    #[test]
    fn one_holds_it_and_the_other_learns_who() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let Asked::Held(lock) = Lock::ask(&path, &holder("a"), true).unwrap() else { panic!() };
        let asked = Lock::ask(&path, &holder("b"), true).unwrap();
        assert!(matches!(asked, Asked::Taken(Some(other)) if other == holder("a")));
        drop(lock);
        assert!(matches!(Lock::ask(&path, &holder("b"), true).unwrap(), Asked::Held(_)));
    }

    #[test]
    fn a_file_with_another_name_is_not_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let (original, path) = (folder.path().join("a.jpg"), folder.path().join("lock"));
        std::fs::write(&original, "original").unwrap();
        std::fs::hard_link(&original, &path).unwrap();
        let refused = Lock::ask(&path, &holder("a"), true).unwrap_err();
        assert!(refused.to_string().contains("another name"), "{refused}");
        assert_eq!(std::fs::read_to_string(&original).unwrap(), "original");
    }

    #[test]
    fn it_is_given_back_even_if_a_process_being_started_has_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let Asked::Held(lock) = Lock::ask(&path, &holder("a"), true).unwrap() else { panic!() };
        let inherited = lock.file.try_clone().unwrap();
        drop(lock);
        assert!(matches!(Lock::ask(&path, &holder("b"), true).unwrap(), Asked::Held(_)));
        drop(inherited);
    }

    #[test]
    fn what_a_dead_process_left_counts_only_where_locks_do_not_reach() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let left = serde_json::to_string(&holder("elsewhere")).unwrap();
        std::fs::write(&path, &left).unwrap();
        assert!(matches!(Lock::ask(&path, &holder("here"), false).unwrap(), Asked::Taken(Some(_))));
        assert!(matches!(Lock::ask(&path, &holder("here"), true).unwrap(), Asked::Held(_)));
        std::fs::write(&path, &left).unwrap();
        let asked = Lock::ask(&path, &holder("elsewhere"), false).unwrap();
        assert!(matches!(asked, Asked::Held(_)), "this computer's own dead process is no other");
    }
}
