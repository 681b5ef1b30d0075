//! What the tests share: an engine with the test worker, sources that are orders, and targets.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Seek as _, Write as _},
    os::unix::fs::FileExt as _,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use cropmark_engine::{
    BatchId, Class, Engine, Fidelity, OrderedVariant, RenderOrder, Settings, Snapshot, Ticket,
    WorkerState,
};
use cropmark_rules::{
    Encoding, Fault, Format, FormatRule, Key, SourceRules,
    protocol::{Header, Rendered},
};

/// Settings with the test worker. Time enough for a variant on a busy machine, where exports
/// run at a low priority.
pub(crate) fn settings(workers: usize) -> Settings {
    let mut settings = Settings::new(PathBuf::from(env!("CARGO_BIN_EXE_cropmark-test-worker")));
    settings.workers = workers;
    settings.limits.variant_milliseconds = 20_000;
    settings.max_memory = 1 << 40;
    settings
}

/// An engine whose workers are soon taken to hang.
pub(crate) async fn impatient_engine(workers: usize) -> Engine {
    let mut settings = settings(workers);
    settings.limits.variant_milliseconds = IMPATIENCE;
    Engine::start(settings).await.unwrap()
}

/// Milliseconds.
pub(crate) const IMPATIENCE: u64 = 1000;

pub(crate) async fn engine(workers: usize) -> Engine {
    Engine::start(settings(workers)).await.unwrap()
}

/// A source that tells the test worker what to do.
pub(crate) fn source(orders: &str) -> Arc<File> {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(orders.as_bytes()).unwrap();
    file.rewind().unwrap();
    Arc::new(file)
}

pub(crate) fn target() -> Arc<File> {
    Arc::new(tempfile::tempfile().unwrap())
}

pub(crate) fn header() -> Header {
    Header::plain(Format::Jpeg, 100, 80)
}

static KEYS: AtomicU64 = AtomicU64::new(0);

/// A key that nobody else has.
pub(crate) fn key() -> Key {
    blake3::hash(&KEYS.fetch_add(1, Ordering::Relaxed).to_le_bytes()).into()
}

pub(crate) fn variant(key: Key) -> OrderedVariant {
    OrderedVariant {
        key,
        operations: Vec::new(),
        encoding: Encoding::new(FormatRule::Named(Format::Jpeg)),
        target: Some(target()),
    }
}

/// An order for so many variants.
pub(crate) fn order(class: Class, orders: &str, variants: usize) -> RenderOrder {
    RenderOrder {
        class,
        batch: None,
        source: source(orders),
        arrival: None,
        header: header(),
        rules: SourceRules::default(),
        proxy: None,
        fidelity: Fidelity::Exact,
        focal: None,
        faces: None,
        files: BTreeMap::new(),
        variants: (0..variants).map(|_| variant(key())).collect(),
    }
}

pub(crate) fn in_batch(order: RenderOrder, batch: BatchId) -> RenderOrder {
    RenderOrder { batch: Some(batch), ..order }
}

/// Waits for everything and sorts it by place.
pub(crate) async fn all(mut ticket: Ticket) -> Vec<(usize, Result<Rendered, Fault>)> {
    let mut results = Vec::new();
    while let Some(result) = ticket.next().await {
        results.push(result);
    }
    results.sort_by_key(|(index, _)| *index);
    results
}

/// The code of each result, `ok` where there is none.
pub(crate) fn codes(results: &[(usize, Result<Rendered, Fault>)]) -> Vec<&'static str> {
    let code = |result: &Result<Rendered, Fault>| match result {
        Ok(_) => "ok",
        Err(fault) => fault.code.name(),
    };
    results.iter().map(|(_, result)| code(result)).collect()
}

pub(crate) fn content(target: &File) -> String {
    let mut bytes = vec![0; usize::try_from(target.metadata().unwrap().len()).unwrap()];
    target.read_exact_at(&mut bytes, 0).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Waits until the engine's state is such; fails where that does not come, after ten seconds.
pub(crate) async fn until(engine: &Engine, what: &str, looks: impl Fn(&Snapshot) -> bool) {
    let mut watch = engine.watch();
    let seen = tokio::time::timeout(Duration::from_secs(10), watch.wait_for(|shown| looks(shown)));
    let seen = seen.await.map(|seen| seen.is_ok());
    assert_eq!(seen, Ok(true), "{what}: {:#?}", engine.snapshot());
}

/// Whether every place has a worker that is ready and free.
pub(crate) fn is_full(snapshot: &Snapshot) -> bool {
    let idle = |worker: &cropmark_engine::WorkerSnapshot| worker.state == WorkerState::Idle;
    !snapshot.workers.is_empty() && snapshot.workers.iter().all(idle)
}
