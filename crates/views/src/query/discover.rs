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
    let mut builder = QueryBuilder::new("");
    if let Some(expression) = expression {
        builder.push(fts::HITS_BEGIN).push_bind(expression).push(fts::HITS_END);
    }
    push_known(&mut builder, query);
    push_matches(&mut builder, query, has_words);
    if let Some(rank) = after {
        push_after(&mut builder, rank, has_words);
    }
    let order = if has_words { "relevance DESC, rank DESC" } else { "rank DESC" };
    builder.push(" ORDER BY ").push(order).push(", seq DESC LIMIT ");
    builder.push_bind(i64::try_from(rows + 1).unwrap_or(1));
    builder.push(") AS best JOIN principals p ON p.seq = best.seq");
    push_reputation(&mut builder, query);
    builder.push(" ORDER BY ").push(order).push(", best.seq DESC");
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

/// Begins to select what is told of the best. They are sorted by little beforehand: rows of agents
/// are wide, and many agents may match.
fn push_known(builder: &mut QueryBuilder<Sqlite>, query: &DiscoverQuery) {
    builder.push("SELECT p.*, best.relevance, best.rank, ");
    builder.push(match query.skill {
        Some(_) => {
            "COALESCE(r.completed, 0) AS known_completed, COALESCE(r.failed, 0) AS known_failed, \
             COALESCE(r.ratings, 0) AS known_ratings, COALESCE(r.stars, 0) AS known_stars"
        }
        None => {
            "p.completed AS known_completed, p.failed AS known_failed, \
             p.ratings AS known_ratings, p.stars AS known_stars"
        }
    });
    builder.push(" FROM (");
}

/// Selects what matches, with what it is sorted by and nothing else.
fn push_matches(builder: &mut QueryBuilder<Sqlite>, query: &DiscoverQuery, has_words: bool) {
    let (relevance, from) = match has_words {
        true => ("hits.relevance", "hits JOIN principals p ON p.seq = hits.seq"),
        false => ("0", "principals p"),
    };
    let rank = if query.skill.is_some() { standing::OF_R } else { "p.standing" };
    builder.push("SELECT * FROM (SELECT p.seq, ").push(relevance).push(" AS relevance, ");
    builder.push(rank).push(" AS rank FROM ").push(from);
    if let Some(skill) = &query.skill {
        builder.push(" JOIN skills s ON s.agent = p.seq AND s.skill = ").push_bind(skill.clone());
    }
    push_reputation(builder, query);
    if let Some(tag) = &query.tag {
        builder.push(" JOIN tags t ON t.agent = p.seq AND t.tag = ").push_bind(tag.to_lowercase());
    }
    builder.push(" WHERE p.kind = 'agent' AND p.active = 1");
    push_limits(builder, query);
    builder.push(") AS found");
}

/// Joins the reputation for the skill asked for, if one is.
fn push_reputation(builder: &mut QueryBuilder<Sqlite>, query: &DiscoverQuery) {
    if let Some(skill) = &query.skill {
        builder.push(
            " LEFT JOIN reputations r ON r.principal = p.id AND r.side = 'agent' AND r.label = ",
        );
        builder.push_bind(label(skill).0.to_vec());
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
