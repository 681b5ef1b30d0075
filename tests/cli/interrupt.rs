//! Ctrl-C, and workers that are killed.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use image::ImageFormat;

use crate::support::{Run, SLOW, Scene, encoded, picture, wait_for};

/// A run that takes long, in a process group of its own, as a shell starts it.
fn start(scene: &Scene, arguments: &[&str]) -> Child {
    let mut all = vec!["render", "--preset", "p.preset.toml", "--out", "out", "--json"];
    all.extend(arguments);
    let mut command = scene.command(&all);
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

pub(crate) fn signal(name: &str, target: &str) {
    let sent = Command::new("kill").args(["-s", name, "--", target]).stderr(Stdio::null()).status();
    let _ = sent.unwrap();
}

/// The workers of a run.
pub(crate) fn workers(parent: u32) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{parent}/task"));
    let children = tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    children
        .flat_map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Files on their way to their names, of results and of the cache.
fn temporaries(scene: &Scene) -> Vec<String> {
    let mut names = scene.files("out");
    names.extend(scene.files(".cache"));
    names.retain(|name| name.contains(".cropmark-"));
    names
}

/// Whether a worker has a target open.
fn is_rendering(scene: &Scene) -> bool {
    // Others are made while the cache is opened, before there are workers.
    let is_target = |name: &String| name.contains("/tmp/");
    scene.files("out").iter().any(|name| name.contains(".cropmark-"))
        || temporaries(scene).iter().any(is_target)
}

#[test]
fn the_first_ctrl_c_ends_cleanly_and_the_same_command_goes_on() {
    for name in ["INT", "TERM", "HUP"] {
        let scene = Scene::new();
        scene.write("p.preset.toml", SLOW);
        for number in 0..6 {
            scene.photo(format!("in/{number}.jpg"), number);
        }
        let child = start(&scene, &["in", "--workers", "2"]);
        wait_for("rendering", || is_rendering(&scene));
        sleep(Duration::from_millis(200));
        // A terminal sends it to the whole group, workers too.
        signal(name, &format!("-{}", child.id()));
        let run = Run::of(child.wait_with_output().unwrap()).expect(130);
        assert_eq!(run.summary()["failed"], 0, "{run:?}");
        let left = scene.files("out");
        assert_eq!(temporaries(&scene), [""; 0], "{name}");
        assert_eq!(run.summary()["rendered"], left.len(), "what is there was reported");
        assert!(left.len() < 6, "{name}: the run ended before all was rendered");

        scene
            .write("p.preset.toml", SLOW.replace("2400", "24").replace("effort = 9", "effort = 0"));
        scene.render(&["in", "--out", "out2"]).expect(0);
        assert_eq!(scene.files("out2").len(), 6);
    }
}

#[test]
fn a_giant_that_is_being_read_holds_up_no_end() {
    let scene = Scene::new();
    scene.write("p.preset.toml", SLOW);
    // Hours of nothing behind a picture.
    let picture = encoded(&picture(90, 60, 0), ImageFormat::Png);
    scene.write("in/giant.png", picture);
    let giant = fs::File::options().write(true).open(scene.path("in/giant.png")).unwrap();
    giant.set_len(1 << 40).unwrap();
    let mut child = start(&scene, &["in/giant.png"]);
    wait_for("the start", || !workers(child.id()).is_empty());
    sleep(Duration::from_millis(500));
    signal("INT", &child.id().to_string());
    wait_for("the end", || child.try_wait().unwrap().is_some());
    Run::of(child.wait_with_output().unwrap()).expect(130);
}

#[test]
fn a_killed_run_leaves_temporaries_that_the_next_one_removes() {
    let scene = Scene::new();
    scene.write("p.preset.toml", SLOW);
    scene.photo("in/a.jpg", 0);
    let mut child = start(&scene, &["in"]);
    wait_for("rendering", || is_rendering(&scene));
    let orphans = workers(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for("the workers' end", || {
        orphans.iter().all(|worker| {
            let status = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap_or_default();
            status.is_empty() || status.contains(") Z ")
        })
    });
    assert!(is_rendering(&scene));
    scene.write("p.preset.toml", SLOW.replace("2400", "24"));
    scene.render(&["in"]).expect(0);
    assert_eq!(scene.files("out"), ["slow/a.avif"]);
    assert_eq!(temporaries(&scene), [""; 0]);
}

/// Stops the workers of a run while they render: whether that was before any had written a result.
fn stop_in_the_middle(scene: &Scene, child: &mut Child) -> bool {
    wait_for("rendering", || is_rendering(scene) || child.try_wait().unwrap().is_some());
    let workers = workers(child.id());
    for worker in &workers {
        signal("STOP", worker);
    }
    wait_for("the standstill", || {
        workers.iter().all(|worker| {
            let status = fs::read_to_string(format!("/proc/{worker}/stat")).unwrap_or_default();
            status.is_empty() || status.contains(") T ")
        })
    });
    let targets = temporaries(scene);
    let is_empty = |name: &String| {
        let places = [scene.path("out").join(name), scene.path(".cache").join(name)];
        places.iter().any(|place| fs::metadata(place).is_ok_and(|found| found.len() == 0))
    };
    !targets.is_empty() && targets.iter().all(is_empty)
}

#[test]
fn a_source_that_changes_meanwhile_is_said_and_gives_no_file() {
    let (scene, child) = (0..10)
        .find_map(|_| {
            let scene = Scene::new();
            let slow = SLOW.replace("2400", "1200").replace("effort = 9", "effort = 4");
            scene.write("p.preset.toml", slow);
            scene.photo("in/a.jpg", 0);
            let mut child = start(&scene, &["in"]);
            if stop_in_the_middle(&scene, &mut child) {
                return Some((scene, child));
            }
            // The machine was too busy to look in time.
            signal("KILL", &format!("-{}", child.id()));
            child.wait().unwrap();
            None
        })
        .expect("a run that is seen in the middle of its work");
    scene.photo("in/a.jpg", 1);
    for worker in workers(child.id()) {
        signal("CONT", &worker);
    }
    let run = Run::of(child.wait_with_output().unwrap()).expect(1);
    assert_eq!(run.row()["error"]["code"], "source_changed", "{run:?}");
    assert_eq!(scene.files("out"), [""; 0]);
    assert_eq!(temporaries(&scene), [""; 0]);
}

#[test]
fn a_killed_worker_is_one_typed_row_and_the_others_are_done() {
    let scene = Scene::new();
    let quick = "[generators.quick]\nsource = { page = 0, density = 96 }\noperations = [{ op = \"resize\", width = 20 }]\noutput = { format = \"png\" }\n";
    scene.write("p.preset.toml", format!("{SLOW}{quick}"));
    scene.photo("in/a.jpg", 0);
    scene.photo("in/b.jpg", 1);
    let mut child = start(&scene, &["in", "--workers", "1", "--generator", "slow"]);
    wait_for("rendering", || is_rendering(&scene));
    // Whoever works on it is killed each time, until the run has given up on both.
    wait_for("the end", || {
        for worker in workers(child.id()) {
            signal("KILL", &worker);
        }
        sleep(Duration::from_millis(100));
        child.try_wait().unwrap().is_some()
    });
    let run = Run::of(child.wait_with_output().unwrap()).expect(1);
    let rows = run.rows();
    assert_eq!(rows.len(), 2, "{run:?}");
    assert!(rows.iter().all(|row| row["error"]["code"] == "crashed"), "{run:?}");
    assert_eq!(scene.files("out"), [""; 0]);
    // And the next run is as good as ever.
    let run = scene.render(&["in", "--generator", "quick"]).expect(0);
    assert_eq!(run.summary()["rendered"], 2);
}
