//! Paths in JSON: a text, or, where the system's bytes are no UTF-8, the numbers of the bytes.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::os;

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PathJson {
    Text(String),
    Bytes(Vec<u8>),
}

impl From<&Path> for PathJson {
    fn from(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Bytes(os::bytes_of_path(path).into_owned()),
        }
    }
}

impl From<PathJson> for PathBuf {
    fn from(json: PathJson) -> Self {
        match json {
            PathJson::Text(text) => text.into(),
            PathJson::Bytes(bytes) => os::path_from_bytes(&bytes),
        }
    }
}

/// Writes a path.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    PathJson::from(path).serialize(serializer)
}

/// Reads a path.
///
/// # Errors
/// Where there is none.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    PathJson::deserialize(from).map(Into::into)
}

/// For a path that may be left out.
pub(crate) mod option {
    use super::{Deserialize as _, Deserializer, PathBuf, PathJson, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "the shape that serde asks for")]
    pub(crate) fn serialize<S: Serializer>(
        path: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        path.as_deref().map(PathJson::from).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<PathJson>::deserialize(from)?.map(Into::into))
    }
}
