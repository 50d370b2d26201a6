//! The gate over real HTTP: what passes it, how that ends, and what is left to read of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hansa_crypto::jws::Unverified;
use hansa_crypto::{chain, jwk};
use hansa_node::effect::{RECEIPT_TYPE, Tools};
use hansa_testkit::SimNetwork;
use hansa_types::{Code, Digest};
use hansa_wire::amp::{Intent, build};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town, remote};

/// A town where bob acts in a task of alice's, under a grant of hers.
struct World {
    town: Town,
    owner: Actor,
    alice: Actor,
    bob: Actor,
    task: String,
    grant: String,
}

impl World {
    async fn new(tools: &[&str], network: Arc<SimNetwork>) -> Self {
        // What the node itself has done outside is done by its own authority.
        let is_listed = !tools.is_empty();
        let tools = Tools::new(tools.iter().map(|tool| tool.parse().unwrap())).unwrap();
        let configure = |config: &mut hansa_node::Config| {
            config.tools = tools;
            let policy = hansa_node::egress::EgressPolicy::closed();
            config.egress = policy.allow_private("tool.example:80".parse().unwrap());
        };
        let mut town = Town::within(configure, hansa_api::ApiSettings::default(), network).await;
        let owner = town.set_up().await;
        let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
        let terms = json!({ "rail": "amp-outcome", "amount": "5 AVT" });
        let terms = serde_json::from_value(terms).unwrap();
        let header = alice.header(bob.did.clone(), None);
        let offer = alice.send(build::intent(header, Intent::new("work"), terms)).await.unwrap();
        let mut grant = json!({ "holder": bob.id, "actions": ["pay_vendor", "transfer_create"],
            "currency": "AVT", "per_use": "100", "expires_in_s": 3_600 });
        let lender = if is_listed { &owner } else { &alice };
        if is_listed {
            grant["on_behalf_of"] = json!(town.did());
        }
        let grant = town.ask(Ask::post("/api/v1/grants", grant).by(lender)).await.accepted();
        let task = offer.task.unwrap().to_string();
        let grant = grant["id"].as_str().unwrap().to_owned();
        Self { town, owner, alice, bob, task, grant }
    }

    async fn quiet() -> Self {
        Self::new(&[], Arc::default()).await
    }

    fn envelope(&self, more: Value) -> Value {
        let mut envelope = json!({ "task": self.task, "grant": self.grant, "action": {
            "type": "tool_call", "tool": "pay_vendor",
            "params": { "vendor": "Acme", "amount": "10", "currency": "AVT" } } });
        for (name, value) in more.as_object().unwrap() {
            envelope[name] = value.clone();
        }
        envelope
    }

    fn submit(&self, more: Value) -> Ask {
        Ask::post("/api/v1/actions", self.envelope(more)).by(&self.bob)
    }

    async fn done(&self, more: Value) -> Value {
        self.town.ask(self.submit(more)).await.accepted()
    }

    async fn get(&self, path: String, by: &Actor) -> Value {
        self.town.ask(Ask::get(path).by(by)).await.accepted()
    }

    /// The claims of a receipt, checked with the keys that the node publishes.
    async fn receipt(&self, action: &Value) -> Value {
        let path = format!("/api/v1/receipts/{}", action["receipt"].as_str().unwrap());
        let receipt = self.get(path, &self.bob).await;
        let keys = self.town.ask(Ask::get("/.well-known/jwks.json")).await.accepted();
        let key = jwk::read(&keys["keys"][0]).unwrap().prepare();
        let jws = Unverified::read(receipt["jws"].as_str().unwrap()).unwrap();
        let claims = Value::Object(jws.verify_claims(&key, RECEIPT_TYPE).unwrap());
        assert_eq!(claims, receipt["claims"]);
        claims
    }
}

/// A tool that answers calls with these, and counts them.
fn serve(network: &SimNetwork, answers: &[&str]) -> Arc<AtomicUsize> {
    let answers = answers.iter().map(|&text| text.to_owned()).collect();
    remote::serve(network, ("tool.example", "10.0.0.9:80"), answers)
}

const DONE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"paid\":true}";
const DECLINED: &str = "HTTP/1.1 402 No\r\ncontent-length: 2\r\n\r\n{}";
const BROKEN: &str = "HTTP/1.1 500 Broken\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn what_somebody_else_does_is_claimed_once_and_ends_with_a_receipt() {
    let world = World::quiet().await;
    let action = world.done(json!({ "executor": world.alice.id })).await;
    assert_eq!((&action["state"], &action["executor"]), (&json!("started"), &json!("external")));
    let path = format!("/api/v1/actions/{}", action["id"].as_str().unwrap());
    let call = world.envelope(json!({}))["action"].clone();
    let claim =
        |call: &Value| Ask::post(format!("{path}/claim"), json!({ "call": call })).by(&world.alice);
    let mut other = call.clone();
    other["params"]["amount"] = json!("11");
    world.town.ask(claim(&other)).await.refused(Code::CallMismatch);
    assert_eq!(world.town.ask(claim(&call)).await.accepted()["state"], "claimed");
    world.town.ask(claim(&call)).await.refused(Code::ActionClaimed);
    let ended = json!({ "outcome": "done", "status": 200, "result": { "paid": true } });
    let ended = Ask::post(format!("{path}/receipt"), ended).by(&world.alice);
    assert_eq!(world.town.ask(ended).await.accepted()["state"], "done");
    let shown = world.get(path, &world.bob).await;
    assert_eq!((&shown["state"], &shown["result"]["paid"]), (&json!("done"), &json!(true)));
    let claims = world.receipt(&action).await;
    assert_eq!((&claims["state"], &claims["amount"]), (&json!("done"), &json!("10000000")));
    assert_eq!((&claims["grant"], &claims["task"]), (&json!(world.grant), &json!(world.task)));
    world.town.stop().await;
}

#[tokio::test]
async fn a_native_operation_is_done_with_its_envelope_and_once() {
    let world = World::quiet().await;
    let params = json!({ "from": world.alice.id, "to": world.owner.id, "amount": "7" });
    let call = |amount: &str| {
        let mut params = params.clone();
        params["amount"] = json!(amount);
        json!({ "action": { "type": "native", "tool": "transfer_create", "params": params } })
    };
    let done = world.town.ask(world.submit(call("7")).key("k")).await.accepted();
    assert_eq!((&done["state"], &done["result"]["amount"]), (&json!("done"), &json!("7")));
    let seq = world.town.seq();
    let again = world.town.ask(world.submit(call("7")).key("k")).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.accepted()["id"], done["id"]);
    assert_eq!(world.town.seq(), seq);
    let before = world.get(format!("/api/v1/grants/{}", world.grant), &world.bob).await;
    assert_eq!(before["used"], "7");
    world.town.ask(world.submit(call("101"))).await.refused(Code::GrantLimitExceeded);
    let dry = json!({ "action": { "type": "native", "tool": "transfer_create",
        "params": { "to": world.owner.id, "amount": "1", "dry_run": true } } });
    world.town.ask(world.submit(dry)).await.refused(Code::InvalidField);
    let unknown = json!({ "action": { "type": "native", "tool": "task_list", "params": {} } });
    world.town.ask(world.submit(unknown)).await.refused(Code::ToolUnknown);
    assert_eq!(world.receipt(&done).await["executor"], "native");
    world.town.stop().await;
}

#[tokio::test]
async fn a_tool_is_called_once_and_what_it_said_is_kept() {
    let network = Arc::new(SimNetwork::default());
    let calls = serve(&network, &[DONE, DECLINED, BROKEN]);
    let tools = ["pay_vendor=http:http://tool.example/pay"];
    let world = World::new(&tools, Arc::clone(&network)).await;
    let done = world.done(json!({})).await;
    assert_eq!((&done["state"], &done["result"]["paid"]), (&json!("done"), &json!(true)));
    let declined = world.done(json!({})).await;
    assert_eq!((&declined["state"], &declined["status"]), (&json!("failed"), &json!(402)));
    let broken = world.done(json!({})).await;
    assert_eq!(
        (&broken["state"], &broken["reason"]),
        (&json!("outcome_unknown"), &json!("no_answer"))
    );
    assert_eq!(calls.load(Ordering::Relaxed), 3);
    // Whoever the owner trusts may say what became of it.
    let path = format!("/api/v1/actions/{}/receipt", broken["id"].as_str().unwrap());
    let said = json!({ "outcome": "done" });
    world
        .town
        .ask(Ask::post(path.clone(), said.clone()).by(&world.bob))
        .await
        .refused(Code::Forbidden);
    let said = world.town.ask(Ask::post(path, said).by(&world.owner)).await.accepted();
    assert_eq!(said["state"], "done");
    world.town.stop().await;
}

#[tokio::test]
async fn a_tool_that_honours_the_key_is_asked_again() {
    let network = Arc::new(SimNetwork::default());
    let calls = serve(&network, &[DONE]);
    let tools = ["pay_vendor=http+key:http://tool.example/pay"];
    let world = World::new(&tools, Arc::clone(&network)).await;
    assert_eq!(world.done(json!({})).await["state"], "done");
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    world.town.stop().await;
}

/// An answer of an MCP server.
fn rpc(id: u64, name: &str, said: Value) -> String {
    remote::answer(200, &json!({ "jsonrpc": "2.0", "id": id, name: said }).to_string())
}

#[tokio::test]
async fn a_tool_of_an_mcp_server_is_called_whatever_its_age() {
    let paid = json!({ "content": [{ "type": "text", "text": "paid" }] });
    let declined = json!({ "content": [], "isError": true });
    let begun = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "serverInfo": {} });
    let unknown = json!({ "code": -32601, "message": "no such method" });
    let answers = vec![
        // One that says everything at once.
        rpc(0, "result", json!({})),
        rpc(2, "result", paid.clone()),
        // One that wants a session first.
        rpc(0, "error", unknown.clone()),
        rpc(1, "result", begun.clone()),
        "HTTP/1.1 202 taken\r\ncontent-length: 0\r\n\r\n".to_owned(),
        rpc(2, "result", declined),
        // One that speaks no MCP: the call itself is not sent.
        remote::answer(500, "{}"),
        remote::answer(500, "{}"),
    ];
    let count = answers.len();
    let network = Arc::new(SimNetwork::default());
    let calls = remote::serve(&network, ("tool.example", "10.0.0.9:80"), answers);
    let world = World::new(&["pay_vendor=mcp:http://tool.example/mcp"], network).await;
    let done = world.done(json!({})).await;
    assert_eq!((&done["state"], &done["executor"]), (&json!("done"), &json!("mcp")), "{done}");
    assert_eq!(done["result"], paid);
    let declined = world.done(json!({})).await;
    assert_eq!(declined["state"], "failed", "{declined}");
    let nobody = world.done(json!({})).await;
    assert_eq!((&nobody["state"], &nobody["reason"]), (&json!("failed"), &json!("not_sent")));
    assert_eq!(calls.load(Ordering::Relaxed), count);
    assert_eq!(world.receipt(&done).await["executor"], "mcp");
    world.town.stop().await;
}

#[tokio::test]
async fn whoever_does_not_wait_is_told_where_to_look_and_a_trial_does_nothing() {
    let network = Arc::new(SimNetwork::default());
    let calls = serve(&network, &[remote::SILENCE]);
    let world = World::new(&["pay_vendor=http:http://tool.example/pay"], network).await;
    let begun = world.town.ask(world.submit(json!({ "wait": "started" }))).await;
    assert_eq!((begun.status, &begun.json()["state"]), (202, &json!("started")));

    // The same in AGP's words, of a task that policy has nothing against.
    let ask = |path: &str, body: Value| Ask::post(path, body).by(&world.bob);
    let task = json!({ "requested_outcome": "pay", "risk_tier": "low" });
    let task = world.town.ask(ask("/api/v1/tasks", task)).await.accepted()["id"].clone();
    let look = ask("/api/v1/policy-evaluations", json!({ "task": task }));
    assert_eq!(world.town.ask(look).await.accepted()["verdict"], "allow");
    let call = world.envelope(json!({}))["action"].clone();
    let envelope = json!({ "task_id": task, "capability_token": world.grant, "action": call });
    let prefer = |envelope: &Value, word: &str| {
        ask("/agp/execution/action-envelopes", envelope.clone()).header("prefer", word)
    };
    let before = world.town.seq();
    let trial = world.town.ask(prefer(&envelope, "validate-only")).await;
    assert_eq!((trial.status, &trial.json()["valid"]), (200, &json!(true)), "{}", trial.json());
    let mut wide = envelope.clone();
    wide["action"]["params"]["amount"] = json!("101");
    let trial = world.town.ask(prefer(&wide, "validate-only")).await;
    assert_eq!(
        (trial.status, &trial.json()["error"]["code"]),
        (409, &json!("AGP_SCOPE_VIOLATION"))
    );
    assert_eq!(world.town.seq(), before, "a trial leaves nothing");
    let begun = world.town.ask(prefer(&envelope, "execute-async")).await;
    let told = begun.json();
    assert_eq!((begun.status, &told["status"]), (202, &json!("pending")), "{told}");
    assert_eq!(begun.header("x-agp-action-id"), told["operation_id"].as_str());
    let url = told["status_url"].as_str().unwrap();
    let path = url.strip_prefix(&world.town.url()).unwrap().to_owned();
    while calls.load(Ordering::Relaxed) < 2 {
        tokio::task::yield_now().await;
    }
    let ended = loop {
        let told = world.get(path.clone(), &world.bob).await;
        if told["status"] != "pending" {
            break told;
        }
        world.town.clock.advance(hansa_types::Duration::seconds(1));
    };
    // Nobody answered, so nobody can say.
    assert_eq!(ended["status"], "failed", "{ended}");
    world.town.stop().await;
}

#[tokio::test]
async fn a_tool_that_is_not_there_was_sent_nothing() {
    let tools = ["pay_vendor=http:http://tool.example/pay"];
    let world = World::new(&tools, Arc::default()).await;
    let failed = world.done(json!({})).await;
    assert_eq!((&failed["state"], &failed["reason"]), (&json!("failed"), &json!("not_sent")));
    world.town.stop().await;
}

#[tokio::test]
async fn refusals_are_noted_and_explained_and_the_task_is_replayed() {
    let world = World::quiet().await;
    let much = json!({ "action": { "type": "tool_call", "tool": "pay_vendor",
        "params": { "amount": "101", "currency": "AVT" } } });
    let refused = world.town.ask(world.submit(much.clone())).await;
    refused.refused(Code::GrantLimitExceeded);
    let id = refused.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
    let told = world.get(format!("/api/v1/explain/{id}"), &world.bob).await;
    assert!(told["answer"].as_str().unwrap().contains("grant_limit_exceeded"), "{told}");
    assert_eq!(told["next_step"], Code::GrantLimitExceeded.next_step());
    let code = world.get("/api/v1/explain/grant_revoked".to_owned(), &world.bob).await;
    assert_eq!(code["answer"], Code::GrantRevoked.title());
    world.done(json!({})).await;
    let told = world.get(format!("/api/v1/explain/{}", world.task), &world.alice).await;
    assert!(told["answer"].as_str().unwrap().contains("grant_limit_exceeded"), "{told}");

    let replay = world.get(format!("/api/v1/tasks/{}/replay", world.task), &world.alice).await;
    let steps = replay["steps"].as_array().unwrap();
    let kinds: Vec<&str> = steps.iter().map(|s| s["entry"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["task.offered", "action.refused", "effect.started"]);
    let digest = |value: &Value| -> Digest { value.as_str().unwrap().parse().unwrap() };
    let mut head = Digest::ZERO;
    for step in steps {
        assert_eq!(digest(&step["prev"]), head);
        head = chain::next(&head, &digest(&step["leaf"]));
        assert_eq!(digest(&step["hash"]), head);
    }
    assert_eq!(digest(&replay["head"]), head);
    assert_eq!(steps[1]["known"]["action.refused"], json!([id]));
    assert!(steps[0]["known"].get("action.refused").is_none());
    let from = steps[2]["seq"].as_u64().unwrap();
    let path = format!("/api/v1/tasks/{}/replay?from={from}", world.task);
    let rest = world.get(path, &world.alice).await;
    assert_eq!(rest["steps"], json!([steps[2]]));
    assert_eq!(rest["head"], replay["head"]);
    world.town.stop().await;
}

#[tokio::test]
async fn the_gate_says_what_it_would_say_and_does_nothing() {
    let world = World::quiet().await;
    let ask = |body: Value, by: &Actor| Ask::post("/api/v1/actions/validate", body).by(by);
    let seq = world.town.seq();
    let envelope = json!({ "envelope": world.envelope(json!({})) });
    let passed = world.town.ask(ask(envelope, &world.bob)).await.accepted();
    assert_eq!(passed["permit"], true);
    let native = json!({ "action": { "type": "native", "tool": "transfer_create",
        "params": { "from": world.alice.id, "to": world.owner.id, "amount": "7" } } });
    let native = json!({ "envelope": world.envelope(native) });
    assert_eq!(world.town.ask(ask(native, &world.bob)).await.accepted()["permit"], true);
    let wrong = json!({ "grant": "cap_00000000000000000000000000", "counterparty": world.task.replace("tsk_", "agt_") });
    let denied =
        world.town.ask(ask(json!({ "envelope": world.envelope(wrong) }), &world.bob)).await;
    denied.refused(Code::ActionDenied);
    let locks = denied.json()["errors"].clone();
    let closed: Vec<&str> =
        locks.as_array().unwrap().iter().map(|lock| lock["field"].as_str().unwrap()).collect();
    assert_eq!(closed, ["authority", "counterparty"]);
    assert_eq!(world.town.seq(), seq);

    // A service that a call arrives at asks whether a running action covers it.
    let action = world.done(json!({})).await;
    let call = world.envelope(json!({}))["action"].clone();
    let asked = |call: &Value| json!({ "action": action["id"], "call": call });
    let passed = world.town.ask(ask(asked(&call), &world.owner)).await.accepted();
    assert_eq!(passed["permit"], true);
    let mut other = call.clone();
    other["params"]["amount"] = json!("11");
    world.town.ask(ask(asked(&other), &world.owner)).await.refused(Code::ActionUnknown);
    world.town.ask(ask(asked(&other), &world.bob)).await.refused(Code::ActionDenied);
    let revoke = format!("/api/v1/grants/{}/revoke", world.grant);
    world.town.ask(Ask::post(revoke, json!({})).by(&world.alice)).await.accepted();
    world.town.ask(ask(asked(&call), &world.owner)).await.refused(Code::ActionDenied);
    world.town.stop().await;
}

#[tokio::test]
async fn the_amount_that_is_judged_is_the_amount_that_is_sent() {
    let world = World::quiet().await;
    world.town.ask(world.submit(json!({ "amount": "5" }))).await.refused(Code::InvalidField);
    let number = json!({ "action": { "type": "tool_call", "tool": "pay_vendor",
        "params": { "amount_avt": 125_000 } } });
    world.town.ask(world.submit(number)).await.refused(Code::GrantLimitExceeded);
    let two = json!({ "action": { "type": "tool_call", "tool": "pay_vendor",
        "params": { "amount_avt": 5, "amount": "6" } } });
    world.town.ask(world.submit(two)).await.refused(Code::InvalidField);
    let named =
        json!({ "action": { "type": "tool_call", "tool": "transfer_create", "params": {} } });
    world.town.ask(world.submit(named)).await.refused(Code::ToolUnknown);
    world.town.stop().await;
}
