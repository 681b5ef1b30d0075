//! What a stranger may have put into a workspace's `.cropmark` before it is opened: used by the tests
//! of the command line and by those of the window's commands.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use cropmark_rules::ContentHash;
use cropmark_store::{CacheSettings, Inserted, NewRun, NewVariant, RunState, Store, TrustKey};
use serde_json::json;

/// A workspace that was used by this user, and what lies around it.
pub(crate) struct Place<'a> {
    /// The opened folder.
    pub(crate) folder: &'a Path,
    /// A folder of somebody else's files, one of them called `letter`.
    pub(crate) outside: &'a Path,
    /// A picture in the opened folder.
    pub(crate) picture: &'a str,
    /// The user's key.
    pub(crate) key: TrustKey,
}

impl Place<'_> {
    fn root(&self) -> PathBuf {
        self.folder.join(".cropmark")
    }

    fn store(&self, key: &TrustKey) -> Store {
        open(self.folder, key)
    }
}

fn open(folder: &Path, key: &TrustKey) -> Store {
    Store::open(folder, CacheSettings::default(), key, SystemTime::now()).unwrap().store
}

pub(crate) fn stranger() -> TrustKey {
    [66; 32].into()
}

/// The files of variants.
fn variants(place: &Place) -> Vec<PathBuf> {
    let names = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = names(place.root().join("variants")).flat_map(names).collect();
    assert!(!files.is_empty());
    files
}

/// Puts something in the place of each variant that was kept.
fn replace_variants(place: &Place, put: impl Fn(&Path)) {
    for variant in variants(place) {
        fs::remove_file(&variant).unwrap();
        put(&variant);
    }
}

/// Replaces an entry of `.cropmark` by a link.
fn link(place: &Place, name: &str, target: &Path) {
    let entry = place.root().join(name);
    let _ = fs::remove_dir_all(&entry).or_else(|_| fs::remove_file(&entry));
    symlink(target, entry).unwrap();
}

fn hard_link(place: &Place, name: &str) {
    let entry = place.root().join(name);
    let _ = fs::remove_file(&entry);
    fs::hard_link(place.folder.join(place.picture), entry).unwrap();
}

fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Writes a run into the index of `folder` that names files outside, at work when its process ended.
pub(crate) fn begin_run(place: &Place, folder: &Path, key: &TrustKey, origin: &str) {
    let preset =
        "version = 1\n[generators.small]\noperations = [{ op = \"resize\", width = 40 }]\n";
    let plan = json!({
        "version": 1, "origin": origin, "base": place.outside,
        "presets": [{ "path": "p.preset.toml", "text": preset, "only": null }],
        "generators": [], "parameters": { "all": {}, "rows": {} },
        "destination": place.outside, "names": "{stem}.{ext}", "conflict": "overwrite",
        "overlays": [], "sources": 1,
    });
    let picture = place.picture;
    let found = json!({
        "path": place.folder.join(picture), "relative": picture, "asset": picture, "named": true,
        "fault": null,
    });
    let store = open(folder, key);
    let new = NewRun { plan, digest: None, sources: vec![found] };
    let id = store.begin_run(new, SystemTime::now()).unwrap();
    let item = json!({ "source": picture, "generator": "small", "variation": null,
        "task": { "render": { "claimed": "../letter" } } });
    store.plan_run_source(id, 0, None, vec![item]).unwrap();
    store.set_run_state(id, RunState::Running, None, SystemTime::now()).unwrap();
}

/// Writes the runs and variants of the index again, as somebody else: the same requests under the
/// same keys, other bytes.
fn write_as_stranger(place: &Place) {
    let ours = place.store(&place.key);
    let runs: Vec<NewRun> = ours
        .runs()
        .unwrap()
        .into_iter()
        .map(|run| {
            let sources = ours.run_sources(run.id, 0, 99).unwrap();
            let sources = sources.into_iter().map(|source| source.spec).collect();
            NewRun { plan: run.plan, digest: run.digest, sources }
        })
        .collect();
    let keys = ours.known_keys().unwrap().into_keys().collect();
    let variants = ours.look_up(keys).unwrap();
    assert!(!runs.is_empty() && !variants.is_empty());
    drop(ours);
    fs::remove_dir_all(place.root()).unwrap();
    let theirs = place.store(&stranger());
    for run in runs {
        theirs.begin_run(run, SystemTime::now()).unwrap();
    }
    for variant in variants.into_iter().flatten() {
        let script = b"#!/bin/sh\nrm -rf ~\n";
        let temporary = theirs.temporary(variant.key, &variant.extension).unwrap();
        fs::write(temporary.path(), script).unwrap();
        let mut rendered = variant.rendered;
        (rendered.bytes, rendered.hash) = (script.len() as u64, ContentHash::of(script));
        let new = NewVariant { temporary, key: variant.key, rendered, is_look: false };
        let kept = theirs.insert(new, SystemTime::now()).unwrap();
        assert!(matches!(kept, Inserted::Stored(_)));
    }
}

/// Copies a folder with all that it holds.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

type Plant = fn(&Place);

/// What lies in the folder when it is opened. Each begins with a workspace that was used here.
pub(crate) const PLANTS: &[(&str, Plant)] = &[
    ("a stranger's run of a window", |place| {
        begin_run(place, place.folder, &stranger(), "studio");
    }),
    ("a stranger's run of a command", |place| {
        begin_run(place, place.folder, &stranger(), "command");
    }),
    ("a stranger's index, with the same requests", write_as_stranger),
    ("variants with other bytes", |place| {
        for path in variants(place) {
            let mut content = fs::read(&path).unwrap();
            content[100] ^= 1;
            fs::write(&path, content).unwrap();
        }
    }),
    ("variants that are scripts", |place| {
        replace_variants(place, |path| fs::write(path, "#!/bin/sh\nrm -rf ~\n").unwrap());
    }),
    ("variants of terabytes", |place| {
        replace_variants(place, |path| fs::File::create(path).unwrap().set_len(3 << 40).unwrap());
    }),
    ("variants that are links", |place| {
        replace_variants(place, |path| symlink(place.outside.join("letter"), path).unwrap());
    }),
    ("variants that are devices", |place| {
        replace_variants(place, |path| symlink("/dev/zero", path).unwrap());
    }),
    ("variants that are pipes", |place| replace_variants(place, pipe)),
    ("variants that are folders", |place| {
        replace_variants(place, |path| fs::create_dir(path).unwrap());
    }),
    ("folders of variants that are links", |place| {
        for variant in variants(place) {
            let folder = variant.parent().unwrap();
            let outside = place.outside.join(folder.file_name().unwrap());
            fs::create_dir_all(&outside).unwrap();
            let key = "f".repeat(62);
            let prefix = folder.file_name().unwrap().to_str().unwrap();
            fs::write(outside.join(format!("{prefix}{key}.jpg")), "dear").unwrap();
            fs::rename(&variant, outside.join(variant.file_name().unwrap())).unwrap();
            fs::remove_dir_all(folder).unwrap();
            symlink(&outside, folder).unwrap();
        }
    }),
    ("a link for variants", |place| link(place, "variants", place.outside)),
    ("a link for unfinished files", |place| {
        fs::write(place.outside.join(".cropmark-0123456789abcdef.part"), "kept").unwrap();
        link(place, "tmp", place.outside);
    }),
    ("a link for downloads", |place| link(place, "spool", place.outside)),
    ("a link for everything", |place| {
        fs::remove_dir_all(place.root()).unwrap();
        symlink(place.outside, place.root()).unwrap();
    }),
    ("a link for the index", |place| link(place, "index.sqlite", &place.outside.join("letter"))),
    ("a link for the lock", |place| link(place, "lock", &place.outside.join("letter"))),
    ("an original as the lock", |place| hard_link(place, "lock")),
    ("an original as the index", |place| hard_link(place, "index.sqlite")),
    ("an original as the shared memory", |place| hard_link(place, "index.sqlite-shm")),
    ("an original as the log", |place| hard_link(place, "index.sqlite-wal")),
    ("an original as the note of damage", |place| hard_link(place, "index.damaged")),
    ("a pipe as the lock", |place| pipe(&place.root().join("lock"))),
    ("a pipe as the index", |place| pipe(&place.root().join("index.sqlite"))),
    ("no index", |place| fs::remove_file(place.root().join("index.sqlite")).unwrap()),
    ("a note of damage and a stranger's run", |place| {
        begin_run(place, place.folder, &stranger(), "studio");
        fs::write(place.root().join("index.damaged"), "so they say").unwrap();
    }),
    ("our own, written for another folder", |place| {
        let elsewhere = tempfile::tempdir().unwrap();
        begin_run(place, elsewhere.path(), &place.key, "studio");
        fs::remove_dir_all(place.root()).unwrap();
        copy_folder(&elsewhere.path().join(".cropmark"), &place.root());
    }),
];
