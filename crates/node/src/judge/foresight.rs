//! Foresight: what the writer will ask about a payment, told before it asks.
//!
//! A command that policy has to judge meets the writer twice: it hands facts out, and admits the command
//! when the judgement comes back. Of a principal's own payment these facts are known from earlier
//! questions but for amount and hour, so it is judged first and meets the writer once. That is safe
//! whatever was learned: admission takes a judgement over the very same facts by the very same sets, and
//! asks where this one is over others.
//!
//! Deliberately absent: verdicts, for every payment is judged; and what rests on more of the state: acts
//! under a grant, in a task or by a session, and sets that are asked about some amounts only.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use hansa_kernel::policy::{CounterpartyFacts, Facts, MoneyFacts, Question, Ruling, SetRef};
use hansa_kernel::principal::Kind;
use hansa_kernel::{Auth, Command, Entry, Event, Request, transfer};
use hansa_types::{Currency, CurrencyCode, PrincipalId, Time};

use super::Judge;
use crate::limits::FORESEEN_PRINCIPALS_MAX;
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
    /// The sets that are asked about every payment; empty while that is not known.
    sets: Vec<SetRef>,
    currencies: HashMap<CurrencyCode, Currency>,
    parties: HashMap<PrincipalId, Party>,
}

/// What facts say of a principal.
struct Party {
    kind: Kind,
    /// Its governance roles, once it has acted.
    roles: Option<Vec<Cow<'static, str>>>,
}

impl Foresight {
    /// Takes in what the writer asked.
    pub fn learn(&self, question: &Question) {
        let facts = &question.facts;
        if facts.action != PAYMENT {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.sets.clear();
        if !question.always {
            return;
        }
        known.sets.extend_from_slice(&question.sets);
        if let Some(money) = facts.money {
            known.currencies.insert(money.currency.code, money.currency);
        }
        let other = facts.counterparty.as_ref();
        if let Some((id, kind)) = other.and_then(|other| other.principal.zip(other.kind)) {
            known.meet(id, kind);
        }
        known.meet(facts.actor, facts.actor_kind).roles = Some(facts.roles.clone());
    }

    /// What the writer will ask about a request, as far as it can be told.
    pub fn expect(&self, request: &Request, now: Time) -> Option<Question> {
        let create = own_payment(request)?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if known.sets.is_empty() {
            return None;
        }
        let (payer, payee) = (known.parties.get(&create.from)?, known.parties.get(&create.to)?);
        let currency = *known.currencies.get(&create.currency)?;
        let (principal, kind) = (Some(create.to), Some(payee.kind));
        let facts = Facts {
            action: PAYMENT.into(),
            actor: create.from,
            actor_kind: payer.kind,
            on_behalf_of: None,
            money: Some(MoneyFacts { currency, amount: create.amount }),
            counterparty: Some(CounterpartyFacts { principal, kind, name: None }),
            resource: None,
            grant: None,
            task: None,
            roles: payer.roles.clone()?,
            auth: request.caller.auth.method(),
            strong_auth: false,
            hour: Facts::hour_of(now),
            parameters: None,
        };
        Some(Question { facts, sets: known.sets.clone(), always: true })
    }

    /// Forgets everything, after policy was changed.
    pub fn forget(&self) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Known::default();
    }
}

impl Known {
    fn meet(&mut self, id: PrincipalId, kind: Kind) -> &mut Party {
        if self.parties.len() >= FORESEEN_PRINCIPALS_MAX && !self.parties.contains_key(&id) {
            self.parties.clear();
        }
        let party = self.parties.entry(id).or_insert(Party { kind, roles: None });
        party.kind = kind;
        party
    }
}

/// A payment by the payer, under a credential of which the state need not be asked how strong it is,
/// that nobody has judged or parked.
fn own_payment(request: &Request) -> Option<&transfer::Create> {
    let Command::TransferCreate(create) = &request.command else { return None };
    let is_own = request.caller.principal == Some(create.from);
    let is_plain = matches!(request.caller.auth, Auth::ApiKey(_) | Auth::Jwt(_));
    let is_new = request.ruling.is_none() && request.parking.is_none();
    (is_own && is_plain && is_new).then_some(create)
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
    use hansa_kernel::Caller;
    use hansa_kernel::policy::{Engine, Mode};
    use hansa_types::{Amount, ApiKeyId, Digest, PolicySetId, SessionId};

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
        Question { facts, sets: vec![set], always: true }
    }

    #[test]
    fn what_was_asked_is_expected_again() {
        let foresight = Foresight::default();
        assert_eq!(foresight.expect(&payment(2, 3, 10), NOW), None);
        foresight.learn(&question(2, 3, 10));
        assert_eq!(foresight.expect(&payment(2, 3, 20), NOW), Some(question(2, 3, 20)));
        // Another payee and another payer are known once both were met.
        foresight.learn(&question(4, 5, 10));
        assert_eq!(foresight.expect(&payment(4, 3, 20), NOW), Some(question(4, 3, 20)));
        assert_eq!(foresight.expect(&payment(4, 6, 20), NOW), None);
        // Nobody has said yet what is told of a payee that pays.
        assert_eq!(foresight.expect(&payment(3, 5, 20), NOW), None);
        foresight.forget();
        assert_eq!(foresight.expect(&payment(2, 3, 20), NOW), None);
    }

    #[test]
    fn what_rests_on_more_is_not_expected() {
        let foresight = Foresight::default();
        foresight.learn(&question(2, 3, 10));
        let plain = payment(2, 3, 20);
        let others = Caller { principal: Some(PrincipalId(4)), ..plain.caller.clone() };
        let session = Caller { auth: Auth::Session(SessionId(1)), ..plain.caller.clone() };
        for caller in [others, session] {
            assert_eq!(foresight.expect(&Request { caller, ..plain.clone() }, NOW), None);
        }
        let parking = Some(hansa_kernel::clearance::Parking::Never);
        assert_eq!(foresight.expect(&Request { parking, ..plain.clone() }, NOW), None);
        let ruling = Ruling::new(question(2, 3, 20).facts.into(), Vec::new());
        let judged = Request { ruling: Some(Box::new(ruling)), ..plain };
        assert_eq!(foresight.expect(&judged, NOW), None);
    }

    #[test]
    fn sets_that_are_asked_at_times_are_not_expected() {
        let foresight = Foresight::default();
        foresight.learn(&Question { always: false, ..question(2, 3, 10) });
        assert_eq!(foresight.expect(&payment(2, 3, 20), NOW), None);
        foresight.learn(&question(2, 3, 10));
        let other = question(2, 3, 10);
        let other =
            Question { facts: Facts { action: "mint_create".into(), ..other.facts }, ..other };
        foresight.learn(&Question { always: false, ..other });
        assert!(foresight.expect(&payment(2, 3, 20), NOW).is_some());
        foresight.learn(&Question { always: false, ..question(2, 3, 10) });
        assert_eq!(foresight.expect(&payment(2, 3, 20), NOW), None);
    }

    #[test]
    fn so_many_principals_are_known_and_one_more_forgets_all() {
        let mut known = Known::default();
        for id in 0..FORESEEN_PRINCIPALS_MAX as u128 {
            known.meet(PrincipalId(id), Kind::Agent);
        }
        known.meet(PrincipalId(0), Kind::Agent);
        assert_eq!(known.parties.len(), FORESEEN_PRINCIPALS_MAX);
        known.meet(PrincipalId(u128::MAX), Kind::Agent);
        assert_eq!(known.parties.len(), 1);
    }
}
