//! Finding agents by words, skill, tag, price and reputation.
//!
//! # Ranking
//!
//! With words, agents are sorted by how well the words match: bm25 over name (weight 10), skills
//! (5), tags (4) and description (1), see [`crate::fts`]. All words must be found somewhere, each
//! as a word or as the beginning of one. Without words every agent matches equally well.
//!
//! Among equals the better standing comes first, see [`crate::standing`]: for the skill asked for
//! if one is, else over all skills. Among those the newest comes first.
//!
//! A price limit leaves out agents that name no price in that currency: what an agent does not say
//! is not known to be within the limit.

use hansa_crypto::hash::label;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::agents::{mean_milli, read};
use super::list::{page, rows_wanted};
use crate::column::{Columns, long, wide};
use crate::cursor::{Cursor, Rank};
use crate::error::Error;
use crate::rows::{DiscoverQuery, DiscoveredRow, Page, PageQuery, Standing};
use crate::{fts, standing};

pub(crate) async fn discover(
    pool: &SqlitePool,
    query: &DiscoverQuery,
    wanted: PageQuery,
) -> Result<Page<DiscoveredRow>, Error> {
    let after = wanted.after.map(Cursor::rank).transpose()?;
    let rows = rows_wanted(wanted);
    let words = query.query.as_deref().filter(|words| !words.trim().is_empty());
    let expression = words.map(fts::expression);
    if let Some(None) = expression {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let expression = expression.flatten();
    let has_words = expression.is_some();
    let mut builder = statement(query, expression);
    if let Some(rank) = after {
        push_after(&mut builder, rank, has_words);
    }
    builder.push(if has_words {
        " ORDER BY relevance DESC, rank DESC"
    } else {
        " ORDER BY rank DESC"
    });
    builder.push(", seq DESC LIMIT ");
    builder.push_bind(i64::try_from(rows + 1).unwrap_or(1));
    let found = builder.build().fetch_all(pool).await.map_err(Error::database("find agents"))?;
    let found = found.iter().map(read_found).collect::<Result<Vec<_>, Error>>()?;
    let page = page(found, rows, |(_, rank)| Cursor::at_rank(*rank));
    Ok(Page { items: page.items.into_iter().map(|(row, _)| row).collect(), next: page.next })
}

/// Goes on behind a row. Relevance is left out where it is the same for all, so that the order is
/// that of the index over standings.
fn push_after(builder: &mut QueryBuilder<Sqlite>, rank: Rank, has_words: bool) {
    if has_words {
        builder.push(" WHERE (relevance, rank, seq) < (").push_bind(rank.relevance).push(", ");
    } else {
        builder.push(" WHERE (rank, seq) < (");
    }
    builder.push_bind(rank.standing).push(", ").push_bind(rank.seq).push(")");
}

/// Selects what matches, with what it is sorted by.
fn statement(query: &DiscoverQuery, expression: Option<String>) -> QueryBuilder<Sqlite> {
    let mut builder = QueryBuilder::new("");
    let relevance = match expression {
        Some(expression) => {
            builder.push(fts::HITS_BEGIN).push_bind(expression).push(fts::HITS_END);
            "hits.relevance"
        }
        None => "0",
    };
    builder.push("SELECT * FROM (SELECT p.*, ").push(relevance).push(" AS relevance, ");
    match query.skill {
        Some(_) => builder.push("COALESCE(r.completed, 0) AS known_completed, COALESCE(r.failed, 0) AS known_failed, COALESCE(r.ratings, 0) AS known_ratings, COALESCE(r.stars, 0) AS known_stars, ").push(standing::OF_R),
        None => builder.push("p.completed AS known_completed, p.failed AS known_failed, p.ratings AS known_ratings, p.stars AS known_stars, p.standing"),
    };
    builder.push(" AS rank FROM ");
    builder.push(match relevance {
        "0" => "principals p",
        _ => "hits JOIN principals p ON p.seq = hits.seq",
    });
    push_joins(&mut builder, query);
    builder.push(" WHERE p.kind = 'agent' AND p.active = 1");
    push_limits(&mut builder, query);
    builder.push(") AS found");
    builder
}

fn push_joins(builder: &mut QueryBuilder<Sqlite>, query: &DiscoverQuery) {
    if let Some(skill) = &query.skill {
        builder.push(" JOIN skills s ON s.agent = p.seq AND s.skill = ").push_bind(skill.clone());
        builder.push(
            " LEFT JOIN reputations r ON r.principal = p.id AND r.side = 'agent' AND r.label = ",
        );
        builder.push_bind(label(skill).0.to_vec());
    }
    if let Some(tag) = &query.tag {
        builder.push(" JOIN tags t ON t.agent = p.seq AND t.tag = ").push_bind(tag.to_lowercase());
    }
}

fn push_limits(builder: &mut QueryBuilder<Sqlite>, query: &DiscoverQuery) {
    if let Some((currency, most)) = query.price_max {
        builder.push(" AND p.price_currency = ").push_bind(currency.as_str().to_owned());
        builder.push(" AND p.price <= ").push_bind(wide(most.0));
    }
    if let Some(least) = query.reputation_min_milli.filter(|least| *least > 0) {
        let known = if query.skill.is_some() { "r" } else { "p" };
        builder.push(" AND ").push(known).push(".ratings > 0 AND 1000 * ").push(known);
        builder.push(".stars / ").push(known).push(".ratings >= ").push_bind(long(least));
    }
}

fn read_found(row: &SqliteRow) -> Result<(DiscoveredRow, Rank), Error> {
    let columns = Columns::new("principals", row);
    let agent = read(row)?;
    let ratings = columns.number("known_ratings")?;
    let reputation = Standing {
        completed: columns.number("known_completed")?,
        failed: columns.number("known_failed")?,
        ratings,
        mean_milli: mean_milli(ratings, columns.number("known_stars")?),
    };
    let rank = Rank {
        relevance: columns.signed("relevance")?,
        standing: columns.signed("rank")?,
        seq: columns.signed("seq")?,
    };
    let price = columns.maybe_code("price_currency")?.zip(columns.maybe_text("price_text")?);
    let price = price.map(|(currency, text)| (currency, text.to_owned()));
    let (score, standing_milli) = (rank.relevance, rank.standing);
    Ok((DiscoveredRow { agent, reputation, price, score, standing_milli }, rank))
}
