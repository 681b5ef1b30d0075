//! Files as people have them, made after public reports on programs that do the same job, and what
//! must come out of them. `inputs/` holds those that a test cannot make itself.

use std::path::{Path, PathBuf};

use image::{DynamicImage, GenericImageView as _, ImageFormat, RgbImage, Rgba};

use crate::support::{Run, Scene, encoded, picture};

fn input(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/cli/inputs");
    std::fs::read(folder.join(name)).unwrap()
}

/// A scene with a preset of one generator `g` and inputs in `in/`.
fn scene(generator: &str, inputs: &[&str]) -> Scene {
    let scene = Scene::new();
    scene.write("p.preset.toml", format!("version = 1\n[generators.g]\n{generator}\n"));
    for name in inputs {
        scene.write(PathBuf::from("in").join(name), input(name));
    }
    scene
}

/// The bytes of the result from this source in this format.
#[track_caller]
fn result(scene: &Scene, run: &Run, source: &str, format: &str) -> Vec<u8> {
    let rows = run.rows();
    let is_it = |row: &&serde_json::Value| {
        row["source"] == format!("in/{source}") && row["format"] == format
    };
    let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("{source} {format}: {run:?}"));
    std::fs::read(scene.path(row["path"].as_str().unwrap())).unwrap()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// A pixel of the only result, a PNG.
#[track_caller]
fn pixel(scene: &Scene, run: &Run, x: u32, y: u32) -> Rgba<u8> {
    image(scene, run).get_pixel(x, y)
}

#[track_caller]
fn image(scene: &Scene, run: &Run) -> DynamicImage {
    let row = run.row();
    let path = scene.path(row["path"].as_str().unwrap_or_else(|| panic!("{run:?}")));
    image::load_from_memory_with_format(&std::fs::read(path).unwrap(), ImageFormat::Png).unwrap()
}

#[track_caller]
fn assert_near(found: Rgba<u8>, wanted: [u8; 4], bound: u8) {
    let near = found.0.iter().zip(wanted).all(|(one, other)| one.abs_diff(other) <= bound);
    assert!(near, "{found:?} is not near {wanted:?}");
}

const PNG: &str = "output = { format = \"png\" }";

#[test]
fn camera_texts_are_passed_on_byte_for_byte() {
    let texts: [(&str, &[u8]); 2] = [
        ("exif-brackets.jpg", b"\0Copyright (c) 2024 Jane Doe (Studio A), all rights\0"),
        ("exif-two-parts.jpg", b"Jane Doe 2024\0Example Agency\0"),
    ];
    for policy in ["copyright", "keep"] {
        let formats = ["jpeg", "png", "webp", "avif"];
        let output = format!("output = {{ format = {formats:?}, metadata = \"{policy}\" }}");
        let scene = scene(&output, &texts.map(|(name, _)| name));
        let run = scene.render(&["in"]).expect(0);
        for (name, text) in texts {
            for format in formats {
                let bytes = result(&scene, &run, name, format);
                let found = bytes.windows(text.len() - 1).any(|part| part == &text[1..]);
                assert!(found, "{policy} {name} {format}");
            }
        }
    }
}

#[test]
fn the_author_is_kept_wherever_the_source_has_it() {
    let output = "output = { format = [\"jpeg\", \"webp\", \"avif\", \"png\", \"tiff\"] }";
    let scene = scene(output, &["iptc-only.jpg"]);
    let png = encoded(&picture(20, 10, 1), ImageFormat::Png);
    let text = png_chunk(*b"tEXt", b"Author\0Zo\xeb Painter X");
    scene.write("in/text.png", [&png[..33], &text, &png[33..]].concat());
    let run = scene.render(&["in"]).expect(0);
    for format in ["jpeg", "webp", "avif", "png", "tiff"] {
        assert!(holds(&result(&scene, &run, "iptc-only.jpg", format), "Jane Doe"), "{format}");
        assert!(holds(&result(&scene, &run, "text.png", format), "Zoë Painter"), "{format}");
    }
}

/// The checksum of a PNG's chunk (PNG, third edition, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

#[test]
fn dots_an_inch_are_kept_and_can_be_set() {
    let inputs = ["300-dpi.jpg", "300-dpi.png", "300-dpi.tif"];
    let dots = |output: &str| -> Vec<f64> {
        let scene = scene(&format!("output = {{ format = \"png\", {output} }}"), &inputs);
        let run = scene.render(&["in", "--on-clash", "extension"]).expect(0);
        let found = inputs.map(|name| {
            let bytes = result(&scene, &run, name, "png");
            let at = bytes.windows(4).position(|part| part == b"pHYs").unwrap() + 4;
            let a_metre = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
            assert_eq!(bytes[at + 8], 1, "the unit is the metre");
            (f64::from(a_metre) * 0.0254).round()
        });
        found.into()
    };
    assert_eq!(dots("metadata = \"keep\""), [300.0; 3]);
    assert_eq!(dots("metadata = \"copyright\""), [300.0; 3]);
    assert_eq!(dots("metadata = \"strip\""), [72.0; 3]);
    assert_eq!(dots("metadata = \"strip\", density = 150"), [150.0; 3]);
}

/// A chunk of a PNG.
fn png_chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut chunk = u32::try_from(content.len()).unwrap().to_be_bytes().to_vec();
    chunk.extend([&kind[..], content].concat());
    chunk.extend(crc(&chunk[4..]).to_be_bytes());
    chunk
}

#[test]
fn what_a_png_says_behind_its_pixels_counts() {
    let exif = b"II*\0\x08\0\0\0\x01\0\x98\x82\x02\0\x0c\0\0\0\x1a\0\0\0\0\0\0\0Ann Example\0";
    let xmp = b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>\
        <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
        <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:creator><rdf:Seq>\
        <rdf:li>Bea Painter</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>";
    let behind = [
        png_chunk(*b"eXIf", exif),
        png_chunk(*b"iTXt", xmp),
        png_chunk(*b"tEXt", b"Title\0Harbour"),
    ];
    let png = encoded(&picture(20, 10, 1), ImageFormat::Png);
    let (pixels, end) = png.split_at(png.len() - 12);
    for (policy, kept) in [
        ("keep", ["Ann Example", "Bea Painter", "Harbour"].as_slice()),
        ("copyright", &["Ann Example", "Bea Painter"]),
        ("strip", &[]),
    ] {
        let output = format!("output = {{ format = [\"png\"], metadata = \"{policy}\" }}");
        let scene = scene(&output, &[]);
        scene.write("in/late.png", [pixels, &behind.concat(), end].concat());
        let bytes = result(&scene, &scene.render(&["in"]).expect(0), "late.png", "png");
        for text in ["Ann Example", "Bea Painter", "Harbour"] {
            assert_eq!(holds(&bytes, text), kept.contains(&text), "{policy} {text}");
        }
        let told = scene.run(&["inspect", "in/late.png"]).expect(0).stdout;
        for line in
            ["exif.Copyright: Ann Example", "xmp.creator: Bea Painter", "png.Title: Harbour"]
        {
            assert!(told.contains(line), "{line}: {told}");
        }
    }
}

#[test]
fn comments_of_a_jpeg_are_kept_where_all_is() {
    for (policy, is_kept) in [("keep", true), ("copyright", false), ("strip", false)] {
        let output = format!("output = {{ format = \"jpeg\", metadata = \"{policy}\" }}");
        let scene = scene(&output, &["comment.jpg"]);
        let comment = {
            let bytes = input("comment.jpg");
            let at = bytes.windows(2).position(|part| part == [0xff, 0xfe]).unwrap();
            let length = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
            bytes[at..at + 2 + length].to_vec()
        };
        let bytes = result(&scene, &scene.render(&["in"]).expect(0), "comment.jpg", "jpeg");
        let found = bytes.windows(comment.len()).any(|part| part == comment);
        assert_eq!(found, is_kept, "{policy}");
        image::load_from_memory(&bytes).unwrap();
    }
}

#[test]
fn inspect_tells_the_files_own_values_and_no_others() {
    let scene = Scene::new();
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x1a\x01\x05\0\x01\0\0\0\x26\0\0\0\
        \x3b\x01\x02\0\x04\0\0\0Ann\0\0\0\0\0\x2c\x01\0\0\x01\0\0\0";
    let jpeg = encoded(&picture(20, 10, 1), ImageFormat::Jpeg);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xe1], &length[..], exif].concat();
    scene.write("a.jpg", [&jpeg[..2], &segment, &jpeg[2..]].concat());
    let told = scene.run(&["inspect", "a.jpg", "--json"]).expect(0).row();
    let metadata = serde_json::json!({ "exif.Artist": "Ann", "exif.XResolution": "300" });
    assert_eq!(told["metadata"], metadata);
}

#[test]
fn a_place_goes_and_the_title_stays() {
    let output = "output = { format = \"jpeg\", metadata = [\"exif\", \"iptc\", \"xmp\"] }";
    let scene = scene(output, &["drone-place.jpg"]);
    let run = scene.render(&["in"]).expect(0);
    let bytes = result(&scene, &run, "drone-place.jpg", "jpeg");
    for coordinate in ["12,20.74N", "12.3456789", "98.7654321"] {
        assert!(!holds(&bytes, coordinate), "{coordinate}");
    }
    assert!(holds(&bytes, "Harbour"));
}

#[test]
fn an_original_with_more_than_pixels_is_not_handed_out() {
    let output = "output = { quality = 95, never_larger = true, metadata = \"strip\" }";
    let scene = scene(output, &["comment.jpg", "comment.gif"]);
    let run = scene.render(&["in"]).expect(0);
    for (name, format) in [("comment.jpg", "jpeg"), ("comment.gif", "gif")] {
        let bytes = result(&scene, &run, name, format);
        assert!(!holds(&bytes, "Example Street") && !holds(&bytes, "TRAILER"), "{name}");
    }
}

#[test]
fn drawings_are_found_and_drawn_in_browsers_units() {
    let one = scene(PNG, &["long-comment.svg"]);
    assert_eq!(image(&one, &one.render(&["in"]).expect(0)).dimensions(), (20, 10));
    let one = scene(PNG, &["millimetres.svg"]);
    let run = one.render(&["in"]).expect(0);
    assert_near(pixel(&one, &run, 46, 46), [255, 0, 0, 255], 2);
    assert_near(pixel(&one, &run, 96, 96), [0, 0, 255, 255], 2);
    let one = scene(PNG, &["wide-colours.svg"]);
    assert_near(pixel(&one, &one.render(&["in"]).expect(0), 20, 10), [255, 85, 0, 255], 40);
}

#[test]
fn physical_sizes_of_drawings_follow_the_density() {
    let drawing = |size: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' {size}></svg>");
    let cases = [
        ("width='1in' height='0.5in'", 72, (72, 36)),
        ("width='25.4mm' height='2.54cm'", 96, (96, 96)),
        ("width='100pt' height='50pt' viewBox='0 0 100 50'", 72, (100, 50)),
        ("width='1in' height='1in'", 300, (300, 300)),
        ("width='50' height='20px'", 72, (50, 20)),
        ("width='50' height='20'", 144, (100, 40)),
    ];
    for (size, density, wanted) in cases {
        let scene = scene(&format!("source = {{ density = {density} }}\n{PNG}"), &[]);
        scene.write("in/a.svg", drawing(size));
        let found = image(&scene, &scene.render(&["in"]).expect(0)).dimensions();
        assert_eq!(found, wanted, "{size} at {density}");
    }
}

#[test]
fn what_looks_like_an_image_has_a_row() {
    let scene = scene(PNG, &[]);
    let svg = "<?xml version='1.0' encoding='UTF-16'?><svg xmlns='http://www.w3.org/2000/svg' \
               width='8' height='4'/>";
    let wide: Vec<u8> = svg.encode_utf16().flat_map(u16::to_le_bytes).collect();
    scene.write("in/wide.svg", [b"\xff\xfe".to_vec(), wide].concat());
    scene.write("in/empty.jpg", "");
    scene.write("in/broken.svgz", b"\x1f\x8b\x08\0");
    scene.write("in/icon", b"\0\0\x01\0\x01\0");
    scene.write("in/notes.txt", "no image");
    let run = scene.render(&["in"]).expect(1);
    assert_eq!(run.column("source"), ["in/broken.svgz", "in/empty.jpg", "in/icon", "in/wide.svg"]);
    assert_eq!(run.column("status"), ["failed", "failed", "failed", "rendered"]);
    assert!(run.stdout.contains("ICO"), "{run:?}");
}

#[test]
fn levels_and_gamma_are_understood() {
    let one = scene(PNG, &["float.tif"]);
    let run = one.render(&["in"]).expect(0);
    let grey = [0, 32, 64].map(|x| pixel(&one, &run, x, 5).0[0]);
    assert!(grey[0] <= 2 && grey[1].abs_diff(188) <= 3 && grey[2] >= 250, "{grey:?}");
    let one = scene(PNG, &["gamma.png"]);
    let run = one.render(&["in"]).expect(0);
    assert_near(pixel(&one, &run, 8, 8), [188, 188, 188, 255], 2);
}

#[test]
fn a_jpeg_without_its_end_is_a_choice() {
    let one = scene(PNG, &["no-end-mark.jpg"]);
    let run = one.render(&["in"]).expect(0);
    assert_eq!(image(&one, &run).dimensions(), (96, 64));
    assert!(run.row()["notes"][0].as_str().unwrap().contains("end mark"), "{run:?}");
    let refusing = scene(&format!("source.damaged = \"refuse\"\n{PNG}"), &["no-end-mark.jpg"]);
    let message = refusing.render(&["in"]).expect(1).row()["error"]["message"].to_string();
    assert!(message.contains("end mark"), "{message}");

    let whole = encoded(&picture(96, 64, 3), ImageFormat::Jpeg);
    let short = &whole[..whole.len() * 3 / 4];
    let refused = scene(PNG, &[]);
    refused.write("in/a.jpg", short);
    let message = refused.render(&["in"]).expect(1).row()["error"]["message"].to_string();
    assert!(message.contains("last rows") && message.contains("damaged"), "{message}");
    let keeping = scene(&format!("source.damaged = \"keep\"\n{PNG}"), &[]);
    keeping.write("in/a.jpg", short);
    let run = keeping.render(&["in"]).expect(0);
    assert_eq!(image(&keeping, &run).dimensions(), (96, 64));
    assert!(run.row()["notes"][0].as_str().unwrap().contains("last rows"), "{run:?}");
}

#[test]
fn a_cut_size_is_limited_by_what_is_made() {
    for gravity in ["center", "north-west", "smart"] {
        let resize = "op = \"resize\", fit = \"cover\", width = 512, height = 512, enlarge = true";
        let operations = format!("operations = [{{ {resize}, gravity = \"{gravity}\" }}]");
        let scene = scene(&format!("{operations}\n{PNG}"), &[]);
        let strip = RgbImage::from_pixel(1000, 5, image::Rgb([10, 200, 30])).into();
        scene.write("in/strip.png", encoded(&strip, ImageFormat::Png));
        let run = scene.render(&["in"]).expect(0);
        assert_eq!(image(&scene, &run).dimensions(), (512, 512), "{gravity}");
        assert_near(pixel(&scene, &run, 511, 511), [10, 200, 30, 255], 1);
    }
}

#[test]
fn characters_without_a_glyph_are_named() {
    // A number that no font has a character for.
    let text = |more: &str| {
        format!("operations = [{{ op = \"text\", text = \"A\u{2fffe}\"{more} }}]\n{PNG}")
    };
    let scene_of = |more: &str| {
        let scene = scene(&text(more), &[]);
        scene.photo("in/a.jpg", 1);
        scene
    };
    let noting = scene_of("");
    let run = noting.render(&["in"]).expect(0);
    assert!(run.row()["notes"][0].as_str().unwrap().contains("U+2FFFE"), "{run:?}");
    let told = noting.run(&["render", "in", "--preset", "p.preset.toml", "--out", "again"]);
    assert!((told.stdout + &told.stderr).contains("U+2FFFE"));
    let failing = scene_of(", on_missing_glyph = \"fail\"");
    let run = failing.render(&["in"]).expect(1);
    assert!(run.row()["error"]["message"].as_str().unwrap().contains("U+2FFFE"), "{run:?}");
}

#[test]
fn animations_play_as_often_as_before() {
    let names = ["loop-once.gif", "loop-forever.gif", "loop-thrice.gif", "loop-still.gif"];
    let scene = scene("output = { format = [\"webp\", \"gif\"], lossless = true }", &names);
    let run = scene.render(&["in"]).expect(0);
    let loops = names.map(|name| {
        let bytes = result(&scene, &run, name, "webp");
        let at = bytes.windows(4).position(|part| part == b"ANIM")?;
        Some(u16::from_le_bytes([bytes[at + 12], bytes[at + 13]]))
    });
    assert_eq!(loops, [Some(1), Some(0), Some(3), None]);
}

#[test]
fn trimmed_and_reduced_pictures_keep_their_edges() {
    let sizes = [("black-on-clear.png", (10, 5)), ("blank.png", (30, 20)), ("clear.png", (30, 20))];
    for (name, size) in sizes {
        let operations = "operations = [{ op = \"trim\", threshold = 10 }]";
        let scene = scene(&format!("{operations}\n{PNG}"), &[name]);
        assert_eq!(image(&scene, &scene.render(&["in"]).expect(0)).dimensions(), size, "{name}");
    }
    let operations = "operations = [{ op = \"resize\", width = 17 }]";
    let scene = scene(&format!("{operations}\n{PNG}"), &["palette-fringe.png"]);
    let reduced = image(&scene, &scene.render(&["in"]).expect(0)).into_rgba8();
    let seen = reduced.pixels().filter(|pixel| pixel.0[3] > 8);
    assert!(seen.clone().count() > 0);
    for pixel in seen {
        assert!(pixel.0[0] >= 196 && pixel.0[1] <= 12, "{pixel:?}");
    }
}

#[test]
fn a_logo_keeps_its_colours_on_a_grey_picture() {
    let overlay =
        "{ op = \"overlay\", image = \"logo.png\", gravity = \"south-east\", x = 4, y = 4 }";
    let operations = format!("operations = [{{ op = \"grayscale\" }}, {overlay}]");
    let scene = scene(&format!("{operations}\n{PNG}"), &["grey.jpg"]);
    scene.write("logo.png", input("logo.png"));
    let run = scene.render(&["in"]).expect(0);
    assert_near(pixel(&scene, &run, 50, 30), [230, 20, 10, 255], 2);
    assert_near(pixel(&scene, &run, 5, 5), [90, 90, 90, 255], 2);
}
