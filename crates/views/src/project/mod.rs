//! From entries to rows.
//!
//! A batch is projected in three strokes: the rows it will change are looked up, its entries are
//! folded over them in memory, and everything that changed is written back in groups. The fold is
//! pure, so how a journal was cut into batches leaves no trace in the tables.
//!
//! A kind that no fold names leaves the tables alone: whoever asks is told from the state, which has it
//! at hand.
//!
//! Projection is total. The kernel has decided what an entry says; when a row that it changes is
//! not there, or a document says something odd, that much is left out with a warning.

pub(crate) mod accepted;
mod bulk;
mod callback;
mod card;
mod envelope;
mod erased;
mod grant;
mod policy;
mod principal;
mod record;
mod task;
mod transfer;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use hansa_kernel::action::Executor;
use hansa_kernel::{Entry, Event};
use hansa_types::{Amount, AnyId, CurrencyCode, GrantId, PrincipalId, TaskId, TransferId};
use sqlx::SqliteConnection;

use crate::error::Error;
use crate::rows::Projected;

pub(crate) use envelope::node;
pub(crate) use principal::currencies;
pub(crate) use task::Milestone;

/// What the writer remembers between batches, so as not to look it up for each.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Known {
    /// Decimals of each currency.
    pub(crate) scales: BTreeMap<CurrencyCode, u8>,
    /// The node's own principal.
    pub(crate) node: Option<PrincipalId>,
}

/// The rows that the entries of a batch change.
#[derive(Debug, Default)]
struct Needs {
    transfers: BTreeSet<TransferId>,
    tasks: BTreeSet<TaskId>,
    principals: BTreeSet<PrincipalId>,
    grants: BTreeSet<GrantId>,
}

impl Needs {
    fn of(batch: &[Projected]) -> Self {
        let mut needs = Needs::default();
        for Projected { entry, .. } in batch {
            needs.add(entry);
        }
        needs
    }

    fn add(&mut self, entry: &Entry) {
        match entry.subject {
            Some(AnyId::Transfer(id)) => _ = self.transfers.insert(id),
            Some(AnyId::Task(id)) => _ = self.tasks.insert(id),
            _ => {}
        }
        match &entry.event {
            Event::TransferPosted(posted) => {
                self.transfers.extend(posted.of);
                self.grants.extend(posted.grant);
            }
            Event::TransferPending(pending) => self.grants.extend(pending.grant),
            Event::MoneyMinted(minted) => self.grants.extend(minted.grant),
            Event::MoneyBurned(burned) => self.grants.extend(burned.grant),
            Event::EffectStarted(started) => self.grants.extend(started.grant),
            Event::GrantCreated(created) => self.grants.extend(created.parent),
            Event::GrantRevoked(_) | Event::GrantRelinquished(_) | Event::GrantUsed(_) => {
                self.grants.extend(grant::id(entry));
            }
            Event::CardSet(_)
            | Event::KeyRotated(_)
            | Event::NodeKeyRotated(_)
            | Event::PrincipalSuspended(_)
            | Event::PrincipalReinstated(_)
            | Event::AgentTransferred(_)
            | Event::PrincipalErased(_) => {
                self.principals.extend(principal::subject(entry));
            }
            _ => {}
        }
    }
}

/// A batch in the making.
struct Working<'a> {
    known: Cow<'a, Known>,
    transfers: transfer::Transfers,
    tasks: task::Tasks,
    principals: principal::Principals,
    grants: grant::Grants,
    envelopes: Vec<envelope::Record>,
    accepted: accepted::Accepted,
    records: record::Records,
    erasures: erased::Erasures,
    differences: policy::Differences,
    callbacks: callback::Callbacks,
}

/// Projects a batch within the transaction that the connection is in. Returns what the writer
/// shall remember once it is committed, if that changed. An erasure forgets what came before it and
/// nothing that follows, so it ends a part of its own.
pub(crate) async fn project(
    connection: &mut SqliteConnection,
    known: &Known,
    batch: &[Projected],
) -> Result<Option<Known>, Error> {
    let erases = |part: &Projected| matches!(part.entry.event, Event::PrincipalErased(_));
    let mut learnt: Option<Known> = None;
    for part in batch.split_inclusive(erases) {
        let known = learnt.as_ref().unwrap_or(known);
        learnt = project_part(connection, known, part).await?.or(learnt);
    }
    Ok(learnt)
}

async fn project_part(
    connection: &mut SqliteConnection,
    known: &Known,
    batch: &[Projected],
) -> Result<Option<Known>, Error> {
    let needs = Needs::of(batch);
    let mut working = Working {
        known: Cow::Borrowed(known),
        transfers: transfer::Transfers::load(connection, &needs.transfers).await?,
        tasks: task::Tasks::load(connection, &needs.tasks).await?,
        principals: principal::Principals::load(connection, &needs.principals).await?,
        grants: grant::Grants::load(connection, &needs.grants).await?,
        envelopes: Vec::new(),
        accepted: accepted::Accepted::default(),
        records: record::Records::default(),
        erasures: erased::Erasures::default(),
        differences: policy::Differences::default(),
        callbacks: callback::Callbacks::default(),
    };
    for projected in batch {
        working.fold(projected);
    }
    working.store(connection).await?;
    Ok(match working.known {
        Cow::Borrowed(_) => None,
        Cow::Owned(known) => Some(known),
    })
}

impl Working<'_> {
    fn fold(&mut self, projected: &Projected) {
        let Projected { entry, document } = projected;
        let is_card = match &entry.event {
            Event::PrincipalCreated(created) => created.card.is_some(),
            event => matches!(event, Event::CardSet(_)),
        };
        let text = document.as_ref().filter(|_| !is_card);
        // Before the fold, because the step it follows is the task's last one until then.
        let link = envelope::Link::of(&self.tasks, entry);
        self.fold_event(projected);
        self.accepted.entry(entry);
        self.records.entry(entry);
        if let Some(proof) = entry.auth.proof() {
            let row = envelope::Record::new(self, entry, proof, link, text);
            self.envelopes.push(row);
        }
    }

    fn fold_event(&mut self, projected: &Projected) {
        let Projected { entry, document } = projected;
        let document = document.as_ref();
        match &entry.event {
            Event::TransferPosted(posted) => {
                self.transfers.posted(entry, posted);
                self.grants.charge(entry, posted.grant, posted.amount);
            }
            Event::TransferPending(pending) => {
                self.transfers.pending(entry, pending);
                self.grants.charge(entry, pending.grant, pending.amount);
            }
            Event::TransferVoided(voided) => self.transfers.voided(entry, voided),
            Event::MoneyMinted(minted) => {
                self.transfers.minted(entry, minted);
                self.grants.charge(entry, minted.grant, minted.amount);
            }
            Event::MoneyBurned(burned) => {
                self.transfers.burned(entry, burned);
                self.grants.charge(entry, burned.grant, burned.amount);
            }
            Event::CurrencyCreated(created) => {
                self.known.to_mut().scales.entry(created.code).or_insert(created.scale);
                self.principals.currency(created);
            }
            Event::NodeFounded(founded) => {
                self.known.to_mut().node = principal::id(entry);
                self.principals.founded(entry, founded);
            }
            Event::PolicyJudged(judged) => self.differences.judged(entry, judged),
            Event::CallbackAsked(_) => self.callbacks.asked(entry),
            Event::CallbackEnded(ended) => self.callbacks.ended(entry, ended),
            Event::PrincipalCreated(created) => {
                self.principals.created(entry, created, document, &self.known);
            }
            Event::PrincipalSuspended(_) => self.principals.active(entry, false),
            Event::PrincipalReinstated(_) => self.principals.active(entry, true),
            Event::PrincipalErased(_) => {
                self.principals.erased(entry);
                if let Some(id) = principal::subject(entry) {
                    self.erasures.add(id, entry.ts);
                }
            }
            Event::AgentTransferred(done) => self.principals.transferred(entry, done.controller),
            Event::CardSet(set) => self.principals.card_set(entry, set, document, &self.known),
            Event::KeyRotated(rotated) => self.principals.key_rotated(entry, &rotated.key),
            Event::NodeKeyRotated(rotated) => self.principals.key_rotated(entry, &rotated.key),
            Event::ApiKeyCreated(created) => self.principals.api_key_created(entry, created),
            Event::ApiKeyRevoked(_) => self.principals.api_key_revoked(entry),
            Event::GrantCreated(created) => self.grants.created(entry, created),
            Event::GrantRevoked(_) => self.grants.revoked(entry),
            Event::GrantRelinquished(_) => self.grants.relinquished(entry),
            Event::GrantUsed(_) => self.grants.charge(entry, grant::id(entry), Amount::ZERO),
            // A native operation charges by its own entries.
            Event::EffectStarted(started) if started.executor != Executor::Native => {
                self.grants.charge(entry, started.grant, started.amount.unwrap_or_default());
            }
            _ => self.fold_task(entry, document),
        }
    }

    fn fold_task(&mut self, entry: &Entry, document: Option<&serde_json::Value>) {
        match &entry.event {
            Event::TaskOffered(offered) => self.tasks.offered(entry, offered, document),
            Event::TaskSettled(settled) => {
                let known = self.tasks.settled(entry, settled).into_iter().flatten();
                known.for_each(|lesson| self.principals.learn(Some(lesson)));
            }
            Event::TaskRated(rated) => {
                let known = self.tasks.rated(entry, rated);
                self.principals.learn(known);
            }
            Event::TaskCountered(_)
            | Event::TaskAccepted(_)
            | Event::TaskRejected(_)
            | Event::TaskDelegated(_)
            | Event::TaskExecuted(_)
            | Event::TaskClaimed(_)
            | Event::TaskAttested(_)
            | Event::TaskRevoked(_)
            | Event::TaskExpired(_) => self.tasks.step(entry, document),
            _ => {}
        }
    }

    async fn store(&mut self, connection: &mut SqliteConnection) -> Result<(), Error> {
        self.transfers.store(connection).await?;
        self.tasks.store(connection).await?;
        self.principals.store(connection, &self.known).await?;
        self.grants.store(connection).await?;
        self.differences.store(connection).await?;
        self.callbacks.store(connection).await?;
        self.accepted.store(connection).await?;
        self.records.store(connection).await?;
        envelope::store(connection, &self.envelopes).await?;
        self.erasures.store(connection).await
    }
}

/// Says that something about an entry could not be projected.
fn odd(entry: &Entry, what: &'static str) {
    tracing::warn!(seq = entry.seq, kind = entry.event.kind(), what, "not projected");
}
