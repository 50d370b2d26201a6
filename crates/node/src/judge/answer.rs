//! What a policy answers: `{"verdict": …, "rules": […], "obligations": […]}` and nothing else.
//!
//! Anything that does not read is a failed engine, hence a deny: an unknown verdict, an obligation
//! that nobody here could keep, a rule's name of another shape.

use hansa_kernel::limits::POLICY_RULES_MATCHED_MAX;
use hansa_kernel::policy::{Obligation, Verdict};
use hansa_types::RuleName;
use serde::Deserialize;
use serde_json::Value;

/// A policy set's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub verdict: Verdict,
    /// Which of its rules say so.
    pub rules: Vec<RuleName>,
    /// What must be so besides.
    pub obligations: Vec<Obligation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    verdict: String,
    #[serde(default)]
    rules: Vec<RuleName>,
    #[serde(default)]
    obligations: Vec<String>,
}

/// Reads an answer.
pub(super) fn read(value: Value) -> Result<Answer, String> {
    let Read { verdict, mut rules, obligations } =
        serde_json::from_value(value).map_err(|error| error.to_string())?;
    let verdict = Verdict::from_word(&verdict).ok_or_else(|| format!("no verdict: {verdict}"))?;
    let known = |word: &String| {
        Obligation::from_word(word).ok_or_else(|| format!("an unknown obligation: {word}"))
    };
    let obligations = obligations.iter().map(known).collect::<Result<Vec<_>, String>>()?;
    rules.truncate(POLICY_RULES_MATCHED_MAX);
    Ok(Answer { verdict, rules, obligations })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_read_and_anything_else_is_refused() {
        let answer = read(json!({
            "verdict": "require_approval",
            "rules": ["payment_above_threshold"],
            "obligations": ["approver_compliance_monitor"],
        }));
        let answer = answer.unwrap();
        assert_eq!(answer.verdict, Verdict::RequireApproval);
        assert_eq!(answer.obligations, [Obligation::ApproverComplianceMonitor]);
        assert!(read(json!({"verdict": "deny"})).is_ok());
        for garbled in [
            json!(null),
            json!(true),
            json!("allow"),
            json!({}),
            json!({"verdict": "Allow"}),
            json!({"verdict": "allow", "obligations": ["call_my_mother"]}),
            json!({"verdict": "allow", "rules": ["Not A Name"]}),
            json!({"verdict": "allow", "rules": "all"}),
            json!({"verdict": "allow", "reason": "because"}),
        ] {
            assert!(read(garbled.clone()).is_err(), "{garbled}");
        }
    }
}
