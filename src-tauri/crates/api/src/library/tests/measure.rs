//! Measures the time until the first pictures of a large folder are shown: run by hand with
//! `CROPMARK_MEASURE=FOLDER cargo test -p cropmark-api -- --ignored measure --nocapture`.
//! The folder's `.cropmark` is removed first.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use cropmark_engine::Settings;
use serde_json::json;

use crate::{
    Paths, Studio,
    model::{Asset, AssetState, Assets, Event, Purpose},
};

/// Tiles of a first screen.
const SCREEN: usize = 40;

fn paths(own: &Path) -> Paths {
    Paths {
        worker: Settings::locate_worker().expect("cargo build -p cropmark-worker"),
        ..Paths::below(own)
    }
}

async fn known(studio: &Studio) -> Assets {
    serde_json::from_value(studio.call("assets", json!({})).await.unwrap()).unwrap()
}

/// Opens the folder, and says when what was there.
async fn open(name: &str, folder: &Path, own: &Path) {
    let studio = Studio::start(paths(own)).await;
    let mut events = studio.events();
    let began = Instant::now();
    let said =
        |what: &str| println!("{name}: {what} {:.0} ms", began.elapsed().as_secs_f64() * 1e3);
    let grant = studio.grant(Purpose::Workspace, vec![folder.to_owned()]).unwrap().id;
    studio.call("open_workspace", json!({ "grant": grant })).await.unwrap();
    said("opened");
    let mut first: Vec<Asset> = known(&studio).await.assets;
    said(&format!("{} assets listed", first.len()));
    while first.is_empty() {
        if let Ok(Event::Assets { changed, .. }) = events.recv().await {
            first = changed;
            said(&format!("{} assets told", first.len()));
        }
    }
    let screen: Vec<Asset> = first.into_iter().take(SCREEN).collect();
    let ids: Vec<u32> = screen.iter().map(|asset| asset.id).collect();
    studio.call("set_visible", json!({ "assets": ids })).await.unwrap();
    let mut asked = tokio::task::JoinSet::new();
    for asset in screen {
        let studio = studio.clone();
        asked.spawn(async move {
            let path = format!("/thumbnail/{}/{}/256", asset.id, asset.version);
            studio.picture(&path).await.unwrap();
        });
    }
    asked.join_next().await.unwrap().unwrap();
    said("first thumbnail");
    asked.join_all().await;
    said(&format!("{SCREEN} thumbnails"));
    loop {
        let known = known(&studio).await;
        if known.complete {
            said(&format!("{} assets, list complete", known.assets.len()));
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    loop {
        let known = known(&studio).await;
        let waits = |asset: &&Asset| matches!(asset.state, AssetState::Waiting {});
        if known.assets.iter().filter(waits).count() == 0 {
            said("all looked into");
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement of a folder that is named by CROPMARK_MEASURE"]
async fn measure() {
    let folder: PathBuf = env::var_os("CROPMARK_MEASURE").expect("CROPMARK_MEASURE").into();
    let own = tempfile::tempdir().unwrap();
    let _ = fs::remove_dir_all(folder.join(".cropmark"));
    open("new", &folder, own.path()).await;
    open("known", &folder, own.path()).await;
}
