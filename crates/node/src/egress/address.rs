//! Which addresses belong to the open internet.
//!
//! Everything is refused that leads back into this machine, its network or its provider: private,
//! loopback, link-local, shared (CGNAT), multicast, documentation and reserved ranges, the metadata
//! services of clouds, and IPv6 addresses that carry such an IPv4 address. What no registry has
//! given out is refused too, so a new special range is closed before anybody lists it here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not the open internet, as address and length of prefix.
const CLOSED_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // A metadata service in a public range.
    ([168, 63, 129, 16], 32),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// IPv6 networks inside 2000::/3 that are not the open internet.
const CLOSED_V6: &[(Ipv6Addr, u32)] = &[
    // Protocol assignments, Teredo and benchmarking among them.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4, which carries any IPv4 address.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Global unicast: all that the registries give out.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// The well-known prefix of NAT64.
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether an address belongs to the open internet.
pub(super) fn is_open(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_open_v4(address),
        IpAddr::V6(address) if within_v6(address, NAT64) => is_open_v4(carried(address)),
        IpAddr::V6(address) => {
            within_v6(address, GLOBAL_V6) && !CLOSED_V6.iter().any(|&net| within_v6(address, net))
        }
    }
}

fn is_open_v4(address: Ipv4Addr) -> bool {
    let within = |&(net, length): &([u8; 4], u32)| {
        let shift = 32 - length;
        u32::from(address) >> shift == u32::from(Ipv4Addr::from(net)) >> shift
    };
    !CLOSED_V4.iter().any(within)
}

fn within_v6(address: Ipv6Addr, (net, length): (Ipv6Addr, u32)) -> bool {
    let shift = 128 - length;
    u128::from(address) >> shift == u128::from(net) >> shift
}

/// The IPv4 address in the last four bytes.
fn carried(address: Ipv6Addr) -> Ipv4Addr {
    let [.., a, b, c, d] = address.octets();
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> bool {
        is_open(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_open_internet() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(open(text), "{text}");
        }
    }

    #[test]
    fn addresses_that_lead_back_inside() {
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
        ] {
            assert!(!open(text), "{text}");
            assert!(!open(&format!("::ffff:{text}")), "mapped {text}");
            assert!(!open(&format!("64:ff9b::{text}")), "NAT64 {text}");
        }
        for text in [
            "::",
            "::1",
            "::7f00:1",
            "::127.0.0.1",
            "64:ff9b:1::101:101",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:101:101::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!open(text), "{text}");
        }
    }
}
