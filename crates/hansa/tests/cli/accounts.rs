//! Accounts from the command line: registering, logging in and out, onboarding, tokens.

use hansa_testkit::authenticator::Authenticator;
use serde_json::{Value, json};

use crate::support::{Place, Served};

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}")).to_owned()
}

/// Runs a command without any credential but what is kept, feeding it a line.
pub(crate) fn fed(
    place: &Place,
    served: &Served<'_>,
    line: &[&str],
    input: &str,
) -> crate::support::Run {
    place.run_fed(&[line, &["--node", served.url(), "--json"]].concat(), input)
}

/// The token of the last mail that the node printed in its log.
pub(crate) fn mailed(place: &Place) -> String {
    let log = std::fs::read_to_string(place.path("node.log")).unwrap();
    let at = log.rfind("mail_").unwrap_or_else(|| panic!("no mail in {log}"));
    log[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect()
}

pub(crate) fn serve(place: &Place) -> Served<'_> {
    place.serve_logged("node", &["--set", "accounts.mail=log"])
}

#[test]
fn a_developer_registers_logs_in_onboards_and_logs_out() {
    let place = Place::new();
    let served = serve(&place);
    place.write("password.txt", PASSWORD);
    let register = ["developer", "register", "Dora", "--email", "dora@example.com"];
    let begun = fed(&place, &served, &register, PASSWORD).json();
    assert_eq!(begun["recovery_keys"].as_array().unwrap().len(), 8);
    let made = fed(&place, &served, &["developer", "verify"], &mailed(&place)).json();
    assert!(text(&made, "private_key_pem").contains("PRIVATE KEY"));
    let login = ["login", "--email", "dora@example.com"];
    fed(&place, &served, &login, "wrong wrong wrong").failed(3, &["login_invalid"]);
    let opened = fed(&place, &served, &login, PASSWORD).json();
    assert_eq!((&opened["principal"], opened.get("access_token")), (&made["id"], None));
    let kept = place.path(".config/hansa/profiles.json");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(kept).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    // The login says which node is meant, too.
    let me = place.run(&["whoami", "--json"]).json();
    assert_eq!(
        (text(&me, "email"), text(&me, "method")),
        ("dora@example.com".into(), "session".into())
    );
    let onboard = ["agent", "onboard", "erin", "--key-out", "erin.pem", "--json"];
    let agent = place.run(&onboard).json();
    assert_eq!(agent.get("private_key_pem"), None);
    let mine = place.run(&["whoami", "--key-file", "erin.pem", "--json"]).json();
    assert_eq!((&mine["id"], text(&mine, "method")), (&agent["id"], "envelope".to_owned()));
    let client = tokens(&place, &agent);
    place.run(&["token", "revoke-all", &text(&agent, "id")]).ok();
    let inspect = ["token", "introspect", "--client-id", &client, "--client-secret-file", "s"];
    let inspect = [&inspect[..], &["--token-file", "token", "--json"]].concat();
    assert_eq!(place.run(&inspect).json()["active"], false);
    place.run(&["logout"]).ok();
    place.run(&["logout"]).failed(2, &["nobody is logged in"]);
    place.run(&["whoami", "--node", served.url()]).failed(3, &["hansa login"]);
    served.stop();
}

/// Gets a token for an agent's client, looks into it and uses it. Answers the client's id.
fn tokens(place: &Place, agent: &Value) -> String {
    let client = text(agent, "client_id");
    place.write("s", &text(agent, "client_secret"));
    let issue = ["token", "issue", "--client-id", &client, "--client-secret-file", "s", "--json"];
    let token = place.run(&issue).json();
    place.write("token", &text(&token, "access_token"));
    let inspect = ["token", "introspect", "--client-id", &client, "--client-secret-file", "s"];
    let seen = place.run_fed(&[&inspect[..], &["--json"]].concat(), &text(&token, "access_token"));
    assert_eq!((&seen.json()["active"], &seen.json()["sub"]), (&true.into(), &agent["did"]));
    let me = place.run(&["whoami", "--api-key-file", "token", "--json"]).json();
    assert_eq!(me["id"], agent["id"]);
    place.write("s2", "guess");
    let wrong = ["token", "issue", "--client-id", &client, "--client-secret-file", "s2"];
    place.run(&wrong).failed(3, &["invalid_client"]);
    client
}

#[test]
fn a_bootstrap_token_onboards_one_agent_and_the_owner_stops_and_erases_people() {
    let place = Place::new();
    let served = serve(&place);
    let owner = served.own();
    let made = served.run(&owner, &["agent", "bootstrap", "--json"]).json();
    place.write("bst", &text(&made, "bootstrap_token"));
    let onboard = ["agent", "onboard", "erin", "--bootstrap-token-file", "bst", "--key-out"];
    let line = |out: &'static str| [&onboard[..], &[out, "--json"]].concat();
    let erin = text(&served.run("", &line("erin.pem")).json(), "id");
    served.run("", &line("other.pem")).failed(3, &["credential_invalid"]);
    assert!(!place.path("other.pem").exists());
    let user = |line: &[&str]| served.run(&owner, &[&["user"], line, &["--json"]].concat());
    let stop = ["suspend", &erin, "--reason", "abuse", "--note", "sent spam"];
    assert_eq!(user(&stop).json()["status"], "suspended");
    let whoami = ["whoami", "--key-file", "erin.pem"];
    served.run("", &whoami).failed(4, &["principal_suspended"]);
    assert_eq!(user(&["reinstate", &erin, "--note", "said sorry"]).json()["status"], "active");
    assert_eq!(user(&["freeze", &erin, "--reason", "legal"]).json()["status"], "frozen");
    user(&["suspend", &erin, "--reason", "boredom"]).failed(2, &["abuse, fraud"]);
    assert_eq!(user(&["erase", &erin, "--dry-run"]).json()["dry_run"], true);
    assert!(user(&["erase", &erin]).json()["receipt"].is_object());
    served.stop();
}

#[test]
fn a_password_is_changed_and_recovered() {
    let place = Place::new();
    let served = serve(&place);
    place.write("new", "another long secret");
    place.write("third", "a third long secret");
    let email = ["--email", "dora@example.com"];
    let register = [&["developer", "register", "Dora"], &email[..]].concat();
    let begun = fed(&place, &served, &register, PASSWORD).json();
    fed(&place, &served, &["developer", "verify"], &mailed(&place)).ok();
    let login = [&["login"], &email[..]].concat();
    fed(&place, &served, &login, PASSWORD).ok();
    let change = ["developer", "password", "--new-password-file", "new"];
    fed(&place, &served, &change, PASSWORD).ok();
    place.run(&["whoami"]).failed(3, &["log in again with hansa login"]);
    fed(&place, &served, &login, "another long secret").ok();
    let key = begun["recovery_keys"][0].as_str().unwrap();
    let recover = [&["developer", "recover", "--new-password-file", "third"], &email[..]].concat();
    fed(&place, &served, &recover, key).ok();
    fed(&place, &served, &recover, key).failed(3, &["login_invalid"]);
    fed(&place, &served, &login, "a third long secret").ok();
    let renewed = fed(&place, &served, &["developer", "recovery-keys"], "a third long secret");
    assert_eq!(renewed.json()["recovery_keys"].as_array().unwrap().len(), 8);
    let begun = fed(&place, &served, &["developer", "totp", "begin"], "").json();
    assert!(text(&begun, "uri").starts_with("otpauth://totp/"));
    fed(&place, &served, &["developer", "totp", "enable", "000000"], "").failed(3, &["totp"]);
    served.stop();
}

#[test]
fn a_node_to_try_things_out_prints_the_mail() {
    let place = Place::new();
    let mut served = place.dev(&[]);
    let register = ["developer", "register", "Dora", "--email", "dora@example.com"];
    fed(&place, &served, &register, PASSWORD).ok();
    let log = served.log();
    assert!(log.contains("dora@example.com") && log.contains("the token mail_"), "{log}");
}

#[test]
fn a_passkey_is_listed_and_removed_by_the_password() {
    let place = Place::new();
    let served = serve(&place);
    let register = ["developer", "register", "Dora", "--email", "dora@example.com"];
    fed(&place, &served, &register, PASSWORD).ok();
    fed(&place, &served, &["developer", "verify"], &mailed(&place)).ok();
    let login = ["login", "--email", "dora@example.com"];
    fed(&place, &served, &login, PASSWORD).ok();
    // What a page does, with the session that the login has kept.
    let page = |operation: &str, body: &Value| {
        place.run(&["api", operation, "--data", &body.to_string(), "--json"]).json()
    };
    let begun = page("passkey_begin", &json!({ "password": PASSWORD }));
    let credential = Authenticator::new(1, "http://localhost:7400").create(&begun["public_key"]);
    let added = page("passkey_add", &json!({ "name": "laptop", "credential": credential }));
    let list = || place.run(&["developer", "passkey", "list", "--json"]).json()["data"].clone();
    assert_eq!((&list()[0]["id"], &list()[0]["name"]), (&added["id"], &json!("laptop")));
    fed(&place, &served, &login, PASSWORD).failed(3, &["totp_required"]);
    let id = text(&added, "id");
    let remove = ["developer", "passkey", "remove", &id];
    fed(&place, &served, &remove, "wrong wrong wrong").failed(3, &["login_invalid"]);
    fed(&place, &served, &remove, PASSWORD).ok();
    assert_eq!(list(), json!([]));
    fed(&place, &served, &login, PASSWORD).ok();
    served.stop();
}
