//! A new node gets its owner, and nothing happens before.

use hansa_types::Code;
use serde_json::json;

use crate::harness::{Ask, Reply, Town};

/// What a form sends.
fn form(body: &str) -> Ask {
    let form = "application/x-www-form-urlencoded";
    Ask::new("POST", "/setup").header("content-type", form).body(body)
}

/// A page that nobody keeps, that loads nothing and that tells no other site where it was.
fn page(reply: &Reply, status: u16) -> &str {
    let page = std::str::from_utf8(&reply.body).unwrap();
    assert_eq!(reply.status, status, "{page}");
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("referrer-policy"), Some("same-origin"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("form-action 'self'"));
    page
}

fn refused(reply: &Reply, code: Code) {
    let page = page(reply, code.status());
    assert!(page.contains(code.as_str()) && page.contains("Next step"), "{page}");
}

#[tokio::test]
async fn the_token_makes_one_owner() {
    let mut town = Town::found().await;
    let node = town.ask(Ask::get("/api/v1/node")).await.accepted();
    assert_eq!(node["setup_pending"], true);
    let token = town.setup_token.as_ref().unwrap().expose().to_owned();
    let owner = town.set_up().await;
    let node = town.ask(Ask::get("/api/v1/node")).await.accepted();
    assert_eq!(node.get("setup_pending"), None);
    let read = town.ask(Ask::get(format!("/api/v1/agents/{}", owner.id)).by(&owner)).await;
    let read = read.accepted();
    assert_eq!(
        (&read["owner"], &read["kind"], &read["name"]),
        (&json!(true), &json!("person"), &json!("Olivia"))
    );
    let again = town.ask(Ask::post("/api/v1/setup", json!({ "token": token }))).await;
    again.refused(Code::AlreadySetUp);
    town.stop().await;
}

#[tokio::test]
async fn secrets_of_the_setup_are_not_to_be_stored() {
    let town = Town::found().await;
    let token = town.setup_token.as_ref().unwrap().expose().to_owned();
    let reply = town.ask(Ask::post("/api/v1/setup", json!({ "token": token }))).await;
    let done = reply.accepted();
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert!(done["private_key_pem"].as_str().unwrap().starts_with("-----BEGIN PRIVATE KEY-----"));
    let secret = done["api_key"].as_str().unwrap();
    let listed = town.ask(Ask::get("/api/v1/agents").bearer(secret)).await.accepted();
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    town.stop().await;
}

#[tokio::test]
async fn five_wrong_tokens_void_the_right_one() {
    let town = Town::found().await;
    let before = town.seq();
    for _ in 0..5 {
        let wrong = town.ask(Ask::post("/api/v1/setup", json!({ "token": "setup_guess" }))).await;
        wrong.refused(Code::SetupTokenInvalid);
    }
    let token = town.setup_token.as_ref().unwrap().expose();
    let right = town.ask(Ask::post("/api/v1/setup", json!({ "token": token }))).await;
    right.refused(Code::SetupTokenInvalid);
    assert_eq!(town.seq(), before);
    town.stop().await;
}

#[tokio::test]
async fn a_token_is_void_after_half_an_hour() {
    let town = Town::found().await;
    town.clock.advance(hansa_types::Duration::minutes(31));
    let token = town.setup_token.as_ref().unwrap().expose();
    let late = town.ask(Ask::post("/api/v1/setup", json!({ "token": token }))).await;
    late.refused(Code::SetupTokenInvalid);
    town.stop().await;
}

#[tokio::test]
async fn the_link_leads_to_a_form_and_the_form_to_the_owners_keys() {
    let town = Town::found().await;
    let token = town.setup_token.as_ref().unwrap().expose().to_owned();
    let link = || Ask::get(format!("/setup?token={token}"));
    for _ in 0..10 {
        let asked = town.ask(link()).await;
        assert!(page(&asked, 200).contains(&format!("value=\"{token}\"")), "a look is no try");
    }
    let marked = town.ask(Ask::get("/setup?token=%22%3E%3Cb%3E")).await;
    assert!(page(&marked, 200).contains("value=\"&quot;&gt;&lt;b&gt;\""));
    let before = town.seq();
    for wrong in ["/setup", "/setup?token=a&token=b", "/setup?token=a&x=1"] {
        let wrong = town.ask(Ask::get(wrong)).await;
        assert!(page(&wrong, wrong.status).contains("_field"), "{}", wrong.status);
    }
    let body = format!("token={token}&name=Ada+L.");
    let page_of = |origin: &str| form(&body).header("origin", origin);
    refused(&town.ask(page_of("https://evil.example")).await, Code::OriginNotAllowed);
    refused(&town.ask(form("token=setup_guess&name=")).await, Code::SetupTokenInvalid);
    refused(&town.ask(form(&format!("{body}&owner=true"))).await, Code::UnknownField);
    let json = Ask::post("/setup", json!({ "token": token }));
    refused(&town.ask(json).await, Code::UnsupportedMediaType);
    assert_eq!(town.seq(), before);
    let made = town.ask(page_of(&town.url())).await;
    let made = page(&made, 201);
    let shown = |id: &str| {
        let (_, rest) = made.split_once(&format!("<pre id=\"{id}\">")).unwrap();
        rest.split_once("</pre>").unwrap().0.to_owned()
    };
    assert!(shown("private-key").starts_with("-----BEGIN PRIVATE KEY-----"));
    let list = Ask::get("/api/v1/agents").bearer(&shown("api-key"));
    let listed = town.ask(list).await.accepted();
    let owner = &listed["data"][0];
    assert_eq!((&owner["name"], &owner["owner"]), (&json!("Ada L."), &json!(true)), "{listed}");
    refused(&town.ask(link()).await, Code::AlreadySetUp);
    refused(&town.ask(form(&body)).await, Code::AlreadySetUp);
    town.stop().await;
}
