//! Wrong commands and presets: exit status 2, and 3 where the workspace cannot be used.

use std::fs::File;

use crate::support::{Run, SMALL, Scene};

#[test]
fn a_link_to_nothing_for_an_output_folder_is_said() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    std::os::unix::fs::symlink("gone", scene.path("out")).unwrap();
    let run = scene.render(&["in"]).expect(2);
    let said = "out is a link to gone, which is not there; make that folder";
    assert!(run.stderr.contains(said), "{run:?}");
    assert!(!scene.path("gone").exists());
}

#[test]
fn wrong_arguments_are_said_and_nothing_is_made() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let cases: [&[&str]; 14] = [
        &[],
        &["nonsense"],
        &["render"],
        &["render", "in", "--out", "out"],
        &["render", "in", "--preset", "p.preset.toml"],
        &["render", "--preset", "p.preset.toml", "--out", "out"],
        &["render", "in", "--preset", "missing.toml", "--out", "out"],
        &["render", "in", "--preset", "p.preset.toml", "--out", "in/a.jpg"],
        &["render", "in", "--preset", "p.preset.toml", "--out", "out", "--workers", "0"],
        &["render", "in", "--preset", "p.preset.toml", "--out", "out", "--timeout", "0"],
        &["render", "in", "--preset", "p.preset.toml", "--out", "out", "--on-conflict", "x"],
        &["render", "in", "--preset", "p.preset.toml", "--out", "out", "--generator", "x"],
        &["check"],
        &["schema", "x"],
    ];
    for arguments in cases {
        let run = scene.run(arguments).expect(2);
        assert!(!run.stderr.is_empty(), "{arguments:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
    assert!(!scene.path("out").exists());
    let help = scene.run(&["render", "--help"]).expect(0).stdout;
    for flag in [
        "--preset",
        "--out",
        "--generator",
        "--workspace",
        "--name",
        "--on-conflict",
        "--param",
        "--params-csv",
        "--workers",
        "--timeout",
        "--dry-run",
        "--json",
        "--require-sandbox",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
    assert!(scene.run(&["--version"]).expect(0).stdout.starts_with("cropmark "));
}

#[test]
fn a_report_that_cannot_be_written_is_said_and_the_work_goes_on() {
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    let arguments = ["render", "in", "--preset", "p.preset.toml", "--out", "out", "--json"];
    let run = scene.command(&arguments).stdout(full).output();
    let run = Run::of(run.unwrap()).expect(1);
    assert!(run.stderr.contains("standard output cannot be written"), "{run:?}");
    assert_eq!(scene.files("out").len(), 2);
}

#[test]
fn a_faulty_generator_is_off_the_others_work_and_the_status_says_so() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let faulty = "[generators.faulty]\nwidths = \"many\"\n";
    scene.write("p.preset.toml", format!("{SMALL}{faulty}"));
    let run = scene.render(&["in"]).expect(2);
    assert!(run.stderr.contains("p.preset.toml:6:"), "{run:?}");
    assert_eq!(scene.files("out"), ["small/a.jpg"]);
    assert_eq!(run.summary()["rendered"], 1);
    // Named, the good one is all that was asked for.
    scene.render(&["in", "--generator", "small"]).expect(0);
    let run = scene.render(&["in", "--generator", "faulty"]).expect(2);
    assert!(run.stderr.contains("faulty") && run.stdout.is_empty(), "{run:?}");
    let run = scene.render(&["in", "--generator", "smal"]).expect(2);
    assert!(run.stderr.contains("did you mean \"small\"?"), "{run:?}");
    scene.write("p.preset.toml", format!("version = 1\n{faulty}"));
    let run = scene.render(&["in"]).expect(2);
    assert_eq!(run.stdout, "");
}

#[test]
fn two_presets_work_together_unless_they_share_a_name() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write("q.preset.toml", SMALL.replace("small", "tiny"));
    scene.render(&["in", "--preset", "q.preset.toml"]).expect(0);
    assert_eq!(scene.files("out"), ["small/a.jpg", "tiny/a.jpg"]);
    scene.write("q.preset.toml", SMALL);
    let run = scene.render(&["in", "--preset", "q.preset.toml"]).expect(2);
    assert!(run.stderr.contains("q.preset.toml"), "{run:?}");
}

#[test]
fn a_workspace_that_is_not_there_is_status_three() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    for workspace in ["missing", "in/a.jpg"] {
        let run = scene.render(&["in", "--workspace", workspace]).expect(3);
        assert!(run.stderr.contains(workspace), "{run:?}");
    }
    scene.render(&["in", "--workspace", "in"]).expect(0);
}

#[test]
fn a_required_sandbox_is_active_or_nothing_runs() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let doctor = scene.run(&["doctor", "--json"]).expect(0);
    let found: serde_json::Value = serde_json::from_str(&doctor.stdout).unwrap();
    let parts = found["sandbox"].as_object().unwrap();
    let complete = !parts.is_empty() && parts.values().all(|part| part == true);
    let run = scene.render(&["in", "--require-sandbox"]);
    if complete {
        run.expect(0);
    } else {
        assert!(run.expect(3).stderr.contains("sandbox"));
        assert_eq!(scene.files("out"), [""; 0]);
    }
}

#[test]
fn what_the_sandbox_lacks_is_said_once() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg", "in/c.jpg"]);
    let program = scene.command(&[]).get_program().to_owned();
    let worker = std::path::Path::new(&program).with_file_name("cropmark-worker");
    // A worker that sets up no part of it.
    scene.write(
        "worker",
        format!("#!/bin/bash\nexec '{}' \"${{@/#best-effort/off}}\"\n", worker.display()),
    );
    std::fs::set_permissions(scene.path("worker"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = scene.command(arguments);
        Run::of(command.env("CROPMARK_WORKER", scene.path("worker")).output().unwrap())
    };
    let render = ["render", "in", "--preset", "p.preset.toml", "--out", "out"];
    let warned = run(&render).expect(0).stderr;
    assert_eq!(warned.matches("sandbox is incomplete").count(), 1, "{warned}");
    assert!(warned.contains("every part of it missing"), "{warned}");
    let told = run(&["doctor"]).expect(0).stdout;
    assert!(told.contains("the workers report none"), "{told}");
    assert!(told.contains("--require-sandbox would refuse to run here"), "{told}");
    let whole = scene.run(&["doctor"]).expect(0).stdout;
    if whole.contains("not active on this system") {
        println!("skipped: this system lacks a part of the sandbox");
        return;
    }
    assert!(!whole.contains("--require-sandbox would refuse"), "{whole}");
    assert_eq!(scene.run(&render).expect(0).stderr, "");
}
