//! Passkeys, by an authenticator in software: made, shown, counted, copied and removed.

use hansa_api::ApiSettings;
use hansa_testkit::authenticator::{Authenticator, PRESENT, VERIFIED, base64url};
use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::auth::{PASSWORD, Postbox, login, member, post, post_by, postbox_town, token};
use crate::harness::{Ask, Town};

/// An authenticator that pages of the node's own origin ask.
pub(crate) fn authenticator(id: u8) -> Authenticator {
    Authenticator::new(id, "http://localhost:7400")
}

async fn begin(town: &Town, by: &str) -> Value {
    let begun = post_by(town, by, "passkeys/begin", json!({ "password": PASSWORD })).await;
    begun.accepted()["public_key"].clone()
}

pub(crate) async fn add(town: &Town, by: &str, authenticator: &mut Authenticator) -> Value {
    let credential = authenticator.create(&begin(town, by).await);
    let body = json!({ "name": "laptop", "credential": credential });
    post_by(town, by, "passkeys", body).await.accepted()
}

/// A challenge for whoever answers.
async fn asked(town: &Town) -> Value {
    post(town, "passkeys/ask", json!({})).await.accepted()["public_key"].clone()
}

async fn dora(town: &Town, postbox: &Postbox) -> String {
    member(town, postbox, "dora@example.com").await;
    token(&login(town, "dora@example.com", PASSWORD).await.accepted()).to_owned()
}

#[tokio::test]
async fn a_passkey_is_made_shown_and_removed() {
    let (town, postbox) = postbox_town().await;
    let by = dora(&town, &postbox).await;
    let mut laptop = authenticator(1);
    let wrong = json!({ "password": "wrong wrong wrong" });
    post_by(&town, &by, "passkeys/begin", wrong).await.refused(Code::LoginInvalid);
    let added = add(&town, &by, &mut laptop).await;
    let listed = town.ask(Ask::get("/api/v1/auth/passkeys").bearer(&by)).await.accepted();
    assert_eq!(
        (&listed["data"][0]["id"], &listed["data"][0]["name"]),
        (&added["id"], &json!("laptop"))
    );
    let me = town.ask(Ask::get("/api/v1/whoami").bearer(&by)).await.accepted();
    assert_eq!((&me["passkeys"], &me["totp"]), (&json!(1), &json!(false)));

    // A password alone is not enough any more; with the passkey it is, and so is the passkey alone.
    login(&town, "dora@example.com", PASSWORD).await.refused(Code::TotpRequired);
    let ask = json!({ "email": "dora@example.com", "password": PASSWORD });
    let options = post(&town, "passkeys/ask", ask).await.accepted()["public_key"].clone();
    assert_eq!(options["allowCredentials"][0]["id"], base64url(&laptop.id));
    let both = json!({ "email": "dora@example.com", "password": PASSWORD, "passkey": laptop.get(&options) });
    post(&town, "login", both.clone()).await.accepted();
    post(&town, "login", both).await.refused(Code::PasskeyInvalid);
    let alone = json!({ "passkey": laptop.get(&asked(&town).await) });
    let session = post(&town, "login", alone).await.accepted();
    let sessions = Ask::get("/api/v1/auth/sessions").bearer(token(&session));
    let sessions = town.ask(sessions).await.accepted();
    let current = sessions["data"].as_array().unwrap().iter().find(|s| s["current"] == true);
    assert_eq!(current.unwrap()["second_factor"], true);

    let path = format!("passkeys/{}/remove", added["id"].as_str().unwrap());
    let shown = |password: &str| json!({ "password": password });
    post_by(&town, &by, &path, shown("wrong wrong wrong")).await.refused(Code::LoginInvalid);
    post_by(&town, &by, &path, shown(PASSWORD)).await.accepted();
    post_by(&town, &by, &path, shown(PASSWORD)).await.refused(Code::NotFound);
    let alone = json!({ "passkey": laptop.get(&asked(&town).await) });
    post(&town, "login", alone).await.refused(Code::PasskeyInvalid);
    login(&town, "dora@example.com", PASSWORD).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_answer_counts_once_in_time_from_this_origin_and_verified() {
    let (town, postbox) = postbox_town().await;
    let by = dora(&town, &postbox).await;
    let mut laptop = authenticator(1);
    let options = begin(&town, &by).await;
    let stale = json!({ "name": "laptop", "credential": laptop.create(&options) });
    town.clock.advance(Duration::seconds(301));
    post_by(&town, &by, "passkeys", stale).await.refused(Code::PasskeyInvalid);
    add(&town, &by, &mut laptop).await;
    // The same authenticator is not added twice.
    let again = laptop.create(&begin(&town, &by).await);
    let again = json!({ "name": "laptop", "credential": again });
    post_by(&town, &by, "passkeys", again).await.refused(Code::InvalidField);

    let refused = async |answer: Value| {
        post(&town, "login", json!({ "passkey": answer })).await.refused(Code::PasskeyInvalid);
    };
    let options = asked(&town).await;
    town.clock.advance(Duration::seconds(301));
    refused(laptop.get(&options)).await;
    let mut forged = laptop.get(&asked(&town).await);
    forged["response"]["signature"] = json!(laptop.sign(b"else"));
    refused(forged).await;
    let mut other = laptop.get(&asked(&town).await);
    other["response"]["userHandle"] = json!(base64url(&[7; 16]));
    refused(other).await;
    laptop.origin = "https://evil.example".to_owned();
    refused(laptop.get(&asked(&town).await)).await;
    laptop.origin = "http://localhost:9".to_owned();
    laptop.flags = PRESENT;
    refused(laptop.get(&asked(&town).await)).await;
    laptop.flags = PRESENT | VERIFIED;
    let body = json!({ "passkey": laptop.get(&asked(&town).await) });
    post(&town, "login", body).await.accepted();
    post(&town, "login", json!({})).await.refused(Code::MissingField);
    post(&town, "login", json!({ "passkey": {} })).await.refused(Code::InvalidField);
    town.stop().await;
}

#[tokio::test]
async fn a_copy_that_counts_backwards_is_refused_after_a_restart_too() {
    let (town, postbox) = postbox_town().await;
    let by = dora(&town, &postbox).await;
    let mut laptop = authenticator(1);
    add(&town, &by, &mut laptop).await;
    for (counter, counts) in [(5, true), (5, false), (4, false), (6, true), (0, false)] {
        laptop.counter = counter;
        let reply =
            post(&town, "login", json!({ "passkey": laptop.get(&asked(&town).await) })).await;
        match counts {
            true => drop(reply.accepted()),
            false => reply.refused(Code::PasskeyInvalid),
        }
    }
    let town = town.restart().await;
    laptop.counter = 6;
    let answer = json!({ "passkey": laptop.get(&asked(&town).await) });
    post(&town, "login", answer).await.refused(Code::PasskeyInvalid);
    laptop.counter = 7;
    let answer = json!({ "passkey": laptop.get(&asked(&town).await) });
    post(&town, "login", answer).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_passkey_of_one_account_counts_for_no_other() {
    let (town, postbox) = postbox_town().await;
    let by = dora(&town, &postbox).await;
    let (mut laptop, mut phone) = (authenticator(1), authenticator(2));
    add(&town, &by, &mut laptop).await;
    member(&town, &postbox, "erin@example.com").await;
    let erin = login(&town, "erin@example.com", PASSWORD).await.accepted();
    let options = begin(&town, &by).await;
    let stolen = json!({ "name": "phone", "credential": phone.create(&options) });
    post_by(&town, token(&erin), "passkeys", stolen).await.refused(Code::PasskeyInvalid);
    let theirs = laptop.get(&asked(&town).await);
    let mixed = json!({ "email": "erin@example.com", "password": PASSWORD, "passkey": theirs });
    post(&town, "login", mixed).await.refused(Code::PasskeyInvalid);
    let none = json!({ "email": "erin@example.com", "password": PASSWORD });
    post(&town, "passkeys/ask", none).await.refused(Code::PasskeyInvalid);
    let guess = json!({ "email": "dora@example.com", "password": "wrong wrong wrong" });
    post(&town, "passkeys/ask", guess).await.refused(Code::LoginInvalid);
    town.stop().await;
}

#[tokio::test]
async fn a_recovery_key_ends_passkeys_too() {
    let (town, postbox) = postbox_town().await;
    let (begun, _) = member(&town, &postbox, "dora@example.com").await;
    let session = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let mut laptop = authenticator(1);
    add(&town, token(&session), &mut laptop).await;
    let recover = json!({
        "email": "dora@example.com",
        "recovery_key": begun["recovery_keys"][0],
        "new_password": "another long secret",
    });
    post(&town, "recover-account", recover).await.accepted();
    let alone = json!({ "passkey": laptop.get(&asked(&town).await) });
    post(&town, "login", alone).await.refused(Code::PasskeyInvalid);
    login(&town, "dora@example.com", "another long secret").await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_owner_acts_by_a_passkey_where_a_second_factor_is_enforced() {
    let postbox = Postbox::default();
    let mailer = std::sync::Arc::new(postbox.clone());
    let configure = |config: &mut hansa_node::Config| {
        config.mailer = Some(mailer);
        config.admin_second_factor = true;
    };
    let mut town = Town::with(configure, ApiSettings::default()).await;
    let owner = town.set_up().await;
    let body = json!({ "name": "Olivia", "email": "olivia@example.com", "password": PASSWORD });
    post_by(&town, &owner.secret, "register", body).await.accepted();
    post(&town, "verify-email", json!({ "token": postbox.token() })).await.accepted();
    let plain = login(&town, "olivia@example.com", PASSWORD).await.accepted();
    let create = |by: &str| Ask::post("/api/v1/agents", json!({ "name": "alice" })).bearer(by);
    town.ask(create(token(&plain))).await.refused(Code::SecondFactorRequired);
    let mut laptop = authenticator(1);
    add(&town, token(&plain), &mut laptop).await;
    town.ask(create(token(&plain))).await.refused(Code::SecondFactorRequired);
    let alone = json!({ "passkey": laptop.get(&asked(&town).await) });
    let session = post(&town, "login", alone).await.accepted();
    town.ask(create(token(&session))).await.accepted();
    town.stop().await;
}
