//! Scene 6: alice's signed delegation puts the whole price and its fee into escrow.

use hansa_wire::amp::{Money, PolicySpec, Recipient, build};

use super::cast::{Cast, amount};
use super::deal::{Agreed, Deal, terms};
use super::expect::equal;
use super::tell::{Facts, Told};

/// Alice delegates: 50 and the fee of 0.25 are held.
pub(super) async fn open(cast: &Cast, agreed: Agreed) -> Told<Deal> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let to = Recipient::Did(bob.signer.did().clone());
    let header = alice.signer.header(to, Some(agreed.acceptance));
    let policy = PolicySpec {
        max_budget: Some(Money { amount: amount("60")?, currency: None }),
        jurisdiction: Some("IN".to_owned()),
    };
    let sent = alice.send(build::delegate(header, None, terms("50")?, Some(policy))?).await?;
    let balance = alice.balance().await?;
    equal("what alice holds in escrow", balance.held.as_str(), "50.25")?;
    equal("what alice can spend", balance.available.as_str(), "949.75")?;
    equal("bob's balance", cast.bob.balance().await?.balance.as_str(), "1000")?;
    let facts = Facts::new()
        .with("alice_held", balance.held.as_str())
        .with("alice_available", balance.available.as_str())
        .with("fee", "0.25");
    let delegation = sent.accepted.envelope_id;
    Ok((Deal { task: agreed.task, offer: agreed.offer, delegation }, facts))
}
