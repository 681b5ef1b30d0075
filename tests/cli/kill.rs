//! `kill -9` at any moment of a batch, of the program or of its workers: nothing half, nothing
//! lost, nothing done twice, and the same command goes on to the same result.
//!
//! `CROPMARK_KILL_SOURCES` and `CROPMARK_KILLS` make it longer.

use std::{
    collections::BTreeMap,
    env, fs,
    io::Read as _,
    process::{Child, Stdio},
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

const COMMAND: [&str; 7] = ["render", "in", "--preset", "p.preset.toml", "--json", "--out", "out"];

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

fn start(scene: &Scene) -> Child {
    let mut command = scene.command(&COMMAND);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs the command and kills: sometimes a worker first, and then, unless it has come to its
/// end, the program. Returns whether it was killed, and the rows that it told.
fn round(scene: &Scene, dice: &mut Dice, within: Duration) -> (bool, Vec<Value>) {
    let mut child = start(scene);
    let mut stdout = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).unwrap();
        text
    });
    let moment = |dice: &mut Dice| {
        Duration::from_micros(dice.below(u64::try_from(within.as_micros()).unwrap()))
    };
    if dice.below(3) == 0 {
        sleep(moment(dice) / 2);
        let workers = workers(child.id());
        if let Some(worker) = workers.get(usize::try_from(dice.below(4)).unwrap()) {
            signal("KILL", worker);
        }
    }
    sleep(moment(dice));
    let killed = child.try_wait().unwrap().is_none();
    if killed {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    let text = reader.join().unwrap();
    // The last line may be half, or the sums.
    let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let rows = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    (killed, rows.filter(|row| row.get("summary").is_none()).collect())
}

/// Counts how often each file was told to have been written.
fn count(rows: &[Value], written: &mut BTreeMap<String, usize>) {
    for row in rows {
        if ["rendered", "cached"].contains(&row["status"].as_str().unwrap()) {
            *written.entry(row["path"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
}

#[test]
fn a_batch_that_is_killed_again_and_again_ends_as_if_nothing_had_been() {
    let (sources, kills) = (number("CROPMARK_KILL_SOURCES", 120), number("CROPMARK_KILLS", 6));
    let scene = Scene::new();
    scene.write("p.preset.toml", PRESET);
    for number in 0..sources {
        scene.photo(format!("in/{}/{number}.jpg", number % 7), number);
    }
    let began = Instant::now();
    let mut whole = scene.command(&COMMAND);
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
    // A start costs time too.
    let within = took / u32::try_from(kills).unwrap() + Duration::from_millis(300);
    let began = Instant::now();
    for _ in 0..kills {
        let (was_killed, rows) = round(&scene, &mut dice, within);
        killed += usize::from(was_killed);
        for row in &rows {
            let path = row["path"].as_str().unwrap_or_default();
            let is_known = written.contains_key(path);
            let is_done = row["status"] != "failed";
            assert!(!is_known || row["status"] == "skipped", "seed {seed}: {row}");
            assert!(!is_done || scene.path(path).is_file(), "seed {seed}: {row}");
        }
        count(&rows, &mut written);
        for name in scene.files("out") {
            let is_temporary = name.contains(".cropmark-");
            assert!(is_temporary || expected.contains_key(&name), "seed {seed}: {name}");
        }
    }
    let before = written.len();
    let last = Run::of(scene.command(&COMMAND).output().unwrap()).expect(0);
    count(&last.rows(), &mut written);
    let summary = last.summary();
    println!(
        "{sources} sources, {} variants, whole in {took:.1?}; {killed} kills, then whole after \
         {:.1?}; {before} told before the last round, {summary} in it",
        expected.len(),
        began.elapsed(),
    );
    assert!(killed > 0, "nothing was killed");
    assert_eq!(scene.tree("out"), expected, "seed {seed}");
    assert_eq!(last.rows().len(), expected.len(), "seed {seed}");
    let twice: Vec<_> = written.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "seed {seed}: told twice: {twice:?}");
    let left: Vec<String> =
        scene.all_files().into_iter().filter(|name| name.contains(".cropmark-")).collect();
    assert_eq!(left, [""; 0], "seed {seed}");
    // And it is over: the next one is a run of its own, with nothing left to do.
    let again = scene.render(&["in"]).expect(0);
    assert_eq!(again.summary()["skipped"], expected.len());
}
