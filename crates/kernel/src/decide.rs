//! What happens when a command is carried out: the events, or why not.
//!
//! Pure: the same state, command, time and entropy give the same events.

use hansa_types::{AnyId, EntryId, PrincipalId, Rejection, Time, Vis};

use crate::admit::Permit;
use crate::clearance::{Parking, resumed};
use crate::entry::{Auth, Entry};
use crate::event::Event;
use crate::format;
use crate::grant;

/// What a decision may depend on beside the state.
pub struct Context<'a> {
    /// The moment of the batch.
    pub now: Time,
    /// A source of 80 random bits for a new id.
    pub entropy: &'a mut dyn FnMut() -> u128,
}

impl Context<'_> {
    /// 80 random bits for a new id.
    pub fn entropy(&mut self) -> u128 {
        (self.entropy)()
    }

    /// An id for an entry that brings nothing with an id of its own about.
    pub fn entry_id(&mut self) -> EntryId {
        EntryId::new(self.now.0, (self.entropy)())
    }
}

/// An event that was decided, before it has its place in the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The entry's id; made from the batch when absent.
    pub id: Option<AnyId>,
    /// Who may see it.
    pub vis: Vis,
    /// What it is about.
    pub subject: Option<AnyId>,
    /// What happens.
    pub event: Event,
}

impl Draft {
    pub(crate) fn new(id: impl Into<AnyId>, vis: Vis, event: Event) -> Self {
        Self { id: Some(id.into()), vis, subject: None, event }
    }

    /// An event of the founding, where ids come with the batch.
    pub(crate) fn entry(vis: Vis, event: Event) -> Self {
        Self { id: None, vis, subject: None, event }
    }

    pub(crate) fn about(self, subject: impl Into<AnyId>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// The entry at its place. The first of a command keeps the proof and the correlation.
    pub fn into_entry(self, place: Place<'_>, ctx: &mut Context<'_>) -> Entry {
        let Place { seq, actor, auth, corr } = place;
        Entry {
            seq,
            ts: ctx.now,
            id: self.id.unwrap_or_else(|| ctx.entry_id().into()),
            vis: self.vis,
            actor,
            auth: if corr.is_first { auth.recorded() } else { auth.repeated() },
            subject: self.subject,
            corr: corr.correlation.filter(|_| corr.is_first),
            event: self.event,
        }
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its number.
    pub seq: u64,
    /// Who did it.
    pub actor: Option<PrincipalId>,
    /// What was proven.
    pub auth: &'a Auth,
    /// What its request is known by.
    pub corr: Repetition,
}

/// What the request is known by, kept by its first entry alone.
#[derive(Debug, Clone, Copy)]
pub struct Repetition {
    /// Whether the entry is the first of its command.
    pub is_first: bool,
    /// Digest of key and body.
    pub correlation: Option<hansa_types::Correlation>,
}

/// Decides a permitted command. On refusal `out` may hold drafts, which count for nothing.
pub fn decide(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    decide_command(permit, ctx, out)?;
    // What is parked uses nothing yet.
    if !matches!(permit.parking(), Some(Parking::Park(_))) {
        grant::note_use(permit, out);
    }
    if let Some(judgement) = permit.judgement() {
        judgement.draft(ctx, out);
    }
    format::check(permit.state(), out)
}

fn decide_command(
    permit: &Permit<'_>,
    ctx: &mut Context<'_>,
    out: &mut Vec<Draft>,
) -> Result<(), Rejection> {
    if let Some(Parking::Park(park)) = permit.parking() {
        return park.decide(permit, ctx, out);
    }
    permit.command().rules().decide(permit, ctx, out)?;
    match permit.parking() {
        Some(Parking::Resume(task)) => resumed(permit, *task, ctx, out),
        _ => Ok(()),
    }
}
