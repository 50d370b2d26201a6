//! Verdicts of policy sets in shadow that differ from what counted.

use hansa_types::AnyId;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteRow;

use super::list::{Branches, List};
use crate::column::Columns;
use crate::error::Error;
use crate::rows::{Page, PageQuery, PolicyDifferenceRow};

pub(crate) async fn differences(
    pool: &SqlitePool,
    page: PageQuery,
) -> Result<Page<PolicyDifferenceRow>, Error> {
    let list = List {
        table: "policy_differences",
        branches: Branches::all(),
        filter: &|_, _| {},
        read,
        seq: |row: &PolicyDifferenceRow| row.seq,
    };
    list.page(pool, page).await
}

fn read(row: &SqliteRow) -> Result<PolicyDifferenceRow, Error> {
    let columns = Columns::new("policy_differences", row);
    let subject = columns.maybe_text("subject")?;
    Ok(PolicyDifferenceRow {
        seq: columns.number("seq")?,
        at: columns.time("at")?,
        subject: subject.and_then(|text| text.parse::<AnyId>().ok()),
        enforced: columns.json("enforced")?,
        differs: columns.json("differs")?,
    })
}
