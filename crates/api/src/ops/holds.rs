//! Pending transfers: posting and voiding them.

use hansa_kernel::transfer::{Post, Void};
use hansa_kernel::{Command, Event, State};
use hansa_types::{Code, Currency, CurrencyCode, PrincipalId, TransferId};
use hansa_views::TransferRow;
use hansa_wire::Problem;
use hansa_wire::api::transfers::{Transfer, TransferPost, TransferState, TransferVoid};

use super::transfers::answer_done;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{amount, views_failed};
use crate::tell;

/// Posts a pending transfer, whole or in part.
pub(crate) async fn transfer_post(
    context: &Context,
    request: TransferPost,
) -> Result<Answer, Problem> {
    let code = find(context, request.transfer).await?;
    let currency = context.api.currency(Some(code)).await?;
    let part = request.amount.as_ref().map(|part| amount("amount", part, &currency)).transpose()?;
    let post = Post { id: request.transfer, amount: part };
    let done = context.submit(Step::new(Command::TransferPost(post))).await?;
    answer_done(&done, &currency)
}

/// Voids a pending transfer.
pub(crate) async fn transfer_void(
    context: &Context,
    request: TransferVoid,
) -> Result<Answer, Problem> {
    let code = find(context, request.transfer).await?;
    let currency = context.api.currency(Some(code)).await?;
    let void = Void { id: request.transfer };
    let done = context.submit(Step::new(Command::TransferVoid(void))).await?;
    if !matches!(done.entry.event, Event::TransferVoided(_)) {
        return Err(Code::Internal.into());
    }
    let row = row(context, request.transfer).await?.ok_or(Code::Internal)?;
    let voided = tell_voided(&row, done.entry.seq, &currency);
    Ok(Answer::done(&done, &voided)?.with_transfer(request.transfer))
}

/// What a transfer is like once it was voided, whatever else the read models know by now.
fn tell_voided(row: &TransferRow, seq: u64, currency: &Currency) -> Transfer {
    let told = tell::transfer_row(row, currency);
    Transfer { state: TransferState::Voided, seq: Some(seq), expires_at: None, ..told }
}

/// The currency of a transfer that the caller may know of.
async fn find(context: &Context, id: TransferId) -> Result<CurrencyCode, Problem> {
    let caller = context.principal()?;
    let look = move |state: &State| pending(state, id);
    let held = context.api.node.read(Some(caller), look).await?;
    if let Some((code, parties)) = held {
        for party in parties {
            if context.sees_money_of(party).await? || may_act_for(context, party).await? {
                return Ok(code);
            }
        }
        return Err(Code::TransferUnknown.into());
    }
    let row = row(context, id).await?.ok_or(Code::TransferUnknown)?;
    Ok(row.currency)
}

fn pending(state: &State, id: TransferId) -> Option<(CurrencyCode, [PrincipalId; 2])> {
    let held = state.held.get(&id)?;
    let of = |handle| state.principals.get(handle).id;
    let code = state.ledger.currency_state(held.currency).currency.code;
    Some((code, [of(held.payer), of(held.payee)]))
}

/// Whether the caller holds a grant of a party's, so that it learns no more than it knows.
async fn may_act_for(context: &Context, party: PrincipalId) -> Result<bool, Problem> {
    let caller = context.principal()?;
    let holds = move |state: &State| {
        let (caller, party) = (state.principals.find(caller)?, state.principals.find(party)?);
        let grants = state.principals.get(caller).grants.iter();
        Some(grants.filter_map(|id| state.grants.get(id)).any(|grant| grant.root == party))
    };
    let holds = context.api.node.read(Some(caller), holds).await?;
    Ok(holds.unwrap_or(false))
}

async fn row(context: &Context, id: TransferId) -> Result<Option<TransferRow>, Problem> {
    let viewer = context.money_viewer().await?;
    context.api.node.views_caught_up().await;
    let row = context.api.node.views.transfer(id, viewer).await;
    row.map_err(views_failed)
}
