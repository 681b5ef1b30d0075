//! One asset's eager variants: taken from the cache, or rendered into it.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use cropmark_rules::{Fault, FaultCode};
use cropmark_store::Variant;
use tokio::sync::mpsc;

use super::{AssetEnd, Eager};
use crate::{
    blocking::blocking,
    intake::KnownSource,
    presets::{Rulebook, preset_plan::AssetPlan},
    render::{
        Purpose, RenderJob, Target, Unverified,
        group::{Delivery, render_group},
        keep,
    },
    run::{
        CacheUse, Row, Status,
        row::{shown, tenths},
    },
};

/// One asset's work.
pub(super) struct AssetWork {
    eager: Arc<Eager>,
    path: PathBuf,
    source: KnownSource,
    rows: mpsc::Sender<Row>,
    has_changed: AtomicBool,
}

/// A group of the asset's variants.
struct EagerGroup {
    work: Arc<AssetWork>,
    plan: Arc<AssetPlan>,
    group: usize,
}

impl AssetWork {
    pub(super) fn new(
        eager: Arc<Eager>,
        path: PathBuf,
        source: KnownSource,
        rows: mpsc::Sender<Row>,
    ) -> Arc<Self> {
        Arc::new(Self { eager, path, source, rows, has_changed: AtomicBool::new(false) })
    }

    /// Works through the asset's variants.
    pub(super) async fn run(self: Arc<Self>) -> AssetEnd {
        for rulebook in &self.eager.rulebooks {
            self.rulebook(Arc::clone(rulebook)).await;
        }
        if self.has_changed.load(Ordering::Relaxed) {
            AssetEnd::SourceChanged
        } else {
            AssetEnd::Done
        }
    }

    async fn rulebook(self: &Arc<Self>, rulebook: Arc<Rulebook>) {
        let work = Arc::clone(self);
        let planned = blocking(move || {
            let writable = &work.eager.engine.description().writes;
            let plan = Arc::new(rulebook.plan(&work.source.facts, writable));
            let groups = (0..plan.groups.len()).map(|group| {
                let (work, plan) = (Arc::clone(&work), Arc::clone(&plan));
                let group = EagerGroup { work, plan, group };
                let missing = group.missing();
                (group, missing)
            });
            let groups: Vec<_> = groups.collect();
            Ok((plan, groups))
        });
        // Only the program's end keeps a plan from being made.
        let Ok((plan, groups)) = planned.await else { return };
        for refused in &plan.refused {
            let row = Row {
                generator: Some(refused.generator.clone()),
                variation: refused.variation.clone(),
                ..Row::failed(&self.path, refused.fault.clone())
            };
            let _ = self.rows.send(row).await;
        }
        for (group, missing) in groups {
            let job = RenderJob {
                source: self.source.clone(),
                group: plan.groups[group.group].clone(),
                overlays: plan.overlays.clone(),
                purpose: self.purpose(),
            };
            let (engine, limit) = (&self.eager.engine, &self.eager.write_limit);
            render_group(engine, &Arc::new(job), &missing, limit, &Arc::new(group)).await;
        }
    }

    fn purpose(&self) -> Purpose {
        Purpose::Files(self.eager.batch)
    }
}

impl EagerGroup {
    /// Reports what the cache has; returns the indices of the rest. May wait for the disk.
    fn missing(&self) -> Vec<usize> {
        let variants = self.plan.groups[self.group].variants.iter().enumerate();
        let missing = variants.filter(|(index, variant)| {
            let found = self.work.eager.cache.find(variant.key);
            let is_missing = found.is_none();
            if let Some((found, _)) = found {
                self.report(*index, CacheUse::Hit, Ok(found));
            }
            is_missing
        });
        missing.map(|(index, _)| index).collect()
    }

    /// Reports what became of a variant, for each that was planned as it. May wait.
    fn report(&self, variant: usize, cache: CacheUse, kept: Result<Variant, Fault>) {
        let began = Instant::now();
        let path = &self.work.path;
        let row = match kept {
            Err(fault) if fault.code == FaultCode::SourceChanged => {
                self.work.has_changed.store(true, Ordering::Relaxed);
                return;
            }
            Err(fault) => Row::failed(path, fault),
            Ok(variant) => {
                let (status, milliseconds) = match cache {
                    CacheUse::Hit => (Status::Cached, began.elapsed().as_secs_f64() * 1000.0),
                    CacheUse::Miss => (Status::Rendered, variant.rendered.milliseconds),
                };
                Row {
                    path: Some(shown(&variant.path)),
                    ms: Some(tenths(milliseconds)),
                    cache: Some(cache),
                    ..Row::of(path, status).with(&variant.rendered)
                }
            }
        };
        let planned = &self.plan.groups[self.group].variants[variant].planned;
        for planned in planned.iter().map(|index| &self.plan.variants[*index]) {
            let (generator, variation) =
                (Some(planned.generator.clone()), planned.variation.clone());
            let _ = self.work.rows.blocking_send(Row { generator, variation, ..row.clone() });
        }
    }
}

impl Delivery for EagerGroup {
    fn target(&self, variant: usize) -> Option<Target> {
        let grouped = &self.plan.groups[self.group].variants[variant];
        let store = self.work.eager.cache.store();
        let fault = match Target::kept(store, grouped.key, grouped.encoding.format) {
            Ok(Some(target)) => return Some(target),
            Ok(None) => keeps_none(),
            Err(error) => error.fault(),
        };
        self.report(variant, CacheUse::Miss, Err(fault));
        None
    }

    fn deliver(&self, variant: usize, answer: Unverified) {
        let key = self.plan.groups[self.group].variants[variant].key;
        let kept = answer.verify().and_then(|verified| {
            let store = self.work.eager.cache.store();
            let kept = keep(store, key, verified, self.work.purpose());
            kept.map_err(|error| error.fault())?.ok_or_else(keeps_none)
        });
        self.report(variant, CacheUse::Miss, kept);
    }
}

fn keeps_none() -> Fault {
    let message = "The workspace keeps no variants. Change its settings.";
    Fault::new(FaultCode::Denied, message)
}
