//! What an answer is, whatever its bytes: its state, how long it holds, and its file's name.

use std::time::SystemTime;

use cropmark_rules::{Format, Key};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{conditional::Validators, refusal::Refusal};

/// An answer's identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// With its quotes.
    pub(crate) etag: String,
    /// When the source, the rule or an overlay was written to last.
    pub(crate) modified: SystemTime,
    /// Whether another `Accept` could have had another answer.
    pub(crate) varies: bool,
    /// Whether other client hints could have had another answer.
    pub(crate) is_hinted: bool,
    /// From when on the URL has no answer.
    pub(crate) expires: Option<SystemTime>,
    /// The name that browsers save it by, where the URL's language tells one.
    pub(crate) disposition: Option<Disposition>,
}

impl Identity {
    pub(crate) fn new(key: Key, modified: SystemTime, varies: bool) -> Self {
        let etag = format!("\"{key}\"");
        Self { etag, modified, varies, is_hinted: false, expires: None, disposition: None }
    }

    pub(crate) fn validators(&self) -> Validators<'_> {
        Validators { etag: &self.etag, modified: self.modified }
    }
}

/// Refuses what has expired.
pub(crate) fn check_time(expires: Option<SystemTime>, now: SystemTime) -> Result<(), Refusal> {
    if expires.is_none_or(|expires| now < expires) {
        return Ok(());
    }
    let message = "The URL has expired: the time after exp is past. Make a new one.";
    Err(Refusal::not_found(message))
}

/// The name that browsers save an answer by (RFC 6266).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Disposition {
    /// Without an extension.
    pub(crate) stem: String,
    /// Whether browsers save it in place of showing it.
    pub(crate) is_attachment: bool,
}

impl Disposition {
    /// Writes the value of the header. Programs that know no other than ASCII get `_` for the rest.
    pub(crate) fn header(&self, format: Format) -> String {
        let kind = if self.is_attachment { "attachment" } else { "inline" };
        let (stem, extension) = (&self.stem, format.extension());
        let is_plain = |letter: char| matches!(letter, ' '..='~') && !"\"\\%".contains(letter);
        let plain: String =
            stem.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
        let header = format!("{kind}; filename=\"{plain}.{extension}\"");
        if plain == *stem {
            return header;
        }
        let encoded = utf8_percent_encode(stem, NON_ALPHANUMERIC);
        format!("{header}; filename*=UTF-8''{encoded}.{extension}")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn names_are_written_as_headers_may_hold_them() {
        let header = |stem: &str, is_attachment| {
            let disposition = Disposition { stem: stem.to_owned(), is_attachment };
            disposition.header(Format::Jpeg)
        };
        assert_eq!(header("a b-1", false), "inline; filename=\"a b-1.jpg\"");
        assert_eq!(
            header("ü\"\n", true),
            "attachment; filename=\"___.jpg\"; filename*=UTF-8''%C3%BC%22%0A.jpg"
        );
    }

    #[test]
    fn a_time_is_past_from_its_second_on() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(check_time(None, at(9)), Ok(()));
        assert_eq!(check_time(Some(at(10)), at(9)), Ok(()));
        for now in [10, 11] {
            assert_eq!(check_time(Some(at(10)), at(now)).unwrap_err().status, 404);
        }
    }
}
