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
fn two_results_of_one_name_are_refused_before_anything_is_written() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/A.jpeg", "in/b.jpg"]);
    for dry in [&["--dry-run"][..], &[]] {
        let run = scene.render(&[&["in"], dry].concat()).expect(2);
        assert!(run.stderr.contains("in/a.jpg") && run.stderr.contains("in/A.jpeg"), "{run:?}");
        assert!(!run.stderr.contains("in/b.jpg"), "{run:?}");
        assert_eq!(scene.files("out"), [""; 0]);
    }
    scene.render(&["in", "--name", "{name}.{ext}"]).expect(0);
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
