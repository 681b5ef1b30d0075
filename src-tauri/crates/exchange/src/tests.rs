//! What holds for every system: written presets have no problems, and hostile texts are answered.

use std::time::{Duration, Instant};

use cropmark_rules::preset::{self, Preset};
use proptest::prelude::*;

use super::*;

pub(crate) const ALL: [System; 4] =
    [System::Imgproxy, System::Konifer, System::Magnolia, System::Cloudinary];

/// Imports a text and reads the preset that it gives, which must have no problems.
#[track_caller]
pub(crate) fn imported(system: System, text: &str) -> (Preset, Vec<Note>) {
    let translated =
        import(system, text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let parsed = preset::parse(&translated.text);
    assert_eq!(parsed.problems, [], "{}", translated.text);
    (parsed.preset, translated.notes)
}

/// Imports a text, exports the preset and imports that again: both presets must be the same.
#[track_caller]
pub(crate) fn round_trip(system: System, text: &str) {
    let first = import(system, text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    let exported = export(system, first.text.as_bytes(), &mut |path| Err(path.to_owned())).unwrap();
    let again = import(system, exported.text.as_bytes())
        .unwrap_or_else(|error| panic!("{error}: {}", exported.text));
    assert_eq!(again.text, first.text, "{text}\nas\n{}", exported.text);
}

/// The messages of notes with their lines.
pub(crate) fn told(notes: &[Note]) -> Vec<String> {
    notes.iter().map(|note| note.located("f")).collect()
}

#[test]
fn what_is_no_text_or_too_large_is_refused() {
    for system in ALL {
        assert_eq!(import(system, b"\xff\xfe"), Err(Unusable::NotText));
        assert_eq!(
            import(system, &vec![b'a'; MAX_BYTES + 1]),
            Err(Unusable::TooLarge(MAX_BYTES + 1))
        );
        assert!(import(system, b"").is_err());
        assert!(export(system, b"version = 1", &mut |path| Err(path.to_owned())).is_err());
    }
}

#[test]
fn a_large_hostile_text_is_answered_at_once() {
    let long = MAX_BYTES - 10;
    let texts = [
        "a=".to_owned() + &"w:1/".repeat(long / 4),
        "a=w:1\n".repeat(long / 6),
        "a".repeat(long),
        "[".repeat(long),
        "{".repeat(long),
        "{a:".repeat(long / 3),
        "a.".repeat(long / 2),
        "a = ${a}\n".repeat(long / 9),
        "- ".repeat(long / 2),
        "\"".repeat(long),
        "\n".repeat(long),
        "\0".repeat(long),
        "/_/w:1".repeat(long / 6),
        "t_a: w_1/".repeat(long / 9),
        "w_100,".repeat(long / 6),
        "default=preset:a:a:a:a\na=preset:b:b:b:b\nb=preset:c:c:c:c:c\nc=w:1/h:1/q:1\n".to_owned()
            + &"p=preset:a:a:a:a:a:a:a:a\n".repeat(2000),
        (0..40_000)
            .map(|number: u32| ["n", &number.to_string(), "=pr:default\n"].concat())
            .collect(),
        "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]\n".to_owned(),
    ];
    for system in ALL {
        for text in &texts {
            let began = Instant::now();
            let _ = import(system, text.as_bytes());
            // An unoptimised build takes several times as long as the program.
            let took = began.elapsed();
            let start: String = text.chars().take(30).collect();
            assert!(took < Duration::from_secs(10), "{system:?} {start:?}: {took:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_answered(text in ".{0,200}", at in 0..4_usize) {
        let _ = import(ALL[at], text.as_bytes());
        let _ = export(ALL[at], text.as_bytes(), &mut |path| Err(path.to_owned()));
    }

    #[test]
    fn any_options_give_a_preset_without_problems(
        parts in prop::collection::vec((0..PARTS.len(), 0..ARGUMENTS.len(), 0..ARGUMENTS.len()), 1..8),
        at in 0..4_usize,
    ) {
        let separators = [("a=", ":", "/"), ("variant-profiles { a { ", " = ", "\n"),
            ("generators:\n  a:\n    operations:\n      b:\n", ": ", "\n"), ("t_a: ", "_", ",")];
        let (mut text, is, end) = (separators[at].0.to_owned(), separators[at].1, separators[at].2);
        for (name, first, second) in parts {
            let (name, first, second) = (PARTS[name], ARGUMENTS[first], ARGUMENTS[second]);
            if at == 2 {
                text += &["        ", name, ": ", first, "\n"].concat();
            } else {
                text += &[name, is, first, ":", second, end].concat();
            }
        }
        if at == 1 {
            text += "}}";
        }
        if let Ok(translated) = import(ALL[at], text.as_bytes()) {
            let parsed = preset::parse(&translated.text);
            prop_assert_eq!(&parsed.problems, &[], "{}", translated.text);
            let exported = export(ALL[at], translated.text.as_bytes(), &mut |path| Err(path.to_owned()));
            prop_assert!(exported.is_ok());
        }
    }
}

const PARTS: [&str; 40] = [
    "w",
    "h",
    "rs",
    "s",
    "rt",
    "z",
    "dpr",
    "el",
    "ex",
    "exar",
    "g",
    "c",
    "t",
    "pd",
    "ar",
    "rot",
    "fl",
    "bg",
    "bl",
    "sh",
    "pix",
    "wm",
    "q",
    "fq",
    "mb",
    "f",
    "pg",
    "pr",
    "fit",
    "pad",
    "pad-c",
    "filter",
    "class",
    "maxWidth",
    "targetWidth",
    "r",
    "a",
    "e",
    "b",
    "l",
];
const ARGUMENTS: [&str; 24] = [
    "",
    "0",
    "1",
    "100",
    "1e9",
    "1000000000",
    "-5",
    "0.5",
    "NaN",
    "fill",
    "auto",
    "ce",
    "sm",
    "fp:0.1:0.9",
    "ff0000",
    "#ff0000",
    "red",
    "jpg",
    "webp",
    "../x",
    "\u{0}",
    "max",
    "text:Arial_20:Hi",
    "BoundedResize",
];
