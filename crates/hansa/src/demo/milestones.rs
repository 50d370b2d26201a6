//! Scenes 7 and 8: bob does the work and claims each half, alice attests it, the money moves.

use hansa_crypto::hash::sha256;
use hansa_types::EnvelopeId;
use hansa_wire::amp::{Attest, Execute, MilestoneName, Recipient, Score, Settle, Verdict, build};
use hansa_wire::api::tasks::{MilestoneState, Task, TermsState};

use super::cast::Cast;
use super::deal::{Deal, MILESTONES, task};
use super::expect::{equal, until};
use super::tell::{Facts, Told};
use crate::failure::Failure;

/// The first half: 25 paid, the other 25 still held.
pub(super) async fn first(cast: &Cast, deal: &Deal) -> Told<()> {
    deliver(cast, deal, MILESTONES[0]).await?;
    let task = paid(cast, deal, 1).await?;
    equal("the state of the terms", task.terms_state, TermsState::Delegated)?;
    let facts = balances(cast, ["974.875", "25.125", "1025"]).await?;
    Ok(((), facts.with("paid", task.paid.as_str())))
}

/// The second half: everything paid, the task settled. Answers the last claim.
pub(super) async fn second(cast: &Cast, deal: &Deal) -> Told<EnvelopeId> {
    let claim = deliver(cast, deal, MILESTONES[1]).await?;
    let task = paid(cast, deal, 2).await?;
    equal("the state of the terms", task.terms_state, TermsState::Settled)?;
    let facts = balances(cast, ["949.75", "0", "1050"]).await?;
    Ok((claim, facts.with("paid", task.paid.as_str()).with("state", "settled")))
}

/// Bob executes and claims, alice accepts. Answers the claim.
async fn deliver(cast: &Cast, deal: &Deal, name: &str) -> Result<EnvelopeId, Failure> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let to_alice = || Recipient::Did(alice.signer.did().clone());
    let milestone = MilestoneName::new(name);
    let output_hash = sha256(format!("the work for {name}").as_bytes());
    let execute = Execute { milestone, output_hash, model: None, input_hash: None };
    let header = bob.signer.header(to_alice(), Some(deal.delegation));
    let executed = bob.send(build::execute(header, &execute)?).await?.accepted.envelope_id;
    let header = bob.signer.header(to_alice(), Some(executed));
    let settle = Settle { milestone: None, result_hash: output_hash };
    let claim = bob.send(build::settle(header, &settle)?).await?.accepted.envelope_id;
    let header = alice.signer.header(Recipient::Did(bob.signer.did().clone()), Some(claim));
    let attest = Attest {
        of: claim,
        verdict: Some(Verdict::Accept),
        score: Score::thousandths(950),
        rating: None,
    };
    alice.send(build::attest(header, &attest)?).await?;
    Ok(claim)
}

/// The task, once so many of its milestones are paid.
async fn paid(cast: &Cast, deal: &Deal, milestones: usize) -> Result<Task, Failure> {
    until("that the task shows the payment", || async {
        let task = task(cast, deal.task).await?;
        let paid = |task: &Task| {
            task.milestones.iter().filter(|m| m.state == MilestoneState::Paid).count()
        };
        Ok((paid(&task) == milestones).then_some(task))
    })
    .await
}

/// Alice's balance and what she holds, and bob's balance.
async fn balances(cast: &Cast, expected: [&str; 3]) -> Result<Facts, Failure> {
    let (alice, bob) = (cast.alice.balance().await?, cast.bob.balance().await?);
    equal("alice's balance", alice.balance.as_str(), expected[0])?;
    equal("what alice holds in escrow", alice.held.as_str(), expected[1])?;
    equal("bob's balance", bob.balance.as_str(), expected[2])?;
    Ok(Facts::new()
        .with("alice", alice.balance.as_str())
        .with("alice_held", alice.held.as_str())
        .with("bob", bob.balance.as_str()))
}
