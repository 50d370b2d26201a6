//! What is sent, and how it is signed: by the convention of Standard Webhooks, under the node's Ed25519
//! key (`v1a`), over `id.timestamp.body`. The key is among those at `/.well-known/jwks.json`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_kernel::callback::Due;
use hansa_types::Time;
use hansa_wire::callback::{Message, Told};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use hyper::{HeaderMap, Method};

use crate::egress::{EgressLimits, EgressRequest, Purpose};
use crate::keys::NodeKeys;
use crate::limits::{CALLBACK_ANSWER_BYTES_MAX, CALLBACK_TIME_MAX};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
const AGENT: &str = concat!("hansa/", env!("CARGO_PKG_VERSION"));

/// The request that tells of something, as it is sent at a moment.
pub(super) fn request(due: &Due, url: String, keys: &NodeKeys, now: Time) -> EgressRequest {
    let told = Told {
        subject: due.subject,
        state: due.ended.end.as_str(),
        at: due.ended.at,
        seq: due.ended.seq,
        node: keys.signing().public().did_key().to_string(),
    };
    let body = Message::of(&told).to_bytes();
    // The same each time, by which a repetition is known.
    let (id, seconds) = (due.subject.to_string(), (now.0 / 1_000).to_string());
    let mut signed = format!("{id}.{seconds}.").into_bytes();
    signed.extend_from_slice(&body);
    let signature = STANDARD.encode(keys.signing().sign(&signed).0);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    let texts = [(ID, id), (TIMESTAMP, seconds), (SIGNATURE, format!("v1a,{signature}"))];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
    EgressRequest {
        purpose: Purpose::Webhook,
        method: Method::POST,
        url,
        headers,
        body: body.into(),
        limits: EgressLimits {
            body_bytes_max: CALLBACK_ANSWER_BYTES_MAX,
            time_max: CALLBACK_TIME_MAX,
        },
    }
}
