use hyper::{HeaderMap, Uri, header::HeaderValue};

use super::{check_token, is_loopback};

#[test]
fn only_names_of_this_computer_are_its_own() {
    for host in
        ["localhost", "LOCALHOST:8080", "a.localhost:1", "127.0.0.1", "127.1.2.3:80", "[::1]:80"]
    {
        assert!(is_loopback(host), "{host}");
    }
    for host in [
        "",
        "example.org",
        "localhost.example.org",
        "127.0.0.1.example.org:80",
        "192.168.0.1",
        "[::2]:80",
        "notlocalhost",
    ] {
        assert!(!is_loopback(host), "{host}");
    }
}

#[test]
fn the_token_is_shown_in_one_of_two_ways() {
    let check = |uri: &str, header: Option<&'static str>| {
        let mut headers = HeaderMap::new();
        headers.extend(
            header.map(|value| (hyper::header::AUTHORIZATION, HeaderValue::from_static(value))),
        );
        check_token(Some("sec/ret"), &uri.parse::<Uri>().unwrap(), &headers).is_ok()
    };
    assert!(check("/a", Some("Bearer sec/ret")));
    assert!(check("/a?x=1&token=sec%2Fret", None));
    assert!(!check("/a", None));
    assert!(!check("/a?token=", Some("Bearer sec")));
    assert!(!check("/a?token=secret", Some("sec/ret")));
    assert!(check_token(None, &Uri::from_static("/a"), &HeaderMap::new()).is_ok());
}
