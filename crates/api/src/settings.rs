//! What an operator may choose about the edge, as plain data.

use std::net::IpAddr;
use std::str::FromStr;

use hansa_types::Duration;

use crate::agp::AgpSettings;
use crate::limits::{BODY_READ_MAX, DRAIN_MAX, DRAIN_NOTICE_MAX, HEAD_READ_MAX};

/// What is done about signatures on cards that come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CardSignatures {
    /// They are not looked at and not kept.
    Off,
    /// They are checked and what was found is shown.
    #[default]
    Shadow,
    /// A card whose agent has not signed it is refused.
    Enforce,
}

/// What the node's own card says beside what the node knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegistrySettings {
    /// The node's name; its host unless set.
    pub name: Option<String>,
    /// How its operator is reached.
    pub contact: Option<String>,
    /// The node that issues the money of one that issues none.
    pub parent_url: Option<String>,
}

/// The edge's settings.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Host names the node answers under, beside loopback and the address it is reached at.
    pub allowed_hosts: Vec<String>,
    /// Web origins that may call beside the node's own, e.g. `https://console.example`.
    pub allowed_origins: Vec<String>,
    /// Where the node is reached from outside; its host is allowed too.
    pub public_url: Option<String>,
    /// Proxies whose word counts about whom they forward for.
    pub trusted_proxies: Vec<AddressRange>,
    /// Largest request body in bytes.
    pub body_bytes_max: usize,
    /// Longest wait for the head of a request.
    pub head_read_max: Duration,
    /// Longest wait for the body of a request.
    pub body_read_max: Duration,
    /// Longest wait for answers under way when the node stops.
    pub drain_max: Duration,
    /// Longest time between saying that the node stops and closing its socket.
    pub drain_notice_max: Duration,
    /// What is done about signatures on cards that come in.
    pub card_signatures: CardSignatures,
    /// What the node's own card says beside what the node knows.
    pub registry: RegistrySettings,
    /// What is chosen about AGP.
    pub agp: AgpSettings,
    /// The commit the software was built from.
    pub commit: Option<String>,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            public_url: None,
            trusted_proxies: Vec::new(),
            body_bytes_max: hansa_wire::limits::BODY_BYTES_MAX,
            head_read_max: HEAD_READ_MAX,
            body_read_max: BODY_READ_MAX,
            drain_max: DRAIN_MAX,
            drain_notice_max: DRAIN_NOTICE_MAX,
            card_signatures: CardSignatures::default(),
            registry: RegistrySettings::default(),
            agp: AgpSettings::default(),
            commit: None,
        }
    }
}

impl ApiSettings {
    /// Whether the node is reached over TLS from outside.
    pub(crate) fn is_public_secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// An address, or a network as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    first: IpAddr,
    prefix: u32,
}

impl AddressRange {
    /// Whether an address belongs to it.
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) >> (128 - self.prefix) == bits(self.first) >> (128 - self.prefix)
    }
}

/// An address as one of IPv6, so that both kinds compare in one way.
fn bits(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_ipv6_mapped()),
        IpAddr::V6(address) => u128::from(address),
    }
}

impl FromStr for AddressRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "an address such as 10.0.0.7, or a network such as 10.0.0.0/8";
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| wrong)?;
        let (length, before) = if first.is_ipv4() { (32, 96) } else { (128, 0) };
        let prefix: u32 = prefix.map_or(Ok(length), str::parse).map_err(|_| wrong)?;
        // A network of everybody trusts everybody, which nobody means.
        match (1..=length).contains(&prefix) {
            true => Ok(Self { first, prefix: before + prefix }),
            false => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_they_say() {
        for (range, address, within) in [
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.8", false),
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::1", "127.0.0.1", false),
        ] {
            let range: AddressRange = range.parse().unwrap();
            assert_eq!(range.contains(address.parse().unwrap()), within, "{range:?} {address}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0.0/0", "::/0", "::1/129", "10.0.0.0/", "proxy", "1/8"]
        {
            assert!(bad.parse::<AddressRange>().is_err(), "{bad}");
        }
    }
}
