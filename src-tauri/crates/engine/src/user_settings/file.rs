//! The keys and values of `settings.toml`, with their places.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A key with its value, as a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// With dots between the tables and the key.
    pub(super) name: String,
    pub(super) value: String,
    /// Where the key stands, in bytes.
    pub(super) offset: usize,
}

/// Why the text is none that settings are read from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FileFault {
    pub(super) offset: usize,
    pub(super) message: String,
}

/// Reads all keys.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, FileFault> {
    let table = DeTable::parse(text).map_err(|error| FileFault {
        offset: error.span().map_or(0, |span| span.start),
        message: format!("this isn't valid TOML: {}", error.message()),
    })?;
    let mut entries = Vec::new();
    collect(table.get_ref(), "", &mut entries)?;
    Ok(entries)
}

fn collect(table: &DeTable<'_>, prefix: &str, to: &mut Vec<Entry>) -> Result<(), FileFault> {
    for (key, value) in table {
        let (name, offset) = (format!("{prefix}{}", key.get_ref()), key.span().start);
        let value = match value.get_ref() {
            DeValue::Table(inner) => {
                collect(inner, &format!("{name}."), to)?;
                continue;
            }
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Array(texts) if texts.iter().all(|it| it.get_ref().is_str()) => {
                let texts = texts.iter().filter_map(|it| it.get_ref().as_str());
                texts.collect::<Vec<_>>().join(",")
            }
            _ => {
                let message = format!("{name}: a number, a text, true or false is expected here");
                return Err(FileFault { offset: start(value), message });
            }
        };
        to.push(Entry { name, value, offset });
    }
    Ok(())
}

fn start<T>(value: &Spanned<T>) -> usize {
    value.span().start
}
