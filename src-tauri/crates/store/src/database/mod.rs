//! One connection that writes, on a thread of its own, and a few that read.
//!
//! What arrives while a transaction is under way goes into the next one together, each in a
//! savepoint of its own: a thousand finished items cost a few syncs, not a thousand. Each
//! is answered after the commit.
//!
//! `synchronous`: NORMAL, in WAL mode, cannot damage the file and survives the death of every
//! process; a power cut may lose the last transactions. That is right for what can be made
//! again. What cannot (a person's work, what was reported done) is written [`Durable`], which
//! syncs the log, and with it all that came before, at that commit.
//!
//! [`Durable`]: Durability::Durable

pub(crate) mod connect;
pub(crate) mod migrate;
pub(crate) mod trust;

use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
};

use rusqlite::{Connection, TransactionBehavior};

use crate::{
    StoreError,
    error::{copy_of, is_damage},
    seal::Seal,
};

pub(crate) use connect::{Found, Journal};
pub use trust::Foreign;

/// The most requests that share a transaction.
const GROUP: usize = 256;

/// The most connections for reading that are kept open.
const KEPT_READERS: usize = 4;

/// What a commit must survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// The death of the process.
    Process,
    /// A power cut.
    Durable,
}

/// The index's connections.
#[derive(Debug)]
pub(crate) struct Database {
    path: PathBuf,
    writer: Option<Writer>,
    readers: Readers,
    seal: Seal,
}

#[derive(Debug)]
struct Writer {
    requests: Sender<Request>,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
enum Readers {
    /// Connections of their own beside the writer's.
    Pool { idle: Mutex<Vec<Connection>>, immutable: bool },
    /// None: reads go through the writer's connection, which holds the file for itself.
    Writer,
}

/// Runs with the connection, or learns why there is none; says whether to keep its changes and
/// how to answer once the outcome of the commit is known.
type Work = Box<dyn FnOnce(Result<&Connection, &rusqlite::Error>) -> (bool, Answer) + Send>;
type Answer = Box<dyn FnOnce(Option<&rusqlite::Error>)>;

struct Request {
    durability: Durability,
    work: Work,
}

impl Database {
    /// Takes over a connection that can write.
    ///
    /// # Errors
    /// Where the system starts no thread for it.
    pub(crate) fn writing(
        path: &Path,
        connection: Connection,
        journal: Journal,
        seal: Seal,
    ) -> Result<Self, StoreError> {
        let (requests, received) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("index-writer".into())
            .spawn(move || run_writer(connection, &received))
            .map_err(|source| StoreError::Threads { source })?;
        let readers = match journal {
            Journal::Wal => Readers::Pool { idle: Mutex::default(), immutable: false },
            Journal::Rollback | Journal::Memory => Readers::Writer,
        };
        let writer = Some(Writer { requests, thread });
        Ok(Self { path: path.to_path_buf(), writer, readers, seal })
    }

    /// Takes over a connection that only reads.
    pub(crate) fn reading(
        path: &Path,
        connection: Connection,
        immutable: bool,
        seal: Seal,
    ) -> Self {
        let readers = Readers::Pool { idle: Mutex::new(vec![connection]), immutable };
        Self { path: path.to_path_buf(), writer: None, readers, seal }
    }

    /// By which rows and files are known to be the user's.
    pub(crate) fn seal(&self) -> &Seal {
        &self.seal
    }

    /// The index file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in a transaction and answers once it is committed.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let work: Work = Box::new(move |connection| {
            let result = connection.map_err(copy_of).and_then(work);
            let kept = result.is_ok();
            let answer: Answer = Box::new(move |failed| {
                let result = match failed {
                    Some(error) => result.and(Err(copy_of(error))),
                    None => result,
                };
                // The asker may have gone.
                let _ = sender.send(result);
            });
            (kept, answer)
        });
        let writer = self.writer.as_ref().ok_or(StoreError::Closed)?;
        let request = Request { durability, work };
        writer.requests.send(request).map_err(|_| StoreError::Closed)?;
        receiver.recv().map_err(|_| StoreError::Closed)?.map_err(|error| self.sort(error))
    }

    /// Runs `work` on a connection that sees all that is committed.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Readers::Pool { idle, immutable } = &self.readers else {
            return self.write(Durability::Process, work);
        };
        let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => self.reader(*immutable).map_err(|error| self.sort(error))?,
        };
        let result = work(&connection);
        let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < KEPT_READERS {
            idle.push(connection);
        }
        drop(idle);
        result.map_err(|error| self.sort(error))
    }

    fn reader(&self, immutable: bool) -> rusqlite::Result<Connection> {
        let connection = connect::reader(&self.path, immutable)?;
        self.seal.register(&connection)?;
        Ok(connection)
    }

    /// Sorts an error; damage is noted on the disk, so that the next opening believes it even
    /// where a check finds nothing.
    pub(crate) fn sort(&self, error: rusqlite::Error) -> StoreError {
        if is_damage(&error) && self.writer.is_some() {
            connect::note_damage(&self.path, &error.to_string());
        }
        StoreError::database(&self.path, error)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Readers::Pool { idle, .. } = &self.readers {
            idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        // The writer's is the last connection to close: SQLite then empties and removes the log.
        if let Some(Writer { requests, thread }) = self.writer.take() {
            drop(requests);
            let _ = thread.join();
        }
    }
}

fn run_writer(mut connection: Connection, requests: &Receiver<Request>) {
    let mut current = Durability::Process;
    while let Ok(first) = requests.recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(request) = requests.try_recv()
        {
            group.push(request);
        }
        let wanted = group.iter().map(|request| request.durability).max();
        if let Some(wanted) = wanted.filter(|&wanted| wanted != current)
            && connect::set_durability(&connection, wanted).is_ok()
        {
            current = wanted;
        }
        let mut answers = Vec::with_capacity(group.len());
        let outcome = run_group(&mut connection, group, &mut answers);
        for answer in answers {
            answer(outcome.as_ref().err());
        }
    }
    connect::before_closing(&connection);
}

fn run_group(
    connection: &mut Connection,
    group: Vec<Request>,
    answers: &mut Vec<Answer>,
) -> rusqlite::Result<()> {
    let mut requests = group.into_iter();
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let mut transaction = match begun {
        Ok(transaction) => transaction,
        Err(error) => {
            answers.extend(requests.map(|request| (request.work)(Err(&error)).1));
            return Err(error);
        }
    };
    while let Some(request) = requests.next() {
        let savepoint = match transaction.savepoint() {
            Ok(savepoint) => savepoint,
            Err(error) => {
                answers.push((request.work)(Err(&error)).1);
                answers.extend(requests.map(|request| (request.work)(Err(&error)).1));
                return Err(error);
            }
        };
        let (kept, answer) = (request.work)(Ok(&savepoint));
        answers.push(answer);
        let mut ended = if kept { savepoint.commit() } else { savepoint.finish() };
        // A full disk can make SQLite roll everything back from within: then nothing counts.
        if ended.is_ok() && transaction.is_autocommit() {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
            ended = Err(rusqlite::Error::SqliteFailure(code, None));
        }
        if let Err(error) = ended {
            answers.extend(requests.map(|request| (request.work)(Err(&error)).1));
            return Err(error);
        }
    }
    transaction.commit()
}
