//! Renders one variant that a person waits for, and keeps it.

use std::{
    fs::File,
    io,
    os::unix::fs::{FileExt as _, MetadataExt as _},
    sync::{Arc, PoisonError},
    time::SystemTime,
};

use cropmark_engine::{Class, OrderedVariant, RenderOrder};
use cropmark_rules::{
    ContentHash, Fault, FaultCode, FormatRule, Key, plan::PlannedVariant, protocol::Rendered,
};
use cropmark_store::{Store, StoreError, atomic::TemporaryFile};

use super::{Shared, board::Entry, choice::Chosen, recent::Finished};
use crate::{ApiError, workspace::blocking};

/// Where a worker writes to.
#[derive(Debug)]
enum Target {
    /// A file that will be the workspace's.
    Kept(TemporaryFile),
    /// A file without a name, for what is only looked at.
    Passing(Arc<File>),
}

impl Target {
    fn file(&self) -> &Arc<File> {
        match self {
            Self::Kept(temporary) => temporary.file(),
            Self::Passing(file) => file,
        }
    }
}

/// Renders `variant`, which is the chosen one or a quick look at it. `entry`: where it stands,
/// if it is to be kept. It can be fetched when this returns; the disk gets it a moment later.
pub(super) async fn render(
    shared: &Arc<Shared>,
    chosen: &Arc<Chosen>,
    variant: &PlannedVariant,
    entry: Option<Entry>,
) -> Result<Finished, ApiError> {
    let engine = shared.ground.engine()?.clone();
    let _rendering = entry.map(|entry| shared.board.begin(entry.key));
    let (store, key, format) =
        (shared.ground.store().clone(), variant.key, variant.encoding.format);
    let (keeps, source) = (entry.is_some(), Arc::clone(&chosen.asset.file));
    let (target, stamp) = blocking(move || {
        Ok::<_, ApiError>((target(&store, key, format, keeps)?, Stamp::of(&source)))
    })
    .await??;
    let mut ticket = engine.render(order(chosen, variant, &target));
    let Some((_, outcome)) = ticket.next().await else {
        return Err(Fault::new(FaultCode::Busy, "The rendering was stopped. Try again.").into());
    };
    let rendered = match outcome {
        Ok(rendered) => rendered,
        Err(fault) => {
            if let Some(entry) = entry {
                shared.board.fail(entry, &fault);
                shared.survey.assets([chosen.asset.id]);
                shared.survey.flush();
            }
            return Err(fault.into());
        }
    };
    let (chosen_too, file) = (Arc::clone(chosen), Arc::clone(target.file()));
    let expected = rendered.clone();
    let bytes = blocking(move || {
        if Stamp::of(&chosen_too.asset.file) != stamp {
            return Err(Fault::new(
                FaultCode::SourceChanged,
                "The file changed while it was rendered. Look at it again in a moment.",
            ));
        }
        chosen_too.plan.unchanged()?;
        read(&file, &expected)
    })
    .await??;
    let finished = Finished { bytes, rendered };
    shared.recent.insert(variant.key, finished.clone());
    if let (Target::Kept(temporary), Some(entry)) = (target, entry) {
        keep(shared, chosen.asset.id, entry, temporary, finished.rendered.clone());
    }
    Ok(finished)
}

/// An empty file to render to.
fn target(store: &Store, key: Key, format: FormatRule, keeps: bool) -> Result<Target, ApiError> {
    let FormatRule::Named(format) = format else { return passing() };
    if !keeps || !store.keeps_variants() {
        return passing();
    }
    match store.temporary(key, format.extension()) {
        Ok(temporary) => Ok(Target::Kept(temporary)),
        Err(error) => {
            // Looking goes on where keeping does not.
            tracing::warn!(%error, "a preview is not kept");
            passing()
        }
    }
}

fn passing() -> Result<Target, ApiError> {
    let file = tempfile::tempfile().map_err(|error| {
        ApiError::system(format!("No temporary file can be made for previews: {error}"))
    })?;
    Ok(Target::Passing(Arc::new(file)))
}

/// The order of one variant.
///
/// An export names a variant's siblings, so that a resumed batch derives the same bytes as an
/// uninterrupted one. A preview does not: a 320-pixel variant beside a 2048-pixel one would wait
/// for the larger ones to be scaled first (a photograph of 8 megapixels on a busy machine: 49 ms
/// alone, 272 ms beside 640, 1280 and 2048; of 12 megapixels 112 and 139). Its bytes may be others
/// than an export's, within the bounds that the derivation keeps to; so it is marked as a look,
/// which is shown and never exported.
fn order(chosen: &Chosen, variant: &PlannedVariant, target: &Target) -> RenderOrder {
    let facts = &chosen.asset.facts;
    RenderOrder {
        class: Class::OnDemand,
        batch: None,
        source: Arc::clone(&chosen.asset.file),
        header: facts.header.clone(),
        rules: variant.rules.clone(),
        proxy: Some(facts.content_hash),
        is_look: true,
        focal: facts.focal,
        files: chosen.plan.files(variant),
        variants: vec![OrderedVariant {
            key: variant.key,
            operations: variant.operations.clone(),
            encoding: variant.encoding.clone(),
            target: Some(Arc::clone(target.file())),
        }],
    }
}

/// The content that the worker promised.
fn read(file: &File, rendered: &Rendered) -> Result<Arc<[u8]>, Fault> {
    let damaged = |detail: &str| {
        Fault::new(FaultCode::Crashed, format!("The result is damaged ({detail}). Try again."))
    };
    let length = usize::try_from(rendered.bytes).map_err(|_| damaged("too long"))?;
    let mut bytes = vec![0; length];
    let whole = file.read_exact_at(&mut bytes, 0).and_then(|()| file.metadata());
    match whole {
        Ok(metadata) if metadata.len() == rendered.bytes => {}
        _ => return Err(damaged("not as long as was said")),
    }
    if ContentHash::of(&bytes) != rendered.hash {
        return Err(damaged("not the bytes that were said"));
    }
    Ok(bytes.into())
}

/// Writes a variant to the workspace while the person already looks at it.
fn keep(
    shared: &Arc<Shared>,
    asset: u32,
    entry: Entry,
    temporary: TemporaryFile,
    rendered: Rendered,
) {
    let mut keeping = shared.keeping.lock().unwrap_or_else(PoisonError::into_inner);
    while keeping.try_join_next().is_some() {}
    let shared = Arc::clone(shared);
    keeping.spawn_blocking(move || {
        let store = shared.ground.store();
        shared.board.expect(entry.key);
        match insert(store, temporary, entry.key, &rendered) {
            Ok(()) => {
                shared.board.keep(&[entry]);
                shared.survey.assets([asset]);
                shared.survey.flush();
            }
            Err(error) => {
                shared.board.expect_no_more(entry.key);
                tracing::warn!(%error, "a preview is not kept");
            }
        }
    });
}

fn insert(
    store: &Store,
    temporary: TemporaryFile,
    key: Key,
    rendered: &Rendered,
) -> Result<(), StoreError> {
    store.insert_look(temporary, key, rendered, SystemTime::now()).map(|_| ())
}

/// Keeps bytes that were rendered to a file without a name: only the result knew its format.
pub(super) fn keep_bytes(shared: &Arc<Shared>, asset: u32, entry: Entry, finished: &Finished) {
    let store = shared.ground.store();
    if !store.keeps_variants() {
        return;
    }
    let written = store
        .temporary(entry.key, finished.rendered.format.extension())
        .map_err(|error| error.to_string())
        .and_then(|temporary| {
            let written = temporary.file().write_all_at(&finished.bytes, 0);
            written.map(|()| temporary).map_err(|error: io::Error| error.to_string())
        });
    match written {
        Ok(temporary) => keep(shared, asset, entry, temporary, finished.rendered.clone()),
        Err(error) => tracing::warn!(%error, "a preview is not kept"),
    }
}

/// What changes when a file is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp([i64; 5]);

impl Stamp {
    /// `None` where the disk does not say.
    fn of(file: &File) -> Option<Self> {
        let metadata = file.metadata().ok()?;
        let length = metadata.len().cast_signed();
        Some(Self([
            length,
            metadata.mtime(),
            metadata.mtime_nsec(),
            metadata.ctime(),
            metadata.ctime_nsec(),
        ]))
    }
}
