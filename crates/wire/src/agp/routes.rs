//! Every endpoint of AGP, once, in the three spellings of its published clients.

use super::route::Domain::{Decision, Execution, Registry};
use super::route::{Member, Route};
use super::scope::Scope;

const fn text(name: &'static str, about: &'static str) -> Member {
    Member { name, kind: "string", about }
}

const PRINCIPAL: Member = text("principal_id", "Only those of this principal.");
const STATUS: Member = text("status", "Only those in this state.");
const TASK: Member = text("task_id", "Only those of this task.");

/// Finds an endpoint by its id.
pub fn find(id: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.id == id)
}

/// Every endpoint.
pub const ROUTES: &[Route] = &[
    Route::post(Registry, "task_create", &["/agp/tasks"])
        .about("Declare a task", "objects/task.json")
        .takes(&["principal_id", "requested_outcome", "risk_tier"], &[]),
    Route::get(Registry, "task_list", &["/agp/tasks"])
        .about("List tasks", "objects/task.json")
        .lists(&[PRINCIPAL, STATUS]),
    Route::get(Registry, "task_get", &["/agp/tasks/{id}"])
        .about("Read a task", "objects/task.json"),
    Route::patch(Registry, "task_update", &["/agp/tasks/{id}"])
        .about("Move a task on", "objects/task.json")
        .takes(&["status"], &[text("transition_guard_ref", "The artifact that allows the step.")]),
    Route::post(Registry, "capability_create", &["/agp/capabilities"])
        .about("Give authority, or narrow authority that is held", "objects/capability-token.json")
        .takes(
            &[],
            &[
                text("granted_by", "Who gave the authority that is narrowed."),
                Member { name: "scope", kind: "array", about: "What it allows." },
                Member {
                    name: "max_amount_usd",
                    kind: "number",
                    about: "The most that one act may spend.",
                },
            ],
        ),
    Route::get(Registry, "capability_list", &["/agp/capabilities"])
        .about("List capabilities", "objects/capability-token.json")
        .lists(&[PRINCIPAL]),
    Route::get(Registry, "capability_get", &["/agp/capabilities/{id}"])
        .about("Read a capability", "objects/capability-token.json"),
    Route::post(Registry, "liability_binding_create", &["/agp/liability-bindings"])
        .about("Bind liability for a task", "objects/liability-binding.json")
        .takes(&["task_id", "sponsoring_entity", "accountable_owner", "jurisdiction"], &[]),
    Route::get(Registry, "liability_binding_get", &["/agp/liability-bindings/{id}"])
        .about("Read a liability binding", "objects/liability-binding.json"),
    Route::post(Registry, "delegation_create", &["/agp/delegations"])
        .about("Hand authority on", "objects/delegation-chain.json")
        .takes(&["delegate_agent", "authority_scope"], &[]),
    Route::get(Registry, "delegation_get", &["/agp/delegations/{id}"])
        .about("Read a delegation", "objects/delegation-chain.json"),
    Route::post(Registry, "skill_create", &["/agp/skills"])
        .about("Register a skill", "objects/skill-manifest.json")
        .takes(&["name", "version", "instruction_hash"], &[]),
    Route::get(Registry, "skill_list", &["/agp/skills"])
        .about("List skills", "objects/skill-manifest.json")
        .lists(&[
            text("publisher", "Only those of this publisher."),
            text("risk_class", "Only those of this risk."),
            text("attestation_level", "Only those of this level."),
        ]),
    Route::get(Registry, "skill_get", &["/agp/skills/{id}"])
        .about("Read a skill", "objects/skill-manifest.json"),
    Route::post(Registry, "policy_set_create", &["/agp/policy-sets"])
        .about("Register a policy set", POLICY_SET)
        .takes(&["name", "version"], &[]),
    Route::get(Registry, "policy_set_list", &["/agp/policy-sets"])
        .about("List policy sets", POLICY_SET)
        .lists(&[
            text("regulatory_framework", "Only those of this framework."),
            text("jurisdiction", "Only those of this jurisdiction."),
            STATUS,
            text("attestation_level", "Only those of this level."),
        ]),
    Route::get(Registry, "policy_set_get", &["/agp/policy-sets/{id}"])
        .about("Read a policy set", POLICY_SET),
    Route::patch(Registry, "policy_set_update", &["/agp/policy-sets/{id}"])
        .about("Deprecate or revoke a policy set", POLICY_SET)
        .takes(&["status"], &[]),
    Route::post(Registry, "revocation_create", &["/agp/revocations"])
        .about("Revoke, with everything that rests on it", "objects/revocation-notice.json")
        .takes(&["target_type", "target_id", "reason"], &[])
        .scope(Scope::RevocationWrite),
    Route::get(Registry, "revocation_get", &["/agp/revocations/{id}"])
        .about("Read a revocation", "objects/revocation-notice.json"),
    Route::post(Decision, "context_create", &["/agp/decision/contexts", "/agp/contexts"])
        .about("Attest what a task was told", "objects/attested-context.json")
        .takes(&["task_id", "trust_class"], &[]),
    Route::get(Decision, "context_get", &["/agp/decision/contexts/{id}", "/agp/contexts/{id}"])
        .about("Read a context", "objects/attested-context.json"),
    Route::post(
        Decision,
        "evidence_bundle_create",
        &["/agp/decision/evidence-bundles", "/agp/evidence-bundles"],
    )
    .about("Add evidence to a task", "objects/evidence-bundle.json")
    .takes(&["task_id"], &[]),
    Route::get(
        Decision,
        "evidence_bundle_get",
        &["/agp/decision/evidence-bundles/{id}", "/agp/evidence-bundles/{id}"],
    )
    .about("Read evidence", "objects/evidence-bundle.json"),
    Route::post(Decision, "decision_create", &["/agp/decision/decisions", "/agp/decisions"])
        .about("Record a decision", "objects/decision-record.json")
        .takes(&["task_id", "selected_action", "rationale", "uncertainty_score"], &[]),
    Route::get(Decision, "decision_get", &["/agp/decision/decisions/{id}", "/agp/decisions/{id}"])
        .about("Read a decision", "objects/decision-record.json"),
    Route::post(
        Decision,
        "policy_evaluation_create",
        &["/agp/decision/policy-evaluations", "/agp/policy-evaluations"],
    )
    .about("Have policy look at a decision", "objects/policy-decision.json")
    .takes(&[], &[text("policy_set_id", "The set that must be among those that look.")])
    .scope(Scope::PolicyWrite),
    Route::get(
        Decision,
        "policy_evaluation_get",
        &["/agp/decision/policy-evaluations/{id}", "/agp/policy-evaluations/{id}"],
    )
    .about("Read what policy said", "objects/policy-decision.json"),
    Route::post(
        Decision,
        "policy_decision_create",
        &["/agp/policy-decisions", "/agp/decision/policy-decisions"],
    )
    .about(
        "Record a verdict; the stricter of it and the node's counts",
        "objects/policy-decision.json",
    )
    .takes(&["decision_ref", "result"], &[])
    .scope(Scope::PolicyWrite),
    Route::get(
        Decision,
        "policy_decision_get",
        &["/agp/policy-decisions/{id}", "/agp/decision/policy-decisions/{id}"],
    )
    .about("Read a verdict", "objects/policy-decision.json"),
    Route::post(Decision, "approval_create", &["/agp/decision/approvals", "/agp/approvals"])
        .about("Approve or deny as who asks, or ask a role to", "objects/approval-artifact.json")
        .takes(&["task_id"], &[])
        .scope(Scope::ApprovalWrite),
    Route::get(Decision, "approval_get", &["/agp/decision/approvals/{id}", "/agp/approvals/{id}"])
        .about("Read an approval", "objects/approval-artifact.json"),
    Route::post(
        Decision,
        "approval_request_create",
        &["/agp/approval-requests", "/agp/decision/approval-requests"],
    )
    .about("Ask for an approval and wait for it", "async/async-operation.json")
    .takes(&["decision_ref"], &[text("approver_role", "Which role is asked."), TASK])
    .scope(Scope::ApprovalWrite)
    .status(202),
    Route::get(
        Decision,
        "approval_request_get",
        &["/agp/approval-requests/{id}", "/agp/decision/approval-requests/{id}"],
    )
    .about("Read a request for an approval", "async/approval-request.json"),
    Route::post(
        Decision,
        "impact_assessment_create",
        &["/agp/impact-assessments", "/agp/decision/impact-assessments"],
    )
    .about("Assess what an act leads to", "objects/impact-assessment.json")
    .takes(&["task_id", "time_horizons", "recommendation"], &[]),
    Route::get(
        Decision,
        "impact_assessment_get",
        &["/agp/impact-assessments/{id}", "/agp/decision/impact-assessments/{id}"],
    )
    .about("Read an assessment", "objects/impact-assessment.json"),
    Route::post(Decision, "escalation_create", &["/agp/decision/escalations", "/agp/escalations"])
        .about("Say that something is wrong", "objects/escalation-notice.json")
        .takes(&["task_id", "concern_type", "description"], &[]),
    Route::get(
        Decision,
        "escalation_get",
        &["/agp/decision/escalations/{id}", "/agp/escalations/{id}"],
    )
    .about("Read an escalation", "objects/escalation-notice.json"),
    Route::patch(
        Decision,
        "escalation_update",
        &["/agp/escalations/{id}", "/agp/decision/escalations/{id}"],
    )
    .about("Resolve an escalation", "objects/escalation-notice.json")
    .takes(
        &["outcome"],
        &[
            text("outcome", "upheld, dismissed or partially_upheld."),
            text("notes", "Why."),
            text("resolved_by", "Who resolves it: the caller."),
        ],
    ),
    Route::post(
        Decision,
        "commerce_session_create",
        &["/agp/commerce-sessions", "/agp/decision/commerce-sessions"],
    )
    .about("Begin a purchase under a task", "objects/commerce-session.json")
    .takes(&["task_id", "ucp_session_ref", "merchant_id", "cart_hash"], &[]),
    Route::get(
        Decision,
        "commerce_session_get",
        &["/agp/commerce-sessions/{id}", "/agp/decision/commerce-sessions/{id}"],
    )
    .about("Read a purchase", "objects/commerce-session.json"),
    Route::post(
        Execution,
        "action_envelope_create",
        &["/agp/execution/action-envelopes", "/agp/action-envelopes"],
    )
    .about("Act, if every artifact holds", "objects/action-envelope.json")
    .takes(
        &["task_id"],
        &[
            text("capability_token", "The authority, as some clients name it."),
            text("liability_binding", "The liability binding; the task's own unless named."),
            text("decision_record", "The decision; the task's own unless named."),
            text("policy_decision", "What policy said, as some clients name it."),
            text("approval_artifact", "The approval, as some clients name it."),
            text("idempotency_key", "The same as the header Idempotency-Key."),
        ],
    ),
    Route::get(
        Execution,
        "action_envelope_get",
        &["/agp/execution/action-envelopes/{id}", "/agp/action-envelopes/{id}"],
    )
    .about("Read an envelope", "objects/action-envelope.json"),
    Route::post(
        Execution,
        "receipt_create",
        &["/agp/execution-receipts", "/agp/execution/receipts"],
    )
    .about(
        "Say what became of an act that the caller carried out",
        "objects/execution-receipt.json",
    )
    .takes(&["action_ref", "outcome"], &[]),
    Route::get(
        Execution,
        "receipt_get",
        &["/agp/execution/receipts/{id}", "/agp/execution-receipts/{id}"],
    )
    .about("Read a receipt", "objects/execution-receipt.json"),
    Route::post(
        Execution,
        "ledger_event_create",
        &["/agp/ledger-events", "/agp/execution/ledger-events"],
    )
    .about("Add a step that happened elsewhere", "objects/event-ledger-record.json")
    .takes(&["task_id", "outcome"], &[]),
    Route::get(
        Execution,
        "ledger_event_list",
        &["/agp/execution/ledger-events", "/agp/ledger-events"],
    )
    .about("List the steps of a task", "objects/event-ledger-record.json")
    .lists(&[
        TASK,
        text("action_id", "Only those about this envelope."),
        text("outcome", "Only those with this outcome."),
    ]),
    Route::get(
        Execution,
        "task_replay",
        &["/agp/execution/tasks/{id}/replay", "/agp/tasks/{id}/replay"],
    )
    .about("Every step of a task, in order", "objects/event-ledger-record.json"),
    Route::get(
        Execution,
        "operation_get",
        &["/agp/operations/{id}", "/agp/execution/operations/{id}"],
    )
    .about("Where an asynchronous operation stands", "async/async-operation.json"),
    Route::post(Execution, "validate", &["/agp/validate"])
        .about(
            "Whether an act may go through, for the service that is asked to act",
            "objects/action-envelope.json",
        )
        .takes(
            &["action_id"],
            &[text("tool_id", "The tool that is asked for."), text("agent_id", "Who asks.")],
        )
        .scope(Scope::ExecutionRead)
        .status(200),
];

/// Policy sets have no schema in the protocol's index.
const POLICY_SET: &str = "";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agp::route::Method;
    use crate::agp::schemas;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_endpoints_share_a_method_and_path_or_an_id() {
        let (mut ids, mut places) = (BTreeSet::new(), BTreeSet::new());
        for route in ROUTES {
            assert!(ids.insert(route.id), "{}", route.id);
            assert_eq!(find(route.id).map(|found| found.id), Some(route.id));
            for path in route.paths {
                assert!(places.insert((route.method.as_str(), path)), "{path}");
                assert!(path.starts_with("/agp/"), "{path}");
            }
        }
    }

    #[test]
    fn aliases_have_the_same_parameters() {
        for route in ROUTES {
            for path in route.paths {
                assert_eq!(path.matches('{').count(), route.path_params().count(), "{path}");
            }
        }
    }

    #[test]
    fn answers_have_a_schema_and_scopes_fit_the_method() {
        for route in ROUTES {
            assert!(!route.summary.is_empty(), "{}", route.id);
            assert!(
                route.answer.is_empty() || schemas::find(route.answer).is_some(),
                "{}",
                route.id
            );
            let reads = route.scope.as_str().ends_with(".read");
            assert_eq!(
                reads,
                route.method == Method::Get || route.id == "validate",
                "{}",
                route.id
            );
        }
    }

    #[test]
    fn the_published_pages_and_packages_find_their_paths() {
        for (method, path) in [
            (Method::Post, "/agp/tasks"),
            (Method::Post, "/agp/capabilities"),
            (Method::Post, "/agp/liability-bindings"),
            (Method::Post, "/agp/delegations"),
            (Method::Post, "/agp/skills"),
            (Method::Post, "/agp/revocations"),
            (Method::Post, "/agp/decision/contexts"),
            (Method::Post, "/agp/decision/evidence-bundles"),
            (Method::Post, "/agp/decision/decisions"),
            (Method::Post, "/agp/decision/policy-evaluations"),
            (Method::Post, "/agp/decision/approvals"),
            (Method::Post, "/agp/decision/escalations"),
            (Method::Post, "/agp/execution/action-envelopes"),
            (Method::Get, "/agp/execution/receipts/{id}"),
            (Method::Get, "/agp/execution/ledger-events"),
            (Method::Get, "/agp/execution/tasks/{id}/replay"),
            (Method::Post, "/agp/action-envelopes"),
            (Method::Get, "/agp/execution-receipts/{id}"),
            (Method::Get, "/agp/ledger-events"),
            (Method::Post, "/agp/ledger-events"),
            (Method::Get, "/agp/tasks/{id}/replay"),
            (Method::Get, "/agp/operations/{id}"),
            (Method::Post, "/agp/contexts"),
            (Method::Post, "/agp/evidence-bundles"),
            (Method::Post, "/agp/policy-evaluations"),
            (Method::Post, "/agp/policy-decisions"),
            (Method::Post, "/agp/approval-requests"),
            (Method::Post, "/agp/impact-assessments"),
            (Method::Post, "/agp/escalations"),
            (Method::Patch, "/agp/escalations/{id}"),
            (Method::Post, "/agp/commerce-sessions"),
            (Method::Post, "/agp/execution-receipts"),
            (Method::Post, "/agp/validate"),
            (Method::Patch, "/agp/policy-sets/{id}"),
        ] {
            let found = |route: &&Route| route.method == method && route.paths.contains(&path);
            assert_eq!(ROUTES.iter().filter(found).count(), 1, "{path}");
        }
    }
}
