//! Entries as bytes and back: the only place where an event meets JSON.
//!
//! A line is `{seq, ts_ms, id, kind, v, vis, actor, auth, subject, corr, data}` in that order;
//! members with their default (version 1, visible to the parties, nobody, nothing) are omitted.

use std::borrow::Cow;

use hansa_types::{AnyId, Correlation, PrincipalId, Time, Vis};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::entry::{Auth, Entry};
use crate::event::{DecodeError, Event};

#[derive(Serialize)]
struct LineOut<'a> {
    seq: u64,
    ts_ms: u64,
    id: AnyId,
    kind: &'static str,
    #[serde(skip_serializing_if = "is_first_version")]
    v: u16,
    #[serde(skip_serializing_if = "is_default_vis")]
    vis: Vis,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<PrincipalId>,
    auth: &'a Auth,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<AnyId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corr: Option<Correlation>,
    data: &'a Event,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineIn<'a> {
    seq: u64,
    ts_ms: u64,
    id: AnyId,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(default = "first_version")]
    v: u16,
    #[serde(default = "default_vis")]
    vis: Vis,
    #[serde(default)]
    actor: Option<PrincipalId>,
    auth: Auth,
    #[serde(default)]
    subject: Option<AnyId>,
    #[serde(default)]
    corr: Option<Correlation>,
    #[serde(borrow)]
    data: &'a RawValue,
}

fn first_version() -> u16 {
    1
}

fn is_first_version(v: &u16) -> bool {
    *v == first_version()
}

fn default_vis() -> Vis {
    Vis::Parties
}

fn is_default_vis(vis: &Vis) -> bool {
    *vis == default_vis()
}

/// Appends the entry's line, without a newline, to `out`.
pub fn encode(entry: &Entry, out: &mut Vec<u8>) {
    let line = LineOut {
        seq: entry.seq,
        ts_ms: entry.ts.0,
        id: entry.id,
        kind: entry.event.kind(),
        v: entry.event.version(),
        vis: entry.vis,
        actor: entry.actor,
        auth: &entry.auth,
        subject: entry.subject,
        corr: entry.corr,
        data: &entry.event,
    };
    let written = serde_json::to_writer(&mut *out, &line);
    assert!(written.is_ok(), "writing to memory cannot fail and every event has a JSON form");
}

/// Reads an entry's line.
pub fn decode(line: &[u8]) -> Result<Entry, DecodeError> {
    let line: LineIn<'_> = serde_json::from_slice(line)?;
    Ok(Entry {
        seq: line.seq,
        ts: Time(line.ts_ms),
        id: line.id,
        vis: line.vis,
        actor: line.actor,
        auth: line.auth,
        subject: line.subject,
        corr: line.corr,
        event: Event::read(&line.kind, line.v, line.data)?,
    })
}
