//! Settings of the user's file, the environment and the command; figures in a file.

use std::{fs, process::Stdio};

use serde_json::Value;

use crate::support::{Run, Scene, wait_for};

/// The program with a folder of settings of its own.
fn run(scene: &Scene, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = scene.command(arguments);
    command.env("XDG_CONFIG_HOME", scene.path(".config")).envs(variables.iter().copied());
    Run::of(command.output().unwrap())
}

#[test]
fn doctor_says_each_value_and_where_it_comes_from() {
    let scene = Scene::new();
    let file = ".config/cropmark/settings.toml";
    scene.write(file, "workers = 3\nmax_wait = 10\n[cache]\ndisk = \"2 GiB\"\n");
    let variables = [("CROPMARK_WORKERS", "5"), ("CROPMARK_TIMEOUT", "9.5")];
    let doctor = run(&scene, &variables, &["doctor", "--json", "--set", "cache.disk=1GiB"]);
    let findings: Value = serde_json::from_str(&doctor.expect(0).stdout).unwrap();
    let setting = |name: &str| {
        let setting = &findings["settings"][name];
        (setting["value"].as_str().map(str::to_owned), setting["from"].as_str().unwrap().to_owned())
    };
    let of = |value: &str, from: &str| (Some(value.to_owned()), from.to_owned());
    assert_eq!(setting("workers"), of("5", "CROPMARK_WORKERS"));
    assert_eq!(setting("max_wait"), of("10", scene.path(file).to_str().unwrap()));
    assert_eq!(setting("timeout"), of("9.5", "CROPMARK_TIMEOUT"));
    assert_eq!(setting("cache.disk"), of("1 GiB", "command"));
    assert_eq!(setting("max_requests"), (None, "default".to_owned()));
    let words = run(&scene, &variables, &["doctor"]).expect(0).stdout;
    assert!(words.lines().any(|line| line.contains("timeout") && line.contains("9.5")), "{words}");
}

#[test]
fn settings_are_used_and_wrong_ones_are_said_with_their_place() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let render = ["render", "in", "--preset", "p.preset.toml", "--out", "out", "--json"];
    scene.write(".config/cropmark/settings.toml", "[limits]\npixels = 100\n");
    let limited = run(&scene, &[], &render).expect(1);
    assert_eq!(limited.row()["error"]["code"], "too_large");
    run(&scene, &[("CROPMARK_LIMITS_PIXELS", "10000")], &render).expect(0);

    scene.write(".config/cropmark/settings.toml", "# mine\nworkrs = 3\n");
    let unknown = run(&scene, &[], &render).expect(2);
    assert!(unknown.stderr.contains("settings.toml:2:1: "), "{unknown:?}");
    assert!(unknown.stderr.contains("did you mean \"workers\"?"), "{unknown:?}");
    fs::remove_file(scene.path(".config/cropmark/settings.toml")).unwrap();
    let flag = run(&scene, &[], &[&render[..], &["--set", "max_wait=soon"]].concat()).expect(2);
    assert!(flag.stderr.contains("--set max_wait=soon"), "{flag:?}");

    let schema: Value =
        serde_json::from_str(&run(&scene, &[], &["schema", "--settings"]).expect(0).stdout)
            .unwrap();
    assert_eq!(schema["properties"]["cache"]["properties"]["disk"]["oneOf"][0]["type"], "integer");
}

#[test]
fn figures_are_written_to_a_file_and_replace_nothing_else() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    let render = ["--metrics-file", "figures.prom", "in"];
    scene.render(&render).expect(0);
    let text = || fs::read_to_string(scene.path("figures.prom")).unwrap();
    let has = |line: &str| text().lines().any(|found| found == line);
    assert!(has("processed_images_total{format=\"jpeg\"} 2"), "{}", text());
    assert!(has("cache_misses_total 2") && has("cache_hits_total 0"), "{}", text());
    assert!(has("# TYPE image_processing_duration_seconds histogram"), "{}", text());
    scene.render(&[&render[..], &["--out", "again"]].concat()).expect(0);
    assert!(has("cache_hits_total 2"), "{}", text());

    let original = fs::read(scene.path("in/a.jpg")).unwrap();
    let refused = scene.render(&["--metrics-file", "in/a.jpg", "in"]).expect(2);
    assert!(refused.stderr.contains("holds no figures"), "{refused:?}");
    assert_eq!(fs::read(scene.path("in/a.jpg")).unwrap(), original);

    scene.write("w/p.preset.toml", "version = 1\n");
    let arguments = ["watch", "w", "--metrics-file", "watch.prom"];
    let mut command = scene.command(&arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for("the first figures", || scene.path("watch.prom").is_file());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_log_goes_into_files_with_a_level_for_each_module() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    let render = ["render", "in", "--preset", "p.preset.toml", "--out", "out", "--json"];
    let settings = |level: &str| {
        let text = format!(
            "[log]\nfolder = \"logs\"\nlevel = \"{level}\"\nrotation = \"hourly\"\nkeep = 2\n"
        );
        scene.write(".config/cropmark/settings.toml", text);
    };
    let log = || -> String {
        let files = scene.files("logs").into_iter();
        let texts = files.map(|name| fs::read_to_string(scene.path("logs").join(name)).unwrap());
        texts.collect()
    };
    settings("warn,cropmark_engine::core::dispatcher=debug");
    let run_once = run(&scene, &[], &render).expect(0);
    assert!(!run_once.stderr.contains("granted"), "{run_once:?}");
    assert!(log().contains("granted job="), "{}", log());
    assert_eq!(scene.files("logs").len(), 1);
    assert!(scene.files("logs")[0].starts_with("cropmark."), "{:?}", scene.files("logs"));
    // Files of former hours: no more than are to be kept remain.
    for hour in ["2020-01-01-01", "2020-01-01-02", "2020-01-01-03"] {
        scene.write(format!("logs/cropmark.{hour}.log"), "old");
    }
    run(&scene, &[], &render).expect(0);
    let kept = scene.files("logs");
    assert!(kept.len() <= 3 && !kept[0].contains("2020-01-01-01"), "{kept:?}");

    settings("loud=nonsense");
    let wrong = run(&scene, &[], &render).expect(2);
    assert!(wrong.stderr.contains("log.level: \"loud=nonsense\""), "{wrong:?}");
    scene.write("logs.txt", "a file");
    let flag = ["--set", "log.folder=logs.txt", "--set", "log.level=warn"];
    let wrong = run(&scene, &[], &[&render[..], &flag].concat()).expect(2);
    assert!(wrong.stderr.contains("log.folder: logs.txt cannot be written to"), "{wrong:?}");
}

#[test]
fn variables_that_are_nearly_those_of_settings_are_told() {
    let scene = Scene::new();
    let variables = [("CROPMARK_WORKRS", "2"), ("CROPMARK_TIMEOUT", "9"), ("CROPMARK_OTHER", "1")];
    let told = run(&scene, &variables, &["schema"]).expect(0);
    let lines: Vec<&str> = told.stderr.lines().collect();
    assert_eq!(
        lines,
        ["cropmark: CROPMARK_WORKRS means nothing here; did you mean CROPMARK_WORKERS?"]
    );
}
