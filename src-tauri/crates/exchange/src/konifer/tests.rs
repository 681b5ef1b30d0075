//! Configurations of the documentation, and what they become.

use crate::{
    System,
    tests::{imported, round_trip, told},
};

const FULL: &str = r##"data-store { provider = postgresql }
variant-profiles {
  thumbnail-200 { w = 200, r = auto, format = webp }
  hero { w = 1200, h = 630, fit = crop, g = attention, format = jpg, q = 75, strip = "exif,xmp" }
  "sepia original" { filter = sepia, r = 90, f = h, blur = 2.5, pad = 10, pad-c = "#FF000080", cs = srgb }
  stretched { w = 30, h = 40, fit = stretch, cs = grayscale, strip = "exif,iptc,xmp" }
}
paths {
  "/**" { transform { eager-variants = [thumbnail-200] } }
  "/users/**" { transform { eager-variants = [ hero ] }, object-store { bucket = users } }
}
"##;

#[test]
fn profiles_and_paths_become_generators() {
    let (preset, notes) = imported(System::Konifer, FULL);
    let text = crate::write::preset(preset.generators.iter());
    let expected = r##"
[generators.thumbnail-200]
match = { exclude = ["users/**"] }
eager = true
operations = [
  { op = "resize", width = 200, enlarge = true },
]
output = { format = "webp", color = "keep", metadata = "keep" }

[generators.hero]
match = { path = ["users/**"] }
eager = true
operations = [
  { op = "resize", fit = "cover", width = 1200, height = 630, enlarge = true, gravity = "smart" },
]
output = { format = "jpeg", quality = 75, color = "keep", metadata = ["iptc"] }

[generators."sepia original"]
operations = [
  { op = "rotate", angle = 90 },
  { op = "flip" },
  { op = "sepia" },
  { op = "blur", sigma = 2.5 },
  { op = "pad", all = 10, background = "#ff000080" },
]
output = { color = "srgb", metadata = "keep" }

[generators.stretched]
operations = [
  { op = "resize", fit = "fill", width = 30, height = 40, enlarge = true },
  { op = "grayscale" },
]
output = { color = "srgb", metadata = "strip" }
"##;
    assert_eq!(text.split_once("version = 1\n").unwrap().1, expected);
    let lines: Vec<usize> = notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [1, 4, 10], "{:?}", told(&notes));
}

#[test]
fn lists_are_read_as_tables_are() {
    let text = "variant-profiles = [\n  {\n    name = thumbnail\n    w = 128\n    h = 128\n    fit = fill\n  }\n]\n\
                paths = [\n  {\n    path = \"/**\"\n    eager-variants = [ thumbnail ]\n    max-height = 300\n  }\n]\n";
    let (preset, notes) = imported(System::Konifer, text);
    assert!(preset.generators[0].eager);
    assert_eq!(preset.generators[0].name, "thumbnail");
    assert_eq!(told(&notes).len(), 1);
    assert_eq!(notes[0].line, 13);
}

#[test]
fn what_has_no_counterpart_is_told_with_its_line() {
    let text = "variant-profiles {\n a {\n  w = 5\n  filter = black_white\n  fit = wat\n  q = 500\n  zz = 1\n }\n}\n\
                paths { \"/**\" {\n image { lqip = [blurhash] }\n transform { preprocessing { enabled = true } } } }\n";
    let (_, notes) = imported(System::Konifer, text);
    let lines: Vec<usize> = notes.iter().map(|note| note.line).collect();
    assert_eq!(lines, [4, 5, 6, 7, 11, 12], "{:?}", told(&notes));
}

#[test]
fn import_export_and_import_give_the_same_rules() {
    round_trip(System::Konifer, FULL);
    for profile in [
        "w = 100",
        "h = 50",
        "w = 10, h = 20",
        "w = 10, h = 20, fit = fill",
        "w = 10, h = 20, fit = crop, g = entropy",
        "r = 180",
        "r = auto",
        "f = v",
        "filter = grayscale",
        "filter = sepia",
        "blur = 3",
        "q = 5",
        "pad = 3",
        "pad = 3, pad-c = \"#fff\"",
        "strip = exif",
        "strip = \"iptc,xmp\"",
        "cs = p3",
        "cs = grayscale, filter = grayscale",
        "format = avif, q = 50",
    ] {
        round_trip(System::Konifer, &format!("variant-profiles {{ a {{ {profile} }} }}"));
    }
}
