//! Callbacks: whoever waits is told at the address they named, signed, again until it is taken and across
//! restarts, and given up in the end.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_api::ApiSettings;
use hansa_crypto::jwk;
use hansa_node::egress::{EgressPolicy, Purpose};
use hansa_node::env::Clock as _;
use hansa_node::limits::CALLBACK_RETRIES;
use hansa_testkit::SimNetwork;
use hansa_types::{Code, Duration, Signature};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::harness::{Actor, Ask, Town};

const URL: &str = "http://hook.example:8080/told?by=hansa";
const HOST: &str = "hook.example:8080";

/// Turns between two moves of the clock, so that work that is under way goes on first.
const TURNS: usize = 256;

/// A town where alice asks, ben approves, and somebody listens at [`URL`].
struct World {
    town: Town,
    owner: Actor,
    alice: Actor,
    ben: Actor,
    listener: UnboundedReceiver<DuplexStream>,
}

/// A request that came in.
struct Told {
    head: String,
    body: Vec<u8>,
}

impl World {
    async fn new() -> Self {
        let network = Arc::new(SimNetwork::default());
        network.name("hook.example", [vec!["10.0.0.7".parse().unwrap()]]);
        let listener = network.listen("10.0.0.7:8080".parse().unwrap());
        let policy = EgressPolicy::closed().allow(Purpose::Webhook, HOST.parse().unwrap());
        let policy = policy.allow_private(HOST.parse().unwrap());
        let configure = |config: &mut hansa_node::Config| config.egress = policy;
        let mut town = Town::within(configure, ApiSettings::default(), network).await;
        let owner = town.set_up().await;
        let (alice, ben) = (town.agent(&owner, "alice").await, town.agent(&owner, "ben").await);
        let role = json!({ "principal": ben.id, "role": "compliance_monitor" });
        town.ask(Ask::post("/api/v1/roles", role).by(&owner)).await.accepted();
        Self { town, owner, alice, ben, listener }
    }

    async fn post(&self, by: &Actor, path: &str, body: Value) -> Value {
        self.town.ask(Ask::post(path, body).by(by)).await.accepted()
    }

    /// A task of alice's with a request for approval that is told of there; the two ids.
    async fn asked(&self, url: &str) -> (String, String) {
        let declared = json!({ "requested_outcome": "pay", "risk_tier": "low" });
        let task = text(&self.post(&self.alice, "/api/v1/tasks", declared).await, "id");
        let call = json!({ "type": "tool_call", "tool": "pay", "params": {} });
        let asked = json!({ "call": call, "callback_url": url, "expires_in_s": 86_400 });
        let path = format!("/api/v1/tasks/{task}/approval-requests");
        let asked = self.post(&self.alice, &path, asked).await;
        assert_eq!(asked["callback_url"], url);
        (task, text(&asked, "id"))
    }

    async fn decide(&self, request: &str, decision: &str) {
        let path = format!("/api/v1/approvals/{request}/decide");
        self.post(&self.ben, &path, json!({ "decision": decision })).await;
    }

    /// Lets time pass, so much at once, until somebody is called back; answers with a status.
    async fn told(&mut self, step: Duration, status: u16) -> Told {
        let mut turns = 0;
        loop {
            match self.listener.try_recv() {
                Ok(stream) => match answer(stream, status).await {
                    Some(told) => return told,
                    None => continue,
                },
                Err(_) if turns == TURNS => {
                    self.town.clock.advance(step);
                    turns = 0;
                }
                Err(_) => turns += 1,
            }
            tokio::task::yield_now().await;
        }
    }

    /// The entries of a task.
    async fn record(&self, task: &str) -> Vec<Value> {
        let path = format!("/api/v1/tasks/{task}/replay");
        let replay = self.town.ask(Ask::get(path).by(&self.alice)).await.accepted();
        replay["steps"].as_array().unwrap().iter().map(|step| step["entry"].clone()).collect()
    }

    /// The callback's end among a task's entries, once it is there.
    async fn ended(&self, task: &str) -> Value {
        loop {
            let record = self.record(task).await;
            if let Some(entry) = record.iter().find(|entry| entry["kind"] == "callback.ended") {
                return entry["data"].clone();
            }
        }
    }

    /// What somebody is told of callbacks.
    async fn listed(&self, by: &Actor, query: &str) -> Vec<Value> {
        let listed = self.town.ask(Ask::get(format!("/api/v1/callbacks{query}")).by(by)).await;
        listed.accepted()["data"].as_array().unwrap().clone()
    }

    /// The only callback of alice's, once it was sent so often.
    async fn sent(&self, tries: usize) -> Value {
        loop {
            let mut listed = self.listed(&self.alice, "").await;
            assert_eq!(listed.len(), 1);
            if listed[0]["tries"] == tries {
                return listed.remove(0);
            }
        }
    }
}

/// Reads a request and answers it; nothing where whoever sent it has stopped.
async fn answer(mut stream: DuplexStream, status: u16) -> Option<Told> {
    let mut read = Vec::new();
    let mut buffer = [0; 4_096];
    while !read.ends_with(b"}") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
    let answer = format!("HTTP/1.1 {status} told\r\ncontent-length: 0\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.ok()?;
    let split = read.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(read[..split].to_vec()).unwrap();
    Some(Told { head, body: read[split + 4..].to_vec() })
}

impl Told {
    fn header(&self, name: &str) -> &str {
        let of = |line: &'_ str| line.to_ascii_lowercase().starts_with(&format!("{name}: "));
        let line = self.head.lines().find(|line| of(line));
        line.unwrap_or_else(|| panic!("{name}: {}", self.head)).split_once(": ").unwrap().1
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks the signature by the keys that the node publishes.
    async fn verified(&self, town: &Town) -> Value {
        let keys = town.ask(Ask::get("/.well-known/jwks.json")).await.accepted();
        let key = jwk::read(&keys["keys"][0]).unwrap();
        let (id, at) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let signed = [format!("{id}.{at}.").as_bytes(), &self.body].concat();
        let signature = self.header("webhook-signature").strip_prefix("v1a,").unwrap();
        let signature = STANDARD.decode(signature).unwrap();
        let signature = Signature(signature.try_into().unwrap());
        assert!(key.verify(&signed, &signature).is_ok());
        assert!(key.verify(&[&signed[..], b" "].concat(), &signature).is_err());
        self.json()
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned()
}

const SHORT: Duration = Duration(200);

#[tokio::test]
async fn who_asked_is_told_once_that_it_was_approved() {
    let mut world = World::new().await;
    let (task, request) = world.asked(URL).await;
    assert!(world.listener.try_recv().is_err(), "nothing is told before it is decided");
    let waits = world.sent(0).await;
    assert_eq!((&waits["subject"], &waits["delivery"]), (&json!(request), &json!("open")));
    assert_eq!((&waits["told"], &waits["callback_url"]), (&Value::Null, &json!(URL)));
    world.decide(&request, "approved").await;
    let told = world.told(SHORT, 204).await;
    assert!(told.head.starts_with("POST /told?by=hansa HTTP/1.1"), "{}", told.head);
    let message = told.verified(&world.town).await;
    assert_eq!(message["type"], "approval.approved");
    let data = json!({ "id": request, "state": "approved", "seq": message["data"]["seq"],
        "node": world.town.did(), "operation_id": request, "status": "completed" });
    assert_eq!(message["data"], data);
    let ended = json!({ "delivery": "delivered", "tries": 1, "status": 204 });
    assert_eq!(world.ended(&task).await, ended);
    let taken = world.sent(1).await;
    assert_eq!((&taken["delivery"], &taken["status"]), (&json!("delivered"), &json!(204)));
    assert!(taken["ended_at"].is_string() && taken["next_try_at"].is_null(), "{taken}");
    assert_eq!(world.listed(&world.ben, "").await, [] as [Value; 0]);
    let seen = world.listed(&world.owner, "?delivery=delivered").await;
    assert_eq!((&seen[0]["by"], &seen[0]["callback_url"]), (&json!(world.alice.id), &Value::Null));
    for nothing in ["?delivery=open", "?delivery=dead"] {
        assert_eq!(world.listed(&world.alice, nothing).await, [] as [Value; 0], "{nothing}");
    }
    // Only who named the address is shown it.
    let path = format!("/api/v1/approvals/{request}");
    let seen = world.town.ask(Ask::get(&path).by(&world.ben)).await.accepted();
    assert!(seen.get("callback_url").is_none(), "{seen}");
    world.town.clock.advance(Duration::days(2));
    world.town.ask(Ask::get(&path).by(&world.alice)).await.accepted();
    assert!(world.listener.try_recv().is_err(), "what was taken is not sent again");
    world.town.stop().await;
}

#[tokio::test]
async fn rejection_and_silence_are_told() {
    let mut world = World::new().await;
    let (_, rejected) = world.asked(URL).await;
    world.decide(&rejected, "rejected").await;
    let message = world.told(SHORT, 200).await.json();
    assert_eq!(
        (&message["type"], &message["data"]["status"]),
        (&json!("approval.rejected"), &json!("denied"))
    );
    let (_, silent) = world.asked(URL).await;
    let message = world.told(Duration::hours(1), 200).await.json();
    assert_eq!(
        (&message["data"]["id"], &message["data"]["state"]),
        (&json!(silent), &json!("expired"))
    );
    world.town.stop().await;
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_under_one_id_and_given_up() {
    let mut world = World::new().await;
    let (task, request) = world.asked(URL).await;
    world.decide(&request, "approved").await;
    let first = world.told(SHORT, 500).await;
    let tried = world.sent(1).await;
    assert_eq!((&tried["delivery"], &tried["told"]), (&json!("open"), &json!("approved")));
    assert_eq!(tried["status"], 500);
    let next = world.town.clock.wall().after(CALLBACK_RETRIES[0]);
    assert_eq!(tried["next_try_at"], json!(next.to_string()));
    for wait in CALLBACK_RETRIES {
        let again = world.told(wait, 503).await;
        assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
        assert_ne!(again.header("webhook-timestamp"), first.header("webhook-timestamp"));
        assert_eq!(again.body, first.body);
        again.verified(&world.town).await;
    }
    let ended = json!({ "delivery": "dead", "tries": 1 + CALLBACK_RETRIES.len(), "status": 503 });
    assert_eq!(world.ended(&task).await, ended);
    let dead = world.listed(&world.alice, "?delivery=dead").await;
    assert_eq!((&dead[0]["subject"], &dead[0]["tries"]), (&json!(request), &ended["tries"]));
    world.town.stop().await;
}

#[tokio::test]
async fn a_receiver_that_wants_none_is_left_alone() {
    let mut world = World::new().await;
    let (task, request) = world.asked(URL).await;
    world.decide(&request, "approved").await;
    world.told(SHORT, 410).await;
    let ended = json!({ "delivery": "dead", "tries": 1, "status": 410 });
    assert_eq!(world.ended(&task).await, ended);
    world.town.stop().await;
}

#[tokio::test]
async fn a_restart_forgets_nothing_and_begins_nothing_anew() {
    let mut world = World::new().await;
    let (task, request) = world.asked(URL).await;
    world.decide(&request, "approved").await;
    world.told(SHORT, 500).await;
    // The tries of the first hours pass while the node is down.
    world.town.clock.advance(Duration::hours(3));
    let World { town, owner, alice, ben, listener } = world;
    let town = town.restart().await;
    let mut world = World { town, owner, alice, ben, listener };
    let again = world.told(SHORT, 200).await.verified(&world.town).await;
    assert_eq!(again["data"]["id"], request);
    let ended = world.ended(&task).await;
    assert_eq!((&ended["delivery"], &ended["tries"]), (&json!("delivered"), &json!(5)));
    world.town.stop().await;
}

#[tokio::test]
async fn actions_and_evaluations_are_told_of_too() {
    let mut world = World::new().await;
    let declared = json!({ "requested_outcome": "pay", "risk_tier": "low" });
    let task = text(&world.post(&world.alice, "/api/v1/tasks", declared).await, "id");
    let asked = json!({ "task": task, "callback_url": URL });
    let said = world.post(&world.alice, "/api/v1/policy-evaluations", asked).await;
    let message = world.told(SHORT, 200).await.json();
    assert_eq!(message["type"], "policy_evaluation.evaluated");
    assert_eq!((&message["data"]["id"], &said["callback_url"]), (&said["id"], &json!(URL)));
    assert_eq!(world.ended(&task).await["delivery"], "delivered");
    let record = world.record(&task).await;
    let asked = record.iter().find(|entry| entry["kind"] == "callback.asked").unwrap();
    assert_eq!(asked["subject"], said["id"]);
    let grant = json!({ "holder": world.alice.id, "actions": ["pay"], "expires_in_s": 3_600 });
    let grant = text(&world.post(&world.alice, "/api/v1/grants", grant).await, "id");
    let act = json!({ "task": task, "grant": grant, "callback_url": URL,
        "action": { "type": "tool_call", "tool": "pay", "params": {} } });
    let act = world.post(&world.alice, "/api/v1/actions", act).await;
    assert!(world.listener.try_recv().is_err(), "it is not over");
    let path = format!("/api/v1/actions/{}/receipt", text(&act, "id"));
    world.post(&world.alice, &path, json!({ "outcome": "done" })).await;
    let message = world.told(SHORT, 200).await.verified(&world.town).await;
    assert_eq!(
        (&message["type"], &message["data"]["status"], &message["data"]["id"]),
        (&json!("action.done"), &json!("completed"), &act["id"])
    );
    world.town.stop().await;
}

#[tokio::test]
async fn an_address_where_the_node_would_not_go_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let declared = json!({ "requested_outcome": "pay", "risk_tier": "low" });
    let task = text(&world.post(&world.alice, "/api/v1/tasks", declared).await, "id");
    let seq = world.town.seq();
    let long = format!("http://{HOST}/{}", "a".repeat(2_048));
    for url in [
        "",
        "told",
        "https://elsewhere.example/told",
        "http://hook.example/told",
        "http://user@hook.example:8080/told",
        "https://127.0.0.1/told",
        "file:///etc/passwd",
        &long,
    ] {
        let asked = json!({ "callback_url": url });
        let path = format!("/api/v1/tasks/{task}/approval-requests");
        let reply = world.town.ask(Ask::post(path, asked).by(&world.alice)).await;
        reply.refused(Code::InvalidField);
        assert!(reply.json()["detail"].as_str().unwrap().contains("callback_url"), "{url}");
    }
    assert_eq!(world.town.seq(), seq);
    world.town.stop().await;
}
