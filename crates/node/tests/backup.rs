//! Backups of whole nodes: made while they run, verified, restored elsewhere, and forgotten.
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
use hansa_crypto::seal::SealKey;
use hansa_kernel::node::AcceptClock;
use hansa_kernel::{Auth, Caller, Command, Request, State, memory, principal, transfer};
use hansa_node::audit::audit;
use hansa_node::backup::{self, Checked, Manifest, Pace};
use hansa_node::export::Export;
use hansa_node::sight::Sight;
use hansa_node::start::start;
use hansa_node::vault::{card_id, memory_path};
use hansa_node::writer::Job;
use hansa_node::{Config, Env, Error, Node};
use hansa_store::{Store, VaultChange};
use hansa_types::{Amount, Duration, MemoryId, PrincipalId};

const ADA: PrincipalId = PrincipalId(2);
const BOB: PrincipalId = PrincipalId(3);

async fn open(dir: &Path) -> Arc<Node> {
    let mut config = Config::new(dir.to_owned()).unwrap();
    config.free_bytes_min = 0;
    start(config, Env::real()).await.unwrap().node
}

fn by_machine(command: Command) -> Job {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Job { request: Request::new(caller, command, None), vault: Vec::new() }
}

async fn register(node: &Node, id: PrincipalId, card: &str) {
    let seed = [u8::try_from(id.0).unwrap(); 32];
    let sealed = node.vault.seal(id, card_id(id), card.as_bytes()).unwrap();
    let create = Command::PrincipalCreate(principal::Create {
        id,
        kind: principal::Kind::Agent,
        key: SigningKey::from_seed(seed).public(),
        card: Some(sealed.digest),
        genesis_grant: true,
    });
    let job = Job { vault: sealed.changes, ..by_machine(create) };
    node.submit(job).await.unwrap();
}

async fn pay(node: &Node, times: u128) {
    for amount in 1..=times {
        let create = transfer::Create {
            from: ADA,
            to: BOB,
            currency: "AVT".parse().unwrap(),
            amount: Amount(amount * 1_000),
            hold: None,
        };
        node.submit(by_machine(Command::TransferCreate(create))).await.unwrap();
    }
}

async fn lived_in(dir: &Path) -> Arc<Node> {
    let node = open(dir).await;
    register(&node, ADA, "{\"name\":\"Ada\"}").await;
    register(&node, BOB, "{\"name\":\"Bob\"}").await;
    pay(&node, 20).await;
    node
}

fn key() -> SealKey {
    SealKey::from_bytes([42; 32])
}

fn create(data: &Path, to: &Path) -> Result<Manifest, Error> {
    backup::create(data, to, &key(), &Env::real(), Pace::AtOnce, &mut |_, _| ())
}

fn verify(dir: &Path, manifest: &Manifest, key: &SealKey) -> Result<Checked, Error> {
    backup::verify(dir, manifest, key, &mut |_, _| ())
}

fn restore(dir: &Path, manifest: &Manifest, target: &Path) -> Result<Checked, Error> {
    backup::restore(dir, manifest, &key(), target, &Env::real(), &mut |_, _| ())
}

async fn state<T: Send + 'static>(
    node: &Node,
    look: impl FnOnce(&State) -> T + Send + 'static,
) -> T {
    node.read(None, look).await.unwrap()
}

fn rows(dir: &Path) -> u64 {
    let mut rows = 0;
    let count = &mut |_| {
        rows += 1;
        Ok(ControlFlow::Continue(()))
    };
    Store::open_read_only(dir).unwrap().scan(1, count).unwrap();
    rows
}

#[tokio::test]
async fn a_backup_of_a_running_node_is_restored_as_another_run() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to, target) =
        (dir.path().join("data"), dir.path().join("backups"), dir.path().join("new"));
    let node = lived_in(&data).await;
    let first = create(&data, &to).unwrap();
    pay(&node, 5).await;
    let second = create(&data, &to).unwrap();
    assert_eq!((first.last_seq + 5, second.segments.len()), (second.last_seq, 2));
    assert_eq!(second.segments[0], first.segments[0], "copied once");
    assert_eq!(backup::list(&to).unwrap(), [first.clone(), second.clone()]);
    assert_eq!(backup::find(&to, Some(&first.id)).unwrap(), first);
    for manifest in [&first, &second] {
        let checked = verify(&to, manifest, &key()).unwrap();
        assert_eq!((checked.entries, checked.documents), (manifest.last_seq, 2));
    }
    let ledger = state(&node, |state| format!("{:?}", state.ledger.accounts())).await;
    let before = state(&node, |state| state.node().unwrap().incarnation).await;
    node.stop().await.unwrap();

    let checked = restore(&to, &second, &target).unwrap();
    assert_eq!((checked.entries, checked.documents, checked.left_out), (second.last_seq, 2, 0));
    assert!(rows(&data) > 20 && rows(&target) == 1, "small commits come back as one");
    let again = open(&target).await;
    assert_eq!(state(&again, |state| format!("{:?}", state.ledger.accounts())).await, ledger);
    let after = state(&again, |state| state.node().unwrap().clone()).await;
    assert_ne!(after.incarnation, before);
    assert!(after.restored.is_some());
    assert_eq!(again.durable.seq(), second.last_seq + 1, "node.restored");
    let card = again.vault.open(&card_id(ADA)).unwrap().unwrap();
    assert_eq!(&**card.bytes, b"{\"name\":\"Ada\"}");
    let mut lines = Vec::new();
    let export = Export {
        reader: &*again.reader,
        key: again.keys.signing(),
        host: "localhost",
        incarnation: after.incarnation,
        sight: Sight::EVERYTHING,
        texts: None,
        from: 1,
    };
    export
        .write(&mut |line| {
            lines.extend(line);
            ControlFlow::Continue(())
        })
        .unwrap();
    let report = audit(&*lines, Some(&again.keys.signing().public()), &mut |_, _| ()).unwrap();
    assert_eq!(report.supply_delta, "0");
    again.stop().await.unwrap();
    let seq = again.durable.seq();
    drop(again);
    let third = open(&target).await;
    assert_eq!(third.durable.seq(), seq, "a run begins once");
    third.stop().await.unwrap();
}

#[tokio::test]
async fn a_target_that_holds_anything_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to, target) =
        (dir.path().join("data"), dir.path().join("backups"), dir.path().join("new"));
    let node = lived_in(&data).await;
    let made = create(&data, &to).unwrap();
    node.stop().await.unwrap();
    std::fs::create_dir(&target).unwrap();
    std::fs::write(target.join("notes"), "mine").unwrap();
    assert!(matches!(restore(&to, &made, &target), Err(Error::Backup { .. })));
    assert_eq!(std::fs::read_dir(&target).unwrap().count(), 1);
    assert!(restore(&to, &made, &data).is_err());
}

#[tokio::test]
async fn what_was_altered_or_sealed_for_another_key_does_not_verify() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to) = (dir.path().join("data"), dir.path().join("backups"));
    let node = lived_in(&data).await;
    let made = create(&data, &to).unwrap();
    node.stop().await.unwrap();
    assert!(verify(&to, &made, &SealKey::from_bytes([1; 32])).is_err());
    for other in [
        Manifest { last_seq: made.last_seq - 1, ..made.clone() },
        Manifest { documents: 1, ..made.clone() },
        Manifest { state_digest: made.root, ..made.clone() },
        Manifest { root: made.chain, ..made.clone() },
        Manifest { segments: Vec::new(), ..made.clone() },
        Manifest { node_key: SigningKey::from_seed([1; 32]).public(), ..made.clone() },
    ] {
        assert!(verify(&to, &other, &key()).is_err(), "{other:?}");
    }
    let path = to.join(format!("{}.manifest", made.id));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"documents\": 2", "\"documents\": 1", 1)).unwrap();
    assert!(backup::list(&to).is_err(), "an altered manifest");
}

#[tokio::test]
async fn backups_forget_who_was_erased_and_what_is_too_old() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to, target) =
        (dir.path().join("data"), dir.path().join("backups"), dir.path().join("new"));
    let node = lived_in(&data).await;
    let before = create(&data, &to).unwrap();
    assert_eq!(backup::prune(&to, 30, node.now()).unwrap(), Vec::<String>::new());
    let command = Command::PrincipalErase(principal::Erase { principal: ADA });
    node.submit(by_machine(command)).await.unwrap();
    assert_eq!(backup::prune(&to, 30, node.now()).unwrap(), Vec::<String>::new(), "the only one");
    let after = create(&data, &to).unwrap();
    assert_eq!((before.documents, after.documents), (2, 1));
    assert_eq!(backup::prune(&to, 30, node.now()).unwrap(), std::slice::from_ref(&before.id));
    assert!(!to.join(format!("{}.vault", before.id)).exists());
    assert_eq!(verify(&to, &after, &key()).unwrap().entries, after.last_seq);
    assert_eq!(restore(&to, &after, &target).unwrap().documents, 1);
    pay(&node, 0).await;
    register(&node, PrincipalId(9), "{}").await;
    let last = create(&data, &to).unwrap();
    let later = node.now().after(Duration::days(31));
    assert_eq!(backup::prune(&to, 30, later).unwrap(), [after.id]);
    assert_eq!(backup::list(&to).unwrap(), std::slice::from_ref(&last));
    assert_eq!(verify(&to, &last, &key()).unwrap().documents, 2);
    node.stop().await.unwrap();
}

/// Has Ada write a memory, and answers where its content lies.
async fn remember(node: &Node, id: MemoryId, content: &str) -> String {
    let path = memory_path(ADA, Some(id));
    let parts = [("content", content.as_bytes()), ("about", b"{}")];
    let ([digest, about], changes) = node.vault.seal_apart(ADA, &path, parts).unwrap();
    let bytes = u32::try_from(content.len()).unwrap();
    let write = memory::Write { id, agent: ADA, bytes, content: digest, about };
    let job = Job { vault: changes, ..by_machine(Command::MemoryWrite(write)) };
    node.submit(job).await.unwrap();
    format!("{path}content")
}

#[tokio::test]
async fn a_backup_holds_memories_until_it_is_too_old() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to) = (dir.path().join("data"), dir.path().join("backups"));
    let node = lived_in(&data).await;
    let kept = remember(&node, MemoryId(1), "kept").await;
    let gone = remember(&node, MemoryId(2), &"large ".repeat(40_000)).await;
    let before = create(&data, &to).unwrap();
    let delete = memory::Delete { id: MemoryId(2) };
    node.submit(by_machine(Command::MemoryDelete(delete))).await.unwrap();
    let after = create(&data, &to).unwrap();
    assert_eq!((before.documents, after.documents), (8, 5), "a key and two parts each");

    let memories = async |manifest: &Manifest, target: &str| {
        let target = dir.path().join(target);
        assert_eq!(restore(&to, manifest, &target).unwrap().left_out, 0);
        let restored = open(&target).await;
        let opened = [&kept, &gone].map(|id| restored.vault.open(id).unwrap());
        restored.stop().await.unwrap();
        opened.map(|opened| opened.map(|opened| opened.bytes.len()))
    };
    assert_eq!(memories(&before, "first").await, [Some(4), Some(240_000)]);
    assert_eq!(memories(&after, "second").await, [Some(4), None]);
    // The deletion of one memory costs no backup before its time.
    assert_eq!(backup::prune(&to, 30, node.now()).unwrap(), Vec::<String>::new());
    let later = node.now().after(Duration::days(31));
    assert_eq!(backup::prune(&to, 30, later).unwrap(), [before.id]);
    assert_eq!(backup::list(&to).unwrap(), [after]);
    node.stop().await.unwrap();
}

/// The vault is copied behind the journal, and changes meanwhile.
#[tokio::test]
async fn what_belongs_to_no_entry_or_has_no_key_is_not_restored() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to, target) =
        (dir.path().join("data"), dir.path().join("backups"), dir.path().join("new"));
    let node = lived_in(&data).await;
    let path = memory_path(ADA, Some(MemoryId(7)));
    let (_, changes) = node.vault.seal_apart(ADA, &path, [("content", b"early")]).unwrap();
    // As if its entry came behind the last that is copied.
    let nothing = || by_machine(Command::ClockAccept(AcceptClock { jump_ms: 0 }));
    node.submit(Job { vault: changes, ..nothing() }).await.unwrap();
    // As if its key came when the keys were copied already.
    let carol = PrincipalId(4);
    register(&node, carol, "{}").await;
    let sealed = node.vault.seal(carol, card_id(carol), b"{}").unwrap();
    let key = |change: &VaultChange| matches!(change, VaultChange::PutKey { .. });
    assert!(!sealed.changes.iter().any(key), "her key is durable");
    let erase = VaultChange::EraseSubject { subject: carol };
    let vault = [vec![erase], sealed.changes].concat();
    node.submit(Job { vault, ..nothing() }).await.unwrap();
    let made = create(&data, &to).unwrap();
    let checked = restore(&to, &made, &target).unwrap();
    assert_eq!((checked.documents, checked.left_out), (2, 3));
    node.stop().await.unwrap();
    let restored = open(&target).await;
    let mut after = String::new();
    while let Some((last, _)) = restored.vault.check(&*restored.reader, &after, 64).unwrap() {
        after = last;
    }
    restored.stop().await.unwrap();
}

#[tokio::test]
async fn an_older_backup_is_restored_without_what_came_later() {
    let dir = tempfile::tempdir().unwrap();
    let (data, to, target) =
        (dir.path().join("data"), dir.path().join("backups"), dir.path().join("new"));
    let node = lived_in(&data).await;
    let first = create(&data, &to).unwrap();
    register(&node, PrincipalId(9), "{}").await;
    create(&data, &to).unwrap();
    node.stop().await.unwrap();
    restore(&to, &first, &target).unwrap();
    // Of a copy of the journal that lies behind a backup, none is made into the same folder.
    let again = open(&target).await;
    assert!(state(&again, |state| state.principal(PrincipalId(9)).is_err()).await);
    again.stop().await.unwrap();
    drop(again);
    let other = create(&target, &to).unwrap();
    assert_ne!(other.incarnation, first.incarnation);
    assert_eq!(other.segments.len(), 1, "another run has pieces of its own");
    verify(&to, &other, &key()).unwrap();
}
