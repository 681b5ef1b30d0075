//! `import` and `export`: rules of other systems.

use image::ImageFormat;

use crate::support::{Scene, encoded, picture};

/// Presets with the sizes that imgproxy gives them for 90 x 60 pixels.
const IMGPROXY: [(&str, &str, (u32, u32)); 20] = [
    ("fit", "rs:fit:40:40", (40, 27)),
    ("fit-large", "rs:fit:400:400", (90, 60)),
    ("fit-enlarged", "rs:fit:180:180:1", (180, 120)),
    ("fill", "rs:fill:40:40", (40, 40)),
    ("fill-wide", "rs:fill:400:30", (90, 30)),
    ("fill-high", "rs:fill:30:400", (30, 60)),
    ("fill-down", "rs:fill-down:400:100", (90, 23)),
    ("force", "rs:force:20:50", (20, 50)),
    ("force-large", "rs:force:180:60", (90, 30)),
    ("auto", "rs:auto:30:20", (30, 20)),
    ("auto-other", "rs:auto:20:30", (20, 13)),
    ("zoom", "z:0.5", (45, 30)),
    ("density", "w:20/dpr:2", (40, 27)),
    ("crop", "c:40:0.5:nowe", (40, 30)),
    ("turned", "rot:90/w:30", (30, 45)),
    ("extended", "rs:fit:100:100:0:1", (100, 100)),
    ("ratio", "rs:fit:40:40/exar:1", (40, 40)),
    ("border", "w:30/pd:5:10", (50, 30)),
    ("offset", "rs:fill:40:40/g:we:5:0", (40, 40)),
    ("minimum", "w:30/mh:40/el:1", (30, 40)),
];

#[test]
fn an_imported_preset_renders_the_sizes_of_imgproxy() {
    let scene = Scene::new();
    let text: Vec<String> =
        IMGPROXY.iter().map(|(name, options, _)| format!("{name}={options}/f:png\n")).collect();
    scene.write("presets.txt", format!("# All\ndefault=quality:80\n{}", text.concat()));
    scene.write("in/a.png", encoded(&picture(90, 60, 0), ImageFormat::Png));
    scene.run(&["import", "imgproxy", "presets.txt", "--to", "p.preset.toml"]).expect(0);
    assert_eq!(scene.run(&["check", "p.preset.toml"]).expect(0).stdout, "");
    let rows = scene.render(&["in"]).expect(0).rows();
    assert_eq!(rows.len(), IMGPROXY.len());
    for (name, options, size) in IMGPROXY {
        let row = rows.iter().find(|row| row["generator"] == name).unwrap();
        let found = (row["width"].as_u64().unwrap(), row["height"].as_u64().unwrap());
        assert_eq!(found, (u64::from(size.0), u64::from(size.1)), "{options}");
    }
    // Where nothing is resampled, the pixels are those of the source.
    let source = picture(90, 60, 0).to_rgb8();
    let cropped = image::open(scene.path("out/crop/a.png")).unwrap().to_rgb8();
    let part = image::imageops::crop_imm(&source, 0, 0, 40, 30).to_image();
    assert_eq!(cropped, part);
    let extended = image::open(scene.path("out/extended/a.png")).unwrap().to_rgba8();
    assert_eq!(extended.get_pixel(0, 0).0[3], 0);
    assert_eq!(extended.get_pixel(5, 20).0[..3], source.get_pixel(0, 0).0);
}

#[test]
fn what_has_no_counterpart_is_told_and_the_rest_is_there() {
    let scene = Scene::new();
    scene.write("presets.txt", "a=w:10\nb=w:20/skp:gif\n");
    let run = scene.run(&["import", "imgproxy", "presets.txt"]).expect(1);
    assert!(run.stdout.starts_with("#:schema "), "{run:?}");
    assert!(run.stdout.contains("[generators.a]") && run.stdout.contains("[generators.b]"));
    assert!(run.stderr.contains("presets.txt:2: skp: "), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");

    scene.write("p.preset.toml", "version = 1\n[generators.a]\noperations = [\n  { op = \"resize\", width = 9 },\n  { op = \"invert\" },\n]\n");
    for system in ["imgproxy", "konifer", "magnolia", "cloudinary"] {
        let run = scene.run(&["export", system, "p.preset.toml"]);
        assert!(run.stdout.contains('9'), "{run:?}");
        let has_told = run.stderr.contains("p.preset.toml:5: ") || system == "cloudinary";
        assert!(has_told, "{run:?}");
        assert_eq!(run.status, i32::from(!run.stderr.is_empty()), "{run:?}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_and_images_are_not_replaced() {
    let scene = Scene::with_photos(&["a.jpg"]);
    scene.write("empty.txt", "# nothing\n");
    scene.write("bad.yaml", "a: [1\n");
    scene.run(&["import", "imgproxy", "empty.txt"]).expect(2);
    let run = scene.run(&["import", "magnolia", "bad.yaml"]).expect(2);
    assert!(run.stderr.contains("bad.yaml:"), "{run:?}");
    scene.run(&["import", "imgproxy", "a.jpg"]).expect(2);
    scene.run(&["import", "imgproxy", "missing.txt"]).expect(2);
    scene.run(&["export", "imgproxy", "bad.yaml"]).expect(2);
    scene.run(&["import", "imgix", "empty.txt"]).expect(2);

    scene.write("presets.txt", "a=w:10\n");
    let before = scene.tree(".");
    scene.run(&["import", "imgproxy", "presets.txt", "--to", "a.jpg"]).expect(2);
    scene.run(&["import", "imgproxy", "presets.txt", "--to", "presets.txt"]).expect(2);
    assert_eq!(scene.tree("."), before);
    scene.run(&["import", "imgproxy", "presets.txt", "--to", "new.toml"]).expect(0);
    scene.run(&["import", "imgproxy", "presets.txt", "--to", "new.toml"]).expect(0);
}
