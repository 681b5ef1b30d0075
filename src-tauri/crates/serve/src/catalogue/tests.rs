use std::{fs, path::Path};

use cropmark_engine::watch::Change;

use super::{Catalogue, PresetPaths};

fn write(folder: &Path, name: &str, generators: &[&str]) {
    let generators = generators.iter().map(|name| format!("[generators.{name}]\n"));
    let text = format!("version = 1\n{}", generators.collect::<String>());
    fs::write(folder.join(name), text).unwrap();
}

#[test]
fn presets_come_change_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "a.preset.toml", &["small"]);
    let mut paths = PresetPaths::default();
    assert!(!paths.is_known());
    let appeared = |name: &str| Change::Appeared(name.into());
    assert!(paths.apply(vec![appeared("a.preset.toml"), appeared("a.jpg")]));
    assert!(paths.is_known());
    assert!(!paths.apply(vec![Change::Changed("a.jpg".into()), Change::Gone("b.jpg".into())]));
    let (catalogue, complaints) = Catalogue::read(root, &paths);
    assert_eq!((catalogue.generators(), complaints), (vec!["small".to_owned()], Vec::new()));

    write(root, "b.preset.toml", &["large"]);
    fs::rename(root.join("a.preset.toml"), root.join("c.preset.toml")).unwrap();
    let renamed = Change::Renamed { from: "a.preset.toml".into(), to: "c.preset.toml".into() };
    assert!(paths.apply(vec![appeared("b.preset.toml"), renamed]));
    assert_eq!(Catalogue::read(root, &paths).0.generators(), ["large", "small"]);
    assert!(paths.apply(vec![Change::Gone("c.preset.toml".into())]));
    assert_eq!(Catalogue::read(root, &paths).0.generators(), ["large"]);
}

#[test]
fn a_generator_that_is_not_there_once_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "a.preset.toml", &["small", "both"]);
    write(root, "b.preset.toml", &["both"]);
    fs::write(root.join("c.preset.toml"), "version = 1\n[generators.bad]\nwidths = \"x\"\n")
        .unwrap();
    let mut paths = PresetPaths::default();
    let names = ["a", "b", "c", "gone"].map(|name| format!("{name}.preset.toml"));
    paths.apply(names.iter().map(|name| Change::Appeared(name.into())).collect());
    let (catalogue, complaints) = Catalogue::read(root, &paths);
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].starts_with("c.preset.toml:3:"), "{complaints:?}");

    let found = |name: &str| catalogue.find(name).map(|(preset, _)| preset.name.clone());
    assert_eq!(found("small"), Ok("a.preset.toml".to_owned()));
    let refusal = |name: &str| {
        let refusal = found(name).unwrap_err();
        (refusal.status.as_u16(), refusal.message)
    };
    assert!(matches!(refusal("smal"), (404, message) if message.contains("\"small\"?")));
    assert!(matches!(refusal("x"), (404, message) if message.contains("no generator")));
    let (status, message) = refusal("both");
    assert!(
        status == 422 && message.contains("a.preset.toml") && message.contains("b.preset.toml")
    );
    let (status, message) = refusal("bad");
    assert!(status == 422 && message.contains("c.preset.toml:3:"), "{message}");
}

#[test]
fn a_generator_that_a_preset_has_from_another_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    write(root, "brand.preset.toml", &["card", "hero"]);
    let site = "version = 1\nextends = [\"brand.preset.toml\"]\n[generators.hero]\nwidths = [9]\n";
    fs::write(root.join("site.preset.toml"), site).unwrap();
    let mut paths = PresetPaths::default();
    let names = ["brand.preset.toml", "site.preset.toml"];
    paths.apply(names.iter().map(|name| Change::Appeared(name.into())).collect());
    let (catalogue, complaints) = Catalogue::read(root, &paths);
    assert_eq!(complaints, [""; 0]);
    assert_eq!(catalogue.find("card").unwrap().0.name, "brand.preset.toml");
    assert!(catalogue.find("hero").unwrap_err().message.contains("rename one of them"));
}
