//! Signed envelopes: the verbs, operations they carry, and everything that is refused.

use hansa_crypto::SigningKey;
use hansa_types::{Code, Did, Digest, Duration, EnvelopeId};
use hansa_wire::amp::build::{self, Header};
use hansa_wire::amp::{
    Attest, Envelope, Execute, Intent, MilestoneName, Recipient, Revoke, Settle, SettleSpec, Step,
    Verdict,
};
use hansa_wire::api::amp::EnvelopeAccepted;
use hansa_wire::api::transfers::TransferCreate;
use hansa_wire::card::Card;
use serde_json::{Value, json};

use crate::harness::{Actor, Ask, Reply, Town, code_of, object, pay};

fn terms(amount: &str, milestones: &[(u8, &str)]) -> SettleSpec {
    let shares = milestones.iter().map(|(pct, on)| json!({ "pct": pct, "on": on }));
    let shares: Vec<Value> = shares.collect();
    let spec = json!({ "rail": "amp-escrow", "amount": amount, "milestones": shares });
    serde_json::from_value(spec).unwrap()
}

fn two() -> SettleSpec {
    terms("50 AVT", &[(40, "draft_ready"), (60, "filed_confirmed")])
}

/// A payer and an agent, and the last step between them.
struct Deal {
    town: Town,
    owner: Actor,
    payer: Actor,
    agent: Actor,
}

impl Deal {
    async fn new() -> Self {
        let (town, owner) = Town::owned().await;
        let payer = town.agent(&owner, "payer").await;
        let card = Card::draft("worker", &["file_quarterly"], None).to_object();
        let agent = town.agent_with(&owner, "worker", Some(card)).await;
        Self { town, owner, payer, agent }
    }

    async fn offer(&self) -> EnvelopeAccepted {
        let header = self.payer.header(self.agent.did.clone(), None);
        let offer = build::intent(header, Intent::new("file_quarterly"), two());
        self.payer.send(offer).await.unwrap()
    }

    async fn accept(&self, offer: &EnvelopeAccepted) -> EnvelopeAccepted {
        let header = self.agent.header(self.payer.did.clone(), Some(offer.envelope_id));
        let accept = build::negotiate(header, Step::Accept, None, None).unwrap();
        self.agent.send(accept).await.unwrap()
    }

    async fn delegate(&self, accepted: &EnvelopeAccepted) -> EnvelopeAccepted {
        let header = self.payer.header(self.agent.did.clone(), Some(accepted.envelope_id));
        let delegate = build::delegate(header, None, two(), None).unwrap();
        self.payer.send(delegate).await.unwrap()
    }

    /// Up to the money in escrow.
    async fn delegated(&self) -> EnvelopeAccepted {
        let offer = self.offer().await;
        let accepted = self.accept(&offer).await;
        self.delegate(&accepted).await
    }

    /// A milestone done and its share claimed.
    async fn claim(&self, delegation: &EnvelopeAccepted, on: &str) -> EnvelopeAccepted {
        let milestone = MilestoneName::new(on);
        let execute = Execute {
            milestone: milestone.clone(),
            output_hash: Digest([7; 32]),
            model: None,
            input_hash: None,
        };
        let header = self.agent.header(self.payer.did.clone(), Some(delegation.envelope_id));
        let executed = self.agent.send(build::execute(header, &execute).unwrap()).await.unwrap();
        let settle = Settle { milestone, result_hash: Digest([8; 32]) };
        let header = self.agent.header(self.payer.did.clone(), Some(executed.envelope_id));
        self.agent.send(build::settle(header, &settle).unwrap()).await.unwrap()
    }

    fn attest(
        &self,
        claim: &EnvelopeAccepted,
        verdict: Option<Verdict>,
        rating: Option<u8>,
    ) -> Envelope {
        let attest = Attest { of: claim.envelope_id, verdict, score: None, rating };
        let header = self.payer.header(self.agent.did.clone(), Some(claim.envelope_id));
        build::attest(header, &attest).unwrap()
    }

    async fn task(&self, step: &EnvelopeAccepted) -> Value {
        let path = format!("/api/v1/tasks/{}", step.task.unwrap());
        self.town.ask(Ask::get(path).by(&self.payer)).await.accepted()
    }

    async fn available(&self, actor: &Actor) -> String {
        let path = format!("/api/v1/accounts/{}/balances", actor.id);
        let balances = self.town.ask(Ask::get(path).by(actor)).await.accepted();
        balances["data"][0]["available"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_deal_of_two_milestones_is_paid_share_by_share_and_rated() {
    let deal = Deal::new().await;
    let offer = deal.offer().await;
    assert_eq!((offer.verb.as_str(), offer.transfer), ("negotiate", None));
    let task = deal.task(&offer).await;
    assert_eq!((&task["terms_state"], task.get("work_state")), (&json!("offered"), None));
    let accepted = deal.accept(&offer).await;
    let delegation = deal.delegate(&accepted).await;
    let escrow = delegation.transfer.unwrap();
    let task = deal.task(&delegation).await;
    assert_eq!(
        (&task["terms_state"], &task["work_state"]),
        (&json!("delegated"), &json!("working"))
    );
    assert_eq!(
        (&task["escrow"], &task["root_envelope"]),
        (&json!(escrow), &json!(offer.envelope_id))
    );
    assert_eq!(deal.available(&deal.payer).await, "949.75");
    let claim = deal.claim(&delegation, "draft_ready").await;
    let attested = deal.payer.send(deal.attest(&claim, Some(Verdict::Accept), None)).await.unwrap();
    let paid = format!("/api/v1/transfers/{}", attested.transfer.unwrap());
    let paid = deal.town.ask(Ask::get(paid).by(&deal.agent)).await.accepted();
    assert_eq!(
        (&paid["amount"], &paid["fee"], &paid["of"]),
        (&json!("20"), &json!("0.1"), &json!(escrow))
    );
    let early = deal.payer.send(deal.attest(&claim, None, Some(5))).await;
    assert_eq!(code_of(early), Code::TaskState);
    let claim = deal.claim(&delegation, "filed_confirmed").await;
    let last = deal.attest(&claim, Some(Verdict::Accept), Some(5));
    let last = deal.payer.send(last).await.unwrap();
    let task = deal.task(&last).await;
    assert_eq!(
        (&task["terms_state"], &task["work_state"]),
        (&json!("settled"), &json!("completed"))
    );
    assert_eq!((&task["paid"], &task["refunded"]), (&json!("50"), &json!("0")));
    assert_eq!(task["last_envelope"], json!(last.envelope_id));
    let names: Vec<&Value> =
        task["milestones"].as_array().unwrap().iter().map(|m| &m["on"]).collect();
    assert_eq!(names, ["draft_ready", "filed_confirmed"]);
    assert_eq!(deal.available(&deal.agent).await, "1050");
    assert_eq!(deal.available(&deal.payer).await, "949.75");
    let header = deal.agent.header(deal.payer.did.clone(), Some(claim.envelope_id));
    let back = Attest { of: claim.envelope_id, verdict: None, score: None, rating: Some(4) };
    deal.agent.send(build::attest(header, &back).unwrap()).await.unwrap();
    let of = |actor: &Actor| Ask::get(format!("/api/v1/agents/{}/reputation", actor.id));
    let agent = deal.town.ask(of(&deal.agent)).await.accepted();
    assert_eq!(
        (&agent["as_agent"]["rating"], &agent["as_agent"]["completed"]),
        (&json!("5.00"), &json!(1))
    );
    let payer = deal.town.ask(of(&deal.payer)).await.accepted();
    assert_eq!(
        (&payer["as_payer"]["rating"], &payer["as_agent"]["rating"]),
        (&json!("4.00"), &Value::Null)
    );
    let found = Ask::get("/api/v1/discover?skill=file_quarterly&min_reputation=5");
    let found = deal.town.ask(found).await.accepted();
    assert_eq!(found["agents"][0]["reputation"], "5.00");
    deal.town.stop().await;
}

#[tokio::test]
async fn counter_offers_rejections_refusals_and_revocations() {
    let deal = Deal::new().await;
    let offer = deal.offer().await;
    let header = deal.agent.header(deal.payer.did.clone(), Some(offer.envelope_id));
    let counter =
        build::negotiate(header, Step::Counter, None, Some(terms("60 AVT", &[(100, "done")])));
    let counter = deal.agent.send(counter.unwrap()).await.unwrap();
    assert_eq!(deal.task(&counter).await["amount"], "60");
    let header = deal.payer.header(deal.agent.did.clone(), Some(counter.envelope_id));
    let reject = build::negotiate(header, Step::Reject, None, None).unwrap();
    let reject = deal.payer.send(reject).await.unwrap();
    assert_eq!(deal.task(&reject).await["terms_state"], "rejected");

    let delegation = deal.delegated().await;
    let claim = deal.claim(&delegation, "draft_ready").await;
    let refused = deal.attest(&claim, Some(Verdict::Reject), None);
    let refused = deal.payer.send(refused).await.unwrap();
    assert_eq!(refused.transfer, delegation.transfer);
    let task = deal.task(&refused).await;
    assert_eq!(
        (&task["milestones"][0]["state"], &task["refunded"]),
        (&json!("refused"), &json!("20"))
    );
    let header = deal.payer.header(deal.agent.did.clone(), Some(delegation.envelope_id));
    let revoke = Revoke { of: delegation.envelope_id, reason: Some("too slow".to_owned()) };
    let revoked = deal.payer.send(build::revoke(header, &revoke).unwrap()).await.unwrap();
    assert_eq!(revoked.transfer, delegation.transfer);
    let task = deal.task(&revoked).await;
    assert_eq!((&task["terms_state"], &task["refunded"]), (&json!("revoked"), &json!("50")));
    assert_eq!(deal.available(&deal.payer).await, "1000");
    deal.town.stop().await;
}

#[tokio::test]
async fn envelopes_that_are_not_what_they_say_are_refused() {
    let deal = Deal::new().await;
    let before = deal.town.seq();
    let (payer, agent) = (&deal.payer, &deal.agent);
    let offer = |header: Header| build::intent(header, Intent::new("file_quarterly"), two());
    let fresh = || offer(payer.header(agent.did.clone(), None));
    let town = &deal.town;
    let submit = |envelope: Value| async move { town.submit(&envelope).await };

    let forged = {
        let mut e = fresh();
        e.sign(&agent.key).unwrap();
        e.to_value().unwrap()
    };
    submit(forged).await.refused(Code::SignatureInvalid);
    let mut changed = payer.sign(fresh());
    changed["settle"]["amount"] = json!("5 AVT");
    submit(changed).await.refused(Code::SignatureInvalid);
    let mut unsigned = payer.sign(fresh());
    unsigned.as_object_mut().unwrap().remove("auth");
    submit(unsigned).await.refused(Code::Unauthenticated);
    let stranger = SigningKey::from_seed([77; 32]);
    let mut strange = fresh();
    strange.from = stranger.public().did_key();
    strange.sign(&stranger).unwrap();
    submit(strange.to_value().unwrap()).await.refused(Code::DidUnknown);
    let mut alias = fresh();
    alias.from = "did:w7:alice".parse().unwrap();
    submit(payer.sign(alias)).await.refused(Code::DidUnknown);
    for ts in [-301i64, 301] {
        let mut late = fresh();
        late.ts = late.ts.checked_add_signed(ts).unwrap();
        submit(payer.sign(late)).await.refused(Code::EnvelopeExpired);
    }
    let mut nobody = fresh();
    nobody.to = Recipient::Did("did:w7:nobody".parse::<Did>().unwrap());
    submit(payer.sign(nobody)).await.refused(Code::PrincipalUnknown);
    let mut version = payer.sign(fresh());
    version["v"] = json!(2);
    submit(version).await.refused(Code::VersionUnsupported);
    let mut verb = fresh();
    verb.payload = Some(object(json!({ "verb": "dance" })));
    submit(payer.sign(verb)).await.refused(Code::VerbUnknown);
    let orphan = payer.header(agent.did.clone(), Some(EnvelopeId::new(5)));
    let orphan = build::delegate(orphan, None, two(), None).unwrap();
    submit(payer.sign(orphan)).await.refused(Code::ParentUnknown);
    assert_eq!(deal.town.seq(), before);
    deal.town.stop().await;
}

#[tokio::test]
async fn a_replay_is_told_from_a_used_nonce() {
    let deal = Deal::new().await;
    let header = deal.payer.header(deal.agent.did.clone(), None);
    let offer = build::intent(header, Intent::new("file_quarterly"), two());
    let signed = deal.payer.sign(offer.clone());
    let first = deal.town.submit(&signed).await.accepted();
    let seq = deal.town.seq();
    let replayed = deal.town.submit(&signed).await;
    replayed.refused(Code::EnvelopeReplayed);
    assert!(replayed.json()["detail"].as_str().unwrap().contains(&first["seq"].to_string()));
    let mut reused = offer;
    reused.id = EnvelopeId::new(99);
    deal.town.submit(&deal.payer.sign(reused)).await.refused(Code::NonceUsed);
    assert_eq!(deal.town.seq(), seq);
    deal.town.stop().await;
}

#[tokio::test]
async fn steps_are_taken_by_their_parties_and_to_their_parties() {
    let deal = Deal::new().await;
    let offer = deal.offer().await;
    let mallory = deal.town.agent(&deal.owner, "mallory").await;
    let step = |actor: &Actor, to: Recipient| {
        let header = actor.header(to, Some(offer.envelope_id));
        build::negotiate(header, Step::Accept, None, None).unwrap()
    };
    let foreign = mallory.send(step(&mallory, deal.payer.did.clone().into())).await;
    assert_eq!(code_of(foreign), Code::NotAParty);
    let own = deal.payer.send(step(&deal.payer, deal.agent.did.clone().into())).await;
    assert_eq!(code_of(own), Code::NotYourTurn);
    for to in [mallory.did.clone(), "did:w7:nobody".parse().unwrap()] {
        let astray = deal.agent.send(step(&deal.agent, to.into())).await;
        assert_eq!(code_of(astray), Code::RecipientMismatch);
    }
    let skill = Recipient::Skill("file_quarterly".to_owned());
    let skill = deal.agent.send(step(&deal.agent, skill)).await;
    assert_eq!(code_of(skill), Code::RecipientMismatch);
    let path = format!("/api/v1/tasks/{}", offer.task.unwrap());
    deal.town.ask(Ask::get(&*path).by(&mallory)).await.refused(Code::NotFound);
    let listed = deal.town.ask(Ask::get("/api/v1/tasks").by(&mallory)).await.accepted();
    assert_eq!(listed["data"], json!([]));
    let mine = Ask::get("/api/v1/tasks?terms_state=offered").by(&deal.agent);
    assert_eq!(deal.town.ask(mine).await.accepted()["data"][0]["id"], json!(offer.task));
    deal.town.stop().await;
}

#[tokio::test]
async fn an_offer_to_a_skill_finds_the_best_agent_that_it_can_pay() {
    let (town, owner) = Town::owned().await;
    let payer = town.agent(&owner, "payer").await;
    let card = |name: &str, price: &str| {
        let price = hansa_wire::api::discover::Price {
            amount: price.parse().unwrap(),
            currency: "AVT".parse().unwrap(),
        };
        Some(Card::draft(name, &["tax-filing"], Some(&price)).to_object())
    };
    town.agent_with(&owner, "dear", card("dear", "500")).await;
    let cheap = town.agent_with(&owner, "cheap", card("cheap", "5")).await;
    town.agent_with(&owner, "fair", card("fair", "20")).await;
    let offer = |amount: &str, to: &str| {
        let header = payer.header(to.parse::<Recipient>().unwrap(), None);
        build::intent(header, Intent::new("file"), terms(amount, &[(100, "done")]))
    };
    for to in ["skill:tax-filing", "did:w7:skill/tax-filing"] {
        let routed = payer.send(offer("50 AVT", to)).await.unwrap();
        let expected = json!({ "to": cheap.did, "agent": cheap.id });
        assert_eq!((routed.result, routed.task.is_some()), (Some(expected), true));
    }
    let poor = payer.send(offer("1 AVT", "skill:tax-filing")).await;
    assert_eq!(code_of(poor), Code::SkillUnknown);
    let unknown = payer.send(offer("50 AVT", "skill:juggling")).await;
    assert_eq!(code_of(unknown), Code::SkillUnknown);
    town.stop().await;
}

#[tokio::test]
async fn discover_is_answered_and_leaves_no_entry() {
    let deal = Deal::new().await;
    let before = deal.town.seq();
    let wanted = hansa_wire::api::discover::Discover {
        skill: hansa_wire::scalar::SearchText::new("file_quarterly"),
        ..Default::default()
    };
    let to_node = deal.payer.header(deal.town.did(), None);
    let found = deal.payer.send(build::discover(to_node, &wanted).unwrap()).await.unwrap();
    let result = found.result.unwrap();
    assert_eq!(result["agents"][0]["id"], json!(deal.agent.id));
    let to_agent = deal.payer.header(deal.agent.did.clone(), None);
    let astray = deal.payer.send(build::discover(to_agent, &wanted).unwrap()).await;
    assert_eq!(code_of(astray), Code::RecipientMismatch);
    assert_eq!(deal.town.seq(), before);
    deal.town.stop().await;
}

/// An operation in an envelope.
async fn operate(town: &Town, actor: &Actor, id: &str, params: Value) -> Reply {
    let header = actor.header(town.did(), None);
    town.submit(&actor.sign(build::operation_by_id(header, id, object(params)))).await
}

#[tokio::test]
async fn envelopes_carry_operations() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let header = alice.header(town.did(), None);
    let request = TransferCreate {
        from: None,
        to: bob.id.into(),
        amount: "5".parse().unwrap(),
        currency: None,
        hold: None,
        dry_run: false,
    };
    let envelope = alice.sign(build::operation(header, &request).unwrap());
    let done = town.submit(&envelope).await.accepted();
    assert_eq!(
        (&done["verb"], &done["result"]["amount"]),
        (&json!("transfer_create"), &json!("5"))
    );
    assert_eq!((&done["transfer"], &done["seq"]), (&done["result"]["id"], &done["result"]["seq"]));
    let seq = town.seq();
    town.submit(&envelope).await.refused(Code::EnvelopeReplayed);
    assert_eq!(town.seq(), seq);
    let read = operate(&town, &alice, "balance_list", json!({ "principal": alice.id })).await;
    assert_eq!(read.accepted()["result"]["data"][0]["available"], "994.975");
    let dry = json!({ "to": bob.id, "amount": "5", "dry_run": true });
    let dry = operate(&town, &alice, "transfer_create", dry).await.accepted();
    assert_eq!((dry.get("seq"), dry["result"].get("id")), (None, None));
    assert_eq!(town.seq(), seq);
    operate(&town, &alice, "mint_create", json!({ "to": bob.id, "amount": "1" }))
        .await
        .refused(Code::Forbidden);
    operate(&town, &alice, "transfer_create", pay(&alice, "1")).await.refused(Code::SameAccount);
    operate(&town, &alice, "transfer_create", json!({ "to": 5 })).await.refused(Code::InvalidField);
    for id in ["dance", "health", "setup_complete", "envelope_submit", "journal_export"] {
        operate(&town, &alice, id, json!({})).await.refused(Code::NotFound);
    }
    operate(&town, &owner, "agent_suspend", json!({ "agent": alice.id })).await.accepted();
    for (id, params) in
        [("balance_list", json!({ "principal": alice.id })), ("transfer_create", pay(&bob, "1"))]
    {
        operate(&town, &alice, id, params).await.refused(Code::PrincipalSuspended);
    }
    town.stop().await;
}

#[tokio::test]
async fn operations_by_envelope_may_overtake_each_other() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let make = || {
        let header = alice.header(town.did(), None);
        alice.sign(build::operation_by_id(header, "transfer_create", object(pay(&bob, "1"))))
    };
    let (first, second) = (make(), make());
    town.submit(&second).await.accepted();
    town.submit(&first).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn an_envelope_has_one_command_carried_out() {
    let (town, owner) = Town::owned().await;
    let (alice, bob) = (town.agent(&owner, "alice").await, town.agent(&owner, "bob").await);
    let items = json!({ "items": [pay(&bob, "1"), pay(&bob, "2")] });
    operate(&town, &alice, "transfer_batch", items).await.refused(Code::InvalidField);
    let reply = operate(&town, &owner, "agent_create", json!({ "name": "Ada" })).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let done = reply.accepted();
    assert_eq!(done["result"].get("api_key"), None);
    let pem = done["result"]["private_key_pem"].as_str().unwrap();
    let ada = town
        .known(done["result"]["id"].as_str().unwrap(), SigningKey::from_pkcs8_pem(pem).unwrap());
    let key = operate(&town, &ada, "api_key_create", json!({ "actions": ["*"] })).await.accepted();
    let secret = key["result"]["api_key"].as_str().unwrap();
    town.ask(Ask::get("/api/v1/agents").bearer(secret)).await.accepted();
    town.stop().await;
}

#[tokio::test]
async fn accepted_envelopes_and_their_graph_are_there_for_their_parties() {
    let deal = Deal::new().await;
    let offer = deal.offer().await;
    let accepted = deal.accept(&offer).await;
    let delegation = deal.delegate(&accepted).await;
    let path = format!("/amp/envelopes/{}", delegation.envelope_id);
    let read = deal.town.ask(Ask::get(&*path).by(&deal.agent)).await.accepted();
    assert_eq!((&read["verb"], &read["from"]), (&json!("delegate"), &json!(deal.payer.did)));
    assert_eq!(
        (&read["parent"], &read["to"]),
        (&json!(accepted.envelope_id), &json!(deal.agent.did))
    );
    let unsigned = hansa_crypto::json::canonical(&read["envelope"]).unwrap();
    assert_eq!(read["digest"], json!(hansa_crypto::hash::sha256(&unsigned)));
    let signature = read["signature"].as_str().unwrap().parse().unwrap();
    deal.payer.key.public().verify(&unsigned, &signature).unwrap();
    let graph = format!("/amp/graph/{}", accepted.envelope_id);
    let graph = deal.town.ask(Ask::get(&*graph).by(&deal.payer)).await.accepted();
    assert_eq!((&graph["root"], &graph["task"]), (&json!(offer.envelope_id), &json!(offer.task)));
    let edges = json!([
        { "from": offer.envelope_id, "to": accepted.envelope_id },
        { "from": accepted.envelope_id, "to": delegation.envelope_id },
    ]);
    assert_eq!((&graph["edges"], graph["nodes"].as_array().unwrap().len()), (&edges, 3));
    let mallory = deal.town.agent(&deal.owner, "mallory").await;
    deal.town.ask(Ask::get(&*path).by(&mallory)).await.refused(Code::NotFound);
    let graph = format!("/amp/graph/{}", offer.envelope_id);
    deal.town.ask(Ask::get(graph).by(&mallory)).await.refused(Code::NotFound);
    deal.town.ask(Ask::get(&*path).by(&deal.owner)).await.accepted();
    deal.town.stop().await;
}

#[tokio::test]
async fn a_task_whose_time_runs_out_pays_back() {
    let deal = Deal::new().await;
    let delegation = deal.delegated().await;
    deal.town.clock.advance(Duration::days(8));
    let claim = Execute {
        milestone: MilestoneName::new("draft_ready"),
        output_hash: Digest([7; 32]),
        model: None,
        input_hash: None,
    };
    let header = deal.agent.header(deal.payer.did.clone(), Some(delegation.envelope_id));
    let late = deal.agent.send(build::execute(header, &claim).unwrap()).await;
    assert_eq!(code_of(late), Code::EscrowSpent);
    let task = deal.task(&delegation).await;
    assert_eq!((&task["terms_state"], &task["refunded"]), (&json!("expired"), &json!("50")));
    assert_eq!(deal.available(&deal.payer).await, "1000");
    deal.town.stop().await;
}
