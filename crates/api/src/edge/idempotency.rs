//! The Idempotency-Key of a request, and what its repetitions are known by.

use axum::http::HeaderMap;
use hansa_crypto::hash::sha256;
use hansa_crypto::json::canonical;
use hansa_types::{Code, Correlation, PrincipalId, Rejection};
use hansa_wire::Operation;
use hansa_wire::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use serde_json::Value;

const HEADER: &str = "idempotency-key";

/// A key with the digest of what it protects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    key: String,
    body: [u8; 8],
}

/// The key, if the request carries one.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<String>, Rejection> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let fits = (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    match fits && values.next().is_none() {
        true => Ok(Some(text.to_owned())),
        false => Err(Code::IdempotencyKeyInvalid.into()),
    }
}

impl Key {
    pub(crate) fn new(
        key: String,
        operation: &Operation,
        request: &Value,
    ) -> Result<Self, Rejection> {
        let mut text = operation.id.as_bytes().to_vec();
        text.push(0);
        text.extend(canonical(request)?);
        Ok(Self { key, body: head(&sha256(&text).0) })
    }
}

/// What a request is known by; `part` tells the commands of one request apart.
pub(crate) fn correlation(key: &Key, principal: PrincipalId, part: Option<&str>) -> Correlation {
    let mut text = principal.to_string().into_bytes();
    text.push(0);
    text.extend(key.key.as_bytes());
    if let Some(part) = part {
        text.push(b'#');
        text.extend(part.as_bytes());
    }
    let mut bytes = [0; 24];
    bytes[..16].copy_from_slice(&head::<16>(&sha256(&text).0));
    bytes[16..].copy_from_slice(&key.body);
    Correlation(bytes)
}

fn head<const N: usize>(bytes: &[u8; 32]) -> [u8; N] {
    let mut head = [0; N];
    head.copy_from_slice(&bytes[..N]);
    head
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &str) -> Result<Option<String>, Code> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, value.parse().unwrap());
        key(&headers).map_err(|rejection| rejection.code)
    }

    #[test]
    fn keys_are_1_to_128_printable_characters() {
        let longest = "k".repeat(IDEMPOTENCY_KEY_BYTES_MAX);
        for good in ["k", "order 7/é".trim_end_matches('é'), &longest] {
            assert_eq!(of(good), Ok(Some(good.to_owned())));
        }
        for bad in ["", "a\tb", &format!("{longest}k")] {
            assert_eq!(of(bad), Err(Code::IdempotencyKeyInvalid), "{bad:?}");
        }
        assert_eq!(key(&HeaderMap::new()), Ok(None));
    }

    #[test]
    fn the_key_part_depends_on_caller_and_key_and_the_body_part_on_the_request() {
        let transfer = hansa_wire::find("transfer_create").unwrap();
        let mint = hansa_wire::find("mint_create").unwrap();
        let key =
            |key: &str, operation, value| Key::new(key.to_owned(), operation, &value).unwrap();
        let one = correlation(&key("k", transfer, json!({"a": 1, "b": 2})), PrincipalId(1), None).0;
        let same =
            correlation(&key("k", transfer, json!({"b": 2, "a": 1})), PrincipalId(1), None).0;
        assert_eq!(one, same);
        let other_body = correlation(&key("k", transfer, json!({"a": 2})), PrincipalId(1), None).0;
        assert!(one[..16] == other_body[..16] && one[16..] != other_body[16..]);
        let other_operation =
            correlation(&key("k", mint, json!({"a": 1, "b": 2})), PrincipalId(1), None).0;
        assert!(one[..16] == other_operation[..16] && one[16..] != other_operation[16..]);
        let value = json!({"a": 1, "b": 2});
        let other_caller = correlation(&key("k", transfer, value.clone()), PrincipalId(2), None).0;
        assert_ne!(one[..16], other_caller[..16]);
        let part = correlation(&key("k", transfer, value), PrincipalId(1), Some("0")).0;
        assert_ne!(one[..16], part[..16]);
    }
}
