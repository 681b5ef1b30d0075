//! The JSON value of a text, and edits of it: what an edited text must say.

use serde_json::{Map, Number, Value};
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use crate::{Edit, EditError, Step, format::rounded};

/// Converts a parsed text; `None` where it has a number that is too large for TOML.
pub(crate) fn of_table(table: &DeTable<'_>) -> Option<Value> {
    let pair = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
        Some((key.get_ref().to_string(), of_value(value.get_ref())?))
    };
    table.iter().map(pair).collect::<Option<Map<_, _>>>().map(Value::Object)
}

fn of_value(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(whole) => i64::from_str_radix(whole.as_str(), whole.radix()).ok()?.into(),
        DeValue::Float(number) => {
            let number: f64 = number.as_str().parse().ok()?;
            Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
        }
        DeValue::Boolean(is) => (*is).into(),
        DeValue::Datetime(moment) => moment.to_string().into(),
        DeValue::Array(elements) => {
            elements.iter().map(|it| of_value(it.get_ref())).collect::<Option<_>>()?
        }
        DeValue::Table(table) => of_table(table)?,
    })
}

/// Compares two values: 2 is 2.0, and an empty table or list is as good as none.
pub(crate) fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let whole = one.as_i64().zip(other.as_i64()).map(|(one, other)| one == other);
            let number = |number: &Number| number.as_f64().map(rounded);
            whole.unwrap_or_else(|| number(one) == number(other))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let covers = |one: &Map<String, Value>, other: &Map<String, Value>| {
                one.iter().all(|(key, value)| match other.get(key) {
                    Some(other) => is_same(value, other),
                    None => is_empty(value),
                })
            };
            covers(one, other) && covers(other, one)
        }
        _ => one == other,
    }
}

/// Tells whether a value is nothing but tables without keys, or a list without elements: without
/// their headers, such tables are not in the text at all.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.values().all(is_empty),
        Value::Array(array) => array.is_empty(),
        _ => false,
    }
}

/// Finds the value at a path.
pub(crate) fn at<'v>(value: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get(*index as usize),
        Step::Key(key) => value.get(key),
    })
}

fn at_mut<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Index(index) => value.get_mut(*index as usize),
        Step::Key(key) => value.get_mut(key),
    })
}

/// Makes an edit of a JSON value.
///
/// # Errors
/// Where the edit is not possible; the value may be half changed then.
pub(crate) fn change(root: &mut Value, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Set { path, value } | Edit::Import { path, value, .. } => {
            set(root, path, value.clone())
        }
        Edit::Remove { path } | Edit::RemoveWithComments { path } => remove(root, path),
        Edit::Insert { path, index, value } => insert(root, path, *index, value.clone()),
        Edit::Move { path, from, to } => {
            let array = array_mut(root, path)?;
            let (from, to) = (*from as usize, *to as usize);
            if from >= array.len() || to >= array.len() {
                return Err(EditError::missing(path));
            }
            let element = array.remove(from);
            array.insert(to, element);
            Ok(())
        }
        Edit::Rename { path, to } => rename(root, path, to),
        Edit::Duplicate { path, to } => {
            let copy = at(root, path).ok_or_else(|| EditError::missing(path))?.clone();
            if !copy.is_object() {
                return Err(EditError::NoTable { path: EditError::shown(path) });
            }
            let (table, _) = parent(root, path)?;
            put_new(table, path, to, copy)
        }
        Edit::Reorder { path, before } => {
            let (table, key) = parent(root, path)?;
            let is_there = |key: &str| table.contains_key(key);
            let both = is_there(key) && before.as_deref().is_none_or(is_there);
            both.then_some(()).ok_or_else(|| EditError::missing(path))
        }
    }
}

fn set(root: &mut Value, path: &[Step], new: Value) -> Result<(), EditError> {
    let mut value = root;
    for (depth, step) in path.iter().enumerate() {
        let here = || EditError::NoTable { path: EditError::shown(&path[..depth]) };
        value = match step {
            Step::Key(key) => {
                let table = value.as_object_mut().ok_or_else(here)?;
                table.entry(key).or_insert_with(|| Value::Object(Map::new()))
            }
            Step::Index(index) => {
                value.get_mut(*index as usize).ok_or_else(|| EditError::missing(&path[..=depth]))?
            }
        };
    }
    *value = new;
    Ok(())
}

fn remove(root: &mut Value, path: &[Step]) -> Result<(), EditError> {
    let (last, before) = path.split_last().ok_or(EditError::Root)?;
    let missing = || EditError::missing(path);
    let table = at_mut(root, before).ok_or_else(missing)?;
    match (last, table) {
        (Step::Key(key), Value::Object(table)) => {
            table.remove(key).ok_or_else(missing)?;
        }
        (Step::Index(index), Value::Array(array)) if (*index as usize) < array.len() => {
            array.remove(*index as usize);
        }
        _ => return Err(missing()),
    }
    Ok(())
}

fn insert(root: &mut Value, path: &[Step], index: u32, new: Value) -> Result<(), EditError> {
    if at(root, path).is_none() {
        return set(root, path, Value::Array(vec![new]));
    }
    let array = array_mut(root, path)?;
    let index = (index as usize).min(array.len());
    array.insert(index, new);
    Ok(())
}

fn array_mut<'v>(root: &'v mut Value, path: &[Step]) -> Result<&'v mut Vec<Value>, EditError> {
    let value = at_mut(root, path).ok_or_else(|| EditError::missing(path))?;
    value.as_array_mut().ok_or_else(|| EditError::NoList { path: EditError::shown(path) })
}

/// Finds the table that holds a path's last key, and gives that key too.
fn parent<'v, 'p>(
    root: &'v mut Value,
    path: &'p [Step],
) -> Result<(&'v mut Map<String, Value>, &'p str), EditError> {
    let (last, before) = path.split_last().ok_or(EditError::Root)?;
    let Step::Key(key) = last else {
        return Err(EditError::NoTable { path: EditError::shown(before) });
    };
    let table = at_mut(root, before).and_then(Value::as_object_mut);
    Ok((table.ok_or_else(|| EditError::missing(path))?, key))
}

fn put_new(
    table: &mut Map<String, Value>,
    path: &[Step],
    name: &str,
    value: Value,
) -> Result<(), EditError> {
    if table.contains_key(name) {
        return Err(EditError::Taken { path: EditError::shown(path), name: name.to_owned() });
    }
    table.insert(name.to_owned(), value);
    Ok(())
}

fn rename(root: &mut Value, path: &[Step], to: &str) -> Result<(), EditError> {
    let (table, key) = parent(root, path)?;
    if key == to && table.contains_key(key) {
        return Ok(());
    }
    let value = table.get(key).ok_or_else(|| EditError::missing(path))?.clone();
    put_new(table, path, to, value)?;
    table.remove(key);
    for theme in references(root, path) {
        set(root, &theme, to.into())?;
    }
    Ok(())
}

/// Finds the keys by which themes name the generator at this path.
pub(crate) fn references(root: &Value, path: &[Step]) -> Vec<Vec<Step>> {
    let [Step::Key(top), Step::Key(name)] = path else { return Vec::new() };
    let themes = root.get("themes").and_then(Value::as_object).filter(|_| top == "generators");
    let names = themes.into_iter().flatten().filter(|(_, theme)| theme["generator"] == *name);
    let place = |theme: &String| ["themes", theme, "generator"].map(|key| Step::Key(key.into()));
    names.map(|(theme, _)| place(theme).to_vec()).collect()
}
