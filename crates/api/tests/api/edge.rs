//! Requests that are refused before anything is asked of the node, each by its own name.

use hansa_api::ApiSettings;
use hansa_types::Code;
use serde_json::{Value, json};

use crate::harness::{Ask, Town, pay};

#[tokio::test]
async fn bad_bodies_are_refused_by_name_and_nothing_is_written() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let before = town.seq();
    let to = bob.id;
    let deep = format!("{{\"to\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    let cases: Vec<(&str, Vec<u8>, Code)> = vec![
        ("cut off", b"{\"to\":".to_vec(), Code::MalformedJson),
        ("no json", b"to=bob".to_vec(), Code::MalformedJson),
        ("behind it", b"{} {}".to_vec(), Code::MalformedJson),
        ("not UTF-8", b"{\"to\":\"\xff\"}".to_vec(), Code::MalformedJson),
        ("twice", format!("{{\"to\":\"{to}\",\"to\":\"{to}\"}}").into_bytes(), Code::DuplicateKey),
        ("deep", deep.into_bytes(), Code::TooDeep),
        ("array", b"[1]".to_vec(), Code::InvalidField),
        ("type", b"{\"to\":5,\"amount\":\"1\"}".to_vec(), Code::InvalidField),
        (
            "unknown",
            format!("{{\"to\":\"{to}\",\"amount\":\"1\",\"memo\":\"x\"}}").into_bytes(),
            Code::UnknownField,
        ),
        ("missing", format!("{{\"to\":\"{to}\"}}").into_bytes(), Code::MissingField),
        ("nothing", Vec::new(), Code::MissingField),
    ];
    for (what, body, code) in cases {
        let ask = Ask::new("POST", "/api/v1/transfers").by(&alice);
        let reply = town.ask(ask.header("content-type", "application/json").body(body)).await;
        assert_eq!(reply.code(), code.as_str(), "{what}: {}", reply.json());
    }
    assert_eq!(town.seq(), before);
    town.stop().await;
}

#[tokio::test]
async fn a_refusal_names_the_member() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let body = json!({ "items": [{ "to": alice.id, "amount": 5 }] });
    let reply = town.ask(Ask::post("/api/v1/transfers/batch", body).by(&alice)).await;
    reply.refused(Code::AmountNotAString);
    assert_eq!(reply.json()["errors"][0]["field"], "items[0].amount");
    town.stop().await;
}

#[tokio::test]
async fn the_content_type_is_json() {
    let (town, owner) = Town::owned().await;
    for value in [Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("json"), None]
    {
        let mut ask = Ask::new("POST", "/api/v1/transfers").by(&owner).body(b"{}".to_vec());
        if let Some(value) = value {
            ask = ask.header("content-type", value);
        }
        town.ask(ask).await.refused(Code::UnsupportedMediaType);
    }
    let ask = Ask::new("POST", "/api/v1/transfers").by(&owner).body(b"{}".to_vec());
    let spelled = ask.header("content-type", "Application/JSON; charset=utf-8");
    town.ask(spelled).await.refused(Code::MissingField);
    town.stop().await;
}

#[tokio::test]
async fn large_bodies_are_refused_whether_announced_or_not() {
    let settings = ApiSettings { body_bytes_max: 1_000, ..ApiSettings::default() };
    let mut town = Town::with(|_| (), settings).await;
    let owner = town.set_up().await;
    let filler = |bytes: usize| json!({ "to": "x".repeat(bytes - 9) }).to_string();
    assert_eq!(filler(1_000).len(), 1_000);
    let at = Ask::post("/api/v1/transfers", Value::Null).by(&owner).body(filler(1_000));
    town.ask(at).await.refused(Code::InvalidField);
    let past = Ask::post("/api/v1/transfers", Value::Null).by(&owner).body(filler(1_001));
    town.ask(past).await.refused(Code::BodyTooLarge);
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        town.address, owner.secret
    );
    let chunk = format!("3e9\r\n{}\r\n0\r\n\r\n", filler(1_001));
    town.raw(&[head.into_bytes(), chunk.into_bytes()].concat()).await.refused(Code::BodyTooLarge);
    let envelope = json!({ "v": 1, "payload": "x".repeat(64 * 1024) });
    town.submit(&envelope).await.refused(Code::BodyTooLarge);
    town.stop().await;
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_given_up() {
    let (town, owner) = Town::owned().await;
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"to\":",
        town.address, owner.secret
    );
    let stream = town.connect(head.as_bytes()).await;
    town.read_as_time_passes(stream).await.refused(Code::BodyTooSlow);
    town.stop().await;
}

#[tokio::test]
async fn only_own_names_and_own_pages_are_answered() {
    let (town, owner) = Town::owned().await;
    let list = || Ask::get("/api/v1/agents").by(&owner);
    for host in ["evil.example", "localhost.evil.example:7400", "10.0.0.1"] {
        town.ask(list().header("host", host)).await.refused(Code::HostNotAllowed);
        town.ask(Ask::get("/nowhere").header("host", host)).await.refused(Code::HostNotAllowed);
    }
    for host in ["localhost", "127.0.0.1:1", "[::1]:7400"] {
        town.ask(list().header("host", host)).await.accepted();
    }
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        town.ask(list().header("origin", origin)).await.refused(Code::OriginNotAllowed);
    }
    town.ask(list().header("origin", &town.url())).await.accepted();
    let found =
        town.ask(Ask::get("/api/v1/discover").header("origin", "https://any.example")).await;
    found.accepted();
    assert_eq!(found.header("access-control-allow-origin"), Some("*"));
    let listed = town.ask(list()).await;
    assert_eq!(listed.header("access-control-allow-origin"), None);
    assert_eq!(listed.header("x-content-type-options"), Some("nosniff"));
    town.stop().await;
}

#[tokio::test]
async fn the_operator_allows_further_names_and_origins() {
    let settings = ApiSettings {
        allowed_hosts: vec!["gate.example".to_owned()],
        allowed_origins: vec!["https://console.example".to_owned()],
        public_url: Some("https://town.example".to_owned()),
        ..ApiSettings::default()
    };
    let town = Town::with(|_| (), settings).await;
    for host in ["gate.example", "town.example"] {
        let ask = Ask::get("/healthz").header("host", host);
        town.ask(ask.header("origin", "https://console.example")).await.accepted();
    }
    town.stop().await;
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let (town, owner) = Town::owned().await;
    town.ask(Ask::get("/api/v1/nothing")).await.refused(Code::NotFound);
    let wrong = town.ask(Ask::new("DELETE", "/api/v1/agents").by(&owner)).await;
    wrong.refused(Code::MethodNotAllowed);
    assert_eq!(wrong.header("allow"), Some("POST, GET"));
    town.ask(Ask::new("PATCH", "/docs/errors")).await.refused(Code::MethodNotAllowed);
    town.stop().await;
}

#[tokio::test]
async fn parameters_belong_where_the_operation_reads_them() {
    let (town, owner) = Town::owned().await;
    let get = |path: &str| Ask::get(path).by(&owner);
    town.ask(get("/api/v1/agents?limit=0")).await.refused(Code::InvalidField);
    town.ask(get("/api/v1/agents?limit=201")).await.refused(Code::InvalidField);
    town.ask(get("/api/v1/agents?limit=5&limit=5")).await.refused(Code::InvalidField);
    town.ask(get("/api/v1/agents?page=2")).await.refused(Code::UnknownField);
    town.ask(get("/api/v1/agents?cursor=nonsense")).await.refused(Code::InvalidCursor);
    town.ask(get("/api/v1/agents?cursor=%ff")).await.refused(Code::InvalidField);
    town.ask(get("/api/v1/agents").json(&json!({ "limit": 5 }))).await.refused(Code::InvalidField);
    town.ask(get("/api/v1/agents/alice")).await.refused(Code::InvalidField);
    let body = Ask::post("/api/v1/transfers?dry_run=true", pay(&owner, "1")).by(&owner);
    town.ask(body).await.refused(Code::UnknownField);
    town.stop().await;
}

#[tokio::test]
async fn a_credential_that_is_wrong_is_refused_even_where_none_is_needed() {
    let (town, _) = Town::owned().await;
    for path in ["/api/v1/node", "/healthz", "/api/v1/agents"] {
        let wrong = town.ask(Ask::get(path).bearer("hansa_guess")).await;
        wrong.refused(Code::CredentialInvalid);
        assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
        let basic = Ask::get(path).header("authorization", "Basic YTpi");
        town.ask(basic).await.refused(Code::CredentialInvalid);
    }
    town.ask(Ask::get("/api/v1/agents")).await.refused(Code::Unauthenticated);
    town.stop().await;
}
