//! What presets make of assets.

use super::*;
use crate::{
    asset::AssetTexts,
    preset::{Preset, parse},
};

fn asset(path: &str, width: u32, height: u32) -> AssetFacts {
    AssetFacts {
        path: path.to_owned(),
        content_hash: [0xab; 32].into(),
        header: Header {
            metadata: BTreeMap::from([("exif.Artist".to_owned(), "A {title} B".to_owned())]),
            ..Header::plain(Format::Jpeg, width, height)
        },
        focal: None,
        faces: None,
        crops: BTreeMap::new(),
        texts: AssetTexts::default(),
    }
}

fn preset(text: &str) -> Preset {
    let parsed = parse(&format!("version = 1\n{text}"));
    assert_eq!(parsed.problems, [], "{text}");
    parsed.preset
}

const WRITABLE: [Format; 7] =
    [Format::Jpeg, Format::Png, Format::Webp, Format::Avif, Format::Gif, Format::Tiff, Format::Bmp];

fn planned(preset: &Preset, asset: &AssetFacts, given: &GivenValues, wanted: &[&str]) -> Plan {
    let generators: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
    let file_hash = |name: &str| match name {
        "missing.png" => Err(Fault::new(FaultCode::Invalid, "missing.png is not there")),
        _ => Ok([0xcd; 32].into()),
    };
    plan(
        preset,
        &Request {
            asset,
            generators: &generators,
            given,
            writable: &WRITABLE,
            file_hash: &file_hash,
        },
    )
}

fn all(preset: &Preset, asset: &AssetFacts) -> Plan {
    planned(preset, asset, &GivenValues::default(), &[])
}

#[test]
fn the_documented_example_gives_its_variants() {
    let text = include_str!("../preset/fixtures/example.toml");
    let preset = parse(text).preset;
    let plan = all(&preset, &asset("photos/lake.jpg", 6000, 4000));
    let rows: Vec<String> = plan
        .variants
        .iter()
        .map(|variant| {
            let FormatRule::Named(format) = variant.encoding.format else { panic!("{variant:?}") };
            let size = variant.size.unwrap();
            format!(
                "{} {} {} {} {}x{}",
                variant.generator,
                variant.theme.as_deref().unwrap_or("-"),
                variant.variation.as_deref().unwrap_or("-"),
                format.name(),
                size.width,
                size.height
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "thumbnail - - jpeg 230x153",
            "hero - 640 avif 640x360",
            "hero - 640 webp 640x360",
            "hero - 640 jpeg 640x360",
            "hero - 1280 avif 1280x720",
            "hero - 1280 webp 1280x720",
            "hero - 1280 jpeg 1280x720",
            "hero - 2048 avif 2048x1152",
            "hero - 2048 webp 2048x1152",
            "hero - 2048 jpeg 2048x1152",
            "hero travel square avif 600x600",
            "hero travel square webp 600x600",
            "hero travel square jpeg 600x600",
            "hero travel 960x720 avif 960x720",
            "hero travel 960x720 webp 960x720",
            "hero travel 960x720 jpeg 960x720",
            "card - - jpeg 1200x630",
        ]
    );
    assert_eq!(plan.variants[0].encoding.quality, Some(90));
    assert!(plan.variants[0].eager && !plan.variants[1].eager);
    let card = plan.variants.last().unwrap();
    assert!(matches!(&card.operations[1], Operation::Text(text) if text.text == "lake"));
    assert_eq!(card.files.keys().collect::<Vec<_>>(), ["brand/logo.png"]);
    assert_eq!((plan.refused, plan.unmatched), (vec![], vec![]));
}

#[test]
fn variations_come_in_the_order_of_the_file_under_the_keys_that_they_had() {
    let preset = preset(
        "[generators.hero]
operations = [{ op = \"resize\", fit = \"cover\", width = 800, height = 400 }]
output = { format = \"webp\", quality = 80 }
[themes.site]
generator = \"hero\"
variations.wide = { width = 1600, height = 400 }
variations.\"10\" = { width = 10, height = 10 }
variations.a.width = 300
[themes.site.variations.Last]
height = 200
",
    );
    let plan = all(&preset, &asset("lake.jpg", 3000, 2000));
    let named: Vec<(&str, String)> = plan
        .variants
        .iter()
        .map(|variant| {
            (variant.variation.as_deref().unwrap_or("-"), variant.key.to_string()[..16].to_owned())
        })
        .collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(name, key)| (*name, key.as_str())).collect();
    assert_eq!(
        named,
        [
            ("-", "be232d681f2fa32b"),
            ("wide", "0e13e06ad5816734"),
            ("10", "a70fb5bae7ac0222"),
            ("a", "0d71dfa85c81157e"),
            ("Last", "1798a143078b2e40"),
        ]
    );
}

#[test]
fn assets_are_matched_by_every_rule() {
    let cases = [
        ("path = \"photos/**\"", Some("only applies to photos/**"), "lake.jpg"),
        ("path = \"photos/**\"", None, "photos/a/lake.jpg"),
        ("path = \"*.jpg\"", Some("only applies to *.jpg"), "photos/lake.jpg"),
        ("path = [\"x\", \"**/*.{png,jpg}\"]", None, "photos/lake.jpg"),
        ("path = \"**/*.JPG\"", Some("only applies to **/*.JPG"), "photos/lake.jpg"),
        ("exclude = [\"a\", \"**/drafts/**\"]", Some("excludes **/drafts/**"), "x/drafts/lake.jpg"),
        ("format = \"png\"", Some("only applies to PNG images"), "lake.jpg"),
        ("format = [\"png\", \"jpeg\"]", None, "lake.jpg"),
        ("min_width = 301", Some("needs at least 301 pixels wide, not 300"), "lake.jpg"),
        ("max_height = 199", Some("takes at most 199 pixels high, not 200"), "lake.jpg"),
        ("min_width = 300, max_height = 200", None, "lake.jpg"),
        ("orientation = \"portrait\"", Some("only applies to portrait images"), "lake.jpg"),
        ("orientation = \"landscape\"", None, "lake.jpg"),
        ("orientation = \"any\"", None, "lake.jpg"),
        ("alpha = true", Some("only applies to images with transparency"), "lake.jpg"),
        ("animated = true", Some("only applies to animated images"), "lake.jpg"),
        ("animated = false", None, "lake.jpg"),
    ];
    for (rules, refusal, path) in cases {
        let preset = preset(&format!("[generators.a]\nmatch = {{ {rules} }}"));
        let plan = all(&preset, &asset(path, 300, 200));
        let reason = plan.unmatched.first().map(|unmatched| unmatched.reason.as_str());
        assert_eq!(reason, refusal, "{rules}");
        assert_eq!(plan.variants.len(), usize::from(refusal.is_none()), "{rules}");
    }
    // Sizes are those of the upright image.
    let preset = preset("[generators.a]\nmatch = { orientation = \"portrait\", min_height = 300 }");
    let mut turned = asset("lake.jpg", 300, 200);
    turned.header.orientation = 6;
    assert_eq!(all(&preset, &turned).variants.len(), 1);
}

#[test]
fn parameters_come_from_the_row_then_from_all_then_from_the_preset() {
    let preset = preset(
        "[generators.a]\nparameters.title = \"{asset.stem} {asset.width}\"\n\
         operations = [{ op = \"text\", text = \"{title}|{exif.artist}|{exif.None}|{{x}}\" }]",
    );
    let asset = asset("photos/la{title}ke.jpg", 300, 200);
    let text = |given: &GivenValues| {
        let plan = planned(&preset, &asset, given, &[]);
        match &plan.variants[0].operations[0] {
            Operation::Text(text) => text.text.clone(),
            other => panic!("{other:?}"),
        }
    };
    let mut given = GivenValues::default();
    assert_eq!(text(&given), "la{title}ke 300|A {title} B||{x}");
    given.all.insert("title".to_owned(), "all {asset.stem}".to_owned());
    assert_eq!(text(&given), "all {asset.stem}|A {title} B||{x}");
    given.row.insert("title".to_owned(), String::new());
    given.row.insert("unknown".to_owned(), "x".to_owned());
    assert_eq!(text(&given), "|A {title} B||{x}");
}

#[test]
fn overlays_stay_in_the_folder_whatever_is_put_in() {
    let preset = preset(
        "[generators.a]\nparameters.logo = \"a\"\n\
         operations = [{ op = \"overlay\", image = \"brand/{logo}.png\" }]\n\
         [generators.b]\noperations = [{ op = \"overlay\", image = \"missing.png\" }]\n\
         [generators.c]",
    );
    let asset = asset("lake.jpg", 300, 200);
    for logo in ["../x", "/etc/passwd", "..", "a\\b", "C:x", "a/../../b", "a\nb", "a//b", "./a"] {
        let given = GivenValues {
            row: BTreeMap::from([("logo".to_owned(), logo.to_owned())]),
            all: BTreeMap::new(),
        };
        let plan = planned(&preset, &asset, &given, &["a", "b"]);
        let expected = if logo == ".." { 1 } else { 2 };
        assert_eq!(plan.refused.len(), expected, "{logo}: {:?}", plan.refused);
        assert!(plan.refused.iter().all(|refused| refused.fault.code == FaultCode::Invalid));
    }
    let plan = all(&preset, &asset);
    assert_eq!(plan.refused.len(), 1, "only b, whose file is missing");
    assert_eq!(plan.variants.len(), 2);
}

#[test]
fn the_sources_format_becomes_one_that_is_written() {
    let preset = preset("[generators.a]\noutput = { format = \"source\" }");
    let cases = [
        (Format::Jpeg, false, Format::Jpeg),
        (Format::Bmp, false, Format::Bmp),
        (Format::Svg, false, Format::Png),
        (Format::Heic, false, Format::Jpeg),
        (Format::Heic, true, Format::Png),
        (Format::Jxl, false, Format::Jpeg),
    ];
    for (format, alpha, expected) in cases {
        let mut asset = asset("a", 10, 10);
        (asset.header.format, asset.header.alpha) = (format, alpha);
        let plan = all(&preset, &asset);
        assert_eq!(plan.variants[0].encoding.format, FormatRule::Named(expected), "{format:?}");
    }
}

#[test]
fn what_a_generator_says_beats_the_defaults_it_contradicts() {
    let preset = preset(
        "[defaults.output]\nquality = 70\nmax_bytes = 5000\nmetadata = \"strip\"\n\
         [generators.a]\noutput = { format = \"webp\", lossless = true }\n\
         [generators.b]\noutput = { format = \"webp\", target_score = 60 }\n\
         [generators.c]\noutput = { format = \"webp\" }",
    );
    let plan = all(&preset, &asset("a", 10, 10));
    let [a, b, c] = &plan.variants[..] else { panic!("{:?}", plan.variants) };
    assert_eq!((a.encoding.lossless, a.encoding.max_bytes), (true, None));
    assert_eq!((b.encoding.quality, b.encoding.max_bytes), (None, Some(5000)));
    assert_eq!((c.encoding.quality, c.encoding.max_bytes), (Some(70), Some(5000)));
    assert_eq!(c.encoding.metadata, crate::Metadata::Strip);
}

#[test]
fn sizes_are_foretold_where_they_can_be() {
    let cases = [
        ("", Some((600, 400))),
        ("{ op = \"crop\", aspect = \"1:1\", gravity = \"smart\" }", Some((400, 400))),
        ("{ op = \"rotate\", angle = 90 }, { op = \"resize\", width = 100 }", Some((100, 150))),
        ("{ op = \"pad\", all = 10 }, { op = \"extend\", aspect = \"1:1\" }", Some((620, 620))),
        ("{ op = \"resize\", width = 50, height = 50, fit = \"contain\" }", Some((50, 50))),
        ("{ op = \"trim\" }", None),
    ];
    for (operations, expected) in cases {
        let preset = preset(&format!("[generators.a]\noperations = [{operations}]"));
        let size = all(&preset, &asset("a", 600, 400)).variants[0].size;
        assert_eq!(size.map(|size| (size.width, size.height)), expected, "{operations}");
    }
    let preset = preset("[generators.a]\nsource = { subsample = { width = 240 } }");
    let size = all(&preset, &asset("a", 10_315, 7049)).variants[0].size;
    assert_eq!(size, Some(Size::new(240, 164)));
}

#[test]
fn jobs_share_what_reads_the_source_alike() {
    let one = preset(
        "[generators.a]\noutput = { format = [\"webp\", \"jpeg\"] }\n\
         [generators.b]\noutput = { format = \"webp\", quality = 82 }\n\
         [generators.c]\nsource = { subsample = { width = 100 } }\n\
         [generators.d]\noperations = [{ op = \"overlay\", image = \"logo.png\" }]",
    );
    let asset = asset("a", 600, 400);
    let mut variants = all(&one, &asset).variants;
    let groups = group(&variants);
    let planned: Vec<Vec<&[usize]>> = groups
        .iter()
        .map(|group| group.variants.iter().map(|variant| &variant.planned[..]).collect())
        .collect();
    assert_eq!(planned, [vec![&[0, 2][..], &[1], &[4]], vec![&[3]]]);
    assert_eq!(groups[0].files.len(), 1);

    // Another preset's folder has another file of that name.
    let mut other = variants[4].clone();
    other.files.insert("logo.png".to_owned(), [0xef; 32].into());
    other.key = [0xef; 32].into();
    variants.push(other);
    assert_eq!(group(&variants).len(), 3);
}

#[test]
fn variations_override_the_last_resize_that_runs() {
    let preset = preset(
        "[generators.a]\noperations = [{ op = \"resize\", width = 500 }, { op = \"resize\", width = 200 }, \
         { op = \"resize\", width = 10, enabled = false }]\n\
         [themes.t]\ngenerator = \"a\"\nvariations.x = { width = \"25%\" }",
    );
    let plan = all(&preset, &asset("a", 600, 400));
    let sizes: Vec<u32> = plan.variants.iter().map(|variant| variant.size.unwrap().width).collect();
    assert_eq!(sizes, [200, 125]);
    assert_eq!(plan.variants[1].theme.as_deref(), Some("t"));
}

#[test]
fn widths_above_the_source_make_one_file() {
    let names = |operation: &str| -> Vec<String> {
        let preset = preset(&format!(
            "[generators.a]\nwidths = [100, 300, 400, 500]\noperations = [{operation}]"
        ));
        let plan = all(&preset, &asset("lake.jpg", 300, 200));
        plan.variants.iter().filter_map(|variant| variant.variation.clone()).collect()
    };
    assert_eq!(names("{ op = \"resize\", width = 100 }"), ["100", "300"]);
    let enlarged = "{ op = \"resize\", width = 100, enlarge = true }";
    assert_eq!(names(enlarged), ["100", "300", "400", "500"]);
    // The same size in the end is not the same picture.
    let cropped = "{ op = \"resize\", width = 100 }, { op = \"crop\", width = 50, height = 50 }";
    assert_eq!(names(cropped), ["100", "300"]);
}
