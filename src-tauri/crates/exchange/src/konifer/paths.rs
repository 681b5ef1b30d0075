//! Path rules: which profiles are made eagerly for which paths. A more specific path inherits from
//! the paths that contain it, and a list of its own replaces theirs.

use cropmark_rules::preset::{Generator, OneOrMany};

use crate::{
    notes::{Notes, shown},
    tree::Node,
};

/// A path and the profiles that it makes eagerly.
pub(super) struct PathRule {
    /// The pattern below the opened folder.
    pattern: String,
    profiles: Vec<String>,
}

/// The most paths whose inheritance is worked out.
const MAX_PATHS: usize = 1000;

/// What a path rule may say that is about the server.
const OF_SERVER: [&str; 8] = [
    "object-store",
    "bucket",
    "return-format",
    "cache-control",
    "upload-ruleset",
    "path",
    "signed-urls",
    "labels",
];

pub(super) fn read(paths: &[(String, &Node)], notes: &mut Notes) -> Vec<PathRule> {
    let mut rules = Vec::new();
    for (path, node) in paths {
        if rules.len() >= MAX_PATHS {
            notes.add(node.line, format!("paths: only {MAX_PATHS} are translated"));
            break;
        }
        let transform = node.get("transform");
        let own = transform.and_then(|transform| transform.get("eager-variants"));
        let own = own.or_else(|| node.get("eager-variants"));
        let names = own.map_or(&[][..], Node::items).iter().filter_map(Node::text);
        let profiles: Vec<String> = names.map(str::to_owned).collect();
        if own.is_some() {
            rules.push(PathRule { pattern: pattern(path), profiles });
        }
        for (key, node) in node.entries() {
            rest(key, node, notes);
        }
        for (key, node) in transform.map_or(&[][..], Node::entries) {
            of_transform(key, node, notes);
        }
    }
    rules
}

/// A path of Konifer as a pattern of files.
fn pattern(path: &str) -> String {
    let path = path.trim_start_matches('/').trim_end_matches('/');
    if path.is_empty() || path == "**" { "**".to_owned() } else { path.to_owned() }
}

fn rest(key: &str, node: &Node, notes: &mut Notes) {
    let message = match key {
        "transform" | "eager-variants" => return,
        "image" => "image.lqip: placeholders are made by the sheet of the window",
        "allowed-content-types" | "max-width" | "max-height" | "preprocessing" => {
            "what is uploaded is not restricted or changed here"
        }
        key if OF_SERVER.contains(&key) => {
            if key != "path" {
                notes.add(node.line, format!("{key}: is about the server, not about pictures"));
            }
            return;
        }
        _ => "has no counterpart",
    };
    notes.add(node.line, format!("{}: {message}", shown(key)));
}

fn of_transform(key: &str, node: &Node, notes: &mut Notes) {
    let message = match key {
        "eager-variants" => return,
        "preprocessing" if node.get("enabled").and_then(Node::flag) == Some(false) => return,
        "preprocessing" => "originals are never changed here; make a generator of it",
        "on-demand-variant" => "which variants are made is not restricted here",
        "expire" => "the oldest variants are removed when the cache is full",
        _ => "has no counterpart",
    };
    notes.add(node.line, format!("{}: {message}", shown(key)));
}

/// Makes a generator eager for the paths that name its profile.
pub(super) fn make_eager(
    rules: &[PathRule],
    generator: &mut Generator,
    line: usize,
    notes: &mut Notes,
) {
    let names = |rule: &&PathRule| rule.profiles.contains(&generator.name);
    let taken: Vec<&str> = rules.iter().filter(names).map(|it| it.pattern.as_str()).collect();
    if taken.is_empty() {
        return;
    }
    generator.eager = true;
    let is_within = |inner: &str| {
        taken.iter().any(|outer| {
            let folder = outer.strip_suffix("**").unwrap_or(outer);
            inner != *outer && outer.ends_with("**") && inner.starts_with(folder)
        })
    };
    let others = rules.iter().filter(|rule| !names(rule) && is_within(&rule.pattern));
    let excluded: Vec<String> = others.map(|rule| rule.pattern.clone()).collect();
    if !excluded.is_empty() {
        generator.matching.exclude = OneOrMany::Many(excluded).into();
    }
    if taken.contains(&"**") {
        return;
    }
    generator.matching.path =
        OneOrMany::Many(taken.into_iter().map(str::to_owned).collect()).into();
    let message = "eager-variants: the profile is for every path on demand, and eager for these; \
                   here the generator is for these";
    notes.add(line, message);
}
