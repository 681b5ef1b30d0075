//! `kill -9` at any moment of a batch, of the program or of its workers: nothing half, nothing
//! lost, nothing done twice, and the same command goes on to the same result.
//!
//! `CROPMARK_KILL_SOURCES` and `CROPMARK_KILLS` make it longer.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    interrupt::{signal, workers},
    support::{Run, Scene},
};

const PRESET: &str = r#"version = 1
[generators.small]
operations = [{ op = "resize", fit = "inside", width = 40, height = 40 }]
output = { format = "jpeg", quality = 80 }
[generators.wide]
widths = [60, 100]
operations = [{ op = "resize", width = 100 }, { op = "sharpen", sigma = 0.5 }]
output = { format = "webp", quality = 80 }
[generators.icon]
operations = [{ op = "resize", fit = "cover", width = 48, height = 48 }, { op = "round_corners", radius = 8 }]
output = { format = "png" }
"#;
const VARIANTS: usize = 4;

/// The command, with a policy for names that are taken.
fn command(scene: &Scene, policy: &str) -> Command {
    let common = ["render", "in", "--preset", "p.preset.toml", "--json", "--out", "out"];
    scene.command(&[&common[..], &["--on-conflict", policy]].concat())
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end.max(1)
    }
}

fn number(name: &str, default: usize) -> usize {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs the command and kills: sometimes a worker first, and then, unless it has told all of its
/// rows, the program; at a random moment of its start, or some random number of files later.
/// Returns its status if it had come to its end, and the rows that it told.
///
/// A batch whose rows are all told is over, even where the program still closes: the same command
/// is then another batch.
fn round(
    mut command: Command,
    dice: &mut Dice,
    files: usize,
    rows: usize,
) -> (Option<i32>, Vec<Value>) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let written = Arc::new(AtomicUsize::new(0));
    let told = Arc::new(AtomicUsize::new(0));
    let (seen, seen_rows) = (Arc::clone(&written), Arc::clone(&told));
    let reader = thread::spawn(move || {
        let lines = stdout.lines().map_while(Result::ok);
        // The last line may be half, or the sums.
        let rows = lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        let rows = rows.filter(|row| row.get("summary").is_none());
        rows.inspect(|row| {
            seen_rows.fetch_add(1, Ordering::Relaxed);
            seen.fetch_add(usize::from(row["status"] != "skipped"), Ordering::Relaxed);
        })
        .collect()
    });
    let target = if dice.below(5) == 0 { 0 } else { index(dice.below(files as u64 * 2)) };
    let worker = (dice.below(3) == 0).then(|| index(dice.below(target as u64 + 1)));
    // Where no file is waited for, the moment lies in the start.
    let moment = Duration::from_micros(dice.below(if target == 0 { 400_000 } else { 20_000 }));
    let mut wait_for = |files: usize| {
        while written.load(Ordering::Relaxed) < files && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
    };
    if let Some(files) = worker {
        wait_for(files);
        let workers = workers(id);
        if let Some(worker) = workers.get(index(dice.below(4))) {
            signal("KILL", worker);
        }
    }
    wait_for(target);
    sleep(moment);
    let is_over = told.load(Ordering::Relaxed) >= rows;
    let killed = !is_over && child.try_wait().unwrap().is_none();
    if killed {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    (status.code().filter(|_| !killed), reader.join().unwrap())
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

/// Counts how often each file was told to have been written.
fn count(rows: &[Value], written: &mut BTreeMap<String, usize>) {
    for row in rows {
        if ["rendered", "cached"].contains(&row["status"].as_str().unwrap()) {
            *written.entry(row["path"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
}

/// What was done twice would be told as written twice.
#[test]
fn a_batch_that_is_killed_again_and_again_ends_as_if_nothing_had_been() {
    kill_and_compare(
        "overwrite",
        number("CROPMARK_KILL_SOURCES", 120),
        number("CROPMARK_KILLS", 6),
    );
}

/// What was done twice would get a second name.
#[test]
fn a_killed_batch_gives_no_second_names() {
    kill_and_compare("unique", 120, 4);
}

fn kill_and_compare(policy: &str, sources: usize, kills: usize) {
    let scene = Scene::new();
    scene.write("p.preset.toml", PRESET);
    for number in 0..sources {
        scene.photo(format!("in/{}/{number}.jpg", number % 7), number);
    }
    let began = Instant::now();
    let mut whole = command(&scene, policy);
    whole.env("XDG_CACHE_HOME", scene.path(".cache-of-reference"));
    Run::of(whole.output().unwrap()).expect(0);
    let took = began.elapsed();
    let expected = scene.tree("out");
    assert_eq!(expected.len(), sources * VARIANTS);
    fs::rename(scene.path("out"), scene.path("reference")).unwrap();

    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ u64::from(std::process::id()));
    let seed = dice.0;
    let mut written = BTreeMap::new();
    let mut killed = 0;
    // On average, a tenth of the files is left for the last round.
    let files = expected.len() * 9 / 10 / kills;
    let began = Instant::now();
    let last = loop {
        let (ended, rows) = if killed < kills {
            round(command(&scene, policy), &mut dice, files, expected.len())
        } else {
            let run = Run::of(command(&scene, policy).output().unwrap());
            (Some(run.status), run.rows())
        };
        for row in &rows {
            let path = row["path"].as_str().unwrap_or_default();
            let is_known = written.contains_key(path);
            let is_done = row["status"] != "failed";
            assert!(!is_known || row["status"] == "skipped", "seed {seed}: {row}");
            assert!(!is_done || scene.path(path).is_file(), "seed {seed}: {row}");
        }
        let before = written.len();
        count(&rows, &mut written);
        for name in scene.files("out") {
            let is_temporary = name.contains(".cropmark-");
            assert!(is_temporary || expected.contains_key(&name), "seed {seed}: {name}");
        }
        if let Some(status) = ended {
            assert_eq!(status, 0, "seed {seed}: {rows:?}");
            println!("{before} files were told as written before the last round");
            break rows;
        }
        killed += 1;
    };
    println!(
        "{sources} sources, {} variants, whole in {took:.1?}; {killed} kills, whole after {:.1?}; \
         {} files told as written",
        expected.len(),
        began.elapsed(),
        written.len(),
    );
    assert!(killed > 0, "nothing was killed");
    assert_eq!(scene.tree("out"), expected, "seed {seed}");
    assert_eq!(last.len(), expected.len(), "seed {seed}");
    let twice: Vec<_> = written.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "seed {seed}: told twice: {twice:?}");
    let left: Vec<String> =
        scene.all_files().into_iter().filter(|name| name.contains(".cropmark-")).collect();
    assert_eq!(left, [""; 0], "seed {seed}");
    // And it is over: the next one is a run of its own, with nothing left to do.
    let again = Run::of(command(&scene, policy).output().unwrap()).expect(0);
    let status = if policy == "overwrite" { "cached" } else { "skipped" };
    assert_eq!(again.summary()[status], expected.len());
    assert_eq!(scene.tree("out"), expected);
}
