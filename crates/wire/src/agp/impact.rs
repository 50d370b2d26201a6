//! Impact assessments: consequences over time, whom they are about, and who is worse off.

use hansa_types::Code;
use hansa_types::governance::{Horizon, Recommendation, Right, Severity, Stakeholder};
use serde_json::{Map, Value, json};

use super::artifact::task_of;
use super::body::Body;
use super::words::{kept, note, note_of, word};
use crate::api::clearance::{Artifact, ImpactAssess, StakeholderImpact, TimeHorizon};
use crate::request::Invalid;
use crate::scalar::Note;

/// How much harm is meant where somebody is said to be harmed and nobody says how much.
const HARM_UNSAID: u8 = 50;

/// Members that are kept as they came.
const KEPT: [&str; 5] = [
    "decision_ref",
    "time_horizons",
    "stakeholders_affected",
    "pareto_assessment",
    "ethical_framework_applied",
];

/// The native assessment.
pub fn assess(body: &Map<String, Value>) -> Result<ImpactAssess, Invalid> {
    let body = Body(body);
    let horizons: Vec<Map<String, Value>> = body.list(&["time_horizons"])?;
    let missing = |name: &str| Invalid::new(Code::MissingField, name, "is required");
    if horizons.is_empty() {
        return Err(missing("time_horizons"));
    }
    let horizons: Result<Vec<TimeHorizon>, Invalid> = horizons.iter().map(horizon).collect();
    let none = Map::new();
    let pareto = body.within("pareto_assessment").unwrap_or(Body(&none));
    let recommendation: Option<Recommendation> = word(body, &["recommendation"])?;
    Ok(ImpactAssess {
        task: task_of(body)?,
        time_horizons: horizons?,
        stakeholders: stakeholders(body, pareto)?,
        mitigated: pareto.read(&["mitigation_available"])?.unwrap_or(false),
        rights_violated: body.list::<Right>(&["rights_violated"])?,
        recommendation: recommendation.ok_or_else(|| missing("recommendation"))?,
        annotations: kept(body, &KEPT)?,
    })
}

fn horizon(item: &Map<String, Value>) -> Result<TimeHorizon, Invalid> {
    let body = Body(item);
    let missing = || Invalid::new(Code::MissingField, "time_horizons.horizon", "is required");
    let consequences: Vec<String> = body.list(&["consequences"])?;
    let consequences: Result<Vec<Note>, Invalid> =
        consequences.iter().map(|text| note("consequences", text)).collect();
    let horizon: Option<Horizon> = word(body, &["horizon"])?;
    Ok(TimeHorizon {
        horizon: horizon.ok_or_else(missing)?,
        severity: word::<Severity>(body, &["severity"])?.unwrap_or(Severity::Moderate),
        reversible: body.read(&["reversible"])?.unwrap_or(true),
        consequences: consequences?,
    })
}

/// Whom it is about, with everybody who is said to be harmed. Where nobody is named it is about
/// whoever the task is done for.
fn stakeholders(body: Body<'_>, pareto: Body<'_>) -> Result<Vec<StakeholderImpact>, Invalid> {
    let named: Vec<Map<String, Value>> = body.list(&["stakeholders_affected"])?;
    let mut all = Vec::with_capacity(named.len());
    let mut classes = Vec::with_capacity(named.len());
    for item in &named {
        let item = Body(item);
        let class = item.need(&["stakeholder_class"])?;
        let direction = item.need(&["impact_direction"])?;
        if !["positive", "neutral", "negative"].contains(&direction) {
            let detail = "positive, neutral or negative";
            return Err(Invalid::new(Code::InvalidField, "impact_direction", detail));
        }
        let harmed = direction == "negative";
        let magnitude = magnitude(item.any(&["magnitude"]).map(|(_, value)| value), harmed)?;
        let notes = note_of(item, &["notes"])?;
        classes.push(class.to_owned());
        all.push(StakeholderImpact { stakeholder: stakeholder(class), harmed, magnitude, notes });
    }
    let harmed: Vec<String> = pareto.list(&["harmed_parties"])?;
    for party in harmed.iter().filter(|party| !classes.contains(party)) {
        all.push(StakeholderImpact {
            stakeholder: stakeholder(party),
            harmed: true,
            magnitude: HARM_UNSAID,
            notes: Some(note("harmed_parties", party)?),
        });
    }
    if all.is_empty() {
        let stakeholder = Stakeholder::Principal;
        all.push(StakeholderImpact { stakeholder, harmed: false, magnitude: 0, notes: None });
    }
    Ok(all)
}

fn stakeholder(class: &str) -> Stakeholder {
    match class {
        "vendor" | "merchant" | "supplier" | "payee" => Stakeholder::Counterparty,
        other => other.parse().unwrap_or(Stakeholder::Other),
    }
}

/// How much, of 100: a share from 0 to 1, a number up to 100, or a word.
fn magnitude(value: Option<&Value>, harmed: bool) -> Result<u8, Invalid> {
    let wrong = || {
        let detail = "a number from 0 to 100, or negligible, low, moderate, high or severe";
        Invalid::new(Code::InvalidField, "magnitude", detail)
    };
    let Some(value) = value else { return Ok(if harmed { HARM_UNSAID } else { 0 }) };
    if let Some(word) = value.as_str() {
        let severity = word.parse().map_err(|_| wrong())?;
        return Ok(match severity {
            Severity::Negligible => 5,
            Severity::Low => 25,
            Severity::Moderate => 50,
            Severity::High => 75,
            Severity::Severe => 100,
        });
    }
    let number =
        value.as_f64().filter(|number| (0.0..=100.0).contains(number)).ok_or_else(wrong)?;
    #[allow(clippy::float_arithmetic, reason = "a share, in the protocol's number")]
    let percent = if number <= 1.0 && !value.is_u64() { number * 100.0 } else { number };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to a hundred")]
    Ok(percent.ceil() as u8)
}

/// An assessment in the protocol's words, with what the node made of it.
pub fn impact_assessment(artifact: &Artifact, decision: Option<String>) -> Value {
    let document = artifact.document.as_ref();
    let said = |name: &str| document.and_then(|document| document.get(name));
    let kept = |name: &str| said("annotations")?.get(name).cloned();
    let findings = artifact.record.get("findings");
    json!({
        "type": "ImpactAssessment",
        "assessment_id": artifact.id,
        "task_id": artifact.task,
        "decision_ref": kept("decision_ref").or(decision.map(Value::from))
            .unwrap_or_else(|| super::task::UNSAID.into()),
        "agent_id": artifact.by,
        "time_horizons": kept("time_horizons").unwrap_or_else(|| json!([])),
        "stakeholders_affected": kept("stakeholders_affected").unwrap_or_else(|| json!([])),
        "pareto_assessment": kept("pareto_assessment").unwrap_or_else(|| json!({})),
        "ethical_framework_applied": kept("ethical_framework_applied")
            .unwrap_or_else(|| json!({ "primary": "veil_of_ignorance", "secondary": ["pareto", "rights"] })),
        "recommendation": said("recommendation").cloned().unwrap_or_else(|| "escalate".into()),
        "evaluated_recommendation": findings.and_then(|findings| findings.get("outcome")),
        "findings": findings,
        "assessed_at": artifact.created_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Value) -> Result<ImpactAssess, Invalid> {
        let mut members = value.as_object().unwrap().clone();
        members.insert("task_id".to_owned(), "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD".into());
        assess(&members)
    }

    fn horizons() -> Value {
        json!([{ "horizon": "immediate", "severity": "low", "reversible": true }])
    }

    #[test]
    fn everybody_who_is_harmed_is_counted() {
        let assessed = read(json!({
            "time_horizons": horizons(), "recommendation": "proceed",
            "stakeholders_affected": [
                { "stakeholder_class": "vendor", "impact_direction": "positive" },
                { "stakeholder_class": "neighbours", "impact_direction": "negative", "magnitude": 0.3 },
            ],
            "pareto_assessment": { "harmed_parties": ["neighbours", "public"], "mitigation_available": true },
        }))
        .unwrap();
        let told: Vec<(Stakeholder, bool, u8)> =
            assessed.stakeholders.iter().map(|s| (s.stakeholder, s.harmed, s.magnitude)).collect();
        assert_eq!(
            told,
            [
                (Stakeholder::Counterparty, false, 0),
                (Stakeholder::Other, true, 30),
                (Stakeholder::Public, true, HARM_UNSAID),
            ]
        );
        assert!(assessed.mitigated);
        let nobody =
            read(json!({ "time_horizons": horizons(), "recommendation": "stop" })).unwrap();
        assert_eq!(nobody.stakeholders.len(), 1);
    }

    #[test]
    fn magnitudes_are_read_in_their_spellings() {
        for (value, expected) in [
            (json!(1), Some(1)),
            (json!(1.0), Some(100)),
            (json!(0.5), Some(50)),
            (json!(70), Some(70)),
            (json!("severe"), Some(100)),
            (json!("huge"), None),
            (json!(101), None),
            (json!(-1), None),
        ] {
            assert_eq!(magnitude(Some(&value), true).ok(), expected, "{value}");
        }
        assert_eq!((magnitude(None, true).unwrap(), magnitude(None, false).unwrap()), (50, 0));
    }

    #[test]
    fn what_is_incomplete_is_refused() {
        let stake = |direction: &str| json!([{ "stakeholder_class": "user", "impact_direction": direction }]);
        for bad in [
            json!({ "recommendation": "proceed" }),
            json!({ "time_horizons": horizons() }),
            json!({ "time_horizons": [{}], "recommendation": "proceed" }),
            json!({ "time_horizons": [{ "horizon": "soon" }], "recommendation": "proceed" }),
            json!({ "time_horizons": horizons(), "recommendation": "go" }),
            json!({ "time_horizons": horizons(), "recommendation": "proceed", "stakeholders_affected": stake("bad") }),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
    }
}
