//! Requests: each hop's host and address is checked, and the checked address is the one connected to.

use std::{
    error::Error,
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs as _},
    sync::Arc,
};

use cropmark_rules::{Fault, FaultCode};
use reqwest::{
    Client, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, LOCATION},
    redirect::Policy,
};
use tokio::time::timeout;
use url::Url;

use super::{
    address::is_public,
    hosts::{AllowedHosts, Reach, denied, not_public},
    limits::FetchLimits,
    location::{RemoteUrl, check},
};

/// Finds the addresses of a host name.
pub(super) type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync>;

/// Asks the system for the addresses of a host name. May wait for the network.
pub(super) fn system_lookup() -> Lookup {
    Arc::new(|name| Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect()))
}

/// What sends requests. Connections are kept for later requests.
pub(super) struct HttpClient {
    hosts: AllowedHosts,
    limits: FetchLimits,
    /// Connects to public addresses only.
    public: Client,
    /// Connects to any address.
    any: Client,
}

impl HttpClient {
    /// Prepares what requests need: reads the certificates that the system trusts.
    pub(super) fn new(
        hosts: AllowedHosts,
        limits: FetchLimits,
        lookup: &Lookup,
    ) -> Result<Self, Fault> {
        // Where another part of the program has chosen already, its choice stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |reach| {
            let lookup = Arc::clone(lookup);
            Client::builder()
                .user_agent(concat!("cropmark/", env!("CARGO_PKG_VERSION")))
                // A proxy would connect to addresses that were not checked.
                .no_proxy()
                .referer(false)
                .redirect(Policy::none())
                .connect_timeout(limits.connect)
                .dns_resolver(CheckedResolver { reach, lookup })
                .build()
                .map_err(|error| {
                    let message = format!("Nothing can be fetched: {}.", innermost(&error));
                    Fault::new(FaultCode::Unreadable, message)
                })
        };
        Ok(Self { public: client(Reach::Public)?, any: client(Reach::Any)?, hosts, limits })
    }

    /// Sends a request, follows redirects, and returns the response once its head has come.
    ///
    /// # Errors
    /// Where a hop is not allowed, there are too many, or there is no response.
    pub(super) async fn get(
        &self,
        url: &RemoteUrl,
        headers: &HeaderMap,
    ) -> Result<Response, Fault> {
        let mut url = url.url().clone();
        for _ in 0..=self.limits.redirects {
            let client = match self.hosts.reach(&url)? {
                Reach::Public => &self.public,
                Reach::Any => &self.any,
            };
            let request = client.get(url.clone()).headers(headers.clone());
            let response = timeout(self.limits.idle, request.send()).await;
            let response = response
                .map_err(|_| silent(&self.limits))?
                .map_err(|error| not_sent(&error, &url, &self.limits))?;
            let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
            match redirected(response.status(), place, &url)? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        let most = self.limits.redirects;
        let message = format!("The server redirects more than {most} times. Use the last address.");
        Err(Fault::new(FaultCode::Unreadable, message))
    }
}

/// Where a response redirects to.
fn redirected(status: StatusCode, place: Option<&str>, from: &Url) -> Result<Option<Url>, Fault> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let next = place
        .and_then(|place| from.join(place).ok())
        .ok_or_else(|| Fault::new(FaultCode::Unreadable, "The server redirects to no address."))?;
    check(&next)?;
    if from.scheme() == "https" && next.scheme() != "https" {
        let message = "The server redirects from https to http, which others could read and \
                       change. Use the address that it redirects to, if it is to be trusted.";
        return Err(denied(message.to_owned()));
    }
    Ok(Some(next))
}

/// Resolves names to addresses that may be connected to.
struct CheckedResolver {
    reach: Reach,
    lookup: Lookup,
}

/// A name has no address that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the address of the host is not public")]
struct NotPublic;

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, lookup) = (self.reach, Arc::clone(&self.lookup));
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || lookup(name.as_str())).await??;
            let allowed = found
                .into_iter()
                .filter(|address| reach == Reach::Any || is_public(*address))
                .map(|address| SocketAddr::new(address, 0));
            let allowed: Vec<SocketAddr> = allowed.collect();
            if allowed.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The errors from the outermost to the innermost.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// What kind of error of the system is behind another one.
pub(super) fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

/// Why there was no response.
fn not_sent(error: &reqwest::Error, url: &Url, limits: &FetchLimits) -> Fault {
    if causes(error).any(<dyn Error>::is::<NotPublic>) {
        let host = url.host_str().unwrap_or_default();
        return not_public(host, url.port_or_known_default().unwrap_or_default());
    }
    if error.is_timeout() {
        return silent(limits);
    }
    let host = url.host_str().unwrap_or_default();
    let cause = innermost(error);
    let message = if error.is_connect() {
        format!("There is no connection to {host} ({cause}). Check the address and the network.")
    } else {
        format!("{host} gave no answer that can be understood ({cause}). Try again.")
    };
    Fault::new(FaultCode::Unreadable, message)
}

/// The fault of a server that says nothing.
pub(super) fn silent(limits: &FetchLimits) -> Fault {
    let seconds = limits.idle.as_secs_f64();
    let message = format!("The server sent nothing for {seconds} seconds. Try again.");
    Fault::new(FaultCode::Timeout, message)
}

/// The fault of a status that brings no picture.
pub(super) fn of_status(status: StatusCode) -> Fault {
    let (code, remedy) = match status.as_u16() {
        401 | 403 | 407 => (FaultCode::Denied, "It must be readable without a login."),
        404 | 410 => (FaultCode::Unreadable, "Check the address."),
        408 | 429 | 502..=504 => (FaultCode::Busy, "Try again later."),
        _ => (FaultCode::Unreadable, "Check the address, or ask who runs the server."),
    };
    let text = match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    };
    Fault::new(code, format!("The server answered {text}. {remedy}"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_redirect_leads_to_http_without_a_password_and_never_from_https_to_http() {
        let from = Url::parse("https://h/a/b").unwrap();
        let to = |place: &str| redirected(StatusCode::FOUND, Some(place), &from);
        assert_eq!(to("../c?d").unwrap().unwrap().as_str(), "https://h/c?d");
        assert_eq!(to("//other/c").unwrap().unwrap().as_str(), "https://other/c");
        for place in ["http://h/a", "file:///etc/passwd", "https://u:p@h/", "ftp://h/a"] {
            assert_eq!(to(place).unwrap_err().code, FaultCode::Denied, "{place}");
        }
        assert_eq!(to("https://").unwrap_err().code, FaultCode::Unreadable);
        assert_eq!(
            redirected(StatusCode::FOUND, None, &from).unwrap_err().code,
            FaultCode::Unreadable
        );
        assert_eq!(redirected(StatusCode::OK, Some("/c"), &from), Ok(None));
        let plain = Url::parse("http://h/a").unwrap();
        let up = redirected(StatusCode::MOVED_PERMANENTLY, Some("https://h/a"), &plain);
        assert_eq!(up.unwrap().unwrap().scheme(), "https");
    }

    #[tokio::test]
    async fn only_checked_addresses_are_connected_to_however_often_a_name_is_resolved() {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let answers = [vec!["8.8.8.8", "10.0.0.1"], vec!["127.0.0.1", "::ffff:127.0.0.1"]];
        let lookup: Lookup = Arc::new(move |_| {
            let answer = &answers[counted.fetch_add(1, Ordering::SeqCst) % 2];
            Ok(answer.iter().map(|address| address.parse().unwrap()).collect())
        });
        let resolve = |reach| {
            let resolver = CheckedResolver { reach, lookup: Arc::clone(&lookup) };
            resolver.resolve("flips.example".parse().unwrap())
        };
        let first: Vec<_> = resolve(Reach::Public).await.ok().unwrap().collect();
        assert_eq!(first, ["8.8.8.8:0".parse().unwrap()]);
        assert!(resolve(Reach::Public).await.err().unwrap().is::<NotPublic>());
        assert_eq!(resolve(Reach::Any).await.ok().unwrap().count(), 2);
        assert_eq!(calls.load(Ordering::SeqCst), 3);
    }
}
