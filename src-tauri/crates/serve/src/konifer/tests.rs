use cropmark_exchange::konifer::Algorithm;

use super::*;

fn settings(key: Option<SigningKey>) -> KoniferSettings {
    KoniferSettings {
        key,
        profiles: ProfileFile::default(),
        profiles_modified: None,
        public_url: None,
    }
}

fn key() -> SigningKey {
    SigningKey::new("secret", Algorithm::Sha256).unwrap()
}

fn url(uri: &Uri) -> KoniferUrl<'_> {
    KoniferUrl::of(uri).expect("a URL of Konifer")
}

#[test]
fn links_and_redirects_refer_to_the_content_with_the_same_transformation() {
    let refer = |settings: &KoniferSettings, path: &str| {
        let uri: Uri = path.parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost:8080"));
        settings.reference(url(&uri), &headers).unwrap()
    };
    let plain = settings(None);
    let of = |path| refer(&plain, path).map(|it| (it.url, it.is_redirect));
    let target = "http://localhost:8080/assets/a.jpg/-/entry/0/content";
    assert_eq!(of("/assets/a.jpg"), Some((target.to_owned(), false)));
    assert_eq!(of("/assets/a.jpg/-/redirect"), Some((target.to_owned(), true)));
    let with = Some((format!("{target}?w=5&h=6"), false));
    assert_eq!(of("/assets/a.jpg/-/link?w=5&token=x&h=6&s=y"), with);
    assert_eq!(of("/assets/a.jpg/-/content?w=5"), None);
    assert_eq!(of("/assets/a.jpg/-/download"), None);

    let signed = settings(Some(key()));
    let public =
        KoniferSettings { public_url: Some("https://img.example.com".to_owned()), ..signed };
    let link = refer(&public, "/assets/a.jpg?w=5").unwrap().url;
    let target: Uri = link.strip_prefix("https://img.example.com").unwrap().parse().unwrap();
    assert_eq!(target.path(), "/assets/a.jpg/-/entry/0/content");
    assert_eq!(public.check(url(&target)), Ok(true));
}

#[test]
fn with_a_secret_only_its_signatures_count() {
    let check = |settings: &KoniferSettings, path: &str| {
        let uri: Uri = path.parse().unwrap();
        settings.check(url(&uri)).map_err(|refusal| refusal.status.as_u16())
    };
    let signed = key().sign("/assets/a.jpg", Some("w=5")).unwrap();
    let with = settings(Some(key()));
    assert_eq!(check(&with, &signed), Ok(true));
    assert_eq!(check(&with, "/assets/a.jpg?w=5"), Err(403));
    assert_eq!(check(&with, &signed.replace("w=5", "w=6")), Err(403));
    assert_eq!(check(&with, &format!("{signed}&w=6")), Err(403));
    assert_eq!(check(&settings(None), "/assets/a.jpg?w=5"), Ok(false));
}

#[test]
fn requests_are_remembered_without_secrets_and_apart_by_all_else() {
    let name = |path: &str| {
        let uri: Uri = path.parse().unwrap();
        url(&uri).name()
    };
    assert_eq!(name("/assets/a?w=1&token=abc&s=def"), name("/assets/a?w=1"));
    assert_ne!(name("/assets/a?w=1"), name("/assets/a?w=2"));
    assert_ne!(name("/assets/a/-/content?w=1"), name("/assets/a?w=1"));
    assert_ne!(name("/assets/a?strip=exif"), name("/assets/a"));
}

#[test]
fn what_is_no_picture_of_the_workspace_is_refused() {
    let read = |path: &str, accept: Option<&str>| {
        let uri: Uri = path.parse().unwrap();
        settings(None).read(url(&uri), accept)
    };
    for (path, status, said) in [
        ("/assets/", 404, "/assets/PATH"),
        ("/assets/../secret.jpg/-/content", 404, "GENERATOR"),
        ("/assets/%2e%2e/secret.jpg", 404, "GENERATOR"),
        ("/assets/..%2fsecret.jpg", 404, "GENERATOR"),
        ("/assets/.cropmark/index.sqlite", 404, "GENERATOR"),
        ("/assets//etc/passwd", 404, "/assets/PATH"),
        ("/assets/a.jpg/-/entry/3", 404, "entry/0"),
        ("/assets/a.jpg/-/metadata", 404, "inspect"),
        ("/assets/a.jpg/-/x", 404, "selector"),
        ("/assets/a.jpg?w=1&w=2", 404, "twice"),
        ("/assets/a.jpg?w=x", 422, "w: "),
        ("/assets/a.jpg?phone=x", 422, "labels"),
        ("/assets/a.jpg?profile=x", 422, "profile"),
    ] {
        let refusal = read(path, None).unwrap_err();
        assert_eq!(refusal.status, status, "{path}: {}", refusal.message);
        assert!(refusal.message.contains(said), "{path}: {}", refusal.message);
    }
    let refused = read("/assets/a.jpg/-/content", Some("text/html")).unwrap_err();
    assert_eq!(refused.status, 400);
    assert!(read("/assets/a.jpg/-/content?format=png", Some("text/html")).is_ok());
    assert!(read("/assets/a.jpg/-/link", Some("application/json")).is_ok());
    let picture = read("/assets/p/a.b.jpg/-/download", Some("image/webp")).unwrap();
    assert!(picture.text.contains("format = \"webp\"") && picture.varies, "{}", picture.text);
    let disposition = picture.disposition().unwrap();
    assert_eq!((disposition.stem.as_str(), disposition.is_attachment), ("a.b", true));
}
