//! The 25 JSON Schemas of AGP objects, as files of `schemas/agp`, embedded.
//!
//! A file's `$id` is a path; [`Schema::at`] puts the node's address before it, so that a schema is
//! fetched where it says it lies. References between them are relative and need no change.
//!
//! Deliberately absent: validation. What the node accepts is decided by the types it reads into;
//! the schemas describe what it answers.

use serde_json::Value;

/// Where the schemas lie on a node.
pub const SCHEMAS_PATH: &str = "/agp/schemas";
/// The media type of a schema.
pub const SCHEMA_MEDIA_TYPE: &str = "application/schema+json";

/// One schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Its path below [`SCHEMAS_PATH`].
    pub path: &'static str,
    /// The file.
    text: &'static str,
}

macro_rules! schemas {
    ($($path:literal),* $(,)?) => {
        /// Every schema, in the order of the protocol's index.
        pub const SCHEMAS: &[Schema] = &[$(Schema {
            path: $path,
            text: include_str!(concat!("../../../../schemas/agp/", $path)),
        }),*];
    };
}

schemas![
    "objects/task.json",
    "objects/capability-token.json",
    "objects/liability-binding.json",
    "objects/action-envelope.json",
    "objects/execution-receipt.json",
    "objects/decision-record.json",
    "objects/policy-decision.json",
    "objects/approval-artifact.json",
    "objects/event-ledger-record.json",
    "objects/delegation-chain.json",
    "objects/revocation-notice.json",
    "objects/skill-manifest.json",
    "objects/attested-context.json",
    "objects/evidence-bundle.json",
    "objects/impact-assessment.json",
    "objects/escalation-notice.json",
    "objects/commerce-session.json",
    "common/defs.json",
    "common/base.json",
    "common/signature.json",
    "common/error.json",
    "async/async-operation.json",
    "async/approval-request.json",
    "async/policy-evaluation-request.json",
    "agp-object.json",
];

/// Finds a schema by its path, or by the file name alone.
pub fn find(path: &str) -> Option<&'static Schema> {
    let named = |schema: &&Schema| schema.path == path;
    let alone = |schema: &&Schema| schema.path.rsplit('/').next() == Some(path);
    SCHEMAS.iter().find(named).or_else(|| SCHEMAS.iter().find(alone))
}

impl Schema {
    /// The schema as a node at this address serves it.
    pub fn at(&self, base_url: &str) -> Value {
        let mut schema: Value = serde_json::from_str(self.text).unwrap_or_default();
        if let Some(members) = schema.as_object_mut() {
            members.insert("$id".to_owned(), self.url(base_url).into());
        }
        schema
    }

    /// Where a node at this address serves it.
    pub fn url(&self, base_url: &str) -> String {
        format!("{base_url}{SCHEMAS_PATH}/{}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_25_and_each_says_where_it_lies() {
        assert_eq!(SCHEMAS.len(), 25);
        assert_eq!(SCHEMAS.iter().filter(|s| s.path.starts_with("objects/")).count(), 17);
        for schema in SCHEMAS {
            let file: Value = serde_json::from_str(schema.text).unwrap();
            assert_eq!(file["$id"], format!("{SCHEMAS_PATH}/{}", schema.path));
            assert_eq!(file["$schema"], "https://json-schema.org/draft/2020-12/schema");
            let served = schema.at("https://node.example");
            assert_eq!(served["$id"], schema.url("https://node.example"));
            assert!(served["title"].is_string() && served["description"].is_string());
        }
    }

    #[test]
    fn every_file_of_the_directory_is_served() {
        #![allow(clippy::disallowed_methods, reason = "the test looks at the files themselves")]
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/agp");
        let mut found = BTreeSet::new();
        for folder in ["", "objects/", "common/", "async/"] {
            for entry in std::fs::read_dir(format!("{root}/{folder}")).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                if name.ends_with(".json") {
                    found.insert(format!("{folder}{name}"));
                }
            }
        }
        let served: BTreeSet<String> = SCHEMAS.iter().map(|s| s.path.to_owned()).collect();
        assert_eq!(found, served);
    }

    #[test]
    fn a_schema_is_found_by_its_path_or_its_name() {
        assert_eq!(find("objects/task.json"), find("task.json"));
        assert_eq!(find("task.json").map(|schema| schema.path), Some("objects/task.json"));
        for unknown in ["", "task", "../task.json", "objects/", "objects/tasks.json"] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
    }

    /// A pointer into the schema a reference names, from the schema that names it.
    fn resolves(from: &Schema, reference: &str) -> bool {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let folder = from.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = match file.strip_prefix("../") {
            _ if file.is_empty() => from.path.to_owned(),
            Some(above) => above.to_owned(),
            None if folder.is_empty() => file.to_owned(),
            None => format!("{folder}/{file}"),
        };
        let Some(target) = SCHEMAS.iter().find(|schema| schema.path == path) else { return false };
        let target: Value = serde_json::from_str(target.text).unwrap();
        target.pointer(pointer).is_some()
    }

    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| match name.as_str() {
                    "$ref" => found.push(member.as_str().unwrap().to_owned()),
                    _ => references(member, found),
                })
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_resolves() {
        for schema in SCHEMAS {
            let mut found = Vec::new();
            references(&serde_json::from_str(schema.text).unwrap(), &mut found);
            for reference in found {
                assert!(resolves(schema, &reference), "{}: {reference}", schema.path);
            }
        }
    }
}
