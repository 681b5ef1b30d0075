//! `--metrics-file`: figures in the text format of Prometheus, written again and again, for a
//! collector that reads files.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use cropmark_engine::{
    Engine,
    run::{CacheUse, Row},
};
use cropmark_store::atomic::{Conflict, Originals, TemporaryFile, WriteError};
use tokio::{task::JoinHandle, time::sleep};

use crate::{status::Failure, terminal};

/// The time from one writing to the next.
const PERIOD: Duration = Duration::from_secs(5);

/// How such a text begins.
const BEGINNING: &[u8] = b"# HELP ";

/// A file that the engine's figures are written to.
pub(crate) struct MetricsFile {
    engine: Engine,
    file: Option<(PathBuf, JoinHandle<()>)>,
}

/// Refuses to replace a file that holds anything else.
pub(crate) fn check(path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let refused = |reason: &str| {
        let path = path.display();
        Err(Failure::Usage(format!("--metrics-file {path}: {reason}; choose another name")))
    };
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return refused(&error.to_string()),
        Ok(file) => file,
    };
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return refused("it is no file");
    }
    let mut beginning = [0; BEGINNING.len()];
    match file.read_exact(&mut beginning) {
        Ok(()) if beginning == BEGINNING => Ok(()),
        _ => refused("it is there already and holds no figures"),
    }
}

impl MetricsFile {
    /// Starts to write. Must be called within a runtime.
    pub(crate) fn start(engine: &Engine, path: Option<&Path>) -> Self {
        let file = path.map(|path| {
            let (engine, path) = (engine.clone(), path.to_owned());
            let writing = path.clone();
            let task = tokio::spawn(async move {
                loop {
                    if let Err(error) = write(&engine, &writing) {
                        terminal::complain(&format!("--metrics-file: {error}"));
                        return;
                    }
                    sleep(PERIOD).await;
                }
            });
            (path, task)
        });
        Self { engine: engine.clone(), file }
    }

    /// Counts a row.
    pub(crate) fn count(&self, row: &Row) {
        if let Some(cache) = row.cache {
            self.engine.metrics().looked_up(cache == CacheUse::Hit);
        }
    }

    /// Writes for the last time.
    pub(crate) fn end(self) {
        let Some((path, task)) = self.file else { return };
        task.abort();
        if let Err(error) = write(&self.engine, &path) {
            terminal::complain(&format!("--metrics-file: {error}"));
        }
    }
}

fn write(engine: &Engine, path: &Path) -> Result<(), WriteError> {
    let text = engine.metrics().text(&engine.snapshot());
    let temporary = TemporaryFile::beside(path)?;
    let written = temporary.file().as_ref().write_all(text.as_bytes());
    written.map_err(|error| WriteError::at(path, error))?;
    temporary.commit(Conflict::Overwrite, &Originals::new()).map(|_| ())
}
