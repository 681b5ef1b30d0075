//! Tests of documents against a real folder.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
};

use serde_json::json;
use tempfile::TempDir;

use super::{
    change::{Direction, Stepped},
    version::parses,
    *,
};
use crate::model::{Edit, FocalPoint, Step};

const TEXT: &str = "\
version = 1

[generators.a] # first
widths = [100]
operations = [{ op = \"resize\", width = 100 }, { op = \"overlay\", image = \"logo.png\" }]
output = { format = [\"webp\", \"jpeg\"], quality = 80 }

[generators.broken]
eager = true
qualty = 3

[generators.c]

[themes.t]
generator = \"a\"
variations.x = { width = 3 }
";

struct Fixture {
    folder: TempDir,
    documents: Documents,
    events: broadcast::Receiver<Event>,
    notices: Vec<String>,
}

impl Fixture {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let mut fixture = Self::open(folder);
        let paths: Vec<PathBuf> = files.iter().map(|(name, _)| PathBuf::from(name)).collect();
        fixture.documents.changed(&paths);
        fixture.events();
        fixture
    }

    fn open(folder: TempDir) -> Self {
        let (sender, events) = broadcast::channel(100);
        let recovery = Recovery::new(folder.path().join(".cropmark/unsaved"));
        let (documents, notices) = Documents::of(folder.path(), recovery, sender);
        Self { folder, documents, events, notices }
    }

    /// As if the program had ended and was started again.
    fn again(self) -> Self {
        self.documents.inner.keep();
        Self::open(self.folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn on_disk(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Somebody else writes to a file, and the watch tells.
    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
        self.documents.changed(&[name.into()]);
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
        self.documents.changed(&[name.into()]);
    }

    fn quality(&self, quality: u8, gesture: Option<&str>) -> model::Document {
        let path = ["generators", "a", "output", "quality"].map(|key| Step::Key(key.to_owned()));
        let edit = Edit::Set { path: path.to_vec(), value: quality.into() };
        self.documents.edit("a.preset.toml", &[edit], "Change quality", gesture).unwrap()
    }

    fn step(&self, direction: Direction) -> Option<String> {
        match self.documents.step(direction) {
            Stepped::Nothing => None,
            Stepped::Done(undone) => undone.label,
            Stepped::Assets(entry) => Some(entry.label),
        }
    }

    fn dirty(&self) -> (bool, bool) {
        let document = self.documents.document("a.preset.toml").unwrap();
        (document.dirty, document.conflict.is_some())
    }

    /// The events since this was last asked, in short.
    fn events(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        while let Ok(event) = self.events.try_recv() {
            events.push(match event {
                Event::Presets {} => "presets".to_owned(),
                Event::Document { file, .. } => file,
                Event::History(history) => {
                    format!("{:?} {:?}", history.undo.is_some(), history.redo.is_some())
                }
                other => panic!("{other:?}"),
            });
        }
        events
    }
}

fn one() -> Fixture {
    Fixture::new(&[("a.preset.toml", TEXT), ("logo.png", "logo")])
}

#[test]
fn lists_have_all_presets_in_order_and_what_is_wrong_with_them() {
    let fixture = Fixture::new(&[
        ("b/deep/er/b.preset.toml", "version = 1\n[generators.x]\n"),
        ("a.preset.toml", TEXT),
        ("syntax.preset.toml", "version = 1\n[generators.y]\nx = [\n[generators.z]\n"),
        ("empty.preset.toml", ""),
        ("none.toml", ""),
        (".hidden/h.preset.toml", TEXT),
    ]);
    fs::write(fixture.path("binary.preset.toml"), b"\xff\xfe\0").unwrap();
    fs::write(fixture.path("huge.preset.toml"), vec![b'#'; (4 << 20) + 1]).unwrap();
    let deep = format!("x = {}", "[".repeat(100_000));
    fs::write(fixture.path("deep.preset.toml"), deep).unwrap();
    symlink("loop.preset.toml", fixture.path("loop.preset.toml")).unwrap();
    symlink("nowhere", fixture.path("dangling.preset.toml")).unwrap();
    fs::create_dir(fixture.path("folder.preset.toml")).unwrap();
    let names = ["binary", "huge", "deep", "loop", "dangling", "folder"];
    let paths = names.map(|name| PathBuf::from(format!("{name}.preset.toml")));
    fixture.documents.changed(&paths);
    fixture.documents.changed(&["../out.preset.toml".into(), "/etc/x.preset.toml".into()]);

    let presets = fixture.documents.presets();
    let files: Vec<_> = presets.iter().map(|it| it.file.trim_end_matches(".preset.toml")).collect();
    let all = "a b/deep/er/b binary dangling deep empty folder huge loop syntax";
    assert_eq!(files.join(" "), all);
    let trouble = |name: &str| {
        let preset = presets.iter().find(|it| it.file.starts_with(name)).unwrap();
        assert!(!preset.dirty);
        preset.trouble.clone().unwrap_or_default()
    };
    assert!(trouble("binary").contains("UTF-8"));
    assert!(trouble("huge").contains("4194304"));
    assert!(trouble("loop").contains("back to itself"));
    assert!(trouble("dangling").contains("not there"));
    assert!(trouble("folder").contains("no file"));
    assert!(fixture.documents.document("deep.preset.toml").unwrap().value.is_null());
    assert!(matches!(
        fixture.documents.document("binary.preset.toml"),
        Err(DocumentError::Trouble { .. })
    ));

    let generators: Vec<_> =
        presets[0].generators.iter().map(|it| (it.name.as_str(), it.broken)).collect();
    assert_eq!(generators, [("a", false), ("broken", true), ("c", false)]);
    assert_eq!(presets[0].generators[0].variations, ["100", "t/x"]);
    assert_eq!(presets[0].generators[0].formats, ["webp", "jpeg"]);
    assert!(presets[0].generators[1].eager);
    assert_eq!(presets[0].generators[2].formats, ["source"]);
    assert_eq!(presets[0].themes[0].variations, ["x"]);
    let problems: Vec<_> = presets[0].problems.iter().map(|it| (it.line, it.column)).collect();
    assert_eq!(problems, [(5, 73), (10, 1)], "{:?}", presets[0].problems);
    let last = presets.last().unwrap();
    let generators: Vec<_> = last.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(generators, ["y", "z"]);
}

#[test]
fn edits_are_undone_redone_and_told_once() {
    let mut fixture = one();
    let before = fixture.documents.document("a.preset.toml").unwrap();
    assert_eq!(before.value["generators"]["a"]["output"]["quality"], json!(80));
    assert_eq!(fixture.events(), [""; 0]);
    let source = fixture.documents.preset("a.preset.toml").unwrap();
    let after = fixture.quality(81, Some("g"));
    assert!(after.dirty && after.revision > before.revision);
    assert_eq!(after.text, TEXT.replace("80", "81"));
    assert_eq!(fixture.events(), ["a.preset.toml", "presets", "true false"]);
    assert!(!Arc::ptr_eq(&source, &fixture.documents.preset("a.preset.toml").unwrap()));
    fixture.quality(82, Some("g"));
    assert_eq!(fixture.events(), ["a.preset.toml"]);
    let same = fixture.quality(82, Some("g"));
    assert_eq!(fixture.events(), [""; 0]);
    assert_eq!(fixture.documents.document("a.preset.toml").unwrap(), same);
    assert_eq!(fixture.step(Direction::Undo).as_deref(), Some("Change quality"));
    assert_eq!(fixture.events(), ["a.preset.toml", "presets", "false true"]);
    assert_eq!(fixture.dirty(), (false, false));
    assert_eq!(fixture.step(Direction::Undo), None);
    assert_eq!(fixture.step(Direction::Redo).as_deref(), Some("Change quality"));
    assert_eq!(fixture.documents.document("a.preset.toml").unwrap().text, same.text);
    assert_eq!(fixture.on_disk("a.preset.toml"), TEXT, "nothing is written before it is saved");
}

#[test]
fn annotations_share_the_history() {
    let mut fixture = one();
    fixture.quality(81, None);
    let after = Some(FocalPoint { x: 0.5, y: 0.5 });
    let change = Change::Focal { asset: 7, before: None, after };
    fixture
        .documents
        .record(HistoryEntry { label: "Set the focal point".to_owned(), change }, None);
    fixture.events();
    let Stepped::Assets(entry) = fixture.documents.step(Direction::Undo) else { panic!() };
    assert_eq!(fixture.events(), ["true true"]);
    assert_eq!(entry.undone().assets, [7]);
    fixture.documents.drop_step(&entry, Direction::Undo);
    assert_eq!(fixture.documents.history().redo, None);
    assert_eq!(fixture.step(Direction::Undo).as_deref(), Some("Change quality"));
}

#[test]
fn a_text_may_be_no_toml_and_is_mended_again() {
    let mut fixture = one();
    let text = TEXT.replace("[100]", "[100");
    let document = fixture.documents.set_text("a.preset.toml", &text, None).unwrap();
    assert!(document.value.is_null());
    assert!(
        document.problems.iter().any(|it| it.line >= 4 && it.generator.as_deref() == Some("a"))
    );
    assert_eq!(fixture.events(), ["a.preset.toml", "presets", "true false"]);
    let presets = fixture.documents.presets();
    let names: Vec<_> =
        presets[0].generators.iter().map(|it| (it.name.as_str(), it.broken)).collect();
    assert_eq!(names, [("a", true), ("broken", true), ("c", false)]);
    let edit = Edit::Remove { path: vec![Step::Key("version".to_owned())] };
    let refused = fixture.documents.edit("a.preset.toml", &[edit], "x", None).unwrap_err();
    assert!(matches!(refused, DocumentError::Edit { .. }), "{refused}");
    let long = "#".repeat(5 << 20);
    let refused = fixture.documents.set_text("a.preset.toml", &long, None).unwrap_err();
    assert!(matches!(refused, DocumentError::TooLong { .. }), "{refused}");
    fixture.step(Direction::Undo);
    assert_eq!(fixture.dirty(), (false, false));
    assert!(fixture.documents.document("none.preset.toml").is_err());
}

#[test]
fn saving_keeps_permissions_links_line_ends_and_history() {
    let raw = format!("\u{feff}{}", TEXT.replace('\n', "\r\n"));
    let mut fixture = Fixture::new(&[("shared/real.preset.toml", &raw), ("logo.png", "logo")]);
    fixture.remove("logo.png");
    symlink("shared/real.preset.toml", fixture.path("a.preset.toml")).unwrap();
    fs::set_permissions(fixture.path("a.preset.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    fixture.documents.changed(&["a.preset.toml".into()]);
    assert_eq!(fixture.documents.document("a.preset.toml").unwrap().text, TEXT);
    fixture.quality(81, Some("g"));
    fixture.events();
    let saved = fixture.documents.save("a.preset.toml").unwrap();
    assert!(!saved.dirty);
    assert_eq!(fixture.events(), ["a.preset.toml", "presets"]);
    assert_eq!(fixture.on_disk("shared/real.preset.toml"), raw.replace("80", "81"));
    let path = fixture.path("a.preset.toml");
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    // The watch tells of what was written here: nothing of it is news.
    fixture.documents.changed(&["a.preset.toml".into()]);
    assert_eq!(fixture.events(), [""; 0]);
    // A gesture does not reach over a save, and undoing makes it dirty again.
    fixture.quality(82, Some("g"));
    fixture.step(Direction::Undo);
    assert_eq!(fixture.dirty(), (false, false));
    fixture.step(Direction::Undo);
    assert_eq!(fixture.dirty(), (true, false));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
    let refused = fixture.documents.save("a.preset.toml").unwrap_err();
    assert!(matches!(refused, DocumentError::Protected { .. }), "{refused}");
}

#[test]
fn a_link_out_to_what_is_no_preset_is_not_written() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret");
    fs::write(&secret, TEXT).unwrap();
    let fixture = Fixture::new(&[]);
    symlink(&secret, fixture.path("a.preset.toml")).unwrap();
    fixture.quality(1, None);
    let refused = fixture.documents.save("a.preset.toml").unwrap_err();
    assert!(matches!(refused, DocumentError::LeadsOut { .. }), "{refused}");
    assert_eq!(fs::read_to_string(&secret).unwrap(), TEXT);
}

#[test]
fn a_clean_document_follows_the_disk_and_that_can_be_undone() {
    let mut fixture = one();
    let theirs = TEXT.replace("80", "60");
    fixture.write("a.preset.toml", &theirs);
    assert_eq!(fixture.events(), ["a.preset.toml", "true false"]);
    assert_eq!(fixture.documents.document("a.preset.toml").unwrap().text, theirs);
    fixture.step(Direction::Undo);
    assert_eq!(fixture.dirty(), (true, false));
    let document = fixture.documents.save("a.preset.toml").unwrap();
    assert_eq!((document.text.as_str(), document.dirty), (TEXT, false));
}

#[test]
fn both_changed_is_a_conflict_and_the_person_chooses() {
    let mut fixture = one();
    fixture.quality(81, None);
    fixture.events();
    let theirs = TEXT.replace("[100]", "[200]");
    fixture.write("a.preset.toml", &theirs);
    assert_eq!(fixture.events(), ["a.preset.toml", "presets"]);
    let document = fixture.documents.document("a.preset.toml").unwrap();
    assert_eq!(document.conflict.as_deref(), Some(theirs.as_str()));
    assert!(matches!(
        fixture.documents.save("a.preset.toml"),
        Err(DocumentError::ChangedOnDisk { .. })
    ));
    assert_eq!(fixture.on_disk("a.preset.toml"), theirs);
    let merged = theirs.replace("80", "81");
    let document = fixture.documents.resolve("a.preset.toml", &merged).unwrap();
    assert_eq!((document.dirty, document.conflict), (true, None));
    assert_eq!(document.text, merged);
    fixture.documents.save("a.preset.toml").unwrap();
    assert_eq!(fixture.on_disk("a.preset.toml"), merged);
    assert!(matches!(
        fixture.documents.resolve("a.preset.toml", &merged),
        Err(DocumentError::NoConflict { .. })
    ));
}

#[test]
fn a_conflict_that_no_watch_told_is_found_on_saving() {
    let mut fixture = one();
    fixture.quality(81, None);
    fixture.events();
    fs::write(fixture.path("a.preset.toml"), "version = 1\n").unwrap();
    assert!(fixture.documents.save("a.preset.toml").is_err());
    assert_eq!(fixture.events(), ["a.preset.toml", "presets"]);
    // Theirs, and what is newer still is another conflict.
    fs::write(fixture.path("a.preset.toml"), "version = 1 # 2\n").unwrap();
    let document = fixture.documents.resolve("a.preset.toml", "version = 1\n").unwrap();
    assert_eq!(document.conflict.as_deref(), Some("version = 1 # 2\n"));
    let document = fixture.documents.resolve("a.preset.toml", "version = 1 # 2\n").unwrap();
    assert_eq!((document.dirty, document.conflict), (false, None));
    fixture.step(Direction::Undo);
    fixture.step(Direction::Undo);
    assert!(fixture.documents.document("a.preset.toml").unwrap().text.contains("81"));
}

#[test]
fn going_back_can_be_undone() {
    let fixture = one();
    fixture.quality(81, None);
    let document = fixture.documents.revert("a.preset.toml").unwrap();
    assert_eq!((document.text.as_str(), document.dirty), (TEXT, false));
    fixture.step(Direction::Undo);
    assert_eq!(fixture.dirty(), (true, false));
    fixture.write("a.preset.toml", "version = 1\n");
    assert_eq!(fixture.dirty(), (true, true));
    let document = fixture.documents.revert("a.preset.toml").unwrap();
    assert_eq!((document.text.as_str(), document.dirty), ("version = 1\n", false));
    assert_eq!(document.conflict, None);
}

#[test]
fn a_deleted_file_leaves_its_unsaved_changes() {
    let mut fixture = one();
    fixture.quality(81, None);
    fixture.events();
    fixture.remove("a.preset.toml");
    assert_eq!(fixture.dirty(), (true, false));
    assert!(matches!(fixture.documents.revert("a.preset.toml"), Err(DocumentError::Gone { .. })));
    fixture.documents.save("a.preset.toml").unwrap();
    assert_eq!(fixture.on_disk("a.preset.toml"), TEXT.replace("80", "81"));
    fixture.events();
    fixture.remove("a.preset.toml");
    assert_eq!(fixture.events(), ["presets", "false false"]);
    assert_eq!(fixture.documents.files(), [""; 0]);
    // Deleted, changed by nobody, and back again with what it had.
    fixture.write("a.preset.toml", TEXT);
    assert_eq!(fixture.events(), ["presets"]);
}

#[test]
fn overlays_count() {
    let mut fixture = one();
    let first = fixture.documents.preset("a.preset.toml").unwrap();
    let revision = fixture.documents.revision();
    fixture.write("photo.jpg", "photo");
    assert_eq!(fixture.documents.revision(), revision);
    assert_eq!(fixture.events(), [""; 0]);
    fixture.write("logo.png", "another");
    assert_eq!(fixture.events(), ["a.preset.toml"]);
    assert!(!Arc::ptr_eq(&first, &fixture.documents.preset("a.preset.toml").unwrap()));
    fixture.remove("logo.png");
    assert_eq!(fixture.events(), ["a.preset.toml", "presets"]);
    let problems = fixture.documents.document("a.preset.toml").unwrap().problems;
    assert!(problems[0].message.contains("logo.png"));
}

#[test]
fn unsaved_changes_survive() {
    let fixture = one();
    fixture.quality(81, None);
    let fixture = fixture.again();
    assert_eq!(fixture.notices.len(), 1);
    assert_eq!(fixture.dirty(), (true, false));
    assert_eq!(fixture.step(Direction::Undo).as_deref(), Some("Unsaved changes of a.preset.toml"));
    assert_eq!(fixture.dirty(), (false, false));
    fixture.step(Direction::Redo);
    // Meanwhile somebody changed the file: a conflict.
    let folder = fixture.again().folder;
    fs::write(folder.path().join("a.preset.toml"), "version = 1\n").unwrap();
    let fixture = Fixture::open(folder);
    assert_eq!(fixture.dirty(), (true, true));
    // Or deleted it.
    let folder = fixture.again().folder;
    fs::remove_file(folder.path().join("a.preset.toml")).unwrap();
    let fixture = Fixture::open(folder);
    assert_eq!(fixture.dirty(), (true, false));
    fixture.documents.save("a.preset.toml").unwrap();
    let fixture = fixture.again();
    assert_eq!(fixture.notices, [""; 0]);
    assert_eq!(fixture.dirty(), (false, false));
    let left = fs::read_dir(fixture.path(".cropmark/unsaved")).unwrap().count();
    assert_eq!(left, 0);
}

#[test]
fn rubbish_among_recovery_files_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let unsaved = folder.path().join(".cropmark/unsaved");
    fs::create_dir_all(&unsaved).unwrap();
    fs::write(unsaved.join("a.json"), "{").unwrap();
    fs::write(
        unsaved.join("b.json"),
        r#"{"version":9,"file":"b.preset.toml","base":null,"text":""}"#,
    )
    .unwrap();
    let out = r#"{"version":1,"file":"../../x.preset.toml","base":null,"text":"x"}"#;
    fs::write(unsaved.join("c.json"), out).unwrap();
    symlink("/dev/zero", unsaved.join("d.json")).unwrap();
    let fixture = Fixture::open(folder);
    assert_eq!(fixture.notices, [""; 0]);
    assert_eq!(fixture.documents.files(), [""; 0]);
}

#[test]
fn new_presets_have_clean_names_and_replace_nothing() {
    let mut fixture = one();
    let document = fixture.documents.create("shop/new.preset.toml", None).unwrap();
    assert_eq!(document.problems, []);
    assert!(!document.dirty);
    assert_eq!(document.value["generators"]["thumbnail"]["output"]["format"], json!("jpeg"));
    assert_eq!(fixture.events(), ["presets"]);
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), fixture.path("link")).unwrap();
    for name in [
        "a.preset.toml",
        "../x.preset.toml",
        "/x.preset.toml",
        "x/../y.preset.toml",
        "x.toml",
        ".preset.toml",
        "x/.preset.toml",
        ".x/y.preset.toml",
        "a:b.preset.toml",
        "a\\b.preset.toml",
        "x//y.preset.toml",
        "link/x.preset.toml",
        "link/new/x.preset.toml",
        "con/x.preset.toml",
    ] {
        let refused = fixture.documents.create(name, None).unwrap_err();
        let is_said = matches!(refused, DocumentError::Name { .. } | DocumentError::Exists { .. });
        assert!(is_said, "{name}: {refused:?}");
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    assert_eq!(fixture.on_disk("a.preset.toml"), TEXT);
}

#[tokio::test]
async fn all_of_it_by_commands() {
    let folder = tempfile::tempdir().unwrap();
    let below = |name: &str| folder.path().join(name);
    let workspace = below("workspace");
    fs::create_dir_all(&workspace).unwrap();
    fs::write(workspace.join("a.preset.toml"), TEXT).unwrap();
    let studio = crate::Studio::start(crate::Paths::below(folder.path())).await;
    let file = json!({ "file": "a.preset.toml" });
    let unopened = studio.call("document", file.clone()).await.unwrap_err();
    assert_eq!(unopened.code, "no_workspace");
    let grant = studio.grant(crate::model::Purpose::Workspace, vec![workspace.clone()]).unwrap();
    let open = json!({ "grant": grant.id });
    studio.call("open_workspace", open.clone()).await.unwrap();
    let edit = json!({
        "file": "a.preset.toml",
        "edits": [{
            "kind": "move",
            "path": ["generators", "a", "operations"],
            "from": 0,
            "to": 1,
        }],
        "label": "Move an operation",
        "gesture": null,
    });
    let document = studio.call("edit", edit).await.unwrap();
    assert_eq!(document["value"]["generators"]["a"]["operations"][1]["op"], "resize");
    let history = studio.call("history", json!({})).await.unwrap();
    assert_eq!(history["undo"], "Move an operation");
    let presets = studio.call("presets", json!({})).await.unwrap();
    assert_eq!(presets[0]["dirty"], true);
    // As after a crash: nothing was closed, and a moment has passed.
    let unsaved = workspace.join(".cropmark/unsaved");
    let kept = || fs::read_dir(&unsaved).is_ok_and(|mut entries| entries.next().is_some());
    for _ in 0..100 {
        if kept() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(kept());
    studio.call("close_workspace", json!({})).await.unwrap();
    let info = studio.call("open_workspace", open).await.unwrap();
    assert!(info["notices"].to_string().contains("not saved are back"), "{info}");
    let undone = studio.call("undo", json!({})).await.unwrap();
    assert_eq!(undone["file"], "a.preset.toml");
    studio.call("redo", json!({})).await.unwrap();
    let saved = studio.call("save", file).await.unwrap();
    assert_eq!(saved["dirty"], false);
    assert_eq!(fs::read_to_string(workspace.join("a.preset.toml")).unwrap(), saved["text"]);
    studio.shut_down().await;
    assert!(!kept());
}

#[test]
fn a_generator_goes_to_another_document_with_its_comments_and_back() {
    let other = "version = 1\n\n[generators.z]\n";
    let fixture = Fixture::new(&[("a.preset.toml", TEXT), ("b.preset.toml", other)]);
    let (from, into) = ("a.preset.toml", "b.preset.toml");
    let typed = TEXT.replace("[generators.c]", "# not saved yet\n[generators.c]\neager = true");
    fixture.documents.set_text(from, &typed, None).unwrap();
    let path = vec![Step::Key("generators".to_owned()), Step::Key("c".to_owned())];
    let value = json!({ "eager": true });
    let adopt =
        Edit::Import { path: path.clone(), value, file: from.to_owned(), from: path.clone() };
    let text = |file: &str| fixture.documents.document(file).unwrap().text;
    fixture.documents.edit(into, &[adopt], "Move c", None).unwrap();
    fixture.documents.edit(from, &[Edit::RemoveWithComments { path }], "Move c", None).unwrap();
    let lines = "# not saved yet\n[generators.c]\neager = true\n";
    assert_eq!(text(into), format!("{other}\n{lines}"));
    assert_eq!(text(from), typed.replace(&format!("{lines}\n"), ""));
    for _ in 0..2 {
        assert!(matches!(fixture.documents.step(Direction::Undo), Stepped::Done(_)));
    }
    assert_eq!((text(from), text(into)), (typed, other.to_owned()));
}

#[test]
fn variations_are_listed_in_the_order_of_the_file() {
    let themes = "\n[themes.s]\ngenerator = \"a\"\nvariations.wide = { width = 9 }\n\
        variations.\"10\".width = 10\nvariations.narrow = { width = 3 }\n";
    let fixture = Fixture::new(&[("a.preset.toml", &format!("{TEXT}{themes}"))]);
    let presets = fixture.documents.presets();
    assert_eq!(presets[0].themes[1].variations, ["wide", "10", "narrow"]);
    let all = ["100", "t/x", "s/wide", "s/10", "s/narrow"];
    assert_eq!(presets[0].generators[0].variations, all);
}

#[test]
fn a_step_of_a_slider_parses_the_text_once_and_opens_no_overlay_file() {
    let fixture = Fixture::new(&[("a.preset.toml", TEXT), ("logo.png", "logo")]);
    let file = "a.preset.toml";
    let step = |quality: u8| {
        let path = ["generators", "a", "output", "quality"].map(|key| Step::Key(key.to_owned()));
        let edit = Edit::Set { path: path.to_vec(), value: quality.into() };
        fixture.documents.edit(file, &[edit], "Change quality", Some("drag")).unwrap()
    };
    let is_missing = |document: &model::Document| {
        document.problems.iter().any(|problem| problem.message.contains("logo.png"))
    };
    step(50);
    // Nobody tells of it, so that only opening the file would show it.
    fs::remove_file(fixture.path("logo.png")).unwrap();
    for quality in 51..54 {
        let mut document = None;
        assert_eq!(parses::during(|| document = Some(step(quality))), 1);
        assert!(!is_missing(&document.unwrap()));
    }
    fixture.documents.changed(&[PathBuf::from("logo.png")]);
    assert!(is_missing(&fixture.documents.document(file).unwrap()));
    assert!(is_missing(&step(60)));
}

#[test]
fn what_is_known_of_an_overlay_file_is_forgotten_with_the_overlay() {
    let fixture = Fixture::new(&[("a.preset.toml", TEXT)]);
    let file = "a.preset.toml";
    let has_problem = || {
        let document = fixture.documents.document(file).unwrap();
        document.problems.iter().any(|problem| problem.message.contains("logo.png"))
    };
    assert!(has_problem());
    fixture.documents.set_text(file, &TEXT.replace("logo.png", "other.png"), None).unwrap();
    assert!(!has_problem());
    fixture.write("logo.png", "logo");
    fixture.documents.set_text(file, TEXT, None).unwrap();
    assert!(!has_problem());
}

/// `cargo test -p cropmark-api time_of_a_step -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn time_of_a_step_of_a_slider() {
    let text = include_str!("../../../../../assets/samples/web.preset.toml");
    let fixture = Fixture::new(&[("a.preset.toml", text)]);
    let path: Vec<Step> =
        ["generators", "hero", "output", "max_bytes"].map(|key| Step::Key(key.to_owned())).into();
    let step = |value: u32| {
        let edit = Edit::Set { path: path.clone(), value: value.into() };
        fixture.documents.edit("a.preset.toml", &[edit], "Change", Some("drag")).unwrap();
    };
    step(100_000);
    let started = std::time::Instant::now();
    for value in 1..=200 {
        step(100_000 + value);
    }
    println!("{} bytes: {:?} a step", text.len(), started.elapsed() / 200);
}

#[test]
fn what_was_kept_elsewhere_is_adopted_once() {
    let folder = tempfile::tempdir().unwrap();
    let text = "version = 1\n";
    fs::write(folder.path().join("a.preset.toml"), text).unwrap();
    let elsewhere = Recovery::new(folder.path().join("elsewhere"));
    let changed = "version = 1\n[generators.new]\n";
    elsewhere.keep(&Unsaved::new("a.preset.toml", Some(text), changed)).unwrap();
    let own = Recovery::new(folder.path().join(".cropmark/unsaved"));
    own.adopt(&elsewhere);
    assert_eq!(elsewhere.load(), []);
    let fixture = Fixture::open(folder);
    assert_eq!(fixture.notices.len(), 1);
    assert_eq!(fixture.dirty(), (true, false));
    assert_eq!(fixture.documents.document("a.preset.toml").unwrap().text, changed);
}

/// Whether saving could be refused: root may write to any file, but not to one that says it must not
/// be written.
fn protect(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o444)).unwrap();
}

#[test]
fn changes_that_can_be_saved_or_kept_hinder_no_closing() {
    let fixture = one();
    assert_eq!(fixture.documents.unsavable(), []);
    fixture.quality(1, None);
    assert_eq!(fixture.documents.unsavable(), [], "they are kept, and can be saved");

    protect(&fixture.path("a.preset.toml"));
    let [found] = &fixture.documents.unsavable()[..] else { panic!("one") };
    assert_eq!(found.file, "a.preset.toml");
    assert!(found.reason.contains("write-protected"), "{}", found.reason);
    assert!(fixture.documents.save("a.preset.toml").is_err());
}

#[test]
fn changes_that_cannot_be_kept_are_found_and_kept_as_soon_as_possible() {
    let fixture = one();
    // A file stands where their folder would be.
    fs::create_dir_all(fixture.path(".cropmark")).unwrap();
    fs::write(fixture.path(".cropmark/unsaved"), "").unwrap();
    fixture.quality(1, None);
    let [found] = &fixture.documents.unsavable()[..] else { panic!("one") };
    assert!(found.reason.contains("unsaved"), "{}", found.reason);
    fs::remove_file(fixture.path(".cropmark/unsaved")).unwrap();
    assert_eq!(fixture.documents.unsavable(), []);
    let fixture = fixture.again();
    assert_eq!(fixture.dirty(), (true, false));
}

#[test]
fn a_copy_has_the_changes_and_replaces_only_a_preset_that_was_chosen() {
    let fixture = one();
    fixture.quality(1, None);
    let elsewhere = tempfile::tempdir().unwrap();
    let copy =
        |name: &str| fixture.documents.save_copy("a.preset.toml", &elsewhere.path().join(name));
    let expected = TEXT.replace("quality = 80", "quality = 1");
    for (name, written) in [
        ("b.preset.toml", "b.preset.toml"),
        // The dialog has asked whether it is to be replaced.
        ("b.preset.toml", "b.preset.toml"),
        ("c", "c.preset.toml"),
        ("photo.jpg", "photo.jpg.preset.toml"),
    ] {
        let path = copy(name).unwrap();
        assert_eq!(path, elsewhere.path().join(written));
        assert_eq!(fs::read_to_string(path).unwrap(), expected);
    }
    assert!(matches!(copy("c"), Err(DocumentError::Exists { .. })), "it was not chosen");
    assert_eq!(fixture.dirty(), (true, false));
    assert_eq!(fixture.on_disk("a.preset.toml"), TEXT);
}

#[test]
fn what_is_discarded_does_not_come_back() {
    let mut fixture = one();
    fixture.quality(1, None);
    assert_eq!(fixture.documents.unsavable(), []);
    fixture.documents.discard("a.preset.toml").unwrap();
    assert_eq!(fixture.dirty(), (false, false));
    assert_eq!(
        fixture.step(Direction::Undo).as_deref(),
        Some("Go back to the saved a.preset.toml")
    );
    assert_eq!(fixture.dirty(), (true, false), "it can be undone");
    fixture.documents.discard("a.preset.toml").unwrap();

    // Of a file that is gone nothing is left.
    fixture.quality(2, None);
    fixture.remove("a.preset.toml");
    fixture.events();
    fixture.documents.discard("a.preset.toml").unwrap();
    assert_eq!(fixture.documents.files(), Vec::<String>::new());
    assert!(fixture.events().contains(&"presets".to_owned()));
    let fixture = fixture.again();
    assert_eq!(fixture.notices, Vec::<String>::new());
}

#[test]
fn a_preset_shows_what_it_extends_and_follows_it() {
    let site = "version = 1\n# ours\nextends = [\"a.preset.toml\"]\n";
    let brand = "version = 1\n[generators.a]\noutput.quality = 70\n";
    let mut fixture = Fixture::new(&[("a.preset.toml", brand), ("site.preset.toml", site)]);
    let of = |fixture: &Fixture| fixture.documents.document("site.preset.toml").unwrap();
    let document = of(&fixture);
    assert_eq!(document.problems, []);
    assert!(document.inherited["generators"]["a"].is_object(), "{document:?}");
    assert!(document.value.get("generators").is_none());
    let lists = fixture.documents.presets();
    let site_file = lists.iter().find(|it| it.file == "site.preset.toml").unwrap();
    let from: Vec<_> = site_file.generators.iter().map(|it| it.from.as_deref()).collect();
    assert_eq!(from[0], Some("a.preset.toml"));

    // An own key of an inherited generator leaves every other byte.
    let path = ["generators", "a", "output", "quality"].map(|key| Step::Key(key.to_owned()));
    let edit = Edit::Set { path: path.to_vec(), value: 33.into() };
    let document = fixture.documents.edit("site.preset.toml", &[edit], "Quality", None).unwrap();
    assert!(document.text.starts_with(site), "{}", document.text);
    assert_eq!(document.problems, []);
    let lists = fixture.documents.presets();
    let site_file = lists.iter().find(|it| it.file == "site.preset.toml").unwrap();
    assert_eq!(site_file.generators[0].from, None, "it is partly the file's own now");

    fixture.events();
    fixture.write("a.preset.toml", &brand.replace("generators.a", "generators.z"));
    assert!(fixture.events().contains(&"site.preset.toml".to_owned()), "it is another now");
    assert!(of(&fixture).inherited["generators"]["z"].is_object());
    fixture.remove("a.preset.toml");
    let problems = of(&fixture).problems;
    assert!(problems[0].message.contains("There is no file a.preset.toml"), "{problems:?}");
}
