//! Terms of an agreement: how much, on which rail, in which milestones, until when.
//!
//! The envelope's `settle` is authoritative; `payload.terms` may repeat it and adds what `settle`
//! has no place for. Where both speak they must agree, compared by meaning (`"50 USD"` is
//! `"50.00"` of `USD`), else `terms_mismatch`.
//!
//! Invariants: an amount is above zero and has a currency; milestones of `amp-escrow` have distinct
//! names and sum to 100 percent; `amp-outcome` has none.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use hansa_crypto::{hash, json};
use hansa_types::{Code, CurrencyCode, Digest, Label, Rejection, Time};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Constraints, text};
use crate::amount::WireAmount;
use crate::limits::{MILESTONE_NAME_BYTES_MAX, MILESTONES_MAX};
use crate::request::marked;
use crate::schema;

/// How an agreement is paid (seed AMP v0.1, "Settlement Rails").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
pub enum Rail {
    /// Held in escrow, released milestone by milestone.
    #[serde(rename = "amp-escrow")]
    Escrow,
    /// Held in escrow, released whole on success or returned whole.
    #[serde(rename = "amp-outcome")]
    Outcome,
}

impl Rail {
    /// The rail as it stands in an envelope.
    pub const fn as_str(self) -> &'static str {
        match self {
            Rail::Escrow => "amp-escrow",
            Rail::Outcome => "amp-outcome",
        }
    }
}

impl<'de> Deserialize<'de> for Rail {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        match String::deserialize(d)?.as_str() {
            "amp-escrow" => Ok(Rail::Escrow),
            "amp-outcome" => Ok(Rail::Outcome),
            _ => Err(marked(Code::RailUnsupported, Code::RailUnsupported.title())),
        }
    }
}

/// The name of a milestone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct MilestoneName(String);

impl MilestoneName {
    /// Takes the name: 1 to 64 bytes without control characters or outer white space.
    pub fn new(name: impl Into<String>) -> Option<Self> {
        let name = name.into();
        let fits = (1..=MILESTONE_NAME_BYTES_MAX).contains(&name.len())
            && name.trim() == name
            && !name.chars().any(char::is_control);
        fits.then_some(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands for it where no free text may be.
    pub fn label(&self) -> Label {
        hash::label(&self.0)
    }
}

impl<'de> Deserialize<'de> for MilestoneName {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let refuse = || marked(Code::MilestonesInvalid, "a milestone's name has 1 to 64 bytes");
        Self::new(String::deserialize(d)?).ok_or_else(refuse)
    }
}

impl JsonSchema for MilestoneName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "MilestoneName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MILESTONE_NAME_BYTES_MAX })
    }
}

/// A share of the amount, and what releases it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// The share in whole percent.
    #[serde(deserialize_with = "percent")]
    #[schemars(range(min = 1, max = 100))]
    pub pct: u8,
    /// What releases it.
    pub on: MilestoneName,
}

fn percent<'de, D: Deserializer<'de>>(d: D) -> Result<u8, D::Error> {
    let value = Value::deserialize(d)?;
    let pct = value.as_u64().and_then(|pct| u8::try_from(pct).ok());
    pct.filter(|pct| (1..=100).contains(pct))
        .ok_or_else(|| marked(Code::MilestonesInvalid, "pct is an integer from 1 to 100"))
}

/// An amount with or without its currency: `"50 USD"` or `"50"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// How much.
    pub amount: WireAmount,
    /// Of what, if it says so.
    pub currency: Option<CurrencyCode>,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.currency {
            Some(currency) => write!(f, "{} {currency}", self.amount),
            None => fmt::Display::fmt(&self.amount, f),
        }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct MoneyVisitor;
        impl Visitor<'_> for MoneyVisitor {
            type Value = Money;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount as a string, such as \"50 USD\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Money, E> {
                let (amount, currency) = match text.split_once(' ') {
                    Some((amount, currency)) => (amount, Some(currency)),
                    None => (text, None),
                };
                let amount = WireAmount::deserialize(de::value::StrDeserializer::new(amount))?;
                let currency = currency.map(str::parse).transpose();
                let currency = currency.map_err(|_| {
                    marked(Code::InvalidField, "expected a currency's code behind it")
                })?;
                Ok(Money { amount, currency })
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Money, E> {
                let amount = WireAmount::deserialize(de::value::U64Deserializer::new(value))?;
                Ok(Money { amount, currency: None })
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Money, E> {
                self.visit_u64(0)
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Money, E> {
                self.visit_u64(0)
            }
        }
        d.deserialize_any(MoneyVisitor)
    }
}

impl JsonSchema for Money {
    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]{1,18})?( [A-Z][A-Z0-9]{2,7})?$",
            "description": "An amount of major units, with its currency or beside it.",
            "examples": ["50 USD"],
        })
    }
}

/// How an envelope is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleSpec {
    /// The rail.
    pub rail: Rail,
    /// The whole amount.
    pub amount: Money,
    /// Its currency, when the amount does not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// The shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestones: Option<Vec<Milestone>>,
}

/// Terms as a payload repeats or adds to them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermsSpec {
    /// The whole amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Its currency, when the amount does not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::CurrencyCode>")]
    pub currency: Option<CurrencyCode>,
    /// The rail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rail: Option<Rail>,
    /// The shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milestones: Option<Vec<Milestone>>,
    /// What the agent promises about its service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sla: Option<Value>,
    /// When it has to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
}

/// Terms, complete and consistent.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// The whole amount; above zero.
    pub amount: WireAmount,
    /// Of what.
    pub currency: CurrencyCode,
    /// The rail.
    pub rail: Rail,
    /// The shares, in order; none on `amp-outcome`.
    pub milestones: Vec<Milestone>,
    /// What the agent promises about its service.
    pub sla: Option<Value>,
    /// When it has to be done.
    pub deadline: Option<Time>,
}

impl Terms {
    /// Brings together what an envelope says in `settle`, in `payload.terms` and in
    /// `intent.constraints.deadline`. `None` when neither of the first two is there.
    pub fn resolve(
        settle: Option<&SettleSpec>,
        spec: Option<TermsSpec>,
        constraints: Option<&Constraints>,
    ) -> Result<Option<Self>, Rejection> {
        if settle.is_none() && spec.is_none() {
            return Ok(None);
        }
        let spec = spec.unwrap_or_default();
        let said = settle.map(money).transpose()?;
        let repeated = spec_money(&spec)?;
        let rail = agree("rail", settle.map(|s| s.rail), spec.rail)?;
        let settle_milestones = settle.and_then(|s| s.milestones.clone());
        let milestones = agree("milestones", settle_milestones, spec.milestones)?;
        let amount = agree("amount", said.as_ref().map(|m| m.0.clone()), repeated.0)?;
        let currency = agree("currency", said.and_then(|m| m.1), repeated.1)?;
        let constraint =
            constraints.and_then(|c| c.deadline.as_deref()).map(deadline).transpose()?;
        let repeated = spec.deadline.as_deref().map(deadline).transpose()?;
        let deadline = agree("deadline", constraint, repeated)?;
        let terms = Self {
            amount: amount.ok_or_else(|| incomplete("amount"))?,
            currency: currency.ok_or_else(|| incomplete("currency"))?,
            rail: rail.ok_or_else(|| incomplete("rail"))?,
            milestones: milestones.unwrap_or_default(),
            sla: spec.sla,
            deadline,
        };
        terms.check()?;
        Ok(Some(terms))
    }

    fn check(&self) -> Result<(), Rejection> {
        if self.amount.is_zero() {
            return Err(Code::AmountZero.into());
        }
        let refuse = |detail| Err(Rejection::new(Code::MilestonesInvalid, detail));
        if self.rail == Rail::Outcome {
            return match self.milestones.is_empty() {
                true => Ok(()),
                false => refuse("amp-outcome pays at once and has no milestones"),
            };
        }
        if self.milestones.is_empty() || self.milestones.len() > MILESTONES_MAX {
            return refuse("amp-escrow has 1 to 32 milestones");
        }
        let names: BTreeSet<_> = self.milestones.iter().map(|m| &m.on).collect();
        if names.len() != self.milestones.len() {
            return refuse("two milestones have the same name");
        }
        let sum: u32 = self.milestones.iter().map(|m| u32::from(m.pct)).sum();
        match sum == 100 {
            true => Ok(()),
            false => refuse("the percentages of the milestones do not sum to 100"),
        }
    }

    /// SHA-256 of the canonical JSON of the service promise: what stands for it in the journal.
    pub fn sla_digest(&self) -> Result<Option<Digest>, Rejection> {
        let bytes = self.sla.as_ref().map(json::canonical).transpose()?;
        Ok(bytes.map(|bytes| hash::sha256(&bytes)))
    }
}

impl From<&Terms> for SettleSpec {
    fn from(terms: &Terms) -> Self {
        let milestones = terms.milestones.clone();
        Self {
            rail: terms.rail,
            amount: Money { amount: terms.amount.clone(), currency: Some(terms.currency) },
            currency: None,
            milestones: (!milestones.is_empty()).then_some(milestones),
        }
    }
}

fn money(settle: &SettleSpec) -> Result<(WireAmount, Option<CurrencyCode>), Rejection> {
    let currency = one_currency(settle.amount.currency, settle.currency)?;
    Ok((settle.amount.amount.clone(), currency))
}

type PartialMoney = (Option<WireAmount>, Option<CurrencyCode>);

fn spec_money(spec: &TermsSpec) -> Result<PartialMoney, Rejection> {
    let inner = spec.amount.as_ref().and_then(|money| money.currency);
    let currency = one_currency(inner, spec.currency)?;
    Ok((spec.amount.as_ref().map(|money| money.amount.clone()), currency))
}

/// The currency named within an amount and beside it, which must not be two.
pub(super) fn one_currency(
    inner: Option<CurrencyCode>,
    beside: Option<CurrencyCode>,
) -> Result<Option<CurrencyCode>, Rejection> {
    match (inner, beside) {
        (Some(a), Some(b)) if a != b => Err(Rejection::new(
            Code::TermsInvalid,
            format!("the amount is in {a}, currency is {b}"),
        )),
        (a, b) => Ok(a.or(b)),
    }
}

fn agree<T: PartialEq>(what: &str, a: Option<T>, b: Option<T>) -> Result<Option<T>, Rejection> {
    match (a, b) {
        (Some(a), Some(b)) if a != b => Err(Rejection::new(
            Code::TermsMismatch,
            format!("{what}: the envelope and payload.terms say different things"),
        )),
        (a, b) => Ok(a.or(b)),
    }
}

fn incomplete(what: &str) -> Rejection {
    Rejection::new(Code::TermsInvalid, format!("the terms name no {what}"))
}

/// Reads a deadline; a bare date ends that day in UTC.
pub(super) fn deadline(text: &str) -> Result<Time, Rejection> {
    Time::parse(text).ok_or_else(|| Code::DeadlineInvalid.into())
}

/// What the payer's own policy allows, as a payload says it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySpec {
    /// The most it may cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_budget: Option<Money>,
    /// Whose law applies.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text::short")]
    pub jurisdiction: Option<String>,
}

/// What the payer's own policy allows, in the currency of the terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The most it may cost.
    pub max_budget: Option<WireAmount>,
    /// Whose law applies.
    pub jurisdiction: Option<String>,
}

impl Policy {
    /// Brings together `payload.policy` and `intent.constraints`, and holds the terms against it.
    pub fn resolve(
        spec: Option<PolicySpec>,
        constraints: Option<&Constraints>,
        terms: &Terms,
    ) -> Result<Self, Rejection> {
        let spec = spec.unwrap_or_default();
        let within = |money: &Money| match money.currency {
            Some(currency) if currency != terms.currency => Err(Rejection::new(
                Code::TermsInvalid,
                "the budget is in another currency than the terms",
            )),
            _ => Ok(money.amount.clone()),
        };
        let budget = spec.max_budget.as_ref().map(within).transpose()?;
        let constraint = constraints.and_then(|c| c.budget.as_ref()).map(within).transpose()?;
        let max_budget = agree("max_budget", budget, constraint)?;
        let jurisdiction = constraints.and_then(|c| c.jurisdiction.clone());
        let jurisdiction = agree("jurisdiction", spec.jurisdiction, jurisdiction)?;
        match &max_budget {
            Some(budget) if *budget < terms.amount => Err(Code::BudgetExceeded.into()),
            _ => Ok(Self { max_budget, jurisdiction }),
        }
    }
}

#[cfg(test)]
mod tests;
