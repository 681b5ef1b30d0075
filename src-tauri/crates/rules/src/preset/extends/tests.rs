//! Files on others: what replaces what, where faults are reported, and hostile lists.

use std::collections::HashMap;

use crate::{
    Operation,
    preset::{Parsed, parse_with},
};

const BRAND: &str = r##"version = 1
[defaults.output]
quality = 70
metadata = "strip"
[colors]
ink = "#123456"
paper = "#ffffff"
[generators.hero]
description = "Wide"
operations = [
  { op = "resize", width = 1600 },
  { op = "flatten", background = "ink" },
]
output = { format = ["avif", "jpeg"], quality = { avif = 50 } }
[generators.card]
operations = [{ op = "overlay", image = "logo.png" }]
[themes.site]
generator = "hero"
variations.small = { width = 300 }
"##;

fn parsed(text: &str, files: &[(&str, &str)]) -> Parsed {
    let files: HashMap<&str, &str> = files.iter().copied().collect();
    parse_with(text, &mut |path| {
        files.get(path).map(|text| (*text).to_owned()).ok_or_else(|| format!("no file {path}"))
    })
}

fn messages(parsed: &Parsed) -> Vec<String> {
    parsed.problems.iter().map(|problem| problem.located("a")).collect()
}

#[test]
fn tables_are_merged_by_key_and_all_else_is_replaced() {
    let text = r##"version = 1
extends = ["brand.preset.toml"]
[defaults.output]
quality = 80
[colors]
ink = "#000000"
[generators.hero]
description = "Wider"
output.quality = { jpeg = 90 }
[generators.own]
operations = [{ op = "flatten", background = "paper" }]
[themes.site]
variations.large = { width = 900 }
"##;
    let parsed = parsed(text, &[("brand.preset.toml", BRAND)]);
    assert_eq!(messages(&parsed), [""; 0]);
    let preset = &parsed.preset;
    let names: Vec<_> = preset.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["hero", "own", "card"], "the file's own come first");
    let hero = preset.generator("hero").unwrap();
    assert_eq!(hero.description.as_deref(), Some("Wider"));
    let output = hero.output.or(&preset.defaults.output);
    assert_eq!(output.format.as_ref().unwrap().as_slice().len(), 2);
    let json = serde_json::to_value(&output).unwrap();
    assert_eq!((&json["quality"]["avif"], &json["quality"]["jpeg"]), (&50.into(), &90.into()));
    assert_eq!(json["metadata"], "strip");
    let defaults = serde_json::to_value(&preset.defaults).unwrap();
    assert_eq!(defaults["output"]["quality"], 80);
    let Operation::Flatten(flatten) = &hero.operations[1].operation else { panic!() };
    assert_eq!(flatten.background.to_string(), "#000000", "the file's own colour");
    let theme = preset.themes.first().unwrap();
    assert_eq!(theme.variations.keys().collect::<Vec<_>>(), ["large", "small"]);
    assert_eq!(parsed.bases.len(), 1);
    assert_eq!(parsed.inherited["generators"]["hero"]["output"]["quality"]["avif"], 50);
    assert_eq!(parsed.inherited["generators"].get("own"), None);
}

#[test]
fn images_of_overlays_are_named_from_the_first_files_folder() {
    let text = "version = 1\nextends = [\"shared/brand.preset.toml\"]\n";
    let brand = BRAND.replace("version = 1", "version = 1\nextends = [\"core/c.preset.toml\"]");
    let core =
        "version = 1\n[generators.deep]\noperations = [{ op = \"overlay\", image = \"m.png\" }]\n";
    let files = [("shared/brand.preset.toml", brand.as_str()), ("shared/core/c.preset.toml", core)];
    let parsed = parsed(text, &files);
    assert_eq!(messages(&parsed), [""; 0]);
    let mut images: Vec<_> =
        parsed.overlays.iter().map(|it| (it.image.as_str(), it.line)).collect();
    images.sort_unstable();
    assert_eq!(images, [("shared/core/m.png", 2), ("shared/logo.png", 2)]);
    let paths: Vec<_> = parsed.bases.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["shared/core/c.preset.toml", "shared/brand.preset.toml"]);
}

#[test]
fn a_later_file_replaces_an_earlier_one_and_one_that_both_extend_replaces_neither() {
    let file = |extends: &str, quality: &str| {
        format!(
            "version = 1\nextends = [{extends}]\n[defaults.output]\n{quality}\n[generators.g]\n"
        )
    };
    let text = "version = 1\nextends = [\"b\", \"c\"]\n";
    let b = file("\"d\"", "quality = 20\neffort = 2");
    let c = file("\"d\"", "quality = 30");
    let d = file("", "quality = 40\neffort = 4\nprogressive = true");
    let parsed = parsed(text, &[("b", b.as_str()), ("c", &c), ("d", &d)]);
    assert_eq!(messages(&parsed), [""; 0]);
    let output = serde_json::to_value(&parsed.preset.defaults.output).unwrap();
    let wanted = serde_json::json!({ "quality": 30, "effort": 2, "progressive": true });
    assert_eq!(output, wanted);
}

#[test]
fn faults_of_further_files_are_reported_where_they_are_named_and_turn_off_what_has_them() {
    let brand = "version = 1\n[generators.bad]\noutput = { qualty = 3, efort = 2 }\n\
                 [generators.good]\n[generators.broken]\nwidths = [\n[generators.last]\n";
    let text = "version = 1\n# a comment\nextends = [\"x\", \"brand\"]\n[generators.own]\n";
    let parsed = parsed(text, &[("x", "version = 1\n"), ("brand", brand)]);
    let all = messages(&parsed);
    assert_eq!(all.len(), 2, "{all:#?}");
    assert!(
        all[0].starts_with("a:3:17: in brand, line 3, column 12: unknown key \"qualty\""),
        "{all:#?}"
    );
    assert!(all[0].ends_with("(and 1 more problem)"), "{all:#?}");
    assert!(all[1].starts_with("a:3:17: in brand, line 6"), "{all:#?}");
    let names: Vec<_> = parsed.preset.generators.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["own", "good", "last"]);
    assert_eq!(parsed.preset.broken, ["bad", "broken"]);
    let none = super::super::parse("version = 1\nextends = [\"brand\"]\n[generators.own]\n");
    assert!(messages(&none)[0].contains("cannot be read here"), "{none:?}");
    assert_eq!(none.preset.broken, ["own"], "what is missing may concern everything");
}

#[test]
fn hostile_lists_end_with_an_answer() {
    let of = |entry: &str| format!("version = 1\nextends = [\"{entry}\"]\n[generators.own]\n");
    for (entry, reason) in [
        ("../brand", "leads out"),
        ("/etc/passwd", "not a path below"),
        ("a\\\\b", "backslash"),
        ("", "is empty"),
        ("gone", "no file gone"),
        ("self", "extends itself"),
        ("new", "newer version"),
    ] {
        let parsed = parsed(&of(entry), &[("self", &of("self")), ("new", "version = 2\n")]);
        let all = messages(&parsed);
        assert_eq!(all.len(), 1, "{entry}: {all:#?}");
        assert!(all[0].starts_with("a:2:12: ") && all[0].contains(reason), "{all:#?}");
        assert_eq!(parsed.preset.generators, [], "{entry}");
    }
    let ring = [("a", of("b")), ("b", of("c")), ("c", of("a"))];
    let ring: Vec<_> = ring.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let all = messages(&parsed(&of("a"), &ring));
    assert!(all[0].contains("c: extends \"a\": the file extends itself"), "{all:#?}");

    // Each file extends the next two: 2^30 ways through 30 files.
    let names: Vec<String> = (0..40).map(|at| format!("f{at}")).collect();
    let text = |at: usize| format!("version = 1\nextends = [\"f{}\", \"f{}\"]\n", at + 1, at + 2);
    let texts: Vec<String> = (0..40).map(text).collect();
    let files: Vec<_> = names.iter().zip(&texts).map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let all = messages(&parsed(&of("f0"), &files));
    assert!(all[0].contains("at most 32 files may be extended, 8 in a row"), "{all:#?}");

    let large = format!("version = 1\n#{}\n", " ".repeat(3 << 20));
    let both = "version = 1\nextends = [\"a\", \"b\"]\n";
    let all = messages(&parsed(both, &[("a", &large), ("b", &large)]));
    assert!(all[0].contains("bytes together"), "{all:#?}");
}
