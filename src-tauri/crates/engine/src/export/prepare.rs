//! From a file to what is to be made of it: opened, hashed, its header read, planned.

use std::{path::Path, sync::Arc};

use cropmark_rules::{
    ContentHash, Fault, FaultCode, plan::AssetFacts, protocol::Header, value::Point,
};

use super::{Found, asset, cache::Known, rulebook::AssetPlan, run::Export, source::Source};
use crate::Class;

/// A source that is ready to be rendered.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) found: Found,
    pub(super) source: Source,
    pub(super) facts: AssetFacts,
    pub(super) plan: AssetPlan,
    /// The path that names are made of.
    pub(super) name_path: String,
}

impl Prepared {
    /// A source of which everything is known from before. Reads the files of overlays.
    pub(super) fn again(
        export: &Export,
        found: Found,
        source: Source,
        content_hash: ContentHash,
        header: Header,
        focal: Option<Point>,
    ) -> Self {
        let path = asset::text_of(&found.asset);
        let facts = AssetFacts { path, content_hash, header, focal };
        let plan = export.rulebook.plan(&facts, &export.engine.description().writes);
        let name_path = asset::text_of(&found.relative);
        Self { found, source, facts, plan, name_path }
    }
}

/// How a content hash is come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hashing {
    /// By reading the file.
    Content,
    /// By its name: enough where only names are looked at.
    Path,
}

/// Prepares one source.
pub(super) async fn prepare(
    export: Arc<Export>,
    found: Found,
    hashing: Hashing,
) -> Result<Prepared, (Found, Fault)> {
    match steps(&export, &found, hashing).await {
        Ok((source, facts, plan)) => {
            let name_path = asset::text_of(&found.relative);
            Ok(Prepared { found, source, facts, plan, name_path })
        }
        Err(fault) => Err((found, fault)),
    }
}

/// An open source, and whether it must be looked into.
enum Opened {
    /// Its content and header are known from before.
    Known { source: Source, content_hash: ContentHash, header: Header, focal: Option<Point> },
    /// They are not; `known` is what to remember it by.
    New { source: Source, known: Option<Known> },
}

async fn steps(
    export: &Arc<Export>,
    found: &Found,
    hashing: Hashing,
) -> Result<(Source, AssetFacts, AssetPlan), Fault> {
    if let Some(fault) = &found.fault {
        return Err(fault.clone());
    }
    let (shared, path) = (Arc::clone(export), found.path.clone());
    let opened = blocking(move || open(&shared, &path)).await?;
    let (source, content_hash, header, focal) = match opened {
        Opened::Known { source, content_hash, header, focal } => {
            (source, content_hash, header, focal)
        }
        Opened::New { source, known } => {
            // First, so that what is refused need not be read to its end.
            let header = export.engine.inspect(Arc::clone(&source.file), Class::OnDemand).await?;
            let hash = hash(&source, &found.path, hashing).await?;
            let focal = known.as_ref().and_then(|known| known.focal);
            if let (Some(known), Hashing::Content) = (known, hashing) {
                remember(export, known, hash, header.clone()).await?;
            }
            (source, hash, header, focal)
        }
    };
    let path = asset::text_of(&found.asset);
    let facts = AssetFacts { path, content_hash, header, focal };
    let export = Arc::clone(export);
    blocking(move || {
        let writable = &export.engine.description().writes;
        let plan = export.rulebook.plan(&facts, writable);
        Ok((source, facts, plan))
    })
    .await
}

fn open(export: &Export, path: &Path) -> Result<Opened, Fault> {
    let source = Source::open(path)?;
    let metadata = source.metadata()?;
    let known = export.cache.as_ref().and_then(|cache| cache.known(path, &metadata));
    if let Some(Known { unchanged: Some((content_hash, header)), focal, .. }) = known {
        return Ok(Opened::Known { source, content_hash, header, focal });
    }
    Ok(Opened::New { source, known })
}

async fn hash(source: &Source, path: &Path, hashing: Hashing) -> Result<ContentHash, Fault> {
    match hashing {
        Hashing::Content => {
            let source = source.clone();
            blocking(move || source.hash()).await
        }
        Hashing::Path => Ok(ContentHash::of(path.as_os_str().as_encoded_bytes())),
    }
}

async fn remember(
    export: &Arc<Export>,
    known: Known,
    hash: ContentHash,
    header: Header,
) -> Result<(), Fault> {
    let export = Arc::clone(export);
    blocking(move || {
        if let Some(cache) = &export.cache {
            cache.remember(&known, hash, &header);
        }
        Ok(())
    })
    .await
}

/// Runs what may wait for a disk where waiting holds up nobody.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(Fault::new(FaultCode::Busy, "The program is ending. Run it again.")),
    }
}
