use std::os::unix::fs::symlink;

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}

fn names(search: &Search) -> Vec<String> {
    let found = discover(search, &AtomicBool::new(false));
    found.iter().map(|found| found.relative.to_string_lossy().into_owned()).collect()
}

#[test]
fn a_folder_gives_what_looks_like_an_image_sorted() {
    let folder = tree(&[
        ("b/z.txt", PNG),
        ("a.png", PNG),
        ("notes", b"no image"),
        ("notes.png", b"no image"),
        ("icon", b"\0\0\x01\0\x01\0"),
        ("long", format!("<!--{}--><svg>", " ".repeat(9000)).as_bytes()),
        ("b/a", PNG),
        (".hidden/a.png", PNG),
        (".cropmark/a.png", PNG),
        ("b/.a.png", PNG),
        ("x.preset.toml", PNG),
        ("empty.png", b""),
    ]);
    let search = Search { places: vec![folder.path().to_owned()], ..Search::default() };
    assert_eq!(
        names(&search),
        ["a.png", "b/a", "b/z.txt", "empty.png", "icon", "long", "notes.png"]
    );
}

#[test]
fn a_url_is_a_source_once_and_shows_no_secret() {
    let places = [
        "https://h/a.jpg?token=one",
        "https://h/a.jpg?token=two",
        "https://h/a.jpg?token=one#top",
        "https://u:word@h/a.jpg",
        "s3://bucket/a.jpg",
    ];
    let places = places.map(PathBuf::from).to_vec();
    let found = discover(&Search { places, ..Search::default() }, &AtomicBool::new(false));
    let shown: Vec<_> = found.iter().map(|found| found.path.to_str().unwrap()).collect();
    assert_eq!(
        shown,
        [
            "https://h/a.jpg?token=…",
            "https://h/a.jpg?token=…#2",
            "https://h/a.jpg",
            "s3://bucket/a.jpg"
        ]
    );
    assert!(found.iter().all(|found| found.named));
    assert_eq!(found[1].relative, Path::new("h/a.jpg"));
    let codes = found.iter().map(|found| found.fault.as_ref().map(|fault| fault.code));
    let codes: Vec<_> = codes.collect();
    let expected = [None, None, Some(FaultCode::Denied), Some(FaultCode::Unsupported)];
    assert_eq!(codes, expected);
    // A source of a recorded run is fetched from the whole URL.
    let json = serde_json::to_string(&found[1]).unwrap();
    let again: Found = serde_json::from_str(&json).unwrap();
    assert_eq!(again.remote, found[1].remote);
    assert!(json.contains("token=two"));
}

#[test]
fn links_are_followed_and_loops_end() {
    let folder = tree(&[("b/c/a.png", PNG)]);
    symlink("..", folder.path().join("b/up")).unwrap();
    symlink("c", folder.path().join("b/d")).unwrap();
    symlink("c/a.png", folder.path().join("b/link")).unwrap();
    symlink("nowhere", folder.path().join("b/dangling")).unwrap();
    let search = Search { places: vec![folder.path().to_owned()], ..Search::default() };
    assert_eq!(names(&search), ["b/c/a.png", "b/link"]);
}

#[test]
fn links_out_of_the_folder_are_rows_unless_they_are_to_be_followed() {
    let outside = tree(&[("deep/o.png", PNG), ("notes", b"no image")]);
    let folder = tree(&[("b/a.png", PNG)]);
    symlink(outside.path(), folder.path().join("b/far")).unwrap();
    symlink(outside.path().join("deep/o.png"), folder.path().join("o.png")).unwrap();
    symlink(outside.path().join("notes"), folder.path().join("notes")).unwrap();
    symlink(".", folder.path().join("b/here")).unwrap();
    let mut search = Search { places: vec![folder.path().to_owned()], ..Search::default() };
    let found = discover(&search, &AtomicBool::new(false));
    let seen: Vec<_> = found
        .iter()
        .map(|found| (found.relative.to_str().unwrap(), found.fault.as_ref().map(|it| it.code)))
        .collect();
    let denied = Some(FaultCode::Denied);
    assert_eq!(seen, [("b/a.png", None), ("b/far", denied), ("o.png", denied)]);
    search.follow_links = true;
    assert_eq!(names(&search), ["b/a.png", "b/far/deep/o.png", "o.png"]);
    // The place itself may be a link.
    let link = outside.path().join("link");
    symlink(folder.path(), &link).unwrap();
    search = Search { places: vec![link], ..Search::default() };
    assert_eq!(names(&search), ["b/a.png", "b/far", "o.png"]);
}

#[test]
fn named_files_are_there_in_any_case_and_once() {
    let folder = tree(&[("a.png", PNG), ("notes", b"no image")]);
    let place = |name: &str| folder.path().join(name);
    let places = vec![place("notes"), place("missing"), folder.path().into(), place("a.png")];
    let found = discover(&Search { places, ..Search::default() }, &AtomicBool::new(false));
    let seen: Vec<_> = found
        .iter()
        .map(|found| (found.relative.to_str().unwrap(), found.named, found.fault.is_some()))
        .collect();
    let expected = [("notes", true, false), ("missing", true, true), ("a.png", true, false)];
    assert_eq!(seen, expected);
}

#[test]
fn patterns_are_about_paths_below_the_base() {
    let folder = tree(&[("photos/a.png", PNG), ("b.png", PNG)]);
    let place = |name: &str| folder.path().join(name);
    let search = Search {
        places: vec![place("photos"), place("b.png")],
        base: Some(folder.path().to_owned()),
        ..Search::default()
    };
    let found = discover(&search, &AtomicBool::new(false));
    let assets: Vec<_> = found.iter().map(|found| found.asset.to_str().unwrap()).collect();
    assert_eq!(assets, ["photos/a.png", "b.png"]);
    assert_eq!(plain(Path::new("./photos/./a.png")).unwrap(), Path::new("photos/a.png"));
    assert_eq!(plain(Path::new("../a.png")), None);
    assert_eq!(plain(Path::new("/a.png")), None);
}

#[test]
fn results_are_not_read_again() {
    let folder = tree(&[("a.png", PNG), ("out/b.png", PNG), ("small/c.png", PNG)]);
    let places = vec![folder.path().to_owned()];
    let out = Some(folder.path().join("out"));
    let below = Search { places: places.clone(), excluded: out, ..Search::default() };
    assert_eq!(names(&below), ["a.png", "small/c.png"]);
    let excluded_names = BTreeSet::from(["small".into()]);
    let excluded = Some(folder.path().to_owned());
    let itself = Search { places, excluded, excluded_names, ..Search::default() };
    assert_eq!(names(&itself), ["a.png", "out/b.png"]);
}
