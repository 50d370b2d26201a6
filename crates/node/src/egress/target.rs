//! Where one request goes: a URL, read strictly.
//!
//! One reading only: what another parser might take for another host is refused, not interpreted.
//! User names, fragments, backslashes and anything beyond ASCII have no place in it.

use std::net::IpAddr;

use hyper::Uri;

use super::EgressError;
use super::policy::{PORT_HTTPS, split_port};
use crate::limits::EGRESS_URL_BYTES_MAX;

/// The port of a plain URL that names none.
const PORT_HTTP: u16 = 80;

/// A place on the web.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) tls: bool,
    /// In lower case, without brackets or a final dot.
    pub(super) host: String,
    pub(super) port: u16,
    /// Path and query, as sent.
    pub(super) path: String,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, EgressError> {
        let wrong = EgressError::Url;
        if url.len() > EGRESS_URL_BYTES_MAX {
            return Err(wrong("it is too long"));
        }
        if !url.bytes().all(|b| b.is_ascii_graphic() && !b"\\#".contains(&b)) {
            return Err(wrong("it holds characters that a URL to fetch has not"));
        }
        let uri: Uri = url.parse().map_err(|_| wrong("it does not read"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong("it is neither https nor http")),
        };
        let authority = uri.authority().ok_or(wrong("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("it names a user"));
        }
        let (host, port) = split_port(authority.as_str()).ok_or(wrong("its port is no number"))?;
        let host = host_name(host).ok_or(wrong("its host is no name or address"))?;
        let port = port.unwrap_or(if tls { PORT_HTTPS } else { PORT_HTTP });
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Self { tls, host, port, path: path.to_owned() })
    }

    /// The host as it stands in a `Host` header.
    pub(super) fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.tls, self.port) {
            (true, PORT_HTTPS) | (false, PORT_HTTP) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

/// A host name or address in its one form. A name whose last label is a number is refused, for
/// resolvers take it for an address.
pub(super) fn host_name(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = bare {
        return match address.parse() {
            Ok(IpAddr::V6(address)) => Some(address.to_string()),
            _ => None,
        };
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if let Ok(IpAddr::V4(address)) = name.parse() {
        return Some(address.to_string());
    }
    let label = |label: &str| {
        let inner = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(inner) && !label.starts_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    (name.len() <= 253 && name.split('.').all(label) && !is_number).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_read_in_one_way() {
        for (url, tls, host, port, path, authority) in [
            ("https://node.example", true, "node.example", 443, "/", "node.example"),
            ("https://NODE.example./a?b=c", true, "node.example", 443, "/a?b=c", "node.example"),
            ("http://a.example:8080/x", false, "a.example", 8080, "/x", "a.example:8080"),
            ("https://[2606:4700::1111]/", true, "2606:4700::1111", 443, "/", "[2606:4700::1111]"),
            ("https://1.1.1.1:80/", true, "1.1.1.1", 80, "/", "1.1.1.1:80"),
        ] {
            let target = Target::parse(url).unwrap();
            let read = (target.tls, target.host.as_str(), target.port, target.path.as_str());
            assert_eq!(read, (tls, host, port, path), "{url}");
            assert_eq!(target.authority(), authority, "{url}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for url in [
            "",
            "node.example",
            "/path",
            "ftp://node.example/",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://user@node.example/",
            "https://node.example@evil.example/",
            "https://node.example:/",
            "https://node.example:0/",
            "https://node.example:99999/",
            "https://node.example\\@evil.example/",
            "https://node.example/#x",
            "https://node.example/a b",
            "https://n\u{f6}de.example/",
            "https://node..example/",
            "https://-node.example/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://[::1/",
            "https://[127.0.0.1]/",
            "https://[fe80::1%25eth0]/",
        ] {
            assert!(Target::parse(url).is_err(), "{url}");
        }
        let long = format!("https://node.example/{}", "a".repeat(EGRESS_URL_BYTES_MAX));
        assert!(Target::parse(&long).is_err());
        let fits = &long[..EGRESS_URL_BYTES_MAX];
        assert!(Target::parse(fits).is_ok());
    }
}
