//! The journal: its checkpoint, proofs over its tree, and single entries.

use std::sync::{Arc, Mutex, PoisonError};

use hansa_crypto::checkpoint::Checkpoint;
use hansa_crypto::merkle::{Leaves, empty_root, leaf_hash, node_hash};
use hansa_kernel::codec;
use hansa_node::checkpoint::origin;
use hansa_node::limits::CHECKPOINT_EVERY;
use hansa_node::{Error, Node, internal};
use hansa_types::{Code, Digest, Duration, IncarnationId, Rejection};
use hansa_wire::Problem;
use hansa_wire::api::journal::{
    ConsistencyProof, EntryGet, EntryView, InclusionProof, JournalCheckpoint, JournalConsistency,
    JournalInclusion,
};
use serde_json::Value;

use crate::answer::Answer;
use crate::api::Api;
use crate::context::Context;
use crate::serve::blocking;

/// The latest checkpoint that was signed here. The writer signs as it commits, so on a node that
/// falls idle the last entries would wait for one; whoever asks gets them signed, once a second.
#[derive(Default)]
pub(crate) struct Checkpoints {
    latest: Mutex<Option<Signed>>,
}

#[derive(Clone)]
struct Signed {
    size: u64,
    at: Duration,
    note: String,
}

impl Checkpoints {
    fn latest(&self, node: &Node, incarnation: IncarnationId) -> Result<Signed, Error> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let (head, now) = (node.reader.head()?, node.env.clock.monotonic());
        let recent = |signed: &&Signed| {
            signed.size == head.last_seq || now.0 < signed.at.0 + CHECKPOINT_EVERY.0
        };
        if let Some(signed) = latest.as_ref().filter(recent) {
            return Ok(signed.clone());
        }
        let origin = origin(&node.config.host, incarnation);
        let checkpoint = Checkpoint { origin, size: head.last_seq, root: head.root };
        let note = checkpoint.sign(&checkpoint.origin, node.keys.signing());
        Ok(latest.insert(Signed { size: head.last_seq, at: now, note }).clone())
    }
}

/// What the operations on the tree work on, away from the request threads.
#[derive(Clone)]
struct Tree {
    api: Arc<Api>,
    incarnation: IncarnationId,
}

impl Tree {
    async fn of(context: &Context) -> Result<Self, Problem> {
        let incarnation = context.api.incarnation().await?;
        Ok(Self { api: Arc::clone(&context.api), incarnation })
    }

    fn checkpoint(&self) -> Result<Signed, Problem> {
        let latest = self.api.checkpoints.latest(&self.api.node, self.incarnation);
        Ok(latest.map_err(internal)?)
    }

    /// The size asked for, or that of the latest checkpoint.
    fn size(&self, wanted: Option<u64>) -> Result<u64, Problem> {
        let durable = self.api.node.durable.seq();
        match wanted {
            Some(size) if size > durable => Err(Problem::new(
                Code::NotFound,
                format!("the journal has {durable} entries, not {size}"),
            )),
            Some(size) => Ok(size),
            None => Ok(self.checkpoint()?.size),
        }
    }

    fn inclusion(&self, seq: u64, wanted: Option<u64>) -> Result<InclusionProof, Problem> {
        let tree_size = self.size(wanted)?;
        if seq == 0 || seq > tree_size {
            let detail = format!("seq: no entry {seq} among the first {tree_size}");
            return Err(Problem::new(Code::NotFound, detail));
        }
        let proofs = self.api.node.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |error| internal(Error::from(error));
        let proof = proofs.inclusion(seq, tree_size).map_err(failed)?;
        let root = root(&*proofs, tree_size).map_err(failed)?;
        let leaf = proofs.subtree(seq - 1, 1).map_err(failed)?;
        Ok(InclusionProof { seq, tree_size, leaf, root, proof })
    }

    fn consistency(&self, from: u64, wanted: Option<u64>) -> Result<ConsistencyProof, Problem> {
        let to = self.size(wanted)?;
        if from > to {
            return Err(Problem::new(Code::InvalidField, "from: larger than the later tree"));
        }
        let proofs = self.api.node.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |error| internal(Error::from(error));
        Ok(ConsistencyProof {
            from,
            to,
            from_root: root(&*proofs, from).map_err(failed)?,
            to_root: root(&*proofs, to).map_err(failed)?,
            proof: proofs.consistency(from, to).map_err(failed)?,
        })
    }
}

/// Reads the latest signed checkpoint.
pub(crate) async fn journal_checkpoint(
    context: &Context,
    _: JournalCheckpoint,
) -> Result<Answer, Problem> {
    let tree = Tree::of(context).await?;
    let signed = blocking(move || tree.checkpoint()).await??;
    Ok(Answer::bytes(signed.note))
}

/// Proves that an entry is in the tree.
pub(crate) async fn journal_inclusion(
    context: &Context,
    request: JournalInclusion,
) -> Result<Answer, Problem> {
    let tree = Tree::of(context).await?;
    let (seq, wanted) = (request.seq.0, request.tree_size.map(|size| size.0));
    Answer::json(&blocking(move || tree.inclusion(seq, wanted)).await??)
}

/// Proves that a later tree only appended to an earlier one.
pub(crate) async fn journal_consistency(
    context: &Context,
    request: JournalConsistency,
) -> Result<Answer, Problem> {
    let tree = Tree::of(context).await?;
    let (from, to) = (request.from.0, request.to.map(|to| to.0));
    Answer::json(&blocking(move || tree.consistency(from, to)).await??)
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
    let sight = context.whole_sight().await?;
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
