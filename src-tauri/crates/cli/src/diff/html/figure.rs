//! Two pictures with a slider between them, or those that there are beside each other.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::bytes;
use crate::diff::{
    phrases,
    pictures::{Pair, Picture},
};
use crate::html_text::escaped;

/// Shapes that differ by less are shown over each other.
const SAME_SHAPE: f64 = 0.01;

/// Writes the figure of a pair.
pub(super) fn figure(pair: &Pair, body: &mut String) {
    let (before, after) = (pair.before.as_ref(), pair.after.as_ref());
    let Some(shown) = after.or(before) else { return };
    let row = &pair.row;
    let name = format!("{} {}", row.source, row.label());
    let is_slider = before.zip(after).is_some_and(|(a, b)| {
        let (a, b) = (shape(a), shape(b));
        (a / b - 1.0).abs() < SAME_SHAPE
    });
    let columns = if is_slider || before.xor(after).is_some() { 1 } else { 2 };
    let width = shown.figures.width * columns;
    // No higher than the window, so that both ends of the slider are in sight.
    let height = 80.0 * shape(shown) * f64::from(columns);
    let class = if is_slider { "stage slider" } else { "stage" };
    // Writing to a text cannot fail.
    let _ = writeln!(
        body,
        "<figure style=\"width:min(100%, {width}px, max({height:.1}vh, 280px))\">\n<div class=\"{class}\">"
    );
    if is_slider {
        picture(after, "After", &name, body);
        picture(before, "Before", &name, body);
        let _ = writeln!(
            body,
            "<input type=\"range\" min=\"0\" max=\"100\" value=\"50\" aria-label=\"Before and after: {}\">",
            escaped(&name)
        );
    } else {
        picture(before, "Before", &name, body);
        picture(after, "After", &name, body);
    }
    let (from, to) = (row.before, row.after);
    let mut facts = vec![format!("<b>{}</b> {}", escaped(&row.source), escaped(&row.label()))];
    facts.push(phrases::pixels(from, to));
    facts.push(match from.zip(to) {
        Some((from, to)) => bytes(from.bytes, to.bytes),
        None => phrases::row_bytes(from, to),
    });
    let score = phrases::score(from.and_then(|it| it.score), to.and_then(|it| it.score));
    facts.extend((!score.is_empty()).then(|| format!("score {score}")));
    let _ = writeln!(body, "</div>\n<figcaption>{}</figcaption>\n</figure>", facts.join(" · "));
}

fn shape(picture: &Picture) -> f64 {
    f64::from(picture.figures.width) / f64::from(picture.figures.height.max(1))
}

fn picture(picture: Option<&Picture>, tag: &str, name: &str, body: &mut String) {
    let Some(picture) = picture else { return };
    let _ = writeln!(
        body,
        "<div class=\"shot {}\"><img width=\"{}\" height=\"{}\" alt=\"{tag}: {}\" draggable=\"false\" \
         src=\"data:{};base64,{}\"><span class=\"tag\" aria-hidden=\"true\">{tag}</span></div>",
        tag.to_ascii_lowercase(),
        picture.figures.width,
        picture.figures.height,
        escaped(name),
        picture.format.facts().media_type,
        STANDARD.encode(&picture.bytes),
    );
}
