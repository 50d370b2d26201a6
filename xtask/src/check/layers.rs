//! Step `layers`: who may depend on whom.
//!
//! The table [`RULES`] is the architecture's arrow diagram. Every crate under `crates/` has a row,
//! and a normal or build dependency on another crate of this workspace must stand in it.
//! Development dependencies are free, and are the only ones that may name the test kit.
//!
//! Invariants: a crate without a row fails (so a new one cannot slip in); the pure crates have no
//! runtime, SQL driver, HTTP client or source of randomness among their direct dependencies.
//!
//! Deliberately absent: what dependencies bring along themselves. Step `clippy` forbids the calls.

use super::{Request, Step, verdict};
use anyhow::Context as _;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// One crate's row.
struct Rule {
    /// Package name.
    package: &'static str,
    /// Packages of this workspace it may name. `hansa-types` is free for all.
    may: &'static [&'static str],
    /// Whether [`IMPURE`] is forbidden to it.
    pure: bool,
}

/// Lowest first. `hansa-crypto` is named wherever a layer checks or makes digests and signatures.
const RULES: &[Rule] = &[
    Rule { package: "hansa-types", may: &[], pure: true },
    Rule { package: "hansa-crypto", may: &[], pure: true },
    Rule { package: "hansa-kernel", may: &["hansa-crypto"], pure: true },
    Rule { package: "hansa-wire", may: &["hansa-crypto"], pure: true },
    Rule { package: "hansa-store", may: &["hansa-crypto"], pure: false },
    Rule { package: "hansa-views", may: &["hansa-crypto", "hansa-kernel"], pure: false },
    Rule { package: "hansa-link", may: &["hansa-wire", "hansa-crypto"], pure: false },
    Rule {
        package: "hansa-node",
        may: &[
            "hansa-crypto",
            "hansa-kernel",
            "hansa-store",
            "hansa-views",
            "hansa-wire",
            "hansa-link",
        ],
        pure: false,
    },
    Rule { package: "hansa-runtime", may: &["hansa-node"], pure: false },
    Rule {
        package: "hansa-api",
        // The kernel to name commands, the views to name questions.
        may: &["hansa-node", "hansa-wire", "hansa-kernel", "hansa-views", "hansa-crypto"],
        pure: false,
    },
    Rule { package: "hansa", may: ANY, pure: false },
    Rule { package: TESTKIT, may: ANY, pure: false },
    Rule { package: "hansa-bench", may: ANY, pure: false },
    Rule { package: "xtask", may: ANY, pure: false },
];

/// Every crate but the test kit.
const ANY: &[&str] = &["*"];
const TYPES: &str = "hansa-types";
const TESTKIT: &str = "hansa-testkit";

/// What a pure crate never links.
const IMPURE: &[&str] = &["tokio", "axum", "rusqlite", "sqlx", "reqwest", "rand", "getrandom"];

/// The exceptions: package, optional dependency, and the one feature that may turn it on.
const OPTIONAL: &[(&str, &str, &str)] =
    &[("hansa-wire", "reqwest", "client"), ("hansa-wire", "tokio", "client")];

/// The step.
pub(super) const STEP: Step = Step {
    name: "layers",
    about: "crates depend downwards only, pure crates on nothing impure",
    help: "Reads `cargo metadata` and compares it with the table in xtask/src/check/layers.rs.\n\
           Answer a failure by moving the code to the layer that may do it, not by a new arrow.",
    flag: None,
    run: |request: &Request<'_>| {
        let metadata: Metadata = serde_json::from_value(request.workspace.metadata()?)
            .context("cargo metadata has an unexpected shape")?;
        verdict(&findings(&metadata), "the table of layers is xtask/src/check/layers.rs")
    },
};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` is a normal dependency; otherwise "dev" or "build".
    kind: Option<String>,
    optional: bool,
}

fn findings(metadata: &Metadata) -> Vec<String> {
    let members: BTreeSet<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let mut findings = Vec::new();
    for package in &metadata.packages {
        let Some(rule) = RULES.iter().find(|rule| rule.package == package.name) else {
            findings.push(format!("{} has no row in the table", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            if dependency.kind.as_deref() == Some("dev") {
                continue;
            }
            let name = dependency.name.as_str();
            if members.contains(name) && !may_name(rule, name) {
                findings.push(format!("{} may not depend on {name}", package.name));
            }
            if rule.pure && IMPURE.contains(&name) && !is_excepted(package, dependency) {
                findings.push(format!("{} is pure and may not depend on {name}", package.name));
            }
        }
    }
    findings
}

fn may_name(rule: &Rule, name: &str) -> bool {
    name != TESTKIT && (name == TYPES || rule.may == ANY || rule.may.contains(&name))
}

/// Whether an optional dependency stands in [`OPTIONAL`] and only its own feature turns it on.
fn is_excepted(package: &Package, dependency: &Dependency) -> bool {
    let row = OPTIONAL.iter().find(|(p, d, _)| *p == package.name && *d == dependency.name);
    let Some((_, name, gate)) = row else {
        return false;
    };
    let turns_on = |value: &String| {
        value.strip_prefix("dep:").unwrap_or(value).split('/').next() == Some(*name)
    };
    let by_gate_only = package.features.iter().all(|(feature, values)| {
        feature == gate || !values.iter().any(|value| turns_on(value) || value == gate)
    });
    dependency.optional && by_gate_only
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(packages: serde_json::Value) -> Vec<String> {
        findings(&serde_json::from_value(json!({ "packages": packages })).unwrap())
    }

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> serde_json::Value {
        let dependencies: Vec<_> = dependencies
            .iter()
            .map(|(name, kind)| json!({ "name": name, "kind": kind, "optional": false }))
            .collect();
        json!({ "name": name, "dependencies": dependencies, "features": {} })
    }

    #[test]
    fn arrows_point_downwards() {
        let types = package("hansa-types", &[]);
        let crypto = package("hansa-crypto", &[("hansa-types", None)]);
        assert!(check(json!([types, crypto])).is_empty());
        let types = package("hansa-types", &[("hansa-crypto", None)]);
        assert_eq!(check(json!([types, crypto])), ["hansa-types may not depend on hansa-crypto"]);
    }

    #[test]
    fn build_dependencies_count_and_dev_dependencies_do_not() {
        let store = package("hansa-store", &[]);
        let kernel = package("hansa-kernel", &[("hansa-store", Some("build"))]);
        assert_eq!(check(json!([store, kernel])).len(), 1);
        let kernel =
            package("hansa-kernel", &[("hansa-store", Some("dev")), ("tokio", Some("dev"))]);
        assert!(check(json!([store, kernel])).is_empty());
    }

    #[test]
    fn only_tests_may_name_the_test_kit() {
        let kit = package("hansa-testkit", &[("hansa-node", None)]);
        let node = package("hansa-node", &[]);
        let hansa = package("hansa", &[("hansa-testkit", Some("dev")), ("hansa-node", None)]);
        assert!(check(json!([kit, node, hansa])).is_empty());
        let hansa = package("hansa", &[("hansa-testkit", None)]);
        assert_eq!(check(json!([kit, node, hansa])).len(), 1);
    }

    #[test]
    fn pure_crates_stay_pure() {
        let found = check(json!([package("hansa-kernel", &[("tokio", None), ("rand", None)])]));
        assert_eq!(found.len(), 2);
        assert!(check(json!([package("hansa-store", &[("rusqlite", None)])])).is_empty());
    }

    #[test]
    fn the_client_feature_alone_may_bring_an_http_client() {
        let wire = |optional: bool, features: serde_json::Value| {
            json!([{
                "name": "hansa-wire",
                "dependencies": [{ "name": "reqwest", "kind": null, "optional": optional }],
                "features": features,
            }])
        };
        assert!(check(wire(true, json!({ "client": ["dep:reqwest"] }))).is_empty());
        assert_eq!(check(wire(false, json!({}))).len(), 1);
        let by_default = json!({ "client": ["dep:reqwest"], "default": ["client"] });
        assert_eq!(check(wire(true, by_default)).len(), 1);
        assert_eq!(check(wire(true, json!({ "other": ["dep:reqwest"] }))).len(), 1);
    }

    #[test]
    fn a_crate_without_a_row_fails() {
        assert_eq!(
            check(json!([package("hansa-new", &[])])),
            ["hansa-new has no row in the table"]
        );
    }
}
