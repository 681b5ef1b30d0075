//! `cropmark serve --magnolia`: pictures by the URLs of Magnolia's imaging.

use std::os::unix::fs::symlink;

use image::ImageFormat;

use crate::{
    serving::{Serving, facts},
    support::{Scene, encoded, picture},
};

const PRESET: &str = r#"version = 1
[generators.thumb]
operations = [{ op = "resize", fit = "inside", width = 100, height = 100 }]
output = { format = "jpeg" }
[generators.hero]
operations = [{ op = "resize", width = 80 }]
output = { format = ["webp", "jpeg"] }
[generators.square]
operations = [{ op = "resize", fit = "cover", width = 60, height = 60 }]
output = { format = "png" }
[generators.480]
operations = [{ op = "resize", width = 48 }]
output = { format = "webp" }
[themes.travel]
generator = "hero"
variations.square = { width = 30, height = 30, crop = true }
variations.wide = { width = 60 }
[themes.news]
generator = "thumb"
variations.teaser = { width = 52 }
"#;

/// A rule as URLs name it, its format with a suffix and without, and its size of either source.
type Row = (&'static str, &'static str, &'static str, [(u64, u64); 2]);

const TABLE: [Row; 6] = [
    ("thumb", "jpeg", "jpeg", [(100, 75), (75, 100)]),
    ("square", "png", "png", [(60, 60), (60, 60)]),
    ("mte/travel/square", "webp", "jpeg", [(30, 30), (30, 30)]),
    ("mte/travel/wide", "webp", "jpeg", [(60, 45), (60, 80)]),
    ("mte/news/teaser", "jpeg", "jpeg", [(52, 39), (52, 69)]),
    // What an import makes of a theme's variation.
    ("mte/other/480", "webp", "webp", [(48, 36), (48, 64)]),
];

const SOURCES: [&str; 2] = ["photos/a%20b.jpg", "drawing.png"];

fn scene() -> Scene {
    let scene = Scene::new();
    scene.write("w/p.preset.toml", PRESET);
    scene.write("w/photos/a b.jpg", encoded(&picture(640, 480, 3), ImageFormat::Jpeg));
    scene.write("w/drawing.png", encoded(&picture(300, 400, 4), ImageFormat::Png));
    scene
}

#[test]
fn generators_and_variations_are_given_by_every_kind_of_url() {
    let scene = scene();
    let serving = Serving::start(&scene, &["--magnolia"]);
    let (mut bodies, mut expected) = (Vec::new(), Vec::new());
    for (rule, with_suffix, without, sizes) in TABLE {
        for (source, (width, height)) in SOURCES.iter().zip(sizes) {
            let extension = if with_suffix == "jpeg" { "jpg" } else { with_suffix };
            let dam = format!("/.imaging/{rule}/dam/{source}");
            for (url, format) in [
                (format!("/.imaging/{rule}/{source}"), without),
                (dam.clone(), without),
                (format!("{dam}/jcr:content.{extension}"), with_suffix),
                (format!("{dam}/jcr:content/any%20name.{extension}"), with_suffix),
                (
                    format!("{dam}/jcr%3Acontent/a.2024-05-06-07-08-09.{extension}?t=17"),
                    with_suffix,
                ),
            ] {
                bodies.push(serving.picture(&url, &format!("image/{format}")));
                expected.push((format.to_owned(), width, height));
            }
        }
    }
    assert_eq!(bodies.len(), 60);
    assert_eq!(serving.figure("cache_misses_total"), 16, "each picture is rendered once");
    assert_eq!(facts(&scene, &bodies), expected);

    // They are the pictures of the generators' own URLs.
    let own = serving.get("/hero/travel/square/photos/a%20b.webp").expect(200, "image/webp");
    let url = "/.imaging/mte/travel/square/dam/photos/a%20b.jpg/jcr:content/x.webp";
    assert_eq!(serving.get(url).body, own.body);
    // A suffix of another format is not held against a URL.
    let other = "/.imaging/thumb/dam/drawing.png/jcr:content/drawing.png";
    serving.get(other).expect(200, "image/jpeg");
    let accept = [("Accept", "image/webp,*/*")];
    let hero = serving.ask("GET", "/.imaging/hero/dam/drawing.png", &accept);
    assert_eq!(hero.expect(200, "image/webp").header("vary"), "Accept");
    serving.stop();
}

#[test]
fn what_cannot_be_given_is_said_with_its_status() {
    let scene = scene();
    scene.photo("secret.jpg", 3);
    symlink(scene.path("secret.jpg"), scene.path("w/out.jpg")).unwrap();
    symlink(scene.path(""), scene.path("w/up")).unwrap();
    scene.write("w/notes.txt", "no image");
    let serving = Serving::start(&scene, &["--magnolia"]);
    for (path, said) in [
        ("/.imaging/thumb/gone.jpg", "gone.jpg"),
        ("/.imaging/thumb/dam/gone.jpg/jcr:content.jpg", "gone.jpg"),
        ("/.imaging/thumb/out.jpg", "out.jpg"),
        ("/.imaging/thumb/up/secret.jpg", "secret.jpg"),
        ("/.imaging/thumb/../secret.jpg", "nothing"),
        ("/.imaging/thumb/dam/%2e%2e/secret.jpg", "nothing"),
        ("/.imaging/thumb/.cropmark/index.sqlite", "nothing"),
        ("/.imaging/thumb/notes.txt", "no image"),
        ("/.imaging/thumbs/drawing.png", "\"thumb\"?"),
        ("/.imaging/mte/travel/sqare/drawing.png", "sqare"),
        ("/.imaging/mte/gone/nothing/drawing.png", "gone"),
        ("/.imaging/mte/travel", "THEME"),
        ("/.imaging/thumb", "GENERATOR"),
    ] {
        let sentence = serving.get(path).refusal(404);
        assert!(sentence.contains(said), "{path}: {sentence}");
    }
    let elsewhere = [("Host", "evil.example")];
    serving.ask("GET", "/.imaging/thumb/drawing.png", &elsewhere).refusal(421);
    serving.stop();
    let serving = Serving::start(&scene, &[]);
    serving.get("/.imaging/thumb/drawing.png").refusal(404);
    serving.stop();
}
