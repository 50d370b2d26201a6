//! Currencies: listing those there are, making one.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use hansa_kernel::transfer::{CreateCurrency, CurrencyState, FeeRule};
use hansa_kernel::{Command, Entry, Event, codec};
use hansa_node::internal;
use hansa_types::{Currency, CurrencyCode};
use hansa_wire::Problem;
use hansa_wire::api::Page;
use hansa_wire::api::currencies::{CurrencyCreate, CurrencyInfo, CurrencyList};
use tokio::sync::Mutex;

use crate::answer::Answer;
use crate::api::Api;
use crate::context::{Context, Step};
use crate::resolve::counted;
use crate::serve::blocking;

/// The word by which a line about a currency is told from others before it is decoded.
const KIND: &[u8] = b"currency.created";
/// How far into a line its kind may stand.
const KIND_WITHIN: usize = 160;

/// Which entries made the currencies. The state does not keep them, so they are looked up in the
/// journal when somebody first asks, and remembered.
#[derive(Default)]
pub(crate) struct CurrencySeqs {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    seqs: HashMap<CurrencyCode, u64>,
    /// Entries up to here were looked at.
    looked_to: u64,
}

impl CurrencySeqs {
    async fn of(
        &self,
        api: &Api,
        wanted: &[CurrencyState],
    ) -> Result<HashMap<CurrencyCode, u64>, Problem> {
        let mut known = self.known.lock().await;
        let is_known = |kept: &CurrencyState| known.seqs.contains_key(&kept.currency.code);
        if !wanted.iter().all(is_known) {
            let (reader, from) = (Arc::clone(&api.node.reader), known.looked_to + 1);
            let wanted = wanted.len() - known.seqs.len().min(wanted.len());
            let mut found = Known { looked_to: known.looked_to, ..Known::default() };
            let found = blocking(move || {
                let scanned = reader.scan(from, &mut |row| {
                    for (seq, line, _) in row.entries().filter(|&(seq, ..)| seq >= from) {
                        found.look_at(seq, line);
                    }
                    Ok(match found.seqs.len() >= wanted {
                        true => ControlFlow::Break(()),
                        false => ControlFlow::Continue(()),
                    })
                });
                scanned.map(|()| found)
            })
            .await?
            .map_err(|error| internal(error.into()))?;
            known.seqs.extend(found.seqs);
            known.looked_to = found.looked_to;
        }
        Ok(known.seqs.clone())
    }
}

impl Known {
    fn look_at(&mut self, seq: u64, line: &[u8]) {
        self.looked_to = seq;
        let head = line.get(..KIND_WITHIN).unwrap_or(line);
        if head.windows(KIND.len()).any(|window| window == KIND) {
            let entry = codec::decode(line).map(|entry| entry.event);
            if let Ok(Event::CurrencyCreated(created)) = entry {
                self.seqs.insert(created.code, seq);
            }
        }
    }
}

/// The currencies of the ledger in its order, of which the first is the default.
pub(crate) async fn tell_currencies(
    api: &Api,
    currencies: &[CurrencyState],
) -> Result<Vec<CurrencyInfo>, Problem> {
    let seqs = api.currency_seqs.of(api, currencies).await?;
    let told = currencies.iter().enumerate().map(|(position, kept)| CurrencyInfo {
        code: kept.currency.code,
        scale: kept.currency.scale,
        own: kept.own,
        default: position == 0,
        seq: seqs.get(&kept.currency.code).copied().unwrap_or_default(),
    });
    Ok(told.collect())
}

/// Lists currencies in the order they were made.
pub(crate) async fn currency_list(
    context: &Context,
    request: CurrencyList,
) -> Result<Answer, Problem> {
    let look = |state: &hansa_kernel::State| (state.ledger.currencies().to_vec(), state.seq);
    let (currencies, as_of_seq) = context.api.node.read(None, look).await?;
    let told = tell_currencies(&context.api, &currencies).await?;
    let (data, next_cursor) = counted(told, request.cursor.as_ref(), request.limit)?;
    Answer::json(&Page { data, next_cursor, as_of_seq })
}

/// Makes a currency that this node issues, with the node's own fee.
pub(crate) async fn currency_create(
    context: &Context,
    request: CurrencyCreate,
) -> Result<Answer, Problem> {
    let currency = Currency { code: request.code, scale: request.scale };
    let command = CreateCurrency { currency, own: true, fee: fee_in(context, &currency).await? };
    let done = context.submit(Step::new(Command::CurrencyCreate(command))).await?;
    Answer::done(&done, &tell(&done.entry)?)
}

/// The fee of the first currency, its minimum converted to the other's decimals: the same number of
/// major units, or one minor unit if that is more.
async fn fee_in(context: &Context, currency: &Currency) -> Result<FeeRule, Problem> {
    let look = |state: &hansa_kernel::State| state.ledger.currencies().first().cloned();
    let first = context.api.node.read(None, look).await?.ok_or(hansa_types::Code::NotYet)?;
    let minimum = first.currency.format(first.fee.minimum);
    let minimum = currency.parse_or_zero(&minimum).unwrap_or(hansa_types::Amount(1));
    Ok(FeeRule { rate_ppm: first.fee.rate_ppm, minimum })
}

fn tell(entry: &Entry) -> Result<CurrencyInfo, Problem> {
    let Event::CurrencyCreated(created) = &entry.event else {
        return Err(hansa_types::Code::Internal.into());
    };
    Ok(CurrencyInfo {
        code: created.code,
        scale: created.scale,
        own: created.own,
        default: false,
        seq: entry.seq,
    })
}
