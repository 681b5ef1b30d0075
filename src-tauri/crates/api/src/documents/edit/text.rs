//! A text and the changes of it, each made at the place that its path means.

use serde_json::Value as Json;

use super::{
    EditError,
    format::{as_before, inline, key, on_lines, ordered},
    json::same,
    lines::{indentation, patched},
    list::List,
    syntax::{Inner, Key, Pair, Place, Syntax},
};
use crate::model::Step;

/// A text that is TOML, and stays it.
pub(super) struct Text {
    text: String,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn into_string(self) -> String {
        self.text
    }

    pub(super) fn replace(&mut self, text: String) {
        self.text = text;
    }

    pub(super) fn syntax(&self) -> Syntax {
        Syntax::of(&self.text)
    }

    /// Makes the value at a path, which is `old` now, another: no more of it than must be.
    pub(super) fn set(
        &mut self,
        path: &[Step],
        old: Option<&Json>,
        new: &Json,
    ) -> Result<(), EditError> {
        match (old, new) {
            (None, _) => self.put(path, new),
            (Some(old), new) if old == new => Ok(()),
            (Some(Json::Number(_)), Json::Number(_)) if old.is_some_and(|old| same(old, new)) => {
                Ok(())
            }
            (Some(Json::Object(old)), Json::Object(new)) => {
                for (key, value) in ordered(new) {
                    self.set(&child(path, Step::Key(key.clone())), old.get(key), value)?;
                }
                for key in old.keys().filter(|key| !new.contains_key(*key)) {
                    self.remove(&child(path, Step::Key(key.clone())))?;
                }
                Ok(())
            }
            (Some(Json::Array(old)), Json::Array(new)) => self.set_array(path, old, new),
            _ => self.overwrite(path, new),
        }
    }

    /// Keeps the elements that both arrays begin and end with.
    fn set_array(&mut self, path: &[Step], old: &[Json], new: &[Json]) -> Result<(), EditError> {
        let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
        let end = ends.take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
        let element = |index: usize| child(path, place(start + index));
        for (index, (old, new)) in old.iter().zip(new).enumerate() {
            // Another operation is another table, whatever keys both have.
            if old.get("op") == new.get("op") {
                self.set(&element(index), Some(old), new)?;
            } else {
                self.overwrite(&element(index), new)?;
            }
        }
        for index in (new.len()..old.len()).rev() {
            self.remove(&element(index))?;
        }
        for (index, new) in new.iter().enumerate().skip(old.len()) {
            self.insert(path, start + index, new)?;
        }
        Ok(())
    }

    /// Writes a value in the place of another one.
    fn overwrite(&mut self, path: &[Step], new: &Json) -> Result<(), EditError> {
        let syntax = self.syntax();
        if let Place::Value(value, owner) = syntax.place(path) {
            let old = &self.text[value.span.clone()];
            let new = match owner {
                Some(_) => inline(new)?,
                None => on_lines(new, indentation(&self.text, value.span.start))?,
            };
            let new = as_before(old, new);
            self.text = patched(&self.text, &[(value.span.clone(), new)]);
            return Ok(());
        }
        if let (Some(Step::Index(_)), Some(table)) = (path.last(), new.as_object()) {
            // An element of an array of tables: its keys become others, one by one.
            let old = super::json::value(&self.text).ok_or(EditError::NotToml)?;
            let old = super::json::at(&old, path).cloned();
            return self.set(path, old.as_ref(), &Json::Object(table.clone()));
        }
        if matches!(path.last(), Some(Step::Index(_))) {
            return Err(EditError::TablesOnly { path: EditError::shown(path) });
        }
        self.remove(path)?;
        self.put(path, new)
    }

    /// Writes a value where there is none: the key goes into the table that is there already,
    /// with what is missing of the path as tables within.
    fn put(&mut self, path: &[Step], new: &Json) -> Result<(), EditError> {
        let syntax = self.syntax();
        let is_there = |depth: &usize| !matches!(syntax.place(&path[..*depth]), Place::Missing);
        let depth = (0..path.len()).rev().find(is_there).ok_or(EditError::Root)?;
        let mut value = new.clone();
        for step in path[depth + 1..].iter().rev() {
            let Step::Key(key) = step else { return Err(EditError::missing(path)) };
            value = Json::Object([(key.clone(), value)].into_iter().collect());
        }
        let Step::Key(name) = &path[depth] else { return Err(EditError::missing(path)) };
        match syntax.place(&path[..depth]) {
            Place::Value(table, _) if matches!(table.inner, Inner::Table(_)) => {
                let list = List::of(&self.text, table);
                let pair = format!("{} = {}", key(name), inline(&value)?);
                self.text = list.insert(list.len(), &pair, false);
                Ok(())
            }
            Place::Entries(table, members, depth) => {
                let Some((last, pair)) = last_pair(&table.inner, &members) else {
                    return Err(EditError::missing(path));
                };
                let dotted = &self.text[pair.keys[0].span.start..pair.keys[depth].span.start];
                let pair = format!("{dotted}{} = {}", key(name), inline(&value)?);
                self.text = List::of(&self.text, table).insert(last + 1, &pair, false);
                Ok(())
            }
            Place::Statements(members) => {
                self.put_statement(&members, &path[..depth], name, &value)
            }
            Place::Value(..) | Place::Missing => {
                Err(EditError::NoTable { path: EditError::shown(&path[..depth]) })
            }
        }
    }

    /// Puts an element into a list that is there.
    pub(super) fn insert(
        &mut self,
        path: &[Step],
        index: usize,
        new: &Json,
    ) -> Result<(), EditError> {
        match self.syntax().place(path) {
            Place::Value(value, owner) if matches!(value.inner, Inner::Array(_)) => {
                let list = List::of(&self.text, value);
                let on_lines = owner.is_none() && new.is_object();
                self.text = list.insert(index.min(list.len()), &inline(new)?, on_lines);
                Ok(())
            }
            Place::Statements(members) => {
                let Some(new) = new.as_object() else {
                    return Err(EditError::TablesOnly { path: EditError::shown(path) });
                };
                self.insert_element(&members, path, index, new)
            }
            _ => Err(EditError::NoList { path: EditError::shown(path) }),
        }
    }

    /// Removes a key or an element.
    pub(super) fn remove(&mut self, path: &[Step]) -> Result<(), EditError> {
        let syntax = self.syntax();
        match syntax.place(path) {
            Place::Value(_, Some(owner)) => {
                self.text = List::of(&self.text, owner.value).remove(owner.index);
                Ok(())
            }
            Place::Value(_, None) => self.remove_statements(&syntax.members(path), path),
            Place::Statements(members) => self.remove_statements(&members, path),
            Place::Entries(table, members, _) => {
                let (table, mut text) = (table.span.clone(), self.text.clone());
                for index in members.into_iter().rev() {
                    let syntax = Syntax::of(&text);
                    let found = syntax.value_at(table.start).ok_or_else(|| shape(path))?;
                    text = List::of(&text, found).remove(index);
                }
                self.text = text;
                Ok(())
            }
            Place::Missing => Err(EditError::missing(path)),
        }
    }

    /// Moves an element of a list.
    pub(super) fn move_element(
        &mut self,
        path: &[Step],
        from: u32,
        to: u32,
    ) -> Result<(), EditError> {
        match self.syntax().place(path) {
            Place::Value(value, _) if matches!(value.inner, Inner::Array(_)) => {
                let list = List::of(&self.text, value);
                self.text = list.move_element(from as usize, to as usize);
                Ok(())
            }
            Place::Statements(_) => self.move_statements(path, from, to),
            _ => Err(EditError::NoList { path: EditError::shown(path) }),
        }
    }

    /// Gives a key another name.
    pub(super) fn rename(&mut self, path: &[Step], to: &str) -> Result<(), EditError> {
        let syntax = self.syntax();
        let written: Vec<&Key> = match syntax.place(path) {
            Place::Value(_, Some(owner)) => match &owner.value.inner {
                Inner::Table(pairs) => pairs[owner.index].keys.last().into_iter().collect(),
                _ => Vec::new(),
            },
            Place::Entries(table, members, depth) => match &table.inner {
                Inner::Table(pairs) => {
                    members.iter().map(|&member| &pairs[member].keys[depth - 1]).collect()
                }
                _ => Vec::new(),
            },
            Place::Missing => Vec::new(),
            Place::Value(_, None) | Place::Statements(_) => {
                let members = syntax.members(path);
                let depth = path.len().saturating_sub(1);
                members.iter().filter_map(|&it| syntax.statements[it].key_at(depth)).collect()
            }
        };
        if written.is_empty() {
            return Err(EditError::missing(path));
        }
        let patches: Vec<_> = written.iter().map(|it| (it.span.clone(), key(to))).collect();
        self.text = patched(&self.text, &patches);
        Ok(())
    }

    /// Copies a table under another name, to stand after it.
    pub(super) fn duplicate(&mut self, path: &[Step], to: &str) -> Result<(), EditError> {
        let syntax = self.syntax();
        let copy = |pair: &Pair, name: &Key| {
            let (span, text) = (pair.span(), &self.text);
            [&text[span.start..name.span.start], &key(to), &text[name.span.end..span.end]].concat()
        };
        match syntax.place(path) {
            Place::Value(_, Some(owner)) => {
                let Inner::Table(pairs) = &owner.value.inner else { return Err(shape(path)) };
                let pair = &pairs[owner.index];
                let name = pair.keys.last().ok_or_else(|| shape(path))?;
                let list = List::of(&self.text, owner.value);
                self.text = list.insert(owner.index + 1, &copy(pair, name), false);
                Ok(())
            }
            Place::Entries(table, members, depth) => {
                let Inner::Table(pairs) = &table.inner else { return Err(shape(path)) };
                let copies: Vec<String> = members
                    .iter()
                    .map(|&it| copy(&pairs[it], &pairs[it].keys[depth - 1]))
                    .collect();
                let last = members.last().map_or(0, |last| last + 1);
                self.text = List::of(&self.text, table).insert(last, &copies.join(", "), false);
                Ok(())
            }
            Place::Value(_, None) | Place::Statements(_) => {
                self.duplicate_statements(&syntax, path, to)
            }
            Place::Missing => Err(EditError::missing(path)),
        }
    }
}

fn last_pair<'s>(inner: &'s Inner, members: &[usize]) -> Option<(usize, &'s Pair)> {
    let Inner::Table(pairs) = inner else { return None };
    members.last().map(|&last| (last, &pairs[last]))
}

pub(super) fn shape(path: &[Step]) -> EditError {
    EditError::Shape { path: EditError::shown(path) }
}

pub(super) fn child(path: &[Step], step: Step) -> Vec<Step> {
    let mut path = path.to_vec();
    path.push(step);
    path
}

fn place(index: usize) -> Step {
    Step::Index(u32::try_from(index).unwrap_or(u32::MAX))
}
