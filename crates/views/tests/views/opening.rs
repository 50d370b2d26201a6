//! What is found where the file should be, and what becomes of it.

use std::path::Path;

use hansa_types::TransferId;
use hansa_views::{Error, Views};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};

use crate::journal::{Journal, Place, everyone, projected};

fn journal() -> (Journal, TransferId) {
    let mut journal = Journal::new();
    let (alice, bob) = (journal.person(), journal.person());
    for amount in 1..500 {
        journal.pay(alice, bob, amount);
    }
    let last = journal.pay(bob, alice, 1);
    (journal, last)
}

async fn closed(journal: &Journal) -> Place {
    let place = projected(journal).await;
    place.close().await.unwrap();
    place
}

async fn execute(file: &Path, statement: &'static str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// Opens a file that is of no use, and projects everything again.
async fn assert_rebuilt(file: &Path, journal: &Journal, last: TransferId) {
    let views = Views::open(file).await.unwrap();
    assert_eq!(views.cursor().await.unwrap(), 0);
    views.apply(&journal.entries).await.unwrap();
    assert!(views.transfer(last, everyone()).await.unwrap().is_some());
    views.close().await.unwrap();
    let views = Views::open(file).await.unwrap();
    assert_eq!(views.cursor().await.unwrap(), journal.entries.len() as u64);
    assert!(views.transfer(last, everyone()).await.unwrap().is_some());
}

#[tokio::test]
async fn closed_views_go_on_where_they_stood() {
    let (mut journal, _) = journal();
    let place = closed(&journal).await;
    let views = Views::open(&place.dir.path().join("views.db")).await.unwrap();
    assert_eq!(views.cursor().await.unwrap(), journal.entries.len() as u64);
    journal.currency("EUR", 2);
    let agent = journal.agent(crate::journal::card("A", "a", &[]));
    let envelope = journal.envelope_id();
    let accepted = hansa_kernel::node::ClockAccepted { jump_ms: 1 };
    let draft = crate::journal::Draft::by(agent).envelope(envelope, None);
    journal.add(draft, hansa_kernel::Event::ClockAccepted(accepted));
    views.apply(&journal.entries[journal.entries.len() - 3..]).await.unwrap();
    let row = views.envelope(envelope, everyone()).await.unwrap().unwrap();
    assert_eq!(row.to, Some(crate::journal::NODE), "the node is remembered");
}

#[tokio::test]
async fn views_that_were_not_closed_are_checked_and_go_on() {
    let (journal, last) = journal();
    let Place { views, dir } = projected(&journal).await;
    let file = dir.path().join("views.db");
    let copy = dir.path().join("copy.db");
    // What a crash leaves: the file and its log, as they are at this moment.
    std::fs::copy(&file, &copy).unwrap();
    std::fs::copy(dir.path().join("views.db-wal"), dir.path().join("copy.db-wal")).unwrap();
    let again = Views::open(&copy).await.unwrap();
    assert_eq!(again.cursor().await.unwrap(), views.cursor().await.unwrap());
    assert!(again.transfer(last, everyone()).await.unwrap().is_some());
}

#[tokio::test]
async fn calls_on_closed_views_fail() {
    let (journal, _) = journal();
    let views = closed(&journal).await;
    assert!(matches!(views.apply(&[]).await, Err(Error::Closed)));
    assert!(matches!(views.cursor().await, Err(Error::Closed)));
    assert!(matches!(views.reset().await, Err(Error::Closed)));
    assert!(views.transfer(TransferId(1), everyone()).await.is_err());
    views.close().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_database_is_rebuilt() {
    let (journal, last) = journal();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("views.db");
    std::fs::write(&file, "not a database ".repeat(1_000)).unwrap();
    assert_rebuilt(&file, &journal, last).await;
}

#[tokio::test]
async fn a_file_with_a_damaged_schema_is_rebuilt() {
    let (journal, last) = journal();
    let place = closed(&journal).await;
    let file = place.dir.path().join("views.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100..200].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    assert_rebuilt(&file, &journal, last).await;
}

#[tokio::test]
async fn a_file_that_was_not_closed_and_is_damaged_inside_is_rebuilt() {
    let (journal, last) = journal();
    let place = closed(&journal).await;
    let file = place.dir.path().join("views.db");
    execute(&file, "UPDATE meta SET clean = 0").await;
    let mut bytes = std::fs::read(&file).unwrap();
    let (from, to) = (bytes.len() / 2, bytes.len() * 3 / 4);
    bytes[from..to].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    assert_rebuilt(&file, &journal, last).await;
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_rebuilt() {
    let (journal, last) = journal();
    let place = closed(&journal).await;
    let file = place.dir.path().join("views.db");
    execute(&file, "UPDATE meta SET clean = 0").await;
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert_rebuilt(&file, &journal, last).await;
}

#[tokio::test]
async fn another_format_is_rebuilt() {
    let (journal, last) = journal();
    for statement in [
        "UPDATE meta SET format = 0",
        "UPDATE meta SET format = 999",
        "DELETE FROM meta",
        "DROP TABLE meta",
        "ALTER TABLE meta RENAME COLUMN format TO shape",
    ] {
        let place = closed(&journal).await;
        let file = place.dir.path().join("views.db");
        execute(&file, statement).await;
        assert_rebuilt(&file, &journal, last).await;
    }
}

#[tokio::test]
async fn a_log_left_behind_by_another_file_is_deleted_with_it() {
    let (journal, last) = journal();
    let place = projected(&journal).await;
    let file = place.dir.path().join("views.db");
    let stale = std::fs::read(place.dir.path().join("views.db-wal")).unwrap();
    place.close().await.unwrap();
    std::fs::write(&file, "not a database ".repeat(1_000)).unwrap();
    std::fs::write(place.dir.path().join("views.db-wal"), stale).unwrap();
    assert_rebuilt(&file, &journal, last).await;
}

#[tokio::test]
async fn the_database_of_something_else_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("views.db");
    execute(&file, "CREATE TABLE precious (things); INSERT INTO precious VALUES (1)").await;
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(Views::open(&file).await, Err(Error::Foreign { .. })));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let opened = Views::open(&dir.path().join("nowhere/views.db")).await;
    assert!(matches!(opened, Err(Error::Database { .. })));
}

#[tokio::test]
async fn odd_names_of_files_are_no_matter() {
    let (journal, last) = journal();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("50% of ?views#1 größe.db");
    std::fs::write(&file, "not a database ".repeat(1_000)).unwrap();
    assert_rebuilt(&file, &journal, last).await;
}
