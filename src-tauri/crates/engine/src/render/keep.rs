//! Keeping results in a store, under their keys.

use std::time::SystemTime;

use cropmark_rules::{Key, protocol::Rendered};
use cropmark_store::{
    Inserted, Store, StoreError, Variant,
    atomic::{TemporaryFile, WriteError},
};

use super::{job::Purpose, target::Target, verify::Verified};

/// Keeps a result, and returns the kept variant; `None` where the store keeps none.
///
/// # Errors
/// Whatever forbids to keep it.
pub fn keep(
    store: &Store,
    key: Key,
    result: Verified,
    purpose: Purpose,
) -> Result<Option<Variant>, StoreError> {
    if !store.keeps_variants() {
        return Ok(None);
    }
    let Verified { target, rendered } = result;
    let temporary = named(store, key, target, &rendered)?;
    let now = SystemTime::now();
    let inserted = match purpose {
        Purpose::Files(_) => store.insert(temporary, key, &rendered, now),
        Purpose::Preview { .. } => store.insert_look(temporary, key, &rendered, now),
    };
    Ok(match inserted? {
        Inserted::Stored(variant) => Some(variant),
        Inserted::Passed(_) => None,
    })
}

/// The target where it has the right name already, else a copy that has.
fn named(
    store: &Store,
    key: Key,
    target: Target,
    rendered: &Rendered,
) -> Result<TemporaryFile, StoreError> {
    let extension = rendered.format.extension();
    match target {
        Target::Kept(file) if file.destination().extension().is_some_and(|it| it == extension) => {
            Ok(file)
        }
        other => {
            let copy = store.temporary(key, extension)?;
            copy.fill_from(other.file())?;
            Ok(copy)
        }
    }
}

/// Keeps a result where that can be done. Faults of the store are logged and go no further, except
/// that the result itself is damaged.
///
/// # Errors
/// With [`WriteError::Damaged`].
pub(crate) fn keep_if_possible(
    store: &Store,
    key: Key,
    result: Verified,
    purpose: Purpose,
) -> Result<(), WriteError> {
    match keep(store, key, result, purpose) {
        Err(StoreError::Write(damaged @ WriteError::Damaged { .. })) => Err(damaged),
        Err(error) => {
            tracing::warn!(%error, "a variant is not kept in the cache");
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}
