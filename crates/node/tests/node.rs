//! A whole node on a real disk: founding, restarts, snapshots, damage, and the offline audit.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use hansa_crypto::keys::SigningKey;
use hansa_kernel::{Auth, Caller, Command, Request, State, principal, transfer};
use hansa_node::audit::audit;
use hansa_node::export::Export;
use hansa_node::sight::Sight;
use hansa_node::start::{Started, start};
use hansa_node::writer::Job;
use hansa_node::{Config, Env, Error, Node, snapshot};
use hansa_store::Store;
use hansa_types::{Amount, AnyId, Code, PrincipalId};

fn config(dir: &Path) -> Config {
    let mut config = Config::new(dir.to_owned()).unwrap();
    config.free_bytes_min = 0;
    config
}

async fn open(dir: &Path) -> Started {
    start(config(dir), Env::real()).await.unwrap()
}

fn by_machine(command: Command) -> Job {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Job { request: Request::new(caller, command, None), vault: Vec::new() }
}

fn agent(number: u8) -> Job {
    by_machine(Command::PrincipalCreate(principal::Create {
        id: PrincipalId(u128::from(number)),
        kind: principal::Kind::Agent,
        key: SigningKey::from_seed([number; 32]).public(),
        card: None,
        genesis_grant: true,
    }))
}

fn pay(amount: u128) -> Job {
    by_machine(Command::TransferCreate(transfer::Create {
        from: PrincipalId(2),
        to: PrincipalId(3),
        currency: "AVT".parse().unwrap(),
        amount: Amount(amount),
        hold: None,
    }))
}

/// A node with two agents and twenty payments between them, each in a commit of its own.
async fn lived_in(dir: &Path) -> Arc<Node> {
    let node = open(dir).await.node;
    for job in [agent(2), agent(3)] {
        node.submit(job).await.unwrap();
    }
    for amount in 1..=20 {
        node.submit(pay(amount * 1_000)).await.unwrap();
    }
    node
}

async fn digest(node: &Node) -> hansa_types::Digest {
    node.read(None, State::digest).await.unwrap()
}

#[tokio::test]
async fn a_new_node_founds_itself_and_waits_for_its_owner() {
    let dir = tempfile::tempdir().unwrap();
    let Started { node, setup_token, replayed } = open(dir.path()).await;
    assert_eq!((replayed, node.durable.seq()), (0, 2));
    let token = setup_token.unwrap();
    let now = node.now();
    assert_eq!(node.setup.check("setup_wrong", now).unwrap_err().code, Code::SetupTokenInvalid);
    node.setup.check(token.expose(), now).unwrap();
    for _ in 0..4 {
        node.setup.check("setup_wrong", now).unwrap_err();
    }
    let voided = node.setup.check(token.expose(), now).unwrap_err();
    assert_eq!(voided.code, Code::SetupTokenInvalid, "five wrong tries void the token");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_restart_folds_the_same_state_from_journal_and_from_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let node = lived_in(dir.path()).await;
    let before = digest(&node).await;
    node.stop().await.unwrap();
    drop(node);

    let again = open(dir.path()).await;
    assert_eq!((digest(&again.node).await, again.replayed), (before, 26));
    again.node.stop().await.unwrap();
    drop(again);

    let made = snapshot::write(dir.path()).unwrap();
    let third = open(dir.path()).await;
    assert_eq!((digest(&third.node).await, third.replayed, made), (before, 0, 26));
    third.node.submit(pay(5_000)).await.unwrap();
    third.node.stop().await.unwrap();
}

#[tokio::test]
async fn after_it_was_stopped_a_node_takes_nothing_more() {
    let dir = tempfile::tempdir().unwrap();
    let node = lived_in(dir.path()).await;
    assert!(node.readiness().is_ready());
    node.stop().await.unwrap();
    assert!(!node.readiness().writer);
    assert_eq!(node.submit(pay(1_000)).await.unwrap_err().code, Code::Draining);
}

#[tokio::test]
async fn with_too_little_space_it_reads_and_refuses_to_write() {
    let dir = tempfile::tempdir().unwrap();
    let node = lived_in(dir.path()).await;
    node.stop().await.unwrap();
    drop(node);
    let mut config = config(dir.path());
    config.free_bytes_min = u64::MAX;
    let node = start(config, Env::real()).await.unwrap().node;
    assert_eq!(node.submit(pay(1_000)).await.unwrap_err().code, Code::DiskFull);
    assert_eq!(node.read(None, |state| state.seq).await.unwrap(), 26);
    assert!(!node.readiness().disk);
    node.stop().await.unwrap();
}

/// Turns one bit of the entry with this number, where it lies in the database's file.
fn damage(dir: &Path, seq: u64) {
    let reader = Store::open_read_only(dir).unwrap();
    let line = reader.entry(seq).unwrap().unwrap();
    drop(reader);
    let path = dir.join("journal.db");
    let mut file = std::fs::read(&path).unwrap();
    let at = file.windows(line.len()).position(|window| window == line).unwrap();
    file[at + line.len() / 2] ^= 1;
    std::fs::write(&path, file).unwrap();
}

async fn refused(config: Config) -> String {
    match start(config, Env::real()).await {
        Err(error @ Error::Damaged(_)) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it started"),
    }
}

#[tokio::test]
async fn damage_behind_the_snapshot_refuses_to_start_and_older_damage_is_found_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let node = lived_in(dir.path()).await;
    node.stop().await.unwrap();
    drop(node);
    damage(dir.path(), 20);
    assert!(refused(config(dir.path())).await.contains("entry 20"));
    damage(dir.path(), 20);

    snapshot::write(dir.path()).unwrap();
    damage(dir.path(), 9);
    let started = open(dir.path()).await;
    started.node.stop().await.unwrap();
    drop(started);
    let full = Config { verify_full: true, ..config(dir.path()) };
    assert!(refused(full).await.contains("entry 9"));
}

#[tokio::test]
async fn without_its_key_a_journal_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    let node = lived_in(dir.path()).await;
    node.stop().await.unwrap();
    drop(node);
    std::fs::remove_file(dir.path().join("keys/node.pem")).unwrap();
    let error = start(config(dir.path()), Env::real()).await.err().unwrap();
    assert!(matches!(error, Error::Key { .. }), "{error}");
}

/// The whole journal as somebody may see it.
fn exported(node: &Node, sight: Sight) -> Vec<u8> {
    let mut lines = Vec::new();
    let incarnation = node_incarnation(node);
    let export = Export {
        reader: &*node.reader,
        key: node.keys.signing(),
        host: &node.config.host,
        incarnation,
        sight,
        texts: Some(&node.vault),
        from: 1,
    };
    let written = export.write(&mut |line| {
        lines.extend(line);
        ControlFlow::Continue(())
    });
    written.unwrap();
    lines
}

fn node_incarnation(node: &Node) -> hansa_types::IncarnationId {
    let entry = node.reader.entry(1).unwrap().unwrap();
    match hansa_kernel::codec::decode(&entry).unwrap().event {
        hansa_kernel::Event::NodeFounded(founded) => founded.incarnation,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_export_is_audited_without_the_node_and_any_change_to_it_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let node = lived_in(dir.path()).await;
    let lines = exported(&node, Sight::EVERYTHING);
    let report = audit(&*lines, Some(&node.keys.signing().public()), &mut |_, _| ()).unwrap();
    assert_eq!((report.tree_size, report.hidden, report.supply_delta.as_str()), (26, 0, "0"));
    assert_eq!(report.currencies[0].issued, "2000");

    let guest = exported(&node, Sight::default());
    let seen = audit(&*guest, None, &mut |_, _| ()).unwrap();
    assert_eq!((seen.root, seen.hidden), (report.root, 22));

    let other = SigningKey::from_seed([9; 32]).public();
    assert!(audit(&*lines, Some(&other), &mut |_, _| ()).is_err(), "a foreign key is trusted");
    for at in (0..lines.len()).step_by(97) {
        let mut changed = lines.clone();
        changed[at] ^= 1;
        if changed[at].is_ascii_whitespace() || lines[at].is_ascii_whitespace() {
            continue;
        }
        let found = audit(&*changed, Some(&node.keys.signing().public()), &mut |_, _| ());
        assert!(found.is_err(), "byte {at} was changed unnoticed");
    }
    let cut = &lines[..lines.len() / 2];
    assert!(audit(cut, None, &mut |_, _| ()).is_err(), "a cut export passed");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_command_that_brings_the_writer_down_is_refused_after_the_restart() {
    let dir = tempfile::tempdir().unwrap();
    let node = lived_in(dir.path()).await;
    node.stop().await.unwrap();
    drop(node);
    // What the writer records of a command in a panic is what it compares after the restart.
    let job = pay(4_242);
    let digest = hansa_node::writer::fingerprint(&job.request);
    hansa_store::poison::record(&dir.path().join("poison"), &digest, "test").unwrap();
    let node = open(dir.path()).await.node;
    assert_eq!(node.submit(job).await.unwrap_err().code, Code::Poisoned);
    let entry = node.submit(pay(4_243)).await.unwrap().entry;
    assert!(matches!(entry.id, AnyId::Transfer(_)));
    node.stop().await.unwrap();
}
