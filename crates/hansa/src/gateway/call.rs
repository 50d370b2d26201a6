//! What arrives: the request as it goes on, and the call that it is.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Query, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Uri};
use hansa_crypto::json::parse_strict;
use hansa_types::{ActionId, Code};
use hansa_wire::Problem;
use hansa_wire::api::actions::{ActionCall, CallType};
use hansa_wire::scalar::ToolText;
use serde_json::{Map, Value};

/// The header that names the action.
pub(super) const ACTION_HEADER: &str = "x-agp-action-id";

const BODY_BYTES_MAX: usize = 1 << 20;
const BODY_READ_MAX: Duration = Duration::from_secs(30);

/// A request that was read whole.
pub(super) struct Arrived {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// The members of the body, if there is one.
    pub(super) body: Option<Map<String, Value>>,
}

impl Arrived {
    pub(super) async fn read(request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let reading = tokio::time::timeout(BODY_READ_MAX, to_bytes(body, BODY_BYTES_MAX)).await;
        let bytes = reading.map_err(|_| Problem::from(Code::BodyTooSlow))?;
        let bytes = bytes.map_err(|_| Problem::from(Code::BodyTooLarge))?;
        let body = members(&parts.headers, &bytes)?;
        Ok(Self { method: parts.method, uri: parts.uri, headers: parts.headers, body })
    }

    /// Which action the request names.
    pub(super) fn action(&self) -> Result<ActionId, Problem> {
        let mut named = self.headers.get_all(ACTION_HEADER).iter();
        let (first, more) = (named.next(), named.next());
        let first = first.ok_or_else(|| Problem::from(Code::ActionRequired))?;
        let id = first.to_str().ok().and_then(|text| text.parse().ok());
        id.filter(|_| more.is_none()).ok_or_else(|| {
            Problem::new(Code::ActionRequired, "X-AGP-Action-ID is not the id of one action")
        })
    }

    /// The call: the parameters of the path, of the query and of the body together. One that is
    /// named in two places is refused, for the service might believe the other.
    pub(super) fn call(
        &self,
        tool: ToolText,
        named: Map<String, Value>,
    ) -> Result<ActionCall, Problem> {
        let mut params = named;
        let query = Query::<Vec<(String, String)>>::try_from_uri(&self.uri);
        let Query(query) = query.map_err(|_| Problem::new(Code::InvalidField, "the query"))?;
        let query = query.into_iter().map(|(name, text)| (name, Value::String(text)));
        for (name, value) in query.chain(self.body.clone().unwrap_or_default()) {
            if params.insert(name.clone(), value).is_some() {
                return Err(Problem::new(Code::DuplicateKey, format!("{name} is named twice")));
            }
        }
        Ok(ActionCall { kind: CallType::ToolCall, tool, params })
    }
}

/// A body is a JSON object or nothing.
fn members(headers: &HeaderMap, bytes: &Bytes) -> Result<Option<Map<String, Value>>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim();
    if !kind.eq_ignore_ascii_case("application/json") || headers.contains_key(CONTENT_ENCODING) {
        return Err(Code::UnsupportedMediaType.into());
    }
    match parse_strict(bytes)? {
        Value::Object(members) => Ok(Some(members)),
        _ => Err(Problem::new(Code::InvalidField, "the body is not a JSON object")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use serde_json::json;

    async fn arrived(
        uri: &str,
        headers: &[(&str, &str)],
        body: &'static str,
    ) -> Result<Arrived, Problem> {
        let mut request = axum::http::Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Arrived::read(request.body(Body::from(body)).unwrap()).await
    }

    const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

    fn call(arrived: &Arrived) -> Result<Value, Problem> {
        let Value::Object(named) = json!({"vendor": "acme"}) else { unreachable!() };
        let call = arrived.call(ToolText::new("pay").unwrap(), named)?;
        Ok(Value::Object(call.params))
    }

    #[tokio::test]
    async fn a_call_is_its_path_its_query_and_its_body() {
        let whole = arrived("/p?dry=a%20b", &[JSON], r#"{"amount": 5}"#).await.unwrap();
        let expected = json!({"vendor": "acme", "dry": "a b", "amount": 5});
        assert_eq!(call(&whole).unwrap(), expected);
        let bare = arrived("/p", &[], "").await.unwrap();
        assert_eq!(call(&bare).unwrap(), json!({"vendor": "acme"}));
    }

    #[tokio::test]
    async fn what_is_named_twice_is_refused() {
        for (uri, body) in [
            ("/p?vendor=globex", "{}"),
            ("/p?a=1&a=2", "{}"),
            ("/p?a=1", r#"{"a": "1"}"#),
            ("/p", r#"{"vendor": "globex"}"#),
        ] {
            let arrived = arrived(uri, &[JSON], body).await.unwrap();
            assert_eq!(call(&arrived).unwrap_err().code, "duplicate_key", "{uri} {body}");
        }
    }

    #[tokio::test]
    async fn bodies_that_do_not_read_are_refused() {
        for (headers, body, code) in [
            (&[JSON][..], "[]", "invalid_field"),
            (&[JSON][..], "{", "malformed_json"),
            (&[JSON][..], r#"{"a":1,"a":2}"#, "duplicate_key"),
            (&[][..], "{}", "unsupported_media_type"),
            (&[("content-type", "text/plain")][..], "{}", "unsupported_media_type"),
            (&[JSON, ("content-encoding", "gzip")][..], "{}", "unsupported_media_type"),
        ] {
            let Err(problem) = arrived("/p", headers, body).await else { panic!("{body}") };
            assert_eq!(problem.code, code, "{body}");
        }
    }

    #[tokio::test]
    async fn exactly_one_action_is_named() {
        let id = "act_00000000000000000000000001";
        for (headers, is_named) in [
            (&[][..], false),
            (&[(ACTION_HEADER, id)][..], true),
            (&[(ACTION_HEADER, id), (ACTION_HEADER, id)][..], false),
            (&[(ACTION_HEADER, "tsk_00000000000000000000000001")][..], false),
            (&[(ACTION_HEADER, "1")][..], false),
        ] {
            let arrived = arrived("/p", headers, "").await.unwrap();
            let named = arrived.action();
            assert_eq!(named.is_ok(), is_named, "{headers:?}");
            if let Err(problem) = named {
                assert_eq!(problem.code, "action_required");
            }
        }
    }
}
