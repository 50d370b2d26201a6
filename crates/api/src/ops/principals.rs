//! Principals of any kind: erasing what is personal about one.

use std::collections::BTreeMap;

use hansa_crypto::json::canonical;
use hansa_crypto::merkle::leaf_hash;
use hansa_kernel::principal::Erase;
use hansa_kernel::task::Stage;
use hansa_kernel::{Command, State};
use hansa_node::limits::ERASE_LISTED_MAX;
use hansa_node::{Done, checkpoint, internal};
use hansa_types::{Code, Duration, PrincipalId, Rejection};
use hansa_wire::Problem;
use hansa_wire::api::accounts::Balance;
use hansa_wire::api::principals::{
    DocumentCount, Erasure, PrincipalErase, RECEIPT_FORMAT, RECEIPT_VERSION, Receipt,
};

use super::accounts::balances;
use super::trial::attempt;
use crate::answer::Answer;
use crate::context::{Context, Step};
use crate::serve::blocking;

/// Erases what is personal about a principal, or says what that would be.
pub(crate) async fn principal_erase(
    context: &Context,
    request: PrincipalErase,
) -> Result<Answer, Problem> {
    let principal = context.find(&request.principal, Code::PrincipalUnknown).await?;
    let command = Command::PrincipalErase(Erase { principal });
    if request.dry_run {
        attempt(context, command).await?;
        return Answer::json(&what_goes(context, principal).await?);
    }
    // Counted before, for afterwards nobody can; a repetition has nothing left to count.
    let before = match attempt(context, command.clone()).await {
        Ok(_) => what_goes(context, principal).await?,
        Err(_) => Erasure::of(principal),
    };
    let done = context.submit(Step::new(command)).await?;
    let gone = context.api.node.end_traces(principal, done.entry.seq).await?;
    let receipt = receipt(context, principal, &done, gone).await?;
    let value = serde_json::to_value(&receipt).map_err(|_| Code::Internal)?;
    let signature = context.api.node.keys.signing().sign(&canonical(&value)?);
    let erasure =
        Erasure { dry_run: false, receipt: Some(receipt), signature: Some(signature), ..before };
    Answer::done(&done, &erasure)
}

/// What the state knows of what goes and what stays.
struct Known {
    api_keys: usize,
    tasks: usize,
    balances: Vec<Balance>,
}

async fn what_goes(context: &Context, principal: PrincipalId) -> Result<Erasure, Problem> {
    let node = &context.api.node;
    let look = move |state: &State| known(state, principal);
    let Known { api_keys, tasks, balances } = node.read(context.principal().ok(), look).await??;
    let mut counts = BTreeMap::<String, u64>::new();
    for id in node.documents_of(principal, ERASE_LISTED_MAX).await? {
        let kind = id.split('/').next().unwrap_or_default();
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    let documents = counts.into_iter().map(|(kind, count)| DocumentCount { kind, count });
    Ok(Erasure {
        dry_run: true,
        documents: documents.collect(),
        api_keys: api_keys as u64,
        tasks: tasks as u64,
        balances,
        ..Erasure::of(principal)
    })
}

fn known(state: &State, principal: PrincipalId) -> Result<Known, Rejection> {
    let handle = state.principal(principal)?;
    let is_open =
        |stage: Stage| matches!(stage, Stage::Offered | Stage::Accepted | Stage::Delegated);
    let open = state.tasks.iter().filter(|task| task.payer == handle || task.agent == handle);
    Ok(Known {
        api_keys: state.principals.get(handle).api_keys.len(),
        tasks: open.filter(|task| is_open(task.stage)).count(),
        balances: balances(state, principal)?,
    })
}

async fn receipt(
    context: &Context,
    principal: PrincipalId,
    done: &Done,
    gone: hansa_node::erase::Gone,
) -> Result<Receipt, Problem> {
    let node = &context.api.node;
    let (seq, at) = (done.entry.seq, done.entry.ts);
    let reader = std::sync::Arc::clone(&node.reader);
    let line = blocking(move || reader.entry(seq)).await?;
    let line = line.map_err(|error| internal(error.into()))?.ok_or(Code::Internal)?;
    let incarnation = node.read(None, |state| state.node().map(|node| node.incarnation)).await??;
    let days = u64::from(node.config.backup_days_max);
    Ok(Receipt {
        format: RECEIPT_FORMAT.to_owned(),
        version: RECEIPT_VERSION,
        node: node.keys.signing().public().did_key(),
        origin: checkpoint::origin(&node.config.host, incarnation),
        principal,
        seq,
        leaf: leaf_hash(&line),
        erased_at: at.into(),
        journal_clean: gone.journal,
        views_clean: gone.views,
        snapshots_clean: gone.snapshots,
        backups_until: at.after(Duration::days(days)).into(),
    })
}
