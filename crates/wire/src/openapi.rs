//! The OpenAPI 3.1 document of the native API, made from the operation table.
//!
//! Schemas are JSON Schema 2020-12, which OpenAPI 3.1 speaks. The members of each request object
//! are laid out as the operation reads them: path, then query or body. The same table gives the
//! same document, byte for byte.
//!
//! Deliberately absent: dialects, whose own documents describe them.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::operation::{Access, Media, Operation};
use crate::operations::{OPERATIONS, TAGS};
use crate::problem::{self, Problem};
use crate::{limits, schema};

/// Makes the document for a version of the software.
pub fn document(version: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let described = describe(operation, &mut generator);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = described;
    }
    let problem = generator.subschema_for::<Problem>();
    // Named by the `X-Request-Id` header of every answer.
    let request_id = generator.subschema_for::<schema::RequestId>();
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Hansa",
            "version": version,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            "description": "A node for AI agents: identity, authority, money and signed intents. \
                Amounts are decimal strings of major units, times RFC 3339 in UTC. Errors are \
                RFC 9457 problems with a stable code.",
        },
        "servers": [{ "url": "/" }],
        "tags": TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect::<Value>(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "api_key": { "type": "http", "scheme": "bearer", "description": "An API key of a principal." },
            },
            "responses": { "Problem": {
                "description": "A refusal or fault (RFC 9457).",
                "headers": { "X-Request-Id": { "schema": request_id } },
                "content": { problem::MEDIA_TYPE: { "schema": problem } },
            } },
            "parameters": { "IdempotencyKey": idempotency_key() },
        },
    })
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "Repeating a request with the same key within 24 hours answers as the first \
            time and does nothing again; another body under the same key is refused.",
        "schema": { "type": "string", "minLength": 1, "maxLength": limits::IDEMPOTENCY_KEY_BYTES_MAX },
    })
}

fn describe(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let mut request = (operation.request)(generator).to_value();
    let mut parameters = path_parameters(operation, &mut request);
    let mut body = None;
    match operation.takes_body() {
        true => body = Some(request_body(request)),
        false => parameters.extend(query_parameters(&mut request)),
    }
    if operation.idempotent {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": description(operation),
        "tags": [operation.tag],
        "responses": responses(operation, generator),
        "security": match operation.access {
            Access::Public => json!([]),
            Access::Principal | Access::Owner => json!([{ "api_key": [] }]),
        },
    });
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = body {
        described["requestBody"] = body;
    }
    described
}

fn description(operation: &Operation) -> String {
    let mut text = operation.description.to_owned();
    if operation.access == Access::Owner {
        text.push_str(" Only the node's owner, or whoever holds a grant from them.");
    }
    if operation.dry_run {
        text.push_str(" With dry_run the answer says what would happen, and nothing does.");
    }
    if operation.by_envelope() {
        text.push_str(" May also be carried by a signed envelope addressed to the node.");
    }
    text
}

/// Takes the path's members out of the request's schema.
fn path_parameters(operation: &Operation, request: &mut Value) -> Vec<Value> {
    operation.path_params().map(|name| parameter(request, name, "path")).collect()
}

fn query_parameters(request: &mut Value) -> Vec<Value> {
    let names: Vec<String> = request["properties"]
        .as_object()
        .map(|properties| properties.keys().cloned().collect())
        .unwrap_or_default();
    names.iter().map(|name| parameter(request, name, "query")).collect()
}

fn parameter(request: &mut Value, name: &str, place: &str) -> Value {
    let properties = request["properties"].as_object_mut();
    let mut schema = properties.and_then(|p| p.remove(name)).unwrap_or_else(|| json!({}));
    let mut required = false;
    if let Some(names) = request.get_mut("required").and_then(Value::as_array_mut) {
        let before = names.len();
        names.retain(|required| required != name);
        required = names.len() < before;
    }
    drop_null(&mut schema);
    let about = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let mut parameter =
        json!({ "name": name, "in": place, "required": required, "schema": schema });
    if let Some(about) = about {
        parameter["description"] = about;
    }
    parameter
}

/// A parameter is there or not; it is never null.
fn drop_null(schema: &mut Value) {
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(types) = schema.get_mut("type").and_then(Value::as_array_mut) {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            schema["type"] = only.clone();
        }
    }
    let choices = schema.get("anyOf").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut rest = choices.into_iter().filter(|choice| *choice != json!({ "type": "null" }));
    if let (Some(Value::Object(only)), None, Some(members)) =
        (rest.next(), rest.next(), schema.as_object_mut())
    {
        members.remove("anyOf");
        members.extend(only);
    }
}

fn request_body(mut schema: Value) -> Value {
    let required = schema["required"].as_array().is_some_and(|names| !names.is_empty());
    if let Some(members) = schema.as_object_mut() {
        members.retain(|name, value| {
            name != "required" || value.as_array().is_some_and(|names| !names.is_empty())
        });
    }
    json!({ "required": required, "content": { "application/json": { "schema": schema } } })
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let schema = (operation.response)(generator);
    let media = operation.media.as_str().split(';').next().unwrap_or_default();
    let about = match operation.media {
        Media::Json => "Success.",
        Media::NdJson => "Success: one JSON value per line.",
        Media::DidLog => "Success: one version of the log per line.",
        Media::Text => "Success: text.",
        Media::Html => "Success: a page.",
    };
    let mut responses = json!({
        operation.status.to_string(): {
            "description": about,
            "content": { media: { "schema": schema } },
        },
        "default": { "$ref": "#/components/responses/Problem" },
    });
    if operation.id == "ready" {
        responses["503"] = json!({
            "description": "Not every check passed.",
            "content": { media: { "schema": schema } },
        });
    }
    responses
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if name == "$ref" {
                        found.extend(member.as_str().map(str::to_owned));
                    }
                    references(member, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    fn operations(document: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
        document["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(move |(method, op)| (path, method, op))
        })
    }

    #[test]
    fn the_document_is_the_same_every_time() {
        let texts = [(); 2].map(|()| serde_json::to_string(&document("1.0.0")).unwrap());
        assert_eq!(texts[0], texts[1]);
    }

    #[test]
    fn every_reference_resolves() {
        let document = document("1.0.0");
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > OPERATIONS.len());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_schema_says_something_itself() {
        let document = document("1.0.0");
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            assert!(schema.get("$ref").is_none(), "{name} is another's name");
            let says = ["type", "oneOf", "anyOf"].iter().any(|word| schema.get(word).is_some());
            assert!(says, "{name}: {schema}");
        }
        assert_eq!(document["components"]["schemas"]["Problem"]["type"], "object");
    }

    #[test]
    fn parameters_are_never_null() {
        let document = document("1.0.0");
        for (path, _, op) in operations(&document) {
            for parameter in op["parameters"].as_array().into_iter().flatten() {
                assert!(!parameter.to_string().contains("null"), "{path}: {parameter}");
            }
        }
    }

    #[test]
    fn every_operation_is_described_once() {
        let document = document("1.0.0");
        let mut ids = BTreeSet::new();
        for (path, method, op) in operations(&document) {
            let id = op["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} twice");
            assert!(!op["summary"].as_str().unwrap().is_empty(), "{id}");
            assert!(!op["description"].as_str().unwrap().is_empty(), "{id}");
            let row = crate::operations::find(id).unwrap();
            assert_eq!(
                (row.path, row.method.as_str().to_ascii_lowercase()),
                (&**path, method.clone())
            );
            assert!(TAGS.iter().any(|(tag, _)| op["tags"] == json!([tag])), "{id}");
        }
        assert_eq!(ids.len(), OPERATIONS.len());
    }

    #[test]
    fn path_parameters_are_required_and_leave_the_rest() {
        let document = document("1.0.0");
        for (path, _, op) in operations(&document) {
            let parameters = op["parameters"].as_array().cloned().unwrap_or_default();
            for name in path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
                let found = parameters.iter().find(|p| p["name"] == name && p["in"] == "path");
                let found = found.unwrap_or_else(|| panic!("{path}: {name} is no member"));
                assert_eq!(found["required"], true, "{path}: {name}");
                assert_ne!(found["schema"], json!({}), "{path}: {name}");
                let body = &op["requestBody"]["content"]["application/json"]["schema"];
                assert!(body["properties"].get(name).is_none(), "{path}: {name}");
            }
        }
        let get = &document["paths"]["/api/v1/transfers"]["get"]["parameters"];
        let names: Vec<&str> =
            get.as_array().unwrap().iter().filter_map(|p| p["name"].as_str()).collect();
        assert_eq!(names, ["account", "currency", "cursor", "limit"]);
    }

    #[test]
    fn requests_refuse_unknown_members_in_the_document_too() {
        let document = document("1.0.0");
        for (path, method, op) in operations(&document) {
            if let Some(body) = op.get("requestBody") {
                let schema = &body["content"]["application/json"]["schema"];
                assert_eq!(schema["additionalProperties"], false, "{method} {path}");
            }
        }
    }

    #[test]
    fn no_two_types_share_a_name() {
        let document = document("1.0.0");
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "{name}");
        }
    }

    #[test]
    fn only_public_operations_go_without_a_credential() {
        let document = document("1.0.0");
        for (_, _, op) in operations(&document) {
            let row = crate::operations::find(op["operationId"].as_str().unwrap()).unwrap();
            assert_eq!(op["security"] == json!([]), row.access == Access::Public, "{}", row.id);
        }
    }
}
