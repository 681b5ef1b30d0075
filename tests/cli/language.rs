//! What the preset language can say, seen in the files that come out.

use serde_json::json;

use crate::support::Scene;

#[test]
fn numbers_by_format_are_those_of_each_format() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let render = |output: &str, out: &str| {
        scene.write("p.preset.toml", format!("version = 1\n[generators.g]\noutput = {output}\n"));
        scene.render(&["in", "--out", out]).expect(0)
    };
    let table = "{ format = [\"webp\", \"jpeg\"], quality = { webp = 30, jpeg = 90, avif = 1 } }";
    let first = render(table, "one");
    assert_eq!(first.column("status"), ["rendered", "rendered"]);
    for (format, quality) in [("jpeg", 90), ("webp", 30)] {
        let single = render(&format!("{{ format = \"{format}\", quality = {quality} }}"), "two");
        assert_eq!(single.column("status"), ["cached"], "the same number has the same key");
    }
    let limits = render("{ format = [\"webp\", \"jpeg\"], max_bytes = { webp = 900 } }", "three");
    let (jpeg, webp) = (&limits.rows()[0], &limits.rows()[1]);
    assert!(
        jpeg["bytes"].as_u64() > Some(900) && webp["bytes"].as_u64() <= Some(900),
        "{limits:?}"
    );
    let smallest = render("{ format = \"smallest\", quality = { webp = 1, avif = 90 } }", "four");
    assert_eq!(smallest.row()["format"], json!("webp"));
    let smallest = render("{ format = \"smallest\", quality = { webp = 99, avif = 5 } }", "five");
    assert_eq!(smallest.row()["format"], json!("avif"));
}

#[test]
fn a_font_that_is_not_installed_is_a_note_or_a_failed_row() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let preset = |more: &str| {
        format!(
            "version = 1\n[generators.g]\nparameters.family = \"No Such Font\"\noperations = \
             [{{ op = \"text\", text = \"x\", font = \"{{family}} Bold\"{more} }}]\n"
        )
    };
    scene.write("p.preset.toml", preset(""));
    let row = scene.render(&["in"]).expect(0).row();
    assert_eq!(row["notes"], json!(["Font “No Such Font” is not installed; Inter was used."]));
    let row = scene.render(&["in", "--param", "family=Sans"]).expect(0).row();
    assert_eq!(row.get("notes"), None);
    scene.write("p.preset.toml", preset(", on_missing_font = \"fail\""));
    let row = scene.render(&["in"]).expect(1).row();
    assert_eq!(row["error"]["code"], json!("invalid"));
    assert!(row["error"]["message"].as_str().unwrap().contains("No Such Font"), "{row}");
}

#[test]
fn a_named_colour_is_drawn_and_an_unknown_one_is_a_problem() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let preset = |color: &str| {
        format!(
            "version = 1\n[colors]\nbrand = \"#12343b\"\n[generators.g]\noperations = \
             [{{ op = \"colorize\", color = \"{color}\", opacity = 1 }}]\n\
             output = {{ format = \"png\" }}\n"
        )
    };
    scene.write("p.preset.toml", preset("brand"));
    let row = scene.render(&["in"]).expect(0).row();
    let drawn = image::open(scene.path(row["path"].as_str().unwrap())).unwrap().to_rgb8();
    assert_eq!(drawn.get_pixel(5, 5).0, [0x12, 0x34, 0x3b]);
    scene.write("p.preset.toml", preset("#12343b"));
    let again = scene.render(&["in", "--on-conflict", "overwrite"]).expect(0);
    assert_eq!(again.column("status"), ["cached"]);
    scene.write("p.preset.toml", preset("brandt"));
    let run = scene.run(&["check", "p.preset.toml"]).expect(2);
    assert!(run.stdout.starts_with("p.preset.toml:5:"), "{run:?}");
    assert!(run.stdout.contains("did you mean \"brand\"?"), "{run:?}");
}
