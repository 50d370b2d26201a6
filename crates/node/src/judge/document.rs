//! The document of a policy set: its name and rules, as the vault keeps them.

use std::collections::BTreeMap;

use hansa_crypto::hash::sha256;
use hansa_crypto::json;
use hansa_types::{Code, Digest, Rejection};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::limits::{POLICY_BYTES_MAX, POLICY_MODULES_MAX, POLICY_TEXT_BYTES_MAX};

/// What a policy set says and what it is called.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Its name; the sets of one name are its versions.
    pub name: String,
    /// Which version, in its publisher's words.
    pub version: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Modules in Rego, by file name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub modules: BTreeMap<String, String>,
    /// What the rules look things up in, as `data`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
    /// The path of the decision at a remote OPA, behind `/v1/data/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opa_path: Option<String>,
}

impl PolicyDocument {
    /// Refuses a document without a name or of too much text.
    pub fn check(&self) -> Result<(), Rejection> {
        let refuse = |detail: &'static str| Err(Rejection::new(Code::InvalidField, detail));
        let short = |text: &str| !text.is_empty() && text.len() <= POLICY_TEXT_BYTES_MAX;
        if !short(&self.name) || !short(&self.version) {
            return refuse("name, version: 1 to 128 bytes");
        }
        if self.description.as_ref().is_some_and(|text| text.len() > 8 * POLICY_TEXT_BYTES_MAX) {
            return refuse("description: at most 1,024 bytes");
        }
        if self.modules.len() > POLICY_MODULES_MAX {
            return refuse("modules: at most 32");
        }
        let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/');
        if self.opa_path.as_ref().is_some_and(|path| !short(path) || !path.chars().all(is_path)) {
            return refuse("opa_path: names between slashes, at most 128 bytes");
        }
        match self.to_bytes()?.len() <= POLICY_BYTES_MAX {
            true => Ok(()),
            false => refuse("modules, data: at most 256 KiB together"),
        }
    }

    /// SHA-256 of what decides: the canonical form of modules, data and path.
    pub fn rules_digest(&self) -> Result<Digest, Rejection> {
        let rules = serde_json::json!({
            "modules": self.modules,
            "data": self.data,
            "opa_path": self.opa_path,
        });
        Ok(sha256(&json::canonical(&rules)?))
    }

    /// Its canonical form.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Rejection> {
        let value = serde_json::to_value(self);
        let value = value.map_err(|error| Rejection::new(Code::InvalidField, error.to_string()))?;
        json::canonical(&value)
    }

    /// Reads what [`PolicyDocument::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
