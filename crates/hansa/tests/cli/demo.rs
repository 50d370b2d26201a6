//! `hansa demo`: the whole story holds, and nothing is left behind.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use rustix::process::{Signal, kill_process};
use serde_json::Value;

use crate::support::{Place, listens, names, pid, wait};

#[test]
fn every_step_of_the_story_holds() {
    let place = Place::new();
    let temporary = place.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let temporary_text = temporary.to_str().unwrap();
    let run = place.run_with(&["demo", "--json"], &[("TMPDIR", temporary_text)]);
    run.ok();
    let steps: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names_told: Vec<&str> = steps.iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(
        names_told,
        [
            "node_started",
            "owner_created",
            "agents_created",
            "genesis_grants",
            "agent_discovered",
            "terms_offered",
            "terms_countered",
            "terms_accepted",
            "escrow_opened",
            "milestone_1_paid",
            "milestone_2_paid",
            "agent_rated",
            "forgery_refused",
            "replay_refused",
            "overdraft_refused",
            "spent_escrow_refused",
            "developer_registered",
            "agent_onboarded",
            "token_issued",
            "card_verified",
            "key_rotated",
            "agent_moved",
            "developer_erased",
            "node_killed",
            "node_restarted",
            "payments_kept",
            "payments_retried",
            "journal_exported",
            "journal_audited",
            "tampering_detected",
            "node_stopped",
            "summary",
        ]
    );
    for step in &steps {
        assert!(step["ok"] == true && step["ms"].is_u64(), "{step}");
    }
    let step = |name: &str| steps.iter().find(|step| step["step"] == name).unwrap();
    assert_eq!(step("escrow_opened")["alice_held"], "50.25");
    assert_eq!(step("forgery_refused")["code"], "signature_invalid");
    assert_eq!(step("replay_refused")["code"], "envelope_replayed");
    assert_eq!(step("overdraft_refused")["code"], "insufficient_funds");
    assert_eq!(step("spent_escrow_refused")["code"], "escrow_spent");
    assert_eq!(step("payments_kept")["lost"], 0);
    assert_eq!(step("summary")["supply_delta"], "0");
    assert!(names(&temporary).is_empty(), "{:?}", names(&temporary));
}

#[test]
fn what_is_kept_can_be_audited_and_served() {
    let place = Place::new();
    let run = place.run(&["demo", "--keep", "story"]);
    assert!(run.ok().stdout.lines().all(|line| line.starts_with("✓ ")), "{}", run.stdout);
    place.run(&["audit", "story/journal.jsonl"]).ok();
    place.run(&["audit", "story/node"]).ok();
    place.run(&["audit", "story/tampered.jsonl"]).failed(1, &["does not verify", "entry "]);
    let key = std::fs::read_to_string(place.path("story/owner.key")).unwrap();
    let served = place.serve("story/node");
    assert_eq!(served.run(&key, &["status", "--json"]).json()["sound"], true);
    // A folder that is there already is not touched.
    place.run(&["demo", "--keep", "story"]).failed(1, &["next step: name a folder"]);
}

#[test]
fn an_interrupted_story_leaves_no_process_and_no_directory() {
    let place = Place::new();
    let temporary = place.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let mut command = place.command(&["demo", "--json"]);
    command.env("TMPDIR", &temporary).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    kill_process(pid(&child), Signal::INT).unwrap();
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(wait(&mut child).code(), Some(1));
    let last: Value = serde_json::from_str(rest.last().unwrap()).unwrap();
    assert!(last["step"] == "summary" && last["ok"] == false, "{last}");
    let address = first["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    assert!(!listens(&address), "the node still listens on {address}");
    assert!(names(&temporary).is_empty(), "{:?}", names(&temporary));
}

#[test]
fn the_gate_opens_for_the_right_way_alone() {
    let place = Place::new();
    let temporary = place.path("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let run =
        place.run_with(&["demo", "--gate", "--json"], &[("TMPDIR", temporary.to_str().unwrap())]);
    run.ok();
    let steps: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(steps.iter().all(|step| step["ok"] == true && step["ms"].is_u64()), "{steps:?}");
    let step = |name: &str| steps.iter().find(|step| step["step"] == name).unwrap();
    assert_eq!(step("policy_asked")["verdict"], "require_approval");
    assert_eq!(step("payment_executed")["usd"], 125_000);
    assert_eq!(step("receipt_verified")["state"], "done");
    let refused = [
        ("no_token_refused", "grant_required", false),
        ("expired_token_refused", "grant_expired", true),
        ("revoked_ancestor_refused", "grant_revoked", true),
        ("amount_refused", "grant_limit_exceeded", true),
        ("tool_refused", "grant_out_of_scope", true),
        ("rejected_approval_refused", "approval_rejected", false),
        ("other_amount_refused", "approval_mismatch", true),
        ("own_approval_refused", "own_act", false),
        ("dead_engine_refused", "policy_engine_unavailable", false),
    ];
    for (name, code, is_violation) in refused {
        let step = step(name);
        assert_eq!(step["code"], code, "{step}");
        assert!(step["entry"].is_u64(), "{step}");
        assert_eq!(step.get("escalation").is_some(), is_violation, "{step}");
    }
    assert_eq!(step("summary")["refusals"], refused.len());
    assert!(names(&temporary).is_empty(), "{:?}", names(&temporary));
}
