//! A node's state with a clock, ids in order, names for what exists, and its whole journal.

use std::collections::BTreeMap;

use hansa_crypto::hash::sha256;
use hansa_crypto::{PublicKey, SigningKey};
use hansa_kernel::decide::{Place, Repetition, decide};
use hansa_kernel::idempotency::Limits;
use hansa_kernel::state::HashSeed;
use hansa_kernel::transfer::{AccountKey, CurrencyIndex, Role};
use hansa_kernel::{Admission, Context, Draft, Entry, Request, State, codec};
use hansa_types::{
    AnyId, ApiKeyId, BootstrapId, ClientId, Currency, CurrencyCode, Digest, EnvelopeId,
    PrincipalId, SessionId, TaskId, Time, TransferId,
};

use super::Outcome;

const SEED: HashSeed = [1, 2, 3, 4];
const OTHER_SEED: HashSeed = [0xFEED, 0xFACE, 0xCAFE, 0xBABE];
const BEGINNING: Time = Time(1_800_000_000_000);

/// What a name in a script stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Named {
    Principal(PrincipalId),
    Key { id: ApiKeyId, owner: PrincipalId },
    Token { id: ClientId, owner: PrincipalId },
    Bootstrap { id: BootstrapId, owner: PrincipalId },
    Session { id: SessionId, owner: PrincipalId },
    Step(EnvelopeId),
    Id(AnyId),
}

#[derive(Clone)]
pub(crate) struct Town {
    pub(crate) state: State,
    pub(crate) now: Time,
    entropy: u128,
    limits: Limits,
    names: BTreeMap<String, Named>,
    nonces: BTreeMap<String, u64>,
    journal: Vec<Vec<u8>>,
}

impl Town {
    pub(crate) fn new() -> Self {
        Self::with_idempotency(Limits::default())
    }

    pub(crate) fn with_idempotency(limits: Limits) -> Self {
        Self {
            state: State::with_idempotency(SEED, limits),
            now: BEGINNING,
            entropy: 0,
            limits,
            names: BTreeMap::new(),
            nonces: BTreeMap::new(),
            journal: Vec::new(),
        }
    }

    /// The town that scripts begin with.
    pub(crate) fn settle(&mut self) {
        for line in [
            "found sovereign AVT scale:6 fee:5000/0.001 genesis:1000",
            "owner olga",
            "agent alice",
            "agent bob",
            "agent carol",
        ] {
            super::run_line(self, line).unwrap_or_else(|complaint| panic!("{line}: {complaint}"));
        }
    }

    /// Numbers for ids, counted up.
    pub(crate) fn entropy(&mut self) -> u128 {
        self.entropy += 1;
        self.entropy
    }

    pub(crate) fn next_nonce(&mut self, sender: &str) -> u64 {
        let nonce = self.nonces.entry(sender.to_owned()).or_insert(0);
        *nonce += 1;
        *nonce
    }

    /// The key that everything of a name is signed with.
    pub(crate) fn public_key(name: &str) -> PublicKey {
        Self::signing_key(name).public()
    }

    /// Its private half.
    pub(crate) fn signing_key(name: &str) -> SigningKey {
        SigningKey::from_seed(sha256(name.as_bytes()).0)
    }

    /// Every line of the journal so far.
    pub(crate) fn journal(&self) -> &[Vec<u8>] {
        &self.journal
    }

    /// Carries a request out the way the writer does, and checks what must always hold.
    pub(crate) fn submit(&mut self, request: &Request) -> Outcome {
        let before = self.state.digest();
        let outcome = self.carry_out(request);
        match &outcome {
            Outcome::Done { entries } => assert!(!entries.is_empty(), "what happens has entries"),
            _ => assert_eq!(self.state.digest(), before, "what is refused changes nothing"),
        }
        self.check_books();
        outcome
    }

    fn carry_out(&mut self, request: &Request) -> Outcome {
        let (now, counter) = (self.now, &mut self.entropy);
        let mut entropy = || {
            *counter += 1;
            *counter
        };
        let mut ctx = Context { now, entropy: &mut entropy };
        let mut drafts: Vec<Draft> = Vec::new();
        match self.state.admit(request, now) {
            Ok(Admission::Fresh(permit)) => {
                if let Err(rejection) = decide(&permit, &mut ctx, &mut drafts) {
                    return Outcome::Refused(rejection);
                }
            }
            Ok(Admission::Repeated(seq)) => return Outcome::Repeated(seq),
            Ok(Admission::LookUp) => return Outcome::LookUp,
            Ok(Admission::Judge(question)) => return Outcome::Judge(question),
            Ok(Admission::Approval(judgement)) => return Outcome::Approval(judgement),
            Err(rejection) => return Outcome::Refused(rejection),
        }
        let mut entries: Vec<Entry> = Vec::new();
        for draft in drafts {
            let place = Place {
                seq: self.state.seq + 1,
                actor: request.caller.principal,
                auth: &request.caller.auth,
                corr: Repetition { is_first: entries.is_empty(), correlation: request.corr },
            };
            let entry = draft.into_entry(place, &mut ctx);
            let mut line = Vec::new();
            codec::encode(&entry, &mut line);
            let decoded = codec::decode(&line).unwrap();
            assert_eq!(decoded, entry, "an entry reads back as it was written");
            self.state.apply(&decoded);
            self.journal.push(line);
            entries.push(entry);
        }
        Outcome::Done { entries }
    }

    /// Every currency's books balance, nobody but an issuer owes, and escrow holds what is held.
    pub(crate) fn check_books(&self) {
        let ledger = &self.state.ledger;
        for index in (0..ledger.currencies().len()).map(|i| CurrencyIndex(i.try_into().unwrap())) {
            let supply = ledger.supply(index);
            assert!(supply.is_balanced(), "{index:?}: {supply:?}");
            let held = self.state.held.values().filter(|held| held.currency == index);
            let sum: u128 = held.map(|held| held.amount.0 + held.fee.0).sum();
            assert_eq!(supply.held.0, sum, "escrow holds what is held");
            self.check_sums(index);
        }
        for account in ledger.accounts().iter().filter(|a| a.key.role != Role::Issuer) {
            assert!(account.debits <= account.credits, "{account:?} owes");
        }
    }

    /// What everybody has set aside is the sum of their pending transfers.
    fn check_sums(&self, currency: CurrencyIndex) {
        let held = self.state.held.values().filter(|held| held.currency == currency);
        let mut sums = BTreeMap::<_, u128>::new();
        for held in held {
            *sums.entry(held.payer).or_default() += held.amount.0 + held.fee.0;
        }
        for account in self.state.ledger.accounts().iter().filter(|a| a.key.currency == currency) {
            let payer = account.key.owner;
            let sum = sums.get(&payer).copied().unwrap_or_default();
            assert_eq!(self.state.held.sum(payer, currency).0, sum, "{payer:?}");
        }
    }

    /// The state is the fold of its journal, whatever the seeds, and goes on from a snapshot after
    /// `snapshot_seq` entries as if it had not stopped.
    pub(crate) fn check_replay(&self, snapshot_seq: usize) {
        let (before, after) = self.journal.split_at(snapshot_seq.min(self.journal.len()));
        let apply = |state: &mut State, lines: &[Vec<u8>]| {
            for line in lines {
                state.apply(&codec::decode(line).unwrap());
            }
        };
        let mut replayed = State::with_idempotency(OTHER_SEED, self.limits);
        apply(&mut replayed, before);
        let snapshot = replayed.to_bytes();
        let mut resumed = State::from_bytes(&snapshot, SEED).unwrap();
        assert_eq!(resumed.to_bytes(), snapshot, "a snapshot reads back as it was written");
        apply(&mut replayed, after);
        apply(&mut resumed, after);
        let digest = self.state.digest();
        assert_eq!(replayed.digest(), digest, "replay gives the same state");
        assert_eq!(resumed.digest(), digest, "a snapshot and its tail give the same state");
    }

    /// Goes on from a snapshot of the state, with another seed.
    pub(crate) fn reload(&mut self) {
        let bytes = self.state.to_bytes();
        self.state = State::from_bytes(&bytes, OTHER_SEED).unwrap();
        assert_eq!(self.state.to_bytes(), bytes);
    }

    pub(crate) fn bind(&mut self, name: &str, named: Named) {
        self.names.insert(name.to_owned(), named);
    }

    /// Names what a command brought about: the step of a task with its task and hold, a key, or
    /// the thing of the first entry, with the grant that came with it.
    pub(crate) fn bind_outcome(&mut self, name: &str, outcome: &Outcome) {
        let Outcome::Done { entries } = outcome else { return };
        let first = &entries[0];
        for entry in entries.iter().skip(1) {
            if let AnyId::Transfer(_) = entry.id {
                self.bind(&format!("{name}.hold"), Named::Id(entry.id));
            }
            if let AnyId::Grant(_) = entry.id {
                self.bind(&format!("{name}.grant"), Named::Id(entry.id));
            }
        }
        let proof = first.auth.proof().filter(|proof| self.state.tasks.step(proof.id).is_some());
        let named = match (first.id, first.subject, proof) {
            (id, _, Some(proof)) => {
                if let AnyId::Task(_) = id {
                    self.bind(&format!("{name}.task"), Named::Id(id));
                }
                Named::Step(proof.id)
            }
            (AnyId::ApiKey(id), Some(AnyId::Principal(owner)), _) => Named::Key { id, owner },
            (AnyId::Client(id), Some(AnyId::Principal(owner)), _) => Named::Token { id, owner },
            (AnyId::Bootstrap(id), Some(AnyId::Principal(owner)), _) => {
                Named::Bootstrap { id, owner }
            }
            (AnyId::Session(id), Some(AnyId::Principal(owner)), _) => Named::Session { id, owner },
            (id, _, _) => Named::Id(id),
        };
        self.bind(name, named);
    }

    pub(crate) fn named(&self, name: &str) -> Result<Named, String> {
        self.names.get(name).copied().ok_or_else(|| format!("nothing is called {name}"))
    }

    /// The name of an id, or the id itself.
    pub(crate) fn name_of(&self, id: AnyId) -> String {
        let is_it = |named: &Named| match *named {
            Named::Principal(principal) => AnyId::from(principal) == id,
            Named::Key { id: key, .. } => AnyId::from(key) == id,
            Named::Token { id: client, .. } => AnyId::from(client) == id,
            Named::Bootstrap { id: token, .. } => AnyId::from(token) == id,
            Named::Session { id: session, .. } => AnyId::from(session) == id,
            Named::Id(other) => other == id,
            Named::Step(_) => false,
        };
        let name = self.names.iter().find(|(_, named)| is_it(named));
        name.map_or_else(|| id.to_string(), |(name, _)| name.clone())
    }

    /// The principal of a name; one that does not exist gets an id that nobody has.
    pub(crate) fn principal(&self, name: &str) -> PrincipalId {
        match self.names.get(name) {
            Some(Named::Principal(id)) => *id,
            _ => PrincipalId::new(1, super::request::number_of(name)),
        }
    }

    pub(crate) fn step(&self, name: &str) -> Result<EnvelopeId, String> {
        match self.named(name) {
            Ok(Named::Step(id)) => Ok(id),
            Ok(other) => Err(format!("{name} is {other:?} and no step")),
            Err(_) if name == "nowhere" => Ok(EnvelopeId::new(7)),
            Err(complaint) => Err(complaint),
        }
    }

    pub(crate) fn transfer(&self, name: &str) -> Result<TransferId, String> {
        match self.named(name)? {
            Named::Id(AnyId::Transfer(id)) => Ok(id),
            other => Err(format!("{name} is {other:?} and no transfer")),
        }
    }

    /// The task of a step, or of a name.
    pub(crate) fn task(&self, name: &str) -> Result<TaskId, String> {
        match self.named(name)? {
            Named::Id(AnyId::Task(id)) => Ok(id),
            Named::Step(step) => {
                let step = self.state.tasks.step(step);
                step.map(|step| step.task).ok_or_else(|| format!("{name} has left the state"))
            }
            other => Err(format!("{name} is {other:?} and no task")),
        }
    }

    /// A currency by its code; one that does not exist is written with six decimals.
    pub(crate) fn currency(&self, code: &str) -> Result<Currency, String> {
        let code: CurrencyCode = code.parse().map_err(|_| format!("{code} is no currency"))?;
        let index = self.state.ledger.currency(code);
        let known = index.map(|index| self.state.ledger.currency_state(index).currency);
        Ok(known.unwrap_or(Currency { code, scale: 6 }))
    }

    pub(crate) fn account(&self, owner: &str, code: CurrencyCode) -> Result<AccountKey, String> {
        let currency = self.state.ledger.currency(code).map_err(|r| r.to_string())?;
        let owner = self.state.principal(self.principal(owner)).map_err(|r| r.to_string())?;
        Ok(AccountKey { owner, currency, role: Role::Main })
    }

    pub(crate) fn digest_of(text: &str) -> Digest {
        sha256(text.as_bytes())
    }
}
