//! `cropmark workspace export` and `import`: saves and reads back what cannot be made again, such
//! as focal points, crops and marks.

use std::{
    fs::{self, File},
    io::{self, BufReader},
    path::Path,
};

use cropmark_store::{
    StoreError,
    maintenance::{Imported, Saved},
};
use serde::{Deserialize, de::IgnoredAny};

use super::{
    arguments::{ExportArguments, ImportArguments},
    open::{Need, failed, open, open_new},
};
use crate::{
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// The keys that every export has, by which it differs from other files.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "that they are there is all that is asked")]
struct Shape {
    version: u32,
    annotations: IgnoredAny,
    settings: IgnoredAny,
    runs: IgnoredAny,
}

pub(super) fn export(arguments: &ExportArguments) -> Result<Status, Failure> {
    let workspace = &arguments.place.workspace;
    let failed = |error| match error {
        StoreError::Write(error) => Failure::Usage(error.to_string()),
        error => failed(workspace, &error),
    };
    let Some(file) = &arguments.to else {
        let store = open(workspace, Need::Check)?;
        store.export_to(io::stdout().lock(), Path::new("standard output")).map_err(failed)?;
        return Ok(Status::Done);
    };
    check_target(file)?;
    let Saved { annotations, settings, runs } =
        open(workspace, Need::Check)?.export(file).map_err(failed)?;
    let runs = terminal::count(runs, "export run", "export runs");
    let what = in_words(annotations, settings, Some(&runs));
    print(&format!("Saved {what} in {}", file.display()));
    Ok(Status::Done)
}

/// Refuses to replace any file but an earlier export, because it could be an original.
fn check_target(file: &Path) -> Result<(), Failure> {
    let name = file.display();
    let occupied = || {
        let reason = "is there already and is no export of a workspace; choose another name";
        Failure::Usage(format!("{name} {reason}"))
    };
    match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::Usage(format!("{name} cannot be written: {error}"))),
        Ok(metadata) if !metadata.is_file() => Err(occupied()),
        Ok(_) => {
            let earlier = File::open(file).map_err(|_| occupied())?;
            let shape: Result<Shape, _> = serde_json::from_reader(BufReader::new(earlier));
            shape.map(|_| ()).map_err(|_| occupied())
        }
    }
}

pub(super) fn import(arguments: &ImportArguments) -> Result<Status, Failure> {
    let (workspace, file) = (&arguments.place.workspace, &arguments.file);
    let unreadable = |error: &io::Error| {
        Failure::Usage(format!("{} cannot be read: {error}; check the name", file.display()))
    };
    // This is checked before a folder is made for the file.
    fs::metadata(file).map_err(|error| unreadable(&error))?;
    let store = open_new(workspace)?;
    let imported = store.import(file).map_err(|error| match error {
        StoreError::Folder { path, source } if path == *file => unreadable(&source),
        error @ StoreError::Export { .. } => Failure::Usage(error.to_string()),
        error => failed(workspace, &error),
    })?;
    let Imported { annotations, settings, left_out_runs } = imported;
    let what = in_words(annotations, settings, None);
    print(&format!("Took in {what} from {}", file.display()));
    if left_out_runs > 0 {
        let runs = terminal::count(left_out_runs, "export run is", "export runs are");
        terminal::complain(&format!("{runs} left out; start the export again where it is wanted"));
    }
    Ok(Status::Done)
}

fn in_words(annotations: u64, settings: u64, runs: Option<&str>) -> String {
    let images = terminal::count(annotations, "image", "images");
    let settings = terminal::count(settings, "setting", "settings");
    let rest =
        runs.map_or_else(|| format!(" and {settings}"), |it| format!(", {settings} and {it}"));
    format!("the focal points, crops and marks of {images}{rest}")
}

fn print(line: &str) {
    Lines::new().line(&terminal::plain(line));
}
