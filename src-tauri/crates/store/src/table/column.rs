//! How values that `SQLite` has no type for stand in columns.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use cropmark_rules::Key;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};
use serde::{Serialize, de::DeserializeOwned};

use crate::os;

/// A digest as 32 bytes.
pub(crate) struct Blob<T>(pub(crate) T);

impl<T: AsRef<[u8; 32]>> ToSql for Blob<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0.as_ref())))
    }
}

impl<T: From<[u8; 32]>> FromSql for Blob<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(|bytes| Self(bytes.into()))
    }
}

/// A variant's key as 64 hexadecimal digits.
pub(crate) struct KeyText(pub(crate) Key);

impl ToSql for KeyText {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Owned(Value::Text(self.0.to_string())))
    }
}

impl FromSql for KeyText {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map(Self).map_err(FromSqlError::other)
    }
}

/// Any value as JSON text.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(ToSqlOutput::Owned(Value::Text(text)))
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_slice(value.as_bytes()?).map(Self).map_err(FromSqlError::other)
    }
}

/// A path as text with the very bytes that the system uses, valid UTF-8 or not: `SQLite` compares
/// bytes and does not mind.
pub(crate) struct PathColumn<P>(pub(crate) P);

impl<P: AsRef<Path>> ToSql for PathColumn<P> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match os::bytes_of_path(self.0.as_ref()) {
            Cow::Borrowed(bytes) => ToSqlOutput::Borrowed(ValueRef::Text(bytes)),
            // Where the system's paths are no bytes, they are made into some.
            Cow::Owned(bytes) => {
                ToSqlOutput::Owned(Value::Text(String::from_utf8_lossy(&bytes).into_owned()))
            }
        })
    }
}

impl FromSql for PathColumn<PathBuf> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(os::path_from_bytes(value.as_bytes()?)))
    }
}
