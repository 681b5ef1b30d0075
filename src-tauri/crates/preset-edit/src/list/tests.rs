//! Tests of lists in every shape that users write.

use super::*;
use crate::syntax::{Kind, Syntax};

const CHAIN: &str = "a = [\n  # first\n  { op = \"crop\" }, # cut\n  { op = \"blur\" },\n\n  # apart\n\n  # last\n  { op = \"flip\" } # mirror\n]\n";

fn with(text: &str, change: impl Fn(&List<'_>) -> String) -> String {
    let syntax = Syntax::of(text);
    let Kind::Pair(value) = &syntax.statements[0].kind else { panic!("no pair") };
    let changed = change(&List::of(text, value));
    assert!(changed.parse::<toml::Table>().is_ok(), "{changed}");
    changed
}

#[test]
fn new_elements_look_like_their_neighbours() {
    let cases = [
        ("a = []", 0, "a = [9]"),
        ("a = [ ]", 0, "a = [9]"),
        ("a = [\n]", 0, "a = [\n  9,\n]"),
        ("a = [\n  # none yet\n]", 0, "a = [\n  # none yet\n  9,\n]"),
        ("a = [1, 2]", 0, "a = [9, 1, 2]"),
        ("a = [1, 2]", 1, "a = [1, 9, 2]"),
        ("a = [1, 2]", 2, "a = [1, 2, 9]"),
        ("a = [1, 2,]", 2, "a = [1, 2, 9,]"),
        ("a = [\n    1, # one\n    2\n]", 2, "a = [\n    1, # one\n    2,\n    9\n]"),
        ("a = [\n    1, # one\n    2, # two\n]", 2, "a = [\n    1, # one\n    2, # two\n    9,\n]"),
        ("a = [\n  # x\n  1,\n]", 0, "a = [\n  9,\n  # x\n  1,\n]"),
        ("a = [1,\n     2]", 2, "a = [1,\n     2,\n     9]"),
        ("a = [1,\n     2]", 0, "a = [9,\n     1,\n     2]"),
        ("a = [\n  1, 2, # both\n  3,\n]", 1, "a = [\n  1, 9, 2, # both\n  3,\n]"),
    ];
    for (text, index, expected) in cases {
        assert_eq!(with(text, |list| list.insert(index, "9", false)), expected, "{text}");
    }
    assert_eq!(with("a = []", |list| list.insert(0, "{}", true)), "a = [\n  {},\n]");
    assert_eq!(with("a = {}", |list| list.insert(0, "b = 1", false)), "a = { b = 1 }");
    assert_eq!(
        with("a = { b = 1 }", |list| list.insert(1, "c = 2", false)),
        "a = { b = 1, c = 2 }"
    );
}

#[test]
fn removed_elements_take_no_comment_of_others_along() {
    let cases = [
        ("a = [1]", 0, "a = []"),
        ("a = [\n  1,\n]", 0, "a = []"),
        ("a = [\n  # c\n  1,\n]", 0, "a = [\n  # c\n]"),
        ("a = [1, 2, 3]", 0, "a = [2, 3]"),
        ("a = [1, 2, 3]", 1, "a = [1, 3]"),
        ("a = [1, 2, 3]", 2, "a = [1, 2]"),
        ("a = [1, 2, ]", 1, "a = [1, ]"),
        ("a = [\n  1, # one\n  2, # two\n]", 0, "a = [\n  2, # two\n]"),
        ("a = [\n  1, # one\n  2 # two\n]", 1, "a = [\n  1, # one\n]"),
        ("a = [\n  1, 2, # both\n  3,\n]", 1, "a = [\n  1, # both\n  3,\n]"),
        ("a = [\n  1, 2, # both\n  3,\n]", 0, "a = [\n  2, # both\n  3,\n]"),
        ("a = [1, # one\n  2]", 1, "a = [1, # one\n  ]"),
        ("a = [1, # one\n  2]", 0, "a = [ # one\n  2]"),
        ("a = [1 # one\n  , 2]", 0, "a = [ # one\n   2]"),
        ("a = { b = 1, c = 2 }", 1, "a = { b = 1 }"),
        ("a = { b = 1 }", 0, "a = {}"),
    ];
    for (text, index, expected) in cases {
        assert_eq!(with(text, |list| list.remove(index)), expected, "{text}");
    }
}

#[test]
fn moved_elements_take_their_comments_along() {
    let cases = [
        ("a = [1, 2, 3]", 0, 2, "a = [2, 3, 1]"),
        (
            "a = [\n  1, # one\n  2, # two\n  3 # three\n]",
            2,
            0,
            "a = [\n  3, # three\n  1, # one\n  2, # two\n]",
        ),
        ("a = [\n  1, 2, # both\n  3,\n]", 2, 0, "a = [\n  3, 1, # both\n  2,\n]"),
    ];
    for (text, from, to, expected) in cases {
        assert_eq!(with(text, |list| list.move_element(from, to)), expected, "{text}");
    }
    assert_eq!(
        with(CHAIN, |list| list.move_element(2, 0)),
        "a = [\n  # last\n  { op = \"flip\" }, # mirror\n  # first\n  { op = \"crop\" }, # cut\n\n  # apart\n\n  { op = \"blur\" },\n]\n"
    );
}
