//! What was rendered before is not rendered again.

use std::{fs, process::Stdio, thread::sleep, time::Duration};

use crate::support::{SLOW, SMALL, Scene};

#[test]
fn the_same_variant_comes_from_the_cache_wherever_it_goes() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    let first = scene.render(&["in"]).expect(0);
    assert_eq!(first.column("cache"), ["miss", "miss"]);
    let second = scene.render(&["in", "--out", "other"]).expect(0);
    assert_eq!(second.column("status"), ["cached", "cached"]);
    assert_eq!(second.column("cache"), ["hit", "hit"]);
    assert_eq!(second.column("path"), ["other/small/a.jpg", "other/small/b.jpg"]);
    assert_eq!(scene.tree("other"), scene.tree("out"));
    let summary = second.summary();
    assert_eq!((&summary["cached"], &summary["rendered"]), (&2.into(), &0.into()));
    assert_eq!(summary["bytes"], first.summary()["bytes"]);
    // Where the result is there already, nothing is written.
    let third = scene.render(&["in", "--on-conflict", "if-changed"]).expect(0);
    assert_eq!(third.column("status"), ["skipped", "skipped"]);
    assert_eq!(third.column("cache"), ["hit", "hit"]);
    let dry = scene.render(&["in", "--dry-run"]).expect(0);
    assert_eq!(dry.column("cache"), ["hit", "hit"]);
}

#[test]
fn an_edited_result_does_not_reach_into_the_cache() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.render(&["in"]).expect(0);
    let whole = fs::read(scene.path("out/small/a.jpg")).unwrap();
    fs::write(scene.path("out/small/a.jpg"), "edited").unwrap();
    scene.render(&["in", "--on-conflict", "overwrite"]).expect(0);
    assert_eq!(fs::read(scene.path("out/small/a.jpg")).unwrap(), whole);
}

#[test]
fn a_changed_source_or_rule_is_rendered_anew() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    scene.render(&["in"]).expect(0);
    scene.photo("in/a.jpg", 7);
    let run = scene.render(&["in", "--out", "o2"]).expect(0);
    assert_eq!(run.column("status"), ["rendered", "cached"]);
    scene.write("p.preset.toml", SMALL.replace("quality = 80", "quality = 70"));
    let run = scene.render(&["in", "--out", "o3"]).expect(0);
    assert_eq!(run.column("status"), ["rendered", "rendered"]);
}

#[test]
fn a_file_that_did_not_change_is_not_read_again_but_one_that_did_is() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let old = fs::File::open(scene.path("in/a.jpg")).unwrap();
    let earlier = std::time::SystemTime::now() - Duration::from_hours(1);
    old.set_modified(earlier).unwrap();
    scene.render(&["in", "--workspace", "in"]).expect(0);
    let run = scene.render(&["in", "--workspace", "in", "--out", "o2"]).expect(0);
    assert_eq!(run.column("status"), ["cached"]);
    // The same size and time, another file.
    let length = fs::metadata(scene.path("in/a.jpg")).unwrap().len();
    let mut number = 1;
    while fs::metadata(scene.path("in/new.jpg")).map(|file| file.len()).ok() != Some(length) {
        let mut bytes = fs::read(scene.path("in/a.jpg")).unwrap();
        let last = bytes.len() - 20 - number;
        bytes[last] ^= 1;
        fs::write(scene.path("in/new.jpg"), bytes).unwrap();
        number += 1;
    }
    fs::File::open(scene.path("in/new.jpg")).unwrap().set_modified(earlier).unwrap();
    fs::rename(scene.path("in/new.jpg"), scene.path("in/a.jpg")).unwrap();
    let run = scene.render(&["in", "--workspace", "in", "--out", "o3"]).expect(0);
    assert_eq!(run.column("status"), ["rendered"]);
}

#[test]
fn a_workspace_has_its_own_and_it_may_be_deleted() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.render(&["in", "--workspace", "in"]).expect(0);
    assert!(scene.path("in/.cropmark/index.sqlite").is_file());
    assert!(!scene.path(".cache/cropmark/.cropmark").exists());
    let again = ["in", "--workspace", "in", "--out", "o2"];
    assert_eq!(scene.render(&again).expect(0).column("status"), ["cached"]);
    fs::remove_dir_all(scene.path("in/.cropmark")).unwrap();
    let again = ["in", "--workspace", "in", "--out", "o3"];
    assert_eq!(scene.render(&again).expect(0).column("status"), ["rendered"]);
}

#[test]
fn a_second_process_renders_all_the_same() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write("slow.preset.toml", SLOW);
    let slow = ["render", "in", "-p", "slow.preset.toml", "-o", "slow", "--workspace", "in"];
    let mut first = scene.command(&slow).stdout(Stdio::null()).spawn().unwrap();
    while !scene.path("in/.cropmark/lock").exists() {
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(200));
    let run = scene.render(&["in", "--workspace", "in"]).expect(0);
    assert_eq!(run.column("status"), ["rendered"]);
    assert!(run.stderr.contains("reading only"), "{run:?}");
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn a_cache_that_cannot_be_is_no_reason_to_stop() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write(".cache", "a file");
    let run = scene.render(&["in"]).expect(0);
    assert_eq!(run.column("status"), ["rendered"]);
    assert!(run.stderr.contains("without a cache"), "{run:?}");
}

#[test]
fn files_of_far_times_are_known_again_or_read_again() {
    use std::time::{Duration as Span, SystemTime};
    let scene = Scene::with_photos(&["in/old.jpg", "in/older.jpg", "in/new.jpg"]);
    let (year, epoch) = (Span::from_secs(31_556_952), SystemTime::UNIX_EPOCH);
    let touch = |scene: &Scene, name: &str, time: SystemTime| {
        fs::File::options()
            .append(true)
            .open(scene.path(name))
            .unwrap()
            .set_modified(time)
            .unwrap();
        let noted = fs::metadata(scene.path(name)).unwrap().modified().unwrap();
        // Not every file system holds every time.
        noted.duration_since(time).unwrap_or_else(|early| early.duration()) < year
    };
    touch(&scene, "in/old.jpg", epoch - 30 * year);
    touch(&scene, "in/older.jpg", epoch - 400 * year);
    touch(&scene, "in/new.jpg", epoch + 330 * year);
    touch(&scene, "p.preset.toml", epoch + 330 * year);
    scene.render(&["in", "--workspace", "in"]).expect(0);
    let run = scene.render(&["in", "--workspace", "in", "--out", "o2"]).expect(0);
    assert_eq!(run.column("status"), ["cached"; 3]);
    // Other bytes in the same file, as many, with another of such times.
    let changed = |name: &str, years: u32, is_before: bool| {
        let mut bytes = fs::read(scene.path(name)).unwrap();
        let last = bytes.len() - 20;
        bytes[last] ^= 1;
        let file = fs::File::options().write(true).open(scene.path(name)).unwrap();
        std::io::Write::write_all(&mut &file, &bytes).unwrap();
        let span = years * year;
        touch(&scene, name, if is_before { epoch - span } else { epoch + span })
    };
    let is_other = [
        changed("in/new.jpg", 331, false),
        changed("in/old.jpg", 31, true),
        changed("in/older.jpg", 401, true),
    ];
    let run = scene.render(&["in", "--workspace", "in", "--out", "o3"]).expect(0);
    for (status, is_other) in run.column("status").into_iter().zip(is_other) {
        assert!(status == "rendered" || !is_other, "{run:?}");
    }
    let files = scene.files("in");
    for name in files.iter().filter(|name| name.starts_with(".cropmark/")) {
        touch(&scene, &format!("in/{name}"), epoch + 330 * year);
    }
    let run = scene.render(&["in", "--workspace", "in", "--out", "o4"]).expect(0);
    assert_eq!(run.column("status"), ["cached"; 3]);
}
