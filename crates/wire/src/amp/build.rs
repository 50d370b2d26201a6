//! Making envelopes to sign: one function per verb.
//!
//! Everything that differs between two envelopes of the same content (id, nonce, time) is an
//! argument; sign the result with [`Envelope::sign`].
//!
//! Deliberately absent: a clock, randomness and keys.

use hansa_types::{Code, Did, EnvelopeId, Rejection};
use serde::Serialize;
use serde_json::{Map, Value};

use super::envelope::VERSION;
use super::{
    Attest, Envelope, Execute, Intent, Kind, PolicySpec, Recipient, Revoke, Settle, SettleSpec,
    Step,
};
use crate::api::discover::Discover;
use crate::operation::Request;

/// What every envelope has.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Its id.
    pub id: EnvelopeId,
    /// Who sends and signs it.
    pub from: Did,
    /// Whom it is addressed to.
    pub to: Recipient,
    /// The envelope it follows.
    pub parent: Option<EnvelopeId>,
    /// A number the sender has not used before.
    pub nonce: u64,
    /// When it is sent, in seconds since 1970.
    pub ts: u64,
}

impl Header {
    fn envelope(self, kind: Kind) -> Envelope {
        let Header { id, from, to, parent, nonce, ts } = self;
        Envelope {
            v: VERSION,
            kind,
            id,
            parent,
            from,
            to,
            intent: None,
            settle: None,
            require: None,
            auth: None,
            nonce,
            ts,
            payload: None,
        }
    }
}

/// An intent without a verb: an offer of terms for a goal.
pub fn intent(header: Header, goal: Intent, settle: SettleSpec) -> Envelope {
    let envelope = header.envelope(Kind::Intent);
    Envelope { intent: Some(goal), settle: Some(settle), ..envelope }
}

/// Finds agents. To the node.
pub fn discover(header: Header, discover: &Discover) -> Result<Envelope, Rejection> {
    let payload = verb("discover", discover)?;
    Ok(Envelope { payload: Some(payload), ..header.envelope(Kind::Intent) })
}

/// A step of a negotiation. Offers name their goal and terms, counter-offers their terms.
pub fn negotiate(
    header: Header,
    step: Step,
    goal: Option<Intent>,
    settle: Option<SettleSpec>,
) -> Result<Envelope, Rejection> {
    #[derive(Serialize)]
    struct Payload {
        step: Step,
    }
    let payload = verb("negotiate", &Payload { step })?;
    let envelope = header.envelope(Kind::Intent);
    Ok(Envelope { intent: goal, settle, payload: Some(payload), ..envelope })
}

/// Hands work over on the accepted terms; the deadline and other constraints stand in the goal.
pub fn delegate(
    header: Header,
    goal: Option<Intent>,
    settle: SettleSpec,
    policy: Option<PolicySpec>,
) -> Result<Envelope, Rejection> {
    #[derive(Serialize)]
    struct Payload {
        #[serde(skip_serializing_if = "Option::is_none")]
        policy: Option<PolicySpec>,
    }
    let payload = verb("delegate", &Payload { policy })?;
    let envelope = header.envelope(Kind::Delegation);
    Ok(Envelope { intent: goal, settle: Some(settle), payload: Some(payload), ..envelope })
}

/// Says that work was done.
pub fn execute(header: Header, execute: &Execute) -> Result<Envelope, Rejection> {
    let payload = verb("execute", execute)?;
    Ok(Envelope { payload: Some(payload), ..header.envelope(Kind::Inference) })
}

/// Claims a share.
pub fn settle(header: Header, settle: &Settle) -> Result<Envelope, Rejection> {
    let payload = verb("settle", settle)?;
    Ok(Envelope { payload: Some(payload), ..header.envelope(Kind::Outcome) })
}

/// Judges a claim, rates a side.
pub fn attest(header: Header, attest: &Attest) -> Result<Envelope, Rejection> {
    let payload = verb("attest", attest)?;
    Ok(Envelope { payload: Some(payload), ..header.envelope(Kind::Outcome) })
}

/// Takes a delegation back.
pub fn revoke(header: Header, revoke: &Revoke) -> Result<Envelope, Rejection> {
    let payload = verb("revoke", revoke)?;
    Ok(Envelope { payload: Some(payload), ..header.envelope(Kind::Delegation) })
}

/// Calls a native operation. To the node's own DID.
pub fn operation<R: Request>(header: Header, request: &R) -> Result<Envelope, Rejection> {
    let params = object(request)?;
    Ok(operation_by_id(header, R::OPERATION, params))
}

/// As [`operation`], for an operation known by its id alone.
pub fn operation_by_id(header: Header, id: &str, params: Map<String, Value>) -> Envelope {
    let goal = Intent { params: Some(params), ..Intent::new(id) };
    Envelope { intent: Some(goal), ..header.envelope(Kind::Intent) }
}

fn verb(word: &str, payload: &impl Serialize) -> Result<Map<String, Value>, Rejection> {
    let mut payload = object(payload)?;
    payload.insert("verb".to_owned(), word.into());
    Ok(payload)
}

fn object(value: &impl Serialize) -> Result<Map<String, Value>, Rejection> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Rejection::new(Code::InvalidField, "expected an object")),
        Err(error) => Err(Rejection::new(Code::InvalidField, error.to_string())),
    }
}
