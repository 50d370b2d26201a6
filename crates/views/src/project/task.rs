//! Tasks: where agreement, work and each milestone stand.
//!
//! Names of skills and milestones are labels in the journal; their text is taken from the
//! envelopes of the task itself, so it is seen by nobody who could not see those.

use std::collections::{BTreeMap, BTreeSet};

use hansa_crypto::hash::label;
use hansa_kernel::task::{
    MilestoneState, Offered, Rated, Settled, Side, Stage, Terms, Verdict, Work,
};
use hansa_kernel::{Entry, Event};
use hansa_types::{AnyId, EnvelopeId, Label, PrincipalId, TaskId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::bulk::{Insert, Values, insert, lookup};
use super::odd;
use super::principal::Lesson;
use crate::column::{Columns, Word as _, json, long, wide};
use crate::error::Error;
use crate::limits::NAME_BYTES_MAX;
use crate::query::tasks::read;
use crate::rows::{MilestoneRow, TaskRow};

const LOOKUP: &str = "SELECT * FROM tasks WHERE id IN ";
const INSERT: Insert = Insert {
    head: "INSERT INTO tasks (seq, id, payer, agent, skill, label, currency, amount, rail, \
           milestones, stage, work, deadline, hold, delegation, last_step, created_at, updated_at) ",
    tail: " ON CONFLICT (seq) DO UPDATE SET amount = excluded.amount, rail = excluded.rail, \
           milestones = excluded.milestones, stage = excluded.stage, work = excluded.work, \
           deadline = excluded.deadline, hold = excluded.hold, delegation = excluded.delegation, \
           last_step = excluded.last_step, updated_at = excluded.updated_at",
};

/// A milestone as it lies in its column.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Milestone {
    name: Option<String>,
    label: Option<Label>,
    pct: u8,
    state: MilestoneState,
    /// The last envelope about it.
    step: Option<EnvelopeId>,
}

impl Milestone {
    /// The same without its name.
    pub(super) fn nameless(self) -> Self {
        Self { name: None, ..self }
    }
}

impl From<Milestone> for MilestoneRow {
    fn from(milestone: Milestone) -> Self {
        let Milestone { name, label, pct, state, .. } = milestone;
        Self { name, label, pct, state }
    }
}

#[derive(Debug)]
struct Record {
    /// Without milestones, which are beside it.
    row: TaskRow,
    milestones: Vec<Milestone>,
    /// The last envelope of the negotiation.
    last: Option<EnvelopeId>,
    changed: bool,
}

/// The tasks that a batch touches.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    records: BTreeMap<TaskId, Record>,
}

/// The two sides of a task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parties {
    pub(super) payer: PrincipalId,
    pub(super) agent: PrincipalId,
}

impl Tasks {
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        wanted: &BTreeSet<TaskId>,
    ) -> Result<Self, Error> {
        let ids: Vec<u128> = wanted.iter().map(|id| id.0).collect();
        let mut tasks = Self::default();
        for row in lookup(connection, LOOKUP, &ids).await? {
            let columns = Columns::new("tasks", &row);
            let record = Record {
                row: read(&row)?,
                milestones: columns.json("milestones")?,
                last: columns.maybe_wide("last_step", EnvelopeId)?,
                changed: false,
            };
            tasks.records.insert(record.row.id, record);
        }
        Ok(tasks)
    }

    pub(super) fn parties(&self, id: TaskId) -> Option<Parties> {
        let row = &self.records.get(&id)?.row;
        Some(Parties { payer: row.payer, agent: row.agent })
    }

    /// The envelope that the entry's one must follow by the kernel's rules, if they leave no choice.
    pub(super) fn parent(&self, id: TaskId, event: &Event) -> Option<EnvelopeId> {
        let record = self.records.get(&id)?;
        let of = |milestone: u8| record.milestones.get(usize::from(milestone))?.step;
        match event {
            Event::TaskCountered(_)
            | Event::TaskAccepted(_)
            | Event::TaskRejected(_)
            | Event::TaskDelegated(_) => record.last,
            Event::TaskExecuted(_) | Event::TaskRevoked(_) => record.row.delegation,
            Event::TaskClaimed(claimed) => of(claimed.milestone),
            Event::TaskAttested(attested) => of(attested.milestone),
            _ => None,
        }
    }

    pub(super) fn offered(&mut self, entry: &Entry, offered: &Offered, document: Option<&Value>) {
        let (AnyId::Task(id), Some(AnyId::Principal(agent)), Some(payer)) =
            (entry.id, entry.subject, entry.actor)
        else {
            return odd(entry, "names no task, agent or payer");
        };
        let Offered { terms, skill } = offered;
        let text = document.and_then(|document| document.pointer("/intent/action")?.as_str());
        let row = TaskRow {
            id,
            seq: entry.seq,
            payer,
            agent,
            skill: text.filter(|text| text.len() <= NAME_BYTES_MAX).map(str::to_owned),
            skill_label: *skill,
            currency: terms.currency,
            amount: terms.amount,
            rail: terms.rail,
            milestones: Vec::new(),
            stage: Stage::Offered,
            work: Work::Submitted,
            deadline: terms.deadline,
            hold: None,
            delegation: None,
            created_at: entry.ts,
            updated_at: entry.ts,
        };
        let milestones = milestones(terms, document);
        let last = entry.auth.proof().map(|proof| proof.id);
        self.records.insert(id, Record { row, milestones, last, changed: true });
    }

    /// Every further step but those that reputation is learnt from.
    pub(super) fn step(&mut self, entry: &Entry, document: Option<&Value>) {
        let step = entry.auth.proof().map(|proof| proof.id);
        let Some(record) = self.change(entry) else { return };
        let row = &mut record.row;
        match &entry.event {
            Event::TaskCountered(countered) => {
                let terms = &countered.terms;
                (row.amount, row.rail, row.deadline) = (terms.amount, terms.rail, terms.deadline);
                record.milestones = milestones(terms, document);
                record.last = step;
            }
            Event::TaskAccepted(_) => (row.stage, record.last) = (Stage::Accepted, step),
            Event::TaskRejected(_) => {
                (row.stage, row.work, record.last) = (Stage::Rejected, Work::Rejected, step);
            }
            Event::TaskDelegated(delegated) => {
                (row.stage, row.work) = (Stage::Delegated, Work::Working);
                (row.hold, row.delegation) = (Some(delegated.hold), step);
            }
            Event::TaskExecuted(executed) => {
                record.milestone(entry, executed.milestone, MilestoneState::Executed);
            }
            Event::TaskClaimed(claimed) => {
                record.milestone(entry, claimed.milestone, MilestoneState::Claimed);
            }
            Event::TaskAttested(attested) => {
                let state = match attested.verdict {
                    Verdict::Accept => MilestoneState::Paid,
                    Verdict::Refuse => MilestoneState::Refused,
                };
                record.milestone(entry, attested.milestone, state);
            }
            Event::TaskRevoked(_) => (row.stage, row.work) = (Stage::Revoked, Work::Canceled),
            Event::TaskExpired(_) => (row.stage, row.work) = (Stage::Expired, Work::Failed),
            _ => odd(entry, "is no step of a task"),
        }
    }

    /// What is learnt of both sides.
    pub(super) fn settled(&mut self, entry: &Entry, settled: &Settled) -> Option<[Lesson; 2]> {
        let row = &mut self.change(entry)?.row;
        row.stage = Stage::Settled;
        row.work = if settled.refused == 0 { Work::Completed } else { Work::Failed };
        let sides = [(row.agent, Side::Agent), (row.payer, Side::Payer)];
        Some(sides.map(|(about, side)| {
            let mut lesson = Lesson::new(about, row.skill_label, side);
            match row.work {
                Work::Completed => lesson.completed = 1,
                _ => lesson.failed = 1,
            }
            lesson
        }))
    }

    pub(super) fn rated(&mut self, entry: &Entry, rated: &Rated) -> Option<Lesson> {
        let row = &self.change(entry)?.row;
        let (about, side) = match entry.actor == Some(row.payer) {
            true => (row.agent, Side::Agent),
            false => (row.payer, Side::Payer),
        };
        let mut lesson = Lesson::new(about, row.skill_label, side);
        (lesson.ratings, lesson.stars) = (1, u64::from(rated.stars));
        Some(lesson)
    }

    fn change(&mut self, entry: &Entry) -> Option<&mut Record> {
        let record = match entry.subject {
            Some(AnyId::Task(id)) => self.records.get_mut(&id),
            _ => None,
        };
        match record {
            Some(record) => {
                (record.changed, record.row.updated_at) = (true, entry.ts);
                Some(record)
            }
            None => {
                odd(entry, "the task is not there");
                None
            }
        }
    }

    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let changed: Vec<_> = self.records.values().filter(|record| record.changed).collect();
        insert(connection, INSERT, &changed, |values, record| bind(values, record)).await
    }
}

impl Record {
    fn milestone(&mut self, entry: &Entry, position: u8, state: MilestoneState) {
        let Some(milestone) = self.milestones.get_mut(usize::from(position)) else {
            return odd(entry, "the task has no such milestone");
        };
        milestone.state = state;
        milestone.step = entry.auth.proof().map(|proof| proof.id);
    }
}

/// The milestones of the terms, named by the document where a name has the label.
fn milestones(terms: &Terms, document: Option<&Value>) -> Vec<Milestone> {
    let open = MilestoneState::Open;
    if terms.milestones.is_empty() {
        return vec![Milestone { name: None, label: None, pct: 100, state: open, step: None }];
    }
    let lists = ["/settle/milestones", "/payload/terms/milestones"];
    let listed = lists.iter().filter_map(|path| document?.pointer(path)?.as_array()).flatten();
    let names = listed.filter_map(|milestone| milestone.get("on")?.as_str());
    let names: BTreeMap<Label, &str> =
        names.filter(|name| name.len() <= NAME_BYTES_MAX).map(|name| (label(name), name)).collect();
    let named = terms.milestones.iter().map(|milestone| Milestone {
        name: names.get(&milestone.on).map(|&name| name.to_owned()),
        label: Some(milestone.on),
        pct: milestone.pct,
        state: open,
        step: None,
    });
    named.collect()
}

fn bind(values: &mut Values<'_>, record: &Record) {
    let row = &record.row;
    values.push_bind(long(row.seq));
    values.push_bind(wide(row.id.0));
    values.push_bind(wide(row.payer.0));
    values.push_bind(wide(row.agent.0));
    values.push_bind(row.skill.clone());
    values.push_bind(row.skill_label.0.to_vec());
    values.push_bind(row.currency.as_str().to_owned());
    values.push_bind(wide(row.amount.0));
    values.push_bind(row.rail.word());
    values.push_bind(json(&record.milestones));
    values.push_bind(row.stage.word());
    values.push_bind(row.work.word());
    values.push_bind(row.deadline.map(|at| long(at.0)));
    values.push_bind(row.hold.map(|id| wide(id.0)));
    values.push_bind(row.delegation.map(|id| wide(id.0)));
    values.push_bind(record.last.map(|id| wide(id.0)));
    values.push_bind(long(row.created_at.0));
    values.push_bind(long(row.updated_at.0));
}
