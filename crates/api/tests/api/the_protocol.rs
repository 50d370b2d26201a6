//! What The Protocol's published clients ask, by its fields.

use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login, member, postbox_town};
use crate::harness::{Ask, Town};

#[tokio::test]
async fn a_credential_is_told_whom_it_stands_for() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let me = town.ask(Ask::get("/api/v1/agents/me").by(&alice)).await.accepted();
    assert_eq!(me, json!({ "did": alice.did, "client_id": alice.id, "status": "active" }));
    let wrong = town.ask(Ask::get("/api/v1/agents/me").bearer("hk_wrong")).await;
    assert!(wrong.json()["detail"].is_string());
    wrong.refused(Code::CredentialInvalid);
    town.stop().await;
}

#[tokio::test]
async fn money_is_sent_once_previewed_and_refused() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let send = |body: Value| Ask::post("/api/v1/teg/send", body).by(&alice);
    let seq = town.seq();
    let preview = json!({ "receiver_did": bob.did, "amount": "2.5", "dry_run": true });
    let told = town.ask(send(preview)).await.accepted();
    assert_eq!(
        (told["method"].as_str(), told["status"].as_str()),
        (Some("local"), Some("dry_run"))
    );
    assert_eq!((told["transfer_id"].clone(), town.seq()), (Value::Null, seq));
    let order = json!({ "receiver_did": bob.did, "amount": "2.5", "message": "invoice 42" });
    let told = town.ask(send(order.clone()).key("inv-42")).await.accepted();
    assert_eq!((told["ok"].as_bool(), told["status"].as_str()), (Some(true), Some("completed")));
    let again = town.ask(send(order).key("inv-42")).await.accepted();
    assert_eq!(again["transfer_id"], told["transfer_id"]);
    let balances = format!("/api/v1/accounts/{}/balances", bob.id);
    let held = town.ask(Ask::get(balances).by(&bob)).await.accepted();
    assert!(held.to_string().contains("1002.5"), "{held}");
    let much = json!({ "receiver_did": bob.did, "amount": "5000" });
    town.ask(send(much)).await.refused(Code::InsufficientFunds);
    let far = json!({ "receiver_did": "did:web:elsewhere.example", "amount": "1" });
    town.ask(send(far)).await.refused(Code::PayeeUnknown);
    town.stop().await;
}

#[tokio::test]
async fn an_agent_is_onboarded_as_its_clients_ask() {
    let (town, owner) = Town::owned().await;
    let hint = json!({ "agent_type_hint": "research", "requested_by": "cli" });
    let ask = Ask::post("/api/v1/onboard/bootstrap/request-token", hint);
    let made = town.ask(ask.header("x-api-key", &owner.secret)).await.accepted();
    assert_eq!(made["expires_in"], 300);
    let bootstrap = made["bootstrap_token"].as_str().unwrap();
    assert!(bootstrap.starts_with("bst_") && made["expires_at"].is_string());
    let card = json!({
        "protocolVersion": "1.0", "humanReadableId": "acme/filer", "agentVersion": "2.1",
        "name": "Filer", "description": "files", "url": "https://filer.example/a2a",
        "provider": { "name": "Acme" }, "capabilities": { "streaming": false },
        "authSchemes": [{ "scheme": "oauth2", "tokenUrl": "https://filer.example/token" }],
    });
    let body = json!({ "agent_did_method": "cos", "agent_card": card });
    let create = |body: &Value, token: &str| {
        Ask::post("/api/v1/onboard/create_agent", body.clone()).header("bootstrap-token", token)
    };
    let reply = town.ask(create(&body, bootstrap)).await;
    assert_eq!((reply.status, reply.header("cache-control")), (201, Some("no-store")));
    let agent = reply.accepted();
    let text = |name: &str| agent[name].as_str().unwrap().to_owned();
    assert!(text("agent_did").starts_with("did:theprotocol:localhost:"), "{agent}");
    let (id, secret) = (text("client_id"), text("client_secret"));
    let hex = secret.strip_prefix("cos_secret_").unwrap();
    assert!(hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
    assert_eq!(
        (text("account_status"), text("initial_funding_status")),
        ("active".into(), "completed".into())
    );
    assert!(text("faucet_transaction_id").starts_with("trf_"));
    assert_eq!(text("agent_card_name"), "Filer");
    assert!(text("private_key_pem").contains("PRIVATE KEY"));
    town.ask(create(&body, bootstrap)).await.refused(Code::CredentialInvalid);

    // Both spellings of the token request count, and the token says who it is.
    let form = |text: String| {
        Ask::new("POST", "/api/v1/auth/agent/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(text)
    };
    for ask in [
        format!("username={id}&password={secret}"),
        format!("grant_type=client_credentials&client_id={id}&client_secret={secret}"),
    ] {
        let token = town.ask(form(ask)).await.accepted();
        assert_eq!(token["token_type"], "bearer");
        let me = Ask::get("/api/v1/agents/me").bearer(token["access_token"].as_str().unwrap());
        assert_eq!(town.ask(me).await.accepted()["status"], "active");
    }
    let exported = format!("/api/v1/agents/{}/card-export", text("agent_did"));
    let exported = town.ask(Ask::get(exported)).await.accepted();
    assert_eq!(exported["humanReadableId"], "acme/filer");
    town.stop().await;
}

#[tokio::test]
async fn a_brought_key_is_a_jwk_and_proven() {
    let (town, owner) = Town::owned().await;
    let key = hansa_crypto::SigningKey::from_seed([9; 32]);
    let card = json!({ "name": "Filer", "description": "files" });
    let body = |jwk: Value, proof: Value| json!({ "agent_did_method": "key", "agent_card": card, "public_key_jwk": jwk, "proof": proof });
    let create = |body: Value| Ask::post("/api/v1/onboard/create_agent", body).by(&owner);
    let jwk = hansa_crypto::jwk::jwk(&key.public());
    town.ask(create(body(jwk.clone(), Value::Null))).await.refused(Code::ProofInvalid);
    let mut private = jwk.clone();
    private["d"] = json!("AAAA");
    for bad in [json!({}), json!({ "kty": "EC", "crv": "P-256", "x": "AA" }), private] {
        town.ask(create(body(bad, Value::Null))).await.refused(Code::PublicKeyInvalid);
    }
    let claims = json!({
        "aud": town.did(),
        "iat": town.node.now().unix_seconds(),
        "ath": hansa_crypto::secret::token_digest(&owner.secret),
    });
    let header = hansa_crypto::jws::Header::new("key-proof+jwt", "key");
    let proof = hansa_crypto::jws::sign(&header, claims.to_string().as_bytes(), &key);
    let made = town.ask(create(body(jwk, json!(proof)))).await.accepted();
    assert_eq!(made.get("private_key_pem"), None);
    let nameless = json!({ "agent_did_method": "cos", "agent_card": {} });
    town.ask(create(nameless)).await.refused(Code::CardInvalid);
    let other =
        json!({ "agent_did_method": "ion", "agent_card": { "name": "A", "description": "" } });
    town.ask(create(other)).await.refused(Code::InvalidField);
    town.stop().await;
}

#[tokio::test]
async fn a_developer_logs_in_by_form_and_makes_an_api_key() {
    let (town, postbox) = postbox_town().await;
    let (_, dora) = member(&town, &postbox, "dora@example.com").await;
    let form = |path: &str, text: &str| {
        Ask::new("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(text.as_bytes())
    };
    let login = |text: &str| form("/api/v1/auth/login", text);
    let password = PASSWORD.replace(' ', "+");
    let good =
        format!("grant_type=password&username=dora%40example.com&password={password}&scope=");
    let token = town.ask(login(&good)).await.accepted();
    assert_eq!(token["token_type"], "bearer");
    let session = token["access_token"].as_str().unwrap();
    for (bad, code) in [
        ("username=dora%40example.com&password=wrong+wrong+wrong".to_owned(), Code::LoginInvalid),
        ("username=dora%40example.com".to_owned(), Code::MissingField),
        (format!("username=dora&password={password}"), Code::InvalidField),
        (format!("{good}&password={password}"), Code::InvalidField),
        (format!("{good}&cookie=true"), Code::UnknownField),
        (good.replace("=password&", "=implicit&"), Code::InvalidField),
    ] {
        town.ask(login(&bad)).await.refused(code);
    }
    let elsewhere = form("/api/v1/auth/password", &good).bearer(session);
    town.ask(elsewhere).await.refused(Code::UnsupportedMediaType);
    let keys = |body: Value| Ask::post("/api/v1/developers/me/apikeys", body).bearer(session);
    let made = town.ask(keys(json!({ "description": "ci" }))).await;
    assert_eq!(made.status, 201);
    let made = made.accepted();
    let key = made["plain_api_key"].as_str().unwrap();
    assert!(key.starts_with("avreg_"), "{key}");
    let info = &made["api_key_info"];
    assert_eq!(
        (info["key_prefix"].as_str(), info["description"].as_str(), info["is_active"].as_bool()),
        (Some("avreg_"), Some("ci"), Some(true))
    );
    assert_eq!(info["last_used_at"], Value::Null);
    let me = Ask::get("/api/v1/whoami").header("x-api-key", key);
    let me = town.ask(me).await.accepted();
    assert_eq!((me["method"].as_str(), &me["id"]), (Some("api_key"), &dora["id"]));
    town.ask(keys(json!({ "actions": ["*"] }))).await.refused(Code::UnknownField);
    let listed = || Ask::get("/api/v1/developers/me/apikeys").bearer(session);
    let told = town.ask(listed()).await.accepted();
    assert_eq!(told.as_array().unwrap().len(), 1, "an array, as its clients read it: {told}");
    assert_eq!(
        (&told[0]["id"], &told[0]["description"], &told[0]["is_active"]),
        (&info["id"], &json!("ci"), &json!(true))
    );
    assert!(told[0]["last_used_at"].is_string(), "{told}");
    assert!(!told.to_string().contains(key), "{told}");
    let path = format!("/api/v1/developers/me/apikeys/{}", info["id"].as_str().unwrap());
    let revoke = || Ask::new("DELETE", path.clone()).bearer(session);
    assert_eq!(town.ask(revoke()).await.accepted()["is_active"], false);
    assert_eq!(town.ask(listed()).await.accepted(), json!([]));
    let me = Ask::get("/api/v1/whoami").header("x-api-key", key);
    town.ask(me).await.refused(Code::CredentialInvalid);
    town.stop().await;
}

#[tokio::test]
async fn a_developer_recovers_in_two_steps() {
    let (town, postbox) = postbox_town().await;
    let (begun, dora) = member(&town, &postbox, "dora@example.com").await;
    let key = &begun["recovery_keys"][0];
    let recover = |key: &Value| {
        let body = json!({ "email": "dora@example.com", "recovery_key": key });
        Ask::post("/api/v1/auth/recover-account", body)
    };
    town.ask(recover(&json!("hansa_rk_guess"))).await.refused(Code::LoginInvalid);
    let told = town.ask(recover(key)).await.accepted();
    assert_eq!(told["token_type"], "bearer");
    let token = told["access_token"].as_str().unwrap();
    let set = |token: &str, password: &str| {
        let body = json!({ "new_password": password });
        Ask::post("/api/v1/auth/set-new-password", body).bearer(token)
    };
    // Until then nothing has changed, and the token is good for nothing else.
    login(&town, "dora@example.com", PASSWORD).await.accepted();
    town.ask(Ask::get("/api/v1/whoami").bearer(token)).await.refused(Code::CredentialInvalid);
    town.ask(set(token, "short")).await.refused(Code::InvalidField);
    town.ask(set("hansa_rt_guess", "another long secret")).await.refused(Code::CredentialInvalid);
    let done = town.ask(set(token, "another long secret")).await.accepted();
    assert_eq!(done["principal"], dora["id"]);
    login(&town, "dora@example.com", "another long secret").await.accepted();
    login(&town, "dora@example.com", PASSWORD).await.refused(Code::LoginInvalid);
    town.ask(set(token, "yet another secret")).await.refused(Code::CredentialInvalid);
    town.ask(recover(key)).await.refused(Code::LoginInvalid);
    // A token that nobody uses is void after ten minutes.
    let told = town.ask(recover(&begun["recovery_keys"][1])).await.accepted();
    town.clock.advance(Duration::minutes(10));
    let late = set(told["access_token"].as_str().unwrap(), "too late a secret");
    town.ask(late).await.refused(Code::CredentialInvalid);
    town.stop().await;
}
