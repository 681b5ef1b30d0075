//! A report as lines for the terminal.

use super::{
    pairs::Change,
    phrases,
    report::{GeneratorReport, Report},
};
use crate::terminal;

/// Writes the lines of a report.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for (_, generator) in report.changed() {
        describe(generator, report.is_dry_run, &mut lines);
        lines.push(String::new());
    }
    lines.push(summary(report));
    lines.extend(report.met.iter().map(|met| format!("condition met: {met}")));
    lines.iter().map(|line| terminal::plain(line)).collect()
}

fn describe(generator: &GeneratorReport, is_dry_run: bool, lines: &mut Vec<String>) {
    let change = match generator.change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
    };
    lines.push(format!("{}  {change}  ({})", generator.name, generator.file));
    lines.extend(generator.words.iter().map(|word| format!("  {word}")));
    let variants = generator.variants;
    lines.push(format!("  variants: {}", phrases::counts(variants)));
    if is_dry_run || variants.all() == 0 {
        return;
    }
    let (before, after) = (&generator.before, &generator.after);
    lines.push(format!("  bytes: {}", phrases::bytes(before.bytes, after.bytes)));
    let scores = phrases::scores(before, after);
    if !scores.is_empty() {
        lines.push(format!("  score: {scores}"));
    }
    for row in generator.top.iter().filter(|row| row.error.is_some()) {
        let fault = row.error.as_ref().map(ToString::to_string).unwrap_or_default();
        lines.push(format!("  failed: {} {}: {fault}", row.source, row.label()));
    }
}

/// The last line: what changes, and for how many images.
pub(super) fn summary(report: &Report) -> String {
    let images = terminal::count(report.assets, "image", "images");
    let mut text = if report.variants.all() == 0 {
        format!("No variant of the {images} in {} changes.", report.on)
    } else {
        let sums = (!report.is_dry_run).then(|| {
            let bytes = phrases::bytes(report.before.bytes, report.after.bytes);
            format!("; {bytes}; {} rendered, {} from the cache", report.rendered, report.cached)
        });
        let variants = phrases::counts(report.variants);
        format!(
            "Variants of {} of {images}: {variants}{}.",
            report.differing,
            sums.unwrap_or_default()
        )
    };
    if report.unreadable > 0 {
        let files = terminal::count(report.unreadable, "file", "files");
        text = format!("{text} {files} could not be read.");
    }
    text
}
