//! Grants: giving authority, reading it, taking it back and giving it up.

use hansa_kernel::grant::{
    Action, Create, Created, Ended, Limits, Relinquish, Revoke, Scope, Terms,
};
use hansa_kernel::limits::GRANT_DEPTH_MAX;
use hansa_kernel::{Command, Entry, Event, State};
use hansa_types::{Amount, AnyId, Code, Currency, Duration, GrantId, PrincipalId, Rejection, Time};
use hansa_views::{GrantFilter, GrantRow};
use hansa_wire::api::Page;
use hansa_wire::api::grants::{
    Grant, GrantCreate, GrantGet, GrantLink, GrantList, GrantRelinquish, GrantRevoke, GrantStatus,
};
use hansa_wire::scalar::{ActionPattern, ResourcePattern, WireKey};
use hansa_wire::{Problem, Request, WireAmount};

use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::resolve::{amount, next, page, views_failed};
use crate::sight::{EVERYONE, EVERYTHING};

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
    let span = Duration(request.expires_in_s.saturating_mul(1_000));
    let terms = Terms {
        actions: actions(&request.actions)?,
        limits: Limits {
            currency: bounded.then_some(currency.code),
            per_use,
            total,
            uses_max: request.uses_max,
        },
        scope: scope(context, &request).await?.boxed(),
        expires: context.api.node.now().after(span),
        depth_max: request.depth_max,
    };
    let create = Create {
        issuer: issuer(context, &request).await?,
        holder: context.find(&request.holder, Code::PrincipalUnknown).await?,
        terms,
        parent: request.parent,
    };
    let done = context.submit(Step::new(Command::GrantCreate(create))).await?;
    let row = created_row(context, &done.entry).await?;
    Answer::done(&done, &tell_row(row, false, Time(0), &currency))
}

/// The row of a grant that was just made, which the read models may not have yet.
async fn created_row(context: &Context, entry: &Entry) -> Result<GrantRow, Problem> {
    let (Event::GrantCreated(created), AnyId::Grant(id), Some(AnyId::Principal(holder))) =
        (&entry.event, entry.id, entry.subject)
    else {
        return Err(Code::Internal.into());
    };
    let look = move |state: &State| {
        let grant = state.grants.get(&id)?;
        Some((state.principals.get(grant.root).id, grant.depth))
    };
    let found = context.api.node.read(context.principal().ok(), look).await?;
    let (root, depth) = found.unwrap_or((created.issuer, 0));
    let Created { issuer, actions, limits, scope, expires, depth_max, parent } = created.clone();
    Ok(GrantRow {
        id,
        seq: entry.seq,
        root,
        issuer,
        holder,
        actions: actions.iter().map(|action| action.as_str().to_owned()).collect(),
        currency: limits.currency,
        per_use: limits.per_use,
        total: limits.total,
        uses_max: limits.uses_max,
        scope,
        spent: Amount::ZERO,
        uses: 0,
        expires,
        depth,
        depth_max,
        parent,
        created_at: entry.ts,
        revoked_at: None,
        relinquished_at: None,
        ended_seq: None,
    })
}

async fn scope(context: &Context, request: &GrantCreate) -> Result<Scope, Problem> {
    let mut counterparties = Vec::with_capacity(request.counterparties.len());
    for named in &request.counterparties {
        counterparties.push(context.find(named, Code::PrincipalUnknown).await?);
    }
    let resources = request.resources.iter().map(|pattern| pattern.as_str().parse());
    Ok(Scope {
        resources: resources.collect::<Result<_, Rejection>>()?,
        counterparties,
        jurisdictions: request.jurisdictions.clone(),
        key: request.holder_key.map(|key| key.0),
    })
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

/// Lists the grants that the caller gave or holds, or those of whom they name and act for, the latest
/// first.
pub(crate) async fn grant_list(context: &Context, request: GrantList) -> Result<Answer, Problem> {
    let query = page(request.cursor.as_ref(), request.limit)?;
    let mut filter = GrantFilter::default();
    if let Some(named) = &request.issuer {
        filter.issuer = Some(context.find(named, Code::PrincipalUnknown).await?);
    }
    if let Some(named) = &request.holder {
        filter.holder = Some(context.find(named, Code::PrincipalUnknown).await?);
    }
    let node = &context.api.node;
    let as_of_seq = node.views_caught_up().await;
    let party = party(context, &filter).await?;
    let rows = node.views.grants(party, filter, query).await;
    let rows = rows.map_err(views_failed)?;
    let next_cursor = next(rows.next);
    let data = tell_rows(context, rows.items).await?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Whose grants are listed: those of the issuer or holder that is named, for the node's owner and for
/// whoever may list what the node gives; else the caller's own.
async fn party(context: &Context, filter: &GrantFilter) -> Result<PrincipalId, Problem> {
    let caller = context.principal()?;
    let named = filter.issuer.or(filter.holder).unwrap_or(caller);
    if named == caller || filter.holder == Some(caller) {
        return Ok(caller);
    }
    let now = context.api.node.now();
    let look = move |state: &State| {
        let of_node = state.node().is_ok_and(|node| node.id == named);
        let action = if of_node { GrantList::OPERATION } else { EVERYTHING };
        state.may_for_node(caller, action, now)
    };
    Ok(match context.api.node.read(Some(caller), look).await? {
        true => named,
        false => caller,
    })
}

/// Reads a grant, with every one above it.
pub(crate) async fn grant_get(context: &Context, request: GrantGet) -> Result<Answer, Problem> {
    Answer::json(&grant(context, request.grant).await?)
}

/// Takes authority back.
pub(crate) async fn grant_revoke(
    context: &Context,
    request: GrantRevoke,
) -> Result<Answer, Problem> {
    let revoke = Command::GrantRevoke(Revoke { id: request.grant });
    end(context, request.grant, revoke, GrantStatus::Revoked).await
}

/// Gives a grant up.
pub(crate) async fn grant_relinquish(
    context: &Context,
    request: GrantRelinquish,
) -> Result<Answer, Problem> {
    let relinquish = Command::GrantRelinquish(Relinquish { id: request.grant });
    end(context, request.grant, relinquish, GrantStatus::Relinquished).await
}

async fn end(
    context: &Context,
    id: GrantId,
    command: Command,
    status: GrantStatus,
) -> Result<Answer, Problem> {
    // Who may not see the grant learns nothing of it.
    row(context, id).await?.ok_or(Code::NotFound)?;
    let done = context.submit(Step::new(command)).await?;
    let told = Grant { status, chain: Vec::new(), ..grant(context, id).await? };
    Answer::done(&done, &told)
}

async fn grant(context: &Context, id: GrantId) -> Result<Grant, Problem> {
    let row = row(context, id).await?.ok_or(Code::NotFound)?;
    let above = above(context, &row).await?;
    let mut told = tell_rows(context, std::iter::once(row).chain(above).collect()).await?;
    let mut grant = told.remove(0);
    grant.chain = told.into_iter().rev().map(link).collect();
    Ok(grant)
}

/// A grant that the caller may see: its parties, whoever acts for who gave it or controls who holds
/// it, and the owner.
pub(super) async fn row(context: &Context, id: GrantId) -> Result<Option<GrantRow>, Problem> {
    let viewer = context.viewer().await?;
    let views = &context.api.node.views;
    context.api.node.views_caught_up().await;
    if let Some(row) = views.grant(id, viewer).await.map_err(views_failed)? {
        return Ok(Some(row));
    }
    let row = views.grant(id, EVERYONE).await.map_err(views_failed)?;
    let Some(row) = row else { return Ok(None) };
    let has_a_hand = context.acts_for(row.issuer).await? || context.manages(row.holder).await?;
    Ok(Some(row).filter(|_| has_a_hand))
}

/// The grants above one, the nearest first. Whoever holds a link knows what it hangs on.
pub(super) async fn above(context: &Context, row: &GrantRow) -> Result<Vec<GrantRow>, Problem> {
    let views = &context.api.node.views;
    let (mut above, mut next) = (Vec::new(), row.parent);
    while let Some(id) = next.filter(|_| above.len() <= usize::from(GRANT_DEPTH_MAX)) {
        let Some(row) = views.grant(id, EVERYONE).await.map_err(views_failed)? else { break };
        next = row.parent;
        above.push(row);
    }
    Ok(above)
}

pub(super) async fn tell_rows(
    context: &Context,
    rows: Vec<GrantRow>,
) -> Result<Vec<Grant>, Problem> {
    let now = context.api.node.now();
    let ids: Vec<GrantId> = rows.iter().map(|row| row.id).collect();
    let look =
        move |state: &State| ids.into_iter().map(|id| is_ended(state, id)).collect::<Vec<bool>>();
    let ended = context.api.node.read(context.principal().ok(), look).await?;
    let mut told = Vec::with_capacity(rows.len());
    for (row, ended) in rows.into_iter().zip(ended) {
        let currency = context.api.currency(row.currency).await?;
        told.push(tell_row(row, ended, now, &currency));
    }
    Ok(told)
}

/// Whether a grant or one above it was taken back or given up, as far as it is kept itself.
fn is_ended(state: &State, id: GrantId) -> bool {
    let in_force = state.grants.get(&id).is_some_and(|grant| grant.ended.is_none());
    let mut missing = None;
    let ended = state.grants.chain(id).any(|(_, grant)| {
        missing = grant.parent;
        grant.ended == Some(Ended::Revoked)
    });
    // What was above and is kept no longer had ended, for nothing outlives its parent by its terms.
    ended || (in_force && missing.is_some())
}

fn patterns<T>(texts: impl IntoIterator<Item = String>, of: fn(String) -> Option<T>) -> Vec<T> {
    texts.into_iter().filter_map(of).collect()
}

fn tell_row(row: GrantRow, ended: bool, now: Time, currency: &Currency) -> Grant {
    let of = |amount| WireAmount::of(currency, amount);
    let scope = row.scope.map(|scope| *scope).unwrap_or_default();
    let resources = scope.resources.iter().map(|resource| resource.as_str().to_owned());
    Grant {
        id: row.id,
        issuer: row.issuer,
        holder: row.holder,
        on_behalf_of: row.root,
        actions: patterns(row.actions, ActionPattern::new),
        per_use: row.per_use.map(of),
        total: row.total.map(of),
        used: row.currency.map(|_| of(row.spent)),
        currency: row.currency,
        uses_max: row.uses_max,
        uses: row.uses_max.map(|_| row.uses),
        resources: patterns(resources, ResourcePattern::new),
        counterparties: scope.counterparties,
        jurisdictions: scope.jurisdictions,
        holder_key: scope.key.map(WireKey),
        depth: row.depth,
        depth_max: row.depth_max,
        parent: row.parent,
        chain: Vec::new(),
        status: match (row.relinquished_at, ended || row.revoked_at.is_some()) {
            (Some(_), _) => GrantStatus::Relinquished,
            (None, true) => GrantStatus::Revoked,
            (None, false) if row.expires <= now => GrantStatus::Expired,
            (None, false) => GrantStatus::Active,
        },
        expires_at: row.expires.into(),
        created_at: row.created_at.into(),
        seq: row.seq,
    }
}

fn link(grant: Grant) -> GrantLink {
    let Grant { id, issuer, holder, total, used, currency, uses_max, uses, status, .. } = grant;
    let expires_at = grant.expires_at;
    GrantLink { id, issuer, holder, total, used, currency, uses_max, uses, status, expires_at }
}
