//! URLs in imgproxy's language: which paths are some, whether they may be answered, and the rules
//! that they give.

use std::{ffi::OsString, path::Path, time::SystemTime};

use cropmark_engine::presets::PresetSource;
use cropmark_exchange::imgproxy::{
    AnswerRules, PresetFile, RequestRules, SignedPath, SigningKeys, UNSIGNED, UrlRequest,
};
use cropmark_rules::protocol::Header;
use hyper::StatusCode;

use crate::{
    address,
    identity::{Disposition, check_time},
    locate::{Located, locate_exactly, missing},
    picture::{self, ForeignPicture, refused},
    refusal::Refusal,
};

/// How URLs in imgproxy's language are answered.
#[derive(Debug, Clone)]
pub struct ImgproxySettings {
    /// What signs them; `None`: whatever stands in the signature's place is taken.
    pub keys: Option<SigningKeys>,
    /// The presets that they may name.
    pub presets: PresetFile,
    /// When the file of presets was written to last.
    pub presets_modified: Option<SystemTime>,
    /// Whether they name presets only, no options.
    pub presets_only: bool,
}

/// A path in imgproxy's language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ImgproxyPath<'u> {
    whole: &'u str,
    path: SignedPath<'u>,
    asks_for_facts: bool,
}

/// A picture that a URL asks for, read before its source is known.
#[derive(Debug, Clone)]
pub(crate) struct ImgproxyPicture {
    /// The source's path below the workspace.
    parts: Vec<OsString>,
    rules: RequestRules,
    rules_modified: Option<SystemTime>,
}

impl<'u> ImgproxyPath<'u> {
    pub(crate) fn whole(self) -> &'u str {
        self.whole
    }
}

impl ImgproxySettings {
    /// Takes a path that is in imgproxy's language: its source's address has a scheme, or its
    /// first part says that it is not signed. No generator's address is like that.
    pub(crate) fn path<'u>(&self, path: &'u str) -> Option<ImgproxyPath<'u>> {
        let split = SignedPath::split(path)?;
        let has_source = |path: &str| {
            UrlRequest::read(path, self.presets_only).is_ok_and(|request| request.has_scheme())
        };
        if UNSIGNED.contains(&split.signature) || has_source(split.path) {
            return Some(ImgproxyPath { whole: path, path: split, asks_for_facts: false });
        }
        let signed = SignedPath::split(split.path).filter(|_| split.signature == "info")?;
        let is_known = UNSIGNED.contains(&signed.signature) || has_source(signed.path);
        is_known.then_some(ImgproxyPath { whole: path, path: signed, asks_for_facts: true })
    }

    /// Checks a path's signature; returns whether it has one that counts.
    pub(crate) fn check(&self, path: ImgproxyPath<'_>) -> Result<bool, Refusal> {
        let Some(keys) = &self.keys else { return Ok(false) };
        if keys.verify(path.path.signature, path.path.path) {
            return Ok(true);
        }
        let message = "The signature is wrong: sign the path behind it with \"cropmark sign \
                       imgproxy\", with the key and the salt of this server.";
        Err(Refusal::new(StatusCode::FORBIDDEN, message))
    }

    /// Reads what a path asks for.
    pub(crate) fn read(&self, path: ImgproxyPath<'_>) -> Result<ImgproxyPicture, Refusal> {
        if path.asks_for_facts {
            let message = "Facts of pictures are not given by URL: cropmark inspect tells them.";
            return Err(Refusal::not_found(message));
        }
        let request = UrlRequest::read(path.path.path, self.presets_only);
        let request = request.map_err(|error| {
            Refusal::not_found(format!("There is nothing at such an address: {error}."))
        })?;
        let parts = local_parts(&request.source)?;
        let rules = self.presets.apply(&request).map_err(|reason| refused(&reason))?;
        let picture = ImgproxyPicture { parts, rules, rules_modified: self.presets_modified };
        check_time(picture.expires(), SystemTime::now())?;
        Ok(picture)
    }
}

impl ForeignPicture for ImgproxyPicture {
    fn locate(&self, root: &Path) -> Result<Located, Refusal> {
        locate_exactly(root, &self.parts).ok_or_else(|| missing(&self.parts))
    }

    fn preset(&self, root: &Path, header: &Header) -> Result<PresetSource, Refusal> {
        let text = self.rules.preset(header).map_err(|reason| refused(&reason))?;
        picture::preset(root, "imgproxy.preset.toml", &text)
    }

    fn rules_modified(&self) -> Option<SystemTime> {
        self.rules_modified
    }

    /// From when on there is no answer. A time that no clock reaches is none.
    fn expires(&self) -> Option<SystemTime> {
        picture::time(self.rules.answer.expires?)
    }

    /// The name that browsers save the picture by: the source's, where the URL gives none.
    fn disposition(&self) -> Option<Disposition> {
        let AnswerRules { file_name, is_attachment, .. } = self.rules.answer.clone();
        let own = || {
            let stem = self.parts.last().and_then(|name| Path::new(name).file_stem());
            stem.unwrap_or_default().to_string_lossy().into_owned()
        };
        Some(Disposition { stem: file_name.unwrap_or_else(own), is_attachment })
    }

    fn varies(&self) -> bool {
        false
    }
}

/// The parts of the path that an address names below the workspace.
fn local_parts(source: &[u8]) -> Result<Vec<OsString>, Refusal> {
    let Some(rest) = source.strip_prefix(b"local:") else {
        let message = "Only pictures of the workspace are given here: write the source as \
                       local:///PATH.";
        return Err(Refusal::not_found(message));
    };
    // Proxies make one slash of several.
    let path = rest.strip_prefix(b"///").or_else(|| rest.strip_prefix(b"/"));
    path.and_then(address::decoded_parts).ok_or_else(|| {
        let message = "There is nothing at such an address: write local:///PATH, with three \
                       slashes and the path below the workspace.";
        Refusal::not_found(message)
    })
}

#[cfg(test)]
mod tests;
