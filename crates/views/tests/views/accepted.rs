//! Idempotency keys: found for a day, then let go.

use hansa_types::{Correlation, Duration};
use hansa_views::Views;

use crate::journal::{Journal, NODE, projected_by};

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
async fn keys_are_found_in_every_span_and_the_oldest_span_is_let_go_of() {
    let mut journal = Journal::new();
    journal.person();
    let mut uses = Vec::new();
    // Four uses make a span.
    for key in [1, 2, 1, 3, 2, 5, 3, 6, 1] {
        uses.push(keyed(&mut journal, key, key));
        for _ in 0..11_000 {
            journal.pay(NODE, NODE, 1);
        }
    }
    let views = projected_by(&journal, 2_000).await;
    assert_eq!(found(&views, 1).await, Some(uses[8]), "the last use is among the youngest");
    assert_eq!(found(&views, 2).await, Some(uses[4]), "the last use is in the second span");
    assert_eq!(found(&views, 3).await, Some(uses[6]));
    assert_eq!(found(&views, 5).await, Some(uses[5]));
    assert_eq!(found(&views, 4).await, None);

    a_day_later(&mut journal, 7, &views).await;
    assert_eq!(found(&views, 1).await, None, "the youngest and the first span are over");
    assert_eq!(found(&views, 2).await, Some(uses[4]), "one span is let go of at a time");
    a_day_later(&mut journal, 8, &views).await;
    assert_eq!(found(&views, 2).await, None);
    assert!(found(&views, 7).await.is_some() && found(&views, 8).await.is_some());
}

async fn found(views: &Views, key: u8) -> Option<u64> {
    let found = views.accepted(u128::from_be_bytes([key; 16])).await.unwrap();
    let (seq, body) = found?;
    assert_eq!(body, u64::from_be_bytes([key; 8]));
    Some(seq)
}

/// Projects the use of a key a day after everything before.
async fn a_day_later(journal: &mut Journal, key: u8, views: &Views) {
    keyed(journal, key, key);
    let entry = &mut journal.entries.last_mut().unwrap().entry;
    entry.ts = entry.ts.after(Duration::hours(24));
    let cursor = usize::try_from(views.cursor().await.unwrap()).unwrap();
    views.apply(&journal.entries[cursor..]).await.unwrap();
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
