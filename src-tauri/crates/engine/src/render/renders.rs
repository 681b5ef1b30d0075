//! Variants that workers are rendering.

use std::sync::Arc;

use cropmark_rules::{Fault, FaultCode};

use super::{
    job::RenderJob,
    target::{Target, Targets},
    verify::Unverified,
};
use crate::{Engine, Ticket, metrics::Metrics};

/// Variants that are being rendered. Dropping it takes back what nobody else waits for.
#[derive(Debug)]
pub struct Renders {
    ticket: Ticket,
    job: Arc<RenderJob>,
    targets: Targets,
    metrics: Metrics,
}

/// Lets workers render the variants of a job that have a target.
#[must_use]
pub fn render(engine: &Engine, job: &Arc<RenderJob>, targets: Targets) -> Renders {
    let ticket = engine.render(job.order(&targets));
    let metrics = engine.metrics().clone();
    Renders { ticket, job: Arc::clone(job), targets, metrics }
}

/// Renders the only variant of a job. Dropping the future takes it back.
///
/// # Errors
/// With [`FaultCode::Busy`] where the engine was stopped; the worker's own fault is in the answer.
pub async fn render_one(
    engine: &Engine,
    job: &Arc<RenderJob>,
    target: Target,
) -> Result<Unverified, Fault> {
    let mut renders = render(engine, job, Targets::from([(0, target)]));
    let answer = renders.next().await.map(|(_, answer)| answer);
    answer.ok_or_else(|| {
        Fault::new(FaultCode::Busy, "The engine was stopped before this was rendered. Try again.")
    })
}

impl Renders {
    /// Waits for the next variant, and returns its index in the group and the answer. Variants
    /// come in no particular order; `None`: no more do. Safe to drop half-way, as in `select!`.
    pub async fn next(&mut self) -> Option<(usize, Unverified)> {
        loop {
            let (index, answer) = self.ticket.next().await?;
            if let Err(fault) = &answer {
                self.metrics.failed(fault.code);
            }
            if let Some(target) = self.targets.remove(&index) {
                return Some((index, Unverified { job: Arc::clone(&self.job), target, answer }));
            }
        }
    }

    /// How many variants were not answered: after the last answer, those that the engine gave up
    /// because it was stopped or the batch cancelled.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.targets.len()
    }
}
