//! What became of a command, and how it is told in words.

use hansa_kernel::policy::{Judgement, Question};
use hansa_kernel::task::Verdict;
use hansa_kernel::transfer::VoidReason;
use hansa_kernel::{Entry, Event};
use hansa_types::{Amount, CurrencyCode, GrantId, Rejection};

use super::Town;

/// What became of a command.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was carried out.
    Done { entries: Vec<Entry> },
    /// It was accepted before.
    Repeated(u64),
    /// The read models have to be asked.
    LookUp,
    /// Policy has to be asked.
    Judge(Box<Question>),
    /// Policy asks for an approval.
    Approval(std::sync::Arc<Judgement>),
    /// It was refused.
    Refused(Rejection),
}

impl Outcome {
    /// The outcome in words: a refusal's code, or what each entry says.
    pub(crate) fn tell(&self, town: &Town) -> String {
        match self {
            Outcome::Refused(rejection) => format!("{} ({})", rejection.code, rejection.detail),
            Outcome::Repeated(seq) => format!("repeated {seq}"),
            Outcome::LookUp => "look_up".to_owned(),
            Outcome::Judge(question) => {
                format!("judge by {} of {}", question.sets.len(), question.concerns.len())
            }
            Outcome::Approval(judgement) => format!("approval {}", judgement.verdict.as_str()),
            Outcome::Done { entries } if entries.is_empty() => "nothing".to_owned(),
            Outcome::Done { entries } => {
                let told = entries.iter().map(|entry| tell(town, entry));
                told.collect::<Vec<_>>().join(" ; ")
            }
        }
    }

    /// Whether the expected words appear in order. A refusal is expected by its code alone.
    pub(crate) fn matches(&self, told: &str, expected: &str) -> bool {
        if let Outcome::Refused(rejection) = self {
            return rejection.code.as_str() == expected;
        }
        let mut told = told.split_whitespace();
        expected.split_whitespace().all(|wanted| told.any(|word| word == wanted))
    }
}

fn money(town: &Town, amount: Amount, code: CurrencyCode) -> String {
    let currency = town.currency(code.as_str()).unwrap();
    format!("{} {code}", currency.format(amount))
}

fn fee(town: &Town, fee: Amount, code: CurrencyCode) -> String {
    format!("fee {}", town.currency(code.as_str()).unwrap().format(fee))
}

fn under(town: &Town, grant: Option<GrantId>) -> String {
    grant.map_or_else(|| "unasked".to_owned(), |id| format!("under {}", town.name_of(id.into())))
}

fn tell(town: &Town, entry: &Entry) -> String {
    let subject = entry.subject.map_or_else(String::new, |id| town.name_of(id));
    match &entry.event {
        Event::TransferPosted(e) => {
            let (amount, fee) = (money(town, e.amount, e.currency), fee(town, e.fee, e.currency));
            format!("posted {amount} {fee} to {subject} {}", under(town, e.grant))
        }
        Event::TransferPending(e) => {
            let (amount, fee) = (money(town, e.amount, e.currency), fee(town, e.fee, e.currency));
            format!("pending {amount} {fee} to {subject} {}", under(town, e.grant))
        }
        Event::TransferVoided(e) => {
            let reason = match e.reason {
                VoidReason::Voided => "voided",
                VoidReason::Expired => "expired",
                VoidReason::Revoked => "refunded",
                VoidReason::Refused => "returned",
            };
            let (amount, fee) = (money(town, e.amount, e.currency), fee(town, e.fee, e.currency));
            format!("{reason} {subject} {amount} {fee}")
        }
        Event::MoneyMinted(e) => {
            format!("minted {} {}", money(town, e.amount, e.currency), under(town, e.grant))
        }
        Event::MoneyBurned(e) => {
            format!("burned {} {}", money(town, e.amount, e.currency), under(town, e.grant))
        }
        Event::GrantCreated(e) => format!("granted to {subject} {}", under(town, e.parent)),
        Event::TaskAttested(e) => match e.verdict {
            Verdict::Accept => "attested accept".to_owned(),
            Verdict::Refuse => "attested refuse".to_owned(),
        },
        Event::TaskSettled(e) => format!("settled paid {} refused {}", e.paid, e.refused),
        Event::TaskRated(e) => format!("rated {}", e.stars),
        Event::PolicyJudged(e) => format!("judged {}", e.verdict.as_str()),
        Event::PolicyEvaluated(e) => format!("evaluated {}", e.judged.verdict.as_str()),
        Event::PolicySetChangeRequested(e) => format!("requested {}", e.change.as_str()),
        Event::PrincipalCreated(e) if e.owner => "created owner".to_owned(),
        // `api_key.created` is told as `created key`, `task.offered` as `offered task` and so on.
        event => {
            let (noun, verb) = event.kind().split_once('.').unwrap();
            format!("{verb} {noun} {subject}")
        }
    }
}
