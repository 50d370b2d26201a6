//! The second engine: a remote OPA, asked over its REST API through the node's egress.
//!
//! `POST /v1/data/<path>` with `{"input": …}` answers `{"result": …}`. No answer in time, another
//! status and anything that does not read are a deny.

use bytes::Bytes;
use hansa_types::Duration;
use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value;

use super::answer::{self, Answer};
use crate::egress::{Egress, EgressLimits, EgressRequest, Purpose};
use crate::limits::{JUDGE_ANSWER_BYTES_MAX, JUDGE_REMOTE_MAX};

/// Where the decision lies unless the set says otherwise.
const PATH_DEFAULT: &str = "hansa/policy/decision";

/// A remote OPA.
#[derive(Debug, Clone)]
pub struct RemoteOpa {
    /// Its address, e.g. `https://opa.example:8181`.
    pub url: String,
}

impl RemoteOpa {
    /// Asks it about an input.
    pub(super) async fn ask(
        &self,
        egress: &Egress,
        path: Option<&str>,
        input: &Value,
    ) -> Result<Answer, String> {
        let (base, path) = (self.url.trim_end_matches('/'), path.unwrap_or(PATH_DEFAULT));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = serde_json::json!({"input": input}).to_string();
        let request = EgressRequest {
            purpose: Purpose::Policy,
            method: Method::POST,
            url: format!("{base}/v1/data/{}", path.trim_matches('/')),
            headers,
            body: Bytes::from(body),
            limits: EgressLimits {
                body_bytes_max: JUDGE_ANSWER_BYTES_MAX,
                time_max: Duration(JUDGE_REMOTE_MAX.0),
            },
        };
        let answer = egress.send(request).await.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("it answered {}", answer.status));
        }
        let body: Value =
            serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        let result = body.get("result").ok_or("the decision is undefined")?;
        answer::read(result.clone())
    }
}
