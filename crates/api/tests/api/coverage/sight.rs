//! What the table says of reads, tried on all of them: what is hidden answers exactly like what is
//! absent, and what is the same for everybody is.
//!
//! Both go over the table of operations, so a new one is tried as soon as it has its row.

use hansa_wire::{Access, OPERATIONS, Operation};
use serde_json::{Value, json};

use super::Case::{Refused, Same};
use super::{World, rows::rows, world};
use crate::harness::{Ask, Reply};

/// What an answer tells beyond its own name: status, headers and body.
fn told(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let mut headers = reply.headers.clone();
    headers.retain(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"));
    // The name of a request is as long as any other, so the length says nothing of it.
    let body = match serde_json::from_slice::<Value>(&reply.body) {
        Ok(Value::Object(mut body)) => {
            body.remove("request_id");
            Value::Object(body).to_string()
        }
        _ => String::from_utf8(reply.body.clone()).unwrap(),
    };
    (reply.status, headers, body)
}

/// A part of a path with an id of nothing in place of an id.
fn absent(part: &str) -> String {
    let zeros = |count| "0".repeat(count);
    match part.split_once('_') {
        Some((prefix, id)) if id.len() == 26 => format!("{prefix}_{}", zeros(26)),
        _ if part.len() == 36 && part.matches('-').count() == 4 => {
            format!("{}-0000-4000-8000-{}", zeros(8), zeros(12))
        }
        _ if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) => "999999".to_owned(),
        _ => part.to_owned(),
    }
}

fn elsewhere(path: &str) -> String {
    path.split('/').map(absent).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_is_hidden_answers_exactly_like_what_is_absent() {
    let world = world().await;
    let mut compared = 0;
    for row in rows() {
        let operation = OPERATIONS.iter().find(|operation| operation.id == row.id).unwrap();
        let Refused(ask, _) = row.other_tenant else { continue };
        let named = operation.path_params().count() > 0;
        let hidden = world.town.ask(ask(&world)).await;
        if !named || hidden.status != 404 {
            continue;
        }
        let other = ask(&world).at(elsewhere);
        assert_ne!(other.path(), ask(&world).path(), "{}: names nothing", row.id);
        let absent = world.town.ask(other).await;
        assert_eq!(told(&hidden), told(&absent), "{}", row.id);
        compared += 1;
    }
    assert!(compared > 40, "only {compared} operations hide anything");
    // A list of somebody else's is as empty as a list of nobody's.
    let list = |of: &str| Ask::get(format!("/api/v1/transfers?account={of}")).by(&world.mallory);
    let hidden = world.town.ask(list(&world.alice.id.to_string())).await;
    let nobody = world.town.ask(list(&absent(&world.alice.id.to_string()))).await;
    assert_eq!(told(&hidden), told(&nobody));
    world.town.stop().await;
}

/// Where an operation is asked for what is the same for everybody.
fn place(world: &World, operation: &Operation) -> String {
    let mut path = operation.path.to_owned();
    for name in operation.path_params() {
        let value = match name {
            "agent" => world.alice.id.to_string(),
            "did" => world.alice.did.to_string(),
            name => panic!("{}: what is {name} for everybody?", operation.id),
        };
        path = path.replace(&format!("{{{name}}}"), &value);
    }
    match operation.id {
        "journal_inclusion" => path + "?seq=2",
        "journal_consistency" => path + "?from=2",
        _ => path,
    }
}

#[tokio::test]
async fn what_is_the_same_for_everybody_is() {
    let world = world().await;
    for row in rows().iter().filter(|row| matches!(row.other_tenant, Same)) {
        let operation = OPERATIONS.iter().find(|operation| operation.id == row.id).unwrap();
        let ask = || Ask::get(place(&world, operation));
        // Whoever asks for a card first has its key made.
        world.town.ask(ask().by(&world.alice)).await;
        let alice = world.town.ask(ask().by(&world.alice)).await;
        let mallory = world.town.ask(ask().by(&world.mallory)).await;
        // Metrics count these very requests.
        let seen = |reply: &Reply| match row.id {
            "metrics" => json!(reply.status),
            _ => json!(told(reply)),
        };
        assert_eq!(seen(&alice), seen(&mallory), "{}", row.id);
        if operation.access == Access::Public {
            let guest = world.town.ask(ask()).await;
            assert_eq!(seen(&alice), seen(&guest), "{} to a guest", row.id);
        }
        // Without a log of DIDs, or a checkpoint yet, there is nothing for anybody.
        assert!(matches!(alice.status, 200 | 404), "{}: {}", row.id, told(&alice).2);
    }
    world.town.stop().await;
}
