//! What options say about the answer to a request, not about its picture.

use base64::Engine as _;
use percent_encoding::percent_decode_str;

use super::{
    arguments::{Refused, expected, flag},
    url::BASE64,
};
use crate::number;

/// What a URL says about its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnswerRules {
    /// Until when there is an answer, in seconds since 1970.
    pub expires: Option<u64>,
    /// The name that a browser saves the picture under, without an extension.
    pub file_name: Option<String>,
    /// Whether a browser asks where to save the picture.
    pub is_attachment: bool,
}

impl AnswerRules {
    /// Sets what an option about the answer says; `None` where it is not one.
    pub(super) fn apply(&mut self, name: &str, arguments: &[&str]) -> Option<Result<(), Refused>> {
        let at = |index: usize| arguments.get(index).copied().unwrap_or_default();
        let first = at(0);
        Some(match name {
            "cachebuster" | "cb" => Ok(()),
            "expires" | "exp" if first.is_empty() => {
                self.expires = None;
                Ok(())
            }
            "expires" | "exp" => number::whole(first)
                .map(|seconds| self.expires = Some(seconds))
                .ok_or_else(|| expected("a time in seconds since 1970", first)),
            "filename" | "fn" => file_name(first, flag(at(1))).map(|name| self.file_name = name),
            "return_attachment" | "att" => {
                self.is_attachment = flag(first);
                Ok(())
            }
            // Switched off, they ask for nothing.
            "raw" | "enforce_thumbnail" | "eth" if !flag(first) => Ok(()),
            "skip_processing" | "skp" if arguments.iter().all(|it| it.is_empty()) => Ok(()),
            "hashsum" | "hs" if first == "none" => Ok(()),
            "hashsum" | "hs" => Err("hash sums of sources are not checked".to_owned()),
            _ => return None,
        })
    }
}

fn file_name(text: &str, is_base64: bool) -> Result<Option<String>, Refused> {
    let bytes = if is_base64 { BASE64.decode(text).ok() } else { None };
    let bytes = bytes.or_else(|| (!is_base64).then(|| percent_decode_str(text).collect()));
    let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    let is_plain = |name: &String| !name.contains(|it: char| it.is_control() || "/\\".contains(it));
    let name = name.filter(is_plain).ok_or_else(|| expected("a file name", text))?;
    Ok((!name.is_empty()).then_some(name))
}
