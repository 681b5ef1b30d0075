//! The syntax of a TOML text: statements, keys and values with their ranges of bytes, and which
//! of them a path of keys leads to.
//!
//! Only for texts that are TOML: of others it finds a part only.

use std::{borrow::Cow, collections::HashMap, iter::Peekable, ops::Range, vec};

use toml_parser::{
    Source,
    parser::{Event, EventKind, parse_document},
};

use crate::Step;

/// A text's statements, in its order.
#[derive(Debug)]
pub(crate) struct Syntax {
    pub(crate) statements: Vec<Statement>,
}

/// A header or a pair that stands by itself on its lines.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Its path from the root, with the indexes of elements of arrays of tables.
    pub(crate) path: Vec<Step>,
    /// The keys as they are written here.
    pub(crate) keys: Vec<Key>,
    /// For each key its place in the path.
    pub(crate) depths: Vec<usize>,
    /// From its first to its last byte, spaces and comments around it aside.
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// `[path]`
    Header,
    /// `[[path]]`; its path ends with the element's place.
    Element,
    /// `path = value`
    Pair(Value),
}

#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) span: Range<usize>,
}

#[derive(Debug)]
pub(crate) struct Value {
    pub(crate) span: Range<usize>,
    pub(crate) inner: Inner,
}

#[derive(Debug)]
pub(crate) enum Inner {
    Scalar,
    Array(Vec<Value>),
    Table(Vec<Pair>),
}

/// A pair of an inline table.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) keys: Vec<Key>,
    pub(crate) value: Value,
}

impl Pair {
    pub(crate) fn span(&self) -> Range<usize> {
        let start = self.keys.first().map_or(self.value.span.start, |key| key.span.start);
        start..self.value.span.end
    }
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Resolved<'s> {
    /// A value that is written at one place, with the array or inline table that holds it.
    Value(&'s Value, Option<Container<'s>>),
    /// A table, or an array of tables, made by these statements.
    Statements(Vec<usize>),
    /// A table made by pairs with dotted keys in an inline table, and how many of their keys
    /// lead to it.
    DottedPairs(&'s Value, Vec<usize>, usize),
    /// Nothing.
    Missing,
}

/// An array or an inline table, and a place in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Container<'s> {
    pub(crate) value: &'s Value,
    pub(crate) index: usize,
}

impl Statement {
    /// The key that is written here for a place in the path.
    pub(crate) fn key_at(&self, depth: usize) -> Option<&Key> {
        let index = self.depths.iter().position(|it| *it == depth)?;
        self.keys.get(index)
    }
}

impl Value {
    /// Finds the value within this one that begins at a byte.
    fn find(&self, start: usize) -> Option<&Self> {
        if self.span.start == start {
            return Some(self);
        }
        match &self.inner {
            Inner::Scalar => None,
            Inner::Array(elements) => elements.iter().find_map(|it| it.find(start)),
            Inner::Table(pairs) => pairs.iter().find_map(|it| it.value.find(start)),
        }
    }
}

impl Syntax {
    /// Parses a text.
    pub(crate) fn of(text: &str) -> Self {
        #[cfg(test)]
        crate::parses::add();
        let source = Source::new(text);
        let tokens = source.lex().into_vec();
        let mut events: Vec<Event> = Vec::new();
        parse_document(&tokens, &mut |event: Event| events.push(event), &mut ());
        events.retain(|event| {
            let noise = [EventKind::Whitespace, EventKind::Comment, EventKind::Newline];
            !noise.contains(&event.kind())
        });
        Reader { source, events: events.into_iter().peekable() }.document()
    }

    /// Finds what a path leads to.
    pub(crate) fn resolve(&self, path: &[Step]) -> Resolved<'_> {
        for statement in &self.statements {
            if let Kind::Pair(value) = &statement.kind
                && path.starts_with(&statement.path)
                && !statement.path.is_empty()
            {
                return within(value, None, &path[statement.path.len()..]);
            }
        }
        let members = self.members(path);
        if members.is_empty() && !path.is_empty() {
            return Resolved::Missing;
        }
        Resolved::Statements(members)
    }

    /// Finds the value that begins at a byte.
    pub(crate) fn value_at(&self, start: usize) -> Option<&Value> {
        self.statements.iter().find_map(|statement| match &statement.kind {
            Kind::Pair(value) if value.span.contains(&start) => value.find(start),
            _ => None,
        })
    }

    /// Lists the statements whose paths begin with this one.
    pub(crate) fn members(&self, path: &[Step]) -> Vec<usize> {
        let is_member = |index: &usize| self.statements[*index].path.starts_with(path);
        (0..self.statements.len()).filter(is_member).collect()
    }

    /// Finds the header of a table or an element of an array of tables.
    pub(crate) fn header(&self, path: &[Step]) -> Option<usize> {
        let is_header = |statement: &Statement| {
            statement.path == path && !matches!(statement.kind, Kind::Pair(_))
        };
        self.statements.iter().position(is_header)
    }

    /// Gives the statements below a header up to the next one; without a header: those before the
    /// first one.
    pub(crate) fn section(&self, header: Option<usize>) -> Range<usize> {
        let start = header.map_or(0, |header| header + 1);
        let rest = &self.statements[start..];
        let end = rest.iter().position(|statement| !matches!(statement.kind, Kind::Pair(_)));
        start..end.map_or(self.statements.len(), |end| start + end)
    }
}

fn within<'s>(value: &'s Value, container: Option<Container<'s>>, path: &[Step]) -> Resolved<'s> {
    match (&value.inner, path.first()) {
        (_, None) => Resolved::Value(value, container),
        (Inner::Array(elements), Some(Step::Index(index))) => {
            let index = *index as usize;
            let container = Some(Container { value, index });
            elements.get(index).map_or(Resolved::Missing, |it| within(it, container, &path[1..]))
        }
        (Inner::Table(pairs), Some(Step::Key(_))) => {
            let begins = |keys: &[Key], path: &[Step]| {
                keys.iter().zip(path).all(|(key, step)| is_key(step, &key.name))
            };
            let mut members = Vec::new();
            for (index, pair) in pairs.iter().enumerate() {
                if !begins(&pair.keys, path) {
                    continue;
                }
                if pair.keys.len() <= path.len() {
                    let container = Some(Container { value, index });
                    return within(&pair.value, container, &path[pair.keys.len()..]);
                }
                members.push(index);
            }
            if members.is_empty() {
                Resolved::Missing
            } else {
                Resolved::DottedPairs(value, members, path.len())
            }
        }
        _ => Resolved::Missing,
    }
}

fn is_key(step: &Step, name: &str) -> bool {
    matches!(step, Step::Key(key) if key == name)
}

struct Reader<'t> {
    source: Source<'t>,
    events: Peekable<vec::IntoIter<Event>>,
}

impl Reader<'_> {
    fn document(mut self) -> Syntax {
        let mut statements: Vec<Statement> = Vec::new();
        let mut context: Vec<Step> = Vec::new();
        // How many elements each array of tables has so far.
        let mut arrays: HashMap<Vec<Step>, u32> = HashMap::new();
        while let Some(event) = self.events.peek().copied() {
            match event.kind() {
                EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                    self.events.next();
                    let keys = self.keys();
                    let end = self.events.next().map_or(event.span().end(), |it| it.span().end());
                    let (mut path, mut depths) = (Vec::new(), Vec::new());
                    let is_element = event.kind() == EventKind::ArrayTableOpen;
                    for (index, key) in keys.iter().enumerate() {
                        depths.push(path.len());
                        path.push(Step::Key(key.name.clone()));
                        let is_last = index + 1 == keys.len();
                        if is_element && is_last {
                            let count = arrays.entry(path.clone()).or_insert(0);
                            path.push(Step::Index(*count));
                            *count += 1;
                        } else if let Some(count) = arrays.get(&path) {
                            path.push(Step::Index(count - 1));
                        }
                    }
                    context.clone_from(&path);
                    let kind = if is_element { Kind::Element } else { Kind::Header };
                    let span = event.span().start()..end;
                    statements.push(Statement { path, keys, depths, span, kind });
                }
                EventKind::SimpleKey => {
                    let pair = self.pair();
                    let mut path = context.clone();
                    let depths = (path.len()..path.len() + pair.keys.len()).collect();
                    path.extend(pair.keys.iter().map(|key| Step::Key(key.name.clone())));
                    let span = pair.span();
                    let (keys, kind) = (pair.keys, Kind::Pair(pair.value));
                    statements.push(Statement { path, keys, depths, span, kind });
                }
                _ => {
                    self.events.next();
                }
            }
        }
        Syntax { statements }
    }

    fn keys(&mut self) -> Vec<Key> {
        let mut keys = Vec::new();
        loop {
            match self.events.peek().map(Event::kind) {
                Some(EventKind::SimpleKey) => {
                    let Some(event) = self.events.next() else { break };
                    let mut name = Cow::Borrowed("");
                    if let Some(raw) = self.source.get(event) {
                        raw.decode_key(&mut name, &mut ());
                    }
                    let span = event.span().start()..event.span().end();
                    keys.push(Key { name: name.into_owned(), span });
                }
                Some(EventKind::KeySep) => {
                    self.events.next();
                }
                _ => break,
            }
        }
        keys
    }

    fn pair(&mut self) -> Pair {
        let keys = self.keys();
        if self.events.peek().map(Event::kind) == Some(EventKind::KeyValSep) {
            self.events.next();
        }
        Pair { keys, value: self.value() }
    }

    fn value(&mut self) -> Value {
        let Some(event) = self.events.next() else {
            return Value { span: 0..0, inner: Inner::Scalar };
        };
        let (start, mut end) = (event.span().start(), event.span().end());
        let closing = match event.kind() {
            EventKind::ArrayOpen => EventKind::ArrayClose,
            EventKind::InlineTableOpen => EventKind::InlineTableClose,
            _ => return Value { span: start..end, inner: Inner::Scalar },
        };
        let (mut elements, mut pairs) = (Vec::new(), Vec::new());
        while let Some(next) = self.events.peek().copied() {
            end = next.span().end();
            match next.kind() {
                kind if kind == closing => {
                    self.events.next();
                    break;
                }
                EventKind::ValueSep => {
                    self.events.next();
                }
                EventKind::SimpleKey => pairs.push(self.pair()),
                _ => elements.push(self.value()),
            }
        }
        let is_array = closing == EventKind::ArrayClose;
        let inner = if is_array { Inner::Array(elements) } else { Inner::Table(pairs) };
        Value { span: start..end, inner }
    }
}
