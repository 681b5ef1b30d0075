use std::fmt::Write as _;

use super::*;
use crate::tree::Value;

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Text(text) => text.clone().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            entries.iter().map(|(key, node)| (key.clone(), json(node))).collect()
        }
    }
}

#[test]
fn the_notation_is_read() {
    for (text, expected) in [
        (
            "a = 1, b : two words # no\nc { d = \"x\\ty\" }",
            r#"{"a":"1","b":"two words","c":{"d":"x\ty"}}"#,
        ),
        ("{ a.b.c = 3, a.b { d = 4 } }", r#"{"a":{"b":{"c":"3","d":"4"}}}"#),
        ("a = [1, 2\n3] // end\na += 4", r#"{"a":["1","2","3","4"]}"#),
        (
            "base { w = 1, h = 2 }\nx = ${base} { h = 3 }",
            r#"{"base":{"w":"1","h":"2"},"x":{"w":"1","h":"3"}}"#,
        ),
        ("a = ${b}\nb = 7", r#"{"a":"7","b":"7"}"#),
        ("\"/**\" { \"k.l\" = \"\"\"raw \"q\" \"\"\" }", r#"{"/**":{"k.l":"raw \"q\""}}"#),
        ("a = ${?gone}, b = 1", r#"{"b":"1"}"#),
        ("a = { x = 1 }\na = { y = 2 }\na.x = 5", r#"{"a":{"x":"5","y":"2"}}"#),
    ] {
        let node = parse(text, &mut Notes::default()).unwrap();
        assert_eq!(
            json(&node).to_string(),
            serde_json::from_str::<serde_json::Value>(expected).unwrap().to_string(),
            "{text}"
        );
    }
}

#[test]
fn loops_includes_and_faults_have_lines() {
    let mut notes = Notes::default();
    let text = "include \"other.conf\"\na = ${b}\nb = ${a}\nc = ${HOME}\n";
    parse(text, &mut notes).unwrap();
    let lines: Vec<usize> = notes.finish().iter().map(|note| note.line).collect();
    assert_eq!(lines, [1, 2, 3, 4]);
    for (text, line) in
        [("a {\nb = 1\n", 3), ("a\n", 1), ("a = [1,\n", 2), ("a = \"x\n", 1), ("= 3", 1)]
    {
        match parse(text, &mut Notes::default()) {
            Err(Unusable::Syntax { line: at, .. }) => assert_eq!(at, line, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn substitutions_cannot_grow_without_bound() {
    let mut text = "a0 = [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
    for number in 1..20 {
        let before = number - 1;
        let four = format!("${{a{before}}},").repeat(4);
        let _ = writeln!(text, "a{number} = [{four}]");
    }
    assert!(parse(&text, &mut Notes::default()).is_err());
}
