//! What the views are asked, one file for each noun.
//!
//! Every question runs on a connection that only reads. Who may see a row is part of the question
//! and never filtered afterwards, so pages are full and hidden rows cannot be counted.

pub(crate) mod accepted;
pub(crate) mod agents;
pub(crate) mod callbacks;
pub(crate) mod discover;
pub(crate) mod envelopes;
pub(crate) mod grants;
mod list;
pub(crate) mod policies;
pub(crate) mod records;
pub(crate) mod tasks;
pub(crate) mod transfers;

use sqlx::{QueryBuilder, Sqlite};

use crate::column::wide;
use crate::rows::Viewer;

/// Restricts a query to what the viewer may see: rows with it in one of the columns, or all.
/// `false` when that is nothing, and the query need not run.
fn restrict(
    builder: &mut QueryBuilder<Sqlite>,
    viewer: Viewer,
    columns: &'static [&'static str],
) -> bool {
    match (viewer.all, viewer.principal) {
        (true, _) => true,
        (false, None) => false,
        (false, Some(principal)) => {
            for (position, column) in columns.iter().enumerate() {
                builder.push(if position > 0 { " OR " } else { " AND (" });
                builder.push(column).push(" = ").push_bind(wide(principal.0));
            }
            builder.push(")");
            true
        }
    }
}
