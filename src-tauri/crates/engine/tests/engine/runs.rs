//! Durable export runs as a window uses them: paused, cancelled, opened again, tried again.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cropmark_engine::{
    Engine,
    intake::Cache,
    presets::PresetSource,
    run::{
        PresetText, Record, Run, RunError, RunEvent, RunOrigin, RunPlan, RunProgress, RunRecord,
        Status, StoredRow,
    },
    source::{Found, Search, discover},
};
use cropmark_rules::FaultCode;
use cropmark_store::{CacheSettings, ItemState, RunId, RunState, Store};
use tempfile::TempDir;
use tokio::{sync::mpsc, time::timeout};

use crate::common::engine;

const PRESET: &str = "version = 1
[generators.a]
widths = [10, 20]
operations = [{ op = \"resize\", width = 20 }]
output = { format = \"jpeg\" }
";

/// A folder with sources that are orders to the test worker, and a store.
struct Scene {
    folder: TempDir,
    engine: Engine,
}

impl Scene {
    async fn new(sources: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::write(folder.path().join("p.preset.toml"), PRESET).unwrap();
        let scene = Self { folder, engine: engine(2).await };
        for (name, orders) in sources {
            scene.source(name, orders);
        }
        scene
    }

    /// So many numbered sources, whose first variant takes so many milliseconds; of the last, so long
    /// that a run is not over when a test on a busy machine comes to look at it.
    async fn slow(count: usize, milliseconds: u32) -> Self {
        let width = (count - 1).to_string().len();
        let scene = Self::new(&[]).await;
        for number in 0..count {
            let is_last = number + 1 == count;
            let milliseconds = if is_last { milliseconds.max(3000) } else { milliseconds };
            // Equal contents would be rendered once for all.
            let orders = format!("say {number}\n@0 slow {milliseconds}");
            scene.source(&format!("{number:0width$}.jpg"), &orders);
        }
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn source(&self, name: &str, orders: &str) {
        fs::write(self.path("in").join(name), orders).unwrap();
    }

    /// Results are not kept, so that every run renders.
    fn cache(&self) -> Cache {
        let settings = CacheSettings { store_generated: false, ..CacheSettings::default() };
        let opened =
            Store::open(self.folder.path(), settings, &[7; 32].into(), SystemTime::now()).unwrap();
        assert!(opened.notices.is_empty(), "{:?}", opened.notices);
        Cache::new(opened.store, self.folder.path())
    }

    fn plan(&self) -> RunPlan {
        let preset = PresetSource::read(&self.path("p.preset.toml")).unwrap();
        RunPlan::new(RunOrigin::Studio, vec![PresetText::of(&preset)], self.path("out"))
    }

    /// Named by themselves, because the orders are no images.
    fn sources(&self) -> Vec<Found> {
        let mut places: Vec<PathBuf> =
            fs::read_dir(self.path("in")).unwrap().map(|entry| entry.unwrap().path()).collect();
        places.sort();
        discover(&Search { places, ..Search::default() }, &false.into())
    }

    async fn begin(&self, cache: &Cache) -> (Run, mpsc::Receiver<RunEvent>) {
        let plan = self.plan();
        let context = plan.context(&self.engine, Some(cache.clone())).unwrap();
        let record = Record::Stored(cache.store().clone(), Box::new(plan));
        Run::begin(context, record, self.sources()).await.unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = walkdir(&self.path("out"));
        let mut names: Vec<String> = entries
            .iter()
            .map(|path| path.strip_prefix(self.path("out")).unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }
}

fn walkdir(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let below = entries.map(|entry| entry.path());
    below.flat_map(|path| if path.is_dir() { walkdir(&path) } else { vec![path] }).collect()
}

/// Waits until the run looks like this.
async fn until(run: &Run, what: &str, looks: impl Fn(&RunProgress) -> bool) -> RunProgress {
    let mut progress = run.progress();
    let seen = timeout(Duration::from_secs(20), progress.wait_for(|progress| looks(progress)));
    let seen = seen.await.map(|seen| seen.map(|seen| seen.clone()));
    match seen {
        Ok(Ok(seen)) => seen,
        _ => panic!("{what}: {:?}", run.progress().borrow()),
    }
}

async fn over(run: &Run) -> RunProgress {
    until(run, "the end", |progress| progress.state == RunState::Done).await
}

/// Rows that were told, by their position.
fn told(reports: &mut mpsc::Receiver<RunEvent>) -> Vec<(u32, Status)> {
    let mut rows = Vec::new();
    while let Ok(report) = reports.try_recv() {
        if let RunEvent::Row { position, row } = report {
            rows.push((position, row.status));
        }
    }
    rows.sort_by_key(|(position, _)| *position);
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_told_counted_and_left_to_read() {
    let scene = Scene::new(&[("a.jpg", ""), ("b.jpg", "@0 slow 5"), ("c.jpg", "unreadable")]).await;
    scene.source("a.jpg", "say hello");
    let cache = scene.cache();
    let (run, mut reports) = scene.begin(&cache).await;
    let progress = over(&run).await;
    assert_eq!((progress.total, progress.sources), (Some(5), 3));
    assert_eq!((progress.rendered, progress.failed, progress.ended()), (4, 1, 5));
    let rows = told(&mut reports);
    assert_eq!(rows.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!(scene.files(), ["a/a-10.jpg", "a/a-20.jpg", "a/b-10.jpg", "a/b-20.jpg"]);
    let id = run.id();
    run.close().await;

    let store = cache.store();
    let record = RunRecord::find(store, id).unwrap().unwrap();
    assert_eq!(record.progress, progress);
    assert_eq!(record.plan.unwrap().destination, scene.path("out"));
    assert!(RunRecord::unfinished(store).unwrap().is_empty());
    let failed = RunRecord::rows(store, id, Some(ItemState::Failed), 0, 10).unwrap();
    let fault = failed[0].row.as_ref().unwrap().error.clone().unwrap();
    assert_eq!((failed.len(), fault.code), (1, FaultCode::Unreadable));
    let later = RunRecord::rows(store, id, None, 3, 10).unwrap();
    assert_eq!(later.iter().map(|row| row.position).collect::<Vec<_>>(), [3, 4]);
    assert!(later[0].source.ends_with("in/b.jpg"), "{later:?}");

    // What failed as a whole is planned anew once it can be read.
    scene.source("c.jpg", "say hello");
    let (run, _reports) = Run::reopen(&scene.engine, &cache, id).await.unwrap();
    assert_eq!(run.retry(None).await.unwrap(), 1);
    let progress = until(&run, "six", |progress| {
        progress.state == RunState::Done && progress.total == Some(6)
    });
    assert_eq!((progress.await.rendered, scene.files().len()), (6, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_run_rests_and_goes_on_and_a_cancelled_one_does_not() {
    let scene = Scene::slow(12, 100).await;
    let cache = scene.cache();
    let (run, mut reports) = scene.begin(&cache).await;
    until(&run, "some rows", |progress| progress.ended() >= 4).await;
    run.pause();
    let paused = until(&run, "the pause", |progress| progress.state == RunState::Paused).await;
    assert_eq!(RunRecord::unfinished(cache.store()).unwrap()[0].progress.state, RunState::Paused);
    // What had begun may end; then it rests.
    tokio::time::sleep(Duration::from_millis(600)).await;
    let rested = run.progress().borrow().ended();
    assert!(rested >= paused.ended() && rested < 24, "{rested}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(run.progress().borrow().ended(), rested);
    run.resume().await;
    let progress = over(&run).await;
    assert_eq!((progress.rendered, told(&mut reports).len()), (24, 24));

    let (run, _reports) = {
        fs::remove_dir_all(scene.path("out")).unwrap();
        scene.begin(&cache).await
    };
    until(&run, "some rows", |progress| progress.ended() >= 4).await;
    run.cancel().await;
    let cancelled = |progress: &RunProgress| progress.state == RunState::Cancelled;
    let progress = until(&run, "the end", cancelled).await;
    assert_eq!(scene.files().len() as u64, progress.rendered);
    assert!(progress.rendered < 24, "{progress:?}");
    assert!(RunRecord::unfinished(cache.store()).unwrap().is_empty());
    run.resume().await;
    assert!(cancelled(&run.progress().borrow()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_pauses_where_its_folder_has_become_a_file() {
    let scene = Scene::slow(12, 60).await;
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    until(&run, "some rows", |progress| progress.ended() >= 4).await;
    run.pause();
    until(&run, "the pause", |progress| progress.state == RunState::Paused).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    fs::rename(scene.path("out"), scene.path("aside")).unwrap();
    fs::write(scene.path("out"), "in the way").unwrap();
    run.resume().await;
    let paused =
        |progress: &RunProgress| progress.state == RunState::Paused && progress.reason.is_some();
    let halted = until(&run, "the reason", paused).await;
    assert!(halted.reason.as_ref().unwrap().contains("is a file"), "{halted:?}");
    assert_eq!(halted.failed, 0, "{halted:?}");
    fs::remove_file(scene.path("out")).unwrap();
    fs::rename(scene.path("aside"), scene.path("out")).unwrap();
    run.resume().await;
    let progress = over(&run).await;
    assert_eq!((progress.rendered, progress.failed, scene.files().len()), (24, 0, 24));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_goes_on_in_another_process_without_its_caller() {
    let scene = Scene::slow(12, 60).await;
    let cache = scene.cache();
    let (run, mut reports) = scene.begin(&cache).await;
    let id = run.id();
    until(&run, "some rows", |progress| progress.ended() >= 6).await;
    run.close().await;
    let first = told(&mut reports);
    drop(cache);
    // Neither the preset file nor anything but the store is needed; and a file that somebody
    // has deleted is made again.
    fs::remove_file(scene.path("p.preset.toml")).unwrap();
    let cache = scene.cache();
    let unfinished = RunRecord::unfinished(cache.store()).unwrap();
    assert_eq!((unfinished[0].id, unfinished[0].progress.state), (id, RunState::Running));
    let done = RunRecord::rows(cache.store(), id, Some(ItemState::Done), 0, 100).unwrap();
    assert_eq!(done.len(), first.len());
    let deleted = done[0].row.as_ref().unwrap().path.clone().unwrap();
    fs::remove_file(&deleted).unwrap();

    let (run, mut reports) = Run::reopen(&scene.engine, &cache, id).await.unwrap();
    assert_eq!(run.progress().borrow().state, RunState::Paused);
    run.resume().await;
    let progress = over(&run).await;
    assert_eq!((progress.total, progress.rendered), (Some(24), 24));
    assert_eq!(scene.files().len(), 24);
    let second = told(&mut reports);
    assert_eq!(first.len() + second.len(), 25, "one was done twice: the deleted one");
    assert!(progress.seconds > 0.0);

    let unknown = Run::reopen(&scene.engine, &cache, RunId(77)).await.unwrap_err();
    assert!(matches!(unknown, RunError::Store(_)), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_go_or_change_meanwhile_are_typed_rows() {
    // More than stay open between their planning and their rendering.
    let scene = Scene::slow(262, 20).await;
    let cache = scene.cache();
    let (run, reports) = scene.begin(&cache).await;
    drop(reports);
    until(&run, "the plan", |progress| progress.total.is_some()).await;
    assert!(run.progress().borrow().ended() < 400);
    fs::remove_file(scene.path("in/260.jpg")).unwrap();
    scene.source("261.jpg", "say something else");
    let progress = over(&run).await;
    assert_eq!((progress.rendered, progress.failed), (520, 4));
    let failed = RunRecord::rows(cache.store(), run.id(), Some(ItemState::Failed), 0, 9).unwrap();
    let codes: Vec<FaultCode> =
        failed.iter().map(|row| row.row.as_ref().unwrap().error.as_ref().unwrap().code).collect();
    let (gone, changed) = (FaultCode::Unreadable, FaultCode::SourceChanged);
    assert_eq!(codes, [gone, gone, changed, changed]);
    // Tried again, one of them is taken as it is now; the other is still not there.
    let positions = failed.iter().skip(2).map(|row| row.position).collect();
    assert_eq!(run.retry(Some(positions)).await.unwrap(), 2);
    let again = until(&run, "the rows again", |progress| {
        progress.state == RunState::Done && progress.rendered == 522
    });
    assert_eq!(again.await.failed, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sources_that_are_read_together_only_the_bad_ones_fail() {
    let sources = [
        ("a.jpg", "say a"),
        ("b.jpg", "segfault"),
        ("c.jpg", "say c"),
        ("d.jpg", "claim width 0"),
        ("e.jpg", "unreadable"),
        ("f.jpg", "say f"),
    ];
    let scene = Scene::new(&sources).await;
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    let progress = over(&run).await;
    assert_eq!((progress.rendered, progress.failed), (6, 3));
    let failed = RunRecord::rows(cache.store(), run.id(), Some(ItemState::Failed), 0, 9).unwrap();
    let names = failed.iter().map(|row| row.source.rsplit('/').next().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["b.jpg", "d.jpg", "e.jpg"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_set_back_changes_nothing() {
    let scene = Scene::new(&[("a.jpg", "say a"), ("b.jpg", "say b")]).await;
    let future = UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    for name in ["a.jpg", "b.jpg"] {
        let file = fs::File::options().append(true).open(scene.path("in").join(name)).unwrap();
        file.set_modified(future).unwrap();
    }
    let settings = CacheSettings { store_generated: false, ..CacheSettings::default() };
    let store = Store::open(scene.folder.path(), settings, &[7; 32].into(), future).unwrap().store;
    for _ in 0..25 {
        let id = store.create_run(serde_json::json!({}), Vec::new(), future).unwrap();
        store.set_run_state(id, RunState::Done, None, future).unwrap();
    }
    drop(store);
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    assert_eq!(over(&run).await.rendered, 4);
    let all = RunRecord::all(cache.store()).unwrap();
    assert_eq!((all.len(), all[0].id), (21, run.id()), "the newest by number, and twenty others");
    let (run, _reports) = scene.begin(&cache).await;
    let progress = over(&run).await;
    assert_eq!(progress.ended(), 4);
    assert_eq!(progress.failed, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_fails_nothing() {
    let mut scene = Scene::slow(8, 200).await;
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    until(&run, "some rows", |progress| progress.ended() >= 2).await;
    scene.engine.clone().shut_down().await;
    let rested = timeout(Duration::from_secs(10), run.rested()).await.unwrap();
    assert_eq!((rested.state, rested.failed), (RunState::Paused, 0), "{rested:?}");
    run.close().await;
    scene.engine = engine(2).await;
    let (run, _reports) = Run::reopen(&scene.engine, &cache, run.id()).await.unwrap();
    run.resume().await;
    let progress = over(&run).await;
    assert_eq!((progress.ended(), progress.failed, scene.files().len()), (16, 0, 16));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_closed_and_cancelled_whoever_holds_it() {
    let scene = Scene::slow(8, 100).await;
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    let (run, id) = (std::sync::Arc::new(run), RunId(1));
    let held = std::sync::Arc::clone(&run);
    until(&run, "a row", |progress| progress.ended() >= 1).await;
    timeout(Duration::from_secs(10), run.close()).await.unwrap();
    assert!(held.is_closed());
    let known =
        |state| RunRecord::find(cache.store(), id).unwrap().unwrap().progress.state == state;
    assert!(known(RunState::Running), "it goes on when it is opened again");
    // What is told to one that is closed is no reason to wait.
    timeout(Duration::from_secs(5), async { tokio::join!(held.resume(), held.cancel()) })
        .await
        .unwrap();
    let (run, _reports) = Run::reopen(&scene.engine, &cache, id).await.unwrap();
    run.resume().await;
    run.pause();
    assert_eq!(run.rested().await.state, RunState::Paused);
    timeout(Duration::from_secs(10), run.cancel()).await.unwrap();
    assert_eq!(run.progress().borrow().state, RunState::Cancelled, "at once, although it rested");
    assert!(known(RunState::Cancelled));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overlay_that_changes_meanwhile_is_a_typed_row_and_is_taken_when_tried_again() {
    let scene = Scene::slow(8, 200).await;
    let overlays = PRESET
        .replace("width = 20 }", "width = 20 }, { op = \"overlay\", image = \"logo.png\" }")
        + "[generators.own]
operations = [{ op = \"overlay\", image = \"own/{asset.stem}.png\" }]
output = { format = \"jpeg\" }
";
    fs::write(scene.path("p.preset.toml"), overlays).unwrap();
    fs::create_dir(scene.path("own")).unwrap();
    fs::write(scene.path("logo.png"), "logo").unwrap();
    for number in 0..8 {
        fs::write(scene.path(&format!("own/{number}.png")), "own").unwrap();
    }
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    let is_begun = |progress: &RunProgress| progress.total == Some(24) && progress.rendered > 0;
    until(&run, "all is planned", is_begun).await;
    run.close().await;
    let before = RunRecord::find(cache.store(), run.id()).unwrap().unwrap().progress;
    assert!((1..20).contains(&before.rendered), "{before:?}");
    fs::write(scene.path("logo.png"), "another logo").unwrap();
    fs::write(scene.path("own/7.png"), "another one").unwrap();

    let (run, _reports) = Run::reopen(&scene.engine, &cache, run.id()).await.unwrap();
    run.resume().await;
    let progress = over(&run).await;
    assert_eq!(progress.ended(), 24, "{progress:?}");
    let failed = RunRecord::rows(cache.store(), run.id(), Some(ItemState::Failed), 0, 99).unwrap();
    for row in &failed {
        let fault = row.row.as_ref().unwrap().error.as_ref().unwrap();
        assert_eq!(fault.code, FaultCode::SourceChanged, "{fault}");
        let file = if row.generator.as_deref() == Some("a") { "logo.png" } else { "own/7.png" };
        assert!(fault.message.starts_with(file), "{fault}");
    }
    let own = failed.iter().filter(|row| row.generator.as_deref() == Some("own"));
    assert_eq!(own.count(), 1, "the others' own files are what they were");
    assert!(failed.len() > 2);

    assert_eq!(run.retry(None).await.unwrap(), failed.len() as u64);
    let progress = until(&run, "the end", |progress| {
        progress.state == RunState::Done && progress.rendered == 24
    });
    assert_eq!((progress.await.failed, scene.files().len()), (0, 24));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_of_a_cancelled_run_stays_in_its_report() {
    let scene = Scene::new(&[("a.jpg", "unreadable"), ("b.jpg", "@0 slow 5000")]).await;
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    until(&run, "a failure", |progress| progress.failed == 1).await;
    run.cancel().await;
    assert_eq!(run.retry(None).await.unwrap(), 0);
    run.resume().await;
    let progress = run.progress().borrow().clone();
    assert_eq!((progress.state, progress.failed), (RunState::Cancelled, 1));
    let failed = Some(ItemState::Failed);
    assert_eq!(RunRecord::rows(cache.store(), run.id(), failed, 0, 9).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_go_better_is_counted_as_it_fails_and_is_tried_again() {
    let slow = [("y.jpg", "@0 slow 1500"), ("z.jpg", "@0 slow 1500")];
    let sources = [("a.jpg", "unreadable"), ("b.jpg", "unsupported")];
    let scene = Scene::new(&[sources, slow].concat()).await;
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    let sums = |progress: &RunProgress| (progress.rendered, progress.failed, progress.retriable);
    until(&run, "two failures", |progress| sums(progress) == (0, 2, 1)).await;
    let (store, id) = (cache.store(), run.id());
    let now = || RunRecord::find(store, id).unwrap().unwrap().progress;
    assert_eq!(sums(&now()), (0, 2, 1), "as the rows have it");

    // While the others are under way, those put back wait for their turn.
    assert_eq!(run.retry(None).await.unwrap(), 2);
    assert_eq!(sums(&run.progress().borrow()), (0, 0, 0));
    until(&run, "the end", |progress| {
        progress.state == RunState::Done && sums(progress) == (4, 2, 1)
    })
    .await;

    let failed = RunRecord::rows(store, id, Some(ItemState::Failed), 0, 9).unwrap();
    let position = |retriable| {
        let is_one = |row: &&StoredRow| row.row.as_ref().unwrap().is_retriable() == retriable;
        failed.iter().find(is_one).unwrap().position
    };
    scene.source("a.jpg", "say hello");
    assert_eq!(run.retry(Some(vec![position(true)])).await.unwrap(), 1);
    until(&run, "the one that may go better", |progress| {
        progress.state == RunState::Done && sums(progress) == (6, 1, 0)
    })
    .await;
    assert_eq!(sums(&now()), (6, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sums_of_another_cropmark_are_counted_anew() {
    let sources = [("a.jpg", "unreadable"), ("b.jpg", "unsupported"), ("c.jpg", "say c")];
    let scene = Scene::new(&sources).await;
    let cache = scene.cache();
    let (run, _reports) = scene.begin(&cache).await;
    let progress = over(&run).await;
    assert_eq!((progress.rendered, progress.failed, progress.retriable), (2, 2, 1));
    assert!(progress.seconds > 0.0);
    let (store, id) = (cache.store(), run.id());
    run.close().await;

    let noted = store.run(id).unwrap().unwrap().summary.unwrap();
    let mut former = noted.clone();
    former.as_object_mut().unwrap().remove("retriable").unwrap();
    let mut garbled = noted;
    garbled["rendered"] = "many".into();
    for summary in [former, garbled] {
        store.set_run_summary(id, summary.clone()).unwrap();
        let found = RunRecord::find(store, id).unwrap().unwrap();
        assert_eq!(found.progress, progress, "{summary}");
        assert_eq!(RunRecord::all(store).unwrap(), [found]);
        let (run, _reports) = Run::reopen(&scene.engine, &cache, id).await.unwrap();
        assert_eq!(*run.progress().borrow(), progress, "{summary}");
        run.close().await;
    }
    store.set_run_summary(id, serde_json::json!("what?")).unwrap();
    let found = RunRecord::find(store, id).unwrap().unwrap().progress;
    assert_eq!(found, RunProgress { seconds: 0.0, ..progress });
}
