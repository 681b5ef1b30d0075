//! A run's report: its rows, for the window and as a file.

use std::{borrow::Cow, io::Write as _, path::Path};

use cropmark_engine::run::{RunRecord, Status, StoredRow};
use cropmark_store::{
    ItemState, RunId, Store, StoreError,
    atomic::{Conflict, Originals, TemporaryFile},
};
use serde::Serialize;

use super::retry_selection;
use crate::{
    ApiError,
    model::{FaultInfo, RowsArguments, RunRow},
};

/// A row as the window shows it.
fn shown(stored: StoredRow, root: &Path) -> RunRow {
    let can_retry = retry_selection::can_retry(&stored);
    let row = stored.row;
    let status = match (&row, stored.state) {
        (Some(row), _) => match row.status {
            Status::Rendered => "rendered",
            Status::Cached => "cached",
            Status::Skipped => "skipped",
            Status::Failed => "failed",
        },
        (None, ItemState::Running) => "running",
        (None, ItemState::Failed) => "failed",
        (None, ItemState::Pending | ItemState::Done) => "waiting",
    };
    let fault = row.as_ref().and_then(|row| row.error.as_ref()).map(FaultInfo::from);
    RunRow {
        position: stored.position,
        source: below(&stored.source, root),
        generator: stored.generator,
        variation: stored.variation,
        status: status.to_owned(),
        path: row.as_ref().and_then(|row| row.path.clone()),
        width: row.as_ref().and_then(|row| row.width),
        height: row.as_ref().and_then(|row| row.height),
        bytes: row.as_ref().and_then(|row| row.bytes),
        ms: row.as_ref().and_then(|row| row.ms),
        notes: row.map(|row| row.notes).unwrap_or_default(),
        fault,
        can_retry,
    }
}

/// A path relative to a folder; the whole path where it does not lie below it.
pub(super) fn below(path: &str, folder: &Path) -> String {
    let inside = Path::new(path).strip_prefix(folder).ok();
    inside.map_or_else(|| path.to_owned(), |inside| inside.to_string_lossy().into_owned())
}

/// Some rows. Blocks.
pub(super) fn page(
    store: &Store,
    root: &Path,
    wanted: RowsArguments,
) -> Result<Vec<RunRow>, ApiError> {
    let state = wanted.failed.then_some(ItemState::Failed);
    let limit = wanted.limit.min(1000);
    let rows = RunRecord::rows(store, RunId(wanted.id), state, wanted.offset, limit)?;
    Ok(rows.into_iter().map(|row| shown(row, root)).collect())
}

/// A line of the report as CSV.
#[derive(Serialize)]
struct CsvRow<'a> {
    source: Cow<'a, str>,
    generator: Option<Cow<'a, str>>,
    variation: Option<Cow<'a, str>>,
    status: &'a str,
    path: Option<Cow<'a, str>>,
    width: Option<u32>,
    height: Option<u32>,
    bytes: Option<u64>,
    ms: Option<f64>,
    code: Option<&'a str>,
    message: Option<Cow<'a, str>>,
}

impl<'a> From<&'a RunRow> for CsvRow<'a> {
    fn from(row: &'a RunRow) -> Self {
        Self {
            source: cell(&row.source),
            generator: row.generator.as_deref().map(cell),
            variation: row.variation.as_deref().map(cell),
            status: &row.status,
            path: row.path.as_deref().map(cell),
            width: row.width,
            height: row.height,
            bytes: row.bytes,
            ms: row.ms,
            code: row.fault.as_ref().map(|fault| fault.code.as_str()),
            message: row.fault.as_ref().map(|fault| cell(&fault.message)),
        }
    }
}

/// Marks a text that begins like a formula with `'`, so that spreadsheets do not compute it: file
/// names may come from anyone.
fn cell(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Writes all rows to a file, in the format of its extension. Blocks.
pub(super) fn save(store: &Store, root: &Path, id: RunId, path: &Path) -> Result<(), ApiError> {
    let rows = RunRecord::all_rows(store, id, &ItemState::ALL);
    let rows: Vec<_> = rows.map(|row| Ok(shown(row?, root))).collect::<Result<_, StoreError>>()?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let text = match extension {
        "csv" => table(&rows)?,
        "json" => serde_json::to_vec_pretty(&rows).map_err(|error| failed(&error))?,
        "jsonl" => {
            let mut text = Vec::new();
            for row in &rows {
                serde_json::to_writer(&mut text, row).map_err(|error| failed(&error))?;
                text.push(b'\n');
            }
            text
        }
        _ => return Err(ApiError::invalid("Name the report .csv, .json or .jsonl.")),
    };
    write(path, &text)
}

fn table(rows: &[RunRow]) -> Result<Vec<u8>, ApiError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(CsvRow::from(row)).map_err(|error| failed(&error))?;
    }
    writer.into_inner().map_err(|error| failed(&error))
}

fn write(path: &Path, text: &[u8]) -> Result<(), ApiError> {
    let written = TemporaryFile::beside(path).map_err(|error| failed(&error)).and_then(|file| {
        file.file().as_ref().write_all(text).map_err(|error| failed(&error))?;
        let committed = file.commit(Conflict::Overwrite, &Originals::default());
        committed.map_err(|error| failed(&error))
    });
    written.map(drop)
}

fn failed(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::system(format!("The report could not be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_name_is_a_formula() {
        for name in ["=1+1.jpg", "+a.jpg", "-2.png", "@sum(a1).gif", "\t=1.jpg"] {
            assert_eq!(cell(name), format!("'{name}"));
        }
        for name in ["a=1.jpg", "640", "photos/-1.jpg", ""] {
            assert_eq!(cell(name), name);
        }
    }
}
