//! Patches a text: finds what an edit's path leads to, and replaces those bytes.

use serde_json::Value as Json;

use crate::{
    EditError, Step,
    edit::{child, index},
    element,
    format::{as_before, inline, on_lines, ordered},
    import,
    lines::{indentation, patched},
    list::List,
    order,
    quote::key,
    statements,
    syntax::{Inner, Key, Pair, Resolved, Syntax},
    table, value,
};

/// A text that is TOML.
pub(crate) struct Text {
    text: String,
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    pub(crate) fn into_string(self) -> String {
        self.text
    }

    fn syntax(&self) -> Syntax {
        Syntax::of(&self.text)
    }

    /// Replaces the value at a path, which is `old` now; parts that stay the same are not touched.
    pub(crate) fn set(
        &mut self,
        path: &[Step],
        old: Option<&Json>,
        new: &Json,
    ) -> Result<(), EditError> {
        match (old, new) {
            (None, _) => self.put(path, new),
            (Some(old), new) if old == new => Ok(()),
            (Some(Json::Number(_)), Json::Number(_))
                if old.is_some_and(|old| value::is_same(old, new)) =>
            {
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
            (Some(old), _) => self.overwrite(path, old, new),
        }
    }

    /// Replaces an array but for the elements that both arrays begin and end with.
    fn set_array(&mut self, path: &[Step], old: &[Json], new: &[Json]) -> Result<(), EditError> {
        let start = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let ends = old[start..].iter().rev().zip(new[start..].iter().rev());
        let end = ends.take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
        let element = |place: usize| child(path, index(start + place));
        for (place, (old, new)) in old.iter().zip(new).enumerate() {
            // The table of a different operation is replaced as a whole, whatever keys both have.
            if old.get("op") == new.get("op") {
                self.set(&element(place), Some(old), new)?;
            } else {
                self.overwrite(&element(place), old, new)?;
            }
        }
        for place in (new.len()..old.len()).rev() {
            self.remove(&element(place))?;
        }
        for (place, new) in new.iter().enumerate().skip(old.len()) {
            self.insert(path, start + place, new)?;
        }
        Ok(())
    }

    /// Overwrites a value.
    fn overwrite(&mut self, path: &[Step], old: &Json, new: &Json) -> Result<(), EditError> {
        let syntax = self.syntax();
        if let Resolved::Value(value, container) = syntax.resolve(path) {
            let old = &self.text[value.span.clone()];
            let new = match container {
                Some(_) => inline(new)?,
                None => on_lines(new, indentation(&self.text, value.span.start))?,
            };
            let new = as_before(old, new);
            self.text = patched(&self.text, &[(value.span.clone(), new)]);
            return Ok(());
        }
        if let (Some(Step::Index(_)), Some(_), Some(_)) =
            (path.last(), old.as_object(), new.as_object())
        {
            // The keys of an element of an array of tables are replaced one by one.
            return self.set(path, Some(old), new);
        }
        if matches!(path.last(), Some(Step::Index(_))) {
            return Err(EditError::TablesOnly { path: EditError::shown(path) });
        }
        self.remove(path)?;
        self.put(path, new)
    }

    /// Adds a value where there is none: the key goes into the innermost table of the path that
    /// exists, the rest of the path becomes tables within.
    fn put(&mut self, path: &[Step], new: &Json) -> Result<(), EditError> {
        let syntax = self.syntax();
        let is_there =
            |depth: &usize| !matches!(syntax.resolve(&path[..*depth]), Resolved::Missing);
        let depth = (0..path.len()).rev().find(is_there).ok_or(EditError::Root)?;
        let mut value = new.clone();
        for step in path[depth + 1..].iter().rev() {
            let Step::Key(key) = step else { return Err(EditError::missing(path)) };
            value = Json::Object([(key.clone(), value)].into_iter().collect());
        }
        let Step::Key(name) = &path[depth] else { return Err(EditError::missing(path)) };
        match syntax.resolve(&path[..depth]) {
            Resolved::Value(table, _) if matches!(table.inner, Inner::Table(_)) => {
                let list = List::of(&self.text, table);
                let pair = format!("{} = {}", key(name), inline(&value)?);
                self.text = list.insert(list.len(), &pair, false);
                Ok(())
            }
            Resolved::DottedPairs(table, members, depth) => {
                let Some((last, pair)) = last_pair(&table.inner, &members) else {
                    return Err(EditError::missing(path));
                };
                let dotted = &self.text[pair.keys[0].span.start..pair.keys[depth].span.start];
                let pair = format!("{dotted}{} = {}", key(name), inline(&value)?);
                self.text = List::of(&self.text, table).insert(last + 1, &pair, false);
                Ok(())
            }
            Resolved::Statements(members) => {
                self.text =
                    table::put(&self.text, &syntax, &members, &path[..depth], name, &value)?;
                Ok(())
            }
            Resolved::Value(..) | Resolved::Missing => {
                Err(EditError::NoTable { path: EditError::shown(&path[..depth]) })
            }
        }
    }

    /// Puts an element into an existing list.
    pub(crate) fn insert(
        &mut self,
        path: &[Step],
        index: usize,
        new: &Json,
    ) -> Result<(), EditError> {
        match self.syntax().resolve(path) {
            Resolved::Value(value, container) if matches!(value.inner, Inner::Array(_)) => {
                let list = List::of(&self.text, value);
                let on_lines = container.is_none() && new.is_object();
                self.text = list.insert(index.min(list.len()), &inline(new)?, on_lines);
                Ok(())
            }
            Resolved::Statements(members) => {
                let Some(new) = new.as_object() else {
                    return Err(EditError::TablesOnly { path: EditError::shown(path) });
                };
                self.text = element::insert(&self.text, &members, path, index, new)?;
                Ok(())
            }
            _ => Err(EditError::NoList { path: EditError::shown(path) }),
        }
    }

    /// Removes a key or an element.
    pub(crate) fn remove(&mut self, path: &[Step]) -> Result<(), EditError> {
        let syntax = self.syntax();
        match syntax.resolve(path) {
            Resolved::Value(_, Some(container)) => {
                self.text = List::of(&self.text, container.value).remove(container.index);
                Ok(())
            }
            Resolved::Value(_, None) => {
                self.text = statements::remove(&self.text, &syntax, &syntax.members(path), path)?;
                Ok(())
            }
            Resolved::Statements(members) => {
                self.text = statements::remove(&self.text, &syntax, &members, path)?;
                Ok(())
            }
            Resolved::DottedPairs(table, members, _) => {
                let (table, mut text) = (table.span.clone(), self.text.clone());
                for index in members.into_iter().rev() {
                    let syntax = Syntax::of(&text);
                    let found =
                        syntax.value_at(table.start).ok_or_else(|| EditError::shape(path))?;
                    text = List::of(&text, found).remove(index);
                }
                self.text = text;
                Ok(())
            }
            Resolved::Missing => Err(EditError::missing(path)),
        }
    }

    /// Removes a table with its comments; as [`Self::remove`] where it has no headers of its own.
    pub(crate) fn remove_with_comments(&mut self, path: &[Step]) -> Result<(), EditError> {
        match import::remove_with_comments(&self.text, path) {
            Some(text) => {
                self.text = text;
                Ok(())
            }
            None => self.remove(path),
        }
    }

    /// Moves a key of a table to another place.
    pub(crate) fn reorder(&mut self, path: &[Step], before: Option<&str>) -> Result<(), EditError> {
        self.text = order::reorder(&self.text, path, before)?;
        Ok(())
    }

    /// Moves an element of a list.
    pub(crate) fn move_element(
        &mut self,
        path: &[Step],
        from: u32,
        to: u32,
    ) -> Result<(), EditError> {
        match self.syntax().resolve(path) {
            Resolved::Value(value, _) if matches!(value.inner, Inner::Array(_)) => {
                let list = List::of(&self.text, value);
                self.text = list.move_element(from as usize, to as usize);
                Ok(())
            }
            Resolved::Statements(_) => {
                self.text = element::move_to(&self.text, path, from, to)?;
                Ok(())
            }
            _ => Err(EditError::NoList { path: EditError::shown(path) }),
        }
    }

    /// Gives a key another name.
    pub(crate) fn rename(&mut self, path: &[Step], to: &str) -> Result<(), EditError> {
        let syntax = self.syntax();
        let written: Vec<&Key> = match syntax.resolve(path) {
            Resolved::Value(_, Some(container)) => match &container.value.inner {
                Inner::Table(pairs) => pairs[container.index].keys.last().into_iter().collect(),
                _ => Vec::new(),
            },
            Resolved::DottedPairs(table, members, depth) => match &table.inner {
                Inner::Table(pairs) => {
                    members.iter().map(|&member| &pairs[member].keys[depth - 1]).collect()
                }
                _ => Vec::new(),
            },
            Resolved::Missing => Vec::new(),
            Resolved::Value(_, None) | Resolved::Statements(_) => {
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
    pub(crate) fn duplicate(&mut self, path: &[Step], to: &str) -> Result<(), EditError> {
        let syntax = self.syntax();
        let copy = |pair: &Pair, name: &Key| {
            let (span, text) = (pair.span(), &self.text);
            [&text[span.start..name.span.start], &key(to), &text[name.span.end..span.end]].concat()
        };
        match syntax.resolve(path) {
            Resolved::Value(_, Some(container)) => {
                let Inner::Table(pairs) = &container.value.inner else {
                    return Err(EditError::shape(path));
                };
                let pair = &pairs[container.index];
                let name = pair.keys.last().ok_or_else(|| EditError::shape(path))?;
                let list = List::of(&self.text, container.value);
                self.text = list.insert(container.index + 1, &copy(pair, name), false);
                Ok(())
            }
            Resolved::DottedPairs(table, members, depth) => {
                let Inner::Table(pairs) = &table.inner else { return Err(EditError::shape(path)) };
                let copies: Vec<String> = members
                    .iter()
                    .map(|&it| copy(&pairs[it], &pairs[it].keys[depth - 1]))
                    .collect();
                let last = members.last().map_or(0, |last| last + 1);
                self.text = List::of(&self.text, table).insert(last, &copies.join(", "), false);
                Ok(())
            }
            Resolved::Value(_, None) | Resolved::Statements(_) => {
                self.text = statements::duplicate(&self.text, &syntax, path, to)?;
                Ok(())
            }
            Resolved::Missing => Err(EditError::missing(path)),
        }
    }
}

fn last_pair<'s>(inner: &'s Inner, members: &[usize]) -> Option<(usize, &'s Pair)> {
    let Inner::Table(pairs) = inner else { return None };
    members.last().map(|&last| (last, &pairs[last]))
}
