//! Scene 10: what must not happen does not: forgery, replay, overdraft, paying twice.

use std::future::Future;

use hansa_crypto::hash::sha256;
use hansa_types::{Code, EnvelopeId};
use hansa_wire::amp::{Attest, Execute, MilestoneName, Recipient, Step, Verdict, build};
use hansa_wire::api::transfers::TransferCreate;
use hansa_wire::scalar::PrincipalRef;
use serde_json::Value;

use super::cast::{Cast, amount};
use super::deal::{Deal, MILESTONES, terms};
use super::expect::{equal, refused};
use super::tell::{Facts, Told};
use crate::failure::Failure;
use crate::remote::Idempotency;

fn facts(code: Code, reason: String) -> Facts {
    Facts::new().with("code", code.as_str()).with("reason", reason)
}

/// Refused, and nobody is richer or poorer for it.
async fn without_effect(
    cast: &Cast,
    what: &str,
    code: Code,
    attempt: impl Future<Output = Result<(), Failure>>,
) -> Result<Facts, Failure> {
    let before = (cast.alice.balance().await?, cast.bob.balance().await?);
    let reason = refused(what, attempt.await, code)?;
    let after = (cast.alice.balance().await?, cast.bob.balance().await?);
    equal("the balances of alice and bob", after, before)?;
    Ok(facts(code, reason))
}

/// One bit of a signature is flipped.
pub(super) async fn forgery(cast: &Cast) -> Told<()> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let header = alice.signer.header(Recipient::Did(bob.signer.did().clone()), None);
    let goal = hansa_wire::amp::Intent::new("file_quarterly");
    let offer = build::negotiate(header, Step::Offer, Some(goal), Some(terms("1")?))?;
    let mut forged = alice.signer.sign(offer)?.to_value()?;
    flip_one_bit(&mut forged)?;
    let attempt = async { alice.remote.submit_value(forged).await.map(drop) };
    let facts = without_effect(cast, "a forged envelope", Code::SignatureInvalid, attempt).await?;
    Ok(((), facts))
}

/// Flips the lowest bit of the signature's first byte.
fn flip_one_bit(envelope: &mut Value) -> Result<(), Failure> {
    let auth = envelope["auth"].as_str().unwrap_or_default();
    let (algorithm, hex) = auth.split_once(':').unwrap_or_default();
    let byte = hex.get(..2).and_then(|byte| u8::from_str_radix(byte, 16).ok());
    let byte = byte.ok_or_else(|| Failure::new("the envelope carries no signature"))?;
    envelope["auth"] = format!("{algorithm}:{:02x}{}", byte ^ 1, &hex[2..]).into();
    Ok(())
}

/// The first offer is sent again, as it was.
pub(super) async fn replay(cast: &Cast, deal: &Deal) -> Told<()> {
    let attempt = async { cast.bob.remote.submit_value(deal.offer.clone()).await.map(drop) };
    let facts =
        without_effect(cast, "a replayed envelope", Code::EnvelopeReplayed, attempt).await?;
    Ok(((), facts))
}

/// Alice pays more than she has.
pub(super) async fn overdraft(cast: &Cast) -> Told<()> {
    let request = TransferCreate {
        from: None,
        to: PrincipalRef::Id(cast.bob.id),
        amount: amount("1000000")?,
        currency: None,
        hold: None,
        dry_run: false,
    };
    let once = Idempotency::default();
    let attempt = async { cast.alice.remote.call_once(&request, &once).await.map(drop) };
    let facts = without_effect(cast, "an overdraft", Code::InsufficientFunds, attempt).await?;
    Ok(((), facts))
}

/// Alice attests a claim that was paid, and bob works for money that is gone.
pub(super) async fn spent_escrow(cast: &Cast, deal: &Deal, claim: &EnvelopeId) -> Told<()> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let header = alice.signer.header(Recipient::Did(bob.signer.did().clone()), Some(*claim));
    let attest = Attest { of: *claim, verdict: Some(Verdict::Accept), score: None, rating: None };
    let again = build::attest(header, &attest)?;
    let attempt = async { alice.send(again).await.map(drop) };
    without_effect(cast, "a second attestation", Code::EscrowSpent, attempt).await?;
    let header =
        bob.signer.header(Recipient::Did(alice.signer.did().clone()), Some(deal.delegation));
    let execute = Execute {
        milestone: MilestoneName::new(MILESTONES[0]),
        output_hash: sha256(b"the same work again"),
        model: None,
        input_hash: None,
    };
    let execution = build::execute(header, &execute)?;
    let attempt = async { bob.send(execution).await.map(drop) };
    let facts = without_effect(cast, "work for spent money", Code::EscrowSpent, attempt).await?;
    Ok(((), facts))
}
