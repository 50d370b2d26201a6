//! Every operation has a case for each way in which it must refuse.
//!
//! The table names, for each operation: a request that nobody may make without a credential, one
//! that is malformed, and one by a principal whom the thing asked for does not concern. Where a case
//! cannot exist the table says why. An operation without a row fails.

use hansa_types::Code;
use hansa_wire::{Access, Method, OPERATIONS, Operation};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town};

/// What a row expects of a request.
enum Case {
    /// A refusal with one of these codes.
    Refused(fn(&World) -> Ask, &'static [Code]),
    /// A list or view that is accepted and shows nothing of the other's.
    Hidden(fn(&World) -> Ask, fn(&World, &Value) -> bool),
    /// There is no such case, for this reason.
    Never(&'static str),
}
use Case::{Hidden, Never, Refused};

struct Row {
    id: &'static str,
    denied: Case,
    bad_input: Case,
    other_tenant: Case,
}

/// A town in which mallory has nothing to do with alice and bob.
struct World {
    town: Town,
    alice: Actor,
    mallory: Actor,
    bob: Actor,
    transfer: String,
    grant: String,
    key: String,
    client: String,
    funding: String,
    envelope: String,
    task: String,
    policy_set: String,
    key_seq: u64,
    declared: String,
    context: String,
    request: String,
    escalation: String,
    /// Alice's own signature on her card.
    signature: Value,
}

const PUBLIC: Case = Never("everyone may read it");
const SAME_FOR_ALL: Case = Never("it shows the same to everyone");
const OWN_ACCOUNT: Case = Never("it is about the caller's own account alone");
const NO_INPUT: Case = Never("it has no parameters that could be wrong but unknown ones");

fn ask(method: &'static str, path: String, body: &Value) -> Ask {
    match body {
        Value::Null => Ask::new(method, path),
        body => Ask::new(method, path).json(body),
    }
}

/// A request without any credential.
macro_rules! guest {
    ($method:literal, $path:literal, $body:tt) => {
        Refused(|_| ask($method, $path.to_owned(), &json!($body)), &[Code::Unauthenticated])
    };
}

/// A request without any credential that is refused for what it shows.
macro_rules! guest_with {
    ($path:literal, $body:tt, $code:ident) => {
        Refused(|_| ask("POST", $path.to_owned(), &json!($body)), &[Code::$code])
    };
}

/// A request of mallory's.
macro_rules! mallory {
    ($method:literal, $path:expr, $body:expr, $($code:ident)|+) => {
        Refused(|w| ask($method, $path(w), &$body(w)).by(&w.mallory), &[$(Code::$code),+])
    };
}

/// A malformed request of alice's.
macro_rules! bad {
    ($method:literal, $path:literal, $body:tt, $($code:ident)|+) => {
        Refused(|w| ask($method, $path.to_owned(), &json!($body)).by(&w.alice), &[$(Code::$code),+])
    };
}

fn unknown(path: &'static str) -> Case {
    // A function pointer cannot capture, so each path with only this case is spelled here.
    match path {
        "node" => bad!("GET", "/api/v1/node?x=1", null, UnknownField),
        "health" => bad!("GET", "/healthz?x=1", null, UnknownField),
        "ready" => bad!("GET", "/readyz?x=1", null, UnknownField),
        "metrics" => bad!("GET", "/metrics?x=1", null, UnknownField),
        "version" => bad!("GET", "/version?x=1", null, UnknownField),
        "openapi" => bad!("GET", "/openapi.json?x=1", null, UnknownField),
        "docs" => bad!("GET", "/docs?x=1", null, UnknownField),
        "supply" => bad!("GET", "/api/v1/projections/supply-audit?x=1", null, UnknownField),
        "checkpoint" => bad!("GET", "/api/v1/journal/checkpoint?x=1", null, UnknownField),
        _ => NO_INPUT,
    }
}

fn nothing(_: &World) -> Value {
    json!({})
}

fn no_body(_: &World) -> Value {
    Value::Null
}

fn is_empty(_: &World, page: &Value) -> bool {
    page["data"] == json!([])
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        Row { id: "node_get", denied: PUBLIC, bad_input: unknown("node"), other_tenant: SAME_FOR_ALL },
        Row { id: "setup_complete",
            denied: Refused(|_| Ask::post("/api/v1/setup", json!({ "token": "setup_guess" })), &[Code::AlreadySetUp]),
            bad_input: bad!("POST", "/api/v1/setup", {}, MissingField),
            other_tenant: Never("before it there are no tenants, after it nobody") },
        Row { id: "clock_accept", denied: guest!("POST", "/api/v1/clock/accept", {}),
            bad_input: bad!("POST", "/api/v1/clock/accept", { "now": 1 }, UnknownField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/clock/accept".to_owned(), nothing, Forbidden) },
        Row { id: "registry_card_get", denied: PUBLIC,
            bad_input: bad!("GET", "/.well-known/registry-card.json?x=1", null, UnknownField), other_tenant: SAME_FOR_ALL },
        Row { id: "registry_jwks", denied: PUBLIC,
            bad_input: bad!("GET", "/.well-known/registry-jwks.json?x=1", null, UnknownField), other_tenant: SAME_FOR_ALL },
        Row { id: "health", denied: PUBLIC, bad_input: unknown("health"), other_tenant: SAME_FOR_ALL },
        Row { id: "ready", denied: PUBLIC, bad_input: unknown("ready"), other_tenant: SAME_FOR_ALL },
        Row { id: "metrics", denied: PUBLIC, bad_input: unknown("metrics"), other_tenant: SAME_FOR_ALL },
        Row { id: "version", denied: PUBLIC, bad_input: unknown("version"), other_tenant: SAME_FOR_ALL },
        Row { id: "openapi", denied: PUBLIC, bad_input: unknown("openapi"), other_tenant: SAME_FOR_ALL },
        Row { id: "docs", denied: PUBLIC, bad_input: unknown("docs"), other_tenant: SAME_FOR_ALL },

        Row { id: "agent_create", denied: guest!("POST", "/api/v1/agents", { "name": "x" }),
            bad_input: bad!("POST", "/api/v1/agents", { "name": " " }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/agents".to_owned(), |_: &World| json!({ "name": "x" }), Forbidden) },
        Row { id: "agent_list", denied: guest!("GET", "/api/v1/agents", null),
            bad_input: bad!("GET", "/api/v1/agents?limit=0", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "agent_get", denied: guest!("GET", "/api/v1/agents/agt_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/agents/alice", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "agent_card_set", denied: guest!("PUT", "/api/v1/agents/agt_00000000000000000000000000/card", { "card": {} }),
            bad_input: bad!("PUT", "/api/v1/agents/agt_00000000000000000000000000/card", { "card": {} }, CardInvalid),
            other_tenant: mallory!("PUT", |w: &World| format!("/api/v1/agents/{}/card", w.alice.id),
                |_: &World| json!({ "card": hansa_wire::card::Card::draft("x", &[], None).to_object() }), Forbidden) },
        Row { id: "agent_card_get", denied: PUBLIC,
            bad_input: bad!("GET", "/api/v1/agents/alice/card", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "agent_card_sign", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/card/signatures", { "protected": "x", "signature": "x" }),
            bad_input: Refused(|w| Ask::post(format!("/api/v1/agents/{}/card/signatures", w.alice.id), json!({ "protected": "x", "signature": "x" })).by(&w.alice), &[Code::CardUntrusted]),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/card/signatures", w.alice.id), |w: &World| w.signature.clone(), Forbidden) },
        Row { id: "agent_card_well_known", denied: PUBLIC,
            bad_input: bad!("GET", "/a2a/alice/.well-known/agent-card.json", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "agent_card_export", denied: PUBLIC,
            bad_input: bad!("GET", "/api/v1/agents/alice/card-export", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "agent_public_key", denied: PUBLIC,
            bad_input: bad!("GET", "/api/v1/agents/alice/public-key", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "custody_key_set", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/custody-key", {}),
            bad_input: bad!("POST", "/api/v1/agents/alice/custody-key", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/custody-key", w.alice.id), nothing, Forbidden) },
        Row { id: "agent_me", denied: guest!("GET", "/api/v1/agents/me", null),
            bad_input: bad!("GET", "/api/v1/agents/me?x=1", null, UnknownField),
            other_tenant: Hidden(|w| Ask::get("/api/v1/agents/me").by(&w.mallory), |w, me| me["client_id"] == json!(w.mallory.id)) },
        Row { id: "agent_suspend", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/suspend", {}),
            bad_input: bad!("POST", "/api/v1/agents/alice/suspend", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/suspend", w.alice.id), nothing, Forbidden) },
        Row { id: "agent_freeze", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/freeze", {}),
            bad_input: bad!("POST", "/api/v1/agents/agt_00000000000000000000000000/freeze", { "reason": "boredom" }, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/freeze", w.alice.id), nothing, Forbidden) },
        Row { id: "agent_key_rotate", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/key", {}),
            bad_input: bad!("POST", "/api/v1/agents/alice/key", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/key", w.alice.id), nothing, Forbidden) },
        Row { id: "agent_reinstate", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/reinstate", {}),
            bad_input: bad!("POST", "/api/v1/agents/alice/reinstate", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/reinstate", w.alice.id), nothing, Forbidden) },
        Row { id: "principal_erase", denied: guest!("POST", "/api/v1/principals/agt_00000000000000000000000000/erase", {}),
            bad_input: bad!("POST", "/api/v1/principals/alice/erase", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/principals/{}/erase", w.alice.id), nothing, Forbidden) },
        Row { id: "reputation_get", denied: PUBLIC,
            bad_input: bad!("GET", "/api/v1/agents/alice/reputation", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "discover", denied: PUBLIC,
            bad_input: bad!("GET", "/api/v1/discover?max_price=ten", null, AmountMalformed), other_tenant: SAME_FOR_ALL },

        Row { id: "did_get", denied: guest!("GET", "/api/v1/agents/agt_00000000000000000000000000/did", null),
            bad_input: bad!("GET", "/api/v1/agents/alice/did", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "did_create", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/did", {}),
            bad_input: bad!("POST", "/api/v1/agents/alice/did", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/did", w.alice.id), nothing, Forbidden) },
        Row { id: "did_log_set", denied: guest!("PUT", "/api/v1/agents/agt_00000000000000000000000000/did/log", { "log": "x" }),
            bad_input: Refused(|w| Ask::new("PUT", format!("/api/v1/agents/{}/did/log", w.alice.id)).json(&json!({ "log": "x" })).by(&w.alice), &[Code::DidLogInvalid]),
            other_tenant: mallory!("PUT", |w: &World| format!("/api/v1/agents/{}/did/log", w.alice.id), |_: &World| json!({ "log": "x" }), Forbidden) },
        Row { id: "did_log_get", denied: PUBLIC,
            bad_input: bad!("GET", "/dids/alice/did.jsonl", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "did_web_get", denied: PUBLIC,
            bad_input: bad!("GET", "/dids/alice/did.json", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "did_resolve", denied: guest!("GET", "/api/v1/dids/did:web:elsewhere.example", null),
            bad_input: bad!("GET", "/api/v1/dids/alice", null, InvalidField), other_tenant: SAME_FOR_ALL },

        Row { id: "account_register", denied: PUBLIC, bad_input: bad!("POST", "/api/v1/auth/register", {}, MissingField), other_tenant: OWN_ACCOUNT },
        Row { id: "account_verify", denied: guest_with!("/api/v1/auth/verify-email", { "token": "mail_guess" }, MailTokenInvalid),
            bad_input: bad!("POST", "/api/v1/auth/verify-email", {}, MissingField), other_tenant: OWN_ACCOUNT },
        Row { id: "session_open", denied: guest_with!("/api/v1/auth/login", { "email": "a@example.com", "password": "wrong wrong wrong" }, LoginInvalid),
            bad_input: bad!("POST", "/api/v1/auth/login", { "email": "nobody" }, InvalidField), other_tenant: OWN_ACCOUNT },
        Row { id: "session_close", denied: guest!("POST", "/api/v1/auth/logout", {}),
            bad_input: bad!("POST", "/api/v1/auth/logout", {}, MissingField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/auth/logout".to_owned(), |_: &World| json!({ "session": "ses_00000000000000000000000000" }), NotFound) },
        Row { id: "session_list", denied: guest!("GET", "/api/v1/auth/sessions", null), bad_input: bad!("GET", "/api/v1/auth/sessions?limit=1", null, UnknownField), other_tenant: OWN_ACCOUNT },
        Row { id: "password_change", denied: guest!("POST", "/api/v1/auth/password", {}), bad_input: bad!("POST", "/api/v1/auth/password", {}, MissingField), other_tenant: OWN_ACCOUNT },
        Row { id: "account_recover", denied: guest_with!("/api/v1/auth/recover-account", { "email": "a@example.com", "recovery_key": "guess", "new_password": "long enough it is" }, LoginInvalid),
            bad_input: bad!("POST", "/api/v1/auth/recover-account", {}, MissingField), other_tenant: OWN_ACCOUNT },
        Row { id: "recovery_keys_set", denied: guest!("POST", "/api/v1/auth/recovery-keys", {}), bad_input: bad!("POST", "/api/v1/auth/recovery-keys", {}, MissingField), other_tenant: OWN_ACCOUNT },
        Row { id: "totp_begin", denied: guest!("POST", "/api/v1/auth/totp/begin", {}), bad_input: bad!("POST", "/api/v1/auth/totp/begin", { "a": 1 }, UnknownField), other_tenant: OWN_ACCOUNT },
        Row { id: "totp_enable", denied: guest!("POST", "/api/v1/auth/totp", {}), bad_input: bad!("POST", "/api/v1/auth/totp", {}, MissingField), other_tenant: OWN_ACCOUNT },
        Row { id: "totp_disable", denied: guest!("POST", "/api/v1/auth/totp/disable", {}), bad_input: bad!("POST", "/api/v1/auth/totp/disable", {}, MissingField), other_tenant: OWN_ACCOUNT },
        Row { id: "whoami", denied: guest!("GET", "/api/v1/whoami", null), bad_input: bad!("GET", "/api/v1/whoami?a=1", null, UnknownField), other_tenant: OWN_ACCOUNT },

        Row { id: "api_key_create", denied: guest!("POST", "/api/v1/api-keys", { "actions": ["*"] }),
            bad_input: bad!("POST", "/api/v1/api-keys", { "actions": "*" }, InvalidField),
            other_tenant: Never("it makes keys of the caller alone") },
        Row { id: "api_key_list", denied: guest!("GET", "/api/v1/api-keys", null),
            bad_input: bad!("GET", "/api/v1/api-keys?cursor=s1", null, InvalidCursor),
            other_tenant: Hidden(|w| Ask::get("/api/v1/api-keys").by(&w.mallory),
                |w, page| page["data"].as_array().is_some_and(|keys| keys.iter().all(|key| key["id"] != w.key))) },
        Row { id: "api_key_revoke", denied: guest!("DELETE", "/api/v1/api-keys/key_00000000000000000000000000", null),
            bad_input: bad!("DELETE", "/api/v1/api-keys/mine", null, InvalidField),
            other_tenant: mallory!("DELETE", |w: &World| format!("/api/v1/api-keys/{}", w.key), no_body, NotFound) },

        Row { id: "client_create", denied: guest!("POST", "/api/v1/clients", { "actions": ["*"] }),
            bad_input: bad!("POST", "/api/v1/clients", { "actions": "*" }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/clients".to_owned(),
                |w: &World| json!({ "agent": w.alice.id, "actions": ["*"] }), Forbidden) },
        Row { id: "client_list", denied: guest!("GET", "/api/v1/clients", null),
            bad_input: bad!("GET", "/api/v1/clients?cursor=s1", null, InvalidCursor),
            other_tenant: Hidden(|w| Ask::get("/api/v1/clients").by(&w.mallory), is_empty) },
        Row { id: "client_revoke", denied: guest!("DELETE", "/api/v1/clients/cli_00000000000000000000000000", null),
            bad_input: bad!("DELETE", "/api/v1/clients/mine", null, InvalidField),
            other_tenant: mallory!("DELETE", |w: &World| format!("/api/v1/clients/{}", w.client), no_body, NotFound) },
        Row { id: "tokens_revoke", denied: guest!("POST", "/api/v1/agents/agt_00000000000000000000000000/tokens/revoke", {}),
            bad_input: bad!("POST", "/api/v1/agents/alice/tokens/revoke", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/agents/{}/tokens/revoke", w.alice.id), nothing, Forbidden) },
        Row { id: "bootstrap_create", denied: guest!("POST", "/api/v1/onboarding/bootstrap", {}),
            bad_input: bad!("POST", "/api/v1/onboarding/bootstrap", { "for": "x" }, UnknownField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/onboarding/bootstrap".to_owned(), nothing, Forbidden) },
        Row { id: "agent_onboard", denied: guest!("POST", "/api/v1/onboarding", { "name": "x" }),
            bad_input: bad!("POST", "/api/v1/onboarding", { "name": " " }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/onboarding".to_owned(), |_: &World| json!({ "name": "x" }), Forbidden) },
        Row { id: "funding_request", denied: guest!("POST", "/api/v1/fundings", { "amount": "1" }),
            bad_input: bad!("POST", "/api/v1/fundings", { "amount": 1 }, AmountNotAString),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/fundings".to_owned(),
                |w: &World| json!({ "agent": w.alice.id, "amount": "1" }), Forbidden) },
        Row { id: "funding_list", denied: guest!("GET", "/api/v1/fundings", null),
            bad_input: bad!("GET", "/api/v1/fundings?cursor=s1", null, InvalidCursor),
            other_tenant: Hidden(|w| Ask::get("/api/v1/fundings").by(&w.mallory), is_empty) },
        Row { id: "funding_approve", denied: guest!("POST", "/api/v1/fundings/fun_00000000000000000000000000/approve", {}),
            bad_input: bad!("POST", "/api/v1/fundings/x/approve", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/fundings/{}/approve", w.funding), nothing, Forbidden) },
        Row { id: "funding_reject", denied: guest!("POST", "/api/v1/fundings/fun_00000000000000000000000000/reject", {}),
            bad_input: bad!("POST", "/api/v1/fundings/x/reject", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/fundings/{}/reject", w.funding), nothing, Forbidden) },

        Row { id: "policy_set_create", denied: guest!("POST", "/api/v1/policy-sets", { "name": "x" }),
            bad_input: bad!("POST", "/api/v1/policy-sets", { "name": " ", "version": "1", "actions": ["*"] }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/policy-sets".to_owned(),
                |_: &World| super::policies::set("x", &["*"]), Forbidden) },
        Row { id: "policy_set_list", denied: guest!("GET", "/api/v1/policy-sets", null),
            bad_input: bad!("GET", "/api/v1/policy-sets?status=dead", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "policy_set_get", denied: guest!("GET", "/api/v1/policy-sets/pol_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/policy-sets/x", null, InvalidField),
            other_tenant: Hidden(|w| Ask::get(format!("/api/v1/policy-sets/{}", w.policy_set)).by(&w.mallory),
                |_, set| set["modules"].is_null()) },
        Row { id: "policy_set_activate", denied: guest!("POST", "/api/v1/policy-sets/pol_00000000000000000000000000/activate", {}),
            bad_input: bad!("POST", "/api/v1/policy-sets/x/activate", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/policy-sets/{}/activate", w.policy_set), nothing, Forbidden) },
        Row { id: "policy_set_deprecate", denied: guest!("POST", "/api/v1/policy-sets/pol_00000000000000000000000000/deprecate", {}),
            bad_input: bad!("POST", "/api/v1/policy-sets/x/deprecate", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/policy-sets/{}/deprecate", w.policy_set), nothing, Forbidden) },
        Row { id: "policy_set_revoke", denied: guest!("POST", "/api/v1/policy-sets/pol_00000000000000000000000000/revoke", {}),
            bad_input: bad!("POST", "/api/v1/policy-sets/x/revoke", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/policy-sets/{}/revoke", w.policy_set), nothing, Forbidden) },
        Row { id: "policy_set_mode_set", denied: guest!("POST", "/api/v1/policy-sets/pol_00000000000000000000000000/mode", { "mode": "off" }),
            bad_input: bad!("POST", "/api/v1/policy-sets/pol_00000000000000000000000000/mode", { "mode": "on" }, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/policy-sets/{}/mode", w.policy_set),
                |_: &World| json!({ "mode": "off" }), Forbidden) },
        Row { id: "policy_difference_list", denied: guest!("GET", "/api/v1/policy-differences", null),
            bad_input: bad!("GET", "/api/v1/policy-differences?x=1", null, UnknownField),
            other_tenant: mallory!("GET", |_: &World| "/api/v1/policy-differences".to_owned(), no_body, Forbidden) },
        Row { id: "policy_evaluate", denied: guest!("POST", "/api/v1/policy-evaluations", {}),
            bad_input: bad!("POST", "/api/v1/policy-evaluations", { "action": "transfer_*" }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/policy-evaluations".to_owned(),
                |w: &World| json!({ "task": w.task }), NotFound) },

        Row { id: "grant_create", denied: guest!("POST", "/api/v1/grants", {}),
            bad_input: bad!("POST", "/api/v1/grants", { "holder": "x" }, InvalidField | MissingField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/grants".to_owned(),
                |w: &World| json!({ "holder": w.mallory.id, "actions": ["*"], "expires_in_s": 60, "on_behalf_of": w.alice.id }), Forbidden) },
        Row { id: "grant_list", denied: guest!("GET", "/api/v1/grants", null),
            bad_input: bad!("GET", "/api/v1/grants?holder=x", null, InvalidField),
            other_tenant: Hidden(|w| Ask::get("/api/v1/grants").by(&w.mallory), is_empty) },
        Row { id: "grant_get", denied: guest!("GET", "/api/v1/grants/cap_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/grants/x", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/grants/{}", w.grant), no_body, NotFound) },
        Row { id: "grant_revoke", denied: guest!("POST", "/api/v1/grants/cap_00000000000000000000000000/revoke", {}),
            bad_input: bad!("POST", "/api/v1/grants/x/revoke", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/grants/{}/revoke", w.grant), nothing, NotFound) },
        Row { id: "grant_export", denied: guest!("GET", "/api/v1/grants/cap_00000000000000000000000000/export", null),
            bad_input: bad!("GET", "/api/v1/grants/x/export", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/grants/{}/export", w.grant), no_body, NotFound) },
        Row { id: "grant_relinquish", denied: guest!("POST", "/api/v1/grants/cap_00000000000000000000000000/relinquish", {}),
            bad_input: bad!("POST", "/api/v1/grants/x/relinquish", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/grants/{}/relinquish", w.grant), nothing, NotFound) },

        Row { id: "currency_list", denied: PUBLIC,
            bad_input: bad!("GET", "/api/v1/currencies?limit=x", null, InvalidField), other_tenant: SAME_FOR_ALL },
        Row { id: "currency_create", denied: guest!("POST", "/api/v1/currencies", { "code": "USD", "scale": 2 }),
            bad_input: bad!("POST", "/api/v1/currencies", { "code": "usd", "scale": 2 }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/currencies".to_owned(), |_: &World| json!({ "code": "USD", "scale": 2 }), Forbidden) },
        Row { id: "mint_create", denied: guest!("POST", "/api/v1/mints", {}),
            bad_input: bad!("POST", "/api/v1/mints", { "to": "agt_00000000000000000000000000", "amount": 1 }, AmountNotAString),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/mints".to_owned(), |w: &World| json!({ "to": w.mallory.id, "amount": "1" }), Forbidden) },
        Row { id: "burn_create", denied: guest!("POST", "/api/v1/burns", {}),
            bad_input: bad!("POST", "/api/v1/burns", { "amount": "-1" }, AmountNegative),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/burns".to_owned(), |w: &World| json!({ "from": w.alice.id, "amount": "1" }), Forbidden) },
        Row { id: "supply_audit", denied: PUBLIC, bad_input: unknown("supply"), other_tenant: SAME_FOR_ALL },

        Row { id: "transfer_quote", denied: guest!("POST", "/api/v1/transfers/quote", {}),
            bad_input: bad!("POST", "/api/v1/transfers/quote", {}, MissingField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/transfers/quote".to_owned(),
                |w: &World| json!({ "from": w.alice.id, "to": w.mallory.id, "amount": "1" }), PrincipalUnknown) },
        Row { id: "transfer_create", denied: guest!("POST", "/api/v1/transfers", {}),
            bad_input: bad!("POST", "/api/v1/transfers", { "amount": "1" }, MissingField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/transfers".to_owned(),
                |w: &World| json!({ "from": w.alice.id, "to": w.mallory.id, "amount": "1" }), Forbidden) },
        Row { id: "teg_send", denied: guest!("POST", "/api/v1/teg/send", { "receiver_did": "did:key:x", "amount": "1" }),
            bad_input: bad!("POST", "/api/v1/teg/send", { "receiver_did": "did:key:x", "amount": 1 }, AmountNotAString),
            other_tenant: Never("it pays from the caller alone") },
        Row { id: "transfer_batch", denied: guest!("POST", "/api/v1/transfers/batch", {}),
            bad_input: bad!("POST", "/api/v1/transfers/batch", { "items": [] }, BatchEmpty),
            other_tenant: Hidden(|w| Ask::post("/api/v1/transfers/batch", json!({ "items": [
                    { "from": w.alice.id, "to": w.mallory.id, "amount": "1" }] })).by(&w.mallory),
                |_, done| done["results"][0]["problem"]["code"] == "forbidden") },
        Row { id: "transfer_list", denied: guest!("GET", "/api/v1/transfers", null),
            bad_input: bad!("GET", "/api/v1/transfers?currency=avt", null, InvalidField),
            other_tenant: Hidden(|w| Ask::get(format!("/api/v1/transfers?account={}", w.alice.id)).by(&w.mallory), is_empty) },
        Row { id: "transfer_get", denied: guest!("GET", "/api/v1/transfers/trf_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/transfers/x", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/transfers/{}", w.transfer), no_body, TransferUnknown) },
        Row { id: "transfer_post", denied: guest!("POST", "/api/v1/transfers/trf_00000000000000000000000000/post", {}),
            bad_input: bad!("POST", "/api/v1/transfers/x/post", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/transfers/{}/post", w.transfer), nothing, TransferUnknown) },
        Row { id: "transfer_void", denied: guest!("POST", "/api/v1/transfers/trf_00000000000000000000000000/void", {}),
            bad_input: bad!("POST", "/api/v1/transfers/x/void", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/transfers/{}/void", w.transfer), nothing, TransferUnknown) },
        Row { id: "balance_list", denied: guest!("GET", "/api/v1/accounts/agt_00000000000000000000000000/balances", null),
            bad_input: bad!("GET", "/api/v1/accounts/alice/balances", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/accounts/{}/balances", w.alice.id), no_body, PrincipalUnknown) },

        Row { id: "envelope_submit", denied: guest!("POST", "/amp/envelopes", { "v": 1 }),
            bad_input: bad!("POST", "/amp/envelopes", {}, MissingField),
            other_tenant: Never("the step's parties are tested beside the verbs") },
        Row { id: "envelope_get", denied: guest!("GET", "/amp/envelopes/00000000-0000-4000-8000-000000000000", null),
            bad_input: bad!("GET", "/amp/envelopes/x", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/amp/envelopes/{}", w.envelope), no_body, NotFound) },
        Row { id: "envelope_graph", denied: guest!("GET", "/amp/graph/00000000-0000-4000-8000-000000000000", null),
            bad_input: bad!("GET", "/amp/graph/x", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/amp/graph/{}", w.envelope), no_body, NotFound) },
        Row { id: "task_list", denied: guest!("GET", "/api/v1/tasks", null),
            bad_input: bad!("GET", "/api/v1/tasks?terms_state=x", null, InvalidField),
            other_tenant: Hidden(|w| Ask::get("/api/v1/tasks").by(&w.mallory), is_empty) },
        Row { id: "task_get", denied: guest!("GET", "/api/v1/tasks/tsk_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/tasks/x", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/tasks/{}", w.task), no_body, NotFound) },

        Row { id: "task_declare", denied: guest!("POST", "/api/v1/tasks", {}),
            bad_input: bad!("POST", "/api/v1/tasks", { "requested_outcome": "x", "risk_tier": "huge" }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/tasks".to_owned(), |w: &World| json!({ "principal": w.alice.id, "requested_outcome": "x", "risk_tier": "low" }), Forbidden) },
        Row { id: "task_update", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/move", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/move", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/move", w.declared), |_: &World| json!({ "to": "failed" }), NotFound) },
        Row { id: "liability_bind", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/liability-bindings", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/liability-bindings", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/liability-bindings", w.declared), |_: &World| json!({}), NotFound) },
        Row { id: "context_attest", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/contexts", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/contexts", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/contexts", w.declared), |_: &World| json!({ "source_type": "user" }), NotFound) },
        Row { id: "taint_promote", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/contexts/ctx_00000000000000000000000000/promote", {}),
            bad_input: bad!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/contexts/x/promote", { "rationale": "x" }, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/contexts/{}/promote", w.declared, w.context), |_: &World| json!({ "rationale": "x" }), NotFound) },
        Row { id: "evidence_add", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/evidence-bundles", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/evidence-bundles", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/evidence-bundles", w.declared), |_: &World| json!({ "claims": [{ "claim_text": "x", "verification_status": "verified" }] }), NotFound) },
        Row { id: "impact_assess", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/impact-assessments", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/impact-assessments", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/impact-assessments", w.declared), |_: &World| json!({ "time_horizons": [{ "horizon": "immediate", "severity": "low" }], "stakeholders": [{ "stakeholder": "user", "harmed": false, "magnitude": 1 }], "recommendation": "proceed" }), NotFound) },
        Row { id: "decision_record", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/decisions", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/decisions", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/decisions", w.declared), |_: &World| json!({ "selected_action": "x", "action_class": "read" }), NotFound) },
        Row { id: "governance_attest", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/attestations", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/attestations", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/attestations", w.declared), |_: &World| json!({ "role": "executive", "verdict": "cleared" }), NotFound) },
        Row { id: "commerce_session_create", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/commerce-sessions", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/commerce-sessions", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/commerce-sessions", w.declared), |_: &World| json!({ "ucp_session_ref": "x", "merchant": "x" }), NotFound) },
        Row { id: "artifact_list", denied: guest!("GET", "/api/v1/tasks/tsk_00000000000000000000000000/artifacts", null),
            bad_input: bad!("GET", "/api/v1/tasks/mine/artifacts", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/tasks/{}/artifacts", w.declared), no_body, NotFound) },
        Row { id: "artifact_get", denied: guest!("GET", "/api/v1/artifacts/ctx_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/artifacts/mine", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/artifacts/{}", w.context), no_body, NotFound) },
        Row { id: "skill_manifest_create", denied: guest!("POST", "/api/v1/skills", {}),
            bad_input: bad!("POST", "/api/v1/skills", {}, MissingField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/skills".to_owned(), |_: &World| json!({ "name": "x", "version": "1", "skill_class": "tool", "risk_class": "low", "attestation_level": "verified" }), RoleRequired) },
        Row { id: "approval_request_create", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/approval-requests", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/approval-requests", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/approval-requests", w.declared), |_: &World| json!({}), NotFound) },
        Row { id: "approval_list", denied: guest!("GET", "/api/v1/approvals", null),
            bad_input: bad!("GET", "/api/v1/approvals?state=maybe", null, InvalidField),
            other_tenant: Hidden(|w| Ask::get("/api/v1/approvals").by(&w.mallory), is_empty) },
        Row { id: "approval_get", denied: guest!("GET", "/api/v1/approvals/arq_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/approvals/mine", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/approvals/{}", w.request), no_body, NotFound) },
        Row { id: "approval_bind", denied: guest!("POST", "/api/v1/approvals/arq_00000000000000000000000000/bind", {}),
            bad_input: bad!("POST", "/api/v1/approvals/mine/bind", {}, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/approvals/{}/bind", w.request), nothing, NotFound) },
        Row { id: "approval_decide", denied: guest!("POST", "/api/v1/approvals/arq_00000000000000000000000000/decide", {}),
            bad_input: bad!("POST", "/api/v1/approvals/arq_00000000000000000000000000/decide", { "decision": "perhaps" }, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/approvals/{}/decide", w.request), |_: &World| json!({ "decision": "approved" }), NotFound) },
        Row { id: "absence_delegate", denied: guest!("POST", "/api/v1/absence", {}),
            bad_input: bad!("POST", "/api/v1/absence", { "for_s": "long" }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/absence".to_owned(), nothing, RoleRequired) },
        Row { id: "escalation_raise", denied: guest!("POST", "/api/v1/tasks/tsk_00000000000000000000000000/escalations", {}),
            bad_input: bad!("POST", "/api/v1/tasks/mine/escalations", {}, InvalidField | MissingField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/tasks/{}/escalations", w.declared), |_: &World| json!({ "concern_type": "fraud", "description": "x" }), NotFound) },
        Row { id: "escalation_list", denied: guest!("GET", "/api/v1/escalations", null),
            bad_input: bad!("GET", "/api/v1/escalations?limit=0", null, InvalidField),
            other_tenant: Hidden(|w| Ask::get("/api/v1/escalations").by(&w.mallory), is_empty) },
        Row { id: "escalation_get", denied: guest!("GET", "/api/v1/escalations/esc_00000000000000000000000000", null),
            bad_input: bad!("GET", "/api/v1/escalations/mine", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/escalations/{}", w.escalation), no_body, NotFound) },
        Row { id: "escalation_resolve", denied: guest!("POST", "/api/v1/escalations/esc_00000000000000000000000000/resolve", {}),
            bad_input: bad!("POST", "/api/v1/escalations/esc_00000000000000000000000000/resolve", { "outcome": "perhaps" }, InvalidField),
            other_tenant: mallory!("POST", |w: &World| format!("/api/v1/escalations/{}/resolve", w.escalation), |_: &World| json!({ "outcome": "dismissed" }), NotFound) },
        Row { id: "role_assign", denied: guest!("POST", "/api/v1/roles", {}),
            bad_input: bad!("POST", "/api/v1/roles", { "principal": "x", "role": "king" }, InvalidField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/roles".to_owned(), |w: &World| json!({ "principal": w.mallory.id, "role": "executive" }), Forbidden) },
        Row { id: "role_withdraw", denied: guest!("POST", "/api/v1/roles/withdraw", {}),
            bad_input: bad!("POST", "/api/v1/roles/withdraw", {}, MissingField),
            other_tenant: mallory!("POST", |_: &World| "/api/v1/roles/withdraw".to_owned(), |w: &World| json!({ "principal": w.mallory.id, "role": "executive" }), Forbidden) },
        Row { id: "role_list", denied: guest!("GET", "/api/v1/roles", null),
            bad_input: bad!("GET", "/api/v1/roles?limit=0", null, InvalidField),
            other_tenant: SAME_FOR_ALL },

        Row { id: "journal_checkpoint", denied: PUBLIC, bad_input: unknown("checkpoint"), other_tenant: SAME_FOR_ALL },
        Row { id: "journal_inclusion", denied: guest!("GET", "/api/v1/journal/inclusion?seq=1", null),
            bad_input: bad!("GET", "/api/v1/journal/inclusion?seq=x", null, InvalidField),
            other_tenant: Never("a proof holds hashes of hashes alone") },
        Row { id: "journal_consistency", denied: guest!("GET", "/api/v1/journal/consistency?from=1", null),
            bad_input: bad!("GET", "/api/v1/journal/consistency", null, MissingField),
            other_tenant: Never("a proof holds hashes of hashes alone") },
        Row { id: "journal_export", denied: guest!("GET", "/api/v1/journal/export", null),
            bad_input: bad!("GET", "/api/v1/journal/export?texts=perhaps", null, InvalidField),
            other_tenant: Never("others' entries stand as leaf hashes, tested beside the audit") },
        Row { id: "entry_get", denied: guest!("GET", "/api/v1/journal/entries/1", null),
            bad_input: bad!("GET", "/api/v1/journal/entries/x", null, InvalidField),
            other_tenant: mallory!("GET", |w: &World| format!("/api/v1/journal/entries/{}", w.key_seq), no_body, NotFound) },
    ]
}

async fn world() -> World {
    use hansa_wire::amp::{Intent, build};
    let hide = |config: &mut hansa_node::Config| config.ledger_public = false;
    let mut town = Town::with(hide, hansa_api::ApiSettings::default()).await;
    let owner = town.set_up().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let mallory = town.agent(&owner, "mallory").await;
    let made = |reply: Reply| reply.accepted();
    let held = json!({ "to": bob.id, "amount": "1", "hold": {} });
    let held = made(town.ask(Ask::post("/api/v1/transfers", held).by(&alice)).await);
    let grant = json!({ "holder": bob.id, "actions": ["task_*"], "expires_in_s": 60 });
    let grant = made(town.ask(Ask::post("/api/v1/grants", grant).by(&alice)).await);
    let key = json!({ "actions": ["*"] });
    let key = made(town.ask(Ask::post("/api/v1/api-keys", key).by(&alice)).await);
    let client = json!({ "actions": ["*"] });
    let client = made(town.ask(Ask::post("/api/v1/clients", client).by(&alice)).await);
    let funding = json!({ "amount": "1" });
    let funding = made(town.ask(Ask::post("/api/v1/fundings", funding).by(&alice)).await);
    let terms = json!({ "rail": "amp-outcome", "amount": "5 AVT" });
    let terms = serde_json::from_value(terms).unwrap();
    let offer = build::intent(alice.header(bob.did.clone(), None), Intent::new("work"), terms);
    let offer = alice.send(offer).await.unwrap();
    let policy = super::policies::set("payments", &["transfer_create"]);
    let policy = made(town.ask(Ask::post("/api/v1/policy-sets", policy).by(&owner)).await);
    let signature = super::cards::own_signature(&town, &alice, super::cards::A2A).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let declared = json!({ "requested_outcome": "x", "risk_tier": "low" });
    let declare = || Ask::post("/api/v1/tasks", declared.clone()).by(&alice);
    let (declared, frozen) = (made(town.ask(declare()).await), made(town.ask(declare()).await));
    let of = |task: &Value, what: &str| format!("/api/v1/tasks/{}/{what}", text(&task["id"]));
    let context = Ask::post(of(&declared, "contexts"), json!({ "source_type": "external" }));
    let context = made(town.ask(context.by(&alice)).await);
    let request = Ask::post(of(&declared, "approval-requests"), json!({}));
    let request = made(town.ask(request.by(&alice)).await);
    let concern = json!({ "concern_type": "fraud", "description": "x" });
    let escalation = Ask::post(of(&frozen, "escalations"), concern);
    let escalation = made(town.ask(escalation.by(&alice)).await);
    World {
        declared: text(&declared["id"]),
        context: text(&context["id"]),
        request: text(&request["id"]),
        escalation: text(&escalation["id"]),
        signature,
        transfer: text(&held["id"]),
        grant: text(&grant["id"]),
        key: text(&key["id"]),
        client: text(&client["client_id"]),
        funding: text(&funding["id"]),
        key_seq: key["seq"].as_u64().unwrap(),
        envelope: offer.envelope_id.to_string(),
        task: offer.task.unwrap().to_string(),
        policy_set: text(&policy["id"]),
        town,
        alice,
        bob,
        mallory,
    }
}

async fn check(world: &World, row: &Row, name: &str, case: &Case) {
    let before = world.town.seq();
    match case {
        Never(reason) => assert!(!reason.is_empty()),
        Refused(ask, codes) => {
            let reply = world.town.ask(ask(world)).await;
            let code = reply.code();
            let expected = codes.iter().any(|expected| expected.as_str() == code);
            assert!(expected, "{} {name}: {}", row.id, reply.json());
        }
        Hidden(ask, hides) => {
            let value = world.town.ask(ask(world)).await.accepted();
            assert!(hides(world, &value), "{} {name}: {value}", row.id);
        }
    }
    assert_eq!(world.town.seq(), before, "{} {name}: something was written", row.id);
}

/// A case may be missing only where the operation's own row explains it.
fn may_be_missing(operation: &Operation, row: &Row) {
    let never = |case: &Case| matches!(case, Never(_));
    let denied_open = operation.access == Access::Public;
    assert!(denied_open || !never(&row.denied), "{}: no case of a denial", operation.id);
    assert!(!never(&row.bad_input), "{}: no case of bad input", operation.id);
    let reads = operation.method == Method::Get || operation.access == Access::Public;
    let own = matches!(operation.id, "api_key_create" | "teg_send") || operation.tag == "accounts";
    assert!(reads || own || !never(&row.other_tenant), "{}: no other tenant", operation.id);
}

#[tokio::test]
async fn every_operation_refuses_guests_nonsense_and_strangers() {
    let world = world().await;
    let rows = rows();
    for operation in OPERATIONS {
        let row = rows.iter().find(|row| row.id == operation.id);
        let row = row.unwrap_or_else(|| panic!("{} has no cases", operation.id));
        may_be_missing(operation, row);
        check(&world, row, "denied", &row.denied).await;
        check(&world, row, "bad input", &row.bad_input).await;
        check(&world, row, "another tenant", &row.other_tenant).await;
    }
    assert_eq!(rows.len(), OPERATIONS.len());
    assert_ne!(world.bob.id, world.mallory.id);
    world.town.stop().await;
}

/// What an answer tells beyond its own name: status, headers and body.
fn told(reply: &Reply) -> (u16, Vec<(String, String)>, Value) {
    let mut headers = reply.headers.clone();
    headers.retain(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"));
    // The name of a request is as long as any other, so the length says nothing of it.
    let mut body = reply.json();
    body.as_object_mut().unwrap().remove("request_id");
    (reply.status, headers, body)
}

#[tokio::test]
async fn what_is_hidden_answers_exactly_like_what_is_absent() {
    let world = world().await;
    const NOBODY: &str = "agt_00000000000000000000000000";
    let pairs: Vec<(&'static str, String, String)> = vec![
        (
            "GET",
            format!("/api/v1/transfers/{}", world.transfer),
            "/api/v1/transfers/trf_00000000000000000000000000".to_owned(),
        ),
        (
            "POST",
            format!("/api/v1/transfers/{}/post", world.transfer),
            "/api/v1/transfers/trf_00000000000000000000000000/post".to_owned(),
        ),
        (
            "POST",
            format!("/api/v1/transfers/{}/void", world.transfer),
            "/api/v1/transfers/trf_00000000000000000000000000/void".to_owned(),
        ),
        (
            "GET",
            format!("/api/v1/accounts/{}/balances", world.alice.id),
            format!("/api/v1/accounts/{NOBODY}/balances"),
        ),
        (
            "GET",
            format!("/api/v1/transfers?account={}", world.alice.id),
            format!("/api/v1/transfers?account={NOBODY}"),
        ),
        (
            "GET",
            format!("/api/v1/grants/{}", world.grant),
            "/api/v1/grants/cap_00000000000000000000000000".to_owned(),
        ),
        (
            "POST",
            format!("/api/v1/grants/{}/revoke", world.grant),
            "/api/v1/grants/cap_00000000000000000000000000/revoke".to_owned(),
        ),
        (
            "GET",
            format!("/api/v1/grants/{}/export", world.grant),
            "/api/v1/grants/cap_00000000000000000000000000/export".to_owned(),
        ),
        (
            "POST",
            format!("/api/v1/grants/{}/relinquish", world.grant),
            "/api/v1/grants/cap_00000000000000000000000000/relinquish".to_owned(),
        ),
        (
            "DELETE",
            format!("/api/v1/api-keys/{}", world.key),
            "/api/v1/api-keys/key_00000000000000000000000000".to_owned(),
        ),
        (
            "GET",
            format!("/api/v1/tasks/{}", world.task),
            "/api/v1/tasks/tsk_00000000000000000000000000".to_owned(),
        ),
        (
            "GET",
            format!("/amp/envelopes/{}", world.envelope),
            "/amp/envelopes/00000000-0000-4000-8000-000000000000".to_owned(),
        ),
        (
            "GET",
            format!("/amp/graph/{}", world.envelope),
            "/amp/graph/00000000-0000-4000-8000-000000000000".to_owned(),
        ),
        (
            "GET",
            format!("/api/v1/journal/entries/{}", world.key_seq),
            "/api/v1/journal/entries/999999".to_owned(),
        ),
    ];
    for (method, hidden, absent) in pairs {
        let ask = |path: &str| {
            let ask = Ask::new(method, path).by(&world.mallory);
            if method == "POST" { ask.json(&json!({})) } else { ask }
        };
        let (hidden_told, absent_told) =
            (world.town.ask(ask(&hidden)).await, world.town.ask(ask(&absent)).await);
        assert_eq!(told(&hidden_told), told(&absent_told), "{method} {hidden}");
    }
    world.town.stop().await;
}
