//! Erasure, by looking for what is left: a planted marker must be in no file of the node.

use std::path::{Path, PathBuf};

use hansa_crypto::json::canonical;
use hansa_node::audit::audit;
use hansa_types::{Code, PrincipalId};
use hansa_wire::amp::{Intent, build};
use hansa_wire::card::Card;
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login, post, postbox_town, token};
use crate::harness::{Actor, Ask, Town, pay};

/// Neither a word of any format nor likely by chance, also where case is folded.
const MARKER: &str = "zqv7kxw3pyj9";

/// All files below a directory, copied by another process: closing a file of an open database in
/// this one would drop its locks.
fn copied(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let copy = tempfile::tempdir().unwrap();
    let copying = std::process::Command::new("cp").arg("-r").arg(dir).arg(copy.path()).status();
    assert!(copying.unwrap().success());
    let (mut files, mut folders) = (Vec::new(), vec![copy.path().to_owned()]);
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push((path.clone(), std::fs::read(&path).unwrap())),
            }
        }
    }
    assert!(files.iter().any(|(path, _)| path.ends_with("journal.db")));
    files
}

/// The marker as it may be spelt: plain, in hex, and in base64 wherever it begins in its group.
fn spellings() -> Vec<Vec<u8>> {
    let hex: String = MARKER.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![MARKER.into(), MARKER.to_uppercase().into(), hex.to_uppercase().into()];
    all.push(hex.into_bytes());
    for shift in 0..3usize {
        let padded = [vec![b'x'; shift], MARKER.into()].concat();
        let text = base64(&padded);
        // The first and the last group depend on what stands around.
        all.push(text.as_bytes()[4..text.len() - 4].to_vec());
    }
    all
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        let word = word << (8 * (3 - group.len()));
        for place in 0..4 {
            text.push(DIGITS[(word >> (18 - 6 * place)) as usize & 63] as char);
        }
    }
    text
}

fn found(dir: &Path, needles: &[Vec<u8>]) -> Vec<String> {
    let files = copied(dir);
    let has = |bytes: &[u8], needle: &[u8]| bytes.windows(needle.len()).any(|w| w == needle);
    let found = files.iter().flat_map(|(path, bytes)| {
        let hits = needles.iter().filter(|needle| has(bytes, needle));
        hits.map(move |needle| format!("{}: {:?}", path.display(), String::from_utf8_lossy(needle)))
    });
    found.collect()
}

/// A town in which somebody has left traces wherever that is possible.
async fn marked() -> (Town, Actor, Actor, Actor) {
    let (town, owner) = Town::owned().await;
    let bob = town.agent(&owner, "bob").await;
    let mut card = Card::draft(MARKER, &[&format!("{MARKER}-skill")], None).to_object();
    card["description"] = json!(format!("I am {MARKER}"));
    let target = town.agent_with(&owner, MARKER, Some(card.clone())).await;
    card["skills"][0]["tags"] = json!([format!("{MARKER}-tag"), "other"]);
    let set = json!({ "card": card });
    let path = format!("/api/v1/agents/{}/card", target.id);
    town.ask(Ask::new("PUT", path).json(&set).by(&target)).await.accepted();
    let key = json!({ "actions": ["transfer_*"], "label": format!("{MARKER} laptop") });
    town.ask(Ask::post("/api/v1/api-keys", key).by(&target)).await.accepted();
    let terms = json!({ "rail": "amp-escrow", "amount": "5 AVT", "milestones": [
        { "pct": 100, "on": format!("{MARKER}_done") }] });
    let terms = serde_json::from_value(terms).unwrap();
    let intent = Intent::new(format!("{MARKER}-work"));
    let offer = build::intent(target.header(bob.did.clone(), None), intent, terms);
    target.send(offer).await.unwrap();
    let request = pay(&bob, "10");
    town.ask(Ask::post("/api/v1/transfers", request).by(&target)).await.accepted();
    town.node.views_caught_up().await;
    (town, owner, bob, target)
}

/// What the vault keeps of somebody: not the marker, but what could be opened to it.
fn kept(town: &Town, subject: PrincipalId) -> Vec<Vec<u8>> {
    let reader = &town.node.reader;
    let mut kept = vec![reader.vault_key(subject).unwrap().unwrap()];
    for id in reader.vault_ids(subject, 100).unwrap() {
        let row = reader.vault(&id).unwrap().unwrap();
        kept.extend([row.salt.0.to_vec(), row.sealed[..32].to_vec()]);
    }
    assert!(kept.len() > 6);
    kept
}

async fn erase(town: &Town, by: &Actor, whom: &Actor, body: Value) -> crate::harness::Reply {
    town.ask(Ask::post(format!("/api/v1/principals/{}/erase", whom.id), body).by(by)).await
}

async fn available(town: &Town, by: &Actor, whom: &Actor) -> Value {
    let path = format!("/api/v1/accounts/{}/balances", whom.id);
    town.ask(Ask::get(path).by(by)).await.accepted()["data"].clone()
}

#[tokio::test]
async fn no_byte_of_an_erased_principal_is_left_in_any_file() {
    let (town, owner, bob, target) = marked().await;
    let dir = town.node.config.data_dir.clone();
    hansa_node::snapshot::write(&dir).unwrap();
    let sealed = kept(&town, target.id);
    let views = found(&dir, &spellings());
    assert!(views.iter().any(|hit| hit.contains("views.db")), "the marker was never there");
    assert!(found(&dir, &sealed).len() >= sealed.len());
    let (before, bobs) =
        (available(&town, &owner, &target).await, available(&town, &owner, &bob).await);

    let done = erase(&town, &owner, &target, json!({})).await.accepted();
    for clean in ["journal_clean", "views_clean", "snapshots_clean"] {
        assert_eq!(done["receipt"][clean], json!(true), "{done}");
    }
    assert_eq!(found(&dir, &spellings()), Vec::<String>::new());
    assert_eq!(found(&dir, &sealed), Vec::<String>::new());
    let snapshots = std::fs::read_dir(dir.join("snapshots")).unwrap().count();
    assert_eq!(snapshots, 0, "folds from before are gone");

    assert_eq!(available(&town, &owner, &target).await, before);
    assert_eq!(available(&town, &owner, &bob).await, bobs);
    let export = town.ask(Ask::get("/api/v1/journal/export?texts=true").by(&owner)).await;
    let text = String::from_utf8_lossy(&export.body).to_lowercase();
    assert!(!text.contains(MARKER));
    let key = town.node.keys.signing().public();
    let report = audit(&*export.body, Some(&key), &mut |_, _| ()).unwrap();
    assert_eq!((report.supply_delta.as_str(), report.signatures.not_included), ("0", 1));

    hansa_node::snapshot::write(&dir).unwrap();
    town.node.stop().await.unwrap();
    assert_eq!(found(&dir, &spellings()), Vec::<String>::new());
    assert_eq!(found(&dir, &sealed), Vec::<String>::new());
    town.stop().await;
}

#[tokio::test]
async fn no_byte_of_an_erased_developer_is_left_in_any_file() {
    let (mut town, postbox) = postbox_town().await;
    let owner = town.set_up().await;
    let email = format!("{MARKER}@example.com");
    let body = json!({ "name": format!("Dora {MARKER}"), "email": email, "password": PASSWORD });
    post(&town, "register", body).await.accepted();
    let made = post(&town, "verify-email", json!({ "token": postbox.token() })).await.accepted();
    let session = login(&town, &email, PASSWORD).await.accepted();
    let me = town.ask(Ask::get("/api/v1/whoami").bearer(token(&session))).await.accepted();
    assert_eq!(me["email"], json!(email));
    // What the owner wrote about the person, and the person about that.
    let subject: PrincipalId = made["id"].as_str().unwrap().parse().unwrap();
    let why = json!({ "reason": "compromised", "note": format!("{MARKER} was seen elsewhere") });
    let freeze = Ask::post(format!("/api/v1/agents/{subject}/freeze"), why).by(&owner);
    town.ask(freeze).await.accepted();
    let word = json!({ "note": format!("I am {MARKER} still") });
    let appeal = Ask::post(format!("/api/v1/agents/{subject}/appeal"), word);
    town.ask(appeal.bearer(token(&session))).await.accepted();
    let mint = json!({ "to": subject, "amount": "7" });
    town.ask(Ask::post("/api/v1/mints", mint).by(&owner)).await.accepted();
    town.node.views_caught_up().await;
    let dir = town.node.config.data_dir.clone();
    let sealed = kept(&town, subject);
    assert!(found(&dir, &sealed).iter().any(|hit| hit.contains("journal.db")));

    let path = format!("/api/v1/principals/{subject}/erase");
    let done = town.ask(Ask::post(path, json!({})).by(&owner)).await.accepted();
    for clean in ["journal_clean", "views_clean", "snapshots_clean"] {
        assert_eq!(done["receipt"][clean], json!(true), "{done}");
    }
    let needles = [spellings(), sealed].concat();
    assert_eq!(found(&dir, &needles), Vec::<String>::new());
    login(&town, &email, PASSWORD).await.refused(Code::LoginInvalid);
    town.ask(Ask::get("/api/v1/whoami").bearer(token(&session)))
        .await
        .refused(Code::CredentialInvalid);
    // The act is an entry, the books and the chain stand.
    let balances = Ask::get(format!("/api/v1/accounts/{subject}/balances")).by(&owner);
    assert_eq!(town.ask(balances).await.accepted()["data"][0]["balance"], "7");
    let export = town.ask(Ask::get("/api/v1/journal/export").by(&owner)).await;
    let erased = "\"kind\":\"principal.erased\"";
    let entry = String::from_utf8(export.body.clone()).unwrap();
    let entry = entry.lines().find(|line| line.contains(erased)).unwrap().to_owned();
    assert!(entry.contains(&subject.to_string()), "{entry}");
    let key = town.node.keys.signing().public();
    let report = audit(&*export.body, Some(&key), &mut |_, _| ()).unwrap();
    assert_eq!(report.supply_delta, "0");
    town.stop().await;
}

#[tokio::test]
async fn no_secret_that_was_shown_lies_in_any_file() {
    let (mut town, postbox) = postbox_town().await;
    let owner = town.set_up().await;
    let dora = json!({ "name": "Dora", "email": "dora@example.com", "password": PASSWORD });
    let begun = post(&town, "register", dora).await.accepted();
    let mailed = postbox.token();
    post(&town, "verify-email", json!({ "token": mailed })).await.accepted();
    let session = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let asked = async |path: &str, body: Value| {
        town.ask(Ask::post(path, body).bearer(token(&session))).await.accepted()
    };
    let key = asked("/api/v1/api-keys", json!({ "actions": ["*"] })).await;
    let bootstrap = asked("/api/v1/onboarding/bootstrap", json!({})).await;
    let agent = asked("/api/v1/onboarding", json!({ "name": "erin" })).await;
    let totp = asked("/api/v1/auth/totp/begin", json!({})).await;
    let org = asked("/api/v1/orgs", json!({ "name": "Acme" })).await;
    let invites = format!("/api/v1/orgs/{}/invites", org["id"].as_str().unwrap());
    let invite = asked(&invites, json!({ "role": "guest" })).await;
    let pem = agent["private_key_pem"].as_str().unwrap();
    let seed = hansa_crypto::SigningKey::from_pkcs8_pem(pem).unwrap().seed();
    let mut needles = vec![mailed.into_bytes(), PASSWORD.into(), seed.to_vec()];
    for (value, member) in [
        (&session, "access_token"),
        (&key, "api_key"),
        (&bootstrap, "bootstrap_token"),
        (&agent, "client_secret"),
        (&totp, "secret"),
        (&invite, "token"),
        (&begun["recovery_keys"], "0"),
    ] {
        let shown = value.get(member).unwrap_or(&value[0]);
        needles.push(shown.as_str().unwrap_or_else(|| panic!("no {member}")).into());
    }
    needles.push(owner.secret.clone().into_bytes());
    let dir = town.node.config.data_dir.clone();
    hansa_node::snapshot::write(&dir).unwrap();
    town.node.views_caught_up().await;
    assert_eq!(found(&dir, &needles), Vec::<String>::new());
    town.stop().await;
}

#[tokio::test]
async fn the_receipt_is_the_nodes_word_and_a_repetition_repeats_it() {
    let (town, owner, _, target) = marked().await;
    let ask = || {
        let path = format!("/api/v1/principals/{}/erase", target.id);
        Ask::post(path, json!({})).by(&owner).key("once")
    };
    let done = town.ask(ask()).await.accepted();
    let counts = done["documents"].as_array().unwrap().iter();
    let kinds: Vec<&str> = counts.map(|count| count["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds, &done["api_keys"]), (vec!["api_key", "card", "envelope"], &json!(2)));
    let receipt = &done["receipt"];
    let signature = done["signature"].as_str().unwrap().parse().unwrap();
    let key = town.node.keys.signing().public();
    key.verify(&canonical(receipt).unwrap(), &signature).unwrap();
    let seq = receipt["seq"].as_u64().unwrap();
    let entry = town.ask(Ask::get(format!("/api/v1/journal/entries/{seq}")).by(&owner)).await;
    let entry = entry.accepted();
    assert_eq!(
        (&entry["leaf"], &entry["entry"]["kind"]),
        (&receipt["leaf"], &json!("principal.erased"))
    );
    assert_eq!(entry["entry"]["subject"], json!(target.id));
    let again = town.ask(ask()).await.accepted();
    assert_eq!((&again["receipt"], &again["signature"]), (receipt, &done["signature"]));
    erase(&town, &owner, &target, json!({})).await.refused(Code::PrincipalErased);
    town.stop().await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_go_and_changes_nothing() {
    let (town, owner, bob, target) = marked().await;
    let seq = town.seq();
    let dry = erase(&town, &owner, &target, json!({ "dry_run": true })).await.accepted();
    assert_eq!(
        (&dry["dry_run"], &dry["tasks"], &dry["api_keys"]),
        (&json!(true), &json!(1), &json!(2))
    );
    assert_eq!(
        dry["documents"],
        json!([
        { "kind": "api_key", "count": 1 }, { "kind": "card", "count": 1 }, { "kind": "envelope", "count": 1 }])
    );
    assert_eq!((dry.get("receipt"), &dry["balances"][0]["available"]), (None, &json!("989.95")));
    erase(&town, &bob, &target, json!({ "dry_run": true })).await.refused(Code::Forbidden);
    assert_eq!(town.seq(), seq);
    town.ask(Ask::get("/api/v1/agents").by(&target)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_erased_agent_is_a_number_that_does_nothing() {
    let (town, _, bob, target) = marked().await;
    let key =
        town.ask(Ask::post("/api/v1/api-keys", json!({ "actions": ["*"] })).by(&target)).await;
    let key = key.accepted()["api_key"].as_str().unwrap().to_owned();
    town.ask(Ask::get("/api/v1/agents").bearer(&key)).await.accepted();
    erase(&town, &target, &target, json!({})).await.accepted();
    for secret in [&key, &target.secret] {
        town.ask(Ask::get("/api/v1/agents").bearer(secret)).await.refused(Code::CredentialInvalid);
    }
    let header = target.header(town.did(), None);
    let params = crate::harness::object(pay(&bob, "1"));
    let envelope = target.sign(build::operation_by_id(header, "transfer_create", params));
    town.submit(&envelope).await.refused(Code::PrincipalErased);
    let path = format!("/api/v1/agents/{}", target.id);
    let shown = town.ask(Ask::get(&*path).by(&bob)).await.accepted();
    assert_eq!((&shown["status"], shown.get("name")), (&json!("erased"), None));
    assert_eq!(shown["has_card"], json!(false));
    town.ask(Ask::get(format!("{path}/card"))).await.refused(Code::NotFound);
    let found = town.ask(Ask::get(format!("/api/v1/discover?query={MARKER}"))).await.accepted();
    assert_eq!(found["agents"], json!([]));
    let mine = town.ask(Ask::post("/api/v1/transfers", pay(&target, "1")).by(&bob)).await;
    mine.refused(Code::PrincipalSuspended);
    town.stop().await;
}

#[tokio::test]
async fn an_envelope_that_erases_its_sender_is_forgotten_too() {
    let (town, _, _, target) = marked().await;
    let header = target.header(town.did(), None);
    let params = crate::harness::object(json!({ "principal": target.id }));
    let envelope = target.sign(build::operation_by_id(header, "principal_erase", params));
    town.submit(&envelope).await.accepted();
    assert_eq!(town.node.reader.vault_ids(target.id, 10).unwrap(), Vec::<String>::new());
    assert_eq!(town.node.reader.vault_key(target.id).unwrap(), None);
    town.stop().await;
}

/// Memories of somebody, with the marker wherever there is room for it.
async fn remembered(town: &Town, agent: &Actor, by: &Actor) -> Value {
    let body = json!({ "content": format!("what I know of {MARKER}, {}", "at length ".repeat(900)),
        "label": format!("{MARKER} label"), "tags": [format!("{MARKER}-tag")],
        "content_type": format!("text/{MARKER}") });
    town.ask(Ask::post(crate::memories::path(agent), body).by(by)).await.accepted()
}

/// What the vault keeps of a memory, and what could be opened to it.
fn kept_of(town: &Town, agent: &Actor, memory: &Value) -> Vec<Vec<u8>> {
    let reader = &town.node.reader;
    let memory = memory["id"].as_str().unwrap().parse().unwrap();
    let path = hansa_node::vault::memory_path(agent.id, Some(memory));
    let ids = reader.vault_ids(agent.id, 100).unwrap().into_iter();
    let rows = ids.filter(|id| id.starts_with(&path)).map(|id| reader.vault(&id).unwrap().unwrap());
    let kept: Vec<Vec<u8>> =
        rows.flat_map(|row| [row.salt.0.to_vec(), row.sealed[..32].to_vec()]).collect();
    assert_eq!(kept.len(), 6, "a key and two parts, each with its salt");
    kept
}

#[tokio::test]
async fn no_byte_of_an_erased_memory_is_left_in_any_file() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    town.ask(Ask::post("/api/v1/transfers", pay(&bob, "10")).by(&alice)).await.accepted();
    let memory = remembered(&town, &alice, &alice).await;
    let other = json!({ "content": "what stays" });
    let other = Ask::post(crate::memories::path(&alice), other).by(&alice);
    let other = town.ask(other).await.accepted();
    town.ask(Ask::get(crate::memories::at(&memory)).by(&alice)).await.accepted();
    town.ask(Ask::get(crate::memories::path(&alice)).by(&alice)).await.accepted();
    town.node.views_caught_up().await;
    let dir = town.node.config.data_dir.clone();
    hansa_node::snapshot::write(&dir).unwrap();
    let sealed = kept_of(&town, &alice, &memory);
    // It is nowhere in the clear even now, and its sealed form in the journal's file alone.
    assert_eq!(found(&dir, &spellings()), Vec::<String>::new());
    let lies = found(&dir, &sealed);
    assert!(lies.len() >= sealed.len() && lies.iter().all(|hit| hit.contains("journal.db")));
    let before = [available(&town, &owner, &alice).await, available(&town, &owner, &bob).await];

    let erase = Ask::new("DELETE", crate::memories::at(&memory)).by(&alice);
    let done = town.ask(erase).await.accepted();
    let receipt = &done["receipt"];
    assert_eq!(
        (&receipt["principal"], &receipt["memory"], &receipt["journal_clean"]),
        (&json!(alice.id), &memory["id"], &json!(true))
    );
    let needles = [spellings(), sealed].concat();
    assert_eq!(found(&dir, &needles), Vec::<String>::new());

    let signature = done["signature"].as_str().unwrap().parse().unwrap();
    let key = town.node.keys.signing().public();
    key.verify(&canonical(receipt).unwrap(), &signature).unwrap();
    let entry = format!("/api/v1/journal/entries/{}", receipt["seq"]);
    let entry = town.ask(Ask::get(entry).by(&alice)).await.accepted();
    assert_eq!(
        (&entry["leaf"], &entry["entry"]["kind"], &entry["entry"]["data"]["memory"]),
        (&receipt["leaf"], &json!("memory.erased"), &memory["id"])
    );
    let after = [available(&town, &owner, &alice).await, available(&town, &owner, &bob).await];
    assert_eq!(after, before);
    let export = town.ask(Ask::get("/api/v1/journal/export?texts=true").by(&owner)).await;
    assert!(!String::from_utf8_lossy(&export.body).to_lowercase().contains(MARKER));
    let report = audit(&*export.body, Some(&key), &mut |_, _| ()).unwrap();
    assert_eq!(report.supply_delta, "0");
    let other = town.ask(Ask::get(crate::memories::at(&other)).by(&alice)).await.accepted();
    assert_eq!(other["content"], json!("what stays"));

    hansa_node::snapshot::write(&dir).unwrap();
    town.node.stop().await.unwrap();
    assert_eq!(found(&dir, &needles), Vec::<String>::new());
    town.stop().await;
}

#[tokio::test]
async fn an_erased_developer_leaves_no_memory_of_their_agents() {
    let (town, owner) = Town::owned().await;
    let dora = crate::memories::developer(&town, &owner).await;
    let (adam, anna) = (town.agent(&dora, "adam").await, town.agent(&dora, "anna").await);
    let bob = town.agent(&owner, "bob").await;
    let memories = [
        (&dora, remembered(&town, &dora, &dora).await),
        (&adam, remembered(&town, &adam, &adam).await),
        (&anna, remembered(&town, &anna, &dora).await),
    ];
    let of_bob = remembered(&town, &bob, &bob).await;
    let dir = town.node.config.data_dir.clone();
    let sealed: Vec<_> =
        memories.iter().flat_map(|(agent, memory)| kept_of(&town, agent, memory)).collect();
    let dry = erase(&town, &dora, &dora, json!({ "dry_run": true })).await.accepted();
    let counted = dry["documents"].as_array().unwrap().iter().find(|kind| kind["kind"] == "memory");
    assert_eq!(counted.unwrap()["count"], json!(3));

    let done = erase(&town, &dora, &dora, json!({})).await.accepted();
    assert_eq!(done["receipt"]["journal_clean"], json!(true), "{done}");
    assert_eq!(found(&dir, &sealed), Vec::<String>::new());
    for agent in [&adam, &anna] {
        let page = town.ask(Ask::get(crate::memories::path(agent)).by(agent)).await.accepted();
        assert_eq!(page["data"], json!([]));
        // They live on, and remember anew.
        remembered(&town, agent, agent).await;
    }
    town.ask(Ask::get(crate::memories::at(&of_bob)).by(&bob)).await.accepted();
    town.stop().await;
}
