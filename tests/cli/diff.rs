//! `cropmark diff`: what a change of presets does to images.

use std::{fs, path::Path, process::Command};

use serde_json::{Value, json};

use crate::support::{Run, SMALL, Scene};

const TWO: &str = r#"version = 1
[generators.small]
operations = [{ op = "resize", fit = "inside", width = 40, height = 40 }]
output = { format = "jpeg", quality = 80 }
[generators.other]
widths = [20, 30]
operations = [{ op = "resize", width = 60 }]
output = { format = "webp" }
"#;

/// Two photos, `old.preset.toml` and `new.preset.toml`.
fn scene(old: &str, new: &str) -> Scene {
    let scene = Scene::new();
    scene.photo("photos/a.jpg", 0);
    scene.photo("photos/b.jpg", 1);
    scene.write("old.preset.toml", old);
    scene.write("new.preset.toml", new);
    scene
}

fn diff(scene: &Scene, more: &[&str]) -> Run {
    let words = ["diff", "old.preset.toml", "new.preset.toml", "--on", "photos"];
    scene.run(&[&words[..], more].concat())
}

/// The rows of variants, the lines of generators and the sums.
fn lines(run: &Run) -> (Vec<Value>, Vec<Value>, Value) {
    let rows = run.rows();
    let (generators, rows): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.get("generator").is_some_and(Value::is_object));
    let generators = generators.into_iter().map(|line| line["generator"].clone()).collect();
    (rows, generators, run.summary())
}

#[test]
fn what_means_the_same_is_no_change() {
    let same =
        TWO.replace("quality = 80 }", "quality = 80, metadata = \"copyright\" } # as before");
    let scene = scene(TWO, &same);
    let run = diff(&scene, &[]).expect(0);
    assert_eq!(run.stdout, "No variant of the 2 images in photos changes.\n");
    diff(&scene, &["--dry-run"]).expect(0);
}

#[test]
fn only_what_differs_is_rendered_and_the_next_time_it_is_known() {
    let scene = scene(TWO, &TWO.replace("quality = 80", "quality = 30"));
    let (rows, generators, sums) = lines(&diff(&scene, &["--json"]).expect(1));
    assert_eq!(rows.len(), 2);
    for row in &rows {
        let (before, after) = (&row["before"], &row["after"]);
        assert_eq!((&row["generator"], &row["change"]), (&json!("small"), &json!("changed")));
        assert!(after["bytes"].as_u64().unwrap() < before["bytes"].as_u64().unwrap(), "{row}");
        assert!(after["score"].as_f64().unwrap() < before["score"].as_f64().unwrap(), "{row}");
        assert_eq!((&after["width"], &after["height"]), (&json!(40), &json!(27)));
    }
    assert_eq!(generators.len(), 1);
    assert_eq!(generators[0]["words"], json!(["quality 80 → 30"]));
    assert_eq!(
        (&sums["rendered"], &sums["cached"], &sums["assets"]),
        (&json!(4), &json!(0), &json!(2))
    );
    let (_, _, sums) = lines(&diff(&scene, &["--json"]).expect(1));
    assert_eq!((&sums["rendered"], &sums["cached"]), (&json!(0), &json!(4)));
    // What was rendered for a comparison is what an export takes.
    let render = ["render", "photos", "--preset", "new.preset.toml", "--out", "out", "--json"];
    let cached = scene.run(&render).expect(0).summary()["cached"].clone();
    assert_eq!(cached, json!(2));
}

#[test]
fn variants_come_go_and_fail() {
    let new = r#"version = 1
[generators.small]
operations = [{ op = "overlay", image = "missing.png" }]
output = { format = "jpeg", quality = 80 }
[generators.other]
widths = [30, 50]
operations = [{ op = "resize", width = 60 }]
output = { format = "webp" }
"#;
    let scene = scene(TWO, new);
    let run = diff(&scene, &["--json", "--dry-run"]).expect(1);
    let (rows, generators, sums) = lines(&run);
    let of = |change: &str| {
        let own =
            rows.iter().filter(|row| row["change"] == change && row["source"] == "photos/a.jpg");
        own.map(|row| row["variation"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("added"), ["50"]);
    assert_eq!(of("removed"), ["20"]);
    assert_eq!(of("failed"), [Value::Null]);
    let failed = rows.iter().find(|row| row["change"] == "failed").unwrap();
    assert!(failed["error"]["message"].as_str().unwrap().contains("missing.png"), "{failed}");
    let words: Vec<_> = generators.iter().map(|generator| &generator["words"]).collect();
    assert!(words.contains(&&json!(["width 50 added", "width 20 removed"])), "{words:?}");
    assert_eq!(sums["variants"], json!({ "changed": 0, "added": 2, "removed": 2, "failed": 2 }));
    let text = diff(&scene, &[]).expect(1).stdout;
    assert!(text.contains("failed: photos/a.jpg jpeg: There is no file missing.png"), "{text}");
}

#[test]
fn faults_of_presets_are_told_and_those_after_the_change_are_its_status() {
    let broken = format!("{SMALL}[generators.b]\nwidths = \"x\"\n");
    let scene = scene(SMALL, &broken);
    let run = diff(&scene, &[]).expect(2);
    assert!(run.stderr.contains("new.preset.toml:6:"), "{run:?}");
    assert!(run.stdout.contains("has a fault and is off"), "{run:?}");
    scene.run(&["diff", "new.preset.toml", "old.preset.toml", "--on", "photos"]).expect(0);
}

#[test]
fn folders_are_compared_file_by_file_and_a_broken_image_is_left_out() {
    let scene = scene(SMALL, SMALL);
    scene.write("before/a.preset.toml", SMALL);
    scene.write("before/deep/b.preset.toml", SMALL);
    scene.write("before/.hidden/c.preset.toml", TWO);
    scene.write("after/a.preset.toml", SMALL.replace("80 }\n", "70 }\n"));
    scene.write("after/deep/b.preset.toml", SMALL);
    scene.write("photos/broken.jpg", b"\xff\xd8\xff\xe0 no picture");
    let run = scene.run(&["diff", "before", "after", "--on", "photos", "--json"]).expect(1);
    let (_, generators, sums) = lines(&run);
    assert_eq!(generators.len(), 1);
    assert_eq!(generators[0]["file"], "a.preset.toml");
    assert_eq!((&sums["assets"], &sums["unreadable"]), (&json!(3), &json!(1)));
    assert!(run.stderr.contains("photos/broken.jpg is left out: "), "{run:?}");
    let empty = scene.run(&["diff", "photos", "photos", "--on", "photos"]).expect(2);
    assert!(empty.stderr.contains("has a file that ends in .preset.toml"), "{empty:?}");
}

/// Runs git in the scene's folder.
fn git(scene: &Scene, words: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main"]);
    git.args(words).current_dir(scene.path("."));
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    let done = git.output().unwrap();
    assert!(done.status.success(), "{words:?}: {done:?}");
}

#[test]
fn revisions_are_compared_with_the_images_of_their_overlays() {
    let scene = Scene::new();
    scene.photo("photos/a.jpg", 0);
    let preset = r#"version = 1
[generators.logo]
operations = [{ op = "overlay", image = "brand/{asset.stem}.jpg", scale = 0.5 }]
output = { format = "jpeg" }
"#;
    scene.write("rules/p.preset.toml", preset);
    scene.photo("rules/brand/one.jpg", 1);
    std::os::unix::fs::symlink("one.jpg", scene.path("rules/brand/a.jpg")).unwrap();
    for words in [&["init", "-q"][..], &["add", "rules"], &["commit", "-qm", "one"]] {
        git(&scene, words);
    }
    scene.photo("rules/brand/one.jpg", 2);
    scene.write("rules/p.preset.toml", format!("{preset}[generators.new]\n"));
    git(&scene, &["commit", "-qam", "two"]);
    // What is in the folder now is neither of them.
    fs::remove_dir_all(scene.path("rules")).unwrap();
    let run = scene.run(&["diff", "HEAD~1..HEAD", "--on", "photos", "--json"]).expect(1);
    let (rows, generators, _) = lines(&run);
    assert_eq!(rows.len(), 2, "{run:?}");
    let words: Vec<_> = generators.iter().map(|it| (&it["name"], &it["words"])).collect();
    let other = json!(["brand/a.jpg, an overlay, has other content"]);
    assert!(words.contains(&(&json!("logo"), &other)), "{words:?}");
    assert!(words.contains(&(&json!("new"), &json!([]))), "{words:?}");
    scene.run(&["diff", "HEAD..HEAD", "--on", "photos"]).expect(0);
    scene
        .run(&[
            "diff",
            "HEAD~1",
            "HEAD",
            "--presets",
            "rules/p.preset.toml",
            "--on",
            "photos",
            "--dry-run",
        ])
        .expect(1);
    scene.run(&["diff", "HEAD~1...main", "--on", "photos", "--dry-run"]).expect(1);
    let none =
        scene.run(&["diff", "HEAD~1..HEAD", "--presets", "else", "--on", "photos"]).expect(2);
    assert!(none.stderr.contains("--presets"), "{none:?}");
    for (revision, said) in [("nothing..HEAD", "nothing: it is neither"), ("HEAD", "compared with")]
    {
        let run = scene.run(&["diff", revision, "--on", "photos"]).expect(2);
        assert!(run.stderr.contains(said), "{run:?}");
    }
    let hostile = scene.run(&["diff", "--on", "photos", "--", "--output=x", "HEAD"]).expect(2);
    assert!(hostile.stderr.contains("--output=x: it is neither"), "{hostile:?}");
    assert!(!scene.path("x").exists());
}

#[test]
fn without_git_files_are_compared_and_revisions_are_refused() {
    let scene = scene(SMALL, SMALL);
    let run = |words: &[&str]| {
        Run::of(scene.command(words).env("PATH", scene.path("nowhere")).output().unwrap())
    };
    run(&["diff", "old.preset.toml", "new.preset.toml", "--on", "photos", "--dry-run"]).expect(0);
    let refused = run(&["diff", "main..HEAD", "--on", "photos"]).expect(2);
    assert!(refused.stderr.contains("git is not installed"), "{refused:?}");
}

#[test]
fn a_page_and_the_text_of_a_pull_request_are_written() {
    let hostile = "<img src=x onerror=alert(1)>";
    let old = format!("{SMALL}[generators.plain]\noutput = {{ format = \"png\" }}\n");
    let new = old.replace("quality = 80", "quality = 30").replace("\"png\"", "\"webp\"");
    let scene = scene(&old, &new);
    scene.photo(Path::new("photos").join(format!("{hostile}@team.jpg")), 3);
    let run = diff(&scene, &["--to", "report.html", "--to", "report.md"]).expect(1);
    assert!(run.stdout.contains("quality 80 → 30"), "{run:?}");
    let page = fs::read_to_string(scene.path("report.html")).unwrap();
    assert!(!page.contains("<img src=x"), "names are texts");
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    // Three images of one generator with a slider; one picture of each side of the other.
    assert_eq!(page.matches("type=\"range\"").count(), 3);
    assert_eq!(page.matches("src=\"data:image/jpeg;base64,").count(), 6);
    for outside in ["http:", "https:", "src=\"/", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let text = fs::read_to_string(scene.path("report.md")).unwrap();
    assert!(text.contains("| **small** | quality 80 → 30 | 3 changed |"), "{text}");
    assert!(!text.contains("<img") && !text.contains("@team"), "{text}");
    // An image and a preset are never replaced.
    fs::rename(scene.path("new.preset.toml"), scene.path("new.html")).unwrap();
    let words = ["diff", "old.preset.toml", "new.html", "--on", "photos", "--to", "new.html"];
    scene.run(&words).expect(2);
    assert!(fs::read_to_string(scene.path("new.html")).unwrap().starts_with("version"));
    let wrong = diff(&scene, &["--to", "report.pdf"]).expect(2);
    assert!(wrong.stderr.contains(".html or .md"), "{wrong:?}");
}

#[test]
fn conditions_are_watched() {
    let scene = scene(TWO, &TWO.replace("quality = 80", "quality = 95"));
    let run = diff(&scene, &["--fail-if", "bytes > +5%"]).expect(4);
    assert!(run.stdout.contains("condition met: bytes > +5%: small, +"), "{run:?}");
    diff(&scene, &["--fail-if", "bytes > +5000%", "--fail-if", "score < -5"]).expect(1);
    let run = diff(&scene, &["--fail-if", "score < 101"]).expect(4);
    assert!(run.stdout.contains("condition met: score < 101: 2 are, farthest photos/"), "{run:?}");
    let wrong = diff(&scene, &["--fail-if", "weight > 5"]).expect(2);
    assert!(wrong.stderr.contains("about bytes or score"), "{wrong:?}");
    diff(&scene, &["--fail-if", "bytes > 5", "--dry-run"]).expect(2);
}
