//! Scene 5: alice offers 40, bob wants 50 in two milestones, alice accepts.

use hansa_types::EnvelopeId;
use hansa_wire::amp::{Constraints, Intent, Recipient, Step, build};
use hansa_wire::api::tasks::TermsState;
use serde_json::{Map, Value};

use super::cast::Cast;
use super::deal::{Agreed, Offered, task, terms};
use super::expect::{equal, until};
use super::tell::{Facts, Told};
use crate::failure::Failure;

/// Alice offers 40.
pub(super) async fn offer(cast: &Cast) -> Told<Offered> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let header = alice.signer.header(Recipient::Did(bob.signer.did().clone()), None);
    let constraints = Constraints { jurisdiction: Some("IN".to_owned()), ..Constraints::default() };
    let mut params = Map::new();
    params.insert("quarter".to_owned(), Value::from("2026-Q1"));
    let goal = Intent {
        params: Some(params),
        constraints: Some(constraints),
        ..Intent::new("file_quarterly")
    };
    let envelope = build::negotiate(header, Step::Offer, Some(goal), Some(terms("40")?))?;
    let sent = alice.send(envelope).await?;
    let task = sent.accepted.task.ok_or_else(|| Failure::new("the offer made no task"))?;
    let facts =
        Facts::new().with("by", "alice").with("amount", "40").with("task", task.to_string());
    Ok((Offered { task, id: sent.accepted.envelope_id, envelope: sent.envelope }, facts))
}

/// Bob wants 50.
pub(super) async fn counter(cast: &Cast, offered: &Offered) -> Told<EnvelopeId> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let to = Recipient::Did(alice.signer.did().clone());
    let header = bob.signer.header(to, Some(offered.id));
    let envelope = build::negotiate(header, Step::Counter, None, Some(terms("50")?))?;
    let sent = bob.send(envelope).await?;
    let facts = Facts::new()
        .with("by", "bob")
        .with("amount", "50")
        .with("milestones", "draft_ready 50 %, filed_confirmed 50 %");
    Ok((sent.accepted.envelope_id, facts))
}

/// Alice accepts.
pub(super) async fn accept(cast: &Cast, offered: Offered, countered: EnvelopeId) -> Told<Agreed> {
    let (alice, bob) = (&cast.alice, &cast.bob);
    let to = Recipient::Did(bob.signer.did().clone());
    let header = alice.signer.header(to, Some(countered));
    let sent = alice.send(build::negotiate(header, Step::Accept, None, None)?).await?;
    let agreed = until("that the task shows the acceptance", || async {
        let task = task(cast, offered.task).await?;
        Ok((task.terms_state == TermsState::Accepted).then_some(task))
    })
    .await?;
    equal("the agreed amount", agreed.amount.as_str(), "50")?;
    equal("the agreed milestones", agreed.milestones.len(), 2)?;
    let acceptance = sent.accepted.envelope_id;
    let facts = Facts::new().with("by", "alice").with("amount", agreed.amount.as_str());
    Ok((Agreed { task: offered.task, offer: offered.envelope, acceptance }, facts))
}
