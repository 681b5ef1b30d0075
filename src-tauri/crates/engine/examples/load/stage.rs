//! An engine with its orders, and what the system says about its processes.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use cropmark_engine::{
    BatchId, Class, Engine, Fidelity, OrderedVariant, RenderOrder, Settings, folders,
};
use cropmark_rules::{
    Encoding, Format, FormatRule, Operation, SourceRules,
    protocol::{Header, Rendered},
};
use serde_json::{Value, json};

use crate::Fallible;

/// The defaults, as the window has them.
pub(crate) fn settings() -> Fallible<Settings> {
    let fonts = folders::fonts();
    Ok(Settings { fonts, ..Settings::new(Settings::locate_worker()?) })
}

/// A source whose header is known.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) name: String,
    pub(crate) file: Arc<File>,
    pub(crate) header: Header,
}

impl Picture {
    /// Opens a file; `None` where it is no picture that can be read.
    pub(crate) async fn open(engine: &Engine, path: &Path) -> Fallible<Option<Self>> {
        let file = Arc::new(File::open(path)?);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let header = engine.inspect(Arc::clone(&file), Class::OnDemand).await;
        Ok(header.ok().map(|header| Self { name, file, header }))
    }

    pub(crate) fn megapixels(&self) -> f64 {
        f64::from(self.header.width) * f64::from(self.header.height) / 1e6
    }

    /// What is wanted of it, into files without names.
    pub(crate) fn order(&self, class: Class, requests: &[Request]) -> Fallible<RenderOrder> {
        static KEYS: AtomicU64 = AtomicU64::new(0);
        let mut variants = Vec::new();
        for request in requests {
            variants.push(OrderedVariant {
                key: blake3::hash(&KEYS.fetch_add(1, Ordering::Relaxed).to_le_bytes()).into(),
                operations: request.operations.clone(),
                encoding: request.encoding.clone(),
                target: Some(Arc::new(tempfile::tempfile()?)),
            });
        }
        Ok(RenderOrder {
            class,
            batch: None,
            source: Arc::clone(&self.file),
            arrival: None,
            header: self.header.clone(),
            rules: SourceRules::default(),
            proxy: None,
            fidelity: Fidelity::Exact,
            focal: None,
            faces: None,
            files: BTreeMap::new(),
            variants,
        })
    }
}

/// A chain and an encoding.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) operations: Vec<Operation>,
    pub(crate) encoding: Encoding,
}

impl Request {
    /// These operations, as in a preset, to this format.
    pub(crate) fn new(operations: Value, format: Format) -> Fallible<Self> {
        let encoding = Encoding::new(FormatRule::Named(format));
        Ok(Self { operations: serde_json::from_value(operations)?, encoding })
    }

    /// A picture of at most so many pixels on each side.
    pub(crate) fn fit(side: u32, format: Format) -> Fallible<Self> {
        let fit = json!([{ "op": "resize", "fit": "inside", "width": side, "height": side }]);
        Self::new(fit, format)
    }

    pub(crate) fn quality(mut self, quality: u8) -> Self {
        self.encoding.quality = Some(quality);
        self
    }

    pub(crate) fn effort(mut self, effort: u8) -> Self {
        self.encoding.effort = Some(effort);
        self
    }

    pub(crate) fn progressive(mut self, progressive: bool) -> Self {
        self.encoding.progressive = Some(progressive);
        self
    }
}

/// The five variants of an ordinary export.
pub(crate) fn five() -> Fallible<Vec<Request>> {
    let square = json!([
        { "op": "resize", "fit": "cover", "width": 240, "height": 240, "gravity": "smart" }
    ]);
    Ok(vec![
        Request::fit(2048, Format::Webp)?.quality(80),
        Request::fit(1280, Format::Jpeg)?.quality(80),
        Request::fit(640, Format::Jpeg)?.quality(80),
        Request::fit(320, Format::Jpeg)?.quality(80),
        Request::new(square, Format::Jpeg)?.quality(85),
    ])
}

/// What the lists of a person's library show.
pub(crate) fn thumbnail() -> Fallible<Vec<Request>> {
    Ok(vec![Request::fit(230, Format::Jpeg)?.quality(90)])
}

/// Waits for an order; any failure is one. The variants in the order of the requests.
pub(crate) async fn finish(engine: &Engine, order: RenderOrder) -> Fallible<Vec<Rendered>> {
    let mut rendered = Vec::new();
    let mut ticket = engine.render(order);
    while let Some((index, outcome)) = ticket.next().await {
        rendered.push((index, outcome?));
    }
    rendered.sort_by_key(|(index, _)| *index);
    Ok(rendered.into_iter().map(|(_, rendered)| rendered).collect())
}

/// Keeps so many orders of a batch with the engine, as an export run does.
pub(crate) async fn feed(
    engine: Engine,
    pictures: Arc<[Picture]>,
    batch: BatchId,
    orders: usize,
    finished: Arc<AtomicU64>,
) -> Result<(), String> {
    let ahead = Arc::new(tokio::sync::Semaphore::new(64));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..orders {
        let turn = Arc::clone(&ahead).acquire_owned().await.map_err(|error| error.to_string())?;
        let picture = &pictures[number % pictures.len()];
        let requests = five().map_err(|error| error.to_string())?;
        let order = picture.order(Class::Eager, &requests).map_err(|error| error.to_string())?;
        let mut ticket = engine.render(RenderOrder { batch: Some(batch), ..order });
        let finished = Arc::clone(&finished);
        tasks.spawn(async move {
            while let Some((_, outcome)) = ticket.next().await {
                outcome.map_err(|fault| fault.to_string())?;
                finished.fetch_add(1, Ordering::Relaxed);
            }
            drop(turn);
            Ok::<(), String>(())
        });
        while let Some(done) = tasks.try_join_next() {
            done.map_err(|error| error.to_string())??;
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(|error| error.to_string())??;
    }
    Ok(())
}

pub(crate) fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// The value below which so many of 100 lie.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(place).copied().unwrap_or(f64::NAN)
}

/// A field of a process's status, in bytes; 0 where there is none.
pub(crate) fn held(process: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// How many descriptors a process has open.
pub(crate) fn descriptors(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count)
}

pub(crate) fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

#[expect(clippy::cast_precision_loss, reason = "for tables")]
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
