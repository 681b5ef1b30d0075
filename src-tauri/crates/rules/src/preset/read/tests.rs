//! Whole files: the documented example, files with faults and what is said of each, hostile
//! sizes, and random damage.

use proptest::prelude::*;

use super::*;
use crate::preset::counted;

/// The example of the documentation.
const EXAMPLE: &str = include_str!("../fixtures/example.toml");
const FAULTY: &str = include_str!("../fixtures/faulty.toml");
const SYNTAX: &str = include_str!("../fixtures/syntax.toml");

fn names(preset: &Preset) -> Vec<&str> {
    preset.generators.iter().map(|generator| generator.name.as_str()).collect()
}

/// What is said of a file, a line a problem, and what is left of it.
fn report(text: &str) -> String {
    let Parsed { preset, problems, .. } = parse(text);
    let mut lines: Vec<String> = problems
        .iter()
        .map(|problem| {
            let generator = problem.generator.as_deref().unwrap_or("-");
            format!("{} [{generator}]", problem.located("file"))
        })
        .collect();
    let themes: Vec<&str> = preset.themes.iter().map(|theme| theme.name.as_str()).collect();
    lines.push(format!("broken {:?}", preset.broken));
    lines.push(format!("left {:?}, themes {themes:?}", names(&preset)));
    lines.join("\n") + "\n"
}

#[test]
fn the_documented_example_is_read_whole() {
    let Parsed { preset, problems, .. } = parse(EXAMPLE);
    assert_eq!(problems, []);
    assert_eq!(preset.broken, [""; 0]);
    assert_eq!(names(&preset), ["thumbnail", "hero", "card"]);
    let hero = preset.generator("hero").unwrap();
    assert_eq!(hero.widths, [640, 1280, 2048]);
    assert_eq!(hero.operations.len(), 3);
    assert!(preset.themes[0].variations["960x720"].crop);
}

#[test]
fn a_text_without_syntax_faults_is_parsed_once_and_not_at_all_where_it_was_parsed() {
    assert_eq!(counted::parses(|| drop(parse(EXAMPLE))), 1);
    let (root, errors) = tables::parse(EXAMPLE);
    let parsed = parse(EXAMPLE);
    assert_eq!(
        counted::parses(|| assert_eq!(
            read_with(EXAMPLE, &root, &errors, &mut unknown_base),
            parsed
        )),
        0
    );
}

/// To renew an expectation after a change of words, write `report(…)` to the `.txt` file and
/// read every changed line.
#[test]
fn every_fault_of_a_file_is_reported_at_its_place() {
    for (text, expected) in [
        (FAULTY, include_str!("../fixtures/faulty.txt")),
        (SYNTAX, include_str!("../fixtures/syntax.txt")),
    ] {
        let found = report(text);
        for (found, expected) in found.lines().zip(expected.lines()) {
            assert_eq!(found, expected);
        }
        assert_eq!(found.lines().count(), expected.lines().count());
    }
}

#[test]
fn marks_of_the_encoding_and_of_windows_move_no_place() {
    let plain = report(SYNTAX);
    let windows = SYNTAX.replace('\n', "\r\n");
    assert_eq!(report(&format!("\u{feff}{SYNTAX}")), plain);
    assert_eq!(report(&windows), plain);
}

#[test]
fn the_version_decides_about_all() {
    let cases = [
        (
            "version = 2\n[generators.a]\nnew = 1",
            "1:11: this file is for version 2 of the preset language, this Cropmark reads version 1; update Cropmark",
            "[]",
        ),
        (
            "version = 99999999999999999999",
            "1:11: this file is for version 99999999999999999999",
            "[]",
        ),
        (
            "[generators.a]\n",
            "1:1: the file does not say its version; begin it with \"version = 1\"",
            "[\"a\"]",
        ),
        (
            "version = \"1\"\n[generators.a]\n",
            "1:11: version: expected a whole number, found the text \"1\"",
            "[\"a\"]",
        ),
        (
            "version = 0\n[generators.a]\n",
            "1:11: version: 0 is out of range; expected 1 to 1",
            "[\"a\"]",
        ),
        (
            "version = 1\n[defaults.output]\nquality = 0\n[generators.a]\n",
            "3:11: quality: 0 is out of range",
            "[\"a\"]",
        ),
    ];
    for (text, message, broken) in cases {
        let parsed = parse(text);
        assert_eq!(parsed.problems.len(), 1, "{text}: {:?}", parsed.problems);
        let located = parsed.problems[0].located("f");
        assert!(located.starts_with(&format!("f:{message}")), "{located}");
        assert_eq!(names(&parsed.preset), [""; 0], "{text}");
        assert_eq!(format!("{:?}", parsed.preset.broken), broken, "{text}");
    }
    // A fault at the top that is no generator's leaves all of them.
    assert_eq!(names(&parse("version = 1\nfoo\n[generators.a]\n").preset), ["a"]);
}

#[test]
fn what_is_no_text_is_said_to_be_none() {
    let parsed = parse_bytes(b"version = 1\n# \xc3\xa9 \xff\n");
    assert_eq!((parsed.problems[0].line, parsed.problems[0].column), (2, 5));
    assert!(parsed.problems[0].message.contains("UTF-8"));
}

#[test]
fn hostile_sizes_are_refused_with_little_work() {
    let deep = format!("version = 1\nx = {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let keys = format!("version = 1\n{}b = 1\n", "a.".repeat(100_000));
    let lines = |number: u32, line: &dyn Fn(u32) -> String| -> String {
        (0..number).map(line).collect::<Vec<_>>().join("\n")
    };
    let many = lines(20_000, &|number| format!("[generators.g{number}]"));
    let unknown = lines(50_000, &|number| format!("key{number} = 1"));
    let widths: Vec<String> = (1..=1000).map(|width| width.to_string()).collect();
    let widths = format!("widths = [{}]\noperations = [{{ op = \"resize\" }}]", widths.join(","));
    let variants = lines(11, &|number| format!("[generators.g{number}]\n{widths}"));
    let huge = format!(
        "version = 1\n[generators.a]\noperations = [{{ op = \"text\", text = \"{}\" }}]",
        "x".repeat(1 << 20)
    );
    let cases = [
        ("too large", " ".repeat(MAX_BYTES + 1)),
        ("deep", deep),
        ("long keys", keys),
        ("many generators", format!("version = 1\n{many}")),
        ("many unknown keys", format!("version = 1\n{unknown}")),
        ("huge text", huge),
        ("many variants", format!("version = 1\n{variants}")),
    ];
    for (name, text) in cases {
        let steps = counted::steps(|| {
            let problems = parse(&text).problems;
            assert!(!problems.is_empty(), "{name}");
            assert!(problems.len() <= 1000, "{name}");
            assert!(problems.iter().all(|problem| problem.message.len() < 1000), "{name}");
        });
        assert!(steps < 4 * text.len(), "{name}: {steps} steps for {} bytes", text.len());
    }
    let parsed = parse(&format!("version = 1\n{variants}"));
    assert_eq!(parsed.preset.broken, ["g10"]);
}

/// Twice the text is about twice the work, and sentences stay short.
#[test]
fn work_grows_with_the_text_and_not_with_its_square() {
    let lines = |number: usize, line: &dyn Fn(usize) -> String| -> String {
        (0..number).map(line).collect::<Vec<_>>().join("\n")
    };
    let repeated = |number| format!("version = 1\n{}", lines(number, &|_| "a = 1".to_owned()));
    let broken = |number| {
        let good = lines(number, &|key| format!("k{key} = 1"));
        let bad = lines(number, &|key| format!("b{key} = ="));
        format!("version = 1\n[generators.a]\n{good}\n{bad}")
    };
    let named = |number: usize| {
        let own = lines(number.min(900), &|key| format!("parameters.own{key} = \"x\""));
        let names =
            (0..number).fold(String::new(), |names, name| names + &format!("{{other{name}}}"));
        format!(
            "version = 1\n[generators.a]\n{own}\noperations = [{{ op = \"text\", text = \"{names}\" }}]"
        )
    };
    let themes = |number| {
        let generators = lines(number, &|name| format!("[generators.g{name}]"));
        let themes = lines(number, &|name| {
            format!("[themes.t{name}]\ngenerator = \"none\"\nvariations.x.width = 1")
        });
        format!("version = 1\n{generators}\n{themes}")
    };
    let long_name = |number| {
        let unknown = lines(number, &|key| format!("u{key} = 1"));
        format!("version = 1\n[generators.\"{}\"]\n{unknown}", "x".repeat(100_000))
    };
    let cases: [(&str, &dyn Fn(usize) -> String); 5] = [
        ("repeated keys", &repeated),
        ("faults between right statements", &broken),
        ("unknown names in texts", &named),
        ("themes of no generator", &themes),
        ("a long name", &long_name),
    ];
    for (name, text) in cases {
        let work = |number| {
            counted::steps(|| {
                let parsed = parse(&text(number));
                let longest = parsed.problems.iter().map(|problem| problem.message.len()).max();
                assert!(longest.is_some_and(|longest| longest < 2000), "{name}: {longest:?}");
            })
        };
        let (half, whole) = (work(2000), work(4000));
        assert!(whole < half * 3 + 300_000, "{name}: {half} and {whole} steps");
        assert!(whole < 500_000, "{name}: {whole} steps");
    }
}

proptest! {
    /// Cuts, swaps and inserts anywhere in the examples: never a panic, always places inside
    /// the text, and never a generator both working and broken.
    #[test]
    fn damage_never_panics(
        base in prop_oneof![Just(EXAMPLE), Just(FAULTY), Just(SYNTAX)],
        edits in proptest::collection::vec(
            (any::<prop::sample::Index>(), 0_usize..40, prop_oneof![
                Just(String::new()),
                "[\\[\\]{}=\",.'#\\\\\n -~]{0,8}",
                "\\PC{0,4}",
                prop::sample::select(vec![
                    "[generators.a]\n", "\"\"\"", "'''", "= nan", "inf", "-1", "\r", "\u{feff}", "é",
                    "version = 2", "op = ", "{ op = \"text\" }", "9223372036854775808", "0x_", "[[themes.t]]\n",
                ]).prop_map(str::to_owned),
            ]),
            1..6,
        ),
    ) {
        let mut text = base.to_owned();
        for (place, length, insert) in edits {
            let floor = |mut at: usize| {
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                at
            };
            let start = floor(place.index(text.len() + 1));
            let end = floor((start + length).min(text.len())).max(start);
            text.replace_range(start..end, &insert);
        }
        let parsed = parse(&text);
        let lines: Vec<&str> = text.split('\n').collect();
        for problem in &parsed.problems {
            let line = lines.get(problem.line as usize - 1);
            prop_assert!(line.is_some(), "{:?}", problem);
            let letters = line.map_or(0, |line| line.chars().count());
            prop_assert!(problem.column as usize <= letters + 1, "{:?}", problem);
        }
        for generator in &parsed.preset.generators {
            prop_assert!(!parsed.preset.broken.contains(&generator.name));
        }
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_bytes(&bytes);
    }
}

#[test]
fn numbers_by_format_are_checked_key_by_key() {
    let text = "version = 1
[generators.a]
output = { quality = { jpg = 80, webp = 101, avif = \"60\" }, effort = {}, max_bytes = 10 }
[generators.b]
output = { quality = { jpeg = 80 }, effort = true }
";
    let expected = r#"file:3:24: unknown key "jpg" in generators.a.output.quality; did you mean "jpeg"? [a]
file:3:41: webp: 101 is out of range; expected 1 to 100 [a]
file:3:53: avif: expected a whole number, found the text "60" [a]
file:3:70: effort: at least 1 must be given [a]
file:3:86: max_bytes: 10 is out of range; expected 100 or more [a]
file:5:46: effort: expected a whole number or a table, found true [b]
broken ["a", "b"]
left [], themes []
"#;
    assert_eq!(report(text), expected);
}

#[test]
fn colours_have_names_and_the_nearest_is_named() {
    let text = "version = 1
[colors]
brand = \"#12343b\"
ink = \"brand\"
white = \"#fefefe\"
\"1a\" = \"#fff\"
[generators.a]
operations = [{ op = \"flatten\", background = \"brand\" }]
[generators.b]
operations = [{ op = \"pad\", all = 5, background = \"brnad\" }]
[generators.c]
operations = [{ op = \"colorize\", color = \"ink\" }]
[generators.d]
operations = [{ op = \"colorize\", color = \"Brand\" }]
";
    let expected = r#"file:4:7: ink: expected a colour such as "\#1e90ff", "\#1e90ff80", "white" or "transparent", found "brand" [-]
file:5:1: the colour's name "white" is that of a basic colour; choose another one [-]
file:6:1: the colour's name "1a" must begin with a letter and have letters, digits, "_" and "-" only [-]
file:10:51: background: unknown colour "brnad"; did you mean "brand"? [b]
file:12:42: color: the colour "ink" has a fault [c]
file:14:42: color: unknown colour "Brand"; did you mean "brand"? [d]
broken ["b", "c", "d"]
left ["a"], themes []
"#;
    assert_eq!(report(text), expected.replace('\\', ""));
}

#[test]
fn a_depth_that_no_format_holds_is_a_problem() {
    let text = "version = 1
[generators.a]
output = { format = \"jpeg\", depth = 16 }
[generators.b]
output = { format = [\"webp\", \"avif\"], depth = 10 }
[generators.c]
output = { format = \"png\", depth = 9 }
[generators.d]
output = { format = \"png\", depth = 16, palette = true }
[generators.e]
output = { format = \"png\", depth = 32 }
[generators.f]
output = { format = [\"jpeg\", \"jxl\"], depth = 12 }
[generators.g]
output = { format = \"webp\", depth = \"source\" }
[generators.h]
output = { format = \"webp\", depth = 8 }
";
    let expected = r#"file:3:37: depth: JPEG holds 8 bits; choose png, tiff or jxl, or remove depth [a]
file:5:47: depth: WebP and AVIF hold 8 bits; choose png, tiff or jxl, or remove depth [b]
file:7:36: depth: it may be 8, 10, 12, 16 or "source" [c]
file:9:36: depth: palette has colours of 8 bits; remove depth or palette [d]
file:11:36: depth: 32 is out of range; expected 8 to 16 [e]
broken ["a", "b", "c", "d", "e"]
left ["f", "g", "h"], themes []
"#;
    assert_eq!(report(text), expected);
}
