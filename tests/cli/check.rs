//! `check` and `schema`.

use std::os::unix::fs::symlink;

use image::ImageFormat;

use crate::support::{SMALL, Scene, encoded, picture};

#[test]
fn every_problem_has_file_line_and_column() {
    let scene = Scene::new();
    scene.write("good.preset.toml", SMALL);
    assert_eq!(scene.run(&["check", "good.preset.toml"]).expect(0).stdout, "");
    let bad =
        "version = 1\n[generators.a]\nwidht = 3\n[generators.b]\noutput = { quality = 900 }\n";
    scene.write("bad.preset.toml", bad);
    let run = scene.run(&["check", "good.preset.toml", "bad.preset.toml"]).expect(2);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{run:?}");
    assert!(lines[0].starts_with("bad.preset.toml:3:1: "), "{}", lines[0]);
    assert!(lines[1].starts_with("bad.preset.toml:5:"), "{}", lines[1]);
    let run = scene.run(&["check", "missing.toml"]).expect(2);
    assert!(run.stdout.starts_with("missing.toml:1:1: There is no such file"), "{run:?}");
}

#[test]
fn problems_are_printed_for_workflows_and_code_scanning() {
    let scene = Scene::new();
    scene.write("a, b/bad%.preset.toml", "version = 1\n[generators.a]\nwidht = 3\n");
    let file = "a, b/bad%.preset.toml";
    let run = scene.run(&["check", "--format", "github", file]).expect(2);
    let start = "::error file=a%2C b/bad%25.preset.toml,line=3,col=1,endColumn=6::";
    assert!(run.stdout.starts_with(start), "{run:?}");
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
    let run = scene.run(&["check", "--format", "sarif", file]).expect(2);
    let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let result = &log["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%2C%20b/bad%25.preset.toml");
    let region = serde_json::json!({ "startLine": 3, "startColumn": 1, "endColumn": 6 });
    assert_eq!(place["region"], region);
    scene.write("good.preset.toml", SMALL);
    let run = scene.run(&["check", "--format", "sarif", "good.preset.toml"]).expect(0);
    let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    let run = scene.run(&["check", "--format", "github", "good.preset.toml"]).expect(0);
    assert_eq!(run.stdout, "");
}

#[test]
fn what_is_surely_not_meant_is_a_warning_and_no_problem() {
    let scene = Scene::new();
    scene.write("w.preset.toml", "version = 1\n[generators.a]\noutput.quality = 100\n");
    let run = scene.run(&["check", "w.preset.toml"]).expect(0);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("w.preset.toml:3:18: warning: quality: 100 "), "{run:?}");
    let run = scene.run(&["check", "--format", "github", "w.preset.toml"]).expect(0);
    let start = "::warning file=w.preset.toml,line=3,col=18,endColumn=21::quality: 100 ";
    assert!(run.stdout.starts_with(start), "{run:?}");
    let run = scene.run(&["check", "--format", "sarif", "w.preset.toml"]).expect(0);
    let log: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["level"], "warning");
    for file in ["web", "campaign"] {
        let file =
            format!("{}/../../../assets/samples/{file}.preset.toml", env!("CARGO_MANIFEST_DIR"));
        let run = scene.run(&["check", &file]).expect(0);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
    }
}

#[test]
fn a_generator_that_takes_no_image_of_a_folder_is_a_warning() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/deep/b.jpg"]);
    scene.write("in/broken.jpg", b"\xff\xd8\xff\xe0 no more");
    let preset = "version = 1\n[generators.deep]\nmatch.path = \"deep/**\"\n\n[generators.wide]\n\
                  match.min_width = 50000\n";
    scene.write("p.preset.toml", preset);
    let run = scene.run(&["check", "p.preset.toml", "--on", "in"]).expect(0);
    assert_eq!(run.stdout, "");
    let warnings: Vec<&str> = run.stderr.lines().collect();
    let start =
        "cropmark: p.preset.toml:5:13: warning: the generator \"wide\" takes none of the 2 images";
    assert!(warnings.len() == 1 && warnings[0].starts_with(start), "{run:?}");
    let run = scene.run(&["check", "p.preset.toml", "--on", "in", "--format", "github"]).expect(0);
    assert!(run.stdout.starts_with("::warning file=p.preset.toml,line=5,col=13::"), "{run:?}");
    let run = scene.run(&["check", "p.preset.toml", "--on", "nowhere"]).expect(2);
    assert!(run.stderr.contains("nowhere is no folder"), "{run:?}");
}

#[test]
fn overlay_files_must_be_there_and_inside() {
    let scene = Scene::new();
    scene.photo("outside.jpg", 0);
    scene.photo("presets/inside.jpg", 0);
    symlink("../outside.jpg", scene.path("presets/link.jpg")).unwrap();
    let preset = |image: &str| {
        format!(
            "version = 1\n[generators.g]\noperations = [\n  {{ op = \"overlay\", image = \"{image}\" }},\n]\n"
        )
    };
    for (image, is_right) in [
        ("inside.jpg", true),
        ("missing.jpg", false),
        ("link.jpg", false),
        ("../outside.jpg", false),
    ] {
        scene.write("presets/p.preset.toml", preset(image));
        let run = scene.run(&["check", "presets/p.preset.toml"]);
        if is_right {
            run.expect(0);
        } else {
            let run = run.expect(2);
            assert!(run.stdout.starts_with("presets/p.preset.toml:4:"), "{run:?}");
            assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
        }
    }
}

#[test]
fn the_schema_is_one_of_presets() {
    let run = Scene::new().run(&["schema"]).expect(0);
    let schema: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(schema["$schema"].as_str().unwrap().contains("json-schema.org"));
    assert!(schema["properties"]["generators"].is_object());
}

#[test]
fn a_preset_is_built_on_others() {
    let scene = Scene::new();
    scene.write("photo.png", encoded(&picture(64, 48, 1), ImageFormat::Png));
    let brand = "version = 1\n[defaults.output]\nformat = \"png\"\n[generators.small]\n\
                 operations = [{ op = \"resize\", width = 20 }]\n";
    scene.write("shared/brand.preset.toml", brand);
    let site = "version = 1\nextends = [\"shared/brand.preset.toml\"]\n[generators.small]\n\
                output = { format = \"webp\" }\n[generators.full]\n";
    scene.write("site.preset.toml", site);
    assert_eq!(scene.run(&["check", "site.preset.toml"]).expect(0).stdout, "");
    let render = ["render", "photo.png", "--preset", "site.preset.toml", "--out", "out", "--json"];
    let rows = scene.run(&render).expect(0).rows();
    let made = |name: &str| {
        let row = rows.iter().find(|row| row["generator"] == name).unwrap();
        (row["width"].as_u64().unwrap(), row["format"].as_str().unwrap().to_owned())
    };
    assert_eq!(made("small"), (20, "webp".to_owned()));
    assert_eq!(made("full"), (64, "png".to_owned()));

    // A change of the file below is a change of the variants.
    scene.write("shared/brand.preset.toml", brand.replace("20", "30"));
    let rows = scene.run(&render).expect(0).rows();
    assert!(rows.iter().any(|row| row["generator"] == "small" && row["width"] == 30), "{rows:?}");

    scene.write("shared/brand.preset.toml", "version = 1\nextends = [\"../site.preset.toml\"]\n");
    let run = scene.run(&["check", "site.preset.toml"]).expect(2);
    let start = "site.preset.toml:2:12: shared/brand.preset.toml: extends ";
    assert!(run.stdout.starts_with(start) && run.stdout.contains("leads out"), "{run:?}");
    scene.write("shared/notes.txt", "secret");
    scene.write("t.preset.toml", "version = 1\nextends = [\"shared/notes.txt\"]\n");
    let run = scene.run(&["check", "t.preset.toml"]).expect(2);
    assert!(run.stdout.contains("ends in .preset.toml"), "{run:?}");
    scene.write("e.preset.toml", "version = 1\nextends = [\"site.preset.toml\"]\n");
    scene.write("shared/brand.preset.toml", brand);
    let run = scene.run(&["export", "cloudinary", "e.preset.toml"]);
    assert!(run.stdout.contains("w_20"), "{run:?}");
}
