//! From JSON to typed requests, with refusals that name the member.
//!
//! Every native operation has one request object: the path's, the query's and the body's members
//! together. [`assemble`] puts it together from an HTTP request, [`parse`] types it. The same
//! object is what an envelope carries in `intent.params`.
//!
//! Invariants: unknown members are refused; a refusal names the path of the member and one code;
//! an amount written as a JSON number is always `amount_not_a_string`.
//!
//! Deliberately absent: reading bytes (`hansa_crypto::json::parse_strict` does) and authority.

use std::fmt;

use hansa_types::{Code, Rejection};
use serde::de::{self, DeserializeOwned};
use serde_json::{Map, Value};

use crate::limits::ECHO_CHARS_MAX;
use crate::operation::{Method, Operation};
use crate::problem::Problem;

/// Begins an error text that carries a code of its own; no message of serde begins so.
const MARK: char = '\u{1}';

/// A member of a request that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// The path of the member, e.g. `items[3].amount`; empty for the request itself.
    pub field: String,
    /// Why.
    pub rejection: Rejection,
}

impl Invalid {
    /// A refusal of the member at `field`.
    pub fn new(code: Code, field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { field: field.into(), rejection: Rejection::new(code, detail.into()) }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.is_empty() {
            true => f.write_str(&self.rejection.detail),
            false => write!(f, "{}: {}", self.field, self.rejection.detail),
        }
    }
}

impl std::error::Error for Invalid {}

impl From<Invalid> for Rejection {
    /// The rejection with the member's path in its detail.
    fn from(invalid: Invalid) -> Self {
        let detail = invalid.to_string();
        Rejection::new(invalid.rejection.code, detail)
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Problem::new(invalid.rejection.code, invalid.to_string())
            .with_field(invalid.field, &invalid.rejection)
    }
}

/// An error of deserialization that [`parse`] turns into the given code.
pub(crate) fn marked<E: de::Error>(code: Code, detail: &str) -> E {
    E::custom(format_args!("{MARK}{code}{MARK}{detail}"))
}

/// Types a request object.
pub fn parse<T: DeserializeOwned>(value: Value) -> Result<T, Invalid> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        explain(if path == "." { "" } else { &path }, &error.inner().to_string())
    })
}

/// Sorts a message of serde into a code and the path of the member it is about.
fn explain(path: &str, message: &str) -> Invalid {
    if let Some((code, detail)) = message.strip_prefix(MARK).and_then(|m| m.split_once(MARK)) {
        let code = Code::ALL.iter().copied().find(|c| c.as_str() == code);
        return Invalid::new(code.unwrap_or(Code::InvalidField), echo(path), detail);
    }
    if let Some(rest) = message.strip_prefix("missing field `") {
        let name = rest.strip_suffix('`').unwrap_or(rest);
        return Invalid::new(Code::MissingField, echo(&join(path, name)), "is required");
    }
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let cut = rest.rfind("`, expected").or_else(|| rest.rfind("`, there are no fields"));
        let name = cut.map_or(rest, |at| &rest[..at]);
        return Invalid::new(Code::UnknownField, echo(&join(path, name)), "is not known here");
    }
    Invalid::new(Code::InvalidField, echo(path), echo(message))
}

/// The path of a member within `path`, which may end with the member already.
fn join(path: &str, name: &str) -> String {
    let within = path.strip_suffix(name);
    match within {
        Some(before) if before.is_empty() || before.ends_with('.') => path.to_owned(),
        _ if path.is_empty() => name.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

/// The caller's own text, cut to a bounded length and free of control characters.
pub(crate) fn echo(text: &str) -> String {
    let clean = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
    text.chars().take(ECHO_CHARS_MAX).map(clean).collect()
}

/// Puts an operation's request object together from the parts of an HTTP request.
///
/// Path parameters always count. Query parameters are members of GET and DELETE requests, the
/// body's members of all others; each is refused where the other belongs, and none may come twice.
pub fn assemble<'a>(
    operation: &Operation,
    path: impl IntoIterator<Item = (&'a str, &'a str)>,
    query: impl IntoIterator<Item = (String, String)>,
    body: Option<Value>,
) -> Result<Value, Invalid> {
    let mut members = match (operation.takes_body(), body) {
        (true, Some(Value::Object(members))) => members,
        (_, None) => Map::new(),
        (true, Some(_)) => {
            return Err(Invalid::new(Code::InvalidField, "", "the body must be a JSON object"));
        }
        (false, Some(_)) => {
            return Err(Invalid::new(Code::InvalidField, "", "this operation takes no body"));
        }
    };
    for (name, value) in query {
        if operation.takes_body() {
            return Err(Invalid::new(Code::UnknownField, echo(&name), "is not a query parameter"));
        }
        add(&mut members, &name, value)?;
    }
    for (name, value) in path {
        add(&mut members, name, value.to_owned())?;
    }
    Ok(Value::Object(members))
}

fn add(members: &mut Map<String, Value>, name: &str, value: String) -> Result<(), Invalid> {
    match members.insert(name.to_owned(), Value::String(value)) {
        None => Ok(()),
        Some(_) => Err(Invalid::new(Code::InvalidField, echo(name), "is given twice")),
    }
}

/// The parts of an HTTP request that carry a request object, for clients.
#[derive(Debug, Clone, PartialEq)]
pub struct Parts {
    /// The path with its parameters filled in and percent-encoded (RFC 3986 section 2.1).
    pub path: String,
    /// The query parameters, not yet encoded.
    pub query: Vec<(String, String)>,
    /// The body, for operations that take one.
    pub body: Option<Value>,
}

/// Takes a request object apart again: the inverse of [`assemble`].
pub fn disassemble(operation: &Operation, request: Value) -> Result<Parts, Invalid> {
    let Value::Object(mut members) = request else {
        return Err(Invalid::new(Code::InvalidField, "", "the request must be a JSON object"));
    };
    let mut path = operation.path.to_owned();
    for name in operation.path_params() {
        let value = members.remove(name).and_then(|value| scalar(&value));
        let Some(value) = value.filter(|text| !text.is_empty()) else {
            return Err(Invalid::new(Code::MissingField, name, "is required"));
        };
        path = path.replace(&format!("{{{name}}}"), &percent_encode(&value));
    }
    if operation.takes_body() {
        return Ok(Parts { path, query: Vec::new(), body: Some(Value::Object(members)) });
    }
    let mut query = Vec::with_capacity(members.len());
    for (name, value) in members {
        match (&value, scalar(&value)) {
            (Value::Null, _) => {}
            (_, Some(text)) => query.push((name, text)),
            (_, None) => {
                return Err(Invalid::new(Code::InvalidField, name, "is no query parameter"));
            }
        }
    }
    Ok(Parts { path, query, body: None })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
pub(crate) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

impl Operation {
    /// Whether the members that are not in the path travel in a body.
    pub fn takes_body(&self) -> bool {
        !matches!(self.method, Method::Get | Method::Delete)
    }
}

#[cfg(test)]
mod tests;
