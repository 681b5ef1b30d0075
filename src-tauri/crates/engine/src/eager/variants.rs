//! One asset's eager variants: taken from the cache, or rendered into it.

use std::{path::PathBuf, sync::Arc, time::Instant};

use cropmark_rules::{Fault, FaultCode};
use cropmark_store::Variant;
use tokio::{sync::mpsc, task::JoinSet};

use super::{AssetEnd, Eager};
use crate::{
    blocking::blocking,
    intake::KnownSource,
    presets::{Rulebook, preset_plan::AssetPlan},
    render::{
        Purpose, RenderJob, Target, Targets,
        keep::{keep_with_others, keeps_none},
        render,
    },
    run::{
        CacheUse, Row, Status,
        row::{shown, tenths},
    },
};

/// The most variants of an asset that are asked for at once: each has a file open.
const AT_ONCE: usize = 64;

/// One asset's work.
pub(super) struct AssetWork {
    pub(super) eager: Arc<Eager>,
    pub(super) path: PathBuf,
    pub(super) source: KnownSource,
    pub(super) rows: mpsc::Sender<Row>,
    pub(super) end: AssetEnd,
}

/// A variant of a group that is kept, or why it is not.
struct Ended {
    group: usize,
    variant: usize,
    cache: CacheUse,
    milliseconds: f64,
    kept: Result<Variant, Fault>,
}

/// What the cache lacks of a group of variants, by their indices in it.
type Missing = Vec<(usize, Vec<usize>)>;

impl AssetWork {
    /// Works through the asset's variants.
    pub(super) async fn run(mut self) -> AssetEnd {
        let eager = Arc::clone(&self.eager);
        for rulebook in &eager.rulebooks {
            self.rulebook(Arc::clone(rulebook)).await;
        }
        self.end
    }

    async fn rulebook(&mut self, rulebook: Arc<Rulebook>) {
        let (eager, facts) = (Arc::clone(&self.eager), self.source.facts.clone());
        let planned = blocking(move || {
            let plan = rulebook.plan(&facts, &eager.engine.description().writes);
            let (found, missing) = eager.look_up(&plan);
            Ok((plan, found, missing))
        });
        // Only the program's end keeps a plan from being made.
        let Ok((plan, found, missing)) = planned.await else { return };
        for refused in &plan.refused {
            let row = Row {
                generator: Some(refused.generator.clone()),
                variation: refused.variation.clone(),
                ..Row::failed(&self.path, refused.fault.clone())
            };
            let _ = self.rows.send(row).await;
        }
        for found in found {
            self.report(&plan, found).await;
        }
        for (group, missing) in missing {
            for portion in missing.chunks(AT_ONCE) {
                self.render(&plan, group, portion).await;
            }
        }
    }

    /// Renders variants of a group into the store.
    async fn render(&mut self, plan: &AssetPlan, group: usize, portion: &[usize]) {
        let variants = &plan.groups[group].variants;
        let wanted = portion.iter().map(|&index| (index, variants[index].key, &variants[index]));
        let wanted = wanted.map(|(index, key, variant)| (index, key, variant.encoding.format));
        let (eager, wanted) = (Arc::clone(&self.eager), wanted.collect::<Vec<_>>());
        let created = blocking(move || {
            let store = eager.cache.store();
            let targets = wanted.into_iter().map(|(index, key, format)| {
                let target = Target::kept(store, key, format).map_err(|error| error.fault());
                (index, target.and_then(|target| target.ok_or_else(keeps_none)))
            });
            Ok(targets.collect::<Vec<_>>())
        });
        let mut targets = Targets::new();
        let ended = |variant, milliseconds, kept| Ended {
            group,
            variant,
            cache: CacheUse::Miss,
            milliseconds,
            kept,
        };
        for (variant, target) in created.await.unwrap_or_default() {
            match target {
                Ok(target) => drop(targets.insert(variant, target)),
                Err(fault) => self.report(plan, ended(variant, 0.0, Err(fault))).await,
            }
        }
        if targets.is_empty() {
            return;
        }
        let job = RenderJob {
            source: self.source.clone(),
            group: plan.groups[group].clone(),
            overlays: plan.overlays.clone(),
            purpose: Purpose::Files(self.eager.batch),
        };
        let mut renders = render(&self.eager.engine, &Arc::new(job), targets);
        let mut keeping = JoinSet::new();
        while let Some((variant, answer)) = renders.next().await {
            let (keeper, key) = (self.eager.keeper.clone(), variants[variant].key);
            let purpose = Purpose::Files(self.eager.batch);
            keeping.spawn(async move {
                (variant, keep_with_others(&keeper, key, answer, purpose).await)
            });
        }
        while let Some(kept) = keeping.join_next().await {
            match kept {
                Ok((variant, kept)) => {
                    let time = kept.as_ref().map_or(0.0, |kept| kept.rendered.milliseconds);
                    self.report(plan, ended(variant, time, kept)).await;
                }
                Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                Err(_) => {}
            }
        }
    }

    /// Reports what became of a variant, for each that was planned as it.
    async fn report(&mut self, plan: &AssetPlan, ended: Ended) {
        let Ended { group, variant, cache, milliseconds, kept } = ended;
        let row = match kept {
            Err(fault) if fault.code == FaultCode::SourceChanged => {
                self.end = AssetEnd::SourceChanged;
                return;
            }
            Err(fault) => Row::failed(&self.path, fault),
            Ok(variant) => {
                let status = match cache {
                    CacheUse::Hit => Status::Cached,
                    CacheUse::Miss => Status::Rendered,
                };
                Row {
                    path: Some(shown(&variant.path)),
                    ms: Some(tenths(milliseconds)),
                    cache: Some(cache),
                    ..Row::of(&self.path, status).with(&variant.rendered)
                }
            }
        };
        for &planned in &plan.groups[group].variants[variant].planned {
            let planned = &plan.variants[planned];
            let (generator, variation) =
                (Some(planned.generator.clone()), planned.variation.clone());
            let _ = self.rows.send(Row { generator, variation, ..row.clone() }).await;
        }
    }
}

impl Eager {
    /// Finds what the cache has of a plan, and what it lacks. May wait for the disk.
    fn look_up(&self, plan: &AssetPlan) -> (Vec<Ended>, Missing) {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for (number, group) in plan.groups.iter().enumerate() {
            let mut lacking = Vec::new();
            for (index, variant) in group.variants.iter().enumerate() {
                let began = Instant::now();
                let Some((kept, _)) = self.cache.find(variant.key) else {
                    lacking.push(index);
                    continue;
                };
                let milliseconds = began.elapsed().as_secs_f64() * 1000.0;
                let (cache, kept) = (CacheUse::Hit, Ok(kept));
                found.push(Ended { group: number, variant: index, cache, milliseconds, kept });
            }
            missing.push((number, lacking));
        }
        (found, missing)
    }
}
