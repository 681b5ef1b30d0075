//! Names that some system refuses, one by one, and names of any kind.

use proptest::prelude::*;

use super::*;

#[test]
fn names_become_ones_that_every_system_takes() {
    let cases = [
        ("lake.jpg", "lake.jpg"),
        ("", ""),
        (".", "_"),
        ("..", "__"),
        ("...", "___"),
        ("a/b\\c", "a_b_c"),
        ("a:b*c?d\"e<f>g|h", "a_b_c_d_e_f_g_h"),
        ("a\u{0}b\nc\u{7f}d\u{9f}e", "a_b_c_d_e"),
        ("name. . ", "name____"),
        (" name", " name"),
        (".hidden", ".hidden"),
        ("CON", "CON_"),
        ("con.jpg", "con_.jpg"),
        ("Aux.tar.gz", "Aux_.tar.gz"),
        ("COM1.png", "COM1_.png"),
        ("lpt\u{b9}", "lpt\u{b9}_"),
        ("nul .txt", "nul _.txt"),
        ("CONIN$", "CONIN$_"),
        ("COM10", "COM10"),
        ("console.jpg", "console.jpg"),
        ("e\u{301}te\u{301}.jpg", "\u{e9}t\u{e9}.jpg"),
        ("photo\u{202e}gpj.exe", "photo_gpj.exe"),
    ];
    for (name, clean) in cases {
        assert_eq!(clean_component(name), clean, "{name:?}");
    }
}

#[test]
fn long_names_are_cut_and_stay_apart() {
    let one = clean_component(&format!("{}1.jpeg", "é".repeat(200)));
    let other = clean_component(&format!("{}2.jpeg", "é".repeat(200)));
    assert_ne!(one, other);
    for name in [&one, &other] {
        assert!(name.len() <= 255, "{name}");
        assert_eq!(name.rsplit_once('.').map(|(_, extension)| extension), Some("jpeg"));
    }
}

#[test]
fn paths_are_relative_and_bounded() {
    let cases = [
        ("a//b/./c.jpg", "a/b/_/c.jpg"),
        ("/etc/passwd", "etc/passwd"),
        ("../../x", "__/__/x"),
        ("", "unnamed"),
        ("///", "unnamed"),
        ("a/con/b", "a/con_/b"),
    ];
    for (path, clean) in cases {
        assert_eq!(clean_path(path), clean, "{path:?}");
    }
    let deep = |end: &str| clean_path(&format!("{}{end}/file.jpg", "folder/".repeat(300)));
    assert!(deep("a").len() <= 1000 && deep("a").starts_with("folder/folder/"));
    assert!(deep("a").ends_with("/file.jpg"));
    assert_ne!(deep("a"), deep("b"));
}

#[test]
fn numbers_stand_before_the_extension() {
    let cases = [
        ("a/b.jpg", "a/b-2.jpg"),
        ("b", "b-2"),
        (".hidden", ".hidden-2"),
        ("a.b/c", "a.b/c-2"),
        ("con_.jpg", "con_-2.jpg"),
    ];
    for (path, second) in cases {
        assert_eq!(numbered(path, 2), second, "{path}");
    }
    let long = clean_component(&format!("{}.jpg", "x".repeat(300)));
    assert!(numbered(&long, 2).len() <= 255);
    assert_ne!(numbered(&long, 2), numbered(&long, 3));
}

/// What every path must be that a file may be written to.
pub(in crate::naming) fn assert_clean(path: &str) -> Result<(), TestCaseError> {
    prop_assert!(!path.is_empty() && path.len() <= 1000, "{path:?}");
    for part in path.split('/') {
        prop_assert!(!matches!(part, "" | "." | ".."), "{path:?}");
        prop_assert!(part.len() <= 255, "{path:?}");
        prop_assert!(!part.ends_with(['.', ' ']), "{path:?}");
        prop_assert!(!part.chars().any(char::is_control), "{path:?}");
        prop_assert!(!part.contains(['\\', ':', '*', '?', '"', '<', '>', '|']), "{path:?}");
        prop_assert!(!is_reserved(part), "{path:?}");
        prop_assert!(unicode_normalization::is_nfc(part), "{path:?}");
    }
    Ok(())
}

/// Text that is hard on file names.
pub(in crate::naming) fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        "[./\\\\ :a]{0,12}",
        "(con|NUL|com1|Lpt9|aux)[. /a]{0,4}",
        any::<String>(),
        ("[a-zé\u{301}. ]{1,3}", 1_usize..400).prop_map(|(text, times)| text.repeat(times)),
        ("[a-z]{1,30}/", 1_usize..100).prop_map(|(text, times)| text.repeat(times)),
    ]
}

proptest! {
    #[test]
    fn any_path_becomes_clean_and_stays_so(path in hostile()) {
        let clean = clean_path(&path);
        assert_clean(&clean)?;
        prop_assert_eq!(clean_path(&clean), clean.clone());
        assert_clean(&numbered(&clean, 17))?;
    }

    #[test]
    fn any_name_becomes_one_name(name in hostile()) {
        let clean = clean_component(&name);
        prop_assert!(!clean.contains('/'));
        prop_assert_eq!(clean_component(&clean), clean.clone());
        prop_assert_eq!(clean.is_empty(), name.is_empty());
    }
}
