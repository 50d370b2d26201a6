//! Where the node may go, and for what.
//!
//! A purpose without hosts goes nowhere. Hosts are names, not addresses: the address that a name
//! turns out to have is judged by itself, except for the pairs of host and port that an operator
//! named as private, which is meant for trials and tests.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Why the node makes a request. A closed list: a new reason to go out is a change here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Fetching the document or log of a foreign DID.
    DidResolution,
    /// Fetching a card, or the keys that signed it.
    Card,
    /// Telling somebody's server about an entry.
    Webhook,
    /// Getting a certificate.
    Acme,
    /// Sending mail.
    Mail,
    /// Asking a remote policy engine.
    Policy,
    /// Having an action carried out by a tool that the operator lists.
    Effect,
    /// Asking an outside auditor what it found.
    Audit,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Purpose; 8] = [
        Purpose::DidResolution,
        Purpose::Card,
        Purpose::Webhook,
        Purpose::Acme,
        Purpose::Mail,
        Purpose::Policy,
        Purpose::Effect,
        Purpose::Audit,
    ];

    /// Its word in settings, logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::DidResolution => "did_resolution",
            Purpose::Card => "card",
            Purpose::Webhook => "webhook",
            Purpose::Acme => "acme",
            Purpose::Mail => "mail",
            Purpose::Policy => "policy",
            Purpose::Effect => "effect",
            Purpose::Audit => "audit",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The port of HTTPS, the only one of a host that names none.
pub(super) const PORT_HTTPS: u16 = 443;

/// Hosts that may be called: `node.example`, `node.example:8443`, `*.example` for the names below
/// it, or `*` for all. Without a port, port 443 alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    host: Pattern,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Any,
    Below(String),
    Exactly(String),
}

impl HostPattern {
    /// Every public host, at the port of HTTPS.
    pub fn any() -> Self {
        Self { host: Pattern::Any, port: PORT_HTTPS }
    }

    fn covers(&self, host: &str, port: u16) -> bool {
        self.port == port
            && match &self.host {
                Pattern::Any => true,
                Pattern::Below(suffix) => {
                    host.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.ends_with('.'))
                }
                Pattern::Exactly(name) => name == host,
            }
    }
}

impl FromStr for HostPattern {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a host such as node.example, node.example:8443, *.example or *";
        let (host, port) = split_port(text).ok_or(wrong)?;
        let port = port.unwrap_or(PORT_HTTPS);
        let host = match (host, host.strip_prefix("*.")) {
            ("*", _) => Pattern::Any,
            (_, Some(suffix)) => Pattern::Below(super::target::host_name(suffix).ok_or(wrong)?),
            (name, None) => Pattern::Exactly(super::target::host_name(name).ok_or(wrong)?),
        };
        Ok(Self { host, port })
    }
}

/// One host at one port that may have an address of a private network and be called without TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateHost {
    host: String,
    port: u16,
}

impl FromStr for PrivateHost {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a host and a port such as localhost:8080";
        let (host, port) = split_port(text).ok_or(wrong)?;
        let host = super::target::host_name(host).ok_or(wrong)?;
        Ok(Self { host, port: port.ok_or(wrong)? })
    }
}

/// Splits `host:port`; an IPv6 address stands in brackets.
pub(super) fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let behind = text.rfind(']').map_or(0, |at| at + 1);
    match text[behind..].rfind(':') {
        None => Some((text, None)),
        Some(at) => {
            let (host, port) = text.split_at(behind + at);
            let port = port.strip_prefix(':')?.parse().ok().filter(|&port| port != 0)?;
            Some((host, Some(port)))
        }
    }
}

/// What an operator chose about requests that go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EgressPolicy {
    allowed: Vec<(Purpose, HostPattern)>,
    private: Vec<PrivateHost>,
    ca_file: Option<PathBuf>,
}

impl Default for EgressPolicy {
    /// DIDs name the host that they are resolved at, so every public host may be asked for one.
    /// Every other purpose goes nowhere until somebody says where.
    fn default() -> Self {
        let allowed = vec![(Purpose::DidResolution, HostPattern::any())];
        Self { allowed, private: Vec::new(), ca_file: None }
    }
}

impl EgressPolicy {
    /// A policy by which nothing goes out.
    pub fn closed() -> Self {
        Self { allowed: Vec::new(), private: Vec::new(), ca_file: None }
    }

    /// Lets a purpose go to a host.
    #[must_use]
    pub fn allow(mut self, purpose: Purpose, host: HostPattern) -> Self {
        self.allowed.push((purpose, host));
        self
    }

    /// Lets a host at a port have a private address and be called without TLS. It must be allowed
    /// for the purpose besides.
    #[must_use]
    pub fn allow_private(mut self, host: PrivateHost) -> Self {
        self.private.push(host);
        self
    }

    /// Trusts the certificate authorities of a PEM file beside the system's.
    #[must_use]
    pub fn trust(self, ca_file: PathBuf) -> Self {
        Self { ca_file: Some(ca_file), ..self }
    }

    pub(super) fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    pub(super) fn allows(&self, purpose: Purpose, host: &str, port: u16) -> bool {
        let covers =
            |(of, pattern): &(Purpose, HostPattern)| *of == purpose && pattern.covers(host, port);
        // `*` speaks of the port of HTTPS; a host named as private has its own.
        let any =
            |(of, pattern): &(Purpose, HostPattern)| *of == purpose && pattern.host == Pattern::Any;
        self.allowed.iter().any(covers)
            || self.is_private(host, port) && self.allowed.iter().any(any)
    }

    pub(super) fn is_private(&self, host: &str, port: u16) -> bool {
        self.private.iter().any(|private| private.host == host && private.port == port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> HostPattern {
        text.parse().unwrap()
    }

    #[test]
    fn a_pattern_covers_what_it_says_and_nothing_else() {
        for (text, host, port, covered) in [
            ("node.example", "node.example", 443, true),
            ("node.example", "node.example", 80, false),
            ("node.example", "a.node.example", 443, false),
            ("Node.Example.", "node.example", 443, true),
            ("node.example:8443", "node.example", 8443, true),
            ("node.example:8443", "node.example", 443, false),
            ("*.example", "a.example", 443, true),
            ("*.example", "a.b.example", 443, true),
            ("*.example", "example", 443, false),
            ("*.example", "evilexample", 443, false),
            ("*", "anything.example", 443, true),
            ("*", "anything.example", 22, false),
            ("*:8443", "anything.example", 8443, true),
            ("[2606:4700::1111]:8443", "2606:4700::1111", 8443, true),
        ] {
            assert_eq!(pattern(text).covers(host, port), covered, "{text} {host}:{port}");
        }
    }

    #[test]
    fn what_is_no_host_is_no_pattern() {
        for bad in
            ["", ":443", "a b", "*.", "a*", "**", "a:0", "a:x", "a:65536", "a/b", "[::1", "*."]
        {
            assert!(bad.parse::<HostPattern>().is_err(), "{bad}");
        }
        for bad in ["localhost", "*:80", "", "a:0"] {
            assert!(bad.parse::<PrivateHost>().is_err(), "{bad}");
        }
    }

    #[test]
    fn each_purpose_has_hosts_of_its_own() {
        let policy = EgressPolicy::default().allow(Purpose::Webhook, pattern("hook.example"));
        assert!(policy.allows(Purpose::DidResolution, "a.example", 443));
        assert!(policy.allows(Purpose::Webhook, "hook.example", 443));
        assert!(!policy.allows(Purpose::Webhook, "a.example", 443));
        for purpose in [Purpose::Card, Purpose::Acme, Purpose::Mail] {
            assert!(!policy.allows(purpose, "hook.example", 443), "{purpose}");
        }
        for purpose in Purpose::ALL {
            assert!(!EgressPolicy::closed().allows(purpose, "a.example", 443), "{purpose}");
        }
    }

    #[test]
    fn a_private_host_counts_at_its_port_only() {
        let policy = EgressPolicy::default().allow_private("localhost:8080".parse().unwrap());
        assert!(policy.is_private("localhost", 8080) && !policy.is_private("localhost", 8081));
        assert!(policy.allows(Purpose::DidResolution, "localhost", 8080));
        assert!(!policy.allows(Purpose::DidResolution, "localhost", 8081));
        assert!(!policy.allows(Purpose::Webhook, "localhost", 8080));
    }
}
