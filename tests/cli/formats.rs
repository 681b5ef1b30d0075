//! Every format that is read and not written: files made by other programs, of one picture of four
//! fields, and what their headers and pixels must be.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use image::{GenericImageView as _, Rgba};
use serde_json::{Value, json};

use crate::support::Scene;

/// The fields of the picture: red, green, blue, and a light grey that is half transparent where the
/// file can say so.
const FIELDS: [[u8; 4]; 4] =
    [[200, 40, 40, 255], [40, 160, 60, 255], [40, 60, 200, 255], [220, 220, 220, 255]];

/// A file of the picture, 48 x 32 pixels once it is upright.
struct File {
    name: &'static str,
    depth: u32,
    space: &'static str,
    alpha: bool,
    /// By how much a level may differ.
    bound: u8,
}

const fn file(name: &'static str, depth: u32, space: &'static str, alpha: bool, bound: u8) -> File {
    File { name, depth, space, alpha, bound }
}

const FILES: [File; 25] = [
    file("turned.heic", 8, "srgb", false, 4),
    file("deep-alpha.heic", 10, "srgb", true, 4),
    file("lossy.jxl", 8, "srgb", false, 12),
    file("alpha.jxl", 8, "srgb", true, 0),
    file("sizes.ico", 8, "srgb", true, 0),
    file("bitmap.ico", 8, "srgb", true, 0),
    file("pointer.cur", 8, "srgb", true, 0),
    file("alpha.qoi", 8, "srgb", true, 0),
    file("picture.tga", 8, "srgb", false, 0),
    file("packed.tga", 8, "srgb", true, 0),
    file("binary.ppm", 8, "srgb", false, 0),
    file("deep.pam", 16, "srgb", true, 0),
    file("alpha.dds", 8, "srgb", true, 8),
    file("alpha.ff", 16, "srgb", true, 0),
    file("light.exr", 32, "srgb", false, 1),
    file("alpha.exr", 32, "srgb", true, 1),
    file("light.hdr", 32, "srgb", false, 2),
    file("packed.psd", 8, "srgb", false, 0),
    file("deep.psd", 16, "srgb", false, 0),
    file("alpha.psd", 8, "srgb", true, 1),
    file("large.psb", 8, "srgb", false, 0),
    file("picture.jp2", 8, "srgb", false, 0),
    file("alpha.jp2", 8, "srgb", true, 0),
    file("stream.j2k", 8, "srgb", false, 0),
    file("turned.nef", 8, "srgb", false, 4),
];

fn inputs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/cli/inputs/formats")
}

/// A scene with this generator `g` and these files in `in/`.
fn scene(generator: &str, names: &[&str]) -> Scene {
    let scene = Scene::new();
    scene.write("p.preset.toml", format!("version = 1\n[generators.g]\n{generator}\n"));
    for name in names {
        scene.write(format!("in/{name}"), std::fs::read(inputs().join(name)).unwrap());
    }
    scene
}

/// What `inspect` says of a file.
fn header(scene: &Scene, name: &str) -> Value {
    scene.run(&["inspect", &format!("in/{name}"), "--json"]).expect(0).rows().remove(0)
}

#[test]
fn headers_and_pixels_are_those_of_the_picture() {
    let names = FILES.map(|file| file.name);
    let png = "output = { format = \"png\" }";
    let scene = scene(png, &names);
    let run = scene.render(&["in", "--on-clash", "extension"]).expect(0);
    for File { name, depth, space, alpha, bound } in FILES {
        let header = header(&scene, name);
        let told = [&header["width"], &header["height"], &header["depth"], &header["space"]];
        let is_turned = header["orientation"] == 6;
        let (width, height) = if is_turned { (32, 48) } else { (48, 32) };
        let wanted = [json!(width), json!(height), json!(depth), json!(space)];
        assert_eq!(told, wanted.each_ref(), "{name}: {header}");
        assert_eq!(header["alpha"], alpha, "{name}: {header}");
        let rows = run.rows();
        let row = rows.iter().find(|row| row["source"] == format!("in/{name}"));
        let path = row.and_then(|row| row["path"].as_str()).unwrap_or_else(|| panic!("{run:?}"));
        let picture = image::open(scene.path(path)).unwrap();
        assert_eq!(picture.dimensions(), (48, 32), "{name}");
        let places = [(12, 8), (36, 8), (12, 24), (36, 24)];
        for ((x, y), mut wanted) in places.into_iter().zip(FIELDS) {
            if alpha && (x, y) == places[3] {
                wanted[3] = 128;
            }
            let Rgba(found) = picture.get_pixel(x, y);
            let near = found.iter().zip(wanted).all(|(one, other)| one.abs_diff(other) <= bound);
            assert!(near, "{name} at {x}, {y}: {found:?} is not near {wanted:?}");
        }
    }
}

#[test]
fn camera_data_are_read_and_kept_and_a_turn_is_applied_once() {
    let output = "output = { format = \"jpeg\", metadata = \"keep\" }";
    let scene = scene(output, &["turned.heic"]);
    let told = header(&scene, "turned.heic");
    assert_eq!(
        (&told["orientation"], &told["metadata"]["exif.Artist"]),
        (&json!(1), &json!("Ann"))
    );
    let run = scene.render(&["in"]).expect(0);
    let bytes = std::fs::read(scene.path(run.row()["path"].as_str().unwrap())).unwrap();
    assert!(bytes.windows(4).any(|part| part == b"Ann\0"));
    assert_eq!((&run.row()["width"], &run.row()["height"]), (&json!(48), &json!(32)));
}

#[test]
fn an_icon_of_many_sizes_may_have_more_bytes_than_its_largest() {
    let scene = Scene::new();
    let mut noise = 1u32;
    let mut pixel = || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise.to_be_bytes()[0]
    };
    let mut bytes = b"P6\n256 256\n255\n".to_vec();
    bytes.extend((0..256 * 256 * 3).map(|_| pixel()));
    scene.write("noise.ppm", bytes);
    let preset = "version = 1\n[generators.icon]\noutput = { format = \"ico\", sizes = [248, 240, 224, \
                  208, 192, 176, 160, 144, 128, 112, 96] }\n";
    scene.write("p.preset.toml", preset);
    let run = scene.render(&["noise.ppm"]).expect(0);
    assert_eq!(run.column("format"), ["ico"]);
    let header = scene.run(&["inspect", "--json", "out/icon/noise.ico"]).expect(0);
    assert!(header.stdout.contains("\"width\":256"), "{header:?}");
}

#[test]
fn an_icons_other_sizes_are_its_pages() {
    let scene = scene("source = { page = 1 }\noutput = { format = \"png\" }", &["bitmap.ico"]);
    assert_eq!(header(&scene, "bitmap.ico")["frames"], 2);
    let row = scene.render(&["in"]).expect(0).row();
    assert_eq!((&row["width"], &row["height"]), (&json!(24), &json!(16)));
    scene.write(
        "p.preset.toml",
        "version = 1\n[generators.g]\nsource = { page = 2 }\noutput = { format = \"png\" }\n",
    );
    assert_eq!(scene.render(&["in"]).expect(1).row()["error"]["code"], "invalid");
}

#[test]
fn broken_files_are_rows_with_a_reason() {
    let scene = scene("output = { format = \"png\" }", &[]);
    for File { name, .. } in FILES {
        let bytes = std::fs::read(inputs().join(name)).unwrap();
        scene.write(format!("in/{name}"), &bytes[..bytes.len() / 2]);
    }
    let run = scene.render(&["in", "--on-clash", "extension"]).expect(1);
    assert_eq!(run.rows().len(), FILES.len());
    for row in run.rows() {
        // A half file may hold a smaller or a coarser picture.
        let code = row["error"]["code"].as_str();
        assert!(row["status"] == "rendered" || code == Some("unreadable"), "{row}");
    }
    let failed = run.rows().iter().filter(|row| row["status"] == "failed").count();
    assert!(failed > FILES.len() / 2, "{run:?}");
}

#[test]
fn light_is_shown_by_exposure_and_a_tone_curve() {
    let scene = scene("", &["light.exr"]);
    let level = |source: &str| {
        let preset = format!(
            "version = 1\n[generators.g]\nsource = {{ {source} }}\noutput = {{ format = \"png\" }}\n"
        );
        scene.write("p.preset.toml", preset);
        let run = scene.render(&["in", "--on-conflict", "overwrite"]).expect(0);
        let row = run.row();
        let picture = image::open(scene.path(row["path"].as_str().unwrap())).unwrap();
        picture.get_pixel(36, 24).0[0]
    };
    assert_eq!(level("exposure = 0"), 220);
    // Half of 0.7157 of light, and that through the curves' formulas.
    assert!(level("exposure = -1").abs_diff(161) <= 1);
    assert!(level("tone = \"reinhard\"").abs_diff(174) <= 1);
    assert!(level("tone = \"aces\"").abs_diff(221) <= 1);
    assert_eq!(level("exposure = 1, tone = \"clip\""), 255);
}

#[test]
fn a_raw_file_tells_its_sensors_size_and_says_that_it_is_not_developed() {
    let scene = scene("output = { format = \"jpeg\", metadata = \"keep\" }", &["turned.nef"]);
    let told = header(&scene, "turned.nef");
    assert_eq!((&told["format"], &told["orientation"]), (&json!("raw"), &json!(6)));
    let metadata = &told["metadata"];
    let names = [&metadata["raw.sensor"], &metadata["exif.Artist"], &metadata["exif.Model"]];
    assert_eq!(names, [&json!("6000 x 4000"), &json!("Ann"), &json!("NIKON D1")]);
    let row = scene.render(&["in"]).expect(0).row();
    assert_eq!((&row["width"], &row["height"]), (&json!(48), &json!(32)));
    let text = row["notes"].to_string();
    assert!(text.contains("6000 x 4000 are not developed"), "{row}");
}

#[test]
fn a_document_without_its_flattened_picture_says_so() {
    let scene = scene("output = { format = \"png\" }", &[]);
    let mut bytes = std::fs::read(inputs().join("packed.psd")).unwrap();
    // The image resources, into which the note is put that Photoshop writes.
    let note = b"8BIM\x04\x21\0\0\0\0\0\x06\0\0\0\x01\0\0";
    let at = 30;
    let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let longer = length + u32::try_from(note.len()).unwrap();
    bytes[at..at + 4].copy_from_slice(&longer.to_be_bytes());
    bytes.splice(at + 4..at + 4, *note);
    scene.write("in/layers.psd", bytes);
    let error = scene.render(&["in"]).expect(1).row()["error"].clone();
    assert_eq!(error["code"], "unsupported");
    assert!(error["message"].as_str().unwrap().contains("Maximize compatibility"), "{error}");
}

/// A PDF of two pages: the fields in 48 x 32 points with a gap between them, and one of 20 x 10.
fn pdf() -> Vec<u8> {
    let rectangles = [(0, 16), (25, 16), (0, 0), (25, 0)];
    let mut fields = String::new();
    for ((x, y), [red, green, blue, alpha]) in rectangles.into_iter().zip(FIELDS) {
        let share = |level: u8| f64::from(level) / 255.0;
        let [red, green, blue] = [red, green, blue].map(share);
        let state = if x > 0 && y == 0 { "/half gs " } else { "" };
        assert_eq!(alpha, 255);
        writeln!(fields, "{state}{red} {green} {blue} rg {x} {y} 23 16 re f").unwrap();
    }
    let page = |size: &str, content: usize| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] /Contents {content} 0 R /Resources \
             << /ExtGState << /half << /ca 0.5 >> >> >> >>"
        )
    };
    let stream = |text: &str| format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".to_owned(),
        page("48 32", 5),
        page("20 10", 6),
        stream(&fields),
        stream("1 0 0 rg 0 0 20 10 re f"),
    ];
    let mut file = String::from("%PDF-1.7\n");
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        writeln!(file, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    let start = file.len();
    writeln!(file, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(file, "{offset:010} 00000 n ").unwrap();
    }
    let count = objects.len() + 1;
    let trailer = format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.push_str(&trailer);
    file.into_bytes()
}

#[test]
fn a_page_of_a_pdf_is_drawn_at_any_density_on_nothing() {
    let scene = scene("source = { density = 144 }\noutput = { format = \"png\" }", &[]);
    scene.write("in/two.pdf", pdf());
    scene.write("in/drawing.ai", pdf());
    let header = header(&scene, "two.pdf");
    let told = ["width", "height", "frames", "alpha", "format"].map(|key| header[key].clone());
    assert_eq!(told, [json!(48), json!(32), json!(2), json!(true), json!("pdf")]);
    let run = scene.render(&["in"]).expect(0);
    assert!(run.rows().iter().all(|row| row["width"] == 96), "{run:?}");
    let picture = image::open(scene.path("out/g/two.png")).unwrap();
    assert_eq!(picture.dimensions(), (96, 64));
    for ((x, y), mut wanted) in [(20, 16), (70, 16), (20, 48), (70, 48)].into_iter().zip(FIELDS) {
        if (x, y) == (70, 48) {
            wanted[3] = 128;
        }
        let Rgba(found) = picture.get_pixel(x, y);
        let near = found.iter().zip(wanted).all(|(one, other)| one.abs_diff(other) <= 2);
        assert!(near, "at {x}, {y}: {found:?} is not near {wanted:?}");
    }
    assert_eq!(picture.get_pixel(48, 32).0[3], 0);

    let second = |page: u32| {
        let preset = format!(
            "version = 1\n[generators.g]\nsource = {{ page = {page} }}\n\
             output = {{ format = \"jpeg\" }}\n"
        );
        scene.write("p.preset.toml", preset);
        scene.render(&["in/two.pdf"])
    };
    let row = second(1).expect(0).row();
    assert_eq!((&row["width"], &row["height"]), (&json!(20), &json!(10)));
    assert_eq!(second(2).expect(1).row()["error"]["code"], "invalid");
}

#[test]
fn a_broken_pdf_is_a_row_with_a_reason() {
    let scene = scene("output = { format = \"png\" }", &[]);
    scene.write("in/none.pdf", b"%PDF-1.7\nno pages");
    let run = scene.render(&["in"]).expect(1);
    assert_eq!(run.row()["error"]["code"], "unreadable", "{run:?}");
    assert!(run.row()["error"]["message"].as_str().unwrap().contains("whole copy"));
}
