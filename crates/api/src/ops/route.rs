//! Finding who does what an offer asks for, when it is addressed to a skill.
//!
//! The rule: of the active agents whose card has a skill of exactly that id and whose price, if
//! the card names one in the currency of the terms, is not above the offer, other than who offers.
//! Among them the highest mean rating for the skill wins, no rating counting as none; then the
//! lowest price, no price counting as the highest; then who was registered first.

use std::cmp::Reverse;

use hansa_crypto::PublicKey;
use hansa_types::{Amount, Code, Currency, Did, PrincipalId};
use hansa_views::{DiscoverQuery, DiscoveredRow, PageQuery};
use hansa_wire::Problem;
use hansa_wire::amp::Terms;
use hansa_wire::limits::PAGE_ITEMS_MAX;

use crate::context::Context;
use crate::limits::ROUTED_AGENTS_MAX;
use crate::resolve::views_failed;

/// Whom an offer went to.
pub(super) struct Routed {
    pub(super) id: PrincipalId,
    pub(super) did: Did,
}

/// The best agent for an offer.
pub(super) async fn route(
    context: &Context,
    sender: PrincipalId,
    skill: &str,
    terms: &Terms,
) -> Result<Routed, Problem> {
    let currency = context.api.currency(Some(terms.currency)).await?;
    let offered = terms.amount.in_currency(&currency)?;
    let found = candidates(context, skill).await?;
    let fits = found.iter().filter(|row| row.agent.active && row.agent.id != sender);
    let ranked = fits.filter_map(|row| Some((rank(row, &currency, offered)?, row)));
    let best = ranked.max_by_key(|(rank, _)| *rank).map(|(_, row)| row);
    let none = "no active agent has this skill at a price within the offer";
    let best = best.ok_or_else(|| Problem::new(Code::SkillUnknown, none))?;
    let key = PublicKey::from_multibase(&best.agent.key).map_err(|_| Code::Internal)?;
    Ok(Routed { id: best.agent.id, did: key.did_key() })
}

async fn candidates(context: &Context, skill: &str) -> Result<Vec<DiscoveredRow>, Problem> {
    let wanted = DiscoverQuery { skill: Some(skill.to_owned()), ..DiscoverQuery::default() };
    let mut page = PageQuery { after: None, limit: u32::from(PAGE_ITEMS_MAX) };
    let mut found = Vec::new();
    context.api.node.views_caught_up().await;
    loop {
        let rows = context.api.node.views.discover(&wanted, page).await.map_err(views_failed)?;
        found.extend(rows.items);
        page.after = rows.next;
        if page.after.is_none() || found.len() >= ROUTED_AGENTS_MAX {
            return Ok(found);
        }
    }
}

/// What agents are compared by, or nothing for one that asks too much.
fn rank(
    row: &DiscoveredRow,
    currency: &Currency,
    offered: Amount,
) -> Option<(Option<u64>, Reverse<Amount>, Reverse<u64>)> {
    let price = row.price.as_ref().filter(|(code, _)| *code == currency.code);
    let price = match price.map(|(_, text)| currency.parse_or_zero(text)) {
        Some(Ok(price)) if price > offered => return None,
        Some(Ok(price)) => price,
        Some(Err(_)) | None => Amount(u128::MAX),
    };
    Some((row.reputation.mean_milli, Reverse(price), Reverse(row.agent.seq)))
}
