//! The gate with a policy in Rego: what it costs the writer, and how long one decision takes.
//!
//! A transfer that has to be judged is met by the writer twice: it hands facts out, and admits the
//! command when the judgement comes back. Both count here, without the journal's own thread; the
//! same transfers without any policy are the yardstick. The judge's threads have their own figure.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hansa_kernel::Command;
use hansa_kernel::policy::{
    Activate, Create, Engine, JudgedSet, Judgement, Mode, Question, Scope, Verdict,
};
use hansa_node::clock::Reading;
use hansa_node::env::Env;
use hansa_node::judge::{Evaluator, PolicyDocument};
use hansa_node::writer::{Input, Job, Outcome, Writer};
use hansa_store::Batch;
use hansa_types::{Digest, Label, PolicySetId};

use crate::measure::{Work, as_f64, quantile, thread_cpu};
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::world::{Payments, by_machine};

/// Commands of one batch.
const BATCH: usize = 1_024;
/// The bundled policy, and what it looks things up in.
const RULES: &str = include_str!("../../policies/finance-v2/policy.rego");
const DATA: &str = include_str!("../../policies/finance-v2/data.json");

/// What became of the jobs of one batch.
type Told = Arc<Mutex<Vec<Outcome>>>;

/// The scene.
pub(crate) struct JudgeScene {
    ungated: Writer,
    gated: Writer,
    payments: Payments,
    evaluator: Evaluator,
    env: Env,
}

impl JudgeScene {
    /// Puts a policy in force in one of two copies of the books.
    pub(crate) fn prepare(bench: &Bench) -> anyhow::Result<Self> {
        let (world, env) = (bench.world()?, bench.env.clone());
        let document = PolicyDocument {
            name: "finance-v2".to_owned(),
            version: "2".to_owned(),
            description: None,
            modules: BTreeMap::from([("policy.rego".to_owned(), RULES.to_owned())]),
            data: serde_json::from_str(DATA)?,
            opa_path: None,
        };
        let refused = |error| anyhow::anyhow!("the policy: {error}");
        let evaluator = Evaluator::new(&document).map_err(refused)?;
        let create = Create {
            id: PolicySetId(1),
            name: Label([1; 16]),
            rules: document.rules_digest()?,
            document: Digest([1; 32]),
            engine: Engine::Rego,
            mode: Mode::Enforce,
            scope: Scope { actions: vec!["transfer_*".parse()?], ..Scope::default() },
            bounds: Vec::new(),
        };
        let mut scene = Self {
            ungated: world.full.writer(&env),
            gated: world.full.writer(&env),
            payments: Payments::new(&world.parties, 31)?,
            evaluator,
            env,
        };
        let enact = [
            Command::PolicySetCreate(create),
            Command::PolicySetActivate(Activate { id: PolicySetId(1) }),
        ];
        for command in enact {
            let job = Job { request: by_machine(command), vault: Vec::new() };
            step(&mut scene.gated, &scene.env, vec![job]);
        }
        Ok(scene)
    }

    fn jobs(&mut self) -> Vec<Job> {
        (0..BATCH).map(|_| self.payments.job()).collect()
    }

    /// A batch with nobody asked.
    fn ungated(&mut self) -> anyhow::Result<Work> {
        let jobs = self.jobs();
        let (cpu, outcomes) = step(&mut self.ungated, &self.env, jobs);
        count(cpu, &outcomes)
    }

    /// A batch that is handed out, judged, and admitted. One decision of it is timed.
    fn gated(&mut self, decisions_ns: &mut Vec<u64>) -> anyhow::Result<Work> {
        let jobs = self.jobs();
        let (first, outcomes) = step(&mut self.gated, &self.env, jobs);
        let mut judged = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            let Outcome::Judge(mut job, question) = outcome else {
                anyhow::bail!("a transfer was not judged");
            };
            let begun = self.env.clock.stopwatch_ns();
            let answer = self.evaluator.evaluate(&question.facts);
            decisions_ns.push(self.env.clock.stopwatch_ns() - begun);
            let answer = answer.map_err(|error| anyhow::anyhow!("the policy: {error}"))?;
            job.request.judgement = Some(Box::new(allow(&question, answer.verdict)));
            judged.push(*job);
        }
        let (second, outcomes) = step(&mut self.gated, &self.env, judged);
        count(first + second, &outcomes)
    }
}

fn allow(question: &Question, verdict: Verdict) -> Judgement {
    let judged = question.sets.iter().map(|set| JudgedSet {
        verdict,
        failed: false,
        ..JudgedSet::failed(set.set, set.rules, set.mode)
    });
    Judgement::compose(question.facts.digest(), judged.collect())
}

/// One step of a writer, with its CPU time.
fn step(writer: &mut Writer, env: &Env, jobs: Vec<Job>) -> (Duration, Vec<Outcome>) {
    let told = Told::default();
    let heard = Arc::clone(&told);
    let reply = Box::new(move |outcomes| {
        *heard.lock().unwrap_or_else(PoisonError::into_inner) = outcomes;
    });
    let mut inputs = vec![Input::Commands { jobs, reply }];
    let begun = thread_cpu();
    let reading = Reading::of(&*env.clock);
    let output = writer.step(reading, env.random_u128(), &mut inputs, Batch::default());
    let cpu = thread_cpu().saturating_sub(begun);
    output.release.into_iter().for_each(|release| release());
    let outcomes = std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
    (cpu, outcomes)
}

fn count(cpu: Duration, outcomes: &[Outcome]) -> anyhow::Result<Work> {
    let accepted = outcomes.iter().filter(|o| matches!(o, Outcome::Accepted(_))).count();
    anyhow::ensure!(accepted * 10 >= outcomes.len() * 9, "{accepted} transfers were accepted");
    Ok(Work { count: accepted as u64, wall: cpu, cpu })
}

impl Scene for JudgeScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let begun = self.env.clock.stopwatch_ns();
        let span = u64::try_from(bench.span.as_nanos()).unwrap_or(u64::MAX);
        let (mut ungated, mut gated) = (Work::default(), Work::default());
        let mut decisions_ns = Vec::new();
        while self.env.clock.stopwatch_ns() - begun < span {
            ungated += self.ungated()?;
            gated += self.gated(&mut decisions_ns)?;
        }
        decisions_ns.sort_unstable();
        let ratio = gated.cpu_us_each() / ungated.cpu_us_each();
        report.add("gate.rego.writer_cpu_us", gated.cpu_us_each())?;
        report.add("gate.rego.writer_cpu_vs_ungated", ratio)?;
        report.add("gate.rego.decision_us", as_f64(quantile(&decisions_ns, 0.5)) / 1e3)?;
        report.add("gate.rego.decision_p99_us", as_f64(quantile(&decisions_ns, 0.99)) / 1e3)
    }
}
