//! Grants: who holds what, and what was spent under it.

use hansa_kernel::Event;
use hansa_kernel::grant::{Created, Limits, Relinquished, Revoked, Scope, Terms, Used};
use hansa_kernel::transfer::{Burned, Minted, Pending, Posted};
use hansa_types::{Amount, GrantId, PrincipalId, Time, TransferId};
use hansa_views::GrantFilter;

use crate::journal::{Draft, Journal, NODE, as_seen_by, avt, everyone, first, projected_by};

fn give(
    journal: &mut Journal,
    from: PrincipalId,
    to: PrincipalId,
    parent: Option<GrantId>,
) -> GrantId {
    let id = GrantId(journal.next());
    let limits = Limits {
        currency: Some(avt()),
        per_use: None,
        total: Some(Amount(1_000)),
        uses_max: Some(9),
    };
    let actions = vec!["transfer_create".parse().unwrap()];
    let scope = Scope { counterparties: vec![to], ..Scope::default() }.boxed();
    let expires = Time(1_766_000_000_000);
    let depth_max = Some(if parent.is_some() { 2 } else { 3 });
    let created = Created::new(from, Terms { actions, limits, scope, expires, depth_max }, parent);
    journal.add(Draft::by(from).id(id).about(to), Event::GrantCreated(created));
    id
}

#[tokio::test]
async fn what_is_spent_is_charged_to_the_whole_chain_however_it_is_batched() {
    let mut journal = Journal::new();
    let (alice, bob, carol) = (journal.person(), journal.person(), journal.person());
    let above = give(&mut journal, alice, bob, None);
    let below = give(&mut journal, bob, carol, Some(above));
    let (currency, fee, grant) = (avt(), Amount(1), Some(below));
    let hold = TransferId(journal.next());
    let pending = Pending {
        from: Some(alice),
        amount: Amount(40),
        currency,
        fee,
        expires: Time(1_764_000_000_000),
        task: None,
        grant,
    };
    journal.add(Draft::by(carol).id(hold).about(bob), Event::TransferPending(pending));
    // The release of what was charged already.
    journal.post(Draft::by(alice), bob, 40, Some((alice, hold)));
    let paid = TransferId(journal.next());
    let posted = Posted {
        from: Some(alice),
        amount: Amount(2),
        currency,
        fee,
        of: None,
        grant: Some(above),
    };
    journal.add(Draft::by(bob).id(paid).about(carol), Event::TransferPosted(posted));
    journal.add(Draft::by(carol).id(below).about(carol), Event::GrantUsed(Used {}));
    journal.add(Draft::by(alice).id(above).about(bob), Event::GrantRevoked(Revoked {}));
    let relinquished = Event::GrantRelinquished(Relinquished {});
    let last = journal.add(Draft::by(carol).id(below).about(carol), relinquished);
    for batch in [1, 2, 100] {
        let views = projected_by(&journal, batch).await;
        let row = views.grant(above, everyone()).await.unwrap().unwrap();
        assert_eq!((row.spent, row.root, row.ended_seq), (Amount(42), alice, Some(last - 1)));
        assert!(row.revoked_at.is_some() && row.relinquished_at.is_none());
        assert_eq!((row.uses, row.uses_max, row.depth, row.depth_max), (3, Some(9), 0, Some(3)));
        assert_eq!(row.scope.unwrap().counterparties, [bob]);
        let row = views.grant(below, everyone()).await.unwrap().unwrap();
        assert_eq!((row.spent, row.root, row.parent), (Amount(40), alice, Some(above)));
        assert_eq!((row.issuer, row.holder, row.revoked_at), (bob, carol, None));
        assert_eq!(
            (row.uses, row.depth, row.depth_max, row.ended_seq),
            (2, 1, Some(2), Some(last))
        );
        assert!(row.relinquished_at.is_some());
        assert_eq!(
            (row.total, row.per_use, row.currency),
            (Some(Amount(1_000)), None, Some(avt()))
        );
        assert_eq!(row.actions, ["transfer_create"]);
        assert_eq!(views.transfer(hold, as_seen_by(carol)).await.unwrap().unwrap().grant, grant);
    }
}

#[tokio::test]
async fn grants_are_listed_for_giver_and_holder_and_hidden_from_others() {
    let mut journal = Journal::new();
    let (alice, bob, carol) = (journal.person(), journal.person(), journal.person());
    let above = give(&mut journal, alice, bob, None);
    let below = give(&mut journal, bob, carol, Some(above));
    let other = give(&mut journal, carol, carol, None);
    let views = projected_by(&journal, 100).await;
    let all = GrantFilter::default();
    for (party, expected) in
        [(alice, vec![above]), (bob, vec![below, above]), (carol, vec![other, below])]
    {
        let page = views.grants(party, all, first(9)).await.unwrap();
        assert_eq!(page.items.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
    }
    let page = views.grants(bob, all, first(1)).await.unwrap();
    let after = hansa_views::PageQuery { after: page.next, limit: 1 };
    assert_eq!(views.grants(bob, all, after).await.unwrap().items[0].id, above);
    for (filter, expected) in [
        (GrantFilter { issuer: Some(bob), holder: None }, Some(below)),
        (GrantFilter { issuer: None, holder: Some(bob) }, Some(above)),
        (GrantFilter { issuer: Some(alice), holder: Some(carol) }, None),
    ] {
        let page = views.grants(bob, filter, first(1)).await.unwrap();
        assert_eq!(page.items.first().map(|row| row.id), expected);
        assert!(page.next.is_none(), "a page is filtered before it is cut");
    }
    assert_eq!(views.grant(above, as_seen_by(carol)).await.unwrap(), None);
    assert!(views.grant(below, as_seen_by(alice)).await.unwrap().is_some(), "on whose behalf");
}

#[tokio::test]
async fn money_made_and_destroyed_under_a_grant_is_charged_to_it() {
    let mut journal = Journal::new();
    let clerk = journal.person();
    let grant = give(&mut journal, NODE, clerk, None);
    let (mint, burn) = (TransferId(journal.next()), TransferId(journal.next()));
    let (currency, under) = (avt(), Some(grant));
    let minted = Minted { amount: Amount(7), currency, grant: under };
    journal.add(Draft::by(clerk).id(mint).about(NODE), Event::MoneyMinted(minted));
    let burned = Burned { amount: Amount(5), currency, grant: under };
    journal.add(Draft::by(clerk).id(burn).about(NODE), Event::MoneyBurned(burned));
    let views = projected_by(&journal, 100).await;
    let row = views.grant(grant, as_seen_by(clerk)).await.unwrap().unwrap();
    assert_eq!((row.spent, row.root), (Amount(12), NODE));
    for id in [mint, burn] {
        let row = views.transfer(id, as_seen_by(clerk)).await.unwrap().unwrap();
        assert_eq!(row.grant, under);
    }
}
