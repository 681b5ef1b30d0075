//! From a file to what is to be made of it: opened, hashed, its header read, planned.

use std::sync::Arc;

use cropmark_rules::{Fault, FaultCode, plan::AssetFacts};

use super::{Found, asset, rulebook::AssetPlan, run::Export, source::Source};
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

async fn steps(
    export: &Arc<Export>,
    found: &Found,
    hashing: Hashing,
) -> Result<(Source, AssetFacts, AssetPlan), Fault> {
    if let Some(fault) = &found.fault {
        return Err(fault.clone());
    }
    let path = found.path.clone();
    let (source, hash) = blocking(move || {
        let source = Source::open(&path)?;
        let hash = match hashing {
            Hashing::Content => source.hash()?,
            Hashing::Path => blake3::hash(path.as_os_str().as_encoded_bytes()),
        };
        Ok((source, hash))
    })
    .await?;
    let header = export.engine.inspect(Arc::clone(&source.file), Class::OnDemand).await?;
    let facts = AssetFacts {
        path: asset::text_of(&found.asset),
        content_hash: hash.to_hex().to_string(),
        header,
        focal: None,
    };
    let export = Arc::clone(export);
    blocking(move || {
        let writable = &export.engine.description().writes;
        let plan = export.rulebook.plan(&facts, writable);
        Ok((source, facts, plan))
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
        Err(_) => Err(Fault::new(FaultCode::Busy, "the program is ending; run the command again")),
    }
}
