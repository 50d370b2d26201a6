//! How terms and policies come together, and each way in which they do not.

use super::*;
use crate::request::parse;
use serde_json::json;

fn settle(value: Value) -> SettleSpec {
    parse(value).unwrap()
}

fn spec(value: Value) -> TermsSpec {
    parse(value).unwrap()
}

fn escrow() -> Value {
    json!({
        "rail": "amp-escrow",
        "amount": "50 USD",
        "milestones": [{ "pct": 40, "on": "draft" }, { "pct": 60, "on": "final" }],
    })
}

fn resolve(a: Option<Value>, b: Option<Value>) -> Result<Option<Terms>, Code> {
    let settle = a.map(settle);
    Terms::resolve(settle.as_ref(), b.map(spec), None).map_err(|rejection| rejection.code)
}

fn code(a: Option<Value>, b: Option<Value>) -> Code {
    resolve(a, b).unwrap_err()
}

#[test]
fn settle_alone_makes_terms() {
    let terms = resolve(Some(escrow()), None).unwrap().unwrap();
    assert_eq!((terms.amount.as_str(), terms.currency.as_str()), ("50", "USD"));
    assert_eq!(terms.milestones.len(), 2);
    assert_eq!(settle(escrow()), SettleSpec::from(&terms));
    assert_eq!(resolve(None, None), Ok(None));
}

#[test]
fn payload_terms_alone_make_terms() {
    let mut terms = escrow();
    terms["sla"] = json!({ "latency_ms_max": 500 });
    terms["deadline"] = json!("2026-04-30");
    let terms = resolve(None, Some(terms)).unwrap().unwrap();
    assert_eq!(terms.deadline, Time::parse("2026-04-30T23:59:59.999Z"));
    let digest = hash::sha256(br#"{"latency_ms_max":500}"#);
    assert_eq!(terms.sla_digest(), Ok(Some(digest)));
}

#[test]
fn both_may_say_the_same_in_other_words() {
    let said = json!({ "rail": "amp-outcome", "amount": "50", "currency": "USD" });
    let repeated = json!({ "amount": "50.00 USD", "rail": "amp-outcome" });
    assert!(resolve(Some(said), Some(repeated)).unwrap().is_some());
    let partial = json!({ "sla": "best effort" });
    assert!(resolve(Some(escrow()), Some(partial)).unwrap().unwrap().sla.is_some());
}

#[test]
fn a_contradiction_is_a_mismatch() {
    let contradictions = [
        json!({ "amount": "51 USD" }),
        json!({ "amount": "50 EUR" }),
        json!({ "currency": "EUR" }),
        json!({ "rail": "amp-outcome" }),
        json!({ "milestones": [{ "pct": 60, "on": "draft" }, { "pct": 40, "on": "final" }] }),
        json!({ "milestones": [] }),
    ];
    for contradiction in contradictions {
        let found = code(Some(escrow()), Some(contradiction.clone()));
        assert_eq!(found, Code::TermsMismatch, "{contradiction}");
    }
}

#[test]
fn deadlines_must_agree_too() {
    let constraints = Constraints { deadline: Some("2026-04-30".into()), ..Constraints::default() };
    let with = |deadline: &str| {
        let spec = spec(json!({ "deadline": deadline }));
        Terms::resolve(Some(&settle(escrow())), Some(spec), Some(&constraints)).map_err(|r| r.code)
    };
    assert!(with("2026-04-30T23:59:59.999Z").is_ok());
    assert_eq!(with("2026-05-01"), Err(Code::TermsMismatch));
    assert_eq!(with("soon"), Err(Code::DeadlineInvalid));
    let bad = Constraints { deadline: Some("2026-02-30".into()), ..Constraints::default() };
    let refused = Terms::resolve(Some(&settle(escrow())), None, Some(&bad)).unwrap_err();
    assert_eq!(refused.code, Code::DeadlineInvalid);
}

#[test]
fn incomplete_terms_are_refused() {
    for missing in ["rail", "amount"] {
        let mut terms = escrow();
        terms.as_object_mut().unwrap().remove(missing);
        assert_eq!(code(None, Some(terms)), Code::TermsInvalid, "{missing}");
    }
    let no_currency = json!({ "rail": "amp-outcome", "amount": "50" });
    assert_eq!(code(Some(no_currency), None), Code::TermsInvalid);
    let two = json!({ "rail": "amp-outcome", "amount": "50 USD", "currency": "EUR" });
    assert_eq!(code(Some(two), None), Code::TermsInvalid);
    let nothing = json!({ "rail": "amp-outcome", "amount": "0 USD" });
    assert_eq!(code(Some(nothing), None), Code::AmountZero);
}

#[test]
fn milestones_of_escrow_sum_to_100_under_distinct_names() {
    let with = |milestones: Value| {
        let mut terms = escrow();
        terms["milestones"] = milestones;
        resolve(Some(terms), None).map(|_| ())
    };
    assert_eq!(with(json!([{ "pct": 100, "on": "done" }])), Ok(()));
    let refused = [
        json!([]),
        json!([{ "pct": 99, "on": "done" }]),
        json!([{ "pct": 60, "on": "a" }, { "pct": 60, "on": "b" }]),
        json!([{ "pct": 50, "on": "a" }, { "pct": 50, "on": "a" }]),
    ];
    for milestones in refused {
        assert_eq!(with(milestones.clone()), Err(Code::MilestonesInvalid), "{milestones}");
    }
    let many = |n: usize| -> Value {
        let last = 100 - (n - 1);
        (0..n)
            .map(|i| json!({ "pct": if i == 0 { last } else { 1 }, "on": format!("m{i}") }))
            .collect()
    };
    assert_eq!(with(many(MILESTONES_MAX)), Ok(()));
    assert_eq!(with(many(MILESTONES_MAX + 1)), Err(Code::MilestonesInvalid));
}

#[test]
fn the_outcome_rail_has_no_milestones() {
    let with = |milestones: Value| {
        resolve(
            Some(json!({ "rail": "amp-outcome", "amount": "5 USD", "milestones": milestones })),
            None,
        )
    };
    assert!(with(json!([])).is_ok());
    assert_eq!(with(json!([{ "pct": 100, "on": "done" }])), Err(Code::MilestonesInvalid));
}

#[test]
fn a_budget_holds_against_the_terms() {
    let terms = resolve(Some(escrow()), None).unwrap().unwrap();
    let with = |policy: Value| {
        Policy::resolve(Some(parse(policy).unwrap()), None, &terms).map_err(|r| r.code)
    };
    let policy = with(json!({ "max_budget": "50 USD", "jurisdiction": "IN" })).unwrap();
    assert_eq!(policy.max_budget.unwrap().as_str(), "50");
    assert_eq!(with(json!({ "max_budget": "49.99" })), Err(Code::BudgetExceeded));
    assert_eq!(with(json!({ "max_budget": "9" })), Err(Code::BudgetExceeded));
    assert_eq!(with(json!({ "max_budget": "60 EUR" })), Err(Code::TermsInvalid));
    assert!(with(json!({})).unwrap().max_budget.is_none());
    let constraints: Constraints =
        parse(json!({ "budget": "40 USD", "jurisdiction": "DE" })).unwrap();
    let resolve = |policy: Value| {
        Policy::resolve(Some(parse(policy).unwrap()), Some(&constraints), &terms).unwrap_err().code
    };
    assert_eq!(resolve(json!({})), Code::BudgetExceeded);
    assert_eq!(resolve(json!({ "max_budget": "60 USD" })), Code::TermsMismatch);
    assert_eq!(resolve(json!({ "jurisdiction": "IN" })), Code::TermsMismatch);
}
