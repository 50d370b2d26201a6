//! The three OpenAPI 3.1 documents of AGP, one for each trust domain, made from the table of routes.
//!
//! Objects are referred to by the `$id` of their schemas, so a document and what it refers to never
//! differ. An alias is a path of its own, and says which it is an alias of.

use serde_json::{Map, Value, json};

use super::route::{Domain, Member, Method, Route};
use super::routes::ROUTES;
use super::schemas;
use super::scope::Scope;
use crate::limits;

/// Where the documents lie on a node, without their file name.
pub const OPENAPI_PATH: &str = "/agp/openapi";

/// Makes the document of a domain, for a node at an address and a version of the software.
pub fn document(domain: Domain, base_url: &str, version: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter().filter(|route| route.domain == domain) {
        for (at, path) in route.paths.iter().enumerate() {
            let place = paths.entry(*path).or_insert_with(|| json!({}));
            place[route.method.as_str()] = describe(route, at, base_url);
        }
    }
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": format!("AGP {}", domain.as_str()),
            "version": version,
            "description": domain.about(),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": if base_url.is_empty() { "/" } else { base_url } }],
        "security": [{ "oauth2": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "oauth2": {
                "type": "oauth2",
                "flows": { "clientCredentials": {
                    "tokenUrl": format!("{base_url}/oauth/token"),
                    "scopes": Scope::ALL.iter().map(|scope| (scope.to_string(), Value::from(scope.about()))).collect::<Map<String, Value>>(),
                } },
            } },
            "parameters": {
                "IdempotencyKey": header("Idempotency-Key", "Repeating a request with the same key within 24 hours answers as the first time and does nothing again.", limits::IDEMPOTENCY_KEY_BYTES_MAX),
                "CorrelationId": header("X-Correlation-Id", "Repeated in the answer.", limits::IDEMPOTENCY_KEY_BYTES_MAX),
            },
            "responses": { "Error": {
                "description": "A refusal.",
                "content": { "application/json": { "schema": schema("common/error.json", base_url) } },
            } },
        },
    })
}

fn header(name: &str, about: &str, bytes_max: usize) -> Value {
    json!({
        "name": name, "in": "header", "required": false, "description": about,
        "schema": { "type": "string", "minLength": 1, "maxLength": bytes_max },
    })
}

fn schema(path: &str, base_url: &str) -> Value {
    match schemas::find(path) {
        Some(schema) => json!({ "$ref": schema.url(base_url) }),
        None => json!({ "type": "object" }),
    }
}

fn describe(route: &Route, at: usize, base_url: &str) -> Value {
    // An operation has one id; an alias is told from it by its number.
    let id = match at {
        0 => route.id.to_owned(),
        at => format!("{}_{}", route.id, at + 1),
    };
    let mut described = json!({
        "operationId": id,
        "summary": route.summary,
        "tags": [route.domain.as_str()],
        "security": [{ "oauth2": [route.scope.as_str()] }],
        "parameters": parameters(route),
        "responses": {
            route.status.to_string(): {
                "description": "Success.",
                "content": { "application/json": { "schema": answer(route, base_url) } },
            },
            "default": { "$ref": "#/components/responses/Error" },
        },
    });
    if at > 0 {
        let canonical = route.paths.first().copied().unwrap_or_default();
        described["description"] = format!("The same as {canonical}.").into();
    }
    if route.method != Method::Get {
        described["requestBody"] = json!({
            "required": true,
            "content": { "application/json": { "schema": request(route, base_url) } },
        });
    }
    described
}

fn parameters(route: &Route) -> Vec<Value> {
    let of_path = route.path_params().map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let mut parameters: Vec<Value> = of_path.collect();
    if route.lists {
        let query = |member: &Member| {
            json!({
                "name": member.name, "in": "query", "required": false,
                "description": member.about, "schema": { "type": member.kind },
            })
        };
        parameters.extend(route.more.iter().map(query));
        parameters.push(json!({ "name": "cursor", "in": "query", "required": false,
            "description": "Where to go on.", "schema": { "type": "string" } }));
        parameters.push(json!({ "name": "limit", "in": "query", "required": false,
            "description": "How many at most.",
            "schema": { "type": "integer", "minimum": 1, "maximum": limits::PAGE_ITEMS_MAX } }));
    }
    if route.method == Method::Post {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    parameters.push(json!({ "$ref": "#/components/parameters/CorrelationId" }));
    parameters
}

fn request(route: &Route, base_url: &str) -> Value {
    let found = schemas::find(route.answer).filter(|_| route.method == Method::Post);
    let mut properties = Map::new();
    if let Some(found) = found {
        let url = found.url(base_url);
        let members = found.at(base_url);
        for name in members["properties"].as_object().into_iter().flat_map(Map::keys) {
            let reference = json!({ "$ref": format!("{url}#/properties/{name}") });
            properties.insert(name.clone(), reference);
        }
        // Ours to say unless the client insists.
        for name in ["type", "status", "signature"] {
            properties.remove(name);
        }
    }
    for member in route.more {
        let about = json!({ "type": member.kind, "description": member.about });
        properties.insert(member.name.to_owned(), about);
    }
    for name in route.required {
        properties.entry(*name).or_insert_with(|| json!({}));
    }
    let mut schema = json!({ "type": "object", "properties": properties });
    if !route.required.is_empty() {
        schema["required"] = route.required.iter().copied().collect();
    }
    schema
}

fn answer(route: &Route, base_url: &str) -> Value {
    let one = schema(route.answer, base_url);
    match (route.lists, route.id) {
        (true, _) => json!({
            "type": "object",
            "required": ["items", "page"],
            "properties": {
                "items": { "type": "array", "items": one },
                "page": {
                    "type": "object",
                    "required": ["has_more"],
                    "properties": {
                        "has_more": { "type": "boolean" },
                        "next_cursor": { "type": ["string", "null"] },
                    },
                },
            },
        }),
        (_, "task_replay") => json!({
            "type": "object",
            "required": ["task_id", "events", "replay_complete"],
            "properties": {
                "task_id": { "type": "string" },
                "events": { "type": "array", "items": one },
                "replay_complete": { "type": "boolean" },
            },
        }),
        (_, "validate") => json!({
            "type": "object",
            "required": ["decision", "checks"],
            "properties": {
                "decision": { "enum": ["PERMIT", "DENY"] },
                "checks": { "type": "object", "additionalProperties": { "type": "boolean" } },
            },
        }),
        _ => one,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_described_once_for_each_path() {
        let mut ids = BTreeSet::new();
        let mut count = 0;
        for domain in Domain::ALL {
            let document = document(domain, "https://node.example", "1.0.0");
            assert_eq!(document["openapi"], "3.1.0");
            for (path, methods) in document["paths"].as_object().unwrap() {
                for (method, operation) in methods.as_object().unwrap() {
                    let id = operation["operationId"].as_str().unwrap();
                    assert!(ids.insert(id.to_owned()), "{id}");
                    count += 1;
                    let names = path.split('{').skip(1).map(|r| r.split('}').next().unwrap());
                    for name in names {
                        let found = operation["parameters"].as_array().unwrap().iter();
                        let found = found.filter(|p| p["name"] == name && p["in"] == "path");
                        assert_eq!(found.count(), 1, "{method} {path}");
                    }
                    let body = operation.get("requestBody").is_some();
                    assert_eq!(body, method != "get", "{method} {path}");
                }
            }
        }
        assert_eq!(count, ROUTES.iter().map(|route| route.paths.len()).sum::<usize>());
    }

    #[test]
    fn objects_are_referred_to_by_the_address_of_their_schemas() {
        let document = document(Domain::Registry, "https://node.example", "1.0.0");
        let made = &document["paths"]["/agp/revocations"]["post"];
        let answer = &made["responses"]["201"]["content"]["application/json"]["schema"];
        let url = "https://node.example/agp/schemas/objects/revocation-notice.json";
        assert_eq!(answer["$ref"], url);
        let body = &made["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(body["properties"]["reason"]["$ref"], format!("{url}#/properties/reason"));
        assert_eq!(body["required"], json!(["target_type", "target_id", "reason"]));
    }
}
