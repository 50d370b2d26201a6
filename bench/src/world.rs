//! The books that scenes begin with: a founded node, 100,000 agents, a million transfers.
//!
//! Everything goes through the real writer into a real store, so the directory is one that
//! `hansa serve` opens, and the state is the one it would fold.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use anyhow::Context as _;
use hansa_crypto::keys::{PublicKey, SigningKey};
use hansa_kernel::grant::Action;
use hansa_kernel::principal::{Create, CreateApiKey, Kind};
use hansa_kernel::task::{Rail, Terms};
use hansa_kernel::transfer::FeeRule;
use hansa_kernel::{Auth, Caller, Command, Request, State, node, transfer};
use hansa_node::clock::Reading;
use hansa_node::env::Env;
use hansa_node::keys::Place;
use hansa_node::snapshot::HASH_SEED;
use hansa_node::writer::{Hashes, Input, Job, Outcome, Writer};
use hansa_store::{Journal, Options, Store};
use hansa_types::{
    Amount, ApiKeyId, Correlation, Currency, CurrencyCode, Digest, IncarnationId, PrincipalId,
};

use crate::measure::Rng;

/// Agents in the books.
pub(crate) const AGENTS: usize = 100_000;
/// Transfers made before anything is measured.
pub(crate) const TRANSFERS: usize = 1_000_000;
/// Commands of one commit while the books are made.
const BATCH: usize = 8_192;
/// What each agent begins with, in minor units: more than it can spend here.
const GENESIS: Amount = Amount(1_000_000_000_000_000);
/// Seeds the hashers; fixed, so that runs repeat.
const HASH_WORDS: [u64; 4] = [0x68, 0x61, 0x6E, 0x73];

/// An agent with its credential.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Party {
    /// Who it is.
    pub(crate) id: PrincipalId,
    /// Its API key.
    pub(crate) key: ApiKeyId,
}

/// A point of the journal with everything a writer needs to go on from it.
#[derive(Clone)]
pub(crate) struct Position {
    /// The fold up to it.
    pub(crate) state: State,
    /// Chain and tree after it.
    pub(crate) hashes: Hashes,
}

impl Position {
    /// A writer that goes on from here.
    pub(crate) fn writer(&self, env: &Env) -> Writer {
        let first = Reading::of(&*env.clock);
        Writer::new(self.state.clone(), first, HashSet::new())
    }
}

/// The books.
pub(crate) struct World {
    dir: PathBuf,
    /// The agents.
    pub(crate) parties: Arc<[Party]>,
    /// Before the first transfer.
    pub(crate) peopled: Position,
    /// After the last.
    pub(crate) full: Position,
}

/// The currency of the books.
pub(crate) fn currency() -> anyhow::Result<CurrencyCode> {
    "AVT".parse().map_err(|error| anyhow::anyhow!("the currency: {error:?}"))
}

/// The terms of a small task that is paid by its outcome.
pub(crate) fn small_task() -> anyhow::Result<Terms> {
    Ok(Terms {
        currency: currency()?,
        amount: Amount(1_000_000),
        rail: Rail::Outcome,
        milestones: Vec::new(),
        deadline: None,
        sla: None,
    })
}

/// Founds a node, with the defaults but for the genesis grant.
pub(crate) fn founding(key: PublicKey, rng: &mut Rng, now_ms: u64) -> anyhow::Result<Request> {
    let found = node::Found {
        id: PrincipalId::new(now_ms, rng.next_u128()),
        key,
        incarnation: IncarnationId::new(now_ms, rng.next_u128()),
        mode: node::Mode::Sovereign,
        format: hansa_kernel::format::FORMAT,
        currency: Currency { code: currency()?, scale: 6 },
        fee: FeeRule { rate_ppm: 5_000, minimum: Amount(1_000) },
        genesis_grant: GENESIS,
    };
    Ok(by_machine(Command::NodeFound(found)))
}

/// Makes an agent and its API key.
pub(crate) fn hiring(key: PublicKey, rng: &mut Rng, now_ms: u64) -> (Party, [Request; 2]) {
    let id = PrincipalId::new(now_ms, rng.next_u128());
    let party = Party { id, key: ApiKeyId::new(now_ms, rng.next_u128()) };
    let create = Create { id, kind: Kind::Agent, key, card: None, genesis_grant: true };
    let key = CreateApiKey {
        id: party.key,
        principal: id,
        secret: Digest(rng.bytes()),
        actions: vec![Action::everything()],
        expires: None,
    };
    (party, [Command::PrincipalCreate(create), Command::ApiKeyCreate(key)].map(by_machine))
}

/// A command given on the machine itself.
pub(crate) fn by_machine(command: Command) -> Request {
    let caller = Caller { principal: None, auth: Auth::Machine };
    Request::new(caller, command, None)
}

/// Public keys, made on all cores: each costs a scalar multiplication.
pub(crate) fn public_keys(count: usize, seed: u64) -> anyhow::Result<Vec<PublicKey>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = count.div_ceil(cores);
    let mut keys = Vec::with_capacity(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores)
            .map(|core| {
                let mut rng = Rng::new(seed.wrapping_add(core as u64) << 32);
                let many = share.min(count.saturating_sub(core * share));
                scope.spawn(move || -> Vec<PublicKey> {
                    (0..many).map(|_| SigningKey::from_seed(rng.bytes()).public()).collect()
                })
            })
            .collect();
        for thread in threads {
            keys.extend(thread.join().map_err(|_| anyhow::anyhow!("making keys failed"))?);
        }
        anyhow::Ok(())
    })?;
    Ok(keys)
}

impl World {
    /// Makes the books in a new directory.
    pub(crate) fn create(dir: PathBuf, env: &Env) -> anyhow::Result<Self> {
        let mut store = Store::open(&dir, Options::default())?;
        let keys = Place::from(&dir).create(env)?;
        let seed: Vec<u8> = HASH_WORDS.iter().flat_map(|word| word.to_be_bytes()).collect();
        store.put_meta_once(HASH_SEED, &seed)?;
        let empty = Position { state: State::new(HASH_WORDS), hashes: Hashes::empty() };
        let writer = empty.writer(env);
        let mut making = Making { writer, journal: store.journal()?, env, hashes: empty.hashes };
        let mut rng = Rng::new(1);
        let now_ms = env.clock.wall().0;
        making.commit(vec![founding(keys.signing().public(), &mut rng, now_ms)?])?;
        let (mut parties, mut requests) = (Vec::with_capacity(AGENTS), Vec::new());
        for key in public_keys(AGENTS, 2)? {
            let (party, hired) = hiring(key, &mut rng, now_ms);
            parties.push(party);
            requests.extend(hired);
            if requests.len() >= BATCH {
                making.commit(std::mem::take(&mut requests))?;
            }
        }
        making.commit(requests)?;
        let peopled = making.position();
        let parties = parties.into();
        let mut payments = Payments::new(&parties, 3)?;
        let mut left = TRANSFERS;
        while left > 0 {
            let many = left.min(BATCH);
            making.commit((0..many).map(|_| payments.request()).collect())?;
            left -= many;
        }
        let full = making.position();
        making.journal.close()?;
        Ok(Self { dir, parties, peopled, full })
    }

    /// Where the books lie. Nobody writes there any more.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Copies the books, for somebody who will write to them.
    pub(crate) fn copy(&self, to: &Path) -> anyhow::Result<()> {
        copy_dir(&self.dir, to)
    }
}

fn copy_dir(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in std::fs::read_dir(from).with_context(|| format!("reading {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy_dir(&entry.path(), &target)?,
            false => {
                std::fs::copy(entry.path(), &target)
                    .with_context(|| format!("copying to {}", target.display()))?;
            }
        }
    }
    Ok(())
}

/// A writer and its journal while the books are made.
struct Making<'a> {
    writer: Writer,
    journal: Box<dyn Journal>,
    env: &'a Env,
    hashes: Hashes,
}

impl Making<'_> {
    /// Has requests carried out in one commit; none may be refused.
    fn commit(&mut self, requests: Vec<Request>) -> anyhow::Result<()> {
        if requests.is_empty() {
            return Ok(());
        }
        let (told, answers) = mpsc::channel();
        let jobs = requests.into_iter().map(|request| Job { request, vault: Vec::new() }).collect();
        let reply = Box::new(move |outcomes: Vec<Outcome>| {
            // Nobody listens any more only after another failure.
            let _ = told.send(outcomes.into_iter().find_map(refusal));
        });
        let mut inputs = vec![Input::Commands { jobs, reply }];
        let reading = Reading::of(&*self.env.clock);
        let batch = self.journal.recycle().unwrap_or_default();
        let mut output = self.writer.step(reading, self.env.random_u128(), &mut inputs, batch);
        self.hashes.complete(&mut output.batch);
        let release = output.release;
        let done = Box::new(move |_| release.into_iter().for_each(|reply| reply()));
        self.journal.submit(output.batch, done);
        match answers.recv().context("the store has failed")? {
            Some(refused) => anyhow::bail!("the books cannot be made: {refused}"),
            None => Ok(()),
        }
    }

    fn position(&self) -> Position {
        Position { state: self.writer.state().clone(), hashes: self.hashes.clone() }
    }
}

/// Why a command was refused. Once two million keys are remembered whole, one in a thousand new
/// ones is perhaps among the older ones and is told to be looked up first: that is an answer too.
pub(crate) fn refusal(outcome: Outcome) -> Option<String> {
    match outcome {
        Outcome::Accepted(_) | Outcome::LookUp { .. } => None,
        Outcome::Refused(rejection) => Some(rejection.to_string()),
        Outcome::Repeated(seq) => Some(format!("taken for a repetition of entry {seq}")),
        Outcome::Judge(..) => Some("asks for a judgement that nobody gives".to_owned()),
        Outcome::Approval(..) => Some("asks for an approval that nobody gives".to_owned()),
    }
}

/// Makes transfers as they come from HTTP: under an API key, with a random correlation.
pub(crate) struct Payments {
    parties: Arc<[Party]>,
    /// The one account that receives everything, if it is hot.
    hot: Option<PrincipalId>,
    currency: CurrencyCode,
    rng: Rng,
}

impl Payments {
    /// Transfers between random parties.
    pub(crate) fn new(parties: &Arc<[Party]>, seed: u64) -> anyhow::Result<Self> {
        let (parties, currency) = (Arc::clone(parties), currency()?);
        Ok(Self { parties, hot: None, currency, rng: Rng::new(seed) })
    }

    /// From now on all to one party, or to anyone again.
    pub(crate) fn heat(&mut self, hot: bool) {
        self.hot = self.parties.first().map(|party| party.id).filter(|_| hot);
    }

    /// The next transfer.
    pub(crate) fn request(&mut self) -> Request {
        let payer = self.rng.below(self.parties.len());
        let mut payee = self.rng.below(self.parties.len() - 1);
        payee += usize::from(payee >= payer);
        let payer = self.parties[payer];
        let to = match self.hot {
            Some(hot) if hot != payer.id => hot,
            _ => self.parties[payee].id,
        };
        self.between(payer, to)
    }

    /// A transfer between these.
    fn between(&mut self, payer: Party, to: PrincipalId) -> Request {
        let amount = Amount(1_000_000 + u128::from(self.rng.next() % 100_000_000));
        let create =
            transfer::Create { from: payer.id, to, currency: self.currency, amount, hold: None };
        Request {
            caller: Caller { principal: Some(payer.id), auth: Auth::ApiKey(payer.key) },
            command: Command::TransferCreate(create),
            corr: Some(Correlation(self.rng.bytes())),
            looked_up: None,
            ruling: None,
            parking: None,
        }
    }

    /// The next transfer as a job.
    pub(crate) fn job(&mut self) -> Job {
        Job { request: self.request(), vault: Vec::new() }
    }
}
