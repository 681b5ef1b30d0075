//! Which fonts texts are set in.

use std::{fs, path::Path};

use image::ImageFormat;

use crate::support::{Run, Scene, encoded, picture};

const PRESET: &str = r#"version = 1
[generators.titled]
operations = [{ op = "text", text = "Quay", font = "Noto Serif", size = 40 }]
output = { format = "png" }
"#;

/// The shipped fonts, of which the scene's product gets only one.
fn shipped(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/fonts").join(name)
}

#[test]
fn fonts_in_the_persons_home_are_found() {
    let scene = Scene::new();
    scene.write("p.preset.toml", PRESET);
    scene.write("in/a.png", encoded(&picture(200, 80, 0), ImageFormat::Png));
    // The computer's own might have the family, too.
    let settings = fs::read_to_string(shipped("fonts.conf")).unwrap();
    let own: Vec<_> = settings.lines().filter(|line| !line.contains("<dir>/usr")).collect();
    scene.write("fonts/fonts.conf", own.join("\n"));
    scene.write("fonts/Inter.otf", fs::read(shipped("Inter-Regular.otf")).unwrap());
    let serif = fs::read(shipped("NotoSerif-Regular.ttf")).unwrap();
    scene.write("with/.local/share/fonts/serif.ttf", &serif);
    scene.write("old/.fonts/serif.ttf", &serif);
    scene.write("elsewhere/fonts/serif.ttf", &serif);
    scene.write("without/nothing", "");
    let drawn = |home: &str, data: Option<&str>| {
        let out = format!("{home}-{}", data.unwrap_or_default());
        fs::create_dir(scene.path(format!("kept-{out}"))).unwrap();
        let words = ["render", "in", "--preset", "p.preset.toml", "--out", &out];
        let mut command = scene.command(&words);
        command.args(["--workspace", &format!("kept-{out}")]);
        command.env("CROPMARK_FONTS", scene.path("fonts")).env("HOME", scene.path(home));
        match data {
            Some(data) => command.env("XDG_DATA_HOME", scene.path(data)),
            None => command.env_remove("XDG_DATA_HOME"),
        };
        Run::of(command.output().unwrap()).expect(0);
        scene.tree(&out)
    };
    let without = drawn("without", None);
    let with = drawn("with", None);
    assert_ne!(with, without, "the user's font is used");
    assert_eq!(drawn("old", None), with);
    assert_eq!(drawn("without", Some("elsewhere")), with);
}
