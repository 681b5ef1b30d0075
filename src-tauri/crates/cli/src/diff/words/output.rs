//! What differs in the files that are written.

use cropmark_rules::{Encoding, FormatRule, canonical, preset::OutputRules};
use serde_json::{Map, Value};

use super::{json, value};

/// Adds a phrase for each difference between two outputs.
pub(super) fn changes(old: &OutputRules, new: &OutputRules, words: &mut Vec<String>) {
    let (from, to) = (encodings(old), encodings(new));
    let lacks = |all: &[Encoding], one: &Encoding| all.iter().all(|it| it.format != one.format);
    let added: Vec<_> = to.iter().filter(|it| lacks(&from, it)).map(name).collect();
    let removed: Vec<_> = from.iter().filter(|it| lacks(&to, it)).map(name).collect();
    if let ([a], [b], [_], [_]) = (&removed[..], &added[..], &from[..], &to[..]) {
        words.push(format!("format {a} → {b}"));
        return;
    }
    words.extend(added.iter().map(|format| format!("format {format} added")));
    words.extend(removed.iter().map(|format| format!("format {format} removed")));
    let common = from.iter().filter_map(|a| Some((a, to.iter().find(|b| a.format == b.format)?)));
    let changed = |(a, b): (&Encoding, &Encoding)| {
        let mut words = Vec::new();
        if a != b {
            match a.format {
                FormatRule::Named(_) => value::changes("", &numbers(a), &numbers(b), &mut words),
                _ => value::changes("", &written(old), &written(new), &mut words),
            }
        }
        (name(a), words)
    };
    let changed: Vec<(String, Vec<String>)> = common.map(changed).collect();
    let Some((_, first)) = changed.first() else { return };
    if changed.iter().all(|(_, words)| words == first) {
        words.extend(first.iter().cloned());
        return;
    }
    for (format, own) in changed {
        words.extend(own.into_iter().map(|word| format!("{format} {word}")));
    }
}

fn encodings(rules: &OutputRules) -> Vec<Encoding> {
    let all = rules.encodings(|format| format);
    all.into_iter().map(canonical::encoding).collect()
}

fn name(encoding: &Encoding) -> String {
    json(&encoding.format).as_str().unwrap_or_default().to_owned()
}

/// The options of an encoding, with the quality that its format has where none is given.
fn numbers(encoding: &Encoding) -> Value {
    let mut options = match json(encoding) {
        Value::Object(options) => options,
        _ => Map::new(),
    };
    options.remove("format");
    if let FormatRule::Named(format) = encoding.format
        && encoding.quality.is_none()
        && encoding.target_score.is_none()
        && encoding.has_quality(format)
    {
        options.insert("quality".to_owned(), Encoding::default_quality(format).into());
    }
    Value::Object(options)
}

/// The options as the preset writes them.
fn written(rules: &OutputRules) -> Value {
    json(&OutputRules { format: None, ..rules.clone() })
}
