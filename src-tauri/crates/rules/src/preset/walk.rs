//! Walks a TOML document along the preset's schema and collects every fault with its place.

use std::ops::Range;

use serde_json::{Map, Value};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::preset::{
    syntax::{Finding, Part},
    walk::words::{join, quoted},
};

mod leaf;
pub(crate) mod words;

use leaf::Leaf;

/// Checks a whole document against the schema's root.
pub(super) fn walk(root: &Spanned<DeTable<'_>>, schema: &Value) -> Vec<Finding> {
    let mut walk = Walk { schema, path: Vec::new(), findings: Vec::new() };
    let leaves = walk.leaves(schema);
    if let Some(leaf) = leaves.first() {
        walk.table(root.get_ref(), &root.span(), leaf.schema);
    }
    walk.findings
}

struct Walk<'s> {
    schema: &'s Value,
    path: Vec<String>,
    findings: Vec<Finding>,
}

impl<'s> Walk<'s> {
    fn report(&mut self, span: &Range<usize>, message: String) {
        let part = Part::of_path(&self.path);
        self.findings.push(Finding { span: span.clone(), message, part });
    }

    /// What the value is called in a message: its key, or its place in a list.
    fn subject(&self) -> String {
        let mut keys = self.path.iter().rev();
        match (keys.next(), keys.next()) {
            (Some(place), Some(list)) if place.starts_with('[') => format!("{list}{place}"),
            (Some(key), _) => key.clone(),
            (None, _) => "the file".to_owned(),
        }
    }

    fn leaves(&self, schema: &'s Value) -> Vec<Leaf<'s>> {
        leaf::leaves(self.schema, schema)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &'s Value) {
        let leaves = self.leaves(schema);
        let fitting: Vec<&Leaf<'s>> =
            leaves.iter().filter(|leaf| leaf.accepts(value.get_ref())).collect();
        if fitting.is_empty() {
            let expected = join(leaf::expectations(&leaves), "or");
            let found = leaf::kind(value.get_ref());
            let message = format!("{}: expected {expected}, found {found}", self.subject());
            return self.report(&value.span(), message);
        }
        match value.get_ref() {
            DeValue::Boolean(_) | DeValue::Datetime(_) => {}
            DeValue::Array(items) => self.list(items, &value.span(), fitting[0].schema),
            DeValue::Table(table) => self.tagged(table, &value.span(), &fitting),
            single => {
                let faults: Vec<String> =
                    fitting.iter().filter_map(|leaf| leaf.fault(single).err()).collect();
                if faults.len() == fitting.len() {
                    let message = self.explain(single, &fitting, faults);
                    self.report(&value.span(), message);
                }
            }
        }
    }

    /// One sentence for a text or number that fits no alternative.
    fn explain(
        &self,
        value: &DeValue<'_>,
        leaves: &[&Leaf<'s>],
        mut faults: Vec<String>,
    ) -> String {
        let words: Vec<&str> = leaves.iter().filter_map(|leaf| leaf.word()).collect();
        let subject = self.subject();
        let Some(text) = value.as_str().filter(|_| !words.is_empty()) else {
            faults.dedup();
            return format!("{subject}: {}", faults.join("; "));
        };
        let shown = quoted(text);
        let hint = words::hint(text, &words, "it may be", "or");
        format!("{subject}: unknown word {shown}; {hint}")
    }

    fn list(&mut self, items: &[Spanned<DeValue<'_>>], span: &Range<usize>, schema: &'s Value) {
        let bound = |key| schema.get(key).and_then(Value::as_u64);
        let length = items.len() as u64;
        if let Some(most) = bound("maxItems").filter(|most| length > *most) {
            let message = format!("{}: at most {most} are allowed, found {length}", self.subject());
            return self.report(span, message);
        }
        if let Some(least) = bound("minItems").filter(|least| length < *least) {
            let message = format!("{}: at least {least} must be given", self.subject());
            self.report(span, message);
        }
        let Some(item_schema) = schema.get("items") else { return };
        for (index, item) in items.iter().enumerate() {
            self.path.push(format!("[{index}]"));
            self.value(item, item_schema);
            self.path.pop();
        }
    }

    /// A table that one of several alternatives may describe: a key with a fixed word, such as
    /// an operation's `op`, tells which.
    fn tagged(&mut self, table: &DeTable<'_>, span: &Range<usize>, leaves: &[&Leaf<'s>]) {
        if let [leaf] = leaves {
            return self.table(table, span, leaf.schema);
        }
        let Some(tag) = leaves[0].tag() else { return self.table(table, span, leaves[0].schema) };
        let words: Vec<&str> = leaves.iter().filter_map(|leaf| leaf.tag_word(tag)).collect();
        let Some(chosen) = table.get(tag) else {
            let message = format!("{}: missing key \"{tag}\"", self.subject());
            return self.report(span, message);
        };
        let Some(word) = chosen.get_ref().as_str() else {
            let found = leaf::kind(chosen.get_ref());
            return self.report(&chosen.span(), format!("{tag}: expected a text, found {found}"));
        };
        if let Some(leaf) = leaves.iter().find(|leaf| leaf.tag_word(tag) == Some(word)) {
            self.table(table, span, leaf.schema);
        } else {
            let hint = words::hint(word, &words, "it may be", "or");
            self.report(&chosen.span(), format!("unknown {tag} {}; {hint}", quoted(word)));
        }
    }

    fn table(&mut self, table: &DeTable<'_>, span: &Range<usize>, schema: &'s Value) {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        let rest = schema.get("additionalProperties").filter(|rest| rest.is_object());
        let most = schema.get("maxProperties").and_then(Value::as_u64);
        if let Some(most) = most.filter(|most| table.len() as u64 > *most) {
            let message =
                format!("{}: at most {most} are allowed, found {}", self.subject(), table.len());
            return self.report(span, message);
        }
        let least = schema.get("minProperties").and_then(Value::as_u64);
        if least.is_some_and(|least| (table.len() as u64) < least) {
            self.report(span, format!("{}: nothing is given", self.subject()));
        }
        for (key, value) in table {
            let known = properties.and_then(|known| known.get(key.get_ref().as_ref())).or(rest);
            self.path.push(key.get_ref().to_string());
            if let Some(known) = known {
                self.value(value, known);
            } else {
                let names = properties.unwrap_or(&none).keys().map(String::as_str);
                let names: Vec<&str> = names.collect();
                let message = self.unknown_key(key.get_ref(), &names);
                self.report(&key.span(), message);
            }
            self.path.pop();
        }
        let required = schema.get("required").and_then(Value::as_array);
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            if table.get(key).is_none() {
                let message = format!("{}: missing key \"{key}\"", self.subject());
                self.report(span, message);
            }
        }
    }

    fn unknown_key(&self, key: &str, known: &[&str]) -> String {
        let place = match self.path.len() {
            0 | 1 => String::new(),
            length => format!(" in {}", self.path[..length - 1].join(".").replace(".[", "[")),
        };
        let hint = words::hint(key, known, "known are", "and");
        format!("unknown key {}{place}; {hint}", quoted(key))
    }
}
