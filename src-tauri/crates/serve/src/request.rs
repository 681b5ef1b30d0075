//! A request, from its headers to its answer.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Instant, SystemTime},
};

use cropmark_engine::{Class, metrics, render::Purpose};
use hyper::{
    HeaderMap, Method, Request, Response, StatusCode, Uri,
    body::Incoming,
    header::{AUTHORIZATION, HOST},
};

use crate::{
    address::{self, MOST_BYTES},
    body::Body,
    conditional,
    foreign::ForeignUrl,
    identity::{Identity, check_time},
    known::Known,
    negotiation::Negotiation,
    refusal::Refusal,
    reply::{self, PLAIN},
    resolve::Address,
    shared::{ServeSettings, Shared},
};

/// Answers a request, counts and logs it.
pub(crate) async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Response<Body> {
    let began = Instant::now();
    let (method, uri) = (request.method(), request.uri());
    let answer = answer(&shared, method, uri, request.headers()).await;
    let answer = answer.unwrap_or_else(|refusal| {
        let mut answer = reply::refused(&refusal);
        if method == Method::HEAD {
            *answer.body_mut() = Body::empty();
        }
        answer
    });
    let (status, took) = (answer.status().as_u16(), began.elapsed());
    shared.engine.metrics().answered(status, took);
    tracing::info!(%method, path = uri.path(), status, milliseconds = took.as_millis(), "answered");
    answer
}

async fn answer(
    shared: &Arc<Shared>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Response<Body>, Refusal> {
    if *method != Method::GET && *method != Method::HEAD {
        let message = "Only GET and HEAD are answered here.";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    if uri.path_and_query().is_some_and(|it| it.as_str().len() > MOST_BYTES) {
        let message = format!("The address is longer than {MOST_BYTES} bytes.");
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, message));
    }
    let settings = &shared.settings;
    let foreign = ForeignUrl::of(settings, uri);
    let is_signed = foreign.as_ref().map(ForeignUrl::check).transpose()?;
    // Who has made the signature may ask, from wherever.
    if is_signed != Some(true) {
        check_host(settings, uri, headers)?;
    }
    if uri.path() == "/health" {
        return Ok(reply::text(PLAIN, "ok\n".to_owned()));
    }
    if is_signed != Some(true) {
        check_token(settings, uri, headers)?;
    }
    match uri.path() {
        "/" => Ok(reply::text(PLAIN, shared.overview())),
        "/metrics" => {
            let text = shared.engine.metrics().text(&shared.engine.snapshot());
            Ok(reply::text(metrics::MEDIA_TYPE, text))
        }
        path => picture(shared, method, path, foreign, headers).await,
    }
}

async fn picture(
    shared: &Arc<Shared>,
    method: &Method,
    path: &str,
    foreign: Option<ForeignUrl<'_>>,
    headers: &HeaderMap,
) -> Result<Response<Body>, Refusal> {
    let settings = &shared.settings;
    let sent = Negotiation::read(headers, settings.client_hints);
    let negotiation = foreign.as_ref().map_or(sent, |foreign| foreign.heeded(sent));
    let name = foreign.as_ref().map_or_else(|| path.into(), ForeignUrl::name);
    let give = |identity: &Identity, content, was_kept| {
        let mut answer = reply::picture(identity, content, method, headers, settings);
        if let Some(foreign) = &foreign {
            foreign.mark(&mut answer, was_kept);
        }
        answer
    };
    let reference = foreign.as_ref().map(|foreign| foreign.reference(headers)).transpose()?;
    let reference = reference.flatten();
    if reference.is_none()
        && let Some(known) = shared.known.get(&Known::name(&name, negotiation))
    {
        let identity = &known.identity;
        check_time(identity.expires, SystemTime::now())?;
        if identity.validators().is_known(headers) {
            return Ok(reply::not_modified(identity, settings));
        }
        if let Some(content) = shared.find(known.key).await? {
            shared.engine.metrics().looked_up(true);
            return Ok(give(identity, content, true));
        }
    }
    let address = match &foreign {
        Some(foreign) => foreign.read(negotiation.accept)?,
        None => Address::Generator(address::parts(path)?),
    };
    let _place = shared.place().await?;
    let resolved = shared.resolve(&name, negotiation, address, Class::OnDemand).await?;
    if let Some(reference) = reference {
        let mut answer = reply::reference(&reference);
        let is_kept = shared.find(resolved.key).await?.is_some();
        if let Some(foreign) = &foreign {
            foreign.mark(&mut answer, is_kept);
        }
        return Ok(answer);
    }
    let identity = resolved.identity.clone();
    if identity.validators().is_known(headers) {
        return Ok(reply::not_modified(&identity, settings));
    }
    let found = shared.find(resolved.key).await?;
    let was_kept = found.is_some();
    shared.engine.metrics().looked_up(was_kept);
    let content = match found {
        Some(content) => content,
        None => shared.render(resolved, Purpose::Answer).await?,
    };
    Ok(give(&identity, content, was_kept))
}

impl Shared {
    /// Says what can be asked for.
    fn overview(&self) -> String {
        let generators = self.catalogue().generators();
        let mut text = "Cropmark. A picture's address: /GENERATOR/PATH.EXTENSION or \
                        /GENERATOR/THEME/VARIATION/PATH.EXTENSION\n"
            .to_owned();
        for generator in generators {
            text.push('/');
            text.extend(generator.chars().filter(|letter| !letter.is_control()));
            text.push_str("/\n");
        }
        text
    }
}

/// Refuses requests that were sent to another name: a page elsewhere could have its name point to
/// this computer, and would then read the answers. Where a token is asked for, no such page has it.
fn check_host(settings: &ServeSettings, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    if settings.token.is_some() || !settings.listen.ip().is_loopback() {
        return Ok(());
    }
    let named = uri.authority().map(hyper::http::uri::Authority::as_str);
    let is_own = |host: Option<&str>| host.is_some_and(is_loopback);
    if is_own(conditional::text(headers, &HOST)) && named.is_none_or(is_loopback) {
        return Ok(());
    }
    let message = "This server answers requests to localhost or 127.0.0.1 alone.";
    Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, message))
}

/// Whether a host, maybe with a port, can only be this computer.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(rest, |(name, _)| name),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Refuses requests without the token: as a bearer token, or as `?token=`. Without one, others than
/// this computer can ask by signed URLs alone.
fn check_token(settings: &ServeSettings, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(token) = &settings.token else {
        return if settings.listen.ip().is_loopback() {
            Ok(())
        } else {
            let message =
                "This server answers signed URLs alone: start it with a token for others.";
            Err(Refusal::new(StatusCode::FORBIDDEN, message))
        };
    };
    let bearer =
        conditional::text(headers, &AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let query = uri.query().unwrap_or_default().split('&').find_map(|it| it.strip_prefix("token="));
    let query = query.map(|value| percent_encoding::percent_decode_str(value).collect::<Vec<u8>>());
    // Hashes are compared in the same time, whatever they are.
    let fits = |shown: &[u8]| blake3::hash(shown) == blake3::hash(token.as_bytes());
    if bearer.is_some_and(|shown| fits(shown.as_bytes())) || query.is_some_and(|it| fits(&it)) {
        return Ok(());
    }
    let message = "The token is missing or wrong: send it as \"Authorization: Bearer TOKEN\" or \
                   as ?token=TOKEN.";
    Err(Refusal::new(StatusCode::UNAUTHORIZED, message))
}

#[cfg(test)]
mod tests;
