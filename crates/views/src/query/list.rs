//! Lists of rows with two sides: newest first, by seq, page by page.
//!
//! "Where this principal is on either side" is asked of each side by itself, along that side's
//! index and no further than a page, and the answers are merged. One question with an OR would
//! read every row of a busy principal to show its last fifty.

use hansa_types::PrincipalId;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use crate::column::wide;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::limits::PAGE_ROWS_MAX;
use crate::rows::{Page, PageQuery, Viewer};

/// The columns that name a row's principals.
pub(super) struct Sides {
    /// The two that a list may be about.
    pub(super) two: [&'static str; 2],
    /// One that may see the row beside them, if it differs from both.
    pub(super) other: Option<&'static str>,
}

/// A condition on a column of principals.
#[derive(Debug, Clone, Copy)]
enum Side {
    Is(&'static str, PrincipalId),
    IsNot(&'static str, PrincipalId),
}

/// What finds the rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guide {
    /// One of the sides; all else is only checked.
    Side,
    /// The other conditions.
    Filter,
}

impl Guide {
    /// How to write the column in a condition: as it is, or as a term that no index serves.
    pub(super) fn column(self, column: &'static str) -> String {
        match self {
            Guide::Side => format!("{column} || ''"),
            Guide::Filter => column.to_owned(),
        }
    }
}

/// The rows of a list: those for which all conditions of one of the branches hold. No row is in
/// two branches.
#[derive(Debug)]
pub(super) struct Branches(Vec<Vec<Side>>);

/// A list of a table.
pub(super) struct List<'a, T> {
    pub(super) table: &'static str,
    pub(super) branches: Branches,
    /// Pushes further conditions, each beginning with ` AND `. They are told whether a side is
    /// asked for: then they must not look like the better index to go by.
    pub(super) filter: &'a (dyn Fn(&mut QueryBuilder<Sqlite>, Guide) + Sync),
    pub(super) read: fn(&SqliteRow) -> Result<T, Error>,
    pub(super) seq: fn(&T) -> u64,
}

impl Sides {
    /// The rows with a principal on either side that the viewer may see.
    pub(super) fn branches(&self, party: Option<PrincipalId>, viewer: Viewer) -> Branches {
        let [first, second] = self.two;
        let either = |id| {
            vec![vec![Side::Is(first, id)], vec![Side::Is(second, id), Side::IsNot(first, id)]]
        };
        let branches = match (party, viewer.all, viewer.principal) {
            (None, true, _) => vec![vec![]],
            (Some(party), true, _) => either(party),
            (_, false, None) => vec![],
            (None, false, Some(viewer)) => {
                let others = self.other.map(|other| vec![Side::Is(other, viewer)]);
                either(viewer).into_iter().chain(others).collect()
            }
            (Some(party), false, Some(viewer)) if party == viewer => either(party),
            (Some(party), false, Some(viewer)) => {
                let between = [
                    vec![Side::Is(first, party), Side::Is(second, viewer)],
                    vec![Side::Is(first, viewer), Side::Is(second, party)],
                ];
                let others = self.other.map(|other| {
                    either(party).into_iter().map(move |mut branch| {
                        branch.push(Side::Is(other, viewer));
                        branch
                    })
                });
                between.into_iter().chain(others.into_iter().flatten()).collect()
            }
        };
        Branches(branches)
    }
}

impl Branches {
    /// Every row.
    pub(super) fn all() -> Self {
        Self(vec![vec![]])
    }

    /// The rows that name the viewer in a column, or every row for who sees all.
    pub(super) fn of_one(column: &'static str, viewer: Viewer) -> Self {
        match (viewer.all, viewer.principal) {
            (true, _) => Self::all(),
            (false, Some(viewer)) => Self(vec![vec![Side::Is(column, viewer)]]),
            (false, None) => Self(Vec::new()),
        }
    }
}

/// How many rows a page has.
pub(super) fn rows_wanted(page: PageQuery) -> usize {
    usize::try_from(page.limit.clamp(1, PAGE_ROWS_MAX)).unwrap_or(1)
}

/// The rows to read for a page of so many.
pub(super) fn one_more(wanted: usize) -> i64 {
    i64::try_from(wanted + 1).unwrap_or(1)
}

/// A page of up to `wanted` rows out of one row more, which tells whether there is a next page.
pub(super) fn page<T>(mut items: Vec<T>, wanted: usize, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
    let more = items.len() > wanted;
    items.truncate(wanted);
    let next = items.last().filter(|_| more).map(cursor);
    Page { items, next }
}

impl<T> List<'_, T> {
    /// The page.
    pub(super) async fn page(&self, pool: &SqlitePool, query: PageQuery) -> Result<Page<T>, Error> {
        let after = query.after.map(Cursor::seq).transpose()?;
        let wanted = rows_wanted(query);
        if self.branches.0.is_empty() {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let mut builder = QueryBuilder::new("");
        for (position, branch) in self.branches.0.iter().enumerate() {
            builder.push(if position > 0 { " UNION ALL " } else { "" });
            builder.push("SELECT * FROM (");
            self.push_branch(&mut builder, branch, after);
            push_end(&mut builder, wanted);
            builder.push(") AS branch");
        }
        if self.branches.0.len() > 1 {
            push_end(&mut builder, wanted);
        }
        let rows = builder.build().fetch_all(pool).await.map_err(Error::database("read a list"))?;
        let items = rows.iter().map(self.read).collect::<Result<Vec<T>, Error>>()?;
        Ok(page(items, wanted, |item| Cursor::at_seq((self.seq)(item))))
    }

    fn push_branch(&self, builder: &mut QueryBuilder<Sqlite>, branch: &[Side], after: Option<i64>) {
        builder.push("SELECT * FROM ").push(self.table).push(" WHERE seq < ");
        builder.push_bind(after.unwrap_or(i64::MAX));
        for side in branch {
            let (column, relation, id) = match side {
                Side::Is(column, id) => (column, " = ", id),
                Side::IsNot(column, id) => (column, " IS DISTINCT FROM ", id),
            };
            builder.push(" AND ").push(column).push(relation).push_bind(wide(id.0));
        }
        (self.filter)(builder, if branch.is_empty() { Guide::Filter } else { Guide::Side });
    }
}

/// Orders the rows newest first and takes those of the page and one more.
fn push_end(builder: &mut QueryBuilder<Sqlite>, wanted: usize) {
    builder.push(" ORDER BY seq DESC LIMIT ").push_bind(one_more(wanted));
}
