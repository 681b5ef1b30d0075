//! Conditions and ranges of requests (RFC 9110, sections 13 and 14).

use std::{
    ops::Range,
    time::{Duration, SystemTime},
};

use hyper::{
    HeaderMap,
    header::{HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, RANGE},
};

/// What identifies the state of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Validators<'a> {
    /// With its quotes.
    pub(crate) etag: &'a str,
    pub(crate) modified: SystemTime,
}

impl Validators<'_> {
    /// Whether the client has this state already.
    pub(crate) fn is_known(&self, headers: &HeaderMap) -> bool {
        if headers.contains_key(IF_NONE_MATCH) {
            let mut tags = headers.get_all(IF_NONE_MATCH).iter();
            return tags.any(|tags| tags.to_str().is_ok_and(|tags| self.is_among(tags)));
        }
        text(headers, &IF_MODIFIED_SINCE)
            .and_then(|date| httpdate::parse_http_date(date).ok())
            .is_some_and(|date| whole_seconds(self.modified) <= date)
    }

    fn is_among(&self, tags: &str) -> bool {
        let mut tags = tags.split(',').map(str::trim);
        tags.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.etag)
    }

    /// Whether a range is of this state.
    fn fits_range(&self, headers: &HeaderMap) -> bool {
        match (headers.contains_key(IF_RANGE), text(headers, &IF_RANGE)) {
            (false, _) => true,
            (true, Some(tag)) if tag.starts_with('"') => tag == self.etag,
            (true, date) => date
                .and_then(|date| httpdate::parse_http_date(date).ok())
                .is_some_and(|date| date == whole_seconds(self.modified)),
        }
    }
}

/// The part of an answer that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Bytes(Range<u64>),
    /// The answer has no such bytes.
    Unsatisfiable,
}

/// Reads which part of `length` bytes is asked for. Several ranges, and what is no range, count as
/// none.
pub(crate) fn part(headers: &HeaderMap, length: u64, validators: &Validators<'_>) -> Part {
    let range = text(headers, &RANGE).and_then(|text| text.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return Part::Whole;
    };
    let number = |text: &str| -> Option<Option<u64>> {
        let text = text.trim();
        if text.is_empty() {
            return Some(None);
        }
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| Some(text.parse().unwrap_or(u64::MAX)))
    };
    let range = match (number(first), number(last)) {
        (Some(Some(first)), Some(None)) => first..length,
        (Some(Some(first)), Some(Some(last))) if first <= last => {
            first..last.saturating_add(1).min(length)
        }
        (Some(None), Some(Some(count))) => length.saturating_sub(count)..length,
        _ => return Part::Whole,
    };
    if !validators.fits_range(headers) {
        Part::Whole
    } else if range.start >= length || range.is_empty() {
        Part::Unsatisfiable
    } else {
        Part::Bytes(range)
    }
}

/// The time as HTTP writes it.
pub(crate) fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// A header that is there once and is a text.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let only = values.next().filter(|_| values.next().is_none())?;
    only.to_str().ok()
}

#[cfg(test)]
mod tests;
