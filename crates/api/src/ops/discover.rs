//! Finding agents.

use hansa_crypto::PublicKey;
use hansa_types::Code;
use hansa_views::{DiscoverQuery, DiscoveredRow};
use hansa_wire::Problem;
use hansa_wire::api::discover::{Discover, Discovered, DiscoveredAgent, Price};
use hansa_wire::scalar::{Hundredths, Name, SearchText};

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
        tag: None,
    };
    let as_of_seq = context.api.node.views_caught_up().await;
    let rows = context.api.node.views.discover(&wanted, query).await.map_err(views_failed)?;
    let worded = wanted.query.is_some();
    let agents = rows.items.into_iter().map(|row| tell(row, worded));
    let agents = agents.collect::<Result<Vec<DiscoveredAgent>, Problem>>()?;
    Ok(Discovered { agents, next_cursor: next(rows.next), as_of_seq })
}

fn tell(row: DiscoveredRow, worded: bool) -> Result<DiscoveredAgent, Problem> {
    let DiscoveredRow { agent, reputation, price, score } = row;
    let key = PublicKey::from_multibase(&agent.key).map_err(|_| Code::Internal)?;
    let mean = reputation.mean_milli.and_then(|milli| u32::try_from(milli / 10).ok());
    let price =
        price.and_then(|(currency, amount)| Some(Price { amount: amount.parse().ok()?, currency }));
    Ok(DiscoveredAgent {
        id: agent.id,
        did: key.did_key(),
        name: agent.name.and_then(Name::new),
        card_data: agent.card.and_then(|card| card.as_object().cloned()),
        reputation: mean.map(Hundredths),
        price,
        // Without words every agent that meets the conditions matches them wholly.
        score: if worded { hundredths(score) } else { Hundredths(100) },
    })
}

/// Millionths as hundredths, 1 at most.
fn hundredths(millionths: i64) -> Hundredths {
    Hundredths(u32::try_from((millionths / 10_000).clamp(0, 100)).unwrap_or_default())
}
