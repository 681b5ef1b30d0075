//! What a request's headers say about which of several pictures its URL means.

use hyper::{HeaderMap, header::ACCEPT};

use crate::{conditional, hints::Hints};

/// What a request would rather have.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Negotiation<'h> {
    pub(crate) accept: Option<&'h str>,
    pub(crate) hints: Hints,
}

impl<'h> Negotiation<'h> {
    /// Reads the headers.
    pub(crate) fn read(headers: &'h HeaderMap, heeds_hints: bool) -> Self {
        let accept = conditional::text(headers, &ACCEPT);
        let hints = if heeds_hints { Hints::read(headers) } else { Hints::Off };
        Self { accept, hints }
    }
}
