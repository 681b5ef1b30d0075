//! Exports through the commands, with a real worker: build it first (`cargo build -p
//! cropmark-worker`).

mod planted;

use std::{fs, path::Path, time::Duration};

use cropmark_engine::Settings;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::{ApiError, Paths, Studio, model::Purpose};

const PRESET: &str = r#"version = 1

[generators.small]
widths = [60, 120]
operations = [{ op = "resize", width = 120 }]
output = { format = "jpeg" }

[generators.titled]
parameters.title = "{asset.stem}"
operations = [{ op = "resize", width = 80 }, { op = "text", text = "{title}", size = 12 }]
output = { format = "png" }

[generators.broken]
widths = "wide"
"#;

const FILE: &str = "web.preset.toml";

struct Scene {
    studio: Studio,
    folder: TempDir,
    out: TempDir,
    own: TempDir,
}

impl Scene {
    async fn new(pictures: usize) -> Self {
        let (folder, own) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/samples");
        let photo = samples.join("photos/arcade.jpg");
        for number in 0..pictures {
            fs::copy(&photo, folder.path().join(format!("p{number}.jpg"))).unwrap();
        }
        fs::write(folder.path().join("torn.jpg"), &fs::read(&photo).unwrap()[..9]).unwrap();
        fs::write(folder.path().join(FILE), PRESET).unwrap();
        let studio = Studio::start(paths(own.path())).await;
        let scene = Self { studio, folder, out: tempfile::tempdir().unwrap(), own };
        scene.open(pictures + 1).await;
        scene
    }

    async fn open(&self, assets: usize) {
        let grant = self.grant(Purpose::Workspace, self.folder.path());
        self.call("open_workspace", json!({ "grant": grant })).await.unwrap();
        self.until("all is found", || async {
            let found = self.call("assets", json!({})).await.unwrap();
            let presets = self.call("presets", json!({})).await.unwrap();
            found["complete"] == true
                && found["assets"].as_array().unwrap().len() == assets
                && !presets.as_array().unwrap().is_empty()
        })
        .await;
    }

    fn grant(&self, purpose: Purpose, path: &Path) -> String {
        self.studio.grant(purpose, vec![path.to_owned()]).unwrap().id
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
        timeout(Duration::from_secs(30), wait).await.unwrap_or_else(|_| panic!("{what}"));
    }

    fn wanted(&self, generators: &[&str]) -> Value {
        let chosen = generators.iter().map(|name| json!({ "file": FILE, "generator": name }));
        json!({
            "assets": [], "generators": chosen.collect::<Vec<_>>(),
            "destination": self.grant(Purpose::Destination, self.out.path()),
            "template": "{generator}/{stem}{variation}.{ext}",
            "on_conflict": "unique", "parameters": { "title": "Hello" }, "parameters_csv": null,
        })
    }

    async fn run(&self, id: &Value) -> Value {
        let runs = self.call("runs", json!({})).await.unwrap();
        let runs = runs["runs"].as_array().unwrap();
        runs.iter().find(|run| run["id"] == *id).cloned().unwrap_or_default()
    }

    async fn done(&self, id: &Value) -> Value {
        self.until("the run is done", || async { self.run(id).await["state"] == "done" }).await;
        self.run(id).await
    }

    fn files(&self) -> usize {
        let folders = fs::read_dir(self.out.path()).unwrap();
        let files = folders.map(|folder| fs::read_dir(folder.unwrap().path()).unwrap().count());
        files.sum()
    }
}

fn paths(own: &Path) -> Paths {
    Paths {
        worker: Settings::locate_worker().expect("cargo build -p cropmark-worker"),
        fonts: cropmark_engine::folders::fonts(),
        ..Paths::below(own)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_says_what_it_will_do_does_it_and_reports() {
    let scene = Scene::new(3).await;
    let plan = scene.call("plan_export", scene.wanted(&["small", "titled"])).await.unwrap();
    assert_eq!(plan["total"], 9, "{plan}");
    assert_eq!(plan["without"], 1, "the torn one");
    assert_eq!(plan["skipped"][0]["source"], "torn.jpg", "{plan}");
    assert!(plan["skipped"][0]["reason"].is_string(), "it says why: {plan}");
    assert_eq!(plan["bytes"], Value::Null, "no variant is kept yet");
    let names: Vec<&str> = plan["names"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name["name"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"small/p0-60.jpg") && names.contains(&"titled/p2.png"), "{names:?}");
    let pictures: Vec<_> =
        names.iter().filter_map(|name| name.find("/p").map(|at| &name[at..at + 3])).collect();
    assert!(pictures.is_sorted(), "in the order of the sources: {names:?}");
    assert_eq!(scene.files(), 0, "nothing was written");

    let run = scene.call("start_export", scene.wanted(&["small", "titled"])).await.unwrap();
    let run = scene.done(&run["id"]).await;
    assert_eq!((&run["total"], &run["failed"]), (&json!(10), &json!(1)), "{run}");
    assert_eq!(scene.files(), 9);
    let plan = scene.call("plan_export", scene.wanted(&["small", "titled"])).await.unwrap();
    assert_eq!(plan["bytes"], run["bytes"], "all sizes are known now");
    let rows = json!({ "id": run["id"], "failed": true, "offset": 0, "limit": 10 });
    let rows = scene.call("run_rows", rows).await.unwrap();
    assert_eq!(rows["total"], 1);
    assert_eq!(rows["rows"][0]["fault"]["code"], "unreadable", "{rows}");
    assert_eq!(rows["rows"][0]["source"], "torn.jpg", "below the workspace");
    assert_eq!((&rows["rows"][0]["can_retry"], &run["can_retry"]), (&json!(true), &json!(true)));

    let report = scene.own.path().join("report.csv");
    let save = json!({ "id": run["id"], "grant": scene.grant(Purpose::Report, &report) });
    scene.call("save_report", save).await.unwrap();
    let text = fs::read_to_string(&report).unwrap();
    assert_eq!(text.lines().count(), 11);
    assert!(text.contains("\np0.jpg,small,60,"), "{text}");
    assert!(text.starts_with("source,generator,"));
    let other = scene.grant(Purpose::Report, &scene.own.path().join("report.doc"));
    let save = json!({ "id": run["id"], "grant": other });
    assert_eq!(scene.call("save_report", save).await.unwrap_err().code, "invalid");

    // The torn one is whole now, and tried again.
    fs::copy(scene.folder.path().join("p0.jpg"), scene.folder.path().join("torn.jpg")).unwrap();
    let again = json!({ "id": run["id"], "positions": [] });
    scene.call("retry_run", again).await.unwrap();
    let run = scene.done(&run["id"]).await;
    assert_eq!(run["failed"], 0, "{run}");
    assert_eq!(scene.files(), 12);
    scene.call("forget_run", json!({ "id": run["id"] })).await.unwrap();
    assert_eq!(scene.run(&run["id"]).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_said_before_anything_runs() {
    let scene = Scene::new(2).await;
    let problem = |change: Value| {
        let mut wanted = scene.wanted(&["small"]);
        for (key, value) in change.as_object().unwrap() {
            wanted[key] = value.clone();
        }
        let scene = &scene;
        async move {
            let plan = scene.call("plan_export", wanted).await.unwrap();
            let words = [&plan["folder"], &plan["template"], &plan["problems"], &plan["clashes"]];
            words.map(ToString::to_string).join(" ")
        }
    };
    assert!(problem(json!({ "destination": null })).await.contains("Choose the folder"));
    assert!(problem(json!({ "template": "{stm}" })).await.contains("template"));
    assert!(problem(json!({ "generators": [] })).await.contains("at least one"));
    let broken = json!({ "generators": [{ "file": FILE, "generator": "broken" }] });
    assert!(problem(broken).await.contains("has a problem"));
    let inside = scene.grant(Purpose::Destination, &scene.folder.path().join("out/deep"));
    assert!(problem(json!({ "destination": inside })).await.contains("lies in the opened folder"));
    let mut elsewhere = scene.wanted(&["small"]);
    elsewhere["destination"] = Value::Null;
    let plan = scene.call("plan_export", elsewhere.clone()).await.unwrap();
    assert_eq!((&plan["total"], &plan["names"][0]["name"]), (&json!(4), &json!("small/p0-60.jpg")));
    assert_eq!(scene.call("start_export", elsewhere).await.unwrap_err().code, "invalid");
    let clash = problem(json!({ "template": "same.{ext}" })).await;
    let both = "p0.jpg (small) and p0.jpg (small) would both become same.jpg.";
    assert!(clash.contains(both), "{clash}");
    // Also where only some of the sources' own variants meet.
    let meet = problem(json!({ "template": "{stem}.{ext}" })).await;
    assert!(meet.contains("has the name") || meet.contains("would both become"), "{meet}");
    let mut wanted = scene.wanted(&["small"]);
    wanted["template"] = json!("same.{ext}");
    assert_eq!(scene.call("start_export", wanted).await.unwrap_err().code, "invalid");
    assert_eq!(scene.files(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_are_kept_as_profiles_and_taken_from_runs() {
    let scene = Scene::new(1).await;
    let mut wanted = scene.wanted(&["small"]);
    let run = scene.call("start_export", wanted.clone()).await.unwrap();
    scene.done(&run["id"]).await;
    let mut choices = scene.call("run_choices", json!({ "id": run["id"] })).await.unwrap();
    for key in ["generators", "template", "on_conflict"] {
        assert_eq!(choices[key], wanted[key], "{key}");
    }
    assert_eq!(choices["destination"]["id"], wanted["destination"], "the same grant");

    choices["name"] = json!(" web ");
    choices["destination"]["path"] = json!("/elsewhere");
    scene.call("save_export_profile", choices.clone()).await.unwrap();
    choices["on_conflict"] = json!("overwrite");
    let saved = scene.call("save_export_profile", choices.clone()).await.unwrap();
    let [profile] = saved["profiles"].as_array().unwrap().as_slice() else {
        panic!("one of the name: {saved}");
    };
    assert_eq!((&profile["name"], &profile["on_conflict"]), (&json!("web"), &json!("overwrite")));
    let folder = scene.out.path().to_str().unwrap();
    assert_eq!(profile["destination"]["path"], folder, "the granted folder, not what was said");
    choices["destination"] = json!({ "id": "0123", "path": "/etc" });
    let error = scene.call("save_export_profile", choices.clone()).await.unwrap_err();
    assert_eq!(error.code, "not_granted");
    choices["name"] = json!("a\nb");
    assert_eq!(scene.call("save_export_profile", choices).await.unwrap_err().code, "invalid");

    // At the next start, the folder of a profile can be exported to.
    let studio = Studio::start(paths(scene.own.path())).await;
    let kept = studio.call("export_profiles", json!({})).await.unwrap();
    wanted["destination"] = kept["profiles"][0]["destination"]["id"].clone();
    let grant = wanted["destination"].as_str().unwrap();
    assert_eq!(studio.grants().path(Purpose::Destination, grant).unwrap(), scene.out.path());
    let left = studio.call("forget_export_profile", json!({ "name": "web" })).await.unwrap();
    assert_eq!(left["profiles"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_was_not_granted_is_refused() {
    let scene = Scene::new(1).await;
    let outside = scene.own.path().join("outside");
    let path = outside.to_string_lossy().into_owned();
    let folder = scene.grant(Purpose::Destination, &outside);
    let mut export = scene.wanted(&["small"]);
    let run = scene.call("start_export", export.clone()).await.unwrap();
    scene.done(&run["id"]).await;
    let mut calls = Vec::new();
    // A path is no grant, and a grant is for its purpose only.
    for wrong in [&path, &folder] {
        calls.push(("open_workspace", json!({ "grant": wrong })));
        calls.push(("save_report", json!({ "id": run["id"], "grant": wrong })));
        calls.push(("drop_paths", json!({ "grant": wrong, "into": null })));
        export["parameters_csv"] = json!(wrong);
        calls.push(("plan_export", export.clone()));
        calls.push(("start_export", export.clone()));
    }
    export["parameters_csv"] = Value::Null;
    export["destination"] = json!(path);
    calls.push(("plan_export", export.clone()));
    calls.push(("start_export", export));
    for (name, arguments) in calls {
        let refused = scene.call(name, arguments.clone()).await.unwrap_err();
        assert_eq!(refused.code, "not_granted", "{name} {arguments}");
    }
    assert_eq!(scene.studio.granted_file(&folder).unwrap_err().code, "not_granted");
    assert!(!outside.exists());
    // What belongs to the workspace is named by its number.
    let folder = scene.call("run_folder", json!({ "id": run["id"] })).await.unwrap();
    let granted = scene.studio.granted_file(folder["id"].as_str().unwrap()).unwrap();
    assert_eq!(granted, scene.out.path());
    let start = scene.call("start_up", json!({})).await.unwrap();
    let last = scene.out.path().to_string_lossy().into_owned();
    assert_eq!(start["destination"]["path"], last, "the folder that was chosen last");
    let recent = json!({ "grant": start["recent"][0]["grant"] });
    scene.call("open_workspace", recent).await.unwrap();
    scene.studio.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_may_go_better_is_tried_again() {
    let scene = Scene::new(1).await;
    let logo = scene.folder.path().join("logo.png");
    fs::copy(scene.folder.path().join("p0.jpg"), &logo).unwrap();
    let marked = "version = 1\n[generators.small]\noperations = [{ op = \"overlay\", image = \"logo.png\" }]\n\
        [generators.refused]\noperations = [{ op = \"resize\", fit = \"fill\", width = 60000, height = 60000, enlarge = true }]\n";
    let text = json!({ "file": FILE, "text": marked, "gesture": null });
    scene.call("set_text", text).await.unwrap();
    fs::remove_file(&logo).unwrap();
    let plan = scene.call("plan_export", scene.wanted(&["small", "refused"])).await.unwrap();
    assert_eq!(plan["refused"], 1, "the logo is missed beforehand: {plan:#}");
    let run = scene.call("start_export", scene.wanted(&["small", "refused"])).await.unwrap();
    let run = scene.done(&run["id"]).await;
    let rows = json!({ "id": run["id"], "failed": true, "offset": 0, "limit": 10 });
    let rows = scene.call("run_rows", rows).await.unwrap();
    let worth = |generator: &str| {
        let rows = rows["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["generator"] == generator);
        row.map(|row| row["can_retry"].clone())
    };
    let expected = (Some(json!(true)), Some(json!(false)));
    assert_eq!((worth("small"), worth("refused")), expected, "{rows:#}");
    let can_retry = |run: &Value| (run["failed"].clone(), run["can_retry"].clone());
    let missed = rows["rows"].as_array().unwrap().len();
    assert_eq!(can_retry(&run), (json!(missed), json!(true)), "{run}");
    assert_eq!(can_retry(&scene.run(&run["id"]).await), (json!(missed), json!(true)));

    // What is left when that is mended cannot go better, neither now nor after a restart.
    fs::copy(scene.folder.path().join("p0.jpg"), &logo).unwrap();
    fs::copy(&logo, scene.folder.path().join("torn.jpg")).unwrap();
    scene.call("retry_run", json!({ "id": run["id"], "positions": [] })).await.unwrap();
    let run = scene.done(&run["id"]).await;
    assert_eq!(run["can_retry"], false, "{run}");
    assert_ne!(run["failed"], 0, "{run}");
    scene.call("close_workspace", json!({})).await.unwrap();
    scene.open(3).await;
    let later = scene.run(&run["id"]).await;
    assert_eq!(can_retry(&later), can_retry(&run), "{later}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_when_its_workspace_is_opened_again_and_waits_where_a_person_said_so() {
    let scene = Scene::new(30).await;
    let run = scene.call("start_export", scene.wanted(&["small"])).await.unwrap();
    let id = run["id"].clone();
    scene.until("some are done", || async { scene.run(&id).await["rendered"] != 0 }).await;
    scene.call("pause_run", json!({ "id": id })).await.unwrap();
    let paused = scene.run(&id).await;
    assert_eq!(paused["state"], "paused");
    scene.call("close_workspace", json!({})).await.unwrap();
    scene.open(31).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(scene.run(&id).await["state"], "paused", "the user paused it");
    scene.call("resume_run", json!({ "id": id })).await.unwrap();
    scene.call("close_workspace", json!({})).await.unwrap();
    scene.open(31).await;
    let run = scene.done(&id).await;
    assert_eq!((&run["total"], &run["failed"]), (&json!(61), &json!(1)), "{run}");
    assert_eq!(scene.files(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_opened_once_and_cancelled_while_it_rests() {
    let scene = Scene::new(3).await;
    let run = scene.call("start_export", scene.wanted(&["small"])).await.unwrap();
    let id = cropmark_store::RunId(run["id"].as_i64().unwrap());
    scene.call("pause_run", json!({ "id": id.0 })).await.unwrap();
    let workspace = scene.studio.workspace().unwrap();
    let exports = &workspace.exports;
    let open = exports.open().remove(&id.0).unwrap();
    open.run.close().await;
    let (one, other) = tokio::join!(exports.open_run(id), exports.open_run(id));
    assert!(std::sync::Arc::ptr_eq(&one.unwrap().run, &other.unwrap().run), "two at work on one");
    let run = scene.call("cancel_run", json!({ "id": id.0 })).await.unwrap();
    assert!(run["state"] == "cancelled" || run["state"] == "done", "{run}");

    // Whoever holds a run: it rests once the workspace is closed, and no other is opened.
    let run = scene.call("start_export", scene.wanted(&["titled"])).await.unwrap();
    let id = cropmark_store::RunId(run["id"].as_i64().unwrap());
    let held = exports.open_run(id).await.unwrap();
    scene.call("close_workspace", json!({})).await.unwrap();
    assert!(held.run.is_closed());
    assert_eq!(exports.open_run(id).await.unwrap_err().code, "no_workspace");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_at_is_exported_as_if_it_had_not_been() {
    let exported = async |looks: bool| {
        let scene = Scene::new(1).await;
        let assets = scene.call("assets", json!({})).await.unwrap();
        let assets = assets["assets"].as_array().unwrap().clone();
        let asset = assets.iter().find(|asset| asset["path"] == "p0.jpg").unwrap();
        for variation in ["120", "60"].into_iter().filter(|_| looks) {
            let wanted = json!({
                "slot": "a", "asset": asset["id"], "file": FILE, "generator": "small",
                "variation": variation, "format": "jpeg", "parameters": {}, "draft": false,
            });
            scene.call("preview", wanted).await.unwrap();
        }
        let run = scene.call("start_export", scene.wanted(&["small"])).await.unwrap();
        let run = scene.done(&run["id"]).await;
        assert_eq!((&run["rendered"], &run["cached"]), (&json!(2), &json!(0)), "{run}");
        // Once exported, it is kept for the next export.
        let again = scene.call("start_export", scene.wanted(&["small"])).await.unwrap();
        let again = scene.done(&again["id"]).await;
        assert_eq!(again["rendered"], json!(0), "{again}");
        let file = |name: &str| fs::read(scene.out.path().join("small").join(name)).unwrap();
        (file("p0-60.jpg"), file("p0-120.jpg"))
    };
    let (without, with) = (exported(false).await, exported(true).await);
    assert!(without == with, "bytes depend on what was on the screen");
}
