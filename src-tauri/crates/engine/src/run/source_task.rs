//! One source's part of a run: its items that are still to do, done.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

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
    render::{Purpose, RenderJob, Renders, render_with},
    source::Found,
};

/// A portion that workers are rendering.
pub(super) struct Rendering {
    portion: Portion,
    renders: Renders,
    /// The planned variants that wait for each variant.
    waiting: BTreeMap<usize, Vec<usize>>,
}

/// A source of a run that is being worked on.
#[derive(Clone)]
pub(super) struct SourceTask {
    pub(super) shared: Arc<Shared>,
    pub(super) results: mpsc::Sender<Finished>,
    pub(super) found: Found,
    /// Its number in the run.
    pub(super) number: u32,
}

impl SourceTask {
    /// Hands over what needs no rendering of a portion, and requests the rest from the workers.
    pub(super) async fn begin(
        &self,
        work: &Arc<SourceWork>,
        portion: Portion,
        prepared: Prepared,
    ) -> Option<Rendering> {
        let Prepared { finished, targets, waiting } = prepared;
        for finished in finished {
            self.hand_over(finished).await;
        }
        if targets.is_empty() || self.shared.is_halted() {
            return None;
        }
        let context = &self.shared.context;
        let job = RenderJob {
            source: work.source.known.clone(),
            group: work.source.plan.groups[portion.group].clone(),
            overlays: work.source.plan.overlays.clone(),
            purpose: Purpose::Files(context.batch),
        };
        let early = work.source.early.take(portion.group);
        let renders = render_with(&context.engine, &Arc::new(job), targets, early);
        Some(Rendering { portion, renders, waiting })
    }

    /// Hands over what workers render of a source: what was begun with, and then the rest, until
    /// all of it is with the writer.
    pub(super) async fn finish(
        &self,
        work: &Arc<SourceWork>,
        first: Option<Rendering>,
        rest: Vec<Portion>,
    ) {
        let mut rest = VecDeque::from(rest);
        if let Some(rendering) = first {
            rest.extend(self.hand_over_results(work, rendering).await);
        }
        while let Some(portion) = rest.pop_front() {
            let (shared, preparing) = (Arc::clone(&self.shared), Arc::clone(work));
            let part = portion.clone();
            let prepared = blocking(move || Ok(preparing.prepare(&shared, &part))).await;
            let rendering = self.begin(work, portion, prepared.unwrap_or_default()).await;
            if let Some(rendering) = rendering {
                rest.extend(self.hand_over_results(work, rendering).await);
            }
        }
    }

    /// Hands over results as they come. Those that only the cache has no space for are returned, to be
    /// rendered once more, to their own places.
    async fn hand_over_results(
        &self,
        work: &Arc<SourceWork>,
        rendering: Rendering,
    ) -> Option<Portion> {
        let Rendering { portion, mut renders, mut waiting } = rendering;
        let mut again = Vec::new();
        while let Some((number, answer)) = renders.next().await {
            if let Some(cache) = &self.shared.context.cache
                && answer.lacks_space_in_store()
            {
                cache.disk_is_full();
                again.push(number);
                continue;
            }
            let planned = waiting.remove(&number).unwrap_or_default();
            let rendered = Content::Rendered(Box::new(answer));
            self.hand_over(work.finished(&portion, number, planned, rendered)).await;
        }
        if renders.unanswered() > 0 {
            self.shared.halt(STOPPED);
        }
        (!again.is_empty()).then(|| portion.only(again))
    }

    /// Reports an item for which no file is written.
    pub(super) async fn report(&self, position: u32, row: Row) {
        self.hand_over(Finished::item(position, row)).await;
    }

    pub(super) async fn hand_over(&self, finished: Finished) {
        // Fails once the writer has ended. The run halts then, and its items stay to do.
        let _ = self.results.send(finished).await;
    }
}
