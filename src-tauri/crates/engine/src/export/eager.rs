//! What a workspace's presets mark eager: rendered into its cache, an asset at a time, and put
//! nowhere else.
//!
//! Each preset file counts by itself, so that generators of two files may have one name.

use std::{
    collections::BTreeMap,
    io,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Instant, SystemTime},
};

use cropmark_rules::{
    Fault, FaultCode, FormatRule,
    plan::{AssetFacts, GroupedVariant, JobGroup},
    protocol::Rendered,
};
use cropmark_store::{Inserted, Store, Variant, atomic::TemporaryFile};
use tokio::{sync::mpsc, task::JoinSet};

use super::{
    Cache, CacheUse, PresetSource, Row, Rulebook, Status, asset,
    finishing::Finishing,
    prepare::blocking,
    presets::InnerFile,
    row::tenths,
    rulebook::AssetPlan,
    sniff,
    source::{self, Source},
};
use crate::{BatchId, Class, Engine, OrderedVariant, RenderOrder};

/// The most variants of a source that are asked for at once: each has a file open.
const AT_ONCE: usize = 64;

/// The eager generators of a workspace, and what renders them.
#[derive(Debug)]
pub struct Eager {
    engine: Engine,
    store: Store,
    cache: Cache,
    root: PathBuf,
    batch: BatchId,
    rulebooks: Vec<Rulebook>,
    finishing: Finishing,
}

/// How it went with an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetEnding {
    /// Everything was told.
    Done,
    /// Somebody wrote to it meanwhile; what had to be left out was not told. Do it again.
    SourceChanged,
}

impl Eager {
    /// Takes the eager generators of these presets of the workspace in `root`.
    #[must_use]
    pub fn new(
        engine: Engine,
        store: Store,
        root: &Path,
        batch: BatchId,
        presets: Vec<PresetSource>,
    ) -> Self {
        let rulebooks = presets.into_iter().filter_map(|preset| {
            let generators = preset.preset().generators.iter();
            let eager = generators.filter(|generator| generator.eager);
            let names: Vec<String> = eager.map(|generator| generator.name.clone()).collect();
            // No names would mean all of them.
            if names.is_empty() { None } else { Rulebook::new(vec![preset], names).ok() }
        });
        let cache = Cache::new(store.clone(), root);
        let rulebooks = rulebooks.collect();
        let finishing = Finishing::new(engine.snapshot().workers.len());
        Self { engine, store, cache, root: root.to_owned(), batch, rulebooks, finishing }
    }

    /// How many generators there are.
    #[must_use]
    pub fn generators(&self) -> usize {
        self.rulebooks.iter().map(|rulebook| rulebook.generators().count()).sum()
    }

    /// The preset files with eager generators and the files of their overlays, as paths below
    /// the workspace: where one changes, everything is to be looked at anew. Names with values
    /// in them are as the preset has them.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.rulebooks.iter().flat_map(Rulebook::files);
        files.filter_map(|file| file.strip_prefix(&self.root).ok().map(Path::to_owned))
    }

    /// Renders what is missing of an asset, a path below the workspace, and tells a row a
    /// variant. A file that is no image, or is gone again, has none. Dropping the future takes
    /// everything back; what is being kept at that moment is kept whole.
    pub async fn render(self: Arc<Self>, asset: PathBuf, rows: mpsc::Sender<Row>) -> AssetEnding {
        let path = self.root.join(&asset);
        match self.prepare(&path, &asset).await {
            Ok(Some((source, facts))) => {
                let has_changed = AtomicBool::new(false);
                let work = Arc::new(Work { eager: self, path, source, facts, rows, has_changed });
                work.all().await;
                if work.has_changed.load(Ordering::Relaxed) {
                    return AssetEnding::SourceChanged;
                }
            }
            Ok(None) => {}
            Err(fault) => {
                // Where nobody listens there is nobody to tell.
                let _ = rows.send(Row::failed(&path, fault)).await;
            }
        }
        AssetEnding::Done
    }

    /// Opens an asset and learns what plans need.
    async fn prepare(
        self: &Arc<Self>,
        path: &Path,
        asset: &Path,
    ) -> Result<Option<(Source, AssetFacts)>, Fault> {
        if self.rulebooks.is_empty() {
            return Ok(None);
        }
        let (eager, place) = (Arc::clone(self), path.to_owned());
        let opened = blocking(move || {
            let Some(source) = open_image(&place)? else { return Ok(None) };
            let known = eager.cache.known(&place, &source.metadata()?);
            let is_known = known.as_ref().is_some_and(|known| known.unchanged.is_some());
            let hash = if is_known { None } else { Some(source.hash()?) };
            Ok(Some((source, known, hash)))
        });
        let Some((source, known, hash)) = opened.await? else { return Ok(None) };
        let focal = known.as_ref().and_then(|known| known.focal);
        let unchanged = known.as_ref().and_then(|known| known.unchanged.clone());
        let (content_hash, header) = match (unchanged, hash) {
            (Some(unchanged), _) => unchanged,
            (None, None) => return Ok(None),
            (None, Some(hash)) => {
                let header = self.engine.inspect(Arc::clone(&source.file), Class::Eager).await?;
                if let Some(known) = known {
                    let (eager, header) = (Arc::clone(self), header.clone());
                    blocking(move || {
                        eager.cache.remember(&known, hash, &header);
                        Ok(())
                    })
                    .await?;
                }
                (hash, header)
            }
        };
        let path = asset::text_of(asset);
        Ok(Some((source, AssetFacts { path, content_hash, header, focal })))
    }
}

/// Opens an image; `None` for what begins as none, is empty or is gone.
fn open_image(path: &Path) -> Result<Option<Source>, Fault> {
    let file = match source::open_nonblocking(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(source::opening(&error)),
    };
    let metadata = file.metadata().map_err(|error| source::reading(&error))?;
    if !metadata.is_file() || metadata.len() == 0 {
        return Ok(None);
    }
    let mut start = [0; sniff::WINDOW];
    let read = file.read_at(&mut start, 0).map_err(|error| source::reading(&error))?;
    if !sniff::is_image(&start[..read]) {
        return Ok(None);
    }
    Source::from_file(file).map(Some)
}

/// One asset's work.
struct Work {
    eager: Arc<Eager>,
    path: PathBuf,
    source: Source,
    facts: AssetFacts,
    rows: mpsc::Sender<Row>,
    has_changed: AtomicBool,
}

/// Places in a group that are to be rendered, and the files for them.
type Targets = BTreeMap<usize, TemporaryFile>;

impl Work {
    async fn all(self: &Arc<Self>) {
        for book in 0..self.eager.rulebooks.len() {
            let work = Arc::clone(self);
            let plan = blocking(move || {
                let writable = &work.eager.engine.description().writes;
                Ok(Arc::new(work.eager.rulebooks[book].plan(&work.facts, writable)))
            });
            // Only the program's end keeps a plan from being made.
            let Ok(plan) = plan.await else { return };
            for refused in &plan.refused {
                let row = Row {
                    generator: Some(refused.generator.clone()),
                    variation: refused.variation.clone(),
                    ..Row::failed(&self.path, refused.fault.clone())
                };
                let _ = self.rows.send(row).await;
            }
            for group in 0..plan.groups.len() {
                self.group(&plan, group).await;
            }
        }
    }

    async fn group(self: &Arc<Self>, plan: &Arc<AssetPlan>, group: usize) {
        let (work, planned) = (Arc::clone(self), Arc::clone(plan));
        let missing = blocking(move || Ok(work.missing(&planned, group))).await;
        for places in missing.unwrap_or_default().chunks(AT_ONCE) {
            let (work, planned, places) = (Arc::clone(self), Arc::clone(plan), places.to_vec());
            let targets = blocking(move || Ok(work.targets(&planned, group, &places))).await;
            let mut targets = targets.unwrap_or_default();
            if targets.is_empty() {
                continue;
            }
            let order = self.order(plan, &plan.groups[group], &targets);
            let mut ticket = self.eager.engine.render(order);
            let mut keeping = JoinSet::new();
            while let Some((place, outcome)) = ticket.next().await {
                let Some(target) = targets.remove(&place) else { continue };
                let (work, planned) = (Arc::clone(self), Arc::clone(plan));
                let permit = self.eager.finishing.may_finish().await;
                keeping.spawn_blocking(move || {
                    let _permit = permit;
                    let variant = &planned.groups[group].variants[place];
                    let kept = outcome.and_then(|rendered| {
                        work.unchanged(&planned)?;
                        work.keep(target, variant, &rendered)
                    });
                    work.tell(&planned, variant, CacheUse::Miss, kept);
                });
            }
            while let Some(ended) = keeping.join_next().await {
                if let Err(error) = ended
                    && error.is_panic()
                {
                    std::panic::resume_unwind(error.into_panic());
                }
            }
        }
    }

    /// Tells what the cache has; returns the places of the rest.
    fn missing(&self, plan: &AssetPlan, group: usize) -> Vec<usize> {
        let variants = plan.groups[group].variants.iter().enumerate();
        let missing = variants.filter(|(_, variant)| {
            let found = self.eager.cache.find(variant.key);
            let is_missing = found.is_none();
            if let Some((found, _)) = found {
                self.tell(plan, variant, CacheUse::Hit, Ok(found));
            }
            is_missing
        });
        missing.map(|(place, _)| place).collect()
    }

    /// Empty files for these places.
    fn targets(&self, plan: &AssetPlan, group: usize, places: &[usize]) -> Targets {
        let mut targets = Targets::new();
        for &place in places {
            let variant = &plan.groups[group].variants[place];
            let extension = match variant.encoding.format {
                FormatRule::Named(format) => format.extension(),
                // Only the result knows; it then gets a file of its own.
                _ => "bin",
            };
            match self.eager.store.temporary(variant.key, extension) {
                Ok(temporary) => {
                    targets.insert(place, temporary);
                }
                Err(error) => self.tell(plan, variant, CacheUse::Miss, Err(error.fault())),
            }
        }
        targets
    }

    /// The variants that are not wanted are named too, so that the same results are derived
    /// from the same, whatever else is wanted.
    fn order(&self, plan: &AssetPlan, group: &JobGroup, targets: &Targets) -> RenderOrder {
        let files = group.files.iter().filter_map(|(name, hash)| {
            let file = plan.files.get(hash)?;
            Some((name.clone(), Arc::clone(&file.source.file)))
        });
        let variants = group.variants.iter().enumerate().map(|(place, variant)| OrderedVariant {
            key: variant.key,
            operations: variant.operations.clone(),
            encoding: variant.encoding.clone(),
            target: targets.get(&place).map(|target| Arc::clone(target.file())),
        });
        RenderOrder {
            class: Class::Eager,
            batch: Some(self.eager.batch),
            source: Arc::clone(&self.source.file),
            header: self.facts.header.clone(),
            rules: group.rules.clone(),
            proxy: None,
            is_look: false,
            focal: self.facts.focal,
            files: files.collect(),
            variants: variants.collect(),
        }
    }

    /// What was rendered must still be what was hashed.
    fn unchanged(&self, plan: &AssetPlan) -> Result<(), Fault> {
        self.source.unchanged()?;
        plan.files.values().try_for_each(InnerFile::unchanged)
    }

    fn keep(
        &self,
        target: TemporaryFile,
        variant: &GroupedVariant,
        rendered: &Rendered,
    ) -> Result<Variant, Fault> {
        let (store, key) = (&self.eager.store, variant.key);
        let extension = rendered.format.extension();
        let has_name = target.destination().extension().is_some_and(|there| there == extension);
        let target = if has_name {
            target
        } else {
            let named = store.temporary(key, extension).map_err(|error| error.fault())?;
            named.fill_from(target.file()).map_err(|error| error.fault())?;
            named
        };
        let inserted = store.insert(target, key, rendered, SystemTime::now());
        match inserted.map_err(|error| error.fault())? {
            Inserted::Stored(variant) => Ok(variant),
            Inserted::Passed(_) => {
                let message = "The workspace keeps no variants. Change its settings.";
                Err(Fault::new(FaultCode::Denied, message))
            }
        }
    }

    /// Tells what became of a variant, for each that was planned as it. May wait.
    fn tell(
        &self,
        plan: &AssetPlan,
        variant: &GroupedVariant,
        cache: CacheUse,
        outcome: Result<Variant, Fault>,
    ) {
        let began = Instant::now();
        let row = match outcome {
            Err(fault) if fault.code == FaultCode::SourceChanged => {
                self.has_changed.store(true, Ordering::Relaxed);
                return;
            }
            Err(fault) => Row::failed(&self.path, fault),
            Ok(Variant { path, rendered, .. }) => Row {
                path: Some(path.to_string_lossy().into_owned()),
                format: Some(rendered.format),
                width: Some(rendered.width),
                height: Some(rendered.height),
                bytes: Some(rendered.bytes),
                ms: Some(tenths(match cache {
                    CacheUse::Hit => began.elapsed().as_secs_f64() * 1000.0,
                    CacheUse::Miss => rendered.milliseconds,
                })),
                cache: Some(cache),
                notes: rendered.notes,
                ..Row::of(
                    &self.path,
                    match cache {
                        CacheUse::Hit => Status::Cached,
                        CacheUse::Miss => Status::Rendered,
                    },
                )
            },
        };
        for planned in variant.planned.iter().map(|index| &plan.variants[*index]) {
            let (generator, variation) =
                (Some(planned.generator.clone()), planned.variation.clone());
            let _ = self.rows.blocking_send(Row { generator, variation, ..row.clone() });
        }
    }
}
