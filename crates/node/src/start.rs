//! From a data directory to a running node.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use hansa_crypto::keys::SigningKey;
use hansa_crypto::secret::Secret;
use hansa_kernel::State;
use hansa_kernel::format::FORMAT;
use hansa_kernel::{Auth, Caller, Command, Request, node as kernel_node};
use hansa_store::tiles::ProofIndex;
use hansa_store::{Journal, Options, Reader, Sealing, Store, disk, poison};
use hansa_types::{Digest, Duration, IncarnationId, PrincipalId};
use hansa_views::{Views, WRITER_THREAD};
use tokio::sync::{Semaphore, watch};

use crate::account::{Accounts, Mailer, Passkeys, Postman};
use crate::auditor;
use crate::backup::Schedule;
use crate::callback::{self, Sendings};
use crate::checkpoint::{Signer, origin};
use crate::clock::Reading;
use crate::config::Config;
use crate::credentials::Credentials;
use crate::did::follow_name;
use crate::egress::Egress;
use crate::env::{Env, Tasks, blocking, threads_give_way};
use crate::error::Error;
use crate::judge::Judge;
use crate::keys::NodeKeys;
use crate::keys::rotate::kept_roots;
use crate::limits::EFFECTS_MAX;
use crate::metrics::Metrics;
use crate::node::Node;
use crate::projector::Projector;
use crate::retention::forget_old_rows;
use crate::scrub::Scrubber;
use crate::setup::Setup;
use crate::snapshot::{self, Folded, HASH_SEED, hash_seed};
use crate::tokens::OwnTokens;
use crate::vault::Vault;
use crate::writer::{
    self, Durable, Hashes, Job, Measured, Notary, Queue, Surroundings, Writer, WriterHandle,
};

/// Name of the e-mail secret beside the journal.
const EMAIL_SECRET: &str = "email_secret";

/// A node that has just started.
pub struct Started {
    /// The node.
    pub node: Arc<Node>,
    /// The setup token, while the node has no owner. Told once.
    pub setup_token: Option<Secret>,
    /// Entries folded on top of the snapshot.
    pub replayed: u64,
}

/// Where the store's parts were found, before the store goes to the writer.
struct Places {
    poison: PathBuf,
    views: PathBuf,
    keys: PathBuf,
}

/// Opens or founds a node and starts it.
pub async fn start(config: Config, env: Env) -> Result<Started, Error> {
    // Much is held while a node starts, and whoever waits for it need not hold as much.
    Box::pin(open_and_run(config, env)).await
}

async fn open_and_run(config: Config, env: Env) -> Result<Started, Error> {
    config.check()?;
    let opening = (config.clone(), env.clone());
    let opened = blocking(move || Opened::new(&opening.0, &opening.1)).await??;
    let Opened { email_secret, mut store, keys, folded, places, incarnation } = opened;
    let reader = store.reader();
    let durable = Durable::new(folded.verified.head.last_seq);
    let views = open_views(&places.views, &durable).await?;
    let metrics = Arc::new(Metrics::default());
    let queue = Arc::new(Queue::default());
    let ran = folded.state.node.as_ref().map(|node| node.incarnation);
    let (setup, setup_token) = way_to_owner(folded.state.node.as_ref(), &env);
    let mut journal = store.journal()?;
    let journal_stats = journal.stats();
    metrics.watch_journal(Arc::clone(&journal_stats));
    let Folded { state, verified, snapshot_seq } = folded;
    let hashes = Hashes { chain: verified.head.chain, tree: verified.range };
    appoint(&mut *journal, hashes, signer(&keys, &config, incarnation), &metrics, &env);
    let surroundings = Surroundings {
        queue: Arc::clone(&queue),
        env: env.clone(),
        journal,
        durable: durable.clone(),
        metrics: Arc::clone(&metrics),
        poison_dir: places.poison,
        batch_commands_max: config.batch_commands_max,
    };
    let running = run_writer(state, &config, surroundings)?;
    let vault = Arc::new(Vault::new(Arc::clone(&keys), Arc::clone(&reader), env.clone()));
    let policy = config.tools.allow(config.egress.clone());
    let egress = Arc::new(Egress::new(policy, env.clone(), Arc::clone(&metrics)));
    let judge = start_judge(&config, &env, (&egress, &vault), &metrics)?;
    let (mailer, postman) = way_of_mail(&config, &egress, &env);
    let passkeys = Passkeys::new(config.public_url.as_deref());
    let node = Arc::new(Node {
        views,
        proofs: Mutex::new(ProofIndex::new(Arc::clone(&reader))),
        status: Arc::clone(&running.status),
        writer: Mutex::new(Some(running)),
        tasks: Mutex::default(),
        callbacks: Sendings::default(),
        views_follow: AtomicBool::new(true),
        draining: AtomicBool::new(false),
        views_wanted: Arc::default(),
        stopping: watch::Sender::new(false),
        fault: watch::Sender::new(None),
        accounts: Accounts::new(email_secret, mailer, passkeys),
        credentials: Credentials::default(),
        keys_dir: places.keys,
        own_tokens: OwnTokens::new(ran.is_some().then(|| env.clock.wall())),
        config,
        env,
        keys,
        vault,
        reader,
        durable,
        metrics,
        egress,
        judge,
        effects: Semaphore::new(EFFECTS_MAX),
        setup,
        audited: watch::Sender::default(),
        journal_stats,
        queue,
    });
    node.look_at_disk();
    begin(&node, ran, incarnation).await?;
    take_up(&node, snapshot_seq, postman).await?;
    Ok(Started { node, setup_token, replayed: verified.entries })
}

/// Takes up what the run before left open, and what goes on for as long as the node runs.
async fn take_up(
    node: &Arc<Node>,
    snapshot_seq: u64,
    postman: Option<Postman>,
) -> Result<(), Error> {
    node.warn_of_weak_policy().await;
    node.settle_effects().await?;
    node.settle_evaluations().await?;
    keep_working(node, snapshot_seq, postman);
    node.wake_all_parked().await;
    Ok(())
}

/// How mail is sent, and who carries it where a server takes it.
fn way_of_mail(
    config: &Config,
    egress: &Arc<Egress>,
    env: &Env,
) -> (Option<Arc<dyn Mailer>>, Option<Postman>) {
    match (&config.mailer, &config.smtp) {
        (Some(mailer), _) => (Some(Arc::clone(mailer)), None),
        (None, Some(smtp)) => {
            let egress = Arc::clone(egress);
            let (mailer, postman) = Postman::new(smtp.clone(), &config.host, egress, env.clone());
            (Some(Arc::new(mailer)), Some(postman))
        }
        (None, None) => (None, None),
    }
}

/// Who signs checkpoints with the node's key.
fn signer(keys: &NodeKeys, config: &Config, incarnation: IncarnationId) -> Signer {
    let signing = SigningKey::from_seed(*keys.signing().seed());
    Signer::new(signing, origin(&config.host, incarnation))
}

/// Appoints who writes and hashes the journal's batches, and who signs checkpoints of them.
fn appoint(
    journal: &mut dyn Journal,
    hashes: Hashes,
    signer: Signer,
    metrics: &Arc<Metrics>,
    env: &Env,
) {
    let (clock, metrics) = (Arc::clone(&env.clock), Arc::clone(metrics));
    let notary = Notary::new(&hashes, signer, Arc::clone(&clock));
    journal.appoint(Box::new(Measured { hashes, clock, metrics }), Box::new(notary));
}

/// Starts the judge's threads.
fn start_judge(
    config: &Config,
    env: &Env,
    (egress, vault): (&Arc<Egress>, &Arc<Vault>),
    metrics: &Arc<Metrics>,
) -> Result<Judge, Error> {
    let (egress, vault) = (Arc::clone(egress), Arc::clone(vault));
    Judge::start(&config.judge, env.clone(), egress, vault, Arc::clone(metrics))
        .map_err(|error| Error::Config(format!("the judge's threads cannot start: {error}")))
}

/// Starts the writer on what was folded.
fn run_writer(
    mut state: State,
    config: &Config,
    surroundings: Surroundings,
) -> Result<WriterHandle, Error> {
    let poisoned = poison::load(&surroundings.poison_dir)?;
    state.second_factor_enforced = config.admin_second_factor;
    let clock = Arc::clone(&surroundings.env.clock);
    let writer = Writer::new(state, Reading::of(&*clock), poisoned);
    writer::spawn(writer, surroundings)
        .map_err(|error| Error::Config(format!("the writer's thread cannot start: {error}")))
}

/// The way to the first owner, with its token, or none where there is an owner.
fn way_to_owner(found: Option<&kernel_node::Node>, env: &Env) -> (Setup, Option<Secret>) {
    if found.is_some_and(|node| node.owned) {
        return (Setup::closed(), None);
    }
    let (setup, token) = Setup::open(env);
    (setup, Some(token))
}

/// Opens the read models, which hold cards and texts as they are and so are their owner's alone.
/// They know durable entries only: those of a longer journal than this one say that it lost its end.
async fn open_views(path: &Path, durable: &Durable) -> Result<Views, Error> {
    disk::keep_private(path)?;
    let views = Views::open(path).await?;
    // Damaged ones were made anew.
    disk::keep_private(path)?;
    threads_give_way(WRITER_THREAD);
    let (head, known) = (durable.seq(), views.cursor().await?);
    if known > head {
        views.close().await?;
        return Err(Error::EndMissing { head, known });
    }
    Ok(views)
}

/// A data directory, opened, verified and folded.
struct Opened {
    store: Store,
    keys: Arc<NodeKeys>,
    folded: Folded,
    places: Places,
    incarnation: IncarnationId,
    email_secret: Digest,
}

impl Opened {
    fn new(config: &Config, env: &Env) -> Result<Self, Error> {
        let mut store = Store::open(&config.data_dir, Options::default())?;
        let reader = store.reader();
        let keys_dir = store.keys_dir();
        let place = config.key_place();
        let is_new = reader.head()?.last_seq == 0;
        let keys = match (place.load()?, is_new) {
            (Some(keys), _) => keys,
            (None, true) => place.create(env)?,
            (None, false) => {
                return Err(Error::Key { path: keys_dir, why: "the journal's key is missing" });
            }
        };
        let seed = match hash_seed(&*reader)? {
            Some(seed) => seed,
            None => {
                store.put_meta_once(HASH_SEED, &env.random::<32>())?;
                hash_seed(&*reader)?.unwrap_or_default()
            }
        };
        let email_secret = email_secret(&store, env)?;
        let snapshots = store.snapshots_dir();
        let folded = snapshot::fold(&*reader, &snapshots, &keys, seed, config.verify_full)?;
        check_format(&folded)?;
        store.seal(sealing(config, &folded));
        // A crash may have come between an erasure and the end of its traces.
        hansa_store::snapshot::remove_before(&snapshots, folded.state.erased_seq)?;
        let named = folded.state.node.as_ref().map(|node| node.key);
        let keys = match named {
            // A crash may have come between a rotation and its end.
            Some(named) => place.settle(&named)?.unwrap_or(keys),
            None => keys,
        };
        let incarnation = match &folded.state.node {
            Some(node) if node.key != keys.signing().public() => {
                return Err(Error::Key { path: keys_dir, why: "not the key of this journal" });
            }
            Some(node) => match restored(&*reader)? {
                // A restored directory says which run its node begins.
                Some(incarnation) => incarnation,
                None => node.incarnation,
            },
            None => IncarnationId::new(env.clock.wall().0, env.random_u128()),
        };
        let places =
            Places { poison: store.poison_dir(), views: store.views_path(), keys: keys_dir };
        let keys = with_what_was(keys, &folded.state, &reader, env)?;
        Ok(Self { store, keys, folded, places, incarnation, email_secret })
    }
}

/// A journal that a later release has raised may hold what this one would misread.
fn check_format(folded: &Folded) -> Result<(), Error> {
    let found = folded.state.node.as_ref().map_or(FORMAT, |node| node.format);
    match found <= FORMAT {
        true => Ok(()),
        false => Err(Error::Format { found, known: FORMAT }),
    }
}

/// The node's keys with those before them, and with what is derived from the first.
fn with_what_was(
    keys: NodeKeys,
    state: &State,
    reader: &Arc<dyn Reader>,
    env: &Env,
) -> Result<Arc<NodeKeys>, Error> {
    let node = state.node.as_ref();
    let former = node.map(|node| state.principals.get(node.handle).former_keys.clone());
    let keys = Arc::new(keys.with_former(former.unwrap_or_default()));
    let vault = Vault::new(Arc::clone(&keys), Arc::clone(reader), env.clone());
    let Some(roots) = kept_roots(&vault)? else { return Ok(keys) };
    drop(vault);
    let keys = Arc::into_inner(keys).ok_or(Error::Unsignable("a key that is in use"))?;
    Ok(Arc::new(keys.with_roots(roots)))
}

/// Whether old rows are sealed. Not while the release before may be started again, which reads none.
fn sealing(config: &Config, folded: &Folded) -> Option<Sealing> {
    let format = folded.state.node.as_ref().map_or(FORMAT, |node| node.format);
    let behind_entries = config.seal_behind_entries;
    (behind_entries > 0 && format > 1).then(|| Sealing { behind_entries, ..Sealing::default() })
}

/// The secret under which the journal keeps e-mail addresses, made once. It lies beside the journal
/// and is never exported, so that nobody else can try addresses out.
fn email_secret(store: &Store, env: &Env) -> Result<Digest, Error> {
    let read = || -> Result<Option<[u8; 32]>, Error> {
        let bytes = store.reader().meta(EMAIL_SECRET)?;
        Ok(bytes.and_then(|bytes| bytes.as_slice().try_into().ok()))
    };
    if let Some(secret) = read()? {
        return Ok(Digest(secret));
    }
    store.put_meta_once(EMAIL_SECRET, &env.random::<32>())?;
    let secret = read()?.ok_or_else(|| Error::Config("the e-mail secret is damaged".to_owned()))?;
    Ok(Digest(secret))
}

/// The run that a restored data directory begins.
pub fn restored(reader: &dyn Reader) -> Result<Option<IncarnationId>, Error> {
    let Some(bytes) = reader.meta(crate::backup::INCARNATION)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    text.parse().map(Some).map_err(|_| Error::Config("the incarnation does not read".to_owned()))
}

/// Founds the node, or goes on as the run it is now when it `ran` as another one.
async fn begin(
    node: &Node,
    ran: Option<IncarnationId>,
    incarnation: IncarnationId,
) -> Result<(), Error> {
    match ran {
        None => found(node, incarnation).await,
        Some(ran) if ran != incarnation => go_on(node, incarnation).await,
        Some(_) => Ok(()),
    }
}

/// Writes the first entry of another run of the journal.
async fn go_on(node: &Node, incarnation: IncarnationId) -> Result<(), Error> {
    let command = Command::NodeRestore(kernel_node::Restore { incarnation });
    let caller = Caller { principal: None, auth: Auth::Machine };
    let request = Request::new(caller, command, None);
    node.submit(Job { request, vault: Vec::new() })
        .await
        .map(|_| ())
        .map_err(|rejection| Error::Refused { action: "go on from a backup", rejection })
}

/// Writes the first entries of a journal.
async fn found(node: &Node, incarnation: IncarnationId) -> Result<(), Error> {
    let (config, env) = (&node.config, &node.env);
    let command = Command::NodeFound(kernel_node::Found {
        id: PrincipalId::new(env.clock.wall().0, env.random_u128()),
        key: node.keys.signing().public(),
        incarnation,
        mode: config.mode,
        format: FORMAT,
        currency: config.currency,
        fee: config.fee,
        genesis_grant: config.genesis_grant,
    });
    let caller = Caller { principal: None, auth: Auth::Machine };
    let request = Request::new(caller, command, None);
    node.submit(Job { request, vault: Vec::new() })
        .await
        .map(|_| ())
        .map_err(|rejection| Error::Refused { action: "found itself", rejection })
}

/// Starts what a node does beside answering.
fn keep_working(node: &Arc<Node>, snapshot_seq: u64, postman: Option<Postman>) {
    let projector = Projector {
        reader: Arc::clone(&node.reader),
        vault: Arc::clone(&node.vault),
        views: node.views.clone(),
        metrics: Arc::clone(&node.metrics),
        env: node.env.clone(),
        wanted: Arc::clone(&node.views_wanted),
    };
    let durable = node.durable.subscribe();
    let weak = Arc::downgrade(node);
    let mut tasks = node.tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tasks.start(async move {
        if let Err(error) = projector.run(durable).await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "the projector stopped; lists grow old until a restart");
            if let Some(node) = weak.upgrade() {
                node.views_follow.store(false, Ordering::Relaxed);
            }
        }
    });
    let weak = Arc::downgrade(node);
    let env = node.env.clone();
    tasks.start(async move {
        let mut counted = None;
        loop {
            env.clock.sleep(Duration::seconds(1)).await;
            let Some(node) = weak.upgrade() else { return };
            node.look_at_disk();
            node.keep_key_uses().await;
            node.count_vault(&mut counted).await;
            node.metrics.queue.set(i64::try_from(node.queued()).unwrap_or(i64::MAX));
        }
    });
    let scrubber = Scrubber {
        data_dir: node.config.data_dir.clone(),
        keys: node.keys.every_one(),
        vault: Arc::clone(&node.vault),
        days_max: node.config.scrub_days_max,
        env: node.env.clone(),
        metrics: Arc::clone(&node.metrics),
    };
    let weak = Arc::downgrade(node);
    tasks.start(async move {
        let error = scrubber.run().await;
        if let Some(node) = weak.upgrade() {
            node.stop_for(&error);
        }
    });
    if let Some(postman) = postman {
        tasks.start(postman.run());
    }
    tasks.start(follow_name(Arc::downgrade(node)));
    tasks.start(forget_old_rows(Arc::downgrade(node)));
    tasks.start(auditor::keep_asking(Arc::downgrade(node), node.env.clone()));
    tasks.start(callback::follow(Arc::downgrade(node), node.env.clone(), node.durable.subscribe()));
    keep_copies(node, &mut tasks, snapshot_seq);
}

/// Starts what has the program make copies of the journal: backups and snapshots.
fn keep_copies(node: &Arc<Node>, tasks: &mut Tasks, snapshot_seq: u64) {
    if let (Some(program), Some(plan)) = (&node.config.snapshot_program, &node.config.backup) {
        let schedule = Schedule {
            program: program.clone(),
            data_dir: node.config.data_dir.clone(),
            key_secret: node.config.key_secret.clone(),
            plan: plan.clone(),
            days_max: node.config.backup_days_max,
            key: node.keys.signing().public(),
            env: node.env.clone(),
            metrics: Arc::clone(&node.metrics),
        };
        tasks.start(schedule.run());
    }
    if let Some(program) = node.config.snapshot_program.clone() {
        let (durable, config) = (node.durable.subscribe(), node.config.clone());
        let followed = snapshot::Follow { durable, program, config, env: node.env.clone() };
        tasks.start(followed.make_snapshots(snapshot_seq));
    }
}
