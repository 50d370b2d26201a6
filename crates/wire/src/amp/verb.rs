//! What an envelope asks for, by the table of verbs (DESIGN §4, AMP verbs).
//!
//! `payload.verb` names the verb; without it the kind's own default holds. A verb that does not fit
//! the kind is `verb_unknown`. Members of the payload beyond those a verb defines are free.
//!
//! Invariants: every verb but discover and the offer names its parent; terms are complete before
//! they leave this module; what an attestation or revocation is `of` is its parent.
//!
//! Deliberately absent: whether the parent exists, who may take the step, and any clock.

use std::fmt;

use hansa_types::{Code, Did, Rejection};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::terms::one_currency;
use super::{
    Attest, Envelope, Execute, Kind, Money, Policy, PolicySpec, Revoke, Settle, Terms, TermsSpec,
};
use crate::api::discover::Discover;
use crate::request::{Invalid, parse};
use crate::scalar::{Cursor, Hundredths, Limit, SearchText};

/// A step of a negotiation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Propose terms.
    Offer,
    /// Answer with other terms.
    Counter,
    /// Agree to the last terms.
    Accept,
    /// Decline.
    Reject,
}

/// A step of a negotiation with its terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Negotiate {
    /// Which step.
    pub step: Step,
    /// The terms: always there in offers and counter-offers; in acceptances when repeated.
    pub terms: Option<Terms>,
}

/// A delegation.
#[derive(Debug, Clone, PartialEq)]
pub struct Delegate {
    /// The accepted terms.
    pub terms: Terms,
    /// What the payer's own policy allows.
    pub policy: Policy,
}

/// What an envelope asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Verb {
    /// Find agents.
    Discover(Discover),
    /// Agree on terms.
    Negotiate(Negotiate),
    /// Hand work over and set its money aside.
    Delegate(Box<Delegate>),
    /// Say that work was done.
    Execute(Execute),
    /// Claim a share.
    Settle(Settle),
    /// Judge a claim, rate a side.
    Attest(Attest),
    /// Take a delegation back.
    Revoke(Revoke),
}

/// A native operation carried by an envelope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperationCall<'a> {
    /// The operation's id.
    pub id: &'a str,
    /// The request object.
    pub params: Option<&'a Map<String, Value>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Discover,
    Negotiate,
    Delegate,
    Execute,
    Settle,
    Attest,
    Revoke,
}

impl Word {
    /// The verb's word and the one kind it travels in.
    const TABLE: [(Word, &'static str, Kind); 7] = [
        (Word::Discover, "discover", Kind::Intent),
        (Word::Negotiate, "negotiate", Kind::Intent),
        (Word::Delegate, "delegate", Kind::Delegation),
        (Word::Execute, "execute", Kind::Inference),
        (Word::Settle, "settle", Kind::Outcome),
        (Word::Attest, "attest", Kind::Outcome),
        (Word::Revoke, "revoke", Kind::Delegation),
    ];

    const fn default_of(kind: Kind) -> Self {
        match kind {
            Kind::Intent => Word::Negotiate,
            Kind::Delegation => Word::Delegate,
            Kind::Inference => Word::Execute,
            Kind::Outcome => Word::Settle,
        }
    }

    fn of(envelope: &Envelope) -> Result<Self, Rejection> {
        let Some(named) = envelope.verb_word() else {
            return Ok(Self::default_of(envelope.kind));
        };
        let row = Self::TABLE.iter().find(|(_, word, _)| named.as_str() == Some(word));
        match row {
            None => Err(Rejection::new(Code::VerbUnknown, "payload.verb: no such verb")),
            Some((word, _, kind)) if *kind == envelope.kind => Ok(*word),
            Some((_, word, kind)) => Err(Rejection::new(
                Code::VerbUnknown,
                format!(
                    "{word} travels in the kind {}, not {}",
                    kind.as_str(),
                    envelope.kind.as_str()
                ),
            )),
        }
    }
}

#[derive(Deserialize)]
struct NegotiatePayload {
    step: Option<Step>,
    terms: Option<TermsSpec>,
}

#[derive(Deserialize)]
struct DelegatePayload {
    terms: Option<TermsSpec>,
    policy: Option<PolicySpec>,
}

#[derive(Deserialize)]
struct DiscoverPayload {
    query: Option<SearchText>,
    skill: Option<SearchText>,
    max_price: Option<Money>,
    currency: Option<hansa_types::CurrencyCode>,
    min_reputation: Option<Hundredths>,
    cursor: Option<Cursor>,
    #[serde(default)]
    limit: Limit,
}

impl Verb {
    /// What the envelope asks for. One that is addressed to the node and carries a native operation
    /// is told by [`Envelope::operation`] first: it has no verb.
    pub fn of(envelope: &Envelope) -> Result<Self, Rejection> {
        let word = Word::of(envelope)?;
        if envelope.require.and_then(|require| require.attestors).unwrap_or(0) > 0 {
            return Err(Code::AttestorsUnsupported.into());
        }
        let verb = match word {
            Word::Discover => Verb::Discover(discover(envelope)?),
            Word::Negotiate => Verb::Negotiate(negotiate(envelope)?),
            Word::Delegate => Verb::Delegate(Box::new(delegate(envelope)?)),
            Word::Execute => Verb::Execute(payload(envelope)?),
            Word::Settle => Verb::Settle(payload(envelope)?),
            Word::Attest => Verb::Attest(attest(envelope)?),
            Word::Revoke => Verb::Revoke(revoke(envelope)?),
        };
        match verb.needs_parent() && envelope.parent.is_none() {
            true => Err(Code::ParentRequired.into()),
            false => Ok(verb),
        }
    }

    /// The verb's word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Verb::Discover(_) => "discover",
            Verb::Negotiate(_) => "negotiate",
            Verb::Delegate(_) => "delegate",
            Verb::Execute(_) => "execute",
            Verb::Settle(_) => "settle",
            Verb::Attest(_) => "attest",
            Verb::Revoke(_) => "revoke",
        }
    }

    fn needs_parent(&self) -> bool {
        match self {
            Verb::Discover(_) => false,
            Verb::Negotiate(negotiate) => negotiate.step != Step::Offer,
            _ => true,
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Envelope {
    /// The native operation it carries: an intent without a verb, addressed to the node's own DID.
    pub fn operation(&self, node: &Did) -> Option<OperationCall<'_>> {
        let addressed = self.kind == Kind::Intent && self.to.did() == Some(node);
        let intent = self.intent.as_ref().filter(|_| addressed && self.verb_word().is_none())?;
        Some(OperationCall { id: &intent.action, params: intent.params.as_ref() })
    }

    fn constraints(&self) -> Option<&super::Constraints> {
        self.intent.as_ref()?.constraints.as_ref()
    }
}

/// Types what the verb defines of the payload; refusals name the member within the envelope.
fn payload<T: DeserializeOwned>(envelope: &Envelope) -> Result<T, Rejection> {
    let members = envelope.payload.clone().unwrap_or_default();
    parse(Value::Object(members)).map_err(|invalid: Invalid| {
        let field = match invalid.field.as_str() {
            "" => "payload".to_owned(),
            within => format!("payload.{within}"),
        };
        Invalid { field, ..invalid }.into()
    })
}

fn negotiate(envelope: &Envelope) -> Result<Negotiate, Rejection> {
    let payload: NegotiatePayload = payload(envelope)?;
    let step = match payload.step {
        Some(step) => step,
        None if envelope.verb_word().is_none() => Step::Offer,
        None => return Err(Rejection::new(Code::MissingField, "payload.step: is required")),
    };
    let settle = envelope.settle.as_ref();
    let terms = Terms::resolve(settle, payload.terms, envelope.constraints())?;
    if matches!(step, Step::Offer | Step::Counter) && terms.is_none() {
        return Err(Rejection::new(Code::TermsInvalid, "an offer needs settle or payload.terms"));
    }
    if step == Step::Offer && envelope.intent.is_none() {
        return Err(Rejection::new(Code::MissingField, "intent: is required in an offer"));
    }
    Ok(Negotiate { step, terms })
}

fn delegate(envelope: &Envelope) -> Result<Delegate, Rejection> {
    let payload: DelegatePayload = payload(envelope)?;
    let constraints = envelope.constraints();
    let terms = Terms::resolve(envelope.settle.as_ref(), payload.terms, constraints)?;
    let terms = terms.ok_or_else(|| {
        Rejection::new(Code::TermsInvalid, "a delegation needs settle or payload.terms")
    })?;
    let policy = Policy::resolve(payload.policy, constraints, &terms)?;
    Ok(Delegate { terms, policy })
}

fn attest(envelope: &Envelope) -> Result<Attest, Rejection> {
    let attest: Attest = payload(envelope)?;
    if attest.verdict.is_none() && attest.rating.is_none() {
        return Err(Rejection::new(Code::MissingField, "payload: a verdict, a rating or both"));
    }
    same_as_parent(envelope, attest.of)?;
    Ok(attest)
}

fn revoke(envelope: &Envelope) -> Result<Revoke, Rejection> {
    let revoke: Revoke = payload(envelope)?;
    same_as_parent(envelope, revoke.of)?;
    Ok(revoke)
}

fn same_as_parent(envelope: &Envelope, of: hansa_types::EnvelopeId) -> Result<(), Rejection> {
    match envelope.parent {
        Some(parent) if parent != of => {
            Err(Rejection::new(Code::ParentMismatch, "payload.of: is not the parent"))
        }
        _ => Ok(()),
    }
}

fn discover(envelope: &Envelope) -> Result<Discover, Rejection> {
    let payload: DiscoverPayload = payload(envelope)?;
    let inner = payload.max_price.as_ref().and_then(|money| money.currency);
    Ok(Discover {
        query: payload.query,
        skill: payload.skill,
        currency: one_currency(inner, payload.currency)?,
        max_price: payload.max_price.map(|money| money.amount),
        min_reputation: payload.min_reputation,
        cursor: payload.cursor,
        limit: payload.limit,
        ..Discover::default()
    })
}

#[cfg(test)]
mod tests;
