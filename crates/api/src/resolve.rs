//! From what a request names to what the kernel knows: principals by id or DID, amounts by their
//! currency.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use hansa_types::{Amount, Code, Currency, CurrencyCode, Did, PrincipalId, Rejection};
use hansa_views::PageQuery;
use hansa_wire::scalar::{Cursor, Limit, PrincipalRef};
use hansa_wire::{Problem, WireAmount};

use crate::api::Api;
use crate::context::Context;

/// The currencies of the node, which never change once they exist.
#[derive(Default)]
pub(crate) struct Currencies {
    known: RwLock<Vec<Currency>>,
}

impl Currencies {
    fn find(&self, code: Option<CurrencyCode>) -> Option<Currency> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        match code {
            None => known.first().copied(),
            Some(code) => known.iter().find(|currency| currency.code == code).copied(),
        }
    }
}

impl Api {
    /// A currency; the node's first unless named.
    pub(crate) async fn currency(&self, code: Option<CurrencyCode>) -> Result<Currency, Rejection> {
        if let Some(currency) = self.currencies.find(code) {
            return Ok(currency);
        }
        let look = |state: &hansa_kernel::State| {
            state.ledger.currencies().iter().map(|kept| kept.currency).collect()
        };
        let all: Vec<Currency> = self.node.read(None, look).await?;
        *self.currencies.known.write().unwrap_or_else(PoisonError::into_inner) = all;
        self.currencies.find(code).ok_or_else(|| match code {
            Some(code) => {
                Rejection::new(Code::CurrencyUnknown, format!("no currency {code} on this node"))
            }
            None => Code::CurrencyUnknown.into(),
        })
    }
}

impl Context {
    /// The principal a request names, or a refusal with this code where there is none.
    pub(crate) async fn find(
        &self,
        named: &PrincipalRef,
        missing: Code,
    ) -> Result<PrincipalId, Problem> {
        match named {
            PrincipalRef::Id(id) => Ok(*id),
            PrincipalRef::Did(did) => {
                let found = self.find_dids([did.clone()]).await?;
                Ok(found.get(did).copied().ok_or(missing)?)
            }
        }
    }

    /// The principal a request names; the caller where it names none.
    pub(crate) async fn find_or_caller(
        &self,
        named: Option<&PrincipalRef>,
    ) -> Result<PrincipalId, Problem> {
        match named {
            Some(named) => self.find(named, Code::PrincipalUnknown).await,
            None => Ok(self.principal()?),
        }
    }

    /// The principals behind DIDs, as far as this node knows them.
    pub(crate) async fn find_dids(
        &self,
        dids: impl IntoIterator<Item = Did>,
    ) -> Result<HashMap<Did, PrincipalId>, Rejection> {
        let dids: Vec<Did> = dids.into_iter().collect();
        if dids.is_empty() {
            return Ok(HashMap::new());
        }
        let asker = self.caller.as_ref().map(|identity| identity.principal);
        let host = self.api.node.config.host.clone();
        self.api
            .node
            .read(asker, move |state| {
                let found = dids.into_iter().filter_map(|did| {
                    let handle = state.find_by_did(&did, &host)?;
                    Some((did, state.principals.get(handle).id))
                });
                found.collect()
            })
            .await
    }
}

/// The minor units of a request's amount; the refusal names the member.
pub(crate) fn amount(
    field: &str,
    amount: &WireAmount,
    currency: &Currency,
) -> Result<Amount, Problem> {
    amount.in_currency(currency).map_err(|rejection| {
        Problem::new(rejection.code, format!("{field}: {}", rejection.detail))
            .with_field(field, &rejection)
    })
}

/// The part of a list that a request asks for.
pub(crate) fn page(cursor: Option<&Cursor>, limit: Limit) -> Result<PageQuery, Problem> {
    let after = cursor.map(|cursor| cursor.as_str().parse()).transpose();
    let after = after.map_err(|_| Problem::from(Code::InvalidCursor))?;
    Ok(PageQuery { after, limit: u32::from(limit.items()) })
}

/// A place in a list, as the answer tells it.
pub(crate) fn next(cursor: Option<hansa_views::Cursor>) -> Option<Cursor> {
    cursor.and_then(|cursor| Cursor::new(cursor.to_string()))
}

/// A failure of the read models as the caller hears of it.
pub(crate) fn views_failed(error: hansa_views::Error) -> Problem {
    match error {
        hansa_views::Error::Cursor => Code::InvalidCursor.into(),
        error => hansa_node::internal(error.into()).into(),
    }
}

/// A place in a list that is counted, for short lists that only grow at their end.
pub(crate) fn place(cursor: Option<&Cursor>) -> Result<usize, Problem> {
    let Some(cursor) = cursor else { return Ok(0) };
    let digits = cursor.as_str().strip_prefix('n');
    let place = digits.and_then(|digits| digits.parse().ok());
    let place = place.filter(|place| place_text(*place) == cursor.as_str());
    place.ok_or_else(|| Code::InvalidCursor.into())
}

fn place_text(place: usize) -> String {
    format!("n{place}")
}

/// A page of a whole short list.
pub(crate) fn counted<T>(
    items: Vec<T>,
    cursor: Option<&Cursor>,
    limit: Limit,
) -> Result<(Vec<T>, Option<Cursor>), Problem> {
    let begin = place(cursor)?;
    let end = begin.saturating_add(usize::from(limit.items()));
    let more = items.len() > end;
    let page = items.into_iter().skip(begin).take(usize::from(limit.items())).collect();
    let next = more.then(|| Cursor::new(place_text(end))).flatten();
    Ok((page, next))
}
