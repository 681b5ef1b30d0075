//! What cannot be made again, as one JSON file: focal points, crops, marks, settings, export runs.

use std::{
    fs,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use cropmark_rules::ContentHash;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Annotation, Run, RunItem, RunSource, Store, StoreError,
    atomic::{Conflict, Originals, TemporaryFile, WriteError},
    database::Durability,
    table::{asset, path_json, run, run_item, run_source, setting},
};

/// The version of the file's format.
const VERSION: u32 = 1;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Backup {
    version: u32,
    annotations: Vec<SavedAnnotation>,
    settings: Vec<(String, Value)>,
    runs: Vec<SavedRun>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedAnnotation {
    #[serde(with = "path_json")]
    path: PathBuf,
    content: Option<ContentHash>,
    #[serde(flatten)]
    annotation: Annotation,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedRun {
    #[serde(flatten)]
    run: Run,
    items: Vec<RunItem>,
    #[serde(default)]
    sources: Vec<RunSource>,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// Assets with a focal point, crops or marks.
    pub annotations: u64,
    /// Settings.
    pub settings: u64,
    /// Export runs.
    pub runs: u64,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Assets with a focal point, crops or marks.
    pub annotations: u64,
    /// Settings.
    pub settings: u64,
    /// Export runs, which are left out: a file could otherwise have anything written anywhere.
    pub left_out_runs: u64,
}

impl Store {
    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// Where the index cannot be read or the file not be written.
    pub fn export(&self, path: &Path) -> Result<Saved, StoreError> {
        let temporary = TemporaryFile::beside(path)?;
        let saved = self.export_to(temporary.file().as_ref(), path)?;
        temporary.commit(Conflict::Overwrite, &Originals::new())?;
        Ok(saved)
    }

    /// Writes the same to what is open already; `name` is what messages call it.
    ///
    /// # Errors
    /// Where the index cannot be read, before anything is written; where writing fails.
    pub fn export_to(&self, output: impl Write, name: &Path) -> Result<Saved, StoreError> {
        let backup = self.read(|connection| {
            let annotations = asset::annotations(connection)?
                .into_iter()
                .map(|(path, content, annotation)| SavedAnnotation { path, content, annotation })
                .collect();
            let mut runs = Vec::new();
            for run in run::all(connection)? {
                let items = run_item::list(connection, run.id, &crate::ItemState::ALL)?;
                let sources = run_source::page(connection, run.id, 0, u32::MAX)?;
                runs.push(SavedRun { run, items, sources });
            }
            let settings = setting::all(connection)?;
            Ok(Backup { version: VERSION, annotations, settings, runs })
        })?;
        let mut writer = BufWriter::new(output);
        let written = serde_json::to_writer_pretty(&mut writer, &backup)
            .map_err(Into::into)
            .and_then(|()| writer.write_all(b"\n"))
            .and_then(|()| writer.flush());
        written.map_err(|error| WriteError::at(name, error))?;
        Ok(Saved {
            annotations: backup.annotations.len() as u64,
            settings: backup.settings.len() as u64,
            runs: backup.runs.len() as u64,
        })
    }

    /// Takes in what [`Store::export`] wrote, here or elsewhere: focal points, crops and marks for the
    /// assets with that path or content, also for those that come later, and settings. Export runs
    /// are left out. Doing it twice changes nothing. All or nothing.
    ///
    /// # Errors
    /// Where the file cannot be understood, or the index not be written.
    pub fn import(&self, path: &Path) -> Result<Imported, StoreError> {
        let bytes = fs::read(path)
            .map_err(|source| StoreError::Folder { path: path.to_path_buf(), source })?;
        let wrong = |detail: String| StoreError::Export { path: path.to_path_buf(), detail };
        let backup: Backup =
            serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if backup.version != VERSION {
            return Err(wrong(format!("its version is {}, not {VERSION}", backup.version)));
        }
        self.write(Durability::Durable, move |connection| {
            let imported = Imported {
                annotations: backup.annotations.len() as u64,
                settings: backup.settings.len() as u64,
                left_out_runs: backup.runs.len() as u64,
            };
            for SavedAnnotation { path, content, annotation } in &backup.annotations {
                asset::import_annotation(connection, path, *content, annotation)?;
            }
            // What the index says about itself is not a setting.
            let settings = backup.settings.iter().filter(|(name, _)| !name.starts_with("index."));
            for (name, value) in settings {
                setting::set(connection, name, value)?;
            }
            Ok(imported)
        })
    }
}
