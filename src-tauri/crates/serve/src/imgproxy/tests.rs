use std::{fs, time::Duration};

use super::*;

fn settings(keys: Option<SigningKeys>) -> ImgproxySettings {
    ImgproxySettings {
        keys,
        presets: PresetFile::default(),
        presets_modified: None,
        presets_only: false,
    }
}

fn keys() -> SigningKeys {
    SigningKeys::from_hex("736563726574", "68656c6c6f", 32).unwrap()
}

fn read(path: &str) -> Result<ImgproxyPicture, Refusal> {
    let settings = settings(None);
    settings.read(settings.path(path).expect("a URL of imgproxy"))
}

#[test]
fn paths_of_imgproxy_are_told_from_those_of_generators() {
    let settings = settings(None);
    for path in [
        "/insecure/rs:fit:300:300/plain/local:///photos/a.jpg@webp",
        "/_/plain/local:///a.jpg",
        "/unsafe/nothing",
        "/AfrOrF3gWeDA6VOlDG4TzxMv39O7MXnF4CXpKUwGqRM/plain/local:///a.jpg",
        "/x/bG9jYWw6Ly8vYS5qcGc.webp",
        "/x/w:1/bG9jYWw6/Ly8vYS5qcGc",
        "/hero/plain/https://a.org/b.jpg",
        "/info/_/plain/local:///a.jpg",
    ] {
        assert!(settings.path(path).is_some(), "{path}");
    }
    for path in [
        "/",
        "/metrics",
        "/health",
        "/hero/a.jpg",
        "/hero/photos/a.jpg.webp",
        "/hero/plain/a.jpg",
        "/hero/w:1/a.jpg",
        "/info/photos/a.jpg",
        "//insecure/plain/local:///a.jpg",
    ] {
        assert!(settings.path(path).is_none(), "{path}");
    }
}

#[test]
fn with_keys_only_their_signatures_count() {
    let path = "/w:1/plain/local:///a.jpg";
    let check = |keys: Option<SigningKeys>, signature: &str| {
        let settings = settings(keys);
        let path = format!("/{signature}{path}");
        settings.check(settings.path(&path).unwrap()).map_err(|refusal| refusal.status.as_u16())
    };
    let right = keys().sign(path);
    assert_eq!(check(Some(keys()), &right), Ok(true));
    for signature in ["insecure", "_", "unsafe", "x", &right[1..], &right.to_lowercase()] {
        assert_eq!(check(Some(keys()), signature), Err(403), "{signature}");
    }
    for signature in ["insecure", "_", "unsafe", "x", &right] {
        assert_eq!(check(None, signature), Ok(false), "{signature}");
    }
}

#[test]
fn what_is_no_picture_of_the_workspace_is_refused() {
    for (path, status, said) in [
        ("/_/nothing!", 404, "base64"),
        ("/_/plain/http://a.org/b.jpg", 404, "local:///"),
        ("/_/plain/s3://bucket/b.jpg", 404, "local:///"),
        ("/_/plain/photos/a.jpg", 404, "local:///"),
        ("/_/plain/local://photos/a.jpg", 404, "three slashes"),
        ("/_/plain/local:////etc/passwd", 404, "three slashes"),
        ("/_/plain/local:///../secret.jpg", 404, "three slashes"),
        ("/_/plain/local:///%2e%2e/secret.jpg", 404, "three slashes"),
        ("/_/plain/local:///a/%2e%2e%2f%2e%2e/secret.jpg", 404, "three slashes"),
        ("/_/plain/local:///.cropmark/index.sqlite", 404, "three slashes"),
        ("/_/plain/local:///a.jpg%00.png", 404, "three slashes"),
        ("/_/plain/local:///a%0a.jpg", 404, "three slashes"),
        ("/_/plain/local:///", 404, "three slashes"),
        ("/_/enc/YWJj", 404, "encrypted"),
        ("/info/_/plain/local:///a.jpg", 404, "inspect"),
        ("/_/exp:1/plain/local:///a.jpg", 404, "expired"),
        ("/_/br:10/plain/local:///a.jpg", 422, "br"),
        ("/_/raw:1/plain/local:///a.jpg", 422, "raw"),
        ("/_/plain/local:///a.jpg@exe", 422, "exe"),
    ] {
        let refusal = read(path).unwrap_err();
        assert_eq!(refusal.status, status, "{path}: {}", refusal.message);
        assert!(refusal.message.contains(said), "{path}: {}", refusal.message);
    }
}

#[test]
fn sources_are_decoded_once_and_found_below_the_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir(root.join("p")).unwrap();
    for name in ["p/a b.jpg", "p/100%2e.jpg", "ü.jpg"] {
        fs::write(root.join(name), name).unwrap();
    }
    for (path, file) in [
        ("/_/plain/local:///p/a%20b.jpg@webp", "p/a b.jpg"),
        ("/_/plain/local:/p/a%20b.jpg", "p/a b.jpg"),
        ("/_/plain/local:///p/100%252e.jpg", "p/100%2e.jpg"),
        ("/_/bG9jYWw6Ly8vcC9hIGIuanBn", "p/a b.jpg"),
        ("/_/plain/local:///%C3%BC.jpg", "ü.jpg"),
    ] {
        let located = read(path).unwrap().locate(&root).unwrap();
        assert_eq!(located.relative, Path::new(file), "{path}");
    }
    // No other extension, and no folder.
    for path in ["/_/plain/local:///%C3%BC.webp", "/_/plain/local:///p", "/_/plain/local:///%C3%BC"]
    {
        assert_eq!(read(path).unwrap().locate(&root).unwrap_err().status, 404, "{path}");
    }
}

#[test]
fn pictures_are_saved_by_their_sources_names_or_given_ones() {
    let disposition = |options: &str| {
        let path = format!("/_/{options}plain/local:///p/a.b.jpg@webp");
        let Disposition { stem, is_attachment } = read(&path).unwrap().disposition().unwrap();
        (stem, is_attachment)
    };
    assert_eq!(disposition(""), ("a.b".to_owned(), false));
    assert_eq!(disposition("fn:report/att:1/"), ("report".to_owned(), true));
    let expires =
        |options: &str| read(&format!("/_/{options}plain/local:///a.jpg")).unwrap().expires();
    assert_eq!(expires(""), None);
    assert_eq!(expires("exp:18446744073709551615/"), None);
    let far = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_001);
    assert_eq!(expires("exp:4000000001/"), Some(far));
}
