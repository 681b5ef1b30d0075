//! URLs in Konifer's language: `/assets/path/-/content?w=300`, with variant profiles and signatures.

use std::{ffi::OsString, path::Path, time::SystemTime};

use cropmark_engine::presets::PresetSource;
use cropmark_exchange::konifer::{AssetUrl, ProfileFile, ReturnFormat, SigningKey};
use cropmark_rules::protocol::Header;
use hyper::{
    HeaderMap, Response, StatusCode, Uri,
    header::{HOST, HeaderValue},
};

use crate::{
    accept::{Preferred, preferred},
    address,
    body::Body,
    conditional,
    identity::Disposition,
    locate::{Located, locate_file, missing},
    picture::{self, ForeignPicture, refused},
    refusal::Refusal,
};

/// How URLs in Konifer's language are answered.
#[derive(Debug, Clone)]
pub struct KoniferSettings {
    /// What signs them; `None`: none needs a signature.
    pub key: Option<SigningKey>,
    /// The variant profiles that they may name.
    pub profiles: ProfileFile,
    /// When the file of profiles was written to last.
    pub profiles_modified: Option<SystemTime>,
    /// What links begin with, without a slash at the end; `None`: `http://` and the host that the
    /// request was sent to.
    pub public_url: Option<String>,
}

/// A URL below `/assets/`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KoniferUrl<'u> {
    path: &'u str,
    query: Option<&'u str>,
}

/// The address of a picture's content, in place of the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) url: String,
    pub(crate) is_redirect: bool,
}

/// A picture that a URL asks for, read before its source is known.
#[derive(Debug, Clone)]
pub(crate) struct KoniferPicture {
    /// The source's path below the workspace.
    parts: Vec<OsString>,
    /// A preset with one generator.
    text: String,
    is_download: bool,
    varies: bool,
    rules_modified: Option<SystemTime>,
}

impl<'u> KoniferUrl<'u> {
    pub(crate) fn of(uri: &'u Uri) -> Option<Self> {
        let is_one = AssetUrl::is_one(uri.path());
        is_one.then(|| Self { path: uri.path(), query: uri.query() })
    }

    fn read(self) -> Result<AssetUrl<'u>, Refusal> {
        AssetUrl::read(self.path, self.query).map_err(|error| {
            Refusal::not_found(format!("There is nothing at such an address: {error}."))
        })
    }

    /// The URL without the secret that a request shows.
    pub(crate) fn name(self) -> String {
        format!("{}?{}", self.path, self.transformation())
    }

    /// The query without token and signature.
    fn transformation(self) -> String {
        let is_kept = |pair: &&str| !pair.starts_with("token=") && !pair.starts_with("s=");
        let pairs: Vec<&str> = self.query.unwrap_or_default().split('&').filter(is_kept).collect();
        pairs.join("&")
    }

    /// Says whether the picture was there already.
    pub(crate) fn mark(answer: &mut Response<Body>, was_kept: bool) {
        let value = HeaderValue::from_static(if was_kept { "hit" } else { "miss" });
        answer.headers_mut().insert("k-cache-status", value);
    }
}

impl KoniferSettings {
    /// Checks a URL's signature; returns whether it has one that counts.
    pub(crate) fn check(&self, url: KoniferUrl<'_>) -> Result<bool, Refusal> {
        let Some(key) = &self.key else { return Ok(false) };
        if key.verify(url.path, url.query) {
            return Ok(true);
        }
        let message = "The signature is missing or wrong: sign path and query with \"cropmark sign \
                       konifer\", with the secret of this server.";
        Err(Refusal::new(StatusCode::FORBIDDEN, message))
    }

    /// The address of the content, where a URL asks for it and not for the content.
    pub(crate) fn reference(
        &self,
        url: KoniferUrl<'_>,
        headers: &HeaderMap,
    ) -> Result<Option<Reference>, Refusal> {
        let asset = url.read()?;
        let is_redirect = match asset.return_format {
            ReturnFormat::Content | ReturnFormat::Download => return Ok(None),
            ReturnFormat::Redirect => true,
            ReturnFormat::Link => false,
        };
        let (path, query) = (asset.content_path(), url.transformation());
        let query = (!query.is_empty()).then_some(query.as_str());
        let target = match &self.key {
            Some(key) => key.sign(&path, query).map_err(|error| refused(&error.to_string()))?,
            None => query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")),
        };
        let host = conditional::text(headers, &HOST).unwrap_or("localhost");
        let base = self.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
        Ok(Some(Reference { url: format!("{base}{target}"), is_redirect }))
    }

    /// Reads what a URL asks for.
    pub(crate) fn read(
        &self,
        url: KoniferUrl<'_>,
        accept: Option<&str>,
    ) -> Result<KoniferPicture, Refusal> {
        let asset = url.read()?;
        let negotiates =
            matches!(asset.return_format, ReturnFormat::Content | ReturnFormat::Download);
        let accepted = match preferred(accept.filter(|_| negotiates)) {
            Preferred::Format(format) => Some(format),
            Preferred::Nothing if asset.parameter("format").is_none() => {
                let message = "None of the accepted types is written here: accept image/*, or \
                               give the parameter format.";
                return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
            }
            Preferred::Any | Preferred::Nothing => None,
        };
        let text = self.profiles.preset(&asset, accepted).map_err(|reason| refused(&reason))?;
        Ok(KoniferPicture {
            parts: address::parts(asset.asset)?,
            text,
            is_download: asset.return_format == ReturnFormat::Download,
            varies: negotiates && asset.parameter("format").is_none(),
            rules_modified: self.profiles_modified,
        })
    }
}

impl ForeignPicture for KoniferPicture {
    /// Finds the file of this name, or the only picture whose name it is without an extension.
    fn locate(&self, root: &Path) -> Result<Located, Refusal> {
        locate_file(root, &self.parts)?.ok_or_else(|| missing(&self.parts))
    }

    fn preset(&self, root: &Path, _: &Header) -> Result<PresetSource, Refusal> {
        picture::preset(root, "konifer.preset.toml", &self.text)
    }

    fn rules_modified(&self) -> Option<SystemTime> {
        self.rules_modified
    }

    fn expires(&self) -> Option<SystemTime> {
        None
    }

    fn disposition(&self) -> Option<Disposition> {
        let stem = self.parts.last().and_then(|name| Path::new(name).file_stem());
        let stem = stem.unwrap_or_default().to_string_lossy().into_owned();
        self.is_download.then_some(Disposition { stem, is_attachment: true })
    }

    fn varies(&self) -> bool {
        self.varies
    }
}

#[cfg(test)]
mod tests;
