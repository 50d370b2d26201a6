//! The ledger of a task, which is its record in the journal.

use hansa_types::{ActionId, AnyId, Code, Digest, TaskId};
use hansa_wire::agp::AgpError;
use hansa_wire::agp::ledger::{Elsewhere, cursor, event, is_about, place, replay, wanted};
use hansa_wire::api::Page;
use hansa_wire::api::actions::{Replay, TaskReplay};
use hansa_wire::api::clearance::{Artifact, ArtifactList};
use hansa_wire::api::tasks::{AnyTask, TaskList};
use hansa_wire::scalar::{Cursor, Flag, Limit, WireTime};
use serde_json::{Value, json};

use super::asked::Asked;
use super::registry::LOOKED_THROUGH;
use super::{Reply, invalid};

/// The record of a task as events.
struct Ledger {
    events: Vec<Value>,
    head: Digest,
}

/// Reads the ledger of a task.
async fn ledger(asked: &Asked, task: TaskId) -> Result<Ledger, AgpError> {
    let record: Replay = asked.native("replay", &TaskReplay { task, from: None }).await?;
    // A contract has neither a declaration nor artifacts.
    let declared = asked.declared(task).await.ok();
    let principal = declared.as_ref().map_or_else(String::new, |task| task.principal.to_string());
    let principal = if principal.is_empty() { "unspecified".to_owned() } else { principal };
    let mut elsewhere = Elsewhere::default();
    if declared.is_some() {
        learn(asked, task, &mut elsewhere).await?;
    }
    let (name, steps) = (task.to_string(), record.steps.iter());
    let events = steps.map(|step| event(step, &name, &principal, &elsewhere)).collect();
    Ok(Ledger { events, head: record.head })
}

async fn learn(asked: &Asked, task: TaskId, elsewhere: &mut Elsewhere) -> Result<(), AgpError> {
    let mut list = ArtifactList { task, cursor: None, limit: LOOKED_THROUGH };
    loop {
        let page: Page<Artifact> = asked.native("artifacts", &list).await?;
        elsewhere.learn(&page.data);
        match page.next_cursor {
            None => return Ok(()),
            cursor => list.cursor = cursor,
        }
    }
}

/// Every step of a task, in order.
pub(super) async fn task_replay(asked: &Asked) -> Result<Reply, AgpError> {
    let task: TaskId = asked.id()?;
    let Ledger { events, head } = ledger(asked, task).await?;
    let now = WireTime(asked.api.node.now());
    Ok(Reply::new(asked.route, replay(&task.to_string(), events, &head, now)))
}

/// Adds a step that happened elsewhere, as evidence of it.
pub(super) async fn ledger_event_create(asked: &Asked) -> Result<Reply, AgpError> {
    let wanted = wanted(&asked.body).map_err(invalid)?;
    let task = wanted.evidence.task;
    asked.declared(task).await?;
    if let Some(after) = wanted.after
        && ledger(asked, task).await?.head != after
    {
        let detail = "prev_event_hash: the task's ledger has gone on";
        return Err(hansa_types::Rejection::new(Code::TaskState, detail).into());
    }
    let made: Artifact = asked.native("event", &wanted.evidence).await?;
    let id = made.id.to_string();
    let events = ledger(asked, task).await?.events;
    let told = events.into_iter().find(|event| event["event_id"] == id);
    Ok(Reply::new(asked.route, told.ok_or(Code::Internal)?))
}

/// Lists steps: of one task, of one action, or of every task of the caller's, one after the other.
pub(super) async fn ledger_event_list(asked: &Asked) -> Result<Reply, AgpError> {
    let (at, limit) = asked.place()?;
    let (begin, tasks) = match &at {
        None => (0, None),
        Some(at) => place(at.as_str()).ok_or(Code::InvalidCursor)?,
    };
    let (task, behind) = match named(asked).await? {
        Some(task) if tasks.is_none() => (Some(task), None),
        Some(_) => return Err(Code::InvalidCursor.into()),
        None => next_task(asked, tasks).await?,
    };
    let Some(task) = task else { return Ok(Reply::new(asked.route, told(Vec::new(), None))) };
    let events = ledger(asked, task).await?.events;
    let end = begin.saturating_add(usize::from(limit.items()));
    let more = (events.len() > end).then(|| cursor(end, tasks));
    let next = more.or_else(|| behind.map(|behind| cursor(0, Some(behind.as_str()))));
    let page = events.into_iter().skip(begin).take(usize::from(limit.items()));
    let (action, outcome) = (asked.param("action_id"), asked.param("outcome"));
    let fits = |event: &Value| is_about(event, action, outcome);
    Ok(Reply::new(asked.route, told(page.filter(fits).collect(), next)))
}

/// The task that a list is narrowed to.
async fn named(asked: &Asked) -> Result<Option<TaskId>, AgpError> {
    if let Some(text) = asked.param("task_id") {
        return text.parse().map(Some).map_err(|_| Code::NotFound.into());
    }
    let Some(text) = asked.param("action_id") else { return Ok(None) };
    match text.parse::<AnyId>() {
        Ok(AnyId::Action(id)) => Ok(Some(asked.action(ActionId(id.0)).await?.task)),
        _ => Err(Code::NotFound.into()),
    }
}

/// One of the caller's tasks, and where those behind it are.
async fn next_task(
    asked: &Asked,
    tasks: Option<&str>,
) -> Result<(Option<TaskId>, Option<Cursor>), AgpError> {
    let cursor = match tasks {
        None => None,
        Some(text) => Some(Cursor::new(text).ok_or(Code::InvalidCursor)?),
    };
    let limit = Limit::new(1).ok_or(Code::Internal)?;
    let list = TaskList { declared: Flag(true), cursor, limit, ..TaskList::default() };
    let page: Page<AnyTask> = asked.native("tasks", &list).await?;
    let first = page.data.into_iter().next();
    let task = first.and_then(|any| match any {
        AnyTask::Declared(task) => Some(task.id),
        AnyTask::Contract(_) => None,
    });
    Ok((task, page.next_cursor))
}

fn told(items: Vec<Value>, next: Option<String>) -> Value {
    json!({ "items": items, "page": { "has_more": next.is_some(), "next_cursor": next } })
}
