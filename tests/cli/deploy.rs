//! The files in `assets/deploy`: what they run is run here, without their schedulers.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    serving::Serving,
    support::{Run, Scene},
};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/deploy").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap()
}

fn photos(scene: &Scene) -> Vec<String> {
    let names: Vec<String> = (0..12).map(|number| format!("photos/{number}.jpg")).collect();
    for (number, name) in names.iter().enumerate() {
        scene.photo(name, number);
    }
    scene.write("web.preset.toml", crate::support::SMALL);
    names
}

/// The plain values of the environment in a manifest.
fn environment(manifest: &str) -> Vec<(&str, &str)> {
    manifest.lines().filter_map(variable).collect()
}

fn variable(line: &str) -> Option<(&str, &str)> {
    let pair = line.trim().strip_prefix("- { name: ")?.strip_suffix(" }")?;
    let (name, value) = pair.split_once(", value: ")?;
    Some((name, value.trim_matches('"')))
}

#[test]
fn the_pods_of_the_job_render_everything_once() {
    let scene = Scene::new();
    let names = photos(&scene);
    let manifest = text("render-job.yaml");
    let arguments = manifest.split("args:\n").nth(1).unwrap();
    let arguments = arguments.lines().map_while(|line| line.trim().strip_prefix("- "));
    let root = scene.path("");
    let arguments: Vec<String> = arguments
        .take_while(|argument| !argument.starts_with('{'))
        .map(|argument| argument.replace("/pictures", root.to_str().unwrap().trim_end_matches('/')))
        .collect();
    assert_eq!(arguments.len(), 6, "{arguments:?}");
    let completions = "completions: 4\n";
    assert!(manifest.contains(completions) && manifest.contains("CROPMARK_SHARDS, value: \"4\""));
    let mut rendered = Vec::new();
    for index in 0..4 {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = scene.command(&arguments);
        let variables = environment(&manifest);
        let variables = variables.iter().filter(|(name, _)| name.starts_with("CROPMARK_"));
        command.envs(variables.copied()).env("JOB_COMPLETION_INDEX", index.to_string());
        let run = Run::of(command.output().unwrap()).expect(0);
        rendered.extend(run.column("source"));
    }
    assert_eq!(rendered.len(), names.len());
    assert_eq!(scene.files("web").len(), names.len());
}

#[test]
fn the_jobs_of_the_array_render_everything_once() {
    let scene = Scene::new();
    let names = photos(&scene);
    let program = Path::new(env!("CARGO_BIN_EXE_cropmark")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let script = file("slurm.sh");
    assert!(text("slurm.sh").contains("#SBATCH --array=1-8\n"));
    let run = |task: u32, variables: &[(&str, &str)]| {
        // For its places and its folders.
        let plain = scene.command(&[]);
        let mut command = Command::new("bash");
        command.arg(&script).args(["photos", "web.preset.toml", "web"]);
        command.current_dir(scene.path("")).stdin(Stdio::null()).env("PATH", &path);
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let task = task.to_string();
        let of_slurm = [
            ("SLURM_ARRAY_TASK_ID", task.as_str()),
            ("SLURM_ARRAY_TASK_MIN", "1"),
            ("SLURM_ARRAY_TASK_COUNT", "8"),
            ("SLURM_CPUS_PER_TASK", "2"),
        ];
        command.envs(of_slurm).envs(variables.iter().copied());
        Run::of(command.output().unwrap()).expect(0)
    };
    let rendered: usize = (1..=8).map(|task| run(task, &[]).rows().len()).sum();
    assert_eq!(rendered, names.len());
    assert_eq!(scene.files("web").len(), names.len());
    // One that is run again by itself finds what it has done.
    let again =
        run(3, &[("SLURM_ARRAY_TASK_COUNT", "1"), ("SLURM_ARRAY_TASK_MIN", "3"), ("SHARD", "3/8")]);
    assert_eq!(again.summary()["rendered"], 0, "{again:?}");
}

#[test]
fn the_pod_of_the_server_answers_with_its_token() {
    let scene = Scene::new();
    scene.photo("w/a.jpg", 1);
    scene.write("w/p.preset.toml", crate::support::SMALL);
    let manifest = text("serve.yaml");
    let line = manifest.lines().find_map(|line| line.trim().strip_prefix("args: [")).unwrap();
    let arguments: Vec<&str> = line.strip_suffix(']').unwrap().split(", ").collect();
    let [command, _folder, listen, rest @ ..] = arguments.as_slice() else { panic!("{line}") };
    assert_eq!((*command, *listen), ("serve", "--listen=0.0.0.0:8080"));
    let arguments = [&["--listen", "0.0.0.0:0"], rest].concat();
    let token = "0123456789abcdef";
    let mut variables = environment(&manifest);
    variables.retain(|(name, _)| name.starts_with("CROPMARK_"));
    assert_eq!(variables.len(), 4, "{variables:?}");
    variables.push(("CROPMARK_TOKEN", token));
    let serving = Serving::start_with(&scene, &arguments, &variables);
    assert_eq!(serving.get("/health").status, 200);
    serving.get("/small/a.jpg").refusal(401);
    let bearer = format!("Bearer {token}");
    let answer = serving.ask("GET", "/small/a.jpg", &[("Authorization", &bearer)]);
    assert_eq!((answer.status, answer.header("cache-control")), (200, "max-age=86400"));
    serving.stop();
}

/// Runs git in the scene's folder with the program as its hook finds it.
fn git(scene: &Scene, words: &[&str]) -> std::process::Output {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main"]);
    git.args(words).current_dir(scene.path(".")).env("CROPMARK", env!("CARGO_BIN_EXE_cropmark"));
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        git.env_remove(name);
    }
    git.output().unwrap()
}

#[test]
fn the_hook_lets_no_problem_into_a_commit_and_the_workflow_reviews_it() {
    let scene = Scene::new();
    assert!(git(&scene, &["init", "-q"]).status.success());
    fs::create_dir_all(scene.path(".git/hooks")).unwrap();
    fs::copy(file("pre-commit.sh"), scene.path(".git/hooks/pre-commit")).unwrap();
    scene.photo("photos/a.jpg", 1);
    scene.write("a b.preset.toml", crate::support::SMALL);
    assert!(git(&scene, &["add", "."]).status.success());
    let commit = git(&scene, &["commit", "-qm", "one"]);
    assert!(commit.status.success(), "{commit:?}");
    let good = fs::read_to_string(scene.path("a b.preset.toml")).unwrap();
    scene.write("a b.preset.toml", format!("{good}\nwidht = 3\n"));
    let commit = git(&scene, &["commit", "-qam", "two"]);
    assert!(!commit.status.success(), "{commit:?}");
    assert!(String::from_utf8_lossy(&commit.stderr).contains("widht"), "{commit:?}");

    // The workflow's steps, with this branch as the base.
    scene.write("a b.preset.toml", good.replacen("width = 40", "width = 41", 1));
    let workflow = text("presets.workflow.yml");
    let step = workflow.split("What the change does to the pictures\n        run: |\n").nth(1);
    let step: Vec<&str> =
        step.unwrap().lines().map_while(|line| line.strip_prefix("          ")).collect();
    let folder = Path::new(env!("CARGO_BIN_EXE_cropmark")).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    assert!(git(&scene, &["commit", "-qam", "two"]).status.success());
    let mut shell = Command::new("bash");
    shell.args(["-euc", &step.join("\n")]).current_dir(scene.path("."));
    shell.env("PATH", path).env("BASE", "HEAD~1").env("PICTURES", "photos");
    shell.env("GITHUB_STEP_SUMMARY", scene.path("summary.md"));
    shell.env("XDG_CACHE_HOME", scene.path("cache")).env("HOME", scene.path("home"));
    let done = shell.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    assert!(scene.path("report.html").is_file());
    assert!(!fs::read_to_string(scene.path("summary.md")).unwrap().is_empty());
}
