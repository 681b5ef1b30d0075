//! Values for generators' parameters.

use crate::support::Scene;

const PRESET: &str = r#"version = 1
[generators.card]
parameters.title = "default"
parameters.shade = "x"
operations = [{ op = "resize", width = 40 }]
output = { format = "png" }
"#;

fn scene() -> Scene {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b/a.jpg", "in/c.jpg"]);
    scene.write("p.preset.toml", PRESET);
    scene
}

/// The name shows what was put in.
const NAME: [&str; 2] = ["--name", "{title}/{path}/{stem}.{ext}"];

#[test]
fn given_values_go_before_defaults_and_rows_before_both() {
    let scene = scene();
    let run = scene.render(&[&["in", "--out", "o1"], &NAME[..]].concat()).expect(0);
    assert_eq!(run.column("path")[0], "o1/default/a.png");
    let run = scene.render(&[&["in", "--out", "o2", "--param", "title=A=B"], &NAME[..]].concat());
    assert_eq!(run.expect(0).column("path")[0], "o2/A=B/a.png");
    scene.write("t.csv", "asset,title\na.jpg,name\nb/a.jpg,\"path, quoted\"\n");
    let table = ["in", "--out", "o3", "--param", "title=all", "--params-csv", "t.csv"];
    let run = scene.render(&[&table, &NAME[..]].concat()).expect(0);
    let expected = ["o3/name/a.png", "o3/path, quoted/b/a.png", "o3/all/c.png"];
    assert_eq!(run.column("path"), expected);
}

#[test]
fn what_is_not_known_is_said_with_its_place() {
    let scene = scene();
    let run = scene.render(&["in", "--param", "titel=x"]).expect(2);
    assert!(run.stderr.contains("did you mean \"title\"?"), "{run:?}");
    scene.render(&["in", "--param", "title"]).expect(2);
    let cases = [
        ("asset,titel\n", "t.csv:1: "),
        ("title\nx\n", "t.csv:1: "),
        ("asset,title\na,b\nc\n", "t.csv:3: "),
        ("asset,title\na,b\na,c\n", "t.csv:3: "),
    ];
    for (table, place) in cases {
        scene.write("t.csv", table);
        let run = scene.render(&["in", "--params-csv", "t.csv"]).expect(2);
        assert!(run.stderr.contains(place), "{table}: {run:?}");
    }
    let run = scene.render(&["in", "--params-csv", "missing.csv"]).expect(2);
    assert!(run.stderr.contains("missing.csv"), "{run:?}");
}
