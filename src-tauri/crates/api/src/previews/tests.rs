//! Previews, states and files with a real worker: build it first (`cargo build -p
//! cropmark-worker`).

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use cropmark_engine::Settings;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::broadcast, time::timeout};

use crate::{
    ApiError, Paths, Studio,
    model::{Event, Purpose},
};

const PRESET: &str = r#"version = 1

[generators.card]
widths = [200, 400]
operations = [
  { op = "crop", aspect = "1:1", gravity = "focal" },
  { op = "resize", width = 400 },
]
output = { format = ["webp", "jpeg"], quality = 70 }

[generators.logo]
match = { path = ["logos/**"] }
output = { format = "png" }

[generators.stamped]
operations = [{ op = "overlay", image = "missing.png" }]
output = { format = "jpeg" }

[generators.broken]
widths = "wide"
"#;

const FILE: &str = "web.preset.toml";

struct Scene {
    studio: Studio,
    folder: TempDir,
    /// The numbers of `arcade.jpg` and the other one.
    numbers: [AtomicU32; 2],
    own: TempDir,
}

impl Scene {
    async fn new(preset: &str) -> Self {
        let (folder, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/samples/photos");
        for name in ["arcade.jpg", "autumn-lake.jpg"] {
            fs::copy(samples.join(name), folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join(FILE), preset).unwrap();
        let paths = Paths {
            worker: Settings::locate_worker().expect("cargo build -p cropmark-worker"),
            ..Paths::below(own.path())
        };
        let studio = Studio::start(paths).await;
        let scene = Self { studio, folder, numbers: Default::default(), own };
        scene.open().await;
        scene
    }

    async fn studio_opens(&self, folder: &Path) -> Value {
        let grant = self.studio.grant(Purpose::Workspace, vec![folder.to_owned()]).unwrap().id;
        self.call("open_workspace", json!({ "grant": grant })).await.unwrap()
    }

    /// Opens the workspace, and waits until all is found.
    async fn open(&self) {
        self.studio_opens(self.folder.path()).await;
        self.found().await;
    }

    async fn found(&self) {
        self.until("two assets", || async {
            let assets = self.call("assets", json!({})).await.unwrap();
            let found = assets["assets"].as_array().unwrap();
            for asset in found {
                let place = usize::from(asset["path"] != "arcade.jpg");
                let number = u32::try_from(asset["id"].as_u64().unwrap()).unwrap();
                self.numbers[place].store(number, Ordering::Relaxed);
            }
            let is_whole = assets["complete"] == true && found.len() == 2;
            is_whole && !self.presets().await.is_empty()
        })
        .await;
    }

    fn first(&self) -> u32 {
        self.numbers[0].load(Ordering::Relaxed)
    }

    fn second(&self) -> u32 {
        self.numbers[1].load(Ordering::Relaxed)
    }

    async fn presets(&self) -> Vec<Value> {
        let presets = self.call("presets", json!({})).await.unwrap();
        presets.as_array().unwrap().clone()
    }

    async fn call(&self, name: &str, arguments: Value) -> Result<Value, ApiError> {
        self.studio.call(name, arguments).await
    }

    async fn until<F: Future<Output = bool>>(&self, what: &str, is: impl Fn() -> F) {
        let wait = async {
            while !is().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(20), wait).await.unwrap_or_else(|_| panic!("{what}"));
    }

    async fn preview(&self, change: Value) -> Result<Value, ApiError> {
        let mut arguments = json!({
            "slot": "stage", "asset": self.first(), "file": FILE, "generator": "card", "variation": "400",
            "format": "jpeg", "draft": false, "parameters": {}
        });
        for (key, value) in change.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        self.call("preview", arguments).await
    }

    async fn bytes(&self, preview: &Value) -> Vec<u8> {
        let url = preview["url"].as_str().unwrap();
        let path = url.strip_prefix("variant://localhost").unwrap();
        let picture = self.studio.picture(path).await.unwrap();
        assert!(picture.immutable);
        picture.bytes.to_vec()
    }

    async fn set_text(&self, text: &str) {
        let arguments = json!({ "file": FILE, "text": text, "gesture": null });
        self.call("set_text", arguments).await.unwrap();
    }

    /// The state of the first asset's cards.
    async fn card(&self) -> Value {
        let matrix =
            self.call("matrix", json!({ "assets": [self.first()], "files": [] })).await.unwrap();
        let cells = matrix["rows"][0]["cells"].as_array().unwrap().clone();
        cells.into_iter().find(|cell| cell["generator"] == "card").unwrap()
    }
}

async fn states_of(events: &mut broadcast::Receiver<Event>, asset: u32) {
    let heard = async {
        loop {
            if let Event::States { assets } = events.recv().await.unwrap()
                && (assets.is_empty() || assets.contains(&asset))
            {
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), heard).await.expect("states");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_follows_the_document_and_is_there_again() {
    let scene = Scene::new(PRESET).await;
    let first = scene.preview(json!({})).await.unwrap();
    assert_eq!((&first["width"], &first["height"]), (&json!(400), &json!(400)));
    assert_eq!((&first["cached"], &first["quality"]), (&json!(false), &json!(70)));
    let bytes = scene.bytes(&first).await;
    assert_eq!(bytes.len() as u64, first["bytes"].as_u64().unwrap());
    assert!(bytes.starts_with(b"\xff\xd8"));
    let again = scene.preview(json!({})).await.unwrap();
    assert_eq!((&again["cached"], &again["key"]), (&json!(true), &first["key"]));

    // Not saved, but seen.
    scene.set_text(&PRESET.replace("quality = 70", "quality = 40")).await;
    let lower = scene.preview(json!({})).await.unwrap();
    assert_eq!((&lower["cached"], &lower["quality"]), (&json!(false), &json!(40)));
    assert!(lower["bytes"].as_u64() < first["bytes"].as_u64());

    // The first variation and the first format.
    let other = json!({ "variation": null, "format": null });
    let other = scene.preview(other).await.unwrap();
    assert_eq!((&other["width"], &other["format"]), (&json!(200), &json!("webp")));

    // On the disk, it survives the program.
    scene.call("close_workspace", json!({})).await.unwrap();
    scene.open().await;
    let kept = scene.preview(json!({ "parameters": {} })).await.unwrap();
    assert_eq!(kept["cached"], true);
    assert_eq!(scene.bytes(&kept).await, bytes_or(&scene, &kept, &bytes).await);
    scene.studio.shut_down().await;
}

/// Unsaved changes come back with the workspace, or they do not: the bytes fit the key.
async fn bytes_or(scene: &Scene, preview: &Value, first: &[u8]) -> Vec<u8> {
    if preview["quality"] == 70 { first.to_vec() } else { scene.bytes(preview).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_are_tried_without_a_change_of_the_document_and_are_there_once_made() {
    let scene = Scene::new(PRESET).await;
    let before = scene.call("document", json!({ "file": FILE })).await.unwrap();
    let path = ["generators", "card", "output", "format"];
    let edits = json!([{ "kind": "set", "path": path, "value": "avif" }]);
    let trial = scene.preview(json!({ "edits": edits, "format": "avif" })).await.unwrap();
    assert_eq!((&trial["format"], &trial["cached"]), (&json!("avif"), &json!(false)));
    let unchanged = scene.call("document", json!({ "file": FILE })).await.unwrap();
    assert_eq!(unchanged, before);
    // It is none of the generator's variants.
    let error = scene.preview(json!({ "format": "avif" })).await.unwrap_err();
    assert_eq!(error.code, "not_found", "{error:?}");
    assert_eq!(scene.card().await["ready"], 0);

    let made = json!({ "file": FILE, "edits": edits, "label": "", "gesture": null });
    scene.call("edit", made).await.unwrap();
    let used = scene.preview(json!({ "format": "avif" })).await.unwrap();
    assert_eq!((&used["key"], &used["cached"]), (&trial["key"], &json!(true)));
    scene.until("kept", || async { scene.card().await["ready"] == 1 }).await;

    for (value, code) in [(json!("nonsense"), "invalid"), (json!(null), "invalid")] {
        let edits = json!([{ "kind": "set", "path": path, "value": value }]);
        let error = scene.preview(json!({ "edits": edits })).await.unwrap_err();
        assert_eq!(error.code, code, "{error:?}");
    }
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_is_there_without_loss_at_any_size() {
    let scene = Scene::new(PRESET).await;
    let assets = scene.call("assets", json!({})).await.unwrap();
    let found = assets["assets"].as_array().unwrap();
    let arcade = found.iter().find(|asset| asset["path"] == "arcade.jpg").unwrap();
    let version = arcade["version"].as_str().unwrap();
    for (pixels, expected) in [(300, [300, 200]), (0, [1800, 1200])] {
        let path = format!("/lossless/{}/{version}/{pixels}", arcade["id"]);
        let picture = scene.studio.picture(&path).await.unwrap();
        assert_eq!(picture.mime, "image/png");
        let number = |at| u32::from_be_bytes(picture.bytes[at..at + 4].try_into().unwrap());
        assert_eq!([number(16), number(20)], expected);
    }
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quick_look_is_never_taken_for_the_real_one() {
    let scene = Scene::new(PRESET).await;
    let draft = scene.preview(json!({ "draft": true, "format": "webp" })).await.unwrap();
    assert_eq!((&draft["draft"], &draft["cached"]), (&json!(true), &json!(false)));
    assert!(scene.bytes(&draft).await.starts_with(b"RIFF"));
    assert_eq!(scene.card().await["ready"], 0);
    let real = scene.preview(json!({ "format": "webp" })).await.unwrap();
    assert_eq!((&real["draft"], &real["cached"]), (&json!(false), &json!(false)));
    assert_ne!(real["key"], draft["key"]);
    // The real one is there now, and better.
    let draft = scene.preview(json!({ "draft": true, "format": "webp" })).await.unwrap();
    assert_eq!((&draft["draft"], &draft["key"]), (&json!(false), &real["key"]));
    // JPEG at its default is as quick as a quick look.
    let jpeg = scene.preview(json!({ "draft": true })).await.unwrap();
    assert_eq!(jpeg["draft"], false);
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_rises_with_quality_and_belongs_to_the_bytes_that_are_shown() {
    let scene = Scene::new(PRESET).await;
    let measured = async |qualities: &[u8]| {
        let arguments = json!({
            "slot": "score", "asset": scene.first(), "file": FILE, "generator": "card",
            "variation": "400", "format": "webp", "parameters": {}, "draft": false,
        });
        let arguments = json!({ "variant": arguments, "qualities": qualities });
        scene.call("measure", arguments).await.map(|found| found["points"].clone())
    };
    let points = measured(&[30, 70, 95]).await.unwrap();
    let value = |at: usize, name: &str| points[at][name].as_f64().unwrap();
    for at in 0..2 {
        assert!(value(at, "bytes") < value(at + 1, "bytes"), "{points}");
        assert!(value(at, "score") + 2.0 < value(at + 1, "score"), "{points}");
    }
    assert!(value(2, "score") <= 100.0 && points[0]["quality"] == 30, "{points}");
    // The generator has quality 70: as it is, it is the point in the middle.
    let as_it_is = measured(&[]).await.unwrap();
    assert_eq!(
        (&as_it_is[0]["score"], as_it_is.as_array().unwrap().len()),
        (&points[1]["score"], 1)
    );
    let shown = scene.preview(json!({ "format": "webp" })).await.unwrap();
    assert_eq!(shown["bytes"], as_it_is[0]["bytes"], "measuring changes no byte");
    assert_eq!(measured(&[0]).await.unwrap_err().code, "invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_request_takes_the_slot() {
    let slow = PRESET.replace("quality = 70", "quality = 70, effort = 9");
    let scene = Scene::new(&slow).await;
    let (older, newer) = tokio::join!(scene.preview(json!({ "format": "webp" })), async {
        tokio::time::sleep(Duration::from_millis(2)).await;
        scene.preview(json!({ "variation": "200" })).await
    });
    assert_eq!(older.unwrap_err().code, "superseded");
    assert_eq!(newer.unwrap()["width"], 200);
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_ended_gives_no_answer() {
    let slow = PRESET.replace("quality = 70", "quality = 70, effort = 9");
    let scene = Scene::new(&slow).await;
    let (ended, _) = tokio::join!(scene.preview(json!({ "format": "webp" })), async {
        tokio::time::sleep(Duration::from_millis(2)).await;
        scene.call("end_request", json!({ "slot": "another" })).await.unwrap();
        scene.call("end_request", json!({ "slot": "stage" })).await.unwrap()
    });
    assert_eq!(ended.unwrap_err().code, "superseded");
    assert_eq!(scene.preview(json!({})).await.unwrap()["width"], 400);
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_shown_says_why() {
    let scene = Scene::new(PRESET).await;
    for (generator, code, words) in [
        ("logo", "unmatched", "“logo” "),
        ("broken", "invalid", "disabled because of an error"),
        ("stamped", "unreadable", "missing.png"),
        ("nobody", "not_found", "no generator \"nobody\""),
    ] {
        let asked = json!({ "generator": generator, "variation": null, "format": null });
        let error = scene.preview(asked).await.unwrap_err();
        assert!(error.message.contains(words), "{generator}: {error:?}");
        assert_eq!(error.code, code, "{generator}: {error:?}");
    }
    let error = scene.preview(json!({ "format": "avif" })).await.unwrap_err();
    assert_eq!(error.code, "not_found", "{error:?}");
    for bad in ["/variant/../../x.jpg", "/variant/aa.jpg", "/variant/aa.exe", "/variant/x"] {
        assert!(scene.studio.picture(bad).await.is_err(), "{bad}");
    }
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_follows_renderings_and_rules() {
    let scene = Scene::new(PRESET).await;
    let mut events = scene.studio.events();
    scene.until("looked into", || async { scene.card().await["total"] == 4 }).await;
    let card = scene.card().await;
    assert_eq!(
        (&card["state"], &card["ready"], &card["url"]),
        (&json!("missing"), &json!(0), &json!(null))
    );
    for variation in ["200", "400"] {
        for format in ["webp", "jpeg"] {
            let change = json!({ "variation": variation, "format": format });
            scene.preview(change).await.unwrap();
        }
    }
    scene.until("ready", || async { scene.card().await["state"] == "ready" }).await;
    states_of(&mut events, scene.first()).await;
    let card = scene.card().await;
    assert_eq!(card["ready"], 4);
    scene.bytes(&card).await;

    scene.set_text(&PRESET.replace("quality = 70", "quality = 60")).await;
    assert_eq!(scene.card().await["state"], "stale");
    scene.set_text(PRESET).await;
    assert_eq!(scene.card().await["state"], "ready");

    // What was kept before is known after a new start, and so is that it is stale.
    scene.call("close_workspace", json!({})).await.unwrap();
    let lower = PRESET.replace("quality = 70", "quality = 50");
    fs::write(scene.folder.path().join(FILE), lower).unwrap();
    scene.open().await;
    scene.until("stale", || async { scene.card().await["state"] == "stale" }).await;

    let matrix =
        scene.call("matrix", json!({ "assets": [scene.first()], "files": [] })).await.unwrap();
    let cells = matrix["rows"][0]["cells"].as_array().unwrap();
    let stamped = cells.iter().find(|cell| cell["generator"] == "stamped").unwrap();
    assert_eq!(stamped["state"], "failed");
    assert!(stamped["fault"]["message"].as_str().unwrap().contains("missing.png"));
    assert!(!cells.iter().any(|cell| cell["generator"] == "logo"));

    scene
        .until("all were looked at", || async {
            let states = scene.call("asset_states", json!({})).await.unwrap();
            states["complete"] == true
                && states["stale"] == json!([scene.first()])
                && states["missing"] == json!([scene.second()])
                && states["failed"].as_array().unwrap().len() == 2
        })
        .await;
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sheet_has_every_variant_with_its_state() {
    let scene = Scene::new(PRESET).await;
    let shown = scene.preview(json!({})).await.unwrap();
    scene.until("kept", || async { scene.card().await["ready"] == 1 }).await;
    let sheet = scene.call("sheet", json!({ "asset": scene.first(), "files": [] })).await.unwrap();
    let variants = sheet["variants"].as_array().unwrap();
    assert_eq!(variants.len(), 5, "{sheet}");
    let state = |variation: &str, format: &str| {
        let of =
            |variant: &&Value| variant["variation"] == variation && variant["format"] == format;
        variants.iter().find(of).unwrap()
    };
    assert_eq!(state("400", "jpeg")["state"], "ready");
    assert_eq!(state("400", "jpeg")["url"], shown["url"]);
    assert_eq!(state("400", "jpeg")["bytes"], shown["bytes"]);
    assert_eq!(state("200", "webp")["state"], "missing");
    assert_eq!(state("200", "webp")["size"], json!([200, 200]));
    assert_eq!(variants[4]["state"], "failed");
    assert_eq!(sheet["unmatched"][0]["generator"], "logo");
    let none =
        scene.call("sheet", json!({ "asset": scene.first(), "files": ["other"] })).await.unwrap();
    assert_eq!(none["variants"], json!([]));
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_focal_point_moves_the_part_that_is_shown() {
    let scene = Scene::new(PRESET).await;
    let middle = scene.preview(json!({})).await.unwrap();
    let left = json!({
        "kind": "focal", "asset": scene.first(), "point": { "x": 0.0, "y": 0.0 }, "gesture": null
    });
    scene.call("annotate", left).await.unwrap();
    let moved = scene.preview(json!({})).await.unwrap();
    assert_ne!(moved["key"], middle["key"]);
    let part = |preview: &Value| {
        let placement = preview["placement"].as_array().unwrap();
        (-placement[4].as_f64().unwrap(), -placement[5].as_f64().unwrap())
    };
    assert_eq!(part(&moved), (0.0, 0.0));
    assert!(part(&middle).0 + part(&middle).1 > 0.01);
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crop_by_hand_is_what_the_variants_of_one_picture_show() {
    let scene = Scene::new(PRESET).await;
    let rule = scene.preview(json!({})).await.unwrap();
    let ready = async || scene.card().await["ready"].clone();
    while ready().await != 1 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let frame = json!({ "x": 0.25, "y": 0.25, "width": 0.25, "height": 0.5 });
    let crop = json!({
        "kind": "crop", "asset": scene.first(), "generator": "card", "frame": frame,
        "gesture": null
    });
    scene.call("annotate", crop).await.unwrap();
    assert_eq!(ready().await, 0);
    let shown = scene.preview(json!({})).await.unwrap();
    assert_ne!(shown["key"], rule["key"]);
    // The rule's square lies in the middle of the frame.
    let map: Vec<f64> = serde_json::from_value(shown["placement"].clone()).unwrap();
    let middle = ((0.5 - map[4]) / map[0], (0.5 - map[5]) / map[3]);
    assert!((middle.0 - 0.375).abs() < 0.01 && (middle.1 - 0.5).abs() < 0.01, "{middle:?}");
    assert!(map[0] > 3.9, "at most a quarter of the width: {map:?}");
    // It follows a generator to another name, and back.
    let rename = json!({
        "file": FILE, "label": "", "gesture": null,
        "edits": [{ "kind": "rename", "path": ["generators", "card"], "to": "tile" }]
    });
    scene.call("edit", rename).await.unwrap();
    let renamed = scene.preview(json!({ "generator": "tile" })).await.unwrap();
    assert_eq!(renamed["key"], shown["key"]);
    scene.call("undo", json!({})).await.unwrap();
    assert_eq!(scene.preview(json!({})).await.unwrap()["key"], shown["key"]);
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn snippets_name_files_as_an_export_would() {
    let scene = Scene::new(PRESET).await;
    let asked = json!({
        "asset": scene.first(), "file": FILE, "generator": "card", "base": "/img/",
        "template": "{generator}/{stem}{variation}.{ext}"
    });
    let snippet = scene.call("snippet", asked.clone()).await.unwrap();
    let html = snippet["html"].as_str().unwrap();
    let expected = "<source type=\"image/webp\" srcset=\"/img/card/arcade-200.webp 200w, \
                    /img/card/arcade-400.webp 400w\"";
    assert!(html.contains(expected), "{html}");
    assert!(html.contains("src=\"/img/card/arcade-400.jpg\""), "{html}");
    assert!(html.contains("width=\"400\" height=\"400\" alt=\"\""), "{html}");
    let manifest: Value = serde_json::from_str(snippet["manifest"].as_str().unwrap()).unwrap();
    assert_eq!(manifest["variants"].as_array().unwrap().len(), 4);
    let mut wrong = asked;
    wrong["template"] = json!("{nonsense}");
    let error = scene.call("snippet", wrong).await.unwrap_err();
    assert!(error.message.contains("nonsense"), "{error:?}");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_handed_out_as_a_copy_with_a_name() {
    let scene = Scene::new(PRESET).await;
    let asked = json!({
        "slot": "", "asset": scene.first(), "file": FILE, "generator": "card", "variation": "200",
        "format": "jpeg", "draft": false, "parameters": {}
    });
    let file = scene.call("variant_file", asked.clone()).await.unwrap();
    let path = Path::new(file["path"].as_str().unwrap()).to_owned();
    assert!(path.is_absolute() && path.ends_with("arcade-200.jpg"), "{}", path.display());
    let bytes = fs::read(&path).unwrap();
    // Whoever gets it may write to it: what the workspace keeps stays as it is.
    fs::write(&path, b"scribbled over").unwrap();
    let again = scene.call("variant_file", asked).await.unwrap();
    assert_eq!(again, file);
    let id = file["id"].as_str().unwrap();
    assert_eq!(scene.studio.granted_file(id).unwrap(), path);
    assert_eq!(scene.studio.granted_file(id).unwrap_err().code, "not_granted");
    assert_eq!(fs::read(&path).unwrap(), bytes);
    scene.call("close_workspace", json!({})).await.unwrap();
    scene.open().await;
    assert!(!path.exists());
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rendered_in_the_background_is_noticed() {
    let eager = PRESET.replace("[generators.card]", "[generators.card]\neager = true");
    let scene = Scene::new(&eager).await;
    scene.until("ready", || async { scene.card().await["state"] == "ready" }).await;
    let states = || async { scene.call("asset_states", json!({})).await.unwrap() };
    scene
        .until("counted", || async {
            // What is being rendered is not missing, but not noted yet either.
            let engine = scene.studio.engine().unwrap().snapshot();
            let rests = engine.rendering.is_empty() && engine.eager.queued == 0;
            let states = states().await;
            rests && states["complete"] == true && states["missing"] == json!([])
        })
        .await;
    // The next rules find what was there before.
    scene.set_text(&eager.replace("quality = 70", "quality = 60")).await;
    assert_eq!(scene.card().await["state"], "stale");
    scene.until("stale", || async { states().await["stale"].as_array().unwrap().len() == 2 }).await;
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variant_is_saved_where_the_user_wants_it_and_replaces_nothing_of_the_folder() {
    let scene = Scene::new(PRESET).await;
    let variant = json!({
        "slot": "", "asset": scene.first(), "file": FILE, "generator": "card", "variation": "400",
        "format": "webp", "draft": false, "parameters": {}
    });
    let name = scene.call("variant_name", variant.clone()).await.unwrap();
    assert_eq!(name["text"], "arcade-400.webp");
    let save = async |path: &Path| {
        let grant = scene.studio.grant(Purpose::VariantFile, vec![path.to_owned()]).unwrap().id;
        let saved = scene.call("save_variant", json!({ "variant": variant, "grant": grant })).await;
        saved.map(|reply| reply["path"].as_str().unwrap().to_owned())
    };
    let bytes = scene.bytes(&scene.preview(json!({ "format": "webp" })).await.unwrap()).await;
    let elsewhere = scene.own.path().join("arcade.webp");
    for _ in 0..2 {
        // The second time the dialog has asked.
        assert_eq!(save(&elsewhere).await.unwrap(), elsewhere.to_str().unwrap());
        assert_eq!(fs::read(&elsewhere).unwrap(), bytes);
    }
    let without = scene.own.path().join("arcade");
    assert_eq!(save(&without).await.unwrap_err().code, "invalid", "no name that was not chosen");

    let inside = scene.folder.path().join("new.webp");
    assert_eq!(save(&inside).await.unwrap(), inside.to_str().unwrap());
    fs::write(&inside, "an original").unwrap();
    let error = save(&inside).await.unwrap_err();
    assert!(error.message.contains("never replaced"), "{error}");
    assert_eq!(fs::read(&inside).unwrap(), b"an original");
    let jpeg = scene.own.path().join("arcade.jpg");
    assert_eq!(save(&jpeg).await.unwrap_err().code, "invalid");
    let call = json!({ "variant": variant, "grant": "guessed" });
    assert_eq!(scene.call("save_variant", call).await.unwrap_err().code, "not_granted");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clipboard_gets_a_variants_bytes_and_a_png_of_them() {
    let scene = Scene::new(PRESET).await;
    let variant = |format: &str| {
        json!({
            "slot": "", "asset": scene.first(), "file": FILE, "generator": "card",
            "variation": "400", "format": format, "draft": false, "parameters": {}
        })
    };
    let pictures = scene.studio.clipboard_pictures(variant("jpeg")).await.unwrap();
    let types: Vec<_> = pictures.iter().map(|picture| picture.mime).collect();
    assert_eq!(types, ["image/jpeg", "image/png"]);
    let shown = scene.preview(json!({})).await.unwrap();
    assert_eq!(pictures[0].bytes.to_vec(), scene.bytes(&shown).await);
    let png = &pictures[1].bytes;
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    // The header chunk: width and height.
    assert_eq!(png[16..24], [0, 0, 1, 0x90, 0, 0, 1, 0x90]);
    assert_eq!(scene.studio.clipboard_pictures(json!({})).await.unwrap_err().code, "bad_call");
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn formats_that_the_window_does_not_show_come_as_png() {
    let preset = PRESET.replace("[\"webp\", \"jpeg\"]", "[\"jxl\", \"jpeg\"]");
    let scene = Scene::new(&preset).await;
    let shown = scene.preview(json!({ "format": "jxl" })).await.unwrap();
    assert_eq!(shown["format"], "jxl");
    let url = shown["url"].as_str().unwrap();
    assert_eq!(url.rsplit_once('.').map(|(_, end)| end), Some("jxl"), "{shown}");
    assert!(scene.bytes(&shown).await.starts_with(b"\x89PNG\r\n\x1a\n"));
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_kept_previews_work_all_the_same() {
    let scene = Scene::new(PRESET).await;
    let own = tempfile::tempdir().unwrap();
    let cache = own.path().join("cache");
    let paths = Paths { cache, ..scene.studio.paths().clone() };
    let second = Scene {
        studio: Studio::start(paths).await,
        folder: tempfile::tempdir().unwrap(),
        numbers: Default::default(),
        own,
    };
    let info = second.studio_opens(scene.folder.path()).await;
    assert!(info["read_only"].is_string(), "{info}");
    second.found().await;
    let first = second.preview(json!({})).await.unwrap();
    assert_eq!(first["cached"], false);
    assert!(second.bytes(&first).await.starts_with(b"\xff\xd8"));
    let again = second.preview(json!({})).await.unwrap();
    assert_eq!((&again["cached"], &again["key"]), (&json!(true), &first["key"]));
    let asked = json!({
        "slot": "", "asset": second.first(), "file": FILE, "generator": "card",
        "variation": "400", "format": "jpeg", "draft": false, "parameters": {}
    });
    let handed = second.call("variant_file", asked).await.unwrap();
    let handed = Path::new(handed["path"].as_str().unwrap()).to_owned();
    assert!(handed.starts_with(second.own.path()), "{}", handed.display());
    assert_eq!(fs::read(handed).unwrap(), second.bytes(&first).await);
    // Nothing of it is in the workspace.
    assert_eq!(scene.card().await["ready"], 0);

    // What was edited and could not be saved is kept for the user, and back the next time.
    let path_of = ["generators", "card", "output", "quality"];
    let edits = json!([{ "kind": "set", "path": path_of, "value": 33 }]);
    let edit = json!({ "file": FILE, "edits": edits, "label": "Change", "gesture": null });
    second.call("edit", edit).await.unwrap();
    let info = second.studio_opens(scene.folder.path()).await;
    let back = info["notices"][0].as_str().unwrap_or_default();
    assert!(back.contains("not saved are back"), "{info}");
    let document = second.call("document", json!({ "file": FILE })).await.unwrap();
    assert_eq!(document["value"]["generators"]["card"]["output"]["quality"], 33);
    assert!(fs::read_dir(scene.folder.path().join(".cropmark/unsaved")).is_err());
    second.studio.shut_down().await;
    scene.studio.shut_down().await;
}
