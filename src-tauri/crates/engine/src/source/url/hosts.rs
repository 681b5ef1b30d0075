//! Which hosts sources may be fetched from.

use std::{collections::BTreeSet, fmt, str::FromStr};

use cropmark_rules::{Fault, FaultCode};
use url::{Host, Url};

use super::address::is_public;

/// A host that sources may be fetched from: a name or an address, with a port or with any.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AllowedHost {
    host: Host<String>,
    port: Option<u16>,
}

/// Why a text names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write it as HOST or HOST:PORT, such as images.example.com or 127.0.0.1:8080")]
pub struct HostError;

impl FromStr for AllowedHost {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        // An IPv6 address has colons of its own, and brackets where a port follows.
        let after_address = text.rfind(']').map_or(0, |end| end + 1);
        let is_bare_address = after_address == 0 && text.matches(':').count() > 1;
        let (host, port) = match text.rfind(':').filter(|at| *at >= after_address) {
            Some(at) if !is_bare_address => {
                let port = &text[at + 1..];
                let port = port.parse().ok().filter(|port| *port > 0 && !text.ends_with('+'));
                (&text[..at], Some(port.ok_or(HostError)?))
            }
            _ => (text, None),
        };
        let host = if is_bare_address { format!("[{host}]") } else { host.to_owned() };
        let host = Host::parse(&host).map_err(|_| HostError)?;
        match &host {
            Host::Domain(name) if name.contains('*') || name.trim_matches('.').is_empty() => {
                Err(HostError)
            }
            _ => Ok(Self { host: without_end_dot(host), port }),
        }
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(formatter, "{}:{port}", self.host),
            None => self.host.fmt(formatter),
        }
    }
}

/// The addresses that a host may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Public ones only.
    Public,
    /// Any: it was named with its port.
    Any,
}

/// The hosts that sources may be fetched from.
#[derive(Debug, Clone, Default)]
pub struct AllowedHosts(BTreeSet<AllowedHost>);

impl FromIterator<AllowedHost> for AllowedHosts {
    fn from_iter<I: IntoIterator<Item = AllowedHost>>(hosts: I) -> Self {
        Self(hosts.into_iter().collect())
    }
}

impl AllowedHosts {
    /// Tells which addresses this URL's host may have.
    ///
    /// # Errors
    /// Where the host is not allowed, or is itself an address that is not public and was not named
    /// with its port.
    pub(super) fn reach(&self, url: &Url) -> Result<Reach, Fault> {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(denied("The address names no host. Write it as https://HOST/PATH.".into()));
        };
        let host = without_end_dot(host.to_owned());
        let named = |port| self.0.contains(&AllowedHost { host: host.clone(), port });
        if named(Some(port)) {
            return Ok(Reach::Any);
        }
        if !named(None) {
            return Err(denied(format!(
                "Sources from {host} are not allowed. Allow them with --allow-host {}.",
                shown_host(&host, url.port())
            )));
        }
        let address = match host {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        };
        if address.is_some_and(|address| !is_public(address)) {
            return Err(not_public(&host.to_string(), port));
        }
        Ok(Reach::Public)
    }
}

/// The fault of a host that leads to an address that is not public.
pub(super) fn not_public(host: &str, port: u16) -> Fault {
    denied(format!(
        "The address of {host} is not public. If it is meant, name it with its port: --allow-host \
         {host}:{port}."
    ))
}

pub(super) fn denied(message: String) -> Fault {
    Fault::new(FaultCode::Denied, message)
}

fn shown_host(host: &Host<String>, port: Option<u16>) -> String {
    let allowed = AllowedHost { host: host.clone(), port };
    allowed.to_string()
}

/// `example.com.` is the same host as `example.com`.
fn without_end_dot(host: Host<String>) -> Host<String> {
    match host {
        Host::Domain(name) => Host::Domain(name.trim_end_matches('.').to_owned()),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(texts: &[&str]) -> AllowedHosts {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn hosts_are_read_with_and_without_a_port() {
        for (text, shown) in [
            ("Example.COM", "example.com"),
            ("example.com.:443", "example.com:443"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("0x7f.1", "127.0.0.1"),
            ("::1", "[::1]"),
            ("[::1]", "[::1]"),
            ("[2001:db8::1]:81", "[2001:db8::1]:81"),
        ] {
            assert_eq!(text.parse::<AllowedHost>().unwrap().to_string(), shown, "{text}");
        }
        for text in
            ["", ":80", "a:0", "a:x", "a:65536", "a/b", "a b", "*", "*.a.b", "u@a", "a:", "."]
        {
            assert_eq!(text.parse::<AllowedHost>(), Err(HostError), "{text}");
        }
    }

    #[test]
    fn a_host_must_be_named_and_one_that_is_not_public_with_its_port() {
        let hosts = hosts(&["example.com", "10.0.0.1", "127.0.0.1:8080", "[::1]:80", "nas:81"]);
        let reach = |url: &str| hosts.reach(&Url::parse(url).unwrap());
        assert_eq!(reach("https://example.com/a"), Ok(Reach::Public));
        assert_eq!(reach("https://EXAMPLE.com.:8443/a"), Ok(Reach::Public));
        assert_eq!(reach("http://127.0.0.1:8080/a"), Ok(Reach::Any));
        assert_eq!(reach("http://2130706433:8080/a"), Ok(Reach::Any));
        assert_eq!(reach("http://[::1]/a"), Ok(Reach::Any));
        assert_eq!(reach("http://nas:81/a"), Ok(Reach::Any));
        for url in [
            "http://127.0.0.1:8081/a",
            "http://[::1]:81/",
            "http://nas/a",
            "http://10.0.0.1/a",
            "https://sub.example.com/",
            "https://example.com.evil.net/",
            "http://[::ffff:127.0.0.1]:8080/",
        ] {
            let fault = reach(url).unwrap_err();
            assert_eq!(fault.code, FaultCode::Denied, "{url}");
            assert!(fault.message.contains("--allow-host "), "{}", fault.message);
        }
        assert!(reach("http://10.0.0.1/a").unwrap_err().message.contains("10.0.0.1:80"));
    }
}
