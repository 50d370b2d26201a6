//! Faults at the gate: whatever breaks while an act is asked for, nothing is done, and the refusal is on
//! record by its name.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hansa_node::Config;
use hansa_node::effect::Tools;
use hansa_node::egress::{EgressPolicy, Purpose};
use hansa_node::env::Clock as _;
use hansa_node::judge::{JudgeConfig, RemoteOpa};
use hansa_node::limits::{JUDGE_ANSWER_BYTES_MAX, JUDGE_REMOTE_MAX};
use hansa_testkit::SimNetwork;
use hansa_types::{Code, Duration, Time};
use serde_json::{Value, json};

use crate::harness::remote::{self, SILENCE};
use crate::harness::{Actor, Ask, Reply, Town};

const TOOL: &str = "pay=http:http://tool.example/pay";
const OPA: &str = "opa.example:8181";

/// Rules that let everything pass.
const ALLOW: &str = "package hansa.policy\nimport rego.v1\ndecision := {\"verdict\": \"allow\", \"rules\": [\"fine\"]}";

/// A node with a tool that is counted, an agent with authority over it, and a monitor.
struct Gate {
    town: Town,
    owner: Actor,
    alice: Actor,
    ben: Actor,
    grant: String,
    calls: Arc<AtomicUsize>,
}

impl Gate {
    async fn new() -> Self {
        Self::with(Arc::default(), |_| ()).await
    }

    async fn with(network: Arc<SimNetwork>, change: impl FnOnce(&mut Config)) -> Self {
        let done = remote::answer(200, "{}");
        let calls = remote::serve(&network, ("tool.example", "10.0.0.9:80"), vec![done]);
        let configure = |config: &mut Config| {
            config.tools = Tools::new([TOOL.parse().unwrap()]).unwrap();
            config.egress = EgressPolicy::closed()
                .allow(Purpose::Policy, OPA.parse().unwrap())
                .allow_private(OPA.parse().unwrap())
                .allow_private("tool.example:80".parse().unwrap());
            change(config);
        };
        let mut town = Town::within(configure, hansa_api::ApiSettings::default(), network).await;
        let owner = town.set_up().await;
        let (alice, ben) = (town.agent(&owner, "alice").await, town.agent(&owner, "ben").await);
        let mut gate = Self { town, owner, alice, ben, grant: String::new(), calls };
        let role = json!({ "principal": gate.ben.id, "role": "compliance_monitor" });
        gate.post(&gate.owner, "/api/v1/roles", role).await;
        let grant = json!({ "holder": gate.alice.id, "on_behalf_of": gate.town.did(),
            "actions": ["pay"], "expires_in_s": 7_200 });
        gate.grant = text(&gate.post(&gate.owner, "/api/v1/grants", grant).await, "id");
        gate
    }

    async fn post(&self, by: &Actor, path: &str, body: Value) -> Value {
        self.town.ask(Ask::post(path, body).by(by)).await.accepted()
    }

    /// Puts a policy set about the tool in force.
    async fn enact(&self, more: Value) {
        let mut set = json!({ "name": "payments", "version": "1", "actions": ["pay"] });
        set.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.post(&self.owner, "/api/v1/policy-sets", set).await;
        let path = format!("/api/v1/policy-sets/{}/activate", text(&made, "id"));
        self.post(&self.owner, &path, json!({})).await;
    }

    async fn enact_rules(&self, rules: &str, data: Value) {
        self.enact(json!({ "modules": { "policy.rego": rules }, "data": data })).await;
    }

    /// A task that policy has nothing against as a whole.
    async fn cleared(&self) -> String {
        self.evaluated("allow").await
    }

    async fn evaluated(&self, verdict: &str) -> String {
        let declared = json!({ "requested_outcome": "pay", "risk_tier": "low" });
        let task = text(&self.post(&self.alice, "/api/v1/tasks", declared).await, "id");
        let asked = json!({ "task": task, "at_least": verdict });
        let said = self.post(&self.alice, "/api/v1/policy-evaluations", asked).await;
        assert_eq!(said["verdict"], verdict);
        task
    }

    fn call() -> Value {
        json!({ "type": "tool_call", "tool": "pay", "params": {} })
    }

    /// A task whose one call the monitor has approved.
    async fn approved(&self) -> String {
        let task = self.evaluated("require_approval").await;
        let path = format!("/api/v1/tasks/{task}/approval-requests");
        let asked = json!({ "call": Self::call(), "expires_in_s": 86_400 });
        let request = text(&self.post(&self.alice, &path, asked).await, "id");
        let path = format!("/api/v1/approvals/{request}/decide");
        let said = self.post(&self.ben, &path, json!({ "decision": "approved" })).await;
        assert_eq!(said["state"], "approved");
        task
    }

    async fn attempt(&self, task: &str) -> Reply {
        let act = json!({ "task": task, "grant": self.grant, "action": Self::call() });
        self.town.ask(Ask::post("/api/v1/actions", act).by(&self.alice)).await
    }

    /// Lets time pass until the attempt is answered.
    async fn attempt_as_time_passes(&self, task: &str) -> Reply {
        let mut attempt = std::pin::pin!(self.attempt(task));
        loop {
            tokio::select! {
                biased;
                reply = &mut attempt => return reply,
                () = tokio::task::yield_now() => self.town.clock.advance(Duration(20)),
            }
        }
    }

    async fn kinds(&self, task: &str) -> Vec<Value> {
        let path = format!("/api/v1/tasks/{task}/replay");
        let replay = self.town.ask(Ask::get(path).by(&self.alice)).await.accepted();
        replay["steps"].as_array().unwrap().iter().map(|step| step["entry"].clone()).collect()
    }

    /// Nothing was done, and the refusal stands in the task's record by its name.
    async fn is_stopped(&self, task: &str, reply: &Reply, code: Code) {
        reply.refused(code);
        self.did_nothing(task).await;
        let noted = |entry: &Value| {
            entry["kind"] == "action.refused" && entry["data"]["refusal"] == code.as_str()
        };
        let entries = self.kinds(task).await;
        assert!(entries.iter().any(noted), "{code}: {entries:?}");
    }

    async fn is_stopped_by_one_of(&self, task: &str, reply: &Reply, codes: [Code; 2]) {
        let said = reply.code();
        let code = codes.into_iter().find(|code| code.as_str() == said);
        self.is_stopped(task, reply, code.unwrap_or_else(|| panic!("{said}"))).await;
    }

    async fn did_nothing(&self, task: &str) {
        assert_eq!(self.calls.load(Ordering::Relaxed), 0);
        let entries = self.kinds(task).await;
        assert!(entries.iter().all(|entry| entry["kind"] != "effect.started"), "{entries:?}");
    }

    /// The same act goes through once nothing is broken.
    async fn goes_through(&self, task: &str) {
        let done = self.attempt(task).await.accepted();
        assert_eq!((&done["state"], self.calls.load(Ordering::Relaxed)), (&json!("done"), 1));
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned()
}

#[tokio::test]
async fn a_judge_that_was_killed_stops_every_act_that_it_is_asked_about() {
    let gate = Gate::new().await;
    gate.enact_rules(ALLOW, json!({})).await;
    let (task, approved) = (gate.cleared().await, gate.approved().await);
    gate.town.node.judge.stop();
    for task in [task, approved] {
        let reply = gate.attempt(&task).await;
        gate.is_stopped(&task, &reply, Code::PolicyEngineUnavailable).await;
    }
    gate.town.stop().await;
}

#[tokio::test]
async fn rules_past_their_steps_or_their_time_stop_the_act() {
    let many_steps = "package hansa.policy\nimport rego.v1\n\
        decision := {\"verdict\": \"allow\"} if input.action == \"none\"\n\
        decision := {\"verdict\": \"allow\"} if {\n  input.action != \"none\"\n  \
        count([1 | some a in data.many; some b in data.many; some c in data.many; a + b + c > 0]) > 0\n}";
    let slow_steps = "package hansa.policy\nimport rego.v1\n\
        decision := {\"verdict\": \"allow\"} if input.action == \"none\"\n\
        decision := {\"verdict\": \"allow\"} if {\n  input.action != \"none\"\n  \
        count([1 | some a in data.many; sort(data.many)[0] == a]) > 0\n}";
    let many: Vec<u32> = (0..3_000).rev().collect();
    for rules in [many_steps, slow_steps] {
        let gate = Gate::new().await;
        gate.enact_rules(rules, json!({ "many": many })).await;
        let task = gate.cleared().await;
        let reply = gate.attempt(&task).await;
        gate.is_stopped(&task, &reply, Code::PolicyEngineUnavailable).await;
        gate.town.stop().await;
    }
}

#[tokio::test]
async fn rules_that_answer_nonsense_stop_the_act() {
    for decision in [
        "\"allow\"",
        "{\"verdict\": \"yes\"}",
        "{\"verdict\": [\"allow\"]}",
        "{\"verdict\": \"allow\", \"because\": 1}",
        "{\"verdict\": \"allow\", \"obligations\": [\"pray\"]}",
        "{\"verdict\": \"allow\"} if input.nobody",
    ] {
        let gate = Gate::new().await;
        let rules = format!("package hansa.policy\nimport rego.v1\ndecision := {decision}");
        gate.enact_rules(&rules, json!({})).await;
        let task = gate.cleared().await;
        let reply = gate.attempt(&task).await;
        gate.is_stopped(&task, &reply, Code::PolicyEngineUnavailable).await;
        gate.town.stop().await;
    }
}

#[tokio::test]
async fn a_remote_engine_that_answers_nonsense_or_nothing_stops_the_act() {
    let padded = format!(
        "{{\"result\": {{\"verdict\": \"allow\"}}, \"x\": \"{}\"}}",
        "x".repeat(JUDGE_ANSWER_BYTES_MAX)
    );
    let said = |body: &str| remote::answer(200, body);
    let broken = vec![
        said("garbled"),
        said(""),
        said("[]"),
        said("{}"),
        said("{\"result\": \"allow\"}"),
        said("{\"result\": {\"verdict\": 1}}"),
        said("{\"result\": {\"verdict\": \"Allow\"}}"),
        said("{\"result\": {\"verdict\": \"allow\", \"rules\": 7}}"),
        said("{\"result\": {\"verdict\": \"allow\"}"),
        said(&padded),
        remote::answer(500, "{\"result\": {\"verdict\": \"allow\"}}"),
        "HTTP/1.1 302 there\r\nlocation: http://opa.example:8181/x\r\ncontent-length: 0\r\n\r\n"
            .to_owned(),
        "HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"result\"".to_owned(),
        "not HTTP at all\r\n\r\n".to_owned(),
        SILENCE.to_owned(),
    ];
    let count = broken.len();
    let network = Arc::new(SimNetwork::default());
    let fine = said("{\"result\": {\"verdict\": \"allow\"}}");
    let answers = broken.into_iter().chain([fine]).collect();
    let asked = remote::serve(&network, ("opa.example", "10.0.0.8:8181"), answers);
    let gate = Gate::with(network, |config| {
        let opa = Some(RemoteOpa { url: format!("http://{OPA}") });
        config.judge = JudgeConfig { opa, ..JudgeConfig::default() };
    })
    .await;
    gate.enact(json!({ "engine": "opa", "mode": "enforce" })).await;
    for number in 1..=count {
        let (task, begun) = (gate.cleared().await, gate.town.clock.monotonic());
        let reply = match number == count {
            false => gate.attempt(&task).await,
            true => gate.attempt_as_time_passes(&task).await,
        };
        gate.is_stopped(&task, &reply, Code::PolicyEngineUnavailable).await;
        assert_eq!(asked.load(Ordering::Relaxed), number);
        let waited = gate.town.clock.monotonic().0 - begun.0;
        assert!((waited >= JUDGE_REMOTE_MAX.0) == (number == count), "{number}: {waited} ms");
    }
    let task = gate.cleared().await;
    gate.goes_through(&task).await;
    gate.town.stop().await;
}

#[tokio::test]
async fn an_approver_who_was_suspended_meanwhile_counts_for_nothing() {
    let gate = Gate::new().await;
    let task = gate.approved().await;
    let path = format!("/api/v1/agents/{}/suspend", gate.ben.id);
    gate.post(&gate.owner, &path, json!({})).await;
    let reply = gate.attempt(&task).await;
    gate.is_stopped(&task, &reply, Code::ApprovalLost).await;
    let path = format!("/api/v1/agents/{}/reinstate", gate.ben.id);
    gate.post(&gate.owner, &path, json!({})).await;
    gate.town.stop().await;
}

#[tokio::test]
async fn an_approver_who_lost_the_office_meanwhile_counts_for_nothing() {
    let gate = Gate::new().await;
    let task = gate.approved().await;
    let role = json!({ "principal": gate.ben.id, "role": "compliance_monitor" });
    gate.post(&gate.owner, "/api/v1/roles/withdraw", role).await;
    let reply = gate.attempt(&task).await;
    gate.is_stopped(&task, &reply, Code::ApprovalLost).await;
    gate.town.stop().await;
}

/// Sets the wall clock by so much, which nothing that depends on time is done under.
async fn set_clock(gate: &Gate, wall: Time, task: &str) {
    gate.town.clock.set_wall(wall);
    let reply = gate.attempt(task).await;
    gate.is_stopped(task, &reply, Code::ClockUnsure).await;
}

async fn accept_clock(gate: &Gate) {
    gate.post(&gate.owner, "/api/v1/clock/accept", json!({})).await;
}

#[tokio::test]
async fn a_clock_that_jumped_stops_the_act_until_it_is_put_right() {
    let gate = Gate::new().await;
    let task = gate.approved().await;
    let right = gate.town.clock.wall();
    set_clock(&gate, right.after(Duration::days(2)), &task).await;
    set_clock(&gate, Time(right.0 - Duration::days(2).0), &task).await;
    gate.town.clock.set_wall(right);
    gate.goes_through(&task).await;
    gate.town.stop().await;
}

#[tokio::test]
async fn a_jump_ahead_that_is_accepted_ends_what_has_ended_by_then() {
    let gate = Gate::new().await;
    let task = gate.approved().await;
    let right = gate.town.clock.wall();
    set_clock(&gate, right.after(Duration::hours(3)), &task).await;
    accept_clock(&gate).await;
    let reply = gate.attempt(&task).await;
    gate.is_stopped(&task, &reply, Code::GrantExpired).await;
    gate.town.stop().await;

    let mut gate = Gate::new().await;
    let task = gate.approved().await;
    let right = gate.town.clock.wall();
    set_clock(&gate, right.after(Duration::hours(25)), &task).await;
    accept_clock(&gate).await;
    let grant = json!({ "holder": gate.alice.id, "on_behalf_of": gate.town.did(),
        "actions": ["pay"], "expires_in_s": 7_200 });
    gate.grant = text(&gate.post(&gate.owner, "/api/v1/grants", grant).await, "id");
    let reply = gate.attempt(&task).await;
    // Either the request has expired, or it has sent its task back to those who approve.
    let codes = [Code::ApprovalExpired, Code::ApprovalPending];
    gate.is_stopped_by_one_of(&task, &reply, codes).await;
    gate.town.stop().await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_revives_nothing() {
    let gate = Gate::new().await;
    let task = gate.approved().await;
    gate.town.clock.advance(Duration::hours(3));
    // What happened last says what time it is at least.
    gate.cleared().await;
    let right = gate.town.clock.wall();
    set_clock(&gate, Time(right.0 - Duration::hours(3).0), &task).await;
    accept_clock(&gate).await;
    let reply = gate.attempt(&task).await;
    gate.is_stopped(&task, &reply, Code::GrantExpired).await;
    gate.town.stop().await;
}

/// An evaluation by its id, as alice reads it.
async fn evaluation(town: &Town, alice: &Actor, id: &str) -> Value {
    town.ask(Ask::get(format!("/api/v1/policy-evaluations/{id}")).by(alice)).await.accepted()
}

#[tokio::test]
async fn an_evaluation_that_is_answered_later_is_found_by_its_id_whatever_happens() {
    let network = Arc::new(SimNetwork::default());
    let fine = remote::answer(200, "{\"result\": {\"verdict\": \"allow\"}}");
    let answers = vec![fine.clone(), fine.clone(), fine, SILENCE.to_owned(), SILENCE.to_owned()];
    remote::serve(&network, ("opa.example", "10.0.0.8:8181"), answers);
    let gate = Gate::with(network, |config| {
        let opa = Some(RemoteOpa { url: format!("http://{OPA}") });
        config.judge = JudgeConfig { opa, ..JudgeConfig::default() };
    })
    .await;
    gate.enact(json!({ "engine": "opa" })).await;
    let declared = json!({ "requested_outcome": "pay", "risk_tier": "low" });
    let task = text(&gate.post(&gate.alice, "/api/v1/tasks", declared).await, "id");

    // In AGP's words: an operation, which ends. Its variant without prefixes wants it so wherever another
    // system is asked, the others for whoever would like it.
    let wanted = json!({ "task_id": task, "action": { "tool": "pay", "params": {} } });
    let (short, long) = ("/agp/policy-evaluations", "/agp/decision/policy-evaluations");
    let now = Ask::post(long, wanted.clone()).by(&gate.alice);
    assert_eq!(gate.town.ask(now).await.accepted()["verdict"], "allow");
    for (path, prefer) in [(short, "respond-sync"), (long, "respond-async")] {
        let ask = Ask::post(path, wanted.clone()).header("prefer", prefer);
        let reply = gate.town.ask(ask.by(&gate.alice)).await;
        assert_eq!(reply.status, 202, "{}", reply.json());
        let id = text(&reply.json(), "operation_id");
        let agp = async |path: &str| {
            let path = format!("/agp/{path}/{id}");
            gate.town.ask(Ask::get(path).by(&gate.alice)).await.accepted()
        };
        while agp("operations").await["status"] == "pending" {}
        let ended = agp("operations").await;
        assert_eq!((&ended["status"], &ended["result_ref"]), (&json!("completed"), &json!(id)));
        assert_eq!(agp("policy-evaluations").await["verdict"], "allow");
    }

    // Natively: pending until the engine was waited for long enough, and then a deny.
    let wanted = json!({ "task": task, "action": "pay", "wait": "started" });
    let ask = || Ask::post("/api/v1/policy-evaluations", wanted.clone()).by(&gate.alice);
    let reply = gate.town.ask(ask().key("later")).await;
    let said = reply.json();
    assert_eq!((reply.status, &said["state"]), (202, &json!("pending")), "{said}");
    assert_eq!((&said["verdict"], &said["task"]), (&Value::Null, &json!(task)));
    let id = text(&said, "id");
    assert_eq!(gate.town.ask(ask().key("later")).await.json()["id"], json!(id));
    let said = loop {
        let said = evaluation(&gate.town, &gate.alice, &id).await;
        if said["state"] != "pending" {
            break said;
        }
        gate.town.clock.advance(Duration(20));
    };
    assert_eq!((&said["state"], &said["verdict"]), (&json!("done"), &json!("deny")));
    assert_eq!(said["policy_sets"][0]["failed"], true);

    // What a run of the node leaves unanswered the next one ends, and no answer is no leave.
    let id = text(&gate.town.ask(ask()).await.json(), "id");
    let Gate { town, alice, .. } = gate;
    let town = town.restart().await;
    let said = evaluation(&town, &alice, &id).await;
    assert_eq!((&said["state"], &said["verdict"]), (&json!("failed"), &Value::Null));
    assert_eq!(said["refusal"], Code::PolicyEngineUnavailable.as_str());
    town.stop().await;
}
