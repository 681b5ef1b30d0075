//! A report as a page of HTML that needs nothing but itself: pictures are in it, its only script
//! has a nonce, and its policy allows nothing from outside.

mod figure;

use std::fmt::Write as _;

use cropmark_rules::ContentHash;

use super::{
    pairs::Change,
    phrases,
    pictures::{MOST_BYTES, MOST_EACH, MOST_PAIRS, MOST_TOGETHER, Pair},
    report::{GeneratorReport, Report},
    row::Row,
};
use crate::{html_text::escaped, terminal};

/// How such a page begins.
const BEGINNING: &str = "<!doctype html><!-- cropmark diff -->";

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes a report as a page.
pub(super) fn page(report: &Report) -> String {
    let body = body(report);
    // Who writes a name into the page cannot know the hash of the page with that name.
    let nonce = ContentHash::of(body.as_bytes());
    let (old, new) = (escaped(&report.old), escaped(&report.new));
    format!(
        "{BEGINNING}\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Preset changes: {old} → {new}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         {body}<script nonce=\"{nonce}\">\n{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

fn body(report: &Report) -> String {
    let mut body = String::new();
    // Writing to a text cannot fail.
    let _ = write!(
        body,
        "<header>\n<h1>Preset changes</h1>\n<p class=\"soft\"><code>{}</code> → <code>{}</code>, on {} \
         in <code>{}</code>{}</p>\n</header>\n<main>\n",
        escaped(&report.old),
        escaped(&report.new),
        terminal::count(report.assets, "image", "images"),
        escaped(&report.on),
        match report.unreadable {
            0 => String::new(),
            count => format!("; {} could not be read", terminal::count(count, "file", "files")),
        },
    );
    if !report.met.is_empty() {
        body.push_str("<div class=\"met\" role=\"alert\">\n");
        for met in &report.met {
            let _ = writeln!(body, "<p><b>Condition met:</b> {}</p>", escaped(met));
        }
        body.push_str("</div>\n");
    }
    tiles(report, &mut body);
    let changed: Vec<_> = report.changed().collect();
    if changed.is_empty() {
        body.push_str("<p>No rule changes, and no variant does.</p>\n");
    } else if changed.len() > 1 {
        overview(report, &changed, &mut body);
    }
    let pictures = report.pictures.fitting();
    for (index, generator) in changed {
        let pairs = pictures.get(&index).map(Vec::as_slice).unwrap_or_default();
        section(report, (index, generator), pairs, &mut body);
    }
    let _ = write!(
        body,
        "</main>\n<footer>Scores are SSIMULACRA2 against the pixels before encoding: 90 cannot be told \
         from them, 70 is high, 50 medium quality. Of each generator at most {MOST_EACH} images are \
         shown, those that change most; {MOST_PAIRS} in all, of at most {} each and {} together.</footer>\n",
        terminal::size(MOST_BYTES),
        terminal::size(MOST_TOGETHER as u64),
    );
    body
}

fn tiles(report: &Report, body: &mut String) {
    let (before, after) = (&report.before, &report.after);
    let mut tile = |name: &str, value: &str| {
        let _ = writeln!(body, "<div><dt>{name}</dt><dd>{value}</dd></div>");
    };
    let mut tiles = vec![("Variants", phrases::counts(report.variants))];
    if report.differing > 0 {
        tiles.push(("Images", format!("{} of {}", report.differing, report.assets)));
    }
    if !report.is_dry_run && report.variants.all() > 0 {
        tiles.push(("Bytes of these", bytes(before.bytes, after.bytes)));
        tiles.push(("Score", phrases::scores(before, after)));
    }
    tiles.retain(|(_, value)| !value.is_empty());
    tile("Generators that change", &report.changed().count().to_string());
    for (name, value) in &tiles {
        tile(name, value);
    }
    let start = body.find("<div><dt>Generators").unwrap_or_default();
    body.insert_str(start, "<dl class=\"tiles\">\n");
    body.push_str("</dl>\n");
}

fn overview(report: &Report, changed: &[(usize, &GeneratorReport)], body: &mut String) {
    body.push_str(
        "<section aria-label=\"Generators\">\n<table>\n<thead><tr><th>Generator</th><th>Variants</th>\
         <th>Bytes</th><th>Score</th></tr></thead>\n<tbody>\n",
    );
    for (index, generator) in changed {
        let (before, after) = (&generator.before, &generator.after);
        let has_figures = !report.is_dry_run && generator.variants.all() > 0;
        let sum = if has_figures { bytes(before.bytes, after.bytes) } else { String::new() };
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\"><a href=\"#g{index}\">{}</a></th><td data-label=\"Variants\">{}</td>\
             <td data-label=\"Bytes\">{sum}</td><td data-label=\"Score\">{}</td></tr>",
            escaped(&generator.name),
            phrases::counts(generator.variants),
            phrases::scores(before, after),
        );
    }
    body.push_str("</tbody>\n</table>\n</section>\n");
}

fn section(
    report: &Report,
    (index, generator): (usize, &GeneratorReport),
    pairs: &[&Pair],
    body: &mut String,
) {
    let change = match generator.change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
    };
    let _ = write!(
        body,
        "<section id=\"g{index}\">\n<div class=\"name\"><h2>{}</h2><span class=\"badge\">{change}</span>\
         <span class=\"soft\">{}</span></div>\n",
        escaped(&generator.name),
        escaped(&generator.file),
    );
    if !generator.words.is_empty() {
        let words = generator.words.iter().map(|word| format!("<li>{}</li>\n", escaped(word)));
        let _ = writeln!(body, "<ul>\n{}</ul>", words.collect::<String>());
    }
    let mut figures = vec![format!("Variants: {}", phrases::counts(generator.variants))];
    if !report.is_dry_run && generator.variants.all() > 0 {
        let (before, after) = (&generator.before, &generator.after);
        figures.push(bytes(before.bytes, after.bytes));
        let scores = phrases::scores(before, after);
        figures.extend((!scores.is_empty()).then(|| format!("score {scores}")));
    }
    let _ = writeln!(body, "<p class=\"soft\">{}</p>", figures.join(" · "));
    if !pairs.is_empty() {
        body.push_str("<div class=\"pairs\">\n");
        for pair in pairs {
            figure::figure(pair, body);
        }
        body.push_str("</div>\n");
    }
    if !report.is_dry_run && !generator.top.is_empty() {
        rows(&generator.top, body);
    }
    body.push_str("</section>\n");
}

fn rows(rows: &[Row], body: &mut String) {
    body.push_str(
        "<details>\n<summary>Variants that change most</summary>\n<table>\n<thead><tr><th>Image</th>\
         <th>Variant</th><th>Pixels</th><th>Bytes</th><th>Score</th></tr></thead>\n<tbody>\n",
    );
    for row in rows {
        let (before, after) = (row.before, row.after);
        let size = match (&row.error, before.zip(after)) {
            (Some(fault), _) => format!("<span class=\"worse\">{}</span>", escaped(&fault.message)),
            (None, Some((before, after))) => bytes(before.bytes, after.bytes),
            (None, None) => phrases::row_bytes(before, after),
        };
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td data-label=\"Variant\">{}</td><td data-label=\"Pixels\">{}\
             </td><td data-label=\"Bytes\">{size}</td><td data-label=\"Score\">{}</td></tr>",
            escaped(&row.source),
            escaped(&row.label()),
            phrases::pixels(before, after),
            phrases::score(before.and_then(|it| it.score), after.and_then(|it| it.score)),
        );
    }
    body.push_str("</tbody>\n</table>\n</details>\n");
}

/// Bytes before and after, the change coloured.
fn bytes(before: u64, after: u64) -> String {
    let class = if after > before { "worse" } else { "better" };
    let text = format!("{} → {}", terminal::size(before), terminal::size(after));
    match phrases::percent(before, after) {
        Some(percent) => format!("{text} <span class=\"{class}\">({percent})</span>"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        let hostile = "</title><script>alert(1)</script>\" onload='x' \u{0}";
        let report = Report::new((hostile, hostile), hostile.to_owned(), &[], false);
        let page = page(&report);
        assert!(page.starts_with(BEGINNING));
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        assert!(!page.contains("alert(1)</script>") && !page.contains("onload='x'"), "{page}");
        assert!(!page.contains('\u{0}'));
    }

    #[test]
    fn the_nonce_follows_from_the_page() {
        let nonce = |old: &str| {
            let page = page(&Report::new((old, "b"), String::new(), &[], false));
            let at = page.find("'nonce-").unwrap();
            page[at..at + 71].to_owned()
        };
        assert_ne!(nonce("a"), nonce("c"));
        assert_eq!(nonce("a"), nonce("a"));
    }
}
