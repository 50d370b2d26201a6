//! Entries as bytes and back: the only place where an event meets JSON.
//!
//! A line is `{seq, ts_ms, id, kind, v, vis, actor, auth, subject, corr, data}` in that order;
//! members with their default (version 1, visible to the parties, nobody, nothing) are omitted.

use std::fmt;

use hansa_types::{AnyId, Correlation, PrincipalId, Time, Vis};
use serde::de::{Deserializer as _, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

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

/// The members of a line.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Member {
    Seq,
    TsMs,
    Id,
    Kind,
    V,
    Vis,
    Actor,
    Auth,
    Subject,
    Corr,
    Data,
}

/// A line as it is read: in one pass, because the kind comes before the data.
#[derive(Default)]
struct LineIn<'a> {
    seq: Option<u64>,
    ts_ms: Option<u64>,
    id: Option<AnyId>,
    kind: Option<&'a str>,
    v: Option<u16>,
    vis: Option<Vis>,
    actor: Option<PrincipalId>,
    auth: Option<Auth>,
    subject: Option<AnyId>,
    corr: Option<Correlation>,
    data: Option<Event>,
}

/// Reads a line; keeps the kind and version that it did not know.
struct Reader<'u> {
    unknown: &'u mut Option<(String, u16)>,
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the object of an entry")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Entry, A::Error> {
        let mut line = LineIn::default();
        while let Some(member) = map.next_key()? {
            if line.data.is_some() {
                return Err(A::Error::custom("the data stands last"));
            }
            match member {
                Member::Seq => once(&mut line.seq, &mut map, "seq")?,
                Member::TsMs => once(&mut line.ts_ms, &mut map, "ts_ms")?,
                Member::Id => once(&mut line.id, &mut map, "id")?,
                Member::Kind => once(&mut line.kind, &mut map, "kind")?,
                Member::V => once(&mut line.v, &mut map, "v")?,
                Member::Vis => once(&mut line.vis, &mut map, "vis")?,
                Member::Actor => once(&mut line.actor, &mut map, "actor")?,
                Member::Auth => once(&mut line.auth, &mut map, "auth")?,
                Member::Subject => once(&mut line.subject, &mut map, "subject")?,
                Member::Corr => once(&mut line.corr, &mut map, "corr")?,
                Member::Data => line.data = Some(self.read_data(&line, &mut map)?),
            }
        }
        line.complete()
    }
}
impl Reader<'_> {
    fn read_data<'de, A: MapAccess<'de>>(
        &mut self,
        line: &LineIn<'de>,
        map: &mut A,
    ) -> Result<Event, A::Error> {
        let kind = line.kind.ok_or_else(|| A::Error::custom("the kind stands before the data"))?;
        let version = line.v.unwrap_or(first_version());
        Event::read(kind, version, map)?.ok_or_else(|| {
            *self.unknown = Some((kind.to_owned(), version));
            A::Error::custom("unknown kind")
        })
    }
}

impl LineIn<'_> {
    fn complete<E: Error>(self) -> Result<Entry, E> {
        Ok(Entry {
            seq: self.seq.ok_or_else(|| E::missing_field("seq"))?,
            ts: self.ts_ms.map(Time).ok_or_else(|| E::missing_field("ts_ms"))?,
            id: self.id.ok_or_else(|| E::missing_field("id"))?,
            vis: self.vis.unwrap_or(default_vis()),
            actor: self.actor,
            auth: self.auth.ok_or_else(|| E::missing_field("auth"))?,
            subject: self.subject,
            corr: self.corr,
            event: self.data.ok_or_else(|| E::missing_field("data"))?,
        })
    }
}

/// Reads a member's value into its slot, which it may fill but once.
fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    map: &mut A,
    name: &'static str,
) -> Result<(), A::Error> {
    match slot.replace(map.next_value()?) {
        Some(_) => Err(A::Error::duplicate_field(name)),
        None => Ok(()),
    }
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
    let mut unknown = None;
    let mut json = serde_json::Deserializer::from_slice(line);
    let read = json.deserialize_map(Reader { unknown: &mut unknown });
    match (read.and_then(|entry| json.end().map(|()| entry)), unknown) {
        (Ok(entry), _) => Ok(entry),
        (Err(_), Some((kind, version))) => Err(DecodeError::Kind { kind, version }),
        (Err(error), None) => Err(error.into()),
    }
}
