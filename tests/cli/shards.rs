//! `render --shard` and `workspace merge`: several computers share a run.

use std::{collections::BTreeMap, fs, process::Stdio, thread::sleep, time::Duration};

use crate::support::{Run, Scene, wait_for};

const PRESET: &str = r#"version = 1
[generators.small]
widths = [20, 40]
operations = [{ op = "resize", fit = "inside", width = 40 }]
output = { format = ["webp", "jpeg"] }
"#;

/// A scene with sources of every kind: pictures, two of one content, a broken one, one that is no
/// picture, and two whose results would have one name.
fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("p.preset.toml", PRESET);
    for number in 0..20 {
        scene.photo(format!("in/{number}.jpg"), number);
    }
    scene.photo("in/deep/again.jpg", 3);
    scene.write("in/broken.jpg", b"\xff\xd8\xff\xe0 no more");
    scene.photo("in/same.jpg", 30);
    scene.photo("in/same.jpeg", 31);
    scene
}

/// Renders a shard as another computer would: with a cache and results of its own.
fn shard(scene: &Scene, name: &str, number: u32) -> Run {
    let shard = format!("{number}/3");
    let arguments = ["--shard", shard.as_str(), "--json"];
    Run::of(command(scene, name, &arguments).output().unwrap())
}

fn command(scene: &Scene, name: &str, arguments: &[&str]) -> std::process::Command {
    let out = format!("out-{name}");
    let mut all = vec!["render", "in", "--preset", "p.preset.toml", "--out", &out];
    all.extend(arguments);
    let mut command = scene.command(&all);
    command.env("XDG_CACHE_HOME", scene.path(format!(".cache-{name}")));
    command
}

/// The results of several computers, copied together. No two have a file of one name.
fn together(scene: &Scene, names: &[&str]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for name in names {
        for (file, hash) in scene.tree(&format!("out-{name}")) {
            assert_eq!(all.insert(file.clone(), hash), None, "{file} is there twice");
        }
    }
    all
}

/// The rows as they are told, whoever has rendered them.
fn told(runs: &[&Run]) -> Vec<String> {
    let rows = runs.iter().flat_map(|run| run.rows());
    let mut rows: Vec<String> = rows
        .map(|row| {
            let code = row["error"]["code"].as_str().unwrap_or("done").to_owned();
            format!("{} {} {} {code}", row["source"], row["variation"], row["format"])
        })
        .collect();
    rows.sort();
    rows
}

#[test]
fn three_shards_together_are_one_run() {
    let scene = scene();
    let whole = Run::of(command(&scene, "whole", &["--json"]).output().unwrap()).expect(1);
    let parts: Vec<Run> = (1..=3).map(|it| shard(&scene, &it.to_string(), it)).collect();
    assert_eq!(together(&scene, &["1", "2", "3"]), scene.tree("out-whole"));
    let parts: Vec<&Run> = parts.iter().collect();
    assert_eq!(told(&parts), told(&[&whole]), "no row is missing and none is told twice");
    assert!(parts.iter().all(|part| !part.rows().is_empty()));

    // What they have in their caches is one cache, which renders nothing again.
    let caches = ["1", "2", "3"].map(|name| format!(".cache-{name}/cropmark"));
    fs::create_dir_all(scene.path(".cache-merged/cropmark")).unwrap();
    let mut arguments = vec!["workspace", "merge", ".cache-merged/cropmark"];
    arguments.extend(caches.iter().map(String::as_str));
    scene.run(&arguments).expect(0);
    let variants = |name: &str| {
        let root = scene.path(format!(".cache-{name}/cropmark/.cropmark/variants"));
        let files = walkdir::WalkDir::new(root).into_iter().flatten();
        let files = files.filter(|entry| entry.file_type().is_file());
        let hash = |entry: &walkdir::DirEntry| blake3::hash(&fs::read(entry.path()).unwrap());
        let named = |entry: walkdir::DirEntry| (entry.file_name().to_owned(), hash(&entry));
        files.map(named).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(variants("merged"), variants("whole"));
    let again = scene.run(&arguments).expect(0);
    assert_eq!(again.stdout.matches(": 0 variants taken in").count(), 3, "{again:?}");
    let merged = Run::of(command(&scene, "merged", &["--json"]).output().unwrap()).expect(1);
    assert_eq!(
        (&merged.summary()["rendered"], scene.tree("out-merged")),
        (&0.into(), scene.tree("out-whole"))
    );
    scene.run(&["workspace", "verify", ".cache-merged/cropmark"]).expect(0);
}

#[test]
fn a_shard_that_was_killed_and_run_again_has_its_part() {
    let scene = scene();
    // Effort 9 keeps it long enough at work to be killed.
    let slow = PRESET.replace("[\"webp\", \"jpeg\"] }", "\"avif\", effort = 7 }");
    scene.write("p.preset.toml", slow);
    Run::of(command(&scene, "whole", &[]).output().unwrap()).expect(1);
    shard(&scene, "1", 1);
    shard(&scene, "3", 3);
    let mut second = command(&scene, "2", &["--shard", "2/3", "--workers", "1"]);
    let mut child = second.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for("the first result", || !scene.files("out-2").is_empty());
    sleep(Duration::from_millis(50));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_ne!(together(&scene, &["1", "2", "3"]), scene.tree("out-whole"), "it was killed early");
    shard(&scene, "2", 2);
    assert_eq!(together(&scene, &["1", "2", "3"]), scene.tree("out-whole"));
}

#[test]
fn shards_come_from_schedulers_and_wrong_ones_are_said() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg", "in/c.jpg", "in/d.jpg"]);
    let run = |variables: &[(&str, &str)], shard: &str| {
        let mut command = command(&scene, "x", &["--json", "--dry-run", "--shard", shard]);
        command.env_remove("SLURM_ARRAY_TASK_ID").env_remove("CROPMARK_SHARDS");
        Run::of(command.envs(variables.iter().copied()).output().unwrap())
    };
    let slurm = |id| {
        let variables = [
            ("SLURM_ARRAY_TASK_ID", id),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_COUNT", "2"),
        ];
        run(&variables, "auto").expect(0).rows().len()
    };
    assert_eq!(slurm("1") + slurm("2"), 4);
    assert_eq!(slurm("1"), run(&[], "1/2").expect(0).rows().len());
    for (shard, word) in [("0/2", "1/N"), ("3/2", "1/N"), ("x", "1/N"), ("auto", "scheduler")] {
        let wrong = run(&[], shard).expect(2);
        assert!(wrong.stderr.contains(word), "{wrong:?}");
    }
}

#[test]
fn what_another_user_has_kept_is_left_out() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let other = |name: &str| {
        let mut command = command(&scene, name, &[]);
        command.env("XDG_DATA_HOME", scene.path(format!(".data-{name}")));
        Run::of(command.output().unwrap()).expect(0)
    };
    other("stranger");
    fs::create_dir_all(scene.path("w")).unwrap();
    let merged = scene.run(&["workspace", "merge", "w", ".cache-stranger/cropmark"]).expect(0);
    assert!(merged.stdout.contains(": 0 variants taken in"), "{merged:?}");
    let itself = scene.run(&["workspace", "merge", "w", "./w"]).expect(2);
    assert!(itself.stderr.contains("itself"), "{itself:?}");
    let nowhere = scene.run(&["workspace", "merge", "w", "nowhere"]).expect(3);
    assert!(nowhere.stderr.contains("nowhere"), "{nowhere:?}");
}
