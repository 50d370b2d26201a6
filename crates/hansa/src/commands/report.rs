//! `hansa report`: which obligations of a framework the record of a task evidences, and which not.
//!
//! What the record shows is read from the kinds of its entries. A report is evidence for somebody who
//! judges, never a judgement: a gap says that nothing of the kind is on record here.

use clap::ValueEnum;
use hansa_types::TaskId;
use hansa_wire::api::actions::{Replay, TaskReplay};
use serde::Serialize;

use super::{App, DONE, Outcome};

/// Which task, against what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task's id
    task: TaskId,

    /// The framework to hold it against
    #[arg(long, value_enum, default_value = "eu-ai-act")]
    framework: Framework,
}

/// Bodies of rules that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Framework {
    /// Regulation (EU) 2024/1689
    EuAiAct,
}

/// An obligation, and the entries that show something of it.
struct Obligation {
    article: &'static str,
    about: &'static str,
    /// Beginnings of the kinds that evidence it, and of artifacts behind `artifact:`.
    kinds: &'static [&'static str],
}

/// What Chapter III asks of high-risk systems and of those who use them, as far as a record of one
/// task can show any of it.
const EU_AI_ACT: &[Obligation] = &[
    Obligation {
        article: "Art. 9",
        about: "risk management",
        kinds: &["artifact:impact_assessment", "policy."],
    },
    Obligation {
        article: "Art. 10",
        about: "data and data governance",
        kinds: &["artifact:attested_context", "taint."],
    },
    Obligation {
        article: "Art. 11",
        about: "technical documentation",
        kinds: &["skill.", "artifact:evidence_bundle"],
    },
    Obligation {
        article: "Art. 12",
        about: "record-keeping (logging)",
        kinds: &["task.", "effect.", "action."],
    },
    Obligation {
        article: "Art. 13",
        about: "transparency to deployers",
        kinds: &["artifact:decision_record"],
    },
    Obligation {
        article: "Art. 14",
        about: "human oversight",
        kinds: &["approval.decided", "escalation.resolved", "artifact:governance_attestation"],
    },
    Obligation {
        article: "Art. 15",
        about: "accuracy, robustness and cybersecurity",
        kinds: &["artifact:evidence_bundle"],
    },
    Obligation {
        article: "Art. 17",
        about: "quality management",
        kinds: &["policy.judged", "policy.evaluated"],
    },
    Obligation {
        article: "Art. 19",
        about: "keeping of automatically generated logs",
        kinds: &["effect.finished", "effect.outcome_unknown"],
    },
    Obligation {
        article: "Art. 26",
        about: "monitoring by deployers",
        kinds: &["escalation.", "action.refused"],
    },
    Obligation {
        article: "Art. 27",
        about: "fundamental rights impact assessment",
        kinds: &["artifact:impact_assessment"],
    },
    Obligation {
        article: "Art. 73",
        about: "reporting of serious incidents",
        kinds: &["escalation.raised"],
    },
];

/// One line of a report.
#[derive(Debug, Serialize)]
struct Line {
    article: &'static str,
    obligation: &'static str,
    evidenced: bool,
    entries: Vec<u64>,
}

/// A report.
#[derive(Debug, Serialize)]
struct Report {
    task: TaskId,
    framework: &'static str,
    head: String,
    evidenced: usize,
    gaps: Vec<String>,
    obligations: Vec<Line>,
}

const SHOWN: &[&str] = &[
    "task",
    "framework",
    "head",
    "evidenced",
    "gaps",
    "obligations:article,obligation,evidenced,entries",
];

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let request = TaskReplay { task: self.task, from: None };
        let replay = app.remote()?.call(&request).await?;
        let (framework, obligations) = match self.framework {
            Framework::EuAiAct => ("eu-ai-act", EU_AI_ACT),
        };
        app.ui.answer(&report(&replay, framework, obligations), SHOWN)?;
        DONE
    }
}

fn report(replay: &Replay, framework: &'static str, obligations: &[Obligation]) -> Report {
    let line = |obligation: &Obligation| {
        let shows = |step: &&hansa_wire::api::actions::ReplayStep| {
            let kind = step.entry.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
            let artifact = step.entry.get("data").and_then(|data| data.get("artifact"));
            let artifact = artifact.and_then(|word| word.as_str());
            obligation.kinds.iter().any(|wanted| match wanted.strip_prefix("artifact:") {
                Some(word) => artifact == Some(word),
                None => kind.starts_with(wanted),
            })
        };
        let entries: Vec<u64> = replay.steps.iter().filter(shows).map(|step| step.seq).collect();
        let (article, about) = (obligation.article, obligation.about);
        Line { article, obligation: about, evidenced: !entries.is_empty(), entries }
    };
    let lines: Vec<Line> = obligations.iter().map(line).collect();
    let gaps = lines.iter().filter(|line| !line.evidenced);
    Report {
        task: replay.task,
        framework,
        head: replay.head.to_string(),
        evidenced: lines.iter().filter(|line| line.evidenced).count(),
        gaps: gaps.map(|line| format!("{} {}", line.article, line.obligation)).collect(),
        obligations: lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn replay(entries: Value) -> Replay {
        let digest = hansa_types::Digest::ZERO;
        let step = |(at, entry): (usize, &Value)| {
            json!({ "seq": at + 1, "at": "2026-01-01T00:00:00Z", "prev": digest, "hash": digest,
                "leaf": digest, "entry": entry, "known": {} })
        };
        let steps: Vec<Value> = entries.as_array().unwrap().iter().enumerate().map(step).collect();
        serde_json::from_value(
            json!({ "task": TaskId(1), "steps": steps, "head": digest, "as_of_seq": 9 }),
        )
        .unwrap()
    }

    #[test]
    fn what_is_on_record_is_evidence_and_the_rest_a_gap() {
        let told = report(
            &replay(json!([
                { "kind": "task.declared", "data": {} },
                { "kind": "artifact.added", "data": { "artifact": "impact_assessment" } },
                { "kind": "approval.decided", "data": {} },
                { "kind": "effect.finished", "data": {} },
            ])),
            "eu-ai-act",
            EU_AI_ACT,
        );
        let line = |article: &str| told.obligations.iter().find(|l| l.article == article).unwrap();
        assert_eq!(line("Art. 9").entries, [2]);
        assert_eq!(line("Art. 12").entries, [1, 4]);
        assert_eq!(line("Art. 14").entries, [3]);
        assert!(!line("Art. 10").evidenced);
        assert!(told.gaps.contains(&"Art. 10 data and data governance".to_owned()));
        assert_eq!(told.evidenced + told.gaps.len(), EU_AI_ACT.len());
    }
}
