//! Idempotency keys: found for a day, then let go.

use hansa_types::{Correlation, Duration};

use crate::journal::{Journal, projected_by};

fn keyed(journal: &mut Journal, key: u8, body: u8) -> u64 {
    let payer = journal.entries[2].entry.actor.unwrap_or(crate::journal::NODE);
    let payee = journal.person();
    journal.pay(payer, payee, 1);
    let mut corr = [body; 24];
    corr[..16].fill(key);
    let paid = journal.entries.last_mut().unwrap();
    paid.entry.corr = Some(Correlation(corr));
    paid.entry.seq
}

#[tokio::test]
async fn a_key_leads_to_the_entry_that_used_it_last() {
    let mut journal = Journal::new();
    journal.person();
    let first = keyed(&mut journal, 1, 7);
    let other = keyed(&mut journal, 2, 8);
    for batch in [1, 100] {
        let views = projected_by(&journal, batch).await;
        let body = |body| u64::from_be_bytes([body; 8]);
        assert_eq!(
            views.accepted(u128::from_be_bytes([1; 16])).await.unwrap(),
            Some((first, body(7)))
        );
        assert_eq!(
            views.accepted(u128::from_be_bytes([2; 16])).await.unwrap(),
            Some((other, body(8)))
        );
        assert_eq!(views.accepted(u128::from_be_bytes([3; 16])).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_key_is_let_go_of_after_a_day() {
    let mut journal = Journal::new();
    journal.person();
    keyed(&mut journal, 1, 7);
    let late = keyed(&mut journal, 2, 8);
    let entry = &mut journal.entries.last_mut().unwrap().entry;
    entry.ts = entry.ts.after(Duration::hours(24));
    let views = projected_by(&journal, 1).await;
    assert_eq!(views.accepted(u128::from_be_bytes([1; 16])).await.unwrap(), None);
    let kept = views.accepted(u128::from_be_bytes([2; 16])).await.unwrap();
    assert_eq!(kept.map(|(seq, _)| seq), Some(late));
}
