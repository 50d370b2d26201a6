//! AGP over real HTTP: its documents, its tokens, its errors, and authority in its words.

use hansa_api::{AgpSettings, ApiSettings, NamedClient};
use hansa_crypto::{Secret, hs256};
use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A node with AGP's secret, and its owner.
async fn guarded() -> (Town, Actor) {
    let auth_secret = Some(Secret::new(SECRET.to_owned()));
    let agp = AgpSettings { auth_secret, ..AgpSettings::default() };
    with(agp).await
}

/// A node with an open sandbox, and its owner.
async fn open() -> (Town, Actor) {
    with(AgpSettings { open: true, ..AgpSettings::default() }).await
}

async fn with(agp: AgpSettings) -> (Town, Actor) {
    let mut town = Town::with(|_| (), ApiSettings { agp, ..ApiSettings::default() }).await;
    let owner = town.set_up().await;
    (town, owner)
}

/// Asserts a refusal in AGP's shape.
#[track_caller]
fn refused(reply: &Reply, status: u16, code: &str) {
    let body = reply.json();
    let error = &body["error"];
    assert_eq!((reply.status, error["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(reply.header("content-type"), Some("application/json"), "{body}");
    assert!(error["message"].is_string() && error["retryable"].is_boolean(), "{body}");
    assert_eq!(error["details"]["request_id"].as_str(), reply.header("x-request-id"), "{body}");
}

async fn token_of(town: &Town, id: &str, secret: &str, more: &str) -> Reply {
    let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}{more}");
    let media = "application/x-www-form-urlencoded";
    town.ask(Ask::new("POST", "/oauth/token").header("content-type", media).body(form)).await
}

/// An OAuth client of somebody, as id and secret.
async fn client_of(town: &Town, actor: &Actor) -> (String, String) {
    let asked = Ask::post("/api/v1/clients", json!({ "actions": ["*"] })).by(actor);
    let made = town.ask(asked).await.accepted();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("client_id"), text("client_secret"))
}

/// A token of AGP for somebody, for some scopes.
async fn agp_token(town: &Town, actor: &Actor, scope: &str) -> String {
    let (id, secret) = client_of(town, actor).await;
    let told = token_of(town, &id, &secret, &format!("&scope={scope}")).await.accepted();
    assert_eq!((&told["token_type"], &told["expires_in"]), (&json!("bearer"), &json!(3600)));
    told["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn schemas_lie_at_their_own_address() {
    let public_url = Some("https://node.example".to_owned());
    let settings = ApiSettings { public_url, ..ApiSettings::default() };
    let town = Town::with(|_| (), settings).await;
    let index = town.ask(Ask::get("/agp/schemas")).await.accepted();
    let items = index["items"].as_array().unwrap();
    assert_eq!(items.len(), 25);
    for item in items {
        let id = item["$id"].as_str().unwrap();
        let path = id.strip_prefix("https://node.example").unwrap();
        let reply = town.ask(Ask::get(path)).await;
        assert_eq!(reply.header("content-type"), Some("application/schema+json"));
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.accepted()["$id"], id);
    }
    let by_name = town.ask(Ask::get("/agp/schemas/task.json")).await.accepted();
    assert_eq!(by_name["title"], "Task");
    refused(&town.ask(Ask::get("/agp/schemas/nothing.json")).await, 404, "AGP_NOT_FOUND");
    town.stop().await;
}

#[tokio::test]
async fn each_domain_has_its_document_in_both_forms() {
    let town = Town::found().await;
    for domain in ["registry", "decision", "execution"] {
        let path = format!("/agp/openapi/{domain}");
        let json = town.ask(Ask::get(format!("{path}.json"))).await.accepted();
        assert_eq!(json["openapi"], "3.1.0");
        assert_eq!(json["servers"][0]["url"], town.url());
        let yaml = town.ask(Ask::get(format!("{path}.yaml"))).await;
        assert_eq!(yaml.header("content-type"), Some("application/yaml"));
        assert!(String::from_utf8(yaml.body).unwrap().contains("openapi: \"3.1.0\"\n"));
    }
    for unknown in ["registry", "registry.toml", "town.json"] {
        let reply = town.ask(Ask::get(format!("/agp/openapi/{unknown}"))).await;
        refused(&reply, 404, "AGP_NOT_FOUND");
    }
    town.stop().await;
}

#[tokio::test]
async fn tokens_of_agp_are_good_on_agp_alone_and_end() {
    let (town, owner) = guarded().await;
    let alice = town.agent(&owner, "alice").await;
    let token = agp_token(&town, &alice, "agp.registry.write").await;
    let list = || Ask::get("/agp/capabilities").bearer(&token).header("x-correlation-id", "c-1");
    let reply = town.ask(list()).await;
    assert_eq!(reply.header("x-correlation-id"), Some("c-1"));
    let page = json!({ "has_more": false, "next_cursor": null });
    assert_eq!(reply.accepted(), json!({ "items": [], "page": page }));
    let native = town.ask(Ask::get("/api/v1/agents").bearer(&token)).await;
    native.refused(Code::CredentialInvalid);
    let revoke = format!("/api/v1/agents/{}/tokens/revoke", alice.id);
    town.ask(Ask::post(revoke, json!({})).by(&owner)).await.accepted();
    refused(&town.ask(list()).await, 401, "AGP_UNAUTHENTICATED");
    let token = agp_token(&town, &alice, "agp.registry.read").await;
    let list = || Ask::get("/agp/capabilities").bearer(&token);
    town.ask(list()).await.accepted();
    town.clock.advance(Duration::seconds(3_601));
    refused(&town.ask(list()).await, 401, "AGP_UNAUTHENTICATED");
    town.stop().await;
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let (town, owner) = guarded().await;
    let alice = town.agent(&owner, "alice").await;
    let token = agp_token(&town, &alice, "agp.decision.write").await;
    let asked = Ask::get("/agp/capabilities").bearer(&token);
    refused(&town.ask(asked).await, 403, "AGP_FORBIDDEN");
    let (id, secret) = client_of(&town, &alice).await;
    for scope in ["agp.all", "agp.registry.read+transfer_create", "agp.registry.read++"] {
        let reply = token_of(&town, &id, &secret, &format!("&scope={scope}")).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]),
            (400, &json!("invalid_scope")),
            "{scope}"
        );
    }
    let wrong = token_of(&town, &id, "wrong", "&scope=agp.registry.read").await;
    assert_eq!((wrong.status, &wrong.json()["error"]), (401, &json!("invalid_client")));
    let native = token_of(&town, &id, &secret, "").await.accepted();
    assert_eq!(native["scope"], "*");
    let native = native["access_token"].as_str().unwrap();
    town.ask(Ask::get("/agp/capabilities").bearer(native)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn forged_tokens_are_nobodys() {
    let (town, owner) = guarded().await;
    let alice = town.agent(&owner, "alice").await;
    let token = agp_token(&town, &alice, "agp.registry.read").await;
    let claims = Value::Object(hs256::verify(&token, SECRET.as_bytes()).unwrap());
    let sign = |claims: &Value, secret: &str| {
        hs256::sign(claims.to_string().as_bytes(), secret.as_bytes())
    };
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        sign(&claims, SECRET)
    };
    town.ask(Ask::get("/agp/capabilities").bearer(&sign(&claims, SECRET))).await.accepted();
    for bad in [
        sign(&claims, "another secret of 32 bytes or more"),
        with("aud", json!("native")),
        with("exp", json!(1)),
        with("epoch", json!(7)),
        with("scope", json!("*")),
        with("client_id", json!("cli_00000000000000000000000000")),
        sign(&json!({}), SECRET),
        format!("{token}x"),
        "nonsense".to_owned(),
    ] {
        let reply = town.ask(Ask::get("/agp/capabilities").bearer(&bad)).await;
        refused(&reply, 401, "AGP_UNAUTHENTICATED");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    refused(&town.ask(Ask::get("/agp/capabilities")).await, 401, "AGP_UNAUTHENTICATED");
    town.stop().await;
}

#[tokio::test]
async fn without_a_secret_no_token_of_agp_is_given_out_or_taken() {
    let (town, owner) = Town::owned().await;
    let (id, secret) = client_of(&town, &owner).await;
    let reply = token_of(&town, &id, &secret, "&scope=agp.registry.read").await;
    assert_eq!(reply.status, 400, "{}", reply.json());
    let token = hs256::sign(b"{}", b"");
    let reply = town.ask(Ask::get("/agp/capabilities").bearer(&token)).await;
    refused(&reply, 401, "AGP_UNAUTHENTICATED");
    refused(&town.ask(Ask::get("/agp/capabilities")).await, 401, "AGP_UNAUTHENTICATED");
    town.stop().await;
}

#[tokio::test]
async fn the_operators_client_is_an_agent_of_that_name() {
    let town = Town::found().await;
    let client = town.node.agent_client("finance-agent").await.unwrap();
    assert_eq!(town.node.agent_client("finance-agent").await.unwrap(), client);
    let secret = Secret::new("s3cr3t".to_owned());
    let named = NamedClient { id: "finance-agent".to_owned(), secret, client };
    let auth_secret = Some(Secret::new(SECRET.to_owned()));
    let agp = AgpSettings { auth_secret, client: Some(named), open: false };
    let town = town.with_settings(|settings| settings.agp = agp).await;
    assert_eq!(town.node.agent_client("finance-agent").await.unwrap(), client);
    let told = token_of(&town, "finance-agent", "s3cr3t", "").await.accepted();
    assert_eq!(told["scope"].as_str().unwrap().split(' ').count(), 9);
    let token = told["access_token"].as_str().unwrap();
    let made = json!({ "subject_agent": "finance-agent", "permitted_actions": ["pay"] });
    town.ask(Ask::post("/agp/capabilities", made).bearer(token)).await.accepted();
    for (id, secret) in [("finance-agent", "wrong"), ("other-agent", "s3cr3t")] {
        assert_eq!(token_of(&town, id, secret, "").await.status, 401);
    }
    town.stop().await;
}

#[tokio::test]
async fn authority_is_given_narrowed_and_taken_back() {
    let (town, owner) = guarded().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let token = agp_token(&town, &alice, "agp.registry.write+agp.revocation.write").await;
    let post = |path: &str, body: Value| Ask::post(format!("/agp/{path}"), body).bearer(&token);
    let wanted = json!({
        "subject_agent": bob.id, "issuer": alice.id, "principal_id": alice.id,
        "permitted_actions": ["transfer_create"],
        "constraints": { "spend_limit": { "currency": "AVT", "amount": 5 } },
    });
    let asked = || post("capabilities", wanted.clone()).key("cap-1");
    let reply = town.ask(asked()).await;
    assert_eq!(reply.status, 201);
    let made = reply.accepted();
    assert_eq!((&made["issuer"], &made["subject_agent"]), (&json!(alice.id), &json!(bob.id)));
    assert_eq!(made["constraints"]["spend_limit"], json!({ "currency": "AVT", "amount": "5" }));
    assert_eq!(town.ask(asked()).await.accepted()["capability_id"], made["capability_id"]);
    let id = made["capability_id"].as_str().unwrap();
    let held = town.ask(Ask::get(format!("/agp/capabilities/{id}")).by(&bob)).await.accepted();
    assert_eq!(held["status"], "active");
    let other = town.agent(&owner, "carol").await;
    let hidden = town.ask(Ask::get(format!("/agp/capabilities/{id}")).by(&other)).await;
    refused(&hidden, 404, "AGP_NOT_FOUND");
    let narrowed = json!({
        "granted_by": "alice", "scope": ["transfer_create"], "subject_agent": other.id,
        "constraints": { "spend_limit": { "currency": "AVT", "amount": "2" } },
    });
    let narrowed = town.ask(Ask::post("/agp/capabilities", narrowed).by(&bob)).await.accepted();
    assert_eq!(narrowed["parent_capability_id"], id);
    let wider = json!({
        "granted_by": "alice", "scope": ["transfer_create"],
        "constraints": { "spend_limit": { "currency": "AVT", "amount": "6" } },
    });
    let wider = town.ask(Ask::post("/agp/capabilities", wider).by(&bob)).await;
    refused(&wider, 409, "AGP_SCOPE_VIOLATION");
    let notice = json!({ "issuer": alice.id, "target_type": "CapabilityToken", "target_id": id,
        "reason": "the contract ended" });
    let revoked = town.ask(post("revocations", notice)).await.accepted();
    assert_eq!((&revoked["target_id"], &revoked["propagation"]), (&json!(id), &json!("cascade")));
    let path = format!("/agp/capabilities/{}", narrowed["capability_id"].as_str().unwrap());
    assert_eq!(town.ask(Ask::get(path).by(&other)).await.accepted()["status"], "revoked");
    town.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_named_in_agps_words() {
    let (town, owner) = guarded().await;
    let alice = town.agent(&owner, "alice").await;
    let make = |body: Value| Ask::post("/agp/capabilities", body).by(&alice);
    for bad in [
        json!({}),
        json!({ "permitted_actions": ["Not A Pattern"] }),
        json!({ "permitted_actions": ["a"], "subject_agent": "nobody" }),
        json!({ "permitted_actions": ["a"], "max_amount_usd": "much" }),
    ] {
        refused(&town.ask(make(bad)).await, 400, "AGP_INVALID_REQUEST");
    }
    let text = Ask::new("POST", "/agp/capabilities").by(&alice);
    let text = text.header("content-type", "text/plain").body("{}");
    refused(&town.ask(text).await, 415, "AGP_UNSUPPORTED_MEDIA_TYPE");
    let broken = Ask::new("POST", "/agp/capabilities").by(&alice);
    let broken = broken.header("content-type", "application/json").body("{\"a\":1,\"a\":2}");
    refused(&town.ask(broken).await, 400, "AGP_INVALID_REQUEST");
    refused(&town.ask(Ask::get("/agp/capabilities/cap_1").by(&alice)).await, 404, "AGP_NOT_FOUND");
    let page = Ask::get("/agp/capabilities?limit=0").by(&alice);
    refused(&town.ask(page).await, 400, "AGP_INVALID_REQUEST");
    let page = Ask::get("/agp/capabilities?cursor=%20").by(&alice);
    refused(&town.ask(page).await, 400, "AGP_INVALID_REQUEST");
    town.stop().await;
}

#[tokio::test]
async fn the_sandbox_is_one_agent_that_nobody_is() {
    let (town, _) = open().await;
    let made = json!({ "subject_agent": "sdk-agent-001", "issuer": "sdk-principal",
        "principal_id": "sdk-principal", "permitted_actions": ["analyse"] });
    let made = town.ask(Ask::post("/agp/capabilities", made)).await.accepted();
    assert_eq!(made["issuer"], made["subject_agent"]);
    let listed = town.ask(Ask::get("/agp/capabilities")).await.accepted();
    // The other one is what the sandbox itself was given.
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let native = town.ask(Ask::get("/api/v1/agents")).await;
    native.refused(Code::Unauthenticated);
    town.stop().await;
}
