//! Putting on record what policy said: of an act that happened, and of one that somebody asks about
//! beforehand.
//!
//! An evaluation is what its judge said at that moment, over facts whose digest it keeps. It is no
//! leave to act: whoever acts is judged again.

use hansa_types::{
    AnyId, Code, Digest, PolicyEvaluationId, PolicySetId, Rejection, RuleName, TaskId, Time, Vis,
};
use serde::{Deserialize, Serialize};

use super::later::answered;
use super::{JudgedSet, Judgement, Mode, Obligation, Verdict};
use crate::State;
use crate::admit::{Permit, Sphere};
use crate::callback;
use crate::clearance;
use crate::command::Rules;
use crate::decide::{Context, Draft};
use crate::due::Leaving;
use crate::entry::Entry;
use crate::event::Event;
use crate::limits::{POLICY_EVALUATION_REMEMBERED, POLICY_EVALUATIONS_MAX};
use crate::principal::Handle;

/// Put an evaluation on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluate {
    /// The id it shall have.
    pub id: PolicyEvaluationId,
    /// The task that it is about.
    pub task: Option<TaskId>,
    /// What the node's judge said.
    pub judgement: Judgement,
    /// The mildest that whoever asks accepts; the stricter of it and what was said counts.
    pub at_least: Option<Verdict>,
    /// Salted digest of the address at which who asks wants to be told that it is there.
    pub callback: Option<Digest>,
}

/// What one policy set said, in a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedLine {
    /// Which set.
    pub set: PolicySetId,
    /// SHA-256 of its rules.
    pub rules_digest: Digest,
    /// Whether it counts.
    #[serde(default, skip_serializing_if = "Mode::is_default")]
    pub mode: Mode,
    /// What it said.
    pub verdict: Verdict,
    /// Whether its engine failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// Data of `policy.judged`: what was said of the command whose first entry is the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The strictest verdict of the enforced sets.
    pub verdict: Verdict,
    /// The rules that said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleName>,
    /// What must be so besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obligations: Vec<Obligation>,
    /// What each set said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<JudgedLine>,
    /// Digest of the facts they looked at.
    pub facts: Digest,
}

/// Data of `policy.evaluated`. The entry's id is the evaluation, its subject the task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluated {
    /// What was said.
    pub judged: Judged,
}

/// The rule by which whoever asked was stricter than the policy sets.
const AT_LEAST: &str = "at_least";

impl Evaluated {
    /// The verdict that whoever asked wanted at least, where it is the one that counts.
    pub fn at_least(&self) -> Option<Verdict> {
        let asked = self.judged.rules.last().is_some_and(|rule| rule.as_str() == AT_LEAST);
        asked.then_some(self.judged.verdict)
    }
}

/// What the state keeps of an evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Who asked.
    pub by: Handle,
    /// The task that it is about.
    pub task: Option<TaskId>,
    /// What counts.
    pub verdict: Verdict,
    /// The sets that were asked.
    pub sets: Vec<PolicySetId>,
    /// Digest of the facts.
    pub facts: Digest,
    /// When.
    pub at: Time,
    /// The entry that holds it.
    pub seq: u64,
}

impl From<&JudgedSet> for JudgedLine {
    fn from(judged: &JudgedSet) -> Self {
        let JudgedSet { set, rules_digest, mode, verdict, failed, .. } = *judged;
        Self { set, rules_digest, mode, verdict, failed }
    }
}

impl From<&Judgement> for Judged {
    fn from(judgement: &Judgement) -> Self {
        Self {
            verdict: judgement.verdict,
            rules: judgement.matched_rules.clone(),
            obligations: judgement.obligations.clone(),
            sets: judgement.policy_sets.iter().map(JudgedLine::from).collect(),
            facts: judgement.facts,
        }
    }
}

impl Rules for Evaluate {
    fn sphere(&self, _: &State) -> Result<Sphere, Rejection> {
        Ok(Sphere::Open)
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        let state = permit.state();
        if state.policies.evaluations_len() >= POLICY_EVALUATIONS_MAX {
            return Err(Rejection::new(Code::StateFull, "too many policy evaluations"));
        }
        if state.policies.evaluation(self.id).is_some() {
            return Err(Rejection::new(
                Code::InvalidField,
                "id: there is such an evaluation already",
            ));
        }
        if let Some(task) = self.task {
            state.task_facts(task).ok_or(Code::NotFound)?;
        }
        let by = self.by(permit)?;
        let evaluated = self.evaluated();
        let verdict = evaluated.judged.verdict;
        let draft = Draft::new(self.id, Vis::Parties, Event::PolicyEvaluated(evaluated));
        out.push(match self.task {
            Some(task) => draft.about(task),
            None => draft,
        });
        if let Some(task) = self.task.filter(|task| state.clearance.task(*task).is_some()) {
            self.note(state, by, (task, verdict), ctx, out)?;
        }
        callback::ask(permit, self.id.into(), self.callback, ctx, out)
    }
}

impl Evaluate {
    fn evaluated(&self) -> Evaluated {
        let mut judged = Judged::from(&self.judgement);
        if let Some(wanted) = self.at_least.filter(|wanted| *wanted > judged.verdict) {
            judged.verdict = wanted;
            judged.rules.extend(AT_LEAST.parse());
        }
        Evaluated { judged }
    }

    /// Who asks: the caller, or whom the node answers.
    fn by(&self, permit: &Permit<'_>) -> Result<Handle, Rejection> {
        let state = permit.state();
        match (permit.caller().principal, state.asker(self.id)) {
            (Some(caller), None) => state.principal(caller),
            (None, Some(asker)) => state.principal(asker),
            _ => Err(Code::Forbidden.into()),
        }
    }

    /// Moves a declared task by what counts, if who asks has a part in it.
    fn note(
        &self,
        state: &State,
        by: Handle,
        (task, verdict): (TaskId, Verdict),
        ctx: &mut Context<'_>,
        out: &mut Vec<Draft>,
    ) -> Result<(), Rejection> {
        match state.takes_part(task, by) {
            true => state.note_verdict(task, verdict, self.id.into(), ctx, out),
            false => Err(Code::NotFound.into()),
        }
    }
}

impl Judgement {
    /// Puts on record what was said of the command whose drafts these are.
    pub(crate) fn draft(&self, ctx: &mut Context<'_>, out: &mut Vec<Draft>) {
        let Some(first) = out.first().and_then(|draft| draft.id) else { return };
        let event = Event::PolicyJudged(Judged::from(self));
        out.push(Draft::new(ctx.entry_id(), Vis::Parties, event).about(first));
    }
}

/// What was said of a command that waits says how it is approved.
pub(crate) fn apply_judged(state: &mut State, entry: &Entry, judged: &Judged) {
    let Some(AnyId::Task(task)) = entry.subject else { return };
    if state.clearance.task(task).is_some_and(|task| task.parked.is_some()) {
        clearance::oblige(state, task, judged);
        if judged.wants_another() {
            clearance::want_another(state, task);
        }
    }
}

pub(crate) fn apply_evaluated(state: &mut State, entry: &Entry, evaluated: &Evaluated) {
    let AnyId::PolicyEvaluation(id) = entry.id else {
        panic!("policy.evaluated carries the evaluation as its id");
    };
    let asker = answered(state, id);
    let by = asker.or_else(|| entry.actor.map(|actor| state.handle(actor)));
    let Some(by) = by else { panic!("somebody asked for an evaluation") };
    let task = match entry.subject {
        Some(AnyId::Task(task)) => Some(task),
        _ => None,
    };
    let judged = &evaluated.judged;
    if let Some(task) = task {
        clearance::oblige(state, task, judged);
    }
    let evaluation = Evaluation {
        by,
        task,
        verdict: judged.verdict,
        sets: judged.sets.iter().map(|line| line.set).collect(),
        facts: judged.facts,
        at: entry.ts,
        seq: entry.seq,
    };
    state.policies.evaluations.insert(id, evaluation);
    let leaves = entry.ts.after(POLICY_EVALUATION_REMEMBERED);
    state.leaving.insert((leaves, Leaving::PolicyEvaluation(id)));
}
