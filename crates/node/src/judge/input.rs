//! The input document: facts as a policy reads them, documented in `docs/reference/policy.md`.
//!
//! What is not there is left out, so that a rule that needs it is undefined and does not hold.

use hansa_kernel::policy::{CounterpartyFacts, Facts, GrantFacts, MoneyFacts, TaskFacts};
use hansa_types::Time;
use serde_json::{Map, Value, json};

/// Milliseconds of an hour and of a day.
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// The input document of an act.
pub fn input(facts: &Facts) -> Value {
    let mut members = Map::new();
    members.insert("action".to_owned(), json!(facts.action));
    members.insert("actor".to_owned(), actor(facts));
    members.insert("time".to_owned(), time(facts.hour));
    let mut add = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    add("on_behalf_of", facts.on_behalf_of.map(|id| json!(id)));
    add("money", facts.money.as_ref().map(money));
    add("counterparty", facts.counterparty.as_ref().map(counterparty));
    add("resource", facts.resource.as_ref().map(|resource| json!(resource)));
    add("grant", facts.grant.as_ref().map(grant));
    add("task", facts.task.as_ref().map(task));
    let parameters = facts.parameters.as_deref().map(serde_json::from_str::<Value>);
    add("parameters", parameters.and_then(Result::ok));
    Value::Object(members)
}

fn actor(facts: &Facts) -> Value {
    json!({
        "id": facts.actor,
        "kind": facts.actor_kind,
        "roles": facts.roles,
        "auth": {"method": facts.auth, "strong": facts.strong_auth},
    })
}

/// An amount as a text, and twice as a whole number: exactly, and in major units rounded up, so that
/// comparing it with a whole number of them is exact too. Numbers end at 2^64 - 1.
fn money(money: &MoneyFacts) -> Value {
    let one = 10u128.checked_pow(u32::from(money.currency.scale)).unwrap_or(u128::MAX);
    let number = |value: u128| u64::try_from(value).unwrap_or(u64::MAX);
    json!({
        "currency": money.currency.code.as_str(),
        "amount": money.currency.format(money.amount),
        "minor": number(money.amount.0),
        "units": number(money.amount.0.div_ceil(one)),
        "scale": money.currency.scale,
    })
}

fn counterparty(other: &CounterpartyFacts) -> Value {
    let mut members = Map::new();
    if let Some(id) = other.principal {
        members.insert("id".to_owned(), json!(id));
    }
    if let Some(kind) = other.kind {
        members.insert("kind".to_owned(), json!(kind));
    }
    if let Some(name) = &other.name {
        members.insert("name".to_owned(), json!(name));
    }
    Value::Object(members)
}

fn grant(grant: &GrantFacts) -> Value {
    json!({
        "id": grant.id,
        "root": grant.root,
        "issuer": grant.issuer,
        "depth": grant.depth,
        "expires_at": grant.expires.to_string(),
    })
}

fn task(task: &TaskFacts) -> Value {
    let mut members = Map::new();
    members.insert("id".to_owned(), json!(task.id));
    if let Some(risk) = task.risk {
        members.insert("risk".to_owned(), json!(risk.as_str()));
    }
    members.insert("jurisdictions".to_owned(), json!(task.jurisdictions));
    members.insert("frameworks".to_owned(), json!(task.frameworks));
    members.insert("taint".to_owned(), json!(task.taint));
    members.insert("artifacts".to_owned(), json!(task.artifacts));
    Value::Object(members)
}

fn time(hour: Time) -> Value {
    // 1970-01-01 was a Thursday, the fourth day of ISO 8601's week.
    let weekday = (hour.0 / DAY_MS + 3) % 7 + 1;
    json!({
        "hour": hour.to_string(),
        "hour_of_day": hour.0 % DAY_MS / HOUR_MS,
        "weekday": weekday,
    })
}
