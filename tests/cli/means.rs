//! A system that gives no more threads or descriptors: the run stops with the reason, no picture is
//! said to be at fault, and with more of them the same command goes on.

use std::process::{Command, Stdio};

use crate::support::{Run, Scene};

/// A user that has no other processes.
const USER: u32 = 54_321;

/// Runs `render` by way of another program, to which the command is given as its last arguments.
fn render_by(scene: &Scene, way: &[String]) -> Run {
    let arguments = ["render", "in", "--preset", "p.preset.toml", "--out", "out", "--json"];
    let program = scene.command(&arguments);
    let mut command = Command::new(&way[0]);
    command.args(&way[1..]).arg(program.get_program()).args(program.get_args());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.current_dir(scene.path("")).stdin(Stdio::null());
    Run::of(command.output().unwrap())
}

/// Either all is done, or the run stopped, or it did not begin; and no row failed.
#[track_caller]
fn check(run: &Run, limit: u32) -> bool {
    assert!([0, 1, 3].contains(&run.status), "{limit}: {run:?}");
    assert!(!run.stderr.contains("panicked"), "{limit}: {run:?}");
    if run.status == 3 {
        assert_eq!(run.stdout, "", "{limit}");
        return false;
    }
    assert_eq!(run.summary()["failed"], 0, "{limit}: {run:?}");
    if run.status == 1 {
        assert!(run.stderr.contains("Run the same command to continue"), "{limit}: {run:?}");
    }
    run.status == 0
}

fn scene() -> Scene {
    let names: Vec<String> = (0..12).map(|number| format!("in/{number}.jpg")).collect();
    Scene::with_photos(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_system_without_threads_stops_the_run_with_the_reason() {
    let scene = scene();
    let user = USER.to_string();
    let own = ["setpriv", "--reuid", &user, "--regid", &user, "--clear-groups"];
    let open = Command::new("chown").args(["-R", &user]).arg(scene.path("")).status();
    let program = scene.command(&["schema"]).get_program().to_owned();
    let mut tried = Command::new(own[0]);
    tried.args(&own[1..]).arg(program).arg("schema").stdout(Stdio::null()).stderr(Stdio::null());
    if !open.is_ok_and(|open| open.success()) || !tried.status().is_ok_and(|it| it.success()) {
        println!("skipped: only root can run the program as a user without other processes");
        return;
    }
    let mut reasons = Vec::new();
    for limit in [1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 28, 200] {
        let threads = format!("ulimit -u {limit}; exec \"$@\"");
        let way = own.iter().copied().chain(["bash", "-c", &threads, "bash"]);
        let run = render_by(&scene, &way.map(str::to_owned).collect::<Vec<_>>());
        if limit == 200 {
            run.expect(0);
        } else if !check(&run, limit) {
            reasons.push(run.stderr);
        }
    }
    assert!(reasons.iter().any(|reason| reason.contains("starts no more threads")), "{reasons:?}");
    assert_eq!(scene.files("out").len(), 12);
}

#[test]
fn a_system_without_descriptors_stops_the_run_with_the_reason() {
    let scene = scene();
    let mut reasons = Vec::new();
    for limit in [12, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 140, 160, 1000] {
        let descriptors = format!("ulimit -Sn {limit}; ulimit -Hn {limit}; exec \"$@\"");
        let way = ["bash", "-c", &descriptors, "bash"].map(str::to_owned);
        let run = render_by(&scene, &way);
        if limit == 1000 {
            run.expect(0);
        } else if !check(&run, limit) {
            reasons.push(run.stderr);
        }
    }
    assert!(reasons.iter().any(|reason| reason.contains("no more files be open")), "{reasons:?}");
    assert_eq!(scene.files("out").len(), 12);
}
