//! The names that a principal of a node has in the DID methods of other systems.
//!
//! They are derived from its id and the node's host, so nothing about them is stored and nobody else
//! can hold one: `did:theprotocol:<host>:<uuid>`, which is safe in URLs, `did:w7:<id>` and
//! `did:cf:<id>`. The UUID has the form of version 4 and its 122 free bits are those of the id; the
//! top six bits of an id's time are zero until the year 2109.
//!
//! Deliberately absent: what such a name means elsewhere, and names of other nodes' principals.

use crate::{Did, PrincipalId};

/// Bits of an id that fit into a UUID of version 4.
const FREE_BITS: u32 = 122;
/// Longest host that The Protocol takes for an issuer, in bytes.
const ISSUER_BYTES_MAX: usize = 63;
/// Words that The Protocol keeps for itself where an issuer stands.
const RESERVED: [&str; 17] = [
    "operator",
    "cloud",
    "org",
    "agora-gateway",
    "developer",
    "api-tester",
    "system",
    "teg",
    "treasury",
    "gateway",
    "fx",
    "fee",
    "fee_collector",
    "admin",
    "registry",
    "frame",
    "template",
];

/// Every alias of a principal of the node at this host, the one of The Protocol first.
pub fn aliases(principal: PrincipalId, host: &str) -> Vec<Did> {
    let protocol = uuid(principal).filter(|_| is_issuer(host));
    let protocol = protocol.map(|uuid| format!("did:theprotocol:{host}:{uuid}"));
    let others = [format!("did:w7:{principal}"), format!("did:cf:{principal}")];
    protocol.into_iter().chain(others).filter_map(|text| text.parse().ok()).collect()
}

/// The principal that an alias names on the node at this host.
pub fn principal(did: &Did, host: &str) -> Option<PrincipalId> {
    let id = did.method_id();
    match did.method() {
        "theprotocol" => match id.split_once(':') {
            Some((issuer, uuid)) if issuer == host && is_issuer(host) => of_uuid(uuid),
            Some(_) => None,
            // The older form names no issuer.
            None => of_uuid(id),
        },
        "w7" | "cf" => id.parse().ok(),
        _ => None,
    }
}

fn is_issuer(host: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = host.as_bytes();
    let inner = bytes.iter().all(|&b| plain(b) || b == b'.' || b == b'-');
    let ends = bytes.first().zip(bytes.last()).is_some_and(|(&a, &z)| plain(a) && plain(z));
    inner && ends && bytes.len() <= ISSUER_BYTES_MAX && !RESERVED.contains(&host)
}

fn uuid(principal: PrincipalId) -> Option<String> {
    let bits = principal.0;
    if bits >> FREE_BITS != 0 {
        return None;
    }
    // 48 bits, the version, 12 bits, the variant, 62 bits.
    let (head, middle, tail) = (bits >> 74, (bits >> 62) & 0xfff, bits & ((1 << 62) - 1));
    let whole = (head << 80) | (0x4 << 76) | (middle << 64) | (0b10 << 62) | tail;
    let hex = format!("{whole:032x}");
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    Some(parts.join("-"))
}

fn of_uuid(text: &str) -> Option<PrincipalId> {
    let hyphens = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let shaped = text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match hyphens(at) {
            true => b == b'-',
            false => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
        });
    let whole = u128::from_str_radix(&text.replace('-', ""), 16).ok().filter(|_| shaped)?;
    let is_version_4 = (whole >> 76) & 0xf == 0x4 && (whole >> 62) & 0b11 == 0b10;
    let (head, middle, tail) = (whole >> 80, (whole >> 64) & 0xfff, whole & ((1 << 62) - 1));
    is_version_4.then_some(PrincipalId((head << 74) | (middle << 62) | tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "town.example";

    fn did(text: &str) -> Did {
        text.parse().unwrap()
    }

    #[test]
    fn every_alias_leads_back_to_its_principal() {
        for (ts, entropy) in [(0, 0), (1_789_300_000_000, u128::MAX), ((1 << 42) - 1, 7)] {
            let id = PrincipalId::new(ts, entropy);
            let all = aliases(id, HOST);
            assert_eq!(all.len(), 3);
            assert!(all[0].as_str().starts_with("did:theprotocol:town.example:"), "{}", all[0]);
            assert_eq!(all[0].method_id().split_once(':').unwrap().1.as_bytes()[14], b'4');
            for alias in &all {
                assert_eq!(principal(alias, HOST), Some(id), "{alias}");
            }
            let uuid = all[0].method_id().split_once(':').unwrap().1;
            assert_eq!(principal(&did(&format!("did:theprotocol:{uuid}")), HOST), Some(id));
        }
    }

    #[test]
    fn an_id_of_the_far_future_and_a_host_that_is_no_issuer_have_none_of_the_protocol() {
        assert_eq!(aliases(PrincipalId::new(1 << 42, 0), HOST).len(), 2);
        for host in ["treasury", "a_b", "-a", "", "town.example:7400", &"a".repeat(64)] {
            assert_eq!(aliases(PrincipalId(7), host).len(), 2, "{host}");
        }
    }

    #[test]
    fn names_of_others_lead_nowhere() {
        let uuid = "00000000-0000-4000-8000-000000000007";
        assert!(principal(&did(&format!("did:theprotocol:{HOST}:{uuid}")), HOST).is_some());
        for text in [
            format!("did:theprotocol:evil.example:{uuid}"),
            "did:theprotocol:town.example:00000000-0000-1000-8000-000000000007".to_owned(),
            "did:theprotocol:town.example:00000000-0000-4000-c000-000000000007".to_owned(),
            "did:theprotocol:town.example:00000000-0000-4000-8000-00000000000G".to_owned(),
            "did:theprotocol:town.example:000000000-000-4000-8000-000000000007".to_owned(),
            "did:w7:alice".to_owned(),
            "did:cf:trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".to_owned(),
            "did:key:z6Mk".to_owned(),
        ] {
            assert_eq!(principal(&did(&text), HOST), None, "{text}");
        }
    }
}
