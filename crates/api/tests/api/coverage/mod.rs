//! Every operation has a case for each way in which it must refuse.
//!
//! The table names, for each operation: a request that nobody may make without a credential, one
//! that is malformed, and one by a principal whom the thing asked for does not concern. Where a case
//! cannot exist the table says why. An operation without a row fails. What the table says of reads is
//! tried further in [`sight`].

mod rows;
mod sight;

use hansa_types::Code;
use hansa_wire::{Access, Method, OPERATIONS, Operation};
use serde_json::{Value, json};

use crate::auth::{PASSWORD, Postbox, login, member, token};
use crate::harness::{Actor, Ask, Reply, Town};
use crate::passkeys::{add, authenticator};
use rows::rows;

/// What a row expects of a request.
enum Case {
    /// A refusal with one of these codes.
    Refused(fn(&World) -> Ask, &'static [Code]),
    /// A list or view that is accepted and shows nothing of the other's.
    Hidden(fn(&World) -> Ask, fn(&World, &Value) -> bool),
    /// The same, of an answer that is no JSON value.
    HiddenText(fn(&World) -> Ask, fn(&World, &str) -> bool),
    /// A read that shows the same to everybody who may ask at all.
    Same,
    /// There is no such case, for this reason.
    Never(&'static str),
}
use Case::{Hidden, HiddenText, Never, Refused, Same};

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
    action: String,
    key: String,
    client: String,
    funding: String,
    memory: String,
    envelope: String,
    task: String,
    policy_set: String,
    evaluation: String,
    key_seq: u64,
    declared: String,
    context: String,
    request: String,
    escalation: String,
    /// Alice's own signature on her card.
    signature: Value,
    /// An organization of the owner's with alice and bob in it, and what it has.
    org: String,
    org_agent: String,
    invite: String,
    team: String,
    /// Dora's: a session that is open, and a passkey.
    session: String,
    passkey: String,
    /// What emil, a developer as she is, shows for himself.
    emil: String,
}

/// Dora's session and passkey, and what emil has to show.
async fn developers(town: &Town, postbox: &Postbox) -> [String; 3] {
    let mut sessions = Vec::new();
    for email in ["dora@example.com", "emil@example.com"] {
        member(town, postbox, email).await;
        sessions.push(login(town, email, PASSWORD).await.accepted());
    }
    let passkey = add(town, token(&sessions[0]), &mut authenticator(1)).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    [text(&sessions[0]["id"]), text(&passkey["id"]), token(&sessions[1]).to_owned()]
}

async fn world() -> World {
    use hansa_wire::amp::{Intent, build};
    let postbox = Postbox::default();
    let mailer = std::sync::Arc::new(postbox.clone());
    let configure = |config: &mut hansa_node::Config| {
        config.ledger_public = false;
        config.mailer = Some(mailer);
    };
    let mut town = Town::with(configure, hansa_api::ApiSettings::default()).await;
    let owner = town.set_up().await;
    let [session, passkey, emil] = developers(&town, &postbox).await;
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
    let memory =
        Ask::post(format!("/api/v1/agents/{}/memories", alice.id), json!({ "content": "x" }));
    let memory = made(town.ask(memory.by(&alice)).await);
    let terms = json!({ "rail": "amp-outcome", "amount": "5 AVT" });
    let terms = serde_json::from_value(terms).unwrap();
    let offer = build::intent(alice.header(bob.did.clone(), None), Intent::new("work"), terms);
    let offer = alice.send(offer).await.unwrap();
    let policy = crate::policies::set("payments", &["transfer_create"]);
    let policy = made(town.ask(Ask::post("/api/v1/policy-sets", policy).by(&owner)).await);
    let to_bob = json!({ "holder": bob.id, "actions": ["pay_vendor"], "expires_in_s": 60 });
    let to_bob = made(town.ask(Ask::post("/api/v1/grants", to_bob).by(&alice)).await);
    let action = json!({ "task": offer.task, "grant": to_bob["id"],
        "action": { "type": "tool_call", "tool": "pay_vendor", "params": {} } });
    let action = made(town.ask(Ask::post("/api/v1/actions", action).by(&bob)).await);
    let signature = crate::cards::own_signature(&town, &alice, crate::cards::A2A).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let declared = json!({ "requested_outcome": "x", "risk_tier": "low" });
    let declare = || Ask::post("/api/v1/tasks", declared.clone()).by(&alice);
    let (declared, frozen) = (made(town.ask(declare()).await), made(town.ask(declare()).await));
    let of = |task: &Value, what: &str| format!("/api/v1/tasks/{}/{what}", text(&task["id"]));
    let evaluation = Ask::post("/api/v1/policy-evaluations", json!({})).by(&alice);
    let evaluation = made(town.ask(evaluation).await);
    let context = Ask::post(of(&declared, "contexts"), json!({ "source_type": "external" }));
    let context = made(town.ask(context.by(&alice)).await);
    let request = Ask::post(of(&declared, "approval-requests"), json!({}));
    let request = made(town.ask(request.by(&alice)).await);
    let concern = json!({ "concern_type": "fraud", "description": "x" });
    let escalation = Ask::post(of(&frozen, "escalations"), concern);
    let escalation = made(town.ask(escalation.by(&alice)).await);
    let super::orgs::Acme { org, agent: org_agent, invite, team } =
        super::orgs::acme(&town, &owner, &[&alice, &bob]).await;
    World {
        org,
        org_agent,
        invite,
        team,
        session,
        passkey,
        emil,
        declared: text(&declared["id"]),
        context: text(&context["id"]),
        request: text(&request["id"]),
        escalation: text(&escalation["id"]),
        signature,
        transfer: text(&held["id"]),
        grant: text(&grant["id"]),
        action: text(&action["id"]),
        key: text(&key["id"]),
        client: text(&client["client_id"]),
        funding: text(&funding["id"]),
        memory: text(&memory["id"]),
        key_seq: key["seq"].as_u64().unwrap(),
        envelope: offer.envelope_id.to_string(),
        task: offer.task.unwrap().to_string(),
        policy_set: text(&policy["id"]),
        evaluation: text(&evaluation["id"]),
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
        Same => {}
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
        HiddenText(ask, hides) => {
            let reply = world.town.ask(ask(world)).await;
            let text = String::from_utf8(reply.body).unwrap();
            assert!(reply.status == 200 && hides(world, &text), "{} {name}: {text}", row.id);
        }
    }
    // What the gate refuses to a principal is noted, and nothing else happens.
    let noted = u64::from(row.id == "action_submit" && name == "another tenant");
    let written = world.town.seq() - before;
    assert_eq!(written, noted, "{} {name}: something was written", row.id);
}

/// A case may be missing only where the operation's own row explains it.
fn may_be_missing(operation: &Operation, row: &Row) {
    let never = |case: &Case| matches!(case, Never(_));
    let denied_open = operation.access == Access::Public;
    assert!(denied_open || !never(&row.denied), "{}: no case of a denial", operation.id);
    assert!(!never(&row.bad_input), "{}: no case of bad input", operation.id);
    let open = operation.method != Method::Get && operation.access == Access::Public;
    let callers =
        ["api_key_create", "developer_key_create", "onboard_agent", "onboard_token", "teg_send"];
    let account = operation.tag == "accounts" && operation.method != Method::Get;
    let own = callers.contains(&operation.id) || account;
    assert!(open || own || !never(&row.other_tenant), "{}: no other tenant", operation.id);
    let same = matches!(row.other_tenant, Same);
    assert!(!same || operation.method == Method::Get, "{}: only reads are the same", operation.id);
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
