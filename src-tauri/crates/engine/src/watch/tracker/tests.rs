use super::*;

const SETTLE: u64 = 500;

/// Where the clock's zero is: what was before has times too.
const ZERO: i64 = 10_000;

/// A tracker and a clock in milliseconds.
struct Scene {
    tracker: Tracker,
    start: Instant,
}

fn version(number: u64) -> FileVersion {
    FileVersion { size: number, modified_ns: 7, inode: number }
}

fn listing(under: &str, files: &[(&str, u64)]) -> Listing {
    let files = files.iter().map(|(path, number)| (PathBuf::from(path), version(*number)));
    Listing { under: under.into(), files: files.collect(), unreadable: Vec::new() }
}

impl Scene {
    fn new() -> Self {
        Self { tracker: Tracker::new(Duration::from_millis(SETTLE)), start: Instant::now() }
    }

    /// One in which these files were told.
    fn with(files: &[(&str, u64)]) -> Self {
        let mut scene = Self::new();
        scene.see(-2000, "", files);
        scene.settle(-1000, files);
        scene
    }

    fn at(&self, milliseconds: i64) -> Instant {
        self.start + Duration::from_millis((ZERO + milliseconds).unsigned_abs())
    }

    fn see(&mut self, milliseconds: i64, under: &str, files: &[(&str, u64)]) {
        let now = self.at(milliseconds);
        self.tracker.observe(&listing(under, files), now);
    }

    /// Looks at all that is due, where these files are there.
    fn settle(&mut self, milliseconds: i64, files: &[(&str, u64)]) -> Vec<String> {
        let now = self.at(milliseconds);
        let rechecks = self.tracker.due(now).into_iter().map(|path| {
            let there = files.iter().find(|(name, _)| path == Path::new(name));
            Recheck { seen: there.map(|(_, number)| version(*number)), path, is_held: false }
        });
        let rechecks = rechecks.collect();
        self.tracker.settle(rechecks, now).iter().map(told).collect()
    }
}

fn told(change: &Change) -> String {
    match change {
        Change::Appeared(path) => format!("+{}", path.display()),
        Change::Changed(path) => format!("*{}", path.display()),
        Change::Gone(path) => format!("-{}", path.display()),
        Change::Renamed { from, to } => format!("{}>{}", from.display(), to.display()),
    }
}

#[test]
fn what_is_told_after_a_look_at_everything() {
    type Files = &'static [(&'static str, u64)];
    let cases: [(&str, Files, Files, &[&str]); 8] = [
        ("nothing new", &[("a", 1)], &[("a", 1)], &[]),
        ("a new file", &[("a", 1)], &[("a", 1), ("d/b", 2)], &["+d/b"]),
        ("another content", &[("a", 1)], &[("a", 2)], &["*a"]),
        ("a file is gone", &[("a", 1), ("b", 2)], &[("b", 2)], &["-a"]),
        ("renamed", &[("a", 1)], &[("d/b", 1)], &["a>d/b"]),
        ("renamed over another", &[("a", 1), ("b", 2)], &[("b", 1)], &["*b", "-a"]),
        (
            "a folder renamed",
            &[("d/a", 1), ("d/b", 2)],
            &[("e/a", 1), ("e/b", 2)],
            &["d/a>e/a", "d/b>e/b"],
        ),
        ("a file becomes a folder", &[("a", 1)], &[("a/b", 2)], &["+a/b", "-a"]),
    ];
    for (name, before, after, expected) in cases {
        let mut scene = Scene::with(before);
        scene.see(0, "", after);
        assert_eq!(scene.settle(SETTLE.cast_signed() - 1, after), [""; 0], "{name}: too early");
        assert_eq!(scene.settle(SETTLE.cast_signed(), after), expected, "{name}");
        scene.see(2000, "", after);
        assert_eq!(scene.tracker.next_due(), None, "{name}: told once");
    }
}

#[test]
fn a_growing_file_waits_until_it_is_quiet() {
    let mut scene = Scene::new();
    scene.see(0, "a", &[("a", 1)]);
    scene.see(400, "a", &[("a", 2)]);
    assert_eq!(scene.settle(600, &[("a", 2)]), [""; 0], "quiet only since 400");
    assert_eq!(scene.tracker.next_due(), Some(scene.at(900)));
    assert_eq!(scene.settle(900, &[("a", 3)]), [""; 0], "the last look finds it longer");
    scene.see(1000, "a", &[("a", 3)]);
    assert_eq!(scene.settle(1400, &[("a", 3)]), ["+a"]);
}

#[test]
fn what_is_over_before_it_is_quiet_is_not_told() {
    let mut scene = Scene::with(&[("a", 1)]);
    scene.see(0, "a", &[("a", 2)]);
    scene.see(100, "a", &[("a", 1)]);
    scene.see(100, "b", &[("b", 2)]);
    scene.see(200, "b", &[]);
    assert_eq!(scene.tracker.next_due(), None);
    // Replaced by way of nothing, as some programs save.
    scene.see(300, "a", &[]);
    scene.see(400, "a", &[("a", 5)]);
    assert_eq!(scene.settle(900, &[("a", 5)]), ["*a"]);
}

#[test]
fn a_held_file_waits_for_its_holder() {
    let mut scene = Scene::new();
    scene.see(0, "a", &[("a", 1)]);
    let held = Recheck { path: "a".into(), seen: Some(version(1)), is_held: true };
    let now = scene.at(500);
    assert_eq!(scene.tracker.settle(vec![held], now), []);
    assert_eq!(scene.settle(999, &[("a", 1)]), [""; 0]);
    assert_eq!(scene.settle(1000, &[("a", 1)]), ["+a"]);
}

#[test]
fn a_look_at_a_part_says_nothing_of_the_rest() {
    let files = [("a", 1), ("a-b", 2), ("a/x", 3), ("a/y", 4), ("b", 5)];
    let mut scene = Scene::with(&files);
    scene.see(0, "a", &[("a/y", 4), ("a/z", 6)]);
    let there = [("a-b", 2), ("a/y", 4), ("a/z", 6), ("b", 5)];
    assert_eq!(scene.settle(500, &there), ["+a/z", "-a", "-a/x"]);
}

#[test]
fn what_cannot_be_seen_is_not_gone() {
    let mut scene = Scene::with(&[("a/x", 1), ("b", 2)]);
    let unreadable = Listing { unreadable: vec!["a".into()], ..listing("", &[]) };
    let now = scene.at(0);
    scene.tracker.observe(&unreadable, now);
    assert_eq!(scene.settle(500, &[]), ["-b"]);
}
