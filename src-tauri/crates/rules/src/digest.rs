//! Digests of 32 bytes: bytes inside the program, 64 hexadecimal digits in lower case at its edges
//! (file names, JSON, messages).

use std::fmt;

use crate::digest;

/// The BLAKE3 of a file's content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Hashes a content that is in memory.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        blake3::hash(content).into()
    }
}

digest::impl_digest!(ContentHash);

/// A text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 hexadecimal digits in lower case")]
pub struct DigestError;

/// Reads 64 hexadecimal digits.
pub(crate) fn parse(text: &str) -> Result<[u8; 32], DigestError> {
    let is_lower = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if !text.bytes().all(is_lower) {
        return Err(DigestError);
    }
    blake3::Hash::from_hex(text).map(Into::into).map_err(|_| DigestError)
}

/// Writes 64 hexadecimal digits.
pub(crate) fn write(bytes: [u8; 32], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.pad(&blake3::Hash::from_bytes(bytes).to_hex())
}

/// Gives a tuple of 32 bytes its conversions.
macro_rules! impl_digest {
    ($name:ident) => {
        impl $name {
            /// The bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }
        }

        impl From<blake3::Hash> for $name {
            fn from(hash: blake3::Hash) -> Self {
                Self(hash.into())
            }
        }

        impl AsRef<[u8; 32]> for $name {
            fn as_ref(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::DigestError;

            fn from_str(text: &str) -> Result<Self, $crate::DigestError> {
                $crate::digest::parse(text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::digest::write(self.0, formatter)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, formatter)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(reader)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use impl_digest;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_go_through_text_and_nonsense_does_not() {
        let hash = ContentHash::of(b"picture");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<ContentHash>(&json).unwrap(), hash);
        for text in ["", "abc", &"A".repeat(64), &"g".repeat(64), &"\u{e9}".repeat(32)] {
            assert_eq!(text.parse::<ContentHash>(), Err(DigestError), "{text}");
        }
    }
}
