//! Puts substitutions in, and joins what stands beside each other.

use super::{Content, Raw, too_much};
use crate::{
    notes::{Notes, shown},
    translated::Unusable,
    tree::{MAX_DEPTH, MAX_NODES, Node, Value},
};

pub(super) fn resolve(root: &Raw, notes: &mut Notes) -> Result<Node, Unusable> {
    let mut tree = Resolver { root, nodes: 0, depth: 0, referred: Vec::new(), notes };
    let found = tree.node(root)?;
    Ok(found.unwrap_or(Node::new(1, Value::Map(Vec::new()))))
}

struct Resolver<'r, 'n> {
    root: &'r Raw,
    nodes: usize,
    depth: usize,
    /// The paths that are being put in.
    referred: Vec<&'r [String]>,
    notes: &'n mut Notes,
}

impl<'r> Resolver<'r, '_> {
    /// The value; `None` where it is an optional substitution of nothing.
    fn node(&mut self, raw: &'r Raw) -> Result<Option<Node>, Unusable> {
        self.nodes += 1;
        self.depth += 1;
        if self.nodes > MAX_NODES || self.depth > 3 * MAX_DEPTH {
            return Err(too_much(raw.line));
        }
        let node = self.content(raw)?;
        self.depth -= 1;
        Ok(node)
    }

    fn content(&mut self, raw: &'r Raw) -> Result<Option<Node>, Unusable> {
        let value = match &raw.value {
            Content::Text(text) => Value::Text(text.trim().to_owned()),
            Content::List(items) => {
                let mut list = Vec::new();
                for item in items {
                    list.extend(self.node(item)?);
                }
                Value::List(list)
            }
            Content::Map(entries) => {
                let mut map = Vec::new();
                for (key, value) in entries {
                    map.extend(self.node(value)?.map(|node| (key.clone(), node)));
                }
                Value::Map(map)
            }
            Content::Join(parts) => {
                let mut joined: Option<Value> = None;
                for part in parts {
                    let spaces =
                        matches!(&part.value, Content::Text(text) if text.starts_with(' '));
                    let Some(node) = self.node(part)? else { continue };
                    joined = Some(match joined {
                        None => node.value,
                        Some(before) => join(before, node.value, spaces),
                    });
                }
                return Ok(joined.map(|value| Node::new(raw.line, value)));
            }
            Content::Refer { path, is_optional } => {
                return self.refer(raw.line, path, *is_optional);
            }
        };
        Ok(Some(Node::new(raw.line, value)))
    }

    fn refer(
        &mut self,
        line: usize,
        path: &'r [String],
        is_optional: bool,
    ) -> Result<Option<Node>, Unusable> {
        let name = || shown(&path.join("."));
        if self.referred.contains(&path) {
            self.notes.add(line, format!("the substitution {} refers to itself", name()));
            return Ok(None);
        }
        let Some(target) = find(self.root, path) else {
            let what = if is_optional { "is not in the file" } else { "has no value in the file" };
            let message =
                format!("the substitution {} {what}; the environment is not read", name());
            self.notes.add(line, message);
            return Ok(None);
        };
        self.referred.push(path);
        let node = self.node(target)?;
        self.referred.pop();
        Ok(node)
    }
}

/// Finds what a path names, without putting substitutions in on the way.
fn find<'r>(root: &'r Raw, path: &[String]) -> Option<&'r Raw> {
    let Some((key, rest)) = path.split_first() else { return Some(root) };
    match &root.value {
        Content::Map(map) => find(map.get(key)?, rest),
        Content::Join(parts) => parts.iter().rev().find_map(|part| find(part, path)),
        _ => None,
    }
}

fn join(before: Value, after: Value, spaces: bool) -> Value {
    match (before, after) {
        (Value::Map(mut before), Value::Map(after)) => {
            for (key, node) in after {
                match before.iter_mut().find(|(own, _)| *own == key) {
                    Some((_, old)) => {
                        let both =
                            join(std::mem::replace(&mut old.value, Value::Null), node.value, false);
                        old.value = both;
                    }
                    None => before.push((key, node)),
                }
            }
            Value::Map(before)
        }
        (Value::List(mut before), Value::List(after)) => {
            before.extend(after);
            Value::List(before)
        }
        (Value::Text(before), Value::Text(after)) if spaces || before.is_empty() => {
            Value::Text(format!("{before} {after}").trim().to_owned())
        }
        (_, after) => after,
    }
}
