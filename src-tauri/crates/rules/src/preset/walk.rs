//! Walks a TOML document along the preset's schema and collects every fault with its place.

use std::{borrow::Cow, ops::Range};

use serde_json::{Map, Value};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::preset::{
    colors::{self, Colors},
    finding::{Findings, Part},
    model::VERSION,
    walk::words::{join, quoted, short},
};

mod leaf;
pub(crate) mod words;

use leaf::Leaf;

/// Checks a whole document against the schema's root.
pub(super) fn walk(root: &Spanned<DeTable<'_>>, schema: &Value) -> Findings {
    let colors = Some(Colors::of(root.get_ref()));
    Walk::new(schema, 0, colors).run(root)
}

/// Checks a part of a document that begins at `offset` and may lack keys.
pub(super) fn walk_part(root: &Spanned<DeTable<'_>>, schema: &Value, offset: usize) -> Findings {
    Walk::new(schema, offset, None).run(root)
}

struct Walk<'s> {
    schema: &'s Value,
    path: Vec<String>,
    findings: Findings,
    /// The byte at which the part begins, added to every offset.
    offset: usize,
    /// The colours that the whole document names. `None`: this is a part, whose missing keys are no
    /// faults and which may name any colour.
    colors: Option<Colors>,
}

impl<'s> Walk<'s> {
    fn new(schema: &'s Value, offset: usize, colors: Option<Colors>) -> Self {
        Self { schema, path: Vec::new(), findings: Findings::default(), offset, colors }
    }

    fn run(mut self, root: &Spanned<DeTable<'_>>) -> Findings {
        let leaves = self.leaves(self.schema);
        if let Some(leaf) = leaves.first() {
            self.table(root.get_ref(), &root.span(), leaf.schema);
        }
        self.findings
    }

    /// Adds a fault of the value at hand; `message` gets its path.
    fn report(&mut self, span: &Range<usize>, message: impl FnOnce(&[String]) -> String) {
        let part = Part::of_path(&self.path);
        let span = span.start + self.offset..span.end + self.offset;
        let path = &self.path;
        self.findings.add(&span, &part, || message(path));
    }

    fn leaves(&self, schema: &'s Value) -> Vec<Leaf<'s>> {
        leaf::leaves(self.schema, schema)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &'s Value) {
        let leaves = self.leaves(schema);
        let fitting: Vec<&Leaf<'s>> =
            leaves.iter().filter(|leaf| leaf.accepts(value.get_ref())).collect();
        if fitting.is_empty() {
            return self.report(&value.span(), |path| {
                let (subject, expected) = (subject(path), join(leaf::expectations(&leaves), "or"));
                format!("{subject}: expected {expected}, found {}", leaf::kind(value.get_ref()))
            });
        }
        match value.get_ref() {
            DeValue::Boolean(_) | DeValue::Datetime(_) => {}
            DeValue::Array(items) => self.list(items, &value.span(), fitting[0].schema),
            DeValue::Table(table) => self.tagged(table, &value.span(), &fitting),
            single => {
                let faults: Vec<String> =
                    fitting.iter().filter_map(|leaf| self.fault(leaf, single).err()).collect();
                if faults.len() == fitting.len() {
                    self.report(&value.span(), |path| {
                        explain(&subject(path), single, &fitting, faults)
                    });
                }
            }
        }
    }

    /// Checks a text or number against an alternative. A colour is looked up among those that the
    /// document names, but where it names them itself.
    fn fault(&self, leaf: &Leaf<'_>, value: &DeValue<'_>) -> Result<(), String> {
        let Some(text) = value.as_str().filter(|_| leaf.is_color()) else {
            return leaf.fault(value);
        };
        match &self.colors {
            _ if self.path.first().is_some_and(|key| key == "colors") => {
                Colors::default().check(text)
            }
            Some(colors) => colors.check(text),
            None if colors::name_fault(text).is_none() => Ok(()),
            None => Colors::default().check(text),
        }
    }

    fn list(&mut self, items: &[Spanned<DeValue<'_>>], span: &Range<usize>, schema: &'s Value) {
        if !self.count(items.len(), span, schema, ["minItems", "maxItems"]) {
            return;
        }
        let Some(item_schema) = schema.get("items") else { return };
        for (index, item) in items.iter().enumerate() {
            self.path.push(format!("[{index}]"));
            self.value(item, item_schema);
            self.path.pop();
        }
    }

    /// Checks a number of entries and reports too many or too few. Returns whether they are few
    /// enough to be checked one by one.
    fn count(
        &mut self,
        number: usize,
        span: &Range<usize>,
        schema: &Value,
        [least, most]: [&str; 2],
    ) -> bool {
        let bound = |key| schema.get(key).and_then(Value::as_u64);
        let number = number as u64;
        if let Some(most) = bound(most).filter(|most| number > *most) {
            self.report(span, |path| {
                format!("{}: at most {most} are allowed, found {number}", subject(path))
            });
            return false;
        }
        if let Some(least) = bound(least).filter(|least| number < *least) {
            self.report(span, |path| format!("{}: at least {least} must be given", subject(path)));
        }
        true
    }

    /// Checks a table with several alternatives, told apart by a key with a fixed word, such as an
    /// operation's `op`.
    fn tagged(&mut self, table: &DeTable<'_>, span: &Range<usize>, leaves: &[&Leaf<'s>]) {
        let tag = leaves[0].tag().filter(|_| leaves.len() > 1);
        let Some(tag) = tag else { return self.table(table, span, leaves[0].schema) };
        let Some(chosen) = table.get(tag) else { return self.missing(tag, span) };
        let Some(word) = chosen.get_ref().as_str() else {
            return self.report(&chosen.span(), |_| {
                format!("{tag}: expected a text, found {}", leaf::kind(chosen.get_ref()))
            });
        };
        if let Some(leaf) = leaves.iter().find(|leaf| leaf.tag_word(tag) == Some(word)) {
            self.table(table, span, leaf.schema);
        } else {
            self.report(&chosen.span(), |_| {
                let words: Vec<&str> =
                    leaves.iter().filter_map(|leaf| leaf.tag_word(tag)).collect();
                let hint = words::hint(word, &words, "it may be", "or");
                format!("unknown {tag} {}; {hint}", quoted(word))
            });
        }
    }

    fn table(&mut self, table: &DeTable<'_>, span: &Range<usize>, schema: &'s Value) {
        let properties = schema.get("properties").and_then(Value::as_object);
        let rest = schema.get("additionalProperties").filter(|rest| rest.is_object());
        if !self.count(table.len(), span, schema, ["minProperties", "maxProperties"]) {
            return;
        }
        for (key, value) in table {
            if self.path == ["colors"]
                && let Some(fault) = colors::name_fault(key.get_ref())
            {
                let name = quoted(key.get_ref());
                self.report(&key.span(), |_| format!("the colour's name {name} {fault}"));
            }
            self.path.push(key.get_ref().to_string());
            match properties.and_then(|known| known.get(key.get_ref().as_ref())).or(rest) {
                Some(known) => self.value(value, known),
                None => self.unknown(key, properties),
            }
            self.path.pop();
        }
        let required = schema.get("required").and_then(Value::as_array);
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            if table.get(key).is_none() {
                self.missing(key, span);
            }
        }
    }

    fn unknown(&mut self, key: &Spanned<Cow<'_, str>>, properties: Option<&Map<String, Value>>) {
        let known: Vec<&str> =
            properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
        self.report(&key.span(), |path| {
            let place: Vec<_> = path[..path.len() - 1].iter().map(|key| short(key)).collect();
            let place = place.join(".").replace(".[", "[");
            let place = if place.is_empty() { place } else { format!(" in {place}") };
            let hint = words::hint(key.get_ref(), &known, "known are", "and");
            format!("unknown key {}{place}; {hint}", quoted(key.get_ref()))
        });
    }

    fn missing(&mut self, key: &str, span: &Range<usize>) {
        if self.colors.is_none() {
            return;
        }
        self.path.push(key.to_owned());
        self.report(span, |path| match &path[..path.len() - 1] {
            [] if key == "version" => {
                format!("the file does not say its version; begin it with \"version = {VERSION}\"")
            }
            table => format!("{}: missing key \"{key}\"", subject(table)),
        });
        self.path.pop();
    }
}

/// Names the value at a path for a message: its key, or its place in a list.
fn subject(path: &[String]) -> String {
    let mut keys = path.iter().rev();
    match (keys.next(), keys.next()) {
        (Some(place), Some(list)) if place.starts_with('[') => format!("{}{place}", short(list)),
        (Some(key), _) => short(key).into_owned(),
        (None, _) => "the file".to_owned(),
    }
}

/// Builds one sentence about a text or number that fits no alternative.
fn explain(
    subject: &str,
    value: &DeValue<'_>,
    leaves: &[&Leaf<'_>],
    mut faults: Vec<String>,
) -> String {
    let words: Vec<&str> = leaves.iter().filter_map(|leaf| leaf.word()).collect();
    let Some(text) = value.as_str().filter(|_| !words.is_empty()) else {
        faults.dedup();
        return format!("{subject}: {}", faults.join("; "));
    };
    let hint = words::hint(text, &words, "it may be", "or");
    format!("{subject}: unknown word {}; {hint}", quoted(text))
}
