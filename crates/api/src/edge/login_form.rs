//! Logging in by a form, as The Protocol's clients and OAuth's password grant have it.
//!
//! `username` is the e-mail address. What the grant has beside name and password says nothing here and is
//! not looked at; anything else is refused, and so is what comes twice.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use hansa_types::{Code, Rejection};
use serde_json::{Map, Value};

use super::query;

/// Members of the grant (RFC 6749 section 4.3.2) that mean nothing to this node.
const UNUSED: [&str; 3] = ["scope", "client_id", "client_secret"];

/// Whether a body is a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The request that a form stands for.
pub(super) fn read(body: &[u8]) -> Result<Value, Rejection> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Rejection::new(Code::InvalidField, "the form is not UTF-8"))?;
    let mut members = Map::new();
    for (name, value) in query::read(text)? {
        let member = match name.as_str() {
            "username" => "email",
            "password" | "totp" => name.as_str(),
            "grant_type" if value == "password" || value.is_empty() => continue,
            "grant_type" => {
                return Err(Rejection::new(Code::InvalidField, "grant_type: only password"));
            }
            other if UNUSED.contains(&other) => continue,
            other => {
                let detail = format!("{}: not in this form", other.escape_debug());
                return Err(Rejection::new(Code::UnknownField, detail));
            }
        };
        if members.insert(member.to_owned(), Value::String(value)).is_some() {
            return Err(Rejection::new(Code::InvalidField, format!("{name}: given twice")));
        }
    }
    Ok(Value::Object(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_an_address_and_a_password() {
        let form = b"grant_type=password&username=a%40example.com&password=p+w&scope=&client_id=";
        let read_as = serde_json::json!({ "email": "a@example.com", "password": "p w" });
        assert_eq!(read(form).unwrap(), read_as);
        for (form, code) in [
            ("username=a&username=b", Code::InvalidField),
            ("email=a", Code::UnknownField),
            ("cookie=true", Code::UnknownField),
            ("grant_type=client_credentials", Code::InvalidField),
        ] {
            assert_eq!(read(form.as_bytes()).unwrap_err().code, code, "{form}");
        }
        assert!(read(b"\xff=1").is_err() && read(b"a=%zz").is_err());
    }
}
