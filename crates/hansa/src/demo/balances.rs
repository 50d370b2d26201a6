//! Scene 3: each agent begins with the node's genesis grant.

use super::cast::Cast;
use super::expect::equal;
use super::tell::{Facts, Told};

/// Both hold 1,000.
pub(super) async fn genesis(cast: &Cast) -> Told<()> {
    let (alice, bob) = (cast.alice.balance().await?, cast.bob.balance().await?);
    equal("alice's balance", alice.balance.as_str(), "1000")?;
    equal("bob's balance", bob.balance.as_str(), "1000")?;
    let facts = Facts::new()
        .with("alice", alice.balance.as_str())
        .with("bob", bob.balance.as_str())
        .with("currency", alice.currency.as_str());
    Ok(((), facts))
}
