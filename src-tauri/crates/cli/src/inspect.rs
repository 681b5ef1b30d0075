//! `cropmark inspect`: prints what the headers of images say: format, size, frames, metadata.

use std::{collections::VecDeque, sync::Arc};

use cropmark_engine::{
    Class, Engine,
    source::{Found, Search, discover, open_source, url::Fetcher},
};
use cropmark_rules::{Fault, protocol::Header};
use serde::Serialize;

use crate::{
    arguments::InspectArguments,
    interrupt::Interrupt,
    setup,
    status::{Failure, Status},
    terminal::{self, Lines},
};

/// One file's line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    source: &'a str,
    bytes: Option<u64>,
    #[serde(flatten)]
    header: Option<&'a Header>,
    error: Option<&'a Fault>,
}

pub(crate) fn run(arguments: &InspectArguments) -> Result<Status, Failure> {
    setup::run(inspect(arguments))
}

async fn inspect(arguments: &InspectArguments) -> Result<Status, Failure> {
    let interrupt = Interrupt::listen()?;
    let chosen = setup::settings()?;
    let settings = chosen.engine.clone();
    let ahead = settings.workers + 2;
    let engine = setup::start_engine(settings).await?;
    let search = Search {
        places: arguments.sources.clone(),
        follow_links: arguments.follow_links,
        ..Search::default()
    };
    let fetcher = arguments.fetching.fetcher(&chosen, false);
    let flag = Arc::clone(&interrupt.flag);
    let found = tokio::task::spawn_blocking(move || discover(&search, &flag)).await;
    let mut sources = found.unwrap_or_default().into_iter();

    let mut output = Output { lines: Lines::new(), json: arguments.json, is_first: true };
    let mut examined = VecDeque::new();
    let mut failed = false;
    loop {
        while examined.len() < ahead
            && let Some(found) = sources.next()
        {
            examined.push_back(tokio::spawn(examine(engine.clone(), fetcher.clone(), found)));
        }
        let Some(next) = examined.pop_front() else { break };
        if interrupt.is_raised() {
            break;
        }
        if let Ok((found, bytes, outcome)) = next.await {
            failed |= outcome.is_err();
            output.print(&found, bytes, &outcome);
        }
    }
    drop(examined);
    engine.shut_down().await;
    Ok(match (interrupt.is_raised(), failed) {
        (true, _) => Status::Interrupted,
        (false, true) => Status::SomeFailed,
        (false, false) => Status::Done,
    })
}

type Examined = (Found, Option<u64>, Result<Header, Fault>);

async fn examine(engine: Engine, fetcher: Fetcher, found: Found) -> Examined {
    if let Some(fault) = found.fault.clone() {
        return (found, None, Err(fault));
    }
    let opened = if let Some(url) = &found.remote {
        fetcher.file(url).await.map(Arc::new)
    } else {
        let path = found.path.clone();
        let opened = tokio::task::spawn_blocking(move || open_source(&path)).await;
        opened.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    };
    let file = match opened {
        Ok(file) => file,
        Err(fault) => return (found, None, Err(fault)),
    };
    let bytes = file.metadata().ok().map(|metadata| metadata.len());
    let header = engine.inspect(file, Class::OnDemand).await;
    (found, bytes, header)
}

struct Output {
    lines: Lines,
    json: bool,
    is_first: bool,
}

impl Output {
    fn print(&mut self, found: &Found, bytes: Option<u64>, outcome: &Result<Header, Fault>) {
        let source = found.path.to_string_lossy();
        if self.json {
            let header = outcome.as_ref().ok();
            let line = Line { source: &source, bytes, header, error: outcome.as_ref().err() };
            if let Ok(line) = terminal::json(&line) {
                self.lines.line(&line);
            }
            return;
        }
        let source = terminal::plain(&source);
        let header = match outcome {
            Ok(header) => header,
            Err(fault) => {
                let failed = self.lines.red("failed");
                let message = terminal::plain(&fault.message);
                return self.lines.line(&format!("{failed}  {source}: {message}"));
            }
        };
        if std::mem::take(&mut self.is_first) {
            self.lines.line(&row(["format", "size", "frames", "bands", "depth", "bytes"], "file"));
        }
        let size = format!("{}x{}", header.width, header.height);
        let (frames, depth) = (header.frames.to_string(), format!("{} bit", header.depth));
        let alpha = if header.alpha { "+alpha" } else { "" };
        let bands = format!("{} {}{alpha}", header.bands, header.space);
        let bytes = terminal::size(bytes.unwrap_or(0));
        let cells = [header.format.name(), &size, &frames, &bands, &depth, &bytes];
        self.lines.line(&row(cells, &source));
        let upright = header.upright_size();
        let turned = (header.orientation != 1).then(|| {
            let (width, height) = upright;
            ("orientation", format!("{} (upright {width}x{height})", header.orientation))
        });
        let profile = header.profile.clone().map(|profile| ("profile", profile));
        let metadata = header.metadata.iter().map(|(name, value)| (name.as_str(), value.clone()));
        for (name, value) in turned.into_iter().chain(profile).chain(metadata) {
            let (name, value) = (terminal::plain(name), terminal::plain(&value));
            self.lines.line(&format!("    {name}: {value}"));
        }
    }
}

fn row(cells: [&str; 6], last: &str) -> String {
    let [format, size, frames, bands, depth, bytes] = cells;
    format!("{format:<7} {size:<12} {frames:>6}  {bands:<14} {depth:<7} {bytes:>9}  {last}")
}
