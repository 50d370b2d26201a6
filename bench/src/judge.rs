//! The gate with a policy in Rego: what it costs the writer, and how long one decision takes.
//!
//! What the writer would ask about a transfer is foreseen and judged, as the node does it, and the writer
//! meets the transfer once. Its time counts here, without the journal's own thread; the same transfers
//! without any policy are the yardstick. Beside it stands the time of transfers that nobody foresaw: the
//! writer hands facts out, and admits the command when the judgement comes back. The judge's threads have
//! their own figure, and so has what writer and threads do side by side: a writer that kept the threads
//! waiting would show there.
//!
//! Acts in tasks are not foreseen, and are measured without and with policy as well: they do more for
//! themselves, so that being asked about weighs less.
//!
//! The clock of both writers stands still, or the hour that is among the facts could end between foresight
//! and admission.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;

use hansa_kernel::policy::{
    Activate, Bound, Create, Engine, JudgedSet, Mode, Question, Ruling, Scope, Verdict,
};
use hansa_kernel::{Command, Request};
use hansa_node::clock::Reading;
use hansa_node::env::Env;
use hansa_node::judge::{Evaluator, Foresight, PolicyDocument};
use hansa_node::writer::{Hashes, Input, Job, Outcome, Writer};
use hansa_store::Batch;
use hansa_types::{Amount, AnyId, Digest, Label, PolicySetId, Time};

use crate::acts::{Acts, Kind};
use crate::measure::{Work, as_f64, quantile, thread_cpu};
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::world::{Payments, World, by_machine, currency, refusal};

/// Commands of one batch.
const BATCH: usize = 1_024;
/// The bundled policy, and what it looks things up in.
const RULES: &str = include_str!("../../policies/finance-v2/policy.rego");
const DATA: &str = include_str!("../../policies/finance-v2/data.json");

/// Transfers that a thread takes at once while writer and threads work side by side.
const CHUNK: usize = 64;
/// Transfers that are out at most meanwhile.
const OUT_MAX: usize = 4 * BATCH;
/// The part of what the threads could do alone that has to come out in the end.
const PART: f64 = 0.7;

/// Commands with what has to be asked before they are admitted.
type Asked = Vec<(Job, Question)>;

/// What a thread makes of some of them, and how long each decision took.
type Judged = anyhow::Result<(Vec<Job>, Vec<u64>)>;

/// The same acts without and with policy.
#[derive(Default)]
struct Sides {
    ungated: Work,
    gated: Work,
}

impl Sides {
    fn ratio(&self) -> f64 {
        self.gated.cpu_us_each() / self.ungated.cpu_us_each()
    }
}

/// What became of the jobs of one batch.
type Told = Arc<Mutex<Vec<Outcome>>>;

/// A writer with a used batch to fill again, as one beside its journal has, and who writes and hashes.
struct Side {
    writer: Writer,
    now: Reading,
    hashes: Hashes,
    batch: Batch,
}

/// Foresight at the moment at which the writers' clock stands.
#[derive(Clone)]
struct Foreseeing {
    foresight: Arc<Foresight>,
    now: Time,
}

/// The scene.
pub(crate) struct JudgeScene {
    ungated: Side,
    gated: Side,
    payments: Payments,
    /// Acts in tasks of the ungated and of the gated side.
    acts: [Acts; 2],
    foreseeing: Foreseeing,
    evaluator: Evaluator,
    document: PolicyDocument,
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
            scope: Scope {
                actions: vec!["transfer_*".parse()?],
                jurisdictions: vec!["EU".parse().map_err(|error| anyhow::anyhow!("{error:?}"))?],
                frameworks: Vec::new(),
            },
            bounds: vec![small(Amount(1))?],
        };
        let (mut ungated, mut gated) = (Side::of(world, &env), Side::of(world, &env));
        let acts = [ungated.engage(&env)?, gated.engage(&env)?];
        let (foresight, now) = (Arc::default(), gated.now.wall);
        let mut scene = Self {
            ungated,
            gated,
            payments: Payments::new(&world.parties, 31)?,
            acts,
            foreseeing: Foreseeing { foresight, now },
            evaluator,
            document,
            env,
        };
        let enact = [
            Command::PolicySetCreate(create),
            Command::PolicySetActivate(Activate { id: PolicySetId(1) }),
        ];
        for command in enact {
            let job = Job { request: by_machine(command), vault: Vec::new() };
            scene.gated.step(&scene.env, vec![job]);
        }
        scene.meet()?;
        Ok(scene)
    }

    /// One batch is asked about, from which is learned what will be.
    fn meet(&mut self) -> anyhow::Result<()> {
        let jobs = self.jobs();
        let (_, outcomes) = self.gated.step(&self.env, jobs);
        for (job, question) in asked(outcomes)? {
            self.foreseeing.foresight.learn(&job.request, &question);
        }
        Ok(())
    }

    fn jobs(&mut self) -> Vec<Job> {
        (0..BATCH).map(|_| self.payments.job()).collect()
    }

    /// A batch with nobody asked.
    fn ungated(&mut self) -> anyhow::Result<Work> {
        let jobs = self.jobs();
        let (cpu, outcomes) = self.ungated.step(&self.env, jobs);
        count(cpu, outcomes)
    }

    /// A batch that is foreseen, judged, and admitted. Its decisions are timed.
    fn gated(&mut self, decisions_ns: &mut Vec<u64>) -> anyhow::Result<Work> {
        let jobs = self.jobs();
        let asked = self.foreseeing.expect(jobs)?;
        let (judged, took) = judge(&mut self.evaluator, &self.env, asked)?;
        decisions_ns.extend(took);
        self.admit(judged)
    }

    /// A batch that is handed out, judged, and admitted.
    fn unforeseen(&mut self) -> anyhow::Result<Work> {
        let jobs = self.jobs();
        self.asking(jobs)
    }

    fn asking(&mut self, jobs: Vec<Job>) -> anyhow::Result<Work> {
        let (first, outcomes) = self.gated.step(&self.env, jobs);
        let (judged, _) = judge(&mut self.evaluator, &self.env, asked(outcomes)?)?;
        let (second, outcomes) = self.gated.step(&self.env, judged);
        count(first + second, outcomes)
    }

    /// A batch of acts in tasks with nobody asked, and one that is handed out, judged, and admitted.
    fn in_tasks(&mut self, kind: Kind, sides: &mut Sides) -> anyhow::Result<()> {
        let [ungated, gated] = &mut self.acts;
        let (ungated, gated) = (ungated.jobs(kind, BATCH)?, gated.jobs(kind, BATCH)?);
        let (cpu, outcomes) = self.ungated.step(&self.env, ungated);
        sides.ungated += count(cpu, outcomes)?;
        sides.gated += self.asking(gated)?;
        Ok(())
    }

    /// One step for what was judged beforehand.
    fn admit(&mut self, judged: Vec<Job>) -> anyhow::Result<Work> {
        let (cpu, outcomes) = self.gated.step(&self.env, judged);
        let wrong = outcomes.iter().filter(|o| matches!(o, Outcome::Judge(..))).count();
        anyhow::ensure!(wrong * 100 <= outcomes.len(), "{wrong} transfers were foreseen wrongly");
        count(cpu, outcomes)
    }

    /// Transfers in a second while the writer and some threads work side by side, as a part of what these
    /// threads could decide alone.
    fn side_by_side(&mut self, span: Duration) -> anyhow::Result<f64> {
        let threads = std::thread::available_parallelism().map_or(1, |all| all.get().max(2) - 1);
        let (ask, waiting) = channel();
        let (tell, answers) = channel();
        let waiting = Mutex::new(waiting);
        let (document, env) = (self.document.clone(), self.env.clone());
        let foreseeing = self.foreseeing.clone();
        let (work, mut took) = std::thread::scope(|scope| {
            for _ in 0..threads {
                let (document, env, waiting) = (&document, &env, &waiting);
                let (foreseeing, tell) = (&foreseeing, tell.clone());
                scope.spawn(move || answer(document, env, (foreseeing, waiting), tell));
            }
            drop(tell);
            self.feed(span, ask, &answers)
        })?;
        took.sort_unstable();
        let alone = as_f64(threads as u64) * 1e9 / as_f64(quantile(&took, 0.5));
        Ok(work.per_second() / alone)
    }

    /// The writer's side: admits what the threads have judged, while more of it comes in.
    fn feed(
        &mut self,
        span: Duration,
        ask: Sender<Vec<Job>>,
        answers: &Receiver<Judged>,
    ) -> anyhow::Result<(Work, Vec<u64>)> {
        let (begun, span) = (self.env.clock.stopwatch_ns(), u64::try_from(span.as_nanos())?);
        let (mut out, mut took, mut made) = (0, Vec::new(), Vec::new());
        while self.env.clock.stopwatch_ns() - begun < span {
            while out + BATCH <= OUT_MAX {
                let mut jobs = self.jobs().into_iter().peekable();
                while jobs.peek().is_some() {
                    ask.send(jobs.by_ref().take(CHUNK).collect()).context("the threads ended")?;
                }
                out += BATCH;
            }
            let mut judged = Vec::with_capacity(BATCH);
            let first = answers.recv().context("the threads ended")?;
            for more in std::iter::once(first).chain(answers.try_iter()) {
                let (jobs, ns) = more?;
                judged.extend(jobs);
                took.extend(ns);
            }
            out -= judged.len();
            made.push(self.admit(judged)?.count);
        }
        let wall = Duration::from_nanos(self.env.clock.stopwatch_ns() - begun);
        Ok((Work { count: made.iter().sum(), wall, cpu: Duration::ZERO }, took))
    }
}

impl Foreseeing {
    /// What will be asked of transfers.
    fn expect(&self, jobs: Vec<Job>) -> anyhow::Result<Asked> {
        let questions = jobs.into_iter().map(|job| {
            let question = self.foresight.expect(&job.request, self.now);
            Ok((job, question.context("a transfer was not foreseen")?))
        });
        questions.collect()
    }
}

/// What has to be asked of a batch that policy concerns whole.
fn asked(outcomes: Vec<Outcome>) -> anyhow::Result<Asked> {
    let questions = outcomes.into_iter().map(|outcome| match outcome {
        Outcome::Judge(job, question) => Ok((*job, *question)),
        _ => anyhow::bail!("a transfer was not judged"),
    });
    questions.collect()
}

/// Decides one question after the other.
fn judge(evaluator: &mut Evaluator, env: &Env, asked: Asked) -> Judged {
    let (mut judged, mut took) = (Vec::with_capacity(asked.len()), Vec::new());
    for (mut job, question) in asked {
        let begun = env.clock.stopwatch_ns();
        let answer = evaluator.evaluate(&question.facts);
        took.push(env.clock.stopwatch_ns() - begun);
        let answer = answer.map_err(|error| anyhow::anyhow!("the policy: {error}"))?;
        job.request.ruling = Some(Box::new(allow(question, answer.verdict)));
        judged.push(job);
    }
    Ok((judged, took))
}

/// A thread of the judge, until nobody asks any more.
fn answer(
    document: &PolicyDocument,
    env: &Env,
    (foreseeing, waiting): (&Foreseeing, &Mutex<Receiver<Vec<Job>>>),
    tell: Sender<Judged>,
) {
    let mut evaluator = match Evaluator::new(document) {
        Ok(evaluator) => evaluator,
        Err(error) => return drop(tell.send(Err(anyhow::anyhow!("the policy: {error}")))),
    };
    loop {
        let taken = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(jobs) = taken else { return };
        let judged = foreseeing.expect(jobs).and_then(|asked| judge(&mut evaluator, env, asked));
        // Whoever asked stops listening when its time is over.
        let _ = tell.send(judged);
    }
}

/// A bound that decides of nothing that is paid here, and is looked at all the same.
fn small(allow_up_to: Amount) -> anyhow::Result<Bound> {
    let (action, currency) = ("transfer_create".parse()?, currency()?);
    Ok(Bound { action, currency, allow_up_to, approve_up_to: allow_up_to })
}

fn allow(question: Question, verdict: Verdict) -> Ruling {
    let judged = question.sets.iter().map(|set| JudgedSet {
        verdict,
        failed: false,
        ..JudgedSet::failed(set.set, set.rules, set.mode)
    });
    let judged = judged.collect();
    Ruling::new(Arc::new(question.facts), judged)
}

impl Side {
    fn of(world: &World, env: &Env) -> Self {
        let hashes = world.full.hashes.clone();
        let writer = world.full.writer(env);
        Self { writer, now: Reading::of(&*env.clock), hashes, batch: Batch::default() }
    }

    /// Agents under contract here.
    fn engage(&mut self, env: &Env) -> anyhow::Result<Acts> {
        Acts::engage(self.now.wall, |requests| self.carry_out(env, requests))
    }

    /// Carries out what none may be refused of. Returns the ids that were made.
    fn carry_out(&mut self, env: &Env, requests: Vec<Request>) -> anyhow::Result<Vec<AnyId>> {
        let jobs = requests.into_iter().map(|request| Job { request, vault: Vec::new() });
        let (_, outcomes) = self.step(env, jobs.collect());
        let ids = outcomes.into_iter().map(|outcome| match outcome {
            Outcome::Accepted(accepted) => Ok(accepted.entry.id),
            other => anyhow::bail!("nobody is engaged: {:?}", refusal(other)),
        });
        ids.collect()
    }

    /// One step, with its CPU time.
    fn step(&mut self, env: &Env, jobs: Vec<Job>) -> (Duration, Vec<Outcome>) {
        let told = Told::default();
        let heard = Arc::clone(&told);
        let reply = Box::new(move |outcomes| {
            *heard.lock().unwrap_or_else(PoisonError::into_inner) = outcomes;
        });
        let mut inputs = vec![Input::Commands { jobs, reply }];
        let batch = std::mem::take(&mut self.batch);
        let begun = thread_cpu();
        let mut output = self.writer.step(self.now, env.random_u128(), &mut inputs, batch);
        self.hashes.complete(&mut output.batch);
        let cpu = thread_cpu().saturating_sub(begun);
        output.release.into_iter().for_each(|release| release());
        self.batch = output.batch;
        self.batch.clear();
        let outcomes = std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
        (cpu, outcomes)
    }
}

fn count(cpu: Duration, outcomes: Vec<Outcome>) -> anyhow::Result<Work> {
    let accepted = outcomes.iter().filter(|o| matches!(o, Outcome::Accepted(_))).count();
    let enough = accepted * 10 >= outcomes.len() * 9;
    let why = outcomes.into_iter().find_map(refusal);
    anyhow::ensure!(enough, "{accepted} were accepted: {}", why.unwrap_or_default());
    Ok(Work { count: accepted as u64, wall: cpu, cpu })
}

impl Scene for JudgeScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        let begun = self.env.clock.stopwatch_ns();
        let span = u64::try_from(bench.span.as_nanos()).unwrap_or(u64::MAX);
        let (mut ungated, mut gated, mut unforeseen) = <(Work, Work, Work)>::default();
        let (mut payments, mut calls) = <(Sides, Sides)>::default();
        let mut decisions_ns = Vec::new();
        while self.env.clock.stopwatch_ns() - begun < span {
            ungated += self.ungated()?;
            gated += self.gated(&mut decisions_ns)?;
            unforeseen += self.unforeseen()?;
            self.in_tasks(Kind::Payment, &mut payments)?;
            self.in_tasks(Kind::Call, &mut calls)?;
        }
        decisions_ns.sort_unstable();
        let ratio = gated.cpu_us_each() / ungated.cpu_us_each();
        report.add("gate.rego.writer_cpu_us", gated.cpu_us_each())?;
        report.add("gate.rego.writer_cpu_vs_ungated", ratio)?;
        report.add("gate.rego.unforeseen_cpu_us", unforeseen.cpu_us_each())?;
        report.add("gate.rego.task_payment_vs_ungated", payments.ratio())?;
        report.add("gate.rego.tool_call_vs_ungated", calls.ratio())?;
        report.add("gate.rego.decision_us", as_f64(quantile(&decisions_ns, 0.5)) / 1e3)?;
        report.add("gate.rego.decision_p99_us", as_f64(quantile(&decisions_ns, 0.99)) / 1e3)?;
        let part = self.side_by_side(bench.span)?;
        report.add("gate.rego.throughput_vs_bound", part / PART)
    }
}
