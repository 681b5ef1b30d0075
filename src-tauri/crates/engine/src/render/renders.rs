//! Variants that workers are rendering.

use std::sync::Arc;

use cropmark_rules::{Fault, FaultCode, protocol::Rendered};
use tokio::task::JoinHandle;

use super::{
    early::EarlyRenders,
    job::RenderJob,
    target::{Target, Targets},
    verify::Unverified,
};
use crate::{Engine, Ticket};

/// Variants that are being rendered. Dropping it takes back what nobody else waits for.
#[derive(Debug)]
pub struct Renders {
    engine: Engine,
    job: Arc<RenderJob>,
    /// The files of what is not answered.
    targets: Targets,
    /// What was begun before, as long as results come from there.
    early: Option<EarlyRenders>,
    /// An early result that is being copied.
    copying: Option<JoinHandle<Copied>>,
    /// The order for the rest.
    ticket: Option<Ticket>,
}

/// An early result's index, its target, and the answer.
type Copied = (usize, Target, Result<Rendered, Fault>);

/// Lets workers render the variants of a job that have a target.
#[must_use]
pub fn render(engine: &Engine, job: &Arc<RenderJob>, targets: Targets) -> Renders {
    render_with(engine, job, targets, None)
}

/// As [`render`], and takes what has been begun early from there.
pub(crate) fn render_with(
    engine: &Engine,
    job: &Arc<RenderJob>,
    targets: Targets,
    early: Option<EarlyRenders>,
) -> Renders {
    let ticket = early.is_none().then(|| engine.render(job.order(&targets)));
    let (engine, job) = (engine.clone(), Arc::clone(job));
    Renders { engine, job, targets, early, copying: None, ticket }
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
        if let Some(early) = self.next_early().await {
            return Some(early);
        }
        loop {
            let (index, answer) = self.ticket.as_mut()?.next().await?;
            if let Err(fault) = &answer {
                self.engine.metrics().failed(fault.code);
            }
            if let Some(target) = self.targets.remove(&index) {
                return Some((index, Unverified { job: Arc::clone(&self.job), target, answer }));
            }
        }
    }

    /// Waits for the next early result. After the last one, orders what is left.
    async fn next_early(&mut self) -> Option<(usize, Unverified)> {
        loop {
            if let Some(copying) = &mut self.copying {
                let copied = copying.await;
                self.copying = None;
                // Where the runtime ends, the variant is not answered.
                let Ok((index, target, answer)) = copied else { continue };
                return Some((index, Unverified { job: Arc::clone(&self.job), target, answer }));
            }
            let Some((index, result)) = self.early.as_mut()?.next().await else {
                self.early = None;
                if !self.targets.is_empty() {
                    self.ticket = Some(self.engine.render(self.job.order(&self.targets)));
                }
                return None;
            };
            let Some(target) = self.targets.remove(&index) else { continue };
            self.copying = Some(tokio::task::spawn_blocking(move || {
                let answer = result.copy_to(&target);
                (index, target, answer)
            }));
        }
    }

    /// How many variants were not answered: after the last answer, those that the engine gave up
    /// because it was stopped or the batch cancelled.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.targets.len()
    }
}
