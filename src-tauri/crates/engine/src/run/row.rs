//! What is reported of a run: a row a variant, and a summary. The fields and their names are
//! the command line's JSON lines, which scripts rely on.

use std::path::{Path, PathBuf};

use cropmark_rules::{ContentHash, Fault, Format, protocol::Rendered};
use serde::{Deserialize, Serialize};

/// What became of one variant (or of a source that gave none).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The source's path as it was given or found; what is not Unicode in it is replaced.
    pub source: String,
    /// The generator; `None` where the source itself failed, or none takes it.
    pub generator: Option<String>,
    /// The variation, if it is one.
    pub variation: Option<String>,
    /// What became of it.
    pub status: Status,
    /// Where the file is.
    pub path: Option<String>,
    /// The file's format.
    pub format: Option<Format>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels of one frame.
    pub height: Option<u32>,
    /// The file's length.
    pub bytes: Option<u64>,
    /// Milliseconds of work that this variant cost.
    pub ms: Option<f64>,
    /// Whether the variant had been rendered before.
    pub cache: Option<CacheUse>,
    /// Why it failed.
    pub error: Option<Fault>,
    /// What the user should know about the file: a limit not met, alpha dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Whether it failed because another variant of the run has its name.
    #[serde(skip)]
    pub clash: bool,
}

impl Row {
    /// A row about this source, of which nothing else is known yet.
    pub(crate) fn of(source: &Path, status: Status) -> Self {
        Self {
            source: shown(source),
            generator: None,
            variation: None,
            status,
            path: None,
            format: None,
            width: None,
            height: None,
            bytes: None,
            ms: None,
            cache: None,
            error: None,
            notes: Vec::new(),
            clash: false,
        }
    }

    /// The same with what a result is.
    pub(crate) fn with(self, rendered: &Rendered) -> Self {
        Self {
            format: Some(rendered.format),
            width: Some(rendered.width),
            height: Some(rendered.height),
            bytes: Some(rendered.bytes),
            notes: rendered.notes.clone(),
            ..self
        }
    }

    /// The row of a source that gave no variant.
    pub(crate) fn failed(source: &Path, fault: Fault) -> Self {
        Self { error: Some(fault), ..Self::of(source, Status::Failed) }
    }

    /// Whether it failed for a reason that may have gone the next time. One without a reason
    /// counts as such.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        self.status == Status::Failed
            && self.error.as_ref().is_none_or(|fault| fault.code.may_pass())
    }
}

/// What became of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Rendered and written.
    Rendered,
    /// Written from the cache.
    Cached,
    /// Nothing was written: the file was there already, or it was a dry run.
    Skipped,
    /// There is no file; the error says why.
    Failed,
}

/// Whether the cache had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CacheUse {
    /// It did.
    Hit,
    /// It did not.
    Miss,
}

/// The counts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Summary {
    /// Rows with [`Status::Rendered`].
    pub rendered: u64,
    /// Rows with [`Status::Cached`].
    pub cached: u64,
    /// Rows with [`Status::Skipped`].
    pub skipped: u64,
    /// Rows with [`Status::Failed`].
    pub failed: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Wall time, in seconds.
    pub seconds: f64,
}

impl Summary {
    /// Counts a row in.
    pub fn add(&mut self, row: &Row) {
        match row.status {
            Status::Rendered => self.rendered += 1,
            Status::Cached => self.cached += 1,
            Status::Skipped => self.skipped += 1,
            Status::Failed => self.failed += 1,
        }
        if matches!(row.status, Status::Rendered | Status::Cached) {
            self.bytes += row.bytes.unwrap_or(0);
        }
    }
}

/// A row, and what stands on the disk for it.
#[derive(Debug)]
pub(super) struct RowReport {
    pub(super) row: Row,
    /// The file that is there now.
    pub(super) path: Option<PathBuf>,
    /// The hash of its content.
    pub(super) hash: Option<ContentHash>,
}

impl From<Row> for RowReport {
    fn from(row: Row) -> Self {
        Self { row, path: None, hash: None }
    }
}

/// A path as rows have it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Milliseconds to a tenth, as rows have them.
pub(crate) fn tenths(milliseconds: f64) -> f64 {
    (milliseconds * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use cropmark_rules::FaultCode;

    use super::*;

    #[test]
    fn rows_are_the_lines_that_scripts_rely_on() {
        let row = Row {
            generator: Some("thumbnail".to_owned()),
            path: Some("out/b.jpg".to_owned()),
            format: Some(Format::Jpeg),
            width: Some(230),
            height: Some(153),
            bytes: Some(8123),
            ms: Some(tenths(41.23)),
            cache: Some(CacheUse::Miss),
            ..Row::of(Path::new("a/b.jpg"), Status::Rendered)
        };
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"source":"a/b.jpg","generator":"thumbnail","variation":null,"status":"rendered","path":"out/b.jpg","format":"jpeg","width":230,"height":153,"bytes":8123,"ms":41.2,"cache":"miss","error":null}"#
        );
        let noted = Row { notes: vec!["why".to_owned()], ..row.clone() };
        assert!(
            serde_json::to_string(&noted).unwrap().ends_with(r#""error":null,"notes":["why"]}"#)
        );
        let failed = Row::failed(Path::new("a"), Fault::new(FaultCode::TooLarge, "why"));
        assert!(
            serde_json::to_string(&failed)
                .unwrap()
                .ends_with(r#""error":{"code":"too_large","message":"why"}}"#)
        );
        let mut summary = Summary::default();
        summary.add(&row);
        summary.add(&failed);
        assert_eq!((summary.rendered, summary.failed, summary.bytes), (1, 1, 8123));
    }
}
