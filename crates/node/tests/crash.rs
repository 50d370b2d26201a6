//! A node that is killed at every point around its commits keeps every promise it made.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;

use hansa_crypto::keys::SigningKey;
use hansa_kernel::{Auth, Caller, Command, Event, Request, codec, principal, transfer};
use hansa_node::writer::Job;
use hansa_node::{Config, Env, Node, start};
use hansa_store::crash::{POINTS, VARIABLE};
use hansa_store::{Options, Store};
use hansa_types::{Amount, ApiKeyId, Code, Correlation, Digest, PrincipalId};

const CHILD_DIR: &str = "HANSA_TEST_NODE_DIR";
const ALICE: PrincipalId = PrincipalId(2);
const BOB: PrincipalId = PrincipalId(3);
const PAYMENTS: u8 = 60;

fn corr(payment: u8) -> Correlation {
    Correlation([payment; 24])
}

fn job(caller: Caller, command: Command, corr: Option<Correlation>) -> Job {
    Job { request: Request::new(caller, command, corr), vault: Vec::new() }
}

fn payment(number: u8) -> Job {
    let caller = Caller { principal: Some(ALICE), auth: Auth::ApiKey(ApiKeyId(2)) };
    let create = transfer::Create {
        from: ALICE,
        to: BOB,
        currency: "AVT".parse().unwrap(),
        amount: Amount(1_000_000),
        hold: None,
    };
    job(caller, Command::TransferCreate(create), Some(corr(number)))
}

async fn open(dir: &Path) -> Arc<Node> {
    let mut config = Config::new(dir.to_owned()).unwrap();
    config.free_bytes_min = 0;
    start::start(config, Env::real()).await.unwrap().node
}

/// Makes the two agents, unless an earlier life of the node did.
async fn make_agents(node: &Node) {
    let machine = || Caller { principal: None, auth: Auth::Machine };
    for (id, seed) in [(ALICE, 2), (BOB, 3)] {
        let create = Command::PrincipalCreate(principal::Create {
            id,
            kind: principal::Kind::Agent,
            key: SigningKey::from_seed([seed; 32]).public(),
            card: None,
            genesis_grant: true,
        });
        let key = Command::ApiKeyCreate(principal::CreateApiKey {
            id: ApiKeyId(id.0),
            principal: id,
            secret: Digest([seed; 32]),
            actions: vec![hansa_kernel::grant::Action::everything()],
            expires: None,
        });
        let both = vec![
            job(machine(), create, Some(corr(100 + seed))),
            job(machine(), key, Some(corr(200 + seed))),
        ];
        for done in node.submit_all(both).await.unwrap() {
            done.unwrap();
        }
    }
}

/// Pays, eight payments at a time, with a snapshot half-way; tells of each that was acknowledged.
async fn pay_all(node: &Arc<Node>) {
    let mut paying = tokio::task::JoinSet::new();
    for number in 0..PAYMENTS {
        if paying.len() == 8 {
            paying.join_next().await;
        }
        if number == PAYMENTS / 2 {
            let dir = node.config.data_dir.clone();
            let snapshot = move || hansa_node::snapshot::write(&dir);
            tokio::task::spawn_blocking(snapshot).await.unwrap().unwrap();
        }
        let node = Arc::clone(node);
        paying.spawn(async move {
            let done = node.submit(payment(number)).await.unwrap();
            println!("ack {number} {}", done.entry.seq);
        });
    }
    while paying.join_next().await.is_some() {}
}

#[tokio::test]
async fn the_child_pays_until_it_is_killed() {
    let Ok(dir) = std::env::var(CHILD_DIR) else { return };
    let node = open(Path::new(&dir)).await;
    make_agents(&node).await;
    pay_all(&node).await;
    node.stop().await.unwrap();
}

/// Lets a child pay and die; answers which payments it acknowledged, with their entries.
fn kill_one(dir: &Path, point: &str, passing: u64) -> (bool, BTreeMap<u8, u64>) {
    let output = Process::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_child_pays_until_it_is_killed", "--nocapture"])
        .env(CHILD_DIR, dir)
        .env(VARIABLE, format!("{point}:{passing}"))
        .output()
        .unwrap();
    let killed = output.status.signal() == Some(9);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(killed || output.status.success(), "{point}:{passing}: {stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let acks = stdout.lines().filter_map(|line| line.split_once("ack ").map(|(_, ack)| ack));
    let acks = acks.map(|ack| {
        let (number, seq) = ack.split_once(' ').unwrap();
        (number.parse().unwrap(), seq.parse().unwrap())
    });
    (killed, acks.collect())
}

/// How often each payment stands in the journal, and where.
fn paid(dir: &Path) -> BTreeMap<u8, Vec<u64>> {
    let store = Store::open(dir, Options::default()).unwrap();
    let mut paid: BTreeMap<u8, Vec<u64>> = BTreeMap::new();
    let scan = store.reader().scan(1, &mut |row| {
        for (seq, line, _) in row.entries() {
            let entry = codec::decode(line).unwrap();
            if let (Event::TransferPosted(_), Some(corr)) = (&entry.event, entry.corr) {
                paid.entry(corr.0[0]).or_default().push(seq);
            }
        }
        Ok(std::ops::ControlFlow::Continue(()))
    });
    scan.unwrap();
    paid
}

/// After the kill: everything acknowledged is there, retries happen once, nothing happens twice.
async fn check(dir: &Path, acknowledged: &BTreeMap<u8, u64>, context: &str) {
    let found = paid(dir);
    for (number, seq) in acknowledged {
        assert_eq!(found.get(number), Some(&vec![*seq]), "{context}: payment {number} is lost");
    }
    let node = open(dir).await;
    make_agents(&node).await;
    for number in 0..PAYMENTS {
        let done = node.submit(payment(number)).await.unwrap();
        assert_eq!(done.repeated, found.contains_key(&number), "{context}: payment {number}");
    }
    let overdraft = node.submit(job(
        Caller { principal: Some(ALICE), auth: Auth::ApiKey(ApiKeyId(2)) },
        Command::TransferCreate(transfer::Create {
            from: ALICE,
            to: BOB,
            currency: "AVT".parse().unwrap(),
            amount: Amount(939_700_001),
            hold: None,
        }),
        None,
    ));
    assert_eq!(overdraft.await.unwrap_err().code, Code::InsufficientFunds, "{context}");
    node.stop().await.unwrap();
    drop(node);
    let found = paid(dir);
    assert_eq!(found.len(), usize::from(PAYMENTS), "{context}");
    assert!(found.values().all(|seqs| seqs.len() == 1), "{context}: {found:?}");
}

#[tokio::test]
async fn killed_at_any_point_it_loses_nothing_acknowledged_and_repeats_nothing() {
    let mut killed = 0;
    // So short a journal seals nothing; the store's own tests kill it there.
    let points: Vec<_> = POINTS.iter().copied().filter(|point| !point.ends_with("_seal")).collect();
    for seed in 0..200u64 {
        let point = points[usize::try_from(seed).unwrap() % points.len()];
        let often = ["before_append", "after_append", "after_commit"].contains(&point);
        let passing = if often { 1 + (seed / points.len() as u64) * 7 % 13 } else { 1 };
        let dir = tempfile::tempdir().unwrap();
        let (died, acknowledged) = kill_one(dir.path(), point, passing);
        killed += u32::from(died);
        check(dir.path(), &acknowledged, &format!("seed {seed}, {point}:{passing}")).await;
    }
    assert!(killed >= 180, "only {killed} of 200 runs passed their point often enough to die");
}
