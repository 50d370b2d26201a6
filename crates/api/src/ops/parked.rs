//! What an operation that waits would do, in the words of its request: whoever approves it has to see it.

use hansa_kernel::State;
use hansa_kernel::clearance::Parkable;
use hansa_node::internal;
use hansa_types::{Amount, CurrencyCode, TaskId, TransferId};
use hansa_wire::scalar::WireKey;
use hansa_wire::{Problem, WireAmount};
use serde_json::{Map, Value, json};

use super::policies::tell_mode;
use crate::context::Context;

/// The members of a call, of those that are there.
fn members(call: Value) -> Map<String, Value> {
    let Value::Object(mut members) = call else { return Map::new() };
    members.retain(|_, value| !value.is_null());
    members
}

/// What waits in a task; nothing once it was erased.
pub(super) async fn call(context: &Context, task: TaskId) -> Result<Map<String, Value>, Problem> {
    let Some(command) = context.api.node.parked_call(task).await.map_err(internal)? else {
        return Ok(Map::new());
    };
    Ok(members(match command {
        Parkable::TransferCreate(create) => {
            let amount = money(context, create.currency, create.amount).await?;
            let hold =
                create.hold.map(|hold| json!({ "expires_in_s": hold.life.map(|l| l.0 / 1_000) }));
            json!({ "from": create.from, "to": create.to, "amount": amount,
                "currency": create.currency, "hold": hold.map(members) })
        }
        Parkable::TransferPost(post) => {
            let amount = match post.amount {
                Some(amount) => held(context, post.id, amount).await?,
                None => None,
            };
            json!({ "transfer": post.id, "amount": amount })
        }
        Parkable::TransferVoid(void) => json!({ "transfer": void.id }),
        Parkable::MintCreate(mint) => {
            let amount = money(context, mint.currency, mint.amount).await?;
            json!({ "to": mint.to, "amount": amount, "currency": mint.currency })
        }
        Parkable::BurnCreate(burn) => {
            let amount = money(context, burn.currency, burn.amount).await?;
            json!({ "from": burn.from, "amount": amount, "currency": burn.currency })
        }
        Parkable::FundingApprove(approve) => json!({ "funding": approve.id }),
        Parkable::KeyRotate(rotate) => json!({ "agent": rotate.principal,
            "public_key": WireKey(rotate.key), "revoke_former": rotate.revoke_former }),
        Parkable::PolicySetModeSet(set) => {
            json!({ "policy_set": set.id, "mode": tell_mode(set.mode) })
        }
        Parkable::RoleAssign(role) => json!({ "principal": role.principal, "role": role.role }),
        Parkable::RoleWithdraw(role) => json!({ "principal": role.principal, "role": role.role }),
        Parkable::PolicySetActivate(activate) => json!({ "policy_set": activate.id }),
    }))
}

async fn money(
    context: &Context,
    currency: CurrencyCode,
    amount: Amount,
) -> Result<WireAmount, Problem> {
    Ok(WireAmount::of(&context.api.currency(Some(currency)).await?, amount))
}

/// A part of what is held; nothing where that has ended.
async fn held(
    context: &Context,
    id: TransferId,
    amount: Amount,
) -> Result<Option<WireAmount>, Problem> {
    let look = move |state: &State| {
        let held = state.held.get(&id)?;
        Some(state.ledger.currency_state(held.currency).currency)
    };
    let currency = context.api.node.read(None, look).await?;
    Ok(currency.map(|currency| WireAmount::of(&currency, amount)))
}
