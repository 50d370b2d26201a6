//! How a request came in, and what a proxy in front may say about whom it is for.
//!
//! Whoever connects can write any header. So what a proxy says (`X-Forwarded-For`, `-Host`,
//! `-Proto`) counts only from an address that the operator trusts, and no header of that kind gets
//! any further: nothing behind this may read one by mistake. `X-SPIFFE-ID` never counts, for an
//! identity is proven on the connection or not at all.
//!
//! Deliberately absent: `Forwarded` (RFC 7239), which is only removed.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{FORWARDED, HeaderName};

use crate::settings::ApiSettings;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Headers that only somebody trusted could mean.
const HEARSAY: [HeaderName; 9] = [
    FORWARDED,
    FORWARDED_FOR,
    FORWARDED_HOST,
    FORWARDED_PROTO,
    HeaderName::from_static("x-forwarded-port"),
    HeaderName::from_static("x-forwarded-client-cert"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-spiffe-id"),
    HeaderName::from_static("x-original-host"),
];

/// The connection that a request came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// The address of this machine.
    pub(crate) local: Option<IpAddr>,
    /// The address at its other end.
    pub(crate) peer: IpAddr,
    /// Whether it is secured by TLS here.
    pub(crate) secure: bool,
}

/// Who sent a request, as far as the connection and trusted proxies tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: Option<IpAddr>,
    /// Whether it speaks TLS, to this node or to its proxy.
    pub(crate) secure: bool,
    /// The host it named to the proxy.
    pub(super) host: Option<String>,
}

/// Reads what may be believed and removes all of it.
pub(super) fn read(
    headers: &mut HeaderMap,
    arrival: Option<Arrival>,
    settings: &ApiSettings,
) -> Client {
    let client = match arrival {
        Some(arrival) if trusts(settings, arrival.peer) => told(headers, arrival, settings),
        Some(arrival) => Client { address: Some(arrival.peer), secure: arrival.secure, host: None },
        None => Client::default(),
    };
    for name in HEARSAY {
        headers.remove(name);
    }
    client
}

fn trusts(settings: &ApiSettings, address: IpAddr) -> bool {
    settings.trusted_proxies.iter().any(|range| range.contains(address))
}

/// What a trusted proxy tells. Each proxy adds at the end, so the last word is its own.
fn told(headers: &HeaderMap, arrival: Arrival, settings: &ApiSettings) -> Client {
    let mut address = arrival.peer;
    for said in words(headers, &FORWARDED_FOR).into_iter().rev() {
        let Ok(before) = said.parse::<IpAddr>() else { break };
        address = before.to_canonical();
        if !trusts(settings, address) {
            break;
        }
    }
    let secure = match words(headers, &FORWARDED_PROTO).last() {
        Some(proto) => proto.eq_ignore_ascii_case("https"),
        None => arrival.secure,
    };
    let host = words(headers, &FORWARDED_HOST).last().map(|host| (*host).to_owned());
    Client { address: Some(address), secure, host }
}

/// The items of a list that may stand in several headers. What is not text is an item that nobody
/// can read.
fn words<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Vec<&'a str> {
    let values = headers.get_all(name).iter();
    values.flat_map(|value| value.to_str().unwrap_or("?").split(',')).map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ApiSettings {
        let trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        ApiSettings { trusted_proxies, ..ApiSettings::default() }
    }

    fn client(peer: &str, said: &[(&'static str, &str)]) -> (Client, HeaderMap) {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.append(*name, value.parse().unwrap());
        }
        let arrival = Arrival { local: None, peer: peer.parse().unwrap(), secure: false };
        let client = read(&mut headers, Some(arrival), &settings());
        (client, headers)
    }

    const ALL: &[(&str, &str)] = &[
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-host", "town.example"),
        ("x-forwarded-proto", "https"),
        ("x-spiffe-id", "spiffe://town.example/owner"),
        ("forwarded", "for=203.0.113.9;host=town.example"),
        ("x-real-ip", "203.0.113.9"),
    ];

    #[test]
    fn a_stranger_is_not_believed() {
        let (client, headers) = client("192.0.2.1", ALL);
        let expected = Client { address: "192.0.2.1".parse().ok(), secure: false, host: None };
        assert_eq!(client, expected);
        assert!(headers.is_empty(), "{headers:?}");
    }

    #[test]
    fn a_trusted_proxy_is_believed_but_no_identity_is() {
        let (client, headers) = client("10.0.0.1", ALL);
        let expected = Client {
            address: "203.0.113.9".parse().ok(),
            secure: true,
            host: Some("town.example".to_owned()),
        };
        assert_eq!(client, expected);
        assert!(headers.is_empty(), "{headers:?}");
    }

    #[test]
    fn only_the_part_of_the_list_that_trusted_proxies_wrote_counts() {
        for (said, expected) in [
            ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"),
            ("unknown, 10.0.0.2", "10.0.0.2"),
            ("203.0.113.9:80", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            let (client, _) = client("10.0.0.1", &[("x-forwarded-for", said)]);
            assert_eq!(client.address, expected.parse().ok(), "{said}");
        }
        let two = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "10.0.0.2")];
        assert_eq!(client("10.0.0.1", &two).0.address, "203.0.113.9".parse().ok());
        let protos = [("x-forwarded-proto", "https, http")];
        assert!(!client("10.0.0.1", &protos).0.secure);
    }
}
