//! A tool that is called by a POST of its parameters.
//!
//! A status of success says that it was done, one of 400 to 499 that it was not. A server that fails
//! in between (5xx) may have done it, so nobody can tell.

use hansa_kernel::action::Outcome;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method};
use serde_json::Value;

use super::{Effect, Ended};
use crate::egress::{Egress, EgressError, EgressLimits, EgressRequest, EgressResponse, Purpose};
use crate::limits::{EFFECT_BODY_BYTES_MAX, EFFECT_TIME_MAX};

/// The header by which a service knows the action, and with it who answers for the call.
pub(super) const ACTION_HEADER: &str = "x-agp-action-id";
const KEY_HEADER: &str = "idempotency-key";

/// Calls the tool.
pub(super) async fn call(egress: &Egress, effect: &Effect) -> Ended {
    let Ok(body) = serde_json::to_vec(&effect.params) else { return Ended::NotSent };
    match egress.send(request(effect, body, HeaderMap::new())).await {
        Ok(answer) => tell(answer),
        Err(error) => failed(&error),
    }
}

/// A request that belongs to an action.
pub(super) fn request(effect: &Effect, body: Vec<u8>, mut headers: HeaderMap) -> EgressRequest {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(id) = HeaderValue::try_from(effect.action.to_string()) {
        headers.insert(KEY_HEADER, id.clone());
        headers.insert(ACTION_HEADER, id);
    }
    EgressRequest {
        purpose: Purpose::Effect,
        method: Method::POST,
        url: effect.tool.url.clone(),
        headers,
        body: body.into(),
        limits: EgressLimits { body_bytes_max: EFFECT_BODY_BYTES_MAX, time_max: EFFECT_TIME_MAX },
    }
}

fn tell(answer: EgressResponse) -> Ended {
    let outcome = match answer.status {
        200..=299 => Outcome::Done,
        400..=499 => Outcome::Refused,
        _ => return Ended::Unknown,
    };
    Ended::Answered { outcome, status: Some(answer.status), body: told(&answer.body) }
}

/// What is kept of an answer: JSON as it is, anything else as a text.
fn told(body: &[u8]) -> Vec<u8> {
    let text = || Value::String(String::from_utf8_lossy(body).into_owned());
    let value: Value = serde_json::from_slice(body).unwrap_or_else(|_| text());
    serde_json::to_vec(&value).unwrap_or_default()
}

/// What a call without an answer says: whether a byte of it left.
pub(super) fn failed(error: &EgressError) -> Ended {
    match error.is_unsent() {
        true => Ended::NotSent,
        false => Ended::Unknown,
    }
}
