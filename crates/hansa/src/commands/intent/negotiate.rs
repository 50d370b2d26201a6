//! Offers, counter-offers, acceptances and rejections.

use hansa_types::{CurrencyCode, Time};
use hansa_wire::WireAmount;
use hansa_wire::amp::{
    Constraints, Intent, Milestone, MilestoneName, Money, Rail, Recipient, SettleSpec,
    Step as Negotiation, build,
};
use hansa_wire::api::agents::AgentGet;
use hansa_wire::api::amp::EnvelopeAccepted;
use hansa_wire::api::node::NodeGet;
use hansa_wire::scalar::PrincipalRef;
use serde_json::Value;

use super::{Parent, Step};
use crate::duration::Span;
use crate::failure::Failure;
use crate::remote::Remote;
use crate::sign::unix_seconds;

/// Terms on the command line.
#[derive(Debug, clap::Args)]
pub(crate) struct TermsArgs {
    /// The whole amount, in major units, e.g. 50
    #[arg(long)]
    amount: WireAmount,

    /// Of what; the node's own currency unless named
    #[arg(long)]
    currency: Option<CurrencyCode>,

    /// A share in percent and what releases it, e.g. draft_ready=50; may be repeated. Without any
    /// the whole is paid on success
    #[arg(long = "milestone", value_name = "NAME=PCT", value_parser = milestone)]
    milestones: Vec<Milestone>,

    /// When it has to be done: a date, an RFC 3339 time, or a span from now such as 7d
    #[arg(long, value_parser = deadline)]
    deadline: Option<String>,
}

/// An offer.
#[derive(Debug, clap::Args)]
pub(crate) struct Offer {
    /// An agent's id or DID, or skill:NAME
    to: String,

    /// What is to be done: a name both sides understand
    #[arg(long, value_name = "NAME")]
    action: String,

    /// With what, as a JSON object
    #[arg(long, value_name = "JSON")]
    params: Option<String>,

    /// Whose law applies
    #[arg(long)]
    jurisdiction: Option<String>,

    #[command(flatten)]
    terms: TermsArgs,
}

/// A counter-offer.
#[derive(Debug, clap::Args)]
pub(crate) struct Counter {
    #[command(flatten)]
    parent: Parent,

    #[command(flatten)]
    terms: TermsArgs,
}

/// A date or time as it is; a span from now as a time.
fn deadline(text: &str) -> Result<String, String> {
    if Time::parse(text).is_some() {
        return Ok(text.to_owned());
    }
    let span: Span = text
        .parse()
        .map_err(|_| "a date, an RFC 3339 time, or a span from now such as 7d".to_owned())?;
    let seconds = unix_seconds().saturating_add(span.seconds);
    Ok(Time(seconds.saturating_mul(1_000)).to_string())
}

fn milestone(text: &str) -> Result<Milestone, String> {
    let refuse = || "a name and a percentage from 1 to 100, e.g. draft_ready=50".to_owned();
    let (name, pct) = text.rsplit_once('=').ok_or_else(refuse)?;
    let pct = pct.trim_end_matches('%').parse().ok().filter(|pct| (1..=100).contains(pct));
    let on = MilestoneName::new(name);
    match (on, pct) {
        (Some(on), Some(pct)) => Ok(Milestone { pct, on }),
        _ => Err(refuse()),
    }
}

impl TermsArgs {
    async fn settle(&self, remote: &Remote) -> Result<SettleSpec, Failure> {
        let currency = match self.currency {
            Some(currency) => currency,
            None => own_currency(remote).await?,
        };
        let milestones = self.milestones.clone();
        Ok(SettleSpec {
            rail: if milestones.is_empty() { Rail::Outcome } else { Rail::Escrow },
            amount: Money { amount: self.amount.clone(), currency: Some(currency) },
            currency: None,
            milestones: (!milestones.is_empty()).then_some(milestones),
        })
    }
}

async fn own_currency(remote: &Remote) -> Result<CurrencyCode, Failure> {
    let node = remote.call(&NodeGet {}).await?;
    let own = node.currencies.iter().find(|currency| currency.default);
    own.map(|currency| currency.code).ok_or_else(|| {
        Failure::usage("the node has no currency of its own").next_step("name one with --currency")
    })
}

impl Offer {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let signer = remote.required_signer()?;
        let to = recipient(remote, &self.to).await?;
        let settle = self.terms.settle(remote).await?;
        let constraints = Constraints {
            deadline: self.terms.deadline,
            jurisdiction: self.jurisdiction,
            budget: None,
        };
        let params = self.params.as_deref().map(object).transpose()?;
        let constraints = (constraints != Constraints::default()).then_some(constraints);
        let goal = Intent { params, constraints, ..Intent::new(self.action) };
        let header = signer.header(to, None);
        let offer = build::negotiate(header, Negotiation::Offer, Some(goal), Some(settle))?;
        remote.submit(&signer.sign(offer)?).await
    }
}

/// Whom an offer goes to. Envelopes name agents by their DIDs, so that of an id is looked up.
async fn recipient(remote: &Remote, to: &str) -> Result<Recipient, Failure> {
    if let Ok(recipient) = to.parse() {
        return Ok(recipient);
    }
    let agent = to.parse().map(PrincipalRef::Id).map_err(|_| {
        Failure::usage(format!("{to} is neither an agent's id or DID nor skill:NAME"))
            .next_step("hansa agent list shows ids and DIDs, hansa discover who has which skill")
    })?;
    Ok(Recipient::Did(remote.call(&AgentGet { agent }).await?.did))
}

fn object(text: &str) -> Result<serde_json::Map<String, Value>, Failure> {
    match hansa_crypto::json::parse_strict(text.as_bytes()) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Failure::usage("--params holds no JSON object")),
        Err(rejection) => Err(Failure::usage(format!("--params: {}", rejection.detail))),
    }
}

impl Counter {
    pub(super) async fn run(self, remote: &Remote) -> Result<EnvelopeAccepted, Failure> {
        let step = Step::after(remote, self.parent).await?;
        let settle = self.terms.settle(remote).await?;
        // A deadline travels in the goal's constraints, and a goal needs a name.
        let goal = self.terms.deadline.map(|deadline| {
            let constraints = Constraints { deadline: Some(deadline), ..Constraints::default() };
            Intent { constraints: Some(constraints), ..Intent::new("counter") }
        });
        let header = step.header().await?;
        step.send(build::negotiate(header, Negotiation::Counter, goal, Some(settle))?).await
    }
}

pub(super) async fn accept(remote: &Remote, parent: Parent) -> Result<EnvelopeAccepted, Failure> {
    let step = Step::after(remote, parent).await?;
    step.send(build::negotiate(step.header().await?, Negotiation::Accept, None, None)?).await
}

pub(super) async fn reject(remote: &Remote, parent: Parent) -> Result<EnvelopeAccepted, Failure> {
    let step = Step::after(remote, parent).await?;
    step.send(build::negotiate(step.header().await?, Negotiation::Reject, None, None)?).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_a_date_a_time_or_a_span() {
        assert_eq!(deadline("2026-04-30").as_deref(), Ok("2026-04-30"));
        let soon = Time::parse(&deadline("1h").unwrap()).unwrap();
        assert!(soon.0.abs_diff(unix_seconds() * 1_000 + 3_600_000) <= 1_000);
        assert!(deadline("soon").is_err());
    }

    #[test]
    fn milestones_are_a_name_and_a_share() {
        for (text, name, pct) in [("draft_ready=50", "draft_ready", 50), ("a=b=100%", "a=b", 100)] {
            let read = milestone(text).unwrap();
            assert_eq!((read.on.as_str(), read.pct), (name, pct), "{text}");
        }
        for bad in ["", "draft", "draft=", "=50", "draft=0", "draft=101", "draft=5.5"] {
            assert!(milestone(bad).is_err(), "{bad}");
        }
    }
}
