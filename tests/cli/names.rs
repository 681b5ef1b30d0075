//! How results are named.

use crate::support::Scene;

#[test]
fn the_template_decides_and_stays_below_the_folder() {
    let scene = Scene::with_photos(&["in/x/a.jpg"]);
    let template = "{path}/{stem}_{generator}_{width}x{height}.{ext}";
    let run = scene.render(&["in", "--name", template]).expect(0);
    assert_eq!(run.column("path"), ["out/x/a_small_40x27.jpg"]);
    for name in ["../{stem}.{ext}", "/{stem}.{ext}", "{nonsense}.{ext}", "{stem", ""] {
        let run = scene.render(&["in", "--name", name]).expect(2);
        assert!(run.stderr.contains("--name"), "{name}: {run:?}");
    }
    let run = scene.render(&["in", "--name", "{stm}.{ext}"]).expect(2);
    assert!(run.stderr.contains("did you mean {stem}"), "{run:?}");
}

#[test]
fn two_results_of_one_name_fail_and_the_others_are_rendered() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/A.jpeg", "in/b.jpg"]);
    for dry in [&["--dry-run"][..], &[]] {
        let run = scene.render(&[&["in"], dry].concat()).expect(1);
        let rows = run.rows();
        let failed: Vec<_> = rows.iter().filter(|row| row["status"] == "failed").collect();
        assert_eq!(failed.len(), 2, "{run:?}");
        for row in failed {
            let message = row["error"]["message"].as_str().unwrap();
            let names_both = message.contains("in/a.jpg") && message.contains("in/A.jpeg");
            assert!(names_both && message.contains("--on-clash"), "{run:?}");
        }
        assert_eq!(scene.files("out"), if dry.is_empty() { &["small/b.jpg"][..] } else { &[] });
    }
    // The same command goes on, to the same end.
    scene.render(&["in"]).expect(1);
    assert_eq!(scene.files("out"), ["small/b.jpg"]);
    scene.render(&["in", "--name", "{name}.{ext}", "--out", "named"]).expect(0);
}

#[test]
fn clashing_names_are_told_apart_where_that_is_asked_for() {
    let cases: [(&str, &[&str]); 2] = [
        ("extension", &["small/a-2.jpg", "small/a-jpeg.jpg", "small/a-jpg.jpg", "small/b.jpg"]),
        ("number", &["small/a-2-2.jpg", "small/a-2.jpg", "small/a.jpg", "small/b.jpg"]),
    ];
    for (policy, names) in cases {
        let scene = Scene::with_photos(&["in/a.jpg", "in/a.jpeg", "in/b.jpg", "in/a-2.jpg"]);
        scene.render(&["in", "--on-clash", policy]).expect(0);
        assert_eq!(scene.files("out"), names, "{policy}");
        let again = scene.render(&["in", "--on-clash", policy]).expect(0);
        assert_eq!(again.rows().len(), 4);
        assert_eq!(scene.files("out"), names, "{policy}");
    }
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let one_name = "widths = [10, 20]\n";
    scene.write(
        "p.preset.toml",
        crate::support::SMALL.replace("operations", &format!("{one_name}operations")),
    );
    let run = scene.render(&["in", "--name", "{stem}.{ext}"]).expect(2);
    assert!(run.stderr.contains("would both become"), "{run:?}");
}

#[test]
fn a_clash_that_only_the_run_can_see_is_a_failed_row() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/a-20.jpg"]);
    let variations = "[themes.t]\ngenerator = \"small\"\nvariations.20 = { width = 20 }\n";
    scene.write("p.preset.toml", format!("{}{variations}", crate::support::SMALL));
    let run = scene.render(&["in"]).expect(1);
    let failed: Vec<_> = run.rows().into_iter().filter(|row| row["status"] == "failed").collect();
    assert_eq!(failed.len(), 1, "{run:?}");
    assert_eq!(failed[0]["error"]["code"], "invalid");
    assert_eq!(scene.files("out"), ["small/a-20-20.jpg", "small/a-20.jpg", "small/a.jpg"]);
}
