//! `gravity = "face"`: crops around faces, on a picture with a drawn face at its right edge.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use cropmark_rules::value::FaceBox;
use cropmark_store::{Annotation, CacheSettings, Store};
use serde_json::Value;

use crate::support::Scene;

/// A wide picture: stripes on the left, which catch the eye, and a face in the middle of its last
/// 400 pixels.
const PORTRAIT: &str = include_str!("inputs/portrait.svg");

/// The file that a generator with this operation makes of the picture, as PNG.
fn cut(scene: &Scene, operation: &str, arguments: &[&str]) -> Vec<u8> {
    let preset = format!(
        "version = 1\n[generators.g]\noperations = [{operation}]\noutput = {{ format = \"png\" }}\n"
    );
    scene.write("p.preset.toml", preset);
    let run = scene.render(&[&["in", "--on-conflict", "overwrite"], arguments].concat()).expect(0);
    let rows = run.rows();
    let [row] = &rows[..] else { panic!("{run:?}") };
    let path = row.get("path").and_then(Value::as_str).unwrap();
    fs::read(scene.path(path)).unwrap()
}

fn square(gravity: &str) -> String {
    format!(r#"{{ op = "crop", aspect = "1:1", gravity = {gravity} }}"#)
}

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("in/portrait.svg", PORTRAIT);
    scene
}

#[test]
fn a_crop_by_faces_shows_the_face_that_others_miss() {
    let scene = scene();
    let face = cut(&scene, &square("\"face\""), &[]);
    let picture = image::load_from_memory(&face).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (400, 400));
    // From ear to ear: the hair's colour stands left and right of the face.
    let is_hair = |x: u32| picture.get_pixel(x, 165).0 == [0x3c, 0x28, 0x1e];
    let hair: Vec<u32> = (0..400).filter(|x| is_hair(*x)).collect();
    let (first, last) = (hair[0], hair[hair.len() - 1]);
    assert!(first > 60 && last < 340 && last - first > 120, "hair from {first} to {last}");
    let middle = u32::midpoint(first, last);
    assert!(middle.abs_diff(200) < 30, "the face's middle is at {middle}");
    for other in ["\"center\"", "\"smart\""] {
        assert_ne!(cut(&scene, &square(other), &[]), face, "{other}");
    }
    // After a reduction that needs no more than half of the pixels, the same part is shown.
    let small = r#"{ op = "resize", width = 100, height = 100, fit = "cover", gravity = "face" }"#;
    let picture = image::load_from_memory(&cut(&scene, small, &[])).unwrap().to_rgb8();
    let [red, _, blue] = picture.get_pixel(50, 50).0;
    assert!(red > blue + 40, "skin in the middle, not {:?}", picture.get_pixel(50, 50));
}

#[test]
fn a_face_turns_and_mirrors_with_the_picture() {
    let scene = scene();
    for turns in
        [r#"{ op = "flip", direction = "horizontal" }"#, r#"{ op = "rotate", angle = 180 }"#]
    {
        let face = cut(&scene, &format!("{turns}, {}", square("\"face\"")), &[]);
        let west = cut(&scene, &format!("{turns}, {}", square("\"west\"")), &[]);
        let skin = |bytes: &[u8]| {
            let picture = image::load_from_memory(bytes).unwrap().to_rgb8();
            picture.pixels().filter(|pixel| pixel.0 == [0xe0, 0xb4, 0x96]).count()
        };
        assert!(skin(&west) > 5000, "{turns}");
        assert_eq!(skin(&face), skin(&west), "{turns}");
    }
}

#[test]
fn without_a_face_it_is_as_smart() {
    let scene = Scene::new();
    let stripes = PORTRAIT.split("<g ").next().unwrap();
    scene.write("in/stripes.svg", format!("{stripes}</svg>"));
    let face = cut(&scene, &square("\"face\""), &[]);
    assert_eq!(face, cut(&scene, &square("\"smart\""), &[]));
}

#[test]
fn corrected_faces_are_kept_with_the_workspace_and_part_of_the_key() {
    let scene = scene();
    // What has just been written is not remembered.
    let earlier = SystemTime::now() - Duration::from_hours(1);
    fs::File::open(scene.path("in/portrait.svg")).unwrap().set_modified(earlier).unwrap();
    let workspace = ["--workspace", "in"];
    let found = cut(&scene, &square("\"face\""), &workspace);
    let correct = |faces: Option<Vec<FaceBox>>| {
        let (folder, key) = (scene.path("in"), scene.trust_key());
        let opened = Store::open(&folder, CacheSettings::default(), &key, SystemTime::UNIX_EPOCH);
        let annotation = Annotation { faces, ..Annotation::default() };
        opened.unwrap().store.annotate(Path::new("portrait.svg"), annotation).unwrap();
    };
    // "Not a face": as without one.
    correct(Some(Vec::new()));
    let none = cut(&scene, &square("\"face\""), &workspace);
    assert_eq!(none, cut(&scene, &square("\"smart\""), &workspace));
    assert_ne!(none, found);
    // A box that the user has drawn at x = 600 to 680, and its part around 640.
    correct(Some(vec![FaceBox { x: 0.375, y: 0.4, width: 0.05, height: 0.25 }]));
    let drawn = cut(&scene, &square("\"face\""), &workspace);
    let around = cut(&scene, &square("{ x = 0.4, y = 0.5 }"), &workspace);
    assert_eq!(drawn, around);
    correct(None);
    assert_eq!(cut(&scene, &square("\"face\""), &workspace), found);
}
