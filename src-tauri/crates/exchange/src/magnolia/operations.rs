//! The operations of a chain, by their classes.

use cropmark_rules::{
    Operation, Subsample,
    operation::{Fit, Resize, Text},
    preset::Generator,
    value::{Color, Gravity, Length},
};

use super::class;
use crate::{
    notes::{Notes, shown},
    number,
    tree::Node,
};

/// Adds what an operation does to a generator.
pub(super) fn apply(node: &Node, generator: &mut Generator, notes: &mut Notes) {
    let made = match class(node) {
        "BoundedResize" => bounded(node, notes),
        "AutoCropAndResize" => cropped(node, notes),
        "FixedText" => text(node, None, generator, notes),
        "TextFromNode" => {
            let property = ["propertyName", "property", "nodeDataName"];
            let name = property.iter().find_map(|key| node.get(key)).and_then(Node::text);
            text(node, Some(name.unwrap_or("text")), generator, notes)
        }
        class if is_loader(class) => {
            load(node, generator, notes);
            None
        }
        "" => {
            notes.add(node.line, "an operation has no class");
            None
        }
        class => {
            notes.add(node.line, format!("class: {} has no counterpart", shown(class)));
            None
        }
    };
    generator.operations.extend(made.map(Into::into));
}

/// Whether a class takes the image in, which the program does by itself.
fn is_loader(class: &str) -> bool {
    class.starts_with("From") || class.ends_with("ImageLoader")
}

fn unknown(node: &Node, known: &[&str], notes: &mut Notes) {
    for (key, inner) in node.entries() {
        if !known.contains(&key.as_str()) && !matches!(key.as_str(), "class" | "enabled") {
            notes.add(inner.line, format!("{}: has no counterpart", shown(key)));
        }
    }
}

/// A number of pixels above 0; what is not above 0 means that the side is free.
fn side(node: &Node, key: &str, notes: &mut Notes) -> Option<Length> {
    let inner = node.get(key)?;
    let Some(number) = inner.number() else {
        notes.add(inner.line, format!("{key}: is not a number"));
        return None;
    };
    (number > 0.0).then_some(Length::Pixels(number))
}

/// Resizes into bounds; enlarges unless `expand` is false.
fn bounded(node: &Node, notes: &mut Notes) -> Option<Operation> {
    unknown(node, &["maxWidth", "maxHeight", "expand"], notes);
    let width = side(node, "maxWidth", notes);
    let height = side(node, "maxHeight", notes);
    let enlarge = node.get("expand").and_then(Node::flag).unwrap_or(true);
    if width.is_none() && height.is_none() {
        notes.add(node.line, "BoundedResize: has neither maxWidth nor maxHeight");
        return None;
    }
    Some(Operation::Resize(Resize { width, height, enlarge, ..Resize::default() }))
}

/// Resizes to a size and cuts what hangs over.
fn cropped(node: &Node, notes: &mut Notes) -> Option<Operation> {
    unknown(node, &["targetWidth", "targetHeight", "resizer"], notes);
    let width = side(node, "targetWidth", notes);
    let height = side(node, "targetHeight", notes);
    if width.is_none() && height.is_none() {
        notes.add(node.line, "AutoCropAndResize: has neither targetWidth nor targetHeight");
        return None;
    }
    let fit = if width.is_some() && height.is_some() { Fit::Cover } else { Fit::Inside };
    Some(Operation::Resize(Resize { fit, width, height, enlarge: true, ..Resize::default() }))
}

/// Reads how the image is taken in: only subsampling has a counterpart.
fn load(node: &Node, generator: &mut Generator, notes: &mut Notes) {
    for (key, inner) in node.entries() {
        if key.eq_ignore_ascii_case("subsampling") {
            let whole = |key: &str| {
                let number = inner.get(key).and_then(Node::text).and_then(number::whole);
                number.filter(|number| *number > 0)
            };
            let pixels = |key: &str| whole(key).and_then(|number| u32::try_from(number).ok());
            let subsample = Subsample {
                width: pixels("width"),
                height: pixels("height"),
                memory: whole("memory").or_else(|| whole("maxMemory")),
                fail_if_unsupported: inner
                    .get("failIfUnsupported")
                    .and_then(Node::flag)
                    .unwrap_or(true),
            };
            if subsample.width.is_some() || subsample.height.is_some() || subsample.memory.is_some()
            {
                generator.source.subsample = Some(subsample);
            } else {
                notes.add(inner.line, "subsampling: has no width, height or memory");
            }
        } else if key == "backgroundColor" {
            notes.add(inner.line, "backgroundColor: has no counterpart while an image is read");
        }
    }
}

fn text(
    node: &Node,
    property: Option<&str>,
    generator: &mut Generator,
    notes: &mut Notes,
) -> Option<Operation> {
    let keys = [
        "text",
        "textStyle",
        "horizontalAlign",
        "verticalAlign",
        "x",
        "y",
        "propertyName",
        "property",
        "nodeDataName",
        "textRenderer",
    ];
    unknown(node, &keys, notes);
    let text = if let Some(property) = property {
        let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
        let name: String = property.chars().map(plain).take(60).collect();
        generator.parameters.insert(name.clone(), String::new());
        let message = format!("TextFromNode: the text is given by the parameter {name}");
        notes.add(node.line, message);
        format!("{{{name}}}")
    } else {
        let text = node.get("text").and_then(Node::text).unwrap_or_default();
        text.replace('{', "{{").replace('}', "}}")
    };
    if text.is_empty() {
        notes.add(node.line, "FixedText: has no text");
        return None;
    }
    let offset = |key: &str| node.get(key).and_then(Node::number).unwrap_or_default();
    let mut rule = Text {
        text,
        gravity: gravity(node, notes),
        x: Length::Pixels(offset("x")),
        y: Length::Pixels(offset("y")),
        color: Color::BLACK,
        ..Text::default()
    };
    if let Some(style) = node.get("textStyle") {
        self::style(style, &mut rule, notes);
    }
    Some(Operation::Text(rule))
}

fn gravity(node: &Node, notes: &mut Notes) -> Gravity {
    let word = |key: &str| node.get(key).and_then(Node::text).map(str::to_ascii_lowercase);
    let across = word("horizontalAlign").unwrap_or_else(|| "left".to_owned());
    let down = word("verticalAlign").unwrap_or_else(|| "bottom".to_owned());
    match (across.as_str(), down.as_str()) {
        ("left", "top") => Gravity::NorthWest,
        ("left", "middle" | "center") => Gravity::West,
        ("left", "bottom") => Gravity::SouthWest,
        ("center", "top") => Gravity::North,
        ("center", "middle" | "center") => Gravity::Center,
        ("center", "bottom") => Gravity::South,
        ("right", "top") => Gravity::NorthEast,
        ("right", "middle" | "center") => Gravity::East,
        ("right", "bottom") => Gravity::SouthEast,
        _ => {
            let message = format!("{} and {} are no alignments", shown(&across), shown(&down));
            notes.add(node.line, message);
            Gravity::SouthWest
        }
    }
}

fn style(node: &Node, rule: &mut Text, notes: &mut Notes) {
    for (key, inner) in node.entries() {
        let text = inner.text().unwrap_or_default();
        match key.as_str() {
            "fontName" => text.clone_into(&mut rule.font),
            "fontSize" => match inner.number().filter(|size| *size >= 1.0) {
                Some(size) => rule.size = Length::Pixels(size),
                None => notes.add(inner.line, format!("fontSize: {} is no size", shown(text))),
            },
            "color" => match text.parse() {
                Ok(color) => rule.color = color,
                Err(_) => notes.add(inner.line, format!("color: {} is no colour", shown(text))),
            },
            "fontStyle" if matches!(text, "0" | "plain" | "PLAIN") => {}
            key => notes.add(inner.line, format!("{}: has no counterpart", shown(key))),
        }
    }
}
