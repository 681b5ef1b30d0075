//! `cropmark serve --warm`: what a list or a log names is rendered before anybody asks.

use std::fmt::Write as _;

use crate::{
    serving::Serving,
    support::{SMALL, Scene},
};

const WIDTHS: &str = r#"version = 1
[generators.hero]
widths = [20, 40]
operations = [{ op = "resize", width = 40 }]
output = { format = "webp" }
"#;

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("w/small.preset.toml", SMALL);
    scene.write("w/hero.preset.toml", WIDTHS);
    for number in 0..20 {
        scene.photo(format!("w/{number}.jpg"), number);
    }
    scene
}

#[test]
fn what_a_log_names_is_rendered_once_and_then_taken_from_the_cache() {
    let scene = scene();
    let mut log = String::new();
    for number in (0..20).chain(0..20) {
        let target = format!("/small/{number}.jpg");
        let _ = writeln!(
            log,
            "127.0.0.1 - - [01/Dec/2026:10:00:00 +0000] \"GET {target} HTTP/1.1\" 200 9 \"-\" \"x\""
        );
    }
    log.push_str("127.0.0.1 - - [x] \"GET /small/gone.jpg HTTP/1.1\" 200 9\n");
    log.push_str("127.0.0.1 - - [x] \"GET /small/other.jpg HTTP/1.1\" 404 9\n");
    log.push_str("/hero/3-20.webp\n/assets/4.jpg/-/content?w=30&token=x\n");
    scene.write("access.log", log);
    let arguments = ["--warm", "access.log", "--konifer"];
    let serving = Serving::start(&scene, &arguments);
    let line = serving.lines.recv().unwrap();
    assert_eq!(line, "Warmed: 22 rendered, 0 kept before, 1 failed, 1 lines passed over");
    let complaint = serving.complaints.recv().unwrap();
    assert!(complaint.contains("/small/gone.jpg"), "{complaint}");
    let granted = |class: &str| {
        serving.figure(&format!("queue_wait_duration_seconds_count{{class=\"{class}\"}}"))
    };
    assert!(granted("eager") >= 22, "{}", granted("eager"));
    assert_eq!(granted("on_demand"), 0, "requests go before");
    for path in ["/small/0.jpg", "/small/19.jpg", "/hero/3-20.webp"] {
        assert_eq!(serving.get(path).status, 200, "{path}");
    }
    let content = serving.get("/assets/4.jpg/-/content?w=30");
    assert_eq!((content.status, content.header("k-cache-status")), (200, "hit"));
    assert_eq!(serving.figure("cache_misses_total"), 0);
    assert_eq!(serving.figure("cache_hits_total"), 4);
    serving.stop();

    let serving = Serving::start(&scene, &arguments);
    let line = serving.lines.recv().unwrap();
    assert_eq!(line, "Warmed: 0 rendered, 22 kept before, 1 failed, 1 lines passed over");
    serving.stop();
    // It is what an export takes.
    let render = ["render", "w", "--workspace", "w", "--preset", "w/small.preset.toml"];
    let rows = scene.run(&[&render[..], &["--out", "out", "--json"]].concat()).expect(0);
    assert!(rows.column("status").iter().all(|status| status == "cached"), "{rows:?}");
}

#[test]
fn a_list_that_names_nothing_is_refused() {
    let scene = scene();
    scene.write("empty.txt", "# nothing\nnonsense\n");
    for (list, said) in [("empty.txt", "has no URL"), ("gone.txt", "gone.txt")] {
        let run = scene.run(&["serve", "w", "--listen", "127.0.0.1:0", "--warm", list]).expect(2);
        assert!(run.stderr.contains(said), "{run:?}");
    }
}
