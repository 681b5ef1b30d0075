//! The path of an imgproxy URL: `/signature/option:argument/…/plain/source@extension`, or with the
//! source's address in base64.

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use percent_encoding::percent_decode_str;

use super::given::Given;

/// Base64 as imgproxy reads it, whatever its last bits are.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// What stands in the signature's place of URLs that are not signed.
pub const UNSIGNED: [&str; 3] = ["insecure", "_", "unsafe"];

/// A path with its signature taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedPath<'u> {
    /// What stands in the signature's place.
    pub signature: &'u str,
    /// What is signed: the rest, from its slash on.
    pub path: &'u str,
}

impl<'u> SignedPath<'u> {
    /// Splits the path of a URL, which begins with a slash, behind its first part.
    #[must_use]
    pub fn split(path: &'u str) -> Option<Self> {
        let rest = path.strip_prefix('/')?;
        let end = rest.find('/').filter(|end| *end > 0)?;
        Some(Self { signature: &rest[..end], path: &rest[end..] })
    }
}

/// Why a path is none of an imgproxy URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// There is nothing behind the options.
    #[error("it has no source; write /plain/local:///PATH behind the options")]
    NoSource,
    /// There are several extensions.
    #[error("it has several extensions; in the source, write @ as %40")]
    Extensions,
    /// The source is no base64.
    #[error("its source is not base64; write it so, or behind /plain/")]
    NotBase64,
    /// The source is encrypted.
    #[error("encrypted sources have no counterpart; write the source in base64 or behind /plain/")]
    Encrypted,
}

/// What a URL asks for.
#[derive(Debug, Clone)]
pub struct UrlRequest<'u> {
    pub(super) options: Vec<Given<'u>>,
    /// The source's address, decoded, such as `local:///photos/a.jpg`.
    pub source: Vec<u8>,
}

impl<'u> UrlRequest<'u> {
    /// Reads the part of a path that is signed. With `presets_only` its first part is a list of
    /// presets, not an option.
    ///
    /// # Errors
    /// Where the path names no source.
    pub fn read(path: &'u str, presets_only: bool) -> Result<Self, UrlError> {
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        let mut options = Vec::new();
        if presets_only {
            let (presets, source) = rest.split_once('/').ok_or(UrlError::NoSource)?;
            options.push(Given {
                name: "preset",
                arguments: presets.split(':').collect(),
                line: 1,
            });
            rest = source;
        } else {
            while let Some((option, more)) = rest.split_once('/')
                && let Some(given) = Given::read(option, 1)
            {
                options.push(given);
                rest = more;
            }
        }
        let (source, extension) = source(rest)?;
        if let Some(extension) = extension.filter(|extension| !extension.is_empty()) {
            options.push(Given { name: "format", arguments: vec![extension], line: 1 });
        }
        Ok(Self { options, source })
    }

    /// Whether the source's address begins as addresses do: with a scheme and a slash.
    #[must_use]
    pub fn has_scheme(&self) -> bool {
        let end = self.source.iter().position(|byte| *byte == b':').filter(|end| *end > 0);
        end.is_some_and(|end| {
            self.source[..end].iter().all(u8::is_ascii_alphanumeric)
                && self.source[end + 1..].starts_with(b"/")
        })
    }
}

/// Reads the source's address and the extension.
fn source(text: &str) -> Result<(Vec<u8>, Option<&str>), UrlError> {
    if let Some(plain) = text.strip_prefix("plain/") {
        let (address, extension) = halves(plain, '@')?;
        let address: Vec<u8> = percent_decode_str(address).collect();
        return if address.is_empty() { Err(UrlError::NoSource) } else { Ok((address, extension)) };
    }
    if text.starts_with("enc/") {
        return Err(UrlError::Encrypted);
    }
    let (encoded, extension) = halves(text, '.')?;
    let encoded: String = encoded.split('/').collect();
    if encoded.is_empty() {
        return Err(UrlError::NoSource);
    }
    let address = BASE64.decode(encoded.trim_end_matches('=')).map_err(|_| UrlError::NotBase64)?;
    Ok((address, extension))
}

fn halves(text: &str, separator: char) -> Result<(&str, Option<&str>), UrlError> {
    match text.split_once(separator) {
        None => Ok((text, None)),
        Some((_, extension)) if extension.contains(separator) => Err(UrlError::Extensions),
        Some((address, extension)) => Ok((address, Some(extension))),
    }
}

#[cfg(test)]
mod tests;
