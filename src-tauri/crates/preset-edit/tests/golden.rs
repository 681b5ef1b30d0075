//! The list of edits that the page runs too: texts and values before and after.

use std::{collections::BTreeMap, fmt::Write as _};

use cropmark_preset_edit::{Edit, Source, apply};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Golden {
    /// Texts and their values, by name.
    texts: BTreeMap<String, Side>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The name of the text.
    before: String,
    edits: Vec<Edit>,
    /// Another document, for imports.
    other: Option<Other>,
    /// `None` where the edits are refused.
    after: Option<Side>,
    /// Why they are.
    error: Option<String>,
}

#[derive(Deserialize)]
struct Side {
    text: Vec<String>,
    value: Value,
}

#[derive(Deserialize)]
struct Other {
    file: String,
    text: Vec<String>,
}

fn joined(lines: &[String]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

fn value(text: &str) -> Value {
    Source::parse(text.to_owned()).expect("TOML").value().clone()
}

#[test]
fn every_edit_gives_its_text_and_its_value() {
    let golden: Golden = serde_json::from_str(include_str!("../golden/edits.json")).unwrap();
    for (name, Side { text, value: expected }) in &golden.texts {
        assert_eq!(value(&joined(text)), *expected, "{name}");
    }
    let mut wrong = String::new();
    for case in golden.cases {
        let before = joined(&golden.texts[&case.before].text);
        let other = |file: &str| {
            let other = case.other.as_ref().filter(|other| other.file == file)?;
            Some(joined(&other.text))
        };
        let after = apply(&before, &case.edits, &other);
        let expected = match (&case.after, &case.error) {
            (Some(after), None) => {
                let text = joined(&after.text);
                assert_eq!(value(&text), after.value, "{}", case.name);
                Ok(text)
            }
            (None, Some(error)) => Err(error.clone()),
            _ => panic!("{}: either after or error", case.name),
        };
        let after = after.map_err(|error| error.to_string());
        if after != expected {
            let _ = writeln!(wrong, "== {}\n{after:#?}\nexpected {expected:#?}", case.name);
        }
    }
    assert_eq!(wrong, "");
}
