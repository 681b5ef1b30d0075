//! Removes the values that the schema refuses from a table, so that the rest can still be read and
//! checked: the user sees all faults at once instead of one kind after the other.

use std::{collections::HashSet, ops::Range};

use toml::{
    Spanned,
    de::{DeArray, DeValue},
};

/// The ranges of tables and lists from which something was removed.
pub(super) type Pruned = HashSet<Range<usize>>;

/// Copies a value without what stands at one of `faults`, and returns where something was removed.
pub(super) fn prune<'i>(
    value: &Spanned<DeValue<'i>>,
    faults: &HashSet<Range<usize>>,
) -> (Spanned<DeValue<'i>>, Pruned) {
    let mut value = value.clone();
    let mut pruned = Pruned::new();
    if !faults.is_empty() {
        strip(&mut value, faults, &mut pruned);
    }
    (value, pruned)
}

/// Removes the faulty parts of a value; returns whether the value itself must be removed.
fn strip(
    value: &mut Spanned<DeValue<'_>>,
    faults: &HashSet<Range<usize>>,
    pruned: &mut Pruned,
) -> bool {
    let span = value.span();
    let lost = match value.get_mut() {
        DeValue::Table(table) => {
            let before = table.len();
            let had_op = table.contains_key("op");
            let entries = std::mem::take(table).into_iter();
            table.extend(entries.filter_map(|(key, mut value)| {
                let goes = faults.contains(&key.span()) || strip(&mut value, faults, pruned);
                (!goes).then_some((key, value))
            }));
            if had_op && !table.contains_key("op") {
                // A step without a valid operation is removed as a whole.
                return true;
            }
            before - table.len()
        }
        DeValue::Array(items) => {
            let before = items.len();
            let kept = std::mem::replace(items, DeArray::new()).into_iter();
            *items = kept
                .filter_map(|mut item| (!strip(&mut item, faults, pruned)).then_some(item))
                .collect();
            before - items.len()
        }
        _ => 0,
    };
    if lost > 0 {
        pruned.insert(span.clone());
    }
    faults.contains(&span)
}
