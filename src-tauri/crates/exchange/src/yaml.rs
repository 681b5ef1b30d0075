//! Reads YAML into a tree. Aliases are not followed, so that a text cannot grow.

use saphyr_parser::{Event, Parser, Span};

use crate::{
    notes::Notes,
    translated::Unusable,
    tree::{MAX_DEPTH, MAX_NODES, Node, Value},
};

/// A list or table whose end is not reached.
enum Open {
    List(usize, Vec<Node>),
    Map(usize, Vec<(String, Node)>, Option<String>),
}

/// Reads the first document of a text.
pub(crate) fn parse(text: &str, notes: &mut Notes) -> Result<Node, Unusable> {
    let mut reader = Reader { open: Vec::new(), root: None, nodes: 0, notes };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Unusable::Syntax {
            line: error.marker().line(),
            message: format!("this is not valid YAML: {}", error.info()),
        })?;
        if matches!(event, Event::DocumentEnd) {
            break;
        }
        reader.event(event, line(span))?;
    }
    reader.root.ok_or(Unusable::Nothing("value"))
}

fn line(span: Span) -> usize {
    span.start.line()
}

struct Reader<'n> {
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    notes: &'n mut Notes,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, line: usize) -> Result<(), Unusable> {
        let refused = |message: &str| Unusable::Syntax { line, message: message.to_owned() };
        if self.nodes >= MAX_NODES {
            return Err(refused("the file has more values than can be translated"));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(refused("values are nested more deeply than can be translated"));
        }
        match event {
            Event::Scalar(text, style, _, _) => {
                let is_plain = style == saphyr_parser::ScalarStyle::Plain;
                let is_null = is_plain && matches!(&*text, "" | "~" | "null");
                let value = if is_null { Value::Null } else { Value::Text(text.into_owned()) };
                self.put(Node::new(line, value));
            }
            Event::Alias(_) => {
                self.notes.add(line, "an alias (*) is not followed; write the value out");
                self.put(Node::new(line, Value::Null));
            }
            Event::SequenceStart(..) => self.open.push(Open::List(line, Vec::new())),
            Event::MappingStart(..) => self.open.push(Open::Map(line, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(line, items)) => self.put(Node::new(line, Value::List(items))),
                Some(Open::Map(line, entries, _)) => self.put(Node::new(line, Value::Map(entries))),
                None => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn put(&mut self, node: Node) {
        self.nodes += 1;
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key)) => match key.take() {
                // A key that is a list or a table has no name.
                None => *key = Some(node.text().unwrap_or_default().to_owned()),
                Some(key) => entries.push((key, node)),
            },
        }
    }
}
