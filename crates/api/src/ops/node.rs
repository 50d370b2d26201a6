//! Who the node is.

use hansa_kernel::State;
use hansa_kernel::node::{Mode, Node};
use hansa_kernel::transfer::CurrencyState;
use hansa_types::{Amount, Code, Currency, Rejection};
use hansa_wire::api::node::{FeePolicy, NodeGet, NodeInfo, NodeMode};
use hansa_wire::scalar::WireKey;
use hansa_wire::{Problem, WireAmount};

use super::currencies::tell_currencies;
use crate::answer::Answer;
use crate::context::Context;

/// A node as its state knows it.
struct Look {
    node: Node,
    currencies: Vec<CurrencyState>,
    seq: u64,
}

fn look(state: &State) -> Result<Look, Rejection> {
    let currencies = state.ledger.currencies().to_vec();
    Ok(Look { node: state.node()?.clone(), currencies, seq: state.seq })
}

/// Describes the node.
pub(crate) async fn node_get(context: &Context, _: NodeGet) -> Result<Answer, Problem> {
    let Look { node, currencies, seq } = context.api.node.read(None, look).await??;
    let told = tell_currencies(&context.api, &currencies).await?;
    Answer::json(&NodeInfo {
        did: context.api.did(),
        public_key: WireKey(node.key),
        incarnation: node.incarnation,
        mode: match node.mode {
            Mode::Sovereign => NodeMode::Sovereign,
            Mode::Satellite => NodeMode::Satellite,
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        setup_pending: !node.owned,
        fee: fee_policy(&currencies)?,
        currencies: told,
        as_of_seq: seq,
    })
}

/// The fee on the first currency, which every founded node has.
fn fee_policy(currencies: &[CurrencyState]) -> Result<FeePolicy, Rejection> {
    let first = currencies.first().ok_or(Code::NotYet)?;
    // A rate in parts per million has six decimals.
    let millionths = Currency { scale: 6, ..first.currency };
    Ok(FeePolicy {
        rate: WireAmount::of(&millionths, Amount(u128::from(first.fee.rate_ppm))),
        minimum: WireAmount::of(&first.currency, first.fee.minimum),
    })
}
