//! A writer and its journal, stepped by the bench itself: one thread decides and hands each batch to the
//! journal, which writes and hashes its entries on a second thread and commits them on a third. What
//! the first two use of the processor is what the writer costs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use hansa_node::clock::Reading;
use hansa_node::env::Env;
use hansa_node::writer::{Hashes, Input, Writer};
use hansa_store::{Batch, Hasher, Journal, Options, Reader, Store};

use crate::callers::nanos;
use crate::engine::notary;
use crate::measure::{Work, thread_cpu};
use crate::world::World;

/// Writer and journal.
pub(crate) struct Stepped {
    /// Decides.
    pub(crate) writer: Writer,
    /// Commits.
    pub(crate) journal: Box<dyn Journal>,
    /// Reads what was committed.
    pub(crate) reader: Arc<dyn Reader>,
    /// The world.
    pub(crate) env: Env,
    hashing_ns: Arc<AtomicU64>,
}

/// Writes and hashes, and counts the CPU time of it.
struct Timed {
    hashes: Hashes,
    ns: Arc<AtomicU64>,
}

impl Hasher for Timed {
    fn complete(&mut self, batch: &mut Batch) {
        let begun = thread_cpu();
        self.hashes.complete(batch);
        self.ns.fetch_add(nanos(thread_cpu().saturating_sub(begun)), Ordering::Relaxed);
    }
}

impl Stepped {
    /// Goes on from a copy of the books.
    pub(crate) fn open(world: &World, dir: &Path, env: &Env) -> anyhow::Result<Self> {
        world.copy(dir)?;
        let mut store = Store::open(dir, Options::default())?;
        let (mut journal, reader) = (store.journal()?, store.reader());
        let hashing_ns = Arc::<AtomicU64>::default();
        let hashes = world.full.hashes.clone();
        let timed = Timed { hashes, ns: Arc::clone(&hashing_ns) };
        journal.appoint(Box::new(timed), Box::new(notary(world, env)));
        Ok(Self { writer: world.full.writer(env), journal, reader, env: env.clone(), hashing_ns })
    }

    /// Steps through batches for a span of time, and waits until the last is durable.
    pub(crate) fn run(&mut self, batches: Vec<Vec<Input>>, span: Duration) -> anyhow::Result<Work> {
        let first_seq = self.writer.state().seq + 1;
        let hashed = self.hashing_ns.load(Ordering::Relaxed);
        let (told, answers) = mpsc::channel();
        let (begun, mut cpu, mut asked) = (Instant::now(), Duration::ZERO, 0);
        for inputs in batches {
            asked += inputs.iter().map(Input::commands).sum::<usize>() as u64;
            cpu += self.step(inputs, &told);
            if begun.elapsed() > span {
                break;
            }
        }
        drop(told);
        answers.into_iter().try_for_each(|result| result.map_err(anyhow::Error::from))?;
        let (count, wall) = (self.writer.state().seq + 1 - first_seq, begun.elapsed());
        // Some keys must be looked up first once millions are remembered.
        anyhow::ensure!(count * 10 >= asked * 9, "{count} of {asked} transfers made");
        cpu += Duration::from_nanos(self.hashing_ns.load(Ordering::Relaxed) - hashed);
        Ok(Work { count, wall, cpu })
    }

    /// One batch, told of when it is durable; returns the CPU time of the thread.
    pub(crate) fn step(
        &mut self,
        mut inputs: Vec<Input>,
        told: &Sender<Result<(), hansa_store::Error>>,
    ) -> Duration {
        let begun = thread_cpu();
        let reading = Reading::of(&*self.env.clock);
        let batch = self.journal.recycle().unwrap_or_default();
        let output = self.writer.step(reading, self.env.random_u128(), &mut inputs, batch);
        let (release, told) = (output.release, told.clone());
        let done = move |result| {
            release.into_iter().for_each(|reply| reply());
            // Whoever listens stops only after a failure.
            let _ = told.send(result);
        };
        self.journal.submit(output.batch, Box::new(done));
        thread_cpu().saturating_sub(begun)
    }
}
