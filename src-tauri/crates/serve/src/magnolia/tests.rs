use super::*;

fn read(path: &str) -> Result<MagnoliaPicture, u16> {
    let path = MagnoliaPath::of(path).expect("a URL of Magnolia");
    path.read().map_err(|refusal| refusal.status.as_u16())
}

#[test]
fn rule_path_and_suffix_are_told_apart() {
    let variation = Rule::Variation { theme: "travel".to_owned(), name: "square".to_owned() };
    let generator = Rule::Generator("hero".to_owned());
    for (path, rule, parts, format) in [
        ("/.imaging/hero/a.jpg", &generator, "a.jpg", None),
        (
            "/.imaging/hero/dam/p/a.jpg/jcr:content.png",
            &generator,
            "dam/p/a.jpg",
            Some(Format::Png),
        ),
        ("/.imaging/hero/dam/a/jcr:content", &generator, "dam/a", None),
        (
            "/.imaging/hero/dam/a/jcr%3Acontent/b.2024-05-06-07-08-09.webp",
            &generator,
            "dam/a",
            Some(Format::Webp),
        ),
        ("/.imaging/mte/travel/square/a.jpg", &variation, "a.jpg", None),
        (
            "/.imaging/mte/travel/square/dam/p/a%20b.jpg/jcr:content/a%20b.jpg",
            &variation,
            "dam/p/a b.jpg",
            Some(Format::Jpeg),
        ),
        ("/.imaging/mte/travel/square/a.jpg/jcr:content/x.exe", &variation, "a.jpg", None),
    ] {
        let read = read(path).unwrap();
        let joined: std::path::PathBuf = read.parts.iter().collect();
        assert_eq!(
            (&read.rule, joined.to_str().unwrap(), read.format),
            (rule, parts, format),
            "{path}"
        );
    }
}

#[test]
fn what_names_no_picture_is_refused() {
    for path in [
        "/.imaging/",
        "/.imaging/hero",
        "/.imaging/hero/jcr:content.jpg",
        "/.imaging/mte/travel/square",
        "/.imaging/mte/travel",
        "/.imaging/hero/../secret.jpg",
        "/.imaging/hero/%2e%2e/secret.jpg",
        "/.imaging/hero/..%2fsecret.jpg",
        "/.imaging/hero/.cropmark/index.sqlite",
        "/.imaging/hero//etc/passwd",
        "/.imaging/hero/a%00.jpg",
    ] {
        assert_eq!(read(path), Err(404), "{path}");
    }
    assert!(MagnoliaPath::of("/hero/a.jpg").is_none());
    assert!(MagnoliaPath::of("/.imagingx/a.jpg").is_none());
}
