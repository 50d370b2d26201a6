//! Grants, and what was spent under them.
//!
//! A use is charged to the grant and every one above it, as the kernel does.

use std::collections::{BTreeMap, BTreeSet};

use hansa_kernel::Entry;
use hansa_kernel::grant::Created;
use hansa_kernel::limits::GRANT_DEPTH_MAX;
use hansa_types::{Amount, AnyId, GrantId, Time};
use sqlx::SqliteConnection;

use super::bulk::{Insert, Values, insert, lookup};
use super::odd;
use crate::column::{json, long, wide};
use crate::error::Error;
use crate::query::grants::read;
use crate::rows::GrantRow;

const LOOKUP: &str = "SELECT * FROM grants WHERE id IN ";
const INSERT: Insert = Insert {
    head: "INSERT INTO grants (seq, id, root, issuer, holder, actions, currency, per_use, total, \
           uses_max, scope, spent, uses, expires, depth, depth_max, parent, created_at, revoked_at, \
           relinquished_at, ended_seq) ",
    tail: " ON CONFLICT (seq) DO UPDATE SET \
           spent = excluded.spent, uses = excluded.uses, revoked_at = excluded.revoked_at, \
           relinquished_at = excluded.relinquished_at, ended_seq = excluded.ended_seq",
};

/// The grants that a batch touches, with every one above them.
#[derive(Debug, Default)]
pub(super) struct Grants {
    rows: BTreeMap<GrantId, GrantRow>,
    changed: BTreeSet<GrantId>,
}

/// The grant that an entry carries as its id.
pub(super) fn id(entry: &Entry) -> Option<GrantId> {
    match entry.id {
        AnyId::Grant(id) => Some(id),
        _ => None,
    }
}

impl Grants {
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        wanted: &BTreeSet<GrantId>,
    ) -> Result<Self, Error> {
        let mut grants = Self::default();
        let mut missing: Vec<u128> = wanted.iter().map(|id| id.0).collect();
        while !missing.is_empty() {
            let mut above = BTreeSet::new();
            for row in lookup(connection, LOOKUP, &missing).await? {
                let row = read(&row)?;
                above.extend(row.parent);
                grants.rows.insert(row.id, row);
            }
            let unread = above.into_iter().filter(|id| !grants.rows.contains_key(id));
            missing = unread.map(|id| id.0).collect();
        }
        Ok(grants)
    }

    pub(super) fn created(&mut self, entry: &Entry, created: &Created) {
        let (Some(id), Some(AnyId::Principal(holder))) = (id(entry), entry.subject) else {
            return odd(entry, "names no grant or no holder");
        };
        let above = created.parent.and_then(|parent| self.rows.get(&parent));
        let row = GrantRow {
            id,
            seq: entry.seq,
            root: above.map_or(created.issuer, |above| above.root),
            issuer: created.issuer,
            holder,
            actions: created.actions.iter().map(|action| action.as_str().to_owned()).collect(),
            currency: created.limits.currency,
            per_use: created.limits.per_use,
            total: created.limits.total,
            uses_max: created.limits.uses_max,
            scope: created.scope.clone(),
            spent: Amount::ZERO,
            uses: 0,
            expires: created.expires,
            depth: above.map_or(0, |above| above.depth.saturating_add(1)),
            depth_max: created.depth_max,
            parent: created.parent,
            created_at: entry.ts,
            revoked_at: None,
            relinquished_at: None,
            ended_seq: None,
        };
        self.rows.insert(id, row);
        self.changed.insert(id);
    }

    pub(super) fn revoked(&mut self, entry: &Entry) {
        self.ended(entry, |row| &mut row.revoked_at);
    }

    pub(super) fn relinquished(&mut self, entry: &Entry) {
        self.ended(entry, |row| &mut row.relinquished_at);
    }

    fn ended(&mut self, entry: &Entry, when: fn(&mut GrantRow) -> &mut Option<Time>) {
        match id(entry).and_then(|id| self.rows.get_mut(&id)) {
            Some(row) => {
                when(row).get_or_insert(entry.ts);
                row.ended_seq.get_or_insert(entry.seq);
                self.changed.insert(row.id);
            }
            None => odd(entry, "the grant is not there"),
        }
    }

    pub(super) fn charge(&mut self, entry: &Entry, grant: Option<GrantId>, amount: Amount) {
        let mut next = grant;
        for _ in 0..=GRANT_DEPTH_MAX {
            let Some(id) = next else { return };
            let Some(row) = self.rows.get_mut(&id) else {
                return odd(entry, "the grant it was done under is not there");
            };
            row.spent = row.spent.plus(amount).unwrap_or(Amount(u128::MAX));
            row.uses = row.uses.saturating_add(1);
            next = row.parent;
            self.changed.insert(id);
        }
    }

    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let changed: Vec<_> = self.changed.iter().filter_map(|id| self.rows.get(id)).collect();
        insert(connection, INSERT, &changed, |values, row| bind(values, row)).await
    }
}

fn bind(values: &mut Values<'_>, row: &GrantRow) {
    values.push_bind(long(row.seq));
    values.push_bind(wide(row.id.0));
    values.push_bind(wide(row.root.0));
    values.push_bind(wide(row.issuer.0));
    values.push_bind(wide(row.holder.0));
    values.push_bind(json(&row.actions));
    values.push_bind(row.currency.map(|code| code.as_str().to_owned()));
    values.push_bind(row.per_use.map(|amount| wide(amount.0)));
    values.push_bind(row.total.map(|amount| wide(amount.0)));
    values.push_bind(row.uses_max.map(long));
    values.push_bind(row.scope.as_deref().map(json));
    values.push_bind(wide(row.spent.0));
    values.push_bind(long(row.uses));
    values.push_bind(long(row.expires.0));
    values.push_bind(i64::from(row.depth));
    values.push_bind(row.depth_max.map(i64::from));
    values.push_bind(row.parent.map(|id| wide(id.0)));
    values.push_bind(long(row.created_at.0));
    values.push_bind(row.revoked_at.map(|at| long(at.0)));
    values.push_bind(row.relinquished_at.map(|at| long(at.0)));
    values.push_bind(row.ended_seq.map(long));
}
