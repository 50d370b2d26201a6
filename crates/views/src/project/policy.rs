//! Verdicts of policy sets in shadow that differ from what counted.

use hansa_kernel::Entry;
use hansa_kernel::policy::{Judged, Mode};
use sqlx::SqliteConnection;

use super::bulk::{Insert, insert};
use crate::column::{json, long};
use crate::error::Error;
use crate::rows::PolicyDifferenceRow;

const INSERT: Insert = Insert {
    head: "INSERT INTO policy_differences (seq, at, subject, enforced, differs) ",
    tail: "",
};

/// The differences of a batch, in order.
#[derive(Debug, Default)]
pub(super) struct Differences(Vec<PolicyDifferenceRow>);

impl Differences {
    pub(super) fn judged(&mut self, entry: &Entry, judged: &Judged) {
        let differs = judged.sets.iter().filter(|line| {
            line.mode == Mode::Shadow && !line.failed && line.verdict != judged.verdict
        });
        let differs: Vec<_> = differs.map(|line| (line.set, line.verdict)).collect();
        if !differs.is_empty() {
            self.0.push(PolicyDifferenceRow {
                seq: entry.seq,
                at: entry.ts,
                subject: entry.subject,
                enforced: judged.verdict,
                differs,
            });
        }
    }

    pub(super) async fn store(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        insert(connection, INSERT, &self.0, |values, row| {
            values.push_bind(long(row.seq));
            values.push_bind(long(row.at.0));
            values.push_bind(row.subject.map(|id| id.to_string()));
            values.push_bind(json(&row.enforced));
            values.push_bind(json(&row.differs));
        })
        .await
    }
}
