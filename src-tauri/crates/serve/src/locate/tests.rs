use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use cropmark_rules::preset::parse;

use super::*;
use crate::address;

const PRESET: &str = r#"version = 1
[generators.hero]
widths = [40, 640]
operations = [{ op = "resize", width = 640 }]
output = { format = ["webp", "jpeg"] }
[themes.travel]
generator = "hero"
variations.square = { width = 60 }
"#;

struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    fn new(files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join("w").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, *name).unwrap();
        }
        Self { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("w").canonicalize().unwrap()
    }

    fn locate(&self, path: &str) -> Result<Located, Refusal> {
        let preset = parse(PRESET).preset;
        let parts = address::parts(path)?;
        locate(&self.root(), &preset, preset.generator("hero").unwrap(), &parts[1..])
    }

    /// The file, the theme, the variation, the format, and whether no other will do.
    fn found(&self, path: &str) -> (String, String) {
        let Located { relative, wanted, path: real } = self.locate(path).unwrap();
        assert_eq!(real, self.root().join(&relative));
        let format = wanted.format.map(Format::name).unwrap_or_default();
        let [theme, variation] = [wanted.theme, wanted.variation].map(Option::unwrap_or_default);
        let strict = if wanted.is_strict { " strict" } else { "" };
        let wanted = format!("{theme} {variation} {format}{strict}");
        (relative.to_str().unwrap().to_owned(), wanted)
    }
}

#[test]
fn files_are_named_in_four_ways() {
    let workspace = Workspace::new(&["p/a.jpg", "p/b.PNG", "travel/square/c.jpg", "plain"]);
    let table = [
        ("/hero/p/a.jpg", "p/a.jpg", "  jpeg"),
        ("/hero/p/a.jpg.webp", "p/a.jpg", "  webp strict"),
        ("/hero/p/a.webp", "p/a.jpg", "  webp strict"),
        ("/hero/p/a", "p/a.jpg", "  "),
        ("/hero/p/a-640.webp", "p/a.jpg", " 640 webp strict"),
        ("/hero/p/a-640", "p/a.jpg", " 640 "),
        ("/hero/p/a-square.jpeg", "p/a.jpg", " square jpeg strict"),
        ("/hero/p/b.PNG", "p/b.PNG", "  png"),
        ("/hero/p/b.jpg", "p/b.PNG", "  jpeg strict"),
        ("/hero/plain", "plain", "  "),
        ("/hero/travel/square/p/a.jpg", "p/a.jpg", "travel square jpeg"),
        ("/hero/travel/square/c.jpg", "travel/square/c.jpg", "x"),
    ];
    for (path, file, wanted) in &table[..table.len() - 1] {
        assert_eq!(workspace.found(path), ((*file).to_owned(), (*wanted).to_owned()), "{path}");
    }
    // A theme's name hides a folder's.
    let (path, ..) = table[table.len() - 1];
    assert_eq!(workspace.locate(path).unwrap_err().status, 404);
    for path in ["/hero/p/a-41.webp", "/hero/p/c.webp", "/hero/p", "/hero/p/a.jpg/x"] {
        assert_eq!(workspace.locate(path).unwrap_err().status, 404, "{path}");
    }
}

#[test]
fn two_files_of_one_name_are_told() {
    let workspace = Workspace::new(&["a.jpg", "a.png", "a-640.jpg"]);
    let refusal = workspace.locate("/hero/a.webp").unwrap_err();
    assert!(refusal.status == 404 && refusal.message.contains("a.jpg"), "{refusal:?}");
    assert!(refusal.message.contains("a.png"), "{refusal:?}");
    assert_eq!(workspace.found("/hero/a.png.webp").0, "a.png");
    // A file of that very name comes before a variation.
    assert_eq!(workspace.found("/hero/a-640.webp").0, "a-640.jpg");
}

#[test]
fn no_link_leads_out_and_nothing_hidden_is_found() {
    let workspace = Workspace::new(&["a.jpg", ".cropmark/b.jpg", ".c.jpg"]);
    fs::write(workspace.folder.path().join("secret.jpg"), "x").unwrap();
    let link = |to: &Path, name: &str| symlink(to, workspace.root().join(name)).unwrap();
    link(&workspace.folder.path().join("secret.jpg"), "out.jpg");
    link(workspace.folder.path(), "up");
    link(Path::new(".cropmark"), "own");
    link(Path::new("a.jpg"), "inside.jpg");
    assert_eq!(workspace.found("/hero/inside.jpg").0, "a.jpg");
    for path in ["/hero/out.jpg", "/hero/up/secret.jpg", "/hero/own/b.jpg", "/hero/out.webp"] {
        assert_eq!(workspace.locate(path).unwrap_err().status, 404, "{path}");
    }
}
