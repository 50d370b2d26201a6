//! The node as its edges see it: submit a command, look at the state, ask the read models.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hansa_crypto::secret::token_digest;
use hansa_kernel::policy::{ConsequentialActs, Engine, Mode, Stage};
use hansa_kernel::{Caller, Command, Entry, Event, LookedUp, Request, State, codec};
use hansa_store::tiles::ProofIndex;
use hansa_store::{JournalStats, Reader};
use hansa_types::{Code, Correlation, PolicySetId, PrincipalId, Rejection, Time};
use hansa_views::Views;
use tokio::sync::{Notify, Semaphore, oneshot, watch};

use crate::account::Accounts;
use crate::auditor::Asked;
use crate::callback::Sendings;
use crate::config::Config;
use crate::credentials::{Credentials, Identity, look_up};
use crate::egress::Egress;
use crate::env::{Env, Tasks, blocking};
use crate::error::Error;
use crate::judge::Judge;
use crate::keys::NodeKeys;
use crate::limits::{BATCH_ITEMS_MAX, JUDGE_ROUNDS_MAX, VIEWS_WAIT_MAX};
use crate::metrics::Metrics;
use crate::setup::Setup;
use crate::tokens::{OwnTokens, is_jwt};
use crate::vault::Vault;
use crate::writer::{Durable, Input, Job, Outcome, Queue, Release, WriterHandle};

/// A running node.
pub struct Node {
    /// What the operator chose.
    pub config: Config,
    /// The world.
    pub env: Env,
    /// The node's key.
    pub keys: Arc<NodeKeys>,
    /// Where it lies, and what is sealed under it beside it.
    pub(crate) keys_dir: PathBuf,
    /// Documents beside the journal.
    pub vault: Arc<Vault>,
    /// Read models.
    pub views: Views,
    /// Durable entries.
    pub reader: Arc<dyn Reader>,
    /// How far the journal is durable.
    pub durable: Durable,
    /// What is measured.
    pub metrics: Arc<Metrics>,
    /// The way out to other machines.
    pub egress: Arc<Egress>,
    /// What evaluates policies.
    pub judge: Judge,
    /// Places for effects that are under way.
    pub(crate) effects: Semaphore,
    /// What accounts need beside the journal.
    pub accounts: Accounts,
    /// The way to the first owner.
    pub setup: Setup,
    /// What an outside auditor last said.
    pub(crate) audited: watch::Sender<Asked>,
    /// Proofs over the journal's tree.
    pub proofs: Mutex<ProofIndex>,
    pub(crate) journal_stats: Arc<JournalStats>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) credentials: Credentials,
    pub(crate) own_tokens: OwnTokens,
    pub(crate) writer: Mutex<Option<WriterHandle>>,
    pub(crate) status: Arc<crate::writer::WriterStatus>,
    pub(crate) tasks: Mutex<Tasks>,
    pub(crate) callbacks: Sendings,
    pub(crate) views_follow: AtomicBool,
    pub(crate) draining: AtomicBool,
    pub(crate) views_wanted: Arc<Notify>,
    pub(crate) stopping: watch::Sender<bool>,
    /// What was found to be wrong, for which the node must stop.
    pub(crate) fault: watch::Sender<Option<Arc<str>>>,
}

/// A command that was carried out, now or before.
#[derive(Debug, Clone)]
pub struct Done {
    /// Its first entry, from which its answer is told.
    pub entry: Arc<Entry>,
    /// Its last entry, where it was carried out just now.
    pub last_seq: u64,
    /// Whether it was carried out by an earlier request with the same key.
    pub repeated: bool,
}

/// Whether the node can do its work, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// The writer runs and takes commands.
    pub writer: bool,
    /// The wall clock is believed.
    pub clock: bool,
    /// There is room on the disk.
    pub disk: bool,
    /// The read models follow.
    pub views: bool,
    /// The node is not about to stop.
    pub serving: bool,
}

/// Which active policy sets decide, and which do not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyStanding {
    /// Those that decide.
    pub enforced: Vec<PolicySetId>,
    /// Those that were set to less.
    pub weakened: Vec<(PolicySetId, Mode)>,
    /// What becomes of what is consequential by itself.
    pub consequential: ConsequentialActs,
}

impl Readiness {
    /// Whether every part is well.
    pub fn is_ready(&self) -> bool {
        self.writer && self.clock && self.disk && self.views && self.serving
    }
}

impl Node {
    /// Has a command carried out, and waits until that is durable.
    pub async fn submit(&self, job: Job) -> Result<Done, Rejection> {
        let mut answers = self.submit_all(vec![job]).await?;
        answers.pop().unwrap_or_else(|| Err(Code::Internal.into()))
    }

    /// Has commands of one request carried out, each on its own, in order.
    pub async fn submit_all(
        &self,
        mut jobs: Vec<Job>,
    ) -> Result<Vec<Result<Done, Rejection>>, Rejection> {
        if jobs.len() > BATCH_ITEMS_MAX {
            return Err(Code::BatchTooLarge.into());
        }
        if self.status.free_bytes.load(Ordering::Relaxed) < self.config.free_bytes_min {
            return Err(Code::DiskFull.into());
        }
        let foreseen = Box::pin(self.judge.foresee(&mut jobs)).await;
        let outcomes = self.hand_over(jobs).await?;
        let mut answers = Vec::with_capacity(outcomes.len());
        for (outcome, foreseen) in outcomes.into_iter().zip(foreseen) {
            self.judge.compare(foreseen, &outcome);
            answers.push(self.tell(outcome).await);
        }
        Ok(answers)
    }

    /// Puts jobs before the writer; answers come once they are durable. A key that the state
    /// knows only perhaps is looked up in the read models and asked again.
    async fn hand_over(&self, jobs: Vec<Job>) -> Result<Vec<Outcome>, Rejection> {
        let (told, answer) = oneshot::channel();
        let reply = Box::new(move |outcomes| {
            // Who asked may have gone away; what was done stays done.
            let _ = told.send(outcomes);
        });
        self.queue.push(Input::Commands { jobs, reply })?;
        answer.await.map_err(|_| Rejection::from(Code::Draining))
    }

    async fn tell(&self, outcome: Outcome) -> Result<Done, Rejection> {
        let outcome = match Box::pin(self.settle(outcome)).await? {
            Outcome::Approval(job, judgement) => {
                let why = Rejection::new(Code::ApprovalRequired, judgement.tell());
                let job = self.parked(*job).await?.ok_or(why)?;
                self.hand_over(vec![job]).await?.pop().ok_or(Code::Internal)?
            }
            settled => settled,
        };
        match outcome {
            Outcome::Accepted(accepted) => {
                self.forget_credentials(&accepted.entry);
                warn_of_weakening(&accepted.entry);
                self.judge.forget_policy(&accepted.entry);
                Ok(Done { entry: accepted.entry, last_seq: accepted.last_seq, repeated: false })
            }
            Outcome::Repeated(seq) => {
                let entry = self.entry(seq).await.map_err(internal)?.ok_or(Code::Internal)?;
                Ok(Done { last_seq: entry.seq, entry: Arc::new(entry), repeated: true })
            }
            Outcome::LookUp(_) | Outcome::Judge(..) => Err(Code::Internal.into()),
            Outcome::Approval(_, judgement) => {
                Err(Rejection::new(Code::ApprovalRequired, judgement.tell()))
            }
            Outcome::Refused(rejection) => Err(rejection),
        }
    }

    /// Asks whoever the writer could not ask, until it has decided: the read models once, the judge
    /// again while what it looked at keeps changing.
    async fn settle(&self, mut outcome: Outcome) -> Result<Outcome, Rejection> {
        let (mut looked_up, mut judged) = (false, 0);
        loop {
            outcome = match outcome {
                Outcome::LookUp(job) if !looked_up => {
                    looked_up = true;
                    self.ask_again(*job).await?
                }
                Outcome::Judge(..) if judged == JUDGE_ROUNDS_MAX => {
                    return Err(Code::VerdictStale.into());
                }
                Outcome::Judge(mut job, question) => {
                    judged += 1;
                    self.judge.foresight.learn(&job.request, &question);
                    job.request.ruling = Some(Box::new(self.judge.judge(*question).await));
                    self.hand_over(vec![*job]).await?.pop().ok_or(Code::Internal)?
                }
                settled => return Ok(settled),
            };
        }
    }

    /// What policy does, for whoever asks whether the node is well: they do not wait for a writer that
    /// is not.
    pub async fn policy_standing(&self) -> Result<PolicyStanding, Rejection> {
        let now = self.now();
        let look = move |state: &State| {
            let consequential = state.consequential_acts(now);
            let mut standing = PolicyStanding { consequential, ..PolicyStanding::default() };
            for (id, set) in state.policies.iter().filter(|(_, set)| set.stage == Stage::Active) {
                match set.mode {
                    _ if set.engine == Engine::Record => {}
                    Mode::Enforce => standing.enforced.push(id),
                    mode => standing.weakened.push((id, mode)),
                }
            }
            standing
        };
        tokio::select! {
            biased;
            standing = self.read(None, look) => standing,
            () = self.env.clock.sleep(VIEWS_WAIT_MAX) => Err(Code::NotYet.into()),
        }
    }

    /// Says which sets do not decide, as whoever runs the node should know.
    pub(crate) async fn warn_of_weak_policy(&self) {
        let standing = self.policy_standing().await.unwrap_or_default();
        for (set, mode) in standing.weakened {
            let mode = mode.as_str();
            tracing::warn!(%set, mode, "an active policy set is not enforced");
        }
        if standing.consequential == ConsequentialActs::WaitForNobody {
            tracing::warn!(
                "consequential operations wait, and nobody in office could approve them"
            );
        }
    }

    /// Looks a key up that the state knows only perhaps. The read models must have everything that
    /// the state does not keep whole, or a repetition could be taken for new. They need have no
    /// more: under much load they are behind, but not by as many keys as it keeps.
    async fn ask_again(&self, mut job: Job) -> Result<Outcome, Rejection> {
        let needed = self.read(None, State::look_up_seq_min).await?;
        if self.views_reached(needed).await < needed {
            return Err(Rejection::new(Code::NotYet, "the read models have to catch up first"));
        }
        let corr = job.request.corr.ok_or(Code::Internal)?;
        let (key, _) = hansa_kernel::idempotency::split(&corr);
        let found = self.views.accepted(key).await;
        let found = found.map_err(|error| internal(Error::from(error)))?;
        job.request.looked_up = Some(match found {
            Some((seq, body)) => LookedUp::Found { seq, body },
            None => LookedUp::Absent,
        });
        self.hand_over(vec![job]).await?.pop().ok_or_else(|| Code::Internal.into())
    }

    /// What takes authority away is not answered before it counts for reads too.
    fn forget_credentials(&self, entry: &Entry) {
        if matches!(
            entry.event,
            Event::ApiKeyRevoked(_)
                | Event::PrincipalSuspended(_)
                | Event::PrincipalErased(_)
                | Event::ClientRevoked(_)
                | Event::TokensRevoked(_)
                | Event::AgentTransferred(_)
                | Event::SessionOpened(_)
                | Event::SessionClosed(_)
                | Event::PasswordChanged(_)
                | Event::RecoveryKeyUsed(_)
        ) {
            self.credentials.forget();
        }
    }

    /// A durable entry.
    pub async fn entry(&self, seq: u64) -> Result<Option<Entry>, Error> {
        let reader = Arc::clone(&self.reader);
        let read = move || reader.entry(seq);
        let line = blocking(read).await??;
        line.map(|line| codec::decode(&line).map_err(|source| Error::Entry { seq, source }))
            .transpose()
    }

    /// Looks at the state as it is now; the answer comes once that is durable.
    pub async fn read<T: Send + 'static>(
        &self,
        principal: Option<PrincipalId>,
        look: impl FnOnce(&State) -> T + Send + 'static,
    ) -> Result<T, Rejection> {
        let (told, answer) = oneshot::channel();
        let run = Box::new(move |state: &State| {
            let seen = look(state);
            let tell: Release = Box::new(move || {
                // Who asked may have gone away.
                let _ = told.send(seen);
            });
            tell
        });
        self.queue.push(Input::Read { principal, run })?;
        answer.await.map_err(|_| Code::Draining.into())
    }

    /// Who a bearer token stands for.
    pub async fn authenticate(&self, token: &str) -> Result<Identity, Rejection> {
        let secret = token_digest(token);
        let now = self.env.clock.wall();
        if let Some(identity) = self.credentials.get(&secret, now) {
            return Ok(identity);
        }
        let before = self.credentials.generation();
        if is_jwt(token) {
            let (identity, expires) = self.authenticate_jwt(token).await?;
            if let Some(expires) = expires {
                self.credentials.learn_token(secret, &identity, expires, before);
            }
            return Ok(identity);
        }
        let found = self.read(None, move |state| look_up(state, &secret)).await?;
        self.credentials.learn(secret, found, before, now)
    }

    /// As [`Node::authenticate`], for the little that a suspended principal is heard with: it shows an
    /// API key or a session, for its clients get no tokens.
    pub async fn authenticate_if_suspended(&self, token: &str) -> Result<Identity, Rejection> {
        match self.authenticate(token).await {
            Err(refused) if refused.code == Code::PrincipalSuspended && !is_jwt(token) => {
                let (secret, now) = (token_digest(token), self.env.clock.wall());
                let found = self.read(None, move |state| look_up(state, &secret)).await?;
                found.identity_if_suspended(now)
            }
            other => other,
        }
    }

    /// Tells the read models when API keys were last used. What cannot be told is left out: it is
    /// a help for whoever looks after the keys, and no record.
    pub async fn keep_key_uses(&self) {
        let uses = self.credentials.take_uses();
        if uses.is_empty() {
            return;
        }
        if let Err(error) = self.views.note_uses(&uses).await {
            tracing::warn!(%error, "the use of API keys is not noted");
        }
    }

    /// Whether a principal may do an operation on the node's own behalf.
    pub async fn may_for_node(
        &self,
        principal: PrincipalId,
        action: &'static str,
    ) -> Result<bool, Rejection> {
        let now = self.env.clock.wall();
        self.read(Some(principal), move |state| state.may_for_node(principal, action, now)).await
    }

    /// Waits a little until the read models have what is durable now; returns how far they are.
    pub async fn views_caught_up(&self) -> u64 {
        self.views_reached(self.durable.seq()).await
    }

    async fn views_reached(&self, seq: u64) -> u64 {
        self.views_wanted.notify_one();
        self.views.caught_up(seq, self.env.clock.sleep(VIEWS_WAIT_MAX)).await
    }

    /// What the wall clock says.
    pub fn now(&self) -> Time {
        self.env.clock.wall()
    }

    /// Whether the node can do its work.
    pub fn readiness(&self) -> Readiness {
        let running = self.writer.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        Readiness {
            writer: running && !*self.stopping.borrow() && self.fault.borrow().is_none(),
            clock: !self.status.clock_unsure.load(Ordering::Relaxed),
            disk: self.status.free_bytes.load(Ordering::Relaxed) >= self.config.free_bytes_min,
            views: self.views_follow.load(Ordering::Relaxed),
            serving: !self.draining.load(Ordering::Relaxed),
        }
    }

    /// How far the wall clock jumped, in milliseconds, when it is not believed.
    pub fn clock_jump_ms(&self) -> Option<i64> {
        let unsure = self.status.clock_unsure.load(Ordering::Relaxed);
        unsure.then(|| self.status.clock_jump_ms.load(Ordering::Relaxed))
    }

    /// Requests waiting for the writer.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Says from now on that the node is not ready, while it goes on answering: whoever sends it
    /// requests learns to send them elsewhere.
    pub fn begin_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// The node takes requests: what was said by [`Node::begin_draining`] is over.
    pub fn begin_serving(&self) {
        self.draining.store(false, Ordering::Relaxed);
    }

    /// Something is wrong that the node must not go on with: takes no more commands from now on, and
    /// says so to whoever waits for it.
    pub(crate) fn stop_for(&self, error: &Error) {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            text.push_str(": ");
            text.push_str(&inner.to_string());
            cause = inner.source();
        }
        tracing::error!(fault = %text, "stopping: the node must not go on like this");
        self.queue.close();
        self.fault.send_replace(Some(text.into()));
    }

    /// What was found to be wrong, if anything was.
    pub fn fault(&self) -> Option<Arc<str>> {
        self.fault.borrow().clone()
    }

    /// Done when something was found to be wrong for which the node must stop.
    pub async fn faulted(&self) -> Arc<str> {
        let mut fault = self.fault.subscribe();
        loop {
            if let Some(text) = fault.borrow_and_update().clone() {
                return text;
            }
            if fault.changed().await.is_err() {
                // The sender lives as long as the node, which is borrowed here.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Takes no more commands, makes everything decided durable, and ends.
    pub async fn stop(&self) -> Result<(), Error> {
        // Only the first call finds the writer.
        self.stopping.send_replace(true);
        self.queue.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            blocking(move || writer.join()).await??;
        }
        self.judge.stop();
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.end().await;
        Ok(())
    }
}

/// Says in the log that a policy set counts for less from now on.
fn warn_of_weakening(entry: &Entry) {
    match &entry.event {
        Event::PolicySetModeSet(set) if set.mode != Mode::Enforce => {
            let mode = set.mode.as_str();
            tracing::warn!(set = %entry.id, mode, "a policy set is not enforced any more");
        }
        Event::PolicySetDeprecated(_) | Event::PolicySetRevoked(_) => {
            tracing::warn!(set = %entry.id, "a policy set is not asked any more");
        }
        _ => {}
    }
}

/// A command of an authenticated caller.
pub fn request(identity: &Identity, command: Command, corr: Option<Correlation>) -> Request {
    let caller = Caller { principal: Some(identity.principal), auth: identity.auth.clone() };
    Request::new(caller, command, corr)
}

/// A fault behind an answer: told to the log, not to the caller.
pub fn internal(error: Error) -> Rejection {
    tracing::error!(error = &error as &dyn std::error::Error, "a request failed inside");
    Code::Internal.into()
}
