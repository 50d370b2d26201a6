//! Grants: giving authority, reading it, taking it back.

use hansa_kernel::grant::{Action, Create, Limits, Revoke};
use hansa_kernel::{Command, Entry, Event, State};
use hansa_types::{AnyId, Code, Currency, Duration, GrantId, PrincipalId, Rejection, Time};
use hansa_views::{GrantRow, Viewer};
use hansa_wire::api::Page;
use hansa_wire::api::grants::{Grant, GrantCreate, GrantGet, GrantList, GrantRevoke, GrantStatus};
use hansa_wire::scalar::ActionPattern;
use hansa_wire::{Problem, WireAmount};

use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{amount, next, page, views_failed};

/// The patterns of a request as the kernel's.
pub(super) fn actions(patterns: &[ActionPattern]) -> Result<Vec<Action>, Rejection> {
    patterns.iter().map(|pattern| pattern.as_str().parse()).collect()
}

/// Gives authority.
pub(crate) async fn grant_create(
    context: &Context,
    request: GrantCreate,
) -> Result<Answer, Problem> {
    let currency = context.api.currency(request.currency).await?;
    let of = |field, wanted: &Option<WireAmount>| {
        wanted.as_ref().map(|wanted| amount(field, wanted, &currency)).transpose()
    };
    let (per_use, total) = (of("per_use", &request.per_use)?, of("total", &request.total)?);
    let bounded = per_use.is_some() || total.is_some() || request.currency.is_some();
    let limits = Limits { currency: bounded.then_some(currency.code), per_use, total };
    let span = Duration(request.expires_in_s.saturating_mul(1_000));
    let create = Create {
        issuer: issuer(context, &request).await?,
        holder: context.find(&request.holder, Code::PrincipalUnknown).await?,
        actions: actions(&request.actions)?,
        limits,
        expires: context.api.node.now().after(span),
        parent: request.parent,
    };
    let done = context.submit(Step::new(Command::GrantCreate(create))).await?;
    let root = root(context, request.parent).await?;
    Answer::done(&done, &tell_created(&done.entry, root, &currency)?)
}

/// Who gives the grant: who holds the parent, or whose things it is about.
async fn issuer(context: &Context, request: &GrantCreate) -> Result<PrincipalId, Problem> {
    let caller = context.principal()?;
    let Some(named) = &request.on_behalf_of else { return Ok(caller) };
    let behalf = context.find(named, Code::PrincipalUnknown).await?;
    match root(context, request.parent).await? {
        None => Ok(behalf),
        Some(root) if root == behalf => Ok(caller),
        Some(_) => Err(Problem::new(
            Code::GrantNotNarrower,
            "on_behalf_of: the parent is about somebody else's things",
        )),
    }
}

/// Whose things a grant's parent is about.
async fn root(context: &Context, parent: Option<GrantId>) -> Result<Option<PrincipalId>, Problem> {
    let Some(parent) = parent else { return Ok(None) };
    let look = move |state: &State| {
        state.grants.get(&parent).map(|grant| state.principals.get(grant.root).id)
    };
    if let Some(root) = context.api.node.read(context.principal().ok(), look).await? {
        return Ok(Some(root));
    }
    let row = row(context, parent).await?;
    Ok(row.map(|row| row.root))
}

/// Lists the grants that the caller gave or holds, the latest first.
pub(crate) async fn grant_list(context: &Context, request: GrantList) -> Result<Answer, Problem> {
    let query = page(request.cursor.as_ref(), request.limit)?;
    let holder = match &request.holder {
        Some(named) => Some(context.find(named, Code::PrincipalUnknown).await?),
        None => None,
    };
    let node = &context.api.node;
    let as_of_seq = node.views_caught_up().await;
    let rows = node.views.grants(context.principal()?, query).await.map_err(views_failed)?;
    let next_cursor = next(rows.next);
    let wanted = rows.items.into_iter().filter(|row| holder.is_none_or(|id| row.holder == id));
    let data = tell_rows(context, wanted.collect()).await?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Reads a grant.
pub(crate) async fn grant_get(context: &Context, request: GrantGet) -> Result<Answer, Problem> {
    Answer::json(&grant(context, request.grant).await?)
}

/// Takes authority back.
pub(crate) async fn grant_revoke(
    context: &Context,
    request: GrantRevoke,
) -> Result<Answer, Problem> {
    // Who may not see the grant learns nothing of it.
    grant(context, request.grant).await?;
    let revoke = Command::GrantRevoke(Revoke { id: request.grant });
    let done = context.submit(Step::new(revoke)).await?;
    let told = Grant { status: GrantStatus::Revoked, ..grant(context, request.grant).await? };
    Answer::done(&done, &told)
}

async fn grant(context: &Context, id: GrantId) -> Result<Grant, Problem> {
    let row = row(context, id).await?.ok_or(Code::NotFound)?;
    let mut told = tell_rows(context, vec![row]).await?;
    Ok(told.pop().ok_or(Code::Internal)?)
}

/// A grant that the caller may see: its parties, whoever acts for who gave it, and the owner.
async fn row(context: &Context, id: GrantId) -> Result<Option<GrantRow>, Problem> {
    let viewer = context.viewer().await?;
    let views = &context.api.node.views;
    context.api.node.views_caught_up().await;
    if let Some(row) = views.grant(id, viewer).await.map_err(views_failed)? {
        return Ok(Some(row));
    }
    let everyone = Viewer { principal: None, all: true };
    let row = views.grant(id, everyone).await.map_err(views_failed)?;
    Ok(match row {
        Some(row) if context.acts_for(row.issuer).await? => Some(row),
        _ => None,
    })
}

async fn tell_rows(context: &Context, rows: Vec<GrantRow>) -> Result<Vec<Grant>, Problem> {
    let now = context.api.node.now();
    let ids: Vec<GrantId> = rows.iter().map(|row| row.id).collect();
    let look =
        move |state: &State| ids.into_iter().map(|id| is_revoked(state, id)).collect::<Vec<bool>>();
    let revoked = context.api.node.read(context.principal().ok(), look).await?;
    let mut told = Vec::with_capacity(rows.len());
    for (row, revoked) in rows.iter().zip(revoked) {
        let currency = context.api.currency(row.currency).await?;
        told.push(tell_row(row, revoked || row.revoked_at.is_some(), now, &currency));
    }
    Ok(told)
}

/// Whether a grant or one above it was taken back, as far as they are still kept.
fn is_revoked(state: &State, id: GrantId) -> bool {
    let mut next = state.grants.get(&id);
    while let Some(grant) = next {
        if grant.revoked {
            return true;
        }
        next = grant.parent.and_then(|parent| state.grants.get(&parent));
    }
    false
}

fn patterns(actions: impl IntoIterator<Item = String>) -> Vec<ActionPattern> {
    actions.into_iter().filter_map(ActionPattern::new).collect()
}

fn tell_row(row: &GrantRow, revoked: bool, now: Time, currency: &Currency) -> Grant {
    let of = |amount| WireAmount::of(currency, amount);
    Grant {
        id: row.id,
        issuer: row.issuer,
        holder: row.holder,
        on_behalf_of: row.root,
        actions: patterns(row.actions.iter().cloned()),
        per_use: row.per_use.map(of),
        total: row.total.map(of),
        used: row.currency.map(|_| of(row.spent)),
        currency: row.currency,
        parent: row.parent,
        status: match (revoked, row.expires <= now) {
            (true, _) => GrantStatus::Revoked,
            (false, true) => GrantStatus::Expired,
            (false, false) => GrantStatus::Active,
        },
        expires_at: row.expires.into(),
        created_at: row.created_at.into(),
        seq: row.seq,
    }
}

fn tell_created(
    entry: &Entry,
    root: Option<PrincipalId>,
    currency: &Currency,
) -> Result<Grant, Problem> {
    let (Event::GrantCreated(created), AnyId::Grant(id), Some(AnyId::Principal(holder))) =
        (&entry.event, entry.id, entry.subject)
    else {
        return Err(Code::Internal.into());
    };
    let of = |amount| WireAmount::of(currency, amount);
    let limits = &created.limits;
    Ok(Grant {
        id,
        issuer: created.issuer,
        holder,
        on_behalf_of: root.unwrap_or(created.issuer),
        actions: patterns(created.actions.iter().map(|action| action.as_str().to_owned())),
        per_use: limits.per_use.map(of),
        total: limits.total.map(of),
        used: limits.currency.map(|_| of(hansa_types::Amount::ZERO)),
        currency: limits.currency,
        parent: created.parent,
        status: GrantStatus::Active,
        expires_at: created.expires.into(),
        created_at: entry.ts.into(),
        seq: entry.seq,
    })
}
