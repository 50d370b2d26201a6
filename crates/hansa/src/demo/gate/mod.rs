//! The gate's story: a payment of $125,000 that needs authority, policy and a second person, and
//! nine ways to get it wrong.
//!
//! The bank is a small server of this process that counts what it is asked to pay. Every wrong way
//! has to be refused by its own name, has to leave the bank's count as it was, and has to be on
//! record; where an agent reached beyond its authority, a compliance monitor has an escalation.

mod cast;
mod outside;
mod right;
mod wrong;

use std::path::Path;

use super::audit;
use super::start;
use super::tell::Teller;
use crate::failure::Failure;
use outside::Outside;

/// The scenes, in their order.
pub(super) async fn story(teller: &mut Teller<'_>, dir: &Path) -> Result<(), Failure> {
    let outside = teller.step("bank_opened", Outside::open(dir)).await?;
    let stage = teller.step("node_started", start::node(dir)).await?;
    let owner = teller.step("owner_created", start::owner(&stage)).await?;
    let mut cast = teller.step("roles_assigned", cast::gather(&stage, owner, outside)).await?;
    teller.step("policy_in_force", cast::policy(&cast)).await?;
    teller.step("authority_given", cast::authority(&mut cast)).await?;

    let task = teller.step("task_declared", right::declare(&cast)).await?;
    teller.step("policy_asked", right::ask_policy(&cast, task)).await?;
    let request = teller.step("approval_requested", right::request(&cast, task)).await?;
    teller.step("payment_approved", right::approve(&cast, task, &request)).await?;
    let paid = teller.step("payment_executed", right::execute(&cast, task)).await?;
    teller.step("receipt_verified", right::receipt(&cast, &paid)).await?;
    teller.step("task_replayed", right::replay(&cast, task)).await?;

    teller.step("no_token_refused", wrong::no_token(&cast)).await?;
    teller.step("expired_token_refused", wrong::expired(&cast)).await?;
    teller.step("revoked_ancestor_refused", wrong::revoked(&cast)).await?;
    teller.step("amount_refused", wrong::amount(&cast)).await?;
    teller.step("tool_refused", wrong::tool(&cast)).await?;
    teller.step("rejected_approval_refused", wrong::rejected(&cast)).await?;
    teller.step("other_amount_refused", wrong::other_amount(&cast)).await?;
    teller.step("own_approval_refused", wrong::own(&cast)).await?;
    teller.step("dead_engine_refused", wrong::dead_engine(&mut cast)).await?;
    teller.step("escalation_resolved", wrong::resolved(&cast)).await?;

    let export = teller.step("journal_exported", audit::export(&cast.owner, dir)).await?;
    let report = teller.step("journal_audited", audit::audit(&export, false)).await?;
    teller.step("node_stopped", stage.stop()).await?;
    teller.audited(&report);
    Ok(())
}
