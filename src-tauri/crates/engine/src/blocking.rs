//! Work that may wait for a disk, away from the threads that must not wait.

use cropmark_rules::{Fault, FaultCode};

/// Runs `work` on a thread that may wait, and returns its result. A panic in it is one here.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(Fault::new(FaultCode::Busy, "The program is ending. Run it again.")),
    }
}
