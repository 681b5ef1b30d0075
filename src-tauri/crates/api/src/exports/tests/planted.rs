//! A workspace that a stranger has prepared, opened in the window: nothing starts by itself, nothing
//! outside changes, and an export makes what the preset says.

#[path = "../../../../../../tests/planted/plants.rs"]
mod plants;

use std::collections::BTreeMap;

use cropmark_store::TrustKey;

use self::plants::{PLANTS, Place, copy_folder};
use super::*;

const PICTURE: &str = "p0.jpg";

/// The files below a folder, by their names.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.insert(path.to_string_lossy().into_owned(), fs::read(&path).unwrap());
        }
    }
    files
}

/// Exports the picture and returns the bytes of the file.
async fn exported(scene: &Scene) -> Vec<u8> {
    let _ = fs::remove_dir_all(scene.out.path().join("small"));
    let run = scene.call("start_export", scene.wanted(&["small"])).await.unwrap();
    scene.done(&run["id"]).await;
    fs::read(scene.out.path().join("small/p0-60.jpg")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_planted_in_a_workspace_changes_nothing_outside() {
    let scene = Scene::new(1).await;
    let right = exported(&scene).await;
    scene.call("close_workspace", json!({})).await.unwrap();
    let (base, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = scene.folder.path().join(".cropmark");
    copy_folder(&root, &base.path().join(".cropmark"));
    let picture = fs::read(scene.folder.path().join(PICTURE)).unwrap();
    assert!(PLANTS.len() >= 20);
    for (name, plant) in PLANTS {
        let _ = fs::remove_dir_all(&root).or_else(|_| fs::remove_file(&root));
        copy_folder(&base.path().join(".cropmark"), &root);
        fs::remove_dir_all(outside.path()).unwrap();
        fs::create_dir(outside.path()).unwrap();
        fs::write(outside.path().join("letter"), "dear").unwrap();
        let key = TrustKey::load(&scene.own.path().join("data/trust.key")).unwrap();
        let folder = scene.folder.path();
        plant(&Place { folder, outside: outside.path(), picture: PICTURE, key });
        let before = tree(outside.path());

        let grant = scene.grant(Purpose::Workspace, scene.folder.path());
        match scene.call("open_workspace", json!({ "grant": grant })).await {
            Ok(_) => {
                scene.open(2).await;
                let runs = scene.call("runs", json!({})).await.unwrap();
                let runs = runs["runs"].as_array().unwrap();
                assert!(runs.iter().all(|run| run["state"] == "done"), "{name}: {runs:?}");
                assert!(exported(&scene).await == right, "{name}: other bytes");
                scene.call("close_workspace", json!({})).await.unwrap();
            }
            Err(error) => assert!(error.message.contains("remove it"), "{name}: {error:?}"),
        }
        assert!(tree(outside.path()) == before, "{name}");
        assert!(fs::read(scene.folder.path().join(PICTURE)).unwrap() == picture, "{name}");
    }
    scene.studio.shut_down().await;
}
