use proptest::prelude::*;

use super::*;

/// The options with their arguments, and the source.
fn read(path: &str) -> Result<(String, String), UrlError> {
    let request = UrlRequest::read(path, false)?;
    let options: Vec<String> = request
        .options
        .iter()
        .map(|it| format!("{}({})", it.name, it.arguments.join(",")))
        .collect();
    Ok((options.join(" "), String::from_utf8_lossy(&request.source).into_owned()))
}

fn encoded(source: &str) -> String {
    BASE64.encode(source)
}

#[test]
fn the_signature_is_the_first_part() {
    let split = |path| SignedPath::split(path).map(|it| (it.signature, it.path));
    assert_eq!(split("/insecure/w:1/plain/a"), Some(("insecure", "/w:1/plain/a")));
    assert_eq!(split("/_//"), Some(("_", "//")));
    for path in ["", "/", "//", "/a", "a/b", "//a/b"] {
        assert_eq!(split(path), None, "{path}");
    }
}

#[test]
fn sources_are_plain_or_in_base64() {
    let local = "local:///photos/a b.jpg";
    let chunks = encoded(local);
    let (first, rest) = chunks.split_at(7);
    let url_safe = encoded("local:///ü?>~.jpg");
    assert!(url_safe.contains(['-', '_']), "{url_safe}");
    let (in_chunks, dotted) = (format!("/{first}/{rest}"), format!("/w:1/{chunks}."));
    let (padded, named) = (format!("/{chunks}=="), format!("/rs:fit:1:2/{first}/{rest}.webp"));
    for (path, options, source) in [
        ("/plain/local:///photos/a%20b.jpg", "", local),
        ("/plain/local:///photos/a b.jpg@", "", local),
        ("/w:1/h:2/plain/local:///a%40b.jpg@webp", "w(1) h(2) format(webp)", "local:///a@b.jpg"),
        ("/plain/local:///100%25.jpg", "", "local:///100%.jpg"),
        ("/plain/local:///%2e%2e/a.jpg", "", "local:///../a.jpg"),
        ("/g:fp:0.5:1/plain/https://a.org/b:c/d.jpg", "g(fp,0.5,1)", "https://a.org/b:c/d.jpg"),
        (in_chunks.as_str(), "", local),
        (dotted.as_str(), "w(1)", local),
        (padded.as_str(), "", local),
        (named.as_str(), "rs(fit,1,2) format(webp)", local),
        (&format!("/{url_safe}.png"), "format(png)", "local:///ü?>~.jpg"),
        ("/w:/pr:a::b/plain/x", "w() pr(a,,b)", "x"),
    ] {
        assert_eq!(read(path), Ok((options.to_owned(), source.to_owned())), "{path}");
    }
}

#[test]
fn a_path_without_a_source_is_refused() {
    for (path, error) in [
        ("", UrlError::NoSource),
        ("/", UrlError::NoSource),
        ("/w:1/", UrlError::NoSource),
        ("/w:1", UrlError::NotBase64),
        ("/w:1/plain/", UrlError::NoSource),
        ("/plain/@png", UrlError::NoSource),
        ("/plain", UrlError::NotBase64),
        ("/.png", UrlError::NoSource),
        ("/plain/a@b@png", UrlError::Extensions),
        ("/YQ.b.png", UrlError::Extensions),
        ("/a!b", UrlError::NotBase64),
        ("/YW+/YW", UrlError::NotBase64),
        ("/enc/YWJj", UrlError::Encrypted),
    ] {
        assert_eq!(read(path), Err(error), "{path}");
    }
}

#[test]
fn with_presets_only_the_first_part_names_presets() {
    for (path, names) in [("/a/plain/x", vec!["a"]), ("/a:b/w:1/plain/x", vec!["a", "b"])] {
        let request = UrlRequest::read(path, true);
        if path.contains("w:1") {
            assert_eq!(request.unwrap_err(), UrlError::NotBase64, "options are none");
        } else {
            let request = request.unwrap();
            assert_eq!(
                (request.options[0].name, &request.options[0].arguments),
                ("preset", &names)
            );
            assert_eq!(request.source, b"x");
        }
    }
    assert_eq!(UrlRequest::read("/a", true).unwrap_err(), UrlError::NoSource);
}

#[test]
fn addresses_have_a_scheme() {
    let has_scheme = |path| UrlRequest::read(path, false).unwrap().has_scheme();
    for path in
        ["/plain/local:///a", "/plain/local:/a", "/plain/https://a.org/b", "/plain/s3://b/c"]
    {
        assert!(has_scheme(path), "{path}");
    }
    for path in ["/plain/a.jpg", "/plain/:/a", "/plain/a b:/c", "/plain/local:a", "/photosab"] {
        assert!(!has_scheme(path), "{path}");
    }
}

proptest! {
    #[test]
    fn any_path_is_answered(path in "[/a-z:@.%0-9=\u{0}\u{ff}-]{0,120}", only in any::<bool>()) {
        if let Some(split) = SignedPath::split(&path) {
            prop_assert_eq!(format!("/{}{}", split.signature, split.path), path.clone());
            let _ = UrlRequest::read(split.path, only);
        }
        let _ = UrlRequest::read(&path, only).map(|request| request.has_scheme());
    }

    #[test]
    fn every_source_comes_back_from_base64_in_any_chunks(
        source in prop::collection::vec(any::<u8>(), 1..60),
        chunk in 1..20_usize,
    ) {
        let encoded = BASE64.encode(&source);
        let chunks: Vec<&str> =
            encoded.as_bytes().chunks(chunk).map(|it| std::str::from_utf8(it).unwrap()).collect();
        // A first chunk “plain” or “enc” means something else.
        prop_assume!(!["plain", "enc"].contains(&chunks[0]));
        let path = format!("/{}.webp", chunks.join("/"));
        prop_assert_eq!(UrlRequest::read(&path, false).unwrap().source, source);
    }
}
