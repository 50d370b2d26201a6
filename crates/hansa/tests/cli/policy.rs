//! `hansa policy test`: no node, no network, an exit code.

use std::path::Path;

use crate::support::Place;

const POLICY: &str = "package hansa.policy\nimport rego.v1\n\
    default decision := {\"verdict\": \"deny\"}\n\
    decision := {\"verdict\": \"allow\"} if input.money.units <= 100\n";

fn bundled(set: &str) -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(set);
    dir.to_str().unwrap().to_owned()
}

#[test]
fn the_bundled_policies_pass_their_tests() {
    let place = Place::new();
    let told = place.run(&["policy", "test", &bundled("finance-v2"), "--json"]).json();
    assert_eq!((&told["passed"], &told["percent"]), (&true.into(), &100.into()), "{told}");
}

#[test]
fn a_failing_test_a_missing_one_and_missed_lines_fail() {
    let place = Place::new();
    std::fs::create_dir(place.path("p")).unwrap();
    place.run(&["policy", "test", "p"]).failed(1, &["holds no policies"]);
    place.write("p/policy.rego", POLICY);
    place.run(&["policy", "test", "p"]).failed(1, &["there are no tests"]);
    let test = "package t\nimport rego.v1\nimport data.hansa.policy\n\
        test_small if policy.decision.verdict == \"allow\" with input as {\"money\": {\"units\": 1}}\n";
    place.write("p/policy_test.rego", test);
    assert_eq!(place.run(&["policy", "test", "p"]).code, 0);
    let wrong = test.replace("\"allow\"", "\"deny\"");
    place.write("p/policy_test.rego", &wrong);
    place.run(&["policy", "test", "p"]).failed(1, &["1 of 1 tests failed"]);
    place.write("p/policy.rego", "package hansa.policy\nx :=");
    place.run(&["policy", "test", "p"]).failed(1, &["do not compile"]);
}
