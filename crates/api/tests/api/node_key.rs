//! A node that has been given another key, as its clients see it.

use hansa_crypto::jwk::thumbprint;
use hansa_types::{Code, Did};
use hansa_wire::amp::build::operation;
use hansa_wire::api::auth::WhoAmI;
use serde_json::json;

use crate::harness::{Actor, Ask, Town};
use crate::oauth::Client;

/// An envelope to a node, which asks who asks.
fn asks(actor: &Actor, node: Did) -> Ask {
    let envelope = operation(actor.header(node, None), &WhoAmI {}).unwrap();
    Ask::post("/amp/envelopes", actor.sign(envelope))
}

#[tokio::test]
async fn what_the_former_key_signed_and_what_is_addressed_to_it_counts_for_a_while() {
    let (town, owner) = Town::owned().await;
    let alice = town.agent(&owner, "alice").await;
    let token = Client::of(&town, &alice, &["*"]).await.token(&town).await;
    let former = town.node.keys.signing().public();
    let town = town.with_another_key(false).await;
    let present = town.node.keys.signing().public();
    assert_ne!(former, present);
    // Tokens it signed, keys that verify them, and envelopes to its DID.
    town.ask(Ask::get("/api/v1/agents").bearer(&token)).await.accepted();
    for path in ["/.well-known/jwks.json", "/.well-known/registry-jwks.json"] {
        let keys = town.ask(Ask::get(path)).await.accepted();
        let kids: Vec<_> = keys["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
        assert_eq!(kids, [&json!(thumbprint(&present)), &json!(thumbprint(&former))], "{path}");
    }
    for did in [present.did_key(), former.did_key()] {
        town.ask(asks(&alice, did)).await.accepted();
    }
    let told = town.ask(Ask::get("/api/v1/node")).await.accepted();
    assert_eq!(told["public_key"], present.to_multibase());
    // A stolen key is revoked: nothing of it counts.
    let town = town.with_another_key(true).await;
    town.ask(Ask::get("/api/v1/agents").bearer(&token)).await.refused(Code::CredentialInvalid);
    let refused = town.ask(asks(&alice, former.did_key())).await;
    assert!((400..500).contains(&refused.status), "{}", refused.json());
    let keys = town.ask(Ask::get("/.well-known/jwks.json")).await.accepted();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    town.stop().await;
}
