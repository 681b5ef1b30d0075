//! One source's part of a run: its items that are still to do, done.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{
    finished::{Content, Finished},
    prepare::{Portion, Prepared},
    row::Row,
    shared::{STOPPED, Shared},
    source_work::SourceWork,
};
use crate::{
    blocking::blocking,
    render::{Purpose, RenderJob, render},
    source::Found,
};

/// A source of a run that is being worked on.
pub(super) struct SourceTask {
    pub(super) shared: Arc<Shared>,
    pub(super) results: mpsc::Sender<Finished>,
    pub(super) found: Found,
    /// Its number in the run.
    pub(super) number: u32,
}

impl SourceTask {
    /// Renders what is to do of a source, and waits until all of it is with the writer.
    pub(super) async fn render(&self, work: Arc<SourceWork>, mut first: Option<Prepared>) {
        for portion in work.portions() {
            let prepared = if let Some(prepared) = first.take() {
                prepared
            } else {
                let (shared, work) = (Arc::clone(&self.shared), Arc::clone(&work));
                let portion = portion.clone();
                let preparing = blocking(move || Ok(work.prepare(&shared, &portion)));
                preparing.await.unwrap_or_default()
            };
            self.render_portion(&work, &portion, prepared).await;
        }
    }

    async fn render_portion(&self, work: &Arc<SourceWork>, portion: &Portion, prepared: Prepared) {
        let Prepared { finished, targets, mut waiting } = prepared;
        for finished in finished {
            self.hand_over(finished).await;
        }
        if targets.is_empty() || self.shared.is_halted() {
            return;
        }
        let context = &self.shared.context;
        let job = RenderJob {
            source: work.source.known.clone(),
            group: work.source.plan.groups[portion.group].clone(),
            overlays: work.source.plan.overlays.clone(),
            purpose: Purpose::Files(context.batch),
        };
        let mut renders = render(&context.engine, &Arc::new(job), targets);
        while let Some((number, answer)) = renders.next().await {
            let planned = waiting.remove(&number).unwrap_or_default();
            let rendered = Content::Rendered(answer);
            self.hand_over(work.finished(portion, number, planned, rendered)).await;
        }
        if renders.unanswered() > 0 {
            self.shared.halt(STOPPED);
        }
    }

    /// Reports an item for which no file is written.
    pub(super) async fn report(&self, position: u32, row: Row) {
        self.hand_over(Finished::item(position, row)).await;
    }

    pub(super) async fn hand_over(&self, finished: Finished) {
        // Where nobody writes any more, the run halts: its items are still to do.
        let _ = self.results.send(finished).await;
    }
}
