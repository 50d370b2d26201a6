//! The judge: what policy sets say of an act, asked outside of the writer.
//!
//! The writer hands out typed facts and the sets to ask; the judge evaluates each in Rego on threads
//! of its own, or asks a remote OPA, and puts a judgement together. Rules are compiled once, by the
//! digest of their text, and loaded from the vault when they are first needed: a set that was just
//! activated needs no restart. Where the question can be told before the writer asks it, it is judged
//! beforehand (`foresight`). An engine that is dead, slow, garbled or over its limits has said
//! deny, and the judgement says that it failed.
//!
//! Deliberately absent: limits and counters, which admission checks, and any cache of verdicts.

mod answer;
mod document;
mod foresight;
mod input;
mod pool;
mod rego;
mod remote;
pub mod testing;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hansa_kernel::policy::{Engine, Facts, JudgedSet, Judgement, Question, Ruling, SetRef};
use hansa_types::{Code, Digest, PolicySetId, Rejection};
use tokio::sync::Semaphore;

pub use answer::Answer;
pub use document::PolicyDocument;
pub use foresight::Foresight;
pub use input::input;
pub use remote::RemoteOpa;

use crate::egress::Egress;
use crate::env::{Env, blocking};
use crate::limits::{FORESEEN_AT_ONCE_MAX, JUDGE_ENGINES_MAX, JUDGE_THREADS_MAX};
use crate::metrics::{JudgementLabels, Metrics, ShadowLabels};
use crate::vault::{Vault, policy_id};
use pool::Pool;
use rego::Compiled;

/// What an operator chose about policy.
#[derive(Debug, Clone)]
pub struct JudgeConfig {
    /// Threads that evaluate.
    pub threads: usize,
    /// The remote engine.
    pub opa: Option<RemoteOpa>,
    /// Whether sets of the remote engine are enforced unless they say otherwise.
    pub opa_enforce: bool,
}

impl Default for JudgeConfig {
    fn default() -> Self {
        Self { threads: 2, opa: None, opa_enforce: true }
    }
}

impl JudgeConfig {
    /// Refuses settings that cannot work.
    pub fn check(&self) -> Result<(), String> {
        match (1..=JUDGE_THREADS_MAX).contains(&self.threads) {
            true => Ok(()),
            false => Err("policy.threads: 1 to 64".to_owned()),
        }
    }
}

/// Rules that are evaluated where they lie, without a node: to try a policy out, or to measure it.
pub struct Evaluator {
    machine: regorus::rvm::vm::RegoVM,
}

impl Evaluator {
    /// Compiles a document.
    pub fn new(document: &PolicyDocument) -> Result<Self, String> {
        Ok(Self { machine: rego::compile(document)?.machine()? })
    }

    /// What the rules say of facts.
    pub fn evaluate(&mut self, facts: &Facts) -> Result<Answer, String> {
        rego::evaluate(&mut self.machine, &regorus::Value::from(input(facts)))
    }
}

/// Rules as they were loaded.
#[derive(Clone)]
enum Rules {
    Rego(Arc<Compiled>),
    Opa(Option<String>),
}

/// The judge of one node.
pub struct Judge {
    pool: Pool,
    opa: Option<RemoteOpa>,
    egress: Arc<Egress>,
    vault: Arc<Vault>,
    metrics: Arc<Metrics>,
    env: Env,
    loaded: Mutex<HashMap<Digest, Rules>>,
    /// What the writer is expected to ask.
    pub foresight: Foresight,
    /// Places for what is judged before the writer asked.
    beforehand: Semaphore,
}

impl Judge {
    /// A judge with its threads.
    pub fn start(
        config: &JudgeConfig,
        env: Env,
        egress: Arc<Egress>,
        vault: Arc<Vault>,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<Self> {
        let pool = Pool::start(config.threads, env.clone())?;
        let (opa, loaded) = (config.opa.clone(), Mutex::default());
        let foresight = Foresight::default();
        let beforehand = Semaphore::new(FORESEEN_AT_ONCE_MAX);
        Ok(Self { pool, opa, egress, vault, metrics, env, loaded, foresight, beforehand })
    }

    /// Ends the threads; whatever has to be judged is denied from now on.
    pub fn stop(&self) {
        self.pool.stop();
    }

    /// Refuses rules that do not compile or decide nothing. Takes a while.
    pub fn check(engine: Engine, document: &PolicyDocument) -> Result<(), Rejection> {
        document.check()?;
        match engine {
            Engine::Rego => match rego::compile(document) {
                Ok(_) => Ok(()),
                Err(error) => Err(Rejection::new(Code::PolicyInvalid, error)),
            },
            Engine::Opa | Engine::Record => Ok(()),
        }
    }

    /// What the sets of a question say of its facts.
    pub async fn judge(&self, question: Question) -> Ruling {
        let begun = self.env.clock.stopwatch_ns();
        let facts = Arc::new(question.facts);
        let mut rules = Vec::with_capacity(question.sets.len());
        for set in &question.sets {
            rules.push(self.load(set.set, set.rules, set.engine).await);
        }
        let compiled = rules.iter().zip(&question.sets).filter_map(|(rules, set)| match rules {
            Ok(Rules::Rego(compiled)) => Some((set.rules, Arc::clone(compiled))),
            _ => None,
        });
        let compiled: Vec<_> = compiled.collect();
        let local = match compiled.is_empty() {
            true => Some(Vec::new()),
            false => self.pool.ask(Arc::clone(&facts), compiled).await,
        };
        let mut local = local.map(Vec::into_iter);
        let mut judged = Vec::with_capacity(rules.len());
        for (rules, set) in rules.into_iter().zip(&question.sets) {
            let answer = match rules {
                Ok(Rules::Rego(_)) => match local.as_mut().map(Iterator::next) {
                    Some(Some(answer)) => answer,
                    _ => Err("nobody answered in time".to_owned()),
                },
                Ok(Rules::Opa(path)) => self.ask_opa(path.as_deref(), &facts).await,
                Err(error) => Err(error),
            };
            judged.push(tell(set, answer));
        }
        let ruling = Ruling::new(facts, judged);
        self.observe(ruling.judgement(), begun);
        ruling
    }

    async fn ask_opa(&self, path: Option<&str>, facts: &Facts) -> Result<Answer, String> {
        let opa = self.opa.as_ref().ok_or("no remote engine is set")?;
        Box::pin(opa.ask(&self.egress, path, &input(facts))).await
    }

    /// The rules of a set, compiled the first time they are asked for.
    async fn load(
        &self,
        set: PolicySetId,
        digest: Digest,
        engine: Engine,
    ) -> Result<Rules, String> {
        let known =
            self.loaded.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        if let Some(rules) = known {
            return Ok(rules);
        }
        let vault = Arc::clone(&self.vault);
        let work = move || load(&vault, set, digest, engine);
        let rules = blocking(work).await.map_err(|error| error.to_string())??;
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if loaded.len() >= JUDGE_ENGINES_MAX {
            loaded.clear();
        }
        loaded.insert(digest, rules.clone());
        Ok(rules)
    }

    fn observe(&self, judgement: &Judgement, begun: u64) {
        let took = self.env.clock.stopwatch_ns().saturating_sub(begun);
        let labels = JudgementLabels { verdict: judgement.verdict.as_str() };
        self.metrics.judgements.get_or_create(&labels).inc();
        self.metrics.judged(took);
        for judged in &judgement.policy_sets {
            if judged.failed {
                self.metrics.judge_failures.inc();
            }
        }
        for differs in judgement.differences() {
            let labels = ShadowLabels {
                policy_set: differs.set.to_string(),
                verdict: differs.verdict.as_str(),
                enforced: judgement.verdict.as_str(),
            };
            self.metrics.shadow_differences.get_or_create(&labels).inc();
        }
    }
}

fn load(vault: &Vault, set: PolicySetId, digest: Digest, engine: Engine) -> Result<Rules, String> {
    let opened = vault.open(&policy_id(set)).map_err(|error| error.to_string())?;
    let opened = opened.ok_or("its rules are not in the vault")?;
    let document = PolicyDocument::from_bytes(&opened.bytes).map_err(|error| error.to_string())?;
    if document.rules_digest().ok() != Some(digest) {
        return Err("its rules are not those of the journal".to_owned());
    }
    match engine {
        Engine::Rego => rego::compile(&document).map(|compiled| Rules::Rego(Arc::new(compiled))),
        Engine::Opa => Ok(Rules::Opa(document.opa_path)),
        Engine::Record => Err("a record decides nothing".to_owned()),
    }
}

fn tell(set: &SetRef, answer: Result<Answer, String>) -> JudgedSet {
    let mut judged = JudgedSet::failed(set.set, set.rules, set.mode);
    match answer {
        Ok(Answer { verdict, rules, obligations }) => {
            judged.failed = false;
            (judged.verdict, judged.rules, judged.obligations) = (verdict, rules, obligations);
        }
        Err(error) => {
            tracing::error!(policy_set = %set.set, error, "policy was not evaluated: denied");
        }
    }
    judged
}
