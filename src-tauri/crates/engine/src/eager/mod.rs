//! What a workspace's presets mark eager: rendered into its cache, an asset at a time, and put
//! nowhere else.
//!
//! Each preset file counts by itself, so that generators of two files may have one name.

mod variants;
mod watcher;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use cropmark_rules::FaultCode;
use cropmark_store::Store;
use tokio::sync::mpsc;

pub use watcher::EagerWatcher;

use self::variants::AssetWork;
use crate::{
    BatchId, Class, Engine,
    intake::{Accepts, Cache, ContentIdentity, Intake, IntakeRequest},
    presets::{PresetSource, Rulebook},
    render::keep::KeepSender,
    run::Row,
    source::asset_text,
};

/// The eager generators of a workspace, and what renders them.
#[derive(Debug)]
pub struct Eager {
    engine: Engine,
    cache: Cache,
    intake: Intake,
    root: PathBuf,
    batch: BatchId,
    rulebooks: Vec<Arc<Rulebook>>,
    /// Where results go.
    keeper: KeepSender,
}

/// Whether an asset is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetEnd {
    /// Everything was reported.
    Done,
    /// Somebody wrote to it meanwhile; what had to be left out was not reported. Render it again.
    SourceChanged,
}

impl Eager {
    /// Takes the eager generators of these presets of the workspace in `root`.
    fn new(
        engine: Engine,
        store: Store,
        root: &Path,
        batch: BatchId,
        keeper: KeepSender,
        presets: Vec<PresetSource>,
    ) -> Self {
        let rulebooks = presets.into_iter().filter_map(|preset| {
            let generators = preset.preset().generators.iter();
            let eager = generators.filter(|generator| generator.eager);
            let names: Vec<String> = eager.map(|generator| generator.name.clone()).collect();
            // No names would mean all of them.
            if names.is_empty() { None } else { Rulebook::new(vec![preset], names).ok() }
        });
        let rulebooks = rulebooks.map(Arc::new).collect();
        let cache = Cache::new(store, root);
        let intake = Intake::new(engine.clone(), Some(cache.clone()));
        Self { engine, cache, intake, root: root.to_owned(), batch, rulebooks, keeper }
    }

    /// How many generators there are.
    #[must_use]
    pub fn generators(&self) -> usize {
        self.rulebooks.iter().map(|rulebook| rulebook.generators().count()).sum()
    }

    /// The preset files with eager generators and the files of their overlays, as paths below
    /// the workspace: where one changes, everything is to be looked at again. Names with values
    /// in them are as the preset has them.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let files = self.rulebooks.iter().flat_map(|rulebook| rulebook.files());
        files.filter_map(|file| file.strip_prefix(&self.root).ok().map(Path::to_owned))
    }

    /// Renders what is missing of an asset, a path below the workspace, and reports a row a
    /// variant. A file that is no image, or is gone again, has none. Dropping the future takes
    /// everything back; what is being kept at that moment is kept whole.
    pub async fn render(self: Arc<Self>, asset: PathBuf, rows: mpsc::Sender<Row>) -> AssetEnd {
        if self.rulebooks.is_empty() {
            return AssetEnd::Done;
        }
        let path = self.root.join(&asset);
        let request = IntakeRequest {
            remote: None,
            path: path.clone(),
            known_as: None,
            asset: asset_text(&asset),
            class: Class::Eager,
            accepts: Accepts::Images,
            identity: ContentIdentity::Bytes,
        };
        let source = match self.intake.take(request).await {
            Ok(source) => source,
            Err(refused) if refused.is_passed_over => return AssetEnd::Done,
            Err(refused) if refused.fault.code == FaultCode::SourceChanged => {
                return AssetEnd::SourceChanged;
            }
            Err(refused) => {
                // The receiver may be gone; the row is then not needed.
                let _ = rows.send(Row::failed(&path, refused.fault)).await;
                return AssetEnd::Done;
            }
        };
        let work = AssetWork { eager: self, path, source, rows, end: AssetEnd::Done };
        work.run().await
    }
}
