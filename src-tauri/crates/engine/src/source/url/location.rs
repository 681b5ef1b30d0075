//! The URL of a source: read, shown without what is secret in it, and turned into a path that names
//! and rules can use.

use std::path::{Path, PathBuf};

use cropmark_rules::{Fault, FaultCode, naming::clean_component};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use url::Url;

use super::hosts::denied;

/// The most characters of a URL.
const LONGEST: usize = 8_000;

/// The most characters of a parameter's value that is shown: longer ones are tokens.
const LONGEST_SHOWN: usize = 16;

/// Parts of the names of parameters whose values are secret.
const SECRET: [&str; 10] =
    ["key", "sig", "token", "auth", "pass", "secret", "cred", "session", "jwt", "policy"];

/// The URL of a source, by `http` or `https`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RemoteUrl(Url);

/// Tells whether a source is named by a URL, and not by a path.
#[must_use]
pub fn is_url(place: &Path) -> bool {
    let Some((scheme, _)) = place.to_str().and_then(|text| text.split_once("://")) else {
        return false;
    };
    let mut letters = scheme.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

impl RemoteUrl {
    /// Reads the URL of a source.
    ///
    /// # Errors
    /// Where it is none, has another scheme, or has a password in it.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let invalid = |message: &str| Fault::new(FaultCode::Invalid, message);
        if text.len() > LONGEST {
            return Err(invalid("The address is too long: it may have 8,000 characters."));
        }
        let mut url = Url::parse(text)
            .map_err(|_| invalid("It is no address. Write it as https://HOST/PATH."))?;
        url.set_fragment(None);
        check(&url)?;
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// The URL as reports and logs have it.
    #[must_use]
    pub fn shown(&self) -> String {
        shown(&self.0)
    }

    /// The path that stands for the source in names and in rules: host and path, without what file
    /// systems refuse.
    #[must_use]
    pub fn relative_path(&self) -> PathBuf {
        let host = self.0.host_str().unwrap_or_default();
        let mut path = PathBuf::from(clean_component(host.trim_matches(['[', ']'])));
        let segments: Vec<String> = self
            .0
            .path()
            .split('/')
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .filter(|segment| !segment.is_empty())
            .collect();
        for segment in &segments {
            // What is encoded in a segment may be a separator.
            path.push(clean_component(segment).trim_start_matches('.'));
        }
        if segments.is_empty() {
            path.push("index");
        }
        path
    }
}

impl TryFrom<String> for RemoteUrl {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<RemoteUrl> for String {
    fn from(url: RemoteUrl) -> Self {
        url.0.into()
    }
}

/// Checks what every URL must meet, also one that a redirect names.
pub(super) fn check(url: &Url) -> Result<(), Fault> {
    match url.scheme() {
        "http" | "https" => {}
        "s3" => {
            let message = "Sources from s3:// cannot be read by this build. Name them by https://.";
            return Err(Fault::new(FaultCode::Unsupported, message));
        }
        other => {
            let message =
                format!("Sources cannot be fetched by {other}://. Use https:// or http://.");
            return Err(denied(message));
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        let message = "The address has a user name or a password in it. Remove it, and use an \
                       address that needs none.";
        return Err(denied(message.to_owned()));
    }
    Ok(())
}

/// A URL without credentials and without values that may be secret.
pub(super) fn shown(url: &Url) -> String {
    let mut shown = url.clone();
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    let Some(query) = url.query().filter(|query| !query.is_empty()) else {
        return shown.into();
    };
    let pairs: Vec<String> = query.split('&').map(shown_pair).collect();
    shown.set_query(None);
    format!("{shown}?{}", pairs.join("&"))
}

fn shown_pair(pair: &str) -> String {
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    let plain_name = percent_decode_str(name).decode_utf8_lossy().to_ascii_lowercase();
    let is_secret = SECRET.iter().any(|part| plain_name.contains(part));
    let value = if is_secret || value.len() > LONGEST_SHOWN { "…" } else { value };
    if pair.contains('=') { format!("{name}={value}") } else { value.to_owned() }
}

/// What is shown of a text that is no URL that can be fetched, such as one with a password.
pub(crate) fn shown_text(text: &str) -> String {
    Url::parse(text).map_or_else(|_| text.chars().take(200).collect(), |url| shown(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_from_paths() {
        for text in ["https://a/b", "HTTP://a", "s3://bucket/x", "file:///etc/passwd", "ftp://a"] {
            assert!(is_url(Path::new(text)), "{text}");
        }
        for text in ["a.jpg", "/a/b", "./http:/x", "://a", "c d://x", "9p://a", "http:/a"] {
            assert!(!is_url(Path::new(text)), "{text}");
        }
    }

    #[test]
    fn only_http_without_a_password_is_taken() {
        for (text, code) in [
            ("file:///etc/passwd", FaultCode::Denied),
            ("ftp://example.com/a.jpg", FaultCode::Denied),
            ("gopher://example.com/", FaultCode::Denied),
            ("data:image/png;base64,AAAA", FaultCode::Denied),
            ("https://user:word@example.com/a.jpg", FaultCode::Denied),
            ("https://user@example.com/a.jpg", FaultCode::Denied),
            ("https://:word@example.com/a.jpg", FaultCode::Denied),
            ("s3://bucket/a.jpg", FaultCode::Unsupported),
            ("http://", FaultCode::Invalid),
            ("https://a b/", FaultCode::Invalid),
        ] {
            let fault = RemoteUrl::parse(text).unwrap_err();
            assert_eq!(fault.code, code, "{text}");
            assert!(!fault.message.contains("word@"), "{}", fault.message);
        }
    }

    #[test]
    fn what_may_be_secret_is_not_shown() {
        let shown = |text: &str| RemoteUrl::parse(text).unwrap().shown();
        assert_eq!(shown("https://h/a.jpg?w=200&id=7#x"), "https://h/a.jpg?w=200&id=7");
        assert_eq!(
            shown("https://h/a?X-Amz-Signature=ab&%74oken=1&v=0123456789abcdef0&flag&e="),
            "https://h/a?X-Amz-Signature=…&%74oken=…&v=…&flag&e="
        );
        assert_eq!(shown("https://h/?0123456789abcdef0"), "https://h/?…");
        assert_eq!(shown_text("https://u:secret@h/a?key=b"), "https://h/a?key=…");
    }

    #[test]
    fn names_come_from_host_and_path() {
        let path = |text: &str| RemoteUrl::parse(text).unwrap().relative_path();
        for (url, expected) in [
            ("https://h.example:8443/photos/a%20b.jpg?x=1", "h.example/photos/a b.jpg"),
            ("https://h/a/../../b.png", "h/b.png"),
            ("https://h/%2e%2e/%2Fetc%2Fpasswd", "h/_etc_passwd"),
            ("https://h/a%2F..%2Fb", "h/a_.._b"),
            ("https://h/.hidden/.a.jpg", "h/hidden/a.jpg"),
            ("https://h", "h/index"),
            ("http://[::1]:80/x.jpg", "__1/x.jpg"),
        ] {
            assert_eq!(path(url), Path::new(expected), "{url}");
        }
    }
}
