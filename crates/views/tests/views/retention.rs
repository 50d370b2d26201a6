//! What goes by age, and what stays however old it is.

use hansa_kernel::task::Verdict;
use hansa_kernel::transfer::VoidReason;
use hansa_types::{ApiKeyId, PrincipalId, Time, TransferId};
use hansa_views::{TransferFilter, Views};

use crate::journal::{Draft, Journal, as_seen_by, card, everyone, first, projected};

/// After everything, holds included.
const LATER: Time = Time(1_765_000_000_000);

async fn is_there(views: &Views, id: TransferId) -> bool {
    views.transfer(id, everyone()).await.unwrap().is_some()
}

/// Lets go of everything that may go; how many rows went.
async fn forget_all(views: &Views, seq: u64, before: Time) -> u64 {
    let mut rows = 0;
    loop {
        match views.forget(seq, before).await.unwrap() {
            0 => return rows,
            more => rows += more,
        }
    }
}

#[tokio::test]
async fn what_is_over_goes_and_what_is_open_stays_with_all_of_its_own() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.agent(card("Tax", "file", &[])));
    let (mint, paid) = (journal.mint(alice, 5), journal.pay(alice, bob, 1));
    let (open, voided) = (journal.hold(alice, bob, 1), journal.hold(alice, bob, 1));
    journal.void(Draft::by(bob), voided, 1, VoidReason::Voided);
    let done = journal.good_work(alice, bob, "file", 5);
    let working = journal.delegate(alice, bob, "file");
    journal.milestone(&working, 0, Verdict::Accept);
    let last = journal.entries.len() as u64;
    let young = journal.pay(alice, bob, 2);
    let views = projected(&journal).await;
    let reputation = views.reputation(bob).await.unwrap();

    assert!(forget_all(&views, last, LATER).await > 8);
    for (id, stays) in [
        (mint, false),
        (paid, false),
        (voided, false),
        (done.hold, false),
        (open, true),
        (working.hold, true),
        (young, true),
    ] {
        assert_eq!(is_there(&views, id).await, stays, "{id}");
    }
    assert!(views.task(done.id, everyone()).await.unwrap().is_none());
    assert!(views.envelope(done.offer, everyone()).await.unwrap().is_none());
    let task = views.task(working.id, as_seen_by(alice)).await.unwrap().unwrap();
    assert_eq!(task.hold, Some(working.hold));
    assert!(views.graph(working.offer, everyone()).await.unwrap().len() > 4);
    let money = TransferFilter { task: Some(working.id), ..TransferFilter::default() };
    let money = views.transfers(&money, first(9), everyone()).await.unwrap().items;
    assert_eq!(money.len(), 2, "the share that was paid stays with its task");
    assert_eq!(views.reputation(bob).await.unwrap(), reputation, "what was learnt stays");

    // What was let go of is no gap for what follows.
    journal.milestone(&working, 1, Verdict::Accept);
    journal.settle(&working, 2, 0);
    let from = usize::try_from(last).unwrap() + 1;
    views.apply(&journal.entries[from..]).await.unwrap();
    assert!(forget_all(&views, journal.entries.len() as u64, LATER).await > 8);
    assert!(views.task(working.id, everyone()).await.unwrap().is_none());
    assert!(!is_there(&views, young).await && is_there(&views, open).await);
}

#[tokio::test]
async fn what_ended_lately_stays_though_it_began_long_ago() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.agent(card("Tax", "file", &[])));
    let held = journal.hold(alice, bob, 1);
    let work = journal.delegate(alice, bob, "file");
    let begun = journal.entries.len() as u64;
    journal.post(Draft::by(alice), bob, 1, Some((alice, held)));
    journal.milestone(&work, 0, Verdict::Refuse);
    journal.milestone(&work, 1, Verdict::Refuse);
    journal.settle(&work, 0, 2);
    let views = projected(&journal).await;
    let before = journal.entries[usize::try_from(begun).unwrap() - 1].entry.ts;
    assert_eq!(forget_all(&views, begun, before).await, 0);
    assert!(is_there(&views, held).await && is_there(&views, work.hold).await);
    assert!(views.task(work.id, everyone()).await.unwrap().is_some());
    assert!(views.envelope(work.offer, everyone()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_bounded_number_goes_at_once() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let most = u64::try_from(hansa_views::limits::FORGOTTEN_ROWS_MAX).unwrap();
    for _ in 0..=most {
        journal.pay(alice, bob, 1);
    }
    let views = projected(&journal).await;
    let seq = journal.entries.len() as u64;
    let mut went = Vec::new();
    for _ in 0..3 {
        went.push(views.forget(seq, LATER).await.unwrap());
    }
    assert_eq!(went, [most, 1, 0]);
    // Without such a key there is nothing to note, and nothing to forget.
    views.note_uses(&[(ApiKeyId(9), LATER)]).await.unwrap();
    assert_eq!(views.forget(0, LATER).await.unwrap(), 0);
}

#[tokio::test]
async fn what_went_is_in_no_index_of_accounts() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let carol = PrincipalId(u128::from_be_bytes(*b"carol's account!"));
    for _ in 0..20 {
        journal.pay(alice, carol, 1);
        journal.pay(carol, bob, 1);
    }
    let last = journal.entries.len() as u64;
    let young = journal.pay(alice, bob, 2);
    let views = projected(&journal).await;
    let file = views.dir.path().join("views.db");
    let of = |account| TransferFilter { account: Some(account), ..TransferFilter::default() };
    // A word lies there without what it has in common with the one before it.
    let word = format!("{:032x}", carol.0).split_off(8);
    let is_in_file = || {
        let log = std::fs::read(file.with_extension("db-wal")).unwrap_or_default();
        let bytes = [std::fs::read(&file).unwrap(), log].concat();
        bytes.windows(word.len()).any(|part| part == word.as_bytes())
    };
    assert!(is_in_file());
    assert_eq!(forget_all(&views, last, LATER).await, 40);
    for (account, left) in [(alice, vec![young]), (bob, vec![young]), (carol, Vec::new())] {
        let page = views.transfers(&of(account), first(9), as_seen_by(account)).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.id).collect::<Vec<_>>(), left);
    }
    views.close().await.unwrap();
    assert!(!is_in_file());
}
