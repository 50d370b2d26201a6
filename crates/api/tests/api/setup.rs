//! A new node gets its owner, and nothing happens before.

use hansa_types::Code;
use serde_json::json;

use crate::harness::{Ask, Town};

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
