//! Finding agents.

use hansa_crypto::PublicKey;
use hansa_kernel::principal as kernel;
use hansa_types::Code;
use hansa_views::{AgentRow, DiscoverQuery, DiscoveredRow};
use hansa_wire::Problem;
use hansa_wire::api::discover::{Discover, Discovered, DiscoveredAgent, Explanation, Price, Trust};
use hansa_wire::card::render::SIGNATURES;
use hansa_wire::scalar::{Hundredths, Name, SearchText};
use serde_json::{Map, Value};

use super::card_signatures::Holder;
use crate::answer::Answer;
use crate::context::Context;
use crate::resolve::{next, page, views_failed};

/// Finds agents, best matches first.
pub(crate) async fn discover(context: &Context, request: Discover) -> Result<Answer, Problem> {
    Answer::json(&search(context, request).await?)
}

/// What is found.
pub(super) async fn search(context: &Context, request: Discover) -> Result<Discovered, Problem> {
    let query = page(request.cursor.as_ref(), request.limit)?;
    let price_max = match &request.max_price {
        None => None,
        Some(most) => {
            let currency = context.api.currency(request.currency).await?;
            let most = most.in_currency_or_zero(&currency).map_err(|rejection| {
                Problem::from(rejection.clone()).with_field("max_price", &rejection)
            })?;
            Some((currency.code, most))
        }
    };
    let text = |text: Option<SearchText>| text.map(|text| text.as_str().to_owned());
    let wanted = DiscoverQuery {
        query: text(request.query),
        skill: text(request.skill),
        price_max,
        reputation_min_milli: request.min_reputation.map(|least| u64::from(least.0) * 10),
        tag: text(request.tag),
    };
    let as_of_seq = context.api.node.views_caught_up().await;
    let rows = context.api.node.views.discover(&wanted, query).await.map_err(views_failed)?;
    let worded = wanted.query.is_some();
    let explain = request.explain.0;
    let found = rows.items.iter().map(|row| row.agent.id).collect();
    let holders = Holder::find_all(context, found).await?;
    let holder = |row: &DiscoveredRow| holders.get(&row.agent.id);
    let agents = rows.items.into_iter().map(|row| tell(holder(&row), row, worded, explain));
    let agents = agents.collect::<Result<Vec<DiscoveredAgent>, Problem>>()?;
    Ok(Discovered { agents, next_cursor: next(rows.next), as_of_seq })
}

/// What was found of a card when it was set, unless its signatures are by keys that count no longer.
fn trust(holder: Option<&Holder>, agent: &AgentRow) -> Trust {
    let lapsed = |holder: &Holder, card: &Map<String, Value>| {
        holder.has_rotated && holder.own(card).is_ok_and(|own| own.is_empty())
    };
    let card = agent.card.as_ref().and_then(Value::as_object);
    match (agent.trust, holder.zip(card)) {
        (kernel::Trust::Verified, Some((holder, card))) if lapsed(holder, card) => Trust::Unsigned,
        (kernel::Trust::Verified, _) => Trust::Verified,
        (kernel::Trust::Unsigned, _) => Trust::Unsigned,
        (kernel::Trust::Invalid, _) => Trust::Invalid,
    }
}

fn tell(
    holder: Option<&Holder>,
    row: DiscoveredRow,
    worded: bool,
    explain: bool,
) -> Result<DiscoveredAgent, Problem> {
    let DiscoveredRow { agent, reputation, price, score, standing_milli } = row;
    let trust = trust(holder, &agent);
    let key = PublicKey::from_multibase(&agent.key).map_err(|_| Code::Internal)?;
    let mean = reputation.mean_milli.and_then(|milli| u32::try_from(milli / 10).ok());
    let price =
        price.and_then(|(currency, amount)| Some(Price { amount: amount.parse().ok()?, currency }));
    Ok(DiscoveredAgent {
        id: agent.id,
        did: holder.map_or_else(|| key.did_key(), |holder| holder.did.clone()),
        name: agent.name.and_then(Name::new),
        card_data: agent.card.and_then(profile),
        reputation: mean.map(Hundredths),
        price,
        trust,
        explanation: explain.then(|| Explanation {
            relevance_millionths: score,
            standing: Hundredths(u32::try_from(standing_milli / 10).unwrap_or_default()),
            ratings: reputation.ratings,
            completed: reputation.completed,
            failed: reputation.failed,
            seq: agent.seq,
        }),
        // Without words every agent that meets the conditions matches them wholly.
        score: if worded { hundredths(score) } else { Hundredths(100) },
    })
}

/// A stored card as it is listed: its signatures are on the documents made of it.
fn profile(card: Value) -> Option<Map<String, Value>> {
    let Value::Object(mut card) = card else { return None };
    card.remove(SIGNATURES);
    Some(card)
}

/// Millionths as hundredths, 1 at most.
fn hundredths(millionths: i64) -> Hundredths {
    Hundredths(u32::try_from((millionths / 10_000).clamp(0, 100)).unwrap_or_default())
}
