//! Transfers: quoting, making, listing and reading them.

use std::collections::HashMap;

use hansa_kernel::transfer::{Create, Hold};
use hansa_kernel::{Auth, Caller, Command, Entry, Request};
use hansa_node::Done;
use hansa_types::{
    Amount, AnyId, Code, Currency, Did, Duration, PrincipalId, Rejection, TransferId,
};
use hansa_views::{TransferFilter, TransferRow, Viewer};
use hansa_wire::api::Page;
use hansa_wire::api::transfers::{
    BatchResult, BatchResults, Quote, Transfer, TransferBatch, TransferCreate, TransferGet,
    TransferItem, TransferList, TransferQuote,
};
use hansa_wire::scalar::PrincipalRef;
use hansa_wire::{Problem, WireAmount};

use super::trial::{attempt, attempt_as};
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{amount, next, page, views_failed};
use crate::sight::EVERYONE;
use crate::tell;

/// Says what a transfer would cost. Whether it can be paid is part of the answer.
pub(crate) async fn transfer_quote(
    context: &Context,
    request: TransferQuote,
) -> Result<Answer, Problem> {
    let TransferQuote { from, to, amount, currency } = request;
    let wanted = TransferItem { from, to, amount, currency, hold: None };
    let (create, currency) = create(context, wanted.into()).await?;
    if !context.knows_affairs_of(create.from).await? {
        return Err(Code::PrincipalUnknown.into());
    }
    // Whether somebody may pay in their name is not asked, so nobody's authority is used.
    let caller = Caller { principal: Some(create.from), auth: Auth::Machine };
    let command = Command::TransferCreate(create.clone());
    let request = Request::new(caller, command, None);
    let sufficient = match attempt_as(context, request).await {
        Ok(_) => true,
        Err(rejection) if rejection.code == Code::InsufficientFunds => false,
        Err(rejection) => return Err(rejection.into()),
    };
    let (fee, as_of_seq) = fee_on(context, &create).await?;
    let total = create.amount.plus(fee).ok_or(Code::AmountOverflow)?;
    Answer::json(&Quote {
        amount: WireAmount::of(&currency, create.amount),
        currency: currency.code,
        fee: WireAmount::of(&currency, fee),
        total: WireAmount::of(&currency, total),
        sufficient,
        as_of_seq,
    })
}

/// The fee on a transfer; the node itself pays none.
async fn fee_on(context: &Context, create: &Create) -> Result<(Amount, u64), Problem> {
    let (from, code, amount) = (create.from, create.currency, create.amount);
    let me = context.api.me().await?;
    let look = move |state: &hansa_kernel::State| -> Result<(Amount, u64), Rejection> {
        let rule = state.ledger.currency_state(state.ledger.currency(code)?).fee;
        let fee =
            if from == me { Amount::ZERO } else { rule.on(amount).ok_or(Code::AmountOverflow)? };
        Ok((fee, state.seq))
    };
    Ok(context.api.node.read(context.principal().ok(), look).await??)
}

/// Moves money, or sets it aside.
pub(crate) async fn transfer_create(
    context: &Context,
    request: TransferCreate,
) -> Result<Answer, Problem> {
    let dry_run = request.dry_run;
    let (create, currency) = create(context, request).await?;
    let command = Command::TransferCreate(create);
    if dry_run {
        return answer_dry(&attempt(context, command).await?, &currency);
    }
    let done = context.submit(Step::new(command)).await?;
    answer_done(&done, &currency)
}

/// Makes many transfers, each by itself.
pub(crate) async fn transfer_batch(
    context: &Context,
    request: TransferBatch,
) -> Result<Answer, Problem> {
    if context.is_by_envelope() {
        let detail = "intent.action: an envelope carries one transfer; send several, in any order";
        return Err(Problem::new(Code::InvalidField, detail));
    }
    let prepared = prepare(context, request.items).await?;
    let steps = prepared.iter().enumerate().filter_map(|(index, item)| {
        let (create, _) = item.as_ref().ok()?;
        Some(Step::new(Command::TransferCreate(create.clone())).part(index.to_string()))
    });
    let outcomes = context.submit_all(steps.collect()).await?;
    let repeated = outcomes.iter().flatten().any(|done| done.repeated);
    let mut outcomes = outcomes.into_iter();
    let results = prepared.into_iter().map(|item| {
        let tell = |(_, currency): Prepared| match outcomes.next() {
            Some(Ok(done)) => told(&done.entry, &currency),
            Some(Err(rejection)) => Err(rejection.into()),
            None => Err(Code::Internal.into()),
        };
        BatchResult::of(item.and_then(tell))
    });
    let answer = Answer::json(&BatchResults { results: results.collect() })?;
    Ok(Answer { repeated, ..answer })
}

/// A transfer ready to be made, and the currency to tell of it in.
pub(super) type Prepared = (Create, Currency);

/// The kernel's commands for the items of a batch, with a refusal for each that has none.
async fn prepare(
    context: &Context,
    items: Vec<TransferItem>,
) -> Result<Vec<Result<Prepared, Problem>>, Problem> {
    let named = items.iter().flat_map(|item| item.from.iter().chain([&item.to]));
    let known = context.find_dids(dids(named)).await?;
    let mut prepared = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let create = create_known(context, item.into(), &known).await;
        prepared.push(create.map_err(|mut problem| {
            problem.detail = format!("items[{index}]: {}", problem.detail);
            for error in &mut problem.errors {
                error.field = format!("items[{index}].{}", error.field);
            }
            problem
        }));
    }
    Ok(prepared)
}

fn dids<'a>(named: impl Iterator<Item = &'a PrincipalRef>) -> Vec<Did> {
    let dids = named.filter_map(|named| match named {
        PrincipalRef::Did(did) => Some(did.clone()),
        PrincipalRef::Id(_) => None,
    });
    dids.collect()
}

/// The kernel's command for a request.
pub(super) async fn create(
    context: &Context,
    request: TransferCreate,
) -> Result<Prepared, Problem> {
    let known = context.find_dids(dids(request.from.iter().chain([&request.to]))).await?;
    create_known(context, request, &known).await
}

async fn create_known(
    context: &Context,
    request: TransferCreate,
    known: &HashMap<Did, PrincipalId>,
) -> Result<Prepared, Problem> {
    let currency = context.api.currency(request.currency).await?;
    let find = |named: &PrincipalRef, missing: Code| match named {
        PrincipalRef::Id(id) => Ok(*id),
        PrincipalRef::Did(did) => known.get(did).copied().ok_or(missing),
    };
    let from = match &request.from {
        Some(named) => find(named, Code::PrincipalUnknown)?,
        None => context.principal()?,
    };
    let create = Create {
        from,
        to: find(&request.to, Code::PayeeUnknown)?,
        currency: currency.code,
        amount: amount("amount", &request.amount, &currency)?,
        hold: request.hold.map(|hold| Hold {
            life: hold.expires_in_s.map(|s| Duration(s.saturating_mul(1_000))),
        }),
    };
    Ok((create, currency))
}

/// The answer to a transfer that was made.
pub(super) fn answer_done(done: &Done, currency: &Currency) -> Result<Answer, Problem> {
    let answer = Answer::done(done, &told(&done.entry, currency)?)?;
    Ok(match done.entry.id {
        AnyId::Transfer(id) => answer.with_transfer(id),
        _ => answer,
    })
}

/// The answer to a transfer that would be made.
pub(super) fn answer_dry(entry: &Entry, currency: &Currency) -> Result<Answer, Problem> {
    let transfer = Transfer { id: None, seq: None, ..told(entry, currency)? };
    Ok(Answer::json(&transfer)?.with_status(200))
}

pub(super) fn told(entry: &Entry, currency: &Currency) -> Result<Transfer, Problem> {
    tell::transfer(entry, currency).ok_or_else(|| Code::Internal.into())
}

/// Lists transfers, the latest first.
pub(crate) async fn transfer_list(
    context: &Context,
    request: TransferList,
) -> Result<Answer, Problem> {
    let query = page(request.cursor.as_ref(), request.limit)?;
    let account = match &request.account {
        Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
        None => None,
    };
    let filter =
        TransferFilter { account, currency: request.currency, ..TransferFilter::default() };
    let viewer = context.viewer_among(context.money_viewer().await?, [account]).await?;
    let as_of_seq = context.api.node.views_caught_up().await;
    let rows = context.api.node.views.transfers(&filter, query, viewer).await;
    let rows = rows.map_err(views_failed)?;
    let mut data = Vec::with_capacity(rows.items.len());
    for row in &rows.items {
        data.push(tell::transfer_row(row, &context.api.currency(Some(row.currency)).await?));
    }
    Answer::json(&Page { data, next_cursor: next(rows.next), as_of_seq })
}

/// Reads a transfer.
pub(crate) async fn transfer_get(
    context: &Context,
    request: TransferGet,
) -> Result<Answer, Problem> {
    let viewer = context.money_viewer().await?;
    context.api.node.views_caught_up().await;
    let views = &context.api.node.views;
    let row = views.transfer(request.transfer, viewer).await.map_err(views_failed)?;
    let row = match row {
        Some(row) => row,
        None => {
            let found = for_org(context, request.transfer, viewer).await?;
            found.ok_or(Code::TransferUnknown)?
        }
    };
    let currency = context.api.currency(Some(row.currency)).await?;
    Answer::json(&tell::transfer_row(&row, &currency))
}

/// A transfer that the caller sees for being in an organization with one of its sides.
async fn for_org(
    context: &Context,
    id: TransferId,
    viewer: Viewer,
) -> Result<Option<TransferRow>, Problem> {
    let row = context.api.node.views.transfer(id, EVERYONE).await.map_err(views_failed)?;
    let Some(row) = row else { return Ok(None) };
    let among = context.viewer_among(viewer, [row.from, row.to]).await?;
    Ok((among != viewer).then_some(row))
}
