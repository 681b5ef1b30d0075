//! From text to values.

use indexmap::IndexMap;

use super::{Content, Raw, too_much};
use crate::{
    notes::{Notes, shown},
    translated::Unusable,
    tree::{MAX_DEPTH, MAX_NODES},
};

type Map = IndexMap<String, Raw>;

pub(super) fn read(text: &str, notes: &mut Notes) -> Result<Raw, Unusable> {
    let mut reader = Reader { rest: text, line: 1, nodes: 0, depth: 0, notes };
    reader.space(true);
    let is_braced = reader.eat("{");
    let mut root = Map::new();
    reader.members(&mut root, is_braced)?;
    reader.space(true);
    if reader.rest.is_empty() {
        Ok(Raw { line: 1, value: Content::Map(root) })
    } else {
        Err(reader.wrong("nothing may follow the closing brace"))
    }
}

struct Reader<'t, 'n> {
    rest: &'t str,
    line: usize,
    nodes: usize,
    depth: usize,
    notes: &'n mut Notes,
}

impl<'t> Reader<'t, '_> {
    fn wrong(&self, message: &str) -> Unusable {
        let at = shown(self.rest.lines().next().unwrap_or_default());
        Unusable::Syntax { line: self.line, message: format!("{message}, at {at}") }
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    /// Takes `length` bytes and counts their lines.
    fn take(&mut self, length: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken
    }

    /// Skips blanks and comments, and line ends where `lines` says so.
    fn space(&mut self, lines: bool) {
        loop {
            let is_blank = |letter: char| letter.is_whitespace() && (lines || letter != '\n');
            let length = self.rest.find(|letter| !is_blank(letter)).unwrap_or(self.rest.len());
            self.take(length);
            if self.rest.starts_with('#') || self.rest.starts_with("//") {
                let length = self.rest.find('\n').unwrap_or(self.rest.len());
                self.take(length);
            } else {
                return;
            }
        }
    }

    fn node(&mut self, line: usize, value: Content) -> Result<Raw, Unusable> {
        self.nodes += 1;
        if self.nodes > MAX_NODES { Err(too_much(line)) } else { Ok(Raw { line, value }) }
    }

    /// Reads members up to the closing brace, or to the end of the text.
    fn members(&mut self, map: &mut Map, is_braced: bool) -> Result<(), Unusable> {
        loop {
            self.space(true);
            if self.eat(",") {
                continue;
            }
            if is_braced && self.eat("}") {
                return Ok(());
            }
            if self.rest.is_empty() {
                return if is_braced { Err(self.wrong("a brace is not closed")) } else { Ok(()) };
            }
            if !self.include() {
                self.member(map)?;
            }
        }
    }

    /// Skips `include "file"`.
    fn include(&mut self) -> bool {
        let Some(rest) = self.rest.strip_prefix("include") else { return false };
        let rest = rest.trim_start_matches([' ', '\t']);
        let is_include = ["\"", "file(", "url(", "classpath(", "required("]
            .iter()
            .any(|start| rest.starts_with(start));
        if is_include {
            let length = self.rest.find(['\n', '}']).unwrap_or(self.rest.len());
            let line = self.line;
            let what = shown(self.take(length).trim());
            self.notes.add(line, format!("{what}: files are not included; translate them too"));
        }
        is_include
    }

    fn member(&mut self, map: &mut Map) -> Result<(), Unusable> {
        let path = self.path(&[':', '=', '{', '+'])?;
        self.space(false);
        let appends = self.eat("+=");
        if !appends && !self.eat(":") && !self.eat("=") && !self.rest.starts_with('{') {
            return Err(self.wrong("a key has no value"));
        }
        self.space(true);
        let value = self.value()?;
        insert(map, &path, value, appends);
        Ok(())
    }

    /// Reads a key: parts with dots between, each bare or in quotation marks.
    fn path(&mut self, ends: &[char]) -> Result<Vec<String>, Unusable> {
        let mut path = Vec::new();
        loop {
            let part = if self.rest.starts_with('"') {
                self.quoted()?
            } else {
                let is_end = |letter: char| {
                    ends.contains(&letter)
                        || matches!(letter, '.' | '"' | '\n' | '}' | ',' | '[' | ']')
                };
                let length = self.rest.find(is_end).unwrap_or(self.rest.len());
                self.take(length).trim().to_owned()
            };
            if part.is_empty() {
                return Err(self.wrong("a key is missing"));
            }
            path.push(part);
            if path.len() > MAX_DEPTH {
                return Err(too_much(self.line));
            }
            self.space(false);
            if !self.eat(".") {
                return Ok(path);
            }
        }
    }

    /// Reads a value: everything up to the end of the line, a comma or a closing bracket.
    fn value(&mut self) -> Result<Raw, Unusable> {
        let line = self.line;
        let mut parts: Vec<Raw> = Vec::new();
        loop {
            let before = self.rest.len();
            self.space(false);
            let blanks = before > self.rest.len() && !parts.is_empty();
            let Some(first) = self.rest.chars().next() else { break };
            if matches!(first, '\n' | ',' | '}' | ']') {
                break;
            }
            let mut part = self.part()?;
            if let (Content::Text(text), true) = (&mut part.value, blanks) {
                text.insert(0, ' ');
            }
            parts.push(part);
        }
        match parts.len() {
            0 => Err(self.wrong("a value is missing")),
            1 => Ok(parts.remove(0)),
            _ => self.node(line, Content::Join(parts)),
        }
    }

    fn part(&mut self) -> Result<Raw, Unusable> {
        let line = self.line;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_much(line));
        }
        let content = if self.eat("{") {
            let mut map = Map::new();
            self.members(&mut map, true)?;
            Content::Map(map)
        } else if self.eat("[") {
            Content::List(self.list()?)
        } else if self.rest.starts_with("${") {
            self.substitution()?
        } else if self.rest.starts_with('"') {
            Content::Text(self.quoted()?)
        } else {
            let is_end = |letter: char| {
                matches!(letter, '\n' | ',' | '{' | '}' | '[' | ']' | '"' | '#' | '$')
            };
            let end = self.rest.find(is_end).unwrap_or(self.rest.len());
            let end = self.rest[..end].find("//").unwrap_or(end);
            if end == 0 {
                return Err(self.wrong("this is no value"));
            }
            Content::Text(self.take(end).trim().to_owned())
        };
        self.depth -= 1;
        self.node(line, content)
    }

    fn list(&mut self) -> Result<Vec<Raw>, Unusable> {
        let mut items = Vec::new();
        loop {
            self.space(true);
            if self.eat("]") {
                return Ok(items);
            }
            if self.rest.is_empty() {
                return Err(self.wrong("a list is not closed"));
            }
            if !self.eat(",") {
                items.push(self.value()?);
            }
        }
    }

    fn substitution(&mut self) -> Result<Content, Unusable> {
        self.take(2);
        let is_optional = self.eat("?");
        let path = self.path(&['}'])?;
        if self.eat("}") {
            Ok(Content::Refer { path, is_optional })
        } else {
            Err(self.wrong("a substitution is not closed"))
        }
    }

    /// Reads a text in one or three quotation marks.
    fn quoted(&mut self) -> Result<String, Unusable> {
        if self.eat("\"\"\"") {
            let end = self.rest.find("\"\"\"").ok_or_else(|| self.wrong("a text is not closed"))?;
            let text = self.take(end).to_owned();
            self.take(3);
            return Ok(text);
        }
        let mut is_escaped = false;
        let end = self.rest.char_indices().skip(1).find_map(|(at, letter)| {
            let ends = (letter == '"' && !is_escaped) || letter == '\n';
            is_escaped = letter == '\\' && !is_escaped;
            ends.then_some((at, letter))
        });
        let Some((end, '"')) = end else { return Err(self.wrong("a text is not closed")) };
        let text = self.take(end + 1);
        // Texts are those of JSON.
        serde_json::from_str(text).map_err(|_| self.wrong("a text has an escape that is none"))
    }
}

/// Puts a value at a path. Objects are merged, other values replaced.
fn insert(map: &mut Map, path: &[String], value: Raw, appends: bool) {
    let Some((key, rest)) = path.split_first() else { return };
    if !rest.is_empty() {
        let line = value.line;
        let inner =
            map.entry(key.clone()).or_insert_with(|| Raw { line, value: Content::Map(Map::new()) });
        if !matches!(inner.value, Content::Map(_)) {
            inner.value = Content::Map(Map::new());
        }
        if let Content::Map(inner) = &mut inner.value {
            insert(inner, rest, value, appends);
        }
        return;
    }
    let Some(old) = map.get_mut(key) else {
        let line = value.line;
        let value = if appends { Raw { line, value: Content::List(vec![value]) } } else { value };
        map.insert(key.clone(), value);
        return;
    };
    match (&mut old.value, value.value) {
        (Content::List(items), value_of) if appends => {
            items.push(Raw { line: value.line, value: value_of });
        }
        (Content::Map(old), Content::Map(new)) => {
            for (key, value) in new {
                insert(old, &[key], value, false);
            }
        }
        (Content::Map(_), new @ (Content::Refer { .. } | Content::Join(_))) => {
            let line = old.line;
            let new = Raw { line: value.line, value: new };
            let first = std::mem::replace(old, Raw { line, value: Content::Join(Vec::new()) });
            old.value = Content::Join(vec![first, new]);
        }
        (_, new) => *old = Raw { line: value.line, value: new },
    }
}
