//! DID documents (W3C DID Core): what a DID says about itself, and the same under `did:web`.
//!
//! Keys are Multikeys. An agent's own key may act and state; one that was replaced still vouches
//! for what it stated; the node's key for the agent states on its behalf and says so in its name.
//!
//! Deliberately absent: reading other people's documents beyond JSON values.

use serde_json::{Map, Value, json};

use crate::keys::PublicKey;

const CONTEXT: [&str; 2] =
    ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"];
/// What the names of keys that a node keeps for an agent begin with; the generation follows.
pub const NODE_FRAGMENT: &str = "node-";

/// What a key of the document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// The agent's own key: it acts and states.
    Own,
    /// A key that the agent had: statements made with it stand, and it acts no more.
    Former,
    /// The node's key for the agent, and its generation: it states on the agent's behalf.
    Node(u32),
}

/// A document to be written.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Its keys, the agent's own first.
    pub keys: Vec<(Use, PublicKey)>,
    /// Other names of the same.
    pub also_known_as: Vec<String>,
    /// Services: type and endpoint. The type, in lower case, is also the name.
    pub services: Vec<(String, String)>,
}

impl Document {
    /// The document of this DID.
    pub fn under(&self, did: &str) -> Value {
        let names: Vec<String> = self.keys.iter().map(|key| name(did, key)).collect();
        let methods = self.keys.iter().zip(&names).map(|((_, key), id)| {
            let key = key.to_multibase();
            json!({"id": id, "type": "Multikey", "controller": did, "publicKeyMultibase": key})
        });
        let own = |key: &(Use, PublicKey)| key.0 == Use::Own;
        let acting: Vec<&String> =
            self.keys.iter().zip(&names).filter(|(key, _)| own(key)).map(|(_, id)| id).collect();
        let mut document = Map::new();
        document.insert("@context".to_owned(), json!(CONTEXT));
        document.insert("id".to_owned(), did.into());
        document.insert("verificationMethod".to_owned(), methods.collect());
        document.insert("authentication".to_owned(), json!(acting));
        document.insert("assertionMethod".to_owned(), json!(names));
        if !self.also_known_as.is_empty() {
            document.insert("alsoKnownAs".to_owned(), json!(self.also_known_as));
        }
        if !self.services.is_empty() {
            let services = self.services.iter().map(|(kind, endpoint)| {
                let id = format!("{did}#{}", kind.to_ascii_lowercase());
                json!({"id": id, "type": kind, "serviceEndpoint": endpoint})
            });
            document.insert("service".to_owned(), services.collect());
        }
        Value::Object(document)
    }
}

fn name(did: &str, (used, key): &(Use, PublicKey)) -> String {
    match used {
        Use::Node(generation) => format!("{did}#{NODE_FRAGMENT}{generation}"),
        Use::Own | Use::Former => format!("{did}#{key}"),
    }
}

/// The document of a `did:key`.
pub fn of_key(key: &PublicKey) -> Value {
    Document { keys: vec![(Use::Own, *key)], ..Document::default() }.under(key.did_key().as_str())
}

/// A document under another name of the same place: every reference to itself is renamed and the
/// former name is kept (did:webvh, "Publishing a Parallel did:web DID").
pub fn renamed(document: &Value, from: &str, to: &str) -> Value {
    let mut renamed = document.clone();
    rename(&mut renamed, from, to);
    if let Value::Object(members) = &mut renamed {
        members.insert("controller".to_owned(), from.into());
        let mut known: Vec<Value> = match document.get("alsoKnownAs") {
            Some(Value::Array(names)) => names.clone(),
            _ => Vec::new(),
        };
        known.retain(|name| name.as_str() != Some(to) && name.as_str() != Some(from));
        known.push(from.into());
        members.insert("alsoKnownAs".to_owned(), known.into());
    }
    renamed
}

fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            let rest =
                text.strip_prefix(from).filter(|rest| rest.is_empty() || rest.starts_with('#'));
            if let Some(rest) = rest {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
        Value::Object(members) => members.values_mut().for_each(|item| rename(item, from, to)),
        _ => {}
    }
}

/// The Ed25519 keys that a document lets act; others are passed over.
pub fn acting_keys(document: &Value) -> Vec<PublicKey> {
    let list = |name: &str| document.get(name).and_then(Value::as_array).cloned();
    let acting = list("authentication").unwrap_or_default();
    let methods = list("verificationMethod").unwrap_or_default();
    let acts = |method: &&Value| method.get("id").is_some_and(|id| acting.contains(id));
    let key = |method: &Value| {
        let text = method.get("publicKeyMultibase").and_then(Value::as_str)?;
        PublicKey::from_multibase(text).ok()
    };
    methods.iter().filter(acts).filter_map(key).collect()
}
