//! A workspace that a stranger has prepared: whatever lies in its `.cropmark`, nothing outside is
//! changed by any command, and what is exported is what the preset makes of the pictures.

#[path = "../planted/plants.rs"]
mod plants;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::Stdio,
    time::{Duration, Instant, SystemTime},
};

use cropmark_store::{CacheSettings, Store, TrustKey};

use self::plants::{PLANTS, Place, begin_run, copy_folder, stranger};
use crate::support::{Run, Scene};

/// Nothing here takes longer, unless it waits for a pipe.
const PATIENCE: Duration = Duration::from_mins(1);

/// What must not change: the pictures, and what lies outside of the workspace.
fn untouched(scene: &Scene) -> [BTreeMap<String, String>; 2] {
    let picture = |name: &str| (name.to_owned(), fs::read(scene.path("in").join(name)).unwrap());
    let originals = ["a.jpg", "b.jpg"].map(picture).into_iter();
    let hashed = |(name, content): (_, Vec<u8>)| (name, blake3::hash(&content).to_string());
    [originals.map(hashed).collect(), scene.tree("outside")]
}

/// Runs a command that must end by itself.
fn ends(scene: &Scene, plant: &str, arguments: &[&str]) -> Run {
    let mut command = scene.command(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{plant}: {arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let run = Run::of(child.wait_with_output().unwrap());
    assert!([0, 1, 3].contains(&run.status), "{plant}: {arguments:?}: {run:?}");
    run
}

/// Puts the folders back as they were before anything was planted, and plants something.
fn plant(scene: &Scene, plant: fn(&Place)) {
    for folder in ["in", "outside", "out"] {
        let _ = fs::remove_dir_all(scene.path(folder));
    }
    copy_folder(&scene.path("base"), &scene.path(""));
    let (folder, outside) = (scene.path("in"), scene.path("outside"));
    let key = scene.trust_key();
    plant(&Place { folder: &folder, outside: &outside, picture: "a.jpg", key });
}

#[test]
fn whatever_is_planted_in_a_workspace_changes_nothing_outside() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    scene.render(&["in", "--workspace", "in", "--out", "right"]).expect(0);
    let right = scene.tree("right");
    fs::create_dir(scene.path("base")).unwrap();
    fs::rename(scene.path("in"), scene.path("base/in")).unwrap();
    scene.write("base/outside/letter", "dear");
    assert!(PLANTS.len() >= 20);
    for (name, put) in PLANTS {
        plant(&scene, *put);
        let before = untouched(&scene);
        let render =
            ["render", "in", "--workspace", "in", "--preset", "p.preset.toml", "--out", "out"];
        let run = ends(&scene, name, &render);
        assert_eq!(untouched(&scene), before, "{name}");
        if run.status == 0 {
            assert_eq!(scene.tree("out"), right, "{name}");
        } else {
            assert_eq!((run.status, scene.files("out")), (3, Vec::<String>::new()), "{name}");
            assert!(run.stderr.contains("remove it"), "{name}: {}", run.stderr);
        }

        plant(&scene, *put);
        let before = untouched(&scene);
        for care in ["verify", "rebuild", "gc"] {
            ends(&scene, name, &["workspace", care, "in"]);
            assert_eq!(untouched(&scene), before, "{name}: {care}");
        }
    }
}

#[test]
fn an_import_plants_no_run() {
    let scene = Scene::with_photos(&["in/a.jpg"]);
    scene.write("outside/letter", "dear");
    let [folder, outside, elsewhere] = ["in", "outside", "elsewhere"].map(|name| scene.path(name));
    fs::create_dir(&elsewhere).unwrap();
    let place =
        Place { folder: &folder, outside: &outside, picture: "a.jpg", key: scene.trust_key() };
    begin_run(&place, &elsewhere, &stranger(), "studio");
    let open = |folder: &Path, key: &TrustKey| {
        let opened = Store::open(folder, CacheSettings::default(), key, SystemTime::now());
        opened.unwrap().store
    };
    open(&elsewhere, &stranger()).export(&scene.path("theirs.json")).unwrap();
    let imported = scene.run(&["workspace", "import", "in", "theirs.json"]).expect(0);
    assert!(imported.stderr.contains("1 export run is left out"), "{imported:?}");
    assert_eq!(open(&folder, &scene.trust_key()).runs().unwrap(), []);
}

#[test]
fn links_lead_a_run_neither_out_of_its_sources_nor_out_of_its_results() {
    let scene = Scene::with_photos(&["in/a.jpg", "private/secret.jpg"]);
    symlink(scene.path("private"), scene.path("in/link")).unwrap();
    scene.write("outside/letter", "dear");
    fs::create_dir_all(scene.path("out")).unwrap();
    symlink(scene.path("outside"), scene.path("out/small")).unwrap();
    let run = scene.render(&["in"]).expect(1);
    let rows = run.rows();
    let codes: Vec<_> = rows.iter().map(|row| row["error"]["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 2, "{rows:?}");
    assert!(
        rows.iter().any(|row| row["source"] == "in/link"
            && row["error"]["code"] == "denied"
            && row["error"]["message"].as_str().unwrap().contains("--follow-links")),
        "{rows:?}"
    );
    assert!(run.stdout.contains("leads out of the folder"), "{}", run.stdout);
    assert_eq!(scene.files("outside"), ["letter"]);

    for (more, status) in [(None, 1), (Some("--follow-links"), 0)] {
        let arguments = ["inspect", "in"].into_iter().chain(more).collect::<Vec<_>>();
        let told = scene.run(&arguments).expect(status).stdout;
        assert_eq!(told.contains("secret.jpg"), status == 0, "{told}");
        assert_eq!(told.contains("use --follow-links"), status == 1, "{told}");
    }

    let run = scene.render(&["in", "--follow-links", "--out", "o2"]).expect(0);
    assert_eq!(run.rows().len(), 2);
    assert_eq!(scene.files("o2"), ["small/a.jpg", "small/link/secret.jpg"]);
}

#[test]
fn a_new_workspace_is_opened_by_four_processes_at_once() {
    let scene = Scene::with_photos(&["in/a.jpg", "in/b.jpg"]);
    for round in 0..5 {
        let _ = fs::remove_dir_all(scene.path("in/.cropmark"));
        let start = |number: u32| {
            let out = format!("out-{round}-{number}");
            let preset = "p.preset.toml";
            let arguments =
                ["render", "in", "--preset", preset, "--workspace", "in", "--out", &out];
            let mut command = scene.command(&arguments);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<_> = (0..4).map(start).collect();
        for child in children {
            Run::of(child.wait_with_output().unwrap()).expect(0);
        }
        for number in 0..4 {
            assert_eq!(scene.files(&format!("out-{round}-{number}")).len(), 2);
        }
    }
}
