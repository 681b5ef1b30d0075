//! Prints a run's rows: as lines of JSON, or as text with a progress bar on a terminal.

use std::{path::PathBuf, time::Duration};

use cropmark_engine::run::{NameClash, Row, RunEvent, Status, Summary};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::{
    arguments::RenderArguments,
    setup,
    terminal::{self, Lines},
};

/// The most notes about finished files that are shown.
const SHOWN_NOTES: u64 = 20;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// All sources were processed.
    Complete,
    /// A signal stopped it; no partial file is left.
    Stopped,
    /// It cannot go on, for this reason: the disk is full, or must not be written. Nothing half
    /// is left, and of what was not done nothing was reported.
    Halted(String),
    /// It did not begin: results would have the same names.
    Clashes(Vec<NameClash>),
}

/// The output of a run, and its sums.
pub(super) struct Display {
    summary: Summary,
    lines: Lines,
    bar: ProgressBar,
    json: bool,
    dry_run: bool,
    out: PathBuf,
    sources: usize,
    done: u64,
    /// Sources that were named and that no generator takes.
    untaken: u64,
    notes: u64,
}

/// The last line of `--json`.
#[derive(Serialize)]
struct Last<'a> {
    summary: &'a Summary,
}

impl Display {
    pub(super) fn new(arguments: &RenderArguments) -> Self {
        let has_bar = !arguments.json && terminal::can_redraw();
        Self {
            summary: Summary::default(),
            lines: Lines::new(),
            bar: if has_bar { ProgressBar::new_spinner() } else { ProgressBar::hidden() },
            json: arguments.json,
            dry_run: arguments.dry_run,
            out: arguments.out.clone(),
            sources: 0,
            done: 0,
            untaken: 0,
            notes: 0,
        }
    }

    /// Shows that files are being searched.
    pub(super) fn searching(&self) {
        self.bar.set_message("looking for images");
        // The bar's thread must not be the one that cannot be started.
        if !self.bar.is_hidden() && setup::start_threads(1).is_ok() {
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
    }

    /// Shows how many sources were found.
    pub(super) fn found(&mut self, sources: usize) {
        self.sources = sources;
        self.bar.set_message("");
        let template = "{bar:30} {pos} of {len} sources  {msg}  {per_sec}  {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_length(sources as u64);
        self.bar.reset();
    }

    pub(super) fn event(&mut self, event: RunEvent) {
        match event {
            RunEvent::Row { row, .. } => self.row(&row),
            RunEvent::SourceDone => self.bar.inc(1),
        }
    }

    pub(super) fn row(&mut self, row: &Row) {
        self.summary.add(row);
        if row.status != Status::Failed {
            self.done += 1;
        }
        if self.json {
            if let Ok(line) = terminal::json(row) {
                self.lines.line(&line);
            }
        } else {
            self.bar.set_message(terminal::count(self.done, "variant", "variants"));
            let lines = self.in_words(row);
            let output = &mut self.lines;
            self.bar.suspend(|| lines.iter().for_each(|line| output.line(line)));
        }
    }

    /// Returns the text about a row: for failures, notes, and every row of a dry run.
    fn in_words(&mut self, row: &Row) -> Vec<String> {
        let source = terminal::plain(&row.source);
        let mut about = source.clone();
        if let Some(generator) = &row.generator {
            about = format!("{about} ({})", terminal::plain(generator));
        }
        if let Some(variation) = &row.variation {
            about = format!("{} {})", about.trim_end_matches(')'), terminal::plain(variation));
        }
        if let Some(fault) = &row.error {
            let failed = self.lines.red("failed");
            return vec![format!("{failed}  {about}: {}", terminal::plain(&fault.message))];
        }
        if row.generator.is_none() {
            self.untaken += 1;
            return vec![format!("skipped  {about}: no generator takes it")];
        }
        if self.dry_run {
            let path = row
                .path
                .as_deref()
                .map_or("a name that the result decides".into(), terminal::plain);
            let verb = if row.cache.is_some() { "would make" } else { "would keep" };
            return vec![format!("{verb}  {path}  from {about}")];
        }
        let mut lines = Vec::new();
        for note in &row.notes {
            self.notes += 1;
            if self.notes <= SHOWN_NOTES {
                lines.push(format!("note  {about}: {}", terminal::plain(note)));
            }
        }
        lines
    }

    /// Removes the bar.
    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// Shows the sums; returns how many rows failed.
    pub(super) fn end(&mut self, seconds: f64, end: &RunEnd) -> u64 {
        self.clear();
        self.summary.seconds = seconds;
        let summary = self.summary;
        if let RunEnd::Halted(reason) = end {
            terminal::complain(&format!("stopped: {reason}. Run the same command to continue"));
        }
        if self.json {
            if let Ok(line) = terminal::json(&Last { summary: &summary }) {
                self.lines.line(&line);
            }
            return summary.failed;
        }
        if self.notes > SHOWN_NOTES {
            self.lines.line(&format!("and {} more notes", self.notes - SHOWN_NOTES));
        }
        if self.sources == 0 && *end == RunEnd::Complete {
            self.lines.line("No images were found.");
        }
        self.lines.line(&self.sums(&summary, *end == RunEnd::Complete));
        if *end == RunEnd::Stopped {
            self.lines
                .line("Stopped; no partial files are left. Run the same command to continue.");
        } else if summary.rendered + summary.cached > 0 {
            let out = terminal::plain(&self.out.display().to_string());
            self.lines.line(&format!("The files are in {out}"));
        }
        summary.failed
    }

    fn sums(&self, summary: &Summary, complete: bool) -> String {
        let mut parts = Vec::new();
        let made = if self.dry_run { "would be made or kept" } else { "already there" };
        for (number, what) in [
            (summary.rendered, "rendered"),
            (summary.cached, "from the cache"),
            (summary.skipped.saturating_sub(self.untaken), made),
            (self.untaken, "taken by no generator"),
            (summary.failed, "failed"),
        ] {
            if number > 0 {
                let what = if what == "failed" { self.lines.red(what) } else { what.to_owned() };
                parts.push(format!("{number} {what}"));
            }
        }
        if parts.is_empty() {
            let nothing = if complete { "nothing to do" } else { "nothing done yet" };
            parts.push(nothing.to_owned());
        }
        let sources = terminal::count(self.sources as u64, "source", "sources");
        let took = terminal::duration(summary.seconds);
        let bytes = terminal::size(summary.bytes);
        format!("{sources}: {}; {bytes} in {took}", parts.join(", "))
    }
}
