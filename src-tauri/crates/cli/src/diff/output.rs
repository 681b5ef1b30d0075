//! What is printed and written: lines of JSON or a text, and the files of `--to`.

use std::{
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use serde::Serialize;

use super::{
    arguments::{DiffArguments, ReportKind},
    condition::Watched,
    html, markdown,
    report::{GeneratorReport, Report},
    row::Row,
    text,
    work::{AssetWork, Compared},
};
use crate::{
    status::{Failure, Status},
    terminal::{self, Lines},
    text_file,
};

/// A line of `--json`, beside those of variants.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Line<'a> {
    Generator(&'a GeneratorReport),
    Summary(&'a Report),
}

/// What is printed and written.
pub(super) struct Output {
    report: Report,
    watched: Vec<Watched>,
    lines: Lines,
    json: bool,
    has_page: bool,
}

impl Output {
    pub(super) fn new(arguments: &DiffArguments, report: Report) -> Self {
        Self {
            report,
            watched: arguments.conditions.iter().cloned().map(Watched::new).collect(),
            lines: Lines::new(),
            json: arguments.json,
            has_page: arguments
                .reports
                .iter()
                .any(|it| ReportKind::of(it) == Some(ReportKind::Page)),
        }
    }

    /// Counts an asset's differences in, and prints them as JSON where that is asked for.
    pub(super) fn add(&mut self, compared: Compared, work: &AssetWork) {
        let Compared { source, result } = compared;
        self.report.assets += 1;
        let (differences, outcomes) = match result {
            Ok(found) => found,
            Err(fault) => {
                self.report.unreadable += 1;
                terminal::complain(&format!("{source} is left out: {fault}"));
                return;
            }
        };
        let pairs = &work.sides.pairs;
        let rows = differences.into_iter().map(|difference| {
            let row = Row::of(&source, &pairs[difference.pair], &difference, &outcomes);
            (difference, row)
        });
        let rows: Vec<_> = rows.collect();
        self.report.differing += u64::from(!rows.is_empty());
        if self.has_page {
            self.report.pictures.offer(&rows, &outcomes, &work.measurer);
        }
        for (difference, row) in rows {
            self.watched.iter_mut().for_each(|watched| watched.row(&row));
            if self.json
                && let Ok(line) = terminal::json(&row)
            {
                self.lines.line(&line);
            }
            self.report.add(&difference, row);
        }
    }

    /// Prints the report and writes its files.
    pub(super) fn end(
        self,
        arguments: &DiffArguments,
        work: &AssetWork,
    ) -> Result<Status, Failure> {
        let Self { mut report, watched, mut lines, json, .. } = self;
        let counts = work.measurer.counts();
        report.rendered = counts.rendered.load(Ordering::Relaxed);
        report.cached = counts.cached.load(Ordering::Relaxed);
        report.met = watched.into_iter().filter_map(|watched| watched.end(&report)).collect();
        if json {
            let generators = report.changed().map(|(_, generator)| Line::Generator(generator));
            for line in generators.chain([Line::Summary(&report)]) {
                if let Ok(line) = terminal::json(&line) {
                    lines.line(&line);
                }
            }
        } else {
            for line in text::lines(&report) {
                lines.line(&line);
            }
        }
        let originals: Vec<PathBuf> = [&work.sides.old, &work.sides.new]
            .into_iter()
            .flat_map(|side| &side.presets)
            .map(|preset| preset.source.path().to_owned())
            .filter(|path| path.exists())
            .collect();
        let originals: Vec<&Path> = originals.iter().map(PathBuf::as_path).collect();
        for path in &arguments.reports {
            let text = match ReportKind::of(path) {
                Some(ReportKind::Page) => html::page(&report),
                _ => markdown::markdown(&report),
            };
            text_file::write(path, &text, &originals)?;
        }
        let is_empty = report.assets == report.unreadable;
        if is_empty {
            terminal::complain("no image was compared; name a folder with images by --on");
        }
        Ok(if is_empty {
            Status::Wrong
        } else if !report.met.is_empty() {
            Status::ConditionMet
        } else if report.variants.all() > 0 {
            Status::Differs
        } else {
            Status::Done
        })
    }
}
