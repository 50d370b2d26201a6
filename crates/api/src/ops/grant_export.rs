//! A grant with its chain, signed and proven, for whoever verifies it without the node.

use std::sync::{Arc, PoisonError};

use hansa_kernel::State;
use hansa_kernel::grant::check_chain;
use hansa_node::grant_document::{Export, Known};
use hansa_node::{Error, internal};
use hansa_types::Code;
use hansa_wire::Problem;
use hansa_wire::api::grants::GrantExport;

use super::grants::{above, row, tell_rows};
use crate::answer::Answer;
use crate::context::Context;
use crate::serve::blocking;

/// Exports a grant that the caller may see. One that counts no longer is exported too, and says so.
pub(crate) async fn grant_export(
    context: &Context,
    request: GrantExport,
) -> Result<Answer, Problem> {
    let (id, now) = (request.grant, context.api.node.now());
    let leaf = row(context, id).await?.ok_or(Code::NotFound)?;
    let mut rows = above(context, &leaf).await?;
    rows.reverse();
    rows.push(leaf);
    let ended: Vec<Option<u64>> = rows.iter().map(|row| row.ended_seq).collect();
    let told = tell_rows(context, rows).await?;
    let mut links = Vec::with_capacity(told.len());
    for (grant, ended_seq) in told.into_iter().zip(ended) {
        let scale = match grant.currency {
            Some(code) => Some(context.api.currency(Some(code)).await?.scale),
            None => None,
        };
        let (seq, used, uses) = (grant.seq, grant.used, grant.uses);
        links.push(Known { seq, ended_seq, scale, used, uses });
    }
    let look = move |state: &State| check_chain(state, id, now).is_ok();
    let in_force = context.api.node.read(context.principal().ok(), look).await?;
    let incarnation = context.api.incarnation().await?;
    let node = Arc::clone(&context.api.node);
    let written = blocking(move || {
        let prove = |seq, tree_size| {
            let proofs = node.proofs.lock().unwrap_or_else(PoisonError::into_inner);
            proofs.inclusion(seq, tree_size).map_err(Error::from)
        };
        let export = Export {
            reader: &*node.reader,
            prove: &prove,
            key: node.keys.signing(),
            host: &node.config.host,
            incarnation,
            grant: id,
            in_force,
            links: &links,
            now,
        };
        export.write()
    });
    Answer::json(&written.await?.map_err(internal)?)
}
