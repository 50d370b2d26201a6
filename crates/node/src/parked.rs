//! Parked commands: sealed while they wait for approval, and handed in again when they have it.
//!
//! A command that comes back is asked everything anew but how it was read. One that is refused then
//! ends its task with the refusal's code, so that who polls it learns why; one that the node cannot
//! take at the moment stays, and is tried again when somebody looks or the node starts.

use std::sync::Arc;

use hansa_kernel::clearance::{EndParked, Park, Parkable, Parking};
use hansa_kernel::{Auth, Caller, Command, Entry, Event, Request, State};
use hansa_store::VaultChange;
use hansa_types::governance::{ApprovalState, Clearance};
use hansa_types::{AnyId, ApprovalRequestId, Code, Rejection, TaskId};

use crate::env::blocking;
use crate::error::Error;
use crate::node::{Node, internal};
use crate::writer::Job;

/// Statuses from which on a refusal is the node's own, and passes.
const OWN_FAULT: u16 = 500;

/// Name of a parked command in the vault.
fn parked_id(task: TaskId) -> String {
    format!("parked/{task}")
}

/// Whether a job brings nothing to the vault but the envelope that carries it: other documents would
/// take the place of what counts today.
fn is_plain(job: &Job) -> bool {
    job.vault.iter().all(|change| match change {
        VaultChange::Put { id, .. } => id.starts_with("envelope/"),
        VaultChange::PutKey { .. } => true,
        _ => false,
    })
}

impl Node {
    /// The job that makes a command wait, or nothing for one that cannot.
    pub(crate) async fn parked(&self, mut job: Job) -> Result<Option<Job>, Rejection> {
        let may_wait = is_plain(&job) && job.request.parking != Some(Parking::Never);
        let Some(command) = Parkable::of(&job.request.command).filter(|_| may_wait) else {
            return Ok(None);
        };
        let principal = job.request.caller.principal.ok_or(Code::Internal)?;
        let now = self.env.clock.wall();
        let task = TaskId::new(now.0, self.env.random_u128());
        let request = ApprovalRequestId::new(now.0, self.env.random_u128());
        let vault = Arc::clone(&self.vault);
        let seal = move || vault.seal(principal, parked_id(task), &command.to_bytes());
        let sealed = blocking(seal).await.map_err(internal)?.map_err(internal)?;
        let park = Park { task, request, document: sealed.digest };
        job.request.parking = Some(Parking::Park(Box::new(park)));
        job.vault.extend(sealed.changes);
        Ok(Some(job))
    }

    /// Hands a parked command in again if it has its approval. What came of it is told by its task.
    pub async fn wake_parked(&self, task: TaskId) {
        let ready =
            move |state: &State| is_ready(state, task).then(|| seq_of(state, task)).flatten();
        match self.read(None, ready).await {
            Ok(Some(seq)) => self.resume(task, seq).await,
            Ok(None) => {}
            Err(refusal) => tracing::warn!(%task, %refusal, "a parked command was not looked at"),
        }
    }

    /// Hands in again every parked command that was approved, as the node starts.
    pub(crate) async fn wake_all_parked(&self) {
        let ready = |state: &State| -> Vec<TaskId> {
            let tasks = state.clearance.tasks().map(|(id, _)| id);
            tasks.filter(|id| is_ready(state, *id)).collect()
        };
        for task in self.read(None, ready).await.unwrap_or_default() {
            self.wake_parked(task).await;
        }
    }

    async fn resume(&self, task: TaskId, seq: u64) {
        let refusal = match self.resumed(task, seq).await {
            Ok(job) => match self.submit(job).await {
                Ok(done) => return self.follow_up(&done.entry).await,
                Err(refusal) => refusal,
            },
            Err(error) => internal(error),
        };
        tracing::info!(%task, code = %refusal.code, "a parked command was refused");
        // Another wake may have been first, and what the node cannot take now waits on.
        if refusal.code.status() >= OWN_FAULT || refusal.code == Code::TaskState {
            return;
        }
        let caller = Caller { principal: None, auth: Auth::Machine };
        let command = Command::ParkedEnd(EndParked { task, code: refusal.code });
        let job = Job { request: Request::new(caller, command, None), vault: Vec::new() };
        if let Err(refusal) = self.submit(job).await {
            tracing::warn!(%task, %refusal, "a parked command was not ended");
        }
    }

    /// The command that waits in a task, unless it was erased.
    pub async fn parked_call(&self, task: TaskId) -> Result<Option<Parkable>, Error> {
        let vault = Arc::clone(&self.vault);
        let opened = blocking(move || vault.open(&parked_id(task))).await??;
        let command = opened.map(|opened| Parkable::from_bytes(&opened.bytes)).transpose();
        command.map_err(|error| Error::Vault { id: parked_id(task), why: error.to_string() })
    }

    /// What the operation would have done behind the command.
    async fn follow_up(&self, entry: &Entry) {
        let Some(AnyId::Principal(principal)) = entry.subject else { return };
        if let Event::KeyRotated(_) = entry.event
            && let Err(rejection) = self.dids().refresh(principal).await
        {
            tracing::warn!(%principal, %rejection, "the DID log cannot tell of a change of keys");
        }
    }

    /// The command as it was parked, by whom and with what proof.
    async fn resumed(&self, task: TaskId, seq: u64) -> Result<Job, Error> {
        let gone = |why: &str| Error::Vault { id: parked_id(task), why: why.to_owned() };
        let entry = self.entry(seq).await?.ok_or_else(|| gone("its entry is gone"))?;
        let command = self.parked_call(task).await?.ok_or_else(|| gone("it was erased"))?;
        let command = command.into_command();
        let caller = Caller { principal: entry.actor, auth: entry.auth.repeated() };
        let mut request = Request::new(caller, command, None);
        request.parking = Some(Parking::Resume(task));
        Ok(Job { request, vault: Vec::new() })
    }
}

fn seq_of(state: &State, task: TaskId) -> Option<u64> {
    state.clearance.task(task).map(|task| task.seq)
}

/// Whether a parked command has its approval and nothing holds it.
fn is_ready(state: &State, id: TaskId) -> bool {
    let Some(task) = state.clearance.task(id) else { return false };
    let request = task.parked.as_ref().and_then(|parked| state.clearance.request(parked.request));
    task.clearance == Clearance::PolicyChecked
        && state.clearance.hold(id).is_none()
        && request.is_some_and(|request| request.state == ApprovalState::Approved)
}
