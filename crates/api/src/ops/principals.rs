//! Principals of any kind: erasing what is personal about one.

use std::collections::BTreeMap;

use hansa_crypto::json::canonical;
use hansa_crypto::merkle::leaf_hash;
use hansa_kernel::principal::Erase;
use hansa_kernel::task::Stage;
use hansa_kernel::{Command, State};
use hansa_node::erase::Gone;
use hansa_node::limits::ERASE_LISTED_MAX;
use hansa_node::{Done, checkpoint, internal};
use hansa_types::{Code, Duration, MemoryId, PrincipalId, Rejection, Signature};
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

/// What memories are called among the documents that an erasure destroys.
const MEMORY: &str = "memory";

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
    let (receipt, signature) = receipt(context, (principal, None), &done, gone).await?;
    let erasure =
        Erasure { dry_run: false, receipt: Some(receipt), signature: Some(signature), ..before };
    Answer::done(&done, &erasure)
}

/// What the state knows of what goes and what stays.
struct Known {
    api_keys: usize,
    /// Memories of its own and of its agents.
    memories: usize,
    tasks: usize,
    balances: Vec<Balance>,
}

async fn what_goes(context: &Context, principal: PrincipalId) -> Result<Erasure, Problem> {
    let node = &context.api.node;
    let look = move |state: &State| known(state, principal);
    let Known { api_keys, memories, tasks, balances } =
        node.read(context.principal().ok(), look).await??;
    let mut counts = BTreeMap::<String, u64>::new();
    for id in node.documents_of(principal, ERASE_LISTED_MAX).await? {
        let kind = id.split('/').next().unwrap_or_default();
        if kind == MEMORY {
            // Several records make one.
            continue;
        }
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    if memories > 0 {
        counts.insert(MEMORY.to_owned(), memories as u64);
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
        memories: state.memories.count_of(handle)
            + state
                .agents_with_memories(handle)
                .map(|agent| state.memories.count_of(agent))
                .sum::<usize>(),
        tasks: open.filter(|task| is_open(task.stage)).count(),
        balances: balances(state, principal)?,
    })
}

/// The node's word that somebody, or a memory of theirs, was erased, and its signature of that.
pub(super) async fn receipt(
    context: &Context,
    (principal, memory): (PrincipalId, Option<MemoryId>),
    done: &Done,
    gone: Gone,
) -> Result<(Receipt, Signature), Problem> {
    let node = &context.api.node;
    let (seq, at) = (done.entry.seq, done.entry.ts);
    let reader = std::sync::Arc::clone(&node.reader);
    let line = blocking(move || reader.entry(seq)).await?;
    let line = line.map_err(|error| internal(error.into()))?.ok_or(Code::Internal)?;
    let incarnation = node.read(None, |state| state.node().map(|node| node.incarnation)).await??;
    let days = u64::from(node.config.backup_days_max);
    let receipt = Receipt {
        format: RECEIPT_FORMAT.to_owned(),
        version: RECEIPT_VERSION,
        node: node.keys.signing().public().did_key(),
        origin: checkpoint::origin(&node.config.host, incarnation),
        principal,
        memory,
        seq,
        leaf: leaf_hash(&line),
        erased_at: at.into(),
        journal_clean: gone.journal,
        views_clean: gone.views,
        snapshots_clean: gone.snapshots,
        backups_until: at.after(Duration::days(days)).into(),
    };
    let value = serde_json::to_value(&receipt).map_err(|_| Code::Internal)?;
    let signature = node.keys.signing().sign(&canonical(&value)?);
    Ok((receipt, signature))
}
