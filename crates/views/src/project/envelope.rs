//! Envelopes: what was signed, and what followed what.
//!
//! The edge to the parent is what the document says. Without the document (it may be erased) it is
//! what the kernel's rules leave as the only possibility, so that a task's graph survives erasure.

use hansa_kernel::{Entry, EnvelopeProof, Event};
use hansa_types::{AnyId, EnvelopeId, PrincipalId, TaskId};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::Working;
use super::bulk::{Insert, insert};
use super::task::Tasks;
use crate::column::{Columns, json, long, wide};
use crate::error::Error;
use crate::rows::EnvelopeRow;

const INSERT: Insert = Insert {
    head: "INSERT INTO envelopes (seq, id, at, kind, verb, parent, sender, recipient, task, document) ",
    tail: " ON CONFLICT (id) DO NOTHING",
};

/// The kinds that an envelope may have on the wire; another word is not repeated.
const KINDS: &[&str] = &["intent", "delegation", "inference", "outcome"];

/// Where an envelope belongs, as far as the task knows before it is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    task: Option<TaskId>,
    parent: Option<EnvelopeId>,
}

/// An envelope to be written.
pub(super) type Record = EnvelopeRow;

impl Link {
    pub(super) fn of(tasks: &Tasks, entry: &Entry) -> Self {
        let task = match (&entry.event, entry.id, entry.subject) {
            (Event::TaskOffered(_), AnyId::Task(id), _) => Some(id),
            (event, _, Some(AnyId::Task(id))) if verb(event).is_some() => Some(id),
            _ => None,
        };
        let parent = task.and_then(|task| tasks.parent(task, &entry.event));
        Self { task, parent }
    }
}

impl Record {
    pub(super) fn new(
        working: &Working<'_>,
        entry: &Entry,
        proof: &EnvelopeProof,
        link: Link,
        document: Option<&Value>,
    ) -> Self {
        let said = |name: &str| document.and_then(|document| document.get(name)?.as_str());
        let step = verb(&entry.event);
        let kind = match step {
            Some((_, kind)) => kind,
            None => said("kind").filter(|kind| KINDS.contains(kind)).unwrap_or("intent"),
        };
        let parties = link.task.and_then(|task| working.tasks.parties(task));
        let to = match parties {
            Some(parties) if entry.actor == Some(parties.payer) => Some(parties.agent),
            Some(parties) => Some(parties.payer),
            None => working.known.node,
        };
        Self {
            id: proof.id,
            seq: entry.seq,
            at: entry.ts,
            kind: kind.to_owned(),
            verb: step.map(|(verb, _)| verb.to_owned()),
            parent: said("parent").and_then(|id| id.parse().ok()).or(link.parent),
            from: entry.actor,
            to,
            task: link.task,
            document: document.filter(|document| document.is_object()).cloned(),
        }
    }
}

/// The AMP verb and the kind of envelope that bring an event about.
fn verb(event: &Event) -> Option<(&'static str, &'static str)> {
    match event {
        Event::TaskOffered(_)
        | Event::TaskCountered(_)
        | Event::TaskAccepted(_)
        | Event::TaskRejected(_) => Some(("negotiate", "intent")),
        Event::TaskDelegated(_) => Some(("delegate", "delegation")),
        Event::TaskExecuted(_) => Some(("execute", "inference")),
        Event::TaskClaimed(_) => Some(("settle", "outcome")),
        Event::TaskAttested(_) | Event::TaskRated(_) => Some(("attest", "outcome")),
        Event::TaskRevoked(_) => Some(("revoke", "delegation")),
        _ => None,
    }
}

pub(super) async fn store(
    connection: &mut SqliteConnection,
    records: &[Record],
) -> Result<(), Error> {
    insert(connection, INSERT, records, |values, row| {
        values.push_bind(long(row.seq));
        values.push_bind(wide(row.id.0));
        values.push_bind(long(row.at.0));
        values.push_bind(row.kind.clone());
        values.push_bind(row.verb.clone());
        values.push_bind(row.parent.map(|id| wide(id.0)));
        values.push_bind(row.from.map(|id| wide(id.0)));
        values.push_bind(row.to.map(|id| wide(id.0)));
        values.push_bind(row.task.map(|id| wide(id.0)));
        values.push_bind(row.document.as_ref().map(json));
    })
    .await
}

/// The node's own principal, if the first entry is projected.
pub(crate) async fn node(connection: &mut SqliteConnection) -> Result<Option<PrincipalId>, Error> {
    let row = sqlx::query("SELECT id FROM principals WHERE kind = 'node' ORDER BY seq LIMIT 1")
        .fetch_optional(connection)
        .await
        .map_err(Error::database("find the node"))?;
    row.map(|row| Columns::new("principals", &row).wide("id", PrincipalId)).transpose()
}
