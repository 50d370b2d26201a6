//! OAuth 2.1 over real HTTP: tokens given out, used, looked into and revoked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_crypto::jws::{Header, Unverified, sign};
use hansa_crypto::{SigningKey, jwk};
use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town, pay};

pub(crate) struct Client {
    id: String,
    secret: String,
}

impl Client {
    pub(crate) async fn of(town: &Town, actor: &Actor, actions: &[&str]) -> Self {
        let ask = Ask::post("/api/v1/clients", json!({ "actions": actions })).by(actor);
        let made = town.ask(ask).await.accepted();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Self { id: text("client_id"), secret: text("client_secret") }
    }

    fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)))
    }

    pub(crate) async fn token(&self, town: &Town) -> String {
        let form = format!("grant_type=client_credentials&{}", self.form());
        let reply = post(town, "/oauth/token", &form).await.accepted();
        reply["access_token"].as_str().unwrap().to_owned()
    }

    fn form(&self) -> String {
        format!("client_id={}&client_secret={}", self.id, self.secret)
    }
}

fn form(path: &str, body: &str) -> Ask {
    let ask = Ask::new("POST", path).header("content-type", "application/x-www-form-urlencoded");
    ask.body(body.as_bytes().to_vec())
}

async fn post(town: &Town, path: &str, body: &str) -> Reply {
    town.ask(form(path, body)).await
}

fn refused(reply: &Reply, status: u16, error: &str) {
    assert_eq!(reply.status, status, "{}", reply.json());
    assert_eq!(reply.json()["error"], error, "{}", reply.json());
    assert!(!reply.json()["error_description"].as_str().unwrap().is_empty());
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

fn of(claims: Value, key: &SigningKey, typ: &str) -> String {
    sign(&Header::new(typ, "key"), claims.to_string().as_bytes(), key)
}

#[tokio::test]
async fn a_client_gets_a_token_and_the_token_acts() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let client = Client::of(&town, &alice, &["transfer_*"]).await;
    let all = format!("grant_type=client_credentials&{}", client.form());
    let reply = post(&town, "/oauth/token", &all).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let answer = reply.accepted();
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(answer["expires_in"], 3_600);
    assert_eq!(answer["scope"], "transfer_*");
    let token = answer["access_token"].as_str().unwrap();
    let transfer = town.ask(Ask::post("/api/v1/transfers", pay(&bob, "1")).bearer(token)).await;
    assert_eq!(transfer.accepted()["from"], alice.id.to_string());
    // Again, from the cache.
    town.ask(Ask::post("/api/v1/transfers", pay(&bob, "1")).bearer(token)).await.accepted();
    town.ask(Ask::get("/api/v1/agents").bearer(token)).await.refused(Code::Forbidden);
    let claims = Unverified::read(token).unwrap().claims_unverified().unwrap();
    assert_eq!(claims["sub"], alice.did.to_string());
    assert_eq!(claims["aud"], town.did().to_string());
    assert_eq!(claims["iss"], town.url());
    town.clock.advance(Duration::hours(1));
    let late = town.ask(Ask::get("/api/v1/transfers").bearer(token)).await;
    late.refused(Code::CredentialInvalid);
    town.stop().await;
}

#[tokio::test]
async fn both_spellings_both_encodings_and_both_paths_give_tokens() {
    let (town, owner) = Town::owned().await;
    let client = Client::of(&town, &owner, &["*"]).await;
    let Client { id, secret } = &client;
    let basic = client.basic();
    for path in ["/oauth/token", "/api/v1/auth/agent/token"] {
        for (ask, has_scope) in [
            (form(path, &format!("grant_type=client_credentials&{}", client.form())), "*"),
            (form(path, &format!("username={id}&password={secret}")), "*"),
            (form(path, &format!("grant_type=password&username={id}&password={secret}")), "*"),
            (form(path, "grant_type=client_credentials").header("authorization", &basic), "*"),
            (
                Ask::post(
                    path,
                    json!({ "grant_type": "client_credentials", "client_id": id,
                        "client_secret": secret, "scope": "agent_get transfer_*" }),
                ),
                "agent_get transfer_*",
            ),
        ] {
            assert_eq!(town.ask(ask).await.accepted()["scope"], has_scope);
        }
    }
    town.stop().await;
}

#[tokio::test]
async fn refusals_have_the_shape_of_oauth() {
    let (town, owner) = Town::owned().await;
    let client = Client::of(&town, &owner, &["transfer_*"]).await;
    let (id, good) = (&client.id, client.form());
    let ask = async |body: &str| post(&town, "/oauth/token", body).await;
    refused(&ask(&good).await, 400, "invalid_request");
    let code = format!("grant_type=authorization_code&{good}");
    refused(&ask(&code).await, 400, "unsupported_grant_type");
    let grant = "grant_type=client_credentials";
    let unauthenticated = ask(grant).await;
    refused(&unauthenticated, 401, "invalid_client");
    assert!(unauthenticated.header("www-authenticate").unwrap().starts_with("Basic"));
    for (id, secret) in [(id.as_str(), "wrong"), ("cli_nobody", "x"), ("", "x")] {
        let body = format!("{grant}&client_id={id}&client_secret={secret}");
        refused(&ask(&body).await, 401, "invalid_client");
    }
    refused(&ask(&format!("{grant}&{good}&scope=mint_create")).await, 400, "invalid_scope");
    refused(&ask(&format!("{grant}&{good}&scope=*")).await, 400, "invalid_scope");
    refused(&ask(&format!("{grant}&{good}&scope=A%20b")).await, 400, "invalid_scope");
    refused(&ask(&format!("{grant}&{good}&client_id={id}")).await, 400, "invalid_request");
    refused(&ask(&format!("{grant}&{good}&password=x")).await, 400, "invalid_request");
    refused(&ask("%zz").await, 400, "invalid_request");
    let both = form("/oauth/token", &format!("{grant}&{good}"));
    let both = town.ask(both.header("authorization", &client.basic())).await;
    refused(&both, 400, "invalid_request");
    let bearer = form("/oauth/token", grant).bearer(&owner.secret);
    refused(&town.ask(bearer).await, 401, "invalid_client");
    let plain = Ask::new("POST", "/oauth/token").header("content-type", "text/plain");
    refused(&town.ask(plain.body("x")).await, 400, "invalid_request");
    let long = format!("{grant}&x={}", "a".repeat(17_000));
    refused(&ask(&long).await, 413, "invalid_request");
    let foreign = form("/oauth/token", grant).header("origin", "https://evil.example");
    assert_eq!(town.ask(foreign).await.status, 403);
    town.stop().await;
}

#[tokio::test]
async fn a_revoked_token_stops_at_once_for_reads_and_writes() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let client = Client::of(&town, &alice, &["*"]).await;
    let (token, second) = (client.token(&town).await, client.token(&town).await);
    let read = |token: &str| Ask::get("/api/v1/agents").bearer(token);
    town.ask(read(&token)).await.accepted();
    let inspect = |token: &str| format!("{}&token={token}", client.form());
    let told = post(&town, "/oauth/introspect", &inspect(&token)).await.accepted();
    assert_eq!(told["active"], true);
    assert_eq!(told["sub"], alice.did.to_string());
    assert_eq!(told["client_id"], client.id.as_str());
    // Another's client may not revoke it.
    let other = Client::of(&town, &bob, &["*"]).await;
    let foreign = format!("{}&token={token}", other.form());
    refused(&post(&town, "/oauth/revoke", &foreign).await, 400, "unauthorized_client");
    let done = post(&town, "/oauth/revoke", &inspect(&token)).await;
    assert_eq!((done.status, done.body.len()), (200, 0));
    for token in [&token, &second] {
        town.ask(read(token)).await.refused(Code::CredentialInvalid);
        let pay = Ask::post("/api/v1/transfers", pay(&bob, "1")).bearer(token);
        town.ask(pay).await.refused(Code::CredentialInvalid);
        let told = post(&town, "/oauth/introspect", &inspect(token)).await.accepted();
        assert_eq!(told, json!({ "active": false }));
    }
    // Again is as good as once, and so is what never was a token.
    assert_eq!(post(&town, "/oauth/revoke", &inspect(&token)).await.status, 200);
    assert_eq!(post(&town, "/oauth/revoke", &inspect("guess")).await.status, 200);
    refused(&post(&town, "/oauth/revoke", &client.form()).await, 400, "invalid_request");
    refused(&post(&town, "/oauth/introspect", "token=x").await, 401, "invalid_client");
    // The client gets new ones, until it is revoked itself.
    let third = client.token(&town).await;
    town.ask(read(&third)).await.accepted();
    let path = format!("/api/v1/clients/{}", client.id);
    town.ask(Ask::new("DELETE", path).by(&alice)).await.accepted();
    town.ask(read(&third)).await.refused(Code::CredentialInvalid);
    let grant = format!("grant_type=client_credentials&{}", client.form());
    refused(&post(&town, "/oauth/token", &grant).await, 401, "invalid_client");
    town.stop().await;
}

#[tokio::test]
async fn a_suspended_agent_has_no_tokens() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let client = Client::of(&town, &alice, &["*"]).await;
    let token = client.token(&town).await;
    town.ask(Ask::get("/api/v1/agents").bearer(&token)).await.accepted();
    let suspend = Ask::post(format!("/api/v1/agents/{}/suspend", alice.id), json!({}));
    town.ask(suspend.by(&owner)).await.accepted();
    let read = town.ask(Ask::get("/api/v1/agents").bearer(&token)).await;
    read.refused(Code::PrincipalSuspended);
    let grant = format!("grant_type=client_credentials&{}", client.form());
    refused(&post(&town, "/oauth/token", &grant).await, 401, "invalid_client");
    town.stop().await;
}

#[tokio::test]
async fn the_metadata_and_the_keys_let_others_verify() {
    let (town, owner) = Town::owned().await;
    let client = Client::of(&town, &owner, &["*"]).await;
    let metadata = town.ask(Ask::get("/.well-known/oauth-authorization-server")).await;
    assert_eq!(metadata.header("access-control-allow-origin"), Some("*"));
    let metadata = metadata.accepted();
    assert_eq!(metadata["issuer"], town.url());
    assert_eq!(metadata["token_endpoint"], format!("{}/oauth/token", town.url()));
    assert_eq!(metadata["grant_types_supported"], json!(["client_credentials"]));
    let keys = town.ask(Ask::get("/.well-known/jwks.json")).await.accepted();
    let token = client.token(&town).await;
    let read = Unverified::read(&token).unwrap();
    let kid = read.header().kid.clone().unwrap();
    let keys = keys["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == kid.as_str()).unwrap();
    assert!(read.verify(&jwk::read(key).unwrap().prepare(), "at+jwt").is_ok());
    town.stop().await;
}

#[tokio::test]
async fn a_forged_token_is_nobodys() {
    let (town, owner) = Town::owned().await;
    let client = Client::of(&town, &owner, &["*"]).await;
    let token = client.token(&town).await;
    let claims = Unverified::read(&token).unwrap().claims_unverified().unwrap();
    let claims = Value::Object(claims);
    let node = town.node.keys.signing();
    let kid = jwk::thumbprint(&node.public());
    let forge = |claims: &Value, key: &SigningKey, typ: &str| {
        sign(&Header::new(typ, kid.clone()), claims.to_string().as_bytes(), key)
    };
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let bad = [
        forge(&claims, &SigningKey::from_seed([1; 32]), "at+jwt"),
        forge(&claims, node, "JWT"),
        forge(&claims, node, "key-proof+jwt"),
        of(claims.clone(), node, "at+jwt"),
        forge(&with("aud", json!("did:key:z6Mk")), node, "at+jwt"),
        forge(&with("exp", json!(1)), node, "at+jwt"),
        forge(&with("epoch", json!(1)), node, "at+jwt"),
        forge(&with("client_id", json!("cli_00000000000000000000000000")), node, "at+jwt"),
        forge(&json!({ "aud": town.did() }), node, "at+jwt"),
        format!("{token}x"),
        format!("ey.{token}"),
    ];
    for token in bad {
        let reply = town.ask(Ask::get("/api/v1/agents").bearer(&token)).await;
        assert_eq!(reply.status, 401, "{token}: {}", reply.json());
    }
    let same = forge(&claims, node, "at+jwt");
    town.ask(Ask::get("/api/v1/agents").bearer(&same)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_agents_own_token_counts_once() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let now = town.node.now().unix_seconds();
    let good = json!({ "iss": alice.did, "aud": town.did(), "iat": now, "exp": now + 300,
        "nonce": "00000000000000000000000000000000" });
    let token = of(good.clone(), &alice.key, "JWT");
    let pay = || Ask::post("/api/v1/transfers", pay(&bob, "1"));
    town.ask(pay().bearer(&token)).await.accepted();
    town.ask(pay().bearer(&token)).await.refused(Code::CredentialInvalid);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims["nonce"] = json!(format!("another for {name}"));
        claims[name] = value;
        claims
    };
    for (bad, code) in [
        (with("aud", json!("did:key:z6Mk")), Code::CredentialInvalid),
        (with("exp", json!(now + 301)), Code::CredentialInvalid),
        (with("exp", json!(now)), Code::CredentialInvalid),
        (with("iat", json!(now + 31)), Code::CredentialInvalid),
        (with("nonce", json!("")), Code::CredentialInvalid),
        (with("nonce", json!("n".repeat(129))), Code::CredentialInvalid),
        (with("iss", json!(bob.did)), Code::CredentialInvalid),
        (
            with("iss", json!(SigningKey::from_seed([3; 32]).public().did_key())),
            Code::CredentialInvalid,
        ),
        (with("iss", json!("did:web:example.org")), Code::DidUnknown),
    ] {
        let token = of(bad.clone(), &alice.key, "JWT");
        let reply = town.ask(pay().bearer(&token)).await;
        assert_eq!(reply.code(), code.as_str(), "{bad}");
    }
    let stranger = SigningKey::from_seed([4; 32]);
    let strange = of(with("iss", json!(stranger.public().did_key())), &stranger, "JWT");
    town.ask(pay().bearer(&strange)).await.refused(Code::DidUnknown);
    let next = of(with("jti", json!("next")), &alice.key, "JWT");
    town.ask(pay().bearer(&next)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_own_token_from_before_a_restart_counts_for_nothing() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let token = |town: &Town, at: u64, jti: &str| {
        let claims = json!({ "iss": alice.did, "aud": town.did(), "iat": at, "exp": at + 300,
            "jti": jti });
        of(claims, &alice.key, "JWT")
    };
    let pay = || Ask::post("/api/v1/transfers", pay(&bob, "1"));
    let now = town.node.now().unix_seconds();
    let (used, unused) = (token(&town, now, "used"), token(&town, now, "unused"));
    town.ask(pay().bearer(&used)).await.accepted();
    let town = town.restart().await;
    // Nobody remembers which of them was used.
    for token in [&used, &unused] {
        town.ask(pay().bearer(token)).await.refused(Code::CredentialInvalid);
    }
    let own_life = Duration::seconds(300);
    town.clock.advance(own_life);
    let later = token(&town, now + 300, "later");
    town.ask(pay().bearer(&later)).await.accepted();
    town.ask(pay().bearer(&later)).await.refused(Code::CredentialInvalid);
    town.stop().await;
}
