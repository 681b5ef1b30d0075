//! A disk that fills up, or may suddenly not be written: the run stops with the reason, nothing
//! half is left, and the same command goes on. Such disks are mounted in a namespace of their
//! own; where the system gives none, the test says that it did nothing.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use cropmark_store::{CacheSettings, Run as StoredRun, RunState, Store};
use serde_json::json;

use crate::support::{Run, SMALL, Scene, wait_for};

const CHILD: &str = "CROPMARK_TEST_CHILD";

/// Runs one of the ignored tests below where it may mount disks.
fn where_disks_can_be_mounted(test: &str) {
    let isolated = ["--user", "--map-root-user", "--mount"];
    let mount = ["mount", "-t", "tmpfs", "tmpfs", "/mnt"];
    let possible =
        Command::new("unshare").args(isolated).args(mount).stderr(Stdio::null()).status();
    if !possible.is_ok_and(|status| status.success()) {
        println!("skipped: this system gives no mount namespaces to this user");
        return;
    }
    let status = Command::new("unshare")
        .args(isolated)
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(CHILD, "yes")
        .status();
    assert!(status.unwrap().success());
}

fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

fn mount(options: &str, folder: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).stderr(Stdio::null());
    command.status().unwrap().success()
}

/// The runs in the program's own cache.
fn runs(scene: &Scene) -> Vec<StoredRun> {
    let folder = scene.path(".cache/cropmark");
    let settings = CacheSettings::default();
    let opened =
        Store::open(&folder, settings, &scene.trust_key(), std::time::SystemTime::now()).unwrap();
    opened.store.runs().unwrap()
}

/// Some photographs' PNG variants, some 10 KB each.
fn scene(photos: usize) -> Scene {
    let scene = Scene::new();
    scene.write(
        "p.preset.toml",
        SMALL.replace("40", "80").replace("\"jpeg\", quality = 80", "\"png\""),
    );
    for number in 0..photos {
        // No two are alike: one that is in the cache already is copied, and soon written.
        let name = format!("in/{number}.jpg");
        scene.photo(&name, number);
        let bytes = fs::read(scene.path(&name)).unwrap();
        scene.write(&name, [&bytes[..], &number.to_le_bytes()].concat());
    }
    fs::create_dir(scene.path("out")).unwrap();
    scene
}

/// What the run that was stopped must have left, and not told.
#[track_caller]
fn check_stopped(scene: &Scene, run: &Run, reason: &str) {
    let summary = run.summary();
    assert_eq!(summary["failed"], 0, "{run:?}");
    assert!(run.stderr.contains(reason), "{run:?}");
    assert!(run.stderr.contains("Run the same command to continue"), "{run:?}");
    let mut files = scene.files("out");
    files.retain(|name| name != "ballast");
    assert_eq!(written(run), files.len() as u64, "{files:?}");
    assert!(!files.iter().any(|name| name.contains(".cropmark-")), "{files:?}");
    let found = runs(scene);
    assert_eq!((found.len(), found[0].state), (1, RunState::Paused));
    assert!(found[0].reason.as_ref().unwrap().contains(reason), "{:?}", found[0].reason);
    assert_eq!(found[0].counts.running + found[0].counts.failed, 0);
    assert_eq!(found[0].counts.done, files.len() as u64);
}

/// The files that a run wrote: pictures with equal pixels are rendered once, and then copied.
fn written(run: &Run) -> u64 {
    let count = |status: &str| run.summary()[status].as_u64().unwrap();
    count("rendered") + count("cached")
}

#[track_caller]
fn check_gone_on(scene: &Scene, before: &Run, photos: usize) {
    let run = scene.render(&["in"]).expect(0);
    let done = written(before);
    let summary = run.summary();
    assert_eq!(summary["skipped"], json!(done), "what was done is not done again");
    let fresh = written(&run);
    assert_eq!(fresh + done, photos as u64, "{summary}");
    assert_eq!(scene.files("out").len(), photos);
    let found = runs(scene);
    assert_eq!((found.len(), found[0].state), (1, RunState::Done));
}

#[test]
fn a_full_disk_stops_the_run_with_the_reason() {
    where_disks_can_be_mounted("refusals::full_disk_child");
}

#[test]
#[ignore = "is run by a test above"]
fn full_disk_child() {
    if !is_child() {
        return;
    }
    let scene = scene(40);
    let out = scene.path("out");
    assert!(mount("size=160k", &out));
    let run = scene.render(&["in"]).expect(1);
    assert!(run.summary()["rendered"].as_u64().unwrap() > 3, "{run:?}");
    check_stopped(&scene, &run, "no space is left");
    // Still full: the same, and nothing is worse.
    let again = scene.render(&["in"]).expect(1);
    assert_eq!(again.summary()["failed"], 0, "{again:?}");
    assert_eq!(runs(&scene)[0].state, RunState::Paused);
    let done = scene.files("out").len() as u64;
    assert_eq!(runs(&scene)[0].counts.done, done);

    assert!(mount("remount,size=20m", &out));
    let run = scene.render(&["in"]).expect(0);
    assert_eq!(run.summary()["skipped"], json!(done));
    assert_eq!(scene.files("out").len(), 40);
    assert_eq!(runs(&scene)[0].state, RunState::Done);
}

#[test]
fn a_full_disk_of_the_cache_does_not_stop_the_run() {
    where_disks_can_be_mounted("refusals::full_cache_child");
}

#[test]
#[ignore = "is run by a test above"]
fn full_cache_child() {
    if !is_child() {
        return;
    }
    let scene = scene(40);
    let cache = scene.path(".cache");
    fs::create_dir(&cache).unwrap();
    assert!(mount("size=400k", &cache));
    let run = scene.render(&["in"]).expect(0);
    assert_eq!((run.summary()["failed"].clone(), run.rows().len()), (json!(0), 40), "{run:?}");
    assert_eq!(run.stderr.matches("no space is left for the cache").count(), 1, "{run:?}");
    assert!(run.stderr.contains("goes on without a record"), "{run:?}");
    assert_eq!(scene.files("out").len(), 40);
    let whole = scene.tree("out");
    // Full from the beginning.
    let run = scene.render(&["in", "--out", "o2"]).expect(0);
    assert_eq!(run.rows().len(), 40, "{run:?}");
    assert_eq!(scene.tree("o2"), whole);

    assert!(mount("remount,size=20m", &cache));
    let again = scene.render(&["in"]).expect(0);
    assert_eq!(again.rows().len(), 40, "{again:?}");
    assert_eq!(scene.tree("out"), whole);
    assert!(!scene.all_files().iter().any(|name| name.contains(".cropmark-")));
}

#[test]
fn a_permission_that_is_lost_stops_the_run_with_the_reason() {
    where_disks_can_be_mounted("refusals::lost_permission_child");
}

#[test]
#[ignore = "is run by a test above"]
fn lost_permission_child() {
    if !is_child() {
        return;
    }
    let photos = 800;
    let scene = scene(photos);
    let out = scene.path("out");
    assert!(mount("size=20m", &out));
    let arguments = ["render", "in", "--preset", "p.preset.toml", "--json", "--out", "out"];
    let mut command = scene.command(&arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for("ten files", || scene.files("out").len() >= 10);
    // Refused while files are being written, which is most of the time.
    wait_for("the remount", || mount("remount,ro", &out));
    let run = Run::of(child.wait_with_output().unwrap()).expect(1);
    check_stopped(&scene, &run, "the disk is read-only");
    assert!(mount("remount,rw", &out));
    check_gone_on(&scene, &run, photos);
}

#[test]
fn beside_another_process_a_run_works_without_a_record_and_says_so() {
    let scene = scene(3);
    fs::create_dir_all(scene.path(".cache/cropmark")).unwrap();
    let folder = scene.path(".cache/cropmark");
    let held = Store::open(
        &folder,
        CacheSettings::default(),
        &scene.trust_key(),
        std::time::SystemTime::now(),
    );
    let run = scene.render(&["in"]).expect(0);
    assert!(run.stderr.contains("no record of this run is kept"), "{run:?}");
    assert_eq!(run.summary()["rendered"], 3);
    assert!(held.unwrap().store.runs().unwrap().is_empty());
    // The same with a workspace that somebody has open.
    let held = Store::open(
        &scene.path("in"),
        CacheSettings::default(),
        &scene.trust_key(),
        std::time::SystemTime::now(),
    );
    let run = scene.render(&["in", "--workspace", "in", "--out", "o2"]).expect(0);
    assert!(run.stderr.contains("has it open"), "{run:?}");
    assert_eq!(run.summary()["rendered"], 3);
    drop(held);
    let run = scene.render(&["in", "--workspace", "in", "--out", "o3"]).expect(0);
    assert_eq!(run.stderr, "");
}

#[test]
fn a_changed_plan_is_a_run_of_its_own_and_few_are_kept() {
    let scene = scene(2);
    let stop = |scene: &Scene| {
        // A run that never began to work, as after a crash right after its planning.
        let store = Store::open(
            &scene.path(".cache/cropmark"),
            CacheSettings::default(),
            &scene.trust_key(),
            std::time::SystemTime::now(),
        );
        let store = store.unwrap().store;
        let newest = store.runs().unwrap()[0].id;
        store.set_run_state(newest, RunState::Running, None, std::time::SystemTime::now()).unwrap();
    };
    scene.render(&["in"]).expect(0);
    stop(&scene);
    scene.render(&["in"]).expect(0);
    assert_eq!(runs(&scene).len(), 1, "the same went on");
    stop(&scene);
    scene.photo("in/new.jpg", 9);
    scene.render(&["in"]).expect(0);
    let states: Vec<RunState> = runs(&scene).iter().map(|run| run.state).collect();
    assert_eq!(states, [RunState::Done, RunState::Cancelled], "another took its place");
    stop(&scene);
    scene.render(&["in", "--on-conflict", "skip"]).expect(0);
    let states: Vec<RunState> = runs(&scene).iter().map(|run| run.state).collect();
    assert_eq!(states, [RunState::Done, RunState::Running, RunState::Cancelled]);
    for _ in 0..21 {
        scene.render(&["in", "--on-conflict", "overwrite"]).expect(0);
    }
    assert!(runs(&scene).len() <= 22, "{}", runs(&scene).len());
}
