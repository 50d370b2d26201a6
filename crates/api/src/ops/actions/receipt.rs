//! Receipts: what the journal says of an action, signed.

use hansa_kernel::Event;
use hansa_kernel::action::action_of;
use hansa_types::Code;
use hansa_wire::Problem;
use hansa_wire::api::actions::{ActionReceipt, ReceiptGet};

use super::super::replay::takes_part;
use super::view::{recorded, unknown};
use crate::answer::Answer;
use crate::context::Context;

/// Signs the receipt of an action, for who has a part in it.
pub(crate) async fn receipt_get(context: &Context, request: ReceiptGet) -> Result<Answer, Problem> {
    let recorded = recorded(context, action_of(request.receipt)).await?;
    let first = recorded.entries.first().ok_or_else(unknown)?;
    let Event::EffectStarted(started) = &first.event else {
        return Err(Code::ActionUnknown.into());
    };
    let looker = context.principal()?;
    let is_party = first.actor == Some(looker) || started.by == Some(looker);
    if !is_party && !takes_part(context, first.task()).await? {
        return Err(Code::ActionUnknown.into());
    }
    let (jws, claims) = hansa_node::effect::receipt(&context.api.node, &recorded.lines)?;
    Answer::json(&ActionReceipt { id: request.receipt, jws, claims })
}
