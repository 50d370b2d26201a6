//! Scene 9: alice rates bob, and his reputation shows it.

use hansa_types::EnvelopeId;
use hansa_wire::amp::{Attest, Recipient, build};
use hansa_wire::api::agents::ReputationGet;
use hansa_wire::scalar::PrincipalRef;

use super::cast::Cast;
use super::expect::{equal, until};
use super::tell::{Facts, Told};

/// Alice gives five.
pub(super) async fn rate(cast: &Cast, claim: &EnvelopeId) -> Told<()> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let header = alice.signer.header(Recipient::Did(bob.signer.did().clone()), Some(*claim));
    let attest = Attest { of: *claim, verdict: None, score: None, rating: Some(5) };
    alice.send(build::attest(header, &attest)?).await?;
    let reputation = until("that bob's reputation shows the rating", || async {
        let request = ReputationGet { agent: PrincipalRef::Id(bob.id) };
        let reputation = alice.remote.call(&request).await?;
        Ok(reputation.as_agent.rating.map(|rating| (rating, reputation.as_agent)))
    });
    let (rating, standing) = reputation.await?;
    equal("bob's rating", rating.to_string().as_str(), "5.00")?;
    equal("the number of bob's ratings", standing.ratings, 1)?;
    let facts = Facts::new()
        .with("bob_rating", rating.to_string())
        .with("ratings", standing.ratings)
        .with("tasks_completed", standing.completed);
    Ok(((), facts))
}
