//! All money there is, added up from the accounts.

use hansa_kernel::State;
use hansa_kernel::transfer::{CurrencyIndex, Supply as Books};
use hansa_types::Currency;
use hansa_wire::Problem;
use hansa_wire::api::projections::{CurrencySupply, Sums, Supply, SupplyAudit};
use tokio::sync::Mutex;

use crate::answer::Answer;
use crate::context::Context;

/// The last audit. Everybody may ask for one, so the accounts are added up once per entry at most,
/// and once at a time.
#[derive(Default)]
pub(crate) struct SupplyCache {
    last: Mutex<Option<Supply>>,
}

/// Adds all accounts up.
pub(crate) async fn supply_audit(context: &Context, _: SupplyAudit) -> Result<Answer, Problem> {
    Answer::json(&supply(context).await?)
}

/// The present audit.
pub(super) async fn supply(context: &Context) -> Result<Supply, Problem> {
    let node = &context.api.node;
    let mut last = context.api.supply.last.lock().await;
    if let Some(supply) = last.as_ref().filter(|supply| supply.seq == node.durable.seq()) {
        return Ok(supply.clone());
    }
    let supply = node.read(None, add_up).await?;
    *last = Some(supply.clone());
    Ok(supply)
}

fn add_up(state: &State) -> Supply {
    let currencies = (0u16..)
        .zip(state.ledger.currencies())
        .map(|(index, kept)| tell(&kept.currency, &state.ledger.supply(CurrencyIndex(index))));
    Supply { currencies: currencies.collect(), seq: state.seq }
}

fn tell(currency: &Currency, books: &Books) -> CurrencySupply {
    let Books { issued, burned, circulating: total, held } = *books;
    CurrencySupply::of(currency, Sums { issued, burned, total, held })
}
