//! The scrubber: a whole pass is told in the metrics, a changed byte stops the node by its entry's
//! name. And what beside the answers happens of itself: an idle node signs, the disk is measured.
#![cfg(test)]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests stand in the real world"
)]

use std::path::Path;
use std::sync::Arc;

use hansa_crypto::checkpoint::parse_and_verify;
use hansa_crypto::keys::SigningKey;
use hansa_kernel::{Auth, Caller, Command, Request, principal, transfer};
use hansa_node::limits::SCRUB_FIRST_WAIT;
use hansa_node::start::start;
use hansa_node::writer::Job;
use hansa_node::{Config, Env, Node, snapshot};
use hansa_store::JOURNAL_FILE;
use hansa_testkit::{SimClock, world};
use hansa_types::{Amount, Code, Duration, PrincipalId};
use hansa_views::{PageQuery, TransferFilter, Viewer};

const PAYMENTS: u128 = 30;

async fn open(dir: &Path, env: Env) -> Arc<Node> {
    let mut config = Config::new(dir.to_owned()).unwrap();
    config.free_bytes_min = 0;
    start(config, env).await.unwrap().node
}

fn by_machine(command: Command) -> Job {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Job { request: Request::new(caller, command, None), vault: Vec::new() }
}

fn payment(amount: u128) -> Job {
    let currency = "AVT".parse().unwrap();
    let (from, to, amount) = (PrincipalId(2), PrincipalId(3), Amount(amount));
    by_machine(Command::TransferCreate(transfer::Create { from, to, currency, amount, hold: None }))
}

/// Two agents, and payments of amounts that no other entry holds.
async fn live(node: &Node) {
    for id in [2, 3] {
        let create = principal::Create {
            id: PrincipalId(id),
            kind: principal::Kind::Agent,
            key: SigningKey::from_seed([u8::try_from(id).unwrap(); 32]).public(),
            card: None,
            genesis_grant: true,
        };
        node.submit(by_machine(Command::PrincipalCreate(create))).await.unwrap();
    }
    for amount in 1..=PAYMENTS {
        node.submit(payment(7_000 + amount)).await.unwrap();
    }
}

/// Waits until something is so, while no time passes.
async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}

/// Lets time pass until something is so.
async fn pass_until(clock: &SimClock, span: Duration, mut holds: impl FnMut() -> bool) {
    while !holds() {
        clock.advance(span);
        tokio::task::yield_now().await;
    }
}

fn metric(node: &Node, name: &str) -> Option<u64> {
    let text = node.metrics.render();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")))?;
    line.parse().ok()
}

#[tokio::test]
async fn a_whole_pass_is_told_with_its_age() {
    let dir = tempfile::tempdir().unwrap();
    let (env, clock) = world(1);
    let node = open(dir.path(), env).await;
    live(&node).await;
    assert_eq!(metric(&node, "hansa_scrub_age_seconds"), None, "nothing was read again yet");
    clock.advance(SCRUB_FIRST_WAIT);
    until(|| node.metrics.upkeep.scrub_passes() == 1).await;
    let entries = metric(&node, "hansa_scrub_entries_total").unwrap();
    assert_eq!(entries, node.durable.seq());
    // The next begins when half of the week is over, and not before.
    for hours in 1..7 * 24 / 2 {
        clock.advance(Duration::hours(1));
        until(|| metric(&node, "hansa_scrub_age_seconds") == Some(hours * 3_600)).await;
    }
    assert_eq!(node.metrics.upkeep.scrub_passes(), 1);
    clock.advance(Duration::hours(1));
    until(|| node.metrics.upkeep.scrub_passes() == 2).await;
    assert!(node.fault().is_none() && node.readiness().writer);
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_changed_byte_before_the_snapshot_stops_the_node_and_names_the_entry() {
    let dir = tempfile::tempdir().unwrap();
    let node = open(dir.path(), Env::real()).await;
    live(&node).await;
    let seq = node.durable.seq();
    node.stop().await.unwrap();
    assert_eq!(snapshot::write(dir.path()).unwrap(), seq);
    let path = dir.path().join(JOURNAL_FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let needle = format!("\"amount\":\"{}\"", 7_000 + PAYMENTS / 2);
    let at = bytes.windows(needle.len()).position(|found| found == needle.as_bytes()).unwrap();
    bytes[at + needle.len() - 2] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    // The start verifies what follows the snapshot, and so goes well.
    let (env, clock) = world(2);
    clock.set_wall(Env::real().clock.wall());
    let node = open(dir.path(), env).await;
    pass_until(&clock, Duration::minutes(1), || node.fault().is_some()).await;
    let entry = u128::from(seq) - PAYMENTS + PAYMENTS / 2;
    let fault = node.faulted().await;
    assert!(fault.contains(&format!("entry {entry} is damaged")), "{fault}");
    assert!(!node.readiness().writer);
    assert_eq!(node.submit(payment(1)).await.unwrap_err().code, Code::Draining);
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_changed_byte_of_a_document_stops_the_node_and_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let node = open(dir.path(), Env::real()).await;
    live(&node).await;
    for number in 0..100 {
        let sealed = node.vault.seal(PrincipalId(2), format!("note/{number:03}"), &[7; 900]);
        let vault = sealed.unwrap().changes;
        node.submit(Job { vault, ..payment(9_000 + number) }).await.unwrap();
    }
    let sealed = node.reader.vault("note/077").unwrap().unwrap().sealed;
    node.stop().await.unwrap();
    snapshot::write(dir.path()).unwrap();
    let (env, clock) = world(5);
    clock.set_wall(Env::real().clock.wall());
    let node = open(dir.path(), env).await;
    pass_until(&clock, Duration::minutes(1), || node.metrics.upkeep.scrub_passes() > 0).await;
    assert!(metric(&node, "hansa_scrub_bytes_total").unwrap() > 90_000, "documents are read too");
    node.stop().await.unwrap();

    let path = dir.path().join(JOURNAL_FILE);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(64).position(|found| found == &sealed[..64]).unwrap();
    bytes[at + 40] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (env, clock) = world(6);
    clock.set_wall(Env::real().clock.wall());
    let node = open(dir.path(), env).await;
    pass_until(&clock, Duration::minutes(1), || node.fault().is_some()).await;
    let fault = node.faulted().await;
    assert!(fault.contains("note/077"), "{fault}");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn an_idle_node_signs_what_it_wrote_last() {
    let dir = tempfile::tempdir().unwrap();
    let (env, clock) = world(3);
    let node = open(dir.path(), env).await;
    live(&node).await;
    let seq = node.durable.seq();
    let key = node.keys.signing().public();
    let signed = || {
        let note = node.reader.checkpoint_latest().unwrap()?;
        let origin = note.lines().next().unwrap().to_owned();
        Some(parse_and_verify(&note, &origin, &key).unwrap().size)
    };
    // No time has passed since the first signature.
    assert!(signed().is_none_or(|size| size < seq));
    pass_until(&clock, Duration(100), || signed() == Some(seq)).await;
    assert_eq!(node.durable.seq(), seq, "nothing was written for it");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn what_lies_on_the_disk_is_measured() {
    let dir = tempfile::tempdir().unwrap();
    let (env, clock) = world(4);
    let node = open(dir.path(), env).await;
    live(&node).await;
    let sealed = node.vault.seal(PrincipalId(2), "card_2".to_owned(), &[7; 5_000]).unwrap();
    node.submit(Job { vault: sealed.changes, ..payment(1) }).await.unwrap();
    let part = |name: &str| metric(&node, &format!("hansa_disk_bytes{{part=\"{name}\"}}"));
    pass_until(&clock, Duration::minutes(5), || part("vault").is_some_and(|b| b > 5_000)).await;
    for name in ["journal", "views", "free"] {
        assert!(part(name).unwrap() > 5_000, "{name}");
    }
    node.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_over_for_long_leaves_the_lists_and_stays_in_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let (env, clock) = world(7);
    let mut config = Config::new(dir.path().to_owned()).unwrap();
    (config.free_bytes_min, config.views_days_max) = (0, 60);
    let node = start(config, env).await.unwrap().node;
    live(&node).await;
    let seq = node.durable.seq();
    let forgotten = || metric(&node, "hansa_views_forgotten_total").unwrap();
    // As old as it may become, and then older.
    clock.advance(Duration::days(60));
    pass_until(&clock, Duration::minutes(1), || node.views.subscribe().borrow().eq(&seq)).await;
    assert_eq!(forgotten(), 0, "the journal's time stands still without an entry");
    clock.advance(Duration::days(1));
    node.submit(payment(1)).await.unwrap();
    pass_until(&clock, Duration::minutes(1), || u128::from(forgotten()) == PAYMENTS + 2).await;
    let page = PageQuery { after: None, limit: 200 };
    let viewer = Viewer { all: true, principal: None };
    let left = node.views.transfers(&TransferFilter::default(), page, viewer).await.unwrap().items;
    assert_eq!(left.iter().map(|row| row.seq).collect::<Vec<_>>(), [seq + 1]);
    assert!(node.reader.entry(seq).unwrap().is_some());
    node.stop().await.unwrap();
}
