//! Principals with their cards, keys and reputations, and the currencies their prices are in.
//!
//! A card that is not at hand (it may be erased) leaves a principal without name, price and skills.
//! Prices in a currency that is not known yet are valued when it comes into being.

use std::collections::{BTreeMap, BTreeSet};

use hansa_crypto::hash::label;
use hansa_crypto::keys::PublicKey;
use hansa_kernel::Entry;
use hansa_kernel::node::Founded;
use hansa_kernel::principal::{ApiKeyCreated, CardSet, Created, Kind, Trust};
use hansa_kernel::task::Side;
use hansa_kernel::transfer::CurrencyCreated;
use hansa_types::{AnyId, ApiKeyId, CurrencyCode, Label, PrincipalId, Time};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::bulk::{Insert, Values, for_each, insert, lookup, lookup_numbers};
use super::card::{Facts, Price, minor, name};
use super::{Known, odd};
use crate::column::{self, Columns, Word as _, json, long, wide};
use crate::error::Error;
use crate::query::agents::read;
use crate::rows::{AgentRow, ApiKeyRow};
use crate::{fts, standing};

const LOOKUP: &str = "SELECT * FROM principals WHERE id IN ";
const INSERT: Insert = Insert {
    head: "INSERT INTO principals (seq, id, kind, multibase, controller, active, erased, created_at, \
           name, card, trust, price_currency, price_text, price) ",
    tail: " ON CONFLICT (seq) DO UPDATE SET active = excluded.active, \
           multibase = excluded.multibase, controller = excluded.controller, \
           erased = excluded.erased, name = excluded.name, card = excluded.card, \
           trust = excluded.trust, price_currency = excluded.price_currency, \
           price_text = excluded.price_text, price = excluded.price",
};
const INSERT_CURRENCY: Insert = Insert {
    head: "INSERT INTO currencies (code, scale) ",
    tail: " ON CONFLICT (code) DO NOTHING",
};
const INSERT_SKILL: Insert = Insert { head: "INSERT INTO skills (agent, skill) ", tail: "" };
const INSERT_LABEL: Insert =
    Insert { head: "INSERT INTO labels (label, skill) ", tail: " ON CONFLICT (label) DO NOTHING" };
const SKILLS: &str = "SELECT DISTINCT skill FROM skills WHERE agent IN ";
/// What no card names any more may be what somebody had erased.
const FORGET_LABEL: &str = "DELETE FROM labels WHERE label = $1 \
    AND NOT EXISTS (SELECT 1 FROM skills WHERE skills.skill = labels.skill)";
const INSERT_TAG: Insert = Insert { head: "INSERT INTO tags (agent, tag) ", tail: "" };
const INSERT_INDEX: Insert = Insert { head: fts::INSERT, tail: "" };
const FORGET: [&str; 3] =
    ["DELETE FROM skills WHERE agent IN ", "DELETE FROM tags WHERE agent IN ", fts::DELETE];
const INSERT_API_KEY: Insert = Insert {
    head: "INSERT INTO api_keys (seq, id, principal, actions, expires, created_at, revoked_at) ",
    tail: "",
};
const INSERT_LESSON: Insert = Insert {
    head: "INSERT INTO reputations (principal, label, side, completed, failed, ratings, stars) ",
    tail: " ON CONFLICT (principal, label, side) DO UPDATE SET \
           completed = reputations.completed + excluded.completed, \
           failed = reputations.failed + excluded.failed, \
           ratings = reputations.ratings + excluded.ratings, \
           stars = reputations.stars + excluded.stars",
};

#[derive(Debug)]
struct Record {
    row: AgentRow,
    price: Option<Price>,
    /// What there is to find, when the card is a new one.
    facts: Option<Facts>,
    is_new: bool,
    changed: bool,
}

/// What an entry teaches about somebody's work at a skill.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lesson {
    about: PrincipalId,
    label: Label,
    side: Side,
    pub(super) completed: u64,
    pub(super) failed: u64,
    pub(super) ratings: u64,
    pub(super) stars: u64,
}

/// The principals that a batch touches.
#[derive(Debug, Default)]
pub(super) struct Principals {
    records: BTreeMap<PrincipalId, Record>,
    currencies: Vec<(CurrencyCode, u8)>,
    api_keys: Vec<ApiKeyRow>,
    revoked: Vec<(ApiKeyId, Time)>,
    lessons: BTreeMap<(PrincipalId, Label, Side), Lesson>,
}

/// The principal that an entry carries as its id.
pub(super) fn id(entry: &Entry) -> Option<PrincipalId> {
    match entry.id {
        AnyId::Principal(id) => Some(id),
        _ => None,
    }
}

/// The principal that an entry is about.
pub(super) fn subject(entry: &Entry) -> Option<PrincipalId> {
    match entry.subject {
        Some(AnyId::Principal(id)) => Some(id),
        _ => None,
    }
}

impl Lesson {
    pub(super) fn new(about: PrincipalId, label: Label, side: Side) -> Self {
        Self { about, label, side, completed: 0, failed: 0, ratings: 0, stars: 0 }
    }
}

impl Principals {
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        wanted: &BTreeSet<PrincipalId>,
    ) -> Result<Self, Error> {
        let ids: Vec<u128> = wanted.iter().map(|id| id.0).collect();
        let mut principals = Self::default();
        for row in lookup(connection, LOOKUP, &ids).await? {
            let columns = Columns::new("principals", &row);
            let price =
                match (columns.maybe_code("price_currency")?, columns.maybe_text("price_text")?) {
                    (Some(currency), Some(text)) => Some(Price {
                        currency,
                        text: text.to_owned(),
                        minor: columns.maybe_amount("price")?,
                    }),
                    _ => None,
                };
            let row = read(&row)?;
            let record = Record { row, price, facts: None, is_new: false, changed: false };
            principals.records.insert(record.row.id, record);
        }
        Ok(principals)
    }

    pub(super) fn currency(&mut self, created: &CurrencyCreated) {
        self.currencies.push((created.code, created.scale));
    }

    pub(super) fn founded(&mut self, entry: &Entry, founded: &Founded) {
        self.add(entry, Kind::Node, &founded.key);
    }

    pub(super) fn created(
        &mut self,
        entry: &Entry,
        created: &Created,
        document: Option<&Value>,
        known: &Known,
    ) {
        let Some(record) = self.add(entry, created.kind, &created.key) else { return };
        if created.kind == Kind::Organization {
            record.row.controller = None;
        }
        if created.card.is_some() {
            record.set_card(entry, document, known);
        }
    }

    pub(super) fn transferred(&mut self, entry: &Entry, controller: PrincipalId) {
        if let Some(record) = self.change(entry) {
            record.row.controller = Some(controller);
        }
    }

    fn add(&mut self, entry: &Entry, kind: Kind, key: &PublicKey) -> Option<&mut Record> {
        let Some(id) = id(entry) else {
            odd(entry, "carries no principal's id");
            return None;
        };
        let row = AgentRow {
            id,
            seq: entry.seq,
            kind,
            key: column::key(key),
            controller: entry.actor,
            active: true,
            erased: false,
            created_at: entry.ts,
            name: None,
            card: None,
            trust: Trust::default(),
        };
        let record = Record { row, price: None, facts: None, is_new: true, changed: true };
        self.records.insert(id, record);
        self.records.get_mut(&id)
    }

    pub(super) fn card_set(
        &mut self,
        entry: &Entry,
        set: &CardSet,
        document: Option<&Value>,
        known: &Known,
    ) {
        if let Some(record) = self.change(entry) {
            record.set_card(entry, document, known);
            record.row.trust = set.trust;
        }
    }

    pub(super) fn active(&mut self, entry: &Entry, active: bool) {
        if let Some(record) = self.change(entry) {
            record.row.active = active;
        }
    }

    pub(super) fn erased(&mut self, entry: &Entry) {
        if let Some(record) = self.change(entry) {
            (record.row.active, record.row.erased) = (false, true);
            (record.row.name, record.row.card, record.price) = (None, None, None);
            record.facts = Some(Facts::default());
        }
    }

    pub(super) fn key_rotated(&mut self, entry: &Entry, key: &PublicKey) {
        if let Some(record) = self.change(entry) {
            record.row.key = column::key(key);
        }
    }

    fn change(&mut self, entry: &Entry) -> Option<&mut Record> {
        let Some(record) = subject(entry).and_then(|id| self.records.get_mut(&id)) else {
            odd(entry, "the principal is not there");
            return None;
        };
        record.changed = true;
        Some(record)
    }

    pub(super) fn api_key_created(&mut self, entry: &Entry, created: &ApiKeyCreated) {
        let (AnyId::ApiKey(id), Some(principal)) = (entry.id, subject(entry)) else {
            return odd(entry, "names no API key or no principal");
        };
        self.api_keys.push(ApiKeyRow {
            id,
            seq: entry.seq,
            principal,
            actions: created.actions.iter().map(|action| action.as_str().to_owned()).collect(),
            expires: created.expires,
            created_at: entry.ts,
            revoked_at: None,
            used_at: None,
        });
    }

    pub(super) fn api_key_revoked(&mut self, entry: &Entry) {
        match entry.id {
            AnyId::ApiKey(id) => self.revoked.push((id, entry.ts)),
            _ => odd(entry, "names no API key"),
        }
    }

    pub(super) fn learn(&mut self, lesson: Option<Lesson>) {
        let Some(lesson) = lesson else { return };
        let Lesson { about, label, side, .. } = lesson;
        let sum = self.lessons.entry((about, label, side));
        let sum = sum.or_insert_with(|| Lesson::new(about, label, side));
        sum.completed += lesson.completed;
        sum.failed += lesson.failed;
        sum.ratings += lesson.ratings;
        sum.stars += lesson.stars;
    }

    pub(super) async fn store(
        &self,
        connection: &mut SqliteConnection,
        known: &Known,
    ) -> Result<(), Error> {
        insert(connection, INSERT_CURRENCY, &self.currencies, |values, (code, scale)| {
            values.push_bind(code.as_str().to_owned());
            values.push_bind(i64::from(*scale));
        })
        .await?;
        let changed: Vec<_> = self.records.values().filter(|record| record.changed).collect();
        insert(connection, INSERT, &changed, |values, record| bind(values, record)).await?;
        self.store_facts(connection).await?;
        for (code, _) in &self.currencies {
            value_prices(connection, *code, known).await?;
        }
        self.store_api_keys(connection).await?;
        self.store_lessons(connection).await
    }

    async fn store_facts(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let (mut forget, mut skills, mut tags, mut index) = (vec![], vec![], vec![], vec![]);
        for record in self.records.values() {
            let Some(facts) = &record.facts else { continue };
            let seq = long(record.row.seq);
            if !record.is_new {
                forget.push(seq);
            }
            skills.extend(facts.skills.iter().map(|skill| (seq, skill)));
            tags.extend(facts.tags.iter().map(|tag| (seq, tag)));
            if !record.row.erased {
                index.push((seq, &facts.index));
            }
        }
        let lost = skills_of(connection, &forget).await?;
        for statement in FORGET {
            for_each(connection, statement, &forget).await?;
        }
        store_skills(connection, &skills, &lost).await?;
        insert(connection, INSERT_TAG, &tags, |values, (seq, tag)| {
            values.push_bind(*seq);
            values.push_bind((*tag).clone());
        })
        .await?;
        insert(connection, INSERT_INDEX, &index, |values, (seq, text)| {
            values.push_bind(*seq);
            values.push_bind(text.name.clone());
            values.push_bind(text.skills.clone());
            values.push_bind(text.tags.clone());
            values.push_bind(text.description.clone());
        })
        .await
    }

    async fn store_api_keys(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        insert(connection, INSERT_API_KEY, &self.api_keys, |values, row| {
            values.push_bind(long(row.seq));
            values.push_bind(wide(row.id.0));
            values.push_bind(wide(row.principal.0));
            values.push_bind(json(&row.actions));
            values.push_bind(row.expires.map(|at| long(at.0)));
            values.push_bind(long(row.created_at.0));
            values.push_bind(row.revoked_at.map(|at| long(at.0)));
        })
        .await?;
        for (id, at) in &self.revoked {
            sqlx::query("UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
                .bind(long(at.0))
                .bind(wide(id.0))
                .execute(&mut *connection)
                .await
                .map_err(Error::database("revoke an API key"))?;
        }
        Ok(())
    }

    async fn store_lessons(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let lessons: Vec<_> = self.lessons.values().collect();
        insert(connection, INSERT_LESSON, &lessons, |values, lesson| {
            values.push_bind(wide(lesson.about.0));
            values.push_bind(lesson.label.0.to_vec());
            values.push_bind(lesson.side.word());
            for number in [lesson.completed, lesson.failed, lesson.ratings, lesson.stars] {
                values.push_bind(long(number));
            }
        })
        .await?;
        for lesson in lessons.into_iter().filter(|lesson| lesson.side == Side::Agent) {
            sqlx::query(standing::LEARN)
                .bind(long(lesson.completed))
                .bind(long(lesson.failed))
                .bind(long(lesson.ratings))
                .bind(long(lesson.stars))
                .bind(wide(lesson.about.0))
                .execute(&mut *connection)
                .await
                .map_err(Error::database("add to a reputation"))?;
        }
        Ok(())
    }
}

impl Record {
    fn set_card(&mut self, entry: &Entry, document: Option<&Value>, known: &Known) {
        let card = document.filter(|document| document.is_object());
        if card.is_none() && document.is_some() {
            odd(entry, "the card is no object");
        }
        self.row.card = card.cloned();
        self.row.name = card.and_then(name);
        self.price = card.and_then(|card| Price::of(card, known));
        if self.row.kind == Kind::Agent {
            self.facts = Some(card.map(Facts::of).unwrap_or_default());
        }
    }
}

/// The skills that agents are found by now.
async fn skills_of(
    connection: &mut SqliteConnection,
    agents: &[i64],
) -> Result<BTreeSet<String>, Error> {
    let rows = lookup_numbers(connection, SKILLS, agents).await?;
    rows.iter().map(|row| Ok(Columns::new("skills", row).text("skill")?.to_owned())).collect()
}

/// Writes what agents can do, with a label for each skill that is named anywhere.
async fn store_skills(
    connection: &mut SqliteConnection,
    skills: &[(i64, &String)],
    lost: &BTreeSet<String>,
) -> Result<(), Error> {
    insert(connection, INSERT_SKILL, skills, |values, (seq, skill)| {
        values.push_bind(*seq);
        values.push_bind((*skill).clone());
    })
    .await?;
    let named: BTreeSet<&String> = skills.iter().map(|(_, skill)| *skill).collect();
    let named: Vec<&String> = named.into_iter().collect();
    insert(connection, INSERT_LABEL, &named, |values, skill| {
        values.push_bind(label(skill).0.to_vec());
        values.push_bind((*skill).clone());
    })
    .await?;
    for skill in lost {
        sqlx::query(FORGET_LABEL)
            .bind(label(skill).0.to_vec())
            .execute(&mut *connection)
            .await
            .map_err(Error::database("forget a skill"))?;
    }
    Ok(())
}

/// Values the prices that were waiting for their currency.
async fn value_prices(
    connection: &mut SqliteConnection,
    code: CurrencyCode,
    known: &Known,
) -> Result<(), Error> {
    let failed = || Error::database("value prices");
    let Some(scale) = known.scales.get(&code) else { return Ok(()) };
    let waiting =
        "SELECT seq, price_text FROM principals WHERE price_currency = $1 AND price IS NULL";
    let rows = sqlx::query(waiting).bind(code.as_str().to_owned()).fetch_all(&mut *connection);
    for row in rows.await.map_err(failed())? {
        let columns = Columns::new("principals", &row);
        let Some(price) = minor(code, *scale, columns.text("price_text")?) else { continue };
        sqlx::query("UPDATE principals SET price = $1 WHERE seq = $2")
            .bind(wide(price.0))
            .bind(columns.signed("seq")?)
            .execute(&mut *connection)
            .await
            .map_err(failed())?;
    }
    Ok(())
}

/// The decimals of every currency projected so far.
pub(crate) async fn currencies(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<CurrencyCode, u8>, Error> {
    let rows = sqlx::query("SELECT code, scale FROM currencies").fetch_all(connection).await;
    let mut scales = BTreeMap::new();
    for row in rows.map_err(Error::database("read the currencies"))? {
        let columns = Columns::new("currencies", &row);
        let scale = u8::try_from(columns.number("scale")?);
        let malformed = Error::Malformed { table: "currencies", column: "scale" };
        scales.insert(columns.code("code")?, scale.map_err(|_| malformed)?);
    }
    Ok(scales)
}

fn bind(values: &mut Values<'_>, Record { row, price, .. }: &Record) {
    let price = price.as_ref();
    values.push_bind(long(row.seq));
    values.push_bind(wide(row.id.0));
    values.push_bind(row.kind.word());
    values.push_bind(row.key.clone());
    values.push_bind(row.controller.map(|id| wide(id.0)));
    values.push_bind(i64::from(row.active));
    values.push_bind(i64::from(row.erased));
    values.push_bind(long(row.created_at.0));
    values.push_bind(row.name.clone());
    values.push_bind(row.card.as_ref().map(json));
    values.push_bind(row.trust.word());
    values.push_bind(price.map(|price| price.currency.as_str().to_owned()));
    values.push_bind(price.map(|price| price.text.clone()));
    values.push_bind(price.and_then(|price| price.minor).map(|minor| wide(minor.0)));
}
