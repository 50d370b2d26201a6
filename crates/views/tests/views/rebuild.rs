//! The views are a cache: built again they are the same, and only the next entry may follow.

use std::path::Path;

use hansa_kernel::Event;
use hansa_kernel::grant::{Created, Limits, Terms};
use hansa_kernel::principal::{ApiKeyCreated, Erased};
use hansa_kernel::task::Verdict;
use hansa_kernel::transfer::VoidReason;
use hansa_types::{ApiKeyId, Digest, GrantId, Time};
use hansa_views::{Error, TransferFilter, Views};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{
    Column as _, Connection as _, Row as _, SqliteConnection, TypeInfo as _, ValueRef as _,
};

use crate::journal::{
    Draft, Journal, NODE, card, everyone, first, priced, projected, projected_by,
};

/// A journal with something of everything.
fn town() -> Journal {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    let early = journal.agent(priced(card("Early", "file", &["law"]), "2", "EUR"));
    let agent = journal.agent(priced(card("Tax", "file", &["law", "tax"]), "2.5", "AVT"));
    journal.currency("EUR", 2);
    for n in 1..90 {
        journal.mint(alice, n);
        journal.pay(alice, bob, n);
        let hold = journal.hold(bob, alice, 100);
        if n % 2 == 0 {
            journal.post(Draft::by(bob), alice, 60, Some((bob, hold)));
        }
        if n % 3 == 0 {
            journal.void(Draft::by_timer(), hold, 40, VoidReason::Expired);
        }
    }
    for stars in 1..=5 {
        journal.good_work(alice, agent, "file", stars);
        let work = journal.delegate(bob, early, "file");
        journal.milestone(&work, 1, Verdict::Refuse);
    }
    journal.set_card(early, Some(card("Late", "paint", &["art"])));
    journal.set_card(alice, None);
    journal.add(Draft::by(early).about(early), Event::PrincipalErased(Erased {}));
    journal.good_work(bob, agent, "tax", 4);
    let key = ApiKeyId(journal.next());
    let created = ApiKeyCreated { secret: Digest::ZERO, actions: vec![], expires: None };
    journal.add(Draft::by(alice).id(key).about(alice), Event::ApiKeyCreated(created));
    let grant = GrantId(journal.next());
    let (limits, scope) = (Limits::default(), None);
    let terms = Terms { actions: vec![], limits, scope, expires: Time(1), depth_max: None };
    let created = Created::new(NODE, terms, None);
    journal.add(Draft::by(NODE).id(grant).about(alice), Event::GrantCreated(created));
    journal
}

fn text(row: &SqliteRow) -> String {
    let columns = row.columns().iter().map(|column| {
        let value = row.try_get_raw(column.ordinal()).unwrap();
        let text = match (value.is_null(), value.type_info().name()) {
            (true, _) => "null".to_owned(),
            (_, "INTEGER") => row.get::<i64, _>(column.ordinal()).to_string(),
            (_, "BLOB") => format!("{:02x?}", row.get::<Vec<u8>, _>(column.ordinal())),
            _ => row.get::<String, _>(column.ordinal()),
        };
        format!("{}={text}", column.name())
    });
    columns.collect::<Vec<_>>().join(" ")
}

/// Every row of every table. Of the search index, whose inner layout depends on how it grew, every
/// word with where it stands.
async fn dump(file: &Path) -> Vec<String> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let words = "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, agents_fts, instance)";
    sqlx::query(words).execute(&mut connection).await.unwrap();
    let mut lines = Vec::new();
    for query in [
        "SELECT seq FROM meta",
        "SELECT * FROM currencies ORDER BY 1",
        "SELECT * FROM transfers ORDER BY seq",
        "SELECT * FROM principals ORDER BY seq",
        "SELECT * FROM skills ORDER BY 1, 2",
        "SELECT * FROM labels ORDER BY 1",
        "SELECT * FROM tags ORDER BY 1, 2",
        "SELECT * FROM reputations ORDER BY 1, 2, 3",
        "SELECT * FROM api_keys ORDER BY seq",
        "SELECT * FROM grants ORDER BY seq",
        "SELECT * FROM tasks ORDER BY seq",
        "SELECT * FROM envelopes ORDER BY seq",
        "SELECT * FROM temp.words ORDER BY 1, 2, 3, 4",
    ] {
        let rows = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
        assert!(!rows.is_empty(), "{query}");
        lines.extend(rows.iter().map(|row| format!("{query}: {}", text(row))));
    }
    lines
}

#[tokio::test]
async fn however_the_journal_is_cut_the_tables_are_the_same() {
    let journal = town();
    let whole = projected(&journal).await;
    let expected = dump(&whole.dir.path().join("views.db")).await;
    for batch in [1, 2, 7, 64, 100] {
        let views = projected_by(&journal, batch).await;
        assert_eq!(dump(&views.dir.path().join("views.db")).await, expected, "batches of {batch}");
    }
}

#[tokio::test]
async fn views_built_again_after_deletion_are_the_same() {
    let journal = town();
    let place = projected_by(&journal, 50).await;
    let file = place.dir.path().join("views.db");
    place.close().await.unwrap();
    let before = dump(&file).await;
    std::fs::remove_file(&file).unwrap();
    let views = Views::open(&file).await.unwrap();
    assert_eq!(views.cursor().await.unwrap(), 0);
    views.apply(&journal.entries).await.unwrap();
    views.close().await.unwrap();
    assert_eq!(dump(&file).await, before);
}

#[tokio::test]
async fn a_reset_begins_before_the_first_entry() {
    let journal = town();
    let place = projected(&journal).await;
    let file = place.dir.path().join("views.db");
    let before = dump(&file).await;
    place.reset().await.unwrap();
    assert_eq!((place.cursor().await.unwrap(), *place.subscribe().borrow()), (0, 0));
    let page = place.transfers(&TransferFilter::default(), first(9), everyone()).await.unwrap();
    assert_eq!(page.items, []);
    place.apply(&journal.entries).await.unwrap();
    assert_eq!(dump(&file).await, before);
}

#[tokio::test]
async fn a_gap_is_refused_and_changes_nothing() {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    journal.pay(alice, bob, 1);
    let views = projected_by(&journal, 100).await;
    for amount in 2..6 {
        journal.pay(alice, bob, amount);
    }
    let after = |seq: usize| &journal.entries[seq..];
    let gap = views.apply(after(6)).await;
    assert!(matches!(gap, Err(Error::Gap { expected: 6, found: 7 })), "{gap:?}");
    let again = views.apply(after(0)).await;
    assert!(matches!(again, Err(Error::Gap { expected: 6, found: 1 })), "{again:?}");
    let torn = [after(5)[0].clone(), after(5)[2].clone()];
    let torn = views.apply(&torn).await;
    assert!(matches!(torn, Err(Error::Gap { expected: 7, found: 8 })), "{torn:?}");
    assert_eq!(views.cursor().await.unwrap(), 5);
    views.apply(&[]).await.unwrap();
    views.apply(after(5)).await.unwrap();
    assert_eq!(views.cursor().await.unwrap(), 9);
}

#[tokio::test]
async fn waiting_ends_when_the_entry_is_projected_or_the_time_is_over() {
    let journal = town();
    let dir = tempfile::tempdir().unwrap();
    let views = Views::open(&dir.path().join("views.db")).await.unwrap();
    assert_eq!(views.caught_up(5, std::future::ready(())).await, 0);
    let never = std::future::pending();
    let (seen, applied) = tokio::join!(views.caught_up(60, never), async {
        for entries in journal.entries[..60].chunks(20) {
            views.apply(entries).await?;
        }
        Ok::<_, Error>(())
    });
    applied.unwrap();
    assert_eq!(seen, 60);
    assert_eq!(views.caught_up(60, std::future::pending()).await, 60, "at once");
    assert_eq!(*views.subscribe().borrow(), 60);
}

#[tokio::test]
async fn a_batch_that_is_given_up_halfway_leaves_nothing() {
    let journal = town();
    let whole = projected(&journal).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("views.db");
    let views = Views::open(&file).await.unwrap();
    for polls in 1..20 {
        let mut apply = std::pin::pin!(views.apply(&journal.entries));
        for _ in 0..polls {
            let mut later = std::pin::pin!(tokio::task::yield_now());
            tokio::select! {
                biased;
                done = &mut apply => unreachable!("a thousand rows are not written at once: {done:?}"),
                () = &mut later => {}
            }
        }
    }
    assert_eq!(views.cursor().await.unwrap(), 0);
    views.apply(&journal.entries).await.unwrap();
    assert_eq!(dump(&file).await, dump(&whole.dir.path().join("views.db")).await);
}
