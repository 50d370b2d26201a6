//! Foresight: what the writer will ask about a payment, told before it asks.
//!
//! A command that policy has to judge meets the writer twice: it hands facts out, and admits the command
//! when the judgement comes back. Of a payment these facts follow from earlier questions but for amount
//! and hour: what its parties are, the grant by which one pays for the other, and how strong a session
//! is. Most parties are agents without governance roles, and whoever is not known is taken for one. Which
//! sets are asked follows from the amount. So it is judged first and meets the writer once. That is safe
//! whatever was learned: admission takes a judgement over the very same facts by the very same sets, and
//! asks where this one is over others.
//!
//! Deliberately absent: verdicts, for every payment is judged; and acts in a task, which rest on more of
//! the state.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

use hansa_kernel::policy::{
    Concern, CounterpartyFacts, Facts, GrantFacts, MoneyFacts, Question, Ruling,
};
use hansa_kernel::principal::Kind;
use hansa_kernel::{Auth, Command, Entry, Event, Request, transfer};
use hansa_types::{Currency, CurrencyCode, PrincipalId, SessionId, Time};

use super::Judge;
use crate::limits::{FORESEEN_GRANT_CHANGES_MAX, FORESEEN_PRINCIPALS_MAX};
use crate::writer::{Job, Outcome};

/// The operation whose questions are expected.
const PAYMENT: &str = "transfer_create";

/// Puts the question together that is expected about a payment, from those that came before.
#[derive(Default)]
pub struct Foresight {
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    /// The sets that concern payments; empty while that is not known.
    concerns: Vec<Concern>,
    currencies: HashMap<CurrencyCode, Currency>,
    /// Those who are not what most are.
    parties: HashMap<PrincipalId, Party>,
    /// The grant by which one principal pays for another.
    grants: HashMap<Pair, Held>,
    /// Whether a second factor was shown in a session.
    sessions: HashMap<SessionId, bool>,
}

/// Who acts, and on whose behalf.
type Pair = (PrincipalId, PrincipalId);

/// What facts say of a principal.
#[derive(Clone, PartialEq)]
struct Party {
    kind: Kind,
    /// Its governance roles, sorted.
    roles: Vec<Cow<'static, str>>,
}

/// A grant that was used, and how often another one was since the first.
struct Held {
    grant: GrantFacts,
    changes: u32,
}

impl Party {
    /// What most are.
    const MOST: Self = Self { kind: Kind::Agent, roles: Vec::new() };
}

impl Foresight {
    /// Takes in what the writer asked about a request.
    pub fn learn(&self, request: &Request, question: &Question) {
        let Some((actor, create)) = payment(request) else { return };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.concerns.clone_from(&question.concerns);
        let facts = &question.facts;
        if let Some(money) = facts.money {
            known.currencies.insert(money.currency.code, money.currency);
        }
        let other = facts.counterparty.as_ref();
        if let Some((id, kind)) = other.and_then(|other| other.principal.zip(other.kind)) {
            let party = Party { kind, ..known.party(id) };
            known.meet(id, party);
        }
        known.meet(actor, Party { kind: facts.actor_kind, roles: facts.roles.clone() });
        if let Some(grant) = &facts.grant {
            known.hold((actor, create.from), grant);
        }
        if let Auth::Session(id) = request.caller.auth {
            make_room(&mut known.sessions, &id);
            known.sessions.insert(id, facts.strong_auth);
        }
    }

    /// What the writer will ask about a request, as far as it can be told.
    pub fn expect(&self, request: &Request, now: Time) -> Option<Question> {
        let (actor, create) = payment(request)?;
        if request.ruling.is_some() || request.parking.is_some() {
            return None;
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let concerns = &known.concerns;
        let money = (create.currency, create.amount);
        let asked = concerns.iter().filter(|concern| concern.is_asked(PAYMENT, money));
        let sets: Vec<_> = asked.map(|concern| concern.set).collect();
        if sets.is_empty() {
            return None;
        }
        let acting = known.party(actor);
        let currency = *known.currencies.get(&create.currency)?;
        let (principal, kind) = (Some(create.to), Some(known.party(create.to).kind));
        let grant = match actor == create.from {
            true => None,
            false => Some(known.held((actor, create.from))?.clone()),
        };
        let facts = Facts {
            action: PAYMENT.into(),
            actor,
            actor_kind: acting.kind,
            on_behalf_of: grant.as_ref().map(|grant| grant.root),
            money: Some(MoneyFacts { currency, amount: create.amount }),
            counterparty: Some(CounterpartyFacts { principal, kind, name: None }),
            resource: None,
            grant,
            task: None,
            roles: acting.roles,
            auth: request.caller.auth.method(),
            strong_auth: known.is_strong(&request.caller.auth)?,
            hour: Facts::hour_of(now),
            parameters: None,
        };
        Some(Question { facts, sets, concerns: concerns.clone() })
    }

    /// Forgets everything, after policy was changed.
    pub fn forget(&self) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known::default();
    }
}

impl Known {
    fn party(&self, id: PrincipalId) -> Party {
        self.parties.get(&id).cloned().unwrap_or(Party::MOST)
    }

    fn meet(&mut self, id: PrincipalId, party: Party) {
        if party == Party::MOST {
            self.parties.remove(&id);
        } else {
            make_room(&mut self.parties, &id);
            self.parties.insert(id, party);
        }
    }

    fn hold(&mut self, pair: Pair, grant: &GrantFacts) {
        make_room(&mut self.grants, &pair);
        let held = self.grants.entry(pair);
        let held = held.or_insert_with(|| Held { grant: grant.clone(), changes: 0 });
        if held.grant != *grant {
            *held = Held { grant: grant.clone(), changes: held.changes + 1 };
        }
    }

    /// The grant that will be used again. Where it is one and then another, nobody can tell.
    fn held(&self, pair: Pair) -> Option<&GrantFacts> {
        let held = self.grants.get(&pair)?;
        (held.changes <= FORESEEN_GRANT_CHANGES_MAX).then_some(&held.grant)
    }

    /// Whether a key of the caller's own or a second factor was shown, where that can be told.
    fn is_strong(&self, auth: &Auth) -> Option<bool> {
        match auth {
            Auth::ApiKey(_) | Auth::Jwt(_) => Some(false),
            Auth::Envelope(..) => Some(true),
            Auth::Session(id) => self.sessions.get(id).copied(),
            _ => None,
        }
    }
}

/// Begins a table anew where it is full and what comes is not in it.
fn make_room<K: Eq + Hash, V>(table: &mut HashMap<K, V>, key: &K) {
    if table.len() >= FORESEEN_PRINCIPALS_MAX && !table.contains_key(key) {
        table.clear();
    }
}

/// A payment, and who makes it.
fn payment(request: &Request) -> Option<(PrincipalId, &transfer::Create)> {
    match &request.command {
        Command::TransferCreate(create) => Some((request.caller.principal?, create)),
        _ => None,
    }
}

impl Judge {
    /// Judges beforehand what can be; says of each whether it was.
    pub(crate) async fn foresee(&self, jobs: &mut [Job]) -> Vec<bool> {
        let mut foreseen = Vec::with_capacity(jobs.len());
        for job in jobs {
            let ruling = self.judge_beforehand(&job.request).await;
            foreseen.push(ruling.is_some());
            if ruling.is_some() {
                job.request.ruling = ruling;
            }
        }
        foreseen
    }

    async fn judge_beforehand(&self, request: &Request) -> Option<Box<Ruling>> {
        let question = self.foresight.expect(request, self.env.clock.wall())?;
        let _place = self.beforehand.try_acquire().ok()?;
        self.metrics.foreseen.inc();
        Some(Box::new(self.judge(question).await))
    }

    /// Looks at what became of a command that may have been judged beforehand.
    pub(crate) fn compare(&self, foreseen: bool, outcome: &Outcome) {
        match outcome {
            Outcome::Judge(..) if foreseen => {
                self.metrics.foreseen_wrong.inc();
            }
            // Without a second entry the judgement was not needed: no set is asked any more, and no
            // question would say so.
            Outcome::Accepted(accepted) if foreseen && accepted.last_seq == accepted.entry.seq => {
                self.foresight.forget();
            }
            _ => {}
        }
    }

    /// Expects nothing any more where policy was changed.
    pub(crate) fn forget_policy(&self, entry: &Entry) {
        if matches!(
            entry.event,
            Event::PolicySetActivated(_)
                | Event::PolicySetDeprecated(_)
                | Event::PolicySetRevoked(_)
                | Event::PolicySetModeSet(_)
        ) {
            self.foresight.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use hansa_crypto::keys::SigningKey;
    use hansa_kernel::Caller;
    use hansa_kernel::grant::Revoke;
    use hansa_kernel::policy::{Bound, Engine, Mode, SetRef};
    use hansa_types::{Amount, ApiKeyId, Digest, GrantId, PolicySetId};

    use super::*;

    const HOUR: Time = Time(7_200_000);
    const NOW: Time = Time(7_200_001);

    fn money() -> Currency {
        Currency { code: "AVT".parse().unwrap(), scale: 6 }
    }

    fn payment(from: u128, to: u128, amount: u128) -> Request {
        let (from, to) = (PrincipalId(from), PrincipalId(to));
        let (currency, amount) = (money().code, Amount(amount));
        let create = transfer::Create { from, to, currency, amount, hold: None };
        let caller = Caller { principal: Some(from), auth: Auth::ApiKey(ApiKeyId(from.0)) };
        Request::new(caller, Command::TransferCreate(create), None)
    }

    /// What the writer asks about such a payment.
    fn question(from: u128, to: u128, amount: u128) -> Question {
        let (principal, kind) = (Some(PrincipalId(to)), Some(Kind::Organization));
        let facts = Facts {
            action: PAYMENT.into(),
            actor: PrincipalId(from),
            actor_kind: Kind::Person,
            on_behalf_of: None,
            money: Some(MoneyFacts { currency: money(), amount: Amount(amount) }),
            counterparty: Some(CounterpartyFacts { principal, kind, name: None }),
            resource: None,
            grant: None,
            task: None,
            roles: vec!["executive".into()],
            auth: "api_key",
            strong_auth: false,
            hour: HOUR,
            parameters: None,
        };
        let (set, rules) = (PolicySetId(1), Digest([1; 32]));
        let set = SetRef { set, rules, engine: Engine::Rego, mode: Mode::Enforce };
        let concerns = vec![Concern { set, bounds: Vec::new() }];
        Question { facts, sets: vec![set], concerns }
    }

    /// Whoever pays for another, by their credential, and what the writer asks about that.
    fn by(actor: u128, auth: Auth, from: u128, grant: Option<u128>) -> (Request, Question) {
        let plain = payment(from, 3, 20);
        let caller = Caller { principal: Some(PrincipalId(actor)), auth };
        let Question { facts, .. } = question(actor, 3, 20);
        let (root, issuer) = (PrincipalId(from), PrincipalId(from));
        let grant =
            grant.map(|id| GrantFacts { id: GrantId(id), root, issuer, depth: 0, expires: NOW });
        let facts = Facts {
            on_behalf_of: grant.as_ref().map(|grant| grant.root),
            grant,
            auth: caller.auth.method(),
            ..facts
        };
        (Request { caller, ..plain }, Question { facts, ..question(actor, 3, 20) })
    }

    #[test]
    fn what_was_asked_is_expected_again() {
        let foresight = Foresight::default();
        assert_eq!(foresight.expect(&payment(2, 3, 10), NOW), None);
        foresight.learn(&payment(2, 3, 10), &question(2, 3, 10));
        assert_eq!(foresight.expect(&payment(2, 3, 20), NOW), Some(question(2, 3, 20)));
        foresight.learn(&payment(4, 5, 10), &question(4, 5, 10));
        assert_eq!(foresight.expect(&payment(4, 3, 20), NOW), Some(question(4, 3, 20)));
        // One that was paid is what it was then, and holds no roles.
        let facts = foresight.expect(&payment(3, 5, 20), NOW).unwrap().facts;
        assert_eq!((facts.actor_kind, facts.roles), (Kind::Organization, Vec::new()));
        foresight.learn(&payment(5, 2, 10), &question(5, 2, 10));
        let facts = foresight.expect(&payment(2, 5, 20), NOW).unwrap().facts;
        assert_eq!(facts.roles, ["executive"]);
        foresight.forget();
        assert_eq!(foresight.expect(&payment(2, 3, 20), NOW), None);
    }

    #[test]
    fn whoever_is_not_known_is_taken_for_an_agent_without_roles() {
        let foresight = Foresight::default();
        foresight.learn(&payment(2, 3, 10), &question(2, 3, 10));
        let said = |facts: &Facts| {
            let payee = facts.counterparty.as_ref().and_then(|payee| payee.kind);
            (facts.actor_kind, facts.roles.clone(), payee)
        };
        let agents = (Kind::Agent, Vec::new(), Some(Kind::Agent));
        let expected = foresight.expect(&payment(6, 7, 20), NOW).unwrap();
        assert_eq!(said(&expected.facts), agents);
        // One that has become so needs no place.
        foresight.learn(&payment(6, 7, 10), &question(6, 7, 10));
        assert_eq!(foresight.known.read().unwrap().parties.len(), 4);
        foresight.learn(&payment(6, 7, 20), &expected);
        assert_eq!(said(&foresight.expect(&payment(6, 7, 20), NOW).unwrap().facts), agents);
        assert_eq!(foresight.known.read().unwrap().parties.len(), 2);
    }

    #[test]
    fn the_grant_that_was_used_is_expected_unless_it_keeps_changing() {
        let foresight = Foresight::default();
        let key = || Auth::ApiKey(ApiKeyId(4));
        foresight.learn(&payment(4, 3, 20), &question(4, 3, 20));
        let (request, first) = by(4, key(), 2, Some(1));
        assert_eq!(foresight.expect(&request, NOW), None);
        foresight.learn(&request, &first);
        assert_eq!(foresight.expect(&request, NOW), Some(first));
        // It says nothing about whom else one pays for.
        assert_eq!(foresight.expect(&by(4, key(), 5, None).0, NOW), None);
        for change in 1..=u128::from(FORESEEN_GRANT_CHANGES_MAX) {
            let (request, other) = by(4, key(), 2, Some(1 + change));
            foresight.learn(&request, &other);
            assert_eq!(foresight.expect(&request, NOW), Some(other));
        }
        let (request, other) = by(4, key(), 2, Some(1));
        foresight.learn(&request, &other);
        assert_eq!(foresight.expect(&request, NOW), None);
    }

    #[test]
    fn a_session_is_as_strong_as_it_was_and_an_envelope_always() {
        let foresight = Foresight::default();
        foresight.learn(&payment(2, 3, 20), &question(2, 3, 20));
        let (request, asked) = by(2, Auth::Session(SessionId(1)), 2, None);
        assert_eq!(foresight.expect(&request, NOW), None);
        for strong_auth in [false, true] {
            let facts = Facts { strong_auth, ..asked.facts.clone() };
            let asked = Question { facts, ..asked.clone() };
            foresight.learn(&request, &asked);
            assert_eq!(foresight.expect(&request, NOW), Some(asked));
        }
        let key = SigningKey::from_seed([1; 32]).public();
        let (request, _) = by(2, Auth::Envelope(key, None), 2, None);
        let facts = foresight.expect(&request, NOW).unwrap().facts;
        assert_eq!((facts.auth, facts.strong_auth), ("envelope", true));
        let (request, _) = by(2, Auth::Password, 2, None);
        assert_eq!(foresight.expect(&request, NOW), None);
    }

    #[test]
    fn what_was_judged_or_waits_is_not_expected() {
        let foresight = Foresight::default();
        let plain = payment(2, 3, 20);
        foresight.learn(&plain, &question(2, 3, 10));
        let parking = Some(hansa_kernel::clearance::Parking::Never);
        assert_eq!(foresight.expect(&Request { parking, ..plain.clone() }, NOW), None);
        let ruling = Ruling::new(question(2, 3, 20).facts.into(), Vec::new());
        let judged = Request { ruling: Some(Box::new(ruling)), ..plain };
        assert_eq!(foresight.expect(&judged, NOW), None);
    }

    #[test]
    fn the_sets_that_are_expected_are_those_whose_bounds_leave_the_amount_to_them() {
        let foresight = Foresight::default();
        let (paid, plain) = (payment(2, 3, 100), question(2, 3, 100));
        let (allow_up_to, approve_up_to) = (Amount(10), Amount(20));
        let action = PAYMENT.parse().unwrap();
        let bound = Bound { action, currency: money().code, allow_up_to, approve_up_to };
        let small = SetRef { set: PolicySetId(2), ..plain.sets[0] };
        let bounded = Concern { set: small, bounds: vec![bound] };
        let [free] = <[_; 1]>::try_from(plain.concerns).unwrap();
        let learn = |sets: Vec<SetRef>, concerns: &[Concern]| {
            let asked = Question { facts: plain.facts.clone(), sets, concerns: concerns.to_vec() };
            foresight.learn(&paid, &asked);
        };
        let asked =
            |amount| foresight.expect(&payment(2, 3, amount), NOW).map(|question| question.sets);
        learn(vec![free.set, small], &[free.clone(), bounded.clone()]);
        for (amount, sets) in
            [(21, vec![free.set, small]), (20, vec![free.set]), (1, vec![free.set])]
        {
            assert_eq!(asked(amount), Some(sets), "{amount}");
        }
        learn(vec![small], &[bounded]);
        assert_eq!(asked(21), Some(vec![small]));
        assert_eq!([asked(20), asked(10)], [None, None]);
        // What is asked about another operation says nothing about payments.
        let other = Command::GrantRevoke(Revoke { id: GrantId(1) });
        foresight.learn(&Request { command: other, ..paid.clone() }, &question(2, 3, 10));
        assert_eq!(asked(20), None);
    }

    #[test]
    fn so_many_principals_are_known_and_one_more_forgets_all() {
        let mut known = Known::default();
        let person = || Party { kind: Kind::Person, roles: Vec::new() };
        for id in 0..FORESEEN_PRINCIPALS_MAX as u128 {
            known.meet(PrincipalId(id), person());
        }
        known.meet(PrincipalId(0), person());
        known.meet(PrincipalId(u128::MAX), Party::MOST);
        assert_eq!(known.parties.len(), FORESEEN_PRINCIPALS_MAX);
        known.meet(PrincipalId(u128::MAX), person());
        assert_eq!(known.parties.len(), 1);
    }
}
