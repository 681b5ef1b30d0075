//! Keeping results in a store, under their keys.

use std::{
    mem,
    time::{Duration, SystemTime},
};

use cropmark_rules::{Fault, FaultCode, Key};
use cropmark_store::{Inserted, NewVariant, Store, StoreError, Variant};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::Instant,
};

use super::{
    gather::{LARGEST, gather},
    job::Purpose,
    target::Target,
    verify::{Unverified, Verified},
};
use crate::blocking::blocking;

/// Time from one group to the next. Whoever renders waits too, so that it is short.
const PERIOD: Duration = Duration::from_millis(10);

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
    let variant = new_variant(store, key, result, purpose)?;
    kept(store.insert(variant, SystemTime::now()))
}

fn kept(inserted: Result<Inserted, StoreError>) -> Result<Option<Variant>, StoreError> {
    Ok(match inserted? {
        Inserted::Stored(variant) => Some(variant),
        Inserted::Passed(_) => None,
    })
}

/// Makes a result ready to be kept: in a file of the store, with the right name.
pub(crate) fn new_variant(
    store: &Store,
    key: Key,
    result: Verified,
    purpose: Purpose,
) -> Result<NewVariant, StoreError> {
    let Verified { target, rendered } = result;
    let extension = rendered.format.extension();
    let temporary = match target {
        Target::Kept(file) if file.destination().extension().is_some_and(|it| it == extension) => {
            file
        }
        other => {
            let copy = store.temporary(key, extension)?;
            copy.fill_from(other.file())?;
            copy
        }
    };
    let is_look = matches!(purpose, Purpose::Preview { .. });
    Ok(NewVariant { temporary, key, rendered, is_look })
}

/// Keeps results of exact variants in a store, many at a time.
#[derive(Debug)]
pub(crate) struct Keeper {
    results: mpsc::Sender<KeepRequest>,
    keeping: JoinHandle<()>,
}

/// Where a [`Keeper`] takes results.
pub(crate) type KeepSender = mpsc::Sender<KeepRequest>;

/// A result that is to be checked and kept.
#[derive(Debug)]
pub(crate) struct KeepRequest {
    key: Key,
    result: Unverified,
    purpose: Purpose,
    answer: oneshot::Sender<Result<Variant, Fault>>,
}

impl Keeper {
    /// Starts to keep what comes. Must be called within a runtime.
    pub(crate) fn start(store: Store) -> Self {
        let (results, mut received) = mpsc::channel(LARGEST);
        let keeping = tokio::spawn(async move {
            let (mut group, mut next) = (Vec::new(), Instant::now());
            while gather(&mut received, &mut group, next).await {
                next = Instant::now() + PERIOD;
                let (store, group) = (store.clone(), mem::take(&mut group));
                // Where the program ends, whoever asked gets no answer.
                let _ = blocking(move || {
                    keep_group(&store, group);
                    Ok(())
                })
                .await;
            }
        });
        Self { results, keeping }
    }

    pub(crate) fn sender(&self) -> KeepSender {
        self.results.clone()
    }

    /// Waits until all is kept that was handed over, once all senders are gone.
    pub(crate) async fn close(self) {
        drop(self.results);
        let _ = self.keeping.await;
    }
}

/// Checks a result and keeps it together with others.
pub(crate) async fn keep_with_others(
    keeper: &KeepSender,
    key: Key,
    result: Unverified,
    purpose: Purpose,
) -> Result<Variant, Fault> {
    let (answer, answered) = oneshot::channel();
    let _ = keeper.send(KeepRequest { key, result, purpose, answer }).await;
    let ending = || Fault::new(FaultCode::Busy, "The program is ending. Run it again.");
    answered.await.unwrap_or_else(|_| Err(ending()))
}

fn keep_group(store: &Store, group: Vec<KeepRequest>) {
    let (mut variants, mut answers) = (Vec::new(), Vec::new());
    for KeepRequest { key, result, purpose, answer } in group {
        let variant = result.verify().and_then(|verified| {
            new_variant(store, key, verified, purpose).map_err(|error| error.fault())
        });
        match variant {
            Ok(variant) => {
                variants.push(variant);
                answers.push(answer);
            }
            // The receiver may be gone; the variant is then rendered again when it is next needed.
            Err(fault) => drop(answer.send(Err(fault))),
        }
    }
    let inserted = store.insert_many(variants, SystemTime::now());
    for (inserted, answer) in inserted.into_iter().zip(answers) {
        let kept = kept(inserted).map_err(|error| error.fault());
        let _ = answer.send(kept.and_then(|variant| variant.ok_or_else(keeps_none)));
    }
}

/// Why nothing can be rendered into a store that keeps no variants.
pub(crate) fn keeps_none() -> Fault {
    let message = "The workspace keeps no variants. Change its settings.";
    Fault::new(FaultCode::Denied, message)
}
