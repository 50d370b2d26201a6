//! The node's own key: sealed by a secret, replaced by another, interrupted in between.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use hansa_crypto::Secret;
use hansa_crypto::checkpoint::parse_and_verify;
use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_crypto::seal::SealKey;
use hansa_kernel::{Auth, Caller, Command, Request, principal};
use hansa_node::audit::compare::{Comparer, Relation, Side};
use hansa_node::audit::{Report, audit, audit_leaves};
use hansa_node::backup::{self, Pace};
use hansa_node::export::Export;
use hansa_node::keys::{NODE_KEY_FILE, Place, SEALED_KEY_FILE};
use hansa_node::sight::Sight;
use hansa_node::start::start;
use hansa_node::vault::custody_id;
use hansa_node::writer::Job;
use hansa_node::{Config, Env, Error, Node, snapshot};
use hansa_types::{Duration, PrincipalId};

const ALICE: PrincipalId = PrincipalId(2);

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn config(dir: &Path, key_secret: Option<&Secret>) -> Config {
    let config = Config::new(dir.to_owned()).unwrap();
    Config { free_bytes_min: 0, key_secret: key_secret.cloned(), ..config }
}

async fn open(dir: &Path, key_secret: Option<&Secret>) -> Arc<Node> {
    start(config(dir, key_secret), Env::real()).await.unwrap().node
}

async fn refused(dir: &Path, key_secret: Option<&Secret>) -> String {
    match start(config(dir, key_secret), Env::real()).await {
        Err(error @ Error::Key { .. }) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it started"),
    }
}

/// Makes an agent with a custodial key, whose secret lies in the vault.
async fn with_alice(node: &Node) -> PublicKey {
    let create = Command::PrincipalCreate(principal::Create {
        id: ALICE,
        kind: principal::Kind::Agent,
        key: SigningKey::from_seed([2; 32]).public(),
        card: None,
        genesis_grant: true,
    });
    let caller = Caller { principal: None, auth: Auth::Machine };
    let job = Job { request: Request::new(caller, create, None), vault: Vec::new() };
    node.submit(job).await.unwrap();
    node.custody().agent_key(ALICE).await.unwrap().signing.public()
}

async fn audited(node: &Node, trusted: &PublicKey) -> Result<Report, String> {
    let lines = exported(node).await;
    audit(&*lines, Some(trusted), &mut |_, _| ()).map_err(|fault| fault.to_string())
}

async fn exported(node: &Node) -> Vec<u8> {
    let incarnation = node.read(None, |state| state.node().map(|node| node.incarnation)).await;
    let mut lines = Vec::new();
    let export = Export {
        reader: &*node.reader,
        key: node.keys.signing(),
        host: &node.config.host,
        incarnation: incarnation.unwrap().unwrap(),
        sight: Sight::EVERYTHING,
        texts: Some(&node.vault),
        from: 1,
    };
    let mut take = |line: Vec<u8>| {
        lines.extend(line);
        ControlFlow::Continue(())
    };
    export.write(&mut take).unwrap();
    lines
}

/// How two exports stand to each other.
fn compared(one: &[u8], other: &[u8]) -> Relation {
    let mut comparer = Comparer::default();
    let mut read = |side, lines: &[u8]| {
        audit_leaves(lines, None, &mut |leaf| comparer.take(side, leaf)).unwrap()
    };
    let (one, other) = (read(Side::One, one), read(Side::Other, other));
    comparer.conclude(&one, &other).relation
}

#[tokio::test]
async fn a_sealed_key_opens_with_its_secret_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (phrase, other) = (secret("correct horse battery"), secret("correct horse bottery"));
    let node = open(dir.path(), Some(&phrase)).await;
    let key = node.keys.signing().public();
    with_alice(&node).await;
    node.stop().await.unwrap();
    drop(node);
    let keys = dir.path().join("keys");
    assert!(!keys.join(NODE_KEY_FILE).exists());
    let sealed = keys.join(SEALED_KEY_FILE);
    assert_eq!(std::fs::metadata(&sealed).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&sealed).unwrap().contains("PRIVATE"));
    assert!(refused(dir.path(), None).await.contains("the key is sealed"));
    assert!(refused(dir.path(), Some(&other)).await.contains("does not open"));
    let again = open(dir.path(), Some(&phrase)).await;
    assert_eq!(again.keys.signing().public(), key);
    again.stop().await.unwrap();
    drop(again);
    // What works beside the node needs the secret too.
    let place = Place { data_dir: dir.path(), secret: Some(&phrase) };
    assert!(snapshot::write(dir.path()).is_err());
    snapshot::write(place).unwrap();
    let (to, target) = (dir.path().join("backups"), dir.path().join("restored"));
    let recovery = SealKey::from_bytes([5; 32]);
    let made =
        backup::create(place, &to, &recovery, &Env::real(), Pace::AtOnce, &mut |_, _| ()).unwrap();
    let into = Place { data_dir: &target, secret: Some(&other) };
    backup::restore(&to, &made, &recovery, into, &Env::real(), &mut |_, _| ()).unwrap();
    let restored = open(&target, Some(&other)).await;
    assert_eq!(restored.keys.signing().public(), key);
    restored.stop().await.unwrap();
}

#[tokio::test]
async fn a_key_is_sealed_sealed_anew_and_unsealed() {
    let dir = tempfile::tempdir().unwrap();
    let node = open(dir.path(), None).await;
    let key = node.keys.signing().public();
    node.stop().await.unwrap();
    drop(node);
    let (first, second) = (secret("the first secret"), secret("the second secret"));
    let place = |secret| Place { data_dir: dir.path(), secret };
    let env = Env::real();
    assert!(place(None).seal_anew(Some(&secret("too short")), &env).is_err());
    place(None).seal_anew(Some(&first), &env).unwrap();
    assert!(place(None).need().is_err(), "it lies open no more");
    place(Some(&first)).seal_anew(Some(&second), &env).unwrap();
    assert!(place(Some(&first)).need().is_err());
    assert_eq!(place(Some(&second)).need().unwrap().signing().public(), key);
    place(Some(&second)).seal_anew(None, &env).unwrap();
    assert_eq!(place(None).need().unwrap().signing().public(), key);
    assert!(refused(dir.path(), Some(&second)).await.contains("the key lies open"));
    assert_eq!(std::fs::read_dir(dir.path().join("keys")).unwrap().count(), 1);
}

#[tokio::test]
async fn another_key_signs_and_everything_sealed_opens_still() {
    let dir = tempfile::tempdir().unwrap();
    let node = open(dir.path(), None).await;
    let first = node.keys.signing().public();
    let custodial = with_alice(&node).await;
    let sealed = node.vault.open(&custody_id(ALICE)).unwrap().unwrap().bytes;
    let client = node.agent_client("gate").await.unwrap();
    let before = exported(&node).await;
    let rotated = Arc::clone(&node).rotate_key(false).await.unwrap();
    drop(node);
    assert_eq!((rotated.former, rotated.wrapped >= 2), (first, true));

    let node = open(dir.path(), None).await;
    let second = node.keys.signing().public();
    assert_eq!((second, second == first), (rotated.key, false));
    assert_eq!(node.own_keys(), [second, first]);
    assert_eq!(node.custody().agent_key(ALICE).await.unwrap().signing.public(), custodial);
    assert_eq!(node.vault.open(&custody_id(ALICE)).unwrap().unwrap().bytes, sealed);
    assert_eq!(node.agent_client("gate").await.unwrap(), client, "it is known by the same secret");
    let report = audited(&node, &second).await.unwrap();
    assert_eq!(report.node_key, second.to_multibase());
    assert!(audited(&node, &first).await.is_err(), "the former key signs no export");
    let after = exported(&node).await;
    assert_eq!(compared(&before, &after), Relation::Extends, "it is the same node");

    // Once more: roots and vault go on from key to key.
    let again = Arc::clone(&node).rotate_key(true).await.unwrap();
    drop(node);
    assert_eq!((again.former, again.former_until), (second, None));
    let node = open(dir.path(), None).await;
    assert_eq!(node.own_keys(), [again.key], "revoked with those before it");
    assert_eq!(node.agent_client("gate").await.unwrap(), client);
    assert_eq!(node.custody().agent_key(ALICE).await.unwrap().signing.public(), custodial);
    audited(&node, &again.key).await.unwrap();
    node.stop().await.unwrap();
    let note = node.reader.checkpoint_latest().unwrap().unwrap();
    let origin = note.lines().next().unwrap();
    parse_and_verify(&note, origin, &again.key).unwrap();
    let names = std::fs::read_dir(dir.path().join("keys")).unwrap();
    assert_eq!(names.count(), 1, "nothing is left of the keys before it");
}

#[tokio::test]
async fn a_rotation_that_was_interrupted_is_finished_or_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("keys");
    let (present, next) = (keys.join(NODE_KEY_FILE), keys.join("next.pem"));
    let node = open(dir.path(), None).await;
    with_alice(&node).await;
    let first = std::fs::read(&present).unwrap();
    // Before the entry: a next key lies there, and the journal does not name it.
    std::fs::write(&next, &*SigningKey::from_seed([9; 32]).to_pkcs8_pem()).unwrap();
    node.stop().await.unwrap();
    drop(node);
    let phrase = secret("the first secret");
    let place = Place::from(dir.path());
    assert!(place.seal_anew(Some(&phrase), &Env::real()).is_err(), "first it is settled");
    let node = open(dir.path(), None).await;
    assert!(!next.exists());
    assert_eq!(std::fs::read(&present).unwrap(), first);
    // Behind it: the journal names the next key, and it is not in its place yet.
    let rotated = Arc::clone(&node).rotate_key(false).await.unwrap();
    drop(node);
    std::fs::rename(&present, &next).unwrap();
    std::fs::write(&present, &first).unwrap();
    let recovery = SealKey::from_bytes([5; 32]);
    let to = dir.path().join("backups");
    let made =
        backup::create(dir.path(), &to, &recovery, &Env::real(), Pace::AtOnce, &mut |_, _| ());
    assert!(made.is_err(), "a backup needs the journal's key");
    let node = open(dir.path(), None).await;
    assert_eq!(node.keys.signing().public(), rotated.key);
    assert!(node.vault.open(&custody_id(ALICE)).unwrap().is_some());
    node.stop().await.unwrap();
    drop(node);
    // Another key than the journal's is refused.
    std::fs::write(&present, &first).unwrap();
    assert!(refused(dir.path(), None).await.contains("not the key of this journal"));
}

#[tokio::test]
async fn the_former_key_counts_for_seven_days() {
    let dir = tempfile::tempdir().unwrap();
    let (env, clock) = hansa_testkit::world(7);
    let start_at = |env: Env| async { start(config(dir.path(), None), env).await.unwrap().node };
    let node = start_at(env.clone()).await;
    let first = node.keys.signing().public();
    let rotated = node.rotate_key(false).await.unwrap();
    let node = start_at(env).await;
    assert_eq!(rotated.former_until, Some(node.now().after(Duration::days(7))));
    clock.advance(Duration(Duration::days(7).0 - 1));
    assert!(node.own_keys().contains(&first) && node.is_own_did(&first.did_key()));
    clock.advance(Duration(1));
    assert!(!node.own_keys().contains(&first) && !node.is_own_did(&first.did_key()));
    assert!(node.is_own_did(&rotated.key.did_key()));
    node.stop().await.unwrap();
}
