//! `cropmark serve`: gives a workspace's variants by URL, rendered when they are asked for.

use std::{
    fs::File,
    io::{self, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use clap::Args;
use cropmark_engine::{folders, user_settings::UserSettings};
use cropmark_serve::{ServeError, ServeSettings, Server, WarmList, WarmSummary};
use cropmark_store::{CacheSettings, Store};

use crate::{
    imgproxy::ImgproxyArguments,
    interrupt::Interrupt,
    konifer::KoniferArguments,
    setup,
    status::{Failure, Status},
    terminal::{self, Lines},
    workspace::check_folder,
};

/// The longest that a request waits for its turn, where nothing else is set.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Gives a workspace's variants by URL, rendered when they are asked for.
#[derive(Debug, Args)]
#[command(after_long_help = DETAILS)]
pub(crate) struct ServeArguments {
    /// The workspace: a folder of images with *.preset.toml files at any depth
    #[arg(value_name = "DIR")]
    workspace: PathBuf,

    /// Where to listen; port 0 takes a free one. An address that other computers can reach needs a
    /// token, the keys of --imgproxy or the secret of --konifer
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// The secret that requests must send, as "Authorization: Bearer TOKEN" or ?token=TOKEN; at least
    /// 16 characters. Other users of this computer can read a command's arguments: better set
    /// `CROPMARK_TOKEN` in the environment
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,

    /// For how many seconds browsers may use a picture without asking again; left out: they always
    /// ask, and get it only where it has changed
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(..=31_536_000))]
    max_age: Option<u32>,

    /// How many jobs run at once; left out: as set, else twice the processor's cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,

    #[command(flatten)]
    imgproxy: ImgproxyArguments,

    #[command(flatten)]
    konifer: KoniferArguments,

    /// Answer Magnolia's URLs too
    ///
    /// `/.imaging/GENERATOR/PATH` and `/.imaging/mte/THEME/VARIATION/PATH` name generators and themes of
    /// the preset files. `dam/` before PATH and `/jcr:content/NAME` behind it may stand there.
    #[arg(long)]
    magnolia: bool,

    /// Let client hints choose among the widths of a generator
    ///
    /// Where a URL names no size, Sec-CH-Width or Width chooses the least width of the generator that is
    /// enough. With Sec-CH-DPR or DPR alone, its least width counts as that of a screen of density 1.
    #[arg(long)]
    client_hints: bool,

    /// Render what these URLs ask for, in the background
    ///
    /// A list of URLs, one a line, or an access log in the common or combined format, of which GET
    /// requests count that were answered with 200. Each URL is rendered once; requests go before.
    #[arg(long, value_name = "FILE")]
    warm: Option<PathBuf>,

    /// Do nothing unless the workers' sandbox is complete
    #[arg(long)]
    require_sandbox: bool,
}

const DETAILS: &str = "\
Addresses, by the example of a generator \"hero\" and the file photos/dusk.jpg:
  /hero/photos/dusk.jpg             the variant; its format by Accept, where hero writes several
  /hero/photos/dusk.webp            in this format; also /hero/photos/dusk.jpg.webp
  /hero/photos/dusk-640.webp        one of its widths, or of its themes' variations
  /hero/travel/square/photos/dusk.webp   a theme's variation
  /insecure/rs:fit:300:300/plain/local:///photos/dusk.jpg@webp   with --imgproxy
  /assets/photos/dusk.jpg/-/content?w=300&format=webp            with --konifer
  /.imaging/hero/dam/photos/dusk.jpg/jcr:content.webp            with --magnolia
  /.imaging/mte/travel/square/dam/photos/dusk.jpg/jcr:content/dusk.webp
  /                                 the list of generators
  /health  /metrics                 whether it runs; its figures for Prometheus

What is rendered is kept in DIR/.cropmark and taken from there the next time; changes of pictures
and presets are noticed. Ctrl-C finishes the requests that have come; a second one stops at once.";

pub(crate) fn run(arguments: &ServeArguments) -> Result<Status, Failure> {
    setup::run(serve(arguments))
}

async fn serve(arguments: &ServeArguments) -> Result<Status, Failure> {
    let interrupt = Interrupt::listen()?;
    let workspace = &arguments.workspace;
    check_folder(workspace)?;
    let token = arguments.token.clone().or_else(|| std::env::var("CROPMARK_TOKEN").ok());
    if token.as_deref().is_some_and(|token| token.len() < 16) {
        let message = "a token has 16 characters at least; make one with: openssl rand -hex 16";
        return Err(Failure::Usage(message.to_owned()));
    }
    let warm = arguments.warm.as_deref().map(warm_list).transpose()?;
    let user = setup::settings()?;
    let waits_for_ever = user.is_set("max_wait") && user.engine.max_wait.is_none();
    let UserSettings { engine: mut settings, cache, .. } = user;
    if let Some(workers) = arguments.workers {
        settings.workers = workers.into();
    }
    settings.require_sandbox |= arguments.require_sandbox;
    let max_wait =
        if waits_for_ever { Duration::MAX } else { *settings.max_wait.get_or_insert(MAX_WAIT) };
    let serving = ServeSettings {
        workspace: workspace.clone(),
        listen: arguments.listen,
        token,
        max_age: arguments.max_age.map(|seconds| Duration::from_secs(seconds.into())),
        max_wait,
        imgproxy: arguments.imgproxy.settings()?,
        konifer: arguments.konifer.settings()?,
        magnolia: arguments.magnolia,
        client_hints: arguments.client_hints,
    };
    let brings_rules = serving.imgproxy.is_some() || serving.konifer.is_some();
    let store = open(workspace, cache)?;
    let engine = setup::start_engine(settings).await?;
    let complain = |message: &str| terminal::complain(message);
    let server = Server::bind(engine.clone(), store, serving, &complain).await;
    let server = server.map_err(|error| match error {
        ServeError::Open(_) | ServeError::Listen { .. } => Failure::Usage(error.to_string()),
        ServeError::Folder { .. } => Failure::Workspace(error.to_string()),
    })?;
    let (place, address) = (workspace.display().to_string(), server.address());
    let line = format!("Serving {} at http://{address}; Ctrl-C ends it.", terminal::plain(&place));
    Lines::new().line(&line);
    if server.generators().is_empty() && !brings_rules {
        terminal::complain("there is no generator yet: add a preset file to the folder");
    }
    let warming = warm.map(|list| (list.passed_over, server.warm(list, interrupt.stop.clone())));
    let warming = async {
        let Some((passed_over, warming)) = warming else { return };
        if let Some(summary) = warming.await {
            tell(&summary, passed_over);
        }
    };
    tokio::join!(server.run(interrupt.stop, complain), warming);
    engine.shut_down().await;
    Ok(Status::Interrupted)
}

/// Reads the list of URLs that are warmed.
fn warm_list(path: &Path) -> Result<WarmList, Failure> {
    let unreadable = |error: io::Error| Failure::Usage(format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(unreadable)?;
    let list = WarmList::read(BufReader::new(file)).map_err(unreadable)?;
    if list.is_empty() {
        let message = "has no URL: write one a line, or give an access log";
        return Err(Failure::Usage(format!("{} {message}", path.display())));
    }
    Ok(list)
}

/// Tells what became of the URLs that were warmed.
fn tell(summary: &WarmSummary, passed_over: u64) {
    let WarmSummary { rendered, kept, failed, failures } = summary;
    for failure in failures {
        terminal::complain(failure);
    }
    let line = format!(
        "Warmed: {rendered} rendered, {kept} kept before, {failed} failed, {passed_over} lines \
         passed over"
    );
    Lines::new().line(&line);
}

/// Opens the workspace. Where another process has it, what is rendered is kept in memory alone.
fn open(workspace: &Path, settings: CacheSettings) -> Result<Store, Failure> {
    let opened = folders::trust_key(folders::data().as_deref())
        .and_then(|key| Store::open(workspace, settings, &key, SystemTime::now()));
    let opened = opened.map_err(|error| Failure::Workspace(error.to_string()))?;
    for notice in &opened.notices {
        terminal::complain(&notice.to_string());
    }
    Ok(opened.store)
}
