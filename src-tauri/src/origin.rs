//! The page's own origin: the only one that the window shows and that may read pictures.

use tauri::Url;

/// The origin of the page.
pub(crate) fn origin() -> &'static str {
    if tauri::is_dev() {
        "http://localhost:1420"
    } else if cfg!(windows) {
        "http://tauri.localhost"
    } else {
        "tauri://localhost"
    }
}

/// Whether an address belongs to the page.
pub(crate) fn is_own(url: &Url) -> bool {
    // Only the schemes of the Web have origins by the URL standard.
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}", url.scheme()) == origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pages_own_addresses_are_own() {
        let own = format!("{}/index.html?x#y", origin());
        assert!(is_own(&own.parse().unwrap()));
        for other in [
            "https://example.org/",
            "http://localhost:1421/",
            "http://tauri.localhost.example.org/",
            "tauri://localhost.example.org/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "variant://localhost/original/1/x/0",
        ] {
            assert!(!is_own(&other.parse().unwrap()), "{other}");
        }
    }
}
