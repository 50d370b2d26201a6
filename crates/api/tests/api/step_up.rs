//! Step-up: where policy asks for a stronger proof an approver shows a code or a passkey with the decision,
//! natively and in AGP's words.

use hansa_node::account::Totp;
use hansa_node::env::Clock as _;
use hansa_types::{Code, Time};
use serde_json::{Value, json};

use crate::auth::{PASSWORD, Postbox, from_base32, login, member, post_by, postbox_town, token};
use crate::harness::{Actor, Ask, Reply, Town};
use crate::passkeys::{add, authenticator};

/// A town where an agent asks, and Dora, a person in office, is logged in by her password alone.
struct World {
    town: Town,
    alice: Actor,
    dora: String,
}

/// Dora, a person who is nobody's but her own, as a compliance monitor: the token of her session.
pub(crate) async fn monitor(town: &Town, postbox: &Postbox, owner: &Actor) -> String {
    let (_, made) = member(town, postbox, "dora@example.com").await;
    let role = json!({ "principal": made["id"], "role": "compliance_monitor" });
    town.ask(Ask::post("/api/v1/roles", role).by(owner)).await.accepted();
    let session = login(town, "dora@example.com", PASSWORD).await.accepted();
    token(&session).to_owned()
}

/// How Dora speaks.
#[derive(Debug, Clone, Copy)]
enum By {
    Native,
    Agp,
}

impl World {
    async fn new() -> Self {
        let (mut town, postbox) = postbox_town().await;
        let owner = town.set_up().await;
        let alice = town.agent(&owner, "alice").await;
        let dora = monitor(&town, &postbox, &owner).await;
        Self { town, alice, dora }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.town.ask(Ask::post(path, body).by(&self.alice)).await.accepted()
    }

    /// A task for which policy wants a stronger proof, and a request for an approval that does not say so.
    async fn asked(&self) -> (String, String) {
        let declared = json!({ "requested_outcome": "pay", "risk_tier": "low" });
        let task = self.post("/api/v1/tasks", declared).await["id"].as_str().unwrap().to_owned();
        let wanted = json!({ "task": task, "at_least": "require_stronger_auth" });
        let said = self.post("/api/v1/policy-evaluations", wanted).await;
        assert_eq!(said["verdict"], "require_stronger_auth");
        let call = json!({ "type": "tool_call", "tool": "pay", "params": {} });
        let path = format!("/api/v1/tasks/{task}/approval-requests");
        let asked = self.post(&path, json!({ "call": call, "step_up": false })).await;
        assert_eq!(asked["step_up"], true);
        (task, asked["id"].as_str().unwrap().to_owned())
    }

    /// Dora approves, with what she shows.
    async fn approve(&self, by: By, (task, request): &(String, String), shown: Value) -> Reply {
        let (path, mut body) = match by {
            By::Native => {
                (format!("/api/v1/approvals/{request}/decide"), json!({ "decision": "approved" }))
            }
            By::Agp => (
                "/agp/decision/approvals".to_owned(),
                json!({ "task_id": task, "decision": "approved", "approved_at": "2026-01-15T09:00:00Z" }),
            ),
        };
        body.as_object_mut().unwrap().extend(shown.as_object().unwrap().clone());
        self.town.ask(Ask::post(path, body).bearer(&self.dora)).await
    }

    async fn is_refused(&self, by: By, asked: &(String, String), shown: Value, code: Code) {
        let reply = self.approve(by, asked, shown).await;
        let body = reply.json();
        let said = match by {
            By::Native => &body["code"],
            By::Agp => &body["error"]["details"]["code"],
        };
        assert_eq!(said, code.as_str(), "{by:?}: {body}");
        assert_eq!(self.state(asked).await, "pending");
    }

    async fn state(&self, (_, request): &(String, String)) -> Value {
        let path = format!("/api/v1/approvals/{request}");
        self.town.ask(Ask::get(path).by(&self.alice)).await.accepted()["state"].clone()
    }

    /// What an authenticator is asked for Dora.
    async fn challenge(&self) -> Value {
        let asked = post_by(&self.town, &self.dora, "passkeys/ask", json!({})).await;
        asked.accepted()["public_key"].clone()
    }
}

#[tokio::test]
async fn an_approver_steps_up_by_a_code() {
    let world = World::new().await;
    let begun = post_by(&world.town, &world.dora, "totp/begin", json!({})).await.accepted();
    let totp = Totp::new(&from_base32(begun["secret"].as_str().unwrap())).unwrap();
    let code = || json!({ "totp": totp.code(world.town.clock.wall()) });
    post_by(&world.town, &world.dora, "totp", code()).await.accepted();
    for by in [By::Native, By::Agp] {
        let asked = world.asked().await;
        world.is_refused(by, &asked, json!({}), Code::StrongerAuthRequired).await;
        let wrong = json!({ "totp": totp.code(Time(0)) });
        world.is_refused(by, &asked, wrong, Code::TotpRequired).await;
        world.town.clock.advance(hansa_types::Duration::seconds(60));
        let shown = code();
        world.approve(by, &asked, shown.clone()).await.accepted();
        assert_eq!(world.state(&asked).await, "approved", "{by:?}");
        // A code counts once.
        let other = world.asked().await;
        world.is_refused(by, &other, shown, Code::TotpRequired).await;
    }
    world.town.stop().await;
}

#[tokio::test]
async fn an_approver_steps_up_by_a_passkey() {
    let world = World::new().await;
    let mut laptop = authenticator(1);
    add(&world.town, &world.dora, &mut laptop).await;
    for by in [By::Native, By::Agp] {
        let asked = world.asked().await;
        world.is_refused(by, &asked, json!({}), Code::StrongerAuthRequired).await;
        let stranger = authenticator(2).get(&world.challenge().await);
        let shown = json!({ "passkey": stranger });
        world.is_refused(by, &asked, shown, Code::PasskeyInvalid).await;
        let shown = json!({ "passkey": laptop.get(&world.challenge().await) });
        world.approve(by, &asked, shown.clone()).await.accepted();
        assert_eq!(world.state(&asked).await, "approved", "{by:?}");
        // A challenge is answered once.
        let other = world.asked().await;
        world.is_refused(by, &other, shown, Code::PasskeyInvalid).await;
    }
    world.town.stop().await;
}
