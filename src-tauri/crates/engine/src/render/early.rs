//! Renders variants while their source arrives: before its content hash is known, and therefore before
//! anyone can tell which of them the store has.

use cropmark_rules::{Fault, protocol::Rendered};

use super::{
    job::RenderJob,
    target::{Target, Targets},
};
use crate::{
    Arrival, Engine, RenderOrder, Ticket,
    core::{copy::copy, pool::unwritable},
    presets::OverlayFiles,
};

/// Variants that are being rendered early. Dropping it takes them back.
#[derive(Debug)]
pub(crate) struct EarlyRenders {
    ticket: Ticket,
    targets: Targets,
    overlays: OverlayFiles,
}

/// A variant that was rendered early.
#[derive(Debug)]
pub(super) struct EarlyResult {
    rendered: Rendered,
    target: Target,
    overlays: OverlayFiles,
}

/// Lets workers render the variants of a job that have a target, as the source arrives.
pub(crate) fn render_early(
    engine: &Engine,
    job: &RenderJob,
    arrival: Arrival,
    targets: Targets,
) -> EarlyRenders {
    let order = RenderOrder { arrival: Some(arrival), ..job.order(&targets) };
    EarlyRenders { ticket: engine.render(order), targets, overlays: job.overlays.clone() }
}

impl EarlyRenders {
    /// Waits for the next variant that could be rendered, and returns its index in the group too.
    pub(super) async fn next(&mut self) -> Option<(usize, EarlyResult)> {
        loop {
            let (index, answer) = self.ticket.next().await?;
            let (Ok(rendered), Some(target)) = (answer, self.targets.remove(&index)) else {
                continue;
            };
            let overlays = self.overlays.clone();
            return Some((index, EarlyResult { rendered, target, overlays }));
        }
    }
}

impl EarlyResult {
    /// Copies the result to where it is wanted. May wait for the disk.
    ///
    /// # Errors
    /// Where it cannot be written, or the file of an overlay has changed.
    pub(super) fn copy_to(self, target: &Target) -> Result<Rendered, Fault> {
        self.overlays.unchanged()?;
        let copied = copy(self.target.file(), target.file());
        copied.map_err(|error| unwritable(&error)).map(|()| self.rendered)
    }
}
