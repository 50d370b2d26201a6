//! Tasks: listing and reading them.

use hansa_kernel::State;
use hansa_kernel::task::{MilestoneState as Milestone, MilestoneTerms, Rail, Stage, Terms, Work};
use hansa_types::{Amount, Code, Currency, EnvelopeId, Label, TaskId};
use hansa_views::{TaskFilter, TaskRow, Viewer};
use hansa_wire::api::Page;
use hansa_wire::api::tasks::{
    AnyTask, MilestoneState, Task, TaskGet, TaskList, TaskMilestone, TermsState, WorkState,
};
use hansa_wire::{Problem, WireAmount, amp};

use crate::answer::Answer;
use crate::context::Context;
use crate::resolve::{next, page, views_failed};
use crate::sight::EVERYONE;

/// The first and the last envelope of a task that the state still keeps, and the last one's entry.
type Ends = Option<(EnvelopeId, EnvelopeId, u64)>;

/// Lists the tasks that the caller is a party of, the latest first.
pub(crate) async fn task_list(context: &Context, request: TaskList) -> Result<Answer, Problem> {
    if request.declared.0 {
        return super::declared::declared_list(context, request).await;
    }
    let query = page(request.cursor.as_ref(), request.limit)?;
    let party = match &request.party {
        Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
        None => None,
    };
    let filter = TaskFilter { party, stage: request.terms_state.map(stage) };
    let viewer = context.viewer_among(context.viewer().await?, [party]).await?;
    let as_of_seq = context.api.node.views_caught_up().await;
    let rows = context.api.node.views.tasks(&filter, query, viewer).await;
    let rows = rows.map_err(views_failed)?;
    let told = tell_rows(context, &rows.items).await?;
    let data = told.into_iter().map(|task| AnyTask::Contract(Box::new(task))).collect();
    Answer::json(&Page { data, next_cursor: next(rows.next), as_of_seq })
}

/// Reads a task.
pub(crate) async fn task_get(context: &Context, request: TaskGet) -> Result<Answer, Problem> {
    if let Some(declared) = super::declared::find(context, request.task).await? {
        return Answer::json(&declared);
    }
    let viewer = context.viewer().await?;
    context.api.node.views_caught_up().await;
    let views = &context.api.node.views;
    let row = views.task(request.task, viewer).await.map_err(views_failed)?;
    let row = match row {
        Some(row) => row,
        None => for_org(context, request.task, viewer).await?.ok_or(Code::NotFound)?,
    };
    let told = tell_rows(context, std::slice::from_ref(&row)).await?;
    Answer::json(&told.into_iter().next().ok_or(Code::Internal)?)
}

/// A task that the caller sees for being in an organization with one of its parties.
async fn for_org(
    context: &Context,
    task: TaskId,
    viewer: Viewer,
) -> Result<Option<TaskRow>, Problem> {
    let row = context.api.node.views.task(task, EVERYONE).await.map_err(views_failed)?;
    let Some(row) = row else { return Ok(None) };
    let among = context.viewer_among(viewer, [Some(row.payer), Some(row.agent)]).await?;
    Ok((among != viewer).then_some(row))
}

async fn tell_rows(context: &Context, rows: &[TaskRow]) -> Result<Vec<Task>, Problem> {
    let ids: Vec<TaskId> = rows.iter().map(|row| row.id).collect();
    let look = move |state: &State| ids.into_iter().map(|id| ends(state, id)).collect();
    let ends: Vec<Ends> = context.api.node.read(context.principal().ok(), look).await?;
    let mut told = Vec::with_capacity(rows.len());
    for (row, ends) in rows.iter().zip(ends) {
        let currency = context.api.currency(Some(row.currency)).await?;
        told.push(tell(row, ends, &currency));
    }
    Ok(told)
}

fn ends(state: &State, id: TaskId) -> Ends {
    let steps = &state.tasks.get(id)?.steps;
    let (first, last) = (*steps.first()?, *steps.last()?);
    Some((first, last, state.tasks.step(last)?.seq))
}

fn tell(row: &TaskRow, ends: Ends, currency: &Currency) -> Task {
    let of = |amount| WireAmount::of(currency, amount);
    let returned = matches!(row.stage, Stage::Revoked | Stage::Expired) && row.hold.is_some();
    let terms = terms(row);
    let (mut paid, mut refunded) = (Amount::ZERO, Amount::ZERO);
    let mut milestones = Vec::with_capacity(row.milestones.len());
    for (position, milestone) in row.milestones.iter().enumerate() {
        let share = terms.share(position);
        // Shares add up to the price, which fits.
        match milestone.state {
            Milestone::Paid => paid = Amount(paid.0 + share.0),
            Milestone::Refused => refunded = Amount(refunded.0 + share.0),
            _ if returned => refunded = Amount(refunded.0 + share.0),
            _ => {}
        }
        let state = match milestone.state {
            Milestone::Open => MilestoneState::Open,
            Milestone::Executed => MilestoneState::Executed,
            Milestone::Claimed => MilestoneState::Claimed,
            Milestone::Paid => MilestoneState::Paid,
            Milestone::Refused => MilestoneState::Refused,
        };
        let (on, pct, amount) = (milestone.name.clone(), milestone.pct, of(share));
        milestones.push(TaskMilestone { on, pct, amount, state });
    }
    Task {
        id: row.id,
        terms_state: terms_state(row.stage),
        work_state: row.hold.is_some().then(|| work_state(row.work)),
        payer: row.payer,
        agent: Some(row.agent),
        amount: of(row.amount),
        currency: row.currency,
        rail: match row.rail {
            Rail::Escrow => amp::Rail::Escrow,
            Rail::Outcome => amp::Rail::Outcome,
        },
        deadline: row.deadline.map(Into::into),
        milestones,
        escrow: row.hold,
        paid: of(paid),
        refunded: of(refunded),
        root_envelope: ends.map(|(first, ..)| first),
        last_envelope: ends.map(|(_, last, _)| last),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        seq: ends.map_or(row.seq, |(.., seq)| seq),
    }
}

/// The terms as the kernel has them, which alone knows how the price is shared out.
fn terms(row: &TaskRow) -> Terms {
    let milestones = row.milestones.iter().map(|milestone| MilestoneTerms {
        pct: milestone.pct,
        on: milestone.label.unwrap_or(Label([0; 16])),
    });
    let milestones = match row.rail {
        Rail::Escrow => milestones.collect(),
        Rail::Outcome => Vec::new(),
    };
    let (currency, amount, rail) = (row.currency, row.amount, row.rail);
    Terms { currency, amount, rail, milestones, deadline: None, sla: None }
}

fn stage(state: TermsState) -> Stage {
    match state {
        TermsState::Offered => Stage::Offered,
        TermsState::Accepted => Stage::Accepted,
        TermsState::Rejected => Stage::Rejected,
        TermsState::Delegated => Stage::Delegated,
        TermsState::Settled => Stage::Settled,
        TermsState::Revoked => Stage::Revoked,
        TermsState::Expired => Stage::Expired,
    }
}

fn terms_state(stage: Stage) -> TermsState {
    match stage {
        Stage::Offered => TermsState::Offered,
        Stage::Accepted => TermsState::Accepted,
        Stage::Rejected => TermsState::Rejected,
        Stage::Delegated => TermsState::Delegated,
        Stage::Settled => TermsState::Settled,
        Stage::Revoked => TermsState::Revoked,
        Stage::Expired => TermsState::Expired,
    }
}

fn work_state(work: Work) -> WorkState {
    match work {
        Work::Submitted => WorkState::Submitted,
        Work::Working => WorkState::Working,
        Work::Completed => WorkState::Completed,
        Work::Failed => WorkState::Failed,
        Work::Canceled => WorkState::Canceled,
        Work::Rejected => WorkState::Rejected,
        Work::InputRequired => WorkState::InputRequired,
        Work::AuthRequired => WorkState::AuthRequired,
    }
}
