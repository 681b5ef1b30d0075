//! The states of all variants of the open workspace's assets: ready, missing, stale, being
//! rendered, failed.
//!
//! `index` holds what is known of each variant, `plans` which variants each asset has, `cells`
//! puts both together, and `counter` does so for all assets in the background.

mod cells;
mod counter;
mod follow;
mod index;
mod plans;
mod rules;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use cropmark_engine::run::Row;
use cropmark_rules::{Fault, Format, Key, parameters::GivenValues};

use self::{
    counter::StateCounter,
    index::{Rendering, StateIndex},
    plans::Plans,
    rules::RuleSnapshots,
};
use crate::{
    ApiError,
    context::{WorkspaceContext, blocking},
    documents::Documents,
    library::Library,
    model::{AssetStates, Matrix, MatrixArguments},
};

pub(crate) use index::{VariantId, VariantStatus};
pub(crate) use plans::variant_id;

/// The most assets of one request for the matrix.
const MOST: usize = 500;

/// The states of all variants. Clones share one state.
#[derive(Debug, Clone)]
pub(crate) struct States {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    context: WorkspaceContext,
    library: Library,
    documents: Documents,
    /// The formats that the worker writes.
    writable: Vec<Format>,
    index: Arc<StateIndex>,
    rules: RuleSnapshots,
    plans: Plans,
    counter: StateCounter,
    /// Previews under way, for which the counter steps back.
    previews: AtomicUsize,
}

impl States {
    pub(crate) fn new(context: WorkspaceContext, library: Library, documents: Documents) -> Self {
        let writable = context.engine().map(|engine| engine.description().writes.clone());
        let inner = Inner {
            context,
            library,
            documents,
            writable: writable.unwrap_or_default(),
            index: Arc::default(),
            rules: RuleSnapshots::default(),
            plans: Plans::default(),
            counter: StateCounter::default(),
            previews: AtomicUsize::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Starts to follow changes and to count states.
    pub(crate) fn begin(&self) {
        follow::begin(&self.inner);
    }

    /// Ends the counting, and writes outcomes that are not written yet.
    pub(crate) async fn close(&self) {
        let inner = Arc::clone(&self.inner);
        let ended = blocking(move || {
            inner.counter.end();
            inner.index.flush(inner.context.store());
        });
        // Only the program's end keeps it from running.
        let _ = ended.await;
    }

    /// The formats that the worker writes.
    pub(crate) fn writable(&self) -> &[Format] {
        &self.inner.writable
    }

    /// The cells of many assets: a row an asset, a cell a generator.
    pub(crate) async fn matrix(&self, wanted: MatrixArguments) -> Result<Matrix, ApiError> {
        if wanted.assets.len() > MOST {
            return Err(ApiError::invalid(format!(
                "At most {MOST} assets can be asked for at once."
            )));
        }
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            let rules = inner.rules.current(&inner.documents);
            let is_wanted =
                |file: &str| wanted.files.is_empty() || wanted.files.iter().any(|one| one == file);
            let mut found = Vec::new();
            let known = wanted.assets.iter().filter_map(|id| inner.library.asset(*id));
            let rows = known.map(|asset| cells::row(&inner, &rules, &asset, is_wanted, &mut found));
            let rows = rows.collect();
            inner.index.record_kept(&found);
            Matrix { rows }
        })
        .await
    }

    /// The assets by the states of their variants, as far as they are counted.
    pub(crate) fn by_state(&self) -> AssetStates {
        self.inner.counter.states()
    }

    /// The status of each of these variants.
    pub(crate) fn statuses(&self, variants: &[VariantId]) -> Vec<VariantStatus> {
        let mut found = Vec::new();
        let statuses = {
            let contents = self.inner.index.read();
            variants.iter().map(|variant| contents.status(*variant, &mut found)).collect()
        };
        self.inner.index.record_kept(&found);
        statuses
    }

    /// Keeps the counter from competing with a preview, until the answer is dropped.
    pub(crate) fn preview_begins(&self) -> PreviewUnderWay {
        self.inner.previews.fetch_add(1, Ordering::Relaxed);
        PreviewUnderWay { inner: Arc::clone(&self.inner) }
    }

    /// Marks a variant as being rendered, until the answer is dropped.
    pub(crate) fn rendering(&self, key: Key) -> Rendering {
        self.inner.index.begin(key)
    }

    /// Records that a variant of an asset could not be rendered.
    pub(crate) fn record_failed(&self, asset: u32, variant: VariantId, fault: &Fault) {
        self.inner.index.record_failed(variant, fault);
        self.inner.counter.recount([asset]);
        self.inner.counter.flush();
    }

    /// Keeps a variant of an asset by `insert`, and records it. Blocks.
    ///
    /// # Errors
    /// Those of `insert`.
    pub(crate) fn keep<E>(
        &self,
        asset: u32,
        variant: VariantId,
        insert: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let index = &self.inner.index;
        index.expect(variant.key);
        insert().inspect_err(|_| index.expect_no_more(variant.key))?;
        index.record_kept(&[variant]);
        self.inner.counter.recount([asset]);
        self.inner.counter.flush();
        Ok(())
    }

    /// Records that an export or eager rendering could not make a generator's variants of an
    /// asset. The row does not say which format: those that are kept do not count. Blocks.
    pub(crate) fn failed(&self, asset: u32, row: &Row) {
        let inner = &self.inner;
        let Some(fault) = row.error.as_ref() else { return };
        let Some(generator) = row.generator.as_ref() else { return };
        let Some(asset) = inner.library.asset(asset) else { return };
        let Some(facts) = cells::facts(inner.context.store(), &asset) else { return };
        for file in &inner.rules.current(&inner.documents).files {
            let names = std::slice::from_ref(generator);
            let plan = file.preset.plan(&facts, names, &GivenValues::default(), &inner.writable);
            let of_row = plan.variants.iter().filter(|variant| variant.variation == row.variation);
            for variant in of_row {
                inner.index.record_failed(variant_id(&file.file, &facts.path, variant), fault);
            }
        }
        inner.counter.recount([asset.id]);
        inner.counter.flush();
    }
}

/// A preview that the counter steps back for.
#[derive(Debug)]
pub(crate) struct PreviewUnderWay {
    inner: Arc<Inner>,
}

impl Drop for PreviewUnderWay {
    fn drop(&mut self) {
        self.inner.previews.fetch_sub(1, Ordering::Relaxed);
    }
}
