//! Tests of the two stacks.

use super::*;

fn text(history: &mut History, label: &str, texts: (&str, &str), gesture: Option<&str>) {
    history.record_text(label.to_owned(), "a.preset.toml", texts, gesture);
}

fn focal(asset: u32, before: Option<f64>, after: Option<f64>) -> HistoryEntry {
    let point = |x: Option<f64>| x.map(|x| FocalPoint { x, y: 0.5 });
    let change = Change::Focal { asset, before: point(before), after: point(after) };
    HistoryEntry { label: "Move the focal point".to_owned(), change }
}

fn labels(history: &History) -> (Option<String>, Option<String>) {
    let labels = history.labels();
    (labels.undo, labels.redo)
}

#[test]
fn what_was_done_is_undone_and_redone_in_order() {
    let mut history = History::default();
    text(&mut history, "one", ("", "1"), None);
    text(&mut history, "two", ("1", "12"), None);
    assert_eq!(labels(&history), (Some("two".into()), None));
    assert_eq!(history.undo().unwrap().label, "two");
    assert_eq!(labels(&history), (Some("one".into()), Some("two".into())));
    assert_eq!(history.undo().unwrap().label, "one");
    assert_eq!(history.undo(), None);
    assert_eq!(history.redo().unwrap().label, "one");
    text(&mut history, "three", ("1", "13"), None);
    assert_eq!(labels(&history), (Some("three".into()), None));
    assert_eq!(history.redo(), None);
}

#[test]
fn a_gesture_is_one_entry_until_something_comes_between() {
    let mut history = History::default();
    text(&mut history, "drag", ("q = 80", "q = 81"), Some("g"));
    text(&mut history, "drag", ("q = 81", "q = 9"), Some("g"));
    let Change::Text { difference, .. } = history.undo().unwrap().change else { panic!() };
    assert_eq!(difference.revert("q = 9").as_deref(), Some("q = 80"));
    history.redo();
    text(&mut history, "drag", ("q = 9", "q = 8"), Some("g"));
    history.end_gesture();
    text(&mut history, "drag", ("q = 8", "q = 7"), Some("g"));
    history.undo();
    history.undo();
    assert_eq!(labels(&history).0, Some("drag".into()), "three entries in all");
    history.undo();
    assert_eq!(labels(&history).0, None);
}

#[test]
fn a_gesture_that_ends_where_it_began_is_nothing() {
    let mut history = History::default();
    text(&mut history, "drag", ("80", "81"), Some("g"));
    text(&mut history, "drag", ("81", "80"), Some("g"));
    assert_eq!(labels(&history), (None, None));
    history.record(focal(1, None, Some(0.1)), Some("f"));
    history.record(focal(1, Some(0.1), Some(0.2)), Some("f"));
    history.record(focal(2, None, Some(0.2)), Some("f"));
    assert_eq!(history.undo().unwrap().change, focal(2, None, Some(0.2)).change);
    assert_eq!(history.undo().unwrap().change, focal(1, None, Some(0.2)).change);
    assert_eq!(history.undo(), None);
}

#[test]
fn a_budget_of_bytes_holds() {
    let mut history = History::default();
    let long = "x".repeat(5 << 20);
    for number in 0..10 {
        text(&mut history, &number.to_string(), ("", &long), None);
    }
    assert!(history.bytes <= MAX_BYTES);
    let count = std::iter::from_fn(|| history.undo()).count();
    assert_eq!(count, 6);
    assert_eq!(history.bytes, 0);
}

#[test]
fn the_entries_of_a_file_that_is_gone_go() {
    let mut history = History::default();
    text(&mut history, "one", ("", "1"), None);
    history.record(focal(1, None, Some(0.1)), None);
    text(&mut history, "two", ("1", "2"), None);
    history.undo();
    history.forget("a.preset.toml");
    assert_eq!(labels(&history), (Some("Move the focal point".into()), None));
    assert_eq!(history.bytes, 0);
}
