//! Which names clash.

use super::*;

#[test]
fn names_that_some_system_holds_for_one_clash() {
    let cases = [
        ("a/b.jpg", "a/b.jpg", true),
        ("a/b.jpg", "A/B.JPG", true),
        ("\u{e9}.jpg", "e\u{301}.jpg", true),
        ("\u{c9}.jpg", "e\u{301}.jpg", true),
        ("stra\u{df}e", "STRASSE", true),
        ("\u{17f}", "s", true),
        ("\u{212a}", "k", true),
        ("a", "a/b", true),
        ("a/b", "A", true),
        ("a/b", "a/c", false),
        ("a/b.jpg", "a/b.png", false),
        ("a", "ab/c", false),
        ("A/x", "a/y", false),
    ];
    for (first, second, clashes) in cases {
        let mut names = Names::new();
        assert_eq!(names.claim(first), Ok(()));
        let clash = Clash { path: second.to_owned(), earlier: first.to_owned() };
        assert_eq!(names.claim(second), if clashes { Err(clash) } else { Ok(()) }, "{second}");
    }
}

#[test]
fn a_name_that_clashed_took_nothing() {
    let mut names = Names::new();
    names.claim("a").unwrap();
    names.claim("a/b/c").unwrap_err();
    assert_eq!(names.claim("b"), Ok(()));
    assert_eq!(names.claim("B/x").unwrap_err().earlier, "b");
}
