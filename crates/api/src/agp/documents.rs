//! The schemas and the three OpenAPI documents, for everybody.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;
use hansa_types::Code;
use hansa_wire::agp::openapi::document;
use hansa_wire::agp::schemas::{self, SCHEMA_MEDIA_TYPE, SCHEMAS};
use hansa_wire::agp::yaml::to_yaml;
use hansa_wire::agp::{AgpError, Domain};
use serde_json::{Value, json};

/// A document that anybody may keep for an hour.
fn published(media: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, media),
        (CACHE_CONTROL, "public, max-age=3600"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Every schema with where it lies.
pub(super) fn index(base_url: &str) -> Response {
    let tell = |schema: &schemas::Schema| {
        let (url, told) = (schema.url(base_url), schema.at(base_url));
        json!({ "$id": url, "title": told["title"], "description": told["description"] })
    };
    let items: Vec<Value> = SCHEMAS.iter().map(tell).collect();
    published("application/json", json!({ "items": items }).to_string())
}

/// One schema.
pub(super) fn schema(path: &str, base_url: &str) -> Result<Response, AgpError> {
    let schema = schemas::find(path).ok_or(Code::NotFound)?;
    Ok(published(SCHEMA_MEDIA_TYPE, schema.at(base_url).to_string()))
}

/// One OpenAPI document, by its file name.
pub(super) fn openapi(file: &str, base_url: &str) -> Result<Response, AgpError> {
    let (name, form) = file.split_once('.').ok_or(Code::NotFound)?;
    let domain = Domain::ALL.into_iter().find(|domain| domain.as_str() == name);
    let document = document(domain.ok_or(Code::NotFound)?, base_url, env!("CARGO_PKG_VERSION"));
    match form {
        "json" => Ok(published("application/json", document.to_string())),
        "yaml" => Ok(published("application/yaml", to_yaml(&document))),
        _ => Err(Code::NotFound.into()),
    }
}
