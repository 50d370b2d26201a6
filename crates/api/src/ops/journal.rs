//! The journal: its checkpoint, proofs over its tree, and single entries.

use std::sync::{Arc, PoisonError};

use hansa_crypto::merkle::{Leaves, empty_root, leaf_hash, node_hash};
use hansa_kernel::codec;
use hansa_node::{Error, Node, internal};
use hansa_types::{Code, Digest, Rejection};
use hansa_wire::Problem;
use hansa_wire::api::journal::{
    ConsistencyProof, EntryGet, EntryView, InclusionProof, JournalCheckpoint, JournalConsistency,
    JournalInclusion,
};
use serde_json::Value;

use crate::answer::Answer;
use crate::context::Context;
use crate::serve::blocking;

/// Reads the latest signed checkpoint.
pub(crate) async fn journal_checkpoint(
    context: &Context,
    _: JournalCheckpoint,
) -> Result<Answer, Problem> {
    let node = Arc::clone(&context.api.node);
    let note = blocking(move || checkpoint(&node)).await?.map_err(internal)?;
    let note = note.ok_or_else(unsigned)?;
    Ok(Answer::bytes(note))
}

fn unsigned() -> Problem {
    Problem::new(Code::NotFound, "nothing was signed yet; a checkpoint comes once a second")
}

fn checkpoint(node: &Node) -> Result<Option<String>, Error> {
    Ok(node.reader.checkpoint_latest()?)
}

/// Proves that an entry is in the tree.
pub(crate) async fn journal_inclusion(
    context: &Context,
    request: JournalInclusion,
) -> Result<Answer, Problem> {
    let node = Arc::clone(&context.api.node);
    let (seq, wanted) = (request.seq.0, request.tree_size.map(|size| size.0));
    let proof = blocking(move || inclusion(&node, seq, wanted)).await??;
    Answer::json(&proof)
}

fn inclusion(node: &Node, seq: u64, wanted: Option<u64>) -> Result<InclusionProof, Problem> {
    let tree_size = tree_size(node, wanted)?;
    if seq == 0 || seq > tree_size {
        let detail = format!("seq: no entry {seq} among the first {tree_size}");
        return Err(Problem::new(Code::NotFound, detail));
    }
    let proofs = node.proofs.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |error| internal(Error::from(error));
    let proof = proofs.inclusion(seq, tree_size).map_err(failed)?;
    let root = root(&*proofs, tree_size).map_err(failed)?;
    let leaf = proofs.subtree(seq - 1, 1).map_err(failed)?;
    Ok(InclusionProof { seq, tree_size, leaf, root, proof })
}

/// Proves that a later tree only appended to an earlier one.
pub(crate) async fn journal_consistency(
    context: &Context,
    request: JournalConsistency,
) -> Result<Answer, Problem> {
    let node = Arc::clone(&context.api.node);
    let (from, to) = (request.from.0, request.to.map(|to| to.0));
    let proof = blocking(move || consistency(&node, from, to)).await??;
    Answer::json(&proof)
}

fn consistency(node: &Node, from: u64, wanted: Option<u64>) -> Result<ConsistencyProof, Problem> {
    let to = tree_size(node, wanted)?;
    if from > to {
        return Err(Problem::new(Code::InvalidField, "from: larger than the later tree"));
    }
    let proofs = node.proofs.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |error| internal(Error::from(error));
    Ok(ConsistencyProof {
        from,
        to,
        from_root: root(&*proofs, from).map_err(failed)?,
        to_root: root(&*proofs, to).map_err(failed)?,
        proof: proofs.consistency(from, to).map_err(failed)?,
    })
}

/// The size asked for, or that of the latest checkpoint.
fn tree_size(node: &Node, wanted: Option<u64>) -> Result<u64, Problem> {
    let durable = node.durable.seq();
    match wanted {
        Some(size) if size > durable => Err(Problem::new(
            Code::NotFound,
            format!("the journal has {durable} entries, not {size}"),
        )),
        Some(size) => Ok(size),
        None => {
            let note = checkpoint(node).map_err(internal)?.ok_or_else(unsigned)?;
            let size = note.lines().nth(1).and_then(|line| line.parse().ok());
            Ok(size.ok_or(Code::Internal)?)
        }
    }
}

/// The root over the first `size` leaves: complete subtrees joined from the right.
fn root<L: Leaves>(leaves: &L, size: u64) -> Result<Digest, L::Error> {
    let (mut root, mut rest) = (None, size);
    while rest > 0 {
        let subtree_size = 1 << rest.trailing_zeros();
        rest -= subtree_size;
        let subtree = leaves.subtree(rest, subtree_size)?;
        root = Some(root.map_or(subtree, |right| node_hash(&subtree, &right)));
    }
    Ok(root.unwrap_or_else(empty_root))
}

/// Reads an entry that the caller may see.
pub(crate) async fn entry_get(context: &Context, request: EntryGet) -> Result<Answer, Problem> {
    let sight = context.sight().await?;
    let (node, seq) = (Arc::clone(&context.api.node), request.seq.0);
    let line = blocking(move || node.reader.entry(seq)).await?;
    let line = line.map_err(|error| internal(error.into()))?.ok_or(Code::NotFound)?;
    let entry = codec::decode(&line);
    let entry = entry.map_err(|source| internal(Error::Entry { seq, source }))?;
    if !sight.may_see(&entry) {
        return Err(Code::NotFound.into());
    }
    let broken = |_| Rejection::from(Code::Internal);
    let Value::Object(members) = serde_json::from_slice(&line).map_err(broken)? else {
        return Err(Code::Internal.into());
    };
    let leaf = leaf_hash(&line);
    let line = String::from_utf8(line).map_err(|_| Code::Internal)?;
    Answer::json(&EntryView { seq, leaf, line, entry: members })
}
