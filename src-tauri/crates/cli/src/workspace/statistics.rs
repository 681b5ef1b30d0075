//! `cropmark workspace stats`: prints what a workspace holds, also while another process has it
//! open.

use cropmark_store::{
    Access, Holder, ReadOnlyReason, RunState,
    maintenance::{FormatStatistics, Statistics},
};
use serde::Serialize;

use super::{
    arguments::OutputArguments,
    open::{Need, failed, open},
};
use crate::{
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// The object of `--json`. Sizes in bytes.
#[derive(Debug, Serialize)]
struct StatisticsLine<'a> {
    access: AccessLine<'a>,
    assets: u64,
    annotated: u64,
    variants: u64,
    variant_bytes: u64,
    formats: &'a [FormatStatistics],
    hits: u64,
    misses: u64,
    runs: &'a RunCounts,
    index_bytes: u64,
}

#[derive(Debug, Serialize)]
struct AccessLine<'a> {
    /// `full` or `read_only`.
    mode: &'static str,
    /// Why it is only read: `held` by another process, or `unwritable`.
    reason: Option<&'static str>,
    /// The process that has the workspace open, where that could be read.
    held_by: Option<&'a Holder>,
}

impl<'a> AccessLine<'a> {
    fn of(access: &'a Access) -> Self {
        let (mode, reason, held_by) = match access {
            Access::Full => ("full", None, None),
            Access::ReadOnly(ReadOnlyReason::HeldBy(holder)) => {
                ("read_only", Some("held"), holder.as_ref())
            }
            Access::ReadOnly(ReadOnlyReason::Unwritable) => ("read_only", Some("unwritable"), None),
        };
        Self { mode, reason, held_by }
    }
}

/// Export runs in each state.
#[derive(Debug, Default, Serialize)]
struct RunCounts {
    running: u64,
    paused: u64,
    done: u64,
    cancelled: u64,
}

impl RunCounts {
    fn of(states: impl Iterator<Item = RunState>) -> Self {
        let mut counts = Self::default();
        for state in states {
            *match state {
                RunState::Running => &mut counts.running,
                RunState::Paused => &mut counts.paused,
                RunState::Done => &mut counts.done,
                RunState::Cancelled => &mut counts.cancelled,
            } += 1;
        }
        counts
    }

    fn in_words(&self) -> String {
        let Self { running, paused, done, cancelled } = self;
        let named =
            [(running, "running"), (paused, "paused"), (done, "done"), (cancelled, "cancelled")];
        let parts = named.iter().filter(|(number, _)| **number > 0);
        let parts: Vec<_> = parts.map(|(number, name)| format!("{number} {name}")).collect();
        if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
    }
}

pub(super) fn run(arguments: &OutputArguments) -> Result<Status, Failure> {
    let workspace = &arguments.place.workspace;
    let store = open(workspace, Need::Look)?;
    let failed = |error| failed(workspace, &error);
    let statistics = store.statistics().map_err(failed)?;
    let runs = store.runs().map_err(failed)?;
    let runs = RunCounts::of(runs.iter().map(|run| run.state));
    let mut output = Lines::new();
    if arguments.json {
        let report = report(&statistics, &runs, store.access());
        if let Ok(line) = terminal::json(&report) {
            output.line(&line);
        }
    } else {
        for (name, value) in in_words(&statistics, &runs, store.access()) {
            output.line(&format!("{name:<10} {}", terminal::plain(&value)));
        }
    }
    Ok(Status::Done)
}

fn report<'a>(
    statistics: &'a Statistics,
    runs: &'a RunCounts,
    access: &'a Access,
) -> StatisticsLine<'a> {
    StatisticsLine {
        access: AccessLine::of(access),
        assets: statistics.assets,
        annotated: statistics.annotated,
        variants: statistics.variants,
        variant_bytes: statistics.variant_bytes,
        formats: &statistics.formats,
        hits: statistics.hits,
        misses: statistics.misses,
        runs,
        index_bytes: statistics.index_bytes,
    }
}

fn in_words(
    statistics: &Statistics,
    runs: &RunCounts,
    access: &Access,
) -> Vec<(&'static str, String)> {
    let amount = |variants, bytes| {
        let variants = terminal::count(variants, "variant", "variants");
        format!("{variants}, {}", terminal::size(bytes))
    };
    let assets = terminal::count(statistics.assets, "image", "images");
    let annotated = format!("{} with a focal point, a crop or a mark", statistics.annotated);
    let mut rows = vec![
        ("assets", format!("{assets}, {annotated}")),
        ("variants", amount(statistics.variants, statistics.variant_bytes)),
    ];
    for format in &statistics.formats {
        rows.push(("", format!("{}: {}", format.format, amount(format.variants, format.bytes))));
    }
    rows.push(("look-ups", look_ups(statistics.hits, statistics.misses)));
    rows.push(("runs", runs.in_words()));
    rows.push(("index", terminal::size(statistics.index_bytes)));
    let access = match access {
        Access::Full => "reading and writing".to_owned(),
        Access::ReadOnly(reason) => format!("reading only: {reason}"),
    };
    rows.push(("access", access));
    rows
}

fn look_ups(hits: u64, misses: u64) -> String {
    let total = hits + misses;
    if total == 0 {
        return "none yet".to_owned();
    }
    format!("{hits} hits, {misses} misses ({} % found)", hits.saturating_mul(100) / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted_by_state() {
        use RunState::{Cancelled, Done, Paused, Running};
        let counts = RunCounts::of([Done, Paused, Done, Running, Cancelled].into_iter());
        assert_eq!(counts.in_words(), "1 running, 1 paused, 2 done, 1 cancelled");
        assert_eq!(RunCounts::default().in_words(), "none");
    }

    #[test]
    fn no_look_ups_have_no_rate() {
        assert_eq!(look_ups(0, 0), "none yet");
        assert_eq!(look_ups(2, 1), "2 hits, 1 misses (66 % found)");
    }
}
