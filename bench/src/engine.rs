//! The engine: kernel, encoding, hashes, writer and store, without HTTP.
//!
//! Batches: one thread steps the writer and hands each batch to the journal, which commits it on a
//! thread of its own; requests are made before the clock runs. Callers: many of them ask through
//! the queue and the writer's own thread, each waiting until his transfer is durable.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use anyhow::Context as _;
use hansa_crypto::keys::SigningKey;
use hansa_node::checkpoint::{Signer, origin};
use hansa_node::env::Env;
use hansa_node::limits::BATCH_COMMANDS_MAX;
use hansa_node::metrics::Metrics;
use hansa_node::writer::{Durable, Input, Notary, Queue, Surroundings, WriterHandle, spawn};
use hansa_store::{Options, Row, Store};
use hansa_types::IncarnationId;

use crate::callers::{Answer, Engine, Load, closed_loop};
use crate::measure::Work;
use crate::report::Report;
use crate::scene::{Bench, Scene};
use crate::stepped::Stepped;
use crate::world::{Payments, World, refusal};
use crate::yardstick::{PlainStore, SqlRows, bare, settle};

/// Sizes of batches, each with the rate it surely stays below, for which requests are made ahead.
const SIZES: [(usize, usize); 4] = [(1, 10_000), (64, 250_000), (1_024, 600_000), (8_192, 700_000)];
/// The batch that the limits are about.
const MAIN: usize = 1_024;
/// How often an engine and its yardsticks take turns within a round.
const TURNS: u32 = 6;
/// Most bytes of rows that are committed again by a yardstick.
const REPEATED_BYTES_MAX: usize = 192 << 20;

/// Writer and journal, stepped by the bench itself with payments.
struct Paying {
    stepped: Stepped,
    payments: Payments,
}

/// What a run of batches did.
struct Run {
    work: Work,
    first_seq: u64,
}

impl Paying {
    fn open(world: &World, dir: &Path, env: &Env) -> anyhow::Result<Self> {
        let stepped = Stepped::open(world, dir, env)?;
        Ok(Self { stepped, payments: Payments::new(&world.parties, 11)? })
    }

    /// Requests for batches of a size. Up to the usual batch they are single transfers; a larger
    /// batch is one request, for the writer closes a batch of many at 3,000 entries.
    fn inputs(&mut self, size: usize) -> Vec<Input> {
        let (requests, each) = if size <= BATCH_COMMANDS_MAX { (size, 1) } else { (1, size) };
        (0..requests)
            .map(|_| {
                let jobs = (0..each).map(|_| self.payments.job()).collect();
                Input::Commands { jobs, reply: Box::new(drop) }
            })
            .collect()
    }

    /// Steps through batches for a span of time, and waits until the last is durable.
    fn run(&mut self, size: usize, rate: usize, span: Duration) -> anyhow::Result<Run> {
        #[allow(clippy::cast_possible_truncation, reason = "spans are seconds")]
        let count = rate * span.as_millis() as usize / 1_000 / size + 1;
        let batches: Vec<_> = (0..count).map(|_| self.inputs(size)).collect();
        let first_seq = self.stepped.writer.state().seq + 1;
        Ok(Run { work: self.stepped.run(batches, span)?, first_seq })
    }

    /// The rows that a run wrote, or as many as a yardstick can use.
    fn rows(&self, run: &Run) -> anyhow::Result<Vec<Row>> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        self.stepped.reader.scan(run.first_seq, &mut |row| {
            bytes += row.entries.len() + row.leaves.len();
            rows.push(row);
            Ok(if bytes < REPEATED_BYTES_MAX {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })?;
        Ok(rows)
    }
}

/// Who signs checkpoints of what comes after the books.
pub(crate) fn notary(world: &World, env: &Env) -> Notary {
    let signer = Signer::new(SigningKey::from_seed([9; 32]), origin("localhost", IncarnationId(0)));
    Notary::new(&world.full.hashes, signer, Arc::clone(&env.clock))
}

/// The writer on its own thread, behind its queue.
struct Spawned {
    queue: Arc<Queue>,
    handle: Option<WriterHandle>,
    payments: Payments,
}

impl Spawned {
    fn open(world: &World, dir: &Path, env: &Env) -> anyhow::Result<Self> {
        world.copy(dir)?;
        let mut store = Store::open(dir, Options::default())?;
        let queue = Arc::new(Queue::default());
        let mut journal = store.journal()?;
        journal.appoint(Box::new(world.full.hashes.clone()), Box::new(notary(world, env)));
        let surroundings = Surroundings {
            queue: Arc::clone(&queue),
            env: env.clone(),
            journal,
            durable: Durable::new(world.full.state.seq),
            metrics: Arc::new(Metrics::default()),
            poison_dir: store.poison_dir(),
            batch_commands_max: BATCH_COMMANDS_MAX,
        };
        let handle = spawn(world.full.writer(env), surroundings)?;
        let payments = Payments::new(&world.parties, 12)?;
        Ok(Self { queue, handle: Some(handle), payments })
    }
}

impl Engine for Spawned {
    fn submit(&mut self, caller: usize, done: &Sender<Answer>) -> anyhow::Result<()> {
        let done = done.clone();
        let reply = Box::new(move |outcomes: Vec<_>| {
            let refused = outcomes.into_iter().find_map(refusal);
            // The callers may have given up.
            let _ = done.send(refused.map_or(Ok(caller), Err));
        });
        let input = Input::Commands { jobs: vec![self.payments.job()], reply };
        self.queue.push(input).map_err(|rejection| anyhow::anyhow!("{rejection}"))
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(Err(error)) = self.handle.take().map(WriterHandle::join) {
            eprintln!("the writer failed: {error}");
        }
    }
}

/// The scene.
pub(crate) struct EngineScene {
    paying: Paying,
    spawned: Spawned,
    plain: PlainStore,
    sql: SqlRows,
    dir: PathBuf,
}

impl EngineScene {
    /// Copies the books and makes the yardsticks' tables.
    pub(crate) fn prepare(bench: &Bench) -> anyhow::Result<Self> {
        let (world, dir) = (bench.world()?, bench.dir("engine")?);
        let mut paying = Paying::open(world, &dir.join("stepped"), &bench.env)?;
        paying.run(MAIN, 200_000, Duration::from_millis(200))?;
        Ok(Self {
            paying,
            spawned: Spawned::open(world, &dir.join("spawned"), &bench.env)?,
            plain: PlainStore::create(&dir.join("plain"))?,
            sql: SqlRows::create(&dir.join("sql"))?,
            dir,
        })
    }

    /// One size of batch, in short turns with its yardsticks: the disk changes its mind too often
    /// for one long look at each.
    fn batches(
        &mut self,
        bench: &Bench,
        report: &mut Report,
        (size, rate): (usize, usize),
    ) -> anyhow::Result<()> {
        let name = format!("engine.batch_{size}");
        let also: &[&str] = if size == MAIN { &["engine.cpu_us", "engine.hot"] } else { &[] };
        if !(bench.wants(&name) || bench.wants_any(also)) {
            return Ok(());
        }
        settle();
        let mut total = Batches::default();
        for number in 0..TURNS {
            self.turn((size, rate), (number, bench.span / TURNS), &mut total)?;
        }
        let per_second = total.engine.per_second();
        report.add(&format!("{name}.per_s"), per_second)?;
        if size > 1 {
            report.add(&format!("{name}.vs_bare"), per_second / total.bare.per_second())?;
        }
        if size == MAIN {
            report.add("engine.cpu_us", total.engine.cpu_us_each())?;
            report.add("engine.hot.vs_spread", total.hot.per_second() / per_second)?;
            let by_cpu = total.hot.per_cpu_second() / total.engine.per_cpu_second();
            report.add("engine.hot.cpu_vs_spread", by_cpu)?;
            report.add("engine.batch_1024.vs_store", per_second / total.plain.per_second())?;
        }
        Ok(())
    }

    /// One turn. Hot and spread change places, for whoever comes second more often meets the log
    /// being copied back.
    fn turn(
        &mut self,
        (size, rate): (usize, usize),
        (number, span): (u32, Duration),
        total: &mut Batches,
    ) -> anyhow::Result<()> {
        let hot_first = number % 2 == 1;
        if size == MAIN && hot_first {
            total.hot += self.hot_run(rate, span)?;
        }
        let run = self.paying.run(size, rate, span)?;
        total.engine += run.work;
        let rows = self.paying.rows(&run)?;
        if size == MAIN && !hot_first {
            total.hot += self.hot_run(rate, span)?;
        }
        if size > 1 {
            total.bare += bare(&self.dir, &rows, span)?;
        }
        if size == MAIN {
            total.plain += self.plain.append(rows, span)?;
        }
        Ok(())
    }

    fn hot_run(&mut self, rate: usize, span: Duration) -> anyhow::Result<Work> {
        self.paying.payments.heat(true);
        let run = self.paying.run(MAIN, rate, span);
        self.paying.payments.heat(false);
        Ok(run?.work)
    }

    /// Callers, 256 of them in turns with those of the SQL table.
    fn callers(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        for callers in [1, 32, 256] {
            let name = format!("engine.c{callers}");
            let also: &[&str] = if callers == 256 { &["engine.sqlite_rows"] } else { &[] };
            if !(bench.wants(&name) || bench.wants_any(also)) {
                continue;
            }
            settle();
            let (mut load, mut sql) = (Load::default(), Load::default());
            for _ in 0..TURNS {
                let span = bench.span / TURNS;
                load += closed_loop(&mut self.spawned, callers, span).context("the writer")?;
                if callers == 256 {
                    sql += closed_loop(&mut self.sql, callers, span).context("the SQL table")?;
                }
            }
            let per_second = load.work.per_second();
            report.add(&format!("{name}.per_s"), per_second)?;
            if callers == 256 {
                report.add("engine.c256.p50_ms", load.latency_ms(0.5))?;
                report.add("engine.c256.p99_ms", load.latency_ms(0.99))?;
                let sql = sql.work.per_second();
                report.add("engine.sqlite_rows.per_s", sql)?;
                report.add("engine.c256.vs_sqlite_rows", per_second / sql)?;
            }
        }
        Ok(())
    }
}

/// What was done in the turns of one size of batch.
#[derive(Default)]
struct Batches {
    engine: Work,
    hot: Work,
    bare: Work,
    plain: Work,
}

impl Scene for EngineScene {
    fn round(&mut self, bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
        for size in SIZES {
            self.batches(bench, report, size)?;
        }
        self.callers(bench, report)
    }
}
