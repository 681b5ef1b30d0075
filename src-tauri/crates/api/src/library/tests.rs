//! The library with a real worker: build it first (`cargo build -p cropmark-worker`).

mod measure;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command},
    task::{Context, Waker},
    time::{Duration, SystemTime},
};

use cropmark_engine::Settings;
use cropmark_store::{AssetUpdate, CacheSettings, Fingerprint, Store, TrustKey};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::broadcast, time::timeout};

use crate::{
    ApiError, Paths, Picture, PictureError, Studio,
    model::{Asset, AssetState, Assets, Event, Purpose},
};

const PATIENCE: Duration = Duration::from_secs(30);

struct Scene {
    studio: Studio,
    events: broadcast::Receiver<Event>,
    folder: PathBuf,
    own: TempDir,
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/samples")
}

/// An uncompressed bitmap of 24 bits a pixel; pictures of different seeds differ.
fn bitmap(width: u32, height: u32, seed: u8) -> Vec<u8> {
    let stride = (width * 3).next_multiple_of(4);
    let mut bytes = b"BM".to_vec();
    for number in [54 + stride * height, 0, 54, 40, width, height] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend([1, 0, 24, 0]);
    bytes.resize(54, 0);
    for row in 0..height {
        bytes.extend((0..stride).map(|place| (place * 3 + row * 5).to_le_bytes()[0] ^ seed));
    }
    bytes
}

/// Writes a file that has been there for long.
fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    let old = SystemTime::now() - Duration::from_hours(1);
    File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
}

impl Scene {
    async fn new(files: &[(&str, Vec<u8>)]) -> Self {
        let own = tempfile::tempdir().unwrap();
        let folder = own.path().canonicalize().unwrap().join("pictures");
        fs::create_dir(&folder).unwrap();
        for (name, bytes) in files {
            put(&folder.join(name), bytes);
        }
        let paths = Paths {
            worker: Settings::locate_worker().expect("cargo build -p cropmark-worker"),
            samples: Some(samples()),
            ..Paths::below(own.path())
        };
        let studio = Studio::start(paths).await;
        let events = studio.events();
        Self { studio, events, folder, own }
    }

    fn trust_key(&self) -> TrustKey {
        TrustKey::load(&self.own.path().join("data/trust.key")).unwrap()
    }

    async fn opened(files: &[(&str, Vec<u8>)]) -> Self {
        let mut scene = Self::new(files).await;
        scene.open().await;
        scene.complete().await;
        scene
    }

    async fn call(&self, name: &str, arguments: Value) -> Result<Value, ApiError> {
        self.studio.call(name, arguments).await
    }

    async fn open(&self) -> Value {
        let grant = self.studio.grant(Purpose::Workspace, vec![self.folder.clone()]).unwrap().id;
        self.call("open_workspace", json!({ "grant": grant })).await.unwrap()
    }

    async fn close(&self) {
        self.call("close_workspace", json!({})).await.unwrap();
    }

    async fn assets(&self) -> Assets {
        serde_json::from_value(self.call("assets", json!({})).await.unwrap()).unwrap()
    }

    async fn asset(&self, path: &str) -> Option<Asset> {
        self.assets().await.assets.into_iter().find(|asset| asset.path == path)
    }

    /// Waits until an event is as it should be.
    async fn event<T>(&mut self, mut is: impl FnMut(&Event) -> Option<T>) -> T {
        let wait = async {
            loop {
                match self.events.recv().await {
                    Ok(event) => {
                        if let Some(found) = is(&event) {
                            return found;
                        }
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        };
        timeout(PATIENCE, wait).await.expect("such an event")
    }

    /// Waits until the folder was looked through and every asset was looked into.
    async fn complete(&mut self) {
        let wait = async {
            loop {
                let known = self.assets().await;
                let waits = |asset: &Asset| matches!(asset.state, AssetState::Waiting {});
                if known.complete && !known.assets.iter().any(waits) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, wait).await.expect("a complete list");
    }

    async fn until(&self, path: &str, is: impl Fn(Option<&Asset>) -> bool) -> Option<Asset> {
        let wait = async {
            loop {
                let asset = self.asset(path).await;
                if is(asset.as_ref()) {
                    return asset;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{path}"))
    }

    async fn picture(
        &self,
        kind: &str,
        asset: &Asset,
        pixels: u32,
    ) -> Result<Picture, PictureError> {
        let path = format!("/{kind}/{}/{}/{pixels}", asset.id, asset.version);
        timeout(PATIENCE, self.studio.picture(&path)).await.expect("an answer")
    }

    /// The jobs that workers have done, once they rest: a picture is there a moment before its
    /// worker has said that it is ready for the next.
    async fn jobs(&self) -> u64 {
        let mut before = None;
        loop {
            let snapshot = self.studio.engine().unwrap().snapshot();
            let classes = [snapshot.on_demand, snapshot.eager];
            let rests = classes.iter().all(|class| class.queued + class.running == 0);
            let now = rests.then_some(snapshot.totals.jobs);
            if now.is_some() && now == before {
                return snapshot.totals.jobs;
            }
            before = now;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn state(asset: &Asset) -> String {
    match &asset.state {
        AssetState::Waiting {} => "waiting".to_owned(),
        AssetState::Ready { format, width, height, .. } => format!("{format} {width} x {height}"),
        AssetState::Unreadable { code, .. } => code.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_shows_its_images_and_what_is_wrong_with_them() {
    let jpeg = fs::read(samples().join("photos/arcade.jpg")).unwrap();
    let mut scene = Scene::opened(&[
        ("b.bmp", bitmap(30, 20, 1)),
        ("deep/er/no-name", bitmap(20, 30, 2)),
        ("broken.jpg", jpeg[..20].to_vec()),
        ("half.jpg", jpeg[..600].to_vec()),
        ("words.png", b"no image at all".to_vec()),
        ("notes.txt", b"notes".to_vec()),
        (".hidden.bmp", bitmap(8, 8, 3)),
        (".git/a.bmp", bitmap(8, 8, 3)),
    ])
    .await;
    let known = scene.assets().await;
    let states: Vec<_> =
        known.assets.iter().map(|asset| (asset.path.as_str(), state(asset))).collect();
    let expected = [
        ("b.bmp", "bmp 30 x 20".to_owned()),
        ("broken.jpg", "unreadable".to_owned()),
        ("deep/er/no-name", "bmp 20 x 30".to_owned()),
        ("half.jpg", "jpeg 1800 x 1200".to_owned()),
        ("words.png", "unreadable".to_owned()),
    ];
    assert_eq!(states, expected);
    let broken = &known.assets[1];
    let AssetState::Unreadable { message, .. } = &broken.state else { panic!("{broken:?}") };
    let refused = scene.picture("thumbnail", broken, 64).await.unwrap_err();
    assert_eq!(refused, PictureError::Failed(message.clone()));
    // Only the rest of it is broken, which shows when it is needed.
    let half = &known.assets[3];
    let refused = scene.picture("thumbnail", half, 64).await.unwrap_err();
    let broken = scene.asset("half.jpg").await.unwrap();
    let AssetState::Unreadable { message, .. } = &broken.state else { panic!("{broken:?}") };
    assert_eq!(refused, PictureError::Failed(message.clone()));
    let jobs = scene.jobs().await;
    assert_eq!(scene.picture("thumbnail", half, 64).await.unwrap_err(), refused);
    assert_eq!(scene.jobs().await, jobs, "it is not tried again");
    let told = scene.event(|event| match event {
        Event::Assets { changed, complete: true, .. } => Some(changed.len()),
        _ => None,
    });
    told.await;
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_small_faithful_or_refused() {
    let scene = Scene::opened(&[("a.bmp", bitmap(300, 200, 1))]).await;
    let asset = scene.asset("a.bmp").await.unwrap();
    let small = scene.picture("thumbnail", &asset, 64).await.unwrap();
    assert_eq!((small.mime, &small.bytes[..3]), ("image/jpeg", &b"\xff\xd8\xff"[..]));
    assert!(small.immutable);
    let whole = scene.picture("original", &asset, 0).await.unwrap();
    assert!(whole.bytes.len() > small.bytes.len());
    let wrong = Asset { version: "0".into(), ..asset.clone() };
    assert_eq!(scene.picture("thumbnail", &wrong, 64).await.unwrap_err(), PictureError::NotFound);
    let wrong = Asset { id: 99, ..asset.clone() };
    assert_eq!(scene.picture("original", &wrong, 64).await.unwrap_err(), PictureError::NotFound);
    let jobs = scene.jobs().await;
    scene.picture("thumbnail", &asset, 64).await.unwrap();
    scene.picture("original", &asset, 300).await.unwrap();
    assert_eq!(scene.jobs().await, jobs, "both are kept");
    let details = scene.call("asset_details", json!({ "asset": asset.id })).await.unwrap();
    assert_eq!((&details["bands"], &details["orientation"]), (&json!(3), &json!(1)));
    assert!(details["thumbhash"].as_str().unwrap().len() >= 20, "{details}");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_workspace_needs_no_worker() {
    let mut scene =
        Scene::opened(&[("a.bmp", bitmap(30, 20, 1)), ("b.bmp", bitmap(40, 20, 2))]).await;
    let asset = scene.asset("b.bmp").await.unwrap();
    scene.picture("thumbnail", &asset, 64).await.unwrap();
    scene.close().await;
    let jobs = scene.jobs().await;
    let info = scene.open().await;
    assert_eq!(info["read_only"], Value::Null, "closing gives the workspace back");
    // At once, before anything was looked at.
    let known = scene.assets().await;
    let states: Vec<_> = known.assets.iter().map(state).collect();
    assert_eq!(states, ["bmp 30 x 20", "bmp 40 x 20"]);
    scene.picture("thumbnail", &known.assets[1], 64).await.unwrap();
    scene.complete().await;
    assert_eq!(scene.jobs().await, jobs, "nothing was read again");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_on_the_disk_are_followed() {
    let scene = Scene::opened(&[("a.bmp", bitmap(30, 20, 1)), ("b.bmp", bitmap(40, 20, 2))]).await;
    let before = scene.asset("a.bmp").await.unwrap();
    let call = json!({ "kind": "mark", "assets": [before.id], "mark": "favourite", "set": true });
    scene.call("annotate", call).await.unwrap();
    put(&scene.folder.join("new.bmp"), &bitmap(50, 20, 3));
    let ready = |asset: Option<&Asset>| {
        asset.is_some_and(|asset| matches!(asset.state, AssetState::Ready { .. }))
    };
    scene.until("new.bmp", ready).await;
    fs::rename(scene.folder.join("a.bmp"), scene.folder.join("c.bmp")).unwrap();
    let renamed = scene.until("c.bmp", ready).await.unwrap();
    assert_eq!((renamed.id, &renamed.marks[..]), (before.id, &["favourite".to_owned()][..]));
    assert_eq!(renamed.version, before.version);
    put(&scene.folder.join("c.bmp"), &bitmap(60, 20, 4));
    let written = |asset: Option<&Asset>| asset.is_some_and(|it| state(it) == "bmp 60 x 20");
    let written = scene.until("c.bmp", written).await.unwrap();
    assert_eq!(written.id, before.id);
    assert_ne!(written.version, before.version);
    assert_eq!(scene.picture("thumbnail", &before, 64).await.unwrap_err(), PictureError::NotFound);
    fs::remove_file(scene.folder.join("b.bmp")).unwrap();
    scene.until("b.bmp", |asset| asset.is_none()).await;
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_the_screen_ends_at_once() {
    let files: Vec<(String, Vec<u8>)> =
        (0..40).map(|n| (format!("{n:02}.bmp"), bitmap(300, 200, n))).collect();
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let scene = Scene::opened(&files).await;
    let assets = scene.assets().await.assets;
    let paths = assets.iter().map(|it| format!("/thumbnail/{}/{}/200", it.id, it.version));
    let paths: Vec<String> = paths.collect();
    // Each request is sent, and goes on only after the screen has changed.
    let mut asked: Vec<_> = paths.iter().map(|path| Box::pin(scene.studio.picture(path))).collect();
    let mut context = Context::from_waker(Waker::noop());
    for request in &mut asked {
        assert!(request.as_mut().poll(&mut context).is_pending());
    }
    let last: Vec<u32> = assets.iter().rev().take(4).map(|asset| asset.id).collect();
    scene.call("set_visible", json!({ "assets": last })).await.unwrap();
    for (asset, answer) in assets.iter().zip(asked) {
        let answer = timeout(PATIENCE, answer).await.unwrap();
        if last.contains(&asset.id) {
            answer.unwrap();
        } else {
            assert_eq!(answer.unwrap_err(), PictureError::Gone, "{}", asset.path);
        }
    }
    // Asking again later is right.
    scene.call("set_visible", json!({ "assets": [assets[0].id] })).await.unwrap();
    scene.picture("thumbnail", &assets[0], 200).await.unwrap();
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_say_is_kept_and_can_be_undone() {
    let scene = Scene::opened(&[("a.bmp", bitmap(30, 20, 1)), ("b.bmp", bitmap(40, 20, 2))]).await;
    let id = scene.asset("a.bmp").await.unwrap().id;
    for x in [0.25, 0.75] {
        let point = json!({ "x": x, "y": 0.5 });
        let call = json!({ "kind": "focal", "asset": id, "point": point, "gesture": "drag" });
        scene.call("annotate", call).await.unwrap();
    }
    let call = json!({ "kind": "mark", "assets": [id], "mark": "favourite", "set": true });
    scene.call("annotate", call).await.unwrap();
    let wrong =
        json!({ "kind": "focal", "asset": id, "point": { "x": 2, "y": 0 }, "gesture": null });
    assert_eq!(scene.call("annotate", wrong).await.unwrap_err().code, "invalid");
    let wrong = json!({ "kind": "focal", "asset": 99, "point": null, "gesture": null });
    assert_eq!(scene.call("annotate", wrong).await.unwrap_err().code, "not_found");
    scene.close().await;
    scene.open().await;
    let asset = scene.asset("a.bmp").await.unwrap();
    assert_eq!(asset.focal.map(|point| point.x), Some(0.75));
    assert_eq!(asset.marks, ["favourite"]);
    let call = json!({ "kind": "focal", "asset": asset.id, "point": null, "gesture": null });
    scene.call("annotate", call).await.unwrap();
    assert_eq!(scene.asset("a.bmp").await.unwrap().focal, None);
    scene.call("undo", json!({})).await.unwrap();
    assert_eq!(scene.asset("a.bmp").await.unwrap().focal.map(|point| point.x), Some(0.75));
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_user_writes_is_kept_and_can_be_undone() {
    let scene = Scene::opened(&[("a.bmp", bitmap(30, 20, 1))]).await;
    let id = scene.asset("a.bmp").await.unwrap().id;
    let write = |title: &str, alt: &str, gesture: &str| json!({ "kind": "texts", "asset": id, "title": title, "alt": alt, "gesture": gesture });
    for (title, alt, gesture) in [("La", "", "one"), (" Lake ", "", "one"), ("Lake", "Dusk", "two")]
    {
        scene.call("annotate", write(title, alt, gesture)).await.unwrap();
    }
    for wrong in ["\u{7}".to_owned(), "x".repeat(4001)] {
        let call = write(&wrong, "", "three");
        assert_eq!(scene.call("annotate", call).await.unwrap_err().code, "invalid");
    }
    let texts = async || {
        let asset = scene.asset("a.bmp").await.unwrap();
        (asset.title, asset.alt)
    };
    let lake = Some("Lake".to_owned());
    assert_eq!(texts().await, (lake.clone(), Some("Dusk".to_owned())));
    scene.call("undo", json!({})).await.unwrap();
    assert_eq!(texts().await, (lake.clone(), None));
    scene.call("undo", json!({})).await.unwrap();
    assert_eq!(texts().await, (None, None));
    for _ in 0..2 {
        scene.call("redo", json!({})).await.unwrap();
    }
    scene.close().await;
    scene.open().await;
    assert_eq!(texts().await, (lake, Some("Dusk".to_owned())));
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_histogram_counts_the_levels_of_a_picture() {
    let scene = Scene::opened(&[("a.bmp", bitmap(300, 200, 1))]).await;
    let id = scene.asset("a.bmp").await.unwrap().id;
    let counts = scene.call("histogram", json!({ "asset": id })).await.unwrap();
    for channel in ["luminance", "red", "green", "blue"] {
        let levels = counts[channel].as_array().unwrap();
        let sum: u64 = levels.iter().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!((levels.len(), sum), (256, 256 * 171), "{channel}");
    }
    let wrong = scene.call("histogram", json!({ "asset": 99 })).await.unwrap_err();
    assert_eq!(wrong.code, "not_found");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crop_by_hand_is_kept_and_can_be_undone() {
    let scene = Scene::opened(&[("a.bmp", bitmap(30, 20, 1))]).await;
    let id = scene.asset("a.bmp").await.unwrap().id;
    let crop = |x: f64, gesture: &str| {
        let frame = json!({ "x": x, "y": 0, "width": 0.5, "height": 0.5 });
        json!({
            "kind": "crop", "asset": id, "generator": "hero", "frame": frame, "gesture": gesture
        })
    };
    for (x, gesture) in [(0.1, "one"), (0.2, "two"), (0.3, "two")] {
        scene.call("annotate", crop(x, gesture)).await.unwrap();
    }
    for x in [0.6, -0.1] {
        assert_eq!(scene.call("annotate", crop(x, "three")).await.unwrap_err().code, "invalid");
    }
    let left = async || {
        let crops = scene.asset("a.bmp").await.unwrap().crops;
        crops.get("hero").map(|frame| frame.x)
    };
    assert_eq!(left().await, Some(0.3));
    for (step, expected) in
        [("undo", Some(0.1)), ("undo", None), ("redo", Some(0.1)), ("redo", Some(0.3))]
    {
        scene.call(step, json!({})).await.unwrap();
        assert_eq!(left().await, expected, "{step}");
    }
    scene.close().await;
    scene.open().await;
    assert_eq!(left().await, Some(0.3));
    let reset = json!({
        "kind": "crop", "asset": id, "generator": "hero", "frame": null, "gesture": null
    });
    scene.call("annotate", reset).await.unwrap();
    assert_eq!(left().await, None);
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn corrected_faces_are_kept_and_can_be_undone() {
    let scene = Scene::opened(&[("a.bmp", bitmap(30, 20, 1))]).await;
    let id = scene.asset("a.bmp").await.unwrap().id;
    let face = |x: f64| json!({ "x": x, "y": 0, "width": 0.25, "height": 0.5 });
    let set = |faces: Value| json!({ "kind": "faces", "asset": id, "faces": faces });
    let faces = async || {
        let faces = scene.asset("a.bmp").await.unwrap().faces;
        faces.map(|faces| faces.iter().map(|face| face.x).collect::<Vec<_>>())
    };
    assert_eq!(faces().await, None);
    scene.call("annotate", set(json!([face(0.25), face(0.75)]))).await.unwrap();
    scene.call("annotate", set(json!([]))).await.unwrap();
    for wrong in [json!([face(0.8)]), json!([face(-0.1)]), json!(vec![face(0.5); 101])] {
        assert_eq!(scene.call("annotate", set(wrong)).await.unwrap_err().code, "invalid");
    }
    assert_eq!(faces().await, Some(vec![]));
    let both = Some(vec![0.25, 0.75]);
    for (step, expected) in [("undo", both.clone()), ("undo", None), ("redo", both.clone())] {
        scene.call(step, json!({})).await.unwrap();
        assert_eq!(faces().await, expected, "{step}");
    }
    scene.close().await;
    scene.open().await;
    assert_eq!(faces().await, both);
    scene.call("annotate", set(json!(null))).await.unwrap();
    assert_eq!(faces().await, None);
    scene.studio.shut_down().await;
}

/// Another process that has a workspace open, as far as locks tell.
struct Holder(Child);

impl Holder {
    fn of(folder: &Path) -> Self {
        let lock = folder.join(".cropmark/lock");
        let ready = folder.join("../held");
        let command = format!("touch '{}'; exec sleep 100", ready.display());
        let child = Command::new("flock").arg(lock).args(["sh", "-c", &command]).spawn().unwrap();
        while !ready.exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // `flock` waits for its own child, which holds the lock too.
        let children = format!("/proc/{0}/task/{0}/children", self.0.id());
        let children = fs::read_to_string(children).unwrap_or_default();
        for child in children.split_whitespace() {
            let _ = Command::new("kill").arg(child).status();
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_another_process_has_open_can_be_looked_at() {
    let mut scene = Scene::opened(&[("a.bmp", bitmap(30, 20, 1))]).await;
    scene.close().await;
    let holder = Holder::of(&scene.folder);
    put(&scene.folder.join("b.bmp"), &bitmap(40, 20, 2));
    let info = scene.open().await;
    assert!(info["read_only"].as_str().unwrap().contains("nother process"), "{info}");
    scene.complete().await;
    let assets = scene.assets().await.assets;
    assert_eq!(assets.iter().map(state).collect::<Vec<_>>(), ["bmp 30 x 20", "bmp 40 x 20"]);
    for asset in &assets {
        scene.picture("thumbnail", asset, 64).await.unwrap();
    }
    let jobs = scene.jobs().await;
    scene.picture("thumbnail", &assets[1], 64).await.unwrap();
    assert_eq!(scene.jobs().await, jobs, "kept in memory");
    let call = json!({ "kind": "mark", "assets": [assets[0].id], "mark": "x", "set": true });
    assert_eq!(scene.call("annotate", call).await.unwrap_err().code, "read_only");
    drop(holder);
    let info = scene.open().await;
    assert_eq!(info["read_only"], Value::Null, "opening again gives more: {info}");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_is_opened_or_copied() {
    let mut scene = Scene::new(&[("a.bmp", bitmap(30, 20, 1))]).await;
    let outside = scene.folder.join("../outside");
    put(&outside.join("b.bmp"), &bitmap(40, 20, 2));
    let studio = scene.studio.clone();
    let drop = async |paths: &[&Path]| {
        let paths = paths.iter().map(|path| path.to_path_buf()).collect();
        let grant = studio.grant(Purpose::Drop, paths).unwrap().id;
        let dropped = json!({ "grant": grant, "into": "" });
        let outcome = studio.call("drop_paths", dropped.clone()).await.unwrap();
        let again = studio.call("drop_paths", dropped).await.unwrap_err();
        assert_eq!(again.code, "not_granted", "a drop is one use");
        outcome
    };
    let opened = drop(&[&scene.folder.join("a.bmp")]).await;
    assert_eq!(opened["opened"]["path"], json!(scene.folder), "the folder of the file");
    scene.complete().await;
    let copied = drop(&[&outside.join("b.bmp"), &outside]).await;
    assert_eq!((&copied["copied"], copied["refused"].as_array().unwrap().len()), (&json!(1), 1));
    scene.until("b.bmp", |asset| asset.is_some()).await;
    let opened = drop(&[&outside]).await;
    assert_eq!(opened["opened"]["name"], "outside");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_are_the_persons_own_copy() {
    let mut scene = Scene::new(&[]).await;
    let info = scene.call("open_samples", json!({})).await.unwrap();
    assert_eq!(info["samples"], true);
    assert!(!Path::new(info["path"].as_str().unwrap()).starts_with(samples()));
    scene.complete().await;
    let known = scene.assets().await;
    assert!(known.assets.len() >= 10);
    let unreadable: Vec<_> = known
        .assets
        .iter()
        .filter(|asset| matches!(asset.state, AssetState::Unreadable { .. }))
        .collect();
    assert!(unreadable.is_empty(), "{unreadable:?}");
    let presets = scene.call("presets", json!({})).await.unwrap();
    assert!(!presets.as_array().unwrap().is_empty());
    for asset in &known.assets {
        let small = scene.picture("thumbnail", asset, 128).await.unwrap();
        let large = scene.picture("original", asset, 512).await.unwrap();
        let AssetState::Ready { alpha, frames, .. } = asset.state else { unreachable!() };
        assert_eq!(small.mime, if alpha { "image/webp" } else { "image/jpeg" }, "{}", asset.path);
        let expected = match (alpha, frames) {
            (_, 2..) => "image/webp",
            (true, _) => "image/png",
            (false, _) => "image/jpeg",
        };
        assert_eq!(large.mime, expected, "{}", asset.path);
        let details = scene.call("asset_details", json!({ "asset": asset.id })).await.unwrap();
        assert!(details["thumbhash"].is_string(), "{details}");
    }
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_known_assets_the_first_are_there_at_once_and_the_lost_ones_go() {
    let mut scene = Scene::new(&[("zz.bmp", bitmap(30, 20, 1))]).await;
    {
        let now = SystemTime::now();
        let store = Store::open(&scene.folder, CacheSettings::default(), &scene.trust_key(), now)
            .unwrap()
            .store;
        let update = |number: u32| AssetUpdate {
            fingerprint: Fingerprint {
                path: format!("{number:05}.jpg").into(),
                size: 1,
                mtime_ns: 1,
                inode: 1,
            },
            content: Some([7; 32].into()),
            header: None,
        };
        store.update_assets((0..5000).map(update).collect()).unwrap();
    }
    scene.open().await;
    let first = scene.assets().await;
    assert!(first.assets.len() >= 4000, "{}", first.assets.len());
    let mut known: BTreeSet<u32> = first.assets.iter().map(|asset| asset.id).collect();
    let last = scene.event(|event| match event {
        Event::Assets { changed, removed, complete } => {
            assert!(changed.len() <= 2000 && removed.len() <= 2000);
            known.extend(changed.iter().map(|asset| asset.id));
            known.retain(|id| !removed.contains(id));
            complete.then(|| known.clone())
        }
        _ => None,
    });
    assert_eq!(last.await.len(), 1, "only one of them is there");
    scene.complete().await;
    assert_eq!(scene.assets().await.assets[0].path, "zz.bmp");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_marked_eager_is_rendered_as_long_as_the_setting_says_so() {
    let preset = b"version = 1\n[generators.small]\neager = true\n\
                   operations = [{ op = \"resize\", width = 8 }]\noutput = { format = \"png\" }\n";
    let mut scene =
        Scene::new(&[("a.bmp", bitmap(30, 20, 1)), ("web.preset.toml", preset.to_vec())]).await;
    scene.call("set_settings", json!({ "render_eager": false })).await.unwrap();
    scene.open().await;
    scene.complete().await;
    let variants = || {
        let folders = fs::read_dir(scene.folder.join(".cropmark/variants")).unwrap();
        folders.map(|folder| fs::read_dir(folder.unwrap().path()).unwrap().count()).sum::<usize>()
    };
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(variants(), 0);
    scene.call("set_settings", json!({ "render_eager": true })).await.unwrap();
    let wait = async {
        while variants() < 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        put(&scene.folder.join("b.bmp"), &bitmap(30, 20, 2));
        while variants() < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("a variant of each");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_thumbnail_of_a_workspace_that_was_closed() {
    let files: Vec<(String, Vec<u8>)> =
        (0..40).map(|number| (format!("{number}.bmp"), bitmap(900, 600, number))).collect();
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let scene = Scene::opened(&files).await;
    let assets = scene.assets().await.assets;
    let asked = assets.iter().map(|asset| {
        let (studio, path) =
            (scene.studio.clone(), format!("/thumbnail/{}/{}/300", asset.id, asset.version));
        tokio::spawn(async move { studio.picture(&path).await })
    });
    let asked: Vec<_> = asked.collect();
    tokio::task::yield_now().await;
    scene.close().await;
    let mut gone = 0;
    for answer in asked {
        let answer = timeout(Duration::from_secs(10), answer).await.expect("it waits for ever");
        gone += usize::from(matches!(
            answer.unwrap(),
            Err(PictureError::Gone | PictureError::NotFound)
        ));
    }
    assert!(gone > 0, "all were made before it was closed: the test says nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_has_just_come_knows_the_workers() {
    let mut scene = Scene::opened(&[]).await;
    // Until nothing changes any more that would be told anyhow.
    while timeout(Duration::from_millis(500), scene.events.recv()).await.is_ok() {}
    scene.call("start_up", json!({})).await.unwrap();
    let mut told = std::iter::from_fn(|| scene.events.try_recv().ok());
    let activity = told.find_map(|event| match event {
        Event::Activity(activity) => Some(activity),
        _ => None,
    });
    let activity = activity.expect("told before the answer");
    assert!(activity.memory_limit > 0 && !activity.workers.is_empty(), "{activity:?}");
    let text = scene.call("diagnostics", json!({})).await.unwrap();
    let text = text["text"].as_str().unwrap();
    assert!(text.contains("\"memory_limit\""), "what it does is told as data: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_sandbox_lacks_is_said_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let own = tempfile::tempdir().unwrap();
    let worker = own.path().join("worker");
    let real = Settings::locate_worker().expect("cargo build -p cropmark-worker");
    let script = format!("#!/bin/bash\nexec '{}' \"${{@/#best-effort/off}}\"\n", real.display());
    fs::write(&worker, script).unwrap();
    fs::set_permissions(&worker, fs::Permissions::from_mode(0o755)).unwrap();
    let studio = Studio::start(Paths { worker, ..Paths::below(own.path()) }).await;
    let mut events = studio.events();
    let folder = own.path().join("pictures");
    fs::create_dir(&folder).unwrap();
    for _ in 0..2 {
        let grant = studio.grant(Purpose::Workspace, vec![folder.clone()]).unwrap().id;
        studio.call("open_workspace", json!({ "grant": grant })).await.unwrap();
        studio.call("close_workspace", json!({})).await.unwrap();
    }
    let mut said = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Notice { message, .. } = event
            && message.contains("sandbox")
        {
            said.push(message);
        }
    }
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("every part of it missing"), "{said:?}");
}
