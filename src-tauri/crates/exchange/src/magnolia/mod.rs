//! Magnolia: image generators (operation chains) and the variations of themes, in YAML.
//!
//! Classes are known by the last part of their names. A generator and a variation each become a
//! generator.

mod export;
mod operations;

use cropmark_rules::{
    Format, FormatRule, Operation,
    operation::{Fit, Resize},
    preset::{ByFormat, Generator, OneOrMany},
    value::Length,
};

pub(crate) use export::export;

use crate::{
    draft::Draft,
    notes::{Notes, shown},
    translated::{Translated, Unusable},
    tree::{Node, Value},
    yaml,
};

pub(crate) fn import(text: &str) -> Result<Translated, Unusable> {
    let mut notes = Notes::default();
    let root = yaml::parse(text, &mut notes)?;
    let mut found = Vec::new();
    parts(&root, 0, &mut found, &mut notes);
    let mut draft = Draft::default();
    for generator in found {
        draft.add(generator.0, generator.1, &mut notes);
    }
    draft.finish("generator or variation", notes)
}

/// Finds generators and variations, however deep the module's file has them.
fn parts(node: &Node, depth: usize, found: &mut Vec<(usize, Generator)>, notes: &mut Notes) {
    if node.get("operations").is_some() {
        found.push((node.line, chain("generator", node, notes)));
        return;
    }
    for (key, inner) in node.entries() {
        match key.as_str() {
            "generators" => {
                let of = |(name, node): &(String, Node)| (node.line, chain(name, node, notes));
                found.extend(inner.entries().iter().map(of));
            }
            "variations" => {
                let of = |(name, node): &(String, Node)| variation(name, node, notes);
                found.extend(inner.entries().iter().filter_map(of));
            }
            "config" | "imaging" | "modules" if depth < 5 => parts(inner, depth + 1, found, notes),
            "class" | "enabled" => {}
            key if depth == 0 => {
                notes.add(inner.line, format!("{}: has no counterpart", shown(key)));
            }
            key => notes.add(inner.line, format!("{}: has no counterpart", shown(key))),
        }
    }
}

/// The last part of a class's name.
fn class(node: &Node) -> &str {
    let name = node.get("class").and_then(Node::text).unwrap_or_default();
    name.trim_start_matches('$').rsplit(['.', ':']).next().unwrap_or_default()
}

fn chain(name: &str, node: &Node, notes: &mut Notes) -> Generator {
    let mut generator = Generator { name: name.to_owned(), ..Generator::default() };
    for (key, inner) in node.entries() {
        match key.as_str() {
            "class" => {
                let class = class(node);
                if class != "ImageOperationChain" {
                    notes.add(inner.line, format!("class: {} has no counterpart", shown(class)));
                }
            }
            "operations" => {
                let of_table = inner.entries().iter().map(|(_, node)| node);
                for node in of_table.chain(inner.items()) {
                    operations::apply(node, &mut generator, notes);
                }
            }
            "outputFormat" => output(inner, &mut generator, notes),
            "parameterProviderFactory" => {
                let message = "parameterProviderFactory: which content is taken is not known \
                               here; match says which images a generator takes";
                notes.add(inner.line, message);
            }
            "enabled" => {}
            key => notes.add(inner.line, format!("{}: has no counterpart", shown(key))),
        }
    }
    generator
}

fn output(node: &Node, generator: &mut Generator, notes: &mut Notes) {
    for (key, inner) in node.entries() {
        let text = inner.text().unwrap_or_default();
        match key.as_str() {
            "formatName" => match text.to_ascii_lowercase().as_str() {
                "jpg" | "jpeg" => generator.output.format = one(Format::Jpeg),
                name => match Format::named(name).filter(|format| format.facts().is_output) {
                    Some(format) => generator.output.format = one(format),
                    None => {
                        notes
                            .add(inner.line, format!("formatName: {} is not written", shown(text)));
                    }
                },
            },
            "quality" => match text.parse::<u8>() {
                Ok(quality) if (1..=100).contains(&quality) => {
                    generator.output.quality = Some(ByFormat::All(quality));
                }
                _ => {
                    notes.add(inner.line, format!("quality: {} is not from 1 to 100", shown(text)));
                }
            },
            "progressive" => generator.output.progressive = inner.flag(),
            key => notes.add(inner.line, format!("{}: has no counterpart", shown(key))),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the output's key may be left out")]
fn one(format: Format) -> Option<OneOrMany<FormatRule>> {
    Some(OneOrMany::One(FormatRule::Named(format)))
}

/// A variation of a theme: one side resizes, two sides cut to their ratio.
fn variation(name: &str, node: &Node, notes: &mut Notes) -> Option<(usize, Generator)> {
    let mut generator = Generator { name: name.to_owned(), ..Generator::default() };
    let side = |key: &str| {
        let number = node.get(key).and_then(Node::number).filter(|side| *side > 0.0);
        number.map(Length::Pixels)
    };
    let (width, height) = (side("width"), side("height"));
    for (key, inner) in node.entries() {
        match key.as_str() {
            "width" | "height" | "enabled" => {}
            "class" if class(node).contains("Variation") => {}
            "outputFormat" => output(inner, &mut generator, notes),
            key => notes.add(inner.line, format!("{}: has no counterpart", shown(key))),
        }
    }
    if width.is_none() && height.is_none() {
        let is_empty = matches!(node.value, Value::Null);
        let message = if is_empty { "is empty" } else { "has neither width nor height" };
        notes.add(node.line, format!("{}: {message}", shown(name)));
        return None;
    }
    let fit = if width.is_some() && height.is_some() { Fit::Cover } else { Fit::Inside };
    let resize = Resize { fit, width, height, enlarge: true, ..Resize::default() };
    generator.operations.push(Operation::Resize(resize).into());
    Some((node.line, generator))
}

#[cfg(test)]
mod tests;
