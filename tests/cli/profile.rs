//! `cropmark profile`: where the time goes.

use std::fs;

use serde_json::Value;

use crate::support::Scene;

const PRESET: &str = r#"version = 1
[generators.soft]
operations = [
  { op = "resize", fit = "inside", width = 40 },
  { op = "blur", sigma = 2 },
]
output = { format = "webp" }
[generators.plain]
output = { format = "png" }
"#;

#[test]
fn each_step_of_each_variant_has_its_time() {
    let scene = Scene::new();
    scene.write("p.preset.toml", PRESET);
    scene.photo("a.jpg", 0);
    let words = ["profile", "a.jpg", "--preset", "p.preset.toml"];
    let run = scene.run(&[&words[..], &["--json", "--html", "chart.html"]].concat()).expect(0);
    let rows = run.rows();
    let steps = |row: &Value| {
        let steps = row["steps"].as_array().unwrap().iter();
        steps.map(|step| step["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let of = |name: &str| rows.iter().find(|row| row["generator"] == name).unwrap();
    assert_eq!(steps(of("soft")), ["decode", "resize", "blur", "colours", "encode", "copy"]);
    assert_eq!(of("soft")["format"], "webp");
    assert!(steps(of("plain")).contains(&"decode".to_owned()));
    for row in &rows {
        let sum: f64 = row["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["milliseconds"].as_f64().unwrap())
            .sum();
        assert!((sum - row["ms"].as_f64().unwrap()).abs() < 0.1, "{row}");
    }
    let chart = fs::read_to_string(scene.path("chart.html")).unwrap();
    assert!(chart.contains("title=\"blur: "), "{chart}");

    let table = scene.run(&[&words[..], &["--generator", "soft"]].concat()).expect(0).stdout;
    assert!(table.contains("soft webp") && !table.contains("plain"), "{table}");
    let original = fs::read(scene.path("a.jpg")).unwrap();
    scene.run(&[&words[..], &["--html", "a.jpg"]].concat()).expect(2);
    assert_eq!(fs::read(scene.path("a.jpg")).unwrap(), original);
    scene.run(&["profile", "missing.jpg", "--preset", "p.preset.toml"]).expect(2);
}
