//! `variant://`: pictures for the page, answered without blocking the window.

use cropmark_api::{Picture, PictureError};
use tauri::{
    Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Method, Request, Response, StatusCode, header},
};

use crate::{origin::origin, state::Starting};

/// The scheme's name.
pub(crate) const NAME: &str = "variant";

/// Answers a request for a picture.
pub(crate) fn answer<R: Runtime>(
    starting: &Starting,
    _: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let starting = starting.clone();
    tauri::async_runtime::spawn(async move {
        if request.method() != Method::GET {
            return responder.respond(refusal(StatusCode::METHOD_NOT_ALLOWED, "only GET"));
        }
        let Some(studio) = starting.studio().await else {
            return responder.respond(refusal(StatusCode::SERVICE_UNAVAILABLE, "not started"));
        };
        let response = match studio.picture(request.uri().path()).await {
            Ok(picture) => whole(&picture),
            Err(error) => refusal(status(&error), &error.to_string()),
        };
        responder.respond(response);
    });
}

fn status(error: &PictureError) -> StatusCode {
    match error {
        PictureError::NotFound => StatusCode::NOT_FOUND,
        PictureError::Gone => StatusCode::GONE,
        PictureError::Failed(_) => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn whole(picture: &Picture) -> Response<Vec<u8>> {
    let kept = if picture.immutable { "private, max-age=31536000, immutable" } else { "no-store" };
    response(StatusCode::OK, picture.mime, kept, picture.bytes.to_vec())
}

fn refusal(status: StatusCode, words: &str) -> Response<Vec<u8>> {
    response(status, "text/plain; charset=utf-8", "no-store", words.as_bytes().to_vec())
}

fn response(status: StatusCode, mime: &str, kept: &str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, kept),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The page reads the pixels of previews, to measure and to compare them.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin()),
    ];
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_types_and_lifetimes_and_refusals_have_words() {
        let picture = Picture { mime: "image/webp", bytes: vec![1, 2].into(), immutable: true };
        let answer = whole(&picture);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "image/webp");
        assert!(answer.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin());
        assert_eq!(answer.body(), &[1, 2]);
        let answer = refusal(status(&PictureError::Failed("broken".into())), "broken");
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    }
}
