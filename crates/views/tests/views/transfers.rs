//! Transfers: their states, their lists and who sees them.

use hansa_kernel::Event;
use hansa_kernel::transfer::{Burned, Posted, VoidReason};
use hansa_types::{Amount, PrincipalId, TransferId};
use hansa_views::{
    PageQuery, TransferFilter, TransferKind, TransferRow, TransferState, Viewer, Views,
};

use crate::journal::{
    Draft, Journal, NODE, as_seen_by, avt, everyone, first, projected, projected_by,
};

async fn seen(views: &Views, id: TransferId) -> TransferRow {
    views.transfer(id, everyone()).await.unwrap().unwrap()
}

async fn ids(views: &Views, filter: TransferFilter, viewer: Viewer) -> Vec<TransferId> {
    let page = views.transfers(&filter, first(200), viewer).await.unwrap();
    assert_eq!(page.next, None);
    page.items.iter().map(|row| row.id).collect()
}

fn of(account: PrincipalId) -> TransferFilter {
    TransferFilter { account: Some(account), ..TransferFilter::default() }
}

#[tokio::test]
async fn a_posted_transfer_shows_what_moved() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let id = journal.pay(alice, bob, u128::MAX);
    let views = projected(&journal).await;
    let row = seen(&views, id).await;
    assert_eq!((row.from, row.to), (Some(alice), Some(bob)));
    assert_eq!((row.amount, row.fee, row.currency), (Amount(u128::MAX), Amount(1), avt()));
    assert_eq!((row.state, row.kind), (TransferState::Posted, TransferKind::Transfer));
    assert_eq!((row.seq, row.posted_amount, row.voided_amount), (5, None, None));
}

#[tokio::test]
async fn mints_and_burns_have_one_side() {
    let mut journal = Journal::new();
    let alice = journal.person();
    let mint = journal.mint(alice, 7);
    let burn = TransferId(journal.next());
    let burned = Burned { amount: Amount(3), currency: avt(), grant: None };
    journal.add(Draft::by(alice).id(burn).about(alice), Event::MoneyBurned(burned));
    let views = projected(&journal).await;
    let row = seen(&views, mint).await;
    assert_eq!((row.kind, row.from, row.to), (TransferKind::Mint, None, Some(alice)));
    let row = seen(&views, burn).await;
    assert_eq!((row.kind, row.from, row.to), (TransferKind::Burn, Some(alice), None));
    assert_eq!(ids(&views, of(alice), as_seen_by(alice)).await, [burn, mint]);
}

#[tokio::test]
async fn a_pending_transfer_follows_its_parts_however_they_are_batched() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let part = |journal: &mut Journal, hold, amount| {
        journal.post(Draft::by(alice), bob, amount, Some((alice, hold)))
    };
    let open = journal.hold(alice, bob, 100);
    let share = part(&mut journal, open, 30);
    let posted = journal.hold(alice, bob, 100);
    part(&mut journal, posted, 60);
    part(&mut journal, posted, 40);
    let voided = journal.hold(alice, bob, 100);
    part(&mut journal, voided, 1);
    journal.void(Draft::by(bob), voided, 99, VoidReason::Voided);
    let expired = journal.hold(alice, bob, 100);
    journal.void(Draft::by_timer(), expired, 100, VoidReason::Expired);
    let refused = journal.hold(alice, bob, 100);
    journal.void(Draft::by(alice), refused, 50, VoidReason::Refused);
    for batch in [1, 3, 100] {
        let views = projected_by(&journal, batch).await;
        let states = [
            (open, TransferState::Pending, 30, 0),
            (posted, TransferState::Posted, 100, 0),
            (voided, TransferState::Voided, 1, 99),
            (expired, TransferState::Expired, 0, 100),
            (refused, TransferState::Pending, 0, 50),
        ];
        for (id, state, posted, voided) in states {
            let row = seen(&views, id).await;
            let parts = (Some(Amount(posted)), Some(Amount(voided)));
            assert_eq!((row.state, (row.posted_amount, row.voided_amount)), (state, parts));
        }
        let row = seen(&views, share).await;
        assert_eq!(
            (row.of, row.amount, row.state),
            (Some(open), Amount(30), TransferState::Posted)
        );
        assert_eq!((row.from, row.posted_amount), (Some(alice), None));
    }
}

#[tokio::test]
async fn filters_narrow_a_list() {
    let mut journal = Journal::new();
    journal.currency("USD", 2);
    let (alice, bob) = (journal.person(), journal.person());
    let mint = journal.mint(alice, 1_000);
    let paid = journal.pay(alice, bob, 5);
    let open = journal.hold(bob, alice, 9);
    let dollars = TransferId(journal.next());
    let usd = "USD".parse().unwrap();
    let (amount, fee) = (Amount(1), Amount::ZERO);
    let posted = Posted { from: None, amount, currency: usd, fee, of: None, grant: None };
    journal.add(Draft::by(bob).id(dollars).about(alice), Event::TransferPosted(posted));
    let views = projected(&journal).await;
    let all = TransferFilter::default();
    assert_eq!(ids(&views, all, everyone()).await, [dollars, open, paid, mint]);
    let pending = TransferFilter { state: Some(TransferState::Pending), ..all };
    assert_eq!(ids(&views, pending, everyone()).await, [open]);
    let minted = TransferFilter { kind: Some(TransferKind::Mint), ..of(alice) };
    assert_eq!(ids(&views, minted, as_seen_by(alice)).await, [mint]);
    let usd = TransferFilter { currency: Some(usd), ..all };
    assert_eq!(ids(&views, usd, as_seen_by(bob)).await, [dollars]);
    let posted = TransferFilter { state: Some(TransferState::Posted), ..of(bob) };
    assert_eq!(ids(&views, posted, everyone()).await, [dollars, paid]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_repetitions() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let mut expected = Vec::new();
    for amount in 1..=25 {
        let (from, to) = if amount % 3 == 0 { (bob, alice) } else { (alice, bob) };
        expected.push(journal.pay(from, to, amount));
        journal.pay(bob, NODE, amount);
    }
    expected.reverse();
    let views = projected(&journal).await;
    let (mut found, mut page) = (Vec::new(), first(4));
    loop {
        let got = views.transfers(&of(alice), page, everyone()).await.unwrap();
        assert!(got.items.len() <= 4);
        found.extend(got.items.iter().map(|row| row.id));
        match got.next {
            Some(cursor) => page.after = Some(cursor.to_string().parse().unwrap()),
            None => break,
        }
        // What arrives in between is newer and changes nothing behind the cursor.
        journal.pay(alice, bob, 1);
        views.apply(&journal.entries[journal.entries.len() - 1..]).await.unwrap();
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_page_that_is_exactly_full_is_the_last() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    for amount in 1..=4 {
        journal.pay(alice, bob, amount);
    }
    let views = projected(&journal).await;
    let filter = of(alice);
    let page = |limit| views.transfers(&filter, first(limit), everyone());
    let full = page(4).await.unwrap();
    assert_eq!((full.items.len(), full.next), (4, None));
    let cut = page(3).await.unwrap();
    assert_eq!((cut.items.len(), cut.next.is_some()), (3, true));
    assert_eq!(page(0).await.unwrap().items.len(), 1, "no page is empty by its limit");
}

#[tokio::test]
async fn a_page_has_at_most_two_hundred_rows() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    for amount in 1..=201 {
        journal.pay(alice, bob, amount);
    }
    let views = projected(&journal).await;
    let page = views.transfers(&of(alice), first(u32::MAX), everyone()).await.unwrap();
    assert_eq!((page.items.len(), page.next.is_some()), (200, true));
}

#[tokio::test]
async fn the_transfers_of_others_are_absent() {
    let mut journal = Journal::new();
    let (alice, bob, eve) = (journal.person(), journal.person(), journal.person());
    let between = journal.pay(alice, bob, 1);
    let back = journal.pay(bob, alice, 2);
    let own = journal.pay(eve, bob, 3);
    let views = projected(&journal).await;
    assert_eq!(views.transfer(between, as_seen_by(eve)).await.unwrap(), None);
    assert_eq!(views.transfer(between, Viewer::default()).await.unwrap(), None);
    assert!(views.transfer(between, as_seen_by(bob)).await.unwrap().is_some());
    assert_eq!(ids(&views, TransferFilter::default(), as_seen_by(eve)).await, [own]);
    assert_eq!(ids(&views, TransferFilter::default(), Viewer::default()).await, []);
    assert_eq!(ids(&views, of(alice), as_seen_by(eve)).await, []);
    assert_eq!(ids(&views, of(bob), as_seen_by(eve)).await, [own]);
    assert_eq!(ids(&views, of(bob), as_seen_by(alice)).await, [back, between]);
    assert_eq!(ids(&views, of(bob), everyone()).await, [own, back, between]);
}

#[tokio::test]
async fn whoever_did_it_on_behalf_of_another_sees_it_too() {
    let mut journal = Journal::new();
    let (alice, bob, clerk) = (journal.person(), journal.person(), journal.person());
    let id = TransferId(journal.next());
    let (amount, fee) = (Amount(5), Amount::ZERO);
    let posted = Posted { from: Some(alice), amount, currency: avt(), fee, of: None, grant: None };
    journal.add(Draft::by(clerk).id(id).about(bob), Event::TransferPosted(posted));
    let own = journal.pay(clerk, bob, 1);
    let views = projected(&journal).await;
    assert_eq!(seen(&views, id).await.from, Some(alice));
    assert!(views.transfer(id, as_seen_by(clerk)).await.unwrap().is_some());
    assert_eq!(ids(&views, TransferFilter::default(), as_seen_by(clerk)).await, [own, id]);
    assert_eq!(ids(&views, of(alice), as_seen_by(clerk)).await, [id]);
    assert_eq!(ids(&views, of(bob), as_seen_by(clerk)).await, [own, id]);
    assert_eq!(ids(&views, of(clerk), as_seen_by(clerk)).await, [own]);
}

#[tokio::test]
async fn a_cursor_of_another_kind_of_list_is_refused() {
    let views = projected(&Journal::new()).await;
    let page = PageQuery { after: Some("r1.2.3".parse().unwrap()), limit: 5 };
    assert!(views.transfers(&TransferFilter::default(), page, everyone()).await.is_err());
}

#[tokio::test]
async fn parts_of_a_transfer_that_is_not_there_cost_only_themselves() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let nowhere = TransferId(999);
    let share = journal.post(Draft::by(alice), bob, 5, Some((alice, nowhere)));
    journal.void(Draft::by_timer(), nowhere, 5, VoidReason::Expired);
    let views = projected(&journal).await;
    assert_eq!(views.cursor().await.unwrap(), journal.entries.len() as u64);
    assert_eq!(seen(&views, share).await.of, Some(nowhere));
}

#[tokio::test]
async fn a_batch_may_change_more_rows_than_one_statement_looks_up() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let holds: Vec<_> = (0..450).map(|_| journal.hold(alice, bob, 10)).collect();
    let held = journal.entries.len();
    for hold in &holds {
        journal.post(Draft::by(alice), bob, 10, Some((alice, *hold)));
    }
    let views = projected_by(&journal, held).await;
    for id in holds {
        assert_eq!(seen(&views, id).await.state, TransferState::Posted);
    }
}
