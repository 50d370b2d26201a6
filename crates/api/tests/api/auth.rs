//! Accounts of people: registering, logging in and out, recovering.

use std::sync::{Arc, Mutex};

use hansa_api::ApiSettings;
use hansa_node::account::{Mail, Mailer, Totp};
use hansa_node::env::Clock as _;
use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::harness::{Ask, Reply, Town};

/// Keeps what was mailed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Postbox(Arc<Mutex<Vec<(String, String)>>>);

impl Mailer for Postbox {
    fn send(&self, mail: Mail) {
        self.0.lock().unwrap().push((mail.to, mail.text));
    }
}

impl Postbox {
    pub(crate) fn last(&self) -> (String, String) {
        self.0.lock().unwrap().last().unwrap().clone()
    }

    pub(crate) fn token(&self) -> String {
        self.last().1.split(' ').next_back().unwrap().to_owned()
    }
}

pub(crate) const PASSWORD: &str = "correct horse battery";

/// A node that keeps its mail.
pub(crate) async fn postbox_town() -> (Town, Postbox) {
    let postbox = Postbox::default();
    let mailer = Arc::new(postbox.clone());
    let town = Town::with(|config| config.mailer = Some(mailer), ApiSettings::default()).await;
    (town, postbox)
}

pub(crate) async fn post(town: &Town, path: &str, body: Value) -> Reply {
    town.ask(Ask::post(format!("/api/v1/auth/{path}"), body)).await
}

pub(crate) async fn post_by(town: &Town, secret: &str, path: &str, body: Value) -> Reply {
    town.ask(Ask::post(format!("/api/v1/auth/{path}"), body).bearer(secret)).await
}

async fn register(town: &Town, email: &str) -> Value {
    let body = json!({ "name": "Dora", "email": email, "password": PASSWORD });
    post(town, "register", body).await.accepted()
}

pub(crate) async fn member(town: &Town, postbox: &Postbox, email: &str) -> (Value, Value) {
    let begun = register(town, email).await;
    let token = json!({ "token": postbox.token() });
    (begun, post(town, "verify-email", token).await.accepted())
}

pub(crate) async fn login(town: &Town, email: &str, password: &str) -> Reply {
    post(town, "login", json!({ "email": email, "password": password })).await
}

pub(crate) fn token(session: &Value) -> &str {
    session["access_token"].as_str().unwrap()
}

#[tokio::test]
async fn a_person_registers_logs_in_and_logs_out() {
    let (town, postbox) = postbox_town().await;
    let before = town.seq();
    register(&town, "dora@example.com").await;
    assert_eq!(town.seq(), before, "nothing of a stranger is recorded");
    assert_eq!(postbox.last().0, "dora@example.com");
    let shown = json!({ "token": postbox.token() });
    let created = post(&town, "verify-email", shown.clone()).await.accepted();
    assert!(created["private_key_pem"].as_str().unwrap().contains("PRIVATE KEY"));
    post(&town, "verify-email", shown).await.refused(Code::MailTokenInvalid);
    let session = login(&town, "Dora@Example.com", PASSWORD).await.accepted();
    assert_eq!(session["principal"], created["id"]);
    let me = town.ask(Ask::get("/api/v1/whoami").bearer(token(&session))).await.accepted();
    assert_eq!((&me["id"], &me["did"]), (&created["id"], &created["did"]));
    assert_eq!(me["email"], "dora@example.com");
    assert_eq!((&me["kind"], &me["method"]), (&json!("person"), &json!("session")));
    let listed = town.ask(Ask::get("/api/v1/auth/sessions").bearer(token(&session))).await;
    assert_eq!(listed.accepted()["data"][0]["current"], true);
    post_by(&town, token(&session), "logout", json!({})).await.accepted();
    let gone = town.ask(Ask::get("/api/v1/whoami").bearer(token(&session))).await;
    gone.refused(Code::CredentialInvalid);
    town.stop().await;
}

#[tokio::test]
async fn whether_an_address_is_known_does_not_show() {
    let (town, postbox) = postbox_town().await;
    member(&town, &postbox, "dora@example.com").await;
    let known = register(&town, "DORA@example.com").await;
    assert!(postbox.last().1.contains("already"));
    let unknown = register(&town, "erin@example.com").await;
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&known), members(&unknown));
    assert_eq!(known["message"], unknown["message"]);
    let key = known["recovery_keys"][0].clone();
    for email in ["dora@example.com", "nobody@example.com"] {
        login(&town, email, "wrong wrong wrong").await.refused(Code::LoginInvalid);
        let body = json!({ "email": email, "recovery_key": key, "new_password": PASSWORD });
        post(&town, "recover-account", body).await.refused(Code::LoginInvalid);
    }
    town.stop().await;
}

#[tokio::test]
async fn wrong_tries_lock_an_account_for_a_while() {
    let (town, postbox) = postbox_town().await;
    member(&town, &postbox, "dora@example.com").await;
    for _ in 0..5 {
        login(&town, "dora@example.com", "wrong wrong wrong").await.refused(Code::LoginInvalid);
    }
    let locked = login(&town, "dora@example.com", PASSWORD).await;
    locked.refused(Code::TooManyTries);
    assert!(locked.header("retry-after").is_some());
    town.clock.advance(Duration::seconds(31));
    login(&town, "dora@example.com", PASSWORD).await.accepted();
    login(&town, "dora@example.com", PASSWORD).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn whoever_finds_no_place_comes_back_and_has_not_tried() {
    let (town, postbox) = postbox_town().await;
    member(&town, &postbox, "dora@example.com").await;
    let passwords = &town.node.accounts.passwords;
    let mut places = Vec::new();
    // The thread that has hashed gives its place back a moment after it has told.
    while places.len() < 256 {
        places.extend(passwords.turn().ok());
        tokio::task::yield_now().await;
    }
    for _ in 0..10 {
        let busy = login(&town, "dora@example.com", PASSWORD).await;
        busy.refused(Code::LoginsBusy);
        assert_eq!(busy.header("retry-after"), Some("30"));
    }
    drop(places);
    login(&town, "dora@example.com", PASSWORD).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_and_no_other_does() {
    let trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    let settings = ApiSettings { trusted_proxies, ..ApiSettings::default() };
    let town = Town::with(|_| (), settings).await;
    let guess = async |from: &str| {
        let body = json!({ "token": "mail_guess" });
        let ask = Ask::post("/api/v1/auth/verify-email", body);
        town.ask(ask.header("x-forwarded-for", from)).await
    };
    for _ in 0..60 {
        guess("192.0.2.1").await.refused(Code::MailTokenInvalid);
    }
    let locked = guess("192.0.2.1").await;
    locked.refused(Code::TooManyTries);
    assert!(locked.header("retry-after").is_some());
    guess("192.0.2.2").await.refused(Code::MailTokenInvalid);
    town.clock.advance(Duration::seconds(31));
    guess("192.0.2.1").await.refused(Code::MailTokenInvalid);
    town.stop().await;
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let (town, postbox) = postbox_town().await;
    let (begun, _) = member(&town, &postbox, "dora@example.com").await;
    let session = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let change = |shown: &str| json!({ "password": shown, "new_password": "another long secret" });
    post_by(&town, token(&session), "password", change("wrong wrong wrong"))
        .await
        .refused(Code::LoginInvalid);
    let short = json!({ "password": PASSWORD, "new_password": "short" });
    post_by(&town, token(&session), "password", short).await.refused(Code::InvalidField);
    post_by(&town, token(&session), "password", change(PASSWORD)).await.accepted();
    let whoami = |secret: &str| Ask::get("/api/v1/whoami").bearer(secret);
    town.ask(whoami(token(&session))).await.refused(Code::CredentialInvalid);
    login(&town, "dora@example.com", PASSWORD).await.refused(Code::LoginInvalid);
    let session = login(&town, "dora@example.com", "another long secret").await.accepted();
    let recover = json!({
        "email": "dora@example.com",
        "recovery_key": begun["recovery_keys"][0],
        "new_password": "a third long secret",
    });
    post(&town, "recover-account", recover.clone()).await.accepted();
    town.ask(whoami(token(&session))).await.refused(Code::CredentialInvalid);
    post(&town, "recover-account", recover).await.refused(Code::LoginInvalid);
    let session = login(&town, "dora@example.com", "a third long secret").await.accepted();
    let me = town.ask(whoami(token(&session))).await.accepted();
    assert_eq!(me["recovery_keys_left"], 7);
    let renew = json!({ "password": "a third long secret" });
    let renewed = post_by(&town, token(&session), "recovery-keys", renew).await.accepted();
    assert_eq!(renewed["recovery_keys"].as_array().unwrap().len(), 8);
    town.stop().await;
}

pub(crate) fn from_base32(text: &str) -> Vec<u8> {
    let digit = |c: u8| u32::from(if c.is_ascii_uppercase() { c - b'A' } else { c - b'2' + 26 });
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0, 0);
    for c in text.bytes().filter(|&c| c != b'=') {
        (bits, held) = ((bits << 5 | digit(c)) & 0xFFFF, held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).unwrap());
        }
    }
    bytes
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_counts_once() {
    let (town, postbox) = postbox_town().await;
    member(&town, &postbox, "dora@example.com").await;
    let session = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let by = token(&session);
    post_by(&town, by, "totp", json!({ "totp": "000000" })).await.refused(Code::TotpState);
    let begun = post_by(&town, by, "totp/begin", json!({})).await.accepted();
    let totp = Totp::new(&from_base32(begun["secret"].as_str().unwrap())).unwrap();
    let wrong = totp.code(hansa_types::Time(0));
    post_by(&town, by, "totp", json!({ "totp": wrong })).await.refused(Code::TotpRequired);
    let code = || json!({ "totp": totp.code(town.clock.wall()) });
    post_by(&town, by, "totp", code()).await.accepted();
    login(&town, "dora@example.com", PASSWORD).await.refused(Code::TotpRequired);
    let both = || {
        let code = totp.code(town.clock.wall());
        json!({ "email": "dora@example.com", "password": PASSWORD, "totp": code })
    };
    let session = post(&town, "login", both()).await.accepted();
    post(&town, "login", both()).await.refused(Code::TotpRequired);
    let shown = json!({ "password": PASSWORD });
    post_by(&town, token(&session), "totp/disable", shown).await.accepted();
    login(&town, "dora@example.com", PASSWORD).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_owner_attaches_an_account_and_others_sessions_stay_hidden() {
    let (mut town, postbox) = postbox_town().await;
    let owner = town.set_up().await;
    let body = json!({ "name": "Olivia", "email": "olivia@example.com", "password": PASSWORD });
    post_by(&town, &owner.secret, "register", body).await.accepted();
    let shown = json!({ "token": postbox.token() });
    let attached = post(&town, "verify-email", shown).await.accepted();
    assert_eq!(attached["id"], owner.id.to_string());
    let session = login(&town, "olivia@example.com", PASSWORD).await.accepted();
    let freeze = Ask::post(format!("/api/v1/agents/{}/freeze", owner.id), json!({}));
    town.ask(freeze.bearer(token(&session))).await.refused(Code::InvalidField);
    member(&town, &postbox, "dora@example.com").await;
    let dora = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let foreign = json!({ "session": session["id"] });
    post_by(&town, token(&dora), "logout", foreign.clone()).await.refused(Code::NotFound);
    post_by(&town, &owner.secret, "logout", foreign).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn nobody_registers_where_no_mail_is_sent() {
    let town = Town::found().await;
    let body = json!({ "name": "Dora", "email": "dora@example.com", "password": PASSWORD });
    post(&town, "register", body).await.refused(Code::MailUnavailable);
    town.stop().await;
}

#[tokio::test]
async fn owners_show_a_second_factor_where_it_is_enforced() {
    let postbox = Postbox::default();
    let mailer = Arc::new(postbox.clone());
    let configure = |config: &mut hansa_node::Config| {
        config.mailer = Some(mailer);
        config.admin_second_factor = true;
    };
    let mut town = Town::with(configure, ApiSettings::default()).await;
    let owner = town.set_up().await;
    let agent = json!({ "name": "alice" });
    let create = |by: &str| Ask::post("/api/v1/agents", agent.clone()).bearer(by);
    town.ask(create(&owner.secret)).await.refused(Code::SecondFactorRequired);
    let body = json!({ "name": "Olivia", "email": "olivia@example.com", "password": PASSWORD });
    post_by(&town, &owner.secret, "register", body).await.accepted();
    post(&town, "verify-email", json!({ "token": postbox.token() })).await.accepted();
    let session = login(&town, "olivia@example.com", PASSWORD).await.accepted();
    town.ask(create(token(&session))).await.refused(Code::SecondFactorRequired);
    let whoami = |by: &str| Ask::get("/api/v1/whoami").bearer(by);
    assert_eq!(town.ask(whoami(token(&session))).await.accepted()["second_factor"], false);
    let begun = post_by(&town, token(&session), "totp/begin", json!({})).await.accepted();
    let totp = Totp::new(&from_base32(begun["secret"].as_str().unwrap())).unwrap();
    let code = || totp.code(town.clock.wall());
    post_by(&town, token(&session), "totp", json!({ "totp": code() })).await.accepted();
    let both = json!({ "email": "olivia@example.com", "password": PASSWORD, "totp": code() });
    let session = post(&town, "login", both).await.accepted();
    assert_eq!(town.ask(whoami(token(&session))).await.accepted()["second_factor"], true);
    town.ask(create(token(&session))).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn a_page_holds_its_session_in_a_cookie() {
    let (town, postbox) = postbox_town().await;
    member(&town, &postbox, "dora@example.com").await;
    let body = json!({ "email": "dora@example.com", "password": PASSWORD, "cookie": true });
    let opened = post(&town, "login", body.clone()).await;
    let set = opened.header("set-cookie").unwrap().to_owned();
    assert_eq!(
        (opened.accepted().get("access_token"), opened.json()["token_type"].as_str()),
        (None, Some("cookie"))
    );
    let (pair, guards) = set.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-hansa=hansa_ses_"), "{pair}");
    assert_eq!(guards, "Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=86400");
    let read = |path: &str| Ask::get(path).header("cookie", pair);
    assert_eq!(town.ask(read("/api/v1/whoami")).await.accepted()["method"], "session");
    let own = format!("http://{}", town.address);
    let change = || Ask::post("/api/v1/auth/totp/begin", json!({})).header("cookie", pair);
    // A browser sends the cookie along whoever asks: only the node's own pages change anything.
    town.ask(change()).await.refused(Code::OriginNotAllowed);
    for foreign in ["http://evil.example", "null"] {
        town.ask(change().header("origin", foreign)).await.refused(Code::OriginNotAllowed);
    }
    let sibling = change().header("origin", &own).header("sec-fetch-site", "same-site");
    town.ask(sibling).await.refused(Code::OriginNotAllowed);
    let page = || change().header("origin", &own).header("sec-fetch-site", "same-origin");
    town.ask(page()).await.accepted();
    // An API key in the cookie counts for nothing, and two sessions for none.
    let key = Ask::get("/api/v1/whoami").header("cookie", "__Host-hansa=hansa_key_x");
    town.ask(key).await.refused(Code::Unauthenticated);
    town.ask(read("/api/v1/whoami").header("cookie", pair)).await.refused(Code::CredentialInvalid);
    let out = Ask::post("/api/v1/auth/logout", json!({})).header("cookie", pair);
    let out = town.ask(out.header("origin", &own)).await;
    out.accepted();
    assert!(out.header("set-cookie").unwrap().ends_with("Max-Age=0"));
    // One that is over refuses what needs it, and keeps nobody from logging in again.
    town.ask(read("/api/v1/whoami")).await.refused(Code::CredentialInvalid);
    let again = Ask::post("/api/v1/auth/login", body).header("cookie", pair);
    town.ask(again.header("origin", &own)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn whoever_is_stopped_reads_why_and_appeals() {
    let postbox = Postbox::default();
    let mailer = Arc::new(postbox.clone());
    let mut town = Town::with(|config| config.mailer = Some(mailer), ApiSettings::default()).await;
    let owner = town.set_up().await;
    let (_, dora) = member(&town, &postbox, "dora@example.com").await;
    let path = |tail: &str| format!("/api/v1/agents/{}/{tail}", dora["id"].as_str().unwrap());
    let key = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let by = token(&key);
    let standing = || Ask::get(path("standing"));
    let appeal = |text: &str| Ask::post(path("appeal"), json!({ "note": text }));
    assert_eq!(town.ask(standing().bearer(by)).await.accepted()["status"], "active");
    town.ask(appeal("nothing happened").bearer(by)).await.refused(Code::NotStopped);
    let why = json!({ "reason": "abuse", "note": "sent spam on Tuesday" });
    town.ask(Ask::post(path("suspend"), why).by(&owner)).await.accepted();

    town.ask(Ask::get("/api/v1/whoami").bearer(by)).await.refused(Code::PrincipalSuspended);
    let again = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let by = token(&again);
    town.ask(Ask::get("/api/v1/whoami").bearer(by)).await.refused(Code::PrincipalSuspended);
    post_by(&town, by, "totp/begin", json!({})).await.refused(Code::PrincipalSuspended);
    let seen = town.ask(standing().bearer(by)).await.accepted();
    assert_eq!(
        (&seen["status"], &seen["suspended"]["reason"]),
        (&json!("suspended"), &json!("abuse"))
    );
    assert_eq!(seen["note"], "sent spam on Tuesday");
    assert_eq!(seen.get("appeal"), None);
    let appealed = town.ask(appeal("that was not me").bearer(by)).await.accepted();
    assert_eq!(appealed["appeal"]["note"], "that was not me");
    town.ask(appeal("really").bearer(by)).await.refused(Code::AppealLodged);

    let listed = town.ask(Ask::get("/api/v1/appeals").by(&owner)).await.accepted();
    assert_eq!(
        (&listed["data"][0]["principal"], &listed["data"].as_array().unwrap().len()),
        (&dora["id"], &1)
    );
    assert_eq!(listed["data"][0]["appeal"]["note"], "that was not me");
    town.ask(Ask::get("/api/v1/appeals").bearer(by)).await.refused(Code::PrincipalSuspended);
    town.ask(Ask::post(path("reinstate"), json!({})).by(&owner)).await.accepted();
    let listed = town.ask(Ask::get("/api/v1/appeals").by(&owner)).await.accepted();
    assert_eq!(listed["data"], json!([]));
    let seen = town.ask(standing().bearer(by)).await.accepted();
    assert_eq!((&seen["status"], seen.get("note")), (&json!("active"), None));
    town.stop().await;
}
