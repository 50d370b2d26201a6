//! A tool of an MCP server, over Streamable HTTP.
//!
//! Servers of two ages are met: those of 2026-07-28, which know `server/discover` and no session,
//! and those of 2025-11-25 and before, which want `initialize` first. Which one it is, is asked
//! before the call; the call itself is sent once.
//!
//! Deliberately absent: what a call does not need (prompts, resources, sampling, notifications from
//! the server, resumption).

use hansa_kernel::action::Outcome;
use hyper::HeaderMap;
use hyper::header::{ACCEPT, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::http::{failed, request};
use super::{Effect, Ended};
use crate::egress::{Egress, EgressError, EgressResponse};

const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const NEW: &str = "2026-07-28";
const OLD: &str = "2025-11-25";

/// How a server wants to be spoken to.
enum Age {
    /// Every request says everything.
    New,
    /// Within a session, under the version that the server chose.
    Old { version: String, session: Option<HeaderValue> },
}

/// Calls the tool.
pub(super) async fn call(egress: &Egress, effect: &Effect) -> Ended {
    let age = match age(egress, effect).await {
        Some(age) => age,
        // Nothing of the call itself was sent.
        None => return Ended::NotSent,
    };
    let name = effect.tool.name.as_str();
    let mut params = json!({ "name": name, "arguments": effect.params });
    let mut headers = HeaderMap::new();
    match &age {
        Age::New => {
            params["_meta"] = meta();
            new_headers(&mut headers, "tools/call");
            insert(&mut headers, NAME, name);
        }
        Age::Old { version, session } => {
            insert(&mut headers, VERSION, version);
            if let Some(session) = session {
                headers.insert(SESSION, session.clone());
            }
        }
    }
    match send(egress, effect, headers, &rpc(2, "tools/call", params)).await {
        Ok(answer) => tell(&answer),
        Err(error) => failed(&error),
    }
}

/// Asks a server how it wants to be spoken to.
async fn age(egress: &Egress, effect: &Effect) -> Option<Age> {
    let mut headers = HeaderMap::new();
    new_headers(&mut headers, "server/discover");
    let discover = rpc(0, "server/discover", json!({ "_meta": meta() }));
    let answer = send(egress, effect, headers, &discover).await.ok()?;
    if result(&answer, 0).is_some_and(|result| result.is_ok()) {
        return Some(Age::New);
    }
    let client = json!({ "name": "hansa", "version": env!("CARGO_PKG_VERSION") });
    let wanted = json!({ "protocolVersion": OLD, "capabilities": {}, "clientInfo": client });
    let answer =
        send(egress, effect, HeaderMap::new(), &rpc(1, "initialize", wanted)).await.ok()?;
    let chosen = result(&answer, 1)?.ok()?;
    let version = chosen.get("protocolVersion")?.as_str()?.to_owned();
    let session = answer.headers.get(&SESSION).cloned();
    let mut headers = HeaderMap::new();
    insert(&mut headers, VERSION, &version);
    if let Some(session) = &session {
        headers.insert(SESSION, session.clone());
    }
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    send(egress, effect, headers, &initialized).await.ok()?;
    Some(Age::Old { version, session })
}

fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": NEW,
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

fn new_headers(headers: &mut HeaderMap, method: &'static str) {
    headers.insert(VERSION, HeaderValue::from_static(NEW));
    headers.insert(METHOD, HeaderValue::from_static(method));
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

fn rpc(id: u64, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

async fn send(
    egress: &Egress,
    effect: &Effect,
    mut headers: HeaderMap,
    message: &Value,
) -> Result<EgressResponse, EgressError> {
    let accept = HeaderValue::from_static("application/json, text/event-stream");
    headers.insert(ACCEPT, accept);
    let body = serde_json::to_vec(message).map_err(|_| EgressError::Request)?;
    egress.send(request(effect, body, headers)).await
}

/// What the answer to `tools/call` says. A tool that reports an error of its own says that it did
/// not do what it was asked for; so does a server that refuses the call.
fn tell(answer: &EgressResponse) -> Ended {
    let ended = |outcome, told: &Value| {
        let body = serde_json::to_vec(told).unwrap_or_default();
        Ended::Answered { outcome, status: Some(answer.status), body }
    };
    match result(answer, 2) {
        Some(Ok(result)) if result.get("isError") == Some(&Value::Bool(true)) => {
            ended(Outcome::Refused, &result)
        }
        Some(Ok(result)) => ended(Outcome::Done, &result),
        Some(Err(error)) => ended(Outcome::Refused, &error),
        None if (400..500).contains(&answer.status) => ended(Outcome::Refused, &Value::Null),
        None => Ended::Unknown,
    }
}

/// The result or the error of a request, as JSON or in a stream of events.
fn result(answer: &EgressResponse, id: u64) -> Option<Result<Value, Value>> {
    let streamed =
        answer.header("content-type").is_some_and(|t| t.starts_with("text/event-stream"));
    let text = std::str::from_utf8(&answer.body).ok()?;
    let message = match streamed {
        true => events(text).find(|message| message["id"] == id)?,
        false => serde_json::from_str(text).ok()?,
    };
    match message {
        Value::Object(mut members) if members.get("id") == Some(&Value::from(id)) => {
            let result = members.remove("result").map(Ok);
            result.or_else(|| members.remove("error").map(Err))
        }
        _ => None,
    }
}

/// The messages of a stream of events (WHATWG HTML section 9.2.6).
fn events(text: &str) -> impl Iterator<Item = Value> {
    let text = text.replace("\r\n", "\n");
    let blocks: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
    blocks.into_iter().filter_map(|block| {
        let lines = block.lines().filter_map(|line| line.strip_prefix("data:"));
        let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        serde_json::from_str(&lines.join("\n")).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, media: &'static str, body: &str) -> EgressResponse {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(media));
        EgressResponse { status, headers, body: body.to_owned().into() }
    }

    fn outcome(answer: &EgressResponse) -> Option<Outcome> {
        match tell(answer) {
            Ended::Answered { outcome, .. } => Some(outcome),
            Ended::NotSent | Ended::Unknown => None,
        }
    }

    #[test]
    fn an_answer_is_found_in_json_and_in_events() {
        let done = r#"{"jsonrpc":"2.0","id":2,"result":{"content":[]}}"#;
        assert_eq!(outcome(&answer(200, "application/json", done)), Some(Outcome::Done));
        let stream = format!("event: message\ndata: {{\"method\":\"x\"}}\n\ndata: {done}\n\n");
        assert_eq!(outcome(&answer(200, "text/event-stream", &stream)), Some(Outcome::Done));
        let crlf = stream.replace('\n', "\r\n");
        assert_eq!(outcome(&answer(200, "text/event-stream", &crlf)), Some(Outcome::Done));
    }

    #[test]
    fn what_was_declined_is_told_from_what_nobody_knows() {
        let error = r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"no"}}"#;
        let own = r#"{"jsonrpc":"2.0","id":2,"result":{"isError":true,"content":[]}}"#;
        let other = r#"{"jsonrpc":"2.0","id":7,"result":{}}"#;
        assert_eq!(outcome(&answer(200, "application/json", error)), Some(Outcome::Refused));
        assert_eq!(outcome(&answer(200, "application/json", own)), Some(Outcome::Refused));
        assert_eq!(outcome(&answer(404, "text/plain", "nothing")), Some(Outcome::Refused));
        for lost in [answer(200, "application/json", other), answer(502, "text/plain", "gone")] {
            assert_eq!(outcome(&lost), None);
        }
    }
}
