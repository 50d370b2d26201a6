//! Scene 4: alice finds bob by his skill, by what he can do, and by his price.

use hansa_wire::api::discover::{Discover, DiscoveredAgent};
use hansa_wire::scalar::SearchText;

use super::cast::{Actor, Cast, Member, amount};
use super::expect::{equal, holds, until};
use super::tell::{Facts, Told};
use crate::failure::Failure;

/// Finds bob in every way, and nobody where nobody is.
pub(super) async fn bob(cast: &Cast) -> Told<()> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let by_skill = || Discover { skill: text(Member::BOB.skill), ..Discover::default() };
    // The directory follows the journal; the first look may be a moment early.
    let found = until("that bob is found by his skill", || async {
        let found = ask(alice, by_skill()).await?;
        Ok(found.into_iter().find(|agent| agent.id == bob.id))
    })
    .await?;
    let price = found.price.ok_or_else(|| Failure::new("bob's card names no price"))?;
    equal("bob's price", price.amount.as_str(), Member::BOB.price)?;
    let by_words = Discover { query: text("tax filing"), ..Discover::default() };
    let by_words = ask(alice, by_words).await?;
    holds("words find bob", by_words.iter().any(|agent| agent.id == bob.id))?;
    let affordable = Discover { max_price: Some(amount("50")?), ..by_skill() };
    let affordable = ask(alice, affordable).await?;
    holds("bob is found for 50", affordable.iter().any(|agent| agent.id == bob.id))?;
    let cheap = Discover { max_price: Some(amount("49.999999")?), ..by_skill() };
    equal("agents found for less than bob's price", ask(alice, cheap).await?.len(), 0)?;
    let facts = Facts::new()
        .with("skill", Member::BOB.skill)
        .with("found", found.did.as_str())
        .with("price", format!("{} {}", price.amount, price.currency));
    Ok(((), facts))
}

/// The agents that fit.
pub(super) async fn ask(
    actor: &Actor,
    discover: Discover,
) -> Result<Vec<DiscoveredAgent>, Failure> {
    Ok(actor.remote.call(&discover).await?.agents)
}

fn text(text: &str) -> Option<SearchText> {
    SearchText::new(text)
}
