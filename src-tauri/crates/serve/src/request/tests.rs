use std::time::Duration;

use hyper::{HeaderMap, Uri, header::HeaderValue};

use super::{check_token, is_loopback};
use crate::ServeSettings;

/// Settings of a server that listens there.
fn settings(listen: &str, token: Option<&str>) -> ServeSettings {
    ServeSettings {
        workspace: "w".into(),
        listen: listen.parse().unwrap(),
        token: token.map(str::to_owned),
        max_age: None,
        max_wait: Duration::ZERO,
        imgproxy: None,
        konifer: None,
        magnolia: false,
        client_hints: false,
    }
}

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
        let settings = settings("0.0.0.0:1", Some("sec/ret"));
        check_token(&settings, &uri.parse::<Uri>().unwrap(), &headers).is_ok()
    };
    assert!(check("/a", Some("Bearer sec/ret")));
    assert!(check("/a?x=1&token=sec%2Fret", None));
    assert!(!check("/a", None));
    assert!(!check("/a?token=", Some("Bearer sec")));
    assert!(!check("/a?token=secret", Some("sec/ret")));
    let without = |listen| {
        check_token(&settings(listen, None), &Uri::from_static("/a"), &HeaderMap::new()).is_ok()
    };
    assert!(without("127.0.0.1:1") && without("[::1]:1"));
    assert!(!without("0.0.0.0:1"), "there, signed URLs alone are answered");
}
