//! Many rows in few statements.
//!
//! A statement costs a trip to the connection's thread, so rows are written in groups of a few
//! fixed sizes: few texts, each prepared once. Lookups fill their last group up with a repetition.

use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::column::wide;
use crate::error::Error;
use crate::limits::{INSERT_GROUPS, LOOKUP_IDS_MAX};

/// The values of one row, in the order of the columns.
pub(crate) type Values<'q> = Separated<'q, Sqlite, &'static str>;

/// A statement that writes rows: `INSERT INTO t (…) `, groups of values, and what follows them.
#[derive(Clone, Copy)]
pub(crate) struct Insert {
    pub(crate) head: &'static str,
    pub(crate) tail: &'static str,
}

/// Writes all rows; `bind` pushes the values of one.
pub(crate) async fn insert<T>(
    connection: &mut SqliteConnection,
    statement: Insert,
    mut rows: &[T],
    mut bind: impl FnMut(&mut Values<'_>, &T),
) -> Result<(), Error> {
    for group in INSERT_GROUPS {
        while let Some((now, later)) = rows.split_at_checked(group) {
            if now.is_empty() {
                break;
            }
            let mut builder = QueryBuilder::new(statement.head);
            builder.push_values(now, |mut values, row| bind(&mut values, row));
            builder.push(statement.tail);
            let done = builder.build().execute(&mut *connection).await;
            done.map_err(Error::database("write rows"))?;
            rows = later;
        }
    }
    Ok(())
}

/// Reads the rows whose 16-byte column, the last word of `head`, is one of the ids.
pub(crate) async fn lookup(
    connection: &mut SqliteConnection,
    head: &'static str,
    ids: &[u128],
) -> Result<Vec<SqliteRow>, Error> {
    lookup_by(connection, head, ids, |id| wide(*id)).await
}

/// Reads the rows whose integer column, the last word of `head`, is one of the numbers.
pub(crate) async fn lookup_numbers(
    connection: &mut SqliteConnection,
    head: &'static str,
    numbers: &[i64],
) -> Result<Vec<SqliteRow>, Error> {
    lookup_by(connection, head, numbers, |number| *number).await
}

async fn lookup_by<T, V>(
    connection: &mut SqliteConnection,
    head: &'static str,
    items: &[T],
    value: impl Fn(&T) -> V,
) -> Result<Vec<SqliteRow>, Error>
where
    V: for<'q> sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + Send + 'static,
{
    let mut rows = Vec::new();
    for items in items.chunks(LOOKUP_IDS_MAX) {
        let mut builder = QueryBuilder::new(head);
        list(&mut builder, items, &value);
        let found = builder.build().fetch_all(&mut *connection).await;
        rows.extend(found.map_err(Error::database("look rows up"))?);
    }
    Ok(rows)
}

/// Runs a statement for all numbers in its list, the last thing in it.
pub(crate) async fn for_each(
    connection: &mut SqliteConnection,
    head: &'static str,
    numbers: &[i64],
) -> Result<(), Error> {
    for numbers in numbers.chunks(LOOKUP_IDS_MAX) {
        let mut builder = QueryBuilder::new(head);
        list(&mut builder, numbers, |number| *number);
        let done = builder.build().execute(&mut *connection).await;
        done.map_err(Error::database("change rows"))?;
    }
    Ok(())
}

/// Pushes `(a, b, …)`, filled up to the next group's size.
fn list<'q, T, V>(builder: &mut QueryBuilder<Sqlite>, items: &[T], value: impl Fn(&T) -> V)
where
    V: sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite>,
{
    let group = INSERT_GROUPS.into_iter().rev().find(|group| *group >= items.len());
    let filler = items.last().into_iter().cycle();
    builder.push("(");
    let mut list = builder.separated(", ");
    for item in items.iter().chain(filler).take(group.unwrap_or(LOOKUP_IDS_MAX)) {
        list.push_bind(value(item));
    }
    builder.push(")");
}
