//! Envelopes and the graphs they form.

use hansa_kernel::Event;
use hansa_kernel::task::Verdict;
use hansa_types::{EnvelopeId, PrincipalId};
use hansa_views::{Viewer, Views};
use serde_json::{Value, json};

use crate::journal::{Draft, Journal, NODE, as_seen_by, card, everyone, projected, projected_by};

async fn graph(views: &Views, id: EnvelopeId, viewer: Viewer) -> Vec<EnvelopeId> {
    views.graph(id, viewer).await.unwrap().iter().map(|row| row.id).collect()
}

/// An envelope that carries an operation: here a card, whose document the entry does not keep.
fn operation(journal: &mut Journal, by: PrincipalId, document: Value) -> EnvelopeId {
    let envelope = journal.envelope_id();
    let draft = Draft::by(by).envelope(envelope, Some(document));
    let accepted = hansa_kernel::node::ClockAccepted { jump_ms: 1 };
    journal.add(draft, Event::ClockAccepted(accepted));
    envelope
}

#[tokio::test]
async fn each_step_of_a_task_is_an_envelope_that_follows_another() {
    let mut journal = Journal::new();
    let (payer, agent) = (journal.person(), journal.agent(card("Tax", "file", &[])));
    let work = journal.delegate(payer, agent, "file");
    let [execution, claim, judgement] = journal.milestone(&work, 0, Verdict::Accept);
    for batch in [1, 100] {
        let views = projected_by(&journal, batch).await;
        let steps = [
            (work.offer, "intent", "negotiate", None, payer),
            (work.accept, "intent", "negotiate", Some(work.offer), agent),
            (work.delegation, "delegation", "delegate", Some(work.accept), payer),
            (execution, "inference", "execute", Some(work.delegation), agent),
            (claim, "outcome", "settle", Some(execution), agent),
            (judgement, "outcome", "attest", Some(claim), payer),
        ];
        for (id, kind, verb, parent, from) in steps {
            let row = views.envelope(id, as_seen_by(agent)).await.unwrap().unwrap();
            assert_eq!((row.kind.as_str(), row.verb.as_deref()), (kind, Some(verb)));
            assert_eq!((row.parent, row.from), (parent, Some(from)));
            let to = if from == payer { agent } else { payer };
            assert_eq!((row.to, row.task), (Some(to), Some(work.id)));
        }
        let all = steps.map(|step| step.0);
        for id in all {
            assert_eq!(graph(&views, id, as_seen_by(payer)).await, all, "from any of them");
        }
    }
}

#[tokio::test]
async fn the_document_names_the_parent_and_is_kept() {
    let mut journal = Journal::new();
    let alice = journal.person();
    let root = operation(&mut journal, alice, json!({ "kind": "intent" }));
    let child = operation(&mut journal, alice, json!({ "kind": "outcome", "parent": root }));
    let odd = operation(&mut journal, alice, json!({ "kind": "<b>", "parent": "nobody" }));
    let views = projected(&journal).await;
    let row = views.envelope(child, as_seen_by(alice)).await.unwrap().unwrap();
    assert_eq!((row.kind.as_str(), row.verb, row.parent), ("outcome", None, Some(root)));
    assert_eq!((row.from, row.to, row.task), (Some(alice), Some(NODE), None));
    assert_eq!(row.document, Some(json!({ "kind": "outcome", "parent": root })));
    let row = views.envelope(odd, as_seen_by(alice)).await.unwrap().unwrap();
    assert_eq!((row.kind.as_str(), row.parent), ("intent", None));
}

#[tokio::test]
async fn the_envelopes_of_others_are_absent() {
    let mut journal = Journal::new();
    let (payer, eve) = (journal.person(), journal.person());
    let agent = journal.agent(card("Tax", "file", &[]));
    let work = journal.delegate(payer, agent, "file");
    // Whoever names a foreign envelope as the parent learns nothing of it.
    let hook = operation(&mut journal, eve, json!({ "parent": work.offer }));
    let views = projected(&journal).await;
    assert_eq!(views.envelope(work.offer, as_seen_by(eve)).await.unwrap(), None);
    assert_eq!(views.envelope(work.offer, Viewer::default()).await.unwrap(), None);
    assert_eq!(graph(&views, work.offer, as_seen_by(eve)).await, []);
    assert_eq!(graph(&views, work.offer, Viewer::default()).await, []);
    assert_eq!(graph(&views, hook, as_seen_by(eve)).await, [hook]);
    let steps = [work.offer, work.accept, work.delegation];
    assert_eq!(graph(&views, work.offer, as_seen_by(agent)).await, steps);
    assert_eq!(graph(&views, work.offer, everyone()).await.len(), 4);
}

#[tokio::test]
async fn a_ring_of_parents_ends() {
    let mut journal = Journal::new();
    let alice = journal.person();
    let (first, second) = (journal.envelope_id(), journal.envelope_id());
    for (id, parent) in [(first, second), (second, first)] {
        let at = operation(&mut journal, alice, json!({ "parent": parent }));
        let last = journal.entries.last_mut().unwrap();
        if let hansa_kernel::Auth::Envelope(_, Some(proof)) = &mut last.entry.auth {
            assert_eq!(proof.id, at);
            proof.id = id;
        }
    }
    let views = projected(&journal).await;
    assert_eq!(graph(&views, first, as_seen_by(alice)).await, [first, second]);
}

#[tokio::test]
async fn a_graph_is_bounded() {
    let mut journal = Journal::new();
    let alice = journal.person();
    let root = operation(&mut journal, alice, json!({}));
    for _ in 0..1_100 {
        operation(&mut journal, alice, json!({ "parent": root }));
    }
    let views = projected(&journal).await;
    let found = graph(&views, root, as_seen_by(alice)).await;
    assert_eq!((found.len(), found[0]), (1_000, root));
}

#[tokio::test]
async fn an_envelope_id_that_comes_again_changes_nothing() {
    let mut journal = Journal::new();
    let (alice, eve) = (journal.person(), journal.person());
    let id = operation(&mut journal, alice, json!({ "kind": "outcome" }));
    let draft = Draft::by(eve).envelope(id, Some(json!({})));
    let accepted = hansa_kernel::node::ClockAccepted { jump_ms: 1 };
    journal.add(draft, Event::ClockAccepted(accepted));
    let views = projected(&journal).await;
    let row = views.envelope(id, everyone()).await.unwrap().unwrap();
    assert_eq!((row.from, row.kind.as_str()), (Some(alice), "outcome"));
}

#[tokio::test]
async fn an_agent_made_by_envelope_keeps_its_card_as_the_document() {
    let mut journal = Journal::new();
    let agent = journal.agent(card("Tax", "file", &[]));
    let envelope = journal.envelope_id();
    let last = journal.entries.last_mut().unwrap();
    last.entry.actor = Some(NODE);
    let key = hansa_crypto::keys::SigningKey::from_seed([1; 32]).public();
    let proof = hansa_kernel::EnvelopeProof {
        id: envelope,
        nonce: 1,
        signature: hansa_types::Signature([0; 64]),
        digest: hansa_types::Digest::ZERO,
    };
    last.entry.auth = hansa_kernel::Auth::Envelope(key, Some(Box::new(proof)));
    let views = projected(&journal).await;
    let row = views.agent(agent).await.unwrap().unwrap();
    assert_eq!((row.name.as_deref(), row.controller), (Some("Tax"), Some(NODE)));
    let row = views.envelope(envelope, as_seen_by(NODE)).await.unwrap().unwrap();
    assert_eq!((row.kind.as_str(), row.document), ("intent", None));
}
