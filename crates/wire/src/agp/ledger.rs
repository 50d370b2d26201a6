//! The ledger of a task: the entries of its record, each chained to the one before.

use std::collections::BTreeMap;

use hansa_types::{AnyId, Code, Digest};
use serde_json::{Map, Value, json};

use super::artifact::task_of;
use super::body::Body;
use super::words::{digest, hash, note};
use crate::api::actions::ReplayStep;
use crate::api::clearance::{Artifact, Claim, EvidenceAdd};
use crate::request::Invalid;
use crate::scalar::{Annotations, WireTime};

/// The member of an evidence bundle that makes it a step which happened elsewhere.
const ELSEWHERE: &str = "ledger_event";

/// A step that happened elsewhere, as a client tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The native evidence that it becomes.
    pub evidence: EvidenceAdd,
    /// What the client takes for the end of the task's chain.
    pub after: Option<Digest>,
}

/// Reads a step that happened elsewhere: a claim about it, on record as evidence.
pub fn wanted(body: &Map<String, Value>) -> Result<Wanted, Invalid> {
    let body = Body(body);
    let outcome = body.need(&["outcome"])?;
    let mut kept = Map::new();
    for name in [
        "outcome",
        "agent_id",
        "principal_id",
        "timestamp",
        "decision_ref",
        "delegation_ref",
        "tool_action_ref",
        "evidence_refs",
        "artifact_hashes",
    ] {
        if let Some(value) = body.0.get(name) {
            kept.insert(name.to_owned(), value.clone());
        }
    }
    let mut members = Map::new();
    members.insert(ELSEWHERE.to_owned(), Value::Object(kept));
    let large = || Invalid::new(Code::InvalidField, "", "a step is at most 16 KiB of JSON");
    let after = body.text(&["prev_event_hash"])?;
    let unknown = || Invalid::new(Code::InvalidField, "prev_event_hash", "a SHA-256 digest");
    let claim = Claim {
        claim_text: note("outcome", &format!("a step elsewhere: {outcome}"))?,
        source_refs: Vec::new(),
        verification_status: hansa_types::governance::Verification::Unverified,
    };
    Ok(Wanted {
        evidence: EvidenceAdd {
            task: task_of(body)?,
            claims: vec![claim],
            fresh_until: None,
            annotations: Annotations::new(members).ok_or_else(large)?,
        },
        after: after.map(|text| digest(text).ok_or_else(unknown)).transpose()?,
    })
}

/// What clients told of steps elsewhere, by the evidence they are on record as.
#[derive(Debug, Clone, Default)]
pub struct Elsewhere(BTreeMap<AnyId, Map<String, Value>>);

impl Elsewhere {
    /// Learns of those among a task's artifacts.
    pub fn learn(&mut self, artifacts: &[Artifact]) {
        for artifact in artifacts {
            let document = artifact.document.as_ref();
            let told = document.and_then(|document| document.get("annotations")?.get(ELSEWHERE));
            if let Some(told) = told.and_then(Value::as_object) {
                self.0.insert(artifact.id, told.clone());
            }
        }
    }
}

/// One step in the protocol's words. `principal` is whom the task is done for.
pub fn event(step: &ReplayStep, task: &str, principal: &str, elsewhere: &Elsewhere) -> Value {
    let text = |name: &str| step.entry.get(name).and_then(Value::as_str);
    let data = |name: &str| step.entry.get("data").and_then(|data| data.get(name));
    let named = |name: &str| text(name).and_then(|id| id.parse::<AnyId>().ok());
    let action = [named("id"), named("subject")].into_iter().flatten().find_map(|id| match id {
        AnyId::Action(id) => Some(id.to_string()),
        _ => None,
    });
    let guard = data("guard").and_then(Value::as_str).and_then(|id| id.parse::<AnyId>().ok());
    let decision =
        [named("id"), guard].into_iter().flatten().find(|id| matches!(id, AnyId::Decision(_)));
    let digests = ["document", "outcome", "call", "result"].into_iter().filter_map(|name| {
        data(name)?.as_str()?.parse::<Digest>().ok().map(|digest| hash(&digest))
    });
    let first = step.prev == Digest::ZERO;
    let mut told = json!({
        "type": "EventLedgerRecord",
        "event_id": text("id").unwrap_or_default(),
        "seq": step.seq,
        "kind": text("kind"),
        "prev_event_hash": (!first).then(|| hash(&step.prev)),
        "event_hash": hash(&step.hash),
        "task_id": task,
        "timestamp": step.at,
        "agent_id": text("actor").unwrap_or("node"),
        "principal_id": principal,
        "outcome": outcome(text("kind").unwrap_or_default(), &step.entry),
        "decision_ref": decision,
        "delegation_ref": data("grant"),
        "evidence_refs": data("evidence").cloned().unwrap_or_else(|| json!([])),
        "tool_action_ref": action,
        "artifact_hashes": digests.collect::<Vec<_>>(),
    });
    let claimed = named("id").and_then(|id| elsewhere.0.get(&id));
    for (name, value) in claimed.into_iter().flatten() {
        // Who says so, and when it was said, stay the node's to tell.
        let name = match name.as_str() {
            "agent_id" => "claimed_agent_id",
            "principal_id" => "claimed_principal_id",
            "timestamp" => "claimed_timestamp",
            name => name,
        };
        told[name] = value.clone();
    }
    told
}

/// The protocol's word for what an entry says.
fn outcome(kind: &str, entry: &Map<String, Value>) -> String {
    let data = |name: &str| {
        entry.get("data").and_then(|data| data.get(name)).and_then(Value::as_str).map(str::to_owned)
    };
    let word = match kind {
        "task.declared" | "task.offered" | "task.parked" => "initiated",
        "task.moved" => return data("to").unwrap_or_else(|| "moved".to_owned()),
        "policy.asked" => "evaluation_requested",
        "policy.unanswered" => "evaluation_failed",
        "policy.evaluated" | "policy.judged" => "evaluated",
        "approval.requested" => "approval_requested",
        "approval.decided" => return data("decision").unwrap_or_else(|| "decided".to_owned()),
        "approval.expired" => "expired",
        "approval.used" => "approval_used",
        "effect.started" => "accepted",
        "effect.claimed" => "executing",
        "effect.finished" => match data("outcome").as_deref() {
            Some("done") => "executed",
            _ => "failed",
        },
        "effect.outcome_unknown" => "outcome_unknown",
        "action.refused" => "denied",
        "escalation.raised" => "escalated",
        "escalation.resolved" => "resolved",
        _ => "recorded",
    };
    word.to_owned()
}

/// Where a ledger over several tasks goes on: after some steps of one, and the tasks behind it.
pub fn cursor(steps: usize, tasks: Option<&str>) -> String {
    format!("{steps}.{}", tasks.unwrap_or_default())
}

/// Reads such a place.
pub fn place(text: &str) -> Option<(usize, Option<&str>)> {
    let (steps, tasks) = text.split_once('.')?;
    let count: usize = steps.parse().ok()?;
    let tasks = (!tasks.is_empty()).then_some(tasks);
    (cursor(count, tasks) == text).then_some((count, tasks))
}

/// When a step happened, for a list that is narrowed.
pub fn is_about(event: &Value, action: Option<&str>, outcome: Option<&str>) -> bool {
    action.is_none_or(|action| event["tool_action_ref"] == action)
        && outcome.is_none_or(|outcome| event["outcome"] == outcome)
}

/// The whole ledger of a task.
pub fn replay(task: &str, events: Vec<Value>, head: &Digest, as_of: WireTime) -> Value {
    json!({
        "task_id": task,
        "events": events,
        "replay_complete": true,
        "head_event_hash": hash(head),
        "replayed_at": as_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: &str = "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";

    fn step(entry: Value, prev: Digest) -> ReplayStep {
        ReplayStep {
            seq: 7,
            at: WireTime(hansa_types::Time(0)),
            prev,
            hash: Digest([2; 32]),
            leaf: Digest([3; 32]),
            entry: entry.as_object().unwrap().clone(),
            known: Map::new(),
        }
    }

    #[test]
    fn steps_are_chained_and_told_in_the_protocols_words() {
        let digits = "01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
        for (entry, expected) in [
            (json!({ "id": TASK, "kind": "task.declared", "data": {} }), "initiated"),
            (
                json!({ "id": format!("ent_{digits}"), "kind": "task.moved", "data": { "to": "decided" } }),
                "decided",
            ),
            (
                json!({ "id": format!("pev_{digits}"), "kind": "policy.evaluated", "data": {} }),
                "evaluated",
            ),
            (
                json!({ "id": format!("apr_{digits}"), "kind": "approval.decided", "data": { "decision": "approved" } }),
                "approved",
            ),
            (
                json!({ "id": format!("act_{digits}"), "kind": "effect.started", "data": {} }),
                "accepted",
            ),
            (
                json!({ "id": format!("rcp_{digits}"), "kind": "effect.finished", "data": { "outcome": "done" } }),
                "executed",
            ),
            (
                json!({ "id": format!("rcp_{digits}"), "kind": "effect.finished", "data": { "outcome": "not_sent" } }),
                "failed",
            ),
            (
                json!({ "id": format!("act_{digits}"), "kind": "action.refused", "data": {} }),
                "denied",
            ),
            (
                json!({ "id": format!("lib_{digits}"), "kind": "artifact.added", "data": {} }),
                "recorded",
            ),
        ] {
            let told = event(&step(entry.clone(), Digest::ZERO), TASK, "p", &Elsewhere::default());
            assert_eq!(told["outcome"], expected, "{entry}");
            assert_eq!(
                (&told["prev_event_hash"], &told["agent_id"]),
                (&Value::Null, &json!("node"))
            );
        }
        let entry = json!({ "id": format!("act_{digits}"), "kind": "effect.started", "actor": "agt_x", "data": {} });
        let told = event(&step(entry, Digest([1; 32])), TASK, "p", &Elsewhere::default());
        assert_eq!(told["prev_event_hash"], hash(&Digest([1; 32])));
        assert_eq!(
            (&told["tool_action_ref"], &told["agent_id"]),
            (&json!(format!("act_{digits}")), &json!("agt_x"))
        );
        assert!(is_about(&told, Some(&format!("act_{digits}")), Some("accepted")));
        assert!(!is_about(&told, None, Some("denied")) && !is_about(&told, Some("act_x"), None));
    }

    #[test]
    fn a_step_elsewhere_is_evidence_that_says_who_claims_it() {
        let body = json!({ "task_id": TASK, "outcome": "shipped", "agent_id": "robot", "timestamp": "2026-01-15T09:00:00Z" });
        let read = wanted(body.as_object().unwrap()).unwrap();
        let id = "evb_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
        let artifact: Artifact = serde_json::from_value(json!({
            "id": id, "kind": "evidence_bundle", "task": TASK, "record": {}, "seq": 7,
            "document": serde_json::to_value(&read.evidence).unwrap(), "created_at": "2026-01-15T09:00:00.000Z",
        }))
        .unwrap();
        let mut elsewhere = Elsewhere::default();
        elsewhere.learn(&[artifact]);
        let entry = json!({ "id": id, "kind": "artifact.added", "actor": "agt_x", "data": {} });
        let told = event(&step(entry, Digest::ZERO), TASK, "p", &elsewhere);
        assert_eq!(
            (&told["outcome"], &told["agent_id"], &told["claimed_agent_id"]),
            (&json!("shipped"), &json!("agt_x"), &json!("robot"))
        );
        for bad in [
            json!({ "outcome": "x" }),
            json!({ "task_id": TASK }),
            json!({ "task_id": TASK, "outcome": "x", "prev_event_hash": "latest" }),
        ] {
            assert!(wanted(bad.as_object().unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn places_are_read_as_they_are_written() {
        for (steps, tasks) in [(0, None), (7, Some("n12")), (50, None)] {
            assert_eq!(place(&cursor(steps, tasks)), Some((steps, tasks)));
        }
        for bad in ["", "7", "x.n1", "07.n1", "-1."] {
            assert_eq!(place(bad), None, "{bad}");
        }
    }
}
