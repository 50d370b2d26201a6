//! Funding requests: asking, listing, approving and rejecting.

use hansa_kernel::funding::{self, Approve, Ask, Reject, Stage};
use hansa_kernel::{Command, State};
use hansa_types::{Code, Currency, FundingId, PrincipalId};
use hansa_wire::api::Page;
use hansa_wire::api::fundings::{
    Funding, FundingApprove, FundingList, FundingReject, FundingRequest, FundingState,
};
use hansa_wire::{Problem, WireAmount};

use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{amount, counted};
use crate::sight::{controls, looks_into};

/// A request as the state has it.
struct Seen {
    id: FundingId,
    agent: PrincipalId,
    funding: funding::Funding,
}

/// Asks for money.
pub(crate) async fn funding_request(
    context: &Context,
    request: FundingRequest,
) -> Result<Answer, Problem> {
    let node = &context.api.node;
    let currency = context.api.currency(request.currency).await?;
    let principal = context.find_or_caller(request.agent.as_ref()).await?;
    let ask = Ask {
        id: FundingId::new(node.now().0, node.env.random_u128()),
        principal,
        currency: currency.code,
        amount: amount("amount", &request.amount, &currency)?,
    };
    decide(context, Command::FundingRequest(ask)).await
}

/// Lists the requests that concern the caller, the newest first.
pub(crate) async fn funding_list(
    context: &Context,
    request: FundingList,
) -> Result<Answer, Problem> {
    let (caller, all) = (context.principal()?, context.sees_all().await?);
    let look = move |state: &State| {
        let seen = state.fundings.iter().filter_map(|(id, funding)| {
            let agent = state.principals.get(funding.principal).id;
            let concerns = all
                || agent == caller
                || controls(state, caller, agent)
                || looks_into(state, caller, agent);
            concerns.then(|| Seen { id, agent, funding: funding.clone() })
        });
        let mut seen: Vec<Seen> = seen.collect();
        // Ids of one moment are in no order: the journal is.
        seen.sort_unstable_by_key(|seen| std::cmp::Reverse(seen.funding.seq));
        (seen, state.seq)
    };
    let (seen, as_of_seq) = context.api.node.read(Some(caller), look).await?;
    let (page, next_cursor) = counted(seen, request.cursor.as_ref(), request.limit)?;
    let mut data = Vec::with_capacity(page.len());
    for seen in page {
        let currency = context.api.currency(Some(seen.funding.currency)).await?;
        data.push(tell(&seen, &currency));
    }
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Mints what was asked for.
pub(crate) async fn funding_approve(
    context: &Context,
    request: FundingApprove,
) -> Result<Answer, Problem> {
    decide(context, Command::FundingApprove(Approve { id: request.funding })).await
}

/// Declines a request.
pub(crate) async fn funding_reject(
    context: &Context,
    request: FundingReject,
) -> Result<Answer, Problem> {
    decide(context, Command::FundingReject(Reject { id: request.funding })).await
}

async fn decide(context: &Context, command: Command) -> Result<Answer, Problem> {
    let done = context.submit(Step::new(command)).await?;
    let hansa_types::AnyId::Funding(id) = done.entry.id else { return Err(Code::Internal.into()) };
    let look = move |state: &State| {
        let funding = state.fundings.get(id)?.clone();
        Some(Seen { id, agent: state.principals.get(funding.principal).id, funding })
    };
    let seen = context.api.node.read(context.principal().ok(), look).await?;
    let seen = seen.ok_or(Code::NotFound)?;
    let currency = context.api.currency(Some(seen.funding.currency)).await?;
    Answer::done(&done, &tell(&seen, &currency))
}

fn tell(seen: &Seen, currency: &Currency) -> Funding {
    let Seen { id, agent, funding } = seen;
    Funding {
        id: *id,
        agent: *agent,
        amount: WireAmount::of(currency, funding.amount),
        currency: funding.currency,
        state: match funding.stage {
            Stage::Open => FundingState::Requested,
            Stage::Approved => FundingState::Approved,
            Stage::Rejected => FundingState::Rejected,
        },
        requested_at: funding.requested.into(),
        decided_at: funding.decided.map(Into::into),
    }
}
