//! Signatures of Konifer's URLs: HMAC of the path and of the parameters in the order of their names,
//! in URL-safe base64, as the parameter `s`.

use std::{collections::BTreeMap, fmt, str::FromStr};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, digest::KeyInit};
use sha2::{Sha256, Sha384, Sha512};

use super::url::{SIGNATURE, UrlError, parameters};

/// A hash function that signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    #[default]
    Sha256,
    /// HMAC with SHA-384.
    Sha384,
    /// HMAC with SHA-512.
    Sha512,
}

impl FromStr for Algorithm {
    type Err = String;

    /// Reads the name that Konifer's configuration has.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "hmac_sha256" => Ok(Self::Sha256),
            "hmac_sha384" => Ok(Self::Sha384),
            "hmac_sha512" => Ok(Self::Sha512),
            _ => Err("it is none of hmac_sha256, hmac_sha384 and hmac_sha512".to_owned()),
        }
    }
}

/// A secret that signs and checks URLs.
#[derive(Clone)]
pub struct SigningKey {
    secret: String,
    algorithm: Algorithm,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKey")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Takes a secret; `None` where it is empty.
    #[must_use]
    pub fn new(secret: &str, algorithm: Algorithm) -> Option<Self> {
        (!secret.is_empty()).then(|| Self { secret: secret.to_owned(), algorithm })
    }

    /// Adds the signature to a path and its query.
    ///
    /// # Errors
    /// Where the query has a parameter twice, or one that is not UTF-8.
    pub fn sign(&self, path: &str, query: Option<&str>) -> Result<String, UrlError> {
        let mut given = parameters(query.unwrap_or_default())?;
        given.remove(SIGNATURE);
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.digest(path, &given));
        let pairs = query.unwrap_or_default().split('&');
        let is_kept = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(SIGNATURE);
        let mut signed: Vec<String> = pairs.filter(is_kept).map(str::to_owned).collect();
        signed.push(format!("{SIGNATURE}={signature}"));
        Ok(format!("{path}?{}", signed.join("&")))
    }

    /// Checks the signature of a path and its query, in the same time for every signature of the right
    /// length.
    #[must_use]
    pub fn verify(&self, path: &str, query: Option<&str>) -> bool {
        let Ok(mut given) = parameters(query.unwrap_or_default()) else { return false };
        let shown = given.remove(SIGNATURE);
        let shown = shown.and_then(|shown| BASE64_URL_SAFE_NO_PAD.decode(shown).ok());
        let Some(shown) = shown else { return false };
        let (key, payload) = (self.secret.as_bytes(), payload(path, &given));
        match self.algorithm {
            Algorithm::Sha256 => is_right::<Hmac<Sha256>>(key, &payload, &shown),
            Algorithm::Sha384 => is_right::<Hmac<Sha384>>(key, &payload, &shown),
            Algorithm::Sha512 => is_right::<Hmac<Sha512>>(key, &payload, &shown),
        }
    }

    fn digest(&self, path: &str, parameters: &BTreeMap<String, String>) -> Vec<u8> {
        let (key, payload) = (self.secret.as_bytes(), payload(path, parameters));
        match self.algorithm {
            Algorithm::Sha256 => digest::<Hmac<Sha256>>(key, &payload),
            Algorithm::Sha384 => digest::<Hmac<Sha384>>(key, &payload),
            Algorithm::Sha512 => digest::<Hmac<Sha512>>(key, &payload),
        }
    }
}

/// The text that is signed.
fn payload(path: &str, parameters: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Takes a key of any length and a text.
fn keyed<M: hmac::Mac + KeyInit>(key: &[u8], payload: &str) -> Option<M> {
    <M as hmac::Mac>::new_from_slice(key).ok().map(|keyed| keyed.chain_update(payload))
}

fn digest<M: hmac::Mac + KeyInit>(key: &[u8], payload: &str) -> Vec<u8> {
    keyed::<M>(key, payload).map_or_else(Vec::new, |keyed| keyed.finalize().into_bytes().to_vec())
}

fn is_right<M: hmac::Mac + KeyInit>(key: &[u8], payload: &str, shown: &[u8]) -> bool {
    keyed::<M>(key, payload).is_some_and(|keyed| keyed.verify_slice(shown).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(algorithm: &str) -> SigningKey {
        SigningKey::new("secret", algorithm.parse().unwrap()).unwrap()
    }

    const PATH: &str = "/assets/users/123/profile";
    const QUERY: &str = "h=300&blur=20&format=webp";

    /// Computed with another program: `printf … | openssl dgst -sha256 -hmac secret -binary | basenc`.
    const SIGNED: [(&str, &str); 3] = [
        ("hmac_sha256", "fLimPSIIvLMMcwVSjXtRgh7U2xkVcX5ZlDRvErR6e90"),
        ("hmac_sha384", "si8UnhOT4Pw4LcPxqAiFAqtcl0e6uc6NRzLIJvWama61rO5vX3-9nRP4v7nL6NA9"),
        (
            "hmac_sha512",
            "joky44q2GIrTAHydoUvvFb--8xKGVOV42WzzrRy-GMvKlxjGGhJcjwexT6GChQMCHix3rLkSHxV7Prf053YWxw",
        ),
    ];

    #[test]
    fn signatures_are_those_of_other_programs() {
        for (algorithm, signature) in SIGNED {
            let signed = key(algorithm).sign(PATH, Some(QUERY)).unwrap();
            assert_eq!(signed, format!("{PATH}?{QUERY}&s={signature}"), "{algorithm}");
            let query = format!("s={signature}&format=webp&h=300&blur=20");
            assert!(key(algorithm).verify(PATH, Some(&query)), "any order has one signature");
            let again = key(algorithm).sign(PATH, Some(&query)).unwrap();
            assert!(again.ends_with(signature) && again.matches("s=").count() == 1, "{again}");
        }
        let bare = key("hmac_sha256").sign(PATH, None).unwrap();
        let (path, query) = bare.split_once('?').unwrap();
        assert!(key("hmac_sha256").verify(path, Some(query)));
    }

    #[test]
    fn what_differs_anywhere_is_refused() {
        let (key, signature) = (key("hmac_sha256"), SIGNED[0].1);
        let query = format!("{QUERY}&s={signature}");
        assert!(key.verify(PATH, Some(&query)));
        for wrong in [
            String::new(),
            QUERY.to_owned(),
            format!("{QUERY}&s="),
            format!("{QUERY}&s={}", &signature[1..]),
            format!("{QUERY}&s={}", signature.to_lowercase()),
            format!("{QUERY}&w=1&s={signature}"),
            format!("{QUERY}&h=301&s={signature}"),
            format!("{query}&s={signature}"),
            query.replace("300", "301"),
        ] {
            assert!(!key.verify(PATH, Some(&wrong)), "{wrong}");
        }
        assert!(!key.verify(&PATH.replace("123", "124"), Some(&query)));
        assert!(!SigningKey::new("other", Algorithm::Sha256).unwrap().verify(PATH, Some(&query)));
        assert!(SigningKey::new("", Algorithm::Sha256).is_none());
        assert!("hmac_md5".parse::<Algorithm>().is_err());
        assert_eq!(format!("{key:?}"), "SigningKey { algorithm: Sha256, .. }");
    }
}
