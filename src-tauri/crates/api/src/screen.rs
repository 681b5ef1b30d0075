//! Renders one variant for the screen: what previews and the library's pictures have in common.

use std::sync::Arc;

use cropmark_engine::{
    Engine,
    render::{RenderJob, Target, Verified, render_one},
};
use cropmark_rules::{Fault, FaultCode, FormatRule, Key};
use cropmark_store::Store;

use crate::{ApiError, context::blocking};

/// Creates the file that a variant is rendered to: one that the store will keep, or, where it keeps
/// none, one without a name. Blocks.
///
/// # Errors
/// Where no file can be created.
pub(crate) fn target(store: &Store, key: Key, format: FormatRule) -> Result<Target, Fault> {
    match Target::kept(store, key, format) {
        Ok(Some(target)) => Ok(target),
        Ok(None) => Target::unnamed(),
        Err(error) => {
            // It is shown without being kept.
            tracing::warn!(%error, "a variant will not be kept");
            Target::unnamed()
        }
    }
}

/// Renders the only variant of a job, checks the result and its inputs, and passes it with its bytes
/// to `then`, which may block. Dropping the future cancels the rendering.
///
/// # Errors
/// The worker's fault; or the result is damaged, or an input has changed.
pub(crate) async fn render<T: Send + 'static>(
    engine: &Engine,
    job: RenderJob,
    target: Target,
    then: impl FnOnce(Verified, Arc<[u8]>) -> T + Send + 'static,
) -> Result<T, Fault> {
    let answer = render_one(engine, &Arc::new(job), target).await?;
    let finished = blocking(move || answer.verify_and_read().map(|(it, bytes)| then(it, bytes)));
    finished.await.map_err(|error| busy(&error))?
}

/// The fault of work that could not be started.
pub(crate) fn busy(error: &ApiError) -> Fault {
    Fault::new(FaultCode::Busy, error.message.clone())
}
