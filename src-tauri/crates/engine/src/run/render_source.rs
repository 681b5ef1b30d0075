//! One source's part of a run: its items that are still to do, done.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    delivery::GroupDelivery,
    shared::Shared,
    source_work::SourceWork,
    take_up::{self, PlannedItems},
};
use crate::{
    blocking::blocking,
    render::{RenderJob, group::render_group},
    source::Found,
};

/// Works through a source that is planned; `planned`: it is still in hand. Where the store fails,
/// the run halts.
pub(super) async fn render_source(
    shared: Arc<Shared>,
    found: Found,
    number: u32,
    planned: Option<PlannedItems>,
) {
    let work = match planned {
        Some(planned) => take_up::in_hand(&shared, &found, number, planned).await,
        None => take_up::from_store(&shared, &found, number).await,
    };
    match work {
        Ok(Some(work)) => Arc::new(work).variants().await,
        Ok(None) => {}
        Err(reason) => shared.halt(&reason),
    }
    shared.recorder.source_done().await;
}

impl SourceWork {
    /// Works through the source's variants.
    async fn variants(self: Arc<Self>) {
        let context = &self.shared.context;
        for (number, group) in self.source.plan.groups.iter().enumerate() {
            let work = Arc::clone(&self);
            if context.dry_run {
                let forecast = move || {
                    work.forecast(number);
                    Ok(())
                };
                let _ = blocking(forecast).await;
                continue;
            }
            let wanted = blocking(move || Ok(work.settle(number))).await.unwrap_or_default();
            if wanted.is_empty() || self.shared.is_halted() {
                continue;
            }
            let job = RenderJob {
                source: self.source.known.clone(),
                group: group.clone(),
                overlays: self.source.plan.overlays.clone(),
                purpose: self.purpose(),
            };
            let variants: Vec<usize> = wanted.keys().copied().collect();
            let delivery = GroupDelivery::new(Arc::clone(&self), number, wanted);
            let limit = &self.shared.write_limit;
            let (job, delivery) = (Arc::new(job), Arc::new(delivery));
            render_group(&context.engine, &job, &variants, limit, &delivery).await;
        }
    }

    /// Reports what needs no rendering; returns what does: the variants of the group, each with
    /// the planned variants that wait for it. May wait for the disk.
    fn settle(&self, group: usize) -> BTreeMap<usize, Vec<usize>> {
        let mut wanted = BTreeMap::new();
        for (number, variant) in self.source.plan.groups[group].variants.iter().enumerate() {
            let mut open = variant.planned.clone();
            open.retain(|index| self.positions[*index].is_some() && !self.is_settled(*index));
            if open.is_empty() {
                continue;
            }
            let cache = self.shared.context.cache.as_ref();
            match cache.and_then(|cache| cache.find(variant.key)) {
                Some((kept, file)) => self.place_kept(&open, &kept, &file),
                None => drop(wanted.insert(number, open)),
            }
        }
        wanted
    }
}
