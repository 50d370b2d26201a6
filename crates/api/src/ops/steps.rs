//! Steps of a task, from the verbs of envelopes to the kernel's acts.
//!
//! Names of skills and milestones become labels, amounts minor units of the terms' currency. What a
//! step may follow and who may take it is the kernel's to say.

use hansa_crypto::hash::label;
use hansa_kernel::task::{Act, MilestoneTerms, Rail, Step as TaskStep, Terms, Verdict};
use hansa_kernel::{Command, Entry, Event};
use hansa_node::open::Signed;
use hansa_node::{Done, internal};
use hansa_types::{AnyId, Code, Currency, PrincipalId, Rejection, TaskId, TransferId};
use hansa_wire::Problem;
use hansa_wire::amp::{self, Attest, Delegate, Negotiate, Step as Negotiation, Verb};
use hansa_wire::api::amp::EnvelopeAccepted;
use serde_json::json;

use super::route::{Routed, route};
use crate::context::{Context, Step};

/// Takes the step that an envelope asks for.
pub(super) async fn take(
    context: &Context,
    signed: &Signed,
    verb: Verb,
) -> Result<EnvelopeAccepted, Problem> {
    let word = verb.as_str().to_owned();
    let (to, routed) = recipient(context, signed, &verb).await?;
    let act = act(context, signed, verb).await?;
    let step = TaskStep { parent: signed.envelope.parent, to, act };
    let done = context.submit(Step::new(Command::TaskStep(step))).await?;
    Ok(EnvelopeAccepted {
        envelope_id: signed.envelope.id,
        verb: word,
        task: task_of(&done.entry),
        transfer: transfer_of(context, &done).await?,
        seq: Some(done.entry.seq),
        result: routed.map(|Routed { id, did }| json!({ "to": did, "agent": id })),
    })
}

/// Whom a step is addressed to. An offer may name a skill instead, and the node finds who has it.
async fn recipient(
    context: &Context,
    signed: &Signed,
    verb: &Verb,
) -> Result<(PrincipalId, Option<Routed>), Problem> {
    let to = &signed.envelope.to;
    if let Some(skill) = to.skill() {
        let Verb::Negotiate(Negotiate { step: Negotiation::Offer, terms: Some(terms) }) = verb
        else {
            return Err(Problem::new(
                Code::RecipientMismatch,
                "only an offer is addressed to a skill",
            ));
        };
        let routed = route(context, signed.sender, skill, terms).await?;
        return Ok((routed.id, Some(routed)));
    }
    let did = to.did().ok_or(Code::RecipientMismatch)?;
    let found = context.find_dids([did.clone()]).await?;
    let missing = match verb {
        Verb::Negotiate(Negotiate { step: Negotiation::Offer, .. }) => Code::PrincipalUnknown,
        _ => Code::RecipientMismatch,
    };
    Ok((found.get(did).copied().ok_or(missing)?, None))
}

async fn act(context: &Context, signed: &Signed, verb: Verb) -> Result<Act, Problem> {
    Ok(match verb {
        Verb::Discover(_) => return Err(Code::VerbUnknown.into()),
        Verb::Negotiate(negotiate) => negotiation(context, signed, negotiate).await?,
        Verb::Delegate(delegate) => delegation(context, *delegate).await?,
        Verb::Execute(execute) => Act::Execute {
            milestone: execute.milestone.map(|name| name.label()),
            output: execute.output_hash,
        },
        Verb::Settle(settle) => Act::Settle {
            milestone: settle.milestone.map(|name| name.label()),
            result: settle.result_hash,
        },
        Verb::Attest(Attest { of, verdict, score, rating }) => Act::Attest {
            of,
            verdict: verdict.map(|verdict| match verdict {
                amp::Verdict::Accept => Verdict::Accept,
                amp::Verdict::Reject => Verdict::Refuse,
            }),
            score: score.map(|score| score.as_thousandths()),
            rating,
        },
        Verb::Revoke(revoke) => Act::Revoke { of: revoke.of },
    })
}

async fn negotiation(
    context: &Context,
    signed: &Signed,
    negotiate: Negotiate,
) -> Result<Act, Problem> {
    let terms = match &negotiate.terms {
        Some(terms) => Some(kernel_terms(context, terms).await?.0),
        None => None,
    };
    let incomplete = || Rejection::from(Code::TermsInvalid);
    Ok(match negotiate.step {
        Negotiation::Offer => {
            let skill = label(&skill_of(signed)?);
            Act::Offer { terms: terms.ok_or_else(incomplete)?, skill }
        }
        Negotiation::Counter => Act::Counter { terms: terms.ok_or_else(incomplete)? },
        Negotiation::Accept => Act::Accept { terms },
        Negotiation::Reject => Act::Reject,
    })
}

/// What kind of work an offer is about: the skill it is addressed to, else the intent's action.
fn skill_of(signed: &Signed) -> Result<String, Rejection> {
    if let Some(skill) = signed.envelope.to.skill() {
        return Ok(skill.to_owned());
    }
    let intent = signed.envelope.intent.as_ref().ok_or(Code::MissingField)?;
    Ok(intent.action.clone())
}

async fn delegation(context: &Context, delegate: Delegate) -> Result<Act, Problem> {
    let (terms, currency) = kernel_terms(context, &delegate.terms).await?;
    let budget = delegate.policy.max_budget.as_ref();
    let budget_max = budget.map(|budget| budget.in_currency_or_zero(&currency)).transpose()?;
    Ok(Act::Delegate { terms, budget_max })
}

/// The terms of an envelope as the kernel's.
async fn kernel_terms(
    context: &Context,
    terms: &amp::Terms,
) -> Result<(Terms, Currency), Rejection> {
    let currency = context.api.currency(Some(terms.currency)).await?;
    let milestones = terms.milestones.iter();
    let milestones = milestones.map(|m| MilestoneTerms { pct: m.pct, on: m.on.label() });
    let told = Terms {
        currency: currency.code,
        amount: terms.amount.in_currency(&currency)?,
        rail: match terms.rail {
            amp::Rail::Escrow => Rail::Escrow,
            amp::Rail::Outcome => Rail::Outcome,
        },
        milestones: milestones.collect(),
        deadline: terms.deadline,
        sla: terms.sla_digest()?,
    };
    Ok((told, currency))
}

fn task_of(entry: &Entry) -> Option<TaskId> {
    match (entry.id, entry.subject) {
        (AnyId::Task(id), _) | (_, Some(AnyId::Task(id))) => Some(id),
        _ => None,
    }
}

/// The transfer that a step made, posted or voided: a delegation names the one it sets aside, a
/// judgement and a revocation are followed by the entry of theirs.
async fn transfer_of(context: &Context, done: &Done) -> Result<Option<TransferId>, Problem> {
    match &done.entry.event {
        Event::TaskDelegated(delegated) => Ok(Some(delegated.hold)),
        Event::TaskAttested(_) | Event::TaskRevoked(_) => {
            let next = context.api.node.entry(done.entry.seq + 1).await.map_err(internal)?;
            Ok(next.and_then(|next| match (next.id, next.subject) {
                (AnyId::Transfer(id), _) | (_, Some(AnyId::Transfer(id))) => Some(id),
                _ => None,
            }))
        }
        _ => Ok(None),
    }
}
