//! imgproxy and imgforge: files of presets (`name=option:args/option:args`, one a line) and URLs.
//!
//! Read by the documentation of version 4. A preset becomes a generator; `default`, which applies
//! to every request, becomes part of each. A URL becomes a generator as well.
//!
//! For a server, a URL becomes the rules of one picture: nothing that they cannot say is left out,
//! it is refused.

mod answer;
mod arguments;
mod export;
mod file;
mod given;
mod options;
mod output;
mod pipeline;
mod request;
mod settle;
mod signature;
mod state;
mod url;
mod without;

pub use answer::AnswerRules;
pub use request::{PresetFile, RequestRules};
pub use signature::{KeyError, SIGNATURE_BYTES, SigningKeys};
pub use url::{SignedPath, UNSIGNED, UrlError, UrlRequest};

pub(crate) use export::export;
pub(crate) use file::import;

/// The generator's parameter that names the watermark, which is a setting of the server there.
const WATERMARK: &str = "watermark";

#[cfg(test)]
mod tests;
