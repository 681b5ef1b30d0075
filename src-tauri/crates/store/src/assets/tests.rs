//! Tests of fingerprints and of what people say about assets.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, time::Instant};

use cropmark_rules::{
    AssetTexts,
    protocol::Header,
    value::{CropFrame, FaceBox, Point},
};

use super::*;
use crate::{CacheSettings, Fingerprint, database::Durability, variant::tests::open};

fn update(path: &str, content: &[u8]) -> AssetUpdate {
    let fingerprint =
        Fingerprint { path: path.into(), size: content.len() as u64, mtime_ns: 5, inode: u64::MAX };
    let content = Some(blake3::hash(content).into());
    AssetUpdate { fingerprint, content, header: None }
}

fn focal(x: f64) -> Annotation {
    let marks = ["favourite".to_owned()].into();
    let frame = CropFrame { x, y: 0.5, width: 0.25, height: 0.5 };
    Annotation {
        focal: Some(Point { x, y: 0.5 }),
        crops: [("hero".to_owned(), frame)].into(),
        faces: Some(vec![FaceBox::from(frame)]),
        marks,
        texts: AssetTexts { title: "Lake".to_owned(), alt: "A lake at dusk".to_owned() },
    }
}

fn annotation(store: &Store, path: &str) -> Annotation {
    store.asset(Path::new(path)).unwrap().unwrap().annotation
}

#[test]
fn assets_come_back_as_they_were_put() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let mut updates = vec![update("a.jpg", b"a"), update("sub/b.jpg", b"b")];
    updates[1].fingerprint.path = OsStr::from_bytes(b"sub/b\xff.jpg").into();
    store.update_assets(updates.clone()).unwrap();
    let loaded = store.load_assets().unwrap();
    assert_eq!(loaded.unreadable, 0);
    let known = updates
        .iter()
        .map(|AssetUpdate { fingerprint, content, .. }| KnownAsset {
            fingerprint: fingerprint.clone(),
            content: *content,
        })
        .collect::<Vec<_>>();
    assert_eq!(loaded.assets, known);
    for path in ["/etc/passwd", "../a.jpg", "sub/../../a.jpg", ""] {
        assert!(store.update_assets(vec![update(path, b"x")]).is_err(), "{path}");
    }
}

#[test]
fn briefs_tell_what_headers_begin_with() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let header: Header = serde_json::from_value(serde_json::json!({
        "format": "png", "width": 30, "height": 20, "frames": 2, "bands": 4, "depth": 8,
        "alpha": true, "space": "srgb", "profile": "long", "orientation": 6, "delays": [1, 2],
        "repeats": null, "metadata": { "exif.Artist": "somebody", "xmp.rating": "4" }
    }))
    .unwrap();
    let read = AssetUpdate { header: Some(header.clone()), ..update("a.png", b"a") };
    store.update_assets(vec![read, update("b.jpg", b"b")]).unwrap();
    store.annotate(Path::new("b.jpg"), focal(0.25)).unwrap();
    store.remove_assets(vec!["b.jpg".into()]).unwrap();
    store.update_assets(vec![update("c.jpg", b"b")]).unwrap();
    let (briefs, rows) = store.load_briefs(0, 10).unwrap();
    assert_eq!((briefs.len(), rows), (2, 2), "one is gone");
    assert_eq!(briefs[0].picture, Some(crate::PictureBrief::from(&header)));
    assert_eq!(briefs[0].picture.and_then(|picture| picture.rating), Some(4));
    assert_eq!((briefs[1].picture, &briefs[1].annotation), (None, &focal(0.25)));
    assert_eq!(store.load_briefs(1, 1).unwrap().0, briefs[1..]);
    assert_eq!(store.load_briefs(2, 1).unwrap(), (Vec::new(), 0));
}

#[test]
fn a_header_that_another_version_read_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let header = Header::plain(cropmark_rules::Format::Jpeg, 30, 20);
    let read = AssetUpdate { header: Some(header.clone()), ..update("a.jpg", b"a") };
    store.update_assets(vec![read]).unwrap();
    store.annotate(Path::new("a.jpg"), focal(0.25)).unwrap();
    let known = || store.asset(Path::new("a.jpg")).unwrap().unwrap();
    assert_eq!(known().header, Some(header));
    for change in ["json_set(header, '$.version', 0)", "json_remove(header, '$.version')"] {
        let sql = format!("UPDATE assets SET header = {change}");
        let changed = store.write(Durability::Process, move |index| index.execute(&sql, []));
        assert_eq!(changed.unwrap(), 1);
        let asset = known();
        assert_eq!((asset.header, asset.content.is_some()), (None, true), "{change}");
        assert_eq!(asset.annotation, focal(0.25));
        assert_eq!(store.load_briefs(0, 1).unwrap().0[0].picture, None);
    }
}

#[test]
fn a_renamed_or_copied_asset_keeps_what_people_said() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    store.update_assets(vec![update("a.jpg", b"a"), update("b.jpg", b"b")]).unwrap();
    store.annotate(Path::new("a.jpg"), focal(0.25)).unwrap();
    // Edited: another content under the same name.
    store.update_assets(vec![update("a.jpg", b"edited")]).unwrap();
    assert_eq!(annotation(&store, "a.jpg"), focal(0.25));
    // Renamed, seen in either order.
    store.update_assets(vec![update("new.jpg", b"edited")]).unwrap();
    store.remove_assets(vec!["a.jpg".into()]).unwrap();
    assert_eq!(annotation(&store, "new.jpg"), focal(0.25));
    store.remove_assets(vec!["new.jpg".into()]).unwrap();
    store.update_assets(vec![update("newer.jpg", b"edited")]).unwrap();
    assert_eq!(annotation(&store, "newer.jpg"), focal(0.25));
    assert_eq!(annotation(&store, "b.jpg"), Annotation::default());
    // Gone for a while.
    assert_eq!(store.load_assets().unwrap().assets.len(), 2);
    assert_eq!(store.asset(Path::new("a.jpg")).unwrap(), None);
    store.update_assets(vec![update("a.jpg", b"something else")]).unwrap();
    assert_eq!(annotation(&store, "a.jpg"), focal(0.25));

    let nobody = store.annotate(Path::new("z.jpg"), focal(0.1)).unwrap_err();
    assert!(matches!(nobody, StoreError::UnknownAsset { .. }));
}

#[test]
fn a_crop_alone_is_kept_and_one_that_makes_no_sense_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    store.update_assets(vec![update("a.jpg", b"a"), update("b.jpg", b"b")]).unwrap();
    let cropped =
        Annotation { focal: None, marks: [].into(), texts: AssetTexts::default(), ..focal(0.25) };
    store.annotate(Path::new("a.jpg"), cropped.clone()).unwrap();
    assert_eq!(store.statistics().unwrap().annotated, 1);
    store.remove_assets(vec!["a.jpg".into()]).unwrap();
    store.update_assets(vec![update("a.jpg", b"a")]).unwrap();
    assert_eq!(annotation(&store, "a.jpg"), cropped);
    store
        .write(Durability::Durable, |connection| {
            let frames = r#"{"hero":{"x":0.25,"y":0.5,"width":0.25,"height":0.5},
                "wide":{"x":-1,"y":0,"width":9,"height":1},"odd":7}"#;
            connection.execute("UPDATE assets SET crops = ?1 WHERE path = 'a.jpg'", [frames])?;
            Ok(())
        })
        .unwrap();
    assert_eq!(annotation(&store, "a.jpg"), cropped);
}

#[test]
fn duplicates_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    store.update_assets(vec![update("a.jpg", b"a"), update("c/a.jpg", b"a")]).unwrap();
    let twins = store.assets_with_content(blake3::hash(b"a").into()).unwrap();
    assert_eq!(twins.len(), 2);
}

#[test]
fn a_hundred_thousand_assets_are_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), CacheSettings::default());
    let updates = (0..100_000_u32)
        .map(|n| update(&format!("photos/{}/IMG_{n:06}.jpg", n / 500), &n.to_le_bytes()))
        .collect();
    let began = Instant::now();
    store.update_assets(updates).unwrap();
    let written = began.elapsed();
    drop(store);
    let began = Instant::now();
    let store = open(folder.path(), CacheSettings::default());
    let opened = began.elapsed();
    let loaded = store.load_assets().unwrap();
    println!("written {written:?}, opened {opened:?}, opened and loaded {:?}", began.elapsed());
    assert_eq!(loaded.assets.len(), 100_000);
}
