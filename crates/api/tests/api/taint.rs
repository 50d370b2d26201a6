//! Taint over HTTP: what came from outside stops the act until the right office vouches for it.

use hansa_crypto::keys::SigningKey;
use hansa_crypto::secret::token_digest;
use hansa_kernel::grant::Action;
use hansa_kernel::{Auth, Caller, Command, Request, principal};
use hansa_node::writer::Job;
use hansa_types::{ApiKeyId, Code, PrincipalId};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Town};

/// Rules under which nothing is done on the word of strangers.
const RULES: &str = r#"
package hansa.policy
import rego.v1
default decision := {"verdict": "deny", "rules": ["context_tainted"]}
decision := {"verdict": "allow", "rules": ["context_trusted"]} if count(input.task.taint) == 0
"#;

async fn post(town: &Town, by: &Actor, path: &str, body: Value) -> Value {
    town.ask(Ask::post(path, body).by(by)).await.accepted()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned()
}

/// Somebody who belongs to nobody else.
async fn stranger(town: &Town, number: u8) -> Actor {
    let (id, secret) = (PrincipalId(number.into()), format!("hansa_key_of_number_{number}"));
    let key = SigningKey::from_seed([number; 32]);
    let kind = principal::Kind::Person;
    let made = principal::Create { id, kind, key: key.public(), card: None, genesis_grant: false };
    let api_key = principal::CreateApiKey {
        id: ApiKeyId(number.into()),
        principal: id,
        secret: token_digest(&secret),
        actions: vec![Action::everything()],
        expires: None,
    };
    for command in [Command::PrincipalCreate(made), Command::ApiKeyCreate(api_key)] {
        let caller = Caller { principal: None, auth: Auth::Machine };
        let request = Request::new(caller, command, None);
        town.node.submit(Job { request, vault: Vec::new() }).await.unwrap();
    }
    let mut actor = town.known(&id.to_string(), key);
    actor.secret = secret;
    actor
}

/// A town with those rules, an agent with authority over its own things, and two offices of others.
struct Stage {
    town: Town,
    alice: Actor,
    monitor: Actor,
    executive: Actor,
    grant: String,
}

impl Stage {
    async fn new() -> Self {
        let (town, owner) = Town::owned().await;
        let alice = town.agent(&owner, "alice").await;
        let (monitor, executive) = (stranger(&town, 77).await, stranger(&town, 78).await);
        for (who, role) in [(&monitor, "compliance_monitor"), (&executive, "executive")] {
            let role = json!({ "principal": who.id, "role": role });
            post(&town, &owner, "/api/v1/roles", role).await;
        }
        let set = json!({ "name": "trust", "version": "1", "actions": ["publish"],
            "modules": { "policy.rego": RULES } });
        let set = text(&post(&town, &owner, "/api/v1/policy-sets", set).await, "id");
        post(&town, &owner, &format!("/api/v1/policy-sets/{set}/activate"), json!({})).await;
        let grant = json!({ "holder": alice.id, "actions": ["publish"], "expires_in_s": 3_600 });
        let grant = text(&post(&town, &alice, "/api/v1/grants", grant).await, "id");
        Self { town, alice, monitor, executive, grant }
    }

    /// A task that may act as a whole, with what it was told: from outside, and made of that.
    async fn told(&self) -> (String, String) {
        let (town, alice) = (&self.town, &self.alice);
        let declared = json!({ "requested_outcome": "publish", "risk_tier": "low" });
        let task = text(&post(town, alice, "/api/v1/tasks", declared).await, "id");
        let at = |tail: &str| format!("/api/v1/tasks/{task}/{tail}");
        let outside = json!({ "source_type": "external", "trust_class": "trusted_system" });
        let outside = post(town, alice, &at("contexts"), outside).await;
        assert_eq!(outside["record"]["trust"], "untrusted", "its author may not vouch for it");
        let outside = text(&outside, "id");
        let made = json!({ "source_type": "derived", "trust_class": "trusted_user",
            "derived_from": [outside] });
        post(town, alice, &at("contexts"), made).await;
        let asked = json!({ "task": task });
        post(town, alice, "/api/v1/policy-evaluations", asked).await;
        (task, outside)
    }

    async fn publish(&self, task: &str) -> crate::harness::Reply {
        let act = json!({ "task": task, "grant": self.grant,
            "action": { "type": "tool_call", "tool": "publish", "params": {} } });
        self.town.ask(Ask::post("/api/v1/actions", act).by(&self.alice)).await
    }

    async fn promote(&self, by: &Actor, (task, context): (&str, &str)) -> crate::harness::Reply {
        let path = format!("/api/v1/tasks/{task}/contexts/{context}/promote");
        let body = json!({ "rationale": "I have looked it up" });
        self.town.ask(Ask::post(path, body).by(by)).await
    }

    /// Kinds of a task's entries.
    async fn entries(&self, task: &str) -> Vec<Value> {
        let path = format!("/api/v1/tasks/{task}/replay");
        let replay = self.town.ask(Ask::get(path).by(&self.alice)).await.accepted();
        replay["steps"].as_array().unwrap().iter().map(|step| step["entry"].clone()).collect()
    }
}

#[tokio::test]
async fn what_came_from_outside_stops_the_act_until_a_monitor_vouches_for_it() {
    let stage = Stage::new().await;
    // Who asks beforehand is told so; that ends the task, so the next one is another.
    let (task, _) = stage.told().await;
    let asked = json!({ "task": task, "action": "publish" });
    let said = post(&stage.town, &stage.alice, "/api/v1/policy-evaluations", asked).await;
    let rules = json!(["context_tainted"]);
    assert_eq!((&said["verdict"], &said["matched_rules"]), (&json!("deny"), &rules));

    let (task, context) = stage.told().await;
    for (who, code) in [(&stage.alice, Code::RoleRequired), (&stage.executive, Code::RoleRequired)]
    {
        stage.promote(who, (&task, &context)).await.refused(code);
    }
    let unknown = context.replace(&context[context.len() - 4..], "0000");
    stage.promote(&stage.monitor, (&task, &unknown)).await.refused(Code::NotFound);
    stage.promote(&stage.monitor, (&task, &context)).await.accepted();
    stage.promote(&stage.monitor, (&task, &context)).await.refused(Code::TaskState);
    let act = stage.publish(&task).await.accepted();
    assert_eq!(act["state"], "started");
    stage.town.stop().await;
}

#[tokio::test]
async fn an_act_on_tainted_context_is_refused_by_name_and_on_record() {
    let stage = Stage::new().await;
    let (task, _) = stage.told().await;
    stage.publish(&task).await.refused(Code::PolicyDenied);
    let entries = stage.entries(&task).await;
    let noted = |entry: &Value| {
        entry["kind"] == "action.refused" && entry["data"]["refusal"] == "policy_denied"
    };
    assert!(entries.iter().any(noted), "{entries:?}");
    assert!(entries.iter().all(|entry| entry["kind"] != "effect.started"), "{entries:?}");
    stage.town.stop().await;
}
