//! Signatures of imgproxy's URLs: HMAC-SHA256 of a salt and the path, in URL-safe base64.

use std::fmt;

use base64::Engine as _;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::url::BASE64;

/// The bytes of a whole signature.
pub const SIGNATURE_BYTES: usize = 32;

/// Why keys and salts cannot be used. None of them is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// One is no hexadecimal number.
    #[error("the {0} is not hexadecimal: write two digits a byte, and a comma between several")]
    NotHex(&'static str),
    /// There are more of one than of the other.
    #[error("there are {keys} keys and {salts} salts: each key has its own salt")]
    Unpaired {
        /// How many keys there are.
        keys: usize,
        /// How many salts there are.
        salts: usize,
    },
    /// The size is out of range.
    #[error("a signature has from 1 to {SIGNATURE_BYTES} bytes")]
    Size,
}

/// Pairs of key and salt that sign and check paths.
#[derive(Clone)]
pub struct SigningKeys {
    /// Each has taken its key and its salt in.
    pairs: Vec<Hmac<Sha256>>,
    bytes: usize,
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SigningKeys")
            .field("pairs", &self.pairs.len())
            .finish_non_exhaustive()
    }
}

impl SigningKeys {
    /// Reads keys and salts in hexadecimal digits, with commas between several. A signature has
    /// this many bytes.
    ///
    /// # Errors
    /// Where one is not hexadecimal, one lacks its counterpart, or the size is out of range.
    pub fn from_hex(keys: &str, salts: &str, bytes: usize) -> Result<Self, KeyError> {
        let read = |texts: &str, what| -> Result<Vec<Vec<u8>>, KeyError> {
            texts.split(',').map(|text| hex(text.trim()).ok_or(KeyError::NotHex(what))).collect()
        };
        let (keys, salts) = (read(keys, "key")?, read(salts, "salt")?);
        if keys.len() != salts.len() {
            return Err(KeyError::Unpaired { keys: keys.len(), salts: salts.len() });
        }
        if !(1..=SIGNATURE_BYTES).contains(&bytes) {
            return Err(KeyError::Size);
        }
        let pair = |(key, salt): (&Vec<u8>, &Vec<u8>)| {
            let keyed = Hmac::<Sha256>::new_from_slice(key);
            keyed.map(|keyed| keyed.chain_update(salt)).map_err(|_| KeyError::NotHex("key"))
        };
        Ok(Self { pairs: keys.iter().zip(&salts).map(pair).collect::<Result<_, _>>()?, bytes })
    }

    /// Signs a path with the first pair.
    #[must_use]
    pub fn sign(&self, path: &str) -> String {
        let first = self.pairs.first().cloned();
        let digest = first.map(|pair| pair.chain_update(path).finalize().into_bytes());
        digest.map_or_else(String::new, |digest| BASE64.encode(&digest[..self.bytes]))
    }

    /// Checks a path's signature with each pair, in the same time for every signature of the right
    /// length.
    #[must_use]
    pub fn verify(&self, signature: &str, path: &str) -> bool {
        let Ok(shown) = BASE64.decode(signature) else { return false };
        let is_right = |pair: &Hmac<Sha256>| {
            pair.clone().chain_update(path).verify_truncated_left(&shown).is_ok()
        };
        shown.len() == self.bytes && self.pairs.iter().any(is_right)
    }
}

/// Reads hexadecimal digits, two a byte.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| u8::try_from(digit(pair[0])? * 16 + digit(*pair.get(1)?)?).ok();
    if text.is_empty() { None } else { text.as_bytes().chunks(2).map(byte).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of imgproxy's documentation.
    const KEY: &str = "736563726574";
    const SALT: &str = "68656C6C6F";
    const PATH: &str = "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/\
                        anBn.png";
    const SIGNATURE: &str = "oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8";

    fn keys(bytes: usize) -> SigningKeys {
        SigningKeys::from_hex(KEY, SALT, bytes).unwrap()
    }

    #[test]
    fn the_documentations_example_is_signed() {
        assert_eq!(keys(32).sign(PATH), SIGNATURE);
        assert!(keys(32).verify(SIGNATURE, PATH));
        assert_eq!(keys(8).sign(PATH), "oKfUtW34Dvo");
        assert!(keys(8).verify("oKfUtW34Dvo", PATH));
    }

    #[test]
    fn what_differs_anywhere_is_refused() {
        let keys = keys(32);
        let wrong = SIGNATURE.replace('K', "k");
        for signature in [
            "",
            "insecure",
            "oKfUtW34Dvo",
            &wrong,
            &SIGNATURE[1..],
            "oKfUtW34Dvo2BGQehJFR4Nr0/rIjOtdtzJ3QFsUcXH8",
            "ü",
        ] {
            assert!(!keys.verify(signature, PATH), "{signature}");
        }
        assert!(!keys.verify(SIGNATURE, &PATH.replace("300", "301")));
        assert!(!keys.verify(SIGNATURE, PATH.strip_prefix('/').unwrap()));
        let other = SigningKeys::from_hex(SALT, KEY, 32).unwrap();
        assert!(!other.verify(SIGNATURE, PATH));
    }

    #[test]
    fn every_pair_checks_and_the_first_one_signs() {
        let both = SigningKeys::from_hex(&format!("aa,{KEY}"), &format!("bb, {SALT}"), 32).unwrap();
        assert!(both.verify(SIGNATURE, PATH));
        let first = both.sign(PATH);
        assert!(first != SIGNATURE && both.verify(&first, PATH));
    }

    #[test]
    fn wrong_keys_are_told_and_none_is_shown() {
        let error = |keys, salts, bytes| SigningKeys::from_hex(keys, salts, bytes).unwrap_err();
        for wrong in ["", "a", "xx", "aa,", "+a", "ää"] {
            assert_eq!(error(wrong, "aa", 32), KeyError::NotHex("key"), "{wrong}");
            assert_eq!(error("aa", wrong, 32), KeyError::NotHex("salt"), "{wrong}");
        }
        assert_eq!(error("aa,bb", "aa", 32), KeyError::Unpaired { keys: 2, salts: 1 });
        assert_eq!(error("aa", "aa", 0), KeyError::Size);
        assert_eq!(error("aa", "aa", 33), KeyError::Size);
        assert_eq!(format!("{:?}", keys(32)), "SigningKeys { pairs: 1, .. }");
    }
}
