//! How long the studio takes to answer, through its commands:
//! `CROPMARK_WORKER=target/release/cropmark-worker cargo run -p cropmark-api --example studio --
//! PHOTO.jpg [ASSETS]`. Previews of one photograph while a slider moves; then the matrix and the
//! states of a workspace of so many small pictures (default: 10,000) by 30 generators.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use cropmark_api::{Paths, Studio, model::Purpose};
use cropmark_engine::Settings;
use serde_json::{Value, json};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// Changes of each slider.
const CHANGES: u32 = 40;

const GENERATORS: u32 = 30;

const FILE: &str = "bench.preset.toml";

#[tokio::main]
async fn main() -> Fallible<()> {
    let photo = env::args().nth(1).ok_or("name a photograph")?;
    let assets: u32 = env::args().nth(2).map_or(Ok(10_000), |count| count.parse())?;
    let own = tempfile::tempdir()?;
    let paths = Paths { worker: Settings::locate_worker()?, ..Paths::below(own.path()) };
    let studio = Studio::start(paths).await;
    previews(&studio, Path::new(&photo)).await?;
    if assets > 0 {
        matrix(&studio, assets).await?;
    }
    studio.shut_down().await;
    Ok(())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

fn say(name: &str, mut times: Vec<f64>) {
    let first = times[0];
    times.sort_unstable_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{name:40} {:7.1} median {:7.1} p95 {first:7.1} first", at(50), at(95));
}

async fn open(studio: &Studio, folder: &Path, count: usize) -> Fallible<Vec<u32>> {
    let start = Instant::now();
    let grant = studio.grant(Purpose::Workspace, vec![folder.to_owned()])?.id;
    studio.call("open_workspace", json!({ "grant": grant })).await?;
    println!("{:40} {:7.1}", "workspace opened", milliseconds(start));
    loop {
        let found = studio.call("assets", json!({})).await?;
        let list = found["assets"].as_array().ok_or("no assets")?;
        let is_read = |asset: &&Value| asset["state"]["kind"] != "waiting";
        let presets = studio.call("presets", json!({})).await?;
        let has_presets = presets.as_array().is_some_and(|presets| !presets.is_empty());
        if found["complete"] == true && has_presets && list.iter().filter(is_read).count() == count
        {
            println!("{:40} {:7.1}", format!("{count} assets looked into"), milliseconds(start));
            let ids = list.iter().filter_map(|asset| asset["id"].as_u64());
            return Ok(ids.filter_map(|id| u32::try_from(id).ok()).collect());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn previews(studio: &Studio, photo: &Path) -> Fallible<()> {
    let folder = tempfile::tempdir()?;
    fs::copy(photo, folder.path().join("photo.jpg"))?;
    let preset = |width: u32, output: &str| {
        format!(
            "version = 1\n[generators.g]\noperations = [{{ op = \"resize\", width = {width} }}, \
             {{ op = \"sharpen\", sigma = 0.5 }}]\noutput = {{ {output} }}\n"
        )
    };
    fs::write(folder.path().join(FILE), preset(1280, "format = \"jpeg\""))?;
    let asset = open(studio, folder.path(), 1).await?[0];
    for (name, draft, format, lowest) in [
        ("jpeg 1280: quality", false, "jpeg", 30),
        ("webp 1280: quality, quick looks", true, "webp", 30),
        ("avif 1280: quality, quick looks", true, "avif", 30),
        ("webp 1280: quality", false, "webp", 50),
    ] {
        let mut times = Vec::new();
        for step in 0..CHANGES {
            let text = preset(1280, &format!("format = \"{format}\", quality = {}", lowest + step));
            let start = Instant::now();
            studio.call("set_text", json!({ "file": FILE, "text": text, "gesture": "g" })).await?;
            let asked = json!({
                "slot": "stage", "asset": asset, "file": FILE, "generator": "g",
                "variation": null, "format": null, "draft": draft, "parameters": {}
            });
            let preview = studio.call("preview", asked).await?;
            let url = preview["url"].as_str().ok_or("no url")?;
            let path = url.strip_prefix("variant://localhost").ok_or("another url")?;
            studio.picture(path).await?;
            times.push(milliseconds(start));
        }
        say(name, times);
    }
    Ok(())
}

async fn matrix(studio: &Studio, count: u32) -> Fallible<()> {
    let folder = tempfile::tempdir()?;
    let picture = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../assets/samples/illustrations/coast-poster.png");
    let picture = fs::read(picture)?;
    for number in 0..count {
        let path = folder.path().join(format!("{:03}/{number:05}.png", number / 100));
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(path, &picture)?;
    }
    let mut text = String::from("version = 1\n");
    for number in 0..GENERATORS {
        write!(
            text,
            "[generators.g{number}]\nwidths = [{}, {}]\noperations = [{{ op = \"resize\", width = \
             320 }}, {{ op = \"sharpen\", sigma = 0.5 }}]\noutput = {{ format = \"jpeg\", quality \
             = 70 }}\n",
            100 + number,
            300 + number
        )?;
    }
    fs::write(folder.path().join(FILE), &text)?;
    let ids = open(studio, folder.path(), count as usize).await?;
    let ask = |ids: &[u32]| json!({ "assets": ids, "files": [] });

    let mut times = Vec::new();
    for screen in ids.chunks(40).rev().take(20) {
        let start = Instant::now();
        studio.call("matrix", ask(screen)).await?;
        times.push(milliseconds(start));
    }
    say("matrix of 40 x 30, first time or not", times);
    let mut times = Vec::new();
    for screen in ids.chunks(40).rev().take(20) {
        let start = Instant::now();
        studio.call("matrix", ask(screen)).await?;
        times.push(milliseconds(start));
    }
    say("matrix of 40 x 30, again", times);

    let start = Instant::now();
    while studio.call("asset_states", json!({})).await?["complete"] != true {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("{:40} {:7.1}", "all states counted (from here)", milliseconds(start));
    let start = Instant::now();
    studio.call("asset_states", json!({})).await?;
    println!("{:40} {:7.1}", "asset_states answered", milliseconds(start));

    // One generator changes: everything is counted again, and one event a quarter second says so.
    let mut events = studio.events();
    let start = Instant::now();
    let changed = text.replacen("quality = 70", "quality = 71", 1);
    studio.call("set_text", json!({ "file": FILE, "text": changed, "gesture": "g" })).await?;
    let first = Instant::now();
    studio.call("matrix", ask(&ids[..40.min(ids.len())])).await?;
    println!("{:40} {:7.1}", "matrix after a changed generator", milliseconds(first));
    let mut told = 0;
    let quiet = Duration::from_secs(3);
    let mut last = start;
    while let Ok(Ok(event)) = tokio::time::timeout(quiet, events.recv()).await {
        if matches!(event, cropmark_api::model::Event::States { .. }) {
            told += 1;
            last = Instant::now();
        }
    }
    let took = (last - start).as_secs_f64() * 1000.0;
    println!("{:40} {took:7.1} ({told} events)", "counted again");
    Ok(())
}
