//! A journal made by hand: entries as the kernel would have decided them.

use hansa_crypto::hash::label;
use hansa_crypto::keys::SigningKey;
use hansa_kernel::principal::{self, Kind};
use hansa_kernel::task::{
    Accepted, Attested, Claimed, Delegated, Executed, MilestoneTerms, Offered, Rail, Rated,
    Settled, Terms, Verdict,
};
use hansa_kernel::transfer::{
    CurrencyCreated, FeeRule, Minted, Pending, Posted, VoidReason, Voided,
};
use hansa_kernel::{Auth, Entry, EnvelopeProof, Event, node};
use hansa_types::{
    Amount, AnyId, CurrencyCode, Digest, EntryId, EnvelopeId, IncarnationId, PrincipalId,
    Signature, TaskId, Time, TransferId, Vis,
};
use hansa_views::{PageQuery, Projected, Viewer, Views};
use serde_json::{Value, json};

/// The node's principal.
pub(crate) const NODE: PrincipalId = PrincipalId(1);

/// Entries in order.
pub(crate) struct Journal {
    pub(crate) entries: Vec<Projected>,
    made: u128,
}

/// An entry before it has its place.
pub(crate) struct Draft {
    pub(crate) id: Option<AnyId>,
    pub(crate) actor: Option<PrincipalId>,
    pub(crate) subject: Option<AnyId>,
    pub(crate) envelope: Option<EnvelopeId>,
    pub(crate) document: Option<Value>,
}

impl Draft {
    pub(crate) fn by(actor: PrincipalId) -> Self {
        Self { id: None, actor: Some(actor), subject: None, envelope: None, document: None }
    }

    pub(crate) fn by_timer() -> Self {
        Self { actor: None, ..Self::by(NODE) }
    }

    pub(crate) fn id(self, id: impl Into<AnyId>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    pub(crate) fn about(self, subject: impl Into<AnyId>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    pub(crate) fn envelope(self, id: EnvelopeId, document: Option<Value>) -> Self {
        Self { envelope: Some(id), document, ..self }
    }
}

pub(crate) fn avt() -> CurrencyCode {
    "AVT".parse().unwrap()
}

pub(crate) fn everyone() -> Viewer {
    Viewer { principal: None, all: true }
}

pub(crate) fn as_seen_by(principal: PrincipalId) -> Viewer {
    Viewer { principal: Some(principal), all: false }
}

pub(crate) fn first(limit: u32) -> PageQuery {
    PageQuery { after: None, limit }
}

impl Journal {
    /// A founded node with the currency AVT of six decimals.
    pub(crate) fn new() -> Self {
        let mut journal = Self { entries: Vec::new(), made: 1 };
        let founded = node::Founded {
            key: SigningKey::from_seed([1; 32]).public(),
            incarnation: IncarnationId(1),
            mode: node::Mode::Sovereign,
            format: hansa_kernel::format::FORMAT,
            genesis_grant: Amount::ZERO,
        };
        let draft = Draft { actor: None, ..Draft::by(NODE).id(NODE) };
        journal.add(draft, Event::NodeFounded(founded));
        journal.currency("AVT", 6);
        journal
    }

    /// A number that was not used before.
    pub(crate) fn next(&mut self) -> u128 {
        self.made += 1;
        self.made
    }

    pub(crate) fn envelope_id(&mut self) -> EnvelopeId {
        EnvelopeId::new(self.next())
    }

    pub(crate) fn add(&mut self, draft: Draft, event: Event) -> u64 {
        let seq = self.entries.len() as u64 + 1;
        let key = SigningKey::from_seed([1; 32]).public();
        let auth = match draft.envelope {
            Some(id) => {
                let (signature, digest) = (Signature([0; 64]), Digest::ZERO);
                Auth::Envelope(
                    key,
                    Some(Box::new(EnvelopeProof { id, nonce: seq, signature, digest })),
                )
            }
            None => Auth::Machine,
        };
        let id = draft.id.unwrap_or_else(|| EntryId(u128::from(seq)).into());
        let entry = Entry {
            seq,
            ts: Time(1_763_000_000_000 + seq),
            id,
            vis: Vis::Parties,
            actor: draft.actor,
            auth,
            subject: draft.subject,
            corr: None,
            event,
        };
        self.entries.push(Projected { entry, document: draft.document });
        seq
    }

    pub(crate) fn currency(&mut self, code: &str, scale: u8) {
        let fee = FeeRule { rate_ppm: 0, minimum: Amount::ZERO };
        let created = CurrencyCreated { code: code.parse().unwrap(), scale, own: true, fee };
        self.add(Draft::by(NODE), Event::CurrencyCreated(created));
    }

    pub(crate) fn agent(&mut self, card: Value) -> PrincipalId {
        self.principal(Kind::Agent, Some(card))
    }

    pub(crate) fn person(&mut self) -> PrincipalId {
        self.principal(Kind::Person, None)
    }

    fn principal(&mut self, kind: Kind, card: Option<Value>) -> PrincipalId {
        let number = self.next();
        let id = PrincipalId(number);
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&number.to_be_bytes());
        let key = SigningKey::from_seed(seed).public();
        let digest = card.as_ref().map(|_| Digest::ZERO);
        let created = principal::Created { kind, key, card: digest, owner: false };
        let draft = Draft { document: card, ..Draft::by(NODE).id(id) };
        self.add(draft, Event::PrincipalCreated(created));
        id
    }

    pub(crate) fn set_card(&mut self, principal: PrincipalId, card: Option<Value>) {
        let set = principal::CardSet { card: Digest::ZERO, trust: principal::Trust::Verified };
        let draft = Draft { document: card, ..Draft::by(principal).about(principal) };
        self.add(draft, Event::CardSet(set));
    }

    pub(crate) fn mint(&mut self, to: PrincipalId, amount: u128) -> TransferId {
        let id = TransferId(self.next());
        let minted = Minted { amount: Amount(amount), currency: avt(), grant: None };
        self.add(Draft::by(NODE).id(id).about(to), Event::MoneyMinted(minted));
        id
    }

    pub(crate) fn pay(&mut self, from: PrincipalId, to: PrincipalId, amount: u128) -> TransferId {
        self.post(Draft::by(from), to, amount, None)
    }

    pub(crate) fn post(
        &mut self,
        draft: Draft,
        to: PrincipalId,
        amount: u128,
        of: Option<(PrincipalId, TransferId)>,
    ) -> TransferId {
        let id = TransferId(self.next());
        let posted = Posted {
            from: of.map(|(payer, _)| payer),
            amount: Amount(amount),
            currency: avt(),
            fee: Amount(1),
            of: of.map(|(_, pending)| pending),
            grant: None,
        };
        self.add(draft.id(id).about(to), Event::TransferPosted(posted));
        id
    }

    pub(crate) fn hold(&mut self, from: PrincipalId, to: PrincipalId, amount: u128) -> TransferId {
        let id = TransferId(self.next());
        let pending = Pending {
            from: None,
            amount: Amount(amount),
            currency: avt(),
            fee: Amount(2),
            expires: Time(1_764_000_000_000),
            task: None,
            grant: None,
        };
        self.add(Draft::by(from).id(id).about(to), Event::TransferPending(pending));
        id
    }

    pub(crate) fn void(
        &mut self,
        draft: Draft,
        pending: TransferId,
        amount: u128,
        reason: VoidReason,
    ) {
        let voided = Voided { amount: Amount(amount), fee: Amount::ZERO, currency: avt(), reason };
        self.add(draft.about(pending), Event::TransferVoided(voided));
    }
}

/// A task that is taken through its steps.
pub(crate) struct Work {
    pub(crate) id: TaskId,
    pub(crate) payer: PrincipalId,
    pub(crate) agent: PrincipalId,
    pub(crate) hold: TransferId,
    pub(crate) offer: EnvelopeId,
    pub(crate) accept: EnvelopeId,
    pub(crate) delegation: EnvelopeId,
    pub(crate) amount: u128,
}

/// Terms of two milestones, half each.
pub(crate) fn halves(amount: u128) -> Terms {
    let half = |name: &str| MilestoneTerms { pct: 50, on: label(name) };
    Terms {
        currency: avt(),
        amount: Amount(amount),
        rail: Rail::Escrow,
        milestones: vec![half("draft_ready"), half("filed_confirmed")],
        deadline: None,
        sla: None,
    }
}

/// The envelope of an offer of such terms.
pub(crate) fn offer_text(id: EnvelopeId, skill: &str) -> Value {
    json!({
        "v": 1, "kind": "intent", "id": id, "from": "did:w7:alice", "to": "did:w7:bob",
        "intent": { "action": skill, "params": {} },
        "settle": { "rail": "amp-escrow", "amount": "50 AVT", "milestones": [
            { "pct": 50, "on": "draft_ready" }, { "pct": 50, "on": "filed_confirmed" },
        ] },
    })
}

impl Journal {
    pub(crate) fn offer(
        &mut self,
        payer: PrincipalId,
        agent: PrincipalId,
        skill: &str,
    ) -> (TaskId, EnvelopeId) {
        let (id, envelope) = (TaskId(self.next()), self.envelope_id());
        let offered = Offered { terms: halves(50_000_000), skill: label(skill) };
        let draft = Draft::by(payer).id(id).about(agent);
        let draft = draft.envelope(envelope, Some(offer_text(envelope, skill)));
        self.add(draft, Event::TaskOffered(offered));
        (id, envelope)
    }

    pub(crate) fn delegate(&mut self, payer: PrincipalId, agent: PrincipalId, skill: &str) -> Work {
        let (id, offer) = self.offer(payer, agent, skill);
        let accept = self.envelope_id();
        let draft = Draft::by(agent).about(id).envelope(accept, None);
        self.add(draft, Event::TaskAccepted(Accepted {}));
        let (delegation, hold) = (self.envelope_id(), TransferId(self.next()));
        let draft = Draft::by(payer).about(id).envelope(delegation, None);
        self.add(draft, Event::TaskDelegated(Delegated { hold }));
        let pending = Pending {
            from: None,
            amount: Amount(50_000_000),
            currency: avt(),
            fee: Amount::ZERO,
            expires: Time(1_764_000_000_000),
            task: Some(id),
            grant: None,
        };
        self.add(Draft::by(payer).id(hold).about(agent), Event::TransferPending(pending));
        Work { id, payer, agent, hold, offer, accept, delegation, amount: 50_000_000 }
    }

    /// Execution, claim and judgement of a milestone; their envelopes.
    pub(crate) fn milestone(
        &mut self,
        work: &Work,
        milestone: u8,
        verdict: Verdict,
    ) -> [EnvelopeId; 3] {
        let steps = [self.envelope_id(), self.envelope_id(), self.envelope_id()];
        let [execution, claim, judgement] = steps;
        let draft = Draft::by(work.agent).about(work.id).envelope(execution, None);
        self.add(draft, Event::TaskExecuted(Executed { milestone, output: Digest::ZERO }));
        let draft = Draft::by(work.agent).about(work.id).envelope(claim, None);
        self.add(draft, Event::TaskClaimed(Claimed { milestone, result: Digest::ZERO }));
        let draft = Draft::by(work.payer).about(work.id).envelope(judgement, None);
        self.add(draft, Event::TaskAttested(Attested { milestone, verdict, score: None }));
        let half = work.amount / 2;
        match verdict {
            Verdict::Accept => {
                let of = Some((work.payer, work.hold));
                self.post(Draft::by(work.payer), work.agent, half, of);
            }
            Verdict::Refuse => {
                self.void(Draft::by(work.payer), work.hold, half, VoidReason::Refused);
            }
        }
        steps
    }

    pub(crate) fn settle(&mut self, work: &Work, paid: u8, refused: u8) {
        let event = Event::TaskSettled(Settled { paid, refused });
        self.add(Draft::by(work.payer).about(work.id), event);
    }

    pub(crate) fn rate(&mut self, work: &Work, by: PrincipalId, stars: u8) {
        let envelope = self.envelope_id();
        let draft = Draft::by(by).about(work.id).envelope(envelope, None);
        self.add(draft, Event::TaskRated(Rated { stars }));
    }

    /// A whole task that was paid and rated.
    pub(crate) fn good_work(
        &mut self,
        payer: PrincipalId,
        agent: PrincipalId,
        skill: &str,
        stars: u8,
    ) -> Work {
        let work = self.delegate(payer, agent, skill);
        self.milestone(&work, 0, Verdict::Accept);
        self.milestone(&work, 1, Verdict::Accept);
        self.settle(&work, 2, 0);
        self.rate(&work, payer, stars);
        work
    }
}

/// A card with one skill.
pub(crate) fn card(name: &str, skill: &str, tags: &[&str]) -> Value {
    json!({
        "name": name,
        "description": format!("{name} is at your service"),
        "skills": [{ "id": skill, "name": skill, "description": "", "tags": tags }],
    })
}

/// The same card with a price.
pub(crate) fn priced(mut card: Value, rate: &str, currency: &str) -> Value {
    card["capabilities"] = json!({ "extensions": [{
        "uri": "https://theprotocol.cloud/extensions/v1/auth/a2a-payment",
        "params": { "base_rate": rate, "currency": currency },
    }] });
    card
}

/// Views in a directory that lives as long as they do.
pub(crate) struct Place {
    pub(crate) views: Views,
    pub(crate) dir: tempfile::TempDir,
}

impl std::ops::Deref for Place {
    type Target = Views;
    fn deref(&self) -> &Views {
        &self.views
    }
}

/// Fresh views of a whole journal, projected in batches of so many entries.
pub(crate) async fn projected_by(journal: &Journal, batch: usize) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let views = Views::open(&dir.path().join("views.db")).await.unwrap();
    for entries in journal.entries.chunks(batch) {
        views.apply(entries).await.unwrap();
    }
    Place { views, dir }
}

/// Fresh views of a whole journal in one batch.
pub(crate) async fn projected(journal: &Journal) -> Place {
    projected_by(journal, usize::MAX).await
}
