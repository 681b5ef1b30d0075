//! A report as Markdown, for the text of a pull request.

use std::fmt::Write as _;

use super::{pairs::Change, phrases, report::Report, text};

/// The most generators that are listed.
const MOST_GENERATORS: usize = 50;

/// The most variants that are listed.
const MOST_ROWS: usize = 20;

/// Writes a report as Markdown.
pub(super) fn markdown(report: &Report) -> String {
    let mut page = format!("### Preset changes: {} → {}\n\n", safe(&report.old), safe(&report.new));
    // Writing to a text cannot fail.
    let _ = writeln!(page, "{}", safe(&text::summary(report)));
    for met in &report.met {
        let _ = write!(page, "\n> **Condition met:** {}\n", safe(met));
    }
    let changed: Vec<_> = report.changed().map(|(_, generator)| generator).collect();
    if changed.is_empty() {
        return page;
    }
    page.push_str("\n| generator | change | variants | bytes | score |\n|---|---|---|---|---|\n");
    for generator in changed.iter().take(MOST_GENERATORS) {
        let mut words: Vec<String> = generator.words.iter().map(|word| safe(word)).collect();
        match generator.change {
            Change::Added => words.insert(0, "added".to_owned()),
            Change::Removed => words.insert(0, "removed".to_owned()),
            Change::Changed => {}
        }
        let (before, after) = (&generator.before, &generator.after);
        let is_measured = !report.is_dry_run && generator.variants.all() > 0;
        let bytes =
            if is_measured { phrases::bytes(before.bytes, after.bytes) } else { String::new() };
        let _ = writeln!(
            page,
            "| **{}** | {} | {} | {bytes} | {} |",
            safe(&generator.name),
            words.join("<br>"),
            phrases::counts(generator.variants),
            phrases::scores(before, after),
        );
    }
    if let Some(more) = changed.len().checked_sub(MOST_GENERATORS + 1) {
        let _ = writeln!(page, "\n… and {} more generators.", more + 1);
    }
    if !report.is_dry_run {
        rows(report, &mut page);
    }
    page
}

fn rows(report: &Report, page: &mut String) {
    let mut rows: Vec<_> = report.generators.iter().flat_map(|generator| &generator.top).collect();
    if rows.is_empty() {
        return;
    }
    rows.sort_by(|a, b| b.extent().total_cmp(&a.extent()));
    page.push_str("\n<details><summary>What changes most</summary>\n\n");
    page.push_str("| image | variant | pixels | bytes | score |\n|---|---|---|---|---|\n");
    for row in rows.into_iter().take(MOST_ROWS) {
        let (before, after) = (row.before, row.after);
        let score = |side: Option<super::row::Figures>| side.and_then(|it| it.score);
        let bytes = match &row.error {
            Some(fault) => format!("failed: {}", safe(&fault.message)),
            None => phrases::row_bytes(before, after),
        };
        let _ = writeln!(
            page,
            "| {} | {} | {} | {bytes} | {} |",
            safe(&row.source),
            safe(&format!("{} {}", row.generator, row.label())),
            phrases::pixels(before, after),
            phrases::score(score(before), score(after)),
        );
    }
    page.push_str("\n</details>\n");
}

/// Makes a text safe: nothing in it is markup, a link or a mention.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' | '<' | '>' | '@' | ':' | '|' => {
                let _ = write!(safe, "&#{};", u32::from(letter));
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(letter);
            }
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        let hostile = "a|b\n![x](http://h/y) <img src=x> @team #1 `code` \\";
        let text = safe(hostile);
        assert!(!text.contains(['|', '\n', '<', '>', '@']), "{text}");
        assert!(!text.contains("![") && !text.contains("http:"), "{text}");
        assert!(text.contains("\\#1 \\`code\\` \\\\"), "{text}");
    }
}
