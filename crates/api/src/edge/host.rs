//! Under which names the node answers, and to pages of which origins.
//!
//! A page of any site may point its own name at this machine (DNS rebinding), so a request must
//! name the node by a name it has: loopback, the address it is reached at, or one the operator
//! allowed. A page of another origin is refused, for a browser sends along what it must not.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};
use hansa_types::{Code, Rejection};

use super::arrival::Client;
use crate::settings::ApiSettings;

/// The port of https.
const PORT_HTTPS: u16 = 443;

/// A host with its port, as a request names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Named {
    host: String,
    port: Option<u16>,
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') && !self.host.starts_with('[') {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The name a request is addressed to.
pub(super) fn name_of(
    client: &Client,
    headers: &HeaderMap,
    uri: Option<&Uri>,
) -> Result<Named, Rejection> {
    match &client.host {
        Some(host) => Named::parse(host)
            .ok_or_else(|| Rejection::new(Code::HostNotAllowed, "the host is malformed")),
        None => name_in(headers, uri),
    }
}

fn name_in(headers: &HeaderMap, uri: Option<&Uri>) -> Result<Named, Rejection> {
    let refuse = |detail: &'static str| Err(Rejection::new(Code::HostNotAllowed, detail));
    let mut values = headers.get_all(HOST).iter();
    let header = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        (None, _) => None,
        (Some(_), Some(_)) => return refuse("the request names more than one host"),
    };
    let absolute = uri.and_then(Uri::authority).map(|authority| authority.as_str());
    let Some(text) = absolute.or(header) else { return refuse("the request names no host") };
    Named::parse(text).map_or_else(|| refuse("the host is malformed"), Ok)
}

/// Refuses a name that this node does not have.
pub(super) fn check(
    settings: &ApiSettings,
    named: &Named,
    local: Option<IpAddr>,
) -> Result<(), Rejection> {
    let address = named.address();
    let own = named.host == "localhost"
        || address.is_some_and(|address| address.is_loopback())
        || address.is_some_and(|address| local == Some(address))
        || settings.allowed_hosts.iter().any(|host| named.is(host))
        || settings
            .public_url
            .as_deref()
            .and_then(origin)
            .is_some_and(|o| o.named.host == named.host);
    match own {
        true => Ok(()),
        false => Err(Code::HostNotAllowed.into()),
    }
}

/// Refuses pages of other origins. What no page sends has no origin.
pub(super) fn check_origin(
    settings: &ApiSettings,
    client: &Client,
    headers: &HeaderMap,
    named: &Named,
) -> Result<(), Rejection> {
    let mut values = headers.get_all(ORIGIN).iter();
    let Some(value) = values.next() else { return Ok(()) };
    let text = value.to_str().unwrap_or_default();
    let allowed = settings.allowed_origins.iter().any(|allowed| allowed == text)
        || origin(text).is_some_and(|origin| origin.is_of(named, client.secure));
    match allowed && values.next().is_none() {
        true => Ok(()),
        false => Err(Code::OriginNotAllowed.into()),
    }
}

/// Refuses what no page of the node's own sent, where a browser sent the credential by itself.
pub(super) fn check_own_page(
    settings: &ApiSettings,
    client: &Client,
    headers: &HeaderMap,
    named: &Named,
) -> Result<(), Rejection> {
    let site = headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or_default());
    let own = headers.contains_key(ORIGIN) && site.is_none_or(|site| site == "same-origin");
    match own {
        true => check_origin(settings, client, headers, named),
        false => Err(Rejection::new(
            Code::OriginNotAllowed,
            "with a session cookie, the request must name the node's own origin",
        )),
    }
}

impl Named {
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']')?;
                (host, port)
            }
            None => text.find(':').map_or((text, ""), |at| text.split_at(at)),
        };
        let port = match port.strip_prefix(':') {
            Some(digits) if !digits.is_empty() => Some(digits.parse().ok()?),
            None if port.is_empty() => None,
            _ => return None,
        };
        let shaped = |b: u8| b.is_ascii_alphanumeric() || b".-_:".contains(&b);
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        (!host.is_empty() && host.bytes().all(shaped)).then_some(Self { host, port })
    }

    fn address(&self) -> Option<IpAddr> {
        self.host.parse::<IpAddr>().ok().map(|address| address.to_canonical())
    }

    /// Whether it is the name, with its port if that has one.
    fn is(&self, allowed: &str) -> bool {
        Named::parse(allowed).is_some_and(|allowed| {
            allowed.host == self.host && (allowed.port.is_none() || allowed.port == self.port)
        })
    }
}

/// A web origin (RFC 6454 section 6.2).
struct Origin {
    named: Named,
    port_default: u16,
}

fn origin(text: &str) -> Option<Origin> {
    let (scheme, rest) = text.split_once("://")?;
    let port_default = match scheme {
        "http" => 80,
        "https" => PORT_HTTPS,
        _ => return None,
    };
    let authority = rest.split('/').next().unwrap_or_default();
    Some(Origin { named: Named::parse(authority)?, port_default })
}

impl Origin {
    /// Whether the request goes to the page's own origin.
    fn is_of(&self, named: &Named, secure: bool) -> bool {
        let port = |of: &Named| of.port.unwrap_or(self.port_default);
        // What came in clear may have been secured before it got to a proxy; not the other way.
        (self.port_default == PORT_HTTPS || !secure)
            && self.named.host == named.host
            && port(&self.named) == port(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ApiSettings {
        ApiSettings {
            allowed_hosts: vec!["node.example".to_owned(), "gate.example:8443".to_owned()],
            allowed_origins: vec!["https://console.example".to_owned()],
            public_url: Some("https://town.example/node".to_owned()),
            ..ApiSettings::default()
        }
    }

    fn allowed(host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        let local = Some("192.168.1.5".parse().unwrap());
        name_in(&headers, None).and_then(|named| check(&settings(), &named, local)).is_ok()
    }

    #[test]
    fn the_node_answers_under_its_own_names_only() {
        for own in [
            "localhost",
            "LOCALHOST:7400",
            "localhost.",
            "127.0.0.1:7400",
            "127.8.8.8",
            "[::1]:7400",
            "192.168.1.5:7400",
            "[::ffff:192.168.1.5]",
            "node.example",
            "node.example:1",
            "town.example",
            "gate.example:8443",
        ] {
            assert!(allowed(own), "{own}");
        }
        for foreign in [
            "evil.example",
            "192.168.1.6",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "gate.example",
            "gate.example:1",
            "node.example:x",
            "user@localhost",
            "[::1",
            "",
        ] {
            assert!(!allowed(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_request_without_a_name_or_with_two_is_refused() {
        assert!(name_in(&HeaderMap::new(), None).is_err());
        let mut headers = HeaderMap::new();
        headers.append(HOST, "localhost".parse().unwrap());
        headers.append(HOST, "evil.example".parse().unwrap());
        assert!(name_in(&headers, None).is_err());
    }

    #[test]
    fn pages_of_the_own_and_of_allowed_origins_may_call() {
        let named = Named::parse("localhost:7400").unwrap();
        let may = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ORIGIN, origin.parse().unwrap());
            check_origin(&settings(), &Client::default(), &headers, &named).is_ok()
        };
        let nowhere = HeaderMap::new();
        assert!(check_origin(&settings(), &Client::default(), &nowhere, &named).is_ok());
        for good in ["http://localhost:7400", "https://console.example"] {
            assert!(may(good), "{good}");
        }
        for bad in [
            "http://localhost",
            "http://localhost:7401",
            "null",
            "https://evil.example",
            "localhost:7400",
        ] {
            assert!(!may(bad), "{bad}");
        }
        let secure = Client { secure: true, ..Client::default() };
        let of = |origin: &str| HeaderMap::from_iter([(ORIGIN, origin.parse().unwrap())]);
        let town = Named::parse("town.example").unwrap();
        let may = |client: &Client, origin: &str| {
            check_origin(&settings(), client, &of(origin), &town).is_ok()
        };
        assert!(may(&secure, "https://town.example") && !may(&secure, "http://town.example"));
        assert!(may(&Client::default(), "https://town.example"));
    }
}
