//! The record of a task: its entries in order, chained, with what was known at each step.

use std::collections::BTreeMap;

use hansa_crypto::chain;
use hansa_crypto::merkle::leaf_hash;
use hansa_kernel::{Entry, State};
use hansa_types::{Code, Digest, TaskId};
use hansa_wire::Problem;
use hansa_wire::api::actions::{Replay, ReplayStep, TaskReplay};
use serde_json::{Map, Value};

use super::actions::Recorded;
use crate::answer::Answer;
use crate::context::Context;
use crate::resolve::views_failed;

/// Whether the caller has a part in a task: as a party of it, by having acted in it, or as the
/// node's owner.
pub(super) async fn takes_part(context: &Context, task: Option<TaskId>) -> Result<bool, Problem> {
    let (Some(task), Ok(looker)) = (task, context.principal()) else { return Ok(false) };
    let party = move |state: &State| {
        let looker = state.principals.find(looker);
        looker.is_some_and(|looker| state.takes_part(task, looker))
    };
    let node = &context.api.node;
    if node.read(Some(looker), party).await? || context.sees_all().await? {
        return Ok(true);
    }
    node.views_caught_up().await;
    node.views.acted_in(task, looker).await.map_err(views_failed)
}

/// All entries of a task that are listed.
pub(super) async fn record(context: &Context, task: TaskId) -> Result<Recorded, Problem> {
    let node = &context.api.node;
    node.views_caught_up().await;
    let seqs = node.views.task_records(task).await.map_err(views_failed)?;
    super::actions::read(context, seqs).await
}

/// Replays a task.
pub(crate) async fn task_replay(context: &Context, request: TaskReplay) -> Result<Answer, Problem> {
    if !takes_part(context, Some(request.task)).await? {
        return Err(Code::NotFound.into());
    }
    let as_of_seq = context.api.node.views_caught_up().await;
    let recorded = record(context, request.task).await?;
    if recorded.entries.is_empty() {
        return Err(Code::NotFound.into());
    }
    let from = request.from.map_or(0, |from| from.0);
    let (mut steps, mut head, mut known) = (Vec::new(), Digest::ZERO, Known::default());
    for (entry, (seq, line)) in recorded.entries.iter().zip(&recorded.lines) {
        let leaf = leaf_hash(line);
        let prev = head;
        head = chain::next(&prev, &leaf);
        known.learn(entry);
        if *seq >= from {
            steps.push(ReplayStep {
                seq: *seq,
                at: entry.ts.into(),
                prev,
                hash: head,
                leaf,
                entry: members(line)?,
                known: known.tell(),
            });
        }
    }
    Answer::json(&Replay { task: request.task, steps, head, as_of_seq })
}

fn members(line: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(line) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Code::Internal.into()),
    }
}

/// What there is of a task so far: ids by the kind of entry that brought them about.
#[derive(Default)]
struct Known(BTreeMap<&'static str, Vec<String>>);

impl Known {
    fn learn(&mut self, entry: &Entry) {
        self.0.entry(entry.event.kind()).or_default().push(entry.id.to_string());
    }

    fn tell(&self) -> Map<String, Value> {
        let told = |(kind, ids): (&&'static str, &Vec<String>)| {
            ((*kind).to_owned(), Value::from(ids.clone()))
        };
        self.0.iter().map(told).collect()
    }
}
