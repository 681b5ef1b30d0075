//! More than the system tells of: bursts, queues that overflow, limits that are reached.

use std::{
    collections::BTreeSet,
    env,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use super::*;

/// Where the system says how many events wait to be read at most.
const QUEUE: &str = "/proc/sys/fs/inotify/max_queued_events";
/// How many folders a user may watch. Each user namespace has its own number.
const FOLDERS: &str = "/proc/sys/user/max_inotify_watches";
/// Fewer than there are.
const FEW: &str = "8";

/// The files that a listener believes to be there.
#[derive(Default)]
struct Belief(BTreeSet<PathBuf>);

impl Belief {
    fn hear(&mut self, change: Change) {
        match change {
            Change::Appeared(path) => assert!(self.0.insert(path.clone()), "{path:?} came twice"),
            Change::Changed(path) => assert!(self.0.contains(&path), "{path:?} was unknown"),
            Change::Gone(path) => assert!(self.0.remove(&path), "{path:?} went unknown"),
            Change::Renamed { from, to } => {
                assert!(self.0.remove(&from), "{from:?} was unknown");
                assert!(self.0.insert(to.clone()), "{to:?} came twice");
            }
        }
    }

    /// Listens until these files are believed in; returns what else was said.
    async fn becomes(&mut self, watch: &mut Watch, files: &BTreeSet<PathBuf>) -> Vec<WatchProblem> {
        let (began, mut troubles) = (Instant::now(), Vec::new());
        while self.0 != *files {
            let report = tokio::time::timeout(Duration::from_secs(20), watch.next()).await;
            let missing: Vec<_> = files.difference(&self.0).take(3).collect();
            let wrong: Vec<_> = self.0.difference(files).take(3).collect();
            let report = report.unwrap_or_else(|_| panic!("missing {missing:?}, wrong {wrong:?}"));
            match report.expect("the watch goes on") {
                WatchEvent::Changes(changes) => {
                    for change in changes {
                        self.hear(change);
                    }
                }
                WatchEvent::Problem(trouble) => troubles.push(trouble),
            }
        }
        println!("{} files were right after {:?}", files.len(), began.elapsed());
        troubles
    }
}

/// Makes two thousand files in new folders at once, of which some are renamed and some removed;
/// returns those that remain.
fn storm(root: &Path) -> BTreeSet<PathBuf> {
    let mut left = BTreeSet::new();
    for number in 0..2000 {
        let folder = PathBuf::from(format!("storm/{}/{}", number % 20, number % 7));
        fs::create_dir_all(root.join(&folder)).unwrap();
        let path = folder.join(format!("{number}.jpg"));
        fs::write(root.join(&path), number.to_string()).unwrap();
        left.insert(path);
    }
    for (number, path) in left.clone().iter().enumerate() {
        let to = path.with_extension("renamed.jpg");
        match number % 10 {
            0 => fs::remove_file(root.join(path)).unwrap(),
            1 => fs::rename(root.join(path), root.join(&to)).unwrap(),
            2 => fs::write(root.join(path), "written again").unwrap(),
            _ => continue,
        }
        if number % 10 != 2 {
            left.remove(path);
        }
        if number % 10 == 1 {
            left.insert(to);
        }
    }
    left
}

fn settings(root: &Path) -> WatchSettings {
    let settle = Duration::from_millis(150);
    WatchSettings { settle, interval: Duration::from_mins(2), ..WatchSettings::new(root) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_files_ends_with_exactly_the_right_ones() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    settings.marks = 64;
    let mut watch = Watch::start(settings).unwrap();
    let mut belief = Belief::default();
    let root = folder.path().to_owned();
    let left = tokio::task::spawn_blocking(move || storm(&root)).await.unwrap();
    assert_eq!(left.len(), 1800);
    assert!(belief.becomes(&mut watch, &left).await.is_empty());
    fs::remove_dir_all(folder.path().join("storm/3")).unwrap();
    fs::rename(folder.path().join("storm/4"), folder.path().join("moved")).unwrap();
    let moved = |path: &PathBuf| match path.strip_prefix("storm/4") {
        Ok(rest) => Path::new("moved").join(rest),
        Err(_) => path.clone(),
    };
    let left = left.iter().filter(|path| !path.starts_with("storm/3")).map(moved).collect();
    assert!(belief.becomes(&mut watch, &left).await.is_empty());
}

/// A number of the system that is put back in the end.
struct Lent(String);

impl Lent {
    fn new(number: &str) -> Self {
        let former = fs::read_to_string(QUEUE).unwrap();
        fs::write(QUEUE, number).expect("only root may change it");
        Self(former)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        fs::write(QUEUE, &self.0).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs root, and changes a setting of the system for a moment"]
async fn a_queue_of_sixteen_events_that_overflows_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("first"), "first").unwrap();
    let few = Lent::new("16");
    // The reconcile is two minutes away: what is right before is so because the overflow was
    // noticed.
    let mut watch = Watch::start(settings(folder.path())).unwrap();
    let mut belief = Belief::default();
    belief.becomes(&mut watch, &BTreeSet::from(["first".into()])).await;
    drop(few);
    let root = folder.path().to_owned();
    let mut left = tokio::task::spawn_blocking(move || storm(&root)).await.unwrap();
    left.insert("first".into());
    assert!(belief.becomes(&mut watch, &left).await.is_empty());
    // Folders whose coming was lost are listened to all the same.
    tokio::time::sleep(Duration::from_millis(500)).await;
    for number in 0..20 {
        let late = PathBuf::from(format!("storm/{number}/{}/late.jpg", number % 7));
        fs::write(folder.path().join(&late), "late").unwrap();
        left.insert(late);
    }
    assert!(belief.becomes(&mut watch, &left).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test below, where few folders may be watched"]
async fn inside_a_small_limit_of_folders() {
    if fs::read_to_string(FOLDERS).is_ok_and(|number| number.trim() != FEW) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for number in 0..40 {
        let path = folder.path().join(format!("{number}/deep"));
        fs::create_dir_all(path).unwrap();
    }
    fs::write(folder.path().join("7/deep/first"), "first").unwrap();
    let mut settings = settings(folder.path());
    settings.interval = Duration::from_millis(400);
    let mut watch = Watch::start(settings).unwrap();
    let mut belief = Belief::default();
    let mut files = BTreeSet::from([PathBuf::from("7/deep/first")]);
    let troubles = belief.becomes(&mut watch, &files).await;
    assert!(
        matches!(troubles[..], [WatchProblem::TooManyFolders(every)] if every.as_millis() == 400),
        "{troubles:?}"
    );
    assert!(troubles[0].to_string().contains("max_user_watches"), "{}", troubles[0]);
    for name in ["3/deep/late", "39/deep/er/later"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, name).unwrap();
        files.insert(name.into());
    }
    fs::remove_file(folder.path().join("7/deep/first")).unwrap();
    files.remove(Path::new("7/deep/first"));
    assert!(belief.becomes(&mut watch, &files).await.is_empty(), "it is said once");
}

#[test]
fn where_no_more_folders_can_be_watched_it_is_said_and_the_reconcile_finds_all() {
    // In a user namespace of its own the number is this test's alone.
    let unshared = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "sh", "-c", script, "sh"]);
        command.arg(env::current_exe().unwrap()).stdin(Stdio::null());
        command
    };
    let lower = format!("echo {FEW} > {FOLDERS}");
    if !unshared(&lower).output().is_ok_and(|output| output.status.success()) {
        println!("skipped: there are no user namespaces here");
        return;
    }
    let name = "watch::tests::storms::inside_a_small_limit_of_folders";
    let run = format!("{lower} && exec \"$1\" --exact --ignored {name}");
    let output = unshared(&run).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
