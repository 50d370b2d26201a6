//! Memories over HTTP: whose they are, what they hold, and what is left of one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hansa_kernel::limits::MEMORY_BYTES_MAX;
use hansa_types::{Code, Duration};
use hansa_wire::amp::build;
use hansa_wire::limits;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town, object};

pub(crate) fn path(agent: &Actor) -> String {
    format!("/api/v1/agents/{}/memories", agent.id)
}

pub(crate) fn at(memory: &Value) -> String {
    format!("/api/v1/memories/{}", memory["id"].as_str().unwrap())
}

/// Somebody who may make agents of their own.
pub(crate) async fn developer(town: &Town, owner: &Actor) -> Actor {
    let dora = town.agent(owner, "dora").await;
    let grant = json!({ "holder": dora.id, "on_behalf_of": town.did(), "actions": ["agent_create"],
        "expires_in_s": 600 });
    town.ask(Ask::post("/api/v1/grants", grant).by(owner)).await.accepted();
    dora
}

async fn write(town: &Town, agent: &Actor, body: Value) -> Value {
    town.ask(Ask::post(path(agent), body).by(agent)).await.accepted()
}

async fn listed(town: &Town, path: String, by: &Actor) -> Vec<String> {
    let page = town.ask(Ask::get(path).by(by)).await.accepted();
    let ids = page["data"].as_array().unwrap().iter();
    ids.map(|memory| memory["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_written_is_read_again() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let body = json!({ "content": "Bob likes figs.", "label": "figs", "tags": ["bob", "food"] });
    let written = write(&town, &alice, body).await;
    let expected = json!({
        "id": written["id"], "agent": alice.id, "bytes": 15, "content_type": "text/plain",
        "label": "figs", "tags": ["bob", "food"], "created_at": written["created_at"],
        "seq": town.seq(),
    });
    assert_eq!(written, expected);
    let read = town.ask(Ask::get(at(&written)).by(&alice)).await.accepted();
    let mut whole = object(expected.clone());
    whole.insert("encoding".to_owned(), json!("utf8"));
    whole.insert("content".to_owned(), json!("Bob likes figs."));
    assert_eq!(read, Value::Object(whole));
    let page = town.ask(Ask::get(path(&alice)).by(&alice)).await.accepted();
    let seq = town.seq();
    assert_eq!(page, json!({ "data": [expected], "next_cursor": null, "as_of_seq": seq }));
    // The entry has sizes and digests, and none of the words.
    let entry = format!("/api/v1/journal/entries/{}", written["seq"]);
    let entry = town.ask(Ask::get(entry).by(&alice)).await.accepted();
    let data: Vec<&String> = entry["entry"]["data"].as_object().unwrap().keys().collect();
    assert_eq!(data, ["about", "bytes", "content"]);
    town.stop().await;
}

#[tokio::test]
async fn bytes_are_kept_as_they_are_and_survive_a_restart() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let bytes: Vec<u8> = (0..=255).collect();
    let body = json!({ "content": STANDARD.encode(&bytes), "encoding": "base64" });
    let written = write(&town, &alice, body).await;
    assert_eq!(written["content_type"], json!("application/octet-stream"));
    let text = json!({ "content": STANDARD.encode("{}"), "encoding": "base64",
        "content_type": "application/json" });
    let text = write(&town, &alice, text).await;
    hansa_node::snapshot::write(&town.node.config.data_dir).unwrap();
    let town = town.restart().await;
    let read = town.ask(Ask::get(at(&written)).by(&alice)).await.accepted();
    assert_eq!((&read["encoding"], &read["bytes"]), (&json!("base64"), &json!(256)));
    assert_eq!(STANDARD.decode(read["content"].as_str().unwrap()).unwrap(), bytes);
    // What is text is told as text, however it was sent.
    let read = town.ask(Ask::get(at(&text)).by(&alice)).await.accepted();
    assert_eq!((&read["encoding"], &read["content"]), (&json!("utf8"), &json!("{}")));
    assert_eq!(listed(&town, path(&alice), &alice).await.len(), 2);
    town.ask(Ask::new("DELETE", at(&written)).by(&alice)).await.accepted();
    let town = town.restart().await;
    town.ask(Ask::get(at(&written)).by(&alice)).await.refused(Code::NotFound);
    assert_eq!(listed(&town, path(&alice), &alice).await.len(), 1);
    town.stop().await;
}

#[tokio::test]
async fn a_memory_has_a_size_and_a_shape() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    assert_eq!(limits::MEMORY_BYTES_MAX, MEMORY_BYTES_MAX as usize);
    let most = "x".repeat(limits::MEMORY_BYTES_MAX);
    let whole = write(&town, &alice, json!({ "content": most })).await;
    assert_eq!(whole["bytes"], json!(MEMORY_BYTES_MAX));
    let whole = STANDARD.encode(vec![0xFF; limits::MEMORY_BYTES_MAX]);
    write(&town, &alice, json!({ "content": whole, "encoding": "base64" })).await;
    let seq = town.seq();
    let more = STANDARD.encode(vec![0xFF; limits::MEMORY_BYTES_MAX + 1]);
    let tags = vec!["t"; limits::MEMORY_TAGS_MAX + 1];
    for (body, code) in [
        (json!({}), Code::MissingField),
        (json!({ "content": "" }), Code::InvalidField),
        (json!({ "content": 7 }), Code::InvalidField),
        (json!({ "content": format!("{most}x") }), Code::InvalidField),
        (json!({ "content": more, "encoding": "base64" }), Code::InvalidField),
        (json!({ "content": "a===", "encoding": "base64" }), Code::InvalidField),
        (json!({ "content": "_-_-", "encoding": "base64" }), Code::InvalidField),
        (json!({ "content": "x", "encoding": "hex" }), Code::InvalidField),
        (json!({ "content": "x", "content_type": "text" }), Code::InvalidField),
        (json!({ "content": "x", "label": "" }), Code::InvalidField),
        (json!({ "content": "x", "tags": tags }), Code::InvalidField),
        (json!({ "content": "x", "tags": ["a\nb"] }), Code::InvalidField),
        (json!({ "content": "x", "shared": true }), Code::UnknownField),
    ] {
        town.ask(Ask::post(path(&alice), body).by(&alice)).await.refused(code);
    }
    let huge = json!({ "content": "x".repeat(1 << 20) });
    town.ask(Ask::post(path(&alice), huge).by(&alice)).await.refused(Code::BodyTooLarge);
    assert_eq!(town.seq(), seq);
    town.stop().await;
}

/// Whether a request is answered as one about what does not exist.
fn is_absent(reply: &Reply) -> bool {
    reply.status == 404 && reply.code() == Code::NotFound.as_str()
}

#[tokio::test]
async fn a_memory_is_seen_by_its_agent_and_whoever_manages_it() {
    let (town, owner) = Town::owned().await;
    let (dora, mallory) = (developer(&town, &owner).await, town.agent(&owner, "mallory").await);
    let adam = town.agent(&dora, "adam").await;
    let memory = write(&town, &adam, json!({ "content": "a secret" })).await;
    // The node's owner is a stranger here, as anybody else.
    for stranger in [&mallory, &owner] {
        for method in ["GET", "DELETE"] {
            assert!(is_absent(&town.ask(Ask::new(method, at(&memory)).by(stranger)).await));
        }
        let dry = Ask::new("DELETE", format!("{}?dry_run=true", at(&memory)));
        assert!(is_absent(&town.ask(dry.by(stranger)).await));
        assert!(is_absent(&town.ask(Ask::get(path(&adam)).by(stranger)).await));
        let body = json!({ "content": "mine now" });
        let denied = town.ask(Ask::post(path(&adam), body).by(stranger)).await;
        denied.refused(Code::Forbidden);
    }
    // Who manages the agent may all of it, and so may whoever it grants it to, no more than it says.
    let read = town.ask(Ask::get(at(&memory)).by(&dora)).await.accepted();
    assert_eq!(read["content"], json!("a secret"));
    let of_dora = Ask::post(path(&adam), json!({ "content": "noted" })).by(&dora);
    let of_dora = town.ask(of_dora).await.accepted();
    assert_eq!(listed(&town, path(&adam), &adam).await.len(), 2);
    let grant = json!({ "holder": mallory.id, "actions": ["memory_read"], "expires_in_s": 60 });
    town.ask(Ask::post("/api/v1/grants", grant).by(&adam)).await.accepted();
    town.ask(Ask::get(at(&memory)).by(&mallory)).await.accepted();
    assert!(is_absent(&town.ask(Ask::get(path(&adam)).by(&mallory)).await));
    assert!(is_absent(&town.ask(Ask::new("DELETE", at(&memory)).by(&mallory)).await));
    town.clock.advance(Duration::seconds(61));
    assert!(is_absent(&town.ask(Ask::get(at(&memory)).by(&mallory)).await));
    town.ask(Ask::new("DELETE", at(&of_dora)).by(&dora)).await.accepted();
    town.ask(Ask::get(at(&memory)).by(&adam)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_list_goes_on_where_it_ended() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let mut written = Vec::new();
    for number in 0..5 {
        town.clock.advance(Duration::seconds(1));
        let memory = write(&town, &alice, json!({ "content": format!("{number}") })).await;
        written.insert(0, memory["id"].as_str().unwrap().to_owned());
        write(&town, &bob, json!({ "content": "of somebody else" })).await;
    }
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = Ask::get(format!("{}?limit=2{cursor}", path(&alice))).by(&alice);
        let page = town.ask(page).await.accepted();
        let ids = page["data"].as_array().unwrap().iter();
        seen.extend(ids.map(|memory| memory["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
        // What is erased or written between two pages moves nothing.
        if seen.len() == 2 {
            let gone = format!("/api/v1/memories/{}", written.remove(3));
            town.ask(Ask::new("DELETE", gone).by(&alice)).await.accepted();
            write(&town, &alice, json!({ "content": "later" })).await;
        }
    }
    assert_eq!(seen, written);
    for bad in ["cursor=s1", "cursor=mem_1", "limit=0", "limit=201"] {
        let ask = Ask::get(format!("{}?{bad}", path(&alice))).by(&alice);
        assert_eq!(town.ask(ask).await.status, 422, "{bad}");
    }
    town.stop().await;
}

#[tokio::test]
async fn a_repetition_is_answered_and_not_done() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let body = json!({ "content": "once", "tags": ["t"] });
    let ask = || Ask::post(path(&alice), body.clone()).by(&alice).key("k");
    let first = town.ask(ask()).await.accepted();
    let again = town.ask(ask()).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.accepted(), first);
    assert_eq!(listed(&town, path(&alice), &alice).await.len(), 1);
    let other = Ask::post(path(&alice), json!({ "content": "else" })).by(&alice).key("k");
    town.ask(other).await.refused(Code::IdempotencyKeyReused);

    let delete = |by| Ask::new("DELETE", at(&first)).by(by).key("d");
    let erased = town.ask(delete(&alice)).await.accepted();
    let seq = town.seq();
    let again = town.ask(delete(&alice)).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.accepted(), erased);
    // Without its key it is one more request, about nothing.
    assert!(is_absent(&town.ask(Ask::new("DELETE", at(&first)).by(&alice)).await));
    assert!(is_absent(&town.ask(delete(&bob)).await));
    // What was written and erased is not written again by a repetition.
    assert_eq!(town.ask(ask()).await.accepted(), first);
    town.ask(Ask::get(at(&first)).by(&alice)).await.refused(Code::NotFound);
    assert_eq!(town.seq(), seq);
    town.stop().await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_go_and_leaves_it() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let memory = write(&town, &alice, json!({ "content": "still here" })).await;
    let seq = town.seq();
    let dry = Ask::new("DELETE", format!("{}?dry_run=true", at(&memory))).by(&alice);
    let dry = town.ask(dry).await.accepted();
    let expected =
        json!({ "memory": memory["id"], "agent": alice.id, "dry_run": true, "bytes": 10 });
    assert_eq!((dry, town.seq()), (expected, seq));
    town.ask(Ask::get(at(&memory)).by(&alice)).await.accepted();
    town.stop().await;
}

/// The text of an envelope is kept for whoever audits it, so what may have to be forgotten alone does
/// not travel in one. What names a memory by its id does.
#[tokio::test]
async fn no_envelope_carries_the_content_of_a_memory() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let carried = |operation: &str, params: Value| {
        let header = alice.header(town.did(), None);
        alice.sign(build::operation_by_id(header, operation, object(params)))
    };
    let task = json!({ "requested_outcome": "x", "risk_tier": "low" });
    let task = town.ask(Ask::post("/api/v1/tasks", task).by(&alice)).await.accepted();
    let seq = town.seq();
    let params = json!({ "agent": alice.id, "content": "x" });
    town.submit(&carried("memory_write", params.clone())).await.refused(Code::NotFound);
    let action = json!({ "task": task["id"],
        "action": { "type": "native", "tool": "memory_write", "params": params } });
    let refused = town.ask(Ask::post("/api/v1/actions", action).by(&alice)).await;
    refused.refused(Code::ToolUnknown);
    assert_eq!(town.seq(), seq);

    let memory = write(&town, &alice, json!({ "content": "signed for" })).await;
    let named = json!({ "memory": memory["id"] });
    let read = town.submit(&carried("memory_read", named.clone())).await.accepted();
    assert_eq!(read["result"]["content"], json!("signed for"), "{read}");
    town.submit(&carried("memory_delete", named)).await.accepted();
    town.ask(Ask::get(at(&memory)).by(&alice)).await.refused(Code::NotFound);
    town.stop().await;
}
