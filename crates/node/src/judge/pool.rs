//! The threads that evaluate, so that no policy stands in the way of a request or of the writer.
//!
//! Each has its own machine for each set. A question waits in a bounded queue; whoever asked waits
//! only so long, and a thread that does not come back is replaced, a few times.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use hansa_kernel::policy::Facts;
use hansa_types::Digest;
use regorus::Value;
use regorus::rvm::vm::RegoVM;
use tokio::sync::oneshot;

use super::answer::Answer;
use super::input::input;
use super::rego::{self, Compiled};
use crate::env::{Env, thread};
use crate::limits::{JUDGE_ENGINES_MAX, JUDGE_LOST_MAX, JUDGE_QUEUE_MAX, JUDGE_WAIT_MAX};

/// Where a piece of work is: it waits, it is under way, or nobody waits for it any more.
const WAITS: u8 = 0;
const RUNS: u8 = 1;
const ABANDONED: u8 = 2;

/// What each set asked said, or why it did not.
pub(super) type Answers = Vec<Result<Answer, String>>;

/// Rules to ask, by the digest of their text.
pub(super) type Asked = (Digest, Arc<Compiled>);

struct Work {
    facts: Arc<Facts>,
    asked: Vec<Asked>,
    place: Arc<AtomicU8>,
    told: oneshot::Sender<Answers>,
}

/// The threads.
pub(super) struct Pool {
    env: Env,
    waiting: Mutex<Option<SyncSender<Work>>>,
    taken: Arc<Mutex<Receiver<Work>>>,
    lost: AtomicUsize,
}

impl Pool {
    /// Starts the threads.
    pub(super) fn start(threads: usize, env: Env) -> std::io::Result<Self> {
        let (waiting, taken) = sync_channel(JUDGE_QUEUE_MAX);
        let taken = Arc::new(Mutex::new(taken));
        for _ in 0..threads {
            spawn(&taken)?;
        }
        let (waiting, lost) = (Mutex::new(Some(waiting)), AtomicUsize::new(0));
        Ok(Self { env, waiting, taken, lost })
    }

    /// Asks about facts; nothing where nobody answers in time.
    pub(super) async fn ask(&self, facts: Arc<Facts>, asked: Vec<Asked>) -> Option<Answers> {
        let (told, answer) = oneshot::channel();
        let place = Arc::new(AtomicU8::new(WAITS));
        let work = Work { facts, asked, place: Arc::clone(&place), told };
        let sent = {
            let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.as_ref()?.try_send(work)
        };
        match sent {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => return None,
        }
        tokio::select! {
            biased;
            answers = answer => answers.ok(),
            () = self.env.clock.sleep(JUDGE_WAIT_MAX) => {
                if place.swap(ABANDONED, Ordering::SeqCst) == RUNS {
                    self.replace();
                }
                None
            }
        }
    }

    /// Ends the threads: from now on nobody answers.
    pub(super) fn stop(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Starts a thread in the place of one that does not come back.
    fn replace(&self) {
        if self.lost.fetch_add(1, Ordering::SeqCst) >= JUDGE_LOST_MAX {
            tracing::error!("no more policy threads are replaced until a restart");
            return;
        }
        tracing::error!("a policy did not end; its thread is replaced");
        if let Err(error) = spawn(&self.taken) {
            tracing::error!(%error, "a policy thread cannot be started");
        }
    }
}

fn spawn(taken: &Arc<Mutex<Receiver<Work>>>) -> std::io::Result<()> {
    let taken = Arc::clone(taken);
    thread("judge", move || run(&taken)).map(drop)
}

/// Works until there is no more work, or until nobody waited for what took too long.
fn run(taken: &Mutex<Receiver<Work>>) {
    let mut machines: HashMap<Digest, RegoVM> = HashMap::new();
    loop {
        let work = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Work { facts, asked, place, told }) = work else { return };
        let begun = place.compare_exchange(WAITS, RUNS, Ordering::SeqCst, Ordering::SeqCst);
        if begun.is_err() {
            continue;
        }
        let input = Value::from(input(&facts));
        let answers = asked.iter().map(|(rules, set)| answer(&mut machines, *rules, set, &input));
        let answers = answers.collect();
        if place.load(Ordering::SeqCst) == ABANDONED {
            return;
        }
        // Whoever asked may have gone away.
        let _ = told.send(answers);
    }
}

fn answer(
    machines: &mut HashMap<Digest, RegoVM>,
    rules: Digest,
    set: &Compiled,
    input: &Value,
) -> Result<Answer, String> {
    if machines.len() >= JUDGE_ENGINES_MAX {
        machines.clear();
    }
    let machine = match machines.entry(rules) {
        Entry::Occupied(machine) => machine.into_mut(),
        Entry::Vacant(place) => place.insert(set.machine()?),
    };
    let evaluated = catch_unwind(AssertUnwindSafe(|| rego::evaluate(machine, input)));
    evaluated.unwrap_or_else(|_| {
        // What a panic left behind is not asked again.
        machines.remove(&rules);
        Err("the engine panicked".to_owned())
    })
}
