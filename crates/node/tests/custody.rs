//! Keys that the node keeps for its agents: made once, kept sealed, found again, rotated.
#![cfg(test)]

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use hansa_crypto::keys::SigningKey;
use hansa_crypto::seal::{unwrap_key, wrap_key};
use hansa_kernel::custody::SetKey;
use hansa_kernel::{Auth, Caller, Command, Event, Request, codec, node, principal};
use hansa_node::keys::NodeKeys;
use hansa_node::start::start;
use hansa_node::vault::{Vault, custody_id};
use hansa_node::writer::Job;
use hansa_node::{Config, Env, Node};
use hansa_store::VaultChange;
use hansa_types::{AnyId, Code, Duration, PrincipalId, Vis};

const ALICE: PrincipalId = PrincipalId(2);

async fn open(dir: &Path, env: Env) -> Arc<Node> {
    let mut config = Config::new(dir.to_owned()).unwrap();
    config.free_bytes_min = 0;
    start(config, env).await.unwrap().node
}

fn by_machine(command: Command) -> Job {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Job { request: Request::new(caller, command, None), vault: Vec::new() }
}

fn alice() -> Job {
    by_machine(Command::PrincipalCreate(principal::Create {
        id: ALICE,
        kind: principal::Kind::Agent,
        key: SigningKey::from_seed([2; 32]).public(),
        card: None,
        genesis_grant: false,
    }))
}

/// The keys on record, and how many rows hold them together with the agent's creation.
fn recorded(node: &Node) -> (Vec<(SetKey, Vis)>, usize) {
    let (mut keys, mut together) = (Vec::new(), 0);
    let visit = &mut |row: hansa_store::Row| {
        let entries: Vec<_> =
            row.entries().map(|(_, line, _)| codec::decode(line).unwrap()).collect();
        let made = entries.iter().any(|entry| matches!(entry.event, Event::PrincipalCreated(_)));
        for entry in entries {
            let (Event::CustodyKeySet(set), Some(AnyId::Principal(principal))) =
                (&entry.event, entry.subject)
            else {
                continue;
            };
            together += usize::from(made);
            let set = SetKey { principal, key: set.key, generation: set.generation };
            keys.push((set, entry.vis));
        }
        Ok(ControlFlow::Continue(()))
    };
    node.reader.scan(1, visit).unwrap();
    (keys, together)
}

#[tokio::test]
async fn a_key_is_made_when_first_needed_and_found_again_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let node = open(dir.path(), Env::real()).await;
    assert_eq!(node.custody().agent_key(ALICE).await.unwrap_err().code, Code::PrincipalUnknown);
    node.submit(alice()).await.unwrap();
    assert_eq!(node.custody().public_halves(ALICE).await.unwrap(), []);
    let custody = node.custody();
    let (one, other) = tokio::join!(custody.agent_key(ALICE), custody.agent_key(ALICE));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.signing.public(), one.generation), (other.signing.public(), 1));
    let (keys, _) = recorded(&node);
    let set = SetKey { principal: ALICE, key: one.signing.public(), generation: 1 };
    assert_eq!(keys, [(set, Vis::Public)], "one entry, which everyone may see");
    node.stop().await.unwrap();
    drop(node);
    let node = open(dir.path(), Env::real()).await;
    let again = node.custody().agent_key(ALICE).await.unwrap();
    assert_eq!(again.signing.public(), one.signing.public());
    let secret = node.reader.vault(&custody_id(ALICE)).unwrap().unwrap();
    assert_eq!(secret.subject, ALICE, "it goes when the agent is erased");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_prepared_key_stands_in_the_batch_of_its_agents_creation() {
    let dir = tempfile::tempdir().unwrap();
    let node = open(dir.path(), Env::real()).await;
    let prepared = node.custody().prepare(ALICE).await.unwrap();
    let outcomes = node.submit_all(vec![alice(), prepared.job]).await.unwrap();
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(recorded(&node).1, 1);
    let kept = node.custody().agent_key(ALICE).await.unwrap();
    assert_eq!(kept.signing.public(), prepared.signing.public());
    let (next, _) = node.custody().next_key(ALICE).await.unwrap();
    assert_eq!(next.public(), prepared.next);
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_replaced_key_stands_for_seven_days() {
    let dir = tempfile::tempdir().unwrap();
    let (env, clock) = hansa_testkit::world(7);
    let node = open(dir.path(), env).await;
    node.submit(alice()).await.unwrap();
    let first = node.custody().agent_key(ALICE).await.unwrap();
    let (next, set) = node.custody().next_key(ALICE).await.unwrap();
    node.submit(by_machine(Command::CustodyKeySet(set.clone()))).await.unwrap();
    let raced = node.submit(by_machine(Command::CustodyKeySet(set))).await.unwrap_err();
    assert_eq!(raced.code, Code::CustodyKeyRaced);
    let present = node.custody().agent_key(ALICE).await.unwrap();
    assert_eq!((present.signing.public(), present.generation), (next.public(), 2));
    let halves = node.custody().public_halves(ALICE).await.unwrap();
    let keys: Vec<_> = halves.iter().map(|half| (half.key, half.generation)).collect();
    assert_eq!(keys, [(next.public(), 2), (first.signing.public(), 1)]);
    clock.advance(Duration(Duration::days(7).0 - 1));
    assert_eq!(node.custody().public_halves(ALICE).await.unwrap().len(), 2);
    clock.advance(Duration(1));
    assert_eq!(node.custody().public_halves(ALICE).await.unwrap().len(), 1);
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_secret_outlives_the_nodes_key_when_its_subjects_key_is_wrapped_anew() {
    let dir = tempfile::tempdir().unwrap();
    let node = open(dir.path(), Env::real()).await;
    node.submit(alice()).await.unwrap();
    node.custody().agent_key(ALICE).await.unwrap();
    let secret = node.vault.open(&custody_id(ALICE)).unwrap().unwrap();
    let new = NodeKeys::new(SigningKey::from_seed([9; 32]));
    let aad = format!("key/{ALICE}").into_bytes();
    let wrapped = node.reader.vault_key(ALICE).unwrap().unwrap();
    let key = unwrap_key(node.keys.vault(), &aad, &wrapped).unwrap();
    let wrapped = wrap_key(new.vault(), [7; 12], &aad, &key);
    let mut job = by_machine(Command::ClockAccept(node::AcceptClock { jump_ms: 0 }));
    job.vault = vec![VaultChange::PutKey { subject: ALICE, wrapped }];
    node.submit(job).await.unwrap();
    let vault = Vault::new(Arc::new(new), Arc::clone(&node.reader), Env::real());
    assert_eq!(vault.open(&custody_id(ALICE)).unwrap().unwrap().bytes, secret.bytes);
    node.stop().await.unwrap();
}
