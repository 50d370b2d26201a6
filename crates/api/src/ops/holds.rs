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
use crate::sight::EVERYONE;
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

/// The currency of a transfer that the caller has something to do with.
async fn find(context: &Context, id: TransferId) -> Result<CurrencyCode, Problem> {
    let look = move |state: &State| pending(state, id);
    let held = context.api.node.read(Some(context.principal()?), look).await?;
    let (code, parties) = match held {
        Some(held) => held,
        None => {
            let row = row(context, id).await?.ok_or(Code::TransferUnknown)?;
            (row.currency, [row.from, row.to])
        }
    };
    for party in parties.into_iter().flatten() {
        if context.knows_affairs_of(party).await? {
            return Ok(code);
        }
    }
    Err(Code::TransferUnknown.into())
}

fn pending(state: &State, id: TransferId) -> Option<(CurrencyCode, [Option<PrincipalId>; 2])> {
    let held = state.held.get(&id)?;
    let of = |handle| Some(state.principals.get(handle).id);
    let code = state.ledger.currency_state(held.currency).currency.code;
    Some((code, [of(held.payer), of(held.payee)]))
}

/// A transfer, whoever may see it.
async fn row(context: &Context, id: TransferId) -> Result<Option<TransferRow>, Problem> {
    context.api.node.views_caught_up().await;
    let row = context.api.node.views.transfer(id, EVERYONE).await;
    row.map_err(views_failed)
}
