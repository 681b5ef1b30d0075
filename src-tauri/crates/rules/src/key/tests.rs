//! Which rules share a key and which do not, as tables of preset snippets.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    AssetTexts, DigestError, Fault, Format,
    parameters::GivenValues,
    plan::{AssetFacts, Request, plan},
    preset::parse,
    protocol::Header,
    value::CropFrame,
};

fn asset(format: Format) -> AssetFacts {
    AssetFacts {
        path: "photos/lake.jpg".to_owned(),
        content_hash: [0xaa; 32].into(),
        header: Header::plain(format, 6000, 4000),
        focal: None,
        faces: None,
        crops: BTreeMap::new(),
        texts: AssetTexts::default(),
    }
}

/// The keys that a generator with this body gives.
fn keys_of(body: &str, asset: &AssetFacts, hash: &str) -> Vec<Key> {
    let parsed = parse(&format!("version = 1\n[generators.a]\n{body}"));
    assert_eq!(parsed.problems, [], "{body}");
    let request = Request {
        asset,
        generators: &[],
        given: &GivenValues::default(),
        writable: &Format::ALL,
        file_hash: &|name| {
            Ok::<_, Fault>(ContentHash::of(format!("{hash}{}", name.len() % 2).as_bytes()))
        },
    };
    let plan = plan(&parsed.preset, &request);
    assert_eq!(plan.refused, [], "{body}");
    plan.variants.into_iter().map(|variant| variant.key).collect()
}

fn keys(body: &str) -> Vec<Key> {
    keys_of(body, &asset(Format::Jpeg), "00")
}

fn step(step: &str) -> String {
    format!("operations = [{{ op = \"resize\", width = 100 }}, {{ {step} }}]")
}

#[test]
fn what_changes_no_pixel_changes_no_key() {
    let plain = "operations = [{ op = \"resize\", width = 100 }]";
    let without_effect = [
        "op = \"brightness\"",
        "op = \"contrast\", amount = 0",
        "op = \"saturation\", amount = -0.0",
        "op = \"gamma\", value = 1",
        "op = \"grayscale\", amount = 0",
        "op = \"sepia\", amount = 0",
        "op = \"duotone\", amount = 0, shadows = \"red\"",
        "op = \"colorize\", opacity = 0",
        "op = \"colorize\", color = \"#12345600\"",
        "op = \"blur\", sigma = 0",
        "op = \"sharpen\", flat = 0, jagged = 0",
        "op = \"pixelate\", size = 1",
        "op = \"round_corners\", radius = \"0%\"",
        "op = \"rotate\", angle = 360",
        "op = \"pad\", top = 0",
        "op = \"crop\", width = \"100%\"",
        "op = \"text\", text = \"a\", opacity = 0",
        "op = \"overlay\", image = \"a.png\", opacity = 0",
        "op = \"invert\", enabled = false",
    ];
    for other in without_effect {
        assert_eq!(keys(&step(other)), keys(plain), "{other}");
    }
    let same = [
        ("op = \"resize\", width = 50", "op = \"resize\", width = 50, name = \"small\""),
        ("op = \"resize\", width = 50", "op = \"resize\", width = 50.0, enabled = true"),
        ("op = \"resize\", width = \"50%\"", "op = \"resize\", width = \"50.0 %\""),
        (
            "op = \"resize\", width = 50",
            "op = \"resize\", width = 50, fit = \"cover\", gravity = \"smart\"",
        ),
        (
            "op = \"resize\", width = 50, height = 50",
            "op = \"resize\", width = 50, height = 50, fit = \"inside\", gravity = \"north\", background = \"red\", kernel = \"lanczos3\", enlarge = false, undersized = \"ratio\"",
        ),
        ("op = \"resize\", width = 100", "op = \"resize\", width = 50, dpr = 2"),
        (
            "op = \"crop\", aspect = \"1:1\"",
            "op = \"crop\", aspect = \"1:1\", x = 0, y = \"0%\", gravity = { x = 0.5, y = 0.5 }",
        ),
        ("op = \"crop\", aspect = \"1:1\"", "op = \"crop\", aspect = \"1:1\", gravity = \"focal\""),
        ("op = \"pad\", all = 5", "op = \"pad\", top = 5, right = 5, bottom = 5, left = 5"),
        ("op = \"rotate\", angle = -90", "op = \"rotate\", angle = 270, background = \"red\""),
        ("op = \"rotate\", angle = -45", "op = \"rotate\", angle = 315"),
        (
            "op = \"text\", text = \"a\", color = \"#fff\"",
            "op = \"text\", text = \"a\", color = \"white\", font = \"Sans\"",
        ),
        ("op = \"overlay\", image = \"a.png\"", "op = \"overlay\", image = \"b/c.png\""),
    ];
    for (one, other) in same {
        assert_eq!(keys(&step(one)), keys(&step(other)), "{one} and {other}");
    }
    let outputs = [
        ("format = \"jpeg\"", "format = \"jpeg\", quality = 73"),
        ("format = \"avif\"", "format = \"avif\", quality = 62"),
        ("format = \"jxl\"", "format = \"jxl\", quality = 70, chroma = \"4:2:0\""),
        ("format = \"webp\", quality = 70", "format = \"webp\", quality = { webp = 70, avif = 1 }"),
        (
            "quality = 70, effort = 3, max_bytes = 5000",
            "quality = { jpeg = 70 }, effort = { jpeg = 3 }, max_bytes = { jpeg = 5000, png = 900 }",
        ),
        ("format = \"jpeg\", quality = 80", "format = \"jpeg\", quality = { jpeg = 80 }"),
        ("format = \"jpeg\"", "format = \"source\", metadata = \"copyright\", color = \"srgb\""),
        ("format = \"jpeg\"", "format = [\"source\", \"jpeg\"]"),
        ("format = \"png\"", "format = \"png\", quality = 50, chroma = \"4:4:4\", lossless = true"),
        ("format = \"bmp\"", "format = \"bmp\", effort = 9, progressive = true"),
        ("format = \"webp\", lossless = true", "format = \"webp\", lossless = true, quality = 20"),
        ("metadata = [\"xmp\", \"exif\"]", "metadata = [\"exif\", \"xmp\", \"exif\"]"),
        ("metadata = []", "metadata = \"strip\""),
        ("format = \"png\"", "format = \"png\", depth = 8"),
        ("format = \"png\", depth = 10", "format = \"png\", depth = 16"),
        ("format = \"jpeg\"", "format = \"jpeg\", depth = \"source\""),
    ];
    for (one, other) in outputs {
        let output = |text: &str| keys(&format!("output = {{ {text} }}"));
        assert_eq!(output(one), output(other), "{one} and {other}");
    }
    let sources = [
        "frames = \"all\"",
        "frames = 1",
        "frames = 9",
        "density = 300",
        "auto_orient = false",
        "subsample = { width = 9000 }",
    ];
    for source in sources {
        assert_eq!(keys(&format!("source = {{ {source} }}\n{plain}")), keys(plain), "{source}");
    }
    let around =
        "description = \"x\"\neager = true\nmatch = { min_width = 5 }\nparameters.unused = \"y\"\n";
    assert_eq!(keys(&format!("{around}{plain}")), keys(plain));
}

#[test]
fn what_may_change_a_pixel_changes_the_key() {
    let bodies = [
        String::new(),
        "output = { format = \"png\" }".to_owned(),
        "output = { format = \"png\", palette = true }".to_owned(),
        "output = { format = \"png\", palette = true, quality = 80 }".to_owned(),
        "output = { format = \"smallest\" }".to_owned(),
        "output = { quality = 80 }".to_owned(),
        "output = { quality = { jpeg = 81 } }".to_owned(),
        "output = { format = \"smallest\", quality = 80 }".to_owned(),
        "output = { format = \"smallest\", quality = { webp = 80, avif = 50 } }".to_owned(),
        "output = { format = \"smallest\", max_bytes = { webp = 2000 } }".to_owned(),
        "output = { effort = 4 }".to_owned(),
        "output = { chroma = \"4:4:4\" }".to_owned(),
        "output = { progressive = false }".to_owned(),
        "output = { max_bytes = 1000 }".to_owned(),
        "output = { target_score = 70 }".to_owned(),
        "output = { never_larger = true }".to_owned(),
        "output = { metadata = \"keep\" }".to_owned(),
        "output = { metadata = [\"exif\", \"iptc\", \"xmp\", \"gps\"] }".to_owned(),
        "output = { color = \"p3\" }".to_owned(),
        "source = { page = 1 }".to_owned(),
        "source = { subsample = { width = 100 } }".to_owned(),
        step("op = \"invert\""),
        step("op = \"resize\", width = 50"),
        step("op = \"resize\", height = 50"),
        step("op = \"resize\", width = \"50%\""),
        step("op = \"resize\", width = \"50%\", dpr = 2"),
        step("op = \"resize\", width = 50, enlarge = true"),
        step("op = \"resize\", width = 50, height = 50, fit = \"cover\", undersized = \"sides\""),
        step("op = \"resize\", width = 50, height = 50, fit = \"fill\", undersized = \"ratio\""),
        step("op = \"resize\", width = 50, kernel = \"cubic\""),
        step("op = \"resize\", width = 50, height = 50"),
        step("op = \"resize\", width = 50, height = 50, fit = \"cover\""),
        step("op = \"resize\", width = 50, height = 50, fit = \"cover\", gravity = \"smart\""),
        step("op = \"resize\", width = 50, height = 50, fit = \"contain\""),
        step("op = \"resize\", width = 50, height = 50, fit = \"contain\", background = \"red\""),
        step("op = \"crop\", aspect = \"1:1\""),
        step("op = \"crop\", aspect = \"1:1\", gravity = \"smart\""),
        step("op = \"crop\", aspect = \"1:1\", gravity = \"face\""),
        step("op = \"crop\", aspect = \"1:1\", x = 1"),
        step("op = \"crop\", aspect = \"1:1\", gravity = \"west\""),
        step("op = \"rotate\", angle = 90"),
        step("op = \"rotate\", angle = 45"),
        step("op = \"rotate\", angle = 45, background = \"red\""),
        step("op = \"round_corners\""),
        step("op = \"trim\""),
        step("op = \"flip\""),
        step("op = \"flip\", direction = \"both\""),
        step("op = \"flatten\""),
        step("op = \"text\", text = \"a\""),
        step("op = \"text\", text = \"b\""),
        step("op = \"text\", text = \"b\", on_missing_font = \"fail\""),
        step("op = \"text\", text = \"b\", font = \"{asset.stem} Bold\""),
        step("op = \"text\", text = \"{asset.name}\""),
        step("op = \"overlay\", image = \"a.png\""),
        step("op = \"overlay\", image = \"aa.png\""),
        step("op = \"overlay\", image = \"a.png\", tile = true"),
        step("op = \"blur\""),
        "operations = [{ op = \"invert\" }, { op = \"resize\", width = 100 }]".to_owned(),
    ];
    let mut seen: BTreeMap<Key, &str> = BTreeMap::new();
    for body in &bodies {
        for key in keys(body) {
            assert_eq!(seen.insert(key, body), None, "{body}");
        }
    }
}

#[test]
fn the_source_its_focal_point_and_used_files_are_part_of_a_key() {
    let plain = step("op = \"invert\"");
    let overlay = step("op = \"overlay\", image = \"a.png\"");
    let focal = step("op = \"crop\", aspect = \"1:1\", gravity = \"focal\"");
    let here = asset(Format::Jpeg);
    let other = AssetFacts { content_hash: [0xbb; 32].into(), ..here.clone() };
    let pointed = AssetFacts { focal: Some(Point { x: 0.2, y: 0.3 }), ..here.clone() };
    let renamed = AssetFacts { path: "elsewhere.jpg".to_owned(), ..here.clone() };

    assert_ne!(keys_of(&plain, &here, "00"), keys_of(&plain, &other, "00"));
    assert_eq!(keys_of(&plain, &here, "00"), keys_of(&plain, &renamed, "00"));
    assert_eq!(keys_of(&plain, &here, "00"), keys_of(&plain, &here, "11"));
    assert_ne!(keys_of(&overlay, &here, "00"), keys_of(&overlay, &here, "11"));
    assert_eq!(keys_of(&plain, &here, "00"), keys_of(&plain, &pointed, "00"));
    assert_ne!(keys_of(&focal, &here, "00"), keys_of(&focal, &pointed, "00"));
    let frame = CropFrame { x: 0.0, y: 0.0, width: 0.5, height: 0.5 };
    let cropped = |generator: &str| AssetFacts {
        crops: [(generator.to_owned(), frame)].into(),
        ..here.clone()
    };
    assert_ne!(keys_of(&plain, &here, "00"), keys_of(&plain, &cropped("a"), "00"));
    assert_eq!(keys_of(&plain, &here, "00"), keys_of(&plain, &cropped("other"), "00"));
    let titled = step("op = \"text\", text = \"{asset.title}\"");
    let texts = AssetTexts { title: "Lake".to_owned(), alt: "A lake".to_owned() };
    let written = AssetFacts { texts, ..here.clone() };
    assert_eq!(keys_of(&plain, &here, "00"), keys_of(&plain, &written, "00"));
    assert_ne!(keys_of(&titled, &here, "00"), keys_of(&titled, &written, "00"));
    let texts = AssetTexts { title: "Lake".to_owned(), alt: String::new() };
    let described = AssetFacts { texts, ..here.clone() };
    assert_eq!(keys_of(&titled, &described, "00"), keys_of(&titled, &written, "00"));
}

#[test]
fn faces_are_part_of_the_keys_of_chains_that_are_cut_around_them() {
    let here = asset(Format::Jpeg);
    let set = |faces: Vec<FaceBox>| AssetFacts { faces: Some(faces), ..here.clone() };
    let face = FaceBox { x: 0.25, y: 0.25, width: 0.125, height: 0.25 };
    let crop = step("op = \"crop\", aspect = \"1:1\", gravity = \"face\"");
    let cover =
        step("op = \"resize\", width = 50, height = 50, fit = \"cover\", gravity = \"face\"");
    for body in [&crop, &cover] {
        let kinds = [here.clone(), set(vec![]), set(vec![face]), set(vec![face, face])];
        let keys: BTreeSet<Key> =
            kinds.iter().flat_map(|asset| keys_of(body, asset, "00")).collect();
        assert_eq!(keys.len(), 4, "{body}");
    }
    for body in [
        "op = \"crop\", aspect = \"1:1\", gravity = \"smart\"",
        "op = \"resize\", width = 50, height = 50, gravity = \"face\"",
        "op = \"text\", text = \"a\", gravity = \"face\"",
    ] {
        let body = step(body);
        assert_eq!(keys_of(&body, &here, "00"), keys_of(&body, &set(vec![face]), "00"), "{body}");
    }
}

#[test]
fn vector_sources_have_a_density_and_single_pages_no_frames() {
    let svg = asset(Format::Svg);
    let dense = keys_of("source = { density = 300 }", &svg, "00");
    assert_ne!(dense, keys_of("", &svg, "00"));
    let mut turned = asset(Format::Jpeg);
    turned.header.orientation = 6;
    assert_ne!(
        keys_of("source = { auto_orient = false }", &turned, "00"),
        keys_of("", &turned, "00")
    );
    let mut animated = asset(Format::Gif);
    animated.header.frames = 5;
    let keys = |frames: &str| keys_of(&format!("source = {{ {frames} }}"), &animated, "00");
    assert_ne!(keys("frames = 1"), keys(""));
    assert_eq!(keys("frames = 5"), keys(""));
    assert_eq!(keys("page = 2, frames = 3"), keys("page = 2"));
    assert_ne!(keys("page = 2, frames = 2"), keys("page = 2"));
}

#[test]
fn a_key_is_64_small_hexadecimal_digits() {
    let key = keys("")[0];
    assert_eq!(key.to_string().parse::<Key>(), Ok(key));
    assert_eq!(key.short().len(), 10);
    for text in ["", "abc", &"A".repeat(64), &"g".repeat(64), &"é".repeat(32)] {
        assert_eq!(text.parse::<Key>(), Err(DigestError), "{text}");
    }
}

#[test]
fn a_named_colour_is_the_colour() {
    let key = |color: &str| {
        let body = step(&format!("op = \"flatten\", background = \"{color}\""));
        keys(&format!("{body}\n[colors]\nbrand = \"#12343b\"\n"))
    };
    assert_eq!(key("brand"), key("#12343b"));
    assert_ne!(key("brand"), key("#12343c"));
}

#[test]
fn a_table_for_the_formats_that_are_tried_is_the_number_it_stands_for() {
    let same = [
        (
            "format = \"smallest\", quality = 80",
            "format = \"smallest\", quality = { webp = 80, avif = 60, jpeg = 80, png = 3 }",
        ),
        (
            "format = \"smallest\"",
            "format = \"smallest\", quality = { webp = 82, avif = 62, jpeg = 73 }",
        ),
        (
            "format = \"smallest\", effort = 4",
            "format = \"smallest\", effort = { webp = 4, avif = 4, jpeg = 4, png = 4, gif = 4 }",
        ),
    ];
    for (one, other) in same {
        let output = |text: &str| keys(&format!("output = {{ {text} }}"));
        assert_eq!(output(one), output(other), "{one} and {other}");
    }
}
