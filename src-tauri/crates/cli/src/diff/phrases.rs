//! Figures in words, the same in every kind of report.

use super::{
    report::{Counts, Sums},
    row::Figures,
};
use crate::terminal;

/// A number with its sign and one decimal.
pub(super) fn signed(value: f64, unit: &str) -> String {
    let text = format!("{:.1}", value.abs());
    let sign = match (text.as_str(), value < 0.0) {
        ("0.0", _) => "±",
        (_, true) => "−",
        (_, false) => "+",
    };
    format!("{sign}{text}{unit}")
}

/// Bytes with their unit.
pub(super) fn size(bytes: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of floats stays in range"
    )]
    terminal::size(bytes.round() as u64)
}

/// `4.1 MB → 3.6 MB (−12.3 %)`.
pub(super) fn bytes(before: u64, after: u64) -> String {
    let mut text = format!("{} → {}", terminal::size(before), terminal::size(after));
    if let Some(percent) = percent(before, after) {
        text = format!("{text} ({percent})");
    }
    text
}

/// By how much `after` is more than `before`; `None` where there was nothing.
pub(super) fn percent(before: u64, after: u64) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let (before, after) = (before as f64, after as f64);
    (before > 0.0).then(|| signed((after - before) / before * 100.0, " %"))
}

/// `78.1 → 74.0, lowest 66.2`; empty where nothing was scored.
pub(super) fn scores(before: &Sums, after: &Sums) -> String {
    let mut text = score(before.score, after.score);
    if let Some(lowest) = after.lowest_score.filter(|_| after.files > 1) {
        text = format!("{text}, lowest {lowest:.1}");
    }
    text
}

/// `78.1 → 74.0`; empty where nothing was scored.
pub(super) fn score(before: Option<f64>, after: Option<f64>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{before:.1} → {after:.1}"),
        (Some(score), None) | (None, Some(score)) => format!("{score:.1}"),
        (None, None) => String::new(),
    }
}

/// `12 changed, 3 added`.
pub(super) fn counts(counts: Counts) -> String {
    let Counts { changed, added, removed, failed } = counts;
    let all = [(changed, "changed"), (added, "added"), (removed, "removed"), (failed, "failed")];
    let some = all.iter().filter(|(count, _)| *count > 0);
    let some: Vec<_> = some.map(|(count, word)| format!("{count} {word}")).collect();
    if some.is_empty() { "none differs".to_owned() } else { some.join(", ") }
}

/// The sizes of a file before and after: `640 × 427 → 800 × 533`, or one where they are the same.
pub(super) fn pixels(before: Option<Figures>, after: Option<Figures>) -> String {
    let one = |it: Figures| format!("{} × {}", it.width, it.height);
    match (before.map(one), after.map(one)) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (before, after) => after.or(before).unwrap_or_default(),
    }
}

/// The bytes of a file before and after, or the ones that there are.
pub(super) fn row_bytes(before: Option<Figures>, after: Option<Figures>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => bytes(before.bytes, after.bytes),
        (one, other) => one.or(other).map_or_else(String::new, |it| terminal::size(it.bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_a_sign() {
        assert_eq!(signed(5.26, " %"), "+5.3 %");
        assert_eq!(signed(-0.04, ""), "±0.0");
        assert_eq!(bytes(2000, 1500), "2.0 kB → 1.5 kB (−25.0 %)");
        assert_eq!(bytes(0, 1500), "0 B → 1.5 kB");
        assert_eq!(score(None, Some(70.0)), "70.0");
        assert_eq!(
            counts(Counts { changed: 2, failed: 1, ..Counts::default() }),
            "2 changed, 1 failed"
        );
    }
}
