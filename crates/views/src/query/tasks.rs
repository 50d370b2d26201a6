//! Tasks: one by its id, and lists by party and stage.

use hansa_types::{EnvelopeId, Label, PrincipalId, TaskId, TransferId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, SqlitePool};

use super::list::{List, Sides};
use super::restrict;
use crate::column::{Columns, Word as _, wide};
use crate::error::Error;
use crate::project::Milestone;
use crate::rows::{Page, PageQuery, TaskFilter, TaskRow, Viewer};

const SIDES: Sides = Sides { two: ["payer", "agent"], other: None };
const SEEN_BY: &[&str] = &["payer", "agent"];

pub(crate) async fn one(
    pool: &SqlitePool,
    id: TaskId,
    viewer: Viewer,
) -> Result<Option<TaskRow>, Error> {
    let mut builder = QueryBuilder::new("SELECT * FROM tasks WHERE id = ");
    builder.push_bind(wide(id.0));
    if !restrict(&mut builder, viewer, SEEN_BY) {
        return Ok(None);
    }
    let row = builder.build().fetch_optional(pool).await;
    row.map_err(Error::database("read a task"))?.as_ref().map(read).transpose()
}

pub(crate) async fn list(
    pool: &SqlitePool,
    filter: &TaskFilter,
    page: PageQuery,
    viewer: Viewer,
) -> Result<Page<TaskRow>, Error> {
    let list = List {
        table: "tasks",
        branches: SIDES.branches(filter.party, viewer),
        filter: &|builder, guide| {
            if let Some(stage) = filter.stage {
                builder.push(" AND ").push(guide.column("stage")).push(" = ");
                builder.push_bind(stage.word());
            }
        },
        read,
        seq: |row: &TaskRow| row.seq,
    };
    list.page(pool, page).await
}

pub(crate) fn read(row: &SqliteRow) -> Result<TaskRow, Error> {
    let columns = Columns::new("tasks", row);
    let milestones: Vec<Milestone> = columns.json("milestones")?;
    Ok(TaskRow {
        id: columns.wide("id", TaskId)?,
        seq: columns.number("seq")?,
        payer: columns.wide("payer", PrincipalId)?,
        agent: columns.wide("agent", PrincipalId)?,
        skill: columns.maybe_text("skill")?.map(str::to_owned),
        skill_label: columns.wide("label", |label| Label(label.to_be_bytes()))?,
        currency: columns.code("currency")?,
        amount: columns.amount("amount")?,
        rail: columns.word("rail")?,
        milestones: milestones.into_iter().map(Into::into).collect(),
        stage: columns.word("stage")?,
        work: columns.word("work")?,
        deadline: columns.maybe_time("deadline")?,
        hold: columns.maybe_wide("hold", TransferId)?,
        delegation: columns.maybe_wide("delegation", EnvelopeId)?,
        created_at: columns.time("created_at")?,
        updated_at: columns.time("updated_at")?,
    })
}
