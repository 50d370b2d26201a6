//! Policy evaluations: judged now, or while whoever asked goes on with something else.
//!
//! One that is answered later is durable before its judge begins. A run of the node that stops in between
//! leaves it to the next one, which ends it: nobody can say what the facts were.

use std::sync::{Arc, PoisonError};

use hansa_kernel::policy::{Evaluate, JudgedSet, Judgement, Leave, Question, Verdict};
use hansa_kernel::{Auth, Caller, Command, Request, State};
use hansa_types::{Code, PolicyEvaluationId, Rejection, TaskId};

use crate::error::Error;
use crate::node::Node;
use crate::writer::Job;

/// What policy is asked: the question for its engines, and what bounds have said already.
pub struct ToJudge {
    /// What the sets are asked.
    pub question: Question,
    /// What the bounds of others say.
    pub bounded: Vec<JudgedSet>,
    /// Whether the act waits for another person by itself.
    pub consequential: bool,
}

/// An evaluation that is durable as asked for and has to be answered.
pub struct Later {
    /// Which.
    pub id: PolicyEvaluationId,
    /// The task that it is about.
    pub task: Option<TaskId>,
    /// The mildest verdict that who asked accepts.
    pub at_least: Option<Verdict>,
    /// What is judged.
    pub asked: ToJudge,
}

impl Node {
    /// What policy says.
    pub async fn evaluate(&self, asked: ToJudge) -> Judgement {
        let ToJudge { question, bounded, consequential } = asked;
        let ruling = Box::pin(self.judge.judge(question)).await;
        let judgement = ruling.judgement();
        let sets = bounded.into_iter().chain(judgement.policy_sets.iter().cloned());
        let judgement = Judgement::compose(judgement.facts, sets.collect());
        match consequential {
            true => judgement.consequential(),
            false => judgement,
        }
    }

    /// Has an evaluation answered while who asked goes on.
    pub fn evaluate_later(self: &Arc<Self>, later: Later) {
        let node = Arc::clone(self);
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // What has ended is let go of.
        tasks.running();
        tasks.start(async move { node.answer(later).await });
    }

    async fn answer(&self, later: Later) {
        let Later { id, task, at_least, asked } = later;
        let judgement = self.evaluate(asked).await;
        let evaluate = Evaluate { id, task, judgement, at_least, callback: None };
        if let Err(refusal) = self.do_itself(Command::PolicyEvaluate(evaluate)).await {
            tracing::info!(%id, code = %refusal.code, "an evaluation is not put on record");
            if let Err(refusal) = self.leave_unanswered(id, refusal.code).await {
                tracing::warn!(%id, %refusal, "an evaluation stays unanswered until the next start");
            }
        }
    }

    /// Ends what an earlier run of the node was asked and did not answer.
    pub(crate) async fn settle_evaluations(&self) -> Result<(), Error> {
        let look = |state: &State| -> Vec<PolicyEvaluationId> {
            state.policies.unanswered().map(|(id, _)| id).collect()
        };
        let refused = |rejection| Error::Refused { action: "settle its evaluations", rejection };
        for id in self.read(None, look).await.map_err(refused)? {
            self.leave_unanswered(id, Code::PolicyEngineUnavailable).await.map_err(refused)?;
        }
        Ok(())
    }

    async fn leave_unanswered(&self, id: PolicyEvaluationId, code: Code) -> Result<(), Rejection> {
        self.do_itself(Command::PolicyLeave(Leave { id, code })).await
    }

    async fn do_itself(&self, command: Command) -> Result<(), Rejection> {
        let caller = Caller { principal: None, auth: Auth::Machine };
        let request = Request::new(caller, command, None);
        self.submit(Job { request, vault: Vec::new() }).await.map(|_| ())
    }
}
