//! The URL of an asset: `/assets/path/-/selectors?parameter=value&…`.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// What the path of every asset's URL begins with.
const PREFIX: &str = "/assets/";

/// The parameter that holds the signature.
pub(super) const SIGNATURE: &str = "s";

/// How an asset is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReturnFormat {
    /// As a table of JSON that has the URL of its content.
    #[default]
    Link,
    /// By the address of its content, which clients follow.
    Redirect,
    /// As a picture.
    Content,
    /// As a picture that browsers save.
    Download,
}

/// Why a URL names no asset that can be given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// There is nothing behind `/assets/`.
    #[error("it has no path; write /assets/PATH/-/content")]
    NoPath,
    /// An entry other than the first is asked for.
    #[error("each path has one asset here; write /-/entry/0 or leave it out")]
    Entry,
    /// Facts are asked for.
    #[error("facts of assets are not given by URL; cropmark inspect tells them")]
    Facts,
    /// What stands behind `/-/` is not known.
    #[error("“{}” is no selector; write content, download, link or redirect behind /-/", .0.escape_debug())]
    Selector(String),
    /// A parameter is given twice.
    #[error("the parameter “{}” is given twice", .0.escape_debug())]
    Twice(String),
    /// A parameter is not UTF-8.
    #[error("a parameter is not UTF-8 text")]
    NotText,
}

/// An asset's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetUrl<'u> {
    /// The asset's path below `/assets/`, as the URL has it.
    pub asset: &'u str,
    /// How the asset is given.
    pub return_format: ReturnFormat,
    /// The parameters, decoded.
    pub(super) parameters: BTreeMap<String, String>,
}

impl<'u> AssetUrl<'u> {
    /// Whether a path is one of an asset's URL.
    #[must_use]
    pub fn is_one(path: &str) -> bool {
        path.starts_with(PREFIX)
    }

    /// Reads the path and the query of a URL.
    ///
    /// # Errors
    /// Where it names no asset that can be given.
    pub fn read(path: &'u str, query: Option<&str>) -> Result<Self, UrlError> {
        let rest = path.strip_prefix(PREFIX).ok_or(UrlError::NoPath)?;
        let (asset, selectors) = split(rest);
        if asset.is_empty() || asset.starts_with('/') {
            return Err(UrlError::NoPath);
        }
        let return_format = selected(selectors)?;
        Ok(Self { asset, return_format, parameters: parameters(query.unwrap_or_default())? })
    }

    /// The value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The path of the URL that gives the same asset's content.
    #[must_use]
    pub fn content_path(&self) -> String {
        format!("{PREFIX}{}/-/entry/0/content", self.asset)
    }
}

/// Divides at the first part that is a hyphen alone.
fn split(path: &str) -> (&str, &str) {
    let divided = path.split_once("/-/").or_else(|| Some((path.strip_suffix("/-")?, "")));
    let (asset, selectors) = divided.unwrap_or((path, ""));
    (asset.strip_suffix('/').unwrap_or(asset), selectors)
}

/// Reads selectors. Each path has one asset here, so every order of assets gives the same one.
fn selected(selectors: &str) -> Result<ReturnFormat, UrlError> {
    let mut chosen = None;
    let mut parts = selectors.split('/').filter(|part| !part.is_empty());
    while let Some(part) = parts.next() {
        let format = match part.to_ascii_lowercase().as_str() {
            "new" | "modified" => continue,
            "entry" if parts.next() == Some("0") => continue,
            "entry" => return Err(UrlError::Entry),
            "link" => ReturnFormat::Link,
            "redirect" => ReturnFormat::Redirect,
            "content" => ReturnFormat::Content,
            "download" => ReturnFormat::Download,
            "info" | "metadata" => return Err(UrlError::Facts),
            _ => return Err(UrlError::Selector(part.chars().take(60).collect())),
        };
        if chosen.replace(format).is_some() {
            return Err(UrlError::Selector(part.to_owned()));
        }
    }
    Ok(chosen.unwrap_or_default())
}

/// Reads the parameters of a query. Only the first of several values would be signed, so a second one
/// is refused.
pub(super) fn parameters(query: &str) -> Result<BTreeMap<String, String>, UrlError> {
    let mut parameters = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name)?, decoded(value)?);
        if parameters.insert(name.clone(), value).is_some() {
            return Err(UrlError::Twice(name.chars().take(60).collect()));
        }
    }
    Ok(parameters)
}

fn decoded(text: &str) -> Result<String, UrlError> {
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8().map_err(|_| UrlError::NotText)?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_selectors_and_parameters_are_told_apart() {
        let read = |path| AssetUrl::read(path, Some("w=10&pad-c=%23ff+00&h")).unwrap();
        for (path, asset, format) in [
            ("/assets/a/b.jpg", "a/b.jpg", ReturnFormat::Link),
            ("/assets/a/b.jpg/", "a/b.jpg", ReturnFormat::Link),
            ("/assets/a/-", "a", ReturnFormat::Link),
            ("/assets/a/-/", "a", ReturnFormat::Link),
            ("/assets/a/-/link", "a", ReturnFormat::Link),
            ("/assets/a/b-c/-/redirect", "a/b-c", ReturnFormat::Redirect),
            ("/assets/a/-/new/Content", "a", ReturnFormat::Content),
            ("/assets/a/-/modified/download", "a", ReturnFormat::Download),
            ("/assets/a%20b/-/entry/0/content", "a%20b", ReturnFormat::Content),
        ] {
            let url = read(path);
            assert_eq!((url.asset, url.return_format), (asset, format), "{path}");
            assert_eq!(url.parameter("w"), Some("10"));
            assert_eq!(url.parameter("pad-c"), Some("#ff 00"));
            assert_eq!(url.parameter("h"), Some(""));
        }
        assert_eq!(
            read("/assets/a/b.jpg/-/link").content_path(),
            "/assets/a/b.jpg/-/entry/0/content"
        );
    }

    #[test]
    fn what_names_no_asset_is_told() {
        let error = |path, query| AssetUrl::read(path, query).unwrap_err();
        assert_eq!(error("/assets/", None), UrlError::NoPath);
        assert_eq!(error("/assets//-/content", None), UrlError::NoPath);
        assert_eq!(error("/assets//etc/passwd", None), UrlError::NoPath);
        assert_eq!(error("/assets/a/-/entry/1/content", None), UrlError::Entry);
        assert_eq!(error("/assets/a/-/entry", None), UrlError::Entry);
        assert_eq!(error("/assets/a/-/info", None), UrlError::Facts);
        assert_eq!(error("/assets/a/-/zip", None), UrlError::Selector("zip".to_owned()));
        assert_eq!(
            error("/assets/a/-/link/content", None),
            UrlError::Selector("content".to_owned())
        );
        assert_eq!(error("/assets/a", Some("w=1&w=2")), UrlError::Twice("w".to_owned()));
        assert_eq!(error("/assets/a", Some("w=1&%77=2")), UrlError::Twice("w".to_owned()));
        assert_eq!(error("/assets/a", Some("w=%ff")), UrlError::NotText);
    }
}
