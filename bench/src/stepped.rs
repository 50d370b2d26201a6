//! A writer and its journal, stepped by the bench itself: one thread decides and hands each batch to the
//! journal, which commits it on a thread of its own.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use hansa_node::clock::Reading;
use hansa_node::env::Env;
use hansa_node::writer::{Input, Writer};
use hansa_store::{Journal, Options, Reader, Store};

use crate::engine::appoint;
use crate::measure::thread_cpu;
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
}

impl Stepped {
    /// Goes on from a copy of the books.
    pub(crate) fn open(world: &World, dir: &Path, env: &Env) -> anyhow::Result<Self> {
        world.copy(dir)?;
        let mut store = Store::open(dir, Options::default())?;
        let (mut journal, reader) = (store.journal()?, store.reader());
        appoint(&mut *journal, world, env);
        Ok(Self { writer: world.full.writer(env), journal, reader, env: env.clone() })
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
