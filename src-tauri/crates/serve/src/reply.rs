//! Answers as HTTP has them.

use std::time::{Duration, SystemTime};

use hyper::{
    HeaderMap, Method, Response, StatusCode,
    header::{
        ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, LOCATION, RETRY_AFTER, VARY,
        X_CONTENT_TYPE_OPTIONS,
    },
    http::response::Builder,
};

use crate::{
    body::Body,
    conditional::{Part, part, whole_seconds},
    content::{Content, From},
    hints,
    identity::Identity,
    konifer::Reference,
    refusal::Refusal,
    shared::ServeSettings,
};

/// The media type of sentences.
pub(crate) const PLAIN: &str = "text/plain; charset=utf-8";

/// Asks browsers for client hints.
const ACCEPT_CH: HeaderName = HeaderName::from_static("accept-ch");

/// Dates further ahead than a day are of clocks that are wrong.
const DAY: Duration = Duration::from_hours(24);

/// The headers that a picture and `304 Not Modified` have.
fn head(identity: &Identity, status: StatusCode, settings: &ServeSettings) -> Builder {
    let now = SystemTime::now();
    let left = identity.expires.map(|expires| expires.duration_since(now).unwrap_or_default());
    let age = settings.max_age.map(|age| left.map_or(age, |left| age.min(left)));
    let caching =
        age.map_or_else(|| "no-cache".to_owned(), |age| format!("max-age={}", age.as_secs()));
    // A date in the future would be of a wrong clock.
    let modified = whole_seconds(identity.modified).min(now + DAY);
    let mut head = Response::builder()
        .status(status)
        .header(ETAG, &identity.etag)
        .header(CACHE_CONTROL, caching)
        .header(LAST_MODIFIED, httpdate::fmt_http_date(modified));
    let varies: Vec<&str> = [(identity.varies, "Accept"), (identity.is_hinted, hints::NAMES)]
        .into_iter()
        .filter_map(|(is_so, names)| is_so.then_some(names))
        .collect();
    if !varies.is_empty() {
        head = head.header(VARY, varies.join(", "));
    }
    if identity.is_hinted {
        head = head.header(ACCEPT_CH, hints::NAMES);
    }
    head
}

/// Says that the client has it already.
pub(crate) fn not_modified(identity: &Identity, settings: &ServeSettings) -> Response<Body> {
    finish(head(identity, StatusCode::NOT_MODIFIED, settings), Body::empty())
}

/// Gives a picture, or the part of it that is asked for.
pub(crate) fn picture(
    identity: &Identity,
    content: Content,
    method: &Method,
    headers: &HeaderMap,
    settings: &ServeSettings,
) -> Response<Body> {
    let length = content.length;
    let part = match *method {
        Method::GET => part(headers, length, &identity.validators()),
        _ => Part::Whole,
    };
    let (status, range) = match part {
        Part::Whole => (StatusCode::OK, 0..length),
        Part::Bytes(range) => (StatusCode::PARTIAL_CONTENT, range),
        Part::Unsatisfiable => {
            let head = Response::builder()
                .status(StatusCode::RANGE_NOT_SATISFIABLE)
                .header(CONTENT_RANGE, format!("bytes */{length}"))
                .header(CONTENT_TYPE, PLAIN);
            return finish(head, format!("It has {length} bytes, and none there.\n").into());
        }
    };
    let mut head = head(identity, status, settings)
        .header(CONTENT_TYPE, content.format.facts().media_type)
        .header(CONTENT_LENGTH, range.end - range.start)
        .header(ACCEPT_RANGES, "bytes")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if status == StatusCode::PARTIAL_CONTENT {
        let (first, last) = (range.start, range.end - 1);
        head = head.header(CONTENT_RANGE, format!("bytes {first}-{last}/{length}"));
    }
    if let Some(disposition) = &identity.disposition {
        head = head.header(CONTENT_DISPOSITION, disposition.header(content.format));
    }
    let body = match content.from {
        _ if *method == Method::HEAD => Body::empty(),
        From::Memory(bytes) => {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
            Body::Memory(bytes.slice(place(range.start)..place(range.end)))
        }
        From::File(file) => Body::part_of(file, range),
    };
    finish(head, body)
}

/// Gives the address of a picture in its place: as a redirect, or as a table of JSON.
pub(crate) fn reference(reference: &Reference) -> Response<Body> {
    let head = Response::builder().header(CACHE_CONTROL, "no-cache");
    if reference.is_redirect {
        let head = head.status(StatusCode::TEMPORARY_REDIRECT).header(LOCATION, &reference.url);
        return finish(head, Body::empty());
    }
    let placeholders = serde_json::json!({ "blurhash": null, "thumbhash": null });
    let link = serde_json::json!({ "url": reference.url, "lqip": placeholders, "alt": null });
    let head =
        head.header(CONTENT_TYPE, "application/json").header(X_CONTENT_TYPE_OPTIONS, "nosniff");
    finish(head, link.to_string().into())
}

/// Gives a text.
pub(crate) fn text(media_type: &str, text: String) -> Response<Body> {
    let head = Response::builder()
        .header(CONTENT_TYPE, media_type)
        .header(CACHE_CONTROL, "no-store")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff");
    finish(head, text.into())
}

/// Says in a sentence why there is no picture.
pub(crate) fn refused(refusal: &Refusal) -> Response<Body> {
    let mut head = Response::builder()
        .status(refusal.status)
        .header(CONTENT_TYPE, PLAIN)
        .header(CACHE_CONTROL, "no-store")
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff");
    if let Some(seconds) = refusal.retry_after {
        head = head.header(RETRY_AFTER, seconds);
    }
    if refusal.status == StatusCode::METHOD_NOT_ALLOWED {
        head = head.header(hyper::header::ALLOW, "GET, HEAD");
    }
    if refusal.status == StatusCode::UNAUTHORIZED {
        head = head.header(hyper::header::WWW_AUTHENTICATE, "Bearer");
    }
    // Nothing in a name may steer the terminal that shows it.
    let mut body: String = refusal
        .message
        .chars()
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect();
    body.push('\n');
    finish(head, body.into())
}

fn finish(head: Builder, body: Body) -> Response<Body> {
    // Every header is made of what headers may hold; else there is an answer without any.
    head.body(body).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer has a wrong header");
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        answer
    })
}
