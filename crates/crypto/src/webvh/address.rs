//! Where a DID's log lives: the part of a `did:webvh` behind the SCID, and of a `did:web`.
//!
//! One spelling: host names in lower case, the port behind `%3A`, path segments between colons.
//! Addresses of the internet protocol are no names, so they are refused, as the method wants it.

use std::fmt;

use hansa_types::Did;
use hansa_types::limits::DID_BYTES_MAX;

use super::Multihash;

/// Longest host name, in bytes (RFC 1035 section 2.3.4).
const HOST_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;
/// Longest address: a DID holds it behind `did:webvh:`, the SCID and a colon.
const ADDRESS_BYTES_MAX: usize = DID_BYTES_MAX - 57;
/// Most path segments.
const SEGMENTS_MAX: usize = 8;

/// A host, perhaps a port, and a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    host: String,
    port: Option<u16>,
    path: Vec<String>,
}

/// The text is no host name with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a host name with an optional port and path")]
pub struct AddressError;

impl Address {
    /// An address of its parts.
    pub fn new(host: &str, port: Option<u16>, path: &[&str]) -> Result<Self, AddressError> {
        let host = host.to_ascii_lowercase();
        let segments = path.iter().all(|segment| is_segment(segment));
        if !is_host_name(&host) || port == Some(0) || !segments || path.len() > SEGMENTS_MAX {
            return Err(AddressError);
        }
        let path = path.iter().map(|&segment| segment.to_owned()).collect();
        let address = Self { host, port, path };
        match address.to_string().len() {
            0..=ADDRESS_BYTES_MAX => Ok(address),
            _ => Err(AddressError),
        }
    }

    /// Under the origin of a URL (`https://host[:port]`, whose own path is left out).
    pub fn under(url: &str, path: &[&str]) -> Result<Self, AddressError> {
        let behind = url.split_once("://").map(|(_, rest)| rest).ok_or(AddressError)?;
        let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| AddressError)?)),
            None => (authority, None),
        };
        Self::new(host, port, path)
    }

    /// Reads `host[%3Aport][:segment]*`. A port behind a bare colon, which is what is left of
    /// `%3A` once a URL was decoded, is read too.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let mut segments: Vec<&str> = text.split(':').collect();
        let authority = segments.remove(0);
        let (host, mut port) = match split_port(authority) {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let digits = |segment: &&str| segment.bytes().all(|b| b.is_ascii_digit());
        if port.is_none() && segments.first().is_some_and(digits) {
            port = Some(segments.remove(0));
        }
        let port = port.map(str::parse).transpose().map_err(|_| AddressError)?;
        Self::new(host, port, &segments)
    }

    /// The host name.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Where the file lies: `https`, but plain `http` for this machine's own name.
    pub fn url(&self, file: &str) -> String {
        let local = self.host == "localhost" || self.host.ends_with(".localhost");
        let scheme = if local { "http" } else { "https" };
        let port = self.port.map_or(String::new(), |port| format!(":{port}"));
        let path = match self.path.is_empty() {
            true => "/.well-known".to_owned(),
            false => format!("/{}", self.path.join("/")),
        };
        format!("{scheme}://{}{port}{path}/{file}", self.host)
    }

    /// The DID of this SCID here.
    pub fn did(&self, scid: &Multihash) -> Did {
        did(&format!("did:webvh:{scid}:{self}"))
    }

    /// The `did:web` of the same place.
    pub fn web_did(&self) -> Did {
        did(&format!("did:web:{self}"))
    }

    /// Reads a `did:webvh` into its SCID and address.
    pub fn of_webvh(did: &Did) -> Result<(Multihash, Self), AddressError> {
        let (scid, rest) = did.method_id().split_once(':').ok_or(AddressError)?;
        if did.method() != "webvh" {
            return Err(AddressError);
        }
        Ok((scid.parse().map_err(|_| AddressError)?, Self::parse(rest)?))
    }

    /// Reads a `did:web`.
    pub fn of_web(did: &Did) -> Result<Self, AddressError> {
        match did.method() {
            "web" => Self::parse(did.method_id()),
            _ => Err(AddressError),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, "%3A{port}")?;
        }
        self.path.iter().try_for_each(|segment| write!(f, ":{segment}"))
    }
}

/// The one spelling of a DID of the web methods; any other DID as it is.
pub fn normalise(did: &Did) -> Did {
    match did.method() {
        "webvh" => Address::of_webvh(did).map(|(scid, address)| address.did(&scid)),
        "web" => Address::of_web(did).map(|address| address.web_did()),
        _ => Err(AddressError),
    }
    .unwrap_or_else(|_| did.clone())
}

fn did(text: &str) -> Did {
    match text.parse() {
        Ok(did) => did,
        Err(_) => unreachable!("the parts of an address are those of a DID and short"),
    }
}

fn split_port(authority: &str) -> Option<(&str, &str)> {
    authority.split_once("%3A").or_else(|| authority.split_once("%3a"))
}

/// A name of the domain name system, not an address in disguise: its last label begins with a
/// letter.
fn is_host_name(host: &str) -> bool {
    let label = |label: &str| {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=LABEL_BYTES_MAX).contains(&label.len())
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= HOST_BYTES_MAX
        && host.split('.').all(label)
        && last.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
}

fn is_segment(segment: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let dots = segment.bytes().all(|b| b == b'.');
    (1..=LABEL_BYTES_MAX).contains(&segment.len()) && segment.bytes().all(plain) && !dots
}
