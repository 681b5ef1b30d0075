//! The whole watch on real files.

use std::{
    fs::{self, File},
    io::Write as _,
};

use super::*;
use crate::os;

mod storms;

struct Scene {
    folder: tempfile::TempDir,
    watch: Watch,
    /// What was told and not asked for yet.
    told: Vec<Change>,
}

impl Scene {
    /// Watches a folder with the file `a`, which was told.
    async fn new(adjust: impl FnOnce(&mut WatchSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "a").unwrap();
        let mut settings = WatchSettings::new(folder.path());
        settings.settle = Duration::from_millis(150);
        settings.excluded = vec![folder.path().join("out")];
        // Long enough for what follows to be the events' merit.
        settings.interval = Duration::from_mins(1);
        adjust(&mut settings);
        let watch = Watch::start(settings).unwrap();
        let mut scene = Self { folder, watch, told: Vec::new() };
        scene.expect(&[Change::Appeared("a".into())]).await;
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    /// The next changes are these, in any order, and no others come with them.
    async fn expect(&mut self, expected: &[Change]) {
        while self.told.len() < expected.len() {
            let report = tokio::time::timeout(Duration::from_secs(8), self.watch.next()).await;
            match report.unwrap_or_else(|_| panic!("{expected:?} did not come: {:?}", self.told)) {
                Some(WatchEvent::Changes(changes)) => self.told.extend(changes),
                other => panic!("{other:?}"),
            }
        }
        let mut told = std::mem::take(&mut self.told);
        told.sort();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(told, expected);
    }
}

fn appeared(path: &str) -> Change {
    Change::Appeared(path.into())
}

#[tokio::test]
async fn files_that_come_change_move_and_go_are_told() {
    let mut scene = Scene::new(|_| {}).await;
    fs::write(scene.path("b"), "b").unwrap();
    scene.expect(&[appeared("b")]).await;
    fs::write(scene.path("b"), "longer").unwrap();
    scene.expect(&[Change::Changed("b".into())]).await;
    fs::rename(scene.path("b"), scene.path("c")).unwrap();
    scene.expect(&[Change::Renamed { from: "b".into(), to: "c".into() }]).await;
    fs::remove_file(scene.path("c")).unwrap();
    scene.expect(&[Change::Gone("c".into())]).await;
    // All at once, before anybody can begin to watch the new folders.
    fs::write(scene.path("one/two/three/deep"), "deep").unwrap();
    scene.expect(&[appeared("one/two/three/deep")]).await;
    fs::write(scene.path("one/two/late"), "late").unwrap();
    scene.expect(&[appeared("one/two/late")]).await;
    fs::remove_dir_all(scene.path("one")).unwrap();
    let gone = |path: &str| Change::Gone(path.into());
    scene.expect(&[gone("one/two/late"), gone("one/two/three/deep")]).await;
}

#[tokio::test]
async fn own_outputs_and_hidden_files_trigger_nothing() {
    let mut scene = Scene::new(|_| {}).await;
    for name in [".cropmark/variants/ab/x.jpg", "out/small/a.jpg", ".b", "c.part"] {
        fs::write(scene.path(name), "own").unwrap();
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    fs::write(scene.path("outside"), "b").unwrap();
    scene.expect(&[appeared("outside")]).await;
    fs::rename(scene.path("c.part"), scene.path("c")).unwrap();
    scene.expect(&[appeared("c")]).await;
}

#[tokio::test]
async fn a_file_that_is_copied_slowly_is_told_once_and_whole() {
    let mut scene = Scene::new(|settings| settings.settle = Duration::from_millis(400)).await;
    let mut file = File::create(scene.path("slow")).unwrap();
    let writing = std::thread::spawn(move || {
        for _ in 0..12 {
            file.write_all(b"part").unwrap();
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    scene.expect(&[appeared("slow")]).await;
    assert!(writing.is_finished(), "it was reported before it was whole");
    assert_eq!(fs::metadata(scene.path("slow")).unwrap().len(), 48);
    writing.join().unwrap();
}

#[tokio::test]
async fn a_locked_file_waits() {
    let mut scene = Scene::new(|_| {}).await;
    let file = File::create(scene.path("locked")).unwrap();
    file.lock().unwrap();
    (&file).write_all(b"whole").unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(700), scene.watch.next()).await;
    // Some file systems of containers have other device numbers in the kernel's list.
    let is_listed = os::WriteLocks::read().contains(&file.metadata().unwrap());
    assert!(waited.is_err() || !is_listed, "{waited:?}");
    file.unlock().unwrap();
    if waited.is_err() {
        scene.expect(&[appeared("locked")]).await;
    }
}

#[tokio::test]
async fn without_events_the_reconcile_finds_everything_in_its_interval() {
    let interval = Duration::from_millis(300);
    let quick = |settings: &mut WatchSettings| {
        settings.events = false;
        settings.interval = interval;
    };
    let mut scene = Scene::new(quick).await;
    fs::write(scene.path("deep/er/b"), "b").unwrap();
    fs::rename(scene.path("a"), scene.path("c")).unwrap();
    let renamed = Change::Renamed { from: "a".into(), to: "c".into() };
    scene.expect(&[appeared("deep/er/b"), renamed]).await;
}

#[tokio::test]
async fn more_marks_than_there_is_room_for_lose_nothing() {
    let mut scene = Scene::new(|settings| settings.marks = 2).await;
    let mut expected = Vec::new();
    for number in 0..200 {
        let name = format!("storm/{number}");
        fs::write(scene.path("first"), "x").unwrap();
        fs::rename(scene.path("first"), scene.path(&name)).unwrap();
        expected.push(appeared(&name));
    }
    scene.expect(&expected).await;
}

#[tokio::test]
async fn a_workspace_that_goes_away_has_not_lost_its_files() {
    let parent = tempfile::tempdir().unwrap();
    let (root, away) = (parent.path().join("w"), parent.path().join("away"));
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a"), "a").unwrap();
    let mut settings = WatchSettings::new(&root);
    (settings.settle, settings.interval) = (Duration::from_millis(50), Duration::from_millis(100));
    let mut watch = Watch::start(settings).unwrap();
    assert!(matches!(watch.next().await, Some(WatchEvent::Changes(_))));
    fs::rename(&root, &away).unwrap();
    let report = watch.next().await;
    assert!(matches!(report, Some(WatchEvent::Problem(WatchProblem::Unreadable(_)))), "{report:?}");
    fs::write(away.join("b"), "b").unwrap();
    fs::rename(&away, &root).unwrap();
    let Some(WatchEvent::Changes(changes)) = watch.next().await else { panic!("no changes") };
    assert_eq!(changes, [appeared("b")]);
    assert!(Watch::start(WatchSettings::new(&away)).is_err());
}
