//! Rendering a group of variants in portions, and delivering what is finished meanwhile.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::{
    job::RenderJob,
    renders::render,
    target::{Target, Targets},
    verify::Unverified,
    write_limit::WriteLimit,
};
use crate::{Engine, blocking::blocking};

/// The most variants of a source that are asked for at once: each has a file open.
const AT_ONCE: usize = 64;

/// What becomes of the variants of a group, by their indices in it.
pub(crate) trait Delivery: Send + Sync + 'static {
    /// Creates the file that a variant's result is copied to; `None`: it cannot be, and that is reported.
    /// May wait for a disk.
    fn target(&self, variant: usize) -> Option<Target>;

    /// Takes a variant's answer, and reports what became of it. May wait for a disk.
    fn deliver(&self, variant: usize, answer: Unverified);

    /// Learns that the engine gave up some variants: nobody has tried them.
    fn given_up(&self) {}

    /// Whether nothing more is to be begun.
    fn is_halted(&self) -> bool {
        false
    }
}

/// Renders the wanted variants of a job.
pub(crate) async fn render_group<D: Delivery>(
    engine: &Engine,
    job: &Arc<RenderJob>,
    wanted: &[usize],
    limit: &WriteLimit,
    delivery: &Arc<D>,
) {
    for portion in wanted.chunks(AT_ONCE) {
        if delivery.is_halted() {
            return;
        }
        let (creator, portion) = (Arc::clone(delivery), portion.to_vec());
        let targets = blocking(move || {
            let create = |variant| Some((variant, creator.target(variant)?));
            Ok(portion.into_iter().filter_map(create).collect::<Targets>())
        });
        let targets = targets.await.unwrap_or_default();
        if targets.is_empty() || delivery.is_halted() {
            continue;
        }
        let mut renders = render(engine, job, targets);
        let mut delivering = JoinSet::new();
        while let Some((variant, answer)) = renders.next().await {
            let (delivery, permit) = (Arc::clone(delivery), limit.acquire().await);
            delivering.spawn_blocking(move || {
                let _permit = permit;
                delivery.deliver(variant, answer);
            });
        }
        if renders.unanswered() > 0 {
            delivery.given_up();
        }
        while let Some(delivered) = delivering.join_next().await {
            if let Err(error) = delivered
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}
